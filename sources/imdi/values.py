"""The grammar of an IMDi cell: a number or one of its markers.

Here: text of a cell -> number and status. Not here: what a hidden cell may be (the dataset spec says that).
"""

import re
from collections.abc import Mapping

import numpy as np

from sources.errors import ValueGrammarError

STATUSES = ("ok", "suppressed", "missing", "not_finite", "not_applicable")
_MARKERS = {":": "suppressed", ".": "missing", "": "missing", "inf": "not_finite", "nan": "not_finite"}
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_MINUS_ZERO = re.compile(r"-0+(?:[.,]0+)?")


def parse_cell(text: str, own: Mapping[str, str] | None = None) -> tuple[float, str] | None:
    """(value, status) of one cell, or None when it is outside the grammar.

    Decimal point and comma are both used by IMDi, by table; a thousands separator or an exponent never. Markers:
    ``:`` hidden, ``.`` and empty missing, ``Inf`` a share of nothing (IMDi publishes the division as it came out).
    ``own`` are the marks that the dataset's spec names.
    """
    bare = text.strip()
    if own and (status := own.get(bare)) is not None:
        return float("nan"), status
    if (status := _MARKERS.get(bare.casefold())) is not None:
        return float("nan"), status
    if not _NUMBER.fullmatch(bare) or _MINUS_ZERO.fullmatch(bare):
        return None
    return float(bare.replace(",", ".")), "ok"


def parse_cells(texts: list[str], own: Mapping[str, str] | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct cell texts -> (float64 values, int8 index into STATUSES, bool "outside the grammar")."""
    values = np.full(len(texts), np.nan)
    statuses = np.zeros(len(texts), dtype=np.int8)
    outside = np.zeros(len(texts), dtype=bool)
    for number, text in enumerate(texts):
        parsed = parse_cell(text, own)
        if parsed is None:
            outside[number] = True
            continue
        values[number] = parsed[0]
        statuses[number] = STATUSES.index(parsed[1])
    return values, statuses, outside


def outside_grammar(text: str, where: str) -> ValueGrammarError:
    """The error for a cell that is neither a number nor a marker IMDi is known to use."""
    return ValueGrammarError(
        expected="a number such as 12, 12.5 or 12,5, or one of the markers ':' '.' 'Inf'",
        found=repr(text[:40]),
        where=where,
        next_step="nothing is guessed: if IMDi has a new mark, add it to `markers` in the dataset spec with its meaning",
    )
