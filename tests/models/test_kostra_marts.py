"""From private files to marts: the landed aggregates, carried-over years, and the figures beside them.

Here: landing and SQL of this part with stand-ins for the models of other topics. Not here: the whole warehouse.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.dataset.registry import forms
from sources.dataset.spec import DatasetSpec, load_specs
from sources.kostra.private import private_aggregates
from sources.kostra.release import as_csv, land_private
from sources.kostra.shape import ACCOUNTS, DATASETS, PROGRAMME, RECEIPT, SOCIAL_ASSISTANCE, spec_of
from sources.landing.current import select_current
from sources.landing.store import Landing
from tests.support.dbt_trial import copy_project, run_dbt
from tests.support.kostra_files import (
    Participant,
    Recipient,
    identities,
    write_11cf,
    write_11f,
    write_accounts,
    write_settled,
)
from tests.support.published_build import bundled_rows, lay_table
from warehouse.build import typed_columns

STAND_INS = Path(__file__).parents[1] / "support" / "kostra_stand_ins"
PEOPLE = identities(600)
NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)


def even_files(folder: Path, year: int, kroner: int) -> tuple[Path, Path]:
    """600 recipients of ``kroner`` a month: 200 settled in 2022, 200 in 2010, 200 others. Nothing needs hiding."""
    people = [Recipient(number, grants={m: kroner for m in range(1, 13)}, children=True) for number in PEOPLE]
    rows = [(number, "", "01.06.2022", "flyktning", "") for number in PEOPLE[:200]]
    rows += [(number, "", "01.06.2010", "flyktning", "") for number in PEOPLE[200:400]]
    municipality = "3805" if year < 2024 else "3909"
    return write_11f(folder / f"11F_{year}", year, people, municipality), write_settled(folder / "list", rows)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    """2023 in one run, then 2024 with programme and accounts in another."""
    folder = tmp_path_factory.mktemp("kostra")
    landing = Landing(folder / "landing")
    first, listed = even_files(folder, 2023, 900)
    land_private(private_aggregates([first], listed, municipality="3909"), landing, datetime(2025, 1, 20, tzinfo=UTC))
    second, listed = even_files(folder, 2024, 1_000)
    programme = write_11cf(folder / "11CF", 2024, [Participant(n, [1, 2], 30_000) for n in PEOPLE[:400]])
    accounts = write_accounts(
        folder / "0A", 2024, [("281", "470", 7_250), ("275", "089", 30_000), ("275", "010", 30_600)]
    )
    result = private_aggregates([second, programme], listed, accounts, municipality="3909")
    land_private(result, landing, NOON)
    return landing


@pytest.fixture(scope="module")
def marts(landing: Landing, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("build")
    file = folder / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema landing")
        for dataset_id in DATASETS:
            connection.execute(landed_view(landing, spec_of(dataset_id)))
        benefits = load_specs()["published_cohort_benefits"]
        lay_table(connection, benefits, bundled_rows(benefits))
    project = folder / "project"
    copy_project(project, ("models/intermediate/benefits", "models/marts/benefits"), STAND_INS)
    # what NAV, IMDi and SSB say of recipients stands in the same folder and has its own tests
    (project / "models" / "marts" / "benefits" / "benefit_recipients.sql").unlink()
    run_dbt(folder, project, "build")
    return duckdb.connect(str(file), read_only=True)


def landed_view(landing: Landing, spec: DatasetSpec) -> str:
    """As the build lays it: the release in use of a table dataset."""
    use = [u for u in select_current(landing, {spec.dataset_id: spec}, demo=False) if u.slice == "all"]
    path = landing.data_path(spec.dataset_id, use[0].release_id, "table")
    return (
        f"create table landing.{spec.dataset_id} as select '{spec.dataset_id}' as dataset_id, "
        f"'{use[0].release_id}' as release_id, false as is_demo, source_row, "
        f"{typed_columns(spec.column_types)} from read_parquet('{path}')"
    )


def one(marts: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    rows = marts.execute(sql).fetchall()
    assert len(rows) == 1
    return rows[0]


def test_groups_of_the_year_beside_the_public_totals(marts: duckdb.DuckDBPyConnection) -> None:
    """200 of 600 recipients, 12 000 kroner each; 7.2 million kroner over 50 000 inhabitants is 144 kroner each."""
    year = "period = '2024' and breakdown = 'none'"
    columns = (
        "recipients_persons, paid_nok, paid_per_recipient_nok, "
        "round(share_of_recipients_pct, 4), round(share_of_paid_pct, 4)"
    )
    found = one(marts, f"select {columns} from marts.social_assistance_by_group where {year} and group_code = 'other'")
    assert found == (200, 2_400_000, 12_000.0, 33.3333, 33.3333)
    columns = (
        "municipality_name, recipients_persons, paid_per_inhabitant_nok, ssb_municipality_recipients_persons, "
        "ssb_municipality_recipients_per_1000, ssb_county_recipients_per_1000, ssb_country_recipients_per_1000, "
        "ssb_municipality_paid_per_inhabitant_nok, ssb_county_paid_per_inhabitant_nok, "
        "ssb_country_paid_per_inhabitant_nok"
    )
    found = one(marts, f"select {columns} from marts.social_assistance_by_group where {year} and group_code = 'all'")
    assert found == ("Larvik", 600, 144.0, 602.0, 24.0, 26.5, 25.1, 146.0, 2_000.0, None)


def test_months_and_the_cohort_beside_the_committee(marts: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select count(*), sum(paid_nok), min(recipients_persons) from marts.social_assistance_by_group
        where year = 2024 and period_kind = 'month' and group_code = 'refugee_within_5_years'
    """
    assert one(marts, sql) == (12, 2_400_000, 200)
    sql = """
        select settled_persons, paid_per_settled_nok, committee_per_settled_nok
        from marts.social_assistance_by_group
        where period = '2024' and breakdown = 'settlement_year' and breakdown_code = '2022'
    """
    assert one(marts, sql) == (200, 12_000.0, 41_018)


