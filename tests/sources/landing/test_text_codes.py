"""Rows told apart by numbers: small tables whose answers are worked out by hand."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.landing.observation import OBSERVATION_SCHEMA, number_series, observation_table, write_observations
from sources.landing.text_codes import are_different, distinct, key_numbers, places_of, rows_where, used_labels

FAR_APART = 10**12
"""A bound far above any number of rows: numbers are then sorted instead of looked up."""


def texts(*values: str) -> pa.ChunkedArray:
    """A text column of two chunks, each with a dictionary of its own."""
    half = len(values) // 2
    parts = [pa.array(part, pa.string()).dictionary_encode() for part in (values[:half], values[half:])]
    return pa.chunked_array(parts)


def test_a_text_has_one_number_in_all_chunks() -> None:
    table = pa.table({"sex": texts("men", "women", "women", "men"), "age": texts("old", "old", "old", "young")})
    numbers, bound = key_numbers(table, ["sex", "age"])
    assert bound == 4
    assert numbers[1] == numbers[2] and len(set(numbers.tolist())) == 3
    assert rows_where(table, "sex", "women".__eq__).tolist() == [False, True, True, False]
    assert used_labels(table.slice(1, 2)["sex"]) == {"women"}, "the dictionary holds men too"


def test_numbers_in_order_sort_rows_as_their_texts_do() -> None:
    table = pa.table({"place": texts("b", "a", "b", "a"), "kind": texts("x", "y", "w", "x")})
    numbers, _ = key_numbers(table, ["place", "kind"], in_order=True)
    assert np.argsort(numbers).tolist() == [3, 1, 2, 0], "a x, a y, b w, b x"


def test_more_combinations_than_a_number_holds_are_still_told_apart() -> None:
    """Twenty columns of twelve texts make 12^20 combinations, more than 2^62."""
    rows = [f"{row:02}" for row in range(12)]
    table = pa.table({f"column_{n}": texts(*rows) for n in range(20)})
    numbers, bound = key_numbers(table, table.column_names, in_order=True)
    assert bound <= 2**62 and numbers.tolist() == sorted(set(numbers.tolist())) and len(numbers) == 12


@pytest.mark.parametrize("bound", [10, FAR_APART])
def test_looking_up_and_sorting_give_the_same(bound: int) -> None:
    numbers = np.array([7, 2, 7, 9, 2])
    first, which = distinct(numbers, bound)
    assert (first.tolist(), which.tolist()) == ([1, 0, 3], [1, 0, 1, 2, 0])
    assert not are_different(numbers, bound) and are_different(numbers[2:], bound)
    assert places_of(np.array([9, 3, 2]), numbers, bound).tolist() == [3, -1, 1]
    assert places_of(np.array([9]), np.array([], dtype=np.int64), bound).tolist() == [-1]


def test_written_observations_are_read_back_as_they_were(tmp_path: Path) -> None:
    text = pa.array(["a", "b", "a"])
    columns = dict.fromkeys(["region_code", "region_level", "period_kind", "measure", "unit", "value_status"], text)
    days = pa.array([19000, 19001, 19002], pa.date32())
    lines = pa.array([2, 3, 9], pa.int32())
    value = pa.array([1.5, None, -3.0])
    table = observation_table({**columns, "source_row": lines, "period_start": days, "value": value}, 3)
    numbered, series = number_series(table)
    write_observations(numbered, tmp_path / "observations.parquet")
    read = pq.read_table(tmp_path / "observations.parquet")
    at = read.column_names.index("period_start")
    assert read["period_start"].type == pa.date32(), "dictionaries of days are for reading; the file holds days"
    plain = numbered.set_column(
        at, pa.field("period_start", pa.date32(), nullable=False), numbered["period_start"].cast(pa.date32())
    )
    assert read.equals(plain) and read.schema.equals(plain.schema)
    assert numbered.schema.remove(len(OBSERVATION_SCHEMA)).equals(OBSERVATION_SCHEMA)
    assert read["series_number"].to_pylist() == [0, 1, 0] and series["measure"].to_pylist() == ["a", "b"]
