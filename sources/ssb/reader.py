"""From SSB's JSON-stat bodies to observations: one body, or several ordered parts of one table.

Here: putting decoded cells into the warehouse's shape. Not here: the format (jsonstat.py), the terms (terms.py),
extracts from ssb.no (website.py) or calling SSB. ``source_row`` is the cell's place in ``value`` counted from 1,
``source_column`` the number of the body counted from 1.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa

from sources.dataset.options import options_of
from sources.dataset.recognition import WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, UnknownLabelError
from sources.klass.history import code_is_valid
from sources.landing.observation import Reading, observation_table
from sources.ports import Document, ObservationReader, Place
from sources.raw import nothing_there
from sources.ssb import harmonised, website
from sources.ssb.cells import ODD, OUTSIDE, Validity, left_out
from sources.ssb.jsonstat import Cube, CubeDimension, decode
from sources.ssb.measures import Axis, Measures
from sources.ssb.terms import (
    REGION_VARIABLES,
    TIME_VARIABLE,
    Labels,
    Period,
    Region,
    SsbReading,
    check_absent,
    column_for,
    period_of,
    region_of,
    status_of,
)

FORM = "ssb_jsonstat2"
_TABLE_IN_JSON = (
    re.compile(rb'"tableid"\s*:\s*"(\d{5})"', re.IGNORECASE),
    re.compile(rb'"label"\s*:\s*"(\d{5}):'),
)
"""Where a body names its table: in its extension, or at the beginning of its label."""

MAX_UNKNOWN_REGIONS = 0.1
"""Share of region codes of no known form that may be left out; with more the table's codes have changed."""


def read(spec: DatasetSpec, documents: list[Document], is_valid: Validity = code_is_valid) -> Reading:
    """JSON-stat bodies of one release -> observations.

    A zero or a missing value of a municipality code outside its years is no figure and is left out (SOURCE.md section
    4.3). Raises LayoutError when the parts are not of one release or a variable is unknown, UnknownLabelError for a
    category or unit the spec does not know, ValueGrammarError for an unknown symbol or period.
    """
    options = options_of(spec, "reading", SsbReading)
    notes: Counter[str] = Counter()
    new_labels: dict[str, list[str]] = {}
    areas = _Areas(options.regions)
    tables, stamps = [], []
    for number, document in enumerate(documents, start=1):
        cube = decode(document.path.read_bytes(), document.name)
        _check_table(spec, cube, document.name)
        part = _Part(spec, options, cube, document.name, number, is_valid, notes, areas)
        tables.append(part.observations())
        stamps.append(cube.updated_at)
        for dimension, labels in part.new_labels().items():
            new_labels[dimension] = sorted({*new_labels.get(dimension, []), *labels})
    _check_one_release(stamps, spec)
    areas.check()
    if areas.unknown:
        new_labels["region"] = sorted(areas.unknown)
    whole = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    return Reading(whole, notes, new_labels, stamps[0])


READERS: dict[str, ObservationReader] = {
    FORM: read,
    website.XLSX_FORM: website.read_xlsx,
    website.CSV_FORM: website.read_csv,
    harmonised.FORM: harmonised.read,
}
"""Form name -> reader."""


def recognise(specimen: Specimen) -> Sighting | None:
    """The form of a file of SSB's (a name in READERS) and the table it names, or None."""
    if not _is_jsonstat(specimen.head):
        return harmonised.recognise(specimen) or website.recognise(specimen)
    named = next(filter(None, (pattern.search(specimen.head) for pattern in _TABLE_IN_JSON)), None)
    named = named or _TABLE_IN_JSON[0].search(specimen.tail)
    table = named[1].decode() if named else None
    if b'"class"' not in specimen.head + specimen.tail:  # JSON-stat 1.x: selections of SSB's retired dataset API
        hint = f"SSBs eget utvalg av tabell {table}: skriv nummeret i filnavnet, eller skriv fila i extracts.csv"
        return Sighting(FORM, WHOLE, hint=hint if table else "")
    return Sighting(FORM, WHOLE, table=table)


