"""The marts of cadence and revisions on the real files: the figures PROVENANCE states, and the observed rhythm."""

from tests.support.pipeline import Installation


def test_2848_cells_of_2022_and_larviks_request(real: Installation) -> None:
    rows = real.rows(
        "select year, change_kind, count(*) as cells from marts.fct_revision "
        "where dataset_id = 'imdi_bosatt_anmodede' group by all order by all"
    )
    assert rows == [
        {"year": "2022", "change_kind": "added", "cells": "2492"},
        {"year": "2022", "change_kind": "changed", "cells": "356"},
    ]
    larvik = real.rows(
        "select value_before, value_after, value_change, is_open_year from marts.fct_revision where dataset_id = "
        "'imdi_bosatt_anmodede' and published_region_code = '3805' and measure = 'requested' and unit = 'persons'"
    )
    assert larvik == [{"value_before": "32", "value_after": "175", "value_change": "143", "is_open_year": "True"}]


def test_the_summary_counts_what_the_cells_list(real: Installation) -> None:
    rows = real.rows(
        "with listed as (select dataset_id, release_id, count(*) as cells from marts.fct_revision group by all), "
        "counted as (select dataset_id, release_id, sum(cell_count) as cells from marts.revision_summary "
        "where not is_new_year group by all) "
        "select count(*) as n from counted full join listed using (dataset_id, release_id) "
        "where listed.cells is distinct from counted.cells"
    )
    assert rows == [{"n": "0"}]
    new_years = real.rows(
        "select year, sum(cell_count) > 0 as some from marts.revision_summary "
        "where dataset_id = 'imdi_befolkning_botid' and is_new_year group by year"
    )
    assert new_years == [{"year": "2022", "some": "True"}], "the two files of county 38: only a year was added"


def test_observed_rhythm(real: Installation) -> None:
    """SOURCE of IMDi: participants of 2024 on 19 June 2025 and of 2025 on 17 June 2026, 363 days; settlement monthly."""
    rows = {
        row["scope_id"]: row
        for row in real.rows("select * from marts.cadence where scope = 'dataset' and release_count > 0")
    }
    participants = rows["imdi_intro_deltakere"]
    assert participants["last_release_date"] == "2026-06-17"
    assert participants["last_year"] == "2025"
    assert (participants["next_expected_from_date"], participants["next_expected_to_date"]) == (
        "2027-03-18",
        "2027-09-23",
    )
    assert rows["imdi_bosatt_anmodede"]["declared_interval_days"] == "30"
    assert float(rows["imdi_bosatt_anmodede"]["observed_interval_days"]) > 30
    assert rows["imdi_flyktning_botid_flytting"]["last_release_date"] == "2024-08-31"
    assert rows["imdi_sysselsatte_botid_land"]["next_expected_from_date"] == "2027-03-09", "catching up is no rhythm"


def test_every_group_has_a_recommendation_with_its_rule(real: Installation) -> None:
    rows = real.rows("select * from marts.cadence where scope = 'statistic_group'")
    assert len(rows) == 5
    for row in rows:
        assert row["recommended_frequency"] in ("monthly", "quarterly", "half_yearly", "yearly", "unknown")
        assert len(row["rule_nb"]) > 20
        share = float(row["new_year_share_pct"]) if row["new_year_share_pct"] else 0.0
        assert 0 <= share <= 100


def test_as_of_gives_the_figure_of_that_day(real: Installation) -> None:
    """In September 2022 Larvik had settled 34 of the running year; a year later the figure was 168."""
    sql = "select settled_persons from marts.fct_settlement where region_code = '3909' and year = 2022"
    assert real.rows(sql) == [{"settled_persons": "168"}]
    answer = real.call("query", sql, "--as-of", "2022-10-01", "--format", "csv")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["settled_persons", "34"]
    log = real.call("query", "select max(retrieved_at) from marts.fct_dataset_release where date_basis <> 'bundled'",
                    "--as-of", "2022-10-01", "--format", "csv")  # fmt: skip
    assert log.stdout.splitlines()[1] < "2022-10-02"
