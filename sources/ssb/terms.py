"""SSB's own terms in ours: region codes and labels, period codes, missing-value symbols, and `options.reading`.

Here: one term at a time, with the rule and who says so. Not here: reading bodies (reader.py, website.py).
Rules: upstream/ssb/SOURCE.md sections 1.4 (symbols), 1 (time codes) and 4 (regions).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from pydantic import Field

from sources.dataset.dimensions import dimensions, fold, open_code
from sources.dataset.spec import DatasetSpec, UpstreamColumn
from sources.errors import LayoutError, UnknownLabelError, ValueGrammarError
from sources.files import Declared
from sources.klass.history import HISTORY_STARTS, counties

REGION_VARIABLES = ("Region", "KOKkommuneregion0000", "KOKfylkesregion0000")
TIME_VARIABLE = "Tid"
CONTENTS_VARIABLE = "ContentsCode"
_CONTENTS_WORDS = {"contents": "contentscode"}

SYMBOLS: dict[str, str] = {
    ".": "not_applicable",
    "..": "missing",
    "...": "missing",
    ":": "suppressed",
    "-": "missing",
    "*": "ok",
}
"""SSB's symbols. ``*`` marks a preliminary figure, which stands beside it; ``-`` is zero where the spec says so."""

_COUNTRY_CODES = frozenset({"0", "00", "EAK", "EAFK"})
_COUNTRY_NAMES = frozenset({"hele landet", "landet", "the whole country", "whole country"})
_LEFT_OUT_CODES = frozenset({"EAKUO", "EAFKUO"})
"""The country without Oslo: an area the warehouse has no level for."""

_JOINED = re.compile(r"^[KF][-_.](\d{4}|\d{2})$")
_KOSTRA_COUNTY = re.compile(r"^EKA(\d{2})$")
_KOSTRA_GROUP = re.compile(r"^EKG(\d{2})$")
_PLAIN = re.compile(r"^(\d{6}|\d{4}|\d{2})$")
_REUSED = re.compile(r"^\d{4,6}[a-z]$")
_CODED_LABEL = re.compile(
    r"^(?P<code>[KF][-_.](?:\d{2}[-_.]\d{2}|\d{2,4}|Rest)|E[A-Z]{2,4}\d{0,2}|\d{4}[a-z]?|\d{6}[a-z]?|\d{2}|0)(\s+(?P<name>\S.*))?$"
)
_NO_COUNTIES = frozenset({"21", "22", "23", "25", "26", "99"})
"""Svalbard, Jan Mayen, the continental shelf, abroad and unspecified: two digits that are no county."""
_JOINED_REST = re.compile(rf"^[KF][-_.](\d\d[-_.]\d\d|{'|'.join(sorted(_NO_COUNTIES))}|Rest)$", re.IGNORECASE)
"""What is no county or municipality in SSB's lists of joined areas: ``K-21-22``, ``F-23``, ``F-99``, ``K-Rest``."""


_YEAR = re.compile(r"^(\d{4})$")
_INTERVAL = re.compile(r"^(\d{4})[-–](\d{4})$")
_MONTH = re.compile(r"^(\d{4})M(0[1-9]|1[0-2])$")
_QUARTER = re.compile(r"^(\d{4})K([1-4])$")


class Website(Declared):
    """What an extract from ssb.no may hold beside the table, since people work in these files.

    ``captions`` are texts in the header that repeat what the title says; ``ignore_sheets`` are sheets of the owner.
    """

    captions: list[str] = Field(default_factory=list)
    ignore_sheets: list[str] = Field(default_factory=list)