def raw_cells(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """What the file says of the cells that observations came from: categories, value and status, or sheet and cell."""
    if not _is_jsonstat(Specimen(documents[0].path).head):
        return website.raw_cells(spec, documents, places)
    cubes: dict[int, Cube] = {}
    said = []
    for row, number in places:
        at = number or 1
        document = documents[at - 1] if at <= len(documents) else documents[0]
        if at not in cubes:
            cubes[at] = decode(document.path.read_bytes(), document.name)
        is_there = at <= len(documents) and 0 < row <= len(cubes[at].values)
        said.append(_raw_cell(document, cubes[at], row) if is_there else nothing_there(document.name, (row, number)))
    return said


def _raw_cell(document: Document, cube: Cube, row: int) -> str:
    place = np.unravel_index(row - 1, cube.size)
    named = [f"{d.name}={d.codes[p]} ({d.labels[p]})" for d, p in zip(cube.dimensions, place, strict=True)]
    value, status = cube.values[row - 1], cube.symbols[cube.status[row - 1]]
    shown = "null" if np.isnan(value) else repr(float(value))
    return f"{document.name} value[{row - 1}] = {shown}, status {status or 'none'}: " + ", ".join(named)


def _is_jsonstat(head: bytes) -> bool:
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"{"):
        return False
    return (b'"class"' in head and b'"dataset"' in head) or (b'"dataset"' in head and b'"dimension"' in head)


def _check_table(spec: DatasetSpec, cube: Cube, where: str) -> None:
    if cube.table_id is not None and cube.table_id != spec.upstream_id:
        raise LayoutError(
            expected=f"table {spec.upstream_id}",
            found=f"table {cube.table_id} ({cube.label[:80]})",
            where=where,
            next_step="put the file with the dataset it belongs to",
        )


def _check_one_release(stamps: list[datetime | None], spec: DatasetSpec) -> None:
    if len(set(stamps)) > 1:
        raise LayoutError(
            expected="all parts of the table from one release",
            found="`updated` " + " and ".join(sorted({str(stamp) for stamp in stamps})),
            where=spec.dataset_id,
            next_step="SSB released new figures between the calls: fetch the table again from the start",
        )


@dataclass
class _Areas:
    """The region codes of all parts of a table, so that how a client cut it into parts decides nothing."""

    own: dict[str, str]
    seen: set[str] = field(default_factory=set)
    unknown: dict[str, str] = field(default_factory=dict)

    def region(self, code: str, where: str) -> Region:
        """The region of a code; one of no known form is left out and reported, since areas come and go in a table."""
        self.seen.add(code)
        try:
            return region_of(code, self.own, where)
        except UnknownLabelError:
            self.unknown.setdefault(code, where)
            return Region(code, None)

    def check(self) -> None:
        """Raises UnknownLabelError when so many codes are unknown that the table's codes must have changed."""
        if len(self.unknown) > MAX_UNKNOWN_REGIONS * len(self.seen):
            code, where = next(iter(self.unknown.items()))
            region_of(code, self.own, where)


