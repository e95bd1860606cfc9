"""The wide CSV of the website (Last ned tallgrunnlag): regions down, combinations across, a header row a dimension.

Here: that file -> cells. Not here: what the labels mean.
"""

import re
from collections.abc import Iterator

import numpy as np

from sources.dataset.csv_rows import csv_rows
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError
from sources.imdi.body import check_body, cut_short, normal_name
from sources.imdi.cells import Cells, Factor
from sources.imdi.labels import Match, match_columns
from sources.ports import Document

ENCODING = "ISO-8859-1"
_REGION_KEY = re.compile(r"[KFNB][0-9]{1,6}")


def read_wide(spec: DatasetSpec, document: Document) -> tuple[Cells, Match, dict[str, int]]:
    """Cells of a wide file, the matched columns, and notes.

    Header rows are all rows before the first that starts with a region key. An empty cell is a combination that is not
    in the data: it is not emitted, only counted. Raises NotOfKindError, EncodingError or LayoutError.
    """
    where = document.name
    check_body(document.path, where, encoding=ENCODING)
    with open(document.path, encoding=ENCODING, newline="") as handle:
        records = csv_rows(handle, where)
        heads, first = _header_rows(records, where)
        fields = _header_factors(heads, where)
        texts: dict[str, int] = {}
        regions: dict[str, int] = {}
        width = len(heads[0]) - 2
        parts: list[tuple[int, int, np.ndarray, np.ndarray]] = []
        empty = 0
        for line, record in _with_first(first, records):
            if len(record) != width + 2 or not _REGION_KEY.fullmatch(record[0]):
                raise _row_error(record, width, line, where, at_end=next(records, None) is None)
            numbers = np.fromiter((texts.setdefault(c, len(texts)) for c in record[2:]), dtype=np.int32, count=width)
            filled = np.flatnonzero(numbers != texts.get("", -1)).astype(np.int32)
            empty += width - len(filled)
            parts.append((line, regions.setdefault(record[0], len(regions)), filled, numbers[filled]))
    across = np.concatenate([filled for _, _, filled, _ in parts])
    counts = [len(filled) for _, _, filled, _ in parts]
    by_title = {title: Factor(labels, index[across]) for title, (labels, index) in fields.items()}
    names = {normal_name(title): title for title in by_title}
    unit, year = by_title.pop(names["enhet"]), by_title.pop(names["år"])
    cells = Cells(
        where=where,
        rows=np.repeat(np.array([line for line, *_ in parts], dtype=np.int32), counts),
        columns=across + 3,
        region=Factor(list(regions), np.repeat(np.array([r for _, r, *_ in parts], dtype=np.int32), counts)),
        year=year,
        unit=unit,
        value=Factor(list(texts), np.concatenate([numbers for *_, numbers in parts])),
        fields=by_title,
    )
    return cells, match_columns(spec, list(by_title), where), {"empty cells, combination not in the data": empty}


def _with_first(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _header_rows(records: Iterator[tuple[int, list[str]]], where: str) -> tuple[list[list[str]], tuple[int, list[str]]]:
    heads: list[list[str]] = []
    for line, record in records:
        if record and _REGION_KEY.fullmatch(record[0]):
            if not heads:
                break
            return heads, (line, record)
        if record[:2] != (["", ""] if heads else ["Region", "Navn"]) or (heads and len(record) != len(heads[0])):
            raise LayoutError(
                expected="header rows 'Region;Navn;...' then ';;...' of equal length before the first region",
                found=repr(";".join(record)[:80]),
                where=f"{where} line {line}",
                next_step="use the file as the website gives it (Last ned tallgrunnlag), without edits",
            )
        heads.append(record)
    raise cut_short(where, f"{len(heads)} header rows and no region")


def _header_factors(heads: list[list[str]], where: str) -> dict[str, tuple[list[str], np.ndarray]]:
    """Dimension title -> (labels, index of each value column), from header cells ``<title>: <label>``."""
    fields: dict[str, tuple[list[str], np.ndarray]] = {}
    for row, record in enumerate(heads, start=1):
        split = [cell.partition(": ") for cell in record[2:]]
        titles = {title for title, _, _ in split}
        if len(titles) != 1 or any(not mark for _, mark, _ in split):
            raise LayoutError(
                expected="one title in each header row, as '<title>: <label>' in every cell",
                found=", ".join(repr(title[:40]) for title in sorted(titles)[:3]),
                where=f"{where} line {row}",
                next_step="use the file as the website gives it (Last ned tallgrunnlag), without edits",
            )
        labels: dict[str, int] = {}
        index = np.array([labels.setdefault(label, len(labels)) for _, _, label in split], dtype=np.int32)
        fields[titles.pop()] = (list(labels), index)
    if len(fields) != len(heads) or not {"enhet", "år"} <= {normal_name(title) for title in fields}:
        raise LayoutError(
            expected="one header row a dimension, then Enhet, then År",
            found=", ".join(fields),
            where=where,
            next_step="use the file as the website gives it (Last ned tallgrunnlag), without edits",
        )
    return fields


def _row_error(record: list[str], width: int, line: int, where: str, *, at_end: bool) -> Exception:
    if at_end and len(record) < width + 2:
        return cut_short(where, f"line {line} with {len(record)} of {width + 2} columns")
    return LayoutError(
        expected=f"a region key such as K3909 or F39 and {width + 2} columns",
        found=f"{record[0][:20] if record else ''!r} and {len(record)} columns",
        where=f"{where} line {line}",
        next_step="use the file as the website gives it (Last ned tallgrunnlag), without edits",
    )
