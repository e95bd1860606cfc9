"""The rules of the gates about what a release is for: what its spec expects of any whole file, and who takes figures of it.

Here: years and measures that a first release must hold, how much of the country it covers, and the series that indicators
take. Not here: comparing with the release before (gates/rules.py, gates/cells.py), or what an indicator is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sources.dataset.dimensions import DIMENSIONS
from sources.dataset.spec import DatasetSpec
from sources.gates.rules import with_figure
from sources.klass.history import municipalities
from sources.landing.reasons import Reason, reason
from sources.landing.store import ReadingFacts
from sources.landing.text_codes import distinct, rows_where, used_labels

MOST = 0.5
"""A file of more than this share of the municipalities is meant to be of all; nobody ticks so many one by one."""


@dataclass(frozen=True)
class Series:
    """The figures of one measure and unit, with the codes that are held fast."""

    measure: str
    unit: str
    codes: tuple[tuple[str, str], ...] = ()

    def in_words(self) -> str:
        """One line for a message; dimensions that stand at their total are left out."""
        held = [f"{name} {code}" for name, code in self.codes if code != "all"]
        return f"{self.measure} ({', '.join([self.unit, *held])})"


@dataclass(frozen=True)
class Use:
    """An indicator that takes from a dataset: each way it can be made, as the series that way needs of this dataset."""

    indicator_id: str
    ways: tuple[tuple[Series, ...], ...]


def below_expected(spec: DatasetSpec, table: pa.Table, facts: ReadingFacts) -> list[Reason]:
    """Years and measures that every whole file of the dataset holds (``expects`` in the spec) and this one does not.

    Asked of a release that has nothing before it to stand against. A download of some municipalities is another
    question to the publisher and may hold less; it is told how much it covers instead. One of most of them is no such
    choice: it is a whole file that was cut.
    """
    expected, coverage = spec.expects, facts.slices.get("municipality")
    is_cut = coverage is not None and not coverage.is_full
    if expected is None or (coverage and is_cut and coverage.regions < MOST * _whole(facts)):
        return []
    reasons = partly_covered(facts)
    if expected.first_year and expected.last_year:
        missing = sorted(set(range(expected.first_year, expected.last_year + 1)) - set(facts.years))
        if missing:
            reasons.append(reason("years_missing", years=missing))
    lacking = sorted(set(expected.measures) - used_labels(table.filter(pa.array(with_figure(table)))["measure"]))
    if lacking:
        reasons.append(reason("measures_missing", measures=lacking))
    return reasons


def partly_covered(facts: ReadingFacts) -> list[Reason]:
    """How many municipalities a release covers that does not cover the country."""
    coverage = facts.slices.get("municipality")
    if coverage is None or coverage.is_full:
        return []
    return [reason("covers", regions=coverage.regions, all=_whole(facts))]


def _whole(facts: ReadingFacts) -> int:
    return len(municipalities(max(facts.years)))


def unserved(table: pa.Table, uses: Sequence[Use]) -> dict[str, str]:
    """Indicator -> the series it lacks, for each that gets no figure of this table in any of its ways."""
    if not uses:
        return {}
    shown = _Shown(table)
    found = {}
    for use in uses:
        lacking = [[one for one in way if not shown.holds(one)] for way in use.ways]
        if all(lacking):
            found[use.indicator_id] = "; ".join(one.in_words() for one in lacking[0])
    return found


def lost_uses(now: dict[str, str], before: dict[str, str], uses: Iterable[Use]) -> list[Reason]:
    """Indicators that got figures of the release before and would get none of this one."""
    lost = [use.indicator_id for use in uses if use.indicator_id in now and use.indicator_id not in before]
    return [reason("use_lost", indicator=name, lacking=now[name]) for name in lost]


class _Shown:
    """The series of a table that hold a figure."""

    def __init__(self, table: pa.Table) -> None:
        names = ["measure", "unit", *(name for name in DIMENSIONS if name in table.column_names)]
        at = np.flatnonzero(with_figure(table))
        number = table["series_number"].to_numpy()[at]
        first, _ = distinct(number, 1 + int(number.max(initial=0)))
        rows = table.select(names).take(pa.array(at[first]))
        self._names = set(names)
        self._rows = rows
        self._count = len(first)

    def holds(self, series: Series) -> bool:
        kept = np.ones(self._count, dtype=bool)
        for name, code in (("measure", series.measure), ("unit", series.unit), *series.codes):
            if self._count == 0 or name not in self._names:
                return False
            kept &= rows_where(self._rows, name, code.__eq__)
        return bool(kept.any())
