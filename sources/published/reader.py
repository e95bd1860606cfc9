"""Reading the published tables: small CSV files of reference rows that follow the spec's table_columns exactly.

Here: the strict CSV grammar and typing of ``shape: table`` files. Not here: what the figures mean (that is SQL).
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa

from sources.dataset.spec import DatasetSpec, TableColumn
from sources.errors import (
    ConflictingRowsError,
    EncodingError,
    LayoutError,
    NotOfKindError,
    UnknownLabelError,
    ValueGrammarError,
)
from sources.ports import Document, only

DATA_FOLDER = Path(__file__).parent / "data"

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "bigint": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}

_GRAMMAR: dict[str, tuple[re.Pattern[str], Callable[[str], object], str]] = {
    "text": (re.compile(r"[^\x00-\x1f\x7f]+"), str, "text without control characters"),
    "integer": (re.compile(r"-?\d{1,9}"), int, "a whole number of at most nine digits"),
    "bigint": (re.compile(r"-?\d{1,15}"), int, "a whole number, digits only"),
    "decimal": (re.compile(r"-?\d{1,15}(\.\d{1,9})?"), float, "a number with decimal point and no thousands sign"),
    "boolean": (re.compile(r"true|false"), lambda text: text == "true", "true or false"),
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), date.fromisoformat, "a date as YYYY-MM-DD"),
}
_HOLD = "correct the file; the last good release stays in use"


def bundled_file(spec: DatasetSpec) -> Path:
    """The data file of a published table that ships with the product (``options.bundled_file``)."""
    name = str(spec.options["bundled_file"])
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.csv", name):
        raise ValueError(f"{spec.dataset_id}: bundled_file must be a plain file name, not {name!r}")
    return DATA_FOLDER / name


def read_table(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """One CSV file as a typed table: ``source_row`` (1-based line of the file) and the spec's table_columns.

    Columns are found by header text, in any order. Raises a SourceError naming the line (and column) for another
    encoding or kind of file, an unknown or missing column, a cell outside the grammar, a value outside the allowed
    list, an empty required cell, and a key that stands twice.
    """
    document = only(documents, spec)
    lines = _records(_text_of(document), document.name)
    order = _header(spec, lines[0][1], document.name)
    values: dict[str, list[object]] = {column.name: [] for column in spec.table_columns}
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in lines[1:]:
        if len(cells) != len(order):
            raise LayoutError(
                expected=f"{len(order)} cells",
                found=f"{len(cells)} cells",
                where=f"{document.name} line {number}",
                next_step=_HOLD,
            )
        row = dict(zip(order, cells, strict=True))
        _check_key(spec, row, seen, number, document.name)
        for column in spec.table_columns:
            values[column.name].append(parse_cell(column, row[column.name], f"{document.name} line {number}"))
    rows = pa.array([number for number, _ in lines[1:]], pa.int32())
    fields = [pa.field(c.name, ARROW_TYPES[c.type], nullable=not c.required) for c in spec.table_columns]
    arrays = [pa.array(values[c.name], ARROW_TYPES[c.type]) for c in spec.table_columns]
    return pa.table([rows, *arrays], schema=pa.schema([pa.field("source_row", pa.int32(), nullable=False), *fields]))


def parse_cell(column: TableColumn, text: str, where: str) -> object:
    """One cell by its column's type; an empty cell is None.

    Raises ValueGrammarError for an empty required cell or another notation, UnknownLabelError outside ``allowed``.
    """
    place = f"{where} column {column.name}"
    if text == "":
        if column.required:
            raise ValueGrammarError(expected="a value", found="an empty cell", where=place, next_step=_HOLD)
        return None
    pattern, convert, grammar = _GRAMMAR[column.type]
    if not pattern.fullmatch(text):
        raise ValueGrammarError(expected=grammar, found=repr(text[:60]), where=place, next_step=_HOLD)
    if column.allowed and text not in column.allowed:
        raise UnknownLabelError(
            expected=f"one of {', '.join(column.allowed)}",
            found=repr(text[:60]),
            where=place,
            next_step="correct the cell, or add the value to `allowed` in the dataset spec",
        )
    try:
        return convert(text)
    except ValueError as problem:
        raise ValueGrammarError(expected=grammar, found=repr(text[:60]), where=place, next_step=_HOLD) from problem


def _text_of(document: Document) -> str:
    body = document.path.read_bytes()
    start = body.lstrip()[:1]
    if not start or start in (b"<", b"{", b"["):
        raise NotOfKindError(
            expected="a CSV file with a header line",
            found="an empty file" if not start else f"a file that starts with {start.decode()!r}",
            where=document.name,
            next_step=_HOLD,
        )
    if not body.endswith(b"\n"):
        raise NotOfKindError(
            expected="a line break at the end of the file",
            found="a last line that is cut off",
            where=document.name,
            next_step="fetch the whole file again; the last good release stays in use",
        )
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise EncodingError(
            expected="UTF-8",
            found=f"byte {body[problem.start]:#x} at offset {problem.start}",
            where=document.name,
            next_step="save the file as UTF-8",
        ) from problem


def _records(text: str, name: str) -> list[tuple[int, list[str]]]:
    """The records with the line each starts on."""
    records: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                records.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as problem:
        raise LayoutError(
            expected="comma-separated cells", found=str(problem), where=f"{name} line {start}", next_step=_HOLD
        ) from problem
    return records


def _header(spec: DatasetSpec, header: list[str], name: str) -> list[str]:
    """The columns by the spec's names, in the order of the file."""
    names = {column.header or column.name: column.name for column in spec.table_columns}
    known = list(names)
    unknown = sorted(set(header) - set(known))
    missing = [column for column in known if column not in header]
    twice = sorted({column for column in header if header.count(column) > 1})
    if unknown or missing or twice:
        parts = {"unknown": unknown, "missing": missing, "twice": twice}
        raise LayoutError(
            expected=f"the columns {', '.join(known)}",
            found="; ".join(f"{word}: {', '.join(columns)}" for word, columns in parts.items() if columns),
            where=f"{name} line 1",
            next_step=f"correct the header, or table_columns in {spec.dataset_id}'s spec",
        )
    return [names[title] for title in header]


def _check_key(
    spec: DatasetSpec, row: dict[str, str], seen: dict[tuple[str, ...], int], number: int, name: str
) -> None:
    if not spec.table_key:
        return
    key = tuple(row[column] for column in spec.table_key)
    if key in seen:
        raise ConflictingRowsError(
            expected=f"one line for each {', '.join(spec.table_key)}",
            found=f"{' / '.join(key)} also on line {seen[key]}",
            where=f"{name} line {number}",
            next_step=_HOLD,
        )
    seen[key] = number
