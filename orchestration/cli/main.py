"""The command line `integrering`.

Here: commands, their options, and what they print. Not here: what they do. Exit 0 done, 1 failed or held, 2 wrong use.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.display import Progress, print_error, print_run
from orchestration.cli.municipality import add_commands
from orchestration.workspace import Workspace
from sources.errors import SourceError
from warehouse.errors import WarehouseError, WrongSetting
from warehouse.last_run import holds_real
from warehouse.settings import Settings, load_settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    # a traceback may not print local variables: some commands hold personal data in memory
    pretty_exceptions_show_locals=False,
    help="Open data warehouse for integration statistics.",
)
releases_app = typer.Typer(no_args_is_help=True, help="Published releases: list, diff, rollback.")
app.add_typer(releases_app, name="releases")
sources_app = typer.Typer(no_args_is_help=True, help="The dataset specs and their publishers.")
app.add_typer(sources_app, name="sources")
mirror_app = typer.Typer(no_args_is_help=True, help="A copy of landing and releases in an object store.")
app.add_typer(mirror_app, name="mirror")


add_commands(app)


def _settings(**changes: Any) -> Settings:
    """The settings with the options of this call; an option that was not given changes nothing."""
    return load_settings(**{name: value for name, value in changes.items() if value is not None})


@app.command()
def run(
    source: Annotated[
        str | None, typer.Option(help="bundled (real figures that ship), demo (invented), extracts or live")
    ] = None,
    extracts: Annotated[Path | None, typer.Option(help="folder of extracts", exists=True, file_okay=False)] = None,
    only: Annotated[list[str] | None, typer.Option(help="globs on dataset ids")] = None,
    full: Annotated[bool, typer.Option(help="rebuild everything from landing")] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="with --source demo: invented figures may replace the real ones of this folder"),
    ] = False,
) -> None:
    """Refresh what changed, build, verify, publish, write the report."""
    from orchestration.runs.run import run_once

    if source not in (None, "bundled", "demo", "extracts", "live"):
        raise typer.BadParameter("one of bundled, demo, extracts, live", param_hint="--source")
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
    if not sys.stdin.isatty() or not holds_real(workspace.folder):
        return False
    return typer.confirm(f"{workspace.folder.root} holds real figures. Replace them by invented ones?")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="one SQL statement")],
    output: Annotated[
        str,
        typer.Option("--format", help="table, csv, json, or csv-nb: semicolon and comma, for Norwegian spreadsheets"),
    ] = "table",
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the marts as they were that day")
    ] = None,
) -> None:
    """Read-only SQL on the published release, or on the marts as they were on a date."""
    from warehouse.query import FORMATS, run_query, write_result

    if output not in FORMATS:
        raise typer.BadParameter(f"one of {', '.join(FORMATS)}", param_hint="--format")
    settings = _settings()
    data_dir = settings.data_dir
    if as_of is not None:
        from orchestration.runs.as_of import warehouse_as_of

        data_dir = warehouse_as_of(Workspace(settings), as_of.date())
    if output != "table" and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    write_result(run_query(data_dir, sql), output, sys.stdout)


@app.command()
def status(json_output: Annotated[bool, typer.Option("--json", help="the board as JSON")] = False) -> None:
    """The freshness board (in Norwegian): how often each group is updated, what is late, what waits for a decision."""
    from orchestration.cli.status_display import print_board
    from orchestration.runs.status import board

    found = board(Workspace(_settings()))
    if json_output:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        print_board(found)


@sources_app.command("check")
def sources_check(
    live: Annotated[bool, typer.Option(help="ask the publishers too")] = False,
    only: Annotated[list[str] | None, typer.Option(help="globs on dataset ids")] = None,
) -> None:
    """Validate all dataset specs and show what each would call; with --live compare them with upstream."""
    from orchestration.cli.status_display import print_checks
    from orchestration.runs.live import http_client
    from sources.live import check_live, live_clients

    workspace = Workspace(_settings(), only=tuple(only or ()))
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

    is_fine = print_small_counts(in_folder(folder, Workspace(_settings()).specs))
    raise typer.Exit(0 if is_fine else 1)


@app.command()
def trace(
    table: Annotated[str, typer.Argument(help="a published table")],
    key: Annotated[list[str], typer.Argument(help="KEY=VALUE pairs that name one row")],
) -> None:
    """From a published figure back to the raw cell it came from, or to what it was computed from."""
    from orchestration.trace.walk import trace_figure

    pairs = dict(part.split("=", 1) if "=" in part else _not_a_pair(part) for part in key)
    for line in trace_figure(Workspace(_settings()), table, pairs):
        typer.echo(line)


def _not_a_pair(part: str) -> tuple[str, str]:
    raise typer.BadParameter(f"{part!r} is not KEY=VALUE", param_hint="key")


@releases_app.command("list")
def releases_list() -> None:
    """The published releases on this machine, newest last."""
    from orchestration.cli.display import print_releases

    print_releases(Workspace(_settings()).folder)


@releases_app.command("diff")
def releases_diff(first: str, second: str) -> None:
    """Tables, rows and figures that differ between two releases."""
    from warehouse.release.diff import diff_releases

    for line in diff_releases(Workspace(_settings()).folder, first, second):
        typer.echo(line)


@releases_app.command("rollback")
def releases_rollback(release_id: str) -> None:
    """Let the published path point to an earlier release."""
    from warehouse.release.releases import roll_back

    roll_back(Workspace(_settings()).folder, release_id)
    typer.echo(f"published is now {release_id}")


@releases_app.command("accept")
def releases_accept(dataset: str, release: str) -> None:
    """Take a held release of a dataset into use from the next run on."""
    _decide(dataset, release, "accepted")


@releases_app.command("reject")
def releases_reject(dataset: str, release: str) -> None:
    """Never use a held release of a dataset."""
    _decide(dataset, release, "rejected")


@mirror_app.command("push")
def mirror_push(address: Annotated[str | None, typer.Argument(help="default: the setting mirror")] = None) -> None:
    """Copy what the store lacks of landing and releases; needs no run in progress."""
    from warehouse.lock import writer_lock
    from warehouse.release.mirror import push

    settings = _settings()
    folder = Workspace(settings).folder
    with writer_lock(folder.lock):
        done = push(folder, address or settings.mirror)
    typer.echo(
        f"{done.files} files, {done.bytes} bytes copied, {done.removed} removed; published: {done.release_id or 'none'}"
    )


@mirror_app.command("pull")
def mirror_pull(address: Annotated[str | None, typer.Argument(help="default: the setting mirror")] = None) -> None:
    """Restore an empty data folder from the store, checking every file; then: integrering run --full."""
    from warehouse.release.mirror import pull

    settings = _settings()
    done = pull(address or settings.mirror, Workspace(settings).folder)
    typer.echo(f"{done.files} files, {done.bytes} bytes restored; published: {done.release_id or 'none'}")


def _decide(dataset: str, release: str, state: str) -> None:
    from orchestration.runs.decisions import decide_release

    typer.echo(decide_release(Workspace(_settings()), dataset, release, state))


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="port on 127.0.0.1")] = 3000,
    upstream: Annotated[str | None, typer.Option(help="local: serve --releases as the publishers would")] = None,
    releases: Annotated[Path | None, typer.Option(help="folder of releases for --upstream local", exists=True)] = None,
) -> None:
    """The Dagster UI and daemon on this machine only, with sensors as the settings say."""
    from orchestration.cli.dev import run_dev, run_dev_with_local_upstream

    if upstream not in (None, "local"):
        raise typer.BadParameter("local is the only one", param_hint="--upstream")
    workspace = Workspace(_settings())
    if upstream is None:
        raise typer.Exit(run_dev(workspace, port))
    folder = releases or workspace.settings.extracts_dir
    if folder is None:
        raise typer.BadParameter("needed with --upstream local", param_hint="--releases")
    raise typer.Exit(run_dev_with_local_upstream(workspace, port, folder))


def main() -> None:
    """Entry point: typed errors become one readable message and exit code 1."""
    try:
        app()
    except (SourceError, WarehouseError) as problem:
        print_error(problem)
        raise SystemExit(2 if isinstance(problem, WrongSetting) else 1) from None


if __name__ == "__main__":
    main()
