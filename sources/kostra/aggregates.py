"""From grouped lines to cells: counts and kroner by group, month, year and breakdown, before anything is hidden.

Here: which cells there are and their true values. Not here: reading, joining, or deciding what may be shown.
The cells of this module are as private as the file: they go to disclosure control and nowhere else.
"""

from dataclasses import dataclass, field

import numpy as np

from sources.kostra.reading.groups import (
    BEYOND,
    GROUPS,
    WITHIN,
    Grouped,
    age_bands,
    category_codes,
    coded,
    cohort_sizes,
    cohort_years,
    labels,
)
from sources.kostra.reading.records import Records
from sources.kostra.reading.settled import SettledList
from sources.kostra.refusal import PrivateFileError, place, share_text

YEAR, UNALLOCATED = 0, 13
"""``period`` of a cell: 0 is the whole year, 1-12 a month, 13 what the file does not split by month."""

ALL = "all"


@dataclass(frozen=True)
class Row:
    """What a cell is about."""

    period: int
    group: str
    breakdown: str = "none"
    code: str = ALL


@dataclass
class Cell:
    """A true value and what the disclosure rule needs: how many contribute, and the two largest contributions."""

    value: int
    contributors: int
    largest: int = 0
    second: int = 0


@dataclass(repr=False)
class CellTable:
    """All cells of one attachment and year: measure -> row -> cell. ``amounts`` are the measures in kroner."""

    attachment: str
    year: int
    amounts: tuple[str, ...]
    every_recipient_has_a_month: bool
    cells: dict[str, dict[Row, Cell]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<CellTable {self.attachment} {self.year}: content withheld>"

    def rows(self) -> list[Row]:
        """Every row that has at least one measure, in the order they were made."""
        return list(dict.fromkeys(row for measure in self.cells.values() for row in measure))


@dataclass(repr=False)
class _Lines:
    """The columns of one file that are summed."""

    group: np.ndarray
    in_month: np.ndarray
    yearly: dict[str, np.ndarray]
    monthly: dict[str, np.ndarray]
    breakdowns: dict[str, tuple[np.ndarray, list[str], tuple[str, ...]]]


def social_assistance_cells(records: Records, grouped: Grouped, settled: SettledList) -> CellTable:
    """The cells of an 11F file. Raises PrivateFileError when a line has no month of benefit."""
    year = records.layout.year or 0
    monthly = {"grant": records.month_numbers("BIDRAG"), "loan": records.month_numbers("LAAN")}
    in_month = records.month_flags("STMND") | (monthly["grant"] > 0) | (monthly["loan"] > 0)
    none = ~in_month.any(axis=1)
    if none.any():
        raise PrivateFileError(
            expected="minst én måned med stønad",
            found=f"ingen på {share_text(int(none.sum()), len(records), records.threshold)}, første gang her",
            where=place(records.file, int(np.argmax(none)) + 1, "STMND_1-12"),
            next_step="kryss av måneder i fagsystemet, kjør SSBs kontrollprogram og lag uttrekket på nytt",
        )
    counts, amounts = ("recipients",), ("grant", "loan")
    lines = _Lines(
        grouped.group,
        in_month,
        {"grant": records.number("BIDRAG"), "loan": records.number("LAAN")},
        monthly,
        {
            "livelihood": (coded(records, "VKLO", "unknown"), _codes("livelihood"), counts),
            "age_band": (age_bands(records), _codes("age_band"), counts),
            "children": (
                coded(records, "BU18", "unknown", {"1": "with_children", "2": "without_children"}),
                _codes("children"),
                (*counts, "person_months", *amounts),
            ),
        },
    )
    table = CellTable("11F", year, amounts, every_recipient_has_a_month=True)
    _fill(table, lines)
    _fill_refugees(table, lines, grouped, year, ("recipients", "person_months", *amounts))
    _fill_cohort_sizes(table, cohort_sizes(settled, grouped, year))
    return table


def programme_cells(records: Records, grouped: Grouped, settled: SettledList) -> CellTable:
    """The cells of an 11CF file. The qualification benefit is given for the year only, so it has no months."""
    year = records.layout.year or 0
    introduction = coded(records, "YTELSE_INTRO", "without_introduction", {"4": "with_introduction"})
    lines = _Lines(
        grouped.group,
        records.month_flags("STMND"),
        {"benefit": records.number("KVP_STONAD")},
        {},
        {
            "introduction_before": (introduction, _codes("introduction_before"), ("recipients",)),
            "status": (coded(records, "STATUS", "unknown"), _codes("status"), ("recipients",)),
            "outcome": (coded(records, "AVSL_VIKTIGSTE_INNTEKT", "not_ended"), _codes("outcome"), ("recipients",)),
        },
    )
    table = CellTable("11CF", year, ("benefit",), every_recipient_has_a_month=False)
    _fill(table, lines)
    _fill_refugees(table, lines, grouped, year, ("recipients", "person_months", "benefit"))
    return table


def _codes(breakdown: str) -> list[str]:
    return list(labels()["codes"][breakdown])


def _fill(table: CellTable, lines: _Lines) -> None:
    everyone = np.ones(len(lines.group), dtype=bool)
    members = {group: lines.group == index for index, group in enumerate(GROUPS)} | {ALL: everyone}
    whole = ("recipients", "person_months", *lines.yearly)
    for group, mask in members.items():
        _add(table, lines, Row(YEAR, group), mask, whole)
        for month in range(1, 13):
            _add_month(table, lines, month, group, mask)
        _add_unallocated(table, lines, group, mask)
        for breakdown, (column, codes, measures) in lines.breakdowns.items():
            for code in codes:
                _add(table, lines, Row(YEAR, group, breakdown, code), mask & (column == code), measures)


def _fill_refugees(table: CellTable, lines: _Lines, grouped: Grouped, year: int, measures: tuple[str, ...]) -> None:
    """What only settled persons have: the settlement year (within five years) and the category (both refugee
    groups)."""
    within = lines.group == WITHIN
    for cohort in cohort_years(year):
        mask = within & (grouped.settlement_year == cohort)
        _add(table, lines, Row(YEAR, GROUPS[WITHIN], "settlement_year", str(cohort)), mask, measures)
    for index in (WITHIN, BEYOND):
        for code in category_codes():
            mask = (lines.group == index) & (grouped.category == code)
            _add(table, lines, Row(YEAR, GROUPS[index], "category", code), mask, ("recipients",))


def _fill_cohort_sizes(table: CellTable, sizes: dict[int, int]) -> None:
    within = GROUPS[WITHIN]
    cells = table.cells.setdefault("settled", {})
    for cohort, size in sizes.items():
        cells[Row(YEAR, within, "settlement_year", str(cohort))] = Cell(size, size)
    total = sum(sizes.values())
    cells[Row(YEAR, within)] = Cell(total, total)


def _add(table: CellTable, lines: _Lines, row: Row, mask: np.ndarray, measures: tuple[str, ...]) -> None:
    persons = int(mask.sum())
    for measure in measures:
        cells = table.cells.setdefault(measure, {})
        if measure == "recipients":
            cells[row] = Cell(persons, persons)
        elif measure == "person_months":
            cells[row] = Cell(int(lines.in_month[mask].sum()), persons)
        else:
            cells[row] = _amount(lines.yearly[measure][mask])


def _add_month(table: CellTable, lines: _Lines, month: int, group: str, mask: np.ndarray) -> None:
    row = Row(month, group)
    persons = int((mask & lines.in_month[:, month - 1]).sum())
    table.cells["recipients"][row] = Cell(persons, persons)
    for measure, amounts in lines.monthly.items():
        split = amounts[:, month - 1] * _is_split(lines, measure)
        table.cells[measure][row] = _amount(split[mask])


def _add_unallocated(table: CellTable, lines: _Lines, group: str, mask: np.ndarray) -> None:
    for measure in lines.monthly:
        rest = lines.yearly[measure] * ~_is_split(lines, measure)
        table.cells[measure][Row(UNALLOCATED, group)] = _amount(rest[mask])


def _is_split(lines: _Lines, measure: str) -> np.ndarray:
    """Lines whose months add up to their year. SSB only warns when they do not, so such lines occur.

    The whole amount of any other line stands as not split by month: a part of it would be a guess.
    """
    return lines.monthly[measure].sum(axis=1) == lines.yearly[measure]


def _amount(amounts: np.ndarray) -> Cell:
    paid = amounts[amounts > 0]
    top = np.sort(paid)[-2:] if len(paid) < 3 else np.sort(np.partition(paid, len(paid) - 2)[-2:])
    largest = int(top[-1]) if len(top) else 0
    second = int(top[-2]) if len(top) > 1 else 0
    return Cell(int(paid.sum()), len(paid), largest, second)
