"""The figures of the explore page: one small file per indicator, read when it is asked for.

Here: which values go out, and how they are packed. Not here: how they are shown (page/utforsk.js), or the page (write.py).

A file holds, for each series (one choice of breakdown codes), the values of all areas by area and year in one flat list. What
is not a plain number is told beside it: the bounds of an interval or a rounded count, and the status of a cell without a value.
It is a script and no JSON, since a page opened from a folder may load scripts beside it but not read files; and packed (zlib, as
base64): a line of JSON, then lists of whole numbers as bytes (`_bytes`). Every browser since 2023 unpacks it by itself; as
digits of JSON the same took four times the processor time and twice the room.
"""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from report.reading.marts import Marts
from report.words.norwegian import Unit
from report.words.texts import unit_of

_LEVELS = ("municipality", "county", "country")
_TABLE = "fct_indicator_value"
_FIGURES = " union all ".join(
    f"select series_number, region_code, year, value, value_low, value_high, state_number from marts.fct_figure_{level}"
    for level in _LEVELS
)
_PLAIN = ("ok", "missing")
_LEVEL = 5
"""Of the packing: half the seconds of the level by default, and a sixtieth more bytes."""
_SERIES_AT_A_TIME = 250
"""Of some four thousand figures each. A question reads the series of all figures, for one indicator or for ten."""
_HALF = 1e-9
"""What a half that is no binary number may lack: 2.675 is stored as a little less."""


@dataclass(frozen=True)
class AreaList:
    """The areas of the page in their order: municipalities, then counties, then the country."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    counties: tuple[str, ...]


def areas(marts: Marts) -> AreaList:
    """All areas of today that the release has figures for."""
    rows = [row for row in marts.rows("dim_region") if row["region_level"] in _LEVELS]
    rows.sort(key=lambda row: (_LEVELS.index(row["region_level"]), row["region_code"]))
    return AreaList(
        tuple(row["region_code"] for row in rows),
        tuple(row["region_name"] for row in rows),
        tuple(row["region_level"] for row in rows),
        tuple(row["county_code"] or "" for row in rows),
    )


def indicators(marts: Marts) -> list[dict[str, Any]]:
    """What the page lists: each indicator that has a value, with its name, unit, group and the breakdowns it can be parted by."""
    if not marts.has(_TABLE, "indicator_id", "value_status"):
        return []
    used = {
        row["indicator_id"]: row["is_demo"]
        for row in marts.ask(
            "select indicator_id, bool_or(is_demo) as is_demo from marts.fct_indicator_value "
            "where value is not null or value_low is not null group by indicator_id"
        )
    }
    listed = []
    for row in marts.rows("dim_indicator", order=["name_nb"]):
        if row["indicator_id"] not in used:
            continue
        unit = unit_of(row["unit"])
        listed.append(
            {
                "id": row["indicator_id"],
                "name": row["name_nb"],
                "about": row["definition_nb"],
                "group": row["statistic_group"],
                "unit": unit.name,
                "decimals": unit.decimals,
                "direction": row["direction"],
                "by": [name for name in (row["breakdown_names"] or "").split(",") if name],
                "demo": bool(used[row["indicator_id"]]),
            }
        )
    return listed


def packed(marts: Marts, listed: list[dict[str, Any]], all_areas: AreaList) -> Iterator[tuple[str, str]]:
    """Indicator by indicator: its id, and the text of its file. Of the star, in numbers, where the series of an indicator follow
    each other: words eleven million times over take longer than all the rest."""
    units = {row["indicator_id"]: unit_of(row["unit"]) for row in marts.rows("dim_indicator")}
    words = {row["state_number"]: row["value_status"] for row in marts.rows("dim_figure_state")}
    series: dict[str, list[dict[str, Any]]] = {}
    for row in marts.rows("dim_series"):
        series.setdefault(row["indicator_id"], []).append(row)
    keys = {
        one["id"]: {row["series_number"]: tuple(row[name] for name in one["by"]) for row in series[one["id"]]}
        for one in listed
    }
    for batch in _batches(keys):
        table = marts.table(
            "select series_number, place, year, value, value_low, value_high, state_number "
            f"from ({_FIGURES}) "
            "inner join (select unnest($codes) as region_code, unnest(range(len($codes))) as place) using (region_code) "
            "where series_number between $first and $last",
            {"first": min(keys[batch[0]]), "last": max(keys[batch[-1]]), "codes": list(all_areas.codes)},
        )
        number = table["series_number"].to_numpy()
        for indicator_id in batch:
            own = keys[indicator_id]
            figures = table.filter(pa.array((number >= min(own)) & (number <= max(own))))
            content = _pack(figures, own, words, len(all_areas.codes), units[indicator_id])
            yield indicator_id, received(indicator_id, content)


def _batches(keys: dict[str, dict[int, tuple[str, ...]]]) -> Iterator[list[str]]:
    """Indicators whose series are asked for at once, in the order of their numbers."""
    batch: list[str] = []
    for indicator_id in sorted(keys, key=lambda one: min(keys[one])):
        if batch and max(keys[indicator_id]) - min(keys[batch[0]]) >= _SERIES_AT_A_TIME:
            yield batch
            batch = []
        batch.append(indicator_id)
    if batch:
        yield batch


def _pack(
    table: pa.Table, keys: dict[int, tuple[str, ...]], words: dict[int, str], area_count: int, unit: Unit
) -> bytes:
    """The head and the lists of one indicator; a cell's place is series by series, area by area, year by year."""
    first = int(table["year"].to_numpy().min(initial=9999))
    years, year = _used(table["year"].to_numpy().astype(np.int64) - first)
    series, number = _used(table["series_number"].to_numpy())
    chosen = [keys[one] for one in series.tolist()]
    order = sorted(range(len(chosen)), key=chosen.__getitem__)
    place = np.argsort(np.array(order, dtype=np.int64))
    at = (place[number] * area_count + table["place"].to_numpy()) * len(years) + year
    values, states = (
        np.full(len(chosen) * area_count * len(years), np.nan),
        np.zeros(len(chosen) * area_count * len(years)),
    )
    values[at] = _shown(table["value"], unit)
    used, state = _used(table["state_number"].to_numpy())
    listed = sorted({words[one] for one in used.tolist()} - {*_PLAIN})
    told = np.array([listed.index(words[one]) + 1 if words[one] in listed else 0 for one in used.tolist()], dtype=float)
    states[at] = told[state]
    bounded = pc.or_(pc.is_valid(table["value_low"]), pc.is_valid(table["value_high"]))
    ends, at = table.filter(bounded), at[bounded.to_numpy()]
    low, high = (_shown(pc.coalesce(ends[name], ends["value"]), unit) for name in ("value_low", "value_high"))
    open_ = np.flatnonzero((low != high) & ~np.isnan(low) & ~np.isnan(high))
    open_ = open_[np.argsort(at[open_])]
    lists = {"values": values, "states": states, "at": at[open_], "low": low[open_], "high": high[open_]}
    packed = {name: _bytes(numbers.astype(float)) for name, numbers in lists.items()}
    head = {
        "decimals": unit.decimals,
        "years": (years + first).tolist(),
        "series": [list(chosen[one]) for one in order],
        "words": ["ok", *listed],
        "lists": [[name, len(lists[name]), width] for name, (width, _) in packed.items()],
    }
    return b"\n".join(
        [json.dumps(head, separators=(",", ":")).encode("ascii"), b"".join(part for _, part in packed.values())]
    )


