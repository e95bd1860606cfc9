"""The models on Spark: equal to DuckDB's row by row, and a comparison that would see it if they were not."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.pipeline import PROJECT, Installation
from warehouse.release.equality import compare_tables


def _two_engines(folder: Path, other: str) -> list[tuple[str, int, int, str]]:
    """A build file with one table of three rows (one of them twice), and what another engine made of it."""
    with duckdb.connect(str(folder / "build.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.t as from (values ('01', 0.1::double), ('02', null), ('02', null)) as v (code, x)"
        )
        (folder / "marts.db" / "t").mkdir(parents=True)
        connection.execute(f"copy ({other}) to '{folder}/marts.db/t/part.parquet' (format parquet)")
    found = compare_tables(folder / "build.duckdb", ("marts",), folder)
    return [(table.name, table.rows, table.differing, table.note) for table in found]


@pytest.mark.parametrize(
    ("other", "differing", "note"),
    [
        ("from marts.t", 0, ""),
        ("select code, x from marts.t order by code desc", 0, ""),
        ("select distinct code, x from marts.t", 1, ""),
        ("select code, coalesce(x, 0) as x from marts.t", 4, ""),
        ("select code, x + 1e-17 * 2 as x from marts.t", 2, ""),
        ("select cast(code as integer) as code, x from marts.t", 3, "columns differ"),
        ("select code from marts.t", 3, "columns differ"),
    ],
)
def test_a_row_that_differs_is_counted(tmp_path: Path, other: str, differing: int, note: str) -> None:
    ((name, rows, found, said),) = _two_engines(tmp_path, other)
    assert (name, rows, found) == ("marts.t", 3, differing)
    assert said.startswith(note) and bool(said) == bool(note)


def test_a_table_that_was_not_built_differs(tmp_path: Path) -> None:
    _two_engines(tmp_path, "from marts.t")
    shutil.rmtree(tmp_path / "marts.db")
    (table,) = compare_tables(tmp_path / "build.duckdb", ("marts",), tmp_path)
    assert (table.differing, table.note) == (3, "not built by the other engine")


BOUND = {
    r"\bvarchar\b(?!\()": "{{ dbt.type_string() }}",
    r"\b100\.0\b|\b1\.0 \*": "a float literal (100e0): a decimal divides otherwise on Spark",
    r"::|\bqualify\b|\bunnest\b|\bilike\b|\bgroup by all\b|\bexclude\b|\blist_\w+|\bfilter \(": "portable SQL, or a macro",
}
"""Words of one engine, and what stands for them in intermediate and marts."""


def test_models_keep_to_sql_of_both_engines() -> None:
    found = []
    for layer in ("intermediate", "marts"):
        for path in (PROJECT / "dbt_project" / "models" / layer).rglob("*.sql"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                code = line.partition("--")[0]
                found += [
                    f"{path.name}:{number}: {line.strip()} -> {instead}"
                    for bound, instead in BOUND.items()
                    if re.search(bound, code, re.IGNORECASE)
                ]
    assert not found, "\n".join(found)


def test_no_column_is_of_a_type_that_one_engine_lacks(small: Installation) -> None:
    """A sum of whole numbers is wider than any type of Spark, and of the same name there."""
    with duckdb.connect(str(small.data / "build" / "build.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name in ('intermediate', 'marts') "
            "and (data_type = 'HUGEINT' or starts_with(data_type, 'U'))"
        ).fetchall()
    assert found == []


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs the extra spark (make spark)")
def test_spark_builds_the_same_marts(small: Installation, tmp_path: Path) -> None:
    """The same project with `--target spark`: every table of intermediate and marts, zero differing rows."""
    copy = Installation(tmp_path / "data")
    shutil.copytree(small.data, copy.data, symlinks=True)
    answer = subprocess.run(
        [sys.executable, "-m", "orchestration.build.spark"],
        env=copy.environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-1].endswith(" zero differing rows")
    assert "marts.comparison" in answer.stdout
