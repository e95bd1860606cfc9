"""Whether the small counts of files at hand show hiding, rounding or neither, beside what their specs declare.

Here: counting how often 0, 1, 2 and 3 stand in a file, and judging. Not here: the rules' effect on figures (dbt), or reading.
A publisher seldom says how small counts are treated; the figures do: hidden ones have a mark, rounded ones are 0 and 3 but
never 1 and 2, open ones fall off evenly.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from sources.dataset.dimensions import TOTAL, units
from sources.dataset.discovery import discover
from sources.dataset.registry import forms
from sources.dataset.spec import DatasetSpec
from sources.errors import SourceError
from sources.landing.observation import Reading, years_of
from sources.ports import Document

Shown = Literal["rounding", "hiding", "hiding some", "neither", "unclear"]
HIDDEN = "hidden"
FEWEST = 8
"""Fewer threes than this, or fewer ones and twos, are too few to judge by."""


@dataclass(frozen=True)
class SmallCounts:
    """How often each small count stands among the inner cells of a dataset at a region level in a year."""

    dataset_id: str
    region_level: str
    year: int
    counts: tuple[tuple[float | str, int], ...]

    def of(self, value: float | str) -> int:
        return dict(self.counts).get(value, 0)


@dataclass(frozen=True)
class LevelJudgement:
    """What a dataset's small counts show at a level, and whether the spec says the same. ``years``: those judged."""

    dataset_id: str
    region_level: str
    years: tuple[int, ...]
    zeros: int
    ones_and_twos: int
    threes: int
    hidden: int
    shows: Shown
    declared: Literal["rounding", "hiding", "rounding in some years", "nothing"]

    @property
    def agrees(self) -> bool:
        """False where the figures show what the spec does not declare, or are open where it declares rounding."""
        if self.shows == "rounding":
            return self.declared.startswith("rounding")
        if self.shows.startswith("hiding"):
            return self.declared != "nothing"
        return self.shows == "unclear" or self.declared != "rounding"


def judge(found: Iterable[SmallCounts], specs: dict[str, DatasetSpec]) -> list[LevelJudgement]:
    """One judgement a dataset and level; where the spec says that only some years are rounded, one a year."""
    grouped: dict[tuple[str, str, int], list[SmallCounts]] = {}
    for counts in found:
        by_year = any(rule.by_year for rule in specs[counts.dataset_id].rounding)
        grouped.setdefault((counts.dataset_id, counts.region_level, counts.year if by_year else 0), []).append(counts)
    return [_judged(specs[dataset_id], level, group) for (dataset_id, level, _), group in sorted(grouped.items())]


def _judged(spec: DatasetSpec, level: str, group: list[SmallCounts]) -> LevelJudgement:
    def total(*values: float | str) -> int:
        return sum(counts.of(value) for counts in group for value in values)

    ones_and_twos, threes, hidden = total(1, 2), total(3), total(HIDDEN)
    years = sorted({counts.year for counts in group})
    rules = [
        rule
        for rule in spec.rounding
        if level in rule.levels and any((rule.from_year or 0) <= year <= (rule.to_year or 9999) for year in years)
    ]
    declared: Literal["rounding", "hiding", "rounding in some years", "nothing"] = (
        "hiding" if spec.hidden else "nothing"
    )
    if rules:
        declared = "rounding in some years" if all(rule.by_year for rule in rules) else "rounding"
    shows = shown_by(ones_and_twos, threes, hidden)
    return LevelJudgement(
        spec.dataset_id, level, tuple(years), total(0), ones_and_twos, threes, hidden, shows, declared
    )


def shown_by(ones_and_twos: int, threes: int, hidden: int) -> Shown:
    """What the numbers of small counts show. Open counts have some two ones and twos for each three; rounded have none.

    ``hiding some``: ones and twos stand open beside hidden cells, so that a mark need not mean a small count.
    """
    if hidden:
        return "hiding some" if ones_and_twos >= FEWEST else "hiding"
    if threes >= FEWEST and 2 * ones_and_twos <= threes:
        return "rounding"
    return "neither" if ones_and_twos >= FEWEST else "unclear"


def counted(spec: DatasetSpec, reading: Reading) -> Iterator[SmallCounts]:
    """The small counts of one reading: figures that may be added, inner cells alone where the spec has parts."""
    table = reading.table.append_column("year", [years_of(reading.table)])
    additive = [code for code, unit in units().items() if unit.additive and not code.endswith("nok")]
    wanted = pc.is_in(table["unit"].cast("string"), value_set=pa.array(additive))
    for dimension in spec.parts:
        wanted = pc.and_(wanted, pc.not_equal(table[dimension].cast("string"), TOTAL))
    kept = table.filter(wanted).select(["region_level", "year", "value", "value_status"]).to_pydict()
    tallies: dict[tuple[str, int], Counter[float | str]] = {}
    for level, year, value, status in zip(*kept.values(), strict=True):
        tally = tallies.setdefault((level, year), Counter())
        if status == "suppressed":
            tally[HIDDEN] += 1
        elif value is not None and 0 <= value <= 3:
            tally[value] += 1
    for (level, year), tally in sorted(tallies.items()):
        yield SmallCounts(spec.dataset_id, level, year, tuple(sorted(tally.items(), key=str)))


def in_folder(folder: Path, specs: dict[str, DatasetSpec]) -> list[LevelJudgement]:
    """The judgements on every file of an extracts folder that its reader takes; one that is refused is left out."""
    found: list[SmallCounts] = []
    for candidate in discover(folder, specs).candidates:
        spec = specs[candidate.dataset_id]
        if candidate.form is None or spec.shape != "observation":
            continue
        try:
            reading = forms()[candidate.form].read(spec, [Document(candidate.path, candidate.path.name)])
        except SourceError:
            continue
        if isinstance(reading, Reading):
            found += counted(spec, reading)
    return judge(found, specs)
