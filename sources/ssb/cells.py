"""Collecting single labelled cells of an SSB table into observations.

Here: from a cell's labels to the columns of an observation, with the spec's code lists and the validity rule.
Not here: where in a file the cells lie (website.py), or whole cubes at once (reader.py).
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import pyarrow as pa

from sources.dataset.dimensions import fold
from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec, UpstreamColumn
from sources.errors import LayoutError, SourceError
from sources.klass.history import code_is_valid
from sources.landing.observation import Reading, observation_table
from sources.ssb.terms import (
    REGION_VARIABLES,
    TIME_VARIABLE,
    Labels,
    Region,
    SsbReading,
    check_absent,
    column_for,
    column_named,
    is_named_rest,
    period_of,
    region_of_label,
    status_of,
    unit_of,
)

Validity = Callable[[str, int], bool]
"""(municipality code, year) -> whether the code was in force."""

OUTSIDE = "zeros and dots outside the code's validity left out"
ODD = "figures outside the code's validity kept"
NO_AREA = "cells of no area of their own left out"


def left_out(code: str, region: Region) -> str | None:
    """The note under which cells of an area without a level are counted: by name where SSB's lists have made it one."""
    if region.level is not None:
        return None
    return f"{NO_AREA}: {code}" if is_named_rest(code) else NO_AREA


_REGION_WORDS = frozenset({"region", "kommune", "fylke", "municipality", "county"})
_TIME_WORDS = frozenset({"år", "kvartal", "måned", "intervall (år)", "periode", "year", "quarter", "month"})


