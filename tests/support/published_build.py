"""Builds the models of published and municipal tables alone, in a DuckDB file of the test's own.

Here: the landing tables from specs and bundled data, stand-ins for models of other topics. Not here: tests.
"""

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
from tests.support.dbt_trial import copy_project, run_dbt
from warehouse.build import typed_columns

FOLDERS = tuple(
    f"models/{layer}/{topic}" for layer in ("intermediate", "marts") for topic in ("costs", "grants", "cohorts")
)
APART = ("cohort_retention", "int_cohorts__programme_outcomes", "programme_outcome")
"""Models of these topics that read observations alone: dbt's unit tests try them on made-up rows."""
STAND_INS = Path(__file__).parent / "published_stand_ins"
"""Small models with the names and columns of those of other topics that this part reads."""


def build(folder: Path, municipal: dict[str, list[dict[str, object]]] | None = None) -> Path:
    """Run `dbt build` on the topics of this part and return the DuckDB file.

    ``municipal`` gives rows of drop-folder datasets by dataset_id; without it they are empty. Fails the test with
    dbt's own output when a model or a dbt test fails.
    """
    project = folder / "project"
    copy_project(project, FOLDERS, STAND_INS, apart=APART)
    file = folder / "build.duckdb"
    _write_landing(file, municipal or {})
    run_dbt(folder, project, "build")
    return file


@cache
def shared_build() -> Path:
    """The build on the bundled tables alone, made once for all tests of a session."""
    folder = Path(tempfile.mkdtemp(prefix="integrering-published-"))
    return build(folder)


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection, so that a test cannot change what the next one reads."""
    return duckdb.connect(str(file), read_only=True)


def _write_landing(file: Path, municipal: dict[str, list[dict[str, object]]]) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema landing")
        connection.register("rows", pa.Table.from_pylist(regions()))
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


def regions() -> list[dict[str, str | None]]:
    """The areas of today as `dim_region` has them, from the code history that ships."""
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
