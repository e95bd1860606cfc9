"""What a difference is worth: intervals that were printed by their authors, and differences as a reader subtracts them.

Not here: sentences, the choice of findings.
"""

import pytest

from report.judging.shown import shown_difference
from report.judging.uncertainty import Counted, Interval, count_difference, share_difference, wilson
from report.judging.verdict import Evidence, Limits, judge
from report.model import Cell
from report.words.differences import size_text
from report.words.texts import unit_of


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    # R. G. Newcombe 1998, Statistics in Medicine 17, p. 861, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_printed(count: int, base: int, low: float, high: float) -> None:
    found = wilson(Counted(count, base))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # the same journal, p. 880, table II, method 10
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_difference_of_shares_as_printed(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = share_difference(Counted(*first), Counted(*second))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_counts_are_compared_given_their_sum() -> None:
    # 60 of 100 lies outside what halves give (Wilson 0.502-0.691), 59 of 100 does not
    assert not count_difference(60, 40).holds_zero
    assert count_difference(59, 41).holds_zero
    assert count_difference(0, 0) == Interval(0.0, 0.0)


def test_nobody_is_no_share() -> None:
    with pytest.raises(ValueError, match="part of a whole"):
        wilson(Counted(3, 0))


@pytest.mark.parametrize(
    ("first", "second", "unit", "said"),
    [
        # T4: the figures of a sentence that did not add up
        (1.749, 2.551, "percent", "0,9 prosentpoeng"),
        (11.651, 14.749, "percent", "3,0 prosentpoeng"),
        (643.4, 725.6, "nok_per_person", "83 kroner"),
        (0.02, 6.41, "percent", "om lag 6,4 prosentpoeng"),
        (99.97, 60.0, "percent", "om lag 40,0 prosentpoeng"),
        (12_440_000, 15_360_000, "nok", "3,0 millioner kroner"),
        (950_000, 1_230_000, "nok", "200"),
        (1_940_000, 940_000, "nok", "1,0 million kroner"),
        (36, 35, "persons", "én"),
        (7.0, 6.0, "months", "1,0 måneder"),
    ],
)
def test_a_difference_is_that_of_the_figures_shown(first: float, second: float, unit: str, said: str) -> None:
    text = size_text(shown_difference(first, second, unit_of(unit)), unit_of(unit))
    assert text.replace("\u202f", " ").startswith(said)


def test_a_workbook_subtracts_amounts_with_all_their_digits() -> None:
    written = shown_difference(1_234_567, 2_000_000, unit_of("nok"), is_written_out=True)
    assert written.signed == -765_433
    assert shown_difference(1.749, 2.551, unit_of("percent"), is_written_out=True).signed == -0.9


@pytest.mark.parametrize(("first", "second"), [(29.74, 29.65), (6.451, 6.549)])
def test_figures_shown_alike_do_not_differ(first: float, second: float) -> None:
    assert shown_difference(first, second, unit_of("percent")).order == "same"


def _share(count: float, base: float, bounds: tuple[float, float] | None = None) -> Evidence:
    """A share of its counts; with ``bounds`` one that the publisher rounded."""
    value = 100 * count / base
    low, high = bounds or (value, value)
    return Evidence(Cell(value, low, high, "rounded" if bounds else "ok"), "share", Counted(count, base), base)


def test_few_persons_make_a_difference_uncertain() -> None:
    percent = unit_of("percent")
    # 60 and 50 percent: of 40 persons chance explains it, of 4 000 it does not
    assert judge(_share(36, 60), _share(30, 60), percent, Limits()).verdict == "uncertain"
    sure = judge(_share(3600, 6000), _share(3000, 6000), percent, Limits())
    assert sure.verdict == "above"
    assert 0 < sure.sure < 10
    # a sure difference of fewer persons than the minimum is not told
    assert judge(_share(40, 40), _share(0, 6000), percent, Limits()).verdict == "uncertain"


def test_a_municipality_is_judged_against_the_rest_of_its_county() -> None:
    # 900 of the county's 1 000 live in the municipality: it can hardly differ from a county that is nearly itself,
    # but it differs from the 100 others by 20 points, and the sign is the same
    whole = _share(580, 1000)
    own = _share(540, 900)
    judged = judge(own, whole, unit_of("percent"), Limits(), is_inside=True)
    assert judged.verdict == "above"
    rest = share_difference(Counted(540, 900), Counted(40, 100)).scaled(100 * 0.1)
    assert judged.interval is not None
    assert (judged.interval.low, judged.interval.high) == pytest.approx((rest.low, rest.high))


def test_rounding_widens_an_interval() -> None:
    percent = unit_of("percent")
    plain = judge(_share(600, 1000), _share(550, 1000), percent, Limits())
    rounded = judge(_share(600, 1000, (58.0, 62.0)), _share(550, 1000), percent, Limits())
    assert plain.verdict == "above"
    assert rounded.verdict == "uncertain"


def test_amounts_need_five_percent_and_enough_persons() -> None:
    unit = unit_of("nok_per_person")

    def money(value: float, base: float) -> Evidence:
        return Evidence(Cell(value, value, value, "ok"), "uncounted", None, base, least=200)

    assert judge(money(1049, 5000), money(1000, 9e6), unit, Limits()).verdict == "uncertain"
    assert judge(money(1060, 5000), money(1000, 9e6), unit, Limits()).verdict == "above"
    assert judge(money(2000, 150), money(1000, 9e6), unit, Limits()).verdict == "uncertain"


def test_bounds_decide_where_no_figure_is_known() -> None:
    percent = unit_of("percent")
    wide = Evidence(Cell(None, 2.0, 9.0, "interval"), "share")
    assert judge(_share(500, 1000), wide, percent, Limits()).verdict == "above"
    # none of 55: chance allows up to 6.5 percent, so it is not surely below figures from 3 percent up
    narrow = Evidence(Cell(None, 3.2, 3.3, "interval"), "share")
    assert judge(_share(0, 55), narrow, percent, Limits()).verdict == "uncertain"
    assert judge(_share(0, 550), narrow, percent, Limits()).verdict == "below"
    assert judge(_share(50, 1000), wide, percent, Limits()).verdict == "uncertain"
    assert (
        judge(_share(50, 1000), Evidence(Cell(None, None, None, "suppressed"), "share"), percent, Limits()).verdict
        == "unknown"
    )
