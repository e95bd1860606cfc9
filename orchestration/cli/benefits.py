"""The commands for figures of benefits by group that only others can give: scripts for microdata.no, and an order to SSB.

Here: the options, the files, and what is printed, in Norwegian. Not here: the scripts (sources/microdata), the order and its
template (sources/municipal), or sending anything.
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.options import complete_municipality, municipality_code


def microdata(
    year: Annotated[int, typer.Option(help="the calendar year of the payments")],
    municipality: Annotated[
        str | None,
        typer.Option(help="name or code of today; default the home municipality", autocompletion=complete_municipality),
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


def order(
    first_year: Annotated[int, typer.Option("--from", help="first calendar year of the payments")],
    last_year: Annotated[int, typer.Option("--to", help="last calendar year of the payments")],
    municipality: Annotated[
        str | None,
        typer.Option(help="name or code of today; default the home municipality", autocompletion=complete_municipality),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="folder to write into", file_okay=False)] = None,
) -> None:
    """An order to Statistics Norway of kroner by benefit and group, with the empty template for the answer."""
    from orchestration.workspace import Workspace
    from sources.dataset.spec import load_specs
    from sources.files import write_whole
    from sources.municipal.order import DATASET
    from sources.municipal.order import order as document
    from sources.municipal.writer import write_template
    from warehouse.settings import load_settings

    workspace = Workspace(load_settings())
    code = municipality_code(municipality, workspace.settings)
    text = document(code, first_year, last_year, f"{workspace.clock():%d.%m.%Y}")
    folder = out or workspace.folder.root / "orders"
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"bestilling_ssb_{code}_{first_year}_{last_year}.md"
    write_whole(written, text)
    for path in (written, *write_template(load_specs()[DATASET], folder)):
        typer.echo(str(path))
    typer.echo("Bestillingen er ikke sendt. Svaret føres i malen og legges i mappen med uttrekk.")
