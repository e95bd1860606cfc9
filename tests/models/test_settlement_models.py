"""Which source a year's settlement comes from, by the declared order, on a few rows.

Here: the page before the statistics table, the text shown and never used, and a year that was not over. Not here: the real
figures (test_shipped_run.py).
"""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from tests.support.model_sql import SETTLEMENT, compiled

PAGE, TABLE, QUOTED = "imdi_bosettingstall", "imdi_bosatt_anmodede", "published_settlement_counts"
_SERIES = [
    (1, PAGE, "settled", "all"),
    (2, PAGE, "settled", "page_text"),
    (3, TABLE, "settled", "all"),
    (4, TABLE, "requested", "all"),
]
_FIGURES = [  # series, region, level, period, value, low, high, status
    (1, "3909", "municipality", "2022-01-01", 168, 168, 168, "ok"),
    (3, "3909", "municipality", "2022-01-01", 167, 167, 167, "ok"),
    (4, "3909", "municipality", "2022-01-01", 175, 175, 175, "ok"),
    (3, "3909", "municipality", "2021-01-01", 35, 35, 35, "ok"),
    (3, "3909", "municipality", "2023-01-01", 96, 96, 96, "ok"),
    (4, "3909", "municipality", "2023-01-01", 200, 200, 200, "ok"),
    (3, "3907", "municipality", "2023-01-01", 50, 50, 50, "ok"),
    (1, "3909", "municipality", "2026-01-01", 35, 35, 35, "ok"),
    (1, "3907", "municipality", "2022-01-01", None, 0, None, "suppressed"),
    (3, "3907", "municipality", "2022-01-01", 3, 3, 3, "ok"),
    (1, "00", "country", "2024-01-01", 25618, 25618, 25618, "ok"),
    (2, "00", "country", "2024-12-30", 25573, 25573, 25573, "ok"),
]
_RELEASES = {PAGE: ("page", "2026-10-01", "2026-09-28"), TABLE: ("table", "2023-09-25", None)}


@pytest.fixture(scope="module")
def marts() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as build")
    connection.execute("use build")
    for schema in ("landing", "intermediate", "marts"):
        connection.execute(f"create schema build.{schema}")
    connection.execute(
        "create table landing.dataset as select * from (values "
        + ", ".join(
            f"('{d}', 'imdi', 'u', 't', '', 'population_settlement', 'observation', 'monthly', '', 'l', 'a', 'k', 'year', "
            "true, 'own_year', true, '')"
            for d in (PAGE, TABLE, QUOTED)
        )
        + ") as t (dataset_id, source, upstream_id, title_nb, description_nb, statistic_group, shape, declared_cadence, "
        "cadence_note, licence, attribution_nb, link, period_kind, non_negative, geography, is_verified, note)"
    )
    connection.execute(
        f"create table landing.dataset_order as select '{PAGE}' as dataset_id, '{TABLE}' as serves_before"
    )
    connection.execute(
        "create table landing.release (dataset_id text, release_id text, retrieved_at timestamp, "
        "upstream_updated_at timestamp, is_demo boolean)"
    )
    connection.execute("create table landing.current_release (dataset_id text, slice text, release_id text)")
    for dataset_id, (release, retrieved, stated) in _RELEASES.items():
        connection.execute(
            "insert into landing.release values (?, ?, ?, ?, false)", [dataset_id, release, retrieved, stated]
        )
        connection.execute("insert into landing.current_release values (?, 'all', ?)", [dataset_id, release])
    connection.execute(
        "create table intermediate.int_series (series_id int, dataset_id text, measure text, category text, unit text)"
    )
    connection.executemany("insert into intermediate.int_series values (?, ?, ?, ?, 'persons')", _SERIES)
    connection.execute(
        "create table intermediate.int_region__observation_today (series_id int, dataset_id text, release_id text, "
        "region_code text, region_level text, period_start date, year int, value double, value_low double, value_high double, "
        "value_status text, geography_basis text, reason text, hidden_count int)"
    )
    of = {number: dataset_id for number, dataset_id, *_ in _SERIES}
    for series, region, level, period, *values in _FIGURES:
        row = [series, of[series], _RELEASES[of[series]][0], region, level, period, date.fromisoformat(period).year]
        connection.execute(
            f"insert into intermediate.int_region__observation_today values ({'?, ' * 11}'published', null, 0)",
            [*row, *values],
        )
    connection.execute(
        f"create table landing.published_settlement_counts as select '{QUOTED}' as dataset_id, 'copy' as release_id, "
        "false as is_demo, * from (values ('3909', 2023, 239), ('39', 2023, 1074), ('3909', 2021, 36)) "
        "as t (region_code, year, settled_persons) cross join (select date '2024-11-13' as stated_on)"
    )
    sql = compiled()
    for name in SETTLEMENT:
        schema = "intermediate" if name.startswith("int_") else "marts"
        connection.execute(f"create table {schema}.{name} as {sql[name]}")
    return connection


