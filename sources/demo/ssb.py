"""Invented extracts of SSB's tables: JSON-stat2 bodies in the form SSB answers with.

Here: from the plan's weights to cubes by region and year. Not here: the invented country (world.py).
"""

import json
from functools import cache, reduce
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sources.dataset.spec import DatasetSpec
from sources.demo.chance import Chance
from sources.demo.regions import Regions
from sources.demo.world import EAST, YEARS, World
from sources.files import Declared, read_yaml

Weight = int | tuple[int, int, int, int]
_HIDDEN = (1, 2)
"""Counts that SSB hides in a municipality."""


class Category(Declared):
    """A category whose code no source has shown: the label is SSB's, the code invented."""

    label: str
    weight: Weight = 1000


class Content(Declared):
    """One contents category. The fields are described at the head of ssb_plan.yml."""

    unit: str
    label: str = ""
    decimals: int | None = None
    of: Literal["people", "settled", "programme"] = "people"
    rate: Weight = 1000
    share_of: Weight | None = None
    share_of_everyone: bool = False
    level: Weight | None = None
    each: int | None = None


class Table(Declared):
    """The recipe of one table."""

    first_year: int = 2020
    levels: list[Literal["k", "f"]] = ["k", "f"]
    kostra: bool = False
    variables: dict[str, Literal["sex"] | dict[str, Weight | Category]] = {}
    of_count: list[str] = []
    contents: dict[str, Content]


@cache
def ssb_plan() -> dict[str, Table]:
    """The plan that ships with the product, by table number."""
    raw = read_yaml(Path(__file__).parent / "ssb_plan.yml")
    return {number: Table.model_validate(entry) for number, entry in raw["tables"].items()}


def write_ssb_extracts(folder: Path, world: World, specs: dict[str, DatasetSpec], seed: int) -> list[list[str]]:
    """Write ``ssb/<table>.json`` for every table of the plan, and the population on today's borders as csv.

    Returns their rows of extracts.csv (path, source, dataset, form, level). The same seed gives the same bytes.
    """
    (folder / "ssb").mkdir(parents=True, exist_ok=True)
    listed = []
    for number, table in ssb_plan().items():
        body = _body(specs[f"ssb_{number}"], table, world, seed)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        (folder / "ssb" / f"{number}.json").write_text(text, encoding="utf-8")
        listed.append([f"ssb/{number}.json", "ssb", number, "ssb_jsonstat2", ""])
    name = "derived_07459_population_demo_municipalities.csv"
    (folder / "ssb" / name).write_text(_harmonised(world), encoding="utf-8")
    return [*listed, [f"ssb/{name}", "ssb", "07459_harmonised", "ssb_harmonised_csv", "k"]]


def _harmonised(world: World) -> str:
    """Inhabitants of every year under the code of the last year, in the other project's form."""
    codes, people = world.codes[:, -1], world.people.sum(axis=(2, 3))
    lines = ["kom2024,navn,aar,befolkning"]
    for code in sorted(set(codes)):
        by_year = people[codes == code].sum(axis=0)
        lines += [f"{code},Oppdiktet {code},{year},{count}" for year, count in zip(YEARS, by_year, strict=True)]
    return "\n".join(lines) + "\n"


class _Areas:
    """The regions of a table and where the rows of each level lie in a cube of region x year."""

    def __init__(self, world: World, table: Table) -> None:
        self.years = [year for year in YEARS if year >= table.first_year]
        self.levels = [Regions(world, self.years, level) for level in table.levels]
        named = [
            (_code(code, table.kostra), name) for r in self.levels for code, name in zip(r.codes, r.names, strict=True)
        ]
        labels: dict[str, str] = {}
        for code, name in named:
            labels[code] = name or labels.get(code, "") or code
        self.codes = sorted(labels)
        self.labels = [labels[code] for code in self.codes]
        place = {code: at for at, code in enumerate(self.codes)}
        self._at = [
            (
                np.array([place[_code(code, table.kostra)] for code in r.codes]),
                np.array([self.years.index(int(year)) for year in r.years]),
            )
            for r in self.levels
        ]

    def cube(self, values: np.ndarray) -> np.ndarray:
        """[place, year, group] of the table's years -> [region, year, group]; -1 where it was no region."""
        cube = np.full((len(self.codes), len(self.years), values.shape[2]), -1, dtype=np.int64)
        for regions, (rows, years) in zip(self.levels, self._at, strict=True):
            cube[rows, years] = regions.total(values)
        return cube

    @property
    def is_municipality(self) -> np.ndarray:
        return np.array([len(code) == 4 and code.isdigit() for code in self.codes])[:, None]


