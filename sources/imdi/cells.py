"""The cells of one IMDi file, and how they become observations.

Here: what the three forms have in common once a file is split into cells. Not here: how a form lays out its cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from sources.dataset.dimensions import TOTAL, units
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, ValueGrammarError
from sources.imdi.labels import LabelMap, Match, new_labels_of, region_of, unit_of
from sources.imdi.values import STATUSES, outside_grammar, parse_cells
from sources.landing.observation import Reading, constant, drop_exact_duplicates, observation_table
from sources.landing.text_codes import first_rows

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_SPAN = re.compile(r"(?:19|20)[0-9]{2}_(?:19|20)[0-9]{2}")
_SIGNED_MEASURE = "net_"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Factor:
    """A column of texts: the distinct ones, and for each cell which one it is (int32)."""

    labels: list[str]
    index: np.ndarray

    @staticmethod
    def of(column: pa.ChunkedArray, encoding: str = "utf-8") -> Factor:
        """From a column that the CSV reader gave as dictionary chunks, of texts or of bytes in an encoding."""
        whole = column.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = whole.chunk(0) if whole.num_chunks else pa.array([], column.type)
        labels = whole.dictionary.to_pylist()
        if pa.types.is_binary(whole.dictionary.type):
            labels = [label.decode(encoding) for label in labels]
        return Factor(labels, whole.indices.to_numpy(zero_copy_only=False))

    @staticmethod
    def of_texts(texts: list[str]) -> Factor:
        """From plain texts."""
        numbers: dict[str, int] = {}
        index = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int32)
        return Factor(list(numbers), index)

    def first(self, wanted: np.ndarray) -> int | None:
        """The first cell whose label is one of the wanted (a mask over labels)."""
        hits = wanted[self.index] if len(self.labels) else np.zeros(0, dtype=bool)
        return int(np.argmax(hits)) if hits.any() else None

    def keep(self, cells: np.ndarray) -> Factor:
        return Factor(self.labels, self.index[cells])


@dataclass
class Cells:
    """One file as cells. ``fields`` hold the dimension and measure headers; ``key`` is the level letter of a region.

    A region label is the key letter and the number as published (``K709``), so that one file may hold many levels.
    """

    where: str
    rows: np.ndarray
    columns: np.ndarray | None
    region: Factor
    year: Factor
    unit: Factor
    value: Factor
    fields: dict[str, Factor]

    def line(self, cell: int) -> str:
        """Where a cell stands, for messages."""
        column = "" if self.columns is None else f" column {int(self.columns[cell])}"
        return f"line {int(self.rows[cell])}{column}"

    def keep(self, mask: np.ndarray) -> None:
        """Leave out the cells that the mask does not hold."""
        self.rows = self.rows[mask]
        self.columns = None if self.columns is None else self.columns[mask]
        self.region, self.year = self.region.keep(mask), self.year.keep(mask)
        self.unit, self.value = self.unit.keep(mask), self.value.keep(mask)
        self.fields = {name: factor.keep(mask) for name, factor in self.fields.items()}


def observations(spec: DatasetSpec, cells: Cells, match: Match) -> Reading:
    """The observations of one file.

    Raises UnknownLabelError, ValueGrammarError, LayoutError (region number, year) and ConflictingRowsError, each with
    the line. Rows that repeat another by declaration (``ignore_labels``) and rows of several years are left out and
    counted in the notes.
    """
    notes: Counter[str] = Counter()
    maps = {header: LabelMap(column, cells.where) for header, column in match.columns.items()}
    _leave_out(cells, maps, notes)
    columns: dict[str, pa.Array] = {
        "source_row": pa.array(cells.rows, pa.int32()),
        "period_start": _periods(cells),
        "period_kind": constant(spec.period_kind, len(cells.rows)),
        **_regions(cells),
        "unit": _mapped(cells, cells.unit, lambda label, line: unit_of(spec, label, f"{cells.where} {line}")),
    }
    if cells.columns is not None:
        columns["source_column"] = pa.array(cells.columns, pa.int32())
    if spec.measure is not None:
        columns["measure"] = constant(spec.measure, len(cells.rows))
    for name, code in spec.constants.items():
        columns[name] = constant(code, len(cells.rows))
    for header, column in match.columns.items():
        if column.role == "ignore":
            continue
        target = "measure" if column.role == "measure" else str(column.dimension)
        columns[target] = _labelled(cells, cells.fields[header], maps[header], columns.get(target))
    columns["value"], columns["value_status"] = _values(cells, columns["unit"], columns["measure"], notes, spec.markers)
    reading = Reading(observation_table(columns, len(cells.rows)), notes)
    by_dimension = {str(match.columns[header].dimension): labels for header, labels in maps.items()}
    reading.new_labels = new_labels_of(by_dimension, notes)
    return drop_exact_duplicates(reading, cells.where)


def _leave_out(cells: Cells, maps: dict[str, LabelMap], notes: Counter[str]) -> None:
    keep = np.ones(len(cells.rows), dtype=bool)
    for header, labels in maps.items():
        factor = cells.fields[header]
        ignored = np.array([labels.is_ignored(label) for label in factor.labels], dtype=bool)
        if ignored.any():
            hits = ignored[factor.index]
            keep &= ~hits
            if count := int(hits.sum()):
                notes[f"cells left out, label repeats another in {header!r}"] += count
    spans = np.array([_YEAR_SPAN.fullmatch(label.strip()) is not None for label in cells.year.labels], dtype=bool)
    if spans.any():
        hits = spans[cells.year.index]
        notes["cells left out, figure of several years"] += int(hits.sum())
        keep &= ~hits
    if not keep.all():
        cells.keep(keep)


def _mapped(cells: Cells, factor: Factor, code_of: Callable[[str, str], str]) -> pa.DictionaryArray:
    """Map each distinct label that occurs; ``code_of(label, line)`` raises with the first line of the label."""
    codes: dict[str, int] = {}
    numbers = np.zeros(len(factor.labels), dtype=np.int32)
    first = _first_cells(factor)
    for label_number in np.flatnonzero(first >= 0):
        code = code_of(factor.labels[label_number], cells.line(int(first[label_number])))
        numbers[label_number] = codes.setdefault(code, len(codes))
    return _dictionary(numbers[factor.index], list(codes))


def _first_cells(factor: Factor) -> np.ndarray:
    """For each label the first cell that has it, or -1."""
    return first_rows(factor.index, len(factor.labels))


def _labelled(cells: Cells, factor: Factor, labels: LabelMap, before: pa.Array | None) -> pa.DictionaryArray:
    """Codes of a column. A second column of the same dimension fills in where the first is the total."""

    def code_of(label: str, line: str) -> str:
        code = labels.code_of(label)
        if code is None:
            raise labels.unknown(label, line)
        return code

    mapped = _mapped(cells, factor, code_of)
    if before is None:
        return mapped
    return _combined(cells, before, mapped)


def _combined(cells: Cells, one: pa.DictionaryArray, two: pa.DictionaryArray) -> pa.DictionaryArray:
    first, second = one.dictionary.to_pylist(), two.dictionary.to_pylist()
    pair = one.indices.to_numpy().astype(np.int64) * len(second) + two.indices.to_numpy()
    distinct, number = np.unique(pair, return_inverse=True)
    codes: dict[str, int] = {}
    numbers = np.zeros(len(distinct), dtype=np.int32)
    for at, value in enumerate(distinct):
        a, b = first[value // len(second)], second[value % len(second)]
        if TOTAL not in (a, b):
            raise LayoutError(
                expected="rows broken down by one of two columns that share a dimension",
                found=f"a row broken down by both: {a} and {b}",
                where=f"{cells.where} {cells.line(int(np.argmax(number == at)))}",
                next_step="give one of the two columns another dimension in the dataset spec",
            )
        numbers[at] = codes.setdefault(b if a == TOTAL else a, len(codes))
    return _dictionary(numbers[number], list(codes))


def _dictionary(index: np.ndarray, codes: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(codes, pa.string()))


def _periods(cells: Cells) -> pa.Array:
    days = np.zeros(len(cells.year.labels), dtype=np.int32)
    first = _first_cells(cells.year)
    for number in np.flatnonzero(first >= 0):
        label = cells.year.labels[number].strip()
        if not _YEAR.fullmatch(label):
            raise LayoutError(
                expected="a year of four digits",
                found=repr(cells.year.labels[number]),
                where=f"{cells.where} {cells.line(int(first[number]))}",
                next_step="see whether the publisher changed the period of the table",
            )
        days[number] = date(int(label), 1, 1).toordinal() - _EPOCH
    return pa.array(days[cells.year.index]).view(pa.date32())


def _regions(cells: Cells) -> dict[str, pa.Array]:
    found: dict[str, tuple[str, str]] = {}

    def code_of(label: str, line: str) -> str:
        region = region_of(label[1:], label[:1])
        if region is None:
            raise LayoutError(
                expected="a region number",
                found=repr(label[1:]),
                where=f"{cells.where} {line}",
                next_step="see the line in the file; names or other codes are not translated by guess",
            )
        found[label] = region
        return region[0]

    codes = _mapped(cells, cells.region, code_of)
    return {"region_code": codes, "region_level": _mapped(cells, cells.region, lambda label, line: found[label][1])}


def _values(
    cells: Cells,
    unit: pa.DictionaryArray,
    measure: pa.DictionaryArray,
    notes: Counter[str],
    markers: Mapping[str, str],
) -> tuple[pa.Array, pa.Array]:
    values, statuses, outside = parse_cells(cells.value.labels, markers)
    if (cell := cells.value.first(outside)) is not None:
        text = cells.value.labels[cells.value.index[cell]]
        raise outside_grammar(text, f"{cells.where} {cells.line(cell)}")
    value, status = values[cells.value.index], statuses[cells.value.index]
    empty = np.array([not label.strip() for label in cells.value.labels], dtype=bool)
    if empty.any() and (count := int(empty[cells.value.index].sum())):
        notes["cells without text, taken as missing"] += count
    _check_counts(cells, values, unit, measure)
    ok = status == STATUSES.index("ok")
    return pa.array(value, pa.float64(), mask=~ok), _dictionary(status, list(STATUSES))


def _check_counts(cells: Cells, values: np.ndarray, unit: pa.DictionaryArray, measure: pa.DictionaryArray) -> None:
    """Persons are whole, and below zero only in a net measure; kroner may be both (grants are paid back).

    ``values`` are those of the distinct texts: most files hold no text that could be wrong.
    """
    names = unit.dictionary.to_pylist()
    counted = np.array([units()[code].additive and not code.startswith("nok") for code in names], dtype=bool)
    unsigned = np.array([not code.startswith("nok") for code in names], dtype=bool)
    one_sided = np.array([not code.startswith(_SIGNED_MEASURE) for code in measure.dictionary.to_pylist()], dtype=bool)
    with np.errstate(invalid="ignore"):
        broken, negative = values % 1 > 0, values < 0
    for wrong, in_units, in_measures, expected in (
        (broken, counted, np.ones_like(one_sided), "a whole number of persons"),
        (negative, unsigned, one_sided, "no figure below zero in this measure"),
    ):
        at = np.flatnonzero(wrong[cells.value.index]) if wrong.any() else np.array([], dtype=np.int64)
        at = at[in_units[unit.indices.to_numpy()[at]] & in_measures[measure.indices.to_numpy()[at]]]
        if len(at):
            cell = int(at[0])
            raise ValueGrammarError(
                expected=expected,
                found=repr(cells.value.labels[cells.value.index[cell]]),
                where=f"{cells.where} {cells.line(cell)}",
                next_step="see the line: a changed unit or a thousands separator is a change of format upstream",
            )
