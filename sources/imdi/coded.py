"""The flat coded rows of IMDi's first API: machine codes, comma separated, all region levels in one file.

Here: that file -> cells. Not here: what the codes mean.
"""

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.imdi.body import check_body, cut_short, first_record, normal_name, wrong_encoding
from sources.imdi.cells import Cells, Factor
from sources.imdi.labels import Match, match_columns
from sources.ports import Document

ENCODING = "UTF-8"
_REGIONS = {"kommunenr": "K", "fylkenr": "F", "naringsregionnr": "N", "bydelnr": "B"}
_FIXED = {"enhet": "unit", "aar": "year", "tabellvariabel": "value", "tabellnavn": "table"}
_ABSENT = "NULL"
_TEXT = pa.dictionary(pa.int32(), pa.string())


def read_coded(spec: DatasetSpec, document: Document) -> tuple[Cells, Match]:
    """Cells of a coded file. Each row names one region, in the column of its level; the others hold ``NULL``.

    Raises NotOfKindError, EncodingError or LayoutError.
    """
    where = document.name
    head = check_body(document.path, where, encoding=ENCODING)
    header = first_record(head, ",", ENCODING)
    names = {normal_name(name): name for name in header}
    missing = [name for name in _FIXED if name not in names]
    if missing or len(names) != len(header):
        raise LayoutError(
            expected="a header with aar, enhet, tabellvariabel, tabell_navn, region numbers and dimensions, each once",
            found=f"{','.join(header)[:200]!r}",
            where=f"{where} line 1",
            next_step="use the file as it was exported",
        )
    fixed = {role: names[name] for name, role in _FIXED.items()}
    levels = {names[name]: key for name, key in _REGIONS.items() if name in names}
    dimensions = [name for name in header if normal_name(name) not in {*_FIXED, *_REGIONS}]
    match = match_columns(spec, dimensions, where)
    table = _read_table(document, header, where)
    factors = {name: Factor.of(table[name]) for name in header}
    _check_table_name(factors[fixed["table"]], spec, where)
    cells = Cells(
        where=where,
        rows=np.arange(2, table.num_rows + 2, dtype=np.int32),
        columns=None,
        region=_region({key: factors[name] for name, key in levels.items()}, table.num_rows, where),
        year=factors[fixed["year"]],
        unit=factors[fixed["unit"]],
        value=factors[fixed["value"]],
        fields={name: factors[name] for name in dimensions},
    )
    return cells, match


def _read_table(document: Document, header: list[str], where: str) -> pa.Table:
    try:
        table = pacsv.read_csv(
            document.path,
            read_options=pacsv.ReadOptions(use_threads=False),
            parse_options=pacsv.ParseOptions(ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(header, _TEXT), strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as problem:
        if "UTF8" in str(problem):
            raise wrong_encoding(ENCODING, where) from problem
        raise cut_short(where, str(problem)[:160]) from problem
    if table.num_rows == 0:
        raise cut_short(where, "a header line and no rows")
    return table


def _check_table_name(tables: Factor, spec: DatasetSpec, where: str) -> None:
    others = np.array([label != spec.upstream_id for label in tables.labels], dtype=bool)
    if (row := tables.first(others)) is not None:
        raise LayoutError(
            expected=f"rows of table {spec.upstream_id} only",
            found=f"table {tables.labels[tables.index[row]]!r}",
            where=f"{where} line {row + 2}",
            next_step="give one table in a file",
        )


def _region(levels: dict[str, Factor], rows: int, where: str) -> Factor:
    """One region label a row out of the columns of the levels."""
    index = np.full(rows, -1, dtype=np.int32)
    labels: list[str] = []
    named = np.zeros(rows, dtype=np.int8)
    for key, factor in levels.items():
        present = np.array([label != _ABSENT for label in factor.labels], dtype=bool)[factor.index]
        index[present] = factor.index[present] + len(labels)
        labels += [key + label for label in factor.labels]
        named += present
    if (named != 1).any():
        row = int(np.argmax(named != 1))
        raise LayoutError(
            expected="one region number in a row",
            found=f"{int(named[row])}",
            where=f"{where} line {row + 2}",
            next_step="use the file as it was exported",
        )
    return Factor(labels, index)
