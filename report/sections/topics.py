"""Blocks about money and programmes whose periods or lines are not simply areas by year.

Here: protection, benefits, coverage. Not here: figures by area and year (figures.py), blocks about the statistics
themselves (sections/method.py), the forecast (forecast/).
"""

from typing import Any

from report.context import Context
from report.judging.shown import shown as as_shown
from report.judging.shown import shown_difference
from report.model import Block, Cell, Figure, Grid, Line, Measured
from report.reading.marts import Row
from report.words.differences import order_word, size_text
from report.words.norwegian import amount, day, figure, number
from report.words.texts import unit_of

BENEFIT_GROUPS = ("immigrants", "rest_of_population", "everyone")


def protection(context: Context) -> Block:
    """Participants by kind of protection, as the municipality or its presentation counted them on a day."""
    words = context.texts.topics["protection"]
    rows = context.marts.rows(
        "introduction_programme_count",
        {"region_code": context.areas.municipality_code},
        order=["as_of_date", "protection_status"],
    )
    if not rows:
        return Block("protection", words["title"], missing=words["missing"], editor=words["editor"])
    newest = max(row["as_of_date"] for row in rows)
    said = [_protected(context, row) for row in rows if row["as_of_date"] == newest]
    grid = Grid(
        words["title"],
        tuple(words["header"]),
        tuple(
            (row["as_of_date"], words["kinds"].get(row["protection_status"], row["protection_status"]),
             row["participant_persons"] if row["participant_persons"] is not None else context.texts.marks["hidden"],
             row["total_persons"], row["share_pct"])
            for row in rows
        ),
        frozenset({2, 3, 4}),
    )  # fmt: skip
    return Block("protection", words["title"], tuple(said), grids=(grid,))


def _protected(context: Context, row: Row) -> str:
    words = context.texts.topics["protection"]
    kind = words["kinds"].get(row["protection_status"], row["protection_status"])
    kind = kind[:1].lower() + kind[1:]
    if row["participant_persons"] is None or row["share_pct"] is None:
        return words["hidden"].format(date=day(row["as_of_date"]), kind=kind)
    return words["sentence"].format(
        **context.names(
            date=day(row["as_of_date"]),
            persons=number(row["participant_persons"]),
            kind=kind,
            total=number(row["total_persons"]),
            share=figure(row["share_pct"], unit_of("percent")),
        )
    )


def benefit_recipients(context: Context) -> Block:
    """Immigrants beside the rest of the population in the newest year of each kind of figure, for the three areas."""
    words, areas = context.texts.topics["benefit_recipients"], context.areas
    where = {"region_code": list(areas.codes), "figure_scope": "by_background", "sex": "all"}
    rows = [
        row
        for row in context.marts.rows("benefit_recipients", where, order=["benefit", "figure_kind"])
        if _is_told(row)
    ]
    if not rows:
        return Block("benefit_recipients", words["title"], missing=words["missing"])
    newest: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = _benefit_key(row)
        newest[key] = max(newest.get(key, 0), row["year"])
    order = list(areas.codes)
    shown = sorted(
        (row for row in rows if row["year"] == newest[_benefit_key(row)]),
        key=lambda row: (*_benefit_key(row), order.index(row["region_code"])),
    )
    cells = tuple(
        (_benefit_name(words, row), areas.title(areas.codes[row["region_code"]]), row["year"],
         unit_of(row["unit"]).name,
         *(Measured(_group_cell(row, group), unit_of(row["unit"])) for group in BENEFIT_GROUPS))
        for row in shown
    )  # fmt: skip
    grid = Grid(words["title"], tuple(words["header"]), cells, frozenset({4, 5, 6}))
    return Block("benefit_recipients", words["title"], grids=(grid,), notes=(words["amounts"],))


def _benefit_key(row: Row) -> tuple[str, str, str]:
    return row["benefit"], row["figure_kind"], row["age_group"]


def _benefit_name(words: dict[str, Any], row: Row) -> str:
    benefit, kind = words["benefits"].get(row["benefit"], row["benefit"]), words["kinds"].get(row["figure_kind"], "")
    return f"{benefit}, {kind}" if kind else benefit


def _group_cell(row: Row, group: str) -> Cell:
    return Cell(
        row.get(f"{group}_value"),
        row.get(f"{group}_value_low"),
        row.get(f"{group}_value_high"),
        row.get(f"{group}_value_status") or "missing",
        row.get(f"{group}_geography_basis") or "",
    )


def _is_told(row: Row) -> bool:
    return row.get("age_group") == "all" and any(_group_cell(row, group).says_something for group in BENEFIT_GROUPS[:2])


