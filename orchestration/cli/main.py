"""The command line `integrering`.

Here: the app, and the commands of running it. Not here: what they do, or the analyst's commands (ask.py) and the municipality's
(municipality.py). Exit 0 done, 1 failed or held, 2 wrong use. Commands import what they need when they are called, so that
`--help` answers at once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from orchestration.cli import ask, municipality, opendata
from orchestration.cli.options import Quiet, complete_dataset
from orchestration.cli.releases import releases_app
from orchestration.loading import loading

if TYPE_CHECKING:
    from orchestration.workspace import Workspace
    from warehouse.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    # a traceback may not print local variables: some commands hold personal data in memory
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Open data warehouse for integration statistics. New here? integrering tables, then integrering find WORD.",
)
ask.add_commands(app)
app.add_typer(releases_app, name="releases")
sources_app = typer.Typer(no_args_is_help=True, help="The dataset specs and their publishers.")
app.add_typer(sources_app, name="sources")
mirror_app = typer.Typer(no_args_is_help=True, help="A copy of landing and releases in an object store.")
app.add_typer(mirror_app, name="mirror")
municipality.add_commands(app)
opendata.add_commands(app)


def _version(is_asked: bool) -> None:
    if not is_asked:
        return
    from importlib.metadata import version

    from warehouse.interface.declaration import interface_version
    from warehouse.paths import DataFolder
    from warehouse.settings import load_settings

    published = DataFolder(load_settings().data_dir.resolve()).published
    release = published.resolve().name if published.exists() else "none published yet"
    typer.echo(f"integrering {version('integrering')}, interface {interface_version()}, release {release}")
    raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="program, interface and published release"),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """What stands before a command."""


def _settings(**changes: Any) -> Settings:
    """The settings with the options of this call; an option that was not given changes nothing."""
    from warehouse.settings import load_settings

    return load_settings(**{name: value for name, value in changes.items() if value is not None})


def _workspace(**options: Any) -> Workspace:
    from orchestration.workspace import Workspace

    return Workspace(_settings(), **options)


@app.command()
def run(
    source: Annotated[
        Literal["bundled", "demo", "extracts", "live"] | None,
        typer.Option(help="bundled: real figures that ship; demo: invented ones"),
    ] = None,
    extracts: Annotated[Path | None, typer.Option(help="folder of extracts", exists=True, file_okay=False)] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="globs on dataset ids", autocompletion=complete_dataset)
    ] = None,
    full: Annotated[bool, typer.Option(help="rebuild everything from landing")] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="with --source demo: invented figures may replace the real ones of this folder"),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Refresh what changed, build, verify, publish, write the report."""
    with loading():
        from orchestration.cli.display import Progress, print_run
        from orchestration.runs.run import run_once
        from orchestration.workspace import Workspace

    chosen = source or ("extracts" if extracts else None)
    settings = _settings(source=chosen, extracts_dir=extracts.resolve() if extracts else None)
    if settings.source == "extracts" and settings.extracts_dir is None:
        raise typer.BadParameter("needed with --source extracts", param_hint="--extracts")
    if settings.source == "extracts" and not settings.extracts_dir.is_dir():
        raise typer.BadParameter(f"{settings.extracts_dir} is gone; name the folder anew", param_hint="--extracts")
    replaces = source == "demo" and (yes or _is_willing(Workspace(settings)))
    with Progress() as progress:
        workspace = Workspace(
            settings, only=tuple(only or ()), full=full, report=progress.outcome, replaces_real=replaces
        )
        report = run_once(workspace, on_stage=progress.stage)
    print_run(report, workspace)
    raise typer.Exit(report.exit_code)


def _is_willing(workspace: Workspace) -> bool:
    """Ask a person at a terminal; elsewhere nobody can answer, and `--yes` says it."""
    from warehouse.last_run import holds_real

    if not sys.stdin.isatty() or not holds_real(workspace.folder):
        return False
    return typer.confirm(f"{workspace.folder.root} holds real figures. Replace them by invented ones?")


