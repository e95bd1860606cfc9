"""The files of IMDi's delivery of 2015: one table, level and year each, codes across in header rows, no year inside.

Here: that form -> cells. Not here: what the codes mean. The year stands in the name alone (``...-fylke-2013.csv``), so a
file of this form is read when a person lists it (extracts.csv, form ``delivery2015``), and not by its content.
"""

import io
import re
from functools import partial

import numpy as np

from sources.dataset.csv_rows import csv_rows
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.imdi.body import normal_name
from sources.imdi.cells import Cells, Factor
from sources.imdi.labels import Match, match_columns
from sources.ports import Document

_wrong = partial(LayoutError, next_step="compare with the other files of the delivery, or fetch the table from IMDi")

FORM = "imdi_delivery2015"
LACKS = (
    "en fil fra IMDis leveranse i 2015, som ikke sier hvilket år den gjelder: skriv den i extracts.csv med form delivery2015, så "
    "leses den under året i navnet, eller hent tabellen hos IMDi, som har alle år"
)
_REGIONS = {"fylkenr": "F", "kommunenr": "K"}
_LABEL = re.compile(r"([a-z][a-z0-9_]*)\.(\S+)")
_YEAR_IN_NAME = re.compile(r"-((?:19|20)\d\d)(?:_v\d+)?\.csv$", re.IGNORECASE)
_FIRST_FIGURE = 3
_MOST_HEADER_ROWS = 8

_Record = tuple[int, list[str]]


def is_delivery(head: bytes) -> bool:
    """Whether the first rows are those of the form: `<dimension>.<code>` over every column, `enhet.<unit>` among them."""
    heads, _, key = _split(_records(head, ""))
    return bool(heads) and key is not None and any(_LABEL.fullmatch(cell.strip()) for _, row in heads for cell in row)


def read_delivery(spec: DatasetSpec, document: Document) -> tuple[Cells, Match]:
    """Cells of one file. Raises LayoutError for a name without a year, for columns that are not labelled alike."""
    where = document.name
    year = _YEAR_IN_NAME.search(where)
    if year is None:
        raise _wrong("a year at the end of the file's name, as in 93-tilskudd-fylke-2014.csv", repr(where), where)
    heads, rows, key = _split(_records(document.path.read_bytes(), where))
    if not heads or not rows or key is None:
        raise _wrong("header rows of codes over rows of areas", f"{len(heads)} and {len(rows)}", where)
    columns = _labelled(heads, where)
    titles = sorted({title for labels in columns.values() for title in labels})
    at = sorted(columns)
    if odd := [n for n in at if set(columns[n]) != set(titles)]:
        raise _wrong(
            f"{', '.join(titles)} over every column", f"{', '.join(columns[odd[0]])}", f"{where} column {odd[0] + 1}"
        )
    if "enhet" not in titles:
        raise _wrong("a header row of units", "none", where)
    across = np.tile(np.array(at), len(rows))
    by_title = {title: Factor.of_texts([columns[n][title] for n in at] * len(rows)) for title in titles}
    unit = by_title.pop("enhet")
    cells = Cells(
        where=where,
        rows=np.repeat(np.array([line for line, _ in rows], dtype=np.int32), len(at)),
        columns=(across + 1).astype(np.int32),
        region=Factor.of_texts([key + row[1].strip() for _, row in rows for _ in at]),
        year=Factor.of_texts([year[1]] * len(across)),
        unit=unit,
        value=Factor.of_texts([row[n] if n < len(row) else "" for _, row in rows for n in at]),
        fields=by_title,
    )
    return cells, match_columns(spec, list(by_title), where)


def _records(body: bytes, where: str) -> list[_Record]:
    rows = csv_rows(io.StringIO(body.decode("latin-1"), newline=""), where)
    return [(line, record) for line, record in rows if any(cell.strip() for cell in record)]


def _split(records: list[_Record]) -> tuple[list[_Record], list[_Record], str | None]:
    """(header rows, rows of areas, key letter of their level). A row of an area has its number in the second cell."""
    if not records or len(records[0][1]) <= _FIRST_FIGURE:
        return [], [], None
    key = _REGIONS.get(normal_name(records[0][1][1]))
    is_area = [len(row) > 1 and row[1].strip().isdigit() for _, row in records]
    first = is_area.index(True) if True in is_area else len(records)
    if first > _MOST_HEADER_ROWS:
        return [], [], key
    return records[:first], [record for record, area in zip(records[first:], is_area[first:], strict=True) if area], key


def _labelled(heads: list[_Record], where: str) -> dict[int, dict[str, str]]:
    """Column -> dimension -> code, of every column that has any."""
    columns: dict[int, dict[str, str]] = {}
    for line, row in heads:
        for number, cell in enumerate(row[_FIRST_FIGURE:], start=_FIRST_FIGURE):
            if not cell.strip():
                continue
            match = _LABEL.fullmatch(cell.strip())
            if match is None or match[1] in columns.get(number, {}):
                raise _wrong(
                    "one <dimension>.<code> a row", repr(cell[:40]), f"{where} line {line} column {number + 1}"
                )
            columns.setdefault(number, {})[match[1]] = match[2]
    return columns
