"""Who a line is about: the group of each recipient, found by joining with the list of settled persons in memory.

Here: the join and the codes of groups and breakdowns. Not here: counting, or hiding small numbers.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sources.files import read_yaml
from sources.kostra.reading.identity import birth_year_and_day, is_duf_number, is_identity_number
from sources.kostra.reading.records import Records
from sources.kostra.reading.settled import CATEGORIES, SettledList
from sources.kostra.refusal import PrivateFileError, place

GROUPS = ("refugee_within_5_years", "refugee_beyond_5_years", "other", "not_matchable")
WITHIN, BEYOND, OTHER, NOT_MATCHABLE = range(4)
GRANT_YEARS = 5
"""The integration grant is paid for the settlement year and the four years after; the committee counts the same
five."""

AGE_BANDS = ((0, 24, "age_under_25"), (25, 44, "age_25_44"), (45, 66, "age_45_66"), (67, 130, "age_67_plus"))
OSLO = "0301"
"""Only Oslo reports by city district, so only there may one person stand on several lines."""


@dataclass(repr=False)
class Grouped:
    """For each line: index into GROUPS, settlement year (0 = none) and settlement category ('' = none)."""

    group: np.ndarray
    settlement_year: np.ndarray
    category: np.ndarray
    listed: np.ndarray

    def __repr__(self) -> str:
        return f"<Grouped: {len(self.group)} lines, content withheld>"


@cache
def labels() -> dict[str, dict]:
    """Norwegian labels of groups, breakdowns and their codes (codes.yml)."""
    return read_yaml(Path(__file__).parents[1] / "codes.yml")


def group_lines(records: Records, settled: SettledList) -> Grouped:
    """Give every line its group. Raises PrivateFileError when a person stands twice or two numbers disagree.

    A person settled in year s is within the five years when 0 <= year - s <= 4. Someone settled after the reporting
    year was not yet settled and counts as other. A line with neither a valid identity number nor a DUF number cannot
    be matched.
    """
    year = records.layout.year or 0
    identity = records.text("PERSON_FODSELSNR")
    usable_identity = is_identity_number(identity)
    duf = records.text("PERSON_DUF") if records.has("PERSON_DUF") else np.zeros(len(records), dtype="S12")
    usable_duf = is_duf_number(duf)
    _refuse_repeated(records, identity, usable_identity, duf, usable_duf)
    by_identity = _positions(identity, usable_identity, settled.identity)
    by_duf = _positions(duf, usable_duf, settled.duf)
    conflict = (by_identity >= 0) & (by_duf >= 0) & (by_identity != by_duf)
    if conflict.any():
        raise PrivateFileError(
            expected="at fødselsnummer og DUF-nummer peker på samme person i listen over bosatte",
            found="to ulike personer",
            where=place(records.file, int(np.argmax(conflict)) + 1, "PERSON_FODSELSNR og PERSON_DUF"),
            next_step="rett listen over bosatte eller linjen i fagsystemet",
        )
    listed = np.where(by_identity >= 0, by_identity, by_duf)
    return _grouped(listed, usable_identity | usable_duf, settled, year)


def _grouped(listed: np.ndarray, matchable: np.ndarray, settled: SettledList, year: int) -> Grouped:
    found = listed >= 0
    settled_year = settled.settled_on.astype("datetime64[Y]").astype(int) + 1970
    years_since = np.where(found, year - settled_year[listed], -1)
    group = np.full(len(listed), OTHER)
    group[~matchable] = NOT_MATCHABLE
    group[found & (years_since >= GRANT_YEARS)] = BEYOND
    group[found & (years_since >= 0) & (years_since < GRANT_YEARS)] = WITHIN
    refugee = (group == WITHIN) | (group == BEYOND)
    return Grouped(
        group,
        np.where(refugee, settled_year[listed], 0),
        np.where(refugee, settled.category[listed], ""),
        np.where(found, listed, -1),
    )


def cohort_sizes(settled: SettledList, grouped: Grouped, year: int) -> dict[int, int]:
    """Settled persons by settlement year (the last five): still here on 1 January of the year, or on a line of the
    file."""
    here = np.isnat(settled.left_on) | (settled.left_on >= np.datetime64(f"{year}-01-01"))
    here[grouped.listed[grouped.listed >= 0]] = True
    settled_year = settled.settled_on.astype("datetime64[Y]").astype(int) + 1970
    return {cohort: int((here & (settled_year == cohort)).sum()) for cohort in cohort_years(year)}


def cohort_years(year: int) -> list[int]:
    """The settlement years that are within the five years of a reporting year."""
    return list(range(year - GRANT_YEARS + 1, year + 1))


def category_codes() -> list[str]:
    return list(CATEGORIES.values())


def age_bands(records: Records) -> np.ndarray:
    """Age band at the end of the year: from the birth date field (2025 on), else from the identity number."""
    if records.has("FODSELSDATO"):
        text = records.text("FODSELSDATO")
        born = np.array([int(value[4:]) if value.strip() else 0 for value in text.tolist()])
    else:
        born = birth_year_and_day(records.text("PERSON_FODSELSNR"))[0]
    age = np.where(born > 0, (records.layout.year or 0) - born, -1)
    band = np.full(len(records), "unknown", dtype="U12")
    for low, high, code in AGE_BANDS:
        band[(age >= low) & (age <= high)] = code
    return band


def coded(records: Records, name: str, blank: str, mapping: dict[str, str] | None = None) -> np.ndarray:
    """A code field as text codes; a blank becomes ``blank``, and ``mapping`` renames codes."""
    raw = np.char.strip(records.text(name).astype("U"))
    out = np.where(raw == "", blank, raw).astype("U24")
    for code, replacement in (mapping or {}).items():
        out[raw == code] = replacement
    return out


def _positions(column: np.ndarray, usable: np.ndarray, listed: np.ndarray) -> np.ndarray:
    """For each usable number its position in the list, else -1."""
    order = np.argsort(listed, kind="stable")
    where = np.searchsorted(listed[order], column)
    candidate = order[np.minimum(where, len(listed) - 1)]
    return np.where(usable & (listed[candidate] == column), candidate, -1)


def _refuse_repeated(
    records: Records, identity: np.ndarray, usable_identity: np.ndarray, duf: np.ndarray, usable_duf: np.ndarray
) -> None:
    """One person is one line (in 11CF one line a status; in Oslo one line a city district)."""
    extra = [records.text("STATUS")] if records.has("STATUS") else []
    if (records.text("KOMMUNE_NR") == OSLO.encode()).all():
        extra.append(records.text("BYDELSNR"))
    journal = records.text("PERSON_JOURNALNR")
    neither = ~usable_identity & ~usable_duf & (np.char.strip(journal) != b"")
    checks = (
        (identity, usable_identity, "PERSON_FODSELSNR"),
        (duf, usable_duf, "PERSON_DUF"),
        (journal, neither, "PERSON_JOURNALNR"),
    )
    for column, usable, name in checks:
        lines = np.flatnonzero(usable)
        keys = np.array(
            [b"|".join(parts) for parts in zip(*(c[lines].tolist() for c in (column, *extra)), strict=True)]
        )
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        repeated = first[inverse] != np.arange(len(lines))
        if repeated.any():
            again = int(np.argmax(repeated))
            raise PrivateFileError(
                expected="én linje per mottaker",
                found=f"samme mottaker som på linje {int(lines[first[inverse][again]]) + 1}",
                where=place(records.file, int(lines[again]) + 1, name),
                next_step="slå sammen linjene i fagsystemet og lag uttrekket på nytt",
            )
