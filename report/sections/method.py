"""Blocks about the statistics themselves: rhythm, revisions, hidden cells, breaks, sources, how to read.

Here: what a reader must know of the figures. Not here: the figures.
"""

from collections.abc import Iterable
from typing import Any

from report.context import Context
from report.model import Block, Figure, Grid, Role, Source
from report.reading.figures import BREAKDOWNS, ROLES
from report.reading.marts import Row, as_day
from report.words.norwegian import number
from report.words.texts import unit_of

REVISIONS_SHOWN = 40
YEARS_OF_HIDDEN = 5


def cadence(context: Context) -> Block:
    """How often each group is really updated and how often to report; the declared rhythm when no more is known."""
    words = context.texts.topics["cadence"]
    groups = context.marts.rows("cadence", {"scope": "statistic_group"}, order=["scope_id"])
    if not groups:
        return _declared_cadence(context)
    said = [
        words["recommended"].format(group=row["name_nb"], frequency=row["recommended_frequency_nb"])
        for row in groups
        if row.get("recommended_frequency_nb")
    ]
    rows = tuple(
        (row["name_nb"], row.get("indicator_count"), row.get("new_year_indicator_count"),
         as_day(row.get("last_release_date")),
         as_day(row.get("next_expected_from_date")), row.get("recommended_frequency_nb"), row.get("rule_nb"))
        for row in groups
    )  # fmt: skip
    grid = Grid(words["title"], tuple(words["groups_header"]), rows, frozenset({1, 2}))
    return Block("cadence", words["title"], (" ".join(said),) if said else (), grids=(grid,))


def cadence_datasets(context: Context) -> list[Block]:
    """The rhythm of every dataset of which a release is dated."""
    words = context.texts.topics["cadence"]
    rows = tuple(
        (row["name_nb"], context.texts.groups.get(row.get("statistic_group") or "", ""),
         context.texts.cadences.get(row.get("declared_cadence") or "unknown", ""), row.get("observed_interval_days"),
         as_day(row.get("last_release_date")), row.get("last_year"), as_day(row.get("next_expected_from_date")),
         as_day(row.get("next_expected_to_date")))
        for row in context.marts.rows("cadence", {"scope": "dataset"}, order=["statistic_group", "name_nb"])
        if row.get("last_release_date")
    )  # fmt: skip
    if not rows:
        return []
    grid = Grid(words["datasets_title"], tuple(words["datasets_header"]), rows, frozenset({3}))
    return [Block("cadence_datasets", words["datasets_title"], grids=(grid,))]


def _declared_cadence(context: Context) -> Block:
    words, used = context.texts.topics["cadence"], _in_use(context)
    found: dict[tuple[str, str], list[Row]] = {}
    for row in used:
        found.setdefault((row["statistic_group"], row["declared_cadence"]), []).append(row)
    rows = tuple(
        (context.texts.groups.get(group, group), len(members), context.texts.cadences.get(rhythm, rhythm),
         max((d for d in (as_day(row["last_retrieved_at"]) for row in members) if d), default=None))
        for (group, rhythm), members in sorted(found.items())
    )  # fmt: skip
    counts: dict[str, int] = {}
    for row in used:
        counts[row["declared_cadence"]] = counts.get(row["declared_cadence"], 0) + 1
    said = [
        words["answer"].format(
            count=number(count), total=number(len(used)), cadence=context.texts.cadences.get(rhythm, rhythm)
        )
        for rhythm, count in sorted(counts.items(), key=lambda item: -item[1])
    ]
    grids = (Grid(words["title"], tuple(words["declared_header"]), rows, frozenset({1})),) if rows else ()
    return Block("cadence", words["title"], tuple(said), grids=grids, notes=(words["missing"],))


def revisions(context: Context) -> list[Block]:
    """Cells of the three areas that a newer release changed, and which datasets have several releases at all."""
    return [_revised(context), _several_releases(context)]


