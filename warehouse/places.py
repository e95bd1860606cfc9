"""A municipality as a person names it: by its name or by its code, of today or of before.

Here: which municipality of today is meant, and what is said where it is not plain. Not here: codes over time in figures (dbt).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.errors import WarehouseError, WrongSetting

if TYPE_CHECKING:
    import duckdb

COUNTRY = "00"
"""The code of the country as a region of the figures."""

_SHIPPED = Path(__file__).parents[1] / "sources" / "klass" / "data" / "municipalities.csv"
"""Klass 131 as it ships: enough to read a name before anything is published."""


class UnknownPlace(WrongSetting):
    """No municipality of today, or more than one, is called so."""


@cache
def shipped_municipalities() -> dict[str, str]:
    """Code -> name of the municipalities that are in force in the code list that ships."""
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file) if not row["valid_to"]}


def published_municipalities(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Code -> name of the municipalities of a published release."""
    sql = "select region_code, region_name from marts.dim_region where region_level = 'municipality'"
    return dict(connection.execute(sql).fetchall())


def find_municipality(
    text: str, names: Mapping[str, str], where: str, error: Callable[..., WarehouseError] = UnknownPlace
) -> str:
    """The code of today that a name or a code means. ``where`` names the option in the error.

    Raises ``error`` (UnknownPlace) with near names, or with both where two have one name.
    """
    asked = text.strip()
    if asked in names:
        return asked
    found = called(asked, names)
    if len(found) == 1:
        return found[0]
    if found:
        raise error(
            expected="one municipality",
            found=f"{asked!r}, which is {len(found)}: {_listed(found, names)}",
            where=where,
            next_step=f"ask with the code, as {found[0]}",
        )
    raise error(
        expected="the name or code of an area of today",
        found=repr(asked),
        where=where,
        next_step=_near(asked, names),
    )


def called(text: str, names: Mapping[str, str]) -> list[str]:
    """The codes of the municipalities that are called so."""
    return [code for code, name in names.items() if _folded(text) in _called(name)]


def _near(asked: str, names: Mapping[str, str]) -> str:
    if re.fullmatch(r"\d{4}", asked):
        return "an older code? integrering query \"select code, current_code from dim_region_history where code = '…'\""
    by_call = {call: code for code, name in names.items() for call in _called(name)}
    near = dict.fromkeys(by_call[call] for call in get_close_matches(_folded(asked), by_call, n=4, cutoff=0.6))
    return f"did you mean {_listed(list(near), names)}?" if near else "integrering find NAME looks in all names"


def _called(name: str) -> set[str]:
    """How a municipality may be called: its full name, each of its languages, and either without the county behind it."""
    calls = {name, *name.split(" - ")}
    return {_folded(call) for whole in calls for call in (whole, re.sub(r"\s*\(.*\)$", "", whole))}


def _folded(text: str) -> str:
    return re.sub(r"[\s,()]+", " ", text).strip().removesuffix(" kommune").casefold()


def _listed(codes: list[str], names: Mapping[str, str]) -> str:
    return ", ".join(f"{names[code]} is {code}" for code in codes)
