"""What `integrering status` and `integrering sources check` print, in Norwegian and in plain lines where no one looks on.

Here: printing. Not here: what the board says (status.py). Labels from upstream are shown as text, never as markup.
"""

import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from orchestration.cli.display import listed
from orchestration.runs.held import deciding_nb
from orchestration.runs.status import LATE_STATES, Board, Standing
from sources.http.limits import OSLO
from sources.live import CheckRow
from sources.small_counts import LevelJudgement

LONGEST_NAME = 40
"""Letters of a dataset's title on the board; the rest is in dim_dataset."""

NARROW = 150
"""Columns of a terminal under which the datasets take two lines each."""
WHOLE = frozenset({"Gruppe", "Datasett", "Siste utgave", "Neste fra", "Ventes"})
"""Heads of the columns whose cells are never cut."""


def print_board(board: Board, *, only_late: bool = False) -> None:
    """The council's question first, then what waits for a person, the groups, and the datasets; or only what is late or waits."""
    console = Console(width=None if sys.stdout.isatty() else 170)
    demo = " DEMODATA: tallene er oppdiktet." if board.is_demo else ""
    console.print(f"Ferskhet per {_day(board.today)}, utgave {board.release_id}.{demo}", style="bold", highlight=False)
    if not only_late:
        console.print(escape(board.answer_nb), highlight=False, soft_wrap=True)
    _print_held(console, board)
    _print_unused(console, board)
    if not only_late:
        console.print(_groups(board, console.width))
        for line in _rules(board):
            console.print(escape(f"  {line}"), highlight=False, soft_wrap=True)
    late = [s for s in board.datasets if s.state in LATE_STATES]
    if late or not only_late:
        console.print(_datasets(late if only_late else board.datasets, console.width))
    else:
        console.print("Ingen datasett er forsinket.", highlight=False)
    for state, said in (("undated", "i bruk uten kjent utgivelsesdato"), ("no_release", "ikke hentet ennå")):
        if count := sum(s.state == state for s in board.datasets):
            console.print(f"{count} datasett er {said}.", highlight=False)
    for line in _notes(board.datasets):
        console.print(escape(f"  {line}"), highlight=False, soft_wrap=True)


def _notes(datasets: list[Standing]) -> Iterator[str]:
    """What upstream said of a dataset; a publisher that does not answer is told of once."""
    silent: dict[str, list[Standing]] = {}
    for standing in datasets:
        if standing.silent_publisher:
            silent.setdefault(standing.silent_publisher, []).append(standing)
        elif standing.note:
            yield f"{standing.dataset_id}: {standing.state_nb}. {standing.note}"
    for publisher, failed in silent.items():
        first = min((s for s in failed if s.failing_since), key=lambda s: str(s.failing_since), default=failed[0])
        since = f" siden {first.failing_since.astimezone(OSLO):%d.%m.%Y kl. %H.%M}" if first.failing_since else ""
        fetched = max((s.last_fetched for s in failed if s.last_fetched), default=None)
        age = f" Tallene som vises ble sist hentet {fetched.astimezone(OSLO):%d.%m.%Y}." if fetched else ""
        yield f"{publisher} har ikke svart{since}: {len(failed)} datasett kunne ikke hentes.{age} {first.note}"


def _print_held(console: Console, board: Board) -> None:
    if not board.held:
        console.print("Ingen utgaver venter på avgjørelse.", highlight=False)
    for one in board.held:
        console.print(
            escape(
                f"HOLDT TILBAKE {one.dataset_id} {one.release_id} ({one.file_name}, kom {one.came:%d.%m.%Y}), "
                "ikke i bruk før noen avgjør det:"
            ),
            style="bold",
            highlight=False,
            soft_wrap=True,
        )
        for reason in one.reasons:
            console.print(escape(f"  - {reason}"), highlight=False, soft_wrap=True)
        deciding = textwrap.indent(deciding_nb(one.dataset_id, one.release_id), "  ")
        console.print(escape(deciding), highlight=False, soft_wrap=True)


def _print_unused(console: Console, board: Board) -> None:
    """What was put there and does not serve, and the datasets in use that feed no figure."""
    lines = [
        f"IKKE I BRUK {one.dataset_id} ({one.file_name}, {one.came:%d.%m.%Y}): {one.why_nb}." for one in board.not_used
    ]
    for one in board.not_read:
        what = f"{one.dataset_id} ({one.file_name})" if one.dataset_id else f"{one.file_name} (ukjent datasett)"
        lines.append(f"IKKE LEST {what}: {one.message}")
    for one in board.unserved:
        labels = f" Ukjente navn i filen: {', '.join(one.new_labels[:8])}." if one.new_labels else ""
        lines.append(f"UTEN TALL {one.dataset_id} er i bruk, men gir ingen tall til {listed(one.names_nb)}.{labels}")
    for line in lines:
        console.print(escape(line), highlight=False, soft_wrap=True)


