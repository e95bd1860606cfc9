"""What NAV's workbooks have in common: markers, months, periods, regions, and the settings of their readers.

Here: one cell or label at a time, and `options.workbook`. Not here: walking through a sheet.
Facts: upstream/nav/SOURCE.md sections 1.5 and 1.6.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Literal

import pyarrow as pa

from sources.dataset.dimensions import DIMENSIONS
from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import Cell, as_text, refuse_unreadable
from sources.errors import LayoutError, UnknownLabelError, ValueGrammarError
from sources.files import Declared
from sources.landing.observation import Reading, observation_table
from sources.vocabulary import names_nb

layout_error = partial(
    LayoutError,
    next_step="compare the workbook with the one before; when NAV has changed it, options.workbook of the dataset spec "
    "must follow (docs/live-clients.md). The last good release stays in use",
)
"""NAV's layout is not the one the reader knows."""

HIDDEN = "*"
"""Fewer than four persons (Statistikkloven § 7-1). NAV uses no other marker."""

MONTHS = tuple(names_nb("month").values())

SVALBARD = "2100"
OTHER_AREAS = frozenset({"97", "99"})
"""County codes of "Svalbard og øvrige områder" (97 since 2025) and "Øvrige områder" (99 in 2022): no county."""

_NAMED_PERIOD = re.compile(
    rf"^(?P<first>{'|'.join(MONTHS)})(\s*[-–]\s*(?P<last>{'|'.join(MONTHS)}))?\s+(?P<year>20\d\d)$", re.IGNORECASE
)
_CODED_PERIOD = re.compile(
    r"^periode:?\s*(?P<y1>20\d\d)\s*(?P<m1>\d\d)(\s*[-–]\s*(?P<y2>20\d\d)\s*(?P<m2>\d\d))?$", re.IGNORECASE
)


class SheetRule(Declared):
    """A sheet of a time-series workbook: known by words of its name, it gives one measure at some levels."""

    words: list[str]
    measure: str
    unit: str
    levels: list[Literal["country", "county", "municipality", "city_district"]]
    share_of: str | None = None


class TimeSeriesLayout(Declared):
    """``options.workbook`` of HL060, AAP155, PST302 and NED155.

    ``check_municipalities`` compares the municipality codes with Klass.
    """

    sheets: list[SheetRule]
    check_municipalities: bool = True


@dataclass(frozen=True)
class Months:
    """The months a workbook covers: January up to and including ``last`` of one year."""

    year: int
    first: int
    last: int


def period_in(rows: list[list[Cell]]) -> Months | None:
    """The period text of a sheet, in either of NAV's two shapes, or None."""
    for row in rows[:12]:
        for cell in row:
            if isinstance(cell, str) and (period := period_of(as_text(cell))):
                return period
    return None


def period_of(text: str) -> Months | None:
    """``Januar - oktober 2022``, ``Januar 2026``, ``Periode: 2026 01 - 2026 08``."""
    if match := _NAMED_PERIOD.match(text):
        first = MONTHS.index(match["first"].lower()) + 1
        last = MONTHS.index(match["last"].lower()) + 1 if match["last"] else first
        return Months(int(match["year"]), first, last)
    if match := _CODED_PERIOD.match(text):
        year, first = int(match["y1"]), int(match["m1"])
        last_year, last = int(match["y2"] or year), int(match["m2"] or first)
        if last_year == year and 1 <= first <= last <= 12:
            return Months(year, first, last)
    return None


def value_of(cell: Cell, where: str, own: Mapping[str, str] | None = None) -> tuple[float | None, str]:
    """(value, value_status) of a cell of figures. An empty cell is missing, ``*`` is suppressed, a true 0 is 0.

    Raises ValueGrammarError for any other text: an unknown marker is never taken for nothing.
    """
    if cell is None:
        return None, "missing"
    if isinstance(cell, float):
        return cell, "ok"
    if cell.strip() == HIDDEN:
        return None, "suppressed"
    if own and (status := own.get(cell.strip())):
        return None, status
    refuse_unreadable(cell, where)
    raise ValueGrammarError(
        expected="a number, * or nothing",
        found=repr(cell[:60]),
        where=where,
        next_step="find out from NAV what the mark means and add it to `markers` in the dataset spec",
    )


def level_of(code: str) -> str | None:
    """The level of a NAV region code by its number of digits, or None for another length."""
    return "country" if code == "00" else {2: "county", 4: "municipality", 6: "city_district"}.get(len(code))


@dataclass
class Observations:
    """Collects figures of one dataset and turns them into a Reading."""

    spec: DatasetSpec
    notes: Counter[str] = field(default_factory=Counter)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    dimensions: list[dict[str, str]] = field(default_factory=list)

    def add(
        self,
        place: tuple[int, int],
        region: str,
        month: date,
        measure: tuple[str, str],
        figure: tuple[float | None, str],
        **dimensions: str,
    ) -> None:
        """One figure: its sheet row and source_column, region code, month, (measure, unit), (value, status)."""
        value, status = figure
        self.rows.append((*place, region, level_of(region), month, *measure, value, status))
        self.dimensions.append(dimensions)

    def reading(self, updated_at: datetime | None = None) -> Reading:
        """All figures. Raises LayoutError when there are none."""
        if not self.rows:
            raise layout_error("at least one figure", "none", self.spec.dataset_id)
        columns: dict[str, pa.Array] = {}
        for place, (name, kind) in enumerate(_COLUMNS.items()):
            array = pa.array([row[place] for row in self.rows], kind)
            columns[name] = array.dictionary_encode() if kind == pa.string() else array
        count = len(self.rows)
        columns["period_kind"] = pa.array(["month"] * count).dictionary_encode()
        used = {name for entry in self.dimensions for name in entry}
        for name in (name for name in DIMENSIONS if name in used | set(self.spec.constants)):
            default = self.spec.constants.get(name, "all")
            columns[name] = pa.array([entry.get(name, default) for entry in self.dimensions]).dictionary_encode()
        return Reading(observation_table(columns, count), +self.notes, {}, updated_at)


_COLUMNS = {
    "source_row": pa.int32(),
    "source_column": pa.int32(),
    "region_code": pa.string(),
    "region_level": pa.string(),
    "period_start": pa.date32(),
    "measure": pa.string(),
    "unit": pa.string(),
    "value": pa.float64(),
    "value_status": pa.string(),
}


def label_error(where: str, expected: str, found: str) -> UnknownLabelError:
    """A label that the spec's code list does not know."""
    return UnknownLabelError(
        expected=expected, found=repr(found), where=where, next_step="add the label to the dataset spec, with its code"
    )
