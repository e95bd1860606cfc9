"""Invented extracts: a folder that is read like one a person downloaded; here the files in IMDi's long form.

Here: regions, hiding, text and files. Not here: how the figures are drawn, SSB's and NAV's files (ssb.py, nav.py).
Every file is listed as demo data.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sources.dataset.dimensions import TOTAL
from sources.dataset.spec import DatasetSpec, load_specs
from sources.demo.deliveries import write_deliveries
from sources.demo.figures import Figures, draw
from sources.demo.nav import write_nav_extracts
from sources.demo.pages import write_pages
from sources.demo.payments import write_payments
from sources.demo.plan import Recipe, members, plan
from sources.demo.regions import Regions
from sources.demo.ssb import write_ssb_extracts
from sources.demo.world import EAST, NORWEGIAN_BORN, REST, WEST, YEARS, build_world
from sources.files import write_whole
from sources.imdi.settlement.reader import is_of_pages

LIST_COLUMNS = ["path", "source", "dataset", "form", "level", "retrieved_on", "date_basis", "note", "is_demo"]
RETRIEVED_ON = "2026-06-30"
"""The date the invented extracts carry: fixed, so that the same seed gives the same folder."""

_README = """Alle tall i denne mappen er oppdiktet.
De er laget for at programmet skal kunne prøves uten ekte uttrekk, og sier ingenting om noen kommune.
Filene har samme form som IMDis egne nedlastinger (download_csv/k og /f), SSBs svar (JSON-stat2) og Navs arbeidsbøker.
Eksportene fra microdata.no har en form vi har tenkt oss.
"""
_HIDDEN_BELOW = 5
_EVERYTHING = "everything"
_GROUPS = {
    TOTAL: [REST, NORWEGIAN_BORN, WEST, EAST],
    "immigrants": [WEST, EAST],
    "norwegian_born": [NORWEGIAN_BORN],
    "population_except_immigrants": [REST, NORWEGIAN_BORN],
    "population_except_immigrants_and_norwegian_born": [REST],
    "immigrants_and_norwegian_born": [NORWEGIAN_BORN, WEST, EAST],
    "eu_efta_north_america_oceania": [WEST],
    "eastern_europe_asia_africa_latin_america": [EAST],
    "minority": [NORWEGIAN_BORN, WEST, EAST],
    "not_minority": [REST],
}
_SEXES = {TOTAL: [0, 1], "female": [0], "male": [1]}
_RATE_UNITS = {"Prosent": (100, 1), "Promille": (1000, 2)}
"""Unit -> (factor, decimals)."""


def write_demo_extracts(folder: Path, *, seed: int = 1, tables: list[str] | None = None) -> None:
    """Write invented extracts of the whole catalogue (or of the named IMDi tables) with their list and a note.

    The same seed gives the same bytes on every machine. ``folder`` then holds ``imdi/k/<table>.csv`` and
    ``imdi/f/<table>.csv`` (counties and, as 00, the country), ``ssb/``, ``nav/``, ``LESMEG.txt`` and, written last,
    ``extracts.csv``: a folder without it is not whole.
    """
    world = build_world(seed)
    specs = {spec.upstream_id: spec for spec in load_specs().values() if spec.source == "imdi"}
    listed = []
    for table in sorted(specs if tables is None else tables):
        if is_of_pages(specs[table]):
            listed += write_pages(folder, specs[table], world)
            continue
        spec, recipe = specs[table], plan().recipe(table)
        years = [year for year in YEARS if recipe.first_year <= year <= recipe.last_year]
        figures = _cut_to(draw(spec, recipe, world, seed), years)
        for level in ("k", "f"):
            path = folder / "imdi" / level / f"{table}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_file(spec, recipe, figures, Regions(world, years, level)))
            listed.append([f"imdi/{level}/{table}.csv", "imdi", table, "long", level])
    if tables is None:
        by_id = load_specs()
        listed += write_ssb_extracts(folder, world, by_id, seed) + write_nav_extracts(folder, world, by_id, seed)
        listed += write_deliveries(folder, world, by_id) + write_payments(folder, world, by_id)
    (folder / "LESMEG.txt").write_text(_README, encoding="utf-8")
    _write_list(folder / "extracts.csv", listed)


def _write_list(path: Path, listed: list[list[str]]) -> None:
    """Write the list whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LIST_COLUMNS)
    writer.writerows([*row, RETRIEVED_ON, "invented", "oppdiktede tall", "true"] for row in listed)
    write_whole(path, text.getvalue())


def _cut_to(measures: dict[str, Figures], years: list[int]) -> dict[str, Figures]:
    chosen = [YEARS.index(year) for year in years]
    for figures in measures.values():
        for name in ("count", "base", "sums"):
            array = getattr(figures, name)
            if array is not None:
                setattr(figures, name, array[:, chosen])
    return measures


