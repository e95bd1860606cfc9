"""The command for microdata.no: it writes the scripts that a person with access can run there.

Here: the option, the files, and what is printed, in Norwegian. Not here: the scripts themselves (sources/microdata).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.options import municipality_code


def microdata(
    year: Annotated[int, typer.Option(help="the calendar year of the payments")],
    municipality: Annotated[
        str | None, typer.Option(help="name or code of today; default the home municipality")
    ] = None,
    databank: Annotated[int | None, typer.Option(help="version of no.ssb.fdb", min=1)] = None,
    out: Annotated[Path | None, typer.Option(help="folder to write into", file_okay=False)] = None,
) -> None:
    """Scripts for microdata.no: kroner by benefit and group for the municipality, its county and the country."""
    from orchestration.workspace import Workspace
    from sources.files import write_whole
    from sources.microdata.note import note
    from sources.microdata.script import DATABANK, scripts
    from warehouse.settings import load_settings

    workspace = Workspace(load_settings())
    version = databank or DATABANK
    made = scripts(municipality_code(municipality, workspace.settings), year, version)
    folder = out or workspace.folder.root / "microdata"
    folder.mkdir(parents=True, exist_ok=True)
    for script in made:
        write_whole(folder / script.file_name, script.text)
        typer.echo(str(folder / script.file_name))
    about = folder / f"microdata_{year}_les_dette.md"
    write_whole(about, note(made, year, version, f"{workspace.clock():%d.%m.%Y}"))
    typer.echo(str(about))
    typer.echo("Skriptene er ikke kjørt av noen her. Ingen opplysninger sendes; les notatet før de brukes.")
