"""What each indicator has to tell of one municipality, and how much that is: in standard deviations among the municipalities.

Here: distance, change, turning point and place of one series. Not here: the choice among series (findings.py), wording.

Only what chance cannot explain counts (judging/verdict.py). Distance: what is surely left of the difference to county,
KOSTRA group and country, on average, by the spread of all municipalities. Change: the same of the own change over one
and three years, by the spread of all changes. Turning point: the smaller of a sure change and the sure opposite change
before it. Place: the normal deviate of an outermost place, when the distance to the country is sure.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from report.judging.verdict import Evidence, Judged, judge
from report.model import Role
from report.profile.evidence import Place, Scales, Weighed
from report.reading.areas import COUNTRY
from report.reading.everywhere import Region

Kind = Literal["distance", "change", "turning", "place"]
CAP = 4.0
"""No single measure counts for more standard deviations than this."""

TURN = 1.25
"""A turn says more than the change it ends with, of which it is never the larger part."""


@dataclass(frozen=True)
class Beside:
    """The same figure of another area, and what may be said of the difference (the municipality against it)."""

    role: Role
    code: str
    evidence: Evidence
    judged: Judged


@dataclass(frozen=True)
class Change:
    """From ``year`` to the finding's year: the figure then, what may be said of the difference, and the country's own change."""

    year: int
    evidence: Evidence
    judged: Judged
    country: tuple[Evidence, Evidence, Judged] | None = None


@dataclass(frozen=True)
class Candidate:
    """All that a series has to tell of a municipality in its newest whole year, with its score before weights."""

    weighed: Weighed
    year: int
    evidence: Evidence
    beside: tuple[Beside, ...]
    changes: tuple[Change, ...]
    turned: Change | None
    place: Place | None
    kind: Kind
    score: float
    age: int


def candidate(scales: Scales, weighed: Weighed, region: Region, today_year: int) -> Candidate | None:
    """None when the municipality has no known figure of a whole year, or too few persons behind it."""
    year = weighed.whole_year(region.code)
    if year is None:
        return None
    own = weighed.evidence(region.code, year)
    if not own.is_enough:
        return None
    beside = () if weighed.unit.is_additive else _beside(scales, weighed, region, year, own)
    changes = tuple(found for age in (1, 3) if (found := _change(scales, weighed, region, year, own, age)))
    turned = _turned(scales, weighed, region, year, changes)
    place = None if weighed.unit.is_additive else weighed.place(region.code, year)
    told: dict[Kind, float] = {
        "place": _place_score(scales, beside, place),
        "turning": TURN * _turning_score(weighed, year, changes, turned),
        "distance": _distance_score(weighed, year, beside),
        "change": max((_change_score(weighed, year, change) for change in changes), default=0.0),
    }
    kind = max(told, key=lambda one: told[one])
    return Candidate(weighed, year, own, beside, changes, turned, place, kind, min(told[kind], CAP), today_year - year)


def _beside(scales: Scales, weighed: Weighed, region: Region, year: int, own: Evidence) -> tuple[Beside, ...]:
    found = []
    for role, code in scales.whole.beside(region).items():
        other = weighed.evidence(code, year)
        # of bounds no difference can be said, so they make no finding
        judged = (
            judge(own, other, weighed.unit, scales.limits, is_inside=True) if other.cell.is_known else Judged("unknown")
        )
        found.append(Beside(role, code, other, judged))
    return tuple(found)


def _change(scales: Scales, weighed: Weighed, region: Region, year: int, own: Evidence, age: int) -> Change | None:
    before = year - age
    if weighed.series.column(before) is None or is_broken(weighed, before, year):
        return None
    earlier = weighed.evidence(region.code, before)
    if not earlier.cell.is_known or earlier.cell.is_running or not earlier.is_enough:
        return None
    judged = judge(own, earlier, weighed.unit, scales.limits)
    then, now = weighed.evidence(COUNTRY, before), weighed.evidence(COUNTRY, year)
    country = None
    if now.cell.is_known and then.cell.is_known and not weighed.unit.is_additive:
        country = (then, now, weighed.country_change(before, year, scales.limits))
    return Change(before, earlier, judged, country)


def is_broken(weighed: Weighed, before: int, after: int) -> bool:
    """True when a new definition lies between two years. All breaks lie between the first and the last known one."""
    row = weighed.series.row
    breaks = [row.get("first_break_year"), row.get("last_break_year")]
    return any(year is not None and before < year <= after for year in breaks)


def _turned(scales: Scales, weighed: Weighed, region: Region, year: int, changes: tuple[Change, ...]) -> Change | None:
    """The change up to the year before, when it surely went the other way than the sure change of the last year."""
    last = next((change for change in changes if change.year == year - 1), None)
    if last is None or not last.judged.is_sure:
        return None
    for age in (2, 1):
        earlier = _change(scales, weighed, region, year - 1, last.evidence, age)
        if earlier and earlier.judged.is_sure and earlier.judged.verdict != last.judged.verdict:
            return earlier
    return None


def _distance_score(weighed: Weighed, year: int, beside: tuple[Beside, ...]) -> float:
    spread = weighed.spreads.get((year, 0), 0.0)
    known = [one.judged.sure for one in beside if one.judged.verdict != "unknown"]
    return abs(sum(known) / len(known)) / spread if known and spread > 0 else 0.0


def _change_score(weighed: Weighed, year: int, change: Change) -> float:
    if weighed.unit.is_additive and change.evidence.cell.value:
        # counts of unlike municipalities change by unlike numbers: by their own size, a doubling is two deviations
        return 2.0 * min(abs(change.judged.sure) / abs(change.evidence.cell.value), 1.5)
    spread = weighed.spreads.get((year, year - change.year), 0.0)
    return abs(change.judged.sure) / spread if spread > 0 else 0.0


def _turning_score(weighed: Weighed, year: int, changes: tuple[Change, ...], turned: Change | None) -> float:
    last = next((change for change in changes if change.year == year - 1), None)
    if turned is None or last is None:
        return 0.0
    return min(_change_score(weighed, year, last), _change_score(weighed, year - 1, turned))


def _place_score(scales: Scales, beside: tuple[Beside, ...], place: Place | None) -> float:
    country = next((one for one in beside if one.role == "country"), None)
    if place is None or country is None or not country.judged.is_sure or place.of < 30 or place.same:
        return 0.0
    beyond = place.higher if country.judged.verdict == "above" else place.lower
    part = (beyond + 1) / (place.of + 1)
    return -NormalDist().inv_cdf(part) if part <= scales.rules.rank_percent / 100.0 else 0.0
