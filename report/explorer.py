"""The data of the chooser: the figures of the report for every municipality, small enough to lie in the page.

Here: which values are embedded. Not here: how they are shown (templates/explorer.js).
"""

from __future__ import annotations

from typing import Any

from report.marts import Marts
from report.model import Figure, Report
from report.texts import texts

MOST_FIGURES = 24
_SHORT = {"suppressed": "suppressed", "interval": "interval", "incomplete": "incomplete", "unavailable": "unavailable"}


def explorer_data(marts: Marts, report: Report) -> dict[str, Any] | None:
    """Values by area and year of the report's ungrouped indicators; a cell without a figure is the code of its status,
    a rounded one its figure with that code.

    None when the release has none of them.
    """
    shown = [
        block.figure
        for section in report.sections
        for block in section.blocks
        if block.figure
        and len(block.figure.groups) == 1
        and marts.rows("dim_indicator", {"indicator_id": block.figure.figure_id})
    ][:MOST_FIGURES]
    figures = [_figure(marts, figure) for figure in shown]
    regions = marts.rows("dim_region")
    if not figures:
        return None
    words = texts()
    return {
        "home": report.municipality_code,
        "areas": {
            r["region_code"]: [r["region_name"], r["county_code"]]
            for r in regions
            if r["region_level"] == "municipality"
        },
        "others": {r["region_code"]: r["region_name"] for r in regions if r["region_level"] != "municipality"},
        "figures": figures,
        "statuses": words.statuses,
        "words": {"area": words.words["area"]},
        "demo": words.words["demo_mark"],
    }


def _figure(marts: Marts, shown: Figure) -> dict[str, Any]:
    chosen = {name: code for name, code in shown.where}
    rows = marts.rows(
        "fct_indicator_value",
        {"indicator_id": shown.figure_id, "year": list(shown.years), **chosen},
        columns=["region_code", "year", "value", "value_low", "value_high", "value_status"],
    )
    decimals = shown.unit.decimals
    values: dict[str, list[Any]] = {}
    for row in rows:
        own = values.setdefault(row["region_code"], ["missing"] * len(shown.years))
        value = row["value"]
        own[shown.years.index(row["year"])] = (
            _SHORT.get(row["value_status"], "missing")
            if value is None
            else [round(value * shown.unit.factor, decimals), row["value_status"]]
            if row["value_status"] in ("rounded", "contradicted") and row.get("value_low") != row.get("value_high")
            else round(value * shown.unit.factor, decimals)
        )
    return {
        "title": shown.title,
        "unit": shown.unit.name,
        "decimals": decimals,
        "years": list(shown.years),
        "values": values,
        "demo": shown.is_demo,
    }
