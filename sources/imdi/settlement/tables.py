"""The blocks of a settlement page to its figures: tables by county, and the figures of the running text.

Here: which table says what about which area and year. Not here: HTML (blocks.py), codes (areas.py), observations.

Tables of a page: «Oversikt over bosettingen i fylkene i <year>», one «<county> - oversikt over bosettingen i <year>» for
each county, and on a page that still shows the request «<county> - anmodning <year>» with unaccompanied minors by age.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sources.dataset.dimensions import fold
from sources.errors import LayoutError, UnknownLabelError, ValueGrammarError
from sources.imdi.settlement.blocks import HEADINGS, PagePiece
from sources.vocabulary import names_nb

Status = Literal["ok", "suppressed", "missing"]
Level = Literal["municipality", "county", "country"]

_OVERVIEW = re.compile(r"oversikt over bosettingen i (?:(?:fylkene|kommunene) i )?(20\d\d)", re.IGNORECASE)
_REQUEST = re.compile(r"anmodning (20\d\d)|anmodningen? i (20\d\d)", re.IGNORECASE)
_OF_COUNTY = re.compile(r"^(.+?)\s+[-–—]\s+(?:oversikt over bosettingen|anmodning)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(20\d\d)\b")
_MONTHS = list(names_nb("month").values())
_PRINTED = re.compile(rf"\((?:oppdatert|tall per) (\d\d?)\. ({'|'.join(_MONTHS)})(?: (20\d\d))?\)", re.IGNORECASE)
_NUMBER = r"(\d[\d ]*)"
_MARKS: dict[str, Status] = {":": "suppressed", "-": "missing", "–": "missing", "": "missing"}
_WAITING = "avventer vedtak"
_NAMES: dict[str, Level] = {"kommune": "municipality", "fylke": "county"}
_NEXT = "compare the page with the reader (docs/datasets.md); the last good release stays in use"


@dataclass(frozen=True)
class PageFigure:
    """A cell or a figure of the text: ``number`` and ``column`` say where it stands, ``printed_on`` the date beside it.

    ``county_name`` tells equal names apart; both names are empty for the country. ``is_text`` = from the running text.
    """

    number: int
    column: int | None
    level: Level
    county_name: str
    name: str
    measure: str
    value: int | None
    status: Status
    is_text: bool = False
    printed_on: date | None = None


@dataclass
class Page:
    """All figures of one page, the year they are of, the date its tables carry, and what was odd on the way."""

    year: int
    figures: list[PageFigure] = field(default_factory=list)
    tables_on: date | None = None
    notes: Counter[str] = field(default_factory=Counter)


@dataclass
class _Place:
    """Where on the page the reading is: the last headings, and the date that holds for what follows."""

    heading: str = ""
    section: str = ""
    printed_on: date | None = None
    measures: list[str] | None = None
    level: Level = "municipality"
    is_request: bool = False


def read_tables(
    blocks: list[PagePiece], measures: dict[str, str], sentences: list[tuple[str, str]], where: str
) -> Page:
    """The figures of a page.

    ``measures``: column header, folded and without its closing colon, to measure. ``sentences``: (measure, pattern with
    ``{n}`` for the number). Raises LayoutError when there is no such table, when the headings speak of another year than
    the page, or when a row has another number of cells than its header; UnknownLabelError for an unknown column;
    ValueGrammarError for a cell that is neither a whole number nor a known mark.
    """
    page, place = Page(_year_of(blocks, where)), _Place()
    patterns = [(measure, re.compile(text.replace("{n}", _NUMBER), re.IGNORECASE)) for measure, text in sentences]
    requested: list[PageFigure] = []
    for block in blocks:
        if block.kind in HEADINGS:
            _enter(place, block, page)
        elif block.kind == "text":
            place.printed_on = _printed_on(block.text, page.year) or place.printed_on
            page.figures += _figures_of_text(block, patterns, place, page)
        elif block.kind == "header":
            _open_table(place, block, measures, page, where)
        elif place.measures is not None:
            found = _row(place, block, where)
            requested += [f for f in found if place.is_request and f.measure == "requested"]
            page.figures += [f for f in found if not (place.is_request and f.measure == "requested")]
    _add_requests(page, requested)
    _leave_out_contradictions(page)
    _note_sums(page)
    return page


def _year_of(blocks: list[PagePiece], where: str) -> int:
    """The year of the page: what its title says, and most headings over its tables with it.

    On the page of 2022 the heading over one county says 2023 over the rows of 2022: a single heading decides nothing.
    """
    said = Counter(
        int(match[1] or match[2] if match.re is _REQUEST else match[1])
        for block in blocks
        if block.kind in ("h2", "h3") and (match := _OVERVIEW.search(block.text) or _REQUEST.search(block.text))
    )
    title = next((int(m[1]) for b in blocks if b.kind == "h1" and (m := _YEAR.search(b.text))), None)
    most = said.most_common(1)[0][0] if said else None
    if most is None or (title is not None and title != most):
        raise LayoutError(
            expected="headings «Oversikt over bosettingen i fylkene/kommunene i <year>» of the year in the title",
            found=f"title of {title}, headings of {dict(said)}" if said else "no such heading",
            where=where,
            next_step=_NEXT,
        )
    return most


def _enter(place: _Place, block: PagePiece, page: Page) -> None:
    place.measures = None
    place.heading = block.text
    place.printed_on = _printed_on(block.text, page.year)
    if block.kind == "h2":
        place.section = block.text
    match = _OVERVIEW.search(block.text)
    if match and int(match[1]) != page.year:
        page.notes[f"heading «{block.text}» over figures of {page.year}"] += 1


def _printed_on(text: str, year: int) -> date | None:
    """The date in «(oppdatert 28. september)» or «(tall per 15. januar 2025)»; without a year it is the page's."""
    match = _PRINTED.search(text)
    if match is None:
        return None
    return date(int(match[3] or year), _MONTHS.index(match[2].lower()) + 1, int(match[1]))


