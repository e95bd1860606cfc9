"""Where SSB's tables lie in the sheets of a workbook: their titles, variables, header rows and first figures.

Here: finding them, also side by side and without a title. Not here: what labels and cells mean (website.py).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import Cell, Sheet, Unreadable, as_text
from sources.errors import LayoutError
from sources.ssb.terms import SYMBOLS

TITLE = re.compile(r"^(?P<table>\d{5}): (?P<name>.+?), (?:etter|by) (?P<variables>.+)$", re.DOTALL)
"""A title as ssb.no writes it, in either language: number, name, and the variables in the order of the table."""

_LAST_VARIABLE = re.compile(r" (?:og|and) (?!.* (?:og|and) )", re.DOTALL)
_LINK = re.compile(r"^\s*https?://\S+\s*$")


@dataclass(frozen=True)
class Block:
    """A table in a sheet: its title's place and variables, and the columns and rows it may reach to."""

    sheet: Sheet
    top: int
    left: int
    right: int
    bottom: int
    variables: list[str] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell:
        return self.sheet.rows[row][column]


def blocks_of(sheets: list[Sheet], spec: DatasetSpec, where: str, notes: Counter[str]) -> list[Block]:
    """The tables of the workbook, with those sheets that repeat a table's header without its title.

    Tables of another number are left out and counted. Raises LayoutError when no title is of this table.
    """
    titled: list[Block] = []
    bare: list[Sheet] = []
    others: list[tuple[Sheet, tuple[int, int]]] = []
    for sheet in sheets:
        places = list(_titles(sheet))
        own = [place for place in places if _table_at(sheet, place) == spec.upstream_id]
        others += [(sheet, place) for place in places if place not in own]
        titled += [block_at(sheet, row, column, spec, where) for row, column in own]
        if not places:
            bare.append(sheet)
    if others and not titled:
        block_at(others[0][0], *others[0][1], spec, where)
    if others:
        notes["tables of another number left out"] += len(others)
    if not titled:
        raise LayoutError(
            expected=f"a title '{spec.upstream_id}: ..., etter region ...' as ssb.no writes it",
            found="none in sheets " + ", ".join(repr(sheet.name) for sheet in sheets),
            where=where,
            next_step="download the table again from ssb.no with its title, or remove the file",
        )
    header = [as_text(cell) for cell in _first_header(titled[0])]
    for sheet in bare:
        alike = replace(titled[0], sheet=sheet, top=-1, left=0, right=_width(sheet), bottom=len(sheet.rows))
        if sheet.rows and [as_text(cell) for cell in _first_header(alike)] == header:
            titled.append(alike)
        else:
            notes["sheets without a table title left out"] += 1
    return titled


def title_of(sheet: Sheet) -> str | None:
    """The table of the first title in the sheet, or None: a file is known by it, wherever its owner has put the table."""
    place = next(_titles(sheet), None)
    return _table_at(sheet, place) if place else None


def _table_at(sheet: Sheet, place: tuple[int, int]) -> str | None:
    match = TITLE.match(as_text(sheet.rows[place[0]][place[1]]))
    return match["table"] if match else None


def _titles(sheet: Sheet) -> Iterator[tuple[int, int]]:
    for number, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and TITLE.match(cell):
                yield number, column


def block_at(sheet: Sheet, row: int, column: int, spec: DatasetSpec, where: str) -> Block:
    match = TITLE.match(as_text(sheet.rows[row][column])) if sheet.rows else None
    if match is None or match["table"] != spec.upstream_id:
        raise LayoutError(
            expected=f"a title of table {spec.upstream_id}",
            found=as_text(sheet.rows[row][column])[:120] if sheet.rows else "an empty file",
            where=f"{where}, sheet {sheet.name!r}",
            next_step="put the table with the dataset it belongs to",
        )
    *first, last = _LAST_VARIABLE.split(match["variables"])
    variables = [text.strip() for text in (*(first[0].split(", ") if first else ()), last) if text.strip()]
    others = [(r, c) for r, c in _titles(sheet) if (r, c) != (row, column)]
    right = min((c for _, c in others if c > column), default=_width(sheet))
    bottom = min((r for r, c in others if c == column and r > row), default=len(sheet.rows))
    return Block(sheet, row, column, right, bottom, variables)


def _width(sheet: Sheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def _first_header(block: Block) -> list[Cell]:
    """The topmost filled cell of each header row: enough to tell one table's header from another's."""
    rows = header_rows(block, first_data_row(block))
    return [next(c for c in block.sheet.rows[r][block.left : block.right] if c is not None) for r in rows]


def first_data_row(block: Block) -> int:
    """The first row below the title with a label and, right of it, a number or one of SSB's symbols."""
    for number in range(block.top + 1, block.bottom):
        row = block.sheet.rows[number][block.left : block.right]
        if row and row[0] is not None and any(is_figure(cell) for cell in row[1:]):
            return number
    return block.bottom


def header_rows(block: Block, first: int) -> list[int]:
    """The filled rows between the title and the first figures; a line that only links to the table is none."""
    rows = range(block.top + 1, first)
    filled = {n: [c for c in block.sheet.rows[n][block.left : block.right] if c is not None] for n in rows}
    return [n for n, cells in filled.items() if cells and not all(isinstance(c, str) and _LINK.match(c) for c in cells)]


def is_figure(cell: Cell) -> bool:
    """Whether a cell stands where a figure stands: a number, one of SSB's symbols, or an error in place of one."""
    return isinstance(cell, float | Unreadable) or (isinstance(cell, str) and cell.strip() in SYMBOLS)
