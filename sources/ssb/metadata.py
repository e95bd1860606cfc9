"""An SSB table's own description: its variables, their codes, and the codelists that may be asked by.

Here: reading v2 and v1 metadata into one small shape. Not here: calling SSB, or choosing codes.
"""

from dataclasses import dataclass
from typing import Any

from sources.errors import LayoutError


@dataclass(frozen=True)
class CodelistInformation:
    """A codelist offered for a variable: by it SSB sums (Aggregation) or narrows (Valueset) the variable."""

    id: str
    label: str


@dataclass(frozen=True)
class Variable:
    """A dimension of a table. ``codes`` stand in the table's order; ``is_time`` variables rise over time."""

    code: str
    label: str
    codes: tuple[str, ...]
    is_time: bool
    can_eliminate: bool
    codelists: tuple[CodelistInformation, ...] = ()


@dataclass(frozen=True)
class TableMetadata:
    """All variables of a table by code, in the table's order."""

    table: str
    variables: dict[str, Variable]


def metadata_of_v2(table: str, answer: dict[str, Any]) -> TableMetadata:
    """`/tables/{id}/metadata` of PxWebApi 2: a JSON-stat dataset without values.

    Elimination is read here only: in a data answer it describes the extract, not the table.
    """
    try:
        times = set((answer.get("role") or {}).get("time", [])) or {"Tid"}
        variables = {}
        for code in answer["id"]:
            dimension = answer["dimension"][code]
            extension = dimension.get("extension") or {}
            lists = tuple(CodelistInformation(str(c["id"]), str(c["label"])) for c in extension.get("codelists") or [])
            variables[code] = Variable(
                code=code,
                label=str(dimension.get("label", code)),
                codes=category_codes(dimension["category"]),
                is_time=code in times,
                can_eliminate=bool(extension.get("elimination", False)),
                codelists=lists,
            )
    except (KeyError, TypeError, AttributeError) as problem:
        raise _unreadable(table, problem) from problem
    return TableMetadata(table, variables)


def metadata_of_v1(table: str, answer: dict[str, Any]) -> TableMetadata:
    """`GET /api/v0/{lang}/table/{id}` of version 1. It names no codelists; ``elimination`` and ``time`` are absent
    where false."""
    try:
        variables = {
            entry["code"]: Variable(
                code=entry["code"],
                label=str(entry.get("text", entry["code"])),
                codes=tuple(str(value) for value in entry["values"]),
                is_time=bool(entry.get("time", False)) or entry["code"] == "Tid",
                can_eliminate=bool(entry.get("elimination", False)),
            )
            for entry in answer["variables"]
        }
    except (KeyError, TypeError, AttributeError) as problem:
        raise _unreadable(table, problem) from problem
    return TableMetadata(table, variables)


def category_codes(category: dict[str, Any]) -> tuple[str, ...]:
    """The codes of a JSON-stat category in order: ``index`` is a list, a map to positions, or left out for one code."""
    index = category.get("index")
    if index is None:
        return tuple(category["label"])
    if isinstance(index, list):
        return tuple(str(code) for code in index)
    return tuple(sorted(index, key=index.__getitem__))


def _unreadable(table: str, problem: Exception) -> LayoutError:
    return LayoutError(
        expected="metadata with variables and their codes",
        found=f"an answer without {problem}",
        where=f"SSB table {table}, metadata",
        next_step="compare the answer with SSB's API description; the last good release stays in use",
    )
