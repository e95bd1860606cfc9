"""Two kinds of releases: those of the warehouse, which readers open, and those of a dataset, which wait for a person.

Here: the commands of both, told apart in what they say. Not here: publishing, or why a release is held.
"""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.options import Quiet, complete_dataset, note

if TYPE_CHECKING:
    from orchestration.workspace import Workspace

releases_app = typer.Typer(
    no_args_is_help=True,
    help="Releases of the warehouse (list, diff, rollback) and of datasets (held, accept, reject).",
)


def _workspace() -> Workspace:
    from orchestration.workspace import Workspace
    from warehouse.settings import load_settings

    return Workspace(load_settings())


@releases_app.command("list")
def releases_list(quiet: Quiet = False) -> None:
    """The releases of the warehouse on this machine, newest last, the published one marked; then the datasets that wait."""
    from orchestration.cli.display import print_releases
    from orchestration.runs.held import held

    workspace = _workspace()
    print_releases(workspace.folder)
    if waiting := held(workspace):
        note(f"{len(waiting)} releases of datasets wait for a decision: integrering releases held")


@releases_app.command("held")
def releases_held(quiet: Quiet = False) -> None:
    """The releases of datasets that wait for a person, with the reason (in Norwegian) and the two commands."""
    from orchestration.runs.held import deciding_nb, held

    waiting = held(_workspace())
    for one in waiting:
        typer.echo(f"{one.dataset_id} {one.release_id} ({one.file_name}, kom {one.came:%d.%m.%Y})")
        for reason in one.reasons:
            typer.echo(f"  - {reason}")
        typer.echo(textwrap.indent(deciding_nb(one.dataset_id, one.release_id), "  "))
    if not waiting:
        typer.echo("Ingen utgaver av datasett venter på avgjørelse.")


@releases_app.command("diff")
def releases_diff(
    first: Annotated[str, typer.Argument(help="id, its number, current or previous")] = "previous",
    second: Annotated[str, typer.Argument(help="id, its number, current or previous")] = "current",
    quiet: Quiet = False,
) -> None:
    """Tables, rows and figures that differ between two releases of the warehouse: by default what the last one changed."""
    from warehouse.release.diff import diff_releases
    from warehouse.release.releases import release_named

    folder = _workspace().folder
    for line in diff_releases(folder, release_named(folder, first), release_named(folder, second)):
        typer.echo(line)


@releases_app.command("rollback")
def releases_rollback(
    release: Annotated[str, typer.Argument(help="release of the warehouse: id, its number, or previous")],
    quiet: Quiet = False,
) -> None:
    """Let the published path point to an earlier release of the warehouse."""
    from warehouse.release.releases import release_named, roll_back

    folder = _workspace().folder
    release_id = release_named(folder, release)
    roll_back(folder, release_id)
    typer.echo(f"published is now {release_id}")


_DATASET = typer.Argument(help="dataset, as imdi_bosatt_anmodede", autocompletion=complete_dataset)
_RELEASE = typer.Argument(help="its release (or the first digits); may be left out where one waits")


@releases_app.command("accept")
def releases_accept(
    dataset: Annotated[str, _DATASET],
    release: Annotated[str | None, _RELEASE] = None,
    yes: Annotated[bool, typer.Option("--yes", help="also one that a person has rejected")] = False,
    quiet: Quiet = False,
) -> None:
    """Take a held release of a dataset into use from the next run on. One that was rejected is asked about first."""
    _decide(dataset, release, "accepted", yes=yes)


@releases_app.command("reject")
def releases_reject(
    dataset: Annotated[str, _DATASET],
    release: Annotated[str | None, _RELEASE] = None,
    yes: Annotated[bool, typer.Option("--yes", help="also one that is in use")] = False,
    quiet: Quiet = False,
) -> None:
    """Never use a held release of a dataset. One that is in use is asked about first."""
    _decide(dataset, release, "rejected", yes=yes)


def _decide(dataset: str, release: str | None, state: str, *, yes: bool) -> None:
    from orchestration.runs.decisions import decide_release

    typer.echo(decide_release(_workspace(), dataset, release, state, is_sure=lambda text: yes or _asked(text)))


def _asked(text: str) -> bool:
    """Ask a person at a terminal; elsewhere nobody can answer, and `--yes` says it."""
    return sys.stdin.isatty() and typer.confirm(text)