def _code(code: str, kostra: bool) -> str:
    """SSB's code of a region: 0 is the country, in KOSTRA tables EAK and EKA before counties."""
    if len(code) == 4:
        return code
    if kostra:
        return "EAK" if code == "00" else f"EKA{code}"
    return "0" if code == "00" else code


def _body(spec: DatasetSpec, table: Table, world: World, seed: int) -> dict[str, Any]:
    areas = _Areas(world, table)
    variables = {name: _categories(entry) for name, entry in table.variables.items()}
    contents = {code: content.label or code for code, content in table.contents.items()}
    region = "KOKkommuneregion0000" if table.kostra else "Region"
    dimension = {
        region: _dimension(region, dict(zip(areas.codes, areas.labels, strict=True))),
        **{name: _dimension(name, {code: label for code, (label, *_) in of.items()}) for name, of in variables.items()},
        "ContentsCode": _dimension("statistikkvariabel", contents),
        "Tid": _dimension("år", {str(year): str(year) for year in areas.years}),
    }
    dimension["ContentsCode"]["category"]["unit"] = {
        code: {"base": content.unit, "decimals": _decimals(content)} for code, content in table.contents.items()
    }
    blocks = []
    for codes in product(*variables.values()):
        picked = dict(zip(variables, codes, strict=True))
        for content in table.contents.values():
            blocks.append(
                _figures(table, content, {n: variables[n][c] for n, c in picked.items()}, areas, world, spec, seed)
            )
    # blocks stand in order of variable and contents; region is the first index of the body, time the last
    values = np.stack([value for value, _ in blocks], axis=1).ravel()
    symbols = np.stack([symbol for _, symbol in blocks], axis=1).ravel()
    return {
        "version": "2.0",
        "class": "dataset",
        "label": f"{spec.upstream_id}: {spec.title_nb} (oppdiktede tall)",
        "source": "Oppdiktet",
        "updated": "2026-06-30T06:00:00Z",
        "id": list(dimension),
        "size": [len(d["category"]["index"]) for d in dimension.values()],
        "dimension": dimension,
        "value": [None if symbol else _number(value) for value, symbol in zip(values, symbols, strict=True)],
        "status": {str(at): symbols[at] for at in np.flatnonzero(symbols != "")},
        "role": {"time": ["Tid"], "geo": [region], "metric": ["ContentsCode"]},
        "extension": {"px": {"tableid": spec.upstream_id}},
    }


def _categories(entry: str | dict[str, Weight | Category]) -> dict[str, tuple[str, np.ndarray, list[int]]]:
    """Code -> (label, weight by group, sexes)."""
    if isinstance(entry, str):
        return {
            "0": ("Begge kjønn", _weights(1000), [0, 1]),
            "1": ("Menn", _weights(1000), [1]),
            "2": ("Kvinner", _weights(1000), [0]),
        }
    pairs = {code: (c.label, c.weight) if isinstance(c, Category) else (code, c) for code, c in entry.items()}
    return {code: (label, _weights(weight), [0, 1]) for code, (label, weight) in pairs.items()}


def _weights(weight: Weight) -> np.ndarray:
    return np.array(weight if isinstance(weight, tuple) else (weight,) * 4, dtype=np.int64)


def _dimension(label: str, categories: dict[str, str]) -> dict[str, Any]:
    index = {code: at for at, code in enumerate(categories)}
    return {"label": label, "category": {"index": index, "label": categories}}


def _decimals(content: Content) -> int:
    is_share = content.share_of is not None or content.share_of_everyone
    return content.decimals if content.decimals is not None else int(is_share)


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else round(float(value), 1)


