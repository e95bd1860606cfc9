"""A release small enough to be written by hand, for tests of the report.

Here: a DuckDB file with the mart columns the report reads. Not here: assertions.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from report.assemble import build_report
from report.model import Block, Report
from report.reading.marts import Marts

BREAKDOWNS = (
    "sex", "age_group", "immigrant_category", "immigration_reason", "world_region", "country_background",
    "length_of_residence", "education_level", "language_background", "category",
)  # fmt: skip
_SPLIT = ", ".join(f"{name} varchar default 'all'" for name in BREAKDOWNS)

TABLES = {
    "dim_region": "region_code varchar, region_name varchar, region_level varchar, county_code varchar",
    "dim_indicator": """indicator_id varchar, name_nb varchar, definition_nb varchar, statistic_group varchar,
        unit varchar, direction varchar, breakdown_names varchar, first_break_year integer, last_break_year integer""",
    "dim_indicator_term": "indicator_id varchar, dataset_id varchar",
    "dim_breakdown_code": "dimension varchar, code varchar, label_nb varchar",
    "dim_dataset": """dataset_id varchar, title_nb varchar, statistic_group varchar, declared_cadence varchar,
        licence varchar, attribution_nb varchar, link varchar, has_release boolean, last_retrieved_at timestamp,
        last_updated_at timestamp, is_demo boolean""",
    "fct_dataset_release": """dataset_id varchar, release_id varchar, retrieved_at timestamp,
        publication_status varchar, is_in_use boolean""",
    "fct_indicator_value": f"""indicator_id varchar, region_code varchar, region_level varchar, year integer, {_SPLIT},
        value double, value_low double, value_high double, value_status varchar, geography_basis varchar,
        reason varchar, release_id varchar, is_demo boolean, is_whole_year boolean default true""",
    "comparison": f"""indicator_id varchar, municipality_code varchar, year integer, {_SPLIT}, rank integer,
        ranked_count integer""",
    "data_quality": "dataset_id varchar, year integer, finding varchar, finding_count bigint",
}


class SmallRelease:
    """A release under construction; ``close`` writes it. Larvik, Vestfold and the country are there from the start."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = duckdb.connect(str(path))
        self.connection.execute("create schema marts")
        for table, columns in TABLES.items():
            self.connection.execute(f"create table marts.{table} ({columns})")
        for code, name, level, county in (
            ("3909", "Larvik", "municipality", "39"),
            ("3907", "Sandefjord", "municipality", "39"),
            ("39", "Vestfold", "county", "39"),
            ("00", "Hele landet", "country", None),
        ):
            self.add("dim_region", region_code=code, region_name=name, region_level=level, county_code=county)

    def add(self, table: str, **values: Any) -> None:
        """One row; columns that are not named keep their default."""
        columns = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        self.connection.execute(f"insert into marts.{table} ({columns}) values ({marks})", list(values.values()))

    def dataset(self, dataset_id: str, retrieved: str, *, title: str = "Et datasett", is_demo: bool = False) -> None:
        """A dataset with one release in use, fetched on the day given."""
        stamp = datetime.fromisoformat(retrieved)
        self.add(
            "dim_dataset", dataset_id=dataset_id, title_nb=title, statistic_group="population_settlement",
            declared_cadence="yearly", licence="NLOD", attribution_nb="Kilde: IMDi", link="https://www.imdi.no/",
            has_release=True, last_retrieved_at=stamp, is_demo=is_demo,
        )  # fmt: skip
        self.add(
            "fct_dataset_release", dataset_id=dataset_id, release_id=f"r_{dataset_id}", retrieved_at=stamp,
            publication_status="unknown", is_in_use=True,
        )  # fmt: skip

    def indicator(self, indicator_id: str, name: str, unit: str, *, dataset_id: str = "d", **more: Any) -> None:
        """An indicator made from one dataset."""
        given = {"statistic_group": "population_settlement", "direction": "neither", "breakdown_names": ""} | more
        self.add(
            "dim_indicator", indicator_id=indicator_id, name_nb=name, definition_nb=f"Om {name}", unit=unit, **given
        )
        self.add("dim_indicator_term", indicator_id=indicator_id, dataset_id=dataset_id)

    def value(self, indicator_id: str, region: str, year: int, value: float | None, **more: Any) -> None:
        """A cell; a value gives its own bounds and the status ok unless they are given."""
        given = {
            "value_low": value,
            "value_high": value,
            "value_status": "ok" if value is not None else "missing",
            "geography_basis": "published",
        } | more
        self.add(
            "fct_indicator_value", indicator_id=indicator_id, region_code=region, region_level="", year=year,
            value=value,
            release_id="r_d", is_demo=False, **given,
        )  # fmt: skip

    def table(self, name: str, columns: str, *rows: dict[str, Any]) -> None:
        """A further mart, or rows of one that is there, for the section that reads it."""
        self.connection.execute(f"create table if not exists marts.{name} ({columns})")
        for row in rows:
            self.add(name, **row)

    def star(self) -> None:
        """The figures as narrow tables beside their numbers, for readers of those; when all figures are in."""
        dimensions, figures = ", ".join(BREAKDOWNS), "marts.fct_indicator_value"
        for table, number, columns in (
            ("dim_series", "series_number", f"indicator_id, {dimensions}"),
            ("dim_figure_state", "state_number", "value_status"),
        ):
            self.connection.execute(
                f"create table marts.{table} as select row_number() over ()::integer as {number}, * "
                f"from (select distinct {columns} from {figures} order by all)"
            )
        for level in ("municipality", "county", "country"):
            self.connection.execute(
                f"create table marts.fct_figure_{level} as select series_number, region_code, year, value, "
                "nullif(value_low, value) as value_low, nullif(value_high, value) as value_high, state_number "
                f"from {figures} inner join marts.dim_series using (indicator_id, {dimensions}) "
                "inner join marts.dim_figure_state using (value_status) "
                f"where region_code in (select region_code from marts.dim_region where region_level = '{level}')"
            )

    def close(self) -> Path:
        self.connection.close()
        return self.path

    def report(self, published: datetime) -> Report:
        """The report of Larvik over at least five years."""
        with Marts.open(self.close()) as marts:
            return build_report(marts, "3909", 5, published)

    def blocks(self, published: datetime) -> dict[str, Block]:
        """The blocks of all sections of that report, by id."""
        return {block.block_id: block for section in self.report(published).sections for block in section.blocks}
