"""FHI's open statistics: the settings of a dataset, and which codes of a table are asked for.

Here: `FhiTable` (``options.fhi``), the default question of a table and ours made from it. Not here: calling FHI, or
reading an answer.
"""

import re
from functools import partial
from typing import Any

from pydantic import Field

from sources.errors import LayoutError
from sources.files import Declared

_wrong = partial(
    LayoutError,
    next_step="compare with the table at statistikk.fhi.no and correct the spec; the last good release stays in use",
)

BASE = "https://statistikk-data.fhi.no/api/open/v1"
MOST_ROWS = 50_000
"""Rows of one answer; the public scripts that were seen ask for so many."""

AREA, YEAR = "GEO", "AAR"


class FhiTable(Declared):
    """``options.fhi`` of a dataset: the table, the codes that are asked for, and words of its title.

    ``bank`` is FHI's own name of a collection of tables. ``selection`` names the codes of each variable, ``[*]`` for
    all; the areas are always the country, counties and municipalities. ``title_words`` must stand in the title of each
    answer: FHI has given its tables new numbers before, and a number alone may lead to another table.
    """

    bank: str = Field(default="nokkel", pattern=r"^[a-z]{2,20}$")
    table: str = Field(pattern=r"^[0-9]{1,6}$")
    selection: dict[str, list[str]]
    title_words: list[str] = Field(min_length=1)

    @property
    def address(self) -> str:
        return f"{BASE}/{self.bank}/Table/{self.table}"


def question(options: FhiTable, default: dict[str, Any], where: str) -> dict[str, list[str]]:
    """Variable -> the codes to ask for, from FHI's default question, which lists every code of every variable.

    FHI answers 400 unless every variable is named. Raises LayoutError when the table has other variables than the
    spec, lacks a code, or the answer would be longer than one call may bring.
    """
    offered = _offered(default, where)
    if set(offered) != {*options.selection, AREA}:
        raise _wrong(
            f"the variables {', '.join(sorted({*options.selection, AREA}))}", ", ".join(sorted(offered)), where
        )
    asked = {}
    for variable, codes in offered.items():
        wanted = options.selection.get(variable, ["*"])
        if variable == AREA:
            asked[variable] = [code for code in codes if re.fullmatch(r"0|\d{2}|\d{4}", code)]
        else:
            asked[variable] = codes if wanted == ["*"] else wanted
        if missing := [code for code in asked[variable] if code not in codes]:
            raise _wrong(f"{variable} with {', '.join(missing)}", f"only {', '.join(codes[:20])}", where)
    rows = 1
    for codes in asked.values():
        rows *= len(codes)
    if not 0 < rows <= MOST_ROWS:
        raise _wrong(f"between 1 and {MOST_ROWS} rows", str(rows), where)
    return asked


def body_of(asked: dict[str, list[str]]) -> dict[str, Any]:
    """The question as FHI takes it."""
    return {
        "dimensions": [{"code": code, "filter": "item", "values": values} for code, values in asked.items()],
        "response": {"format": "json-stat2", "maxRowCount": MOST_ROWS},
    }


def check_title(options: FhiTable, title: str, where: str) -> None:
    """Raises LayoutError when an answer is of another table, or does not say of which."""
    if not all(word.casefold() in title.casefold() for word in options.title_words):
        raise LayoutError(
            expected=f"a table with the words {', '.join(options.title_words)} in its title",
            found=repr(title[:120]) if title else "no title",
            where=where,
            next_step="FHI gives tables new numbers: look the table up at statistikk.fhi.no and correct options.fhi",
        )


def _offered(default: dict[str, Any], where: str) -> dict[str, list[str]]:
    listed = default.get("dimensions")
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and isinstance(one.get("code"), str) and isinstance(one.get("values"), list)
        for one in listed
    ):
        raise _wrong("a list of dimensions with code and values", f"keys {', '.join(sorted(default))[:120]}", where)
    return {one["code"]: [str(value) for value in one["values"]] for one in listed}
