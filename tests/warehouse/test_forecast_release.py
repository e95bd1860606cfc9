"""A forecast on a release that older models made.

Here: what the caller is told. Not here: figures (tests/models/published/test_forecast_targets.py).
"""

import duckdb
import pytest

from warehouse.forecast.answer import forecast
from warehouse.forecast.question import ForecastError, Question


def test_a_release_without_what_the_forecast_reads_says_what_to_do() -> None:
    with duckdb.connect() as connection, pytest.raises(ForecastError, match="integrering run"):
        forecast(connection, Question("3909"))
