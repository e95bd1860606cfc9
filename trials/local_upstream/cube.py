"""A whole JSON-stat table in memory, and cutting it as PxWebApi does.

Here: selection by codes, expressions and codelists, summing over eliminated variables. Not here: addresses or HTTP.
"""

import copy
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_EXPRESSION = re.compile(r"(?i)^(top|bottom|from|to|range)\((.*)\)$")


class Refusal(Exception):
    """An answer other than data; ``title`` None stands for SSB's 500 with an empty body."""

    def __init__(self, title: str | None, status: int = 400, *, is_size: bool = False) -> None:
        self.title, self.status, self.is_size = title, status, is_size
        super().__init__(title)


@dataclass(frozen=True)
class Codelist:
    """A codelist of a variable: an Aggregation sums its members, a Valueset only narrows."""

    id: str
    label: str
    type: str
    variable: str
    members: dict[str, tuple[str, ...]]
    labels: dict[str, str] = field(default_factory=dict)


class Cube:
    """A JSON-stat dataset with all its cells."""

    def __init__(self, dataset: dict[str, Any], codelists: list[Codelist]) -> None:
        self._dataset = dataset
        self.codelists = codelists
        self.names: list[str] = list(dataset["id"])
        self.label: str = dataset.get("label", "")
        self.source: str = dataset.get("source", "Statistisk sentralbyrå")
        self.updated: str = dataset.get("updated", "2026-01-01T07:00:00Z")
        self.is_discontinued = bool((dataset.get("extension") or {}).get("discontinued"))
        self.times: list[str] = (dataset.get("role") or {}).get("time") or [n for n in self.names if n == "Tid"]

    def codes(self, name: str) -> tuple[str, ...]:
        index = self._dataset["dimension"][name]["category"]["index"]
        return tuple(index) if isinstance(index, list) else tuple(sorted(index, key=index.__getitem__))

    def dimension_label(self, name: str) -> str:
        return self._dataset["dimension"][name].get("label", name)

    def _extension(self, name: str) -> dict[str, Any]:
        return copy.deepcopy(self._dataset["dimension"][name].get("extension") or {})

    def metadata(self) -> dict[str, Any]:
        """The dataset with all categories and no values."""
        answer = {k: copy.deepcopy(v) for k, v in self._dataset.items() if k not in ("value", "status", "dimension")}
        dimensions = {}
        for name in self.names:
            category = dict(self._dataset["dimension"][name]["category"])
            category["index"] = {code: n for n, code in enumerate(self.codes(name))}
            extension = {"elimination": False, "show": "value", **self._extension(name)}
            dimensions[name] = {"label": self.dimension_label(name), "category": category, "extension": extension}
        return {"version": "2.0", "class": "dataset", **answer, "dimension": dimensions, "value": []}

    def metadata_v1(self) -> dict[str, Any]:
        """Version 1's metadata: ``elimination`` and ``time`` are left out where false."""
        variables = []
        for name in self.names:
            codes = self.codes(name)
            labels = self._dataset["dimension"][name]["category"].get("label", {})
            entry: dict[str, Any] = {
                "code": name,
                "text": self.dimension_label(name),
                "values": list(codes),
                "valueTexts": [labels.get(c, c) for c in codes],
            }
            if self._extension(name).get("elimination"):
                entry["elimination"] = True
            if name in self.times:
                entry["time"] = True
            variables.append(entry)
        return {"title": self.label, "variables": variables}

    def cut(self, wanted: dict[str, tuple[list[str], str | None]], cell_limit: int) -> dict[str, Any]:
        """The dataset for a selection ``{variable: (codes and expressions, codelist id)}``. Raises Refusal."""
        by_fold = {name.casefold(): name for name in self.names}
        if any(name.casefold() not in by_fold for name in wanted):
            raise Refusal("Non-existent variable")
        asked = {by_fold[name.casefold()]: pair for name, pair in wanted.items()}
        groups: dict[str, list[tuple[str, list[int]]]] = {}
        for name in self.names:
            if name in asked:
                groups[name] = self._groups(name, *asked[name])
            elif not self._extension(name).get("elimination") or name in self.times:
                raise Refusal("Missing selection for mandantory variable")
        if int(np.prod([len(g) for g in groups.values()])) > cell_limit:
            raise Refusal("Too many cells selected", is_size=True)
        return self._dataset_of(groups)

    def _groups(self, name: str, texts: list[str], codelist_id: str | None) -> list[tuple[str, list[int]]]:
        """Asked code -> positions that are summed for it, in the order of the table or list."""
        places = {code: n for n, code in enumerate(self.codes(name))}
        members = {code: (code,) for code in places}
        if codelist_id is not None:
            found = [c for c in self.codelists if c.id == codelist_id and c.variable == name]
            if not found:
                raise Refusal("Non-existent codelist")
            members = found[0].members
        chosen: list[str] = []
        for text in texts:
            chosen += self._expanded(text, tuple(members), name in self.times)
        if len(set(chosen)) != len(chosen):
            raise Refusal(None, 500)
        return [(code, [places[m] for m in members[code] if m in places]) for code in members if code in set(chosen)]

    def _expanded(self, text: str, codes: tuple[str, ...], is_time: bool) -> list[str]:
        if match := _EXPRESSION.match(text):
            name, arguments = match[1].lower(), [a.strip() for a in match[2].split(",")]
            if name in ("top", "bottom"):
                count, offset = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
                ordered = codes[::-1] if is_time == (name == "top") else codes
                return [c for c in codes if c in ordered[offset : offset + count]]
            if any(a not in codes for a in arguments):
                raise Refusal("Non-existent value")
            first = codes.index(arguments[0]) if name in ("from", "range") else 0
            last = codes.index(arguments[-1]) if name in ("to", "range") else len(codes) - 1
            return list(codes[first : last + 1])
        if "*" in text or "?" in text:
            pattern = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
            return [c for c in codes if pattern.fullmatch(c)]
        found = [c for c in codes if c.casefold() == text.casefold()]
        if not found:
            raise Refusal("Non-existent value")
        return found

    def _dataset_of(self, groups: dict[str, list[tuple[str, list[int]]]]) -> dict[str, Any]:
        shape = [len(self.codes(name)) for name in self.names]
        values, symbols = self._cells(shape)
        for axis, name in reversed(list(enumerate(self.names))):
            slices = [positions for _, positions in groups[name]] if name in groups else [list(range(shape[axis]))]
            values = np.stack([np.take(values, p, axis).sum(axis) for p in slices], axis)
            symbols = np.stack([_first_symbol(np.take(symbols, p, axis), axis) for p in slices], axis)
            if name not in groups:
                values, symbols = values.squeeze(axis), symbols.squeeze(axis)
        flat, marks = values.reshape(-1), symbols.reshape(-1)
        answer = self.metadata()
        answer["id"] = [name for name in self.names if name in groups]
        answer["size"] = [len(groups[name]) for name in answer["id"]]
        answer["dimension"] = {name: self._cut_dimension(name, groups[name]) for name in answer["id"]}
        role = {k: [n for n in v if n in groups] for k, v in (answer.get("role") or {}).items()}
        answer["role"] = {k: v for k, v in role.items() if v}
        answer["value"] = [None if np.isnan(v) else int(v) if float(v).is_integer() else float(v) for v in flat]
        answer.pop("status", None)
        if status := {str(n): mark for n, mark in enumerate(marks) if mark}:
            answer["status"] = status
        return answer

    def _cells(self, shape: list[int]) -> tuple[np.ndarray, np.ndarray]:
        raw, status = self._dataset["value"], self._dataset.get("status") or {}
        total = int(np.prod(shape))
        listed = raw if isinstance(raw, list) else [raw.get(str(n)) for n in range(total)]
        values = np.array([np.nan if v is None else float(v) for v in listed]).reshape(shape)
        symbols = np.full(total, "", dtype=object)
        for place, mark in status.items():
            symbols[int(place)] = mark
        return values, symbols.reshape(shape)

    def _cut_dimension(self, name: str, groups: list[tuple[str, list[int]]]) -> dict[str, Any]:
        category = self._dataset["dimension"][name]["category"]
        labels = dict(category.get("label", {}))
        for codelist in self.codelists:
            if codelist.variable == name:
                labels = {**codelist.labels, **labels}
        cut: dict[str, Any] = {
            "index": {code: n for n, (code, _) in enumerate(groups)},
            "label": {code: labels.get(code, code) for code, _ in groups},
        }
        for key in ("unit", "note"):
            if kept := {c: v for c, v in category.get(key, {}).items() if c in cut["index"]}:
                cut[key] = kept
        extension = {k: v for k, v in self._extension(name).items() if k != "codelists"}
        return {"label": self.dimension_label(name), "category": cut, "extension": extension}


def _first_symbol(symbols: np.ndarray, axis: int) -> np.ndarray:
    """The symbol of a summed cell: that of its first part which has one."""
    if symbols.shape[axis] == 0:
        return np.full(np.delete(symbols.shape, axis), "", dtype=object)
    result = np.take(symbols, 0, axis).copy()
    for n in range(1, symbols.shape[axis]):
        following = np.take(symbols, n, axis)
        result = np.where(result == "", following, result)
    return result
