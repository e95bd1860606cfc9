"""Indicators on the bundled run: every card, every indicator for every municipality, bounds and ranks that make sense.

Here: what must hold for any figures. Figures that somebody published are in test_indicator_figures.py.
"""

from tests.support.pipeline import Installation

LARVIK = "municipality_code = '3909'"


def test_status_and_basis_stand_on_every_figure(demo: Installation) -> None:
    row = demo.rows(
        "select count(*) as n, count(municipality_status) as m, count(municipality_basis) as mb, "
        "count(county_status) as c, count(county_basis) as cb, count(country_status) as l, "
        "count(country_basis) as lb from comparison"
    )[0]
    assert len(set(row.values())) == 1


def test_only_known_values_are_ranked_and_none_beyond_the_number_ranked(demo: Installation) -> None:
    """A rounded figure has a place only where no rounding can change it, and so have those it could change places with."""
    assert demo.column(
        "select count(*) from comparison where (rank is not null and municipality_value is null) or rank > ranked_count"
    ) == ["0"]
    exact = (
        "select indicator_id from comparison group by indicator_id "
        "having count(*) filter (municipality_status in ('rounded', 'incomplete', 'interval')) = 0"
    )
    assert demo.column(
        "select count(*) from comparison where rank is null and municipality_status = 'ok' "
        f"and municipality_value is not null and indicator_id in ({exact})"
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


def test_no_median_for_an_area_put_together_of_others(demo: Installation) -> None:
    assert demo.column(
        "select count(*) from fct_indicator_value f join dim_indicator i using (indicator_id) "
        "where i.unit in ('nok_median', 'points') and f.region_code = '39' and f.year between 2020 and 2023 "
        "and (f.value is not null or f.value_low is not null)"
    ) == ["0"]
    (rows,) = demo.column(
        "select count(*) from fct_indicator_value where indicator_id = 'household_income_median_nok' "
        "and region_code = '39' and year between 2020 and 2023 and value_status = 'unavailable' and reason is not null"
    )
    assert int(rows) > 0
