"""Long tables are packed in the file and read as they were, whatever the cells hold."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.paths import DATABASE
from warehouse.release.candidate import TableDoc, write_tables
from warehouse.release.content import content_hash
from warehouse.release.packing import Packing

COLUMNS = {
    "code": "VARCHAR", "scale": "DOUBLE", "numerator": "DOUBLE", "denominator": "DOUBLE", "value": "DOUBLE",
    "value_low": "DOUBLE", "rank": "INTEGER", "change_1y": "DOUBLE",
}  # fmt: skip
FIGURES = TableDoc(
    name="fct_figure_municipality",
    description="Figures",
    columns={"value": "The figure"},
    key=("code",),
    order_by=("code",),
    not_null=("code",),
    alike=("scale", "rank is null"),
    usually=(("value_low", "value"),),
    computed=("value", "scale * numerator / denominator"),
    plain=("value",),
)

# what exchanges with an empty cell, what a guess may meet, and what is no number at all
NUMBERS = st.sampled_from([None, -1.0, -0.25, 0.0, 1.0, 3.0, 7.0, 100.0, 100 / 3, 1e300, float("inf"), float("nan")])
ROWS = st.lists(st.tuples(*([NUMBERS] * 5), st.sampled_from([None, -1, 0, 1, 357]), NUMBERS), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_every_content_of_a_cell_comes_back(rows: list[tuple]) -> None:
    packing = FIGURES.packing(COLUMNS)
    with duckdb.connect() as connection:
        connection.execute("create schema stored")
        connection.execute(f"create table given ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        marks = ", ".join("?" for _ in COLUMNS)
        connection.executemany(f"insert into given values ({marks})", [(str(n), *row) for n, row in enumerate(rows)])
        # a share as the models compute it, beside those that are anything
        connection.execute("insert into given select code || 's', scale, numerator, denominator, "
                           "scale * numerator / nullif(denominator, 0), value_low, rank, change_1y from given")  # fmt: skip
        for stored, within in packing.stored.items():
            connection.execute(
                f"create table stored.{stored} as {packing.packed(stored, f'from given where {within}')}"
            )
        connection.execute(f"create view read as {packing.unpacked('stored')}")
        lost = connection.execute("from given except all from read").fetchall()
        assert lost == [] and connection.execute("from read except all from given").fetchall() == []


def _released(folder: Path, tables: list[TableDoc]) -> duckdb.DuckDBPyConnection:
    """Two thousand shares with empty cells, and a view over them, written and opened."""
    build = folder / "build.duckdb"
    with duckdb.connect(str(build)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_figure_municipality as select printf('%04d', n) as code, "
            "case when n % 4 > 0 then 100.0::double end as scale, (n % 7)::double as numerator, "
            "(n % 5)::double as denominator, case when n % 4 > 0 then scale * (n % 7)::double / nullif((n % 5)::double, 0) "
            "when n % 8 > 0 then n end::double as value, case when n % 9 > 0 then value else 0 end as value_low, "
            "case when n % 3 > 0 then (n % 357)::integer end as rank, case when n % 2 > 0 then n / 10.0 end::double as change_1y "
            "from range(1999, -1, -1) as r (n)"
        )
        connection.execute(
            "create view marts.comparison as select code, value, rank from marts.fct_figure_municipality"
        )
    write_tables(build, folder, tables)
    return duckdb.connect(str(folder / DATABASE), read_only=True)


def test_a_packed_table_reads_as_it_was_with_its_comments_and_its_parquet(tmp_path: Path) -> None:
    view = TableDoc("comparison", "A view", {}, ("code",), is_view=True)
    with _released(tmp_path, [view, FIGURES]) as connection:
        connection.execute(f"attach '{tmp_path / 'build.duckdb'}' as build (read_only)")
        connection.execute("set search_path = 'integrering.main'")
        were = content_hash(connection, "build.marts.fct_figure_municipality", list(COLUMNS))
        assert were[0] == 2000
        for relation in (
            "marts.fct_figure_municipality",
            f"'{tmp_path / 'parquet' / 'fct_figure_municipality.parquet'}'",
        ):
            assert content_hash(connection, relation, list(COLUMNS)) == were
        assert connection.execute("select count(rank) from marts.comparison").fetchone() == (1333,)
        comments = (
            "select schema_name, comment from duckdb_views() where view_name = 'fct_figure_municipality' order by all"
        )
        assert connection.execute(comments).fetchall() == [("main", "Figures"), ("marts", "Figures")]
        column = "select count(*) from duckdb_columns() where comment = 'The figure' and column_name = 'value'"
        assert connection.execute(column).fetchone() == (2,)


def test_what_views_join_by_lies_as_it_reads(tmp_path: Path) -> None:
    joined = replace(FIGURES, references=(("rank", "dim_rank", "rank"),))
    with _released(tmp_path, [joined]) as connection:
        kept = "select count(*), count(rank) from stored.fct_figure_municipality"
        # a third of them has no rank, and nothing stands in for it
        assert connection.execute(kept).fetchone() == (800, 533)


def test_what_other_cells_tell_is_not_in_the_file(tmp_path: Path) -> None:
    with _released(tmp_path, [FIGURES]) as connection:
        stored = {
            name: connection.execute(f"select * from stored.{name}").df() for name in FIGURES.packing(COLUMNS).stored
        }
        computed, others = stored["fct_figure_municipality_computed"], stored["fct_figure_municipality"]
        assert "value" not in computed and len(computed) == 1200 and len(others) == 800
        # of six figures in eight the bound is the figure itself; no column of a number is empty anywhere but by chance
        assert (others["value_low"].isna() | (others["value_low"] == -1) | (others["value_low"] == 0)).all()
        assert not computed[["rank", "change_1y", "numerator", "denominator", "scale"]].isna().any().any()
        # alike beside alike: those without a rank are in one stretch
        ranked = others.loc[others["scale"] == 100, "rank"] != -1
        assert (ranked != ranked.shift()).sum() == 2


def test_what_readers_filter_by_is_stored_as_it_is() -> None:
    packing = Packing("t", {"year": "INTEGER", "rank": "INTEGER"}, {}, None, {"year"})
    assert packing.unpacked("stored").startswith('select "year", "rank" from (select "year", case when')


@pytest.mark.parametrize("name", ["benefit_recipients", "grant_forecast", "fct_settlement"])
def test_a_bound_is_mostly_the_figure_itself(name: str) -> None:
    from warehouse.interface.declaration import load_interface

    (table,) = [table for table in load_interface() if table.name == name]
    bounds = {
        column.name: column.usually for column in table.columns if "_low" in column.name or "_high" in column.name
    }
    assert bounds and all(figure == bound.replace("_low", "").replace("_high", "") for bound, figure in bounds.items())
