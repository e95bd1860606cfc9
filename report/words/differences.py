"""A difference in words: «5,1 prosentpoeng», «83 kroner», «én», from what judging/shown.py says it is.

Here: the text of one difference. Not here: the rule (judging/), sentences.
"""

from report.judging.shown import ShownDifference
from report.words.norwegian import MILLION, Unit, number


def size_text(shown: ShownDifference, unit: Unit, *, is_bare: bool = False) -> str:
    """The size without sign, «om lag» where one of the figures is shown as a limit; ``is_bare`` leaves the unit's word out."""
    about = "om lag " if shown.is_about else ""
    if shown.in_millions:
        millions = number(float(shown.size) / MILLION, 1)
        word = "million" if millions == "1,0" else "millioner"
        return f"{about}{millions} {word}" + ("" if is_bare else " kroner")
    is_one = shown.size == 1 and shown.decimals == 0
    word = "" if is_bare else unit.difference_singular if is_one else unit.difference_plural
    # what is counted in whole is one («én flere»), what is measured is a number («1,0 prosentpoeng»)
    size = "én" if is_one and not unit.is_share else number(float(shown.size), shown.decimals)
    return f"{about}{size} {word}".strip()


def order_word(shown: ShownDifference, unit: Unit) -> str:
    """«høyere», «færre»: the word for a difference that is not «same»."""
    return unit.more if shown.order == "above" else unit.less
