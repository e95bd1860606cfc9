"""Writing the empty templates, csv and xlsx, with instructions in Norwegian.

Here: the files a municipality fills in. Not here: what they ask for, which stands in each dataset's spec.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from sources.dataset.spec import DatasetSpec, load_specs
from sources.municipal.template import Template, template_of

ROWS = 1_000
"""Rows of the sheet that offer the lists to choose from."""

_CODES = ("municipality_code", "region_code")
"""Rules whose cells are set as text, so that a spreadsheet keeps a nought in front."""

_ALWAYS = [
    "Fyll ut arket «{sheet}» (eller CSV-filen) og legg filen i drop-mappen.",
    "Ikke endre overskriftene. Ikke skriv navn, fødselsnummer eller andre opplysninger om enkeltpersoner.",
    "Filen blir kontrollert før noe publiseres. Er en celle feil, får dere vite hvilken, og ingenting endres.",
]


def write_templates(folder: Path) -> list[Path]:
    """Write every template as csv (UTF-8, semicolon) and xlsx. The same specs give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for spec in load_specs().values():
        if spec.source == "municipal":
            written += write_template(spec, folder)
    return written


def write_template(spec: DatasetSpec, folder: Path) -> list[Path]:
    """Write one template as csv and xlsx into a folder that is there."""
    template = template_of(spec)
    return [_write_csv(spec, template, folder), _write_workbook(spec, template, folder)]


def _instructions(spec: DatasetSpec, template: Template) -> list[str]:
    return [spec.title_nb, *[line.format(sheet=template.sheet) for line in _ALWAYS], *template.instructions_nb]


def _write_csv(spec: DatasetSpec, template: Template, folder: Path) -> Path:
    path = folder / f"{spec.upstream_id}.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as handle:
        for line in _instructions(spec, template):
            handle.write(f"# {line}\r\n")
        for column in template.columns.values():
            choices = f" ({', '.join(column.labels)})" if column.labels else ""
            handle.write(f"# {column.header}: {column.hint_nb}{choices}\r\n")
        csv.writer(handle, delimiter=";").writerow(template.headers)
    return path


def _write_workbook(spec: DatasetSpec, template: Template, folder: Path) -> Path:
    path = folder / f"{spec.upstream_id}.xlsx"
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    book.set_properties({"title": spec.title_nb, "created": datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(template.sheet)
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(template.columns.values()):
        sheet.set_column(position, position, 24, text if column.rule in _CODES else None)
        sheet.write_string(0, position, column.header, bold)
        if column.labels:
            rule = {"validate": "list", "source": list(column.labels), "error_title": "Ikke i listen"}
            sheet.data_validation(1, position, ROWS, position, rule | {"error_message": "Velg en verdi fra listen."})
    guide = book.add_worksheet("Veiledning")
    guide.set_column(0, 0, 26)
    guide.set_column(1, 1, 60)
    guide.set_column(2, 2, 30)
    for row, line in enumerate(_instructions(spec, template)):
        guide.merge_range(row, 0, row, 2, line, bold if row == 0 else wrapped)
    start = len(_instructions(spec, template)) + 1
    for position, header in enumerate(("Kolonne", "Fyll inn", "Eksempel")):
        guide.write_string(start, position, header, bold)
    for row, column in enumerate(template.columns.values(), start=start + 1):
        choices = f": {', '.join(column.labels)}" if column.labels else ""
        guide.write_string(row, 0, column.header)
        guide.write_string(row, 1, column.hint_nb + choices, wrapped)
        guide.write_string(row, 2, column.example)
    book.close()
    return path
