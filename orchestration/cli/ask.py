"""What an analyst asks: a query, a word, the tables, one table or indicator, and where a figure comes from.

Here: options and printing. Not here: SQL (warehouse/query.py), searching (warehouse/interface/finding.py), or walking.
"""

import shutil
import sys
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.options import (
    Quiet,
    TableFormat,
    complete_indicator,
    complete_key,
    complete_municipality,
    complete_name,
    complete_table,
    municipality_code,
    note,
)

FOUND_OF_A_KIND = 12
"""So many hits of one kind are shown; how many more there are is said."""


def add_commands(app: typer.Typer) -> None:
    """Register the commands on the command line's app."""
    for command in (query, find, tables, describe, compare, trace):
        app.command()(command)


def query(
    sql: Annotated[str | None, typer.Argument(help="one SQL statement; - or nothing reads stdin")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", exists=True, dir_okay=False, help="read it from a file")
    ] = None,
    output: TableFormat = "table",
    limit: Annotated[
        int | None,
        typer.Option(min=0, help="rows at most; 0 for all. By default 100 as a table, all as csv and json"),
    ] = None,
    tall: Annotated[
        bool | None,
        typer.Option("--tall/--wide", help="a column a line, or a row a line; by default what fits the terminal"),
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the marts as they were that day (builds them first)")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Read-only SQL on the published release, or on the marts as they were on a date."""
    from warehouse.query import DEFAULT_ROWS, run_query, write_result
    from warehouse.settings import load_settings

    text = _statement(sql, file)
    settings = load_settings()
    data_dir = settings.data_dir
    if as_of is not None:
        from orchestration.cli.display import Progress
        from orchestration.runs.as_of import warehouse_as_of
        from orchestration.workspace import Workspace

        with Progress() as progress:
            data_dir = warehouse_as_of(Workspace(settings), as_of.date(), on_stage=progress.stage)
    rows = (DEFAULT_ROWS if output == "table" else None) if limit is None else limit or None
    answer = run_query(data_dir, text, rows)
    if output != "table" and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    write_result(answer, output, sys.stdout, width=_width(tall))
    if answer.is_cut:
        note(f"the first {rows} rows; there are more: --limit N for N rows, --limit 0 for all")
    if not answer.rows:
        note("no rows")
    for hint in answer.hints:
        note(f"  {hint}")


def _statement(sql: str | None, file: Path | None) -> str:
    if file is not None and sql is not None:
        raise typer.BadParameter("a statement or a file, not both", param_hint="--file")
    if file is not None:
        return file.read_text(encoding="utf-8")
    if sql is not None and sql != "-":
        return sql
    if sys.stdin.isatty():
        raise typer.BadParameter("give it here, with --file FILE, or on stdin", param_hint="SQL")
    text = sys.stdin.read()
    if not text.strip():
        raise typer.BadParameter("nothing on stdin: give a statement, or --file FILE", param_hint="SQL")
    return text


def _width(tall: bool | None) -> int | None:
    """The width that rows may take: any where nobody looks on, so that a pipe gets a row a line."""
    if tall is None:
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return 0 if tall else None


def find(
    words: Annotated[list[str], typer.Argument(help="a word or more, in Norwegian or English")], quiet: Quiet = False
) -> None:
    """Indicators, tables, columns, codes, datasets and places that a word stands in."""
    from warehouse.errors import WarehouseError
    from warehouse.interface.finding import find as search
    from warehouse.interface.finding import near_words
    from warehouse.interface.groups import unknown_groups
    from warehouse.query import open_published
    from warehouse.settings import load_settings

    asked = " ".join(words)
    with open_published(load_settings().data_dir) as connection:
        hits = search(connection, asked)
        near = near_words(connection, asked) if not hits else []
        unknown = unknown_groups(connection, " ".join(hit.name for hit in hits))
    if not hits:
        raise WarehouseError(
            expected="a word of an indicator, table, column, code, dataset or place",
            found=f"{asked!r}, which stands in none",
            where="find",
            next_step=(f"perhaps {', '.join(near)}; " if near else "")
            + "try a shorter or another word; integrering tables lists the tables",
        )
    for kind in dict.fromkeys(hit.kind for hit in hits):
        of_kind = [hit for hit in hits if hit.kind == kind]
        typer.echo(f"{kind}s" if len(of_kind) > 1 else kind)
        for hit in of_kind[:FOUND_OF_A_KIND]:
            typer.echo(f"  {hit.name}  {hit.text}")
        if len(of_kind) > FOUND_OF_A_KIND:
            typer.echo(f"  and {len(of_kind) - FOUND_OF_A_KIND} more: add a word")
    for line in unknown:
        typer.echo(line)
    first = next((hit.next_step for hit in hits if hit.next_step.startswith("integrering")), None)
    if first:
        note(f"next: {first}")


def tables(quiet: Quiet = False) -> None:
    """The published tables and views, where to start first; those without rows apart."""
    from warehouse.interface.finding import tables as listed
    from warehouse.query import open_published
    from warehouse.settings import load_settings

    with open_published(load_settings().data_dir) as connection:
        found = listed(connection)
    room = max(len(table.name) for table in found)
    for table in (table for table in found if table.rows != 0):
        rows = "view" if table.rows is None else f"{table.rows:,}".replace(",", " ")
        typer.echo(f"{table.name.ljust(room)}  {rows:>9}  {table.text.partition('. ')[0].rstrip('.')}")
    if empty := [table.name for table in found if table.rows == 0]:
        typer.echo(f"without rows in this release: {', '.join(empty)}")
    note("next: integrering describe TABLE; integrering find WORD")


def describe(
    name: Annotated[str, typer.Argument(help="a table, a view or an indicator", autocompletion=complete_name)],
    municipality: Annotated[
        str | None,
        typer.Option(help="name or code; default the home municipality", autocompletion=complete_municipality),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """What a table or indicator is: columns, units, codes, years, and queries to start from."""
    from warehouse.interface.finding import describe as described
    from warehouse.query import open_published
    from warehouse.settings import load_settings

    settings = load_settings()
    code = municipality_code(municipality, settings)
    with open_published(settings.data_dir) as connection:
        found = described(connection, name, code)
    typer.echo(found.title)
    for line in found.lines:
        typer.echo(f"  {line}")
    room = max((len(column) for column, _, _ in found.rows), default=0)
    for column, kind, text in found.rows:
        typer.echo(f"  {column.ljust(room)}  {kind.ljust(9)}  {text}")
    for sql in found.queries:
        typer.echo(f'integrering query "{sql}"')


def compare(
    indicator: Annotated[
        str,
        typer.Argument(help="id of an indicator; `integrering find WORD` finds it", autocompletion=complete_indicator),
    ],
    places: Annotated[
        list[str] | None,
        typer.Argument(
            help="municipalities by name or code; default the home municipality", autocompletion=complete_municipality
        ),
    ] = None,
    years: Annotated[int, typer.Option(min=1, help="the newest so many")] = 10,
    output: TableFormat = "table",
    quiet: Quiet = False,
) -> None:
    """Municipalities side by side in one indicator, beside their counties and the country."""
    from warehouse.interface.comparing import compare as compared
    from warehouse.query import open_published, write_result
    from warehouse.settings import load_settings

    settings = load_settings()
    codes = [municipality_code(place, settings) for place in places or [settings.municipality]]
    with open_published(settings.data_dir) as connection:
        answer = compared(connection, indicator, codes, years)
    write_result(answer, output, sys.stdout)
    for line in answer.hints:
        note(line)


def trace(
    table: Annotated[str, typer.Argument(help="a published table or view", autocompletion=complete_table)],
    key: Annotated[list[str], typer.Argument(help="KEY=VALUE pairs that name one row", autocompletion=complete_key)],
    quiet: Quiet = False,
) -> None:
    """From a published figure back to the raw cell it came from, or to what it was computed from."""
    from orchestration.trace.walk import trace_figure
    from orchestration.workspace import Workspace
    from warehouse.settings import load_settings

    pairs = dict(part.split("=", 1) if "=" in part else _not_a_pair(part) for part in key)
    for line in trace_figure(Workspace(load_settings()), table, pairs):
        typer.echo(line)


def _not_a_pair(part: str) -> tuple[str, str]:
    raise typer.BadParameter(f"{part!r} is not KEY=VALUE", param_hint="key")
