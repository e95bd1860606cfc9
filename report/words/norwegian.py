"""Numbers as Norwegians write them: decimal comma, narrow no-break space between thousands, a real minus sign.

Here: turning one number into text without making it say something false. Not here: sentences.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sources.vocabulary import names_nb

THIN = "\u202f"
MINUS = "\u2212"
MILLION = 1_000_000

_MONTHS = tuple(names_nb("month").values())


@dataclass(frozen=True)
class Unit:
    """How figures of a unit are written. ``more``/``less`` are the words for a difference: «flere», «høyere»."""

    name: str
    decimals: int
    singular: str
    plural: str
    difference_singular: str
    difference_plural: str
    more: str
    less: str
    is_additive: bool
    is_share: bool = False
    is_money: bool = False
    factor: int = 1
    """Kroner per unit, for amounts given in thousands."""


def number(value: float, decimals: int = 0) -> str:
    """``1234.5`` as «1 234,5». Rounds half away from zero; «−0» is written «0»."""
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", THIN)
    text = f"{grouped},{fraction}" if fraction else grouped
    return f"{MINUS}{text}" if exact < 0 else text


def figure(value: float, unit: Unit) -> str:
    """A figure without its unit. Never «0» or «100» for a figure that is not, never a lost half person."""
    value = value * unit.factor
    decimals = unit.decimals
    if decimals == 0 and not unit.is_money and value != int(value):
        decimals = 1
    text = number(value, decimals)
    edge = number(10**-decimals, decimals)
    if value != 0 and text == number(0, decimals):
        return f"under {edge}" if value > 0 else f"mellom {MINUS}{edge} og 0"
    if unit.is_share and value < 100 and text == number(100, decimals):
        return f"over {number(100 - 10**-decimals, decimals)}"
    return text


def amount(value: float, unit: Unit) -> str:
    """A figure with its unit in words; kroner from one million up in millions with one decimal."""
    kroner = value * unit.factor
    if unit.is_money and abs(kroner) >= MILLION:
        millions = kroner / MILLION
        word = "million kroner" if number(millions, 1) == "1,0" else "millioner kroner"
        return f"{number(millions, 1)} {word}"
    return f"{figure(value, unit)} {unit.singular if abs(kroner) == 1 else unit.plural}"


def day(value: date) -> str:
    """«25. september 2023»."""
    return f"{value.day}. {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """«25.09.2023»."""
    return f"{value:%d.%m.%Y}"


def listed(items: list[str]) -> str:
    """«a», «a og b», «a, b og c»."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} og {items[-1]}"
