"""The IMDi reader: bytes of one release in any of IMDi's three forms -> observations.

Here: choosing the form's module and joining the files of a release. Not here: fetching, or any form's layout.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.dataset.spec import DatasetSpec
from sources.imdi import delivery, reexport
from sources.imdi.cells import Cells, observations
from sources.imdi.coded import read_coded
from sources.imdi.delivery import read_delivery
from sources.imdi.labels import Match
from sources.imdi.long import read_long
from sources.imdi.recognise import recognise
from sources.imdi.reexport import read_reexport
from sources.imdi.wide import read_wide
from sources.klass.history import HISTORY_STARTS, code_is_valid, municipalities
from sources.landing.observation import Reading, drop_exact_duplicates, years_of
from sources.landing.text_codes import distinct, key_numbers, rows_where, values_at
from sources.ports import Document, ObservationReader

__all__ = ["READERS", "read_imdi_long", "read_imdi_wide", "recognise"]


def read_imdi_long(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """Read ``download_csv`` files, one for each region level of the release. Raises a SourceError with the line."""
    reading = _joined(spec, documents, [observations(spec, *read_long(spec, document)) for document in documents])
    if count := _figures_out_of_time(reading.table):
        reading.notes["figures under a municipality code that was not in force that year"] += count
    return reading


def read_imdi_wide(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """Read the website's wide files. ``source_row`` is the line and ``source_column`` the column, both from 1."""
    readings = []
    for document in documents:
        cells, match, notes = read_wide(spec, document)
        reading = observations(spec, cells, match)
        reading.notes.update(notes)
        readings.append(reading)
    return _joined(spec, documents, readings)


def _reader(cells_of: Callable[[DatasetSpec, Document], tuple[Cells, Match]]) -> ObservationReader:
    """A reader of files that each give their cells, joined."""

    def read(spec: DatasetSpec, documents: list[Document]) -> Reading:
        return _joined(spec, documents, [observations(spec, *cells_of(spec, document)) for document in documents])

    return read


READERS: dict[str, ObservationReader] = {
    reexport.FORM: _reader(read_reexport),
    delivery.FORM: _reader(read_delivery),
    "imdi_long": read_imdi_long,
    "imdi_wide": read_imdi_wide,
    "imdi_coded": _reader(read_coded),
}
"""Form name -> reader."""


def _figures_out_of_time(table: pa.Table) -> int:
    """How many figures stand under a code that was in force in other years only.

    In 2025 IMDi listed 2021-2023 under two codes at once: whoever adds such rows counts people twice. But Trøndelag of
    2018 and 2019 stands under the codes of 2017 alone: whoever leaves such rows out loses it. They are kept as
    published; choosing one code for a place and year is the mapping's work.
    """
    shown = rows_where(table, "region_level", "municipality".__eq__) & pc.is_valid(table["value"]).to_numpy()
    numbers, bound = key_numbers(table, ["region_code", "period_start"])
    first, which = distinct(numbers[shown], bound)
    rows = np.flatnonzero(shown)[first]
    codes, years = values_at(table["region_code"], rows), years_of(table)[rows].tolist()
    cells = np.bincount(which, minlength=len(first)).tolist()
    known = {code for year in range(HISTORY_STARTS, date.today().year + 1) for code, _ in municipalities(year)}
    return sum(
        count
        for code, year, count in zip(codes, years, cells, strict=True)
        if year >= HISTORY_STARTS and code in known and not code_is_valid(code, year)
    )


def _joined(spec: DatasetSpec, documents: list[Document], readings: list[Reading]) -> Reading:
    if len(readings) == 1:
        return readings[0]
    notes: Counter[str] = Counter()
    new_labels: dict[str, set[str]] = {}
    for reading in readings:
        notes.update(reading.notes)
        for dimension, labels in reading.new_labels.items():
            new_labels.setdefault(dimension, set()).update(labels)
    table = pa.concat_tables([reading.table for reading in readings]).unify_dictionaries()
    whole = Reading(table, notes, {dimension: sorted(labels) for dimension, labels in new_labels.items()})
    return drop_exact_duplicates(whole, f"{spec.dataset_id} ({', '.join(document.name for document in documents)})")