@dataclass(frozen=True)
class _Member:
    """One member of a column: its label, and what it picks of groups, sexes or an axis."""

    code: str
    label: str


def _file(spec: DatasetSpec, recipe: Recipe, measures: dict[str, Figures], regions: Regions) -> bytes:
    """The bytes of one file."""
    columns = [column for column in spec.columns if column.dimension not in recipe.lacks]
    lists = [[_Member(code, label) for code, label in members(spec, column, recipe).items()] for column in columns]
    headers = [recipe.headers.get(column.name, column.name) for column in columns]
    rounded = {d: p for d, p in spec.parts.items() if d not in (recipe.skip if regions.level == "k" else [])}
    is_rounded = any(regions.level == "k" and "municipality" in rule.levels for rule in spec.rounding)
    summed = {name: _Summed.of(figures, regions, rounded if is_rounded else None) for name, figures in measures.items()}
    blocks: list[tuple[tuple[str, ...], np.ndarray, np.ndarray]] = []
    for combination in product(*lists):
        codes = {
            ("measure" if column.role == "measure" else str(column.dimension)): member.code
            for column, member in zip(columns, combination, strict=True)
        }
        if not _exists(codes, recipe, regions):
            continue
        figures = summed.get(codes.get("measure", str(spec.measure)))
        if figures is None or not figures.has(codes):
            continue
        labels = tuple(member.label for member in combination)
        rows = regions.rows_of(figures.years)
        for unit in _units(recipe, regions.level):
            blocks.append(((unit, *labels), rows, figures.texts(codes, unit, recipe)[rows]))
    return _csv_bytes(headers, blocks, regions, recipe)


def _units(recipe: Recipe, level: str) -> list[str]:
    """The units of the rows. A share within the table's own counts stands in county files only, to keep files small."""
    units = recipe.unit_labels if recipe.kind == "count" else _UNITS_OF_KIND[recipe.kind]
    return [unit for unit in units if unit != "Prosent" or level == "f" or not recipe.percent_of]


_UNITS_OF_KIND = {
    "flows": ["Personer"],
    "settlement": ["Personer", "Prosent"],
    "minors": ["Personer", "Prosent"],
    "per_1000": ["Promille"],
    "grants": ["Kroner"],
}


def _exists(codes: dict[str, str], recipe: Recipe, regions: Regions) -> bool:
    """Whether a combination is in the data: IMDi breaks only immigrants down by world region, for example."""
    if codes.get("world_region", TOTAL) != TOTAL and codes.get("immigrant_category", "immigrants") != "immigrants":
        return False
    if regions.level == "k" and any(codes.get(name, TOTAL) != TOTAL for name in recipe.skip):
        return False
    return not recipe.uncrossed or sum(code != TOTAL for code in codes.values()) <= 1


@dataclass
class _Summed:
    """The figures of one measure added up to the regions of a level: [row, group, sex, *axes]."""

    count: np.ndarray
    base: np.ndarray | None
    sums: np.ndarray | None
    axes: list[tuple[str, list[str]]]
    years: list[int] | None
    level: str
    rounded: dict[str, list[str]] | None
    """Where small counts are rounded rather than hidden: the dimensions that add up, with the codes of their parts."""

    @staticmethod
    def of(figures: Figures, regions: Regions, rounded: dict[str, list[str]] | None) -> _Summed:
        arrays = [None if a is None else regions.total(a) for a in (figures.count, figures.base, figures.sums)]
        return _Summed(*arrays, figures.axes, figures.years, regions.level, rounded)

    def has(self, codes: dict[str, str]) -> bool:
        """Whether the figures hold a combination: a code list may name more than a table has."""
        return all(
            codes.get(dimension, TOTAL) == TOTAL
            or set(plan().unions.get(codes[dimension], [codes[dimension]])) <= set(names)
            for dimension, names in self.axes
        )

    def texts(self, codes: dict[str, str], unit: str, recipe: Recipe) -> np.ndarray:
        """The cells of a combination for every row, as IMDi writes them."""
        if self.rounded is not None:
            return _texts(self._rounded(codes), np.zeros(len(self.count), dtype=bool), 0, recipe.decimal)
        count = self._pick(self.count, codes)
        hidden = (count > 0) & (count < _HIDDEN_BELOW) & (self.level == "k")
        if unit in _RATE_UNITS:
            if self.base is not None:
                base = self._pick(self.base, codes)
            else:
                whole = codes if recipe.percent_of == _EVERYTHING else [str(recipe.percent_of)]
                base = self._pick(self.count, {**codes, **dict.fromkeys(whole, TOTAL)})
            return _rates(count, base, hidden, *_RATE_UNITS[unit], recipe.decimal)
        if recipe.mean and self.sums is not None and unit != "Personer":
            few = (count > 0) & (count < recipe.mean.hide) & (self.level == "k")
            return _means(self._pick(self.sums, codes), count, few, recipe)
        return _texts(count, hidden if unit == "Personer" else np.zeros(len(count), dtype=bool), 0, recipe.decimal)

    def _rounded(self, codes: dict[str, str]) -> np.ndarray:
        """The counts of a combination as the publisher prints them: 1 as 0, 2 as 3, a total as the sum of what it prints."""
        parts = self.rounded or {}
        dimensions = [d for d in codes if d in parts and codes[d] == TOTAL]
        total = np.zeros(len(self.count), dtype=np.int64)
        for inner in product(*(parts[d] for d in dimensions)):
            count = self._pick(self.count, {**codes, **dict(zip(dimensions, inner, strict=True))})
            total += np.select([count == 1, count == 2], [0, 3], count)
        return total

    def _pick(self, array: np.ndarray, codes: dict[str, str]) -> np.ndarray:
        """Add up over the groups, sexes and axis codes that a combination names."""
        groups = set(_GROUPS[TOTAL])
        for name in ("immigrant_category", "language_background", "world_region"):
            groups &= set(_GROUPS.get(codes.get(name, TOTAL), groups))
        picked = array[:, sorted(groups)][:, :, _SEXES[codes.get("sex", TOTAL)]].sum(axis=(1, 2))
        for dimension, names in self.axes:
            wanted = codes.get(dimension, TOTAL)
            parts = names if wanted == TOTAL else plan().unions.get(wanted, [wanted])
            keep = [names.index(part) for part in parts if part in names]
            picked = picked[:, keep].sum(axis=1)
        return picked


