"""Kroner by scheme and group on invented figures: every scheme is full, marked, and can be walked back to a line of a file.

Here: the demo installation as it is. Not here: the rules (tests/models/test_benefit_payment.py), or the reader
(tests/sources/microdata).
"""

import re

from tests.support.pipeline import Installation

SCHEMES = 13


def test_every_scheme_has_kroner_by_group_for_the_three_areas_and_says_they_are_invented(demo: Installation) -> None:
    rows = demo.rows(
        "select region_code, count(distinct scheme) as schemes, bool_and(is_demo) as invented from benefit_payment_by_group "
        "where source_kind in ('microdata', 'ssb_order') and group_code = 'immigrants' and age_group = 'all' and paid_nok > 0 "
        "group by 1 order by 1"
    )
    assert [(row["region_code"], row["schemes"]) for row in rows] == [("00", "13"), ("39", "13"), ("3909", "13")]
    assert {row["invented"] for row in rows} == {"True"}


def test_groups_add_up_to_the_scheme_in_every_area_and_year(demo: Installation) -> None:
    (row,) = demo.rows(
        "select count(*) as cells, sum(case when whole <> parts then 1 else 0 end) as wrong "
        "from (select region_code, year, scheme, max(case when group_code = 'all' then paid_nok end) as whole, "
        "sum(case when group_code in ('immigrants', 'population_except_immigrants') then paid_nok end) as parts "
        "from benefit_payment_by_group where source_kind = 'microdata' and age_group = 'all' group by all)"
    )
    assert (row["cells"], row["wrong"]) == ("150", "0")  # three areas, five years, ten schemes


def test_rates_are_standardised_and_the_small_differences_are_unsure(demo: Installation) -> None:
    rows = demo.rows(
        "select source_kind, difference_status, count(*) as n from benefit_rate_by_group "
        "where group_code = 'immigrants' and region_code like '39%' group by 1, 2"
    )
    told = {(row["source_kind"], row["difference_status"]) for row in rows}
    assert {("microdata", "clear"), ("ssb_main_status", "clear"), ("ssb_main_status", "unclear")} <= told


def test_the_report_has_a_chart_for_every_scheme_marked_as_invented(demo: Installation) -> None:
    page = (demo.data / "published" / "report" / "rapport-3909.html").read_text(encoding="utf-8")
    assert len(re.findall(r"<h3>[^<]+: utbetalt per bosatt i gruppen", page)) == SCHEMES
    assert "Andel som mottar, justert for alder" in page and "usikker forskjell" in page
    assert "Til sammenligning: publisert for hele landet" in page


def test_the_board_knows_the_tables_that_people_make(demo: Installation) -> None:
    rows = demo.rows(
        "select scope_id, last_release_date, last_year, next_expected_from_date from cadence where scope = 'dataset'"
    )
    known = {row["scope_id"]: row for row in rows}
    for dataset_id in ("microdata_benefit_by_group", "municipal_benefit_by_group"):
        assert known[dataset_id]["last_release_date"].startswith("2026-06-30"), dataset_id
        assert known[dataset_id]["next_expected_from_date"], dataset_id
    assert known["microdata_benefit_by_group"]["last_year"] == "2023"


def test_a_figure_is_walked_back_to_the_line_of_its_export(demo: Installation) -> None:
    key = ["region_code=3909", "year=2023", "scheme=social_assistance", "group_code=population_except_immigrants"]
    answer = demo.call("trace", "benefit_payment_by_group", *key, "age_group=all", "source_kind=microdata")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "microdata_2023_kommune_3909.csv" in answer.stdout and "ovrige | " in answer.stdout
    key[-1] = "group_code=immigrants"  # a sum: its parts are shown
    answer = demo.call("trace", "benefit_payment_by_group", *key, "age_group=all", "source_kind=microdata")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "microdata_2023_kommune_3909.csv" in answer.stdout and "flyktning_over_5 | " in answer.stdout
