"""Rows told apart by numbers: the dictionary codes of their texts, alone and combined.

Here: which rows hold a text, which combinations occur, which rows are equal in some columns - all without making the text
of a single row. Not here: what the columns mean.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_DENSE = 4
"""Numbers that are spread over at most so many places per row are looked up in a table; others are sorted."""

_BLOCK = 1 << 15


def coded(column: pa.ChunkedArray) -> tuple[pa.Array, np.ndarray]:
    """The dictionary of a column and, for each row, the place of its value there. The column holds no nulls."""
    whole = column.combine_chunks()
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    return whole.dictionary, whole.indices.to_numpy(zero_copy_only=False)


def rows_where(table: pa.Table, name: str, test: Callable[[str], bool]) -> np.ndarray:
    """A mask over the rows whose text in one column passes a test; each distinct text is tested once."""
    labels, index = coded(table[name])
    return np.array([test(label) for label in labels.to_pylist()], dtype=bool)[index]


def used_labels(column: pa.ChunkedArray) -> set[str]:
    """The texts that occur in a column; its dictionary may hold others."""
    labels, index = coded(column)
    return set(labels.take(pa.array(np.flatnonzero(np.bincount(index, minlength=len(labels))))).to_pylist())


def values_at(column: pa.ChunkedArray, rows: np.ndarray) -> list[Any]:
    """The values of some rows; each distinct value is made once."""
    labels, index = coded(column)
    values = labels.to_pylist()
    return [values[place] for place in index[rows].tolist()]


def key_numbers(table: pa.Table, columns: Iterable[str], *, in_order: bool = False) -> tuple[np.ndarray, int]:
    """One number per row that is equal exactly where all the columns are equal (mixed radix, no hashing), and their bound.

    All numbers lie below the bound. ``in_order``: they order the rows as the columns do, one after the other.
    """
    numbers, bound = np.zeros(table.num_rows, dtype=np.int32), 1
    for name in columns:
        labels, index = coded(table[name])
        if len(labels) < 2:
            continue
        if in_order:
            rank = np.empty(len(labels), dtype=np.int32)
            rank[pc.array_sort_indices(labels).to_numpy()] = np.arange(len(labels))
            index = rank[index]
        if bound > 2**62 // len(labels):
            held, numbers = np.unique(numbers, return_inverse=True)
            bound = len(held)
        bound *= len(labels)
        if bound > 2**31:
            numbers = numbers.astype(np.int64, copy=False)
        numbers *= len(labels)
        numbers += index
    return numbers, bound


def are_different(numbers: np.ndarray, bound: int) -> bool:
    """Whether no number stands twice."""
    if bound <= _DENSE * len(numbers):
        seen = np.zeros(bound, dtype=bool)
        seen[numbers] = True
        return int(np.count_nonzero(seen)) == len(numbers)
    ordered = np.sort(numbers)
    return not bool((ordered[1:] == ordered[:-1]).any())


def distinct(numbers: np.ndarray, bound: int) -> tuple[np.ndarray, np.ndarray]:
    """For each distinct number, in order, the first row that has it; and for each row which of them it has."""
    if bound > _DENSE * len(numbers):
        _, first, which = np.unique(numbers, return_index=True, return_inverse=True)
        return first, which
    first = first_rows(numbers, bound)
    used = np.flatnonzero(first >= 0)
    rank = np.zeros(bound, dtype=np.int32)
    rank[used] = np.arange(len(used), dtype=np.int32)
    return first[used], rank[numbers]


def places_of(wanted: np.ndarray, numbers: np.ndarray, bound: int) -> np.ndarray:
    """For each wanted number the first row of ``numbers`` that has it, or -1."""
    if bound <= _DENSE * (len(numbers) + len(wanted)):
        return first_rows(numbers, bound)[wanted]
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    place = np.searchsorted(ordered, wanted)
    found = np.full(len(wanted), -1, dtype=np.int64)
    inside = np.flatnonzero(place < len(ordered))
    inside = inside[ordered[place[inside]] == wanted[inside]]
    found[inside] = order[place[inside]]
    return found


def first_rows(numbers: np.ndarray, bound: int) -> np.ndarray:
    """The first row of each number from 0 up to the bound, or -1 (int32).

    Written from the last row to the first, so that the first stays: of several assignments to a place NumPy keeps the
    last. In blocks, since counting downwards over all rows costs more memory traffic than the assignment itself.
    """
    first = np.full(bound, -1, dtype=np.int32)
    downwards = np.arange(_BLOCK - 1, -1, -1, dtype=np.int32)
    for start in range(len(numbers) // _BLOCK * _BLOCK, -1, -_BLOCK):
        block = numbers[start : start + _BLOCK]
        first[block[::-1]] = downwards[_BLOCK - len(block) :] + np.int32(start)
    return first
