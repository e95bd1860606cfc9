"""Builds the models of published and municipal tables alone, in a DuckDB file of the test's own.

Here: the landing tables from specs and bundled data, stand-ins for models of other topics. Not here: tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from sources.dataset.spec import DatasetSpec, load_specs
from sources.klass.history import counties, municipalities
from sources.ports import Document
from sources.published.reader import ARROW_TYPES, bundled_file, read_table
from warehouse.build import typed_columns

REPOSITORY = Path(__file__).parents[2]
PROJECT = REPOSITORY / "dbt_project"
TOPICS = {
    "intermediate": ("costs", "grants", "cohorts"),
    "marts": ("costs", "grants", "cohorts"),
}
STAND_INS = Path(__file__).parent / "published_stand_ins"
"""Small models with the names and columns of those of other topics that this part reads."""


def build(folder: Path, municipal: dict[str, list[dict[str, object]]] | None = None) -> Path:
    """Run `dbt build` on the topics of this part and return the DuckDB file.

    ``municipal`` gives rows of drop-folder datasets by dataset_id; without it they are empty. Fails the test with
    dbt's own output when a model or a dbt test fails.
    """
    project = folder / "project"
    _copy_project(project)
    file = folder / "build.duckdb"
    _write_landing(file, municipal or {})
    environment = os.environ | {
        "INTEGRERING_BUILD_FILE": str(file),
        "INTEGRERING_TEMP_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    command = [sys.executable, "-m", "dbt.cli.main", "build", "--project-dir", str(project), "--profiles-dir"]
    run = subprocess.run(
        [*command, str(project), "--quiet"], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    return file


@cache
def shared_build() -> Path:
    """The build on the bundled tables alone, made once for all tests of a session."""
    folder = Path(tempfile.mkdtemp(prefix="integrering-published-"))
    return build(folder)


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection, so that a test cannot change what the next one reads."""
    return duckdb.connect(str(file), read_only=True)


def _copy_project(project: Path) -> None:
    project.mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project / name)
    shutil.copytree(PROJECT / "macros", project / "macros")
    shutil.copytree(PROJECT / "tests" / "generic", project / "tests" / "generic")
    shutil.copytree(STAND_INS, project / "models" / "stand_ins")
    (project / "models" / "staging").mkdir()
    shutil.copy(PROJECT / "models" / "staging" / "_tables.yml", project / "models" / "staging")
    for layer, topics in TOPICS.items():
        for topic in topics:
            source = PROJECT / "models" / layer / topic
            if source.exists():
                shutil.copytree(source, project / "models" / layer / topic)
    for topic in sorted({t for topics in TOPICS.values() for t in topics}):
        if (PROJECT / "tests" / topic).exists():
            shutil.copytree(PROJECT / "tests" / topic, project / "tests" / topic)


def _write_landing(file: Path, municipal: dict[str, list[dict[str, object]]]) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema landing")
        connection.register("rows", pa.Table.from_pylist(_regions()))
        connection.execute("create table landing.stand_in_region as select * from rows")
        for dataset_id, spec in load_specs().items():
            if spec.source == "published":
                rows = bundled_rows(spec)
            elif spec.source == "municipal":
                rows = _rows(spec, municipal.get(dataset_id, []))
            else:
                continue
            lay_table(connection, spec, rows)


def bundled_rows(spec: DatasetSpec) -> pa.Table:
    """The rows of a published table as they ship with the product."""
    path = bundled_file(spec)
    return read_table(spec, [Document(path, path.name)])


def lay_table(connection: duckdb.DuckDBPyConnection, spec: DatasetSpec, rows: pa.Table) -> None:
    """A reference table in the landing schema, typed as a build lays it."""
    connection.register("rows", rows)
    connection.execute(
        f"create table landing.{spec.dataset_id} as "
        f"select '{spec.dataset_id}' as dataset_id, 'test' as release_id, false as is_demo, source_row, "
        f"{typed_columns(spec.column_types)} from rows"
    )
    connection.unregister("rows")


def _regions() -> list[dict[str, str | None]]:
    year = date.today().year
    return [
        {"region_code": "00", "region_name": "Hele landet", "region_level": "country", "county_code": None},
        *[{"region_code": c, "region_name": n, "region_level": "county", "county_code": c} for c, n in counties(year)],
        *[
            {"region_code": c, "region_name": n, "region_level": "municipality", "county_code": c[:2]}
            for c, n in municipalities(year)
        ],
    ]


def _rows(spec: DatasetSpec, rows: list[dict[str, object]]) -> pa.Table:
    fields = [pa.field("source_row", pa.int32()), *[pa.field(c.name, ARROW_TYPES[c.type]) for c in spec.table_columns]]
    numbered = [{"source_row": n, **row} for n, row in enumerate(rows, start=2)]
    return pa.Table.from_pylist(numbered, schema=pa.schema(fields))
