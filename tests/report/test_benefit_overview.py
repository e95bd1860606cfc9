"""The table that says of each benefit what is known by background, on rows written by hand.

Here: known, unknown, hidden, known elsewhere only. Not here: the figures of the benefits (test_report_topics.py).
"""

from datetime import UTC, datetime

from tests.support.report_release import SmallRelease

RECIPIENTS = """region_code varchar, year integer, benefit varchar, figure_kind varchar, figure_scope varchar,
    sex varchar default 'all', age_group varchar, unit varchar, source varchar, immigrants_value double,
    rest_of_population_value double"""
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
OWN = """municipality_code varchar, year integer, period_kind varchar default 'year', group_code varchar,
    breakdown varchar default 'none', recipients_persons bigint, paid_nok bigint"""
COHORT = """benefit varchar, year integer, settlement_year integer, years_since_settlement integer, amount_nok bigint,
    dataset_id varchar, source_table varchar, is_demo boolean default false"""


PAYMENT = """region_code varchar, region_level varchar, year integer, scheme varchar, scheme_name_nb varchar, group_code varchar,
    group_name_nb varchar, age_group varchar default 'all', counted_unit varchar default 'person', source_kind varchar,
    source_name_nb varchar, document_title_nb varchar, publisher_nb varchar, published_on varchar, residents_persons double,
    residents_status varchar default 'ok', recipients_persons double, recipients_status varchar default 'ok', paid_nok double,
    paid_status varchar default 'ok', paid_per_recipient_nok double, paid_per_inhabitant_nok double,
    recipients_of_group_pct double, share_of_recipients_pct double, share_of_paid_pct double, share_of_population_pct double,
    precision_code varchar, precision_nb varchar, understated_at_most_seen_pct double, databank_version integer,
    dataset_id varchar, release_id varchar, is_demo boolean default false"""


def payment(
    code: str, year: int, group: str, people: float, recipients: float | None, paid: float | None, **more: object
) -> dict:
    """A row of benefit_payment_by_group as the mart makes it of its counts."""
    row = {
        "region_code": code, "year": year, "scheme": "disability_benefit", "scheme_name_nb": "Uføretrygd", "group_code": group,
        "group_name_nb": {"immigrants": "Innvandrere", "all": "Alle"}.get(group, "Befolkningen ellers"),
        "source_kind": "microdata", "source_name_nb": "Tabell fra microdata.no", "document_title_nb": "skript a1b2c3",
        "residents_persons": people, "recipients_persons": recipients, "paid_nok": paid, "precision_code": "noise_added",
        "precision_nb": "Plattformen har lagt støy av ukjent størrelse på tallet", "understated_at_most_seen_pct": 1.2,
        "databank_version": 54, "dataset_id": "microdata_benefit_by_group",
        "paid_per_recipient_nok": paid / recipients if paid and recipients else None,
        "paid_per_inhabitant_nok": paid / people if paid else None,
    }  # fmt: skip
    return row | more


def told(small: SmallRelease) -> dict[str, tuple[str, str, str]]:
    """Benefit -> (persons, kroner, way)."""
    return {str(row[0]): (str(row[1]), str(row[2]), str(row[4])) for row in overview(small)}


def overview(small: SmallRelease) -> tuple:
    """The rows of the table."""
    block = small.blocks(NOVEMBER)["benefit_overview"]
    assert all(row[3] == "–" for row in block.grids[0].rows if row[1] == row[2] == "nei")
    return block.grids[0].rows


def recipients(code: str, year: int, benefit: str, source: str, *values: float | None) -> dict[str, object]:
    row = {"region_code": code, "year": year, "benefit": benefit, "figure_scope": "by_background", "source": source}
    return row | {"age_group": "age_30_61", "immigrants_value": values[0], "rest_of_population_value": values[1]}