def _open_table(place: _Place, block: PagePiece, measures: dict[str, str], page: Page, where: str) -> None:
    """Take up a table by its header; one that does not begin with Kommune or Fylke is none of ours."""
    first, *columns = block.texts
    level = _NAMES.get(_label(first))
    place.measures = None
    if level is None:
        return
    unknown = next((text for text in columns if _label(text) not in measures), None)
    if unknown is not None or not columns:
        raise UnknownLabelError(
            expected=f"a known column: {'; '.join(measures)}"[:600],
            found=repr(unknown)[:160] if columns else "no column beside the names",
            where=f"{where}, {place.heading}",
            next_step="add the column to the codes of the dataset's spec with the measure it stands for",
        )
    place.measures = [measures[_label(text)] for text in columns]
    place.level = level
    place.is_request = not _OVERVIEW.search(place.heading)
    if not place.is_request and level == "county":
        page.tables_on = place.printed_on


def _row(place: _Place, block: PagePiece, where: str) -> list[PageFigure]:
    name, *cells = block.texts
    at = f"{where}, {place.heading}, {name}"
    measures = place.measures or []
    if len(cells) != len(measures):
        raise LayoutError(
            expected=f"{len(measures)} figures in each row", found=str(len(cells)), where=at, next_step=_NEXT
        )
    county = name
    if place.level == "municipality":
        match = _OF_COUNTY.match(place.heading)
        if match is None:
            raise LayoutError(
                expected="a heading «<county> - oversikt over bosettingen i <year>» over a table of municipalities",
                found=repr(place.heading[:80]),
                where=at,
                next_step=_NEXT,
            )
        county = match[1]
    found = []
    for column, (measure, text) in enumerate(zip(measures, cells, strict=True), start=2):
        value, status = _value(text, f"{at}, {measure}")
        found.append(PageFigure(block.number, column, place.level, county, name, measure, value, status))
    return found


def _label(text: str) -> str:
    """A column header as it is compared: folded, without footnote marks and the closing colon."""
    return fold(re.sub(r"[:*¹²³\s]+$", "", text))


def _value(text: str, where: str) -> tuple[int | None, Status]:
    compact = text.replace(" ", "")
    if compact in _MARKS:
        return None, _MARKS[compact]
    if fold(text) == _WAITING:
        return None, "missing"
    if not re.fullmatch(r"\d{1,6}", compact):
        raise ValueGrammarError(
            expected="a whole number, `:`, `-` or «avventer vedtak»",
            found=repr(text)[:60],
            where=where,
            next_step="look at the page; a new mark is added to the reader with what it means",
        )
    return int(compact), "ok"


def _figures_of_text(
    block: PagePiece, patterns: list[tuple[str, re.Pattern[str]]], place: _Place, page: Page
) -> list[PageFigure]:
    found = []
    for measure, pattern in patterns:
        if match := pattern.search(block.text):
            value = int(match[1].replace(" ", ""))
            found.append(
                PageFigure(block.number, None, "country", "", "", measure, value, "ok", True, place.printed_on)
            )
    return found


def _add_requests(page: Page, requested: list[PageFigure]) -> None:
    """The request as the tables of the request show it, where no table of settlement shows it (a page of next year)."""
    known = {(f.level, f.county_name, f.name): f for f in page.figures if f.measure == "requested" and not f.is_text}
    for figure in requested:
        other = known.get((figure.level, figure.county_name, figure.name))
        if other is None:
            page.figures.append(figure)
        elif other.value != figure.value:
            page.notes["areas whose request differs between the tables of the request and of settlement"] += 1


def _leave_out_contradictions(page: Page) -> None:
    """A figure that the text gives twice with two values on one date is left out: the reader cannot tell which holds."""
    values: dict[tuple[str, date | None], set[int | None]] = {}
    for figure in page.figures:
        if figure.is_text:
            values.setdefault((figure.measure, figure.printed_on), set()).add(figure.value)
    doubtful = {key for key, found in values.items() if len(found) > 1}
    for measure, _ in doubtful:
        page.notes[f"{measure}: the text says more than one figure"] += 1
    page.figures = [f for f in page.figures if not f.is_text or (f.measure, f.printed_on) not in doubtful]


def _note_sums(page: Page) -> None:
    """Counties whose municipalities do not add up to the printed county, where none is hidden. Noted, never repaired."""
    sums: Counter[tuple[str, str]] = Counter()
    hidden = {(f.county_name, f.measure) for f in page.figures if f.status == "suppressed"}
    for figure in page.figures:
        if figure.level == "municipality":
            sums[figure.county_name, figure.measure] += figure.value or 0
    for figure in page.figures:
        key = (figure.county_name, figure.measure)
        is_comparable = figure.level == "county" and figure.value is not None and key in sums and key not in hidden
        if is_comparable and sums[key] != figure.value:
            page.notes[f"{figure.name}, {figure.measure}: municipalities {sums[key]}, county {figure.value}"] += 1
