"""What we derive gives no hidden cell away: the release gate, and an attack on what the models make (fault 28).

Here: made-up tables under the models' own SQL. Not here: the real release (test_hidden_cells_real.py), the municipality's
own KOSTRA files (test_kostra_disclosure.py), or values of other vintages (fault 27, test_whole_runs.py).
"""

from random import Random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sources.klass.history import municipalities
from tests.support.marts_attack import MartsAttacker
from tests.support.model_sql import GATE, Build, Cell, compiled
from warehouse.indicators import Indicator

pytestmark = pytest.mark.xdist_group("compiled_models")

YEAR = 2024
SOLVED_EACH = 4
"""Hidden cells attacked in each drawn country: each costs two linear programmes."""

TERM = {"dataset": "t", "measure": "persons", "unit": "persons"}
SHARE = Indicator.model_validate(
    {
        "indicator_id": "share",
        "name_nb": "x",
        "definition_nb": "x",
        "statistic_group": "education",
        "unit": "percent",
        "direction": "neither",
        "of": TERM,
        "numerator": {"where": {"category": "s0"}},
        "denominator": {"where": {"category": "s1"}},
        "published": {**TERM, "where": {"category": "s2"}},
    }
)


@pytest.fixture(scope="module")
def build() -> Build:
    """With a table of revisions, which the gate reads, and no row in it."""
    made = Build()
    none = {"dataset_id": "", "published_region_code": "", "period_start": "", "status_after": "", "value_before": 0.0}
    made.table("marts", "fct_revision", pa.Table.from_pylist([none]).slice(1))
    return made


def findings(build: Build) -> list[tuple[str, str]]:
    """What the gate objects to: (finding, area)."""
    build.run("fct_indicator_value", schema="marts")
    return build.connection.execute(f"select finding, region_code from ({compiled()[GATE]}) order by all").fetchall()


def counts(seed: int, highest: int) -> dict[str, int]:
    chance = Random(seed)
    return {code: chance.randint(0, highest) for code, _ in municipalities(YEAR)}


def cells_of(figures: dict[str, int], hidden: set[str]) -> list[Cell]:
    return [
        Cell(code, "municipality", YEAR, None if code in hidden else n, "suppressed" if code in hidden else "ok")
        for code, n in figures.items()
    ]


def known(build: Build) -> dict[str, tuple[float, float | None]]:
    return {code: (low, high) for code, _, low, high in build.today() if low is not None}


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), highest=st.sampled_from([4, 8, 60]), share=st.sampled_from([0.02, 0.3, 1.0]))
def test_our_sums_leave_a_hidden_count_anything_from_one_to_four(
    build: Build, seed: int, highest: int, share: float
) -> None:
    """The attacker has every open cell, every interval and our sums; upstream gives no total of its own."""
    figures, chance = counts(seed, highest), Random(seed)
    hidden = {code for code, n in figures.items() if 1 <= n <= 4 and chance.random() < share}
    build.lay(cells_of(figures, hidden))
    build.indicate(SHARE)
    assert findings(build) == []
    attacker = MartsAttacker(figures, known(build))
    for code in sorted(hidden)[:: max(1, len(hidden) // SOLVED_EACH)]:
        low, high = attacker.bounds(code)
        assert low <= 1 + 1e-6 and high >= 4 - 1e-6, (code, figures[code], low, high)


SHOWN, NARROWED = "a hidden count is shown", "a sum narrows a hidden count"


@pytest.mark.parametrize(
    ("damage", "area", "expected"),
    [
        ("value = 53, value_low = 53, value_high = 53", "39", [(SHOWN, "39"), (NARROWED, "39")]),
        ("value_low = value_high", "39", [(SHOWN, "39"), (NARROWED, "39")]),
        ("value_high = value_low + 1", "39", [(NARROWED, "39")]),
        ("value = 3, value_low = 3, value_high = 3", "3909", [(SHOWN, "3909")]),
    ],
)
def test_the_gate_stops_a_model_that_says_too_much(
    build: Build, damage: str, area: str, expected: list[tuple[str, str]]
) -> None:
    """Larvik's 3 is hidden among tens. A sum filled from elsewhere, or tightened, gives it away; the gate says where."""
    build.lay(cells_of(dict.fromkeys(counts(0, 1), 10) | {"3909": 3}, {"3909"}))
    build.indicate(SHARE)
    assert findings(build) == []
    build.connection.execute(
        f"update build.intermediate.int_region__observation_today set {damage} where region_code = '{area}'"
    )
    assert findings(build) == expected
    if area == "39":
        low, high = MartsAttacker(counts(0, 1), known(build)).bounds("3909")
        assert low > 1 + 1e-6 or high < 4 - 1e-6, "the attack sees it too"


def test_what_upstreams_own_totals_give_away_is_still_shown_as_an_interval(build: Build) -> None:
    """53 in Vestfold and five tens: whoever subtracts has 3. That is upstream's to mend; we do not do it for the reader."""
    cells = [*cells_of(dict.fromkeys(counts(0, 1), 10) | {"3909": 3}, {"3909"}), Cell("39", "county", YEAR, 53)]
    build.lay(cells)
    build.indicate(SHARE)
    assert MartsAttacker(counts(0, 1), known(build)).bounds("3909") == pytest.approx((3, 3))
    assert build.today("value, value_low, value_high, value_status", "region_code = '3909'") == [
        (None, 1.0, 4.0, "suppressed")
    ]
    assert findings(build) == []


@pytest.mark.parametrize(
    ("part", "whole", "share", "expected"),
    [
        (20, 40, None, (None, 1.0, 4.0, "suppressed", None, None)),
        (None, 40, None, (None, 2.5, 10.0, "suppressed", None, None)),
        (None, 40, 7.5, (7.5, 7.5, 7.5, "ok", None, None)),
        (20, 40, 50, (50.0, 50.0, 50.0, "ok", 20.0, 40.0)),
    ],
)
def test_a_share_and_its_counts_do_not_give_each_other_away(
    build: Build, part: int | None, whole: int, share: float | None, expected: tuple
) -> None:
    """A hidden share is not recomputed from open counts; beside an open share no denominator turns it into a hidden count."""
    build.lay(
        [
            Cell("3909", "municipality", YEAR, number, "ok" if number is not None else "suppressed", series)
            for series, number in enumerate((part, whole, share))
        ]
    )
    build.indicate(SHARE)
    rows = build.connection.execute(
        "select value, value_low, value_high, value_status, numerator, denominator "
        "from build.marts.fct_indicator_value where region_code = '3909'"
    ).fetchall()
    assert rows == [expected]
    assert findings(build) == []
