"""Decoding JSON-stat (2.0 and SSB's older 1.x) into arrays: codes, labels, values and status of every cell.

Here: the format in all the variants SSB sends. Not here: what a table, region or symbol means to the warehouse.
Format: https://json-stat.org/full/ and the recorded answers described in upstream/ssb/SOURCE.md section 1.3.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import prod
from typing import Any, NoReturn, TypeGuard

import numpy as np
import pyarrow as pa

from sources.errors import LayoutError, NotOfKindError, ValueGrammarError

_wrong = partial(
    LayoutError, next_step="fetch the table again; if it stays so, the format has changed and the decoder must follow"
)
_no_number = partial(
    ValueGrammarError,
    "numbers and null in `value`",
    next_step="compare the body with JSON-stat; the last good release stays in use",
)
_not_jsonstat = partial(
    NotOfKindError,
    "a JSON-stat data set",
    next_step="look at the bytes: an error page or message is no data. The last good release stays in use",
)

MAX_CELLS = 20_000_000
"""SSB answers at most 800 000 cells; a body that claims far more is not read into memory."""

_NUMBER_TYPES = frozenset({int, float, type(None)})
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?")
_DESCRIPTION_KEYS = frozenset({"id", "size", "role"})


@dataclass(frozen=True)
class CubeDimension:
    """One dimension: its categories in the order of the cells, their labels, and units where they carry some."""

    name: str
    label: str
    codes: list[str]
    labels: list[str]
    units: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cube:
    """A decoded data set. Cells lie in row-major order: the last dimension varies fastest.

    ``values`` is float64 with NaN where the body has null; ``status`` is an index into ``symbols`` per cell
    (0 = no status). ``roles`` maps ``time``, ``geo`` and ``metric`` to dimension names; empty when the body has none.
    """

    label: str
    dimensions: list[CubeDimension]
    values: np.ndarray
    status: np.ndarray
    symbols: list[str]
    roles: dict[str, list[str]]
    updated_at: datetime | None
    table_id: str | None

    @property
    def size(self) -> list[int]:
        return [len(dimension.codes) for dimension in self.dimensions]

    def indices(self, position: int) -> np.ndarray:
        """For every cell, which category of the dimension at ``position`` it belongs to (int32)."""
        size = self.size
        inner, outer = prod(size[position + 1 :]), prod(size[:position])
        one = np.repeat(np.arange(size[position], dtype=np.int32), inner)
        return np.tile(one, outer)

    def to_table(self) -> pa.Table:
        """One row per cell: a dictionary column per dimension, ``value`` and ``status``, null where there is none."""
        columns: dict[str, pa.Array] = {}
        for position, dimension in enumerate(self.dimensions):
            codes = pa.array(dimension.codes, pa.string())
            columns[dimension.name] = pa.DictionaryArray.from_arrays(pa.array(self.indices(position)), codes)
        columns["value"] = pa.array(self.values, pa.float64(), from_pandas=True)
        without = pa.array(self.status, mask=self.status == 0)
        columns["status"] = pa.DictionaryArray.from_arrays(without, pa.array(self.symbols, pa.string()))
        return pa.table(columns)


def decode(body: bytes, where: str) -> Cube:
    """A JSON-stat body as a Cube.

    Handles `index` as list, map or absent (one category), `label` as list, `value` as list or map and all quoted,
    `status` as list, map or one string, a missing `role`, and the 1.x wrapping in ``dataset``. Raises NotOfKindError
    when the body is no JSON-stat data set, LayoutError when sizes and contents do not agree (the sizes are named),
    ValueGrammarError for a value that is no finite number.
    """
    dataset = _dataset(body, where)
    names, size, roles = _shape(dataset, where)
    cells = prod(size)
    if cells > MAX_CELLS:
        raise _wrong(f"at most {MAX_CELLS:,} cells", f"size {size}, which makes {cells:,} cells", where)
    described = dataset["dimension"]
    dimensions = [_dimension(name, described.get(name), count, where) for name, count in zip(names, size, strict=True)]
    values = _values(dataset.get("value"), cells, size, where)
    status, symbols = _status(dataset.get("status"), cells, size, where)
    return Cube(
        label=str(dataset.get("label") or ""),
        dimensions=dimensions,
        values=values,
        status=status,
        symbols=symbols,
        roles=roles,
        updated_at=_moment(dataset.get("updated"), where),
        table_id=_table_id(dataset),
    )


def _dataset(body: bytes, where: str) -> dict[str, Any]:
    try:
        raw = json.loads(body, parse_constant=lambda text: _not_finite(text, where))
    except (ValueError, RecursionError) as problem:
        raise _not_jsonstat(f"bytes that are not whole JSON ({str(problem)[:120]})", where) from problem
    if isinstance(raw, dict) and isinstance(raw.get("dataset"), dict):
        raw = raw["dataset"]
    if not isinstance(raw, dict) or not isinstance(raw.get("dimension"), dict):
        shown = json.dumps(raw, ensure_ascii=False)[:160]
        raise _not_jsonstat(f"other JSON, beginning {shown}", where)
    if raw.get("class", "dataset") != "dataset":
        raise _not_jsonstat(f"JSON-stat of class {raw['class']!r}", where)
    return raw


def _shape(dataset: dict[str, Any], where: str) -> tuple[list[str], list[int], dict[str, list[str]]]:
    inner = dataset["dimension"]
    names, size = dataset.get("id", inner.get("id")), dataset.get("size", inner.get("size"))
    if not isinstance(names, list) or not isinstance(size, list) or not all(isinstance(name, str) for name in names):
        raise _wrong("`id` and `size` as lists", f"id {str(names)[:80]}, size {str(size)[:80]}", where)
    if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in size):
        raise _wrong("`size` of whole numbers", f"size {size}", where)
    if len(names) != len(size) or len(set(names)) != len(names):
        raise _wrong(
            "one size for each dimension", f"{len(names)} dimensions {names} and {len(size)} sizes {size}", where
        )
    described = set(inner) - _DESCRIPTION_KEYS
    if described - set(names):
        raise _wrong(
            f"the dimensions {names}", f"also a description of {', '.join(sorted(described - set(names)))}", where
        )
    role = dataset.get("role", inner.get("role")) or {}
    if not isinstance(role, dict):
        raise _wrong("`role` as map", f"{type(role).__name__} {str(role)[:60]}", where)
    roles = {str(key): [str(name) for name in value] for key, value in role.items() if isinstance(value, list)}
    return names, size, roles


def _dimension(name: str, raw: object, count: int, where: str) -> CubeDimension:
    category = raw.get("category") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(category, dict):
        raise _wrong(f"a description of dimension {name}", "none", where)
    index = category.get("index")
    labels = _labels(name, category.get("label"), index, where)
    if isinstance(index, dict):
        codes = _ordered(name, index, count, where)
    elif isinstance(index, list):
        codes = [str(code) for code in index]
    elif index is None and len(labels) == 1:
        codes = list(labels)
    else:
        raise _wrong(f"`index` of {name} as list or map", type(index).__name__, where)
    if len(codes) != count or len(set(codes)) != len(codes):
        raise _wrong(
            f"{count} different categories in {name}, as `size` says",
            f"{len(codes)} ({len(set(codes))} different)",
            where,
        )
    texts = [str(labels.get(code, code)) for code in codes]
    return CubeDimension(name, str(raw.get("label") or name), codes, texts, _units(name, category.get("unit"), where))


def _labels(name: str, raw: object, index: object, where: str) -> dict[str, object]:
    """Code -> label. A list is not JSON-stat, but its order can only be that of the codes; of another length it is wrong."""
    if raw is None or isinstance(raw, dict):
        return raw or {}
    codes = sorted(index, key=index.__getitem__) if _is_numbered(index) else index
    if not isinstance(raw, list) or not isinstance(codes, list) or len(codes) != len(raw):
        raise _wrong(f"`label` of {name} as map of codes to labels", f"{type(raw).__name__} {str(raw)[:60]}", where)
    return {str(code): label for code, label in zip(codes, raw, strict=True)}


def _is_numbered(index: object) -> TypeGuard[dict[str, int]]:
    return isinstance(index, dict) and all(type(place) is int for place in index.values())


def _units(name: str, raw: object, where: str) -> dict[str, str]:
    """Code -> unit label, where the body states one: a unit that is null or has no base states nothing."""
    if raw is None:
        return {}
    if not isinstance(raw, dict) or not all(unit is None or isinstance(unit, dict) for unit in raw.values()):
        raise _wrong(f"`unit` of {name} as map of codes to units", f"{type(raw).__name__} {str(raw)[:60]}", where)
    return {code: str(unit["base"]) for code, unit in raw.items() if unit and unit.get("base") is not None}


def _ordered(name: str, index: dict[str, Any], count: int, where: str) -> list[str]:
    places: list[str | None] = [None] * count
    for code, place in index.items():
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < count or places[place] is not None:
            raise _wrong(
                f"the places 0 to {count - 1} of {name} once each", f"{code!r} at {place!r} ({len(index)} codes)", where
            )
        places[place] = code
    if len(index) != count:
        raise _wrong(f"{count} categories in {name}, as `size` says", f"{len(index)}", where)
    return [code for code in places if code is not None]


def _values(raw: object, cells: int, size: list[int], where: str) -> np.ndarray:
    if isinstance(raw, list):
        if len(raw) != cells:
            raise _wrong(f"size {size}, which makes {cells} cells", f"{len(raw)} values", where)
        return _numbers(raw, where)
    if isinstance(raw, dict):
        values = np.full(cells, np.nan)
        values[_places(list(raw), cells, size, "value", where)] = _numbers(list(raw.values()), where)
        return values
    raise _wrong("`value` as list or map", type(raw).__name__, where)


def _numbers(raw: list[Any], where: str) -> np.ndarray:
    kinds = set(map(type, raw))
    if kinds <= {str, type(None)}:  # a writer that quotes all its figures; one quoted among numbers is no figure
        raw = [float(v) if type(v) is str and _PLAIN_NUMBER.fullmatch(v) else v for v in raw]
        kinds = set(map(type, raw))
    odd = kinds - _NUMBER_TYPES
    if odd:
        found = next(value for value in raw if type(value) in odd)
        raise _no_number(f"{found!r} ({type(found).__name__})"[:120], where)
    try:
        return pa.array(raw, pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowException, OverflowError) as problem:
        raise _no_number(f"a number too large to hold exactly ({str(problem)[:80]})", where) from problem


def _status(raw: object, cells: int, size: list[int], where: str) -> tuple[np.ndarray, list[str]]:
    """(index into symbols per cell, symbols); symbol 0 is "no status"."""
    if raw is None or raw == {} or raw == []:
        return np.zeros(cells, dtype=np.int16), [""]
    if isinstance(raw, str):
        return np.ones(cells, dtype=np.int16), ["", raw]
    if isinstance(raw, list):
        if len(raw) != cells:
            raise _wrong(f"size {size}, which makes {cells} cells", f"{len(raw)} statuses", where)
        texts, places = raw, np.arange(cells)
    elif isinstance(raw, dict):
        texts, places = list(raw.values()), _places(list(raw), cells, size, "status", where)
    else:
        raise _wrong("`status` as list, map or one text", type(raw).__name__, where)
    symbols = ["", *sorted({str(text) for text in texts if text is not None} - {""})]
    number = {symbol: place for place, symbol in enumerate(symbols)}
    status = np.zeros(cells, dtype=np.int16)
    status[places] = [0 if text is None else number[str(text)] for text in texts]
    return status, symbols


def _places(keys: list[str], cells: int, size: list[int], part: str, where: str) -> np.ndarray:
    try:
        places = np.array([int(key) for key in keys], dtype=np.int64)
    except (ValueError, OverflowError):
        raise _wrong(f"cell numbers as keys of `{part}`", str(keys[:3]), where) from None
    if len(places) and (places.min() < 0 or places.max() >= cells):
        raise _wrong(f"size {size}, which makes {cells} cells", f"`{part}` for cell {int(places.max())}", where)
    return places


def _moment(raw: object, where: str) -> datetime | None:
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(str(raw))
    except ValueError:
        raise _wrong("`updated` as a moment", repr(raw)[:60], where) from None
    if moment.tzinfo is None:
        raise _wrong("`updated` with a time zone", repr(raw)[:60], where)
    return moment


def _table_id(dataset: dict[str, Any]) -> str | None:
    """The table's number: from ``extension.px.tableid``, else from the label, which SSB begins with it."""
    extension = dataset.get("extension") or {}
    px = extension.get("px") if isinstance(extension, dict) else None
    stated = px.get("tableid") if isinstance(px, dict) else None
    if stated:
        return str(stated)
    head = str(dataset.get("label") or "").partition(":")[0].strip()
    return head if len(head) == 5 and head.isdigit() else None


def _not_finite(text: str, where: str) -> NoReturn:
    raise ValueGrammarError(
        expected="finite numbers",
        found=text,
        where=where,
        next_step="ask the publisher; JSON has no such number. The last good release stays in use",
    )
