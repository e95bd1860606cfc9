"""Which municipality codes existed when: the bundled code history of Klass 131 as plain Python.

Here: looking a code up in the history that ships with the product. Not here: mapping figures to the geography of
today, which is SQL over the landed Klass tables (dbt_project/models/intermediate/regions).

Source: Statistics Norway, Klass 131 (CC BY 4.0), municipalities 2015-2024 and the changes since 2016.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
HISTORY_STARTS = 2015
"""The first year the bundled history covers; an earlier year is answered as this one."""


@dataclass(frozen=True)
class CodePeriod:
    """One name of one code, valid from ``valid_from`` up to but not including ``valid_to`` (None = still)."""

    code: str
    name: str
    valid_from: str
    valid_to: str | None

    def holds_on(self, day: str) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@cache
def _periods(file_name: str) -> tuple[CodePeriod, ...]:
    with open(DATA / file_name, encoding="utf-8", newline="") as handle:
        return tuple(
            CodePeriod(row["code"], row["name"], row["valid_from"], row["valid_to"] or None)
            for row in csv.DictReader(handle)
        )


@cache
def _valid_in(file_name: str, year: int) -> dict[str, str]:
    day = f"{max(year, HISTORY_STARTS)}-01-01"
    return {period.code: period.name for period in _periods(file_name) if period.holds_on(day)}


def municipalities(year: int) -> list[tuple[str, str]]:
    """(code, name) of every municipality on 1 January of the year, in order of code."""
    return sorted(_valid_in("municipalities.csv", year).items())


def counties(year: int) -> list[tuple[str, str]]:
    """(code, name) of every county on 1 January of the year, in order of code."""
    return sorted(_valid_in("counties.csv", year).items())


def code_is_valid(code: str, year: int) -> bool:
    """Whether a municipality code (four digits) was in force on 1 January of the year."""
    return code in _valid_in("municipalities.csv", year)


def name_of(code: str, day: str) -> str | None:
    """The name of a municipality code on a day (ISO date), or None when it was not in force."""
    return next((p.name for p in _periods("municipalities.csv") if p.code == code and p.holds_on(day)), None)


@cache
def changes() -> tuple[tuple[str, str, str], ...]:
    """(old_code, new_code, change_date) of every change since 2016, in order of date."""
    with open(DATA / "municipality_changes.csv", encoding="utf-8", newline="") as handle:
        rows = [(row["old_code"], row["new_code"], row["change_date"]) for row in csv.DictReader(handle)]
    return tuple(sorted(rows, key=lambda row: (row[2], row[0], row[1])))
