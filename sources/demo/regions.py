"""The regions of an invented table: municipalities with the codes of each year, or counties and the country.

Here: adding places up to regions, and region names as IMDi writes them. Not here: figures.
"""

from functools import cache

import numpy as np

from sources.demo.world import LAST_YEAR, YEARS, World
from sources.klass.history import code_is_valid, counties, municipalities

_NAMED_SINCE = 2020
"""IMDi leaves the name empty for codes that ended before this year."""


class Regions:
    """The rows (year, region) of a level, in order: ``k`` municipalities, ``f`` counties and the country as 00."""

    def __init__(self, world: World, years: list[int], level: str) -> None:
        self.level = level
        self.years: list[str] = []
        self.codes: list[str] = []
        self._row_of = np.zeros((len(world.codes), len(years)), dtype=np.int64)
        self._country: list[int] = []
        for at, year in enumerate(years):
            of_place = world.codes[:, YEARS.index(year)]
            if level == "f":
                self._country.append(len(self.codes))
                self._append(year, ["00"])
                of_place = np.array([code[:2] for code in of_place])
            distinct, index = np.unique(of_place, return_inverse=True)
            self._row_of[:, at] = index + len(self.codes)
            self._append(year, [str(code) for code in distinct])
        names = [_names(int(year)) for year in self.years]
        self.names = [of_year[code] for code, of_year in zip(self.codes, names, strict=True)]

    def _append(self, year: int, codes: list[str]) -> None:
        self.years += [str(year)] * len(codes)
        self.codes += codes

    def total(self, values: np.ndarray) -> np.ndarray:
        """[place, year, ...] -> [row, ...]."""
        flat = values.reshape(-1, *values.shape[2:])
        of_row = self._row_of.reshape(-1)
        order = np.argsort(of_row, kind="stable")
        starts = np.flatnonzero(np.diff(of_row[order], prepend=-1))
        rows = np.zeros((len(self.codes), *values.shape[2:]), dtype=np.int64)
        rows[of_row[order][starts]] = np.add.reduceat(flat[order], starts, axis=0)
        for at, row in enumerate(self._country):
            rows[row] = values[:, at].sum(axis=0)
        return rows

    def rows_of(self, years: list[int] | None) -> np.ndarray:
        """The numbers of the rows of these years (None = all)."""
        wanted = None if years is None else {str(year) for year in years}
        return np.array([n for n, year in enumerate(self.years) if wanted is None or year in wanted], dtype=np.int64)


@cache
def _names(year: int) -> dict[str, str]:
    """Names of a year by code. An ended code has no name, or its last year behind the name."""
    names = {"00": "Hele landet", **{code: _in_norwegian(name) for code, name in counties(year)}}
    for code, name in municipalities(year):
        last = max(y for y in YEARS if code_is_valid(code, y))
        if last == LAST_YEAR:
            names[code] = _in_norwegian(name)
        else:
            names[code] = f"{_in_norwegian(name)} (t.o.m. {last})" if last >= _NAMED_SINCE else ""
    return names


def _in_norwegian(name: str) -> str:
    """The Norwegian one of several names: the others may hold letters that IMDi's encoding does not have."""
    parts = [part for part in name.split(" - ") if part.encode("latin-1", errors="ignore").decode("latin-1") == part]
    return parts[-1] if parts else ""