def _revised(context: Context) -> Block:
    words = context.texts.topics["revisions"]
    if not context.marts.has("fct_revision", "published_region_code", "region_level", "change_kind"):
        return Block("revisions", words["title"], missing=words["missing"])
    rows = [
        {**row, "role": role}
        for role, where in _published_codes(context).items()
        for row in context.marts.rows("fct_revision", where)
        if row["change_kind"] in words["kinds"]
    ]
    summary = _summary(context)
    if not rows:
        return Block("revisions", words["title"], (words["none"].format(**context.names()),), grids=summary)
    order = sorted(rows, key=lambda row: (row["dataset_id"], -row["year"], row["measure"], ROLES.index(row["role"])))
    newest = sorted(order, key=lambda row: row["retrieved_at"], reverse=True)[:REVISIONS_SHOWN]
    said = [words["some"].format(**context.names(count=number(len(rows))))]
    if len(rows) > len(newest):
        said.append(words["capped"].format(count=number(len(newest))))
    listed = tuple(
        (_title(context, row["dataset_id"]), context.areas.title(row["role"]), row["year"], _what(context, row),
         words["kinds"][row["change_kind"]] + (words["open_year"] if row.get("is_open_year") else ""),
         _side(context, row, "before"), _side(context, row, "after"), as_day(row["retrieved_at"]))
        for row in newest
    )  # fmt: skip
    grid = Grid(words["title"], tuple(words["header"]), listed, frozenset({5, 6}))
    return Block("revisions", words["title"], tuple(said), grids=(*summary, grid))


def _published_codes(context: Context) -> dict[Role, dict[str, str | list[str]]]:
    """How upstream names the three areas: under the codes they have had, and the country by its level."""
    areas = context.areas
    codes = {areas.municipality_code: {areas.municipality_code}, areas.county_code: {areas.county_code}}
    for row in context.marts.rows("dim_region_history", {"current_code": list(codes), "is_exact": True}):
        codes[row["current_code"]].add(row["code"])
    return {
        "municipality": {"published_region_code": sorted(codes[areas.municipality_code])},
        "county": {"published_region_code": sorted(codes[areas.county_code])},
        "country": {"region_level": "country"},
    }


def _what(context: Context, row: Row) -> str:
    """What a cell counts: its measure (an indicator's name where the words are not listed), unit and codes."""
    labels, measure = context.reader.labels, row["measure"]
    name = labels.get(("measure", measure)) or context.reader.indicator_of(row["dataset_id"], measure) or measure
    parts = [f"{name[:1].lower()}{name[1:]} ({unit_of(row['unit']).name})"]
    parts += [labels.get((name, row[name]), row[name]) for name in BREAKDOWNS if row.get(name) not in (None, "all")]
    return ", ".join(parts)


def _summary(context: Context) -> tuple[Grid, ...]:
    """Changed, added and removed cells by dataset over all areas, years that are new counted apart."""
    words, counts = context.texts.topics["revisions"], dict[str, list[int]]()
    for row in context.marts.rows("revision_summary", order=["dataset_id"]):
        own = counts.setdefault(row["dataset_id"], [0, 0, 0, 0])
        place = 3 if row["is_new_year"] else list(words["kinds"]).index(row["change_kind"])
        own[place] += row["cell_count"]
    rows = tuple((_title(context, dataset_id), *own) for dataset_id, own in counts.items())
    return (
        (Grid(words["summary_title"], tuple(words["summary_header"]), rows, frozenset({1, 2, 3, 4})),) if rows else ()
    )


def _side(context: Context, row: Row, side: str) -> Any:
    value, status = row.get(f"value_{side}"), row.get(f"status_{side}")
    if value is not None:
        return value
    return context.texts.statuses.get(status, status) if status else None


def _several_releases(context: Context) -> Block:
    words = context.texts.topics["revisions"]
    found: dict[str, list[Row]] = {}
    for row in context.marts.rows("fct_dataset_release", order=["dataset_id", "retrieved_at"]):
        found.setdefault(row["dataset_id"], []).append(row)
    # releases that are in use together are parts of one whole (months, levels), not one after the other
    several = {dataset_id: rows for dataset_id, rows in found.items() if not all(row["is_in_use"] for row in rows)}
    if not several:
        return Block("releases", words["releases_title"], (words["one_release"],))
    rows = tuple(
        (_title(context, dataset_id), len(own), as_day(own[0]["retrieved_at"]), as_day(own[-1]["retrieved_at"]),
         sum(bool(row["is_in_use"]) for row in own))
        for dataset_id, own in several.items()
    )  # fmt: skip
    said = (words["releases"].format(count=number(len(several))),)
    grid = Grid(words["releases_title"], tuple(words["releases_header"]), rows, frozenset({1, 4}))
    return Block("releases", words["releases_title"], said, grids=(grid,))


