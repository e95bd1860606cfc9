"""Norwegian names of breakdown codes: those of the dimensions, of countries, and of age spans.

Here: one name for each code that a figure can carry. Not here: which label of upstream a code stands for (labels, specs).
"""

import re
from collections.abc import Iterable

from sources.dataset.dimensions import dimensions
from sources.dataset.spec import DatasetSpec
from sources.imdi.labels import countries

_AGE = re.compile(r"age_(\d+)(?:_(\d+|plus))?")


def code_names(specs: Iterable[DatasetSpec]) -> dict[tuple[str, str], str]:
    """(dimension, code) -> Norwegian name, for every declared code, every country and the ages that the specs name."""
    names: dict[tuple[str, str], str] = {}
    for name, dimension in dimensions().items():
        names |= {(name, code): entry.label_nb for code, entry in dimension.codes.items()}
        names |= {(name, code): label for code, label in dimension.names.items()}
    names |= {("country_background", code): labels[0] for code, labels in countries().items()}
    for code in sorted(code for column in _age_columns(specs) for code in column):
        if label := age_name(code):
            names["age_group", code] = label
    return names


def age_name(code: str) -> str | None:
    """`age_15_29` -> «15–29 år», `age_67_plus` -> «67 år og eldre», `age_3` -> «3 år»; None for what is no age."""
    found = _AGE.fullmatch(code)
    if not found:
        return None
    first, last = found.groups()
    if last == "plus":
        return f"{first} år og eldre"
    return f"{first}–{last} år" if last else f"{first} år"


def _age_columns(specs: Iterable[DatasetSpec]) -> list[list[str]]:
    return [list(c.codes.values()) for spec in specs for c in spec.columns if c.dimension == "age_group"]
