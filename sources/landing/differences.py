"""Which cells differ between two observation tables.

Here: comparing. Not here: which releases are compared, what is kept of it (revisions.py), or what it says about a release
(gates/cells.py).
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from sources.landing.observation import KEY
from sources.landing.text_codes import coded, key_numbers, places_of, rows_where, used_labels

_KINDS = ("changed", "added", "removed")


def compare_observations(before: pa.Table, after: pa.Table, *, levels: Iterable[str] | None = None) -> pa.Table:
    """Every cell that differs between two observation tables, in the order of the key, texts as dictionaries.

    Columns: the KEY of an observation, change_kind, value_before, value_after, status_before, status_after; the other
    side of added and removed is null.

    ``levels`` limits the comparison to some region levels: a file of one level says nothing about another level.
    """
    before, after = (_only_levels(table, levels) for table in (before, after))
    both = pa.concat_tables([_plain(before), _plain(after)])
    numbers, bound = key_numbers(both, KEY, in_order=True)
    n = before.num_rows
    there = places_of(numbers[n:], numbers[:n], bound)
    shared = np.flatnonzero(there >= 0)
    differs = shared[_differs(both, there[shared], shared + n)]
    added = np.flatnonzero(there < 0)
    gone = np.ones(n, dtype=bool)
    gone[there[shared]] = False
    removed = np.flatnonzero(gone)
    old = np.concatenate([there[differs], np.full(len(added), -1), removed])
    new = np.concatenate([differs + n, added + n, np.full(len(removed), -1)])
    kinds = np.repeat(np.arange(len(_KINDS)), [len(differs), len(added), len(removed)])
    order = np.argsort(numbers[np.where(new >= 0, new, old)], kind="stable")
    return _rows(both, kinds[order], old[order], new[order])


def _only_levels(table: pa.Table, levels: Iterable[str] | None) -> pa.Table:
    """The rows of some region levels; most tables have no others and are given back as they are."""
    wanted = None if levels is None else set(levels)
    if wanted is None or used_labels(table["region_level"]) <= wanted:
        return table
    return table.filter(pa.array(rows_where(table, "region_level", wanted.__contains__)))


def _plain(table: pa.Table) -> pa.Table:
    """The columns of a comparison, texts as dictionaries."""
    text = pa.dictionary(pa.int32(), pa.string())
    columns = {name: table[name] for name in (*KEY, "value", "value_status")}
    is_odd = {name: name not in ("period_start", "value") and c.type != text for name, c in columns.items()}
    return pa.table({name: c.cast(pa.string()).cast(text) if is_odd[name] else c for name, c in columns.items()})


def _differs(both: pa.Table, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Whether each pair of rows differs in value or status; two cells without a value are equal in value."""
    values = both["value"].to_numpy(zero_copy_only=False)
    _, codes = coded(both["value_status"])
    first, second = values[old], values[new]
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    return ~(same & (codes[old] == codes[new]))


def _rows(both: pa.Table, kinds: np.ndarray, old: np.ndarray, new: np.ndarray) -> pa.Table:
    """The listed cells: their kinds, and their row before and after (-1 where there is none)."""
    at = np.where(new >= 0, new, old)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: _taken(both[name], at) for name in KEY}
    columns["change_kind"] = pa.DictionaryArray.from_arrays(pa.array(kinds, pa.int32()), pa.array(_KINDS, pa.string()))
    columns["value_before"], columns["value_after"] = (_taken(both["value"], rows) for rows in (old, new))
    columns["status_before"], columns["status_after"] = (_taken(both["value_status"], rows) for rows in (old, new))
    return pa.table(columns)


def _taken(column: pa.ChunkedArray, rows: np.ndarray) -> pa.Array | pa.ChunkedArray:
    """A column in some rows, null where the row is -1."""
    if not pa.types.is_dictionary(column.type):
        return column.take(pa.array(rows, mask=rows < 0))
    labels, index = coded(column)
    return pa.DictionaryArray.from_arrays(pa.array(index[rows], pa.int32(), mask=rows < 0), labels)
