"""IMDi's long table as a statistician has saved it again: UTF-8, commas, an index, dates for years, names for numbers.

Here: reading it where nothing has to be guessed, and saying what it lacks. Not here: IMDi's own forms.
"""

import io
import re
from dataclasses import dataclass
from functools import partial

import numpy as np

from sources.dataset.csv_rows import csv_rows
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, SourceError, ValueGrammarError
from sources.imdi.body import first_record, normal_name
from sources.imdi.cells import Cells, Factor
from sources.imdi.labels import Match, match_columns
from sources.klass.history import counties, municipalities
from sources.ports import Document

_wrong = partial(
    ValueGrammarError,
    next_step="correct the file from IMDi's own, or fetch the table itself from IMDi; nothing is guessed",
)

FORM = "imdi_reexport"
_NUMBERS = {"kommunenummer": "K", "fylkesnummer": "F"}
_NAMES = {"kommune": "K", "fylke": "F"}
_FIXED = ("enhet", "år", "antall")
_INDEX = re.compile(r"^(unnamed:.*|index|x1|)$")
_YEAR = re.compile(r"^(\d{4})(?:\.0|-01-01(?:[T ]00:00:00)?)?$|^0?1\.0?1\.(\d{4})$")
_WHOLE = re.compile(r"^(-?\d+)\.0+$")
_COUNTRY = "hele landet"


@dataclass(frozen=True)
class Header:
    """The first line of a re-export: separator, encoding, its cells, and where the index columns stand."""

    mark: str
    encoding: str
    cells: list[str]

    @property
    def columns(self) -> dict[str, int]:
        """Compared name -> place of every column that is no index."""
        return {normal_name(c): n for n, c in enumerate(self.cells) if not _INDEX.match(normal_name(c))}

    @property
    def lacks(self) -> list[str]:
        """What a figure needs and the file does not have, in IMDi's own column names."""
        known = self.columns
        missing = [name for name in ("Enhet", "År", "Antall") if normal_name(name) not in known]
        has_region = known.keys() & {*_NUMBERS, *_NAMES}
        return [*missing, *([] if has_region else ["Kommunenummer (or Fylkesnummer)"])]


def header_of(head: bytes) -> Header | None:
    """The header of a file that looks like IMDi's long table in other clothes, else None."""
    try:
        encoding = "utf-8-sig"
        head.split(b"\n", 1)[0].decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
    line = head.split(b"\n", 1)[0]
    mark = max(b";,\t", key=line.count)
    try:
        cells = first_record(line.removeprefix(b"\xef\xbb\xbf"), chr(mark), encoding.removesuffix("-sig"))
    except (UnicodeDecodeError, SourceError):
        return None
    header = Header(chr(mark), encoding, cells)
    return (
        header if {"antall", "år"} <= header.columns.keys() and header.columns.keys() & {*_NUMBERS, *_NAMES} else None
    )


def read_reexport(spec: DatasetSpec, document: Document) -> tuple[Cells, Match]:
    """Cells of a re-export. A name stands for its area only where Klass has that name once in the year of the figure.

    Raises LayoutError for what the file lacks, ValueGrammarError for a year or an area that is not sure, and for an empty
    figure: another program may have emptied a hidden cell.
    """
    where, body = document.name, document.path.read_bytes()
    header = header_of(body)
    if header is None or header.lacks:
        raise _lacking(header.lacks if header else ["År", "Antall"], where)
    columns = header.columns
    text = body.decode(header.encoding, errors="replace")
    _, *records = csv_rows(io.StringIO(text, newline=""), where, header.mark)
    records = [(line, record) for line, record in records if any(record)]
    for line, record in records:
        if len(record) != len(header.cells):
            raise _wrong(f"{len(header.cells)} cells", f"{len(record)}", f"{where} line {line}")
    region = next(name for name in (*_NUMBERS, *_NAMES) if name in columns)
    known = {*_FIXED, *_NUMBERS, *_NAMES}
    dimensions = [header.cells[place] for name, place in columns.items() if name not in known]
    match = match_columns(spec, dimensions, where)
    years = [_year(record[columns["år"]], f"{where} line {line}") for line, record in records]
    regions = [
        _region(region, record[columns[region]], int(year), f"{where} line {line}")
        for (line, record), year in zip(records, years, strict=True)
    ]
    values = [_value(record[columns["antall"]], f"{where} line {line}") for line, record in records]
    cells = Cells(
        where=where,
        rows=np.array([line for line, _ in records], dtype=np.int32),
        columns=None,
        region=Factor.of_texts(regions),
        year=Factor.of_texts(years),
        unit=Factor.of_texts([record[columns["enhet"]] for _, record in records]),
        value=Factor.of_texts(values),
        fields={name: Factor.of_texts([r[header.cells.index(name)] for _, r in records]) for name in dimensions},
    )
    return cells, match


def _year(text: str, where: str) -> str:
    match = _YEAR.match(text.strip())
    if match is None:
        raise _wrong("a year, or the first day of one", repr(text[:20]), where)
    return match[1] or match[2]


def _region(column: str, text: str, year: int, where: str) -> str:
    """The key letter and number of an area, as IMDi's own forms give it."""
    bare = " ".join(text.split())
    if column in _NUMBERS:
        return _NUMBERS[column] + (_WHOLE.sub(r"\1", bare))
    key = _NAMES[column]
    if bare.casefold() == _COUNTRY:
        return "F00"
    listed = municipalities(year) if key == "K" else counties(year)
    codes = [code for code, name in listed if bare.casefold() in (name.casefold(), _short(name).casefold())]
    if len(codes) != 1:
        found = f"{bare!r}, which {len(codes) or 'no'} areas were called in {year}"
        raise _wrong("a name that one area alone had that year", found, where)
    return key + codes[0]


def _short(name: str) -> str:
    """A name without its Sami form and without the county that Klass puts behind a name used twice."""
    return re.split(r" - | \(", name)[0]


def _value(text: str, where: str) -> str:
    bare = text.strip()
    if not bare:
        raise _wrong("a figure or IMDi's own marker (: hidden, . missing)", "an empty cell, which may be either", where)
    return _WHOLE.sub(r"\1", bare)


def lacks_text(lacks: list[str]) -> str:
    """What to tell whoever dropped the file."""
    return (
        f"et annet program har lagret denne tabellen fra IMDi på nytt, og den mangler {', '.join(lacks)}: legg til kolonnene "
        "slik IMDi skriver dem, eller hent selve tabellen hos IMDi"
    )


def _lacking(lacks: list[str], where: str) -> LayoutError:
    return LayoutError(
        expected="the columns Enhet, År, Antall, an area and the table's own",
        found=lacks_text(lacks),
        where=f"{where} line 1",
        next_step="add the columns, or fetch the table itself from IMDi",
    )
