"""The measures of an SSB body: names from one or several variables, units checked against the body's own.

Here: names and units. Not here: the other variables, or values (reader.py).
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.ssb.jsonstat import Cube
from sources.ssb.terms import SsbReading, unit_of


@dataclass(frozen=True)
class Axis:
    """Our codes for the categories of the SSB variable at ``position``; '' where the category is left out."""

    position: int
    codes: list[str]


@dataclass(frozen=True)
class Measures:
    """The variables that make up the measure's name, in the order of the spec's columns."""

    spec: DatasetSpec
    options: SsbReading
    cube: Cube
    axes: list[Axis]
    where: str

    def of_rows(self, rows: np.ndarray) -> tuple[list[str], np.ndarray]:
        """(measure names in use, which of them each row has)."""
        at = np.zeros(len(rows), dtype=np.int64)
        for axis in self.axes:
            at = at * len(axis.codes) + self.cube.indices(axis.position)[rows]
        names = [self._name(places) for places in self._combinations()]
        used = np.flatnonzero(np.bincount(at, minlength=len(names)))
        place = np.zeros(len(names), dtype=np.int32)
        place[used] = np.arange(len(used))
        return [names[number] for number in used], place[at]

    def units(self, used: list[str]) -> list[str]:
        """The unit of each measure.

        Raises UnknownLabelError for a unit that the spec has not seen, LayoutError when it is not the spec's unit of
        that measure: then the series is another one under the same name.
        """
        stated = {self._name(places): self._stated(places) for places in self._combinations()}
        return [self._unit(name, stated.get(name)) for name in used]

    def _combinations(self) -> list[tuple[int, ...]]:
        return list(product(*(range(len(axis.codes)) for axis in self.axes)))

    def _name(self, places: tuple[int, ...]) -> str:
        parts = [axis.codes[place] for axis, place in zip(self.axes, places, strict=True)]
        return "_".join(filter(None, parts)) or str(self.spec.measure)

    def _stated(self, places: tuple[int, ...]) -> str | None:
        """The unit label of the body for one combination: units stand with the categories of the contents variable."""
        for axis, place in zip(self.axes, places, strict=True):
            dimension = self.cube.dimensions[axis.position]
            if label := dimension.units.get(dimension.codes[place]):
                return label
        loose = {label for d in self.cube.dimensions for label in d.units.values() if len(d.codes) == 1}
        return loose.pop() if len(loose) == 1 else None

    def _unit(self, measure: str, label: str | None) -> str:
        expected = self.options.measure_units.get(measure)
        stated = unit_of(self.spec, label, expected, f"{self.where}, {measure}") if label else None
        if expected is None and not (self.options.open_contents and stated):
            raise LayoutError(
                expected="a unit for each measure",
                found=f"none for {measure!r}",
                where=f"{self.spec.dataset_id}, options.reading.measure_units",
                next_step="name the measure and its unit there",
            )
        if expected and stated and expected != stated:
            raise LayoutError(
                expected=f"unit {expected} for {measure}",
                found=f"{stated} ({label})",
                where=self.where,
                next_step="the unit of the table has changed: describe the new series in the spec",
            )
        return str(expected or stated)