class SsbReading(Declared):
    """``options.reading`` of an SSB dataset: what the reader needs beside the spec's columns.

    ``measure_units`` names every measure and its unit; a body whose own unit differs is refused. ``regions`` gives the
    codes that no general rule covers: upstream code to ``00`` (the country), two or four digits, or '' to leave it out.
    ``region_when_absent`` is the area of a body without a region variable. ``dash_is_zero`` reads ``-`` as zero.
    ``open_contents`` takes contents that the spec does not name under SSB's own code, with the unit the body states,
    and reports them: for tables whose content codes no source has shown.
    """

    measure_units: dict[str, str] = Field(default_factory=dict)
    open_contents: bool = False
    region_variable: str | None = None
    region_when_absent: Literal["00"] | None = None
    regions: dict[str, str] = Field(default_factory=dict)
    dash_is_zero: bool = False
    website: Website = Website()


UNITS = {
    "personer": "persons",
    "prosent": "percent",
    "husholdninger": "households",
    "barn": "children",
    "måneder": "months",
    "1000kr": "thousand_nok",
    "1000personer": "thousand_persons",
    "1000persons": "thousand_persons",
    "antall": "count",
}
"""SSB's unit words that mean one thing in every table. A spec's own ``units`` go first (kroner may be a median)."""

_COUNTS = frozenset({"persons", "children", "households", "cases"})


def unit_of(spec: DatasetSpec, label: str, expected: str | None, where: str) -> str:
    """The unit code of SSB's unit label; ``antall`` is the expected unit where that is a count.

    Raises UnknownLabelError for a label that neither the spec nor SSB's common words know.
    """
    word = fold(label).replace(" ", "")
    own = {fold(text).replace(" ", ""): unit for text, unit in spec.units.items()}
    unit = own.get(word) or UNITS.get(word)
    if unit == "count":
        unit = expected if expected in _COUNTS else None
    if unit is None:
        raise UnknownLabelError(
            expected="a known unit: " + ", ".join(spec.units),
            found=repr(label[:60]),
            where=where,
            next_step=f"add the label to `units` in the spec of {spec.dataset_id}; "
            "if the unit has changed, the series is another one",
        )
    return unit


@dataclass(frozen=True)
class Region:
    """A region of an SSB table. ``level`` None = no area of its own (unspecified, country without Oslo): left out.

    ``by_validity``: the code stands for the area in its own years only, so what lies outside them is no figure.
    ``is_joined``: a ``K-`` or ``F-`` code, under which SSB has put all years of its series on the areas of today.
    """

    code: str
    level: str | None
    by_validity: bool = False
    is_joined: bool = False

    @property
    def geography(self) -> str:
        return "today" if self.is_joined else "own_year"


def region_of(code: str, own: dict[str, str], where: str) -> Region:
    """The region behind an SSB region code. Raises UnknownLabelError for a code of no known form."""
    if code in own:
        return Region(own[code], _level(own[code]) if own[code] else None)
    if code in _COUNTRY_CODES:
        return Region("00", "country")
    if code in _LEFT_OUT_CODES or _REUSED.match(code) or _JOINED_REST.match(code):
        return Region(code, None)
    if match := _KOSTRA_GROUP.match(code):
        return Region(code, "kostra_group")
    if match := _JOINED.match(code):
        return replace(_plain(match.group(1), by_validity=False), is_joined=True)
    if match := _KOSTRA_COUNTY.match(code):
        return _plain(match.group(1), by_validity=False)
    if _PLAIN.match(code):
        return _plain(code, by_validity=True)
    raise UnknownLabelError(
        expected="an SSB region code (0, 39, 3909, K-3909, F-39, EAK, EKA39, EKG07 ...)",
        found=repr(code[:40]),
        where=where,
        next_step="add the code to options.reading.regions in the dataset spec, with the area it stands for",
    )


def is_named_rest(code: str) -> bool:
    """Whether a code is one of those in SSB's lists of joined areas that are no area of their own."""
    return bool(_JOINED_REST.match(code))


