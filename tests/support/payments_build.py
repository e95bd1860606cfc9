"""The models of benefits by group on rows that a test makes up, in a database in memory.

Here: the landing tables, stand-ins for the models of other topics, and the order of the models. Not here: compiling them
(model_sql.py), or tests.
"""

import duckdb
import pyarrow as pa

from sources.dataset.spec import load_specs
from sources.published.reader import ARROW_TYPES
from sources.vocabulary import word_rows
from tests.support.model_sql import PAYMENTS, PROJECT, compiled
from tests.support.published_build import bundled_rows, lay_table

LANDED = (
    "microdata_benefit_by_group", "municipal_benefit_by_group", "published_benefit_payments", "published_documents",
    "kostra_social_assistance_by_group", "kostra_programme_by_group", "kostra_accounts_expenditure",
)  # fmt: skip
SEEDS = ("benefit_group_parts", "understated_sums")
SCHEMAS = {"stg": "staging", "int": "intermediate"}
STAND_INS = {
    "marts.dim_region": """values
        ('3909', 'Larvik', 'municipality'), ('39', 'Vestfold', 'county'), ('00', 'Hele landet', 'country')
        as t (region_code, region_name, region_level)""",
    "intermediate.int_benefits__public_totals": """values ('3909', 'municipality', 2024, 48000.0::double)
        as t (region_code, region_level, year, population_persons)""",
    "intermediate.int_benefits__public_expenditure": """values ('3909', 2023, '275', 300.0::double)
        as t (region_code, year, function_code, participants_persons)""",
    "landing.release": "values ('', '', false) as t (dataset_id, release_id, is_demo)",
    "landing.current_release": "values ('', '') as t (dataset_id, release_id)",
}
"""What the models of other topics say: the areas, residents of Larvik the day after the year, participants in the programme."""

Rows = list[dict[str, object]]


def build(landed: dict[str, Rows], status_counts: Rows) -> duckdb.DuckDBPyConnection:
    """Run the models. ``landed``: rows by dataset_id; the published tables are the bundled ones. ``status_counts``: cells of SSB
    13563 on the areas of today (region_code, region_level, year, category, immigrant_category, age_group, value and bounds)."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as build")
    connection.execute("use build")
    for schema in ("landing", "staging", "intermediate", "marts"):
        connection.execute(f"create schema build.{schema}")
    for dataset_id in LANDED:
        _land(connection, dataset_id, landed.get(dataset_id, []))
    for name, rows in STAND_INS.items():
        connection.execute(f"create table build.{name} as select * from ({rows})")
    connection.register("words", pa.Table.from_pylist(word_rows()))
    connection.execute("create table build.landing.word as select * from words")
    for seed in SEEDS:
        connection.execute(f"create table build.staging.{seed} as from read_csv('{PROJECT / 'seeds' / f'{seed}.csv'}')")
    _status_counts(connection, status_counts)
    for name in PAYMENTS:
        schema = SCHEMAS.get(name.partition("_")[0], "marts")
        connection.execute(f"create table build.{schema}.{name} as {compiled()[name]}")
    return connection


def _land(connection: duckdb.DuckDBPyConnection, dataset_id: str, rows: Rows) -> None:
    spec = load_specs()[dataset_id]
    if spec.source == "published":
        return lay_table(connection, spec, bundled_rows(spec))
    fields = [pa.field("source_row", pa.int32()), *[pa.field(c.name, ARROW_TYPES[c.type]) for c in spec.table_columns]]
    numbered = [{"source_row": number, **row} for number, row in enumerate(rows, start=2)]
    return lay_table(connection, spec, pa.Table.from_pylist(numbered, schema=pa.schema(fields)))


def _status_counts(connection: duckdb.DuckDBPyConnection, cells: Rows) -> None:
    """One series for each status, group and age, and its cells."""
    connection.register("rows_given", pa.Table.from_pylist(cells))
    key = "category, immigrant_category, age_group"
    connection.execute(
        "create table build.intermediate.int_series as select row_number() over () as series_id, "
        f"'ssb_13563' as dataset_id, 'persons' as unit, 'all' as sex, * from (select distinct {key} from rows_given)"
    )
    connection.execute(
        "create table build.intermediate.int_region__observation_today as select series_id, 'ssb_13563' as dataset_id, "
        "'test' as release_id, region_code, region_level, year, value, value_low, value_high "
        f"from rows_given inner join build.intermediate.int_series using ({key})"
    )
    connection.unregister("rows_given")
