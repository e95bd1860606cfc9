"""The long CSV of ``download_csv/{k,f}/{table}``: one cell a line, columns by their Norwegian titles in any order.

Here: that file -> cells. Not here: what the labels mean.
"""

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.imdi.body import check_body, cut_short, ends_with_newline, first_record, normal_name
from sources.imdi.cells import Cells, Factor
from sources.imdi.labels import Match, match_columns
from sources.ports import Document

ENCODING = "ISO-8859-1"
_REGIONS = {"kommunenummer": "K", "fylkesnummer": "F"}
_NAMES = {"kommune", "fylke"}
_FIXED = {"enhet": "unit", "år": "year", "antall": "value"}
_TEXT = pa.dictionary(pa.int32(), pa.string())
_BYTES = pa.dictionary(pa.int32(), pa.binary())


def read_long(spec: DatasetSpec, document: Document) -> tuple[Cells, Match]:
    """Cells of a long file. Region names are not read: they are empty or carry periods, codes rule.

    Raises NotOfKindError, EncodingError or LayoutError.
    """
    where = document.name
    head = check_body(document.path, where, encoding=ENCODING)
    header = first_record(head, ";", ENCODING)
    fixed, region, dimensions = _sort_header(header, where)
    match = match_columns(spec, dimensions, where)
    table = _read_table(document, header, [*fixed.values(), region, *dimensions], where)
    if table.num_rows == 0:
        raise cut_short(where, "a header line and no rows")
    if not ends_with_newline(document.path):
        raise cut_short(where, f"no line end after line {table.num_rows + 1}")
    key = _REGIONS[normal_name(region)]
    numbers = Factor.of(table[region], ENCODING)
    cells = Cells(
        where=where,
        rows=np.arange(2, table.num_rows + 2, dtype=np.int32),
        columns=None,
        region=Factor([key + label for label in numbers.labels], numbers.index),
        year=Factor.of(table[fixed["year"]], ENCODING),
        unit=Factor.of(table[fixed["unit"]], ENCODING),
        value=Factor.of(table[fixed["value"]], ENCODING),
        fields={name: Factor.of(table[name], ENCODING) for name in dimensions},
    )
    return cells, match


def _sort_header(header: list[str], where: str) -> tuple[dict[str, str], str, list[str]]:
    """({unit, year, value} -> header, header of the region number, headers of the dimensions)."""
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise _header_error(f"column {twice!r} twice", where)
    names = {normal_name(name): name for name in header}
    missing = [name for name in _FIXED if name not in names]
    regions = [names[name] for name in _REGIONS if name in names]
    if missing or len(regions) != 1:
        raise _header_error(f"the header {';'.join(header)[:200]!r}", where)
    fixed = {role: names[name] for name, role in _FIXED.items()}
    known = {*_FIXED, *_REGIONS, *_NAMES}
    return fixed, regions[0], [name for name in header if normal_name(name) not in known]


def _header_error(found: str, where: str) -> LayoutError:
    return LayoutError(
        expected="a header with Enhet, År, Antall, one of Kommunenummer and Fylkesnummer, and dimensions, each once",
        found=found,
        where=f"{where} line 1",
        next_step="compare with the form described in docs/datasets.md; a file from the website has another layout",
    )


def _read_table(document: Document, header: list[str], wanted: list[str], where: str) -> pa.Table:
    """The wanted columns, as bytes: their distinct texts are decoded later, not the whole file."""
    try:
        return pacsv.read_csv(
            document.path,
            read_options=pacsv.ReadOptions(use_threads=False, column_names=header, skip_rows=1),
            parse_options=pacsv.ParseOptions(delimiter=";", ignore_empty_lines=False),
            convert_options=_convert_options(wanted, _BYTES),
        )
    except pa.ArrowInvalid:
        return _read_as_text(document, header, wanted, where)


def _convert_options(wanted: list[str], kind: pa.DataType) -> pacsv.ConvertOptions:
    return pacsv.ConvertOptions(
        column_types=dict.fromkeys(wanted, kind), include_columns=wanted, strings_can_be_null=False
    )


def _read_as_text(document: Document, header: list[str], wanted: list[str], where: str) -> pa.Table:
    """The same for a file with a line of wrong length, decoded so that the message can show the line."""
    broken: list[pacsv.InvalidRow] = []

    def note_broken(row: pacsv.InvalidRow) -> str:
        broken.append(row)
        return "skip" if len(broken) < 2 else "error"

    try:
        table = pacsv.read_csv(
            document.path,
            read_options=pacsv.ReadOptions(encoding=ENCODING, use_threads=False, column_names=header, skip_rows=1),
            parse_options=pacsv.ParseOptions(delimiter=";", ignore_empty_lines=False, invalid_row_handler=note_broken),
            convert_options=_convert_options(wanted, _TEXT),
        )
    except pa.ArrowInvalid:
        if not broken:
            raise
        table = None
    if broken:
        _raise_broken(broken, table, where, document)
    return table


def _raise_broken(broken: list[pacsv.InvalidRow], table: pa.Table | None, where: str, document: Document) -> None:
    """A single short line at the very end is a cut transfer; any other line of wrong length is a changed layout."""
    row = broken[0]
    line = row.number
    if table is not None and len(broken) == 1 and line == table.num_rows + 2 and not ends_with_newline(document.path):
        raise cut_short(where, f"line {line} with {row.actual_columns} of {row.expected_columns} columns")
    raise LayoutError(
        expected=f"{row.expected_columns} columns in every line",
        found=f"{row.actual_columns}: {row.text[:80]!r}",
        where=f"{where} line {line}",
        next_step="see the line in the file; the transfer may have been damaged: fetch it again",
    )