def region_of_label(label: str, own: dict[str, str], where: str, year: int | None = None) -> Region:
    """The region behind a label of a website extract: ``3805 Larvik``, ``K-3805 Larvik``, ``0 Hele landet``, ``Viken``.

    SSB writes counties without their code where the table is by county: such a name is the county of that name in the
    year of the figure (``year`` None: in any year). The names of municipalities are not unique and need their code.
    """
    text = " ".join(label.split())
    if text in own:
        return region_of(text, own, where)
    if fold(text) in _COUNTRY_NAMES:
        return Region("00", "country")
    match = _CODED_LABEL.match(text)
    if match and (match["name"] is not None or re.fullmatch(r"\d{4}", text)):
        return region_of(match["code"], own, where)
    if code := _counties(year).get(fold(text.split(" - ")[0])):
        return Region(code, "county")
    raise UnknownLabelError(
        expected="a region with its code, such as '3805 Larvik', a county by its name in that year, or 'Hele landet'",
        found=repr(text[:80]),
        where=where,
        next_step="if it is an area, name its code in the dataset spec under options.reading.regions "
        f"({text[:40]}: 'NN'); if the row or column was added by hand, remove it, or list its label under ignore_labels "
        "of the region column there",
    )


@cache
def _counties(year: int | None) -> dict[str, str]:
    """Folded Norwegian name of a county in a year (or in any) -> code. The Sami forms after it differ from list to list."""
    years = [year] if year else list(range(HISTORY_STARTS, date.today().year + 1))
    return {fold(name.split(" - ")[0]): code for one in years for code, name in counties(one)}


def _plain(code: str, *, by_validity: bool) -> Region:
    """Places outside every municipality (9999, 0799, Svalbard) are kept as printed; KOSTRA writes county 39 as 3900."""
    if len(code) == 2:
        return Region(code, None if code in _NO_COUNTIES else _level(code))
    if len(code) == 4 and code.endswith("00"):
        return _plain(code[:2], by_validity=False)
    has_years = len(code) == 4 and not code.endswith("99") and code[:2] not in _NO_COUNTIES
    return Region(code, _level(code), by_validity and has_years)


def _level(code: str) -> str:
    return "country" if code == "00" else {2: "county", 4: "municipality", 6: "city_district"}[len(code)]


@dataclass(frozen=True)
class Period:
    """A period of an SSB table: first day, kind, and whether the code named several years (the last one counts)."""

    start: date
    kind: Literal["year", "quarter", "month"]
    is_interval: bool = False


def period_of(code: str, where: str) -> Period:
    """``2024``, ``2024M06``, ``2024K2``, or ``2019-2025`` (completion in the six years to 2025: kept under 2025).

    Raises ValueGrammarError for weeks and anything else.
    """
    text = code.strip()
    if match := _YEAR.match(text):
        return Period(date(int(match[1]), 1, 1), "year")
    if match := _MONTH.match(text):
        return Period(date(int(match[1]), int(match[2]), 1), "month")
    if match := _QUARTER.match(text):
        return Period(date(int(match[1]), 3 * int(match[2]) - 2, 1), "quarter")
    if (match := _INTERVAL.match(text)) and int(match[1]) < int(match[2]):
        return Period(date(int(match[2]), 1, 1), "year", is_interval=True)
    raise ValueGrammarError(
        expected="a period as 2024, 2024M06, 2024K2 or 2019-2025",
        found=repr(code[:40]),
        where=where,
        next_step="ask for the table by year, quarter or month; weeks and other periods are not read",
    )


def status_of(symbol: str, where: str, own: Mapping[str, str] | None = None) -> str:
    """The value status of an SSB symbol, or of a mark of the dataset's own. Raises ValueGrammarError for any other."""
    status = (own or {}).get(symbol) or SYMBOLS.get(symbol)
    if status is None:
        raise ValueGrammarError(
            expected="one of SSB's symbols " + " ".join(SYMBOLS),
            found=repr(symbol[:40]),
            where=where,
            next_step="find out from the table's notes what it means and add it to `markers` in the dataset spec",
        )
    return status


