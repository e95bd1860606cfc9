"""The rule for differences: a difference is the difference of the two figures as they are shown.

Here: the number that the text of a figure stands for, and what lies between two of them. Not here: wording, uncertainty.

One rule for every output (page, PDF, slides, workbook): a reader who subtracts two figures of a sentence or a line gets
the difference beside them. Figures that are shown alike do not differ, whatever their further decimals say. Amounts are
shown in millions from one million up, so the coarser of the two decides how a difference is given. What is shown as
«under 0,1» stands for 0 and «over 99,9» for 100: a difference from such a figure is given as approximate.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from report.words.norwegian import MILLION, Unit

Order = Literal["same", "above", "below"]


@dataclass(frozen=True)
class ShownDifference:
    """``size`` is without sign and in the unit itself (kroner, never thousands); ``decimals`` are those it is shown with,
    ``in_millions`` says that they count millions. ``is_about``: one of the figures is shown as «under» or «over» a limit."""

    order: Order
    size: Decimal
    decimals: int
    in_millions: bool = False
    is_about: bool = False

    @property
    def signed(self) -> float:
        """The difference with its sign, for a cell that holds a number."""
        return float(-self.size if self.order == "below" else self.size)


@dataclass(frozen=True)
class Shown:
    """The number that a figure's text stands for, and the place it is rounded to (0.1, 1, 100 000)."""

    value: Decimal
    place: Decimal
    is_limit: bool = False


def shown(value: float, unit: Unit, *, is_written_out: bool = False) -> Shown:
    """What a reader sees of a figure; kroner for every unit of money.

    ``is_written_out``: as a workbook has it, where a million has all its digits.
    """
    exact = Decimal(repr(float(value))) * unit.factor
    place = Decimal(1).scaleb(-unit.decimals)
    if unit.is_money and abs(exact) >= MILLION and not is_written_out:
        place = Decimal(MILLION) / 10
    elif unit.decimals == 0 and not unit.is_money and exact != exact.to_integral_value():
        # half persons of a corrected count are not lost: norwegian.figure writes them with one decimal
        place = Decimal("0.1")
    rounded = (exact / place).quantize(Decimal(1), rounding=ROUND_HALF_UP) * place
    is_limit = (exact != 0 and rounded == 0) or (unit.is_share and exact < 100 and rounded == 100)
    return Shown(rounded, place, is_limit)


def shown_difference(first: float, second: float, unit: Unit, *, is_written_out: bool = False) -> ShownDifference:
    """``first`` against ``second`` by the figures as shown."""
    one, other = (shown(value, unit, is_written_out=is_written_out) for value in (first, second))
    place = max(one.place, other.place)
    # of two amounts in different places the finer one is read in the coarser place, as a reader does
    difference = _at(one.value, place) - _at(other.value, place)
    order: Order = "same" if difference == 0 else "above" if difference > 0 else "below"
    in_millions = unit.is_money and abs(difference) >= MILLION
    decimals = 1 if in_millions else max(0, -int(place.normalize().as_tuple().exponent))
    is_about = (one.is_limit or other.is_limit) and order != "same"
    return ShownDifference(order, abs(difference), decimals, in_millions, is_about)


def is_same_shown(first: float, second: float, unit: Unit) -> bool:
    """True of two figures that a reader sees as one and the same number."""
    in_millions = unit.is_money and max(abs(first), abs(second)) * unit.factor >= MILLION
    if abs(first - second) * unit.factor >= (MILLION / 10 if in_millions else 10.0**-unit.decimals):
        # a whole place apart: no rounding makes them one, and decimals are slow
        return False
    return shown_difference(first, second, unit).order == "same"


def _at(value: Decimal, place: Decimal) -> Decimal:
    return (value / place).quantize(Decimal(1), rounding=ROUND_HALF_UP) * place