def _bytes(numbers: np.ndarray) -> tuple[int, bytes]:
    """A list of whole numbers (NaN: none) as steps from the last number before: their lowest bytes, then the next, and so on.

    A step s is 2s + 1, or -2s where it goes down; 0 is none. Figures of an area lie year by year, so most steps are
    small and their upper bytes alike. Returns how many bytes a number takes, and the bytes.
    """
    given = np.flatnonzero(~np.isnan(numbers))
    steps = np.diff(numbers[given].astype(np.int64), prepend=0)
    codes = np.zeros(len(numbers), dtype=np.uint64)
    codes[given] = np.where(steps >= 0, 2 * steps + 1, -2 * steps)
    width = max(1, (int(codes.max(initial=0)).bit_length() + 7) // 8)
    return width, codes.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()


def _used(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The whole numbers that occur, rising, and for each of ``numbers`` its place among them."""
    used = np.flatnonzero(np.bincount(numbers))
    place = np.zeros(int(used.max(initial=0)) + 1, dtype=np.int64)
    place[used] = np.arange(len(used))
    return used, place[numbers]


def _shown(column: pa.ChunkedArray, unit: Unit) -> np.ndarray:
    """The values in the page's unit, as whole numbers of the last decimal that it shows; NaN where there is none.

    Half is rounded away from zero, as the report does (norwegian.number): 61.25 is 613 tenths in both.
    """
    scaled = pc.fill_null(column, float("nan")).to_numpy() * unit.factor * 10**unit.decimals
    return np.copysign(np.floor(np.abs(scaled) + 0.5 + _HALF), scaled) + 0.0


def received(name: str, content: bytes) -> str:
    """The script that hands the page what is packed under a name."""
    return f'utforsk.receive("{name}","{base64.b64encode(zlib.compress(content, _LEVEL)).decode("ascii")}");\n'
