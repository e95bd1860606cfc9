"""A population series on the municipalities of 2024 that another project made from SSB 07459.

Here: its one csv form. Not here: SSB's own forms. It is no publication of SSB's: the way figures before 2024 were
put on the codes of 2024 is the other project's, and its dataset spec says so.
"""

import io
import re
from datetime import date

import pyarrow as pa

from sources.dataset.csv_rows import csv_rows
from sources.dataset.recognition import WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.errors import EncodingError, LayoutError, ValueGrammarError
from sources.landing.observation import Reading, constant, observation_table
from sources.ports import Document

FORM = "ssb_harmonised_csv"
HEADER = ("kom2024", "navn", "aar", "befolkning")

_LINE = (re.compile(r"^\d{4}$"), re.compile(r"^\d{4}$"), re.compile(r"^\d{1,7}$"))


def read(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """Code, name, year, persons: one line each. Raises EncodingError, LayoutError, ValueGrammarError with the line."""
    places, codes, days, values = [], [], [], []
    for document in documents:
        for number, (code, _, year, persons) in _lines(document):
            places.append(number)
            codes.append(code)
            days.append(date(int(year), 1, 1))
            values.append(float(persons))
    rows = len(places)
    columns = {
        "source_row": pa.array(places, pa.int32()),
        "region_code": pa.array(codes).dictionary_encode(),
        "region_level": constant("municipality", rows),
        "period_start": pa.array(days, pa.date32()),
        "period_kind": constant(spec.period_kind, rows),
        "measure": constant(str(spec.measure), rows),
        "unit": constant("persons", rows),
        "value": pa.array(values, pa.float64()),
        "value_status": constant("ok", rows),
    }
    return Reading(observation_table(columns, rows))


def recognise(specimen: Specimen) -> Sighting | None:
    """``ssb_harmonised_csv`` when the file's first line is the form's header, else None."""
    first = specimen.head.partition(b"\n")[0].strip()
    return Sighting(FORM, WHOLE) if first == ",".join(HEADER).encode() else None


def _lines(document: Document) -> list[tuple[int, list[str]]]:
    try:
        text = document.path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise EncodingError(
            expected="text in UTF-8",
            found=f"byte {problem.object[problem.start]:#x} at {problem.start}",
            where=document.name,
            next_step="fetch the file again as it was published",
        ) from problem
    lines = [cells for _, cells in csv_rows(io.StringIO(text), document.name, ",")]
    if not lines or tuple(lines[0]) != HEADER:
        found = ", ".join(lines[0]) if lines else "an empty file"
        raise LayoutError(
            expected="the header " + ",".join(HEADER),
            found=found[:120],
            where=f"{document.name} line 1",
            next_step="compare the file with the one before",
        )
    numbered = [(number, line) for number, line in enumerate(lines[1:], start=2) if line]
    for number, line in numbered:
        parts = (line[0], line[2], line[3]) if len(line) == len(HEADER) else ("", "", "")
        if not all(pattern.match(part) for pattern, part in zip(_LINE, parts, strict=True)):
            raise ValueGrammarError(
                expected="code, name, year and whole number of persons",
                found=repr(",".join(line)[:80]),
                where=f"{document.name} line {number}",
                next_step="correct the line from its source, or leave the file out",
            )
    return numbered
