"""Knowing a file of IMDi's by what stands in it: its form, and which datasets its columns and labels allow.

Here: the first 64 kB. Not here: reading the file (reader.py), or choosing between several datasets (discovery).
"""

import csv
from collections.abc import Iterator

from sources.dataset.recognition import HEAD_BYTES, WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec, load_specs
from sources.errors import SourceError
from sources.imdi import delivery, reexport
from sources.imdi.body import form_of, normal_name
from sources.imdi.labels import LabelMap, match_columns, unit_of
from sources.imdi.reexport import header_of, lacks_text

_NO_DIMENSION = {"kommunenummer", "fylkesnummer", "kommune", "fylke", "år", "antall", "region", "navn"}
_SOME = 0.6
"""Some of the form's own columns are there: enough to tell what is wrong with a file that no other publisher knows."""
_AGAIN = 0.8
"""A table in other clothes: sure enough, unless it is another publisher's from end to end."""
_BROKEN_YEAR = "År".encode().decode("cp1252").encode()
_BROKEN_LETTERS = "et annet program har ødelagt bokstavene (Ã…r for År): hent selve tabellen hos IMDi"
_TABLE_COLUMN = "tabellnavn"

Columns = dict[str, set[str]]
"""Header of a column -> the labels seen under it."""


def recognise(specimen: Specimen) -> Sighting | None:
    """IMDi's form of a file, with the datasets that its columns and first labels allow; ``name`` decides nothing here."""
    form = form_of(specimen.head)
    if (form is None or form == "imdi_long") and (seen := _seen_in_other_clothes(specimen)):
        return seen
    if form is None:
        return None
    own = [spec for spec in load_specs().values() if spec.source == "imdi"]
    whole = len(specimen.head) < HEAD_BYTES
    if form == "imdi_coded":
        tables = _columns(specimen.head, ",", "utf-8", whole).get(_TABLE_COLUMN, set())
        return Sighting(form, WHOLE, tuple(spec.dataset_id for spec in own if spec.upstream_id in tables))
    is_wide = form == "imdi_wide"
    columns = _wide_columns(specimen.head) if is_wide else _columns(specimen.head, ";", "latin-1", whole)
    fitting = [spec.dataset_id for spec in own if columns and _fits(spec, columns)]
    names = {normal_name(name) for name in columns}
    is_whole = is_wide or {"enhet", "år", "antall"} <= names
    return Sighting(form, WHOLE if is_whole else _SOME, tuple(fitting))


def _seen_in_other_clothes(specimen: Specimen) -> Sighting | None:
    """A long table saved again by another program, or a file of the delivery of 2015: neither is IMDi's form of today."""
    if specimen.is_workbook:
        return None
    if _BROKEN_YEAR in specimen.head.split(b"\n", 1)[0]:
        return Sighting(reexport.FORM, _AGAIN, lacks=_BROKEN_LETTERS)
    header = header_of(specimen.head)
    if header is None:
        return Sighting(delivery.FORM, WHOLE, lacks=delivery.LACKS) if delivery.is_delivery(specimen.head) else None
    is_own = header.mark == ";" and header.encoding == "cp1252" and len(header.columns) == len(header.cells)
    if is_own or (header.lacks and len(header.lacks) > 1 and header.mark == ";"):
        return None
    columns = _columns(specimen.head, header.mark, header.encoding, len(specimen.head) < HEAD_BYTES)
    columns = {name: labels for name, labels in columns.items() if normal_name(name) in header.columns}
    own = [spec for spec in load_specs().values() if spec.source == "imdi"]
    fitting = () if header.lacks else tuple(spec.dataset_id for spec in own if _fits(spec, columns))
    return Sighting(reexport.FORM, _AGAIN, fitting, lacks=lacks_text(header.lacks) if header.lacks else "")


def _fits(spec: DatasetSpec, columns: Columns) -> bool:
    """Whether the spec knows every column and every label, and misses none of its own."""
    headers = [name for name in columns if normal_name(name) not in {*_NO_DIMENSION, "enhet"}]
    try:
        match = match_columns(spec, headers, "")
        for label in next((labels for name, labels in columns.items() if normal_name(name) == "enhet"), set()):
            unit_of(spec, label, "")
    except SourceError:
        return False
    for header, column in match.columns.items():
        known = LabelMap(column, "")
        if column.role != "ignore" and any(
            known.code_of(label) is None and not known.is_ignored(label) for label in columns[header]
        ):
            return False
    return True


def _columns(head: bytes, delimiter: str, encoding: str, whole: bool) -> Columns:
    """The columns of a file with one header line. A last line that the head cuts is left out."""
    lines = _records(head, delimiter, encoding, whole)
    header = next(lines, [])
    key = normal_name if _TABLE_COLUMN in map(normal_name, header) else str
    found: Columns = {key(name): set() for name in header}
    for line in lines:
        for name, cell in zip(header, line, strict=False):
            found[key(name)].add(cell)
    return found


def _wide_columns(head: bytes) -> Columns:
    """Title -> labels of the website's header rows, when all of them stand in the head."""
    found: Columns = {}
    for line in _records(head, ";", "latin-1", whole=False):
        if line[:1] != ["Region"] and line[:1] != [""]:
            return found
        for cell in line[2:]:
            title, _, label = cell.partition(": ")
            found.setdefault(title, set()).add(label)
    return {}


def _records(head: bytes, delimiter: str, encoding: str, whole: bool) -> Iterator[list[str]]:
    lines = head.decode(encoding, errors="replace").splitlines()
    yield from csv.reader(lines if whole else lines[:-1], delimiter=delimiter)
