"""Figures of areas that upstream prints under a code not in force, or has joined itself, on the real files.

Sources of the figures: IMDi's long file of settlement 1995-2023 (the rows of 2012 make 5 757, the 58 of Harstad among them
stand under 1903, in force from 2013), IMDi's tables of country of background and reason for immigration, and the first
delivery of NAV's to the county of Telemark (2011-2024, on the counties and municipalities of the delivery).
"""

from tests.support.pipeline import Installation


def test_a_figure_under_a_later_code_is_harstads_and_part_of_the_country(real: Installation) -> None:
    rows = real.rows(
        "select region_code, settled_persons, settled_persons_status, geography_basis from fct_settlement where year = 2012 "
        "and (region_code = '00' or geography_basis = 'published_under_other_code') order by region_code"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("00", "5757", "ok", "summed"),
        ("5503", "58", "ok", "published_under_other_code"),
    ]


def test_the_country_has_a_figure_wherever_every_place_has_a_row(real: Installation) -> None:
    """Kristiansund in 2006-2007, Inderøy to 2011 and Harstad to 2012 stand under their later codes."""
    rows = real.rows(
        "select indicator_id, count(*) as n from fct_indicator_value where region_code = '00' and indicator_id in "
        "('background_country_persons', 'immigrants_by_reason_persons') and value_status <> 'unavailable' group by 1 order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("background_country_persons", "3920"),
        ("immigrants_by_reason_persons", "288"),
    ]


def test_a_delivery_on_todays_areas_keeps_its_years(real: Installation) -> None:
    """The rows of June 2015: Vestfold of today was no county until 2024, Midt-Telemark was Bø and Sauherad to 2019."""
    rows = real.rows(
        "select region_code, year, value, geography_basis from fct_indicator_value where indicator_id = "
        "'nav_ordered_unemployed_persons' and sex = 'all' and region_code in ('39', '4020') and year = 2015 "
        "order by region_code, year"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("39", "2015", "3351", "published"),
        ("4020", "2015", "124", "published"),
    ]
