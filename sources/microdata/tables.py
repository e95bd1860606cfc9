"""The tables in an export from microdata.no, in whatever layout: each figure with what stands to its left, above it and over it.

Here: bytes to rows of cells, and which texts say what a figure is. Not here: what may be wrong with the figures (reader.py).
Nobody here has seen an export, so no layout is demanded: a figure is known by the names our own script gave to groups, ages and
variables, wherever they stand: in its row, in its column, or in the lines over its table. Three layouts are held by tests: groups
as columns, a line a figure, and a worksheet with the command over each table.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sources.dataset.workbook import Cell, as_text, open_workbook, refuse_unreadable
from sources.microdata.errors import OtherStatistic, UnknownVariable
from sources.microdata.numbers import looks_like_number
from sources.microdata.schemes import AGES, GROUPS, NO_SCHEME, RECEIVES, RESIDENTS, SCHEMES
from sources.microdata.script import MARK, Mark
from sources.ports import Document
from sources.raw import is_sheet_file

SHEET_ROWS = 1_000_000
"""``source_row`` of a cell is (number of its sheet from 0) x SHEET_ROWS + its row: a csv file is the sheet 0."""

_TOTALS = frozenset({"total", "totalt", "i alt", "alle", "samlet"})
_VALUES = frozenset({"verdi", "value", "sum"})
_HIDDEN = frozenset({"", ".", "..", ":", "*", "-", "–", "x", "nan", "null", "none", "<5", "< 5", "under 5", "sysmiss"})
_COUNTS = frozenset({"antall", "n", "freq", "frekvens", "count"})
_OTHER = re.compile(
    r"\b(mean|gjennomsnitt|std|standardavvik|p25|p50|p75|median|gini|iqr|rowpct|colpct|cellpct)\b", re.I
)
_ASKED = re.compile(r"(?:summarize|sum)\(\s*([^)\s]+)\s*\)", re.I)

MEASURES: dict[str, tuple[str, str]] = {RESIDENTS: (NO_SCHEME, "residents_persons")}
for _scheme in SCHEMES:
    MEASURES[f"{RECEIVES}{_scheme.code}"] = (_scheme.code, "recipients_persons")
    for _name in (_scheme.code, _scheme.variable, _scheme.platform_name):
        MEASURES[_name.casefold()] = (_scheme.code, "paid_nok")
_ALIAS = re.compile(
    r"(?<![\w])(" + "|".join(sorted(map(re.escape, MEASURES), key=len, reverse=True)) + r")(?![\w])", re.I
)


@dataclass(frozen=True)
class ExportedFigure:
    """One cell with what was found around it. ``text`` is the cell as it stands, ``number`` its value where a workbook says it.

    ``age`` is ``all`` in a table that is not by age, and ``total`` where a table by age adds its ages up.
    """

    mark: Mark | None
    scheme: str
    measure: str
    group: str
    age: str
    number: float | None
    text: str
    row: int
    place: str

    @property
    def is_hidden(self) -> bool:
        return self.number is None and self.text.casefold() in _HIDDEN


@dataclass
class Export:
    """All figures of a file, the marks it bears, and the tables whose heading stands there without any figure."""

    figures: list[ExportedFigure] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)
    empty: list[str] = field(default_factory=list)
    text: str = ""


@dataclass
class _Around:
    """What is said of the cells to come: the lines over the table, and the texts at the head of its columns."""

    titles: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    is_open: bool = False
    """Whether a heading has been read that no figure has followed yet."""

    def head(self, index: int) -> str:
        return self.header[index] if index < len(self.header) else ""


def export_of(document: Document) -> Export:
    """Everything in a file that is a figure of the script. Raises UnknownVariable and OtherStatistic naming the cell, and the
    workbook reader's errors."""
    found = Export()
    for offset, sheet, rows in _sheets(document):
        around = _Around()
        for number, row in enumerate(rows, start=1):
            cells = [as_text(cell) for cell in row]
            found.text += " ".join(cells) + "\n"
            found.marks |= {Mark.of(m) for cell in cells for m in MARK.finditer(cell)}
            _take(found, around, row, cells, offset + number, f"{document.name}, {sheet}rad {number}")
        _close(found, around)
    return found


def _take(found: Export, around: _Around, row: list[Cell], cells: list[str], at: int, where: str) -> None:
    """One row: a heading, the heads of columns, or figures."""
    filled = [cell for cell in cells if cell]
    figures = [index for index in range(len(cells)) if _is_figure(around, row, cells, index)]
    if figures:
        around.is_open = False
        labels = [c for i, c in enumerate(cells) if c and i not in figures and c.casefold() not in _HIDDEN]
        for index in figures:
            refuse_unreadable(row[index], where)
            found.figures.append(_figure(around, labels, row[index], cells[index], index, at, where))
    elif filled:
        text = " ".join(filled)
        if len(filled) == 1 or _ASKED.search(text):
            _close(found, around)
            around.titles, around.header, around.is_open = (
                [*around.titles, text] if around.is_open else [text],
                [],
                True,
            )
        if len(filled) > 1:
            around.header = cells


