"""How sure a difference is when few persons stand behind the figures: intervals for shares and for counts.

Here: numbers only, the same for every output. Not here: wording, rounding (shown.py), or which figures are compared.

The figures cover everybody, so there is no sampling error; the interval says what chance alone does to a share of so few
persons, as public health profiles use it. One share: Wilson's score interval. Two shares: Newcombe's hybrid score interval
(method 10), made of the two Wilson intervals. Two counts: given their sum, the second is a share of it (Przyborowski and
Wilenski). A municipality inside the area it is compared with is compared with the rest of that area, since a part is not
independent of its whole; the sign of the difference is the same.

Sources: E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212; R. G. Newcombe, Statistics in Medicine
17 (1998) 857-872 and 873-890; J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323; use for area profiles:
Association of Public Health Observatories, Technical briefing 3 (2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964
"""The normal quantile of a two-sided interval of 95 percent."""


@dataclass(frozen=True)
class Counted:
    """So many of so many persons. ``count`` may not be above ``base``."""

    count: float
    base: float

    @property
    def share(self) -> float:
        return self.count / self.base

    @property
    def is_usable(self) -> bool:
        """True of a part of a whole; a ratio above one is no share, and of none nothing can be said."""
        return self.base > 0 and 0 <= self.count <= self.base


@dataclass(frozen=True)
class Interval:
    """Least and most that is compatible with chance, in the unit of what was compared."""

    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high

    @property
    def nearest(self) -> float:
        """The end nearest to zero: the difference that is left when chance has had its part; 0 when zero lies inside."""
        if self.holds_zero:
            return 0.0
        return self.low if self.low > 0 else self.high

    def scaled(self, factor: float) -> Interval:
        return Interval(self.low * factor, self.high * factor)

    def widened(self, below: float, above: float) -> Interval:
        """With what the publisher's rounding may add on either side."""
        return Interval(self.low - below, self.high + above)


def wilson(part: Counted) -> Interval:
    """Wilson's score interval of one share, from 0 to 1. Raises ValueError for what is no share of anybody."""
    if not part.is_usable:
        raise ValueError(f"expected a part of a whole; found {part.count} of {part.base}")
    share, size, z = part.share, part.base, Z95
    middle = share + z * z / (2 * size)
    reach = z * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    scale = 1 + z * z / size
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def share_difference(first: Counted, second: Counted) -> Interval:
    """Newcombe's interval of ``first.share - second.share``, from -1 to 1."""
    difference = first.share - second.share
    one, other = wilson(first), wilson(second)
    below = sqrt((first.share - one.low) ** 2 + (other.high - second.share) ** 2)
    above = sqrt((one.high - first.share) ** 2 + (second.share - other.low) ** 2)
    return Interval(difference - below, difference + above)


def count_difference(first: float, second: float) -> Interval:
    """The interval of ``first - second`` for two counts of independent persons, given how many they are together."""
    total = first + second
    if total <= 0:
        return Interval(0.0, 0.0)
    part = wilson(Counted(first, total))
    return Interval(total * (2 * part.low - 1), total * (2 * part.high - 1))


def rest_of(whole: Counted, part: Counted) -> Counted:
    """The area without the municipality inside it; the area itself where the two cannot be parted."""
    rest = Counted(whole.count - part.count, whole.base - part.base)
    return rest if rest.is_usable else whole
