"""Builds the models of benefits by group alone, in a DuckDB file of the test's own, on rows that a test makes up.

Here: the landing tables, and stand-ins for the models of other topics. Not here: tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa

from sources.dataset.spec import load_specs
from sources.ports import Document
from sources.published.reader import ARROW_TYPES, bundled_file, read_table

PROJECT = Path(__file__).parents[2] / "dbt_project"
SUPPORT = Path(__file__).parent
STAND_INS = ("dim_region", "int_series", "int_region__observation_today", "int_benefits__public_totals",
             "int_benefits__public_expenditure")  # fmt: skip
STAGED = {
    "microdata": ["benefit_by_group"],
    "municipal": ["benefit_by_group"],
    "published": ["benefit_payments", "documents"],
    "kostra": ["social_assistance_by_group", "programme_by_group", "accounts_expenditure"],
}

Rows = list[dict[str, object]]
STATUS_COUNTS = {
    "region_code": "varchar", "region_level": "varchar", "year": "integer", "category": "varchar",
    "immigrant_category": "varchar", "age_group": "varchar", "value": "double", "value_low": "double", "value_high": "double",
}  # fmt: skip


def build(folder: Path, landed: dict[str, Rows], status_counts: Rows) -> duckdb.DuckDBPyConnection:
    """Run `dbt build` on the topic. ``landed``: rows by dataset_id; the published table is the bundled one. ``status_counts``:
    cells of SSB 13563 on the areas of today. Fails the test with dbt's own output when a model or a dbt test fails."""
    project, file = folder / "project", folder / "build.duckdb"
    _copy(project)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema landing")
        for source, names in STAGED.items():
            for name in names:
                _land(connection, f"{source}_{name}", landed.get(f"{source}_{name}", []))
        columns = ", ".join(f"{name} {kind}" for name, kind in STATUS_COUNTS.items())
        connection.execute(f"create table landing.status_count ({columns})")
        for row in status_counts:
            connection.execute(
                f"insert into landing.status_count values ({', '.join('?' * len(row))})", list(row.values())
            )
        connection.execute("create table landing.release (dataset_id varchar, release_id varchar, is_demo boolean)")
        connection.execute("create table landing.current_release (dataset_id varchar, release_id varchar)")
    _dbt(folder, project, file)
    return duckdb.connect(str(file), read_only=True)


def _copy(project: Path) -> None:
    for layer in ("intermediate", "marts"):
        shutil.copytree(PROJECT / "models" / layer / "payments", project / "models" / layer / "payments")
    for source, names in STAGED.items():
        target = project / "models" / "staging" / source
        target.mkdir(parents=True)
        shutil.copy(PROJECT / "models" / "staging" / source / "_sources.yml", target)
        for name in names:
            shutil.copy(PROJECT / "models" / "staging" / source / f"stg_{source}__{name}.sql", target)
    shutil.copytree(PROJECT / "models" / "staging" / "landing", project / "models" / "staging" / "landing")
    shutil.copytree(SUPPORT / "payments_stand_ins", project / "models" / "stand_ins")
    shutil.copytree(PROJECT / "macros", project / "macros")
    shutil.copytree(PROJECT / "tests" / "generic", project / "tests" / "generic")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project / name)


def _land(connection: duckdb.DuckDBPyConnection, dataset_id: str, rows: Rows) -> None:
    spec = load_specs()[dataset_id]
    if spec.source == "published":
        path = bundled_file(spec)
        table = read_table(spec, [Document(path, path.name)])
    else:
        fields = [
            pa.field("source_row", pa.int32()),
            *[pa.field(c.name, ARROW_TYPES[c.type]) for c in spec.table_columns],
        ]
        numbered = [{"source_row": number, **row} for number, row in enumerate(rows, start=2)]
        table = pa.Table.from_pylist(numbered, schema=pa.schema(fields))
    connection.register("rows_given", table)
    connection.execute(
        f"create table landing.{dataset_id} as "
        f"select '{dataset_id}' as dataset_id, 'test' as release_id, false as is_demo, * from rows_given"
    )
    connection.unregister("rows_given")


def _dbt(folder: Path, project: Path, file: Path) -> None:
    environment = os.environ | {
        "INTEGRERING_BUILD_FILE": str(file),
        "INTEGRERING_TEMP_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    command = [sys.executable, "-m", "dbt.cli.main", "build", "--quiet", "--project-dir", str(project)]
    run = subprocess.run(
        [*command, "--profiles-dir", str(project)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
