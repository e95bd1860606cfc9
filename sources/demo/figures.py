"""The figures of one invented table by place and year, before they are added up to regions.

Here: counts and what they are a share of, with the breakdowns as axes. Not here: regions, hiding, or text.
"""

from dataclasses import dataclass, field

import numpy as np

from sources.dataset.dimensions import TOTAL
from sources.dataset.spec import DatasetSpec, UpstreamColumn
from sources.demo.chance import Chance, allocate, split
from sources.demo.plan import Recipe, members, plan
from sources.demo.world import EAST, LAST_YEAR, YEARS, World

_CORE = {"sex", "immigrant_category", "language_background"}
_TWO_REGIONS = 3


@dataclass
class Figures:
    """One measure of a table. Arrays are int64 [place, year, group, sex, *axes].

    ``count`` are the figures, ``base`` what `Prosent` is a share of, ``sums`` the sum behind an average. ``axes`` names
    the breakdowns beyond group and sex with the codes along each.
    """

    count: np.ndarray
    base: np.ndarray | None = None
    sums: np.ndarray | None = None
    axes: list[tuple[str, list[str]]] = field(default_factory=list)
    years: list[int] | None = None
    """The years the measure exists in; None = all."""


def draw(spec: DatasetSpec, recipe: Recipe, world: World, seed: int) -> dict[str, Figures]:
    """The figures of a table by measure code."""
    special = {"flows": _flows, "settlement": _settlement, "minors": _minors, "per_1000": _per_1000, "grants": _grants}
    if recipe.kind in special:
        return special[recipe.kind](spec, world, seed)
    measure = next((column for column in spec.columns if column.role == "measure"), None)
    names = list(members(spec, measure, recipe)) if measure else [str(spec.measure)]
    return {name: _counted(spec, recipe, world, seed, number) for number, name in enumerate(names)}


def is_axis(column: UpstreamColumn, codes: dict[str, str]) -> bool:
    """Whether a breakdown is an axis of its own rather than a choice of group or sex."""
    if column.role != "dimension" or column.dimension in _CORE:
        return False
    return column.dimension != "world_region" or len(codes) > _TWO_REGIONS


def _counted(spec: DatasetSpec, recipe: Recipe, world: World, seed: int, number: int) -> Figures:
    base = _universe(recipe, world, number)
    figures = Figures(base)
    level = _levels(spec, recipe, base, seed)
    if recipe.rate:
        counted = base * np.array(recipe.rate)[:, None] * level // 1_000_000
        figures = Figures(np.minimum(counted, base), base)
    columns = sorted(spec.columns, key=lambda column: column.dimension != "length_of_residence")
    for column in columns:
        if column.dimension in recipe.lacks:
            continue
        codes = members(spec, column, recipe)
        if is_axis(column, codes):
            _divide(figures, str(column.dimension), codes, recipe, seed)
    if recipe.mean:
        average = np.array(recipe.mean.level)[:, None] * level
        figures.sums = figures.count * average.reshape(*average.shape, *[1] * len(figures.axes)) // 1000
    return figures


def _levels(spec: DatasetSpec, recipe: Recipe, base: np.ndarray, seed: int) -> np.ndarray:
    """How the level of a rate or average differs by place, year and sex, per mille: [place, year, 1, sex]."""
    chance = Chance(seed, f"level of {recipe.same_as or spec.upstream_id}")
    places = (
        chance.between(930, 1070, (len(base), 1, 1, 1)) * chance.between(985, 1015, (*base.shape[:2], 1, 1)) // 1000
    )
    years = (1000 + recipe.trend * (np.array(YEARS) - LAST_YEAR))[:, None, None]
    return places * years // 1000 * np.array([recipe.women, 1000]) // 1000


def _divide(figures: Figures, dimension: str, codes: dict[str, str], recipe: Recipe, seed: int) -> None:
    """Add a breakdown as the last axis. The same breakdown of the same people is the same in every table."""
    unions = plan().unions
    wanted = dict.fromkeys(part for code in codes if code != TOTAL for part in unions.get(code, [code]))
    names = list(wanted)
    share = np.array([plan().share(recipe, dimension, code) for code in names], dtype=np.int64).T
    places = figures.count.shape[0]
    jitter = Chance(seed, f"{dimension} of {recipe.of} {len(names)}").between(700, 1300, (places, 4, len(names)))
    more = len(figures.axes)
    weights = (share[None] * jitter).reshape(places, 1, 4, 1, *[1] * more, len(names))
    if figures.base is None:
        figures.count = split(figures.count, weights)
    else:
        base = split(figures.base, weights)
        tilt = np.array([recipe.tilt.get(code, 1000) for code in names], dtype=np.int64)
        figures.count, figures.base = allocate(figures.count, base * tilt, base), base
    figures.axes.append((dimension, names))