def _table(title: str, heads: Sequence[str], width: int) -> Table:
    """A table whose ids and dates are whole however narrow the terminal is: they are what the next command is made of."""
    columns = [Column(head, no_wrap=head in WHOLE) for head in heads]
    return Table(*columns, title=title, title_justify="left", padding=(0, 0 if width < NARROW else 1))


def _groups(board: Board, width: int) -> Table:
    heads = ("Gruppe", "Datasett", "Forsinket", "Siste utgave", "Neste fra", "Nytt år siste 12 md.", "Anbefalt")
    table = _table("Statistikkgrupper (nytt år: av hvor mange indikatorer)", heads, width)
    for group in board.groups:
        table.add_row(
            escape(group.name_nb),
            str(group.datasets),
            str(group.late),
            _day(group.last_release),
            _day(group.next_from),
            f"{group.with_new_year} av {group.indicators}",
            escape(group.recommended_nb),
        )
    return table


def _rules(board: Board) -> Iterator[str]:
    """Why a frequency is recommended: each rule once, with the groups that it is the rule of."""
    groups: dict[str, list[str]] = {}
    for group in board.groups:
        groups.setdefault(group.rule_nb, []).append(group.name_nb)
    for rule, names in groups.items():
        yield f"{', '.join(names)}: {rule}" if len(groups) > 1 else rule


def _datasets(standings: Sequence[Standing], width: int) -> Table:
    """Where each dataset stands. On a narrow terminal name and id share a column, since an id is typed into the next command."""
    shown = [s for s in standings if s.state not in ("no_release", "undated")]
    rows = [_cells(s) for s in sorted(shown, key=lambda s: (s.state not in LATE_STATES, s.dataset_id))]
    heads = ["Navn", "Datasett", "Oppgitt", "Observert", "Siste utgave", "Siste år", "Ventes", "Status"]
    if width < NARROW:
        heads = ["Datasett", "Rytme", *heads[4:]]
        rows = [
            (f"{name}\n{dataset}", f"{declared}\n{observed}".strip(), last, year, window.replace("-", "-\n"), state)
            for name, dataset, declared, observed, last, year, window, state in rows
        ]
    table = _table("Datasett", heads, width)
    for row in rows:
        table.add_row(*row)
    return table


def _cells(standing: Standing) -> tuple[str, ...]:
    return (
        escape(textwrap.shorten(standing.title_nb, LONGEST_NAME, placeholder=" …")),
        standing.dataset_id,
        escape(standing.declared_nb),
        f"{standing.observed_days:.0f} dager" if standing.observed_days else "",
        _day(standing.last_release),
        str(standing.last_year or ""),
        _window(standing),
        escape(standing.state_nb),
    )


def _window(standing: Standing) -> str:
    if standing.next_from is None:
        return ""
    return f"{_day(standing.next_from)}-{_day(standing.next_to)}"


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def print_small_counts(judged: list[LevelJudgement]) -> bool:
    """One line a dataset and level: what its small counts show and what its spec declares. Returns whether all agree."""
    for row in judged:
        years = str(row.years[0]) if len(row.years) == 1 else f"{row.years[0]}-{row.years[-1]}"
        print(
            f"{'ok  ' if row.agrees else 'LOOK'} {row.dataset_id} {row.region_level} {years}: shows {row.shows} "
            f"(0: {row.zeros}, 1 and 2: {row.ones_and_twos}, 3: {row.threes}, hidden: {row.hidden}), declared: {row.declared}"
        )
    wrong = sum(not row.agrees for row in judged)
    print(
        f"{len(judged)} judged, {wrong} to look at" + (": correct `rounding` or `hidden` of the spec" if wrong else "")
    )
    return wrong == 0


def print_checks(rows: list[CheckRow]) -> bool:
    """One line a dataset: what would be called, its state, and what differs. Returns whether all is fine."""
    for row in rows:
        print(f"{'ok  ' if row.is_fine else 'LOOK'} {row.dataset_id}: {row.state}; {row.calls}")
        for difference in row.differences:
            print(f"       {difference}")
    wrong = sum(not row.is_fine for row in rows)
    print(f"{len(rows)} datasets, {wrong} to look at")
    return wrong == 0
