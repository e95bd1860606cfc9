"""Invented workbooks of what NAV sends a county by order: jobseekers by status and sex, and reduced work capacity.

Here: one June a year, all areas. Not here: NAV's public tables (nav.py), the invented country (world.py).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.demo.books import write_book
from sources.demo.regions import Regions
from sources.demo.world import YEARS, World
from sources.nav.special_delivery import DeliveryLayout

_DELIVERED = (2024, 2025)
_MONTH = 6
_HIDDEN_BELOW = 4
_SEXES = {"Kvinner": [0], "Menn": [1], "Begge kjønn": [0, 1]}

Rates = dict[str, tuple[int, int, int, int]]
"""Label -> per mille of each group that is counted."""

_STATUSES: Rates = {
    "Helt ledige": (9, 14, 20, 40),
    "Delvis ledige": (5, 6, 9, 14),
    "Arbeidssøkere på tiltak": (2, 3, 5, 16),
}
_AGES: Rates = {"18 - 66 år": (38, 20, 30, 60), "18 - 29 år": (6, 9, 6, 9)}
_WORKFORCE, _OF_AGE = (500, 240, 690, 520), (620, 280, 890, 810)


def write_deliveries(folder: Path, world: World, specs: dict[str, DatasetSpec]) -> list[list[str]]:
    """Write ``nav/special_…_<year>06.xlsx``. Returns their rows of extracts.csv."""
    listed = []
    for year in _DELIVERED:
        for dataset_id, second, sheets, share_of in (
            ("nav_special_unemployment", "Arbeidsmarkedsstatus hovedgruppe", {"Oppdiktet": _STATUSES}, _WORKFORCE),
            ("nav_special_reduced_work_capacity", "Alder", {n: {"Alle aldre": r} for n, r in _AGES.items()}, _OF_AGE),
        ):
            spec = specs[dataset_id]
            layout = options_of(spec, "workbook", DeliveryLayout)
            headers = [layout.month[0], layout.region[0], second, "Kjønn", layout.count[0], layout.share[0]]
            name = f"nav/{spec.upstream_id}_{year}{_MONTH:02d}.xlsx"
            rows = {sheet: (headers, *_rows(world, year, rates, share_of)) for sheet, rates in sheets.items()}
            write_book(folder / name, rows)
            listed.append([name, "nav", spec.upstream_id, dataset_id, ""])
    return listed


def _rows(world: World, year: int, rates: Rates, share_of: tuple[int, ...]) -> Iterator[list[str | float]]:
    """Month, area, category, sex, count and share: a hidden count keeps its share, as in NAV's own."""
    people = world.people[:, YEARS.index(year)]
    for level in ("f", "k"):
        regions = Regions(world, [year], level)
        labels = [
            "Landet" if c == "00" else f"{c} {n or 'Uten navn'}"
            for c, n in zip(regions.codes, regions.names, strict=True)
        ]
        for category, rate in rates.items():
            for sex, at in _SEXES.items():
                of_sex = people[:, :, at]
                count, whole = (
                    regions.total((of_sex * np.array(per_mille)[:, None] // 1000)[:, None]).sum(axis=(1, 2))
                    for per_mille in (rate, share_of)
                )
                for label, n, base in zip(labels, count.tolist(), whole.tolist(), strict=True):
                    shown = "*" if level == "k" and 0 < n < _HIDDEN_BELOW else n
                    yield [f"{year}{_MONTH:02d}", label, category, sex, shown, round(100 * n / max(base, 1), 1)]
