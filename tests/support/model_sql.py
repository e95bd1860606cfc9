"""The SQL of the dbt models, compiled once, to be run on small tables that a test makes up.

Here: compiling, the regions of Klass, and a database laid with rows. Not here: assertions.
"""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.build.inputs import PART_TYPES, ROUNDING_TYPES, SET_TYPES, part_rows, rounding_rows
from sources.dataset.dimensions import DIMENSIONS
from sources.dataset.spec import DatasetSpec, load_specs
from sources.klass import reader as klass
from tests.support.dbt_trial import PROJECT, run_dbt
from warehouse.indicators import Indicator, term_rows
from warehouse.interface.codes import code_rows

STAGED = ("stg_klass__municipalities", "stg_klass__municipality_changes", "stg_klass__counties")
REGIONS = ("int_region__code_period", "int_region__code_current", "int_region__code_year", "int_region__kostra_group")
AREAS = ("int_region__part", "int_region__county_year", "int_region__code_out_of_force")
PLACED = (
    *(f"int_observation__{name}" for name in ("joined_year", "municipality", "out_of_force")),
    "int_region__joined_beside",
    *(f"int_observation__{name}" for name in ("listed_place", "regular", "apart", "placed")),
)
BOUNDED = ("int_observation__staged", "int_series__inner", "int_observation__rounded", "int_observation__bounded")
FIGURES = (
    "int_release__number",
    *PLACED,
    "int_region__observation_summed",
    "int_region__observation_published",
    "int_region__joined_choice",
    "int_region__country_of_counties",
    "int_region__today_apart",
    "int_region__observation_today",
    "int_region__against_parts",
)
NUMBERS = ("int_indicator__series", "int_indicator__breakdown")
INDICATORS = (
    *NUMBERS,
    *(f"int_indicator__{name}" for name in ("cell", "value", "bound", "standing", "open_year")),
)
STAR = ("dim_series", "dim_figure_state", "dim_open_year", "dim_release", "dim_region")
STAR += tuple(f"fct_figure_{level}" for level in ("municipality", "county", "country", "kostra_group"))
PAYMENTS = (
    "stg_municipal__benefit_by_group",
    *(
        f"int_payments__{name}"
        for name in ("microdata_cell", "microdata", "own_files", "by_source", "by_age", "standardised")
    ),
    "benefit_payment_by_group",
    "benefit_rate_by_group",
)
"""Benefits by group, in the order they are built."""
GATE = "hidden_cells_stay_hidden"
_SPECIAL = ("0000", "9999")


@dataclass(frozen=True)
class Cell:
    """One upstream cell of a made-up table. ``value`` None and status ``suppressed`` = a hidden count."""

    region: str
    level: str
    year: int
    value: float | None
    status: str = "ok"
    series: int = 0
    geography: str = "own_year"


@cache
def compiled(*names: str) -> dict[str, str]:
    """Compiled SQL by model name. One dbt call a session."""
    folder = Path(tempfile.mkdtemp(prefix="integrering-sql-"))
    wanted = names or (
        *STAGED,
        *REGIONS,
        *AREAS,
        *BOUNDED,
        *FIGURES,
        *INDICATORS,
        *STAR,
        "fct_indicator_value",
        "comparison",
        "data_quality",
        *PAYMENTS,
        GATE,
    )
    run_dbt(folder, PROJECT, "compile", "--select", *wanted)
    found = {path.stem: path.read_text(encoding="utf-8") for path in (folder / "target" / "compiled").rglob("*.sql")}
    return {name: found[name] for name in wanted}


