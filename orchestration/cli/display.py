"""What the command line shows: progress, and the closing table.

Here: printing. Not here: deciding anything. Progress on a terminal, plain lines elsewhere.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.cli.options import is_quiet
from orchestration.runs.held import deciding_nb
from orchestration.runs.run import RunReport
from orchestration.runs.settle import OBJECTIONS, Outcome
from orchestration.workspace import Workspace
from sources.http.limits import OSLO
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.publish import read_manifest, release_ids

NOTHING_NEW = "Everything unchanged: nothing was built."

_ORDER = {
    "refreshed": 0,
    "unchanged": 1,
    "history": 2,
    "closed": 3,
    "discontinued": 4,
    "withdrawn": 5,
    "not_used": 6,
    "held": 7,
    "failed": 8,
}


_OBJECTION_NB = {
    "held": "HOLDT TILBAKE",
    "not_used": "IKKE I BRUK",
    "failed": "FEILET",
    "withdrawn": "TRUKKET TILBAKE",
}
"""The board's words: whoever reads these lines decides on what they name."""


class Progress:
    """Shows which stage a run is in: a status line on a terminal, one line per stage elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._status = self._console.status("") if self._console.is_terminal and not is_quiet() else None

    def __enter__(self) -> Progress:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def stage(self, text: str) -> None:
        if is_quiet():
            return
        if self._status:
            self._status.update(text)
        else:
            print(text, file=sys.stderr, flush=True)

    def outcome(self, outcome: object) -> None:
        if isinstance(outcome, Outcome):
            self.stage(f"{outcome.dataset_id}: {outcome.state} ({outcome.name})")


def print_run(report: RunReport, workspace: Workspace) -> None:
    """The closing table: refreshed, unchanged, not used, held, failed; then unknown files and the published release."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    table = Table("state", "dataset", "files", "rows", title="Datasets", title_justify="left")
    for (state, dataset_id), outcomes in _grouped(report.outcomes).items():
        rows = sum(o.rows for o in outcomes)
        table.add_row(state, dataset_id, str(len(outcomes)), str(rows) if rows else "")
    if report.outcomes:
        console.print(table)
    _print_remarks(console, report.outcomes)
    counts = {state: sum(o.state == state for o in report.outcomes) for state in _ORDER}
    always = ("refreshed", "unchanged", "not_used", "held", "failed")
    counts = {state: count for state, count in counts.items() if count or state in always}
    console.print(", ".join(f"{count} {state}" for state, count in counts.items()), highlight=False)
    for name, reason in report.unplaced:
        console.print(escape(f"IKKE LEST {name}: {reason}"), highlight=False, soft_wrap=True)
    _print_unknown(console, report.unknown)
    if report.failure:
        console.print(f"NOT PUBLISHED. {escape(report.failure)}", style="bold", highlight=False, soft_wrap=True)
    elif not report.was_built:
        refused = len({o.dataset_id for o in report.outcomes if o.state in OBJECTIONS})
        what = (
            f"Nothing new to build; {refused} datasets failed or wait, and stand as they were."
            if refused
            else NOTHING_NEW
        )
        console.print(what, highlight=False)
    if report.release_id:
        demo = " (DEMO DATA: invented figures)" if read_manifest(workspace.folder.published).is_demo else ""
        path = workspace.folder.published / DATABASE
        still = "Published release" if report.was_built and not report.failure else "Still published: release"
        console.print(f"{still} {report.release_id}{demo}: {path}", highlight=False, soft_wrap=True)


def _print_remarks(console: Console, outcomes: list[Outcome]) -> None:
    """What somebody has to look at, in capitals; then what is worth knowing of what is in use or kept beside it."""
    for text in _objections(outcomes):
        console.print(escape(text), highlight=False, soft_wrap=True)
    for outcome in outcomes:
        words = f"{outcome.dataset_id} ({outcome.name})"
        if outcome.remark or outcome.state == "history":
            said = outcome.remark or outcome.message_nb
            console.print(escape(f"merk: {words}: {said}"), highlight=False, soft_wrap=True)


def _objections(outcomes: list[Outcome]) -> Iterator[str]:
    """A line for each outcome that somebody should look at; a publisher that does not answer is told of once."""
    silent: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.silent_publisher:
            silent.setdefault(outcome.silent_publisher, []).append(outcome)
        elif outcome.state in _OBJECTION_NB:
            why = outcome.message_nb or outcome.message
            yield f"{_OBJECTION_NB[outcome.state]} {outcome.dataset_id} ({outcome.name}): {why}"
            if outcome.state == "held":
                yield textwrap.indent(deciding_nb(outcome.dataset_id, outcome.release_id), "  ")
    for publisher, failed in silent.items():
        first = min(failed, key=lambda o: o.failing_since or datetime.max.replace(tzinfo=UTC))
        since = f" siden {first.failing_since.astimezone(OSLO):%d.%m.%Y kl. %H.%M}" if first.failing_since else ""
        names = listed([o.dataset_id for o in failed])
        yield f"FEILET {publisher} har ikke svart{since}: {len(failed)} datasett ({names}). {first.message_nb or first.message}"


def listed(names: Sequence[str]) -> str:
    """The first names of a list, and how many more there are."""
    return ", ".join(names[:3]) + (f" og {len(names) - 3} til" if len(names) > 3 else "")


def _print_unknown(console: Console, unknown: list[tuple[str, str]]) -> None:
    """Files that no spec reads, by folder and reason: they are no error, but nobody should have to wonder."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for name, reason in unknown:
        path = PurePosixPath(name)
        grouped.setdefault((path.parent.as_posix(), reason), []).append(path.name)
    if unknown:
        console.print(f"{len(unknown)} filer i mappen er ikke lest:", highlight=False)
    for (folder, reason), names in grouped.items():
        console.print(escape(f"  {folder}: {listed(names)}: {reason}"), highlight=False, soft_wrap=True)


def _grouped(outcomes: list[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    grouped: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: (_ORDER[o.state], o.dataset_id, o.name)):
        grouped.setdefault((outcome.state, outcome.dataset_id), []).append(outcome)
    return grouped


def print_releases(folder: DataFolder) -> None:
    """One line per release on disk, the published one marked."""
    current = folder.published.resolve().name if folder.published.exists() else None
    print("releases of the warehouse (* is what readers open)")
    for release_id in release_ids(folder):
        manifest = read_manifest(folder.releases / release_id)
        mark = "*" if release_id == current else " "
        demo = " demo" if manifest.is_demo else ""
        rows = sum(table.rows for table in manifest.tables)
        print(f"{mark} {release_id}  {manifest.published_at}  {len(manifest.tables)} tables  {rows} rows{demo}")