def _is_figure(around: _Around, row: list[Cell], cells: list[str], index: int) -> bool:
    """Whether a cell is a figure: a number (but that of a count beside the sum, or of a line), or a mark under a head that says
    what stands below it."""
    head = around.head(index)
    if around.header and (head.casefold() in _COUNTS or (not head and index == 0)):
        return False
    if isinstance(row[index], float) or looks_like_number(cells[index]):
        return True
    says = _code_of(head, GROUPS) or _code_of(head, AGES) or _ALIAS.search(head) or head.casefold() in _TOTALS | _VALUES
    is_line = any(_ALIAS.fullmatch(cell) or (_is_named(cell) and not MARK.search(cell)) for cell in cells[:index])
    return bool(says) and is_line and cells[index].casefold() in _HIDDEN


def _close(found: Export, around: _Around) -> None:
    """A heading that names a variable and has no figure under it is a table the platform has stopped."""
    if around.is_open and (asked := _ALIAS.search(" ".join(around.titles))):
        found.empty.append(asked[1])
        around.titles, around.is_open = [], False


def _figure(
    around: _Around, labels: list[str], cell: Cell, text: str, index: int, at: int, where: str
) -> ExportedFigure:
    head = around.head(index)
    near = [*labels, head]
    said = [*near, *around.header[:1], *around.titles]
    whole = " ".join([*labels, *around.header, *around.titles])
    if other := _OTHER.search(" ".join(said)):
        raise OtherStatistic(
            expected="summer (tabulate …, summarize(…) sum flatten)",
            found=f"«{other[1]}»",
            where=where,
            next_step="Kjør skriptet slik det er skrevet, og eksporter tabellene på nytt.",
        )
    scheme, measure = _measure_of(said, where)
    group, age = _first(near, GROUPS), _first(near, AGES)
    has_total = any(label.casefold() in _TOTALS for label in near)
    is_by_age = age is not None or "aldersgruppe" in whole or any(_code_of(head, AGES) for head in around.header)
    if (group is None or (is_by_age and age is None)) and not has_total:
        raise UnknownVariable(
            expected=f"en gruppe fra skriptet ({', '.join(GROUPS)})",
            found=f"«{' / '.join(label for label in near if label)[:60]}»",
            where=where,
            next_step="Kjør skriptet slik det er skrevet, og eksporter tabellene på nytt.",
        )
    mark = MARK.search(whole)
    number = cell if isinstance(cell, float) else None
    shown = age or ("total" if is_by_age else "all")
    return ExportedFigure(
        Mark.of(mark) if mark else None, scheme, measure, group or "all", shown, number, text, at, where
    )


def _measure_of(said: list[str], where: str) -> tuple[str, str]:
    """The variable nearest to the figure: its own row and column before the lines over the table."""
    for text in said:
        asked = _ASKED.search(text)
        known = _ALIAS.search(asked[1] if asked else text)
        if known:
            return MEASURES[known[1].casefold()]
        if asked:
            raise _unknown(asked[1], where)
    labels = [text for text in said if text and not _is_named(text)]
    raise _unknown(labels[0] if labels else "en tabell uten navn på variabelen", where)


def _unknown(found: str, where: str) -> UnknownVariable:
    return UnknownVariable(
        expected="en variabel fra skriptet («integrering microdata»)",
        found=f"«{found[:60]}»",
        where=where,
        next_step="Ta tabellen ut av filen, eller kjør skriptet slik det er skrevet. Ingenting av filen er tatt inn.",
    )


def _is_named(text: str) -> bool:
    return bool(_code_of(text, GROUPS) or _code_of(text, AGES) or MARK.search(text)) or text.casefold() in _TOTALS


def _first(said: list[str], codes: Mapping[str, object]) -> str | None:
    return next((code for text in said if (code := _code_of(text, codes))), None)


def _code_of(text: str, codes: Mapping[str, object]) -> str | None:
    """The script's own value in a cell; quotes around it count for nothing."""
    plain = text.strip("'\"«» ").casefold()
    return plain if plain in codes else None


def _sheets(document: Document) -> Iterator[tuple[int, str, list[list[Cell]]]]:
    """Offset of the row numbers, name for messages, rows."""
    if is_sheet_file(document):
        for sheet in open_workbook(document.path, document.name):
            yield sheet.number * SHEET_ROWS, f"ark «{sheet.name}», ", sheet.rows
    else:
        yield 0, "", text_rows(document.path.read_bytes())


def text_rows(body: bytes) -> list[list[Cell]]:
    """The rows of a text file: UTF-8 with or without mark, UTF-16, or Norwegian Windows; parted by semicolon, tab or comma."""
    lines = decoded(body).splitlines()
    if lines and (said := re.fullmatch(r"sep=(.)", lines[0].strip(), re.I)):
        lines[0], sign = "", said[1]
    else:
        told = [line for line in lines if any(letter.isdigit() for letter in line)]
        sign = next((s for s in (";", "\t") if any(s in line for line in told)), ",")
    return [next(csv.reader(io.StringIO(line), delimiter=sign), []) for line in lines]


def decoded(body: bytes) -> str:
    """The text of a file, or of its beginning."""
    try:
        return body.decode("utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")
