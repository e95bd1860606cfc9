"""The same models on Spark: staging exported, `dbt --target spark`, and every table held against DuckDB's.

Here: the order of these three steps on one installation. Not here: SQL, or how tables are
compared (warehouse/release/equality.py).
Run as `python -m orchestration.build.spark` in an environment with the extra `spark`; exit 0 = no row differs.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from orchestration.build.dbt_project import dbt_environment
from orchestration.workspace import DBT_PROJECT, Workspace
from warehouse.build import connect
from warehouse.errors import WarehouseError
from warehouse.lock import writer_lock
from warehouse.quoting import literal
from warehouse.release.equality import TableEquality, compare_tables
from warehouse.release.state import last_published
from warehouse.settings import load_settings

BUILT = ("intermediate", "marts")
"""Schemas that are built on the other engine; what lies before them is exported."""


def export_staging(build_file: Path, target: Path) -> int:
    """Write every relation of the landing and staging schemas as Parquet; returns how many.

    One folder per relation, ``<schema>/<relation>/part.parquet``: what an engine on a cluster reads from an object store.
    """
    with connect(build_file) as connection:
        relations = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('landing', 'staging') order by all"
        ).fetchall()
        for schema, name in relations:
            folder = target / schema / name
            folder.mkdir(parents=True)
            file = literal(folder / "part.parquet")
            connection.execute(f'copy {schema}."{name}" to {file} (format parquet, compression zstd)')
    return len(relations)


def build_on_spark(workspace: Workspace, folder: Path, last_year: int) -> None:
    """Run the models of intermediate and marts on Spark. Raises WarehouseError with dbt's own words when one fails."""
    environment = {
        **os.environ,
        **dbt_environment(workspace.folder, workspace.settings),
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_LOG_PATH": str(folder / "dbt" / "logs"),
        "INTEGRERING_SPARK_WAREHOUSE": str(folder / "warehouse"),
        "INTEGRERING_LAST_YEAR": str(last_year),
    }
    variables = json.dumps({"staging_export": str(folder / "export")})
    command = [sys.executable, "-m", "dbt.cli.main", "run", "--target", "spark", "--full-refresh"]
    selection = ["--exclude", "path:models/staging", "--vars", variables, "--project-dir", str(DBT_PROJECT)]
    answer = subprocess.run(
        [*command, *selection], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    (folder / "dbt.log").write_text(answer.stdout + answer.stderr, encoding="utf-8")
    if answer.returncode != 0:
        raise WarehouseError(
            expected="models that build on Spark",
            found="; ".join(_failures(answer.stdout)) or answer.stdout[-2000:],
            where="dbt --target spark",
            next_step="see dbt.log in the build folder's spark folder",
        )


def _failures(output: str) -> list[str]:
    """The models that failed and the first line of Spark's reason."""
    lines = [line.split("  ", 1)[-1].strip() for line in output.splitlines()]
    return [line for line in lines if line.startswith(("Failure in model", "["))]


def spark_equality(workspace: Workspace) -> list[TableEquality]:
    """Export, build on Spark, compare. Holds the writer's lock, since the build file is read while it lasts."""
    folder = workspace.folder.build / "spark"
    with writer_lock(workspace.folder.lock):
        state = last_published(workspace.folder.build)
        if state is None:
            raise WarehouseError(
                expected="a build that was published",
                found="none, or one that was left half-changed",
                where="the build folder",
                next_step="integrering run",
            )
        shutil.rmtree(folder, ignore_errors=True)
        started = time.monotonic()
        count = export_staging(workspace.folder.build_file, folder / "export")
        print(f"{count} relations of landing and staging exported ({time.monotonic() - started:.0f} s)")
        started = time.monotonic()
        build_on_spark(workspace, folder, int(state.options["last_year"]))
        print(f"intermediate and marts built on Spark ({time.monotonic() - started:.0f} s)")
        return compare_tables(workspace.folder.build_file, BUILT, folder / "warehouse")


def main() -> int:
    """Print what was compared; 1 when a row differs."""
    results = spark_equality(Workspace(load_settings()))
    for table in results:
        note = f"  {table.note}" if table.note else ""
        print(f"{table.name:60} {table.rows:>10} rows {table.differing:>6} differing{note}")
    differing = sum(table.differing for table in results)
    rows = sum(table.rows for table in results)
    print(f"Spark and DuckDB: {len(results)} tables, {rows} rows, {differing or 'zero'} differing rows")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
