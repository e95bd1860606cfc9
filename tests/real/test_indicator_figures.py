"""Indicators on the real files: what publishers printed for Larvik.

Sources of the figures: IMDi's long file of refugees by secondary move (2022), SSB 12272 (minority-language children),
SSB 13563 (labour status 2021 by immigrant category), SSB 07459 on the borders of 2024, IMDi's education levels.
"""

import pytest

from tests.support.pipeline import Installation

LARVIK = "municipality_code = '3909'"


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


def test_grants_of_2013_and_2014(real: Installation) -> None:
    """Larvik (0709) as published, 46 461 287 and 51 115 320, and Lardal (0728), which is part of it since 2018."""
    grants = real.column(
        f"select municipality_value from comparison where {LARVIK} and year in (2013, 2014) "
        "and indicator_id = 'grant_total_nok' order by year"
    )
    assert [float(value) for value in grants] == [46461287 + 2803100, 51115320 + 4042167]


def test_a_share_of_vestfold_in_2020_to_2023_is_recomputed_or_unavailable_with_the_reason(real: Installation) -> None:
    rows = real.rows(
        "select i.indicator_id, i.unit, f.value_status, f.geography_basis, f.reason, f.value from fct_indicator_value f "
        "join dim_indicator i using (indicator_id) where f.region_code = '39' and f.year between 2020 and 2023 "
        "and i.unit in ('percent', 'per_1000', 'nok_per_person', 'points', 'nok_median', 'months')"
    )
    assert {row["geography_basis"] for row in rows} == {"recomputed", "unavailable", "published"}
    # NAV has itself put its delivery on the areas of today, so there Vestfold is printed for these years too
    joined = {row["indicator_id"] for row in rows if row["geography_basis"] == "published"}
    assert joined == {"nav_ordered_unemployed_share", "nav_ordered_on_measures_share"}
    for row in rows:
        if row["geography_basis"] == "unavailable":
            assert row["value"] == ""
            assert row["reason"] != ""


def test_the_break_in_education_levels_is_not_crossed(real: Installation) -> None:
    """Ages 30-49 before 2016, 30-66 from 2016."""
    crossing = real.column(
        "select count(*) from comparison where indicator_id = 'higher_education_share' "
        "and ((year = 2016 and change_1y is not null) or (year between 2016 and 2018 and change_3y is not null))"
    )
    assert crossing == ["0"]
