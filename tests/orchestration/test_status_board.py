"""The freshness board: states on a day, the council's answer, and what a person finds on it."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from orchestration.runs.status import CADENCE_NB, GroupStanding, answer_nb, state_on
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
    assert state_on(far, cadence_row(next_expected_from_date=None)) == "no_rhythm"


def _group(name: str, recommended: str, supplement: str | None = None) -> GroupStanding:
    words = CADENCE_NB.get(recommended, "") + (f" med {CADENCE_NB[supplement]} tillegg" if supplement else "")
    return GroupStanding(name, name, 1, 0, LAST, None, 4, 1, recommended, supplement, words, "fordi")


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
