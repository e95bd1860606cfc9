"""The one long shape that every statistical dataset is brought to, and its Parquet file.

Here: the columns, the checks that hold for every source, and writing. Not here: any publisher's format.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sources.dataset.dimensions import DIMENSIONS
from sources.errors import ConflictingRowsError
from sources.files import written_whole
from sources.landing.text_codes import are_different, coded, distinct, key_numbers, used_labels

_TEXT = pa.dictionary(pa.int32(), pa.string())
_DAY = pa.dictionary(pa.int32(), pa.date32())
"""Told apart once, for all that ask for the year of a row; plain days in the file."""

OBSERVATION_SCHEMA = pa.schema(
    [
        pa.field("source_row", pa.int32(), nullable=False),
        pa.field("source_column", pa.int32()),
        pa.field("region_code", _TEXT, nullable=False),
        pa.field("region_level", _TEXT, nullable=False),
        pa.field("geography", _TEXT, nullable=False),
        pa.field("period_start", _DAY, nullable=False),
        pa.field("period_kind", _TEXT, nullable=False),
        pa.field("measure", _TEXT, nullable=False),
        pa.field("unit", _TEXT, nullable=False),
        *[pa.field(name, _TEXT, nullable=False) for name in DIMENSIONS],
        pa.field("value", pa.float64()),
        pa.field("value_status", _TEXT, nullable=False),
    ]
)
"""Columns of an observation file.

``source_row`` is the 1-based line (or sheet row) of the file, ``source_column`` the 1-based column where one line holds
many cells. ``geography`` says whose areas the code names: those of the cell's ``own_year``, or those of ``today`` where the
publisher has joined all years of its series on them. ``value`` is null unless ``value_status`` is ``ok``. The dataset and
release stand in the path and the receipt.
"""

KEY = ("region_code", "region_level", "geography", "period_start", "period_kind", "measure", "unit", *DIMENSIONS)


@dataclass
class Reading:
    """What a reader returns: the rows and what it noticed on the way.

    ``notes`` counts harmless findings by name (exact duplicates dropped, empty cells, new open labels);
    ``levels`` are the region levels present.
    """

    table: pa.Table
    notes: Counter[str] = field(default_factory=Counter)
    new_labels: dict[str, list[str]] = field(default_factory=dict)
    updated_at: datetime | None = None

    @property
    def levels(self) -> list[str]:
        return sorted(used_labels(self.table["region_level"]))


def constant(value: str, rows: int) -> pa.DictionaryArray:
    """A dictionary column that holds one value in every row."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([value]))


def observation_table(columns: dict[str, pa.Array | pa.ChunkedArray], rows: int) -> pa.Table:
    """Assemble columns into the observation shape.

    Dimensions that are left out are ``all``, a geography that is left out is ``own_year``; ``source_column`` may be left
    out. Raises KeyError for other omissions.
    """
    arrays = []
    for spec in OBSERVATION_SCHEMA:
        if spec.name in columns:
            array = columns[spec.name]
            if array.type != spec.type:
                array = array.dictionary_encode() if spec.type == _DAY else array.cast(spec.type)
        elif spec.name in DIMENSIONS:
            array = constant("all", rows)
        elif spec.name == "geography":
            array = constant("own_year", rows)
        elif spec.name == "source_column":
            array = pa.nulls(rows, pa.int32())
        else:
            raise KeyError(f"the reader gave no column {spec.name}")
        arrays.append(array)
    return pa.table(arrays, schema=OBSERVATION_SCHEMA).unify_dictionaries()


def on_areas_of_today(table: pa.Table) -> pa.Table:
    """The rows of a table of which the spec says that every year stands on the areas of today."""
    at = table.column_names.index("geography")
    return table.set_column(at, table.schema.field(at), constant("today", table.num_rows).cast(_TEXT))


def drop_exact_duplicates(reading: Reading, where: str) -> Reading:
    """Drop rows that repeat another row to the value, and count them.

    Raises ConflictingRowsError when one key stands twice with different values (IMDi: never choose silently).
    """
    table = reading.table
    keys, bound = key_numbers(table, KEY)
    if are_different(keys, bound):
        return reading
    order = np.argsort(keys, kind="stable")
    same = np.zeros(len(keys), dtype=bool)
    same[1:] = keys[order][1:] == keys[order][:-1]
    values = table["value"].to_numpy(zero_copy_only=False)[order]
    status = table["value_status"].combine_chunks().indices.to_numpy(zero_copy_only=False)[order]
    previous_value, previous_status = np.roll(values, 1), np.roll(status, 1)
    equal = (status == previous_status) & ((values == previous_value) | (np.isnan(values) & np.isnan(previous_value)))
    conflict = same & ~equal
    if conflict.any():
        first = table.slice(int(order[int(np.argmax(conflict))]), 1).to_pylist()[0]
        raise ConflictingRowsError(
            expected="one value for each cell",
            found=f"{int(conflict.sum())} cells that stand twice with different values, "
            f"first region {first['region_code']} period {first['period_start']} measure {first['measure']}",
            where=f"{where} line {first['source_row']}",
            next_step="ask the publisher which value holds; the last good release stays in use",
        )
    keep = np.ones(len(keys), dtype=bool)
    keep[order[same]] = False
    reading.notes["exact duplicate rows dropped"] += int(same.sum())
    reading.table = table.filter(pa.array(keep))
    return reading


SERIES = ("measure", "unit", "period_kind", *DIMENSIONS)
"""The columns that tell one series of a dataset from another: all of the key but place and time."""


def number_series(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Number the series of a reading.

    Returns the observations with a column ``series_number`` and a table of one row per series (``series_number`` and
    the SERIES columns). The heavy steps of the warehouse group by this number instead of by a dozen text columns.
    """
    first, number = distinct(*key_numbers(table, SERIES))
    series = table.select(list(SERIES)).take(pa.array(first))
    series = series.add_column(0, "series_number", pa.array(np.arange(len(first), dtype=np.int32)))
    return table.append_column("series_number", pa.array(number.astype(np.int32))), series


def write_observations(table: pa.Table, path: Path) -> None:
    """Write numbered observations as write_parquet does.

    Lines count upwards: their steps are a fifth of the file that a dictionary of them is. The smallest and largest text of
    each thousand rows cost a quarter of the writing, and nobody asks for them.
    """
    counted = {"source_row": "DELTA_BINARY_PACKED"}
    _write_whole(
        table,
        path,
        use_dictionary=[name for name in table.column_names if name not in counted],
        column_encoding=counted,
        write_statistics=[field.name for field in table.schema if field.type != _TEXT],
        write_batch_size=1 << 16,
    )


def write_parquet(table: pa.Table, path: Path, *, plain_texts: bool = False) -> None:
    """Write a table whole or not at all: temporary name, fsync, rename. The same table gives the same bytes.

    ``plain_texts``: columns that are dictionaries here are read back as texts.
    """
    _write_whole(table, path, store_schema=not plain_texts)


def _write_whole(table: pa.Table, path: Path, **layout: Any) -> None:
    with written_whole(path) as partial:
        pq.write_table(table, partial, compression="zstd", compression_level=3, row_group_size=256_000, **layout)


def years_of(table: pa.Table) -> np.ndarray:
    """The year in which the period of each row begins (int32)."""
    days, index = coded(table["period_start"])
    return np.array([day.year for day in days.to_pylist()], dtype=np.int32)[index]
