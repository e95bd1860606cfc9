"""Kroner and recipients by scheme and group in one mart, and rates with the age evened out, on figures worked out by hand.

Here: the mart's rules on composed rows of each source. Not here: reading files (tests/sources/microdata, municipal, kostra).
"""

import math
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.dataset.spec import load_specs
from sources.microdata.reader import read_export
from sources.ports import Document
from tests.support.microdata_exports import WORKED, long
from tests.support.payments_build import Rows, build

pytestmark = pytest.mark.xdist_group("compiled_models")

MICRODATA = "microdata_benefit_by_group"
ORDERED = "municipal_benefit_by_group"
AGES = ("age_15_29", "age_30_61", "age_62_plus")


def exported(folder: Path) -> Rows:
    """Larvik as in the reader's test (48 000 residents, 1 500 recipients, 80 million kroner) and a scheme with a hidden group."""
    path = folder / "eksport.csv"
    hidden = {
        "mottar_sick_pay": ("4000", "500", ":", "60"),
        "sick_pay": ("200000000", "20000000", ":", "3000000"),
    }
    path.write_text(long({**WORKED, **hidden}), encoding="utf-8")
    rows = read_export(load_specs()[MICRODATA], [Document(path, path.name)]).to_pylist()
    return [{key: value for key, value in row.items() if key != "source_row"} for row in rows]


def order_row(group: str, residents: str, recipients: str, paid: str) -> dict[str, Any]:
    return {
        "region_code": "3909", "year": 2023, "scheme": "disability_benefit", "group_code": group, "age_group": "all",
        "counted_unit": "person", "residents_count": residents, "recipients_count": recipients, "paid_thousand_nok": paid,
        "order_reference": "Bestilling 1", "delivered_on": None,
    }  # fmt: skip


def own_row(group: str, recipients: int | None, grant: int | None, settled: int | None = None) -> dict[str, Any]:
    status = "ok" if recipients is not None else "suppressed"
    key = {"municipality_code": "3909", "year": 2023, "period": "2023", "period_kind": "year", "group_code": group}
    loan = 0 if grant is not None else None
    return {
        **key,
        "breakdown": "none",
        "breakdown_code": "all",
        "recipients_persons": recipients,
        "grant_nok": grant,
        "loan_nok": loan,
        **dict.fromkeys(("recipients_status", "grant_status", "loan_status"), status),
        "settled_persons": settled,
        "settled_status": "ok" if settled else "not_applicable",
        "threshold_persons": 5,
    }


def status_cells() -> Rows:
    """Two groups and three ages, worked out by hand below. The country is the standard: 20, 50 and 30 per cent of its people."""
    people = {"immigrants": (2000, 3000, 500), "population_except_immigrants": (6000, 16000, 14000)}
    on_benefit = {"immigrants": (20, 240, 150), "population_except_immigrants": (90, 1280, 2800)}
    cells = []
    for category, counts in (("all", people), ("work_assessment_or_disability", on_benefit)):
        for group, figures in counts.items():
            cells += [cell("3909", category, group, age, n) for age, n in zip(AGES, figures, strict=True)]
    cells += [cell("00", "all", "all", age, n) for age, n in zip(AGES, (200_000, 500_000, 300_000), strict=True)]
    cells += [
        cell("00", "work_assessment_or_disability", "all", age, n) for age, n in zip(AGES, (1, 2, 3), strict=True)
    ]
    # a status with few immigrants, and one with a hidden cell
    for group, figures in {"immigrants": (2, 3, 4), "population_except_immigrants": (60, 160, 140)}.items():
        cells += [cell("3909", "labour_market_measures", group, age, n) for age, n in zip(AGES, figures, strict=True)]
    cells += [cell("00", "labour_market_measures", "all", age, 100) for age in AGES]
    hidden = [cell("3909", "other", "immigrants", age, n) for age, n in zip(AGES, (40, 30, None), strict=True)]
    hidden[2] |= {"value_low": 1.0, "value_high": 4.0}
    return [*cells, *hidden, *(cell("00", "other", "all", age, 100) for age in AGES)]


