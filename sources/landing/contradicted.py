"""Printed zeros that their parts contradict: a total of 0 beside parts that are more than 0.

Here: finding such cells in one reading and marking them. Not here: how many of them hold a release (gates/rules.py), or what a
reader is shown instead (dbt: at least nothing, with the reason). The printed 0 stays in the file and in its trace.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

import numpy as np
import pyarrow as pa

from sources.dataset.dimensions import DIMENSIONS, units
from sources.dataset.spec import DatasetSpec
from sources.klass.history import changes, municipalities
from sources.landing.observation import KEY, Reading, years_of
from sources.landing.text_codes import coded, key_numbers, rows_where

CONTRADICTED = "contradicted_zero"
NOTE = "zeros that their own parts contradict"
_LEVELS = frozenset({"country", "county", "municipality", "city_district"})
"""Areas that lie in each other by their codes; a business region of IMDi's has two digits as a county has."""
_CELL = tuple(name for name in KEY if name not in ("region_code", "region_level", "geography"))


def mark_contradicted(reading: Reading, spec: DatasetSpec) -> Reading:
    """Give the status ``contradicted_zero`` and no value to zeros of counts that the reading's own parts contradict.

    A part is a category of a breakdown, an area inside the area (a district of a city, a municipality of a county), the
    county of which a municipality is the whole, or a code of the year beside the publisher's joined series. It contradicts a
    zero when it is more than zero, or hidden where the spec says that a hidden count is at least one. Beside a zero of a
    joined series, which the publisher has added up itself, a part that is hidden or missing in any way does.
    """
    table = reading.table
    zeros = _zeros(table) if spec.non_negative else np.zeros(table.num_rows, dtype=bool)
    if not zeros.any():
        return reading
    joined = rows_where(table, "geography", "today".__eq__)
    more = _more_than_zero(table, spec)
    wrong = _contradicted_by(table, more, zeros)
    if (zeros & joined).any():
        unknown = rows_where(table, "value_status", ("suppressed", "missing").__contains__)
        wrong |= _contradicted_by(table, more | unknown, zeros & joined)
    if wrong.any():
        reading.notes[NOTE] += int(wrong.sum())
        reading.table = _marked(table, wrong)
    return reading


def _zeros(table: pa.Table) -> np.ndarray:
    counts = rows_where(table, "unit", lambda unit: units()[unit].additive)
    return counts & (table["value"].to_numpy(zero_copy_only=False) == 0)


def _more_than_zero(table: pa.Table, spec: DatasetSpec) -> np.ndarray:
    found = table["value"].to_numpy(zero_copy_only=False) > 0
    for rule in spec.hidden:
        if rule.low > 0:
            hidden = rows_where(table, "value_status", rule.status.__eq__) & rows_where(table, "unit", rule.unit.__eq__)
            if rule.from_year or rule.to_year:
                years = years_of(table)
                hidden &= (years >= (rule.from_year or 0)) & (years <= (rule.to_year or 9999))
            found |= hidden
    return found


def _contradicted_by(table: pa.Table, says: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    return _by_breakdown(table, says, zeros) | _by_area(table, says, zeros)


def _by_breakdown(table: pa.Table, says: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """Zeros of a total over a breakdown of which a category says more."""
    wrong = np.zeros(table.num_rows, dtype=bool)
    for name in DIMENSIONS:
        if len(coded(table[name])[0]) < 2:
            continue
        total = rows_where(table, name, "all".__eq__)
        asked, parts = np.flatnonzero(zeros & total), np.flatnonzero(says & ~total)
        if len(asked) and len(parts):
            rest, _ = key_numbers(table, [column for column in KEY if column != name])
            wrong[asked] |= np.isin(rest[asked], rest[parts])
    return wrong


def _by_area(table: pa.Table, says: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """Zeros of an area of which an area inside it, or the same area under another code, says more."""
    labels, code = coded(table["region_code"])
    places = {name: place for place, name in enumerate(labels.to_pylist())}
    joined = rows_where(table, "geography", "today".__eq__)
    nested = rows_where(table, "region_level", _LEVELS.__contains__)
    wrong = np.zeros(table.num_rows, dtype=bool)
    for whole_of, crosses in _relations(list(places), joined.any()):
        whole_at = np.array([places.get(whole_of.get(name, ""), -1) for name in places], dtype=np.int64)
        if (whole_at < 0).all():
            continue  # most files hold one level
        has_whole = nested & says & (whole_at >= 0)[code]
        for kind in (True,) if crosses else (True, False):
            asked = np.flatnonzero(nested & zeros & (joined == kind))
            parts = np.flatnonzero(has_whole & (joined == (kind != crosses)))
            if len(asked) and len(parts):
                cell = key_numbers(table, _CELL)[0].astype(np.int64) * len(places)
                wrong[asked] |= np.isin(cell[asked] + code[asked], cell[parts] + whole_at[code[parts]])
    return wrong


def _relations(codes: list[str], with_joined: bool) -> Iterator[tuple[dict[str, str], bool]]:
    """Part -> whole, and whether the whole is a joined area and the part a code of the year."""
    yield {code: code[:4] for code in codes if len(code) == 6}, False
    yield {code: code[:2] for code in codes if len(code) == 4}, False
    yield {code: "00" for code in codes if len(code) in (2, 4) and code != "00"}, False
    yield _only_municipalities(), False
    for step in range(max(map(len, _successors().values()), default=0) if with_joined else 0):
        yield {old: new[step] for old, new in _successors().items() if len(new) > step}, True


@cache
def _only_municipalities() -> dict[str, str]:
    """County -> municipality, where the county is that municipality alone (Oslo)."""
    codes = [code for code, _ in municipalities(9999)]
    count = Counter(code[:2] for code in codes)
    return {code[:2]: code for code in codes if count[code[:2]] == 1}


@cache
def _successors() -> dict[str, tuple[str, ...]]:
    """Municipality code -> all codes that its territory, or a part of it, has come under since."""
    later: dict[str, set[str]] = defaultdict(set)
    for old, new, _ in reversed(changes()):
        if old != new:
            later[old] |= {new, *later[new]} - {old}
    return {old: tuple(sorted(new)) for old, new in later.items()}


def _marked(table: pa.Table, wrong: np.ndarray) -> pa.Table:
    """The table with the cells' status, and without their value."""
    values = table["value"].to_numpy(zero_copy_only=False).copy()
    values[wrong] = np.nan
    labels, index = coded(table["value_status"])
    names = [*labels.to_pylist(), CONTRADICTED]
    status = pa.DictionaryArray.from_arrays(
        pa.array(np.where(wrong, len(names) - 1, index).astype(np.int32)), pa.array(names, pa.string())
    )
    for name, column in {"value": pa.array(values, from_pandas=True), "value_status": status}.items():
        at = table.column_names.index(name)
        table = table.set_column(at, table.schema.field(at), column)
    return table
