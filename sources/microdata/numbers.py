"""Which sign parts decimals and which thousands in an export, told from all of its numbers together.

Here: the rule, and reading a number by it. Not here: where numbers stand (tables.py). Nothing is guessed: where the numbers leave
it open, or contradict each other, the file is refused with the cell that shows it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sources.microdata.errors import UnclearNumber

LONGEST = 30
"""No sum of kroner is written with more signs; a longer text is no number."""
_BLANKS = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009'’](?=\d{3}(?:\D|$))")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*(?:[eE]\+?\d{1,2})?")
_THREE = re.compile(r"-?\d{1,3}([.,])\d{3}")


@dataclass(frozen=True)
class Seen:
    """A number as it stands in the file, where it stands, and whether it counts persons (which are whole)."""

    text: str
    place: str
    is_count: bool


def looks_like_number(text: str) -> bool:
    """Whether a cell holds nothing but a number, in whatever notation."""
    return len(text) <= LONGEST and bool(_NUMBER.fullmatch(_BLANKS.sub("", text.strip())))


def decimal_sign(numbers: Iterable[Seen], where: str) -> str:
    """The decimal sign of a file, «,» or «.»; «.» where none of its numbers has a sign.

    A sign that stands twice in a number, or before the other one, parts thousands; one that is not followed by three digits parts
    decimals. «1.234» alone says neither: a count of persons is whole, so there it parts thousands. Raises UnclearNumber where
    kroner alone leave it open, and where two numbers contradict each other.
    """
    decimals: dict[str, str] = {}
    thousands: dict[str, str] = {}
    opened: dict[str, str] = {}
    for number in numbers:
        for sign, part in _signs(number).items():
            said = f"«{number.text}» ({number.place})"
            {"decimal": decimals, "thousand": thousands, "open": opened}[part].setdefault(sign, said)
    if len(decimals) == 2 or (both := set(decimals) & set(thousands)):
        shown = list(decimals.values()) if len(decimals) == 2 else [d[s] for s in both for d in (decimals, thousands)]
        raise _unclear(
            "ett desimaltegn i hele filen", " og ".join(shown), where, "Eksporter alle tabellene med samme innstilling."
        )
    if decimals:
        return next(iter(decimals))
    if len(thousands) == 1:
        return "," if "." in thousands else "."
    if opened and not thousands:
        raise _unclear(
            "et desimaltegn som er til å kjenne igjen",
            f"{next(iter(opened.values()))}, som kan være både desimaltall og tusener",
            where,
            "Legg tabellen over bosatte (personer_i_alt) i samme fil, eller eksporter som Excel.",
        )
    return "."


def _signs(number: Seen) -> dict[str, str]:
    """Sign -> decimal, thousand or open, as this number alone says."""
    text = re.sub(r"[eE].*", "", _BLANKS.sub("", number.text.strip()))
    found = {sign for sign in ".," if sign in text}
    if len(found) == 2:
        last = max(found, key=text.rindex)
        return {last: "decimal", next(iter(found - {last})): "thousand"}
    if not found:
        return {}
    sign = found.pop()
    if text.count(sign) > 1:
        return {sign: "thousand"}
    if not _THREE.fullmatch(text):
        return {sign: "decimal"}
    return {sign: "thousand" if number.is_count else "open"}


def number_of(text: str, sign: str) -> float:
    """A number by the decimal sign of its file."""
    plain = _BLANKS.sub("", text.strip())
    other = "," if sign == "." else "."
    return float(plain.replace(other, "").replace(sign, "."))


def _unclear(expected: str, found: str, where: str, next_step: str) -> UnclearNumber:
    return UnclearNumber(expected=expected, found=found, where=where, next_step=next_step)
