"""What a person is told about a query that cannot be answered, or that answers with nothing.

Here: DuckDB's refusals and empty answers, said so that the next try works. Not here: running a query (query.py).
"""

from __future__ import annotations

import re
from difflib import get_close_matches

import duckdb

from warehouse.errors import WarehouseError
from warehouse.places import called

_TABLE = re.compile(r"Table with name (\S+?)!? does not exist")
_COLUMN = re.compile(r'(?:column|Column) "?([\w.]+)"? (?:not found|does not exist|that is not)|named "(\w+)"')
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


SHORTEST_SLIP = 4
"""Words no longer than this are near too many names."""


class BadQuery(WarehouseError):
    """The statement cannot be answered."""


def statement_of(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one statement of a text. Raises BadQuery for none, for several, and for what is no SQL."""
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as problem:
        raise explained(connection, problem) from problem
    if len(statements) != 1:
        raise BadQuery(
            expected="one SQL statement",
            found=f"{len(statements)} statements" if statements else "none",
            where="query",
            next_step="ask them one at a time, or join them with union all"
            if statements
            else "give it as text, --file or stdin",
        )
    return statements[0]


def explained(connection: duckdb.DuckDBPyConnection, problem: duckdb.Error) -> BadQuery:
    """DuckDB's refusal as expected, found and what to do next."""
    text = str(problem)
    if found := _TABLE.search(text):
        return _no_such_table(connection, found[1].split(".")[-1])
    if isinstance(problem, duckdb.BinderException) and (column := _COLUMN.search(text)):
        candidates = ", ".join(
            re.findall(r'"([^"]+)"', text.partition("Candidate bindings:")[2].partition("\n")[0])[:5]
        )
        return BadQuery(
            expected="a column of the tables that the statement names",
            found=repr(column[1] or column[2]),
            where="query",
            next_step=(f"near: {candidates}; " if candidates else "") + "integrering describe TABLE lists the columns",
        )
    if isinstance(problem, duckdb.ParserException):
        return BadQuery(
            expected="a statement in DuckDB's SQL",
            found=" ".join(text.split()),
            where="query",
            next_step="correct it at the place marked; docs/cookbook.md has statements to start from",
        )
    return BadQuery(
        expected="one SQL statement that reads",
        found=text,
        where="query",
        next_step="integrering tables lists the tables, integrering describe TABLE their columns",
    )


def _no_such_table(connection: duckdb.DuckDBPyConnection, name: str) -> BadQuery:
    tables = [n for (n,) in connection.execute("select table_name from duckdb_tables() where schema_name = 'marts' "
              "union all select view_name from duckdb_views() where schema_name = 'marts'").fetchall()]  # fmt: skip
    near = get_close_matches(name, tables, n=3, cutoff=0.5)
    return BadQuery(
        expected="a published table or view",
        found=repr(name),
        where="query",
        next_step=(f"near: {', '.join(near)}; " if near else "") + "integrering tables lists all",
    )


def hints_for_nothing(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Why an answer may have no rows: a name or a label where a code stands. None of a release without these tables."""
    texts = [text.replace("''", "'") for text in dict.fromkeys(_LITERAL.findall(sql))]
    try:
        return [hint for text in texts for hint in (*_of_place(connection, text), *_of_label(connection, text))]
    except duckdb.Error:
        return []


def _of_place(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """What a name of a place is, or may be a slip of."""
    places = connection.execute(
        "select region_code, region_name, region_level from marts.dim_region order by len(region_code) desc"
    ).fetchall()
    names = {code: name for code, name, _ in places}
    found = called(text, names)
    if not found and len(text) > SHORTEST_SLIP:
        found = [code for code, name in names.items() if get_close_matches(text, [name], cutoff=0.85)]
    levels = {code: level for code, _, level in places}
    where = "in columns ending in _code; comparison_total has names (municipality_name)"
    return [f"{names[code]} is {code} ({levels[code]}) {where}" for code in found]


def _of_label(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    labels = connection.execute(
        "select label_nb, column_name, code from marts.dim_code where lower(?) in (lower(label_nb), lower(label_en)) limit 3",
        [text],
    ).fetchall()
    return [f"'{label}' is the label of {column} = '{code}'" for label, column, code in labels]
