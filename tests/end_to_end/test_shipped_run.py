"""`make run` in a fresh clone without a network: the real figures that ship, and nothing invented.

Here: figures as IMDi printed them, which source serves a year, and the way back to the cell. Not here: reading the pages
(test_imdi_settlement_pages.py).
"""

import csv
import io
import json

import pytest

from sources.dataset.spec import load_specs
from sources.landing.bundled import FACTS, bundled, fact_files
from sources.landing.store import Landing
from tests.support.pipeline import Installation

pytestmark = pytest.mark.xdist_group("daemon")  # which starts from the same installation

SETTLED = {
    ("3909", 2022): 168,
    ("3909", 2024): 42,
    ("3909", 2025): 37,
    ("3909", 2026): 35,
    ("39", 2022): 879,
    ("39", 2024): 633,
    ("39", 2025): 346,
    ("39", 2026): 179,
    ("00", 2022): 31258,
    ("00", 2024): 25618,
    ("00", 2025): 12596,
    ("00", 2026): 7479,
}
"""As printed on IMDi's pages (Vestfold 2022: the six municipalities; the country 2024 and 2026: the counties of the table)."""


def test_the_run_ends_well_and_nothing_is_invented(shipped: Installation) -> None:
    first, *printed = (shipped.data / "first_run.txt").read_text(encoding="utf-8").splitlines()
    assert first == "0", "\n".join(printed)
    assert "DEMO" not in "\n".join(printed)
    assert shipped.column("select count(*) from marts.dim_dataset where is_demo") == ["0"]
    assert shipped.column("select count(*) from marts.fct_dataset_release where is_demo") == ["0"]


def test_settlement_is_what_imdi_printed(shipped: Installation) -> None:
    rows = shipped.rows(
        "select region_code, year, settled_persons, is_demo from marts.fct_settlement "
        "where region_code in ('3909', '39', '00') and year in (2022, 2024, 2025, 2026)"
    )
    assert {(r["region_code"], int(r["year"])): int(r["settled_persons"]) for r in rows} == SETTLED
    shown = shipped.rows(
        "select region_code, year, value from marts.fct_indicator_value where indicator_id = 'settled_persons' "
        "and region_code in ('3909', '39', '00') and year in (2022, 2024, 2025, 2026)"
    )
    assert {(r["region_code"], int(r["year"])): int(float(r["value"])) for r in shown} == SETTLED
    decided = "select decided_persons from marts.fct_settlement where year = 2026 and region_code = "
    assert shipped.column(f"{decided} '39'") == ["255"]
    assert shipped.column(f"{decided} '00'") == ["10726"]


def test_a_year_that_was_not_over_says_so(shipped: Installation) -> None:
    rows = shipped.rows(
        "select year, figure_source, is_running_year, stated_on from marts.fct_settlement "
        "where region_code = '3909' and year >= 2022 order by year"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2022", "page_table", "False", ""),
        ("2023", "quoted", "False", "2024-11-13"),
        ("2024", "page_table", "False", "2025-01-15"),
        ("2025", "page_table", "False", ""),
        ("2026", "page_table", "True", "2026-09-28"),
    ]


def test_a_year_that_imdis_table_holds_in_part_is_told_whole_where_it_is_quoted(shipped: Installation) -> None:
    """2023 as printed by those who copied IMDi's page in November 2024; in the report too."""
    rows = shipped.rows(
        "select region_code, settled_persons, dataset_id from marts.fct_settlement "
        "where year = 2023 and figure_source = 'quoted' order by settled_persons"
    )
    source = "published_settlement_counts"
    assert [tuple(row.values()) for row in rows] == [
        ("3909", "239", source),
        ("39", "1074", source),
        ("00", "33420", source),
    ]
    part = (
        "select value from marts.fct_indicator_value "
        "where indicator_id = 'settled_persons' and region_code = '3909' and year = 2023"
    )
    assert shipped.column(part) == ["96"], "indicators take every municipality from one table"
    page = (shipped.data / "published" / "report" / "rapport-3909.html").read_text(encoding="utf-8")
    assert "For hele 2023 er det 239 i Larvik, " in page and "i hele landet (IMDi, gjengitt av Samarbeidsdesken" in page


def test_every_source_of_a_figure_stays_visible_with_its_date_and_difference(shipped: Installation) -> None:
    rows = shipped.rows(
        "select year, measure, figure_source, stated_on, persons, is_used, difference_persons "
        "from marts.settlement_by_source where region_code = '00' and persons is not null and "
        "((year = 2024 and measure = 'settled') or (year = 2025 and measure = 'decided')) order by year, is_used"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2024", "settled", "page_text", "2024-12-30", "25573", "False", "-45"),
        ("2024", "settled", "page_table", "2025-01-15", "25618", "True", "0"),
        ("2025", "decided", "page_text", "", "12919", "False", "-2712"),
        ("2025", "decided", "page_table", "", "15631", "True", "0"),
    ]
    differ = shipped.rows(
        "select sum(compared_count) as compared, sum(outside_count) as outside from marts.source_consistency "
        "where check_id = 'settlement_page_table' and region_level = 'municipality'"
    )
    assert differ == [{"compared": "1067", "outside": "1"}]