def cohort_benefit(context: Context) -> Block:
    """Benefit per settled person, cohort by cohort: the cohorts of one year differ more than the years after settlement do."""
    words = context.texts.topics["cohort_benefit"]
    rows = context.marts.rows("cohort_benefit", order=["benefit", "settlement_year", "year"])
    rows = [row for row in rows if row["amount_nok"] is not None]
    if not rows:
        return Block("cohort_benefit", words["title"], missing=words["missing"])
    unit, lines = unit_of("nok_per_person"), []
    for benefit, settled in dict.fromkeys((row["benefit"], row["settlement_year"]) for row in rows):
        own = [row for row in rows if (row["benefit"], row["settlement_year"]) == (benefit, settled)]
        cells = {row["year"]: _amount(row["amount_nok"]) for row in own}
        name = words["line"].format(kind=words["kinds"].get(benefit, benefit), settled=settled)
        lines.append(Line("other", name, cells))
    shown = Figure(
        figure_id="cohort_benefit",
        title=words["title"],
        definition=words["definition"].format(**context.names()),
        unit=unit,
        lines=tuple(lines),
        years=tuple(sorted({row["year"] for row in rows})),
        form="rows",
        corner=words["corner"],
        is_demo=any(row["is_demo"] for row in rows),
        sources=_sources(context, rows),
    )
    said = [sentence for benefit in words["kinds"] if (sentence := _cohort_sentence(words, benefit, rows))]
    return Block(shown.figure_id, shown.title, tuple(said), shown)


def _amount(value: float) -> Cell:
    return Cell(value, value, value, "ok", "published")


def _cohort_sentence(words: dict[str, Any], benefit: str, rows: list[Row]) -> str:
    """What happened to the cohort whose benefit changed most from one year to the next; empty where none has two years."""
    unit, by = unit_of("nok_per_person"), {}
    for row in rows:
        if row["benefit"] == benefit:
            by[row["settlement_year"], row["year"]] = row["amount_nok"]
    changes = {key: abs(amount_ - by[key[0], key[1] - 1]) for key, amount_ in by.items() if (key[0], key[1] - 1) in by}
    if not changes:
        return ""
    settled, year = max(changes, key=lambda key: changes[key])
    kind = words["kinds"][benefit]
    first, last = (figure(by[settled, y], unit) for y in (year - 1, year))
    parts = {"kind": kind[:1].lower() + kind[1:], "settled": settled, "before": year - 1, "year": year}
    return words["sentence"].format(first=first, last=last, **parts)


def coverage(context: Context) -> Block:
    """The grant as a percent of cost in the country, actual years and the committee's forecast with its range."""
    words = context.texts.topics["coverage"]
    rows = context.marts.rows("cost_coverage", {"scheme": "integration_grant"}, order=["year"])
    actual = {row["year"]: _coverage(row) for row in rows if row["series"] == "actual"}
    actual = {year: value for year, value in actual.items() if value is not None}
    if not actual:
        return Block("coverage", words["title"], missing=words["missing"])
    ahead: dict[int, list[Row]] = {}
    for row in rows:
        if row["series"].startswith("forecast_") and row["year"] > max(actual):
            ahead.setdefault(row["year"], []).append(row)
    forecasts = {year: _range(found) for year, found in ahead.items() if _range(found)}
    lines = [Line("country", words["actual"], {y: Cell(v, v, v, "ok", "published") for y, v in actual.items()})]
    if forecasts:
        lines.append(Line("other", words["forecast"], {y: cell for y, cell in forecasts.items() if cell}))
    last = max([*actual, *forecasts])
    years = tuple(range(max(min(actual), last - max(context.reader.years, 6) + 1), last + 1))
    shown = Figure(
        figure_id="coverage",
        title=words["title"],
        definition=words["definition"],
        unit=unit_of("ratio_percent"),
        lines=tuple(lines),
        years=years,
        corner=words["corner"],
        is_demo=any(row["is_demo"] for row in rows),
        sources=_sources(context, rows),
    )
    return Block("coverage", words["title"], (" ".join(_coverage_sentences(words, actual, forecasts)),), shown)


def _coverage(row: Row) -> float | None:
    return row["coverage_pct"] if row["coverage_pct"] is not None else row["printed_coverage_pct"]


def _range(rows: list[Row]) -> Cell | None:
    values = [value for value in map(_coverage, rows) if value is not None]
    main = next((_coverage(row) for row in rows if row.get("sensitivity") == "main"), None)
    return Cell(main, min(values), max(values), "ok", "published") if values and main is not None else None


def _coverage_sentences(words: dict[str, str], actual: dict[int, float], ahead: dict[int, Cell | None]) -> list[str]:
    unit, year = unit_of("ratio_percent"), max(actual)
    value = actual[year]
    said = [words["sentence"].format(year=year, value=amount(value, unit))]
    if value > 100:
        said.append(words["full"])
    elif value == 100:
        said.append(words["even"])
    else:
        said.append(words["short"].format(rest=amount(float(100 - as_shown(value, unit).value), unit)))
    if year - 1 in actual:
        gap = shown_difference(value, actual[year - 1], unit)
        parts = {"difference": size_text(gap, unit), "word": order_word(gap, unit), "year": year - 1}
        said.append(words["same" if gap.order == "same" else "change"].format(**parts))
    if ahead:
        last = max(ahead)
        cell = ahead[last]
        if cell and cell.value is not None and cell.low is not None and cell.high is not None:
            parts = {"value": amount(cell.value, unit), "low": figure(cell.low, unit), "high": amount(cell.high, unit)}
            said.append(words["forecast_sentence"].format(year=last, **parts))
    return said


def _sources(context: Context, rows: list[Row]) -> tuple[Any, ...]:
    tables = {row["dataset_id"]: row.get("source_table") or "" for row in rows if row.get("dataset_id")}
    return tuple(context.sources.describe(dataset_id, detail) for dataset_id, detail in tables.items())
