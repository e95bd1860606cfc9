"""What one reader of a published file waits for: a page of one municipality, one indicator everywhere, an average over all.

Here: the three questions, for any DuckDB from 1.0 on; needs nothing but that package. Not here: which ones (rebuild.py).
Run: python ask.py FILE; prints one JSON line of milliseconds of a clock, the median (of an average over all: the least of two).
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import duckdb

PAGE = """select indicator_id, municipality_value, county_value, country_value, difference_county, difference_country,
    rank, ranked_count, change_1y, change_3y, municipality_status
    from marts.comparison where municipality_code = ? and year = ?"""
"""What a page of one municipality asks: eleven columns, as many as the floor's mart has."""
INDICATOR = """select municipality_code, year, municipality_value, county_value, country_value
    from marts.comparison where indicator_id = ?"""
AVERAGE = "select indicator_id, avg(value) from marts.fct_indicator_value group by indicator_id"


def _taken(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Ask and print."""
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        connection.execute("set threads = 2")

        def rows(sql: str, *values: object) -> list:
            return connection.execute(sql, list(values)).fetchall()

        ((year,),) = rows("select max(year) from marts.fct_figure_country")
        places = [code for (code,) in rows("select distinct region_code from marts.fct_figure_municipality order by 1")]
        names = [name for (name,) in rows("select distinct indicator_id from marts.dim_series order by 1")]
        found = {
            "page": statistics.median(
                _taken(lambda c=c: rows(PAGE, c, year)) for c in places[:: len(places) // 50 or 1]
            ),
            "indicator": statistics.median(
                _taken(lambda n=n: rows(INDICATOR, n)) for n in names[:: len(names) // 20 or 1]
            ),
            "average": min(_taken(lambda: rows(AVERAGE)) for _ in range(2)),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
