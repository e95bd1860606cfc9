"""The profile set on paper and in the web page: what both need, and the tagged PDF (PDF/UA-1) by Typst.

Here: the profile's values as texts for the templates. Not here: the look (templates/profile.typ, profile.html.j2), what
stands on the pages (report/profile).
"""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from report.drawing import marks
from report.drawing.charts import charts
from report.model import Report
from report.profile.fresh import Fresh, publisher
from report.profile.money import Part
from report.profile.page import Drawing, Lined, Profile, ShownFinding
from report.profile.rules import rules
from report.words.norwegian import day, number, short_day
from report.words.texts import profile_words
from report.writers.filling import paper
from report.writers.pdf import FONT

_TEMPLATE = Path(__file__).parent / "templates" / "profile.typ"
_STRONG = re.compile(r"\*\*(.+?)\*\*")
COLOURS = {"better": "#0b5d3b", "worse": "#8a1f11", "up": "#1a1a1a", "down": "#1a1a1a"}
"""Green and dark red differ in lightness too, and the word beside says the same."""
QUIET = "#4d4d4d"
SCENARIO = 40
"""Signs of a scenario's name that have room beside its bar."""


def write_profile(report: Report, profile: Profile, target: Path, stamp: datetime) -> Path:
    """Write profil-<code>.pdf. The same profile and ``stamp`` give the same bytes."""
    content = {**profile_content(report, profile), "keywords": [report.municipality, report.county]}
    return paper(_TEMPLATE, target, content, stamp)


def profile_content(report: Report, profile: Profile, font: str = FONT) -> dict[str, Any]:
    """Everything the templates set, as texts, numbers and drawings in ``font``."""
    words = profile_words()
    head = words["barometer"]["head"]
    shared = {key: report.words[key] for key in ("page", "of", "demo_banner", "demo_mark")}
    return {
        "title": profile.title,
        "subtitle": profile.subtitle,
        "municipality": profile.municipality,
        "published": report.words["published"].format(date=day(report.published)),
        "is_demo": profile.is_demo,
        "lead": profile.lead,
        "tiles": [{"name": t.name, "value": t.value, "year": str(t.year), "before": t.before} for t in profile.tiles],
        "summary": profile.summary,
        "findings": [_finding(one, font) for one in profile.findings],
        "columns": list(profile.columns),
        "head": [
            head["name"],
            profile.municipality,
            *profile.columns,
            *(head[k] for k in ("strip", "spark", "change", "year")),
        ],
        "barometer_lead": profile.barometer_lead,
        "barometer_legend": words["barometer"]["legend"].format(least=number(rules().least_persons)),
        "lines": [{"name": name, "lines": [_line(one, font) for one in lines]} for name, lines in profile.lines],
        "money_lead": words["page"]["money_lead"],
        "money": [_part(part, font) for part in profile.money.parts],
        **_fresh(profile.fresh, report.published),
        "reading": [_marked(line) for line in profile.reading],
        "words": {
            **shared,
            "findings": words["page"]["findings"],
            "barometer": words["barometer"]["title"],
            "money": words["page"]["money"],
            "fresh": words["page"]["fresh"],
            "whole_report": words["page"]["whole_report"],
            "rule_on_paper": words["page"]["rule_on_paper"],
            "rule_on_screen": words["page"]["rule_on_screen"],
            "download": words["page"]["download"],
            "explore_one": words["page"]["explore_one"],
            "fresh_title": words["fresh"]["title"],
            "missing_title": words["fresh"]["missing_title"],
            "missing_none": words["fresh"]["missing_none"],
            "sources_title": words["fresh"]["sources_title"],
            "read_title": words["fresh"]["read_title"],
        },
    }


def _drawing(drawing: Drawing, font: str) -> dict[str, str]:
    return {"svg": drawing.svg.replace("FONT_FAMILY", font), "alt": drawing.alt}


def _finding(told: ShownFinding, font: str) -> dict[str, Any]:
    one = told.finding
    return {
        "id": one.finding_id,
        "group": told.group,
        "name": one.name,
        "title": one.title,
        "sentence": one.sentence,
        "chart": _drawing(told.chart, font),
        "note": told.note,
        "source": f"Kilde: {told.source}." if told.source else "",
        "indicator_id": one.indicator_id,
        "is_demo": one.is_demo,
    }


def _line(lined: Lined, font: str) -> dict[str, Any]:
    line, words = lined.line, profile_words()["barometer"]
    return {
        "name": line.name,
        "indicator_id": line.indicator_id,
        "own": lined.own,
        "others": list(lined.others),
        "strip": _drawing(lined.strip, font) if lined.strip else None,
        "no_strip": words["no_strip"],
        "spark": _drawing(lined.spark, font),
        "arrow": lined.arrow,
        "change": lined.change,
        "movement": line.changed or "",
        "is_sure": line.changed in COLOURS,
        "colour": COLOURS.get(line.changed or "", QUIET),
        "year": lined.age,
        "is_old": line.age >= rules().old_after_years,
    }


def _part(part: Part, font: str) -> dict[str, Any]:
    panels = charts(part.figure) if part.figure else ()
    return {
        "id": part.part_id,
        "title": part.title,
        "sentences": list(part.sentences),
        "missing": part.missing,
        "rows": [list(row) for row in part.rows],
        "is_narrow": len(panels) > 2,
        "bars": _drawing(_bars(part), font) if part.bars else None,
        "panels": [{"svg": p.text.replace("FONT_FAMILY", font), "alt": p.alt, "title": p.title} for p in panels],
    }


def _bars(part: Part) -> Drawing:
    told = ", ".join(f"{bar.name} {bar.label}" for bar in part.bars)
    return Drawing(
        marks.bars(part.bars, SCENARIO if part.part_id == "forecast" else marks.NAME), f"{part.title}. {told}."
    )


def _fresh(fresh: Fresh, today: date) -> dict[str, Any]:
    words = profile_words()["fresh"]
    groups = [
        [
            one.name,
            words["of"].format(count=number(one.count), of=number(one.of)),
            str(one.newest or "–"),
            _day(one.fetched),
            _day(one.due),
        ]
        for one in fresh.groups
    ]
    return {
        "fresh": [list(words["head"]), *groups],
        "missing": [list(words["missing_head"]), *([one.name, one.why, one.where] for one in fresh.missing)],
        "links": [one.link for one in fresh.missing],
        "more": fresh.more,
        "more-sources": fresh.more_sources,
        "sources": [
            list(words["sources_head"]),
            *(
                [one.title, publisher(one), _day(one.retrieved), _due(one.next_expected, today)]
                for one in fresh.sources
            ),
        ],
    }


def _day(value: date | None) -> str:
    return short_day(value) if value else "–"


def _due(value: date | None, today: date) -> str:
    """When the next release is due, and that it is late where the day has passed."""
    if value is None or value >= today:
        return _day(value)
    return profile_words()["fresh"]["late"].format(date=_day(value))


def _marked(line: str) -> list[dict[str, Any]]:
    """A line with its **strong** words parted from the rest."""
    return [{"text": text, "strong": bool(place % 2)} for place, text in enumerate(_STRONG.split(line)) if text]
