"""Workbooks laid out as NAV lays out AAP155 and PST302, for tests: no file of either is at hand.

Here: building them, areas from Klass, figures made up by rule. Not here: any assertion. The layouts follow
upstream/nav/SOURCE.md section 1.5.
"""

from pathlib import Path

import xlsxwriter

from sources.klass.history import counties, municipalities

MONTHS = ["Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August"]
Rows = list[list[object]]


class Fault(str):
    """A cell that holds this Excel error, as a formula leaves it."""


def write(path: Path, sheets: dict[str, Rows]) -> Path:
    """A workbook of these sheets."""
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, Fault):
                    sheet.write_formula(number, column, "=NA()", None, str(cell))
                else:
                    sheet.write(number, column, cell)
    book.close()
    return path


def count_of(code: str, month: int) -> int:
    """The made-up count of a municipality: known in advance, so that sums can be worked out by hand."""
    return 4 + int(code) % 50 + month


def shown(code: str, month: int, hidden: set[tuple[str, int]]) -> object:
    return "*" if (code, month) in hidden else count_of(code, month)


def aap155(path: Path, hidden: set[tuple[str, int]] = frozenset(), months: int = 8, **change: object) -> Path:
    """AAP155: three sheets, county totals "I alt 03 Oslo - Oslove", Ukjent in the count sheet only."""
    names = MONTHS[:months]
    count: Rows = _top("Antall", months)
    share: Rows = _top("Andel", months)
    for county, county_name in counties(2026):
        codes = [(c, n) for c, n in municipalities(2026) if c.startswith(county)]
        totals = [sum(count_of(c, m) for c, _ in codes) for m in range(1, months + 1)]
        count += [["", county_name], ["", "", *names], ["", f"I alt {county} {county_name}", *totals]]
        share += [["", county_name], ["", "", *names], ["", f"I alt {county} {county_name}", *[2.0] * months]]
        for code, name in codes:
            count.append(["", f"{code} {name}", *[shown(code, m, hidden) for m in range(1, months + 1)]])
            share.append(["", f"{code} {name}", *[round(1 + int(code) % 7 / 10, 1)] * months])
    count += [["", "Ukjent"], ["", "", *names], ["", "I alt Ukjent", *[9] * months], ["", "Ukjent", *[9] * months]]
    sheets = {" Om statistikken": [["", "Kilde: NAV"]], "1. Kommune. Antall": count, "2. Kommune. Andel": share}
    return write(path, {**sheets, **change})


def pst302(path: Path, oslo_starred: bool = True) -> Path:
    """PST302: five sheets, totals "03 Oslo - Oslove i alt  ", city districts of six digits, Oslo starred throughout."""
    names = MONTHS[:2]
    county: Rows = _top("Antall", 2, "uføretrygd")
    county += [["", "", *names], ["", "I alt", 1000, 1001]]
    place: Rows = _top("Antall", 2, "uføretrygd")
    for code, county_name in counties(2026):
        inside = [(c, n) for c, n in municipalities(2026) if c.startswith(code)]
        totals = [sum(count_of(c, m) for c, _ in inside) for m in (1, 2)]
        county.append(["", f"{code} {county_name}", *totals])
        place += [["", county_name], ["", "", *names]]
        for number, name in inside:
            figures: list[object] = [count_of(number, 1), count_of(number, 2)]
            if number == "0301" and oslo_starred:
                place.append(["", f"{number}01 Bydel Gamle Oslo", 3, 4])
                place.append(["", f"{number} {name} i alt", "*", "*"])
            else:
                place.append(["", f"{number} {name}", *figures])
        place.append(["", f"{code} {county_name} i alt  ", *totals])
    share_county = [row if not isinstance(row[-1:][0] if row else "", int) else [*row[:2], 3.1, 3.2] for row in county]
    share_place = [
        [*row[:2], *("*" if c == "*" else 3.5 if isinstance(c, int) else c for c in row[2:])] for row in place
    ]
    return write(
        path,
        {
            " Om statistikken": [["", "Kilde: NAV"]],
            "Fylke. Antall": county,
            "Fylke. Andel": share_county,
            "Kommune-bydel. Antall": place,
            "Kommune-bydel. Andel": share_place,
        },
    )


def _top(kind: str, months: int, title: str = "arbeidsavklaringspenger") -> Rows:
    period = f"Periode: 2026 01 - 2026 {months:02d}"
    return [
        [],
        ["", "Kilde: NAV", f"Mottakere av {title}. Kommune."],
        ["", "", f"Kommune. {kind}"],
        [],
        [],
        ["", period],
        [],
    ]
