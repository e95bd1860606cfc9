"""Reading exported tables of microdata.no from the drop folder: which area and year they are of, and what may be wrong with them.

Here: recognising a file, the checks, and the rows. Not here: layouts (tables.py), notation (numbers.py), or what a figure means
(the mart benefit_payment_by_group). No row about a person is ever in an export: the platform gives tables only.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa

from sources.dataset.recognition import BY_NAME, WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.dataset.workbook import as_text
from sources.klass.history import counties, municipalities
from sources.microdata.errors import (
    BlankedTable,
    CountedMissing,
    ExportError,
    OtherArea,
    SmallPopulation,
    UnclearNumber,
    UnknownArea,
)
from sources.microdata.numbers import Seen, decimal_sign, looks_like_number, number_of
from sources.microdata.schemes import AGES, GROUPS, NO_SCHEME, RECEIVES, SCHEMES, SMALLEST_POPULATION
from sources.microdata.script import FIRST_YEAR, LAST_YEAR, MARK, Mark
from sources.microdata.tables import SHEET_ROWS, Export, ExportedFigure, decoded, export_of, text_rows
from sources.ports import NOTES, Document, Place
from sources.published.reader import ARROW_TYPES
from sources.raw import is_sheet_file, nothing_there, sheet_cells

FORM = "microdata_export"
DATASET = "microdata_benefit_by_group"
_OF_NAME = re.compile(r"microdata_(?P<year>20\d\d)_(?:kommune|fylke|landet)_(?P<area>\d{4}|\d{2})(?!\d)", re.I)
_HEAD_ROWS = 60
"""How many rows of a sheet are looked at to know it: the first table names itself."""
_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx")
_NAMES = {scheme.code: scheme.name_nb for scheme in SCHEMES} | {NO_SCHEME: "Bosatte"}
_PEOPLE = ("residents_persons", "recipients_persons")

Key = tuple[str, int, str, str, str, str]
"""Area, year, scheme, measure, group and age of a figure, in our codes."""


def recognise(specimen: Specimen) -> Sighting | None:
    """An export by the name of its group variable or the aliases of the script, else by the name its script has. The scripts
    themselves and the page beside them are none."""
    name = specimen.name.lower()
    if not name.endswith(_ENDINGS):
        return None
    if specimen.is_workbook:
        rows = [row for sheet in specimen.sheets for row in sheet.rows[:_HEAD_ROWS]]
        text = "\n".join(cell for row in rows for cell in row if isinstance(cell, str))
    else:
        text = decoded(specimen.head)
    if re.match(r"\s*require no\.ssb", text):
        return None
    if MARK.search(text) or re.search(rf"\b{RECEIVES}(?:{'|'.join(scheme.code for scheme in SCHEMES)})\b", text):
        return Sighting(FORM, WHOLE, (DATASET,))
    return Sighting(FORM, BY_NAME, (DATASET,)) if _OF_NAME.search(name) else None


def read_export(spec: DatasetSpec, documents: list[Document]) -> pa.Table:
    """The figures of an export as a table: ``source_row`` and the spec's table_columns, one row a figure.

    Raises an ExportError of the kind that fits (errors.py); nothing of the file is returned then. A table that the platform has
    stopped gives rows without a value where the file has others, and a note.
    """
    document = documents[0]
    export = export_of(document)
    _refuse_nothing(export, document.name)
    marks = [_mark_of(figure, export, document.name) for figure in export.figures]
    for mark in set(marks):
        _check_area(mark, document.name)
    sign = decimal_sign(
        (
            Seen(figure.text, figure.place, figure.measure in _PEOPLE)
            for figure in export.figures
            if figure.number is None and not figure.is_hidden
        ),
        document.name,
    )
    rows = _rows(export.figures, marks, sign)
    _check_population(rows, document.name)
    _check_recipients(rows, document.name)
    notes = _check_blanked(rows, export, document.name)
    return _table(spec, rows, notes)


def raw_cells(spec: DatasetSpec, documents: list[Document], places: Sequence[Place]) -> list[str]:
    """The rows of an export as its sheets or its lines hold them."""
    document = documents[0]
    found = []
    lines = [] if is_sheet_file(document) else text_rows(document.path.read_bytes())
    for place, _ in places:
        sheet, row = divmod(place, SHEET_ROWS)
        if sheet:
            found += sheet_cells(spec, documents, [(row, sheet * 100_000)])
        elif 0 < row <= len(lines):
            found.append(f"{document.name}, line {row}: {' | '.join(as_text(cell) for cell in lines[row - 1])}")
        else:
            found.append(nothing_there(document.name, (row, None)))
    return found


def _refuse_nothing(export: Export, name: str) -> None:
    if export.figures and not all(figure.is_hidden for figure in export.figures):
        return
    if re.search(r"populasjon", export.text, re.I) and re.search(
        r"\b1[\s.\u00a0]?000\b|for (?:få|liten)", export.text, re.I
    ):
        raise _small("en melding om at populasjonen er for liten", name)
    if export.empty or export.figures:
        stopped = export.empty or [figure.scheme for figure in export.figures]
        raise _blanked(_named(stopped), name)
    raise UnknownArea(
        expected="tabeller fra et av skriptene («integrering microdata»)",
        found="ingen tall som kan kjennes igjen",
        where=name,
        next_step="Eksporter tabellene på nytt som CSV eller Excel.",
    )


def _mark_of(figure: ExportedFigure, export: Export, name: str) -> Mark:
    """What area and year a figure is of: its own table's heading, the file's only one, else the file's name."""
    of_name = _OF_NAME.search(name)
    mark = figure.mark or (next(iter(export.marks)) if len(export.marks) == 1 else None)
    if mark is None and of_name and not export.marks:
        mark = Mark(of_name["area"], int(of_name["year"]), None, None)
    if mark is None:
        raise UnknownArea(
            expected="område og år i navnet på gruppevariabelen (gruppe_3909_2023_…)",
            found="en tabell uten",
            where=figure.place,
            next_step="Ta med overskriften i eksporten, eller gi filen navn som skriptet (microdata_2023_kommune_3909.csv).",
        )
    if of_name and len(export.marks) == 1 and (of_name["area"], int(of_name["year"])) != (mark.area, mark.year):
        raise OtherArea(
            expected=f"{of_name['area']} i {of_name['year']}, som filens navn sier",
            found=f"tall for {mark.area} i {mark.year}",
            where=name,
            next_step="Gi filen riktig navn, eller bytt den ut med riktig eksport.",
        )
    return mark


