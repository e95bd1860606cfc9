"""Options that several commands have, and what is said beside an answer.

Here: --quiet, a municipality by name or code, and completions from what is declared. Not here: any command. Nothing heavy is
imported at the top: `integrering --help` and a completion must answer at once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from warehouse.settings import Settings

INDICATORS = "dbt_project/indicators"

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

TableFormat = Annotated[
    Literal["table", "csv", "csv-nb", "json"],
    typer.Option("--format", help="csv-nb: semicolon and comma, for Norwegian spreadsheets"),
]
"""How rows are written (warehouse/query.py)."""


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


def complete_indicator(incomplete: str) -> list[str]:
    """Indicators that begin so."""
    from sources.files import read_yaml
    from warehouse.settings import PROJECT

    # the registry unread by its model: a completion must answer at once
    entries = [entry for path in sorted((PROJECT / INDICATORS).glob("*.yml")) for entry in read_yaml(path) or []]
    return [name for entry in entries if (name := entry.get("indicator_id", "")).startswith(incomplete)]


def complete_name(incomplete: str) -> list[str]:
    """Published tables and indicators that begin so."""
    return [*complete_table(incomplete), *complete_indicator(incomplete)]


def complete_dataset(incomplete: str) -> list[str]:
    """Datasets that begin so."""
    from warehouse.settings import PROJECT

    names = (f"{path.parts[-3]}_{path.stem}" for path in sorted((PROJECT / "sources").glob("*/datasets/*.yml")))
    return [name for name in names if name.startswith(incomplete)]


def complete_municipality(incomplete: str) -> list[str]:
    """Names and codes of municipalities that begin so. A name of several words is reached by its code: a shell splits it."""
    from warehouse.places import shipped_municipalities

    names = (word for code, name in shipped_municipalities().items() for word in (code, name) if " " not in word)
    return [word for word in names if word.startswith(incomplete)]


def complete_key(context: typer.Context, incomplete: str) -> list[str]:
    """Columns of the table that is being traced, as KEY=."""
    from warehouse.interface.contract import read_contract

    columns = read_contract()["tables"].get(context.params.get("table") or "", {}).get("columns", {})
    return [f"{name}=" for name in columns if name.startswith(incomplete)]