@dataclass
class _Part:
    """One body on its way to observations."""

    spec: DatasetSpec
    options: SsbReading
    cube: Cube
    where: str
    number: int
    is_valid: Validity
    notes: Counter[str]
    areas: _Areas
    labels: list[Labels] = field(default_factory=list)

    def observations(self) -> pa.Table:
        cube = self.cube
        region_at, time_at = self._special()
        self._keep = np.ones(len(cube.values), dtype=bool)
        regions = self._regions(region_at)
        periods = self._periods(time_at)
        dimensions, measures = self._columns({region_at, time_at})
        values, status, statuses = self._values()
        self._drop_outside_validity(regions, region_at, periods, time_at, values)
        rows = np.flatnonzero(self._keep)
        named = Measures(self.spec, self.options, cube, measures, self.where)
        names, at = named.of_rows(rows)
        taken: dict[str, pa.Array] = {
            "source_row": pa.array((rows + 1).astype(np.int32)),
            "source_column": pa.array(np.full(len(rows), self.number, dtype=np.int32)),
            "region_code": self._text([r.code for r in regions], region_at, rows),
            "region_level": self._text([r.level or "" for r in regions], region_at, rows),
            "geography": self._text([r.geography for r in regions], region_at, rows),
            "period_start": self._days(periods, time_at, rows),
            "period_kind": _spread([self.spec.period_kind], np.zeros(len(rows), dtype=np.int64)),
            "measure": _spread(names, at),
            "unit": _spread(named.units(names), at),
            "value": pa.array(np.where(status == 0, values, np.nan)[rows], from_pandas=True),
            "value_status": _spread(statuses, status[rows]),
        }
        for name, axis in dimensions.items():
            taken[name] = self._text(axis.codes, axis.position, rows)
        for name, code in self.spec.constants.items():
            taken[name] = _spread([code], np.zeros(len(rows), dtype=np.int64))
        return observation_table(taken, len(rows))

    def new_labels(self) -> dict[str, list[str]]:
        return {known.column.dimension or known.column.name: known.new for known in self.labels if known.new}

    def _special(self) -> tuple[int | None, int]:
        """Where region and time stand. Neither role is certain to be given (SOURCE.md section 1.3)."""
        names = [dimension.name for dimension in self.cube.dimensions]
        stated = [self.options.region_variable] if self.options.region_variable else []
        region = next((n for n in [*stated, *self.cube.roles.get("geo", []), *REGION_VARIABLES] if n in names), None)
        time = next((n for n in [*self.cube.roles.get("time", []), TIME_VARIABLE] if n in names), None)
        if time is None or (region is None and self.options.region_when_absent is None):
            raise LayoutError(
                expected="a region and a time variable",
                found="variables " + ", ".join(names),
                where=self.where,
                next_step="ask for the table with both; for a table of the whole country set region_when_absent",
            )
        return None if region is None else names.index(region), names.index(time)

    def _regions(self, position: int | None) -> list[Region]:
        if position is None:
            return [Region(str(self.options.region_when_absent), "country")]
        codes = self.cube.dimensions[position].codes
        regions = [self.areas.region(code, self.where) for code in codes]
        for note in sorted(
            {note for code, region in zip(codes, regions, strict=True) if (note := left_out(code, region))}
        ):
            of_note = [left_out(code, region) == note for code, region in zip(codes, regions, strict=True)]
            self._leave_out(position, of_note, note)
        return regions

    def _periods(self, position: int) -> list[Period]:
        periods = [period_of(code, self.where) for code in self.cube.dimensions[position].codes]
        wanted = "year" if self.spec.period_kind == "point" else self.spec.period_kind
        odd = next((period.kind for period in periods if period.kind != wanted), None)
        if odd:
            raise LayoutError(
                expected=f"periods of kind {wanted}",
                found=odd,
                where=self.where,
                next_step="correct period_kind in the spec, or select the right periods",
            )
        self.notes["intervals kept under their last year"] += sum(period.is_interval for period in periods)
        if not self.notes["intervals kept under their last year"]:
            del self.notes["intervals kept under their last year"]
        return periods

    def _columns(self, special: set[int | None]) -> tuple[dict[str, Axis], list[Axis]]:
        """The axes of conformed dimensions by name, and those that make up the measure's name."""
        found: dict[str, Axis] = {}
        measures: list[tuple[int, Axis]] = []
        present = set()
        for position, dimension in enumerate(self.cube.dimensions):
            if position in special:
                continue
            is_open = self.options.open_contents
            column = column_for(self.spec, dimension.name, dimension.label, self.where, is_open=is_open)
            present.add(column.name)
            known = Labels(column, self.where, is_open=is_open)
            ignored = [known.is_ignored(c, t) for c, t in zip(dimension.codes, dimension.labels, strict=True)]
            self._leave_out(position, ignored, f"cells of left-out categories of {column.name}")
            if column.role == "ignore":
                self._check_single(dimension, ignored)
                continue
            pairs = zip(dimension.codes, dimension.labels, ignored, strict=True)
            axis = Axis(position, ["" if left else known.code_of(code, label) for code, label, left in pairs])
            self.labels.append(known)
            if column.role == "measure":
                measures.append((self.spec.columns.index(column) if column in self.spec.columns else 0, axis))
            else:
                found[str(column.dimension)] = axis
        check_absent(self.spec, present, self.where)
        return found, [axis for _, axis in sorted(measures, key=lambda pair: pair[0])]

    def _check_single(self, dimension: CubeDimension, ignored: list[bool]) -> None:
        if len(dimension.codes) - sum(ignored) != 1:
            raise LayoutError(
                expected=f"one category of {dimension.name}, which the spec does not keep",
                found=f"{len(dimension.codes)}: {', '.join(dimension.codes[:8])}",
                where=self.where,
                next_step="select one category, or give the variable a dimension in the spec",
            )

    def _values(self) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """(values, places in the statuses, the statuses: ``ok`` first).

        A symbol wins over a value beside it; null without a symbol is missing.
        """
        cube = self.cube
        meanings = ["ok", *[status_of(symbol, self.where, self.spec.markers) for symbol in cube.symbols[1:]]]
        statuses = list(dict.fromkeys(["ok", "missing", *meanings]))
        status = np.array([statuses.index(meaning) for meaning in meanings], dtype=np.int32)[cube.status]
        values = cube.values.copy()
        if self.options.dash_is_zero and "-" in cube.symbols:
            dashes = cube.status == cube.symbols.index("-")
            values[dashes], status[dashes] = 0.0, 0
        if "*" in cube.symbols:
            self.notes["preliminary figures"] += int((cube.status == cube.symbols.index("*")).sum())
        beside = (status != 0) & ~np.isnan(values)
        if beside.any():
            self.notes["values beside a symbol not used"] += int(beside.sum())
        status[(status == 0) & np.isnan(values)] = 1
        return values, status, statuses

    def _drop_outside_validity(
        self, regions: list[Region], region_at: int | None, periods: list[Period], time_at: int, values: np.ndarray
    ) -> None:
        if region_at is None:
            return
        years = [period.start.year for period in periods]
        valid = np.array(
            [[not r.by_validity or self.is_valid(r.code, year) for year in years] for r in regions], dtype=bool
        )
        valid = valid.reshape(len(regions), len(years))
        outside = ~valid[self.cube.indices(region_at), self.cube.indices(time_at)] & self._keep
        empty = outside & (np.isnan(values) | (values == 0))
        if empty.any():
            self.notes[OUTSIDE] += int(empty.sum())
        if (outside & ~empty).any():
            self.notes[ODD] += int((outside & ~empty).sum())
        self._keep &= ~empty

    def _leave_out(self, position: int, flags: list[bool], note: str) -> None:
        if any(flags):
            left = np.array(flags, dtype=bool)[self.cube.indices(position)]
            self.notes[note] += int(left.sum())
            self._keep &= ~left

    def _text(self, codes: list[str], position: int | None, rows: np.ndarray) -> pa.DictionaryArray:
        at = np.zeros(len(rows), dtype=np.int64) if position is None else self.cube.indices(position)[rows]
        return _spread(codes, at)

    def _days(self, periods: list[Period], position: int, rows: np.ndarray) -> pa.Array:
        days = np.array([period.start for period in periods], dtype="datetime64[D]")
        return pa.array(days[self.cube.indices(position)[rows]], pa.date32())


def _spread(codes: list[str], at: np.ndarray) -> pa.DictionaryArray:
    """A dictionary column of ``codes[at]`` whose dictionary holds every text once."""
    different, number = np.unique(np.array(codes, dtype=object).astype(str), return_inverse=True)
    return pa.DictionaryArray.from_arrays(
        pa.array(number.astype(np.int32)[at]), pa.array(different.tolist(), pa.string())
    )
