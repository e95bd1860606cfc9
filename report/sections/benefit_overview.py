"""The block that says of each benefit what is known by background: persons, kroner, from where, and how to get the rest.

Here: one row a benefit, from the marts as they are. Not here: the figures themselves (topics.py, figures.py), or which
benefits there are and what each way is (texts.yml).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from report.context import Context
from report.model import Block, Grid
from report.reading.marts import Row

_OWN_GROUPS = ("refugee_within_5_years", "refugee_beyond_5_years")
_SIDES = ("immigrants_value", "rest_of_population_value")


def benefit_overview(context: Context) -> Block:
    """A table by benefit: persons known? kroner known? from where, which year, and how to get what is not known."""
    words = context.texts.topics["benefit_overview"]
    rows = tuple(
        (scheme["name"], _persons(context, scheme), _kroner(context, scheme), words["ways"][scheme["way"]])
        for scheme in words["schemes"]
    )
    notes = tuple(note.format(**context.names()) for note in words["notes"])
    grid = Grid(words["title"], tuple(words["header"]), rows)
    return Block("benefit_overview", words["title"], grids=(grid,), notes=notes, editor=words["editor"])


def _persons(context: Context, scheme: dict[str, Any]) -> str:
    """Where persons are known: immigrants beside the rest in the public tables, and refugees in the municipality's files."""
    words = context.texts.topics["benefit_overview"]
    said = [*_published(context, scheme), *_own(context, scheme, "persons")]
    if said and (limit := scheme.get("limit")):
        said.append(limit)
    return "; ".join(said) or words["unknown"]


def _kroner(context: Context, scheme: dict[str, Any]) -> str:
    """Where kroner are known: in the municipality's own files, or the committee's average of a sample."""
    words = context.texts.topics["benefit_overview"]
    said = _own(context, scheme, "nok")
    if cohort := scheme.get("cohort"):
        rows = context.marts.rows("cohort_benefit", {"benefit": cohort})
        if years := [row["year"] for row in rows if row["amount_nok"] is not None]:
            said.append(words["cohort"].format(year=max(years)))
    return "; ".join(said) or words["unknown"]


def _published(context: Context, scheme: dict[str, Any]) -> list[str]:
    """The nearest area that has both sides, with its newest year and its publisher; nothing when none has."""
    words, areas = context.texts.topics["benefit_overview"], context.areas
    if not scheme.get("benefits"):
        return []
    where = {"benefit": scheme["benefits"], "figure_scope": "by_background", "sex": "all"}
    for code, name in areas.codes.items():
        rows = context.marts.rows("benefit_recipients", {**where, "region_code": code})
        known = _newest(rows, lambda row: all(row.get(side) is not None for side in _SIDES))
        if known:
            publisher = str(known.get("source"))
            source = words["sources"].get(publisher, publisher)
            text = "published" if code == areas.municipality_code else "published_elsewhere"
            return [words[text].format(year=known["year"], source=source, area=areas.title(name))]
    return []


def _own(context: Context, scheme: dict[str, Any], column: str) -> list[str]:
    """The newest year of the municipality's own files in which refugees and all are both told; nothing when none is."""
    words, own = context.texts.topics["benefit_overview"], scheme.get("own")
    if not own:
        return []
    where = {"municipality_code": context.areas.municipality_code, "period_kind": "year", "breakdown": "none"}
    rows = context.marts.rows(own["mart"], {**where, "group_code": [*_OWN_GROUPS, "all"]})
    told = {(row["year"], row["group_code"]) for row in rows if row.get(own[column]) is not None}
    known = _newest(
        rows,
        lambda row: (
            row["group_code"] in _OWN_GROUPS and {(row["year"], row["group_code"]), (row["year"], "all")} <= told
        ),
    )
    return [words["own"].format(year=known["year"])] if known else []


def _newest(rows: list[Row], is_known: Callable[[Row], bool]) -> Row | None:
    return max((row for row in rows if is_known(row)), key=lambda row: row["year"], default=None)