def _rates(
    count: np.ndarray, base: np.ndarray, hidden: np.ndarray, factor: int, decimals: int, mark: str
) -> np.ndarray:
    scale = factor * 10**decimals
    number = (count * scale * 2 + base) // np.maximum(base * 2, 1)
    texts = _texts(number, hidden, decimals, mark)
    texts[(base == 0) & (count == 0)] = "."
    texts[(base == 0) & (count > 0) & ~hidden] = "Inf"
    return texts


def _means(sums: np.ndarray, count: np.ndarray, hidden: np.ndarray, recipe: Recipe) -> np.ndarray:
    step = recipe.mean.step if recipe.mean else 1
    mean = (sums * 2 + count) // np.maximum(count * 2, 1)
    texts = _texts(mean, hidden, 1, recipe.decimal) if step == 1 else _texts(mean * step // 10, hidden, 0, "")
    texts[count == 0] = "."
    return texts


def _texts(numbers: np.ndarray, hidden: np.ndarray, decimals: int, mark: str) -> np.ndarray:
    """Whole numbers (of so many decimals) as text, hidden ones as ``:``."""
    distinct, index = np.unique(numbers, return_inverse=True)
    texts = np.array([_text(int(number), decimals, mark) for number in distinct], dtype=object)[index]
    texts[hidden] = ":"
    return texts


def _text(number: int, decimals: int, mark: str) -> str:
    if decimals == 0:
        return str(number)
    whole, part = divmod(number, 10**decimals)
    return f"{whole}{mark}{part:0{decimals}d}"


def _csv_bytes(
    headers: list[str],
    blocks: list[tuple[tuple[str, ...], np.ndarray, np.ndarray]],
    regions: Regions,
    recipe: Recipe,
) -> bytes:
    rows = np.concatenate([rows for _, rows, _ in blocks])
    repeats = [len(rows) for _, rows, _ in blocks]
    fixed = [pa.array(np.repeat(np.array(labels, dtype=object), repeats), pa.string()) for labels in _turned(blocks)]
    number = "Kommunenummer" if regions.level == "k" else "Fylkesnummer"
    codes = [code.lstrip("0") or "0" for code in regions.codes] if recipe.lost_zeros else regions.codes
    table = {
        "Enhet": fixed[0],
        "År": pa.array(regions.years).take(pa.array(rows)),
        **dict(zip(headers, fixed[1:], strict=True)),
        number: pa.array(codes).take(pa.array(rows)),
        number.removesuffix("nummer").removesuffix("s"): pa.array(regions.names).take(pa.array(rows)),
        "Antall": pa.array(np.concatenate([texts for _, _, texts in blocks]), pa.string()),
    }
    sink = pa.BufferOutputStream()
    options = pacsv.WriteOptions(include_header=False, delimiter=";", quoting_style="none")
    pacsv.write_csv(pa.table(table), sink, options)
    body = sink.getvalue().to_pybytes().decode("utf-8").encode("latin-1")
    return ";".join(table).encode("latin-1") + b"\n" + body


def _turned(blocks: list[tuple[tuple[str, ...], np.ndarray, np.ndarray]]) -> Iterator[tuple[str, ...]]:
    return zip(*(labels for labels, _, _ in blocks), strict=True)
