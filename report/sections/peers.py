"""Figures beside other groups and other municipalities: country of origin, women and men, age, the municipalities of the county.

Here: the blocks that set one year's figures side by side. Not here: figures by area and year (figures.py), which rows a table has
(sections.yml).
"""

import re
from collections.abc import Iterable, Mapping

from report.context import Context
from report.model import Block, Cell, Figure, Grid, GridValue, Line, Measured
from report.reading.figures import INHABITANTS
from report.reading.marts import Row
from report.reading.shelf import BREAKDOWNS
from report.sections.declarations import IndicatorFigure, SplitRow, SplitTable
from report.sections.missing import OLD_OWN
from report.words.norwegian import figure, listed
from report.words.texts import unit_of

LARGEST = 10
MOST_PEERS = 5
ORIGIN = ("background_country_persons", "immigrant_background_by_country_persons")
_COUNTRY = re.compile(r"^(?!000|9[7-9]\d)\d{3}$")
"""Codes of single countries: 000 is Norway, 970 and above hold what is other, stateless or not stated."""


def origin(context: Context) -> list[Block]:
    """The ten largest countries of background in the newest year; none where the release has no figures by country."""
    words, own = context.texts.topics["origin"], context.areas.municipality_code
    for indicator_id in ORIGIN:
        rows = context.marts.rows("fct_indicator_value", {"indicator_id": indicator_id, "region_code": own})
        rows = [r for r in rows if _COUNTRY.match(r["country_background"]) and _is_total(r, "country_background")]
        known = [row for row in rows if row["value"]]
        if known and context.sources.today.year - max(row["year"] for row in known) < OLD_OWN:
            return [_origin_block(context, indicator_id, rows, words)]
    return []


def _origin_block(context: Context, indicator_id: str, rows: list[Row], words: Mapping[str, str]) -> Block:
    last = max(row["year"] for row in rows if row["value"])
    newest = [row for row in rows if row["year"] == last and row["value"] and row["value_status"] == "ok"]
    codes = [row["country_background"] for row in sorted(newest, key=lambda row: -row["value"])][:LARGEST]
    by_country: dict[str, dict[int, Cell]] = {code: {} for code in codes}
    for row in rows:
        if row["country_background"] in by_country:
            by_country[row["country_background"]][row["year"]] = _cell(row)
    labels = context.reader.labels
    lines = tuple(
        Line("other", labels.get(("country_background", code), code), cells) for code, cells in by_country.items()
    )
    datasets = context.sources.of_indicator(indicator_id)
    shown = Figure(
        figure_id="origin",
        title=words["title"],
        definition=context.reader.indicator_row(indicator_id).get("definition_nb") or "",
        unit=unit_of("persons"),
        lines=lines,
        years=tuple(range(max(last - context.reader.years + 1, min(row["year"] for row in rows)), last + 1)),
        form="rows",
        corner=words["corner"],
        is_demo=any(row["is_demo"] for row in newest),
        sources=tuple(context.sources.describe(one) for one in datasets),
    )
    named = [f"{line.name} ({figure(line.at(last).value or 0.0, shown.unit)})" for line in lines[:3]]
    said = words["sentence"].format(**context.names(year=last, countries=listed(named)))
    return Block(shown.figure_id, shown.title, (said,), shown)


def split(context: Context, asked: SplitTable) -> list[Block]:
    """A row an indicator, a column a group, the newest year that all groups have; none where nothing can be shown."""
    words = context.texts.topics[asked.split]
    ids = sorted({row.indicator for row in asked.rows})
    found: dict[tuple[str, ...], Row] = {}
    own = context.areas.municipality_code
    for row in context.marts.rows("fct_indicator_value", {"indicator_id": ids, "region_code": own}):
        found[row["indicator_id"], str(row["year"]), *(row[name] for name in BREAKDOWNS)] = row
    rows = [made for one in asked.rows if (made := _split_row(context, asked, one, found))]
    if not rows:
        return []
    heads = [context.reader.labels.get((asked.dimension, several[0]), several[0]) for several in asked.codes]
    short = [context.texts.short.get(head, head) for head in heads]
    header = (*words["header"], *short)
    return [Block(asked.split, words["title"], grids=(Grid(words["title"], header, tuple(rows), _numeric(header)),))]


def _split_row(
    context: Context, asked: SplitTable, one: SplitRow, found: Mapping[tuple[str, ...], Row]
) -> tuple[GridValue, ...] | None:
    indicator = context.reader.indicator_row(one.indicator)
    if not indicator:
        return None
    unit = unit_of(indicator["unit"])
    today = context.sources.today.year
    for year in range(today, today - OLD_OWN, -1):
        cells = []
        for several in asked.codes:
            keys = [_split_key(one, year, {asked.dimension: code}) for code in several]
            row = next((found[key] for key in keys if key in found and _cell(found[key]).says_something), None)
            cells.append(_cell(row) if row else Cell())
        if all(cell.says_something for cell in cells) and any(cell.is_known for cell in cells):
            name = context.reader.named(one.indicator, one.where)
            return (name, unit.name, year, *(Measured(cell, unit) for cell in cells))
    return None


