"""Reading a filled template, csv or xlsx, and naming every cell that is wrong in one Norwegian message.

Here: finding the rows, checking cells and rows, typing them. Not here: the rules of one cell (rules.py).
A template with one wrong cell gives no rows at all: what is published stays as it was.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa

from sources.dataset.recognition import BY_NAME, WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec, load_specs
from sources.dataset.workbook import Unreadable, as_text, is_workbook, open_workbook
from sources.errors import SourceError
from sources.klass.history import code_is_valid
from sources.municipal.rules import CellError, apply_rule, label_code, refuse_personal
from sources.municipal.template import Template, template_of
from sources.ports import Document, Place
from sources.published.reader import ARROW_TYPES
from sources.raw import is_sheet_file, nothing_there

MOST_PROBLEMS = 50
FORM = "municipal_template"
_HEADER_ROWS = 20
_NEXT = "Rett det som er nevnt, og legg filen i mappen på nytt. Det som alt er publisert, er ikke endret."


class TemplateError(SourceError):
    """A filled template is not right. ``problems`` has one Norwegian sentence per cell or row."""

    def __init__(self, *, expected: str, found: str, where: str, next_step: str) -> None:
        super().__init__(expected=expected, found=found, where=where, next_step=next_step)
        self.args = (f"{where} er ikke tatt inn:\n{found}\n{next_step}",)

    @property
    def problems(self) -> list[str]:
        return self.found.splitlines()


@dataclass(frozen=True)
class _Line:
    """One filled line: its number in the file or sheet, and its cells as text."""

    number: int
    cells: list[str]


@dataclass
class _Check:
    """Values and problems gathered while going through the lines."""

    values: dict[str, list[object]]
    rows: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def recognise(specimen: Specimen) -> Sighting | None:
    """The template form when all its headers stand in the file, else by the name that templates are given: a wrong
    content is then an error of that file, not an unknown file."""
    own = [spec for spec in load_specs().values() if spec.source == "municipal"]
    headers, name = _headers(specimen), specimen.name.lower()
    for spec in own:
        if {text.casefold() for text in template_of(spec).headers} <= headers:
            return Sighting(FORM, WHOLE, (spec.dataset_id,))
    named = [spec.dataset_id for spec in own if any(fnmatch(name, pattern) for pattern in spec.file_patterns)]
    return Sighting(FORM, BY_NAME, tuple(named)) if named else None


def _headers(specimen: Specimen) -> set[str]:
    """The texts of the first filled lines, where a template has its headers."""
    rows = [[as_text(cell) for cell in row] for sheet in specimen.sheets for row in sheet.rows[:_HEADER_ROWS]]
    if not specimen.is_workbook:
        lines = specimen.head.decode("utf-8", errors="replace").splitlines()[:_HEADER_ROWS]
        rows = [line.lstrip("\ufeff").split(";") for line in lines]
    return {" ".join(text.split()).strip('"').casefold() for row in rows for text in row}


def read_template(spec: DatasetSpec, documents: list[Document], today: date | None = None) -> pa.Table:
    """A filled template as a typed table: ``source_row`` (line or Excel row) and the spec's table_columns.

    Raises TemplateError naming each wrong cell; nothing of the file is returned then.
    """
    document = documents[0]
    template = template_of(spec)
    lines = _lines(document, template)
    order = _columns(template, lines, document.name)
    check = _Check({name: [] for name in template.columns})
    for line in lines[1:]:
        _check_line(spec, template, order, line, check, today or date.today())
    if not check.rows and not check.problems:
        check.problems.append("Malen har ingen utfylte rader under overskriften.")
    if not check.problems:
        _check_repeats(spec, template, check)
        _check_balance(template, check)
        _check_whole(template, order, check)
        _check_parts(template, check)
    if check.problems:
        raise _error(document.name, check.problems)
    fields = [pa.field(c.name, ARROW_TYPES[c.type], nullable=not c.required) for c in spec.table_columns]
    arrays = [pa.array(check.values[c.name], ARROW_TYPES[c.type]) for c in spec.table_columns]
    schema = pa.schema([pa.field("source_row", pa.int32(), nullable=False), *fields])
    return pa.table([pa.array(check.rows, pa.int32()), *arrays], schema=schema)


def raw_cells(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The rows of the filled template, as its sheet or its lines hold them."""
    document = documents[0]
    template = template_of(spec)
    sheet = f", ark «{template.sheet}»" if is_sheet_file(document) else ""
    lines = {line.number: " | ".join(line.cells) for line in _lines(document, template)}
    return [
        f"{document.name}{sheet}, rad {row}: {lines[row]}"
        if row in lines
        else nothing_there(document.name, (row, None))
        for row, _ in places
    ]