@app.command()
def status(
    json_output: Annotated[bool, typer.Option("--json", help="the board as JSON")] = False,
    late: Annotated[bool, typer.Option("--late", help="only what is late or waits for a person")] = False,
    quiet: Quiet = False,
) -> None:
    """The freshness board (in Norwegian): how often each group is updated, what is late, what waits for a decision."""
    from orchestration.cli.status_display import print_board
    from orchestration.runs.status import board

    found = board(_workspace())
    if json_output:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        print_board(found, only_late=late)


@sources_app.command("check")
def sources_check(
    live: Annotated[bool, typer.Option(help="ask the publishers too")] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="globs on dataset ids", autocompletion=complete_dataset)
    ] = None,
) -> None:
    """Validate all dataset specs and show what each would call; with --live compare them with upstream."""
    from orchestration.cli.status_display import print_checks
    from orchestration.upstream.live import http_client
    from sources.live import check_live, live_clients

    workspace = _workspace(only=tuple(only or ()))
    workspace.check_only()
    specs = [spec for spec in workspace.specs.values() if workspace.wants(spec.dataset_id)]
    clients = live_clients(http_client(workspace)) if live else None
    is_fine = print_checks(check_live(specs, clients, live=live))
    raise typer.Exit(0 if is_fine else 1)


@sources_app.command("small-counts")
def sources_small_counts(folder: Annotated[Path, typer.Argument(help="a folder of extracts")]) -> None:
    """Whether the small counts of the files in a folder show hiding, rounding or neither, beside what the specs declare."""
    from orchestration.cli.status_display import print_small_counts
    from sources.small_counts import in_folder

    is_fine = print_small_counts(in_folder(folder, _workspace().specs))
    raise typer.Exit(0 if is_fine else 1)


@mirror_app.command("push")
def mirror_push(address: Annotated[str | None, typer.Argument(help="default: the setting mirror")] = None) -> None:
    """Copy what the store lacks of landing and releases; needs no run in progress."""
    from warehouse.lock import writer_lock
    from warehouse.release.mirror import push

    workspace = _workspace()
    with writer_lock(workspace.folder.lock):
        done = push(workspace.folder, address or workspace.settings.mirror)
    typer.echo(
        f"{done.files} files, {done.bytes} bytes copied, {done.removed} removed; published: {done.release_id or 'none'}"
    )


@mirror_app.command("pull")
def mirror_pull(address: Annotated[str | None, typer.Argument(help="default: the setting mirror")] = None) -> None:
    """Restore an empty data folder from the store, checking every file; then: integrering run --full."""
    from warehouse.release.mirror import pull

    workspace = _workspace()
    done = pull(address or workspace.settings.mirror, workspace.folder)
    typer.echo(f"{done.files} files, {done.bytes} bytes restored; published: {done.release_id or 'none'}")


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="port on 127.0.0.1")] = 3000,
    upstream: Annotated[
        Literal["local"] | None, typer.Option(help="local: serve --releases as the publishers would")
    ] = None,
    releases: Annotated[Path | None, typer.Option(help="folder of releases for --upstream local", exists=True)] = None,
) -> None:
    """The Dagster UI and daemon on this machine only, with sensors as the settings say."""
    from orchestration.cli.dev import run_dev, run_dev_with_local_upstream

    workspace = _workspace()
    if upstream is None:
        raise typer.Exit(run_dev(workspace, port))
    folder = releases or workspace.settings.extracts_dir
    if folder is None:
        raise typer.BadParameter("needed with --upstream local", param_hint="--releases")
    raise typer.Exit(run_dev_with_local_upstream(workspace, port, folder))


def main() -> None:
    """Entry point: typed errors become one readable message and exit code 1, or 2 for wrong use."""
    from sources.errors import SourceError
    from warehouse.errors import WarehouseError, WrongSetting

    try:
        app()
    except (SourceError, WarehouseError) as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2 if isinstance(problem, WrongSetting) else 1) from None


if __name__ == "__main__":
    main()