def _universe(recipe: Recipe, world: World, number: int) -> np.ndarray:
    """Whom a table is about: [place, year, group, sex]. ``number`` is the measure's place in its list."""
    if recipe.of == "people":
        return world.people * np.array(recipe.universe)[:, None] // 1000
    if recipe.of == "refugees":
        return _refugees(world.people[:, :, EAST].sum(axis=-1) * 55 // 100)
    if recipe.of == "participants":
        return _refugees(_lag(world.settled, 0) * 45 // 100 + _lag(world.settled, 1) * 55 // 100)
    leavers = _lag(world.settled, 2) * 55 // 100
    return _refugees(_lag(leavers, number + 1) if recipe.of in ("years_since", "cohorts") else leavers)


def _refugees(by_year: np.ndarray) -> np.ndarray:
    """Numbers by place and year as immigrants of the second world region, divided by sex."""
    groups = np.zeros((*by_year.shape, 4, 2), dtype=np.int64)
    groups[:, :, EAST] = split(by_year, np.array([47, 53]))
    return groups


def _lag(values: np.ndarray, years: int) -> np.ndarray:
    """The figures of so many years before; the first year stands for all before it."""
    return values[:, np.maximum(np.arange(values.shape[1]) - years, 0)]


def _plain(by_year: np.ndarray, base: np.ndarray | None = None, years: list[int] | None = None) -> Figures:
    return Figures(_alone(by_year), None if base is None else _alone(base), years=years)


def _alone(by_year: np.ndarray) -> np.ndarray:
    groups = np.zeros((*by_year.shape, 4, 2), dtype=np.int64)
    groups[:, :, EAST, 0] = by_year
    return groups


def _settlement(spec: DatasetSpec, world: World, seed: int) -> dict[str, Figures]:
    changed = [year for year, total in zip(YEARS, world.original_request.sum(axis=0), strict=True) if total]
    return {
        "requested": _plain(world.requested, world.requested),
        "original_request": _plain(world.original_request, world.requested, changed),
        "decided": _plain(world.decided, world.requested),
        "settled": _plain(world.settled, world.requested),
    }


def _minors(spec: DatasetSpec, world: World, seed: int) -> dict[str, Figures]:
    return {name: _plain(by_year, world.minors["requested"]) for name, by_year in world.minors.items()}


def _per_1000(spec: DatasetSpec, world: World, seed: int) -> dict[str, Figures]:
    return {"settled": _plain(world.settled, world.people.sum(axis=(2, 3)))}


def _flows(spec: DatasetSpec, world: World, seed: int) -> dict[str, Figures]:
    """Moves in a year by group; the net and the totals follow from the four kinds of move."""
    rates = {
        "immigration": (1, 2, 60, 75),
        "emigration": (2, 4, 45, 15),
        "in_migration": (42, 55, 60, 70),
        "out_migration": (43, 52, 62, 74),
    }
    moves = {}
    for name, rate in rates.items():
        jitter = Chance(seed, name).between(600, 1400, world.people.shape)
        moves[name] = world.people * np.array(rate)[:, None] * jitter // 1_000_000
    moves["net_immigration"] = moves["immigration"] - moves["emigration"]
    moves["net_in_migration"] = moves["in_migration"] - moves["out_migration"]
    moves["total_inflow"] = moves["immigration"] + moves["in_migration"]
    moves["total_outflow"] = moves["emigration"] + moves["out_migration"]
    moves["net_total_flow"] = moves["total_inflow"] - moves["total_outflow"]
    return {name: Figures(count) for name, count in moves.items()}


def _grants(spec: DatasetSpec, world: World, seed: int) -> dict[str, Figures]:
    """Kroner by grant type: persons settled in the year and before, times a sum that follows the year."""
    settled, minors = world.settled, world.minors["settled"]
    later = sum(_lag(settled, years) for years in (1, 2, 3, 4))
    step = np.arange(len(YEARS))
    kroner = {
        "integration_year_1": settled * (187_000 + 7_000 * step),
        "integration_years_2_5": later * (110_000 + 2_500 * step),
        "unaccompanied_minors": (minors + _lag(minors, 1) + _lag(minors, 2)) * (840_000 + 45_000 * step),
        "disability": settled // 60 * (650_000 + 20_000 * step),
        "norwegian_training": (settled + _lag(settled, 1) + _lag(settled, 2)) * (29_000 + 900 * step),
    }
    count = np.stack([_alone(amount) for amount in kroner.values()], axis=-1)
    return {str(spec.measure): Figures(count, axes=[("category", list(kroner))])}
