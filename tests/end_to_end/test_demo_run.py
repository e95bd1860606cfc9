"""`make run` on bundled input: complete, marked as demo everywhere, and cheap when nothing has changed."""

import json
import os
from pathlib import Path

from tests.support.pipeline import Installation

FROM_COMPARISON = "select count(distinct municipality_code) as n, indicator_id from comparison group by indicator_id"


def test_the_bundled_run_succeeds_and_says_it_is_demo(demo: Installation) -> None:
    code, *output = (demo.data / "first_run.txt").read_text(encoding="utf-8").splitlines()
    assert code == "0", output[-40:]
    assert "DEMO DATA" in "\n".join(output)


def test_every_municipality_of_today_is_compared_on_every_indicator(demo: Installation) -> None:
    counts = {row["indicator_id"]: row["n"] for row in demo.rows(FROM_COMPARISON)}
    # nobody here has seen an answer of FHI's, so none is invented
    shown = set(demo.column("select indicator_id from dim_indicator")) - {"persistent_low_income_fhi_share"}
    assert shown == set(counts)
    assert set(counts.values()) == {"357"}


def test_every_invented_figure_is_marked(demo: Installation) -> None:
    assert demo.column("select count(*) from comparison where not is_demo") == ["0"]
    assert demo.column("select count(*) from fct_settlement where not is_demo") == ["0"]
    sources = demo.rows(
        "select source, bool_or(is_demo) as invented from dim_dataset where has_release group by source"
    )
    marked = {row["source"]: row["invented"] for row in sources}
    assert marked["imdi"] == "True"
    assert marked["published"] == marked["klass"] == "False"
    assert json.loads((demo.data / "published" / "manifest.json").read_text())["is_demo"] is True


def test_municipalities_add_up_to_counties_within_hidden_cells(demo: Installation) -> None:
    outside = demo.column(
        "select coalesce(sum(finding_count), 0) from data_quality where finding = 'published_outside_sum_of_parts' "
        "and dataset_id = 'imdi_bosatt_anmodede'"
    )
    assert outside == ["0"]


def test_no_share_contradicts_the_counts_it_is_printed_beside(demo: Installation) -> None:
    assert demo.column("select count(*) from fct_indicator_value where value_status = 'contradicted'") == ["0"]
    assert demo.column("select count(*) from data_quality where finding = 'share_contradicts_counts'") == ["0"]


def test_counts_that_imdi_rounds_are_nowhere_exact(demo: Installation) -> None:
    told = "value in (0, 3) and region_level = 'municipality' and indicator_id in "
    named = "('refugees_by_secondary_move_persons', 'immigrants_by_reason_persons', 'immigrants_by_residence_persons')"
    rows = demo.rows(
        f"select count(*) as n, count(*) filter (value_low = value_high) as exact from fct_indicator_value where {told}{named}"
    )
    assert int(rows[0]["n"]) > 500 and rows[0]["exact"] == "0"
    exact = "region_level = 'municipality' and persons in (0, 3) and persons_low = persons_high"
    assert demo.column(f"select count(*) from cohort_retention where {exact}") == ["0"]


def test_every_figure_of_every_table_is_finite_and_lies_inside_its_bounds(demo: Installation) -> None:
    doubles = demo.rows(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and data_type = 'DOUBLE'"
    )
    tables: dict[str, list[str]] = {}
    for row in doubles:
        tables.setdefault(row["table_name"], []).append(row["column_name"])
    assert len(tables) > 20
    for table, columns in tables.items():
        wrong = " or ".join(f'not isfinite("{column}")' for column in columns)
        assert demo.column(f"select count(*) from marts.{table} where {wrong}") == ["0"], table
    outside = "value < value_low - 1e-9 or value > value_high + 1e-9"
    assert demo.column(f"select count(*) from fct_indicator_value where {outside}") == ["0"]


def test_the_answer_differs_where_the_rhythm_behind_it_does(demo: Installation) -> None:
    """Settlement and NAV's figures come monthly, among many yearly ones; in education all figures are yearly."""
    rows = {row["scope_id"]: row for row in demo.rows("select * from marts.cadence where scope = 'statistic_group'")}
    monthly = {
        row["statistic_group"]: row["n"]
        for row in demo.rows(
            "select i.statistic_group, count(*) as n from marts.dim_indicator as i where not exists (select 1 from "
            "marts.dim_indicator_term as t join marts.dim_dataset as d using (dataset_id) where t.indicator_id = "
            "i.indicator_id and d.declared_cadence <> 'monthly') group by all"
        )
    }
    assert set(monthly) == {"population_settlement", "work_living_conditions"}
    for group, row in rows.items():
        assert row["recommended_frequency"] == "yearly"
        if group in monthly:
            assert row["recommended_frequency_nb"] == "årlig med månedlig tillegg"
            assert row["rule_nb"].endswith(f" Nye tall hver måned: {monthly[group]} av dem.")
        else:
            assert row["recommended_frequency_nb"] == "årlig" and row["supplement_frequency"] == ""


def test_a_second_run_changes_nothing_and_calls_no_dbt(demo: Installation) -> None:
    before, log = demo.release, demo.data / "build" / "run.log"
    written = log.stat().st_mtime_ns
    answer = demo.call("run")
    assert answer.returncode == 0
    assert "Everything unchanged: nothing was built." in answer.stdout
    assert demo.release == before
    assert log.stat().st_mtime_ns == written


def test_the_release_holds_duckdb_parquet_and_a_manifest_with_hashes(demo: Installation) -> None:
    release = demo.data / "releases" / demo.release
    manifest = json.loads((release / "manifest.json").read_text())
    names = {table["name"] for table in manifest["tables"]}
    assert {"dim_region", "dim_series", "fct_settlement", "fct_figure_municipality"} <= names
    assert {"comparison", "comparison_total", "fct_indicator_value", "sammenligning"} <= set(manifest["views"])
    assert {f"parquet/{name}.parquet" for name in names} <= set(manifest["files"])
    assert not [path for path in release.rglob("*") if path.suffix in (".wal", ".tmp", ".part")]
    assert all(not os.stat(path).st_mode & 0o222 for path in release.rglob("*") if path.is_file())


def test_no_machine_path_is_published(demo: Installation) -> None:
    release = demo.data / "releases" / demo.release
    for path in [p for p in release.rglob("*") if p.is_file()]:
        assert str(Path.home()).encode() not in path.read_bytes() or str(Path.home()) == "/", path.name
        assert str(demo.data).encode() not in path.read_bytes(), path.name


def test_wrong_use_exits_with_two(demo: Installation) -> None:
    assert demo.call("run", "--source", "moon").returncode == 2
    assert demo.call("query").returncode == 2
    assert demo.call("trace", "fct_settlement", "year").returncode == 2


def test_sql_that_writes_is_refused_with_a_message(demo: Installation) -> None:
    answer = demo.call("query", "create table marts.x as select 1")
    assert answer.returncode == 1
    assert "read-only" in answer.stderr
