"""Invented workbooks of NAV's monthly tables, in the layout that the dataset specs describe.

Here: counts and shares by area and month, and the sheets. Not here: the invented country (world.py).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.demo.books import write_book
from sources.demo.chance import Chance
from sources.demo.regions import Regions
from sources.demo.world import YEARS, World
from sources.nav.layout import MONTHS, SheetRule, TimeSeriesLayout

_HIDDEN_BELOW = 4


@dataclass(frozen=True)
class _Recipe:
    """Per mille of each group that is counted, per mille that the share is taken of, and years with the last month."""

    title: str
    rate: tuple[int, int, int, int]
    share_of: tuple[int, int, int, int]
    months: dict[int, int]


_RECIPES = {
    "nav_hl060": _Recipe("Helt ledige", (9, 14, 20, 40), (500, 240, 690, 520), {2022: 10, 2023: 12, 2024: 12, 2025: 6}),
    "nav_aap155": _Recipe(
        "Mottakere av arbeidsavklaringspenger", (27, 14, 20, 34), (620, 280, 890, 810), {2024: 1, 2025: 2}
    ),
    "nav_pst302": _Recipe("Mottakere av uføretrygd", (78, 12, 30, 52), (630, 280, 900, 820), {2024: 1, 2025: 2}),
    "nav_ned155": _Recipe(
        "Personer med nedsatt arbeidsevne", (38, 20, 30, 60), (620, 280, 890, 810), {2024: 1, 2025: 2}
    ),
}


def write_nav_extracts(folder: Path, world: World, specs: dict[str, DatasetSpec], seed: int) -> list[list[str]]:
    """Write ``nav/<CODE>_<year>.xlsx``, one workbook a year. Returns their rows of extracts.csv."""
    (folder / "nav").mkdir(parents=True, exist_ok=True)
    listed = []
    for dataset_id, recipe in _RECIPES.items():
        spec = specs[dataset_id]
        for year, months in recipe.months.items():
            name = f"nav/{spec.upstream_id}_{year}.xlsx"
            _write(folder / name, spec, recipe, world, year, months, seed)
            listed.append([name, "nav", dataset_id.removeprefix("nav_"), dataset_id, ""])
    return listed


def _write(path: Path, spec: DatasetSpec, recipe: _Recipe, world: World, year: int, months: int, seed: int) -> None:
    layout = options_of(spec, "workbook", TimeSeriesLayout)
    head = [[f"{recipe.title} (oppdiktede tall)"], ["Kilde: Nav"], [f"Periode: {year} 01 - {year} {months:02d}"], []]
    names = [None, *(month.capitalize() for month in MONTHS[:months])]
    sheets = {
        "Oppdiktet " + " ".join(rule.words): [*head, names, *_rows(rule, spec, recipe, world, year, months, seed)]
        for rule in layout.sheets
    }
    write_book(path, sheets)


def _rows(
    rule: SheetRule, spec: DatasetSpec, recipe: _Recipe, world: World, year: int, months: int, seed: int
) -> list[list[str | float]]:
    """Area label and its cells in a row; the country last, as ``I alt``."""
    regions = Regions(world, [year], "k" if "municipality" in rule.levels else "f")
    people = world.people[:, YEARS.index(year)].sum(axis=2)[:, None]
    season = Chance(seed, f"{spec.upstream_id} {year}").between(900, 1100, (len(people), 1, 1, months))
    counted = (people * np.array(recipe.rate) // 1000)[..., None] * season // 1000
    count = regions.total(counted).sum(axis=1)
    whole = regions.total(people * np.array(recipe.share_of) // 1000).sum(axis=1)
    rows = []
    for code, name, of_area, base in zip(regions.codes, regions.names, count, whole, strict=True):
        hidden = [0 < n < _HIDDEN_BELOW and len(code) == 4 for n in of_area]
        shown = of_area if rule.share_of is None else (of_area * 2000 + base) // max(int(base) * 2, 1)
        cells = [
            "*" if h else (int(n) if rule.share_of is None else int(n) / 10) for n, h in zip(shown, hidden, strict=True)
        ]
        rows.append(["I alt" if code == "00" else f"{code} {name or 'Uten navn'}", *cells])
    return sorted(rows, key=lambda row: (row[0] == "I alt", row[0]))