def _check_area(mark: Mark, name: str) -> None:
    known = {"00", *(code for code, _ in municipalities(9999)), *(code for code, _ in counties(9999))}
    if mark.area not in known:
        raise OtherArea(
            expected="en kommune eller et fylke som gjelder i dag, eller 00 for landet",
            found=mark.area,
            where=name,
            next_step="Skriv skriptet på nytt for kommunen slik den er i dag, og kjør det.",
        )
    if not FIRST_YEAR <= mark.year <= LAST_YEAR + 5:
        raise UnknownArea(
            expected=f"et år fra {FIRST_YEAR}", found=str(mark.year), where=name, next_step="Kontroller skriptet."
        )


def _rows(
    figures: list[ExportedFigure], marks: list[Mark], sign: str
) -> dict[Key, tuple[float | None, ExportedFigure, Mark]]:
    """The figures by what they are. Sums over ages are left out: the table without ages has them.

    Raises UnclearNumber for a number that cannot be, and ExportError where one figure stands twice with two values.
    """
    found: dict[Key, tuple[float | None, ExportedFigure, Mark]] = {}
    for figure, mark in zip(figures, marks, strict=True):
        if figure.age == "total":
            continue
        value = None if figure.is_hidden else _value(figure, sign)
        group = GROUPS[figure.group][0] if figure.group in GROUPS else "all"
        age = AGES[figure.age][1] if figure.age in AGES else "all"
        key = (mark.area, mark.year, figure.scheme, figure.measure, group, age)
        if key in found and found[key][0] != value:
            raise ExportError(
                expected="ett tall for hver gruppe og ytelse",
                found=f"«{found[key][1].text}» og «{figure.text}» for {group} ({figure.scheme}, {figure.measure})",
                where=f"{found[key][1].place} og {figure.place}",
                next_step="Behold bare den ene tabellen.",
            )
        found.setdefault(key, (value, figure, mark))
    return found


def _value(figure: ExportedFigure, sign: str) -> float:
    if figure.number is None and not looks_like_number(figure.text):
        raise _not_a_number(figure, "et tall eller et kjent merke for skjult tall")
    value = figure.number if figure.number is not None else number_of(figure.text, sign)
    if value < 0 or (figure.measure in _PEOPLE and abs(value - round(value)) > 1e-6):
        raise _not_a_number(figure, "et helt antall personer" if value >= 0 else "et tall som ikke er negativt")
    return round(value) if figure.measure in _PEOPLE else value


def _not_a_number(figure: ExportedFigure, expected: str) -> UnclearNumber:
    return UnclearNumber(
        expected=expected,
        found=f"«{figure.text}»",
        where=figure.place,
        next_step="Kontroller desimaltegn og tusenskille, og eksporter tabellen på nytt.",
    )


