"""How the models grow on DuckDB and on Spark: the same export, once and several times over, through the same dbt project.

Here: multiplying an export, running both targets, seconds and memory. Not here: comparing figures (orchestration/build/spark.py).
Run in an environment with the extra `spark`, after `make spark`: python -m bench.engines [--data DIR] [--copies 1 4]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from orchestration.workspace import DBT_PROJECT

NAMED = ("dataset_id", "indicator_id")
"""A copy's datasets and indicators get names of their own; areas, years and units stay."""


def multiply(source: Path, target: Path, copies: int) -> int:
    """Write the export ``copies`` times over; returns the observations it then holds.

    Only what is counted by dataset or indicator is repeated, and only landing and the observations: published tables stay.
    """
    observations = 0
    with duckdb.connect() as connection:
        for part in sorted(source.glob("*/*/part.parquet")):
            relation = part.relative_to(source).parent
            columns = [
                c for c, *_ in connection.execute("describe select * from read_parquet(?)", [str(part)]).fetchall()
            ]
            is_observed = relation.name.endswith("__observations")
            names = [c for c in columns if c in NAMED]
            repeated = copies if names and (relation.parts[0] == "landing" or is_observed) else 1
            (target / relation).mkdir(parents=True)
            for copy in range(repeated):
                listed = ", ".join(f"{c} || '_{copy}' as {c}" if c in names and copy else f'"{c}"' for c in columns)
                file = target / relation / f"part{copy}.parquet"
                connection.execute(
                    f"copy (select {listed} from read_parquet('{part}')) to '{file}' (format parquet, compression zstd)"
                )
            if is_observed:
                observations += (
                    repeated * connection.execute("select count(*) from read_parquet(?)", [str(part)]).fetchone()[0]
                )
    return observations


def lay_duckdb(export: Path, build_file: Path) -> None:
    """Put the export into a DuckDB file as tables, so that both engines start from the same."""
    with duckdb.connect(str(build_file)) as connection:
        for folder in sorted(p for p in export.glob("*/*") if p.is_dir()):
            schema, name = folder.relative_to(export).parts
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {schema}.\"{name}\" as from read_parquet('{folder}/*.parquet')")


def run_models(target: str, folder: Path, last_year: int) -> dict[str, float]:
    """Processor and wall seconds and peak memory (MB, of the largest process) of intermediate and marts."""
    environment = {
        **os.environ,
        "INTEGRERING_BUILD_FILE": str(folder / "build.duckdb"),
        "INTEGRERING_TEMP_DIR": str(folder / "spill"),
        "INTEGRERING_SPARK_WAREHOUSE": str(folder / "warehouse"),
        "INTEGRERING_LAST_YEAR": str(last_year),
        "DBT_TARGET_PATH": str(folder / f"dbt-{target}"),
        "DBT_LOG_PATH": str(folder / f"dbt-{target}"),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    variables = json.dumps({"staging_export": str(folder / "export")})
    command = [sys.executable, "-m", "dbt.cli.main", "run", "--target", target, "--full-refresh"]
    rest = ["--exclude", "path:models/staging", "--vars", variables, "--project-dir", str(DBT_PROJECT)]
    started = time.monotonic()
    with open(folder / f"{target}.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen([*command, *rest], env=environment, cwd=folder, stdout=log, stderr=log)
        spent: dict[int, float] = {}
        peak = 0
        while process.poll() is None:
            for pid, memory, seconds in _processes(process.pid):
                spent[pid], peak = seconds, max(peak, memory)
            time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"{target} failed: see {folder / f'{target}.log'}")
    return {
        "cpu_seconds": round(sum(spent.values())),
        "seconds": round(time.monotonic() - started),
        "peak_mb": peak,
    }


def _processes(parent: int) -> list[tuple[int, int, float]]:
    """Number, resident MB and processor seconds of a process and its children (Spark's Java outlives dbt, so no rusage)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # after the name in brackets: state, parent, ...; 11 and 12 further on: ticks in user and system mode; then memory
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == parent or int(fields[1]) == parent:
            ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
            megabytes = pages * os.sysconf("SC_PAGE_SIZE") // 2**20
            found.append((int(folder.name), megabytes, ticks / os.sysconf("SC_CLK_TCK")))
    return found


def main() -> int:
    """Print one line per size and engine."""
    parser = argparse.ArgumentParser(prog="bench.engines")
    parser.add_argument("--data", type=Path, default=Path("warehouse/data"))
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--targets", nargs="+", default=["duckdb", "spark"], choices=["duckdb", "spark"])
    asked = parser.parse_args()
    export = asked.data.resolve() / "build" / "spark" / "export"
    last_year = int(
        json.loads((asked.data / "build" / "state.json").read_text(encoding="utf-8"))["options"]["last_year"]
    )
    for copies in asked.copies:
        folder = asked.data.resolve() / "build" / "engines"
        shutil.rmtree(folder, ignore_errors=True)
        observations = multiply(export, folder / "export", copies)
        lay_duckdb(folder / "export", folder / "build.duckdb")
        for target in asked.targets:
            found = run_models(target, folder, last_year)
            line = {"copies": copies, "observations": observations, "engine": target, **found}
            print(json.dumps(line), flush=True)
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