def _lines(document: Document, template: Template) -> list[_Line]:
    head = document.path.open("rb").read(8)
    if is_workbook(head):
        return _sheet_lines(document, template)
    if Path(document.name).suffix.lower() != ".csv" or head.lstrip()[:1] in (b"<", b"{"):
        raise _error(document.name, ["Filen er verken en Excel-fil (.xlsx) eller en CSV-fil. Bruk malen."])
    return _csv_lines(document)


def _sheet_lines(document: Document, template: Template) -> list[_Line]:
    try:
        sheets = open_workbook(document.path, document.name)
    except SourceError as problem:
        raise _error(document.name, ["Excel-filen lar seg ikke lese. Lagre den på nytt fra malen."]) from problem
    sheet = next((s for s in sheets if s.name == template.sheet), None)
    if sheet is None:
        names = ", ".join(f"«{s.name}»" for s in sheets)
        raise _error(document.name, [f"Arket «{template.sheet}» mangler. Filen har {names}."])
    if errors := [cell for row in sheet.rows for cell in row if isinstance(cell, Unreadable)]:
        raise _error(document.name, [f"Celle {cell.cell}: har Excel-feilen {cell}. Rett formelen." for cell in errors])
    lines = [_Line(number, [as_text(cell) for cell in row]) for number, row in enumerate(sheet.rows, start=1)]
    return [line for line in lines if any(line.cells)]


def _csv_lines(document: Document) -> list[_Line]:
    body = document.path.read_bytes()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")  # how Excel in Norwegian saves "CSV"
    lines = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    try:
        for cells in reader:
            trimmed = [" ".join(cell.split()) for cell in cells]
            if any(trimmed) and not trimmed[0].startswith("#"):
                lines.append(_Line(reader.line_num, trimmed))
    except csv.Error as problem:
        raise _error(document.name, [f"Linje {reader.line_num} kan ikke leses som CSV med semikolon."]) from problem
    return lines


def _columns(template: Template, lines: list[_Line], name: str) -> dict[str, int]:
    """Where each column stands. The first filled line is the header; instructions above it start with #."""
    known = {column.header.casefold(): key for key, column in template.columns.items()}
    if not lines:
        raise _error(name, ["Filen er tom."])
    header = [cell.casefold() for cell in lines[0].cells]
    problems = []
    for column in template.columns.values():
        if header.count(column.header.casefold()) != 1:
            times = "mangler" if column.header.casefold() not in header else "står flere ganger"
            problems.append(f"Rad {lines[0].number}: kolonnen «{column.header}» {times}.")
    for position, cell in enumerate(header):
        if cell and cell not in known:
            place = _cell(position, lines[0].number)
            problems.append(f"Celle {place}: ukjent kolonne «{lines[0].cells[position][:40]}».")
    if len(header) == 1 and "," in header[0]:
        problems = [f"Rad {lines[0].number}: kolonnene er skilt med komma. Bruk semikolon, som i malen."]
    if problems:
        raise _error(name, problems)
    return {known[cell]: position for position, cell in enumerate(header) if cell}


def _check_line(
    spec: DatasetSpec, template: Template, order: dict[str, int], line: _Line, check: _Check, today: date
) -> None:
    found: dict[str, object] = {}
    before = len(check.problems)
    for position in range(len(line.cells)):
        if position not in order.values() and line.cells[position]:
            check.problems.append(f"Celle {_cell(position, line.number)}: står utenfor kolonnene i malen.")
    for column in spec.table_columns:
        position = order[column.name]
        text = line.cells[position] if position < len(line.cells) else ""
        shown = f"Celle {_cell(position, line.number)} («{template.columns[column.name].header}»)"
        try:
            found[column.name] = _value(template, column.name, text, column.required, today)
        except CellError as problem:
            check.problems.append(f"{shown}: {problem}")
    if len(check.problems) > before:
        return
    problem = _unknown_municipality(found, today)
    if problem:
        position = order["municipality_code"]
        check.problems.append(f"Celle {_cell(position, line.number)} («Kommunenummer»): {problem}")
        return
    check.rows.append(line.number)
    for key, value in found.items():
        check.values[key].append(value)


def _value(template: Template, key: str, text: str, required: bool, today: date) -> object:
    column = template.columns[key]
    if text == "":
        if required:
            raise CellError(f"er tom. Fyll inn {column.hint_nb}.")
        return None
    refuse_personal(text)
    if text[0] in "=+@":
        raise CellError("har en formel. Skriv selve verdien.")
    return apply_rule(column.rule, text, today) if column.rule else label_code(column.labels, text)


def _unknown_municipality(found: dict[str, object], today: date) -> str | None:
    if "municipality_code" not in found:
        return None
    code = str(found["municipality_code"])
    day = found.get("as_of_date")
    year = day.year if isinstance(day, date) else int(str(found.get("year", today.year)))
    if code_is_valid(code, year) or code_is_valid(code, today.year):
        return None
    return f"har {code}, som ikke er et kommunenummer i {year}."


