"""Printed changes, printed sums and known discrepancies, recomputed from the levels in SQL.

Here: every printed figure that repeats or follows from others. Not here: the reproduction targets.
"""

import duckdb
import pytest

pytestmark = pytest.mark.xdist_group("published_build")

FROM_UNROUNDED = {
    ("Tabell 4", "integration_grant_plus_special_grant_unaccompanied_minors", "nok", 217194.0),
    ("Tabell 9", "integration_grant_plus_special_grant_unaccompanied_minors", "nok", 217194.0),
    ("Vedlegg 10", "municipality", "percent", 10.0),
    ("Vedlegg 6", "employment_measures", "percent", 25.1),
    ("Kap 3 text", "employment_measures", "percent", 25.1),
    ("Vedlegg 6", "home_care_activation_support", "percent", 27.0),
    ("Vedlegg 6", "overhead", "nok", 921.0),
}
"""Changes the documents computed before they rounded the levels; one unit off the change of the printed levels."""


def test_all_193_printed_changes_follow_from_the_levels(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.sql(
        "select count(*), count(*) filter (is_equal), count(*) filter (is_within_rounding) from marts.printed_change"
    ).fetchall()
    assert counts == [(193, 186, 193)]
    odd = warehouse.sql(
        "select source_table, item, change_unit, printed_change from marts.printed_change where not is_equal"
    ).fetchall()
    assert set(odd) == FROM_UNROUNDED


SUMS = {
    "cohort benefits": (
        """select p.year, p.benefit, p.amount_nok, sum(c.amount_nok)
           from landing.published_cohort_benefits as p
           left join landing.published_cohort_benefits as c
           on c.year = p.year and c.benefit = p.benefit and not c.is_total
           where p.is_total group by all""",
        4,
        0,
    ),
    "cost components": (
        "select year, series, amount_nok, components_sum_nok from marts.cost_component where is_total",
        8,
        1,
    ),
    "sample cost": (
        "select year, area_level, printed_total_cost_nok, total_cost_nok from marts.integration_cost "
        "where area_level = 'sample'",
        2,
        1,
    ),
    "five-year totals of one rate year": (
        """select p.year, p.category, p.amount_nok, sum(r.amount_nok)
           from landing.published_integration_grant_rates as p
           left join marts.fct_grant_rate as r
           on r.is_used and r.grant_name = 'integration_grant' and r.rate_year = p.year and r.category = p.category
           where p.row_type <> 'rate' group by all""",
        15,
        0,
    ),
    "three-year totals of Norwegian training": (
        """select p.year, p.rate_level, p.amount_nok, sum(r.amount_nok)
           from landing.published_norwegian_training_grant_rates as p
           left join marts.fct_grant_rate as r
           on r.grant_name = p.grant_name and r.rate_year = p.year and r.rate_level = p.rate_level
           where p.row_type <> 'rate' group by all""",
        4,
        0,
    ),
    "Norwegian training by municipality": (
        """select s.year, 'cost', s.cost_nok, sum(m.cost_nok) from marts.norwegian_training as s
           left join marts.norwegian_training as m on m.year = s.year and m.area_level = 'municipality'
           where s.area_level = 'sample' and s.year = 2024 group by all
           union all
           select s.year, 'participants', s.participant_persons, sum(m.participant_persons)
           from marts.norwegian_training as s
           left join marts.norwegian_training as m on m.year = s.year and m.area_level = 'municipality'
           where s.area_level = 'sample' and s.year >= 2023 group by all
           union all
           select s.year, 'hours', s.teaching_hours, sum(m.teaching_hours) from marts.norwegian_training as s
           left join marts.norwegian_training as m on m.year = s.year and m.area_level = 'municipality'
           where s.area_level = 'sample' and s.year >= 2023 group by all""",
        5,
        1,
    ),
    "cost areas": (
        """select t.year, t.statistic, t.amount_nok, sum(p.amount_nok) from marts.cost_area as t
           left join marts.cost_area as p on p.year = t.year and p.statistic = t.statistic and not p.is_total
           where t.is_total group by all""",
        3,
        3,
    ),
    "housing of unaccompanied minors": (
        """select t.year, t.topic, t.persons, sum(p.persons) from marts.action_plan_figure as t
           left join marts.action_plan_figure as p on p.topic = t.topic and not p.is_total
           where t.is_total and t.topic in ('unaccompanied_minors_housing', 'country_background') group by all""",
        2,
        0,
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_parts_sum_to_the_printed_total(name: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Each total stands beside the sum of its parts; the test fails as well when a total or its parts are gone."""
    query, totals, tolerance = SUMS[name]
    rows = warehouse.sql(query).fetchall()
    assert len(rows) == totals
    for *key, printed, computed in rows:
        assert computed is not None, key
        assert abs(printed - computed) <= tolerance, key


def test_printed_averages_shares_and_results(warehouse: duckdb.DuckDBPyConnection) -> None:
    averages = warehouse.sql(
        """select count(*), max(abs(round(average_cost_nok) - printed_average_cost_nok))
           from marts.integration_cost where area_level <> 'county_sample'"""
    ).fetchall()
    assert averages == [(49, 0)]
    hours = warehouse.sql(
        """select count(*), max(abs(cost_per_hour_nok - printed_cost_per_hour_nok)) <= 1
           from marts.norwegian_training where cost_per_hour_nok is not null"""
    ).fetchall()
    assert hours == [(25, True)]
    results = warehouse.sql(
        "select max(abs(deficit_nok - printed_deficit_nok)) <= 1 from marts.norwegian_training"
    ).fetchall()
    assert results == [(True,)]
    coverage = warehouse.sql(
        """select count(*), max(abs(round(coverage_pct, 1) - printed_coverage_pct)) from marts.cost_coverage
           where cost_nok is not null and printed_coverage_pct is not null"""
    ).fetchall()
    assert coverage == [(10, 0)]


def test_wrong_shares_are_the_known_discrepancies(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.sql(
        """select population, category, printed_share_pct, round(share_pct, 1) from marts.target_group_composition
           where round(share_pct, 1) <> printed_share_pct"""
    ).fetchall()
    assert set(found) == {
        ("target_group", "not_in_admin_survey", 70.7, 70.6),
        ("target_group", "stateless_or_unspecified", 0.4, 0.3),
        ("admin_survey_municipalities", "stateless_or_unspecified", 0.8, 0.5),
    }


def test_discrepancies_keep_the_printed_value(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.sql(
        "select count(*), count(distinct discrepancy_id) from marts.source_discrepancy"
    ).fetchall() == [(49, 49)]
    concerned = warehouse.sql(
        "select count(distinct concerns_dataset_id) from marts.source_discrepancy "
        "where concerns_dataset_id <> dataset_id"
    ).fetchall()
    assert concerned[0][0] > 10
    presentation = warehouse.sql(
        """select amount_nok, is_used from marts.fct_grant_rate
           where category = 'single_adult' and rate_year = 2024 and grant_year_n = 1 order by amount_nok"""
    ).fetchall()
    assert presentation == [(241_000, False), (241_100, True)]
    printed = warehouse.sql("select value from marts.reported_statistic where value = 50.4").fetchall()
    assert printed == [(50.4,)]


def test_same_sample_change_by_hand(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Over the 18 municipalities of both years: sum(cost) / sum(persons) in each, never the mean of averages."""
    change, by_hand = warehouse.sql(
        """with both_years as (
               select * from landing.published_municipality_costs where scope = 'municipality'
               and municipality_code in (
                   select municipality_code from landing.published_municipality_costs
                   where scope = 'municipality' group by all having count(*) = 2))
           select (select same_sample_change_1y_pct from marts.integration_cost
                   where area_level = 'sample' and year = 2024),
               100 * ((sum(total_cost_nok) filter (year = 2024) / sum(target_group_persons) filter (year = 2024))
                   / (sum(total_cost_nok) filter (year = 2023) / sum(target_group_persons) filter (year = 2023)) - 1)
           from both_years"""
    ).fetchall()[0]
    assert change == pytest.approx(by_hand, abs=1e-9)
    assert change != pytest.approx(1.5, abs=0.05)


def test_fixed_prices_use_the_municipal_deflator(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.sql(
        """select fixed_price_amount_nok from marts.cohort_benefit
           where year = 2023 and settlement_year = 2023 and benefit = 'social_assistance'"""
    ).fetchall()
    assert found == [(round(29_381 * 1.044),)]