class CellSink:
    """Takes cells with their labels (variable name in the title -> label) and gives a Reading.

    Raises UnknownLabelError for a label the spec does not know, LayoutError for an unknown variable.
    """

    def __init__(self, spec: DatasetSpec, is_valid: Validity | None) -> None:
        self.spec = spec
        self.options = options_of(spec, "reading", SsbReading)
        self.notes: Counter[str] = Counter()
        self._is_valid = is_valid or code_is_valid
        self._rows: dict[str, list[object]] = {name: [] for name in _FIXED}
        self._dimensions: dict[str, list[str]] = {str(c.dimension): [] for c in spec.columns if c.role == "dimension"}
        self._labels: dict[str, Labels] = {}
        self._checked: set[frozenset[str]] = set()

    def kind_of(self, variable: str) -> Literal["region", "time", "other"]:
        """What a variable of a title is. The spec's own names go before the usual words."""
        word = variable.casefold()
        column = column_named(self.spec, variable)
        name = column.name if column else word
        if name in REGION_VARIABLES or name == self.options.region_variable or word in _REGION_WORDS:
            return "region"
        return "time" if name == TIME_VARIABLE or word in _TIME_WORDS else "other"

    def known_labels(self, variable: str) -> list[str]:
        """The labels the spec lists for a variable (none for region and time)."""
        column = column_named(self.spec, variable)
        return [] if column is None else [*column.codes, *column.ignore_labels]

    def is_kept(self, labels: dict[str, str]) -> bool:
        """False when a label is one that the spec leaves out (rows and columns that the owner of a file added)."""
        for variable, label in labels.items():
            column = column_named(self.spec, variable)
            if column is not None and self._known(column).is_ignored(label, label):
                return False
        return True

    def knows(self, labels: dict[str, str]) -> bool:
        """Whether the labels are those of a row of the table, so that a row without a figure is not its end."""
        try:
            for variable, label in labels.items():
                kind, column = self.kind_of(variable), column_named(self.spec, variable)
                if kind == "region":
                    region_of_label(label, self.options.regions, "")
                elif kind == "time":
                    period_of(label, "")
                elif column is None or label.casefold() not in {text.casefold() for text in column.codes}:
                    return False
        except SourceError:
            return False
        return True

    def put(
        self, place: tuple[int, int], labels: dict[str, str], value: float | None, symbol: str | None, where: str
    ) -> None:
        """Add one cell: its ``(source_row, source_column)``, its labels, and a value or one of SSB's symbols."""
        spot = f"{where}, row {place[0]}"
        region, year, start, codes, measure = self._place(labels, spot)
        status = status_of(symbol, spot, self.spec.markers) if symbol else "ok"
        if symbol == "-" and self.options.dash_is_zero:
            value, status = 0.0, "ok"
        if status == "ok" and value is None:
            status = "missing"
        if region.level is None:
            self.notes[left_out(region.code, region) or NO_AREA] += 1
            return
        if region.by_validity and not self._is_valid(region.code, year):
            if not value:
                self.notes[OUTSIDE] += 1
                return
            self.notes[ODD] += 1
        unit = self.options.measure_units.get(measure)
        if unit is None:
            raise LayoutError(
                expected="a unit for each measure in options.reading.measure_units",
                found=f"none for {measure!r}",
                where=self.spec.dataset_id,
                next_step="name the measure and its unit there",
            )
        row = (
            *place,
            region.code,
            region.level,
            region.geography,
            start,
            measure,
            unit,
            value if status == "ok" else None,
            status,
        )
        for name, entry in zip(_FIXED, row, strict=True):
            self._rows[name].append(entry)
        for name, held in self._dimensions.items():
            held.append(codes.get(name, "all"))

    def check_unit(self, contents: str, label: str, where: str) -> None:
        """Compare the unit a file states for its contents with the spec's.

        Raises UnknownLabelError for a unit the spec has not seen and LayoutError when it is not the unit of that
        measure: then the series is another one under the same name.
        """
        stated = self.options.measure_units
        own = {fold(t): c for column in self.spec.columns if column.role == "measure" for t, c in column.codes.items()}
        measure = own.get(fold(contents), "")
        expected = {stated[measure]} if measure in stated else set(stated.values())
        only = next(iter(expected)) if len(expected) == 1 else None
        unit = unit_of(self.spec, label, only, f"{where}, {contents}")
        if unit not in expected:
            raise LayoutError(
                expected=f"unit {' or '.join(sorted(expected))} for {contents!r}",
                found=f"{unit} ({label})",
                where=where,
                next_step="the unit of the table has changed: describe the new series in the spec",
            )

    def reading(self, updated_at: datetime | None) -> Reading:
        """What has been put in. Raises LayoutError when that is nothing."""
        count = len(self._rows["source_row"])
        if not count:
            raise LayoutError(
                expected="at least one figure",
                found="none",
                where=self.spec.dataset_id,
                next_step="look at the file: its table may be empty or its areas may all be unknown",
            )
        columns: dict[str, pa.Array] = {name: pa.array(values) for name, values in self._rows.items()}
        columns["value"] = pa.array(self._rows["value"], pa.float64())
        columns["period_kind"] = pa.array([self.spec.period_kind] * count)
        columns |= {name: pa.array(codes) for name, codes in self._dimensions.items()}
        columns |= {name: pa.array([code] * count) for name, code in self.spec.constants.items()}
        encoded = {
            name: array.dictionary_encode() if pa.types.is_string(array.type) else array
            for name, array in columns.items()
        }
        new = {str(known.column.dimension): sorted(set(known.new)) for known in self._labels.values() if known.new}
        return Reading(observation_table(encoded, count), +self.notes, new, updated_at)

    def _place(self, labels: dict[str, str], where: str) -> tuple[Region, int, object, dict[str, str], str]:
        region = Region("00", "country") if self.options.region_when_absent else None
        codes, parts, present = {}, {}, set()
        kinds = {variable: self.kind_of(variable) for variable in labels}
        start = next((period_of(labels[v], where).start for v, kind in kinds.items() if kind == "time"), None)
        for variable, label in labels.items():
            if kinds[variable] == "region":
                region = region_of_label(label, self.options.regions, where, start.year if start else None)
            elif kinds[variable] == "other":
                column = column_for(self.spec, variable, variable, where)
                present.add(column.name)
                if column.role == "measure":
                    parts[self.spec.columns.index(column)] = self._known(column).code_of(label, label)
                elif column.role == "dimension":
                    codes[str(column.dimension)] = self._known(column).code_of(label, label)
        self._check_present(frozenset(present), where)
        if region is None or start is None:
            raise LayoutError(
                expected="a region and a period for each figure",
                found="labels " + ", ".join(map(repr, labels.values())),
                where=where,
                next_step="download the table with both; for a table of the whole country set region_when_absent",
            )
        measure = "_".join(filter(None, (parts[n] for n in sorted(parts)))) or str(self.spec.measure)
        return region, start.year, start, codes, measure

    def _check_present(self, present: frozenset[str], where: str) -> None:
        if present not in self._checked:
            check_absent(self.spec, set(present), where)
            self._checked.add(present)

    def _known(self, column: UpstreamColumn) -> Labels:
        return self._labels.setdefault(column.name, Labels(column, self.spec.dataset_id))


_FIXED = (
    "source_row",
    "source_column",
    "region_code",
    "region_level",
    "geography",
    "period_start",
    "measure",
    "unit",
    "value",
    "value_status",
)
