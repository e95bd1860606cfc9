"""An invented Norway: places with the code of each year, people by group and sex, and refugees settled.

Here: the base that every invented table is drawn from, so that the tables agree. Not here: any table.
"""

from dataclasses import dataclass

import numpy as np

from sources.demo.chance import Chance, split
from sources.klass.history import changes, municipalities

FIRST_YEAR = 2015
LAST_YEAR = 2025
YEARS = list(range(FIRST_YEAR, LAST_YEAR + 1))

REST, NORWEGIAN_BORN, WEST, EAST = range(4)
"""The group axis: the rest of the population, Norwegian-born to immigrant parents, immigrants of two world regions."""

_SIZES = {
    "0301": 710_000, "4601": 290_000, "5001": 213_000, "1103": 147_000, "3201": 130_000, "4204": 115_000,
    "3301": 104_000, "3203": 97_000, "3205": 90_000, "3107": 84_000, "1108": 83_000, "5501": 78_000,
    "3907": 64_000, "3905": 57_000, "1508": 54_000, "1804": 53_000, "4003": 55_000, "3909": 48_000,
    "3105": 59_000, "3103": 52_000, "4001": 37_000, "3101": 32_000, "4203": 46_000, "5503": 25_000, "3403": 32_000,
    "3901": 27_000, "3903": 26_000, "3911": 27_000,
}  # fmt: skip
"""Inhabitants of the larger municipalities, rounded hard; every other municipality gets a drawn size."""

_IMMIGRANTS = {"0301": (100, 130)}
"""Immigrants of the two world regions per thousand where a drawn share would be odd: readers know the capital's is high."""

_REQUESTED = [11_400, 15_300, 10_500, 4_900, 4_800, 3_500, 5_600, 35_000, 38_000, 21_000, 12_500]
_ORIGINAL = {2020: 5_200, 2022: 5_500, 2025: 20_000}
_MINORS = [520, 1_150, 820, 260, 160, 140, 150, 520, 700, 620, 450]


@dataclass(frozen=True)
class World:
    """Whole numbers by place and year. A place is the finest piece that never was divided between two codes.

    ``codes``: text [place, year]; ``people``: [place, year, group, sex]; the others: [place, year].
    """

    codes: np.ndarray
    people: np.ndarray
    requested: np.ndarray
    original_request: np.ndarray
    decided: np.ndarray
    settled: np.ndarray
    minors: dict[str, np.ndarray]


def build_world(seed: int) -> World:
    """The invented country of a seed: the same numbers on every machine."""
    codes = _paths()
    size = _sizes(codes, seed)
    requested, decided, settled = _settlement(size, _REQUESTED, Chance(seed, "settlement"))
    minors = dict(
        zip(("requested", "decided", "settled"), _settlement(size, _MINORS, Chance(seed, "minors")), strict=True)
    )
    original = np.zeros_like(requested)
    for year, total in _ORIGINAL.items():
        column = YEARS.index(year)
        original[:, column] = split(np.array(total), np.maximum(requested[:, column], 1))
    return World(codes, _people(codes[:, -1], size, settled, seed), requested, original, decided, settled, minors)


def _paths() -> np.ndarray:
    """Every chain of codes from the first year to the last, by the dated changes of Klass."""
    chains = [[code] for code, _ in municipalities(FIRST_YEAR)]
    for year in YEARS[1:]:
        valid = {code for code, _ in municipalities(year)}
        new: dict[str, set[str]] = {}
        for old_code, new_code, day in changes():
            if f"{year - 1}-01-01" < day <= f"{year}-01-01" and new_code in valid:
                new.setdefault(old_code, set()).add(new_code)
        chains = [
            [*chain, code] for chain in chains for code in sorted(new.get(chain[-1], set()) | ({chain[-1]} & valid))
        ]
    return np.array(sorted(chains))


def _sizes(codes: np.ndarray, seed: int) -> np.ndarray:
    chance = Chance(seed, "sizes")
    today = sorted(set(codes[:, -1]))
    drawn = chance.between(1, 1000, (len(today),))
    sizes = 700 + drawn * drawn * drawn * 33 // 1_000_000
    weight = chance.between(150, 1000, (len(codes),))
    size = np.zeros(len(codes), dtype=np.int64)
    for code, of_code in zip(today, sizes, strict=True):
        places = np.flatnonzero(codes[:, -1] == code)
        size[places] = split(np.array(_SIZES.get(str(code), int(of_code))), weight[places])
    return size


def _settlement(size: np.ndarray, totals: list[int], chance: Chance) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(requested, decided, settled) by place and year; the requests of a year sum to its total."""
    shape = (len(size), len(totals))
    weights = size[:, None] * chance.between(400, 1600, shape)
    requested = split(np.array(totals), weights.T).T
    decided = (requested * chance.between(850, 1050, shape) + 500) // 1000
    return requested, decided, (decided * chance.between(780, 1010, shape) + 500) // 1000


def _people(codes: np.ndarray, size: np.ndarray, settled: np.ndarray, seed: int) -> np.ndarray:
    chance = Chance(seed, "people")
    age = np.arange(len(YEARS))
    everyone = size[:, None] * (923 + 7 * age + chance.between(-3, 3, settled.shape)) // 1000
    from_west, from_east = chance.between(25, 95, (len(size), 1)), chance.between(25, 85, (len(size), 1))
    for code, shares in _IMMIGRANTS.items():
        from_west[codes == code], from_east[codes == code] = shares
    west = size[:, None] * from_west * (1000 + 18 * age) // 1_000_000
    east = size[:, None] * from_east * (1000 + 8 * age) // 1_000_000
    east = east + np.cumsum(settled, axis=1) * 8 // 10
    born = (west * 120 + east * 300) * (800 + 20 * age) // 1_000_000
    rest = np.maximum(everyone - west - east - born, 1)
    groups = np.stack([rest, born, west, east], axis=-1)
    return split(groups, chance.between(470, 530, (*groups.shape[:1], 1, 4, 2)))