def _figures(
    table: Table,
    content: Content,
    picked: dict[str, tuple[str, np.ndarray, list[int]]],
    areas: _Areas,
    world: World,
    spec: DatasetSpec,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """(values, symbols) of one combination, each [region, year]."""
    sexes = reduce(lambda left, right: [s for s in left if s in right], [s for _, _, s in picked.values()], [0, 1])
    base = _people(content, world)[:, YEARS.index(areas.years[0]) :][:, :, :, sexes].sum(axis=3)
    group = {name: weight for name, (_, weight, _) in picked.items() if name not in table.of_count}
    counted = {name: weight for name, (_, weight, _) in picked.items()}
    # people as they are agree with IMDi's figures of the same people; only what is a part of them differs by place
    varied = base * Chance(seed, f"rate of {spec.upstream_id}").between(880, 1120, (len(base), 1, 1)) // 1000
    counts = _part(base if content.rate == 1000 else varied, [_weights(content.rate), *counted.values()])
    if _is_part(table, content, counted):
        counts = counts * Chance(seed, f"part of {spec.upstream_id}").between(860, 1000, (len(base), 1, 1)) // 1000
    by_group = areas.cube(counts)
    outside = (by_group < 0).any(axis=2)
    count = by_group.sum(axis=2)
    symbols = np.where(outside, ".", "").astype(object)
    is_hidden = areas.is_municipality & np.isin(count, _HIDDEN) & _hides(spec)
    symbols[is_hidden & ~outside] = ":"
    if content.level is not None:
        divisor = 1000 * 10 ** _decimals(content)
        spread = areas.cube(counts * _spread(spec, content, base.shape, seed))
        values = (spread * _weights(content.level)).sum(axis=2) // np.maximum(count, 1) // 1000 * 1000 / divisor
        symbols[(count < 5) & ~outside] = "."
    elif content.each is not None:
        # whole numbers place by place, so that municipalities still add up to their county to the krone
        spread = areas.cube(counts * _spread(spec, content, base.shape, seed) // 1000).sum(axis=2)
        values = spread * content.each // 100
    elif content.share_of is not None or content.share_of_everyone:
        everyone = content.share_of_everyone
        # a share is taken of the very counts that the table prints
        of = base if content.share_of == 1000 else varied
        of = world.people[:, YEARS.index(areas.years[0]) :].sum(axis=3) if everyone else of
        weights = [] if everyone else [_weights(content.share_of or 1000), *group.values()]
        whole = areas.cube(_part(of, weights)).sum(axis=2)
        if table.of_count and table.kostra:
            # what a purpose takes of the whole budget is no more the same everywhere than what it costs
            count = areas.cube(counts * _spread(spec, content, base.shape, seed) // 1000).sum(axis=2)
        factor = 1000 if content.unit.startswith("per 1000") else 100
        values = (np.minimum(count, whole) * factor * 20 + whole) // np.maximum(whole * 2, 1) / 10
        symbols[(whole <= 0) & ~outside] = "."
    else:
        values = count
    return values, symbols


def _spread(spec: DatasetSpec, content: Content, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """How kroner and months for each differ by place and year, per mille: [place, year, 1]. Sums over places still add up."""
    chance = Chance(seed, f"level of {spec.upstream_id} {content.label}")
    return chance.between(780, 1230, (shape[0], 1, 1)) * chance.between(960, 1040, (shape[0], shape[1], 1)) // 1000


def _is_part(table: Table, content: Content, counted: dict[str, np.ndarray]) -> bool:
    """Whether a figure is of some of those whom the table takes shares of: how many they are then differs by place."""
    wholes = [other.share_of for other in table.contents.values() if other.share_of is not None]
    if content.rate != 1000 and wholes and content.rate not in wholes:
        return True
    chosen = {name for name in table.of_count if (counted[name] != 1000).any()}
    return any(sum(weight != 1000 for weight in dict(table.variables[name]).values()) == 1 for name in chosen)


def _people(content: Content, world: World) -> np.ndarray:
    """Whom a figure is about: [place, year, group, sex]."""
    if content.of == "people":
        return world.people
    taken = world.settled if content.of == "settled" else world.settled * 55 // 100
    groups = np.zeros((*taken.shape, 4, 2), dtype=np.int64)
    groups[:, :, EAST, 0], groups[:, :, EAST, 1] = taken // 2, taken - taken // 2
    return groups


def _part(values: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Per mille of per mille of the values, whole numbers at every step."""
    for weight in weights:
        values = values * weight // 1000
    return values


def _hides(spec: DatasetSpec) -> bool:
    return bool(spec.hidden)
