"""Small tables of a release lie side by side in one stored table, and read as they would by themselves."""

from pathlib import Path

import duckdb
import pytest

from warehouse.paths import DATABASE
from warehouse.release import candidate
from warehouse.release.candidate import TableDoc, TableFacts, write_tables
from warehouse.release.content import content_hash

LONG = TableDoc("long_list", "Long", {"code": "The code"}, ("code",), ("code",))
SHORT = TableDoc("short_list", "Short", {"label": "The label"}, ("code",), ("code",))
EMPTY = TableDoc("no_rows", "None", {}, ("code",))
DIMENSION = TableDoc("dim_code", "Read by a view", {}, ("code",))
VIEW = TableDoc("labels", "A view", {}, ("code",), is_view=True)
TABLES = [LONG, SHORT, EMPTY, DIMENSION, VIEW]


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, list[TableFacts]]:
    """A candidate of three small tables, one of them empty and one with empty cells, a dimension and the view that reads it."""
    build, folder = tmp_path / "build.duckdb", tmp_path / "candidate"
    folder.mkdir()
    with duckdb.connect(str(build)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.long_list as select printf('%04d', 300 - n) as code from range(300) as r (n)"
        )
        connection.execute(
            "create table marts.short_list as from (values ('b', 2.5, null), ('a', null, 'første'), (null, null, null)) "
            "as rows (code, value, label)"
        )
        connection.execute("create table marts.no_rows (code varchar, day date)")
        connection.execute("create table marts.dim_code as select 'x' as code")
        connection.execute("create view marts.labels as select code from marts.dim_code")
    return folder, write_tables(build, folder, TABLES)


def test_each_reads_as_it_would_by_itself(written: tuple[Path, list[TableFacts]]) -> None:
    folder, facts = written
    assert [(fact.name, fact.rows) for fact in facts] == [
        ("long_list", 300), ("short_list", 3), ("no_rows", 0), ("dim_code", 1),
    ]  # fmt: skip
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        # a row of nothing but empty cells is a row all the same
        assert connection.execute("from marts.short_list").fetchall() == [
            ("a", None, "første"), ("b", 2.5, None), (None, None, None),
        ]  # fmt: skip
        assert connection.execute("select code from long_list limit 2").fetchall() == [("0001",), ("0002",)]
        assert connection.execute("from no_rows").fetchall() == []
        types = (
            "select column_name, data_type from duckdb_columns() where schema_name = 'marts' and table_name = 'no_rows'"
        )
        assert connection.execute(types).fetchall() == [("code", "VARCHAR"), ("day", "DATE")]
        for fact in facts:
            assert content_hash(connection, f"marts.{fact.name}", fact.columns) == (fact.rows, fact.content_hash)
    assert {path.stem for path in (folder / "parquet").iterdir()} == {fact.name for fact in facts}


def test_one_table_holds_them_and_a_table_that_a_view_joins_stays_one(written: tuple[Path, list[TableFacts]]) -> None:
    folder, _ = written
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        assert tables == [("marts", "dim_code"), ("stored", "small")]
        comments = connection.execute(
            "select schema_name, comment from duckdb_views() where view_name = 'short_list' order by all"
        ).fetchall()
        assert comments == [("main", "Short"), ("marts", "Short")]


def test_a_table_of_many_rows_is_stored_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.release.small.MOST_ROWS", 2)
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.long_list as select 'a' || n as code from range(3) as r (n)")
        connection.execute("create table marts.short_list as select 'a' as code, 1.5 as value, 'b' as label")
    write_tables(tmp_path / "build.duckdb", tmp_path, [LONG, SHORT])
    with duckdb.connect(str(tmp_path / candidate.DATABASE), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        assert tables == [("marts", "long_list"), ("stored", "small")]
