"""Options that several commands have, and what is said beside an answer.

Here: --quiet, a municipality by name or code, and completions from what is declared. Not here: any command. Nothing heavy is
imported at the top: `integrering --help` and a completion must answer at once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from warehouse.settings import Settings

_said = {"quiet": False}


def be_quiet(value: bool) -> bool:
    """Switch notes and progress off for this process."""
    _said["quiet"] = _said["quiet"] or value
    return value


def is_quiet() -> bool:
    """Whether only answers and errors are wanted."""
    return _said["quiet"]


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=be_quiet, help="answers and errors only: no progress, no notes")
]


def note(text: str) -> None:
    """A line beside the answer (stderr), so that what is piped on stays clean."""
    if not is_quiet():
        print(text, file=sys.stderr, flush=True)


def municipality_code(asked: str | None, settings: Settings) -> str:
    """The code of the municipality that an option names (a name or a code of today), by default the home municipality.

    Says which code a name stands for. Raises UnknownPlace with near names, or with both where two have one name.
    """
    from warehouse.errors import NoRelease
    from warehouse.places import find_municipality, published_municipalities, shipped_municipalities
    from warehouse.query import open_published

    if asked is None:
        return settings.municipality
    try:
        with open_published(settings.data_dir) as connection:
            names = published_municipalities(connection)
    except NoRelease:
        names = shipped_municipalities()
    code = find_municipality(asked, names, "--municipality")
    if asked.strip() != code:
        note(f"{names[code]} is {code}")
    return code


def municipalities_of(county: str, settings: Settings) -> list[str]:
    """The codes of the municipalities of a county, which is named or given by its code. Raises UnknownPlace for what is none."""
    from warehouse.places import find_municipality
    from warehouse.query import open_published

    with open_published(settings.data_dir) as connection:
        rows = connection.execute(
            "select region_code, region_name, region_level, county_code from marts.dim_region"
        ).fetchall()
    counties = {code: name for code, name, level, _ in rows if level == "county"}
    asked = find_municipality(county, counties, "--county")
    return sorted(code for code, _, level, of in rows if level == "municipality" and of == asked)


def complete_table(incomplete: str) -> list[str]:
    """Published tables that begin so."""
    from warehouse.interface.contract import read_contract

    return [name for name in read_contract()["tables"] if name.startswith(incomplete)]


def complete_key(context: typer.Context, incomplete: str) -> list[str]:
    """Columns of the table that is being traced, as KEY=."""
    from warehouse.interface.contract import read_contract

    columns = read_contract()["tables"].get(context.params.get("table") or "", {}).get("columns", {})
    return [f"{name}=" for name in columns if name.startswith(incomplete)]