class Build:
    """A database in memory with the regions of Klass, on which figures are laid and the models run."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("attach ':memory:' as build")
        self.connection.execute("use build")
        for schema in ("landing", "staging", "intermediate", "marts"):
            self.connection.execute(f"create schema build.{schema}")
        specs = load_specs()
        readers = {
            "municipalities": klass.read_bundled_periods,
            "municipality_changes": klass.read_bundled_changes,
            "counties": klass.read_bundled_periods,
        }
        for name, read in readers.items():
            dataset_id = f"klass_{name}"
            self.table("landing", dataset_id, read(specs[dataset_id], [klass.bundled_files()[dataset_id]]))
        self.run(*STAGED, schema="staging")
        self.table("staging", "special_region_codes", pa.table({"code": list(_SPECIAL), "name_nb": list(_SPECIAL)}))
        empty = {"code": pa.string(), "group_code": pa.string(), "group_name": pa.string(), "valid_on": pa.date32()}
        self.table("staging", "stg_klass__kostra_groups", pa.schema(list(empty.items())).empty_table())
        self.run(*REGIONS, *AREAS)
        self.table("landing", "code", pa.Table.from_pylist(code_rows({})))
        self.round_nothing()

    def round_nothing(self) -> None:
        """No publisher rounds anything."""
        self.table("landing", "rounding_rule", pa.Table.from_pylist([], schema=pa.schema(list(ROUNDING_TYPES.items()))))
        self.table("landing", "series_part", pa.Table.from_pylist([], schema=pa.schema(list(PART_TYPES.items()))))

    def rounds(self, spec: DatasetSpec) -> None:
        """The rules and the parts of one dataset, as a run lays them."""
        for name, rows, types in (
            ("rounding_rule", rounding_rows(spec), ROUNDING_TYPES),
            ("series_part", part_rows(spec), PART_TYPES),
        ):
            self.table("landing", name, pa.Table.from_pylist(rows, schema=pa.schema(list(types.items()))))

    def table(self, schema: str, name: str, rows: pa.Table) -> None:
        """(Re)make a table of rows."""
        self.connection.register("rows_given", rows)
        self.connection.execute(f"create or replace table build.{schema}.{name} as select * from rows_given")
        self.connection.unregister("rows_given")

    def run(self, *models: str, schema: str = "intermediate") -> None:
        """Run models in the order given, each into its table."""
        for name in models:
            self.connection.execute(f"create or replace table build.{schema}.{name} as {compiled()[name]}")

    def lay(self, cells: list[Cell], *, hidden: tuple[float, float | None] = (1, 4), additive: bool = True) -> None:
        """Lay made-up cells as the observations of one dataset and bring them to the geography of today.

        ``hidden`` are the bounds of a suppressed cell. Series numbers are those of the cells.
        """
        unit = "persons" if additive else "nok_median"
        rows = {
            "dataset_id": ["t"] * len(cells),
            "release_id": ["r"] * len(cells),
            "source_row": list(range(len(cells))),
            "source_column": [None] * len(cells),
            "series_number": [cell.series for cell in cells],
            "region_code": [cell.region for cell in cells],
            "region_level": [cell.level for cell in cells],
            "geography": [cell.geography for cell in cells],
            "year": [cell.year for cell in cells],
            "value": [None if cell.value is None else float(cell.value) for cell in cells],
            "value_status": [cell.status for cell in cells],
        }
        self.table("staging", "laid", pa.table(rows))
        self.connection.execute(
            "create or replace table build.staging.stg_landing__observations as "
            "select * exclude (year, source_column), "
            "cast(source_column as integer) as source_column, make_date(year, 1, 1) as period_start from build.staging.laid"
        )
        series = sorted({cell.series for cell in cells})
        text = {name: ["all"] * len(series) for name in DIMENSIONS if name != "category"}
        kept = {"category": [f"s{number}" for number in series]}
        numbers = {
            "dataset_id": ["t"] * len(series),
            "release_id": ["r"] * len(series),
            "series_number": series,
            "series_id": series,
        }
        self.table("intermediate", "int_series__number", pa.table(numbers))
        described = {
            "series_id": series,
            "dataset_id": ["t"] * len(series),
            "measure": ["persons"] * len(series),
            "unit": [unit] * len(series),
            "period_kind": ["year"] * len(series),
            **text,
            **kept,
            "is_additive": [additive] * len(series),
            "is_non_negative": [True] * len(series),
        }
        self.table("intermediate", "int_series", pa.table(described))
        low, high = hidden
        rule = {
            "dataset_id": ["t"],
            "status": ["suppressed"],
            "unit": [unit],
            "low": [float(low)],
            "high": [high],
            "from_year": [1900],
            "to_year": [2999],
        }
        self.table("landing", "hidden_rule", pa.table(rule).set_column(4, "high", pa.array([high], pa.float64())))
        self.table("landing", "current_release", pa.table({"release_id": ["r"]}))
        self.run(*BOUNDED, *FIGURES)

    def indicate(
        self,
        *indicators: Indicator,
        breaks: list[tuple[str, int]] | None = None,
        stood_on: date = date(2999, 1, 1),
        set_for_the_year: tuple[str, ...] = (),
    ) -> None:
        """Compute indicators on the laid cells, up to the comparison. The code of ``category`` tells series apart.

        ``stood_on``: the day of the release; ``set_for_the_year``: measures that are not counted through the year.
        """
        rows = [
            indicator.model_dump(exclude={"value", "numerator", "denominator", "published", "keep", "breaks"})
            for indicator in indicators
        ]
        for number, (row, indicator) in enumerate(zip(rows, indicators, strict=True), start=1):
            row |= {
                "indicator_number": number,
                "scale": indicator.scale,
                "kind": "value",
                "keeps": ",".join(indicator.keep),
            }
        typed = pa.Table.from_pylist(rows)
        for name in ("imdi_card", "reference_month"):
            kind = pa.int32() if name == "reference_month" else pa.string()
            typed = typed.set_column(typed.column_names.index(name), name, pa.nulls(len(rows), kind))
        self.table("landing", "indicator", typed)
        order = {"dataset_id": pa.string(), "serves_before": pa.string()}
        self.table("landing", "dataset_order", pa.Table.from_pylist([], schema=pa.schema(list(order.items()))))
        self.table("landing", "indicator_term", pa.Table.from_pylist(term_rows(list(indicators), list(DIMENSIONS))))
        self.sets_for_the_year(*set_for_the_year)
        types = {"indicator_id": pa.string(), "break_year": pa.int32()}
        given = [{"indicator_id": name, "break_year": year} for name, year in breaks or []]
        self.table("landing", "indicator_break", pa.Table.from_pylist(given, schema=pa.schema(list(types.items()))))
        run = self.connection.execute
        run("create or replace table build.marts.dim_indicator as select * from build.landing.indicator")
        run("create or replace table build.marts.dim_indicator_term as select * from build.landing.indicator_term")
        run("create or replace table build.marts.dim_dataset as select 't' as dataset_id, false as is_demo")
        self.releases(r=stood_on)
        self.compute()

    def sets_for_the_year(self, *measures: str) -> None:
        """Measures that the dataset sets for a year; the others it counts through it."""
        rows = [{"dataset_id": "t", "measure": measure} for measure in measures]
        self.table("landing", "set_for_the_year", pa.Table.from_pylist(rows, schema=pa.schema(list(SET_TYPES.items()))))

    def releases(self, **stood_on: date) -> None:
        """The releases in use by id, each with its day."""
        days = [datetime(day.year, day.month, day.day) for day in stood_on.values()]
        ids = list(stood_on)
        release = {"dataset_id": ["t"] * len(ids), "release_id": ids, "retrieved_at": days, "upstream_updated_at": days}
        self.table("landing", "release", pa.table(release))
        self.table("landing", "current_release", pa.table({"release_id": ids}))

    def compute(self) -> None:
        """The indicators once more, from the figures of today as they are."""
        self.run(*INDICATORS)
        self.run(*STAR, "fct_indicator_value", "comparison", schema="marts")

    def compare(self, columns: str, where: str = "true") -> list[tuple]:
        """Rows of the comparison."""
        return self.connection.execute(
            f"select {columns} from build.marts.comparison where {where} order by all"
        ).fetchall()

    def today(self, columns: str = "region_code, value, value_low, value_high", where: str = "true") -> list[tuple]:
        """Rows on the geography of today."""
        return self.connection.execute(
            f"select {columns} from build.intermediate.int_region__observation_today where {where}"
        ).fetchall()
