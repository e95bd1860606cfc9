"""The closed lists of words that the whole house shares, read from vocabulary.yml: statuses, groups, cadences, levels.

Here: a word with its names, and how years are listed. Not here: breakdowns and units (sources/dataset/dimensions.py), or
sentences of one reader alone.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sources.files import Declared, read_yaml


class Word(Declared):
    """One code of a list; vocabulary.yml says what each name is for. A Norwegian name that is not given is ``nb``."""

    nb: str
    phrase_nb: str = ""
    meaning_nb: str = ""
    en: str = ""
    days: int | None = None
    is_reported: bool = False
    apart: bool = False


@cache
def vocabulary() -> dict[str, dict[str, Word]]:
    """All lists by kind, each in its order."""
    raw = read_yaml(Path(__file__).with_suffix(".yml"))
    return {kind: {code: Word.model_validate(word) for code, word in words.items()} for kind, words in raw.items()}


def codes(kind: str) -> tuple[str, ...]:
    """The codes of a list in order, without those that stand apart. KeyError for a list that is not there."""
    return tuple(code for code, word in vocabulary()[kind].items() if not word.apart)


def names_nb(kind: str, form: str = "nb") -> dict[str, str]:
    """Code -> Norwegian, with the words that stand apart; ``form`` is ``nb``, ``phrase_nb`` or ``meaning_nb``."""
    return {code: getattr(word, form) or word.nb for code, word in vocabulary()[kind].items()}


def year_spans(years: Iterable[int], dash: str = "-") -> str:
    """Years in order as a person writes them, three or more in a row as a span: ``2019, 2020, 2022-2024``."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(f"{s[0]}{dash}{s[-1]}" if len(s) > 2 else ", ".join(map(str, s)) for s in spans)


def word_rows() -> list[dict[str, object]]:
    """Every word as a row for SQL: its list, code, place (from 1) and names."""
    return [
        {
            "kind": kind,
            "code": code,
            "place": place,
            "name_nb": word.nb,
            "phrase_nb": word.phrase_nb or word.nb,
            "days": word.days,
            "is_reported": word.is_reported,
        }
        for kind, words in vocabulary().items()
        for place, (code, word) in enumerate(words.items(), start=1)
    ]
