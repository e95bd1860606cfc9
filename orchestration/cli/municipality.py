"""Commands for one municipality: its report, its forecast, its own files.

Here: options and what is printed, in Norwegian where a municipal reader meets it. Not here: any figure.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.benefits import microdata, order
from orchestration.cli.forecast import forecast
from orchestration.cli.options import Quiet, complete_municipality, municipalities_of, municipality_code, note


def add_commands(app: typer.Typer) -> None:
    """Register the commands on the command line's app."""
    app.command()(report)
    app.command()(forecast)
    app.add_typer(private_app, name="private")
    app.command()(templates)
    app.command()(microdata)
    app.command()(order)


def report(
    municipality: Annotated[
        str | None,
        typer.Option(help="name or code of today; default the home municipality", autocompletion=complete_municipality),
    ] = None,
    county: Annotated[
        str | None, typer.Option(help="name or code of a county: one report for each of its municipalities")
    ] = None,
    years: Annotated[
        int | None,
        typer.Option(help="years shown; never fewer than four, so that three years back can be seen", min=1, max=40),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="folder to write into", file_okay=False)] = None,
    quiet: Quiet = False,
) -> None:
    """Report files for any municipality, or for all of a county, from the current release."""
    from orchestration.workspace import Workspace
    from report.explore.write import take_along
    from report.reading.figures import LEAST_YEARS
    from report.write import write_reports
    from warehouse.paths import DATABASE
    from warehouse.query import require_published
    from warehouse.release.publish import read_manifest
    from warehouse.settings import load_settings

    workspace = Workspace(load_settings())
    release = require_published(workspace.settings.data_dir)
    if county is not None and municipality is not None:
        raise typer.BadParameter("a municipality or a county, not both", param_hint="--county")
    if years is not None and years < LEAST_YEARS:
        note(f"{LEAST_YEARS} years are shown: the council asked for three years back")
    settings = workspace.settings
    codes = municipalities_of(county, settings) if county else [municipality_code(municipality, settings)]
    published_at = datetime.strptime(read_manifest(release).published_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    target = out or workspace.folder.root / "reports" / (f"fylke-{codes[0][:2]}" if county else codes[0])
    for path in write_reports(
        release / DATABASE,
        target,
        municipalities=codes,
        years=years or settings.years,
        published_at=published_at,
        explore=take_along(release / "report", target),
    ):
        typer.echo(str(path))


private_app = typer.Typer(
    invoke_without_command=True, help="Aggregates of the municipality's own KOSTRA files; nothing personal is kept."
)


@private_app.callback()
def private(
    context: typer.Context,
    kostra: Annotated[
        list[Path] | None, typer.Option(help="attachment 11F or 11CF; may be given several times")
    ] = None,
    settled: Annotated[Path | None, typer.Option(help="the list of settled persons; needed with --kostra")] = None,
    accounts: Annotated[Path | None, typer.Option(help="the accounts file (0A); may be read alone")] = None,
    municipality: Annotated[
        str | None, typer.Option(help="name or code of the files", autocompletion=complete_municipality)
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="a year that was read before may be read again")] = False,
) -> None:
    """Aggregates of the municipality's own KOSTRA files. Read in a process of its own; nothing personal is kept."""
    if context.invoked_subcommand is not None:
        return
    from orchestration.workspace import Workspace
    from sources.kostra.private import private_aggregates
    from sources.kostra.release import land_private, published_editions
    from warehouse.settings import load_settings

    if not kostra and accounts is None:
        raise typer.BadParameter("an attachment or --accounts is needed", param_hint="--kostra")
    if kostra and settled is None:
        raise typer.BadParameter(
            "needed with --kostra: the attachments say nothing of who is settled", param_hint="--settled"
        )
    workspace = Workspace(load_settings())
    result = private_aggregates(
        kostra or [],
        settled if kostra else None,
        accounts,
        municipality=municipality_code(municipality, workspace.settings),
        threshold=workspace.settings.suppression_threshold,
        published=published_editions(workspace.landing),
        replace=replace,
    )
    for line in result.messages:
        typer.echo(line)
    for receipt in land_private(result, workspace.landing, workspace.clock()):
        typer.echo(f"{receipt.dataset_id}: utgave {receipt.release_id}")
    typer.echo("Tallene blir med i neste utgave: kjør integrering run.")


@private_app.command()
def purge(
    year: Annotated[int, typer.Option(help="the reporting year to remove")],
    municipality: Annotated[
        str | None, typer.Option(help="name or code of the files", autocompletion=complete_municipality)
    ] = None,
) -> None:
    """Remove one year of the municipality's own figures from landing and from the releases that are kept."""
    from orchestration.runs.purge import purge_year
    from orchestration.workspace import Workspace
    from warehouse.settings import load_settings

    workspace = Workspace(load_settings())
    done = purge_year(workspace, municipality_code(municipality, workspace.settings), year)
    for line in done.messages_nb:
        typer.echo(line)
    raise typer.Exit(0 if done.is_complete else 1)


def templates(
    folder: Annotated[Path, typer.Argument(help="folder to write the templates into", file_okay=False)],
) -> None:
    """Templates for the municipality's own figures and its list of settled persons (csv and xlsx, Norwegian)."""
    from sources.kostra.reading.settled import write_templates as write_settled_templates
    from sources.municipal.writer import write_templates as write_own_templates

    for path in [*write_own_templates(folder), *write_settled_templates(folder)]:
        typer.echo(str(path))
