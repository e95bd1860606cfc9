"""The 58 figures of REPRODUCTION_TARGETS.md, each derived in SQL from rows of the product's own marts.

Here: asking (the questions and printed figures: reproduction_targets.sql). Not here: the printed change columns
(test_published_changes.py).
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from tests.support.published_build import connect, shared_build

pytestmark = pytest.mark.xdist_group("published_build")

VIEWS = """
    create temp view rate as from marts.fct_grant_rate where is_used and grant_name = 'integration_grant';
    create temp view component as from marts.cost_component where target_group = 'all_persons_with_integration_grant';
    create temp view minors as from marts.cost_component where target_group = 'unaccompanied_minors';
    create temp view coverage as from marts.cost_coverage where scheme = 'integration_grant';
    create temp macro statistic(asked, of_year) as
        (select value from marts.reported_statistic where item = asked and year = of_year);
"""
"""What the questions call by a short name."""

_FILE = Path(__file__).with_name("reproduction_targets.sql").read_text(encoding="utf-8")
TARGETS = {n: (sql, printed) for n, printed, sql in re.findall(r"^-- (R\d\d): ([^\n]+)\n(.+?);$", _FILE, re.M | re.S)}

ELSEWHERE = {"R54", "R56", "R57", "R58", "R59", "R61"}
"""Targets that run the forecast on a plan of their own: tests/models/published/test_forecast_targets.py."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(shared_build()) as connection:
        connection.execute(VIEWS)
        yield connection


def rounded(value: float, printed: str) -> str:
    """A figure half up to the decimals of the printed one."""
    step = Decimal(1).scaleb(-len(printed.partition(".")[2]))
    return str(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP))


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    query, expected = TARGETS[target]
    found = [row[0] for row in warehouse.sql(query).fetchall()]
    printed = expected.split()
    assert len(found) == len(printed), found
    assert [rounded(value, text) for value, text in zip(found, printed, strict=True)] == printed


def test_no_target_has_gone() -> None:
    assert len(TARGETS) + len(ELSEWHERE) == 58
    assert not set(TARGETS) & ELSEWHERE


def test_every_target_has_a_test(shared: Path) -> None:
    text = (shared / "upstream/published_tables/REPRODUCTION_TARGETS.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| (R\d\d) \|", text, re.MULTILINE))
    assert len(listed) == 58
    assert set(TARGETS) | ELSEWHERE == listed
