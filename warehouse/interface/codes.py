"""The labels of the codes in the published tables, in both languages, by the column they stand in.

Here: reading the declared words (codes.yml, codes_en.yml) and making the rows of `dim_code`. Not here: the Norwegian names of
breakdown codes (sources/dataset/dimensions.yml) and of units, which a caller brings.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sources.files import read_yaml
from sources.vocabulary import vocabulary

_AGE = re.compile(r"age_(\d+)(?:_(\d+|plus))?")


@cache
def declared_codes() -> dict[tuple[str, str], tuple[str, str]]:
    """(column, code) -> Norwegian and English label, of every coded column that is no breakdown; columns that hold the same
    codes under another name stand beside it."""
    found = {}
    for column, entry in _read("codes.yml").items():
        for name in (column, *entry.get("also", [])):
            found |= {(name, code): names for code, names in _names(entry).items()}
    return found


def _names(entry: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Code -> Norwegian and English label: those written here, then those of a list of the vocabulary that have English names."""
    written = {str(code): (nb, en) for code, (nb, en) in entry.get("codes", {}).items()}
    words = vocabulary()[entry["words"]] if "words" in entry else {}
    return written | {code: (word.meaning_nb or word.nb, word.en) for code, word in words.items() if word.en}


def code_rows(norwegian: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """Rows of column_name, code, label_nb, label_en and sort_order (from 1 within a column, as declared; ages by age).

    ``norwegian``: (column, code) -> label of the breakdowns and units. A code without an English label shows its own words.
    """
    english = _read("codes_en.yml")
    labels = {key: (label, _english(english, *key)) for key, label in norwegian.items()} | declared_codes()
    places: dict[str, int] = {}
    rows = []
    for (column, code), (nb, en) in sorted(labels.items(), key=lambda item: _place(*item[0])):
        places[column] = places.get(column, 0) + 1
        row = {"column_name": column, "code": code, "label_nb": nb, "label_en": en, "sort_order": places[column]}
        rows.append(row)
    return rows


def _place(column: str, code: str) -> tuple[str, float]:
    """Ages in the order of life; everything else keeps the order it is declared in (the sort is stable)."""
    found = _AGE.fullmatch(code)
    if not found:
        return column, -1.0
    last = float("inf") if found[2] == "plus" else float(found[2] or found[1])
    return column, int(found[1]) * 1000 + min(last, 999.0)


def _english(english: dict[str, dict[str, str]], column: str, code: str) -> str:
    if label := english.get(column, {}).get(code):
        return label
    if found := _AGE.fullmatch(code):
        first, last = found.groups()
        if last == "plus":
            return f"{first} years and over"
        return f"{first}-{last} years" if last else ("1 year" if first == "1" else f"{first} years")
    return code.replace("_", " ")


@cache
def _read(name: str) -> dict[str, Any]:
    return read_yaml(Path(__file__).parent / name)
