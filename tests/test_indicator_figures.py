"""Indicators on whole runs: what publishers printed for Larvik, and every indicator for every municipality in the demo.

Sources of the figures: IMDi's long file of refugees by secondary move (2022), SSB 12272 (minority-language children),
SSB 13563 (labour status 2021 by immigrant category), SSB 07459 on the borders of 2024, IMDi's education levels.
"""

from __future__ import annotations

import pytest

from tests.pipeline import Installation

LARVIK = "municipality_code = '3909'"


def test_every_card_is_answered_in_the_release(demo: Installation) -> None:
    rows = demo.rows(
        "select statistic_group, count(distinct imdi_card) as cards from dim_indicator group by 1 having cards > 0"
    )
    assert {row["statistic_group"]: row["cards"] for row in rows} == {
        "population_settlement": "15",
        "education": "12",
        "introduction_programme": "8",
        "work_living_conditions": "13",
        "grants": "2",
    }


def test_every_indicator_has_rows_for_all_municipalities(demo: Installation) -> None:
    lacking = demo.column(
        "select i.indicator_id from dim_indicator i left join comparison c using (indicator_id) "
        "group by 1 having count(distinct c.municipality_code) <> 357"
    )
    assert lacking == []


def test_status_and_basis_stand_on_every_figure(demo: Installation) -> None:
    row = demo.rows(
        "select count(*) as n, count(municipality_status) as m, count(municipality_basis) as mb, "
        "count(county_status) as c, count(county_basis) as cb, count(country_status) as l, "
        "count(country_basis) as lb from comparison"
    )[0]
    assert len(set(row.values())) == 1


def test_only_known_values_are_ranked_and_none_beyond_the_number_ranked(demo: Installation) -> None:
    assert demo.column(
        "select count(*) from comparison where (rank is null) <> (municipality_value is null) or rank > ranked_count"
    ) == ["0"]


def test_shares_lie_between_nothing_and_all(demo: Installation) -> None:
    odd = demo.column(
        "select distinct f.indicator_id from fct_indicator_value f join dim_indicator i using (indicator_id) "
        "where i.unit = 'percent' and f.geography_basis = 'recomputed' and f.value > 100.0001 "
        "and f.indicator_id not in ('settled_of_requested_share', 'settled_of_decided_share', "
        "'kindergarten_minority_of_immigrant_children_share')"
    )
    assert odd == []


def test_all_invented_sources_agree(demo: Installation) -> None:
    """The demo country is one country: IMDi's and SSB's invented tables give the same people."""
    rows = demo.rows(
        "select check_id, sum(outside_count) as off, sum(compared_count) as n from source_consistency group by 1"
    )
    found = {row["check_id"]: (row["off"], int(row["n"]) > 0) for row in rows}
    assert found["population_imdi_ssb"] == ("0", True)
    assert found["immigrants_composition_reason"] == ("0", True)
    assert found["municipalities_county"] == ("0", True)
    assert found["municipalities_country"] == ("0", True)


def test_benefits_put_immigrants_beside_the_rest_and_never_kroner_by_background(demo: Installation) -> None:
    rows = demo.rows(
        "select figure_scope, count(*) as n, count(immigrants_value) as i, count(rest_of_population_value) as r, "
        "min(amounts_by_background) as a from benefit_recipients where region_code = '3909' group by 1"
    )
    by_scope = {row["figure_scope"]: row for row in rows}
    assert set(by_scope) == {"by_background", "all_recipients", "context"}
    assert int(by_scope["by_background"]["i"]) > 0
    assert int(by_scope["by_background"]["r"]) > 0
    assert {row["a"] for row in rows} == {"not_published"}
    kinds = "figure_kind in ('amount_paid', 'amount_per_recipient')"
    assert demo.column(f"select count(*) from benefit_recipients where {kinds}") != ["0"]
    assert demo.column(
        f"select count(*) from benefit_recipients where {kinds} and immigrants_value_status is not null"
    ) == ["0"]