def cell(area: str, category: str, group: str, age: str, value: float | None) -> dict[str, Any]:
    level = {2: "country", 4: "municipality"}[len(area)]
    return {
        "region_code": area, "region_level": level, "year": 2023, "category": category, "immigrant_category": group,
        "age_group": age, "value": value, "value_low": value, "value_high": value,
    }  # fmt: skip


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("payments")
    landed = {
        MICRODATA: exported(folder),
        ORDERED: [
            order_row("all", "48000", "4000", "1200000"),
            order_row("immigrants", "7000", "420", "120000"),
            order_row("population_except_immigrants", "41000", "3580", "1080000"),
            order_row("refugees_within_5_years", "600", ":", ":"),
        ],
        "kostra_social_assistance_by_group": [
            own_row("refugee_within_5_years", 300, 18_000_000, 600),
            own_row("other", None, None),
            own_row("all", 1_400, 79_000_000),
        ],
    }
    return build(landed, status_cells())


def payments(marts: duckdb.DuckDBPyConnection, columns: str, where: str) -> dict[str, tuple[Any, ...]]:
    """Group -> the columns."""
    rows = marts.execute(f"select group_code, {columns} from marts.benefit_payment_by_group where {where}").fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1:] for row in rows}


def test_groups_add_up_to_the_scheme_and_kroner_are_divided_by_two_populations(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    """18 + 10 + 12 million to 7 000 immigrants: half of the kroner to 14.58 per cent of the people."""
    columns = (
        "recipients_persons, paid_nok, paid_per_recipient_nok, round(paid_per_inhabitant_nok, 2), share_of_paid_pct, "
    )
    columns += "round(share_of_population_pct, 2), round(recipients_of_group_pct, 2)"
    found = payments(marts, columns, "source_kind = 'microdata' and scheme = 'social_assistance' and age_group = 'all'")
    assert found["immigrants"] == (700, 40e6, 40e6 / 700, 5714.29, 50.0, 14.58, 10.0)
    assert found["refugees_within_5_years"] == (300, 18e6, 60_000.0, 30_000.0, 22.5, 1.25, 50.0)
    assert found["population_except_immigrants"] == (800, 40e6, 50_000.0, 975.61, 50.0, 85.42, 1.95)
    assert found["all"][:2] == (1_500, 80e6)
    parts = ("refugees_within_5_years", "refugees_beyond_5_years", "other_immigrants", "population_except_immigrants")
    assert sum(found[part][1] for part in parts) == found["all"][1]
    assert found["refugees"][:2] == (500, 28e6)


def test_a_row_says_its_source_and_what_the_source_does_to_it(marts: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "document_title_nb, databank_version, script_id, precision_code, understated_at_most_seen_pct, paid_nok_low"
    )
    found = payments(marts, columns, "source_kind = 'microdata' and scheme = 'social_assistance' and age_group = 'all'")
    assert found["all"] == ("skript a1b2c3", 54, "a1b2c3", "noise_added", 1.2, None)
    kinds = marts.execute("select distinct source_kind from marts.benefit_payment_by_group order by all").fetchall()
    assert kinds == [("microdata",), ("national_reference",), ("own_files",), ("ssb_order",)]


def test_a_hidden_group_leaves_what_follows_from_it_empty_and_is_bounded_by_itself(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    columns = "recipients_persons, recipients_persons_low, recipients_persons_high, paid_nok, recipients_status, "
    columns += "share_of_paid_pct"
    found = payments(marts, columns, "source_kind = 'microdata' and scheme = 'sick_pay' and age_group = 'all'")
    assert found["refugees_within_5_years"] == (None, 0, 600, None, "suppressed", None)
    assert found["immigrants"] == (None, None, None, None, "incomplete", None)
    assert found["all"][0] is None
    assert found["population_except_immigrants"][0] == 4_000
    ordered = payments(marts, columns, "source_kind = 'ssb_order'")
    assert ordered["refugees_within_5_years"][:3] == (None, 0, 600)
    assert ordered["immigrants"] == (420, 420, 420, 120e6, "ok", 10.0)


def test_the_municipalitys_own_files_and_the_countrys_printed_figures_stand_beside(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    columns = "recipients_persons, paid_nok, paid_per_inhabitant_nok, counted_unit, round(share_of_paid_pct, 2)"
    own = payments(marts, columns, "source_kind = 'own_files'")
    assert own["refugees_within_5_years"] == (300, 18e6, 30_000.0, "household", 22.78)
    assert own["not_on_settled_list"][:2] == (None, None)
    assert own["all"][2] == 79e6 / 48_000
    where = "source_document = 'ssb_order_2019' and year = 2019"
    printed = payments(
        marts, "paid_nok, paid_nok_low, paid_nok_high, share_of_paid_pct, share_of_population_pct", where
    )
    assert printed["immigrants_and_norwegian_born"] == (4.0e9, 3.95e9, 4.05e9, 58.0, 17.0)
    budget = payments(
        marts, "paid_nok, precision_code, publisher_nb, published_on", "scheme = 'transitional_benefit' and year = 2027"
    )
    assert budget["all"] == (1.09e9, "proposal", "Finansdepartementet", "2026-10-07")


def rates(marts: duckdb.DuckDBPyConnection, columns: str, scheme: str) -> dict[str, tuple[Any, ...]]:
    where = f"source_kind = 'ssb_main_status' and region_code = '3909' and scheme = '{scheme}'"
    return {
        row[0]: row[1:]
        for row in marts.execute(
            f"select group_code, {columns} from marts.benefit_rate_by_group where {where}"
        ).fetchall()
    }


def test_the_age_is_evened_out_by_the_direct_method(marts: duckdb.DuckDBPyConnection) -> None:
    """Weights 0.2, 0.5, 0.3. Immigrants: 1, 8 and 30 per cent of each age -> 0.2 + 4 + 9 = 13.2, raw 410 of 5 500 = 7.45.
    The rest: 1.5, 8 and 20 per cent -> 0.3 + 4 + 6 = 10.3, raw 4 170 of 36 000 = 11.58. Younger, not healthier."""
    columns = "round(raw_rate_pct, 2), round(standardised_rate_pct, 6), difference_status, standard_population, age_group_count"
    found = rates(marts, columns, "main_status_aap_disability")
    assert found["immigrants"] == (7.45, 13.2, "clear", "country_age", 3)
    assert found["population_except_immigrants"] == (11.58, 10.3, "not_compared", "country_age", 3)
    error = rates(marts, "standard_error_pct, rest_standardised_rate_pct", "main_status_aap_disability")["immigrants"]
    by_hand = 0.04 * 0.01 * 0.99 / 2000 + 0.25 * 0.08 * 0.92 / 3000 + 0.09 * 0.3 * 0.7 / 500
    assert error[0] == pytest.approx(100 * math.sqrt(by_hand)) and error[1] == pytest.approx(10.3)


def test_few_recipients_give_an_unclear_difference_and_a_hidden_age_gives_bounds(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    few = rates(marts, "round(standardised_rate_pct, 4), difference_status", "main_status_on_measures")["immigrants"]
    assert few == (0.31, "unclear")  # 9 immigrants: 0.2 x 0.1 + 0.5 x 0.1 + 0.3 x 0.8
    columns = "standardised_rate_pct, round(standardised_rate_pct_low, 4), round(standardised_rate_pct_high, 4), "
    columns += "difference_status"
    hidden = rates(marts, columns, "main_status_other")["immigrants"]
    assert hidden == (None, 0.96, 1.14, "not_known")  # 0.2 x 2 + 0.5 x 1 + 0.3 x (0.2 to 0.8)


def test_the_published_comparison_of_2017_stands_as_printed(marts: duckdb.DuckDBPyConnection) -> None:
    """SSB: 7.2 per cent raw, 11.7 with the age and sex of the rest, where 10.9 are disabled."""
    columns = "raw_rate_pct, standardised_rate_pct, rest_raw_rate_pct, standard_population"
    row = marts.execute(
        f"select {columns} from marts.benefit_rate_by_group where source_kind = 'national_reference' "
        "and group_code = 'immigrants_africa_asia'"
    ).fetchall()
    assert row == [(7.2, 11.7, 10.9, "rest_of_population_age_and_sex")]
