"""The histogram check: what small counts show, beside what the spec declares. Files of ../shared, and composed columns."""

from pathlib import Path

import pytest

from sources.dataset.spec import load_specs
from sources.small_counts import HIDDEN, SmallCounts, in_folder, judge, shown_by

MOVES, EDUCATION, COUNTRIES = "imdi_flyktning_botid_flytting", "imdi_utdanningsniva", "imdi_befolkning_opprinnelsesland"


def small(dataset_id: str, year: int, **counts: int) -> SmallCounts:
    named = {HIDDEN: counts.pop(HIDDEN, 0)} | {float(name[1:]): count for name, count in counts.items()}
    return SmallCounts(dataset_id, "municipality", year, tuple(named.items()))


@pytest.mark.parametrize(
    ("ones_and_twos", "threes", "hidden", "shown"),
    [
        (0, 1_609, 0, "rounding"),
        (0, 0, 177_127, "hiding"),
        (98, 56, 240, "hiding some"),
        (105, 60, 0, "neither"),
        (0, 4, 0, "unclear"),
    ],
)
def test_what_small_counts_show(ones_and_twos: int, threes: int, hidden: int, shown: str) -> None:
    assert shown_by(ones_and_twos, threes, hidden) == shown


def test_figures_that_show_what_the_spec_does_not_declare_are_to_be_looked_at() -> None:
    specs = load_specs()
    undeclared = judge([small(COUNTRIES, 2021, n0=900, n3=700)], specs)
    assert [(row.shows, row.declared, row.agrees) for row in undeclared] == [("rounding", "hiding", False)]
    open_ = judge([small(MOVES, 2021, n0=900, n1=300, n2=200, n3=170)], specs)
    assert [(row.shows, row.declared, row.agrees) for row in open_] == [("neither", "rounding", False)]


def test_a_dataset_that_is_rounded_in_some_years_is_judged_by_year() -> None:
    found = [small(EDUCATION, 2021, n0=90, n3=70), small(EDUCATION, 2022, n0=90, n1=30, n2=30, n3=20)]
    judged = judge(found, load_specs())
    assert [(row.years, row.shows, row.agrees) for row in judged] == [
        ((2021,), "rounding", True),
        ((2022,), "neither", True),
    ]


def test_the_files_at_hand_show_what_their_specs_declare(shared: Path) -> None:
    """Inner cells of IMDi's file of 2014-2022: 0 stands 5 980 times, 3 1 050 times, 1 and 2 never."""
    judged = {row.dataset_id: row for row in in_folder(shared / "upstream" / "imdi" / "long", load_specs())}
    moves = judged[MOVES]
    assert (moves.zeros, moves.ones_and_twos, moves.threes, moves.hidden) == (5_980, 0, 1_050, 0)
    assert (moves.shows, moves.declared) == ("rounding", "rounding")
    assert judged["imdi_bosatt_anmodede"].shows == "hiding some" and all(row.agrees for row in judged.values())
