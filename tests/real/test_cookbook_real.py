"""The cookbook on the real files: every query runs, and where somebody published the answer, it is that.

Sources: IMDi's files (settlement 2022, secondary moves 2022, reasons 2021, persistent low income 2013), SSB 10824, 12272 and
13563, the committee's report for 2024 (REPRODUCTION_TARGETS.md) and the council's presentation.
"""

from typing import Any

import pytest

from tests.support.cookbook import QUERIES
from tests.support.pipeline import Installation
from tests.support.published_keys import broken_promises
from warehouse.query import open_published, run_query

Row = dict[str, Any]

PUBLISHED: list[tuple[str, Row, Row]] = [
    ("The same in Norwegian words?", {"aar": 2022}, {"kommunen": 168, "fylket": 879}),
    ("A figure by group, with the names of the groups?", {"aar": 2021, "gruppe": "Flukt"}, {"kommunen": 1913}),
    (
        "How many refugees were settled here, beside the county and the country?",
        {"year": 2022},
        {"municipality_value": 168, "county_value": 879, "country_value_low": 31255, "country_value_high": 31261},
    ),
    (
        "What was asked, decided and done, with bounds where cells are hidden?",
        {"region_name": "Larvik", "year": 2022},
        {"requested_persons": 175, "settled_persons": 168},
    ),
    (
        "Do we settle as many as the state asks for, and how does that compare?",
        {"year": 2022},
        {"municipality_value": 100 * 168 / 175},
    ),
    (
        "Which years of my county are only known as an interval, and how wide is it?",
        {"year": 2017},
        {"settled_persons_low": 369, "settled_persons_high": 372, "width": 3},
    ),
    (
        "Which municipality of the county settles most, in all and by its size?",
        {"region_name": "Larvik"},
        {"settled_persons": 168},
    ),
    (
        "How many of the refugees living here were settled elsewhere first (secondary moves)?",
        {"year": 2022, "move_status": "moved_here"},
        {"persons": 588, "share_pct": 30.5},
    ),
    ("Why did they come?", {"immigration_reason": "flight"}, {"persons": 1913}),
    ("Why did they come?", {"immigration_reason": "all"}, {"persons": 5685, "share_pct": 100}),
    (
        "How many minority-language children go to kindergarten, and what share of the children there are they?",
        {"year": 2021},
        {"minority_children": 370, "all_children": 2147},
    ),
    (
        "What do former participants do a year after the programme?",
        {"year": 2021, "region_name": "Oslo"},
        {"share_pct": 57.0},
    ),
    (
        "What share of the young stands outside work, education and training, immigrants beside the rest?",
        {"year": 2021, "immigrant_category": "immigrants"},
        {"numerator": 229, "denominator": 1044, "share_pct": 21.9},
    ),
    (
        "What did the state pay for each settled person?",
        {"region_code": "3909"},
        {"grants_nok": 489144177, "settled_persons": 519},
    ),
    (
        "What does the state pay for one person over five years, by category and settlement year?",
        {"settlement_year": 2020, "category": "single_adult"},
        {"five_years_nok": 822900},
    ),
    ("Does the grant cover what settlement costs?", {"year": 2024}, {"coverage_pct": 90.9, "uncovered_nok": 81104}),
    (
        "Who is paid what: benefits per settled person by year since settlement?",
        {"benefit": "introduction_benefit", "years_since_settlement": 0},
        {"five_years_nok": 194517},
    ),
    (
        "Who is paid what: benefits per settled person by year since settlement?",
        {"benefit": "social_assistance", "years_since_settlement": 4},
        {"five_years_nok": 174587},
    ),
    (
        "What is paid in each scheme, per inhabitant of the group, and from what kind of source?",
        {"year": 2019, "source_kind": "national_reference"},
        {"paid_nok": 4.0e9, "share_of_paid_pct": 58, "share_of_population_pct": 17},
    ),
    (
        "Is a benefit received more often when the age is the same?",
        {"year": 2017, "group_name_nb": "Innvandrere fra Afrika, Asia og resten av verden"},
        {"raw_rate_pct": 7.2, "standardised_rate_pct": 11.7, "rest_raw_rate_pct": 10.9},
    ),
    (
        "How does the survey of what settlement costs rank its municipalities?",
        {"region_name": "Larvik"},
        {"average_rank": 10, "ranked_count": 24, "average_cost_nok": 90929},
    ),
    (
        "Where does Norwegian training run at a loss?",
        {"region_name": "Larvik"},
        {"deficit_nok": 5037522, "coverage_pct": 71.7},
    ),
    ("What was Larvik made of in each year?", {"year": 2017}, {"parts": "0709 + 0728"}),
    (
        "From which file does a figure come?",
        {"year": 2022},
        {"settled_persons": 168, "file_name": "k_bosatt_anmodede_1995-2023.csv"},
    ),
    (
        "What did a publisher change afterwards?",
        {"measure": "requested"},
        {"value_before": 32, "value_after": 175, "value_change": 143},
    ),
]


def test_the_real_release_keeps_its_keys_and_references(real: Installation) -> None:
    with open_published(real.data) as connection:
        assert broken_promises(connection) == []


@pytest.mark.parametrize("question", QUERIES)
def test_a_query_runs_on_real_files(real: Installation, question: str) -> None:
    assert run_query(real.data, QUERIES[question]).columns


@pytest.mark.parametrize(("question", "which", "published"), PUBLISHED, ids=[f"{q[:40]} {w}" for q, w, _ in PUBLISHED])
def test_the_answer_is_the_published_one(real: Installation, question: str, which: Row, published: Row) -> None:
    result = run_query(real.data, QUERIES[question])
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    (row,) = [row for row in rows if which.items() <= row.items()]
    assert {name: row[name] for name in published} == pytest.approx(published)