def test_a_shipped_figure_leads_back_to_its_printed_cell(shipped: Installation) -> None:
    lines = shipped.call(
        "trace", "fct_indicator_value", "indicator_id=settled_persons", "region_code=3909", "year=2025"
    )
    assert "«Vestfold - oversikt over bosettingen i 2025», Larvik, «Antall bosatte personer:» 37" in lines.stdout
    lines = shipped.call("trace", "fct_settlement", "region_code=3909", "year=2021")
    assert "Personer;2021;3805;;Faktisk bosetting;35" in lines.stdout


def test_grants_of_the_municipality_are_those_paid(shipped: Installation) -> None:
    """Larvik 2022 and 2023 (IMDi's payments), and 2011 beside them in one series."""
    rows = shipped.rows(
        "select year, value from marts.fct_indicator_value where indicator_id = 'grant_total_nok' "
        "and region_code = '3909' and year in (2022, 2023)"
    )
    assert {r["year"]: round(float(r["value"])) for r in rows} == {"2022": 91583075, "2023": 141593641}


FORECAST = (
    "forecast",
    "--settle",
    "0",
    "--settle",
    "40",
    "--from",
    "2025",
    "--rate-year",
    "2024",
    "--legacy",
    "2024=0",
)
LEGACY = [60_057_400, 33_304_000, 17_352_000, 0, 0, 110_713_400]
NEW = [7_776_000, 17_756_000, 24_852_000, 28_372_000, 31_252_000, 110_008_000]
"""Kroner of 2025 to 2029 and their sum: the council's question at the rates of 2024 (targets R58 and R59)."""


def test_a_forecast_as_csv_is_the_councils_answer_and_opens_as_numbers(shipped: Installation) -> None:
    written = shipped.call(*FORECAST, "--format", "csv").stdout
    head, *_ = written.splitlines()
    assert head == "region_code,scenario_id,component,year,amount_nok,amount_low_nok,amount_high_nok"
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in csv.DictReader(io.StringIO(written)):
        assert row["region_code"] == "3909"
        assert row["amount_nok"] == row["amount_low_nok"] == row["amount_high_nok"]
        found.setdefault((row["scenario_id"], row["component"]), {})[row["year"]] = int(row["amount_nok"])
    years = [*map(str, range(2025, 2030)), "2025-2029"]
    assert found["settle_0", "legacy"] == found["settle_40", "legacy"] == dict(zip(years, LEGACY, strict=True))
    assert found["settle_40", "new"] == dict(zip(years, NEW, strict=True))
    both = [old + new for old, new in zip(LEGACY, NEW, strict=True)]
    assert found["settle_40", "total"] == dict(zip(years, both, strict=True))


def test_a_forecast_as_json_holds_rows_cohorts_and_words(shipped: Installation) -> None:
    answer = json.loads(shipped.call(*FORECAST, "--format", "json").stdout)
    rows = [row for row in answer["rows"] if (row["scenario_id"], row["component"]) == ("settle_40", "new")]
    assert [row["amount_nok"] for row in rows] == NEW
    assert [row["year"] for row in rows][-2:] == ["2029", "2025-2029"]
    cohorts = {cohort["year"]: (cohort["persons"], cohort["other_sources"]) for cohort in answer["cohorts"]}
    assert (cohorts[2023], cohorts[2024]) == ((241, {"imdi_copy": 239}), (0, {}))
    assert "Satser for 2024, holdt uendret fra 2024. Satsåret er valgt i spørringen." in answer["assumptions_nb"]
    assert answer["is_demo"] is False


def test_a_second_run_finds_nothing_to_do(shipped: Installation) -> None:
    release = shipped.release
    answer = shipped.call("run")
    assert answer.returncode == 0, answer.stdout
    assert "Everything unchanged: nothing was built." in answer.stdout
    assert shipped.release == release


def test_bundled_figures_are_small_and_land_as_they_are_read(shipped: Installation) -> None:
    files = [file for file in bundled(load_specs()) if file.path.parent == FACTS]
    assert {file.path.name for file in files} == {f.name for f in FACTS.iterdir() if f.suffix != ".yml"}
    assert sum(file.path.stat().st_size for file in files) < 5_000_000
    landing = Landing(shipped.data / "landing")
    for file in files:
        assert landing.body(file.digest).read_bytes() == file.body()
    assert len(fact_files()) == len(files)


def test_the_section_of_benefits_stands_with_what_is_real_and_says_how_to_fill_the_rest(shipped: Installation) -> None:
    page = (shipped.data / "published" / "report" / "rapport-3909.html").read_text(encoding="utf-8")
    assert "Kroner etter bakgrunn er ikke lagt inn for Larvik" in page
    assert "Til sammenligning: publisert for hele landet" in page and "Sosialhjelpsmottak etter landbakgrunn" in page
    kinds = shipped.column("select distinct source_kind from benefit_payment_by_group")
    assert kinds == ["national_reference"]
