"""How large a difference is, in the few sizes that have words of their own.

Here: the limits between «om lag som», «opp fra» and «en klar økning fra», and the order of figures known by their bounds only.
Not here: the words (texts.yml), or what a difference comes to (judging/shown.py).
"""

from decimal import Decimal
from math import inf
from typing import Literal

from report.judging.shown import shown, shown_difference
from report.model import Cell
from report.words.norwegian import Unit

Order = Literal["same", "above", "below", "unknown"]
Size = Literal["same", "about", "up", "down", "clearly_up", "clearly_down", "doubled", "halved"]

ABOUT_POINTS, CLEAR_POINTS = Decimal("0.5"), Decimal(5)
"""A share that moved less than half a point is about the same; from five points it has clearly moved."""
ABOUT_SMALL, CLEAR_SMALL = Decimal("0.1"), Decimal("0.4")
"""Of a small share these parts of itself are enough: from 2,0 to 2,3 percent is no standstill."""
ABOUT_PART, CLEAR_PART = Decimal("0.02"), Decimal("0.2")
"""The limits for everything else, as a part of the figure before."""
FEW = 10
"""A count never moves clearly by fewer than so many: from 3 to 6 persons is no doubling worth the word."""


def size_of(now: float, before: float, unit: Unit) -> Size:
    """How ``now`` differs from ``before``, by the figures as they are shown; exactly equal figures alone are «same»."""
    if now == before:
        return "same"
    found = shown_difference(now, before, unit)
    first, second, size = shown(now, unit).value, shown(before, unit).value, found.size
    if found.order == "same" or size < _about(second, unit):
        return "about"
    is_up = found.order == "above"
    is_few = unit.is_additive and not unit.is_money and size < FEW
    if is_few or size < _clear(second, unit):
        return "up" if is_up else "down"
    if not _in_points(unit) and min(first, second) > 0:
        if first >= 2 * second:
            return "doubled"
        if 2 * first <= second:
            return "halved"
    return "clearly_up" if is_up else "clearly_down"


def _about(before: Decimal, unit: Unit) -> Decimal:
    return min(ABOUT_POINTS, abs(before) * ABOUT_SMALL) if _in_points(unit) else abs(before) * ABOUT_PART


def _clear(before: Decimal, unit: Unit) -> Decimal:
    return min(CLEAR_POINTS, abs(before) * CLEAR_SMALL) if _in_points(unit) else abs(before) * CLEAR_PART


def _in_points(unit: Unit) -> bool:
    return unit.difference_plural == "prosentpoeng"


def compare(first: Cell, second: Cell) -> Order:
    """Order of two figures by their bounds; «unknown» when the bounds overlap without being one and the same number."""
    low, high = _range(first)
    other_low, other_high = _range(second)
    if low == high == other_low == other_high:
        return "same"
    if low > other_high:
        return "above"
    return "below" if high < other_low else "unknown"


def _range(cell: Cell) -> tuple[float, float]:
    if cell.value is not None and not cell.is_rounded:
        return cell.value, cell.value
    return (cell.low if cell.low is not None else -inf), (cell.high if cell.high is not None else inf)