def reading_guide(context: Context) -> Block:
    """How to read figures and marks."""
    words = context.texts.topics["reading_guide"]
    return Block("reading_guide", words["title"], tuple(words["lines"]), notes=tuple(context.texts.legend.values()))


def hidden_cells(context: Context) -> Block:
    """Known, hidden and missing cells by dataset for the newest years."""
    words = context.texts.topics["hidden_cells"]
    counts: dict[tuple[str, int], dict[str, int]] = {}
    for row in context.marts.rows("data_quality"):
        if row["finding"].startswith("cells_") and row["year"] is not None:
            own = counts.setdefault((row["dataset_id"], row["year"]), {})
            status = row["finding"].removeprefix("cells_")
            own[status] = own.get(status, 0) + row["finding_count"]
    if not counts:
        return Block("hidden_cells", words["title"], missing=words["missing"])
    hidden = sum(own.get("suppressed", 0) for own in counts.values())
    total = sum(sum(own.values()) for own in counts.values())
    said = words["sentence" if hidden else "none"].format(hidden=number(hidden), all=number(total))
    rows = tuple(
        row for dataset_id in sorted({key[0] for key in counts}) if (row := _hidden_row(context, dataset_id, counts))
    )
    grids = (Grid(words["title"], tuple(words["header"]), rows, frozenset({2, 3, 4, 5})),) if rows else ()
    return Block("hidden_cells", words["title"], (said,), grids=grids)


def _hidden_row(
    context: Context, dataset_id: str, counts: dict[tuple[str, int], dict[str, int]]
) -> tuple[str | int, ...] | None:
    """The newest years of a dataset in one row; None when it hides and lacks nothing in them."""
    years = sorted(year for name, year in counts if name == dataset_id)[-YEARS_OF_HIDDEN:]
    sums = {
        status: sum(counts[dataset_id, year].get(status, 0) for year in years)
        for status in ("ok", "rounded", "suppressed", "missing")
    }
    if not sums["rounded"] and not sums["suppressed"] and not sums["missing"]:
        return None
    span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    return (_title(context, dataset_id), span, sums["ok"], sums["rounded"], sums["suppressed"], sums["missing"])


def breaks(context: Context, shown: Iterable[Figure]) -> Block:
    """Breaks of definition in the figures of this report."""
    words = context.texts.topics["breaks"]
    rows = tuple(
        dict.fromkeys((figure.title, figure.breaks[0], figure.breaks[-1]) for figure in shown if figure.breaks)
    )
    if not rows:
        return Block("breaks", words["title"], (words["none"],))
    return Block("breaks", words["title"], grids=(Grid(words["title"], tuple(words["header"]), rows),))


def numbered(shown: Iterable[Figure]) -> dict[str, tuple[int, Source]]:
    """The datasets behind figures, by their ids, each with its number in the list of sources."""
    found = {source.dataset_id: source for figure in shown for source in figure.sources}
    in_order = sorted(found.values(), key=lambda source: (source.title, source.dataset_id))
    return {source.dataset_id: (number, source) for number, source in enumerate(in_order, start=1)}


def sources(context: Context, shown: Iterable[Figure]) -> Block:
    """Every dataset behind a figure of the report, with licence, dates and where to find it."""
    words = context.texts.topics["sources"]
    found = numbered(shown)
    if not found:
        return Block("sources", words["title"], missing=words["missing"])
    rows = tuple(
        (str(place), source.title, source.attribution.removeprefix("Kilde: "), source.licence,
         context.texts.cadences.get(source.cadence, source.cadence), source.retrieved, source.updated,
         source.next_expected, source.link)
        for place, source in found.values()
    )  # fmt: skip
    said = words["used"].format(used=number(len(rows)), all=number(len(_in_use(context))))
    return Block("sources", words["title"], (said,), grids=(Grid(words["title"], tuple(words["header"]), rows),))


def _in_use(context: Context) -> list[Row]:
    rows = [row for row in context.sources.datasets.values() if row.get("has_release")]
    return sorted(rows, key=lambda row: (row["statistic_group"] or "", row["title_nb"] or ""))


def _title(context: Context, dataset_id: str) -> str:
    return context.sources.datasets.get(dataset_id, {}).get("title_nb") or dataset_id
