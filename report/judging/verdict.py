"""What may be said of two figures: which is higher by what is shown, and whether few persons can explain it.

Here: the one rule that sentences, barometer, slides and workbook use. Not here: intervals (uncertainty.py), the size
that is shown (shown.py), wording.

1. Without two known figures nothing is said, unless their bounds keep apart.
2. Figures that are shown alike do not differ.
3. Shares and counts of persons: the difference is uncertain when its 95 percent interval holds zero.
4. Amounts, medians and points have no counts behind them: a difference below a stated percent of the figure compared with is
   uncertain, and so is every difference of fewer persons than stated.

A change is better or worse when it is sure and the figure has a better side, else up or down. It is as before when the figures
are shown alike, or when it is surely small: the whole interval lies within the stated margin, or, without counts, the change is
below the stated percent. Else nobody can say.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from report.judging.shown import ShownDifference, is_same_shown, shown_difference
from report.judging.uncertainty import Counted, Interval, count_difference, rest_of, share_difference, wilson
from report.model import Cell
from report.words.norwegian import Unit

Verdict = Literal["above", "below", "same", "uncertain", "unknown"]
Movement = Literal["better", "worse", "up", "down", "as_before", "cannot_say"]
Kind = Literal["share", "count", "uncounted"]


@dataclass(frozen=True)
class Evidence:
    """A figure with the persons behind it. ``counted`` is given for a share of persons, ``base`` wherever it is known.

    ``base`` are the persons a figure rests on, of which there must be ``least``: all of the group for a percentage, those
    counted for a rate per thousand. ``scale`` is what a share of one is in the figure's unit: 100 for percent, 1000 for
    per thousand.
    """

    cell: Cell
    kind: Kind
    counted: Counted | None = None
    base: float | None = None
    scale: float = 100.0
    least: int = 50

    @property
    def is_enough(self) -> bool:
        """True when enough persons stand behind the figure for it to be compared."""
        return self.base is not None and self.base >= self.least


@dataclass(frozen=True)
class Limits:
    """The least a difference without counts must be in percent of the figure compared with, and the most a change may be
    to be none (percent of the figure before, points of a share); see rules.yml."""

    uncounted_percent: float = 5.0
    least_uncounted: int = 200
    as_before_points: float = 2.0
    as_before_percent: float = 10.0


@dataclass(frozen=True)
class Judged:
    """``pair`` are the two known figures with their unit, from which ``difference`` is made. ``sure`` is what chance cannot
    explain, with its sign; 0 unless the verdict is above or below. ``interval`` is that of the difference, in the figure's
    unit, where there is one."""

    verdict: Verdict
    pair: tuple[float, float, Unit] | None = None
    interval: Interval | None = None
    sure: float = 0.0

    @cached_property
    def difference(self) -> ShownDifference | None:
        """The difference by the figures as shown; made when it is asked for, as most are only judged."""
        return shown_difference(*self.pair) if self.pair else None

    @property
    def is_sure(self) -> bool:
        return self.verdict in ("above", "below")


def judge(first: Evidence, second: Evidence, unit: Unit, limits: Limits, *, is_inside: bool = False) -> Judged:
    """``first`` against ``second``. ``is_inside``: the first area is part of the second."""
    one, other = first.cell, second.cell
    if one.value is None or other.value is None:
        return _by_bounds(first, second)
    pair = one.value, other.value, unit
    interval = difference_interval(first, second, is_inside=is_inside)
    if is_same_shown(*pair):
        return Judged("same", pair, interval)
    exact = one.value - other.value
    order: Verdict = "above" if exact > 0 else "below"
    if interval is None:
        least = abs(other.value) * limits.uncounted_percent / 100.0
        # also for a ratio that is no share (more settled than asked for), which has no interval
        is_few = first.base is None or first.base < max(first.least, limits.least_uncounted)
        if is_few or abs(exact) < least or one.is_rounded or other.is_rounded:
            return Judged("uncertain", pair)
        return Judged(order, pair, None, exact - (least if exact > 0 else -least))
    if interval.holds_zero or not first.is_enough:
        return Judged("uncertain", pair, interval)
    return Judged(order, pair, interval, interval.nearest)


def difference_interval(first: Evidence, second: Evidence, *, is_inside: bool = False) -> Interval | None:
    """The 95 percent interval of the difference in the figure's unit; None where nothing was counted."""
    found: Interval | None = None
    if first.kind == "count" and first.cell.value is not None and second.cell.value is not None:
        if first.cell.value >= 0 and second.cell.value >= 0:
            found = count_difference(first.cell.value, second.cell.value)
    elif first.kind == "share" and first.counted and first.counted.is_usable:
        found = _share_interval(first, first.counted, second, is_inside)
    if found is None:
        return None
    return found.widened(
        _room(first.cell, "low") + _room(second.cell, "high"), _room(first.cell, "high") + _room(second.cell, "low")
    )


def _share_interval(first: Evidence, counted: Counted, second: Evidence, is_inside: bool) -> Interval | None:
    if second.counted is None or not second.counted.is_usable:
        if second.cell.value is None:
            return None
        own = wilson(counted).scaled(first.scale)
        return Interval(own.low - second.cell.value, own.high - second.cell.value)
    if not is_inside or second.counted.base <= counted.base:
        return share_difference(counted, second.counted).scaled(first.scale)
    # own share minus that of the whole is own share minus that of the rest, times the part of the persons that is the rest
    rest = rest_of(second.counted, counted)
    return share_difference(counted, rest).scaled(first.scale * (1 - counted.base / second.counted.base))


def _room(cell: Cell, side: Literal["low", "high"]) -> float:
    """How far the true figure may lie from a rounded one on one side."""
    bound = cell.low if side == "low" else cell.high
    return abs(bound - cell.value) if cell.is_rounded and bound is not None and cell.value is not None else 0.0


def _by_bounds(first: Evidence, second: Evidence) -> Judged:
    """Two figures of which one has bounds only. Chance widens a share by its own interval before the bounds are compared."""
    one, other = first.cell.bounds, second.cell.bounds
    if first.cell.is_hidden or second.cell.is_hidden or one is None or other is None:
        return Judged("unknown")
    if first.kind == "share" and first.counted and first.counted.is_usable:
        chance = wilson(first.counted).scaled(first.scale)
        one = min(one[0], chance.low), max(one[1], chance.high)
    if first.is_enough and one[0] > other[1]:
        return Judged("above", None, None, one[0] - other[1])
    if first.is_enough and one[1] < other[0]:
        return Judged("below", None, None, one[1] - other[0])
    return Judged("uncertain")


def movement(judged: Judged, now: Evidence, before: Evidence, direction: str, limits: Limits) -> Movement:
    """What a change from ``before`` is called; ``judged`` is what may be said of it, ``direction`` the better side."""
    if judged.verdict in ("above", "below"):
        if direction == "neither":
            return "up" if judged.verdict == "above" else "down"
        return "better" if (judged.verdict == "above") == (direction == "higher_better") else "worse"
    if judged.verdict == "unknown" or before.cell.value is None or not (now.is_enough and before.is_enough):
        return "cannot_say"
    if judged.verdict == "same":
        return "as_before"
    if judged.interval is None:
        return "cannot_say" if before.cell.is_rounded else "as_before"
    margin = abs(before.cell.value) * limits.as_before_percent / 100.0
    if before.kind == "share":
        margin = min(margin, limits.as_before_points)
    return "as_before" if -margin <= judged.interval.low and judged.interval.high <= margin else "cannot_say"
