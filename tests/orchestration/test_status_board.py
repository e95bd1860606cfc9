"""The freshness board: states on a day, the council's answer, and what a person finds on it."""

import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from orchestration.cli.status_display import print_board
from orchestration.runs.status import CADENCE_NB, Board, GroupStanding, Standing, answer_nb, state_on
from tests.support.pipeline import Installation

LAST = date(2025, 6, 17)


def cadence_row(**changes: Any) -> dict[str, Any]:
    """A yearly dataset with a new year on 17 June 2025: next one due from three quarters of a year on."""
    return {
        "declared_cadence": "yearly",
        "last_release_date": LAST,
        "next_expected_from_date": date(2026, 3, 18),
        "next_expected_to_date": date(2026, 9, 23),
        "overdue_after_date": date(2026, 12, 31),
        "discontinued_after_date": date(2027, 7, 17),
        **changes,
    }


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2025, 6, 16), "expected"),
        (date(2026, 3, 17), "expected"),
        (date(2026, 3, 18), "due"),
        (date(2026, 9, 23), "due"),
        (date(2026, 9, 24), "late"),
        (date(2027, 1, 1), "overdue"),
        (date(2027, 7, 18), "presumed_discontinued"),
    ],
)
def test_states_follow_the_calendar_and_age_is_never_negative(today: date, state: str) -> None:
    """Faults 29 and 30: the first row is a release dated tomorrow, as a clock that is set back would see it."""
    assert state_on(today, cadence_row()) == state


def test_states_that_do_not_depend_on_the_day() -> None:
    far = LAST + timedelta(days=9999)
    assert state_on(far, cadence_row(declared_cadence="discontinued")) == "discontinued"
    assert state_on(far, cadence_row(last_release_date=None)) == "no_release"
    assert state_on(far, cadence_row(last_release_date=None), is_landed=True) == "undated"
    assert state_on(far, cadence_row(next_expected_from_date=None)) == "no_rhythm"


def _group(name: str, recommended: str, supplement: str | None = None) -> GroupStanding:
    words = CADENCE_NB.get(recommended, "") + (f" med {CADENCE_NB[supplement]} tillegg" if supplement else "")
    return GroupStanding(name, name, 1, 0, LAST, None, 4, 1, recommended, supplement, words, "fordi")


def test_a_narrow_terminal_cuts_no_id_and_no_date(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T44: at 100 columns the board said `imdi_bosa…`, waited for `02.09.202…`."""
    standing = Standing(
        dataset_id="imdi_befolkning_innvandringsgrunn", title_nb="Personer i husholdninger med vedvarende lavinntekt",
        statistic_group="education", declared_nb="månedlig", observed_days=38, last_release=LAST, last_year=2026,
        next_from=date(2026, 9, 2), next_to=date(2026, 9, 28), state="presumed_discontinued",
    )  # fmt: skip
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    group = replace(_group("Bosetting og befolkning", "yearly", "monthly"), next_from=LAST)
    undated = replace(standing, state="undated")
    print_board(Board(LAST, "000001", None, False, "", groups=[group], datasets=[standing, undated]))
    text = capsys.readouterr().out
    for whole in ("imdi_befolkning_innvandringsgrunn", "02.09.2026-", "28.09.2026", "Bosetting og befolkning"):
        assert whole in text
    assert text.count("17.06.2025") == 4 and "husholdninger med …" in text and text.count("…") == 1
    assert "1 datasett er i bruk uten kjent utgivelsesdato." in text and "ikke hentet" not in text


def test_the_councils_question_is_answered_in_norwegian() -> None:
    groups = [
        _group("Utdanning", "yearly"),
        _group("Tilskudd", "yearly"),
        _group("Arbeid", "yearly", "monthly"),
        _group("Bosetting", "monthly"),
    ]
    assert answer_nb(groups) == (
        "Rapporten bør komme årlig: så ofte får de fleste gruppene nye tall (utdanning årlig; tilskudd årlig; arbeid årlig "
        "med månedlig tillegg; bosetting månedlig). Oftere oppdatering er nyttig for arbeid (månedlig) og bosetting (månedlig)."
    )
    assert "for få utgaver" in answer_nb([_group("Utdanning", "unknown")])


def test_the_board_on_the_real_files(real: Installation) -> None:
    answer = real.call("status")
    assert answer.returncode == 0, answer.stderr
    assert "Rapporten bør komme" in answer.stdout
    assert "Bosetting og befolkning" in answer.stdout
    board = json.loads(real.call("status", "--json").stdout)
    assert {g["statistic_group"] for g in board["groups"]} == {
        "population_settlement",
        "education",
        "introduction_programme",
        "work_living_conditions",
        "grants",
    }
    assert all(g["rule_nb"] for g in board["groups"])
    datasets = {d["dataset_id"]: d for d in board["datasets"]}
    assert datasets["imdi_flyktning_botid_flytting"]["last_release"] == "2024-08-31"
    assert datasets["imdi_bosatt_anmodede"]["declared_nb"] == "månedlig"
    for held in board["held"]:
        assert held["accept"] == f"integrering releases accept {held['dataset_id']} {held['release_id']}"


def test_the_board_without_a_release_says_what_to_do(tmp_path: Any) -> None:
    answer = Installation(tmp_path).call("status")
    assert answer.returncode == 1
    assert "integrering run" in answer.stderr
