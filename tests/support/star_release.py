"""A release of a few municipalities written by hand in the star, for tests of what is chosen from all areas.

Here: a DuckDB file with the tables that report/reading/everywhere.py reads. Not here: assertions.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from report.reading.everywhere import BREAKDOWNS
from tests.support.report_release import TABLES as LIKE_REPORT

_FIGURE = """series_number integer, region_code varchar, year integer, value double, value_low double, value_high double,
    numerator double, denominator double, state_number integer, release_number integer"""
_SPLIT = ", ".join(f"{name} varchar default 'all'" for name in BREAKDOWNS)
SHARED = ("dim_indicator", "dim_indicator_term", "dim_breakdown_code", "dim_dataset", "fct_dataset_release")
TABLES = {
    "dim_region": """region_code varchar, region_name varchar, region_level varchar, county_code varchar,
        kostra_group_code varchar""",
    **{name: LIKE_REPORT[name] for name in SHARED},
    "dim_release": "release_number integer, release_id varchar",
    "dim_figure_state": """state_number integer, value_status varchar, geography_basis varchar, reason varchar,
        is_whole_year boolean""",
    "dim_series": f"series_number integer, indicator_id varchar, {_SPLIT}, is_demo boolean default false",
    **{f"fct_figure_{level}": _FIGURE for level in ("municipality", "county", "country", "kostra_group")},
}
OK, HIDDEN, ROUNDED, PART_YEAR = 1, 2, 3, 4


class StarRelease:
    """Municipalities «3901» … of county 39, among them Larvik (3909), and the country; one dataset, fetched in November 2026."""

    def __init__(self, path: Path, municipalities: int = 12) -> None:
        self.path = path
        self.connection = duckdb.connect(str(path))
        self.connection.execute("create schema marts")
        for table, columns in TABLES.items():
            self.connection.execute(f"create table marts.{table} ({columns})")
        self.codes = [f"39{number:02}" for number in range(1, municipalities + 1)]
        for code in self.codes:
            self.add("dim_region", code, "Larvik" if code == "3909" else f"Kommune {code}", "municipality", "39", "")
        self.add("dim_region", "39", "Vestfold", "county", "39", "")
        self.add("dim_region", "00", "Hele landet", "country", None, "")
        # one more county, so that the municipalities are not all of the country
        self.add("dim_region", "4601", "Bergen", "municipality", "46", "")
        self.add("dim_region", "46", "Vestland", "county", "46", "")
        stamp = datetime(2026, 11, 1)
        self.add(
            "dim_dataset",
            "d",
            "Et datasett",
            "education",
            "yearly",
            "NLOD",
            "Kilde: IMDi",
            "https://www.imdi.no/",
            True,
            stamp,
            None,
            False,
        )
        self.add("fct_dataset_release", "d", "r1", stamp, "unknown", True)
        self.add("dim_release", 1, "r1")
        for number, status in ((OK, "ok"), (HIDDEN, "suppressed"), (ROUNDED, "rounded"), (PART_YEAR, "ok")):
            self.add("dim_figure_state", number, status, "published", None, number != PART_YEAR)
        self._series = 0

    def add(self, table: str, *values: Any) -> None:
        marks = ", ".join("?" for _ in values)
        self.connection.execute(f"insert into marts.{table} values ({marks})", list(values))

    def indicator(
        self,
        indicator_id: str,
        unit: str,
        *,
        group: str = "education",
        direction: str = "higher_better",
        broken: int | None = None,
    ) -> int:
        """An indicator of totals; returns the number of its series."""
        self.add(
            "dim_indicator",
            indicator_id,
            f"Navnet på {indicator_id}",
            "Om tallet",
            group,
            unit,
            direction,
            "",
            broken,
            broken,
        )
        self.add("dim_indicator_term", indicator_id, "d")
        self._series += 1
        self.connection.execute(
            "insert into marts.dim_series (series_number, indicator_id) values (?, ?)", [self._series, indicator_id]
        )
        return self._series

    def figure(
        self,
        series: int,
        code: str,
        year: int,
        value: float | None,
        *,
        of: float | None = None,
        part: float | None = None,
        bounds: tuple[float, float] | None = None,
        state: int = OK,
    ) -> None:
        """A figure; ``part`` of ``of`` are the persons behind it."""
        level = "country" if code == "00" else "county" if len(code) == 2 else "municipality"
        low, high = bounds or (None, None)
        self.add(f"fct_figure_{level}", series, code, year, value, low, high, part, of, state, 1)

    def share(self, series: int, code: str, year: int, part: float, of: float) -> None:
        self.figure(series, code, year, 100.0 * part / of, part=part, of=of)

    def shares(
        self,
        series: int,
        year: int,
        persons: Mapping[str, tuple[float, float]],
        others: tuple[float, float] = (500, 1000),
    ) -> None:
        """A share for every municipality (``others`` where none is given, a little apart), the county and the country."""
        total, whole = 0.0, 0.0
        for number, code in enumerate(self.codes):
            part, of = persons.get(code, (others[0] + number - 6, others[1]))
            self.share(series, code, year, part, of)
            total, whole = total + part, whole + of
        if "39" not in persons:
            self.share(series, "39", year, total, whole)
        if "00" not in persons:
            self.share(series, "00", year, total * 10, whole * 10)
        for code in ("39", "00"):
            if code in persons:
                self.share(series, code, year, *persons[code])

    def close(self) -> Path:
        self.connection.close()
        return self.path