def test_the_page_goes_before_the_table_and_what_it_hides_stays_hidden(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select region_code, year, settled_persons, settled_persons_status, figure_source, dataset_id, is_running_year "
        "from marts.fct_settlement order by 1, 2"
    ).fetchall()
    assert rows == [
        ("00", 2024, 25618, "ok", "page_table", PAGE, False),
        ("39", 2023, 1074, "ok", "quoted", QUOTED, False),
        ("3907", 2022, None, "suppressed", "page_table", PAGE, False),
        ("3907", 2023, 50, "ok", "statistics_table", TABLE, True),
        ("3909", 2021, 35, "ok", "statistics_table", TABLE, False),
        ("3909", 2022, 168, "ok", "page_table", PAGE, False),
        ("3909", 2023, 239, "ok", "quoted", QUOTED, False),
        ("3909", 2026, 35, "ok", "page_table", PAGE, True),
    ]


def test_what_only_the_table_has_fills_the_same_row_and_names_both_releases(marts: duckdb.DuckDBPyConnection) -> None:
    row = "select requested_persons, release_id, stated_on from marts.fct_settlement where region_code = '3909' and year = 2022"
    assert marts.execute(row).fetchall() == [(175, "page, table", date(2026, 9, 28))]


def test_every_source_stays_visible_with_its_date_and_difference(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select region_code, year, figure_source, stated_on, persons, is_used, difference_persons "
        "from marts.settlement_by_source where measure = 'settled' and not is_used order by 1, 2"
    ).fetchall()
    assert rows == [
        ("00", 2024, "page_text", date(2024, 12, 30), 25573, False, -45),
        ("3907", 2022, "statistics_table", None, None, False, None),
        ("3909", 2021, "quoted", date(2024, 11, 13), 36, False, 1),
        ("3909", 2022, "statistics_table", None, 167, False, -1),
        ("3909", 2023, "statistics_table", None, 96, False, -143),
    ]


def test_a_quoted_figure_stands_in_only_where_the_year_was_not_over(marts: duckdb.DuckDBPyConnection) -> None:
    """For its own area alone: the neighbour keeps what IMDi's table had in September; what was decided stays IMDi's."""
    rows = marts.execute(
        "select region_code, settled_persons, requested_persons, stated_on, release_id from marts.fct_settlement "
        "where year = 2023 order by 1"
    ).fetchall()
    assert rows == [
        ("39", 1074, None, date(2024, 11, 13), "copy"),
        ("3907", 50, None, None, "table"),
        ("3909", 239, 200, date(2024, 11, 13), "copy, table"),
    ]


def test_a_real_figure_is_not_quoted_beside_invented_ones(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute("begin")
    marts.execute("update landing.release set is_demo = true")
    demo = marts.execute(
        f"select count(*) from ({compiled()['int_settlement__by_source']}) where figure_source = 'quoted'"
    )
    assert demo.fetchall() == [(0,)]
    marts.execute("rollback")


def test_a_dataset_says_which_it_goes_before(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select dataset_id, serves_before, last_retrieved_at from marts.dim_dataset order by 1"
    ).fetchall()
    assert rows == [(TABLE, None, datetime(2023, 9, 25)), (PAGE, TABLE, datetime(2026, 10, 1)), (QUOTED, None, None)]
