"""Names of municipalities and counties, as IMDi's pages print them, to codes of Klass.

Here: county + name + year -> code. Not here: the code history itself (sources/klass).
"""

import re
from functools import cache

from sources.dataset.dimensions import fold
from sources.errors import UnknownLabelError
from sources.klass.history import counties, municipalities

_SUFFIX = re.compile(r"\s*\([^)]*\)\s*$")


def county_code(name: str, year: int, where: str) -> str:
    """The code of a county that existed on 1 January of a year. Raises UnknownLabelError."""
    code = _counties(year).get(fold(name))
    if code is None:
        raise _unknown(f"a county of {year}: {', '.join(n for _, n in counties(year))}", name, where)
    return code


def municipality_code(name: str, county: str, year: int, where: str) -> str:
    """The code of a municipality of a county, by its name with or without a suffix in brackets, old ones included.

    The pages print no codes, and names such as Våler, Os, Nes, Herøy and Bø stand in more than one county: the county
    code tells them apart. The name as it stands goes first. Raises UnknownLabelError for a name that no municipality of
    the county had that year, and for one that two had.
    """
    exact, bare = _municipalities(year)[county]
    found = exact.get(fold(name)) or bare.get(fold(_SUFFIX.sub("", name))) or set()
    if len(found) != 1:
        known = ", ".join(sorted(n for c, n in municipalities(year) if c.startswith(county)))
        expected = "a name that one municipality has" if found else f"a municipality of county {county} in {year}"
        raise _unknown(f"{expected}: {known}", name, where)
    return next(iter(found))


@cache
def _counties(year: int) -> dict[str, str]:
    return {fold(part): code for code, name in counties(year) for part in _parts(name)}


@cache
def _municipalities(year: int) -> dict[str, tuple[dict[str, set[str]], dict[str, set[str]]]]:
    """County code -> (codes by name, codes by name without suffix); a Sámi or Kven double name counts in each language."""
    found: dict[str, tuple[dict[str, set[str]], dict[str, set[str]]]] = {}
    for code, name in municipalities(year):
        exact, bare = found.setdefault(code[:2], ({}, {}))
        for part in _parts(name):
            exact.setdefault(fold(part), set()).add(code)
            bare.setdefault(fold(_SUFFIX.sub("", part)), set()).add(code)
    return found


def _parts(name: str) -> set[str]:
    return {name, *name.split(" - ")}


def _unknown(expected: str, name: str, where: str) -> UnknownLabelError:
    return UnknownLabelError(
        expected=expected[:400],
        found=repr(name[:60]),
        where=where,
        next_step="look at the page: the name is misspelt there, or the code history (Klass) lacks a change; the last "
        "good release stays in use",
    )