def _split_key(one: SplitRow, year: int, of: Mapping[str, str]) -> tuple[str, ...]:
    chosen = {**one.where, **of}
    return one.indicator, str(year), *(chosen.get(name, "all") for name in BREAKDOWNS)


def peers(context: Context, shown: Iterable[tuple[IndicatorFigure, Figure]]) -> list[Block]:
    """The headline figures of the municipality beside others of the county, and beside its KOSTRA group where one is known."""
    words, own = context.texts.topics["peers"], context.areas.municipality_code
    (codes, has_others), kostra = _beside(context), _kostra_group(context)
    if not codes and not kostra:
        return []
    names = {row["region_code"]: row["region_name"] for row in context.marts.rows("dim_region")}
    rows = []
    for asked, one in shown:
        if one.unit.is_additive:
            continue
        where = dict(one.where)
        if asked.groups and one.groups[0]:
            where[asked.groups.dimension] = context.reader.code_of(asked, one.groups[0])
        line = one.line("municipality", one.groups[0])
        years = [y for y in one.years if line and line.at(y).says_something and not line.at(y).is_running]
        if years:
            rows.append(_peer_row(context, one, where, years[-1], [own, *codes], bool(kostra)))
    if not rows:
        return []
    header = (
        *words["header"],
        *(names.get(code, code) for code in (own, *codes)),
        *([words["kostra"]] if kostra else []),
    )
    key = "note" if has_others else "note_all"
    notes = [words[key].format(**context.names())] if codes else []
    notes += [] if kostra else [words["kostra_unknown"].format(**context.names())]
    title = words["title"].format(**context.names())
    grid = Grid(title, header, tuple(rows), _numeric(header))
    return [Block("peers", title, grids=(grid,), notes=tuple(notes), editor="" if kostra else words["kostra_editor"])]


def _peer_row(
    context: Context, one: Figure, where: Mapping[str, str], year: int, codes: list[str], has_kostra: bool
) -> tuple[GridValue, ...]:
    key = {"indicator_id": one.figure_id, "year": year, **where}
    found = {
        row["region_code"]: row for row in context.marts.rows("fct_indicator_value", {**key, "region_code": codes})
    }
    cells: list[GridValue] = [
        Measured(_cell(found[c]), one.unit) if c in found else Measured(Cell(), one.unit) for c in codes
    ]
    if has_kostra:
        rows = context.marts.rows("comparison", {**key, "municipality_code": codes[0]})
        value = rows[0].get("kostra_group_value") if rows else None
        cells.append(Measured(Cell(value, value, value, "ok" if value is not None else "missing"), one.unit))
    group = f": {one.groups[0][:1].lower()}{one.groups[0][1:]}" if one.groups[0] else ""
    return (f"{one.title}{group}", one.unit.name, year, *cells)


def _beside(context: Context) -> tuple[list[str], bool]:
    """The municipalities of the county nearest in inhabitants, at most MOST_PEERS, by name; and whether there are others."""
    areas = context.areas
    regions = [
        row
        for row in context.marts.rows("dim_region", {"county_code": areas.county_code, "region_level": "municipality"})
        if row["region_code"] != areas.municipality_code
    ]
    codes = [row["region_code"] for row in regions]
    sizes: dict[str, float] = {}
    for indicator_id in INHABITANTS:
        where = {"indicator_id": indicator_id, "region_code": [*codes, areas.municipality_code], "sex": "all"}
        for row in context.marts.rows("fct_indicator_value", where, order=["year"]):
            if row["value"]:
                sizes[row["region_code"]] = row["value"]
    own = sizes.get(areas.municipality_code, 0.0)
    near = sorted(regions, key=lambda row: (abs(sizes.get(row["region_code"], 0.0) - own), row["region_code"]))
    chosen = sorted(near[:MOST_PEERS], key=lambda row: row["region_name"])
    return [row["region_code"] for row in chosen], len(near) > MOST_PEERS


def _kostra_group(context: Context) -> str:
    rows = context.marts.rows("dim_region", {"region_code": context.areas.municipality_code})
    return str(rows[0].get("kostra_group_code") or "") if rows else ""


def _is_total(row: Row, dimension: str) -> bool:
    return all(row[name] == "all" for name in BREAKDOWNS if name != dimension)


def _cell(row: Row) -> Cell:
    return Cell(
        row["value"], row["value_low"], row["value_high"], row["value_status"],
        row.get("geography_basis") or "", row.get("reason") or "",
    )  # fmt: skip


def _numeric(header: tuple[str, ...]) -> frozenset[int]:
    return frozenset(range(3, len(header)))
