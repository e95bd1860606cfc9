"""Composed exports of microdata.no in the three layouts that are thought of; nobody here has seen a real one.

Here: the bytes of files with the figures a test gives. Not here: tests, or the reader.
"""

from pathlib import Path

import xlsxwriter

MARK = "gruppe_3909_2023_54_a1b2c3"
GROUPS = ("ovrige", "innvandrer", "flyktning_inntil_5", "flyktning_over_5")

Tables = dict[str, tuple[str, ...]]
"""Alias of the variable -> the printed figure of each group."""

WORKED: Tables = {
    "personer_i_alt": ("41000", "5000", "600", "1400"),
    "mottar_social_assistance": ("800", "200", "300", "200"),
    "social_assistance": ("40000000", "12000000", "18000000", "10000000"),
}
"""Larvik as composed: 48 000 residents, 1 500 recipients and 80 million kroner in all."""


def wide(tables: Tables, mark: str = MARK, sign: str = ";") -> str:
    """Layout 1: the groups as columns, a line a variable."""
    lines = [sign.join([mark, *GROUPS])]
    lines += [sign.join([alias, *figures]) for alias, figures in tables.items()]
    return "\r\n".join(lines) + "\r\n"


def long(tables: Tables, mark: str = MARK, sign: str = ";") -> str:
    """Layout 2: a line a figure, a table after the other with its head."""
    parts = []
    for alias, figures in tables.items():
        lines = [sign.join([mark, f"sum({alias})"])]
        lines += [sign.join(pair) for pair in zip(GROUPS, figures, strict=True)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def sheet(path: Path, tables: Tables, mark: str = MARK) -> Path:
    """Layout 3: a worksheet with the command over each table and a line of totals under it, as a web page exports."""
    with xlsxwriter.Workbook(str(path)) as book:
        page, at = book.add_worksheet("Tabeller"), 0
        for alias, figures in tables.items():
            page.write_string(at, 0, f"tabulate {mark}, summarize({alias}) sum flatten")
            page.write_row(at + 2, 0, [mark, "Sum"])
            for row, (group, figure) in enumerate(zip(GROUPS, figures, strict=True), start=at + 3):
                page.write_string(row, 0, group)
                page.write(row, 1, float(figure) if figure.replace(".", "").isdigit() else figure)
            page.write_row(at + 7, 0, ["Totalt", sum(float(f) for f in figures if f.replace(".", "").isdigit())])
            at += 10
    return path


def by_age(alias: str, figures: dict[str, tuple[str, ...]], mark: str = MARK, sign: str = ";") -> str:
    """A table by group and age: ages as columns, with a column of totals. ``figures`` is group -> figures by age."""
    ages = ("alder_18_29", "alder_30_44", "alder_45_54")
    lines = [f"tabulate {mark} aldersgruppe, summarize({alias}) sum flatten", sign.join(["", *ages, "Totalt"])]
    lines += [sign.join([group, *cells, "999"]) for group, cells in figures.items()]
    return "\n".join(lines) + "\n"