def _check_repeats(spec: DatasetSpec, template: Template, check: _Check) -> None:
    seen: dict[tuple[object, ...], int] = {}
    names = ", ".join(f"«{template.columns[key].header}»" for key in spec.table_key)
    for index, row in enumerate(check.rows):
        key = tuple(check.values[column][index] for column in spec.table_key)
        if key in seen:
            check.problems.append(f"Rad {row}: har samme {names} som rad {seen[key]}. Behold bare én av dem.")
        seen.setdefault(key, row)


def _check_balance(template: Template, check: _Check) -> None:
    """The allotted amount must be there and equal what it went to."""
    rule = template.balance
    if rule is None:
        return
    totals: dict[tuple[object, ...], int] = {}
    parts: dict[tuple[object, ...], int] = defaultdict(int)
    for index in range(len(check.rows)):
        group = tuple(check.values[column][index] for column in rule.by)
        amount = int(str(check.values[rule.amount][index]))
        if check.values[rule.where][index] == rule.total:
            totals[group] = amount
        else:
            parts[group] += amount
    label = next(text for text, code in template.columns[rule.where].labels.items() if code == rule.total)
    for group in sorted(set(totals) | set(parts), key=str):
        name = " ".join(str(part) for part in group)
        if group not in totals:
            check.problems.append(f"For {name} mangler raden «{label}».")
        elif totals[group] != parts[group]:
            check.problems.append(
                f"For {name} er «{label}» {totals[group]} kroner, men bruken er {parts[group]} kroner."
            )


def _check_parts(template: Template, check: _Check) -> None:
    """Groups that together are everybody add up to everybody, where all of them are told."""
    rule = template.parts
    if rule is None:
        return
    shown = {code: label for label, code in template.columns[rule.where].labels.items()}
    found: dict[tuple[object, ...], dict[object, int]] = defaultdict(dict)
    for index in range(len(check.rows)):
        by = tuple(check.values[column][index] for column in rule.by)
        found[by][check.values[rule.where][index]] = index
    for rows in found.values():
        if not {rule.total, *rule.parts} <= set(rows):
            continue
        for amount in rule.amounts:
            told = {code: str(check.values[amount][rows[code]]) for code in (rule.total, *rule.parts)}
            if not all(text.isdigit() for text in told.values()):
                continue
            parts = sum(int(told[code]) for code in rule.parts)
            if abs(parts - int(told[rule.total])) > rule.tolerance:
                names = " og ".join(f"«{shown[code]}»" for code in rule.parts)
                check.problems.append(
                    f"Rad {check.rows[rows[rule.total]]} («{template.columns[amount].header}»): «{shown[rule.total]}» er "
                    f"{told[rule.total]}, men {names} er {parts} til sammen."
                )


def _check_whole(template: Template, order: dict[str, int], check: _Check) -> None:
    """What comes in parts comes with all of them: a rate year with half its rates would pay nothing for the rest."""
    rule = template.whole
    if rule is None:
        return
    shown = {code: label for column in template.columns.values() for label, code in column.labels.items()}
    found: dict[tuple[object, object], set[tuple[object, ...]]] = defaultdict(set)
    for index, row in enumerate(check.rows):
        code, part = check.values[rule.where][index], tuple(check.values[name][index] for name in rule.columns)
        wanted = [tuple(each) for each in rule.rows.get(str(code), rule.others)]
        if part not in wanted:
            cell, last = (_cell(order[name], row) for name in (rule.columns[0], rule.columns[-1]))
            allowed = "; ".join(_part(template, rule.columns, each, shown) for each in wanted)
            check.problems.append(
                f"Celle {cell}–{last}: passer ikke til «{shown[str(code)]}». Det skal være: {allowed}."
            )
        found[check.values[rule.by][index], code].add(part)
    for (by, code), parts in found.items():
        for each in rule.rows.get(str(code), rule.others):
            if tuple(each) not in parts:
                missing = _part(template, rule.columns, each, shown)
                check.problems.append(f"For {by} mangler «{shown[str(code)]}» raden med {missing}.")


def _part(template: Template, columns: list[str], part: Sequence[object], shown: dict[str, str]) -> str:
    """«Tilskuddsår 1, Kategori Enslig voksen»."""
    told = zip(columns, part, strict=True)
    return ", ".join(
        f"{template.columns[name].header} {'tom' if value is None else shown.get(str(value), value)}"
        for name, value in told
    )


def _cell(position: int, row: int) -> str:
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _error(name: str, problems: list[str]) -> TemplateError:
    shown = problems[:MOST_PROBLEMS]
    if len(problems) > MOST_PROBLEMS:
        shown.append(f"… og {len(problems) - MOST_PROBLEMS} feil til.")
    return TemplateError(expected="en mal uten feil", found="\n".join(shown), where=name, next_step=_NEXT)
