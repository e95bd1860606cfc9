"""The years of an indicator that its source saw only a part of.

Here: asking the published release, also one from before it said so. Not here: which years those are (int_indicator__open_year).
"""

from datetime import date

import duckdb


def part_years(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> dict[int, date]:
    """Year -> the day that its source stood at, of the years whose figures lack the rest. None before interface 2.7."""
    sql = "select year, as_of_date from marts.dim_open_year where indicator_id = ? and not is_whole_year order by year"
    try:
        return dict(connection.execute(sql, [indicator_id]).fetchall())
    except duckdb.CatalogException:
        return {}