class Labels:
    """The categories of one SSB variable -> our codes, by code or by label."""

    def __init__(self, column: UpstreamColumn, where: str, *, is_open: bool = False) -> None:
        self.column = column
        self.where = where
        self.is_open = is_open
        self.new: list[str] = []
        self._own = {fold(text): code for text, code in column.codes.items()}
        self._ignored = {fold(text) for text in column.ignore_labels}

    def is_ignored(self, code: str, label: str) -> bool:
        return fold(code) in self._ignored or fold(label) in self._ignored

    def code_of(self, code: str, label: str) -> str:
        """Our code. SSB's code goes before its label; in an open dimension a new one is kept and reported.

        Raises UnknownLabelError when the column is closed and knows neither.
        """
        for text in (code, label):
            if (known := self._own.get(fold(text))) is not None:
                return known
        name = self.column.dimension
        if self.column.role == "measure" and self.is_open:
            self.new.append(f"{code} {label}")
            return open_code(code)
        if self.column.role == "dimension" and name is not None:
            conformed = dimensions()[name].code_of(label)
            if conformed is not None and not self.column.codes:
                return conformed
            if dimensions()[name].open:
                return self._open(name, code, label)
        raise UnknownLabelError(
            expected=f"a known category of {self.column.name} ({', '.join(list(self.column.codes)[:12])})",
            found=repr(code) if code == label else f"{code!r} ({label})"[:160],
            where=self.where,
            next_step="add it to the column's codes in the dataset spec, or to ignore_labels if it was added by hand",
        )

    def _open(self, dimension: str, code: str, label: str) -> str:
        """SSB's country codes are three digits and serve as they are; elsewhere the label makes the code."""
        own = code if dimension == "country_background" and re.fullmatch(r"\d{3}", code) else open_code(label)
        self.new.append(label)
        return own


def column_named(spec: DatasetSpec, name: str) -> UpstreamColumn | None:
    """The column of the spec for an SSB variable, by code or by any alias."""
    wanted = _CONTENTS_WORDS.get(fold(name), fold(name))
    return next((c for c in spec.columns if wanted in {fold(text) for text in (c.name, *c.aliases)}), None)


def contents_column() -> UpstreamColumn:
    """The contents variable of a table whose contents the spec leaves open."""
    return UpstreamColumn(
        name=CONTENTS_VARIABLE, aliases=["statistikkvariabel"], role="measure", codes={CONTENTS_VARIABLE: ""}
    )


def column_for(spec: DatasetSpec, name: str, label: str, where: str, *, is_open: bool = False) -> UpstreamColumn:
    """The column of a variable by its code or its label. Raises LayoutError when the spec has no such variable."""
    column = column_named(spec, name) or column_named(spec, label)
    if column is None and is_open and name == CONTENTS_VARIABLE:
        return contents_column()
    if column is None:
        raise LayoutError(
            expected="the variables " + ", ".join(c.name for c in spec.columns),
            found=f"also {name!r}",
            where=where,
            next_step="add the variable to the spec's columns, or select one category of it",
        )
    return column


def check_absent(spec: DatasetSpec, present: set[str], where: str) -> None:
    """Refuse a table that lacks a variable which the spec does not mark ``optional``.

    SSB sums over a variable that is left out and says nothing (SOURCE.md section 0.4): where the spec allows it the
    rows are the total. A measure variable may be gone when the spec's own ``measure`` stands for it.
    """
    gone = [column.name for column in spec.columns if column.name not in present and not _may_be_gone(spec, column)]
    if gone:
        raise LayoutError(
            expected="the variables " + ", ".join(gone),
            found="only " + ", ".join(sorted(present)),
            where=where,
            next_step="ask for the table with these variables, or mark them optional in the spec if the total is meant",
        )


def _may_be_gone(spec: DatasetSpec, column: UpstreamColumn) -> bool:
    return column.optional or column.role == "ignore" or (column.role == "measure" and spec.measure is not None)
