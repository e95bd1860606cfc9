"""Which series of a dataset the indicators take, as the gates ask for it.

Here: the registry's terms by dataset. Not here: the registry (warehouse/indicators.py), or the rule
(sources/gates/expectations.py).
"""

from collections.abc import Iterable

from sources.dataset.dimensions import DIMENSIONS
from sources.gates.expectations import Series, Use
from warehouse.indicators import Indicator, Term


def uses_by_dataset(indicators: Iterable[Indicator]) -> dict[str, list[Use]]:
    """Dataset -> the indicators that take from it, each with the ways in which it can be made of that dataset's series.

    A figure is upstream's own (``value``, ``published``) or a share of a numerator and a denominator; of a share that
    takes from two datasets, each needs to hold its own side.
    """
    found: dict[str, list[Use]] = {}
    for indicator in indicators:
        for dataset_id in sorted(indicator.datasets):
            own = {
                role: _series(indicator, term) for role, term in indicator.terms.items() if term.dataset == dataset_id
            }
            share = tuple(own[role] for role in ("numerator", "denominator") if role in own)
            ways = [(own[role],) for role in ("value", "published") if role in own] + ([share] if share else [])
            found.setdefault(dataset_id, []).append(Use(indicator.indicator_id, tuple(ways)))
    return found


def _series(indicator: Indicator, term: Term) -> Series:
    """The codes that a term holds fast; a dimension that the indicator keeps may have any code."""
    codes = tuple(
        (name, term.where.get(name, "all")) for name in DIMENSIONS if name in term.where or name not in indicator.keep
    )
    return Series(term.measure, term.unit, codes)
