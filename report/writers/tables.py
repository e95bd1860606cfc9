"""Figures as tables: areas down, years across, every cell with its marks and what it lacks in words.

Here: what stands in each cell and which legend the table needs. Not here: how a writer sets it.
"""

from dataclasses import dataclass
from datetime import date

from report.drawing.charts import cell_text
from report.model import Cell, Figure, GridValue, Measured, Source
from report.words.norwegian import number, short_day
from report.words.texts import texts


@dataclass(frozen=True)
class TableCell:
    """Text of a cell and the marks behind it; ``is_figure`` is False for a word that stands where a figure would."""

    text: str
    marks: tuple[str, ...] = ()
    is_figure: bool = True


@dataclass(frozen=True)
class FigureTable:
    """A figure as rows; ``legend`` explains the marks and words that occur in it."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[TableCell, ...]], ...]
    legend: tuple[str, ...]


def figure_table(shown: Figure) -> FigureTable:
    """All lines of a figure by year, with the municipality's place when it is ranked."""
    words, legend = texts(), dict[str, str]()
    has_rank = any(line.rank and not shown.unit.is_additive for line in shown.lines)
    rows = []
    for line in shown.lines:
        cells = [_cell(line.at(year), shown, legend) for year in shown.years]
        if has_rank:
            cells.append(_rank(line.rank, line.ranked_count, line.rank_year))
        group = words.short.get(line.group, line.group)
        rows.append((f"{line.title}: {group}" if group else line.title, tuple(cells)))
    if any(year in shown.breaks for year in shown.years[1:]):
        legend["break"] = words.legend["break"]
    columns = [str(year) for year in shown.years] + ([words.words["rank"]] if has_rank else [])
    return FigureTable(
        caption=f"{shown.title} ({shown.unit.name})",
        corner=shown.corner or words.words["area"],
        columns=tuple(columns),
        rows=tuple(rows),
        legend=tuple(legend.values()),
    )


def _cell(cell: Cell, shown: Figure, legend: dict[str, str]) -> TableCell:
    words, marks = texts(), []
    if cell.says_something and not cell.is_hidden:
        for basis in ("published_under_other_code", "summed", "recomputed"):
            if cell.basis == basis and not shown.is_forecast:
                marks.append(words.marks[basis])
                legend[basis] = words.legend[basis]
    if cell.is_rounded:
        marks.append(words.marks[cell.status])
        legend[cell.status] = words.legend[cell.status]
    if cell.is_running or cell.is_preliminary:
        marks.append(words.marks["running"])
        legend["running"] = words.legend["running"]
    if word := _word(cell):
        legend[word] = words.legend[word]
    return TableCell(cell_text(cell, shown.unit), tuple(marks), cell.is_known)


def _word(cell: Cell) -> str:
    """The key of the legend that explains a cell without one known figure."""
    if cell.is_known:
        return ""
    if cell.is_hidden:
        return "hidden"
    if cell.is_interval:
        return "interval"
    if cell.is_at_least:
        return "at_least"
    if cell.status in ("not_applicable", "not_finite"):
        return "not_applicable"
    return "unavailable" if cell.status == "unavailable" or cell.reason else "missing"


def _rank(rank: int | None, count: int | None, year: int | None) -> TableCell:
    if not rank or not count:
        return TableCell("")
    text = texts().words["rank_cell"].format(rank=number(rank), count=number(count))
    return TableCell(f"{text} ({year})")


def grid_text(value: GridValue, is_figure: bool) -> str:
    """A value of a grid as a reader sees it; a year or a code (no figure) keeps its digits together."""
    if value is None:
        return "–"
    if isinstance(value, Measured):
        return cell_text(value.cell, value.unit)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, date):
        return short_day(value)
    if isinstance(value, int):
        return number(value) if is_figure else str(value)
    if isinstance(value, float):
        return number(value, 0 if value == int(value) else 1)
    return value


def source_line(source: Source, today: date) -> str:
    """Where a figure comes from, when it was fetched, and when the next release is expected."""
    words = texts()
    return words.sentences["source_line"].format(
        **_told(source), cadence=words.cadences.get(source.cadence, source.cadence), next=_due(source, today)
    )


def source_note(source: Source, today: date) -> str:
    """The same where a list of sources says the rest: only that a release is late is said here too."""
    sentences = texts().sentences
    short = sentences["source_short"].format(**_told(source))
    is_late = source.cadence != "discontinued" and source.next_expected is not None and source.next_expected < today
    return f"{short} {sentences['source_late'].format(next=_due(source, today))}" if is_late else short


def _told(source: Source) -> dict[str, str]:
    publisher = source.attribution.removeprefix("Kilde: ").strip()
    return {
        "title": source.title,
        "detail": "".join(f", {part}" for part in (publisher, source.detail) if part),
        "retrieved": short_day(source.retrieved) if source.retrieved else texts().sentences["retrieved_unknown"],
    }


def _due(source: Source, today: date) -> str:
    """When the next release is expected, in words."""
    sentences = texts().sentences
    if source.cadence == "discontinued":
        return sentences["next_never"]
    if source.next_expected is None:
        return sentences["next_unknown"]
    key = "next_known" if source.next_expected >= today else "next_late"
    return sentences[key].format(date=short_day(source.next_expected))
