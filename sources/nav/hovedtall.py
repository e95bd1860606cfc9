"""Municipal figures that a county copied out of NAV's monthly PDF "Hovedtall om arbeidsmarkedet" into a workbook.

Here: that one form, whose header does not stand over its figures, so that each cell's own grammar is the contract.
Not here: NAV's own workbooks (reader.py). The month stands in the sheet's name alone.
"""

import re
from datetime import date

from sources.dataset.recognition import Sighting
from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import Cell, Sheet, as_text, open_workbook, refuse_unreadable
from sources.landing.observation import Reading
from sources.nav.layout import HIDDEN, MONTHS, Observations, layout_error
from sources.ports import Document

FORM = "nav_hovedtall_extract"
COUNT = ("unemployed_persons", "persons")
SHARE = ("unemployed_pct", "percent")

_SHORT = "|".join(month[:3] for month in MONTHS)
_ONE_MONTH = re.compile(rf"(?<![a-zæøå-])({_SHORT})[a-z]* (20\d\d)$", re.IGNORECASE)
_MONTHS = re.compile(rf"^({_SHORT})-({_SHORT}) (20\d\d)$", re.IGNORECASE)
_CODE = re.compile(r"^\d{4}$")
_WHOLE = re.compile(r"^\d+$")
_DECIMAL = re.compile(r"^\d+(,\d+)?$")
_CODE_AT, _NAME_AT, _FIRST_FIGURE_AT = 0, 1, 2


def read(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """Counts and shares of a month, or shares of several months. Raises LayoutError naming sheet and row.

    The share beside a hidden count is hidden too.
    """
    found = Observations(spec)
    for document in documents:
        for sheet in open_workbook(document.path, document.name, found.notes):
            where = f"{document.name}, sheet {sheet.name!r}"
            if match := _MONTHS.match(sheet.name):
                _months(sheet, _number(match[1]), _number(match[2]), int(match[3]), found, where)
            elif match := _ONE_MONTH.search(sheet.name):
                _one_month(sheet, date(int(match[2]), _number(match[1]), 1), found, where)
            else:
                found.notes["sheets without a month in the name left out"] += 1
    return found.reading()


def recognise(sheets: list[Sheet]) -> Sighting | None:
    """``nav_hovedtall_extract`` when a sheet's name ends in a month and it holds shares of the labour force by code."""
    marked = [sheet for sheet in sheets if _is_extract(sheet)]
    return Sighting(FORM, len(marked) / len(sheets)) if marked else None


def _is_extract(sheet: Sheet) -> bool:
    texts = {as_text(cell).casefold() for row in sheet.rows[:4] for cell in row}
    has_codes = any(row and _CODE.match(as_text(row[_CODE_AT])) for row in sheet.rows)
    return bool(_ONE_MONTH.search(sheet.name)) and "prosent_av_arbeidsstyrken" in texts and has_codes


def _number(month: str) -> int:
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(month.casefold()))


def _one_month(sheet: Sheet, month: date, found: Observations, where: str) -> None:
    """Rows of code, name, count, share; what stands to the right are changes from the year before."""
    for number, row in enumerate(sheet.rows, start=1):
        code = as_text(row[_CODE_AT])
        if not _CODE.match(code):
            continue
        spot = f"{where}, row {number} ({code} {as_text(row[_NAME_AT])})"
        count = _figure(row[_FIRST_FIGURE_AT], _WHOLE, "a whole number or *", spot)
        cell = row[_FIRST_FIGURE_AT + 1]
        if cell is None and count[1] == "suppressed":  # the share of a hidden count is left empty: hidden, not missing
            cell = HIDDEN
        share = _figure(cell, _DECIMAL, "a share with decimal comma or *", spot)
        if count[1] == "suppressed" and share[1] == "ok":
            share = (None, "suppressed")
            found.notes["shares beside a hidden count hidden too"] += 1
        found.add((number, sheet.place(_FIRST_FIGURE_AT)), code, month, COUNT, count)
        found.add((number, sheet.place(_FIRST_FIGURE_AT + 1)), code, month, SHARE, share)


def _months(sheet: Sheet, first: int, last: int, year: int, found: Observations, where: str) -> None:
    """A header row of month names over shares; columns under other words (means of the owner) are left out."""
    wanted = list(range(first, last + 1))
    header = [as_text(cell).casefold() for cell in sheet.rows[1]] if len(sheet.rows) > 1 else []
    columns = {column: MONTHS.index(name) + 1 for column, name in enumerate(header) if name in MONTHS}
    if list(columns.values()) != wanted:
        names = ", ".join(MONTHS[month - 1] for month in wanted)
        raise layout_error(f"the months {names}, as the sheet's name says", repr(header[:8]), f"{where}, row 2")
    for number, row in enumerate(sheet.rows, start=1):
        code = as_text(row[_CODE_AT])
        if _CODE.match(code):
            spot = f"{where}, row {number} ({code} {as_text(row[_NAME_AT])})"
            for column, month in columns.items():
                share = _figure(row[column], _DECIMAL, "a share or *", spot)
                found.add((number, sheet.place(column)), code, date(year, month, 1), SHARE, share)


def _figure(cell: Cell, grammar: re.Pattern[str], expected: str, where: str) -> tuple[float | None, str]:
    if isinstance(cell, float):
        return cell, "ok"
    refuse_unreadable(cell, where)
    text = as_text(cell)
    if text == HIDDEN:
        return None, "suppressed"
    if not grammar.match(text):
        raise layout_error(expected, repr(text[:40]), where)
    return float(text.replace(",", ".")), "ok"
