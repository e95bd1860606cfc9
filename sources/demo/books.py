"""An invented workbook: sheets of rows, the same bytes every time.

Here: writing it. Not here: what stands in it (nav.py, deliveries.py, payments.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

_WRITTEN = datetime(2026, 6, 30, tzinfo=UTC).replace(tzinfo=None)


def write_book(path: Path, sheets: Mapping[str, Iterable[Sequence[str | float | None]]]) -> None:
    """Write the sheets, each from its first cell on; None leaves a cell empty."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "Oppdiktede tall", "created": _WRITTEN})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
