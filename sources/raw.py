"""The raw cell behind a row: what stands at a place of a received file, as it was printed.

Here: lines of text and cells of a workbook, for the readers whose files are such. Not here: JSON answers (their readers), or
finding the place (orchestration/trace).
"""

from collections.abc import Sequence
from itertools import takewhile

from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import SHEET_STEP, Sheet, as_text, cell_name, is_workbook, open_workbook
from sources.ports import Document, Place


def text_lines(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """Lines of a text file, each with its number; where a line holds many cells, its first ones and the one asked for, with
    what stands above it in the header."""
    document = documents[0]
    lines = _decoded(document.path.read_bytes()).replace("\r\n", "\n").split("\n")
    heads = [line.split(";") for line in takewhile(_is_head, lines)]
    return [_line(document.name, lines, heads, row, column) for row, column in places]


def sheet_cells(
    spec: DatasetSpec, documents: list[Document], places: Sequence[Place], sheets: list[Sheet] | None = None
) -> list[str]:
    """Cells of a workbook: sheet, cell and the printed text, with its row. ``sheets``: those of a file already opened."""
    document = documents[0]
    opened = sheets or open_workbook(document.path, document.name)
    return [_sheet_cell(document.name, opened, row, column or SHEET_STEP) for row, column in places]


def is_sheet_file(document: Document) -> bool:
    """Whether the document is a workbook."""
    with open(document.path, "rb") as handle:
        return is_workbook(handle.read(8))


def nothing_there(name: str, place: Place) -> str:
    """Said where the file has no such place: its reader has changed since it was read."""
    return f"{name}: nothing stands at row {place[0]}" + (f", column {place[1]}" if place[1] else "")


def _is_head(line: str) -> bool:
    return line.split(";")[0] in ("Region", "")


def _line(name: str, lines: list[str], heads: list[list[str]], row: int, column: int | None) -> str:
    if not 0 < row <= len(lines):
        return nothing_there(name, (row, column))
    line = lines[row - 1]
    if column is None:
        return f"{name}, line {row}: {line}"
    cells = line.split(";")
    cell = cells[column - 1] if column <= len(cells) else ""
    labels = ", ".join(head[column - 1] for head in heads if column <= len(head))
    return f"{name}, line {row}, column {column} ({labels}): {';'.join(cells[:2])};…;{cell}"


def _sheet_cell(name: str, sheets: list[Sheet], row: int, place: int) -> str:
    number, column = divmod(place, SHEET_STEP)
    sheet = next((s for s in sheets if s.number == number), None)
    if sheet is None or not 0 < row <= len(sheet.rows):
        return nothing_there(name, (row, place))
    cells = [as_text(cell) for cell in sheet.rows[row - 1]]
    where = f"{name}, sheet {sheet.name!r}"
    if column == 0:
        return f"{where}, row {row}: {' | '.join(cells)}"
    cell = cells[column - 1] if column <= len(cells) else ""
    return f"{where}, {cell_name(row, place)} = {cell!r}, in the row {' | '.join(cells)}"


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")