def _check_population(rows: dict[Key, tuple[float | None, ExportedFigure, Mark]], name: str) -> None:
    people: dict[tuple[str, int], float] = defaultdict(float)
    for (area, year, scheme, _, group, age), (value, _, _) in rows.items():
        if scheme == NO_SCHEME and age == "all" and group != "all":
            people[area, year] += value or 0
    for (area, year), count in people.items():
        if count < SMALLEST_POPULATION:
            raise _small(f"{count:.0f} bosatte i {area} i {year}", name)


def _check_recipients(rows: dict[Key, tuple[float | None, ExportedFigure, Mark]], name: str) -> None:
    """Not everybody receives a benefit, and not more than live there: noise moves a count by a few, not by a population."""
    pairs: dict[tuple[str, int, str], list[tuple[float, float]]] = defaultdict(list)
    for (area, year, scheme, measure, group, age), (value, _, _) in rows.items():
        people = rows.get((area, year, NO_SCHEME, "residents_persons", group, age), (None, None, None))[0]
        if measure == "recipients_persons" and age == "all" and value is not None and people is not None:
            pairs[area, year, scheme].append((value, people))
    for (area, year, scheme), both in pairs.items():
        if scheme != "all_transfers" and len(both) > 1 and all(value == people for value, people in both):
            raise CountedMissing(
                expected=f"færre mottakere av {_NAMES[scheme].lower()} enn bosatte",
                found="like mange i alle grupper",
                where=f"{name}, {area} i {year}",
                next_step="Plattformen har regnet manglende beløp som mottatt. Ta tabellene over mottakere ut av filen.",
            )


def _check_blanked(rows: dict[Key, tuple[float | None, ExportedFigure, Mark]], export: Export, name: str) -> list[str]:
    """Which tables are stopped: more than half of the cells without a figure. Raises BlankedTable when none is left."""
    cells: dict[tuple[str, int, str, str, bool], list[bool]] = defaultdict(list)
    for (area, year, scheme, measure, group, age), (value, _, _) in rows.items():
        if group != "all":
            cells[area, year, scheme, measure, age != "all"].append(value is None)
    stopped = [key for key, hidden in cells.items() if 2 * sum(hidden) > len(hidden)]
    left = [key for key in cells if key not in stopped and key[2] != NO_SCHEME]
    names = _named([*(scheme for _, _, scheme, _, _ in stopped), *export.empty])
    if (stopped or export.empty) and not left:
        raise _blanked(names, name)
    return [f"Tabeller som plattformen har stoppet: {names}"] if names else []


def _named(codes: Iterable[str]) -> str:
    plain = dict.fromkeys(code.casefold().removeprefix(RECEIVES) for code in codes)
    return ", ".join(_NAMES.get(code, code).lower() for code in plain)


def _small(found: str, name: str) -> SmallPopulation:
    return SmallPopulation(
        expected=f"en befolkning på minst {SMALLEST_POPULATION}",
        found=found,
        where=name,
        next_step="microdata.no gir ikke tall for så små områder. Bruk fylket eller landet, eller bestill en tabell fra SSB.",
    )


def _blanked(tables: str, name: str) -> BlankedTable:
    return BlankedTable(
        expected="tabeller der minst halvparten av cellene har tall",
        found=f"tabeller som plattformen har stoppet: {tables}",
        where=name,
        next_step="Over halvparten av cellene gjelder færre enn fem. Bruk tabellen uten alder, eller et større område.",
    )


def _table(spec: DatasetSpec, rows: dict[Key, tuple[float | None, ExportedFigure, Mark]], notes: list[str]) -> pa.Table:
    columns: dict[str, list[object]] = {"source_row": [], **{column.name: [] for column in spec.table_columns}}
    for (area, year, scheme, measure, group, age), (value, figure, mark) in sorted(rows.items()):
        row = {
            "source_row": figure.row,
            "region_code": area,
            "year": year,
            "scheme": scheme,
            "measure": measure,
            "breakdown": "none" if age == "all" else "age",
            "group_code": group,
            "age_group": age,
            "value": value,
            "value_status": "suppressed" if value is None else "ok",
            "databank_version": mark.databank,
            "script_id": mark.script_id,
        }
        for column, cell in row.items():
            columns[column].append(cell)
    types = {"source_row": pa.int32(), **{c.name: ARROW_TYPES[c.type] for c in spec.table_columns}}
    table = pa.table({name: pa.array(cells, types[name]) for name, cells in columns.items()})
    return table.replace_schema_metadata({NOTES: json.dumps(notes).encode()} if notes else None)