def test_an_empty_release_knows_nothing_and_says_how_to_get_each(small: SmallRelease) -> None:
    rows = told(small)
    assert len(rows) == 13
    assert {row[:2] for row in rows.values()} == {("nei", "nei")}
    assert all("SSB" in way or "microdata.no" in way for _, _, way in rows.values())


def test_the_newest_year_with_both_sides_is_told_and_a_hidden_side_is_not_known(small: SmallRelease) -> None:
    small.table(
        "benefit_recipients",
        RECIPIENTS,
        recipients("3909", 2022, "social_assistance", "imdi", 640, 812),
        recipients("3909", 2023, "social_assistance", "imdi", None, 900),  # hidden
        recipients("00", 2025, "main_status_aap_disability", "ssb", 60_000, 380_000),
    )
    rows = told(small)
    assert rows["Økonomisk sosialhjelp"][0] == "ja, 2022 (IMDi)"
    assert rows["Uføretrygd"][0].lower().startswith("bare hele landet, 2025 (ssb); sammen med arbeidsavklaringspenger")
    assert rows["Barnetrygd"][:2] == ("nei", "nei")


def test_kroner_of_the_municipalitys_files_need_the_group_and_the_whole(small: SmallRelease) -> None:
    group = {"municipality_code": "3909", "group_code": "refugee_within_5_years"}
    whole = {"municipality_code": "3909", "group_code": "all"}
    small.table(
        "social_assistance_by_group",
        OWN,
        {**group, "year": 2023, "recipients_persons": 210, "paid_nok": 9_000_000},
        {**whole, "year": 2023, "recipients_persons": 1400, "paid_nok": 81_000_000},
        {**group, "year": 2024, "recipients_persons": 190, "paid_nok": None},  # kroner hidden
        {**whole, "year": 2024, "recipients_persons": 1380, "paid_nok": 80_000_000},
        {**group, "year": 2022, "municipality_code": "3907", "recipients_persons": 5, "paid_nok": 1},
    )
    small.table(
        "cohort_benefit",
        COHORT,
        {
            "benefit": "introduction_benefit",
            "year": 2024,
            "settlement_year": 2024,
            "years_since_settlement": 0,
            "amount_nok": 36_710,
        },
    )
    rows = told(small)
    persons, kroner, _ = rows["Økonomisk sosialhjelp"]
    assert "2024 (kommunens egne KOSTRA-filer)" in persons
    assert "2023 (kommunens egne KOSTRA-filer)" in kroner
    assert rows["Introduksjonsstønad"][1].startswith("bare gjennomsnitt per bosatt i utvalgskommunene, 2024")
    assert rows["Kvalifiseringsstønad"][:2] == ("nei", "nei")


def test_tables_made_for_the_municipality_are_told_with_their_day_and_printed_ones_as_the_countrys(
    small: SmallRelease,
) -> None:
    small.dataset("microdata_benefit_by_group", "2026-09-20")
    small.table(
        "benefit_payment_by_group",
        PAYMENT,
        *[payment("3909", 2022, group, 7_000, 420, 120e6) for group in ("immigrants", "population_except_immigrants")],
        *[payment("3909", 2023, group, 7_000, 420, None) for group in ("immigrants", "population_except_immigrants")],
        payment(
            "00",
            2027,
            "all",
            1,
            None,
            30.06e9,
            scheme="child_benefit",
            source_kind="national_reference",
            precision_code="proposal",
        ),
        payment("00", 2017, "immigrants", 1, None, None, source_kind="national_reference", recipients_of_group_pct=4.9),
    )
    rows = {row[0]: row for row in overview(small)}
    persons, kroner, fresh = rows["Uføretrygd"][1:4]
    assert persons == "ja, 2023 (tabell fra microdata.no); for landet, 2017 (publisert)"
    assert kroner == "ja, 2022 (tabell fra microdata.no)"
    assert fresh == "mottatt 20. september 2026"
    assert rows["Barnetrygd"][1:3] == ("nei", "i alt for landet, 2027 (forslag til statsbudsjett)")