def test_refugees_by_secondary_move_2022(real: Installation) -> None:
    rows = real.rows(
        f"select category, municipality_value as v from comparison where {LARVIK} and year = 2022 "
        "and indicator_id = 'refugees_by_secondary_move_persons' and length_of_residence = 'all'"
    )
    assert {row["category"]: float(row["v"]) for row in rows} == {
        "all": 1930,
        "settled_here": 1298,
        "moved_here": 588,
        "unknown": 44,
    }
    (share,) = real.column(
        f"select municipality_value from comparison where {LARVIK} and year = 2022 "
        "and indicator_id = 'refugees_moved_here_share' and length_of_residence = 'all'"
    )
    assert float(share) == pytest.approx(100 * 588 / 1930)


@pytest.mark.parametrize(("year", "minority", "children"), [(2021, 370, 2147), (2017, 325 + 8, 1979 + 124)])
def test_minority_language_children_in_kindergarten(
    real: Installation, year: int, minority: int, children: int
) -> None:
    """2017 is Larvik (0709) and Lardal (0728) together."""
    where = f"{LARVIK} and year = {year} and indicator_id ="
    sql = "select municipality_value from comparison where " + where
    assert real.column(f"{sql} 'kindergarten_minority_language_children'") == [str(minority)]
    assert real.column(f"{sql} 'kindergarten_all_children'") == [str(children)]
    (share,) = real.column(f"{sql} 'kindergarten_minority_language_share'")
    assert float(share) == pytest.approx(100 * minority / children, abs=0.05)


def test_young_immigrants_outside_work_and_education(real: Installation) -> None:
    row = real.rows(
        "select numerator, denominator, value from fct_indicator_value where region_code = '3909' and year = 2021 "
        "and indicator_id = 'outside_by_category_share' and immigrant_category = 'immigrants' "
        "and age_group = 'age_15_29'"
    )[0]
    assert (float(row["numerator"]), float(row["denominator"])) == (229, 1044)
    assert float(row["value"]) == pytest.approx(100 * 229 / 1044)


def test_population_of_larvik(real: Installation) -> None:
    population = real.column(
        f"select municipality_value from comparison where {LARVIK} and year between 2023 and 2026 "
        "and indicator_id = 'population_harmonised_persons' order by year"
    )
    assert [float(value) for value in population] == [48246, 48715, 48870, 49022]


def test_grants_of_2013_and_2014(real: Installation) -> None:
    """Larvik (0709) as published, 46 461 287 and 51 115 320, and Lardal (0728), which is part of it since 2018."""
    grants = real.column(
        f"select municipality_value from comparison where {LARVIK} and year in (2013, 2014) "
        "and indicator_id = 'grant_total_nok' order by year"
    )
    assert [float(value) for value in grants] == [46461287 + 2803100, 51115320 + 4042167]


def test_a_share_of_vestfold_in_2020_to_2023_is_recomputed_or_unavailable_with_the_reason(real: Installation) -> None:
    rows = real.rows(
        "select i.unit, f.value_status, f.geography_basis, f.reason, f.value from fct_indicator_value f "
        "join dim_indicator i using (indicator_id) where f.region_code = '39' and f.year between 2020 and 2023 "
        "and i.unit in ('percent', 'per_1000', 'nok_per_person', 'points', 'nok_median', 'months')"
    )
    assert {row["geography_basis"] for row in rows} == {"recomputed", "unavailable"}
    for row in rows:
        if row["geography_basis"] == "unavailable":
            assert row["value"] == ""
            assert row["reason"] != ""


def test_no_median_for_an_area_put_together_of_others(real: Installation, demo: Installation) -> None:
    for installation in (real, demo):
        assert installation.column(
            "select count(*) from fct_indicator_value f join dim_indicator i using (indicator_id) "
            "where i.unit in ('nok_median', 'points') and f.region_code = '39' and f.year between 2020 and 2023 "
            "and (f.value is not null or f.value_low is not null)"
        ) == ["0"]
    (rows,) = demo.column(
        "select count(*) from fct_indicator_value where indicator_id = 'household_income_median_nok' "
        "and region_code = '39' and year between 2020 and 2023 and value_status = 'unavailable' and reason is not null"
    )
    assert int(rows) > 0


def test_the_break_in_education_levels_is_not_crossed(real: Installation) -> None:
    """Ages 30-49 before 2016, 30-66 from 2016."""
    crossing = real.column(
        "select count(*) from comparison where indicator_id = 'higher_education_share' "
        "and ((year = 2016 and change_1y is not null) or (year between 2016 and 2018 and change_3y is not null))"
    )
    assert crossing == ["0"]
