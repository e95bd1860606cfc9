"""What has to be said beside a figure that its cells do not say: a year that others quote whole, a county that was another then.

Here: the remarks of a figure. Not here: marks of single cells (writers/tables.py), or the words (texts.yml under «remarks»).
"""

from datetime import date

from report.context import Context
from report.model import Figure
from report.words.norwegian import day, listed, number

SETTLED = "settled_persons"


def remarks(context: Context, shown: Figure) -> tuple[str, ...]:
    """Sentences to set under a figure; none for most."""
    return (*_quoted(context, shown), *_other_county(context, shown))


def _quoted(context: Context, shown: Figure) -> list[str]:
    """Of settlement: the figure of a whole year that others quote, where IMDi's table holds a part of the year."""
    if shown.figure_id != SETTLED:
        return []
    asked = {"measure": "settled", "figure_source": "quoted", "is_used": True}
    rows = {(row["year"], row["region_code"]): row for row in context.marts.rows("settlement_by_source", asked)}
    said = []
    for year in shown.years:
        found = [(rows[year, code], role) for code, role in context.areas.codes.items() if (year, code) in rows]
        if found:
            values = [f"{number(row['persons'])} i {context.areas.name(role)}" for row, role in found]
            source = context.sources.describe(found[0][0]["dataset_id"]).attribution.removeprefix("Kilde: ")
            stated = day(found[0][0]["stated_on"])
            said.append(
                context.texts.remarks["quoted"].format(year=year, values=listed(values), source=source, date=stated)
            )
    return said


def _other_county(context: Context, shown: Figure) -> list[str]:
    """Of a county that has no figure in years when its municipalities were counted in another: which one, and when."""
    areas = context.areas
    lines = [line for line in shown.lines if line.role == "county"]
    years = [year for year in shown.years if any(line.at(year).status == "unavailable" for line in lines)]
    history = context.marts.rows("dim_region_history", {"current_code": areas.municipality_code})
    spans: dict[str, list[int]] = {}
    for year in years:
        for row in history:
            begins, ends = row["valid_from"], row["valid_to"] or date.max
            name = row.get("county_name")
            if (
                begins <= date(year, 1, 1) < ends
                and name
                and row["code"][:2] != areas.county_code
                and name != areas.county
            ):
                spans.setdefault(name, []).append(year)
    return [
        context.texts.remarks["other_county"].format(
            **context.names(), years=str(of[0]) if of[0] == of[-1] else f"{of[0]}–{of[-1]}", then=name
        )
        for name, of in spans.items()
    ]