def test_an_earlier_year_stays_when_a_new_one_is_read(marts: duckdb.DuckDBPyConnection, landing: Landing) -> None:
    sql = """
        select year, paid_nok from marts.social_assistance_by_group
        where group_code = 'all' and breakdown = 'none' and period_kind = 'year' order by year
    """
    assert marts.execute(sql).fetchall() == [(2023, 6_480_000), (2024, 7_200_000)]
    assert [receipt.retrieved_at.year for receipt in landing.receipts(SOCIAL_ASSISTANCE)] == [2025, 2026]


def test_programme_accounts_and_participants(marts: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select participants_persons, benefit_nok, benefit_per_participant_nok from marts.programme_by_group
        where period = '2024' and breakdown = 'none' and group_code = 'all'
    """
    assert one(marts, sql) == (400, 12_000_000, 30_000.0)
    sql = """
        select own_gross_operating_nok, ssb_gross_operating_nok, used_source, round(gross_difference_pct, 2),
            participants_persons, benefit_per_participant_nok
        from marts.own_expenditure where function_code = '275'
    """
    assert one(marts, sql) == (60_600_000, 60_000_000.0, "ssb", 1.0, 150.0, 200_000.0)
    sql = "select used_source, used_gross_operating_nok from marts.own_expenditure where function_code = '281'"
    assert one(marts, sql) == ("own_accounts", 7_250_000.0)


def test_agreement_with_ssb_and_the_accounts(marts: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select comparison, agreement, round(difference_pct, 2) from marts.own_figure_agreement
        where year = 2024 order by comparison
    """
    assert marts.execute(sql).fetchall() == [
        ("grant_function_281", "agrees", -0.69),
        ("gross_function_275", "agrees", 1.0),
        ("gross_function_281", "not_comparable", None),
        ("paid_ssb", "agrees", -1.37),
        ("recipients_ssb", "agrees", -0.33),
    ]


def test_receipts_of_what_was_read(marts: duckdb.DuckDBPyConnection) -> None:
    sql = "select attachment, year, lines_count, length(sha256) from marts.private_file_receipt order by 1, 2"
    assert marts.execute(sql).fetchall() == [
        ("11CF", 2024, 400, 64),
        ("11F", 2023, 600, 64),
        ("11F", 2024, 600, 64),
        ("bosatte", None, 400, 64),
        ("regnskap", 2024, 3, 64),
    ]


def test_landing_the_same_result_again_changes_nothing(tmp_path: Path) -> None:
    path, listed = even_files(tmp_path, 2024, 500)
    landing = Landing(tmp_path / "landing")
    results = [private_aggregates([path], listed, municipality="3909") for _ in range(2)]
    first, second = (land_private(result, landing, NOON) for result in results)
    assert [r.release_id for r in first] == [r.release_id for r in second]
    assert {decision.state for r in first if (decision := landing.decision(r.dataset_id, r.release_id))} == {"accepted"}
    assert as_csv(SOCIAL_ASSISTANCE, results[0].tables[SOCIAL_ASSISTANCE]) == as_csv(
        SOCIAL_ASSISTANCE, results[1].tables[SOCIAL_ASSISTANCE]
    )


def test_the_specs_are_private_and_read_only_from_landing() -> None:
    specs = {name: spec for name, spec in load_specs().items() if spec.source == "kostra"}
    assert set(specs) == {SOCIAL_ASSISTANCE, PROGRAMME, ACCOUNTS, RECEIPT}
    assert all(spec.options == {"private": True} and spec.shape == "table" for spec in specs.values())
    assert [form.name for form in forms().values() if form.source == "kostra"] == ["kostra_aggregate_csv"]
