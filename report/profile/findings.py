"""The findings of a municipality: the three to six things its figures tell most clearly, chosen from all indicators by one rule.

Here: the findings as plain values, and the choice. Not here: what a series has to tell (candidates.py), the limits
(rules.yml), the words (said.py, words/profile.yml), any writer.

The rule: every indicator is weighed in one breakdown (rules.yml, `prefer`). Its score is the largest of distance, change, turning
point and place (candidates.py), times a weight for old figures and for figures where neither way is better. The best of each
group of statistics comes first, then the best of what is left; never two on one matter, never more than two of a group, never one
with fewer persons behind it than the stated minimum.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from report.judging.verdict import Evidence, Judged
from report.model import Cell, Figure, Line, Role
from report.profile.candidates import Beside, Candidate, Change, Kind, candidate
from report.profile.evidence import Place, Scales, represented, where_of
from report.profile.said import Said, say
from report.profile.unsure import declared_series
from report.reading.areas import Sources
from report.reading.everywhere import COUNTRY, Everywhere, Region, Where, everywhere, load
from report.reading.marts import Marts
from report.words.norwegian import Unit
from report.words.texts import profile_words, texts

GROUPS = {
    "population_settlement": "population_settlement",
    "education": "education",
    "introduction_programme": "introduction_programme",
    "work_living_conditions": "work_living_conditions",
    "grants": "money",
    "costs": "money",
}
"""The five groups that findings are spread over, by the statistic group of an indicator."""
LINE_YEARS = 6


@dataclass(frozen=True)
class Finding:
    """One thing the figures tell of a municipality.

    ``name`` says what is counted and of whom; ``title`` is the message in a few words, ``sentence`` the figures,
    ``certainty`` how sure it is and on how many persons it rests, ``age`` is empty for a fresh figure. ``figure`` holds
    municipality, county, KOSTRA group and country by year, for charts and tables. ``judged`` is what decides the
    direction of the finding; ``score`` is in standard deviations.
    """

    indicator_id: str
    where: Where
    group: str
    kind: Kind
    name: str
    title: str
    sentence: str
    certainty: str
    age: str
    unit: Unit
    year: int
    evidence: Evidence
    beside: tuple[Beside, ...]
    changes: tuple[Change, ...]
    place: Place | None
    judged: Judged
    direction: str
    score: float
    figure: Figure
    is_demo: bool

    @property
    def cell(self) -> Cell:
        return self.evidence.cell

    @property
    def persons(self) -> float:
        """How many the figure rests on."""
        return self.evidence.base or 0.0

    @property
    def finding_id(self) -> str:
        """What an address or a file can be named by."""
        return f"funn-{self.indicator_id}"


@dataclass(frozen=True)
class Weights:
    """The series of a release that findings are chosen from, read and weighed once for any number of municipalities."""

    whole: Everywhere
    scales: Scales
    chosen: dict[str, Where]
    labels: dict[tuple[str, str], str]


def weights(marts: Marts, sources: Sources) -> Weights:
    """Read every indicator of a release in the breakdown that stands for it."""
    whole = everywhere(marts, sources)
    scales = Scales(whole)
    own = scales.rules
    chosen = represented(whole, own)
    bases = [(i, where_of(base.where)) for base in own.base_of.values() for i in base.indicator]
    pairs = [(own.count_of(i), where) for i, where in chosen.items()]
    shown = declared_series()
    shown_pairs = [(own.count_of(i), where) for i, where in shown]
    declared = [*own.tiles, *(row for group in own.barometer for row in group.rows)]
    lines = [(i, where_of(row.where)) for row in declared for i in row.indicator]
    line_pairs = [(own.count_of(i), where) for i, where in lines]
    schemes = [
        (i, where) for i in ("grant_by_scheme_nok", "grant_scheme_share") for where, _, _ in whole.available.get(i, [])
    ]
    load(marts, whole, [*chosen.items(), *pairs, *bases, *lines, *line_pairs, *schemes, *shown, *shown_pairs])
    words = {(d, code): label for d, codes in texts().labels.items() for code, label in codes.items()}
    labels = {(row["dimension"], row["code"]): row["label_nb"] for row in marts.rows("dim_breakdown_code")}
    return Weights(whole, scales, chosen, labels | words)


def findings(marts: Marts, municipality: str, sources: Sources) -> list[Finding]:
    """The findings of one municipality of a release, the clearest first. Empty where nothing can be said for sure."""
    return findings_of(weights(marts, sources), municipality)


def findings_of(known: Weights, municipality: str) -> list[Finding]:
    """The same from series that are read already. Raises KeyError for an area that is not in the release."""
    region = known.whole.region(municipality)
    ranked = sorted(candidates(known, region), key=lambda found: (-found[0], found[1].weighed.series.indicator_id))
    return [_finding(known, region, score, found) for score, found in _chosen(known, ranked)]


def candidates(known: Weights, region: Region) -> Iterable[tuple[float, Candidate]]:
    """Every indicator that has something sure to tell of the municipality, with its weighted score."""
    own, today = known.scales.rules, known.whole.sources.today.year
    for indicator_id, where in known.chosen.items():
        weighed = known.scales.of(indicator_id, where)
        if weighed is None or indicator_id in own.never:
            continue
        found = candidate(known.scales, weighed, region, today)
        if found is None or found.score <= 0 or found.age > own.oldest_years:
            continue
        weight = own.freshness ** max(0, found.age - 2)
        if weighed.series.row["direction"] == "neither":
            weight *= own.undirected
        yield found.score * weight, found


def _chosen(known: Weights, ranked: list[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    own = known.scales.rules
    taken: list[tuple[float, Candidate]] = []
    families: set[str] = set()
    count: dict[str, int] = {}

    def take(score: float, found: Candidate, most: int) -> None:
        series = found.weighed.series
        group, family = _group(series.row), own.family(series.indicator_id)
        if family in families or count.get(group, 0) >= most or len(taken) >= own.most:
            return
        taken.append((score, found))
        families.add(family)
        count[group] = count.get(group, 0) + 1

    for score, found in ranked:
        if score >= own.least_score_first:
            take(score, found, 1)
    for score, found in ranked:
        if score >= own.least_score or len(taken) < own.fewest:
            take(score, found, own.most_of_group)
    return sorted(taken, key=lambda one: -one[0])


def _group(row: dict[str, object]) -> str:
    group = str(row["statistic_group"])
    return GROUPS.get(group, group)


def _finding(known: Weights, region: Region, score: float, found: Candidate) -> Finding:
    series = found.weighed.series
    areas = {code: area_name(known, region, code) for code in known.whole.beside(region).values()}
    said: Said = say(found, name_of(known, series.indicator_id, series.where), areas)
    return Finding(
        indicator_id=series.indicator_id,
        where=series.where,
        group=_group(series.row),
        kind=found.kind,
        name=said.name,
        title=said.title,
        sentence=said.sentence,
        certainty=said.certainty,
        age=said.age,
        unit=found.weighed.unit,
        year=found.year,
        evidence=found.evidence,
        beside=found.beside,
        changes=found.changes,
        place=found.place,
        judged=said.judged,
        direction=series.row["direction"],
        score=score,
        figure=figure_of(known, series.indicator_id, series.where, region, found.year),
        is_demo=series.is_demo,
    )


def area_name(known: Weights, region: Region, code: str) -> str:
    """The name of an area as it stands inside a sentence."""
    if code == region.kostra:
        return profile_words()["findings"]["kostra_group"]
    name = known.whole.region(code).name
    if code == COUNTRY:
        return name[:1].lower() + name[1:] if name.lower().startswith("hele ") else name
    return f"{name} fylke" if code == region.county and name == region.name else name


def name_of(known: Weights, indicator_id: str, where: Where) -> str:
    """«Sysselsatte innvandrere»: the indicator with the group it stands for, as declared, else its own name and the group's."""
    if where == known.chosen.get(indicator_id) and (declared := profile_words()["names"].get(indicator_id)):
        return declared
    labels = [known.labels.get(one, one[1]) for one in where]
    name = known.whole.indicators[indicator_id]["name_nb"]
    return ", ".join([name, *(label[:1].lower() + label[1:] for label in labels)])


def figure_of(known: Weights, indicator_id: str, where: Where, region: Region, last: int) -> Figure:
    """The areas of a series by year up to ``last``, as charts and tables read them."""
    weighed = known.scales.of(indicator_id, where)
    if weighed is None:
        raise KeyError(indicator_id)
    years = tuple(year for year in weighed.series.years if last - LINE_YEARS < year <= last)
    roles: dict[Role, str] = {"municipality": region.code, **known.whole.beside(region)}
    lines = tuple(
        Line(role, area_name(known, region, code), {year: weighed.evidence(code, year).cell for year in years})
        for role, code in roles.items()
    )
    row = weighed.series.row
    sources = tuple(known.whole.sources.describe(one) for one in known.whole.sources.of_indicator(indicator_id))
    return Figure(
        figure_id=indicator_id,
        title=name_of(known, indicator_id, where),
        unit=weighed.unit,
        lines=lines,
        years=years,
        definition=row.get("definition_nb") or "",
        breaks=tuple(sorted({y for y in (row.get("first_break_year"), row.get("last_break_year")) if y})),
        direction=row.get("direction") or "neither",
        is_demo=weighed.series.is_demo,
        sources=sources,
        where=where,
    )
