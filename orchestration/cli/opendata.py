"""Commands for those who take figures on into other programs: an indicator as a file, answers for an assistant.

Here: options and where it is written. Not here: formats (warehouse/opendata), answers (orchestration/assistant).
"""

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestration.cli.options import Quiet, complete_indicator, complete_municipality, note


def add_commands(app: typer.Typer) -> None:
    """Register the commands on the command line's app."""
    app.command()(export)
    app.command()(mcp)


def export(
    indicator: Annotated[
        str,
        typer.Argument(help="id of an indicator; `integrering find WORD` finds it", autocompletion=complete_indicator),
    ],
    output: Annotated[
        Literal["json-stat", "csv", "csv-nb"],
        typer.Option("--format", help="csv-nb: semicolon and comma, for Norwegian spreadsheets"),
    ] = "json-stat",
    municipality: Annotated[
        list[str] | None,
        typer.Option(
            help="only these municipalities, by name or code; may be given several times",
            autocompletion=complete_municipality,
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="a file to write instead of the terminal", dir_okay=False)] = None,
    quiet: Quiet = False,
) -> None:
    """An indicator of the published release as JSON-stat 2 or CSV, with bounds, status, source and licence.

    With --municipality: those, their counties and the country.
    """
    from sources.files import written_whole
    from warehouse.opendata.export import export_indicator
    from warehouse.settings import load_settings

    data_dir, asked = load_settings().data_dir, municipality or []
    if out is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        export_indicator(data_dir, indicator, output, sys.stdout, asked)
        return
    with written_whole(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as target:
        written = export_indicator(data_dir, indicator, output, target, asked)
    note(f"{out}: {len(written.points)} figures of {written.indicator_id}")


def mcp() -> None:
    """Answer an assistant's questions about the published release (Model Context Protocol, stdio); nothing can be written."""
    from orchestration.assistant.server import serve
    from warehouse.settings import load_settings

    serve(load_settings())
