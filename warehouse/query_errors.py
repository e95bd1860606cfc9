"""What a person is told about a query that cannot be answered, or that answers with nothing.

Here: DuckDB's refusals and empty answers, said so that the next try works. Not here: running a query (query.py).
"""

import re
from difflib import get_close_matches

import duckdb

from warehouse.errors import WarehouseError
from warehouse.places import called

_TABLE = re.compile(r"Table with name (\S+?)!? does not exist")
_COLUMN = re.compile(r'(?:column|Column) "?([\w.]+)"? (?:not found|does not exist|that is not)|named "(\w+)"')
_ASKED = re.compile(r"""([\w.]+)"?\s*(?:=|\bin\s*\()\s*'((?:[^']|'')*)'""", re.IGNORECASE)
"""A column and the (first) text that it is asked to be."""

NAMES_OF_PLACES = ("kommune", "fylke", "municipality_name", "county_name", "region_name")
COLUMNS_OF_INDICATORS = {
    "indicator_id": "indicator_id",
    "indikator_id": "indicator_id",
    "indikator": "name_nb",
    "indicator_nb": "name_nb",
    "indicator_en": "name_en",
}
LABELS = {"gruppe": "nb", "label_nb": "nb", "label_en": "en"}
MOST_CODES = 12


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
    """Why an answer may have no rows: for each text that a column is asked to be, what that column holds instead. None of a
    release without these tables."""
    try:
        hints = [
            hint
            for column, text in dict.fromkeys(_ASKED.findall(sql))
            for hint in _hints_of(connection, column.rsplit(".", 1)[-1].lower(), text.replace("''", "'"))
        ]
    except duckdb.Error:
        return []
    several = len(_ASKED.findall(sql)) > 1
    return hints or (["each may be there, but not together: leave one condition out"] if several else [])


def _hints_of(connection: duckdb.DuckDBPyConnection, column: str, text: str) -> list[str]:
    """What is said of one column and the text it was asked to be; nothing where it holds that text."""
    if column in NAMES_OF_PLACES or column in ("region_code", "kommunenummer", "municipality_code", "county_code"):
        return _of_place(connection, column, text)
    if column in COLUMNS_OF_INDICATORS:
        known = COLUMNS_OF_INDICATORS[column]
        return _of_known(connection, f"select {known} from marts.dim_indicator", text) or _of_series(
            connection, known, text
        )
    if column in LABELS:
        labels = "select label_nb from marts.dim_code union select label_nb from marts.dim_series"
        return _of_known(connection, labels if LABELS[column] == "nb" else labels.replace("_nb", "_en"), text)
    codes = connection.execute(
        "select code, label_nb, label_en from marts.dim_code where column_name = ? order by sort_order", [column]
    ).fetchall()
    if not codes or text in {code for code, _, _ in codes}:
        return []
    labelled = [
        code for code, nb, en in codes if text.casefold() in (code.casefold(), nb.casefold(), (en or "").casefold())
    ]
    if labelled:
        return [f"'{text}' is the label of {column} = '{labelled[0]}'"]
    return [
        f"{column} is one of {', '.join(code for code, _, _ in codes[:MOST_CODES])}{' …' if len(codes) > MOST_CODES else ''}"
    ]


def _of_place(connection: duckdb.DuckDBPyConnection, column: str, text: str) -> list[str]:
    """What a name of a place is in this column, or may be a slip of."""
    places = connection.execute(
        "select region_code, region_name, region_level from marts.dim_region order by len(region_code) desc"
    ).fetchall()
    names = {code: name for code, name, _ in places}
    found = called(text, names)
    if not found and len(text) > SHORTEST_SLIP:
        found = [code for code, name in names.items() if get_close_matches(text, [name], cutoff=0.8)]
    if column not in NAMES_OF_PLACES:
        levels = {code: level for code, _, level in places}
        return [
            f"{names[code]} is {code} ({levels[code]}); comparison_total has names" for code in found if text != code
        ]
    return [] if text in names.values() else [f"{column} is written '{names[code]}'" for code in found]


def _of_series(connection: duckdb.DuckDBPyConnection, known: str, text: str) -> list[str]:
    """What is said of an indicator that the release knows and has no figures, or no totals, of."""
    found = connection.execute(
        f"select indicator_id, count(series_number), count(series_number) filter (is_total) from marts.dim_indicator "
        f"left join marts.dim_series using (indicator_id) where {known} = ? group by indicator_id",
        [text],
    ).fetchone()
    name, series, totals = found
    if not series:
        return [f"{name} has no figures in this release: integrering describe {name} says what it is made from"]
    return [] if totals else [f"{name} is given by group only: comparison_breakdown, sammenligning_inndelt"]


def _of_known(connection: duckdb.DuckDBPyConnection, sql: str, text: str) -> list[str]:
    """Texts that a column holds and that are as this one but for its case, or near it; nothing where it holds the very text."""
    known = sorted({one for (one,) in connection.execute(sql).fetchall() if one})
    if text in known:
        return []
    same = [one for one in known if one.casefold() == text.casefold()]
    near = same or get_close_matches(text, known, n=3, cutoff=0.6)
    return [f"no '{text}': " + (f"near are {', '.join(near)}" if near else f"integrering find {text}")]
