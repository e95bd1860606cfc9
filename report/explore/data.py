"""The figures of the explore page: one small file per indicator, read when it is asked for.

Here: which values go out, and how they are packed. Not here: how they are shown (page/utforsk.js), or the page (write.py).

A file holds, for each series (one choice of breakdown codes), the values of all areas by area and year in one flat list. What
is not a plain number is told beside it: the bounds of an interval or a rounded count, and the status of a cell without a value.
It is a script and no JSON, since a page opened from a folder may load scripts beside it but not read files; and packed (zlib, as
base64), since most of a report's bytes were the digits of these files. Every browser since 2023 unpacks it by itself.
"""

from __future__ import annotations

import base64
import json
import re
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
_PLAIN = ("ok", "missing")
_HALF = 1e-9
"""What a half that is no binary number may lack: 2.675 is stored as a little less."""

_WHOLE = re.compile(r"\.0(?=[,\]])")


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
    """Indicator by indicator: its id, and the text of its file."""
    units = {row["indicator_id"]: unit_of(row["unit"]) for row in marts.rows("dim_indicator")}
    for one in listed:
        by = "".join(f', "{name}"' for name in one["by"])
        table = marts.table(
            f"select region_code, year, value, value_low, value_high, value_status{by} "
            f"from marts.{_TABLE} where indicator_id = ?",
            [one["id"]],
        )
        yield one["id"], _file(one["id"], _pack(table, one["by"], all_areas, units[one["id"]]))


def _pack(table: pa.Table, by: list[str], all_areas: AreaList, unit: Unit) -> dict[str, Any]:
    """The flat lists of one indicator; a cell's place is series by series, area by area, year by year."""
    places = pa.array(all_areas.codes)
    area = pc.index_in(table["region_code"], places).to_numpy(zero_copy_only=False)
    table, area = table.filter(pa.array(~np.isnan(area))), area[~np.isnan(area)].astype(np.int64)
    years, year = np.unique(table["year"].to_numpy(), return_inverse=True)
    number, keys = _series(table, by)
    size = len(places) * len(years)
    at = number * size + area * len(years) + year
    values = np.full(len(keys) * size, np.nan)
    values[at] = _shown(table["value"], unit)
    low, high = _shown(table["value_low"], unit), _shown(table["value_high"], unit)
    open_ = np.flatnonzero((low != high) & ~np.isnan(low) & ~np.isnan(high))
    status = table["value_status"].to_numpy(zero_copy_only=False)
    return {
        "years": years.tolist(),
        "series": keys,
        "values": values.reshape(len(keys), size).tolist(),
        "bounds": [[at[row], low[row], high[row]] for row in open_.tolist()],
        "states": {word: _runs(at[status == word]) for word in np.unique(status.astype(str)) if word not in _PLAIN},
    }


def _series(table: pa.Table, by: list[str]) -> tuple[np.ndarray, list[list[str]]]:
    """For each row the number of its choice of breakdown codes, and the choices by number."""
    if not by:
        return np.zeros(table.num_rows, dtype=np.int64), [[]]
    codes = [pc.dictionary_encode(table[name].combine_chunks()) for name in by]
    combined = np.zeros(table.num_rows, dtype=np.int64)
    for one in codes:
        combined = combined * len(one.dictionary) + one.indices.to_numpy()
    _, first, number = np.unique(combined, return_index=True, return_inverse=True)
    return number, [[one.dictionary[one.indices[int(row)].as_py()].as_py() for one in codes] for row in first]


def _shown(column: pa.ChunkedArray, unit: Unit) -> np.ndarray:
    """The values in the unit and with the decimals that the page shows; NaN where there is none.

    Half is rounded away from zero, as the report does (norwegian.number): 61.25 is 61.3 in both.
    """
    scaled = pc.fill_null(column, float("nan")).to_numpy() * unit.factor * 10**unit.decimals
    return np.copysign(np.floor(np.abs(scaled) + 0.5 + _HALF), scaled) / 10**unit.decimals + 0.0


def _runs(places: np.ndarray) -> list[list[int]]:
    """Places as [first, count] of each run: cells without a figure lie side by side."""
    ordered = np.sort(places)
    starts = np.flatnonzero(np.diff(ordered, prepend=-2) != 1)
    return [[int(ordered[a]), int(n)] for a, n in zip(starts, np.diff(starts, append=len(ordered)), strict=True)]


def _file(indicator_id: str, content: dict[str, Any]) -> str:
    """The script. Whole numbers lose their ".0" and NaN is null: both are shorter, and the second is JSON."""
    numbers = {
        key: _WHOLE.sub("", json.dumps(content.pop(key), separators=(",", ":"), default=int))
        for key in ("values", "bounds")
    }
    rest = json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)[1:-1]
    body = ",".join(f'"{key}":{text.replace("NaN", "null")}' for key, text in numbers.items())
    packed = base64.b64encode(zlib.compress(f"{{{rest},{body}}}".encode("ascii"))).decode("ascii")
    return f'utforsk.receive("{indicator_id}","{packed}");\n'
