"""The conformed dimensions and units, read from dimensions.yml and units.yml.

Here: their names, codes and labels, and how an upstream label finds its code. Not here: what one dataset calls its
columns (that stands in the dataset's spec).
"""

import re
from functools import cache
from pathlib import Path

from sources.files import Declared, read_yaml

_FOLDER = Path(__file__).parent

DIMENSIONS: tuple[str, ...] = (
    "sex",
    "age_group",
    "immigrant_category",
    "immigration_reason",
    "world_region",
    "country_background",
    "length_of_residence",
    "education_level",
    "language_background",
    "category",
)
"""The dimension columns of an observation, in the order they stand in the file."""

TOTAL = "all"
"""The code of "no breakdown" in every dimension."""


class DimensionCode(Declared):
    """One code of a conformed dimension with its Norwegian label and the spellings publishers use for it."""

    label_nb: str
    labels: list[str] = []


class Dimension(Declared):
    """A conformed dimension. ``open``: upstream extends the list by nature. ``names``: of codes that only specs map to."""

    name_nb: str
    open: bool = False
    codes: dict[str, DimensionCode]
    names: dict[str, str] = {}

    def code_of(self, label: str) -> str | None:
        """The conformed code of an upstream label, or None when the list does not know it."""
        return self._by_label().get(fold(label))

    def _by_label(self) -> dict[str, str]:
        return {fold(text): code for code, entry in self.codes.items() for text in (code, *entry.labels)}


class Unit(Declared):
    """A unit of measure. Only figures in an additive unit may be summed over areas."""

    name_nb: str
    additive: bool


def fold(label: str) -> str:
    """A label as it is compared: outer blanks off, inner blanks single, case folded."""
    return " ".join(label.split()).casefold()


def open_code(label: str) -> str:
    """The code of a new label in an open dimension: ASCII, small letters, words joined by ``_`` (``67_plus``)."""
    text = fold(label).replace("æ", "ae").replace("ø", "o").replace("å", "a").replace("+", " plus ")
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:60]


@cache
def dimensions() -> dict[str, Dimension]:
    """All conformed dimensions by name, in column order."""
    raw = read_yaml(_FOLDER / "dimensions.yml")
    known = {name: Dimension.model_validate(entry) for name, entry in raw.items()}
    return {name: known[name] for name in DIMENSIONS}


@cache
def units() -> dict[str, Unit]:
    """All units by code."""
    raw = read_yaml(_FOLDER / "units.yml")
    return {code: Unit.model_validate(entry) for code, entry in raw.items()}
