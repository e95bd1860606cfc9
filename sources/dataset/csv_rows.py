"""Rows of a CSV text with the line each ends on, where a text that is no CSV is a typed error with its line.

Here: splitting. Not here: encodings, headers or what cells mean.
"""

import csv
from collections.abc import Iterable, Iterator

from sources.errors import LayoutError


def csv_rows(lines: Iterable[str], where: str, delimiter: str = ";") -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row. Raises LayoutError for a stray line end or a quote that never closes."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as problem:
        raise LayoutError(
            expected=f"rows of cells parted by {delimiter!r}",
            found=f"text that cannot be split ({problem})",
            where=f"{where} line {reader.line_num}",
            next_step="see the line in the file; it may have been damaged on its way: fetch it again",
        ) from problem
