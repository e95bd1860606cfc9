"""The profile of one municipality: findings, barometer, money, and what is fresh or missing, ready for any writer.

Here: what stands on the four pages, as values with their drawings and texts. Not here: setting them (writers/), choosing
findings.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from report.drawing import marks
from report.drawing.charts import cell_text as word_of
from report.judging.uncertainty import wilson
from report.model import Cell
from report.profile.barometer import Barometer, BarometerLine, barometer
from report.profile.evidence import Weighed, where_of
from report.profile.findings import Finding, Weights, candidates, findings_of
from report.profile.fresh import Fresh, fresh
from report.profile.money import Money, money
from report.profile.said import bare_text
from report.words.norwegian import Unit, listed, number
from report.words.texts import profile_words

if TYPE_CHECKING:
    from report.model import Report

SHOWN_SURE = ("above", "below")


@dataclass(frozen=True)
class Drawing:
    """An SVG and what it shows in words; FONT_FAMILY in it is filled in by the writer."""

    svg: str
    alt: str


@dataclass(frozen=True)
class ShownFinding:
    """A finding as it stands on the page."""

    finding: Finding
    group: str
    chart: Drawing
    note: str
    source: str


@dataclass(frozen=True)
class Numbered:
    """A number at the top of the page: what it counts, the figure and its year, and the figure of the year before."""

    name: str
    value: str
    year: int
    before: str


@dataclass(frozen=True)
class Lined:
    """A line of the barometer as it stands on the page: texts in the order of the columns, drawings, and the change in a word."""

    line: BarometerLine
    own: str
    others: tuple[str, ...]
    strip: Drawing | None
    spark: Drawing
    arrow: str
    change: str
    age: str


@dataclass(frozen=True)
class Profile:
    """The four pages. ``others`` are the names of the areas beside, ``roles`` the columns they have."""

    municipality: str
    title: str
    subtitle: str
    lead: str
    tiles: tuple[Numbered, ...]
    summary: str
    findings: tuple[ShownFinding, ...]
    barometer: Barometer
    lines: tuple[tuple[str, tuple[Lined, ...]], ...]
    columns: tuple[str, ...]
    barometer_lead: str
    money: Money
    fresh: Fresh
    reading: tuple[str, ...]
    is_demo: bool


def build_profile(known: Weights, report: Report) -> Profile:
    """The profile of the report's municipality; money is shown as the report's blocks have it."""
    blocks = {block.block_id: block for section in report.sections for block in section.blocks}
    words, own = profile_words(), known.scales.rules
    region = known.whole.region(report.municipality_code)
    found = findings_of(known, region.code)
    board = barometer(known, region.code)
    names = {"county": report.county, "country": report.country, "kostra_group": words["findings"]["kostra_group"]}
    others = listed([names[role] for role in known.whole.beside(region)])
    tried = sum(1 for _ in candidates(known, region))
    limits = {
        "least": number(own.least_persons),
        "percent": number(own.uncounted_percent),
        "as_before": number(own.as_before.percent),
        "points": number(own.as_before.points),
    }
    page = {"municipality": report.municipality, "others": others, "count": number(len(found)), **limits}
    key = "findings_none" if not found else "findings_lead" if len(found) >= own.fewest else "findings_few"
    return Profile(
        municipality=report.municipality,
        title=words["page"]["title"].format(**page),
        subtitle=words["page"]["subtitle"].format(**page),
        lead=words["page"][key].format(**page, of=number(len(known.chosen)), tried=tried),
        tiles=_tiles(known, region.code),
        summary=_summary(board),
        findings=tuple(_told(one) for one in found),
        barometer=board,
        lines=_grouped(report.municipality, board),
        columns=tuple(names[role][:1].upper() + names[role][1:] for role in board.roles),
        barometer_lead=words["barometer"]["lead"].format(**page),
        money=money(known, region, blocks),
        fresh=fresh(known, region, board),
        reading=tuple(line.format(**limits) for line in words["fresh"]["read"]),
        is_demo=report.is_demo,
    )


def _tiles(known: Weights, code: str) -> tuple[Numbered, ...]:
    words, found = profile_words()["page"], []
    for tile in known.scales.rules.tiles:
        weighed = [w for i in tile.indicator if (w := known.scales.of(i, where_of(tile.where)))]
        newest = max(
            ((w.whole_year(code) or 0, -place, w) for place, w in enumerate(weighed)), default=None, key=_first_two
        )
        if newest is None or not newest[0]:
            continue
        year, _, one = newest
        before = one.evidence(code, year - 1).cell
        earlier = words["tile"].format(year=year - 1, value=short_text(before, one.unit)) if before.is_known else ""
        value = short_text(one.evidence(code, year).cell, one.unit)
        found.append(Numbered(words["tiles"][tile.tile], value, year, earlier))
    return tuple(found)


def _first_two(one: tuple[int, int, Weighed]) -> tuple[int, int]:
    return one[:2]


def _summary(board: Barometer) -> str:
    """How many of the headline figures went which way; empty where no line says."""
    words = profile_words()["barometer"]["summary"]
    told = Counter(line.changed for line in board.lines)
    parts = [words[key].format(count=number(told[key])) for key in words["order"] if told[key]]
    if not parts:
        return ""
    return words["all"].format(of=number(len(board.lines)), parts=listed(parts))


def _told(one: Finding) -> ShownFinding:
    words = profile_words()
    sources = list(dict.fromkeys(s.attribution.removeprefix("Kilde: ").strip() or s.title for s in one.figure.sources))
    return ShownFinding(
        finding=one,
        group=words["groups"].get(one.group, one.group),
        chart=_chart(one),
        note=" ".join(part for part in (one.age, one.certainty) if part),
        source=listed(sources),
    )


def _chart(one: Finding) -> Drawing:
    """Areas beside each other for a distance or a place, years for a change; of one known year always the areas."""
    own = one.figure.line("municipality")
    years = [year for year, cell in own.cells.items() if cell.value is not None] if own else []
    if one.kind in ("change", "turning") and len(years) > 1:
        return _course(one)
    words, shown = profile_words()["page"], []
    for line in one.figure.lines:
        cell = line.at(one.year)
        if cell.value is not None:
            low, high = _chance(one) if line.role == "municipality" else (None, None)
            shown.append(marks.Bar(line.role, line.name, cell.value, short_text(cell, one.unit), low, high))
    told = []
    for bar in shown:
        text = words["bar_alt"].format(area=bar.name, value=bar.label)
        if bar.low is not None and bar.high is not None:
            low, high = (bare_text(Cell(bound), one.unit) for bound in (bar.low, bar.high))
            text += " " + words["interval_alt"].format(low=low, high=high)
        told.append(text)
    return Drawing(marks.bars(shown), words["chart_alt"].format(title=f"{one.name}, {one.year}", told=", ".join(told)))


def _chance(one: Finding) -> tuple[float | None, float | None]:
    counted = one.evidence.counted
    if counted is None or not counted.is_usable:
        return None, None
    interval = wilson(counted).scaled(one.evidence.scale)
    return interval.low, interval.high


def _course(one: Finding) -> Drawing:
    words, shown, told = profile_words()["page"], [], []
    for line in one.figure.lines:
        known = [year for year in one.figure.years if line.at(year).value is not None]
        # counts of areas of unlike size do not share a scale
        if not known or (one.unit.is_additive and line.role != "municipality"):
            continue
        cells = {year: line.at(year) for year in known}
        first, last = (short_text(cells[year], one.unit) for year in (known[0], known[-1]))
        shown.append(marks.Course(line.role, line.name, cells, last, first))
        values = ", ".join(f"{year} {bare_text(cells[year], one.unit)}" for year in known)
        told.append(words["course_alt"].format(area=line.name, told=values))
    drawn = marks.course(shown, one.figure.breaks)
    return Drawing(drawn, words["chart_alt"].format(title=one.name, told=". ".join(told)))


def _grouped(municipality: str, board: Barometer) -> tuple[tuple[str, tuple[Lined, ...]], ...]:
    groups: dict[str, list[Lined]] = {}
    for line in board.lines:
        groups.setdefault(line.group, []).append(_lined(municipality, board, line))
    return tuple((profile_words()["groups"][group], tuple(lines)) for group, lines in groups.items())


def _lined(municipality: str, board: Barometer, line: BarometerLine) -> Lined:
    words = profile_words()["barometer"]
    others = tuple(cell_text(line.beside[role].cell, line) if role in line.beside else "–" for role in board.roles)
    own = cell_text(line.cell, line)
    spark_told = ", ".join(f"{year} {cell_text(cell, line)}" for year, cell in sorted(line.years.items()))
    alt = words["spark_alt"].format(name=line.name, municipality=municipality, told=spark_told)
    arrow, change = _change(words, line)
    return Lined(
        line=line,
        own=f"({own})" if line.has_few else own,
        others=others,
        strip=_strip(words, municipality, line),
        spark=Drawing(marks.spark(line.years, line.broken), alt),
        arrow=arrow,
        change=change,
        age=str(line.year),
    )


def _change(words: dict[str, Any], line: BarometerLine) -> tuple[str, str]:
    if line.changed is None or line.change is None or line.since is None:
        return "", words["broken"] if line.broken else words["alone"]
    if line.changed == "cannot_say":
        return words["arrow"]["unknown"], words["movement"]["cannot_say"]
    arrow = words["arrow"][line.change.verdict] if line.changed != "as_before" else words["arrow"]["same"]
    return arrow, words["since"].format(word=words["movement"][line.changed], year=line.since)


def _strip(words: dict[str, Any], municipality: str, line: BarometerLine) -> Drawing | None:
    if not line.strip:
        return None
    factor = line.unit.factor
    others = {role: o.cell.value * factor for role, o in line.beside.items() if o.cell.value is not None}
    country = line.beside.get("country")
    is_sure = country is not None and country.judged.verdict in SHOWN_SURE
    if line.place is None:
        alt = words["strip_alt_few"].format(name=line.name, municipality=municipality)
    else:
        alt = words["strip_alt"].format(
            name=line.name,
            municipality=municipality,
            value=cell_text(line.cell, line),
            country=cell_text(country.cell, line) if country else "–",
            lower=number(line.place.lower),
            higher=number(line.place.higher),
            same=number(line.place.same),
            of=number(line.place.of),
            sure=words["strip_sure" if is_sure else "strip_unsure"],
        )
    return Drawing(marks.strip(line.strip, line.shown, others, is_sure=is_sure), alt)


def cell_text(cell: Cell, line: BarometerLine) -> str:
    """A cell of the barometer: the figure without its unit, or the word for why there is none."""
    return short_text(cell, line.unit) if cell.is_known else word_of(cell, line.unit)


def short_text(cell: Cell, unit: Unit) -> str:
    """A known figure in little room: «ca.» for a rounded one, «mill.» for millions."""
    text = bare_text(cell, unit).replace("om lag ", "ca. ")
    return re.sub(r"millione?r?\b", "mill.", text)
