"""Invented municipalities of 22 to 560 recipients over two years, published as the product would, then attacked.

Here: making the files, publishing year by year, and counting what the attacker gets. Not here: the attack itself
(kostra_attack), or what counts are accepted (test_kostra_attack, bench/private_attack.py).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from sources.kostra.aggregates import ALL, Cell, CellTable, programme_cells, social_assistance_cells
from sources.kostra.reading.groups import group_lines
from sources.kostra.reading.records import read_attachment
from sources.kostra.reading.settled import read_settled
from sources.kostra.shape import PROGRAMME, SOCIAL_ASSISTANCE
from tests.support.kostra_attack import PAID, Attacker, Key
from tests.support.kostra_files import (
    Participant,
    Recipient,
    identities,
    random_recipients,
    write_11cf,
    write_11f,
    write_settled,
)
from tests.support.kostra_here import aggregates_here

THRESHOLD = 5
COLUMNS = {
    "11F": {
        "recipients": "recipients_persons",
        "person_months": "benefit_months_count",
        "grant": "grant_nok",
        "loan": "loan_nok",
        "settled": "settled_persons",
    },
    "11CF": {"recipients": "participants_persons", "person_months": "benefit_months_count", "benefit": "benefit_nok"},
}
Rows = list[dict[str, Any]]


@dataclass
class Findings:
    """What an attack gave, in numbers of figures."""

    figures: int = 0
    hidden: int = 0
    sensitive_pinned: int = 0
    small_narrowed: int = 0
    others_pinned: int = 0
    zeros_deduced: int = 0
    changes_shown: int = 0
    unions: int = 0
    unions_undecided: int = 0

    def __add__(self, other: Findings) -> Findings:
        return Findings(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def broken(self) -> dict[str, int]:
        """What must be none."""
        names = [f.name for f in fields(self) if f.name not in ("figures", "hidden")]
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@dataclass
class World:
    """The files of one municipality: 11F of 2023 and 2024, 11CF of 2024, one list of settled persons."""

    assistance: dict[int, Path]
    programme: Path
    settled: Path


def world(folder: Path, seed: int) -> World:
    """22 to 560 recipients of whom 6 to 150 are refugees; three in four receive the next year too."""
    rng = random.Random(seed)
    numbers = identities(900)
    count = int(22 * (560 / 22) ** rng.random())
    first = rng.sample(numbers, count)
    refugees = rng.sample(first, min(count - 5, rng.randint(6, 150)))
    listed = [*refugees, *rng.sample(numbers, len(refugees) // 2)]
    rows = [
        (n, "", f"01.06.{year}", rng.choice(["flyktning", "familiegjenforent"]), _left(rng, year))
        for n, year in ((n, 2024 - rng.randint(0, 7)) for n in dict.fromkeys(listed))
    ]
    second = [n for n in first if rng.random() < 0.75] + rng.sample([n for n in numbers if n not in first], count // 4)
    programme = [_participant(rng, n) for n in rng.sample(first, max(5, count // 3))]
    return World(
        {
            year: write_11f(folder / f"11F_{year}", year, _people(rng, who))
            for year, who in ((2023, first), (2024, second))
        },
        write_11cf(folder / "11CF", 2024, programme),
        write_settled(folder / "list", rows),
    )


def _left(rng: random.Random, settled: int) -> str:
    """Moved after the settlement, at the latest in 2025."""
    years = [year for year in (2023, 2024, 2025) if year > settled]
    return f"01.03.{rng.choice(years)}" if years and rng.random() < 0.1 else ""


def _people(rng: random.Random, numbers: list[str]) -> list[Recipient]:
    people = random_recipients(rng, numbers)
    for person in people:
        if rng.random() < 0.05:
            person.identity = ""
        if rng.random() < 0.03:
            person.grants = {m: 10 * kroner for m, kroner in person.grants.items() if kroner < 8_000} or person.grants
        if rng.random() < 0.02:
            person.year_grant = sum(person.grants.values()) + 100
    return people


def _participant(rng: random.Random, number: str) -> Participant:
    months = sorted(rng.sample(range(1, 13), rng.randint(1, 12)))
    had, outcome = rng.random() < 0.3, rng.choice(["", "01", "04", "13"])
    return Participant(number, months, rng.randint(0, 200_000), str(rng.randint(1, 4)), had, outcome)


def cells_of(path: Path, settled: Path) -> CellTable:
    """The true cells of a file."""
    records, listed = read_attachment(path, "3909"), read_settled(settled)
    assert records is not None
    make = social_assistance_cells if records.layout.attachment == "11F" else programme_cells
    return make(records, group_lines(records, listed), listed)


def true_cells(table: CellTable) -> dict[Key, Cell]:
    """True cells by the published key."""
    found: dict[Key, Cell] = {}
    for measure, cells in table.cells.items():
        for row, cell in cells.items():
            period = {0: f"{table.year}", 13: f"{table.year}-xx"}.get(row.period, f"{table.year}-{row.period:02d}")
            found[COLUMNS[table.attachment][measure], period, row.group, row.breakdown, row.code] = cell
    return found


def publish(files: list[Path], settled: Path, **more: Any) -> dict[str, list[Rows]]:
    """The editions of each dataset after reading the files one by one, each with what was published before it."""
    editions: dict[str, list[Rows]] = {SOCIAL_ASSISTANCE: [], PROGRAMME: []}
    for path in files:
        result = aggregates_here([path], settled, published=editions, **more)
        for dataset, earlier in editions.items():
            if dataset in result.tables:
                earlier.append(result.tables[dataset].to_pylist())
    return editions


def attacked(editions: list[Rows], tables: list[CellTable]) -> Findings:
    """What the attacker gets of all editions and years at once."""
    rows = [row for edition in editions for row in edition]
    cells = {key: cell for table in tables for key, cell in true_cells(table).items()}
    truth = {key: float(cell.value) for key, cell in cells.items()}
    of_years = {row["year"] for row in rows}
    truth_shown = {key: value for key, value in truth.items() if int(key[1][:4]) in of_years}
    public = {k: v for k, v in truth_shown.items() if k[2] == ALL and "-" not in k[1] and k[0] != "settled_persons"}
    attacker = Attacker(rows, public, a_month_each=tables[0].attachment == "11F", quarters=_quarters(truth_shown))

    def is_safe(key: Key, low: float, high: float) -> bool:
        value = truth[key]
        if key[0] in PAID:
            slack = max(1.0, 0.1 * value) * 0.999
            return low <= value - slack or high >= value + slack
        if _is_small(key, value):
            return low <= 1 + 1e-5 and high >= min(3, public.get((*key[:2], ALL, *key[3:]), 3)) - 1e-5
        return np.floor(high + 1e-5) - np.ceil(low - 1e-5) >= 1

    found = Findings(
        figures=len(attacker.keys),
        hidden=sum(row[c] == "suppressed" for row in rows for c in row if c.endswith("_status")),
        zeros_deduced=len(attacker.deduced),
        changes_shown=len(attacker.differences),
    )
    for key, (low, high) in attacker.bounds(truth, is_safe).items():
        if not is_safe(key, low, high):
            cell, small = cells[key], _is_small(key, truth[key])
            pinned = high - low < 0.5 or key[0] in PAID
            found.sensitive_pinned += pinned and 0 < cell.contributors < THRESHOLD
            found.small_narrowed += small and not pinned
            found.others_pinned += pinned and not 0 < cell.contributors < THRESHOLD
    found.unions = attacker.union(truth, {key: cell.contributors for key, cell in cells.items()}, THRESHOLD) is not None
    found.unions_undecided = attacker.undecided
    return found


def _is_small(key: Key, value: float) -> bool:
    return key[0] in ("recipients_persons", "participants_persons", "settled_persons") and 1 <= value < THRESHOLD


def _quarters(truth: dict[Key, float]) -> dict[tuple[str, tuple[str, ...]], float]:
    """What was paid in each quarter; what the file does not split is paid in the first."""
    found = {}
    for measure in ("grant_nok", "loan_nok"):
        for year in {key[1][:4] for key in truth if key[0] == measure}:
            for first in (1, 4, 7, 10):
                periods = tuple(f"{year}-{month:02d}" for month in range(first, first + 3))
                paid = sum(truth[measure, period, ALL, "none", "all"] for period in periods)
                loose = truth.get((measure, f"{year}-xx", ALL, "none", "all"), 0)
                found[measure, periods] = paid + (loose if first == 1 else 0)
    return found
