"""The command line as an analyst and the person on duty meet it: what is found, what a slip is told, what is asked first.

Here: commands that read, on the demo release, and decisions on a landing of one file. Not here: figures.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.assets.datasets import _objections
from orchestration.cli import options
from orchestration.cli.main import app
from orchestration.runs.as_of import warehouse_as_of
from orchestration.runs.decisions import NotDecided, decide_release
from orchestration.runs.refresh import plan_refresh, refresh_file
from orchestration.workspace import Workspace
from sources.landing.store import Decision
from tests.support.pipeline import Installation
from tests.support.small_upstream import SETTLED, imdi_long
from warehouse.errors import NoRelease, WarehouseError, WrongSetting
from warehouse.settings import Settings

LATE = "bosatt_anmodede.csv"
DATASET = "imdi_bosatt_anmodede"

Ask = Callable[..., tuple[str, str]]


@pytest.fixture
def ask(demo: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, str]]:
    """Calls the command line in this process: what it says on stdout and on stderr. A typed error is raised as it is."""
    monkeypatch.setenv("INTEGRERING_DATA_DIR", str(demo.data))
    monkeypatch.setattr(options, "_said", {"quiet": False})

    def call(*arguments: str, stdin: str | None = None) -> tuple[str, str]:
        answer = CliRunner().invoke(app, list(arguments), input=stdin)
        if isinstance(answer.exception, WarehouseError):
            raise answer.exception
        assert answer.exit_code == 0, answer.output
        return answer.stdout, answer.stderr

    return call


def test_a_word_leads_to_an_indicator_and_on_to_a_query(ask: Ask) -> None:
    found, next_step = ask("find", "sysselsatte", "innvandringsgrunn")
    assert "employed_by_reason_share" in found
    assert "integrering describe employed_by_reason" in next_step
    described, _ = ask("describe", "employed_by_reason_share", "--municipality", "Sandefjord")
    assert "flight (Flukt)" in described
    assert "municipality_code = '3907'" in described
    (sql, *_) = [line.split('"')[1] for line in described.splitlines() if line.startswith("integrering query")]
    rows, _ = ask("query", sql)
    assert len(rows.splitlines()) > 3


def test_a_word_in_another_form_is_found_by_its_stem(ask: Ask) -> None:
    assert "settled_persons" in ask("find", "flyktningene")[0]


def test_a_place_is_found_with_its_code(ask: Ask) -> None:
    assert "Larvik is 3909" in ask("find", "larvik")[0]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("folketall Larvik", "population_persons"),
        ("sysselsettning", "employed_share"),
        ("kostragruppe", "kostra_group_code"),
        ("lignende kommuner", "kostra_group_code"),
        ("medianinntekt innvandrere kvinner", "median_income_nok"),
        ("hvor mange syrere bor i Larvik", "background_country_persons"),
        ("bosatte 2024", "settled_persons"),
        ("licence", "licence"),
    ],
)
def test_a_question_as_people_put_it_finds_what_is_asked_for(ask: Ask, words: str, name: str) -> None:
    found, _ = ask("find", *words.split())
    assert name in found.split()
    assert ("Larvik is 3909" in found) == ("Larvik" in words)


def test_two_places_of_one_name_are_both_shown(ask: Ask) -> None:
    found, _ = ask("find", "Herøy", "innvandrere")
    assert "1515" in found and "1818" in found


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("kommune = 'larvik'", "kommune is written 'Larvik'"),
        ("kommune = 'Lavrik'", "kommune is written 'Larvik'"),
        ("kommunenummer = 'Larvik'", "Larvik is 3909"),
        ("kommune = 'Larvik' and indikator_id = 'setled_persons'", "near are settled_persons"),
        ("kommune = 'Larvik' and fylke = 'Telemark'", "not together"),
    ],
)
def test_an_empty_answer_says_what_the_column_holds(ask: Ask, where: str, said: str) -> None:
    _, told = ask("query", f"select aar from sammenligning where {where}")
    assert said in told


def test_an_empty_answer_lists_the_codes_of_a_column(ask: Ask) -> None:
    _, told = ask("query", "select name_nb from cadence where scope = 'group'")
    assert "scope is one of dataset, statistic_group" in told


def test_municipalities_stand_side_by_side(ask: Ask) -> None:
    """The figures are those of the readable view; the country and the county come along."""
    rows, _ = ask("compare", "settled_persons", "Larvik", "Sandefjord", "--years", "2", "--format", "csv")
    head, newest, _ = rows.splitlines()
    assert head == "year,Larvik,Sandefjord,Vestfold,Hele landet"
    sql = "select kommunen from sammenligning where kommune = 'Larvik' and indikator_id = 'settled_persons' and aar = "
    assert float(ask("query", sql + newest[:4], "--format", "csv")[0].splitlines()[1]) == float(newest.split(",")[1])
    with pytest.raises(WarehouseError, match="near: settled_persons"):
        ask("compare", "setled_persons")


def test_a_word_of_nothing_says_so(ask: Ask) -> None:
    with pytest.raises(WarehouseError, match="stands in none"):
        ask("find", "romfart")


def test_tables_begin_where_a_newcomer_begins_and_show_empty_ones_apart(ask: Ask) -> None:
    told, _ = ask("tables")
    lines = told.splitlines()
    assert lines[0].startswith("comparison_total ")
    assert lines[-1].startswith("without rows in this release: ") and "social_assistance_by_group" in lines[-1]


def test_describe_tells_near_names(ask: Ask) -> None:
    with pytest.raises(WarehouseError, match="near: comparison_total"):
        ask("describe", "comparison_totl")


def test_a_query_shows_a_hundred_rows_and_says_that_there_are_more(ask: Ask) -> None:
    told, note = ask("query", "select year from comparison_total order by year desc")
    years = told.splitlines()[2:]
    assert len(years) == 100 and years == sorted(years, reverse=True)
    assert "the first 100 rows" in note and "--limit" in note
    assert len(ask("query", "--limit", "3", "select 1 from comparison_total")[0].splitlines()) == 5
    whole, note = ask(
        "query", "--format", "csv", "select region_code from dim_region where region_level = 'municipality'"
    )
    assert len(whole.splitlines()) == 358 and not note


def test_a_query_from_a_file_and_from_stdin(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "question.sql"
    file.write_text("select 'Ålesund' as place;\n", encoding="utf-8")
    assert "Ålesund" in ask("query", "--file", str(file))[0]
    assert "Ålesund" in ask("query", stdin=file.read_text(encoding="utf-8"))[0]


def test_a_row_too_wide_stands_tall(ask: Ask) -> None:
    told, _ = ask("query", "--tall", "select * from sammenligning where kommune = 'Larvik' and aar = 2024 limit 1")
    assert "\nkommune          Larvik\n" in told
    assert max(map(len, told.splitlines())) < 80


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from comparisn", "expected a published table or view; found 'comparisn'.*near: comparison"),
        ("select municipality_nam from comparison_total", "expected a column.*near: municipality_name"),
        ("select 1; select 2", "expected one SQL statement; found 2 statements"),
        ("selct 1", "expected a statement in DuckDB's SQL"),
        ("", "found none"),
        ("insert into dim_region values (1)", "query: expected"),
    ],
)
def test_a_query_that_cannot_be_answered_says_what_to_do(ask: Ask, sql: str, said: str) -> None:
    with pytest.raises(WarehouseError, match=said):
        ask("query", sql)


def test_a_name_where_a_code_stands_is_told(ask: Ask) -> None:
    _, note = ask("query", "select * from comparison where municipality_code = 'Larvik'")
    assert "no rows" in note and "Larvik is 3909" in note and "comparison_total" in note
    _, note = ask("query", "select * from dim_series where sex = 'Kvinner'")
    assert "'Kvinner' is the label of sex = 'female'" in note


def test_quiet_leaves_the_answer(ask: Ask) -> None:
    told, note = ask("--quiet", "query", "select year from comparison_total")
    assert len(told.splitlines()) == 102 and note == ""


def test_help_and_version(ask: Ask) -> None:
    assert "query" in ask("-h")[0]
    assert "--limit" in ask("query", "-h")[0]
    assert ask("--version")[0].startswith("integrering ")


def test_releases_of_the_warehouse_by_number_and_a_previous_that_is_not_there(ask: Ask) -> None:
    assert ask("releases", "list")[0].startswith("releases of the warehouse")
    assert ask("releases", "diff", "1", "current")[0].endswith("tables are equal\n")
    with pytest.raises(NoRelease, match="a release before the published one"):
        ask("releases", "diff")


def test_help_loads_neither_the_engine_nor_dagster() -> None:
    """A completion and `--help` answer at once."""
    heavy = "'duckdb', 'pyarrow', 'dagster', 'pydantic', 'yaml'"
    code = f"import sys, orchestration.cli.main; sys.exit(','.join(m for m in ({heavy}) if m in sys.modules) or 0)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_a_county_is_all_of_its_municipalities(demo: Installation) -> None:
    settings = Settings(data_dir=demo.data)
    assert options.municipalities_of("Vestfold", settings) == ["3901", "3903", "3905", "3907", "3909", "3911"]
    assert options.municipalities_of("03", settings) == ["0301"]
    with pytest.raises(WrongSetting, match="Vestfold is 39"):
        options.municipalities_of("Vestfodl", settings)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["describe", "comparison_t"], ["comparison_total"]),
        (["describe", "settled_of_d"], ["settled_of_decided_share"]),
        (["trace", "comparison_total", "municipality_n"], ["municipality_name="]),
        (["export", "settled_per_1000_h"], ["settled_per_1000_harmonised"]),
        (["export", "settled_persons", "--format", "json"], ["json-stat"]),
        (["report", "--municipality", "Larv"], ["Larvik"]),
        (["report", "--municipality", "390"], ["3901", "3903", "3905", "3907", "3909"]),
        (["run", "--source", "b"], ["bundled"]),
        (["run", "--only", "imdi_bosatt_a"], ["imdi_bosatt_anmodede"]),
        (["releases", "accept", "nav_h"], ["nav_hl060", "nav_hovedtall_extract"]),
    ],
)
def test_bash_completes_what_is_a_closed_list(typed: list[str], offered: list[str]) -> None:
    """By the script that `--show-completion` prints, sourced by a shell that has never seen it."""
    words = " ".join(f"'{word}'" for word in ["integrering", *typed])
    script = (
        'eval "$(_INTEGRERING_COMPLETE=source_bash integrering)"\n'
        f"COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _integrering_completion integrering\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    answer = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    assert answer.stdout.split() == offered, answer.stderr


# --- as it was on a date -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "said"), [(datetime(2999, 1, 1), "is to come"), (datetime(1990, 1, 1), "nothing had come then")]
)
def test_a_day_without_anything_is_refused_before_a_build(demo: Installation, day: datetime, said: str) -> None:
    workspace = Workspace(Settings(data_dir=demo.data, source="demo"))
    with pytest.raises(WrongSetting, match=said):
        warehouse_as_of(workspace, day.date())


# --- decisions on releases of datasets ---------------------------------------------------------------------------------


@pytest.fixture
def landed(tmp_path: Path) -> Workspace:
    """A landing with one release of one dataset, which waits for a person."""
    (tmp_path / "extracts").mkdir()
    (tmp_path / "extracts" / LATE).write_bytes(imdi_long(SETTLED).encode("latin-1"))
    workspace = Workspace(
        Settings(data_dir=tmp_path / "data", source="extracts", extracts_dir=tmp_path / "extracts"), only=(DATASET,)
    )
    for dataset_id, file in plan_refresh(workspace.landing, workspace.specs, workspace.files()).new:
        if dataset_id == DATASET:
            refresh_file(workspace.landing, workspace.specs[dataset_id], file)
    (receipt,) = workspace.landing.receipts(DATASET)
    held = Decision(state="held", reasons=["x"], decided_at=datetime(2026, 3, 1, tzinfo=UTC))
    workspace.landing.decide(DATASET, receipt.release_id, held)
    return workspace


def test_the_one_that_waits_need_not_be_named(landed: Workspace) -> None:
    assert "er tatt i bruk. Neste" in decide_release(landed, DATASET, None, "accepted")
    with pytest.raises(NoRelease, match="none that waits"):
        decide_release(landed, DATASET, None, "accepted")


def test_a_rejected_release_is_asked_about_before_it_is_accepted(landed: Workspace) -> None:
    (receipt,) = landed.landing.receipts(DATASET)
    decide_release(landed, DATASET, receipt.release_id[:6], "rejected", is_sure=lambda text: False)
    asked: list[str] = []
    with pytest.raises(NotDecided, match=r"which is rejected since .*--yes"):
        decide_release(landed, DATASET, receipt.release_id, "accepted", is_sure=lambda text: bool(asked.append(text)))
    assert "ble avvist av en person" in asked[0]
    assert landed.landing.decision(DATASET, receipt.release_id).state == "rejected"
    decide_release(landed, DATASET, receipt.release_id, "accepted", is_sure=lambda text: True)
    assert landed.landing.decision(DATASET, receipt.release_id).state == "accepted"


def test_a_dataset_that_is_none_gets_near_names(landed: Workspace) -> None:
    with pytest.raises(NoRelease, match="near: imdi_bosatt_anmodede"):
        decide_release(landed, "imdi_bosat_anmodede", None, "accepted")


def test_the_check_in_the_ui_stays_orange_while_a_release_waits(landed: Workspace) -> None:
    """A later look at the dataset finds nothing new; the release that waits is still told, by the name of its file."""
    spec, (receipt,) = landed.specs[DATASET], landed.landing.receipts(DATASET)
    told = _objections(landed, spec, [])
    assert list(told) == [f"holdt tilbake: {LATE} ({receipt.release_id})", f"gjør: {LATE}"]
    assert f"integrering releases accept {DATASET} {receipt.release_id}" in told[f"gjør: {LATE}"]
    decide_release(landed, DATASET, None, "rejected")
    assert _objections(landed, spec, []) == {}
