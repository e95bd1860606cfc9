"""How fresh the figures of a profile are, and what is missing with where it can be had.

Here: rows about the figures. Not here: the figures, or words (words/profile.yml).
"""

import re
from dataclasses import dataclass
from datetime import date

from report.model import Source
from report.profile.barometer import Barometer, BarometerLine
from report.profile.findings import GROUPS, Weights
from report.reading.everywhere import Region
from report.words.norwegian import number
from report.words.texts import profile_words

MOST_MISSING = 20
"""Rows that have room on the last page."""


@dataclass(frozen=True)
class GroupAge:
    """One of the five groups: indicators with a figure for the municipality of all, its newest year, and the dates."""

    name: str
    count: int
    of: int
    newest: int | None
    fetched: date | None
    due: date | None


@dataclass(frozen=True)
class Missing:
    """A headline figure that the municipality lacks, why, and where it can be had (name and address)."""

    name: str
    why: str
    where: str
    link: str


@dataclass(frozen=True)
class Fresh:
    """What the last page holds; ``more`` says how many missing figures are left out, ``sources`` are those of the profile."""

    groups: tuple[GroupAge, ...]
    missing: tuple[Missing, ...]
    more: str
    sources: tuple[Source, ...]
    more_sources: str


def fresh(known: Weights, region: Region, board: Barometer) -> Fresh:
    """The rows for one municipality."""
    missing = [_absent(known, indicator, name) for indicator, name in board.absent]
    missing += [_unknown(known, line) for line in board.lines if not line.cell.is_known]
    left = len(missing) - MOST_MISSING
    more = profile_words()["fresh"]["more"].format(count=number(left)) if left > 0 else ""
    used = _sources(known, [line.indicator_id for line in board.lines if line.cell.is_known])
    room = max(0, MOST_MISSING - len(missing))
    hidden = len(used) - room
    words = profile_words()["fresh"]
    more_sources = words["more_sources"].format(count=number(hidden)) if room and hidden > 0 else ""
    return Fresh(_groups(known, region), tuple(missing[:MOST_MISSING]), more, tuple(used[:room]), more_sources)


def _groups(known: Weights, region: Region) -> tuple[GroupAge, ...]:
    words, found = profile_words()["groups"], []
    for group in dict.fromkeys(GROUPS.values()):
        ids = [i for i, row in known.whole.indicators.items() if GROUPS.get(row["statistic_group"]) == group]
        newest = [year for i in ids if (year := _newest(known, region, i))]
        described = _sources(known, ids)
        due = [s.next_expected for s in described if s.next_expected and s.next_expected >= known.whole.sources.today]
        fetched = [s.retrieved for s in described if s.retrieved]
        found.append(
            GroupAge(
                words[group],
                len(newest),
                len(ids),
                max(newest, default=None),
                max(fetched, default=None),
                min(due, default=None),
            )
        )
    return tuple(found)


def _newest(known: Weights, region: Region, indicator_id: str) -> int | None:
    where = known.chosen.get(indicator_id)
    weighed = known.scales.of(indicator_id, where) if where is not None else None
    return weighed.whole_year(region.code) if weighed else None


def _sources(known: Weights, indicators: list[str]) -> list[Source]:
    sources = known.whole.sources
    ids = dict.fromkeys(dataset for one in indicators for dataset in sources.of_indicator(one))
    return [sources.describe(dataset) for dataset in ids if sources.datasets.get(dataset, {}).get("has_release")]


def _absent(known: Weights, indicator_id: str, name: str) -> Missing:
    """A figure whose datasets this release lacks, or has without this municipality's kind of area."""
    words, sources = profile_words()["fresh"], known.whole.sources
    datasets = sources.of_indicator(indicator_id)
    unread = [one for one in datasets if not sources.datasets.get(one, {}).get("has_release")]
    why = words["absent"] if unread else words["not_here"]
    described = sources.describe((unread or datasets or [""])[0]) if datasets else None
    if described is None:
        return Missing(name, why, words["no_place"], "")
    where = ": ".join(part for part in (publisher(described), described.title) if part)
    return Missing(name, why, where, described.link if described.link.startswith("https://") else "")


def publisher(source: Source) -> str:
    """«IMDi» of «Kilde: Integrerings- og mangfoldsdirektoratet (IMDi)»: a line of a small table has no room for the rest."""
    name = source.attribution.removeprefix("Kilde: ").strip()
    found = re.search(r"\(([^)]+)\)$", name)
    return found[1] if found else name


def _unknown(known: Weights, line: BarometerLine) -> Missing:
    words = profile_words()["fresh"]
    found = _absent(known, line.indicator_id, line.name)
    return Missing(line.name, words["hidden"] if line.cell.is_hidden else words["not_here"], found.where, found.link)
