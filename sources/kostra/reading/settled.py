"""The municipality's list of settled persons: its template, and a strict reader that keeps it in memory.

Here: columns, checks and Norwegian messages. Not here: joining it with anything, or writing any of it.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter

from sources.dataset.dimensions import fold
from sources.dataset.workbook import sheets_of
from sources.dataset.workbook_parts import read_parts
from sources.errors import LayoutError
from sources.kostra.reading.identity import is_duf_number, is_identity_number
from sources.kostra.refusal import PrivateFileError, place

COLUMNS = {
    "fødselsnummer": "Fødselsnummer eller D-nummer, 11 siffer. Kan stå tomt når DUF-nummer er oppgitt.",
    "duf-nummer": "DUF-nummer, 12 siffer. Kan stå tomt når fødselsnummer er oppgitt.",
    "bosettingsdato": "Datoen personen ble bosatt i en norsk kommune første gang, DD.MM.ÅÅÅÅ.",
    "kategori": "Én av: flyktning, familiegjenforent, enslig mindreårig, kollektiv beskyttelse.",
    "flyttet ut": "Datoen personen flyttet fra kommunen, DD.MM.ÅÅÅÅ. Tomt når personen bor her.",
}
CATEGORIES = {
    "flyktning": "refugee",
    "familiegjenforent": "family_reunified",
    "enslig mindreårig": "unaccompanied_minor",
    "kollektiv beskyttelse": "collective_protection",
}
_ALIASES = {
    "fodselsnummer": "fødselsnummer",
    "fnr": "fødselsnummer",
    "duf": "duf-nummer",
    "dufnummer": "duf-nummer",
    "flyttet": "flyttet ut",
}
_MAX_BYTES = 50_000_000
_CELL = "rett cellen i listen"


@dataclass(repr=False)
class SettledList:
    """The settled persons as columns, one element a person. Dates are days (datetime64[D], NaT = none)."""

    file: str
    sha256: str
    identity: np.ndarray
    duf: np.ndarray
    settled_on: np.ndarray
    category: np.ndarray
    left_on: np.ndarray

    def __repr__(self) -> str:
        return f"<SettledList: {len(self)} persons, content withheld>"

    def __len__(self) -> int:
        return len(self.identity)


def read_settled(path: Path) -> SettledList:
    """Read the list (csv or xlsx after the template). Raises PrivateFileError in Norwegian, without any value."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PrivateFileError(
                expected="høyst 50 MB",
                found="en større fil",
                where=place(path.name),
                next_step="kontroller at det er riktig fil",
            )
        body = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "feil ved lesing"
    else:
        rows = _xlsx_rows(body, path.name) if body[:2] == b"PK" else _csv_rows(body, path.name)
        return _checked(rows, path.name, hashlib.sha256(body).hexdigest())
    raise PrivateFileError(
        expected="listen over bosatte",
        found=f"ingen lesbar fil ({reason})",
        where=place(path.name),
        next_step="kontroller sti og rettigheter",
    )


def _csv_rows(body: bytes, file: str) -> list[list[object]]:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in body:
        text = None
    else:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = body.decode("cp1252", errors="replace")
    if text is None or "\ufffd" in text:
        raise PrivateFileError(
            expected="en CSV-fil i UTF-8 eller Windows-1252",
            found="et annet tegnsett",
            where=place(file),
            next_step="lagre listen som «CSV UTF-8»",
        )
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]


def _xlsx_rows(body: bytes, file: str) -> list[list[object]]:
    """Only checked bytes reach the parser: it ends the process when a cell is out of range. An error in a cell is text."""
    try:
        return [list(row) for row in sheets_of(read_parts(io.BytesIO(body), ""), "")[0].rows]
    except LayoutError:
        found = "en celle utenfor arket, eller en fil som er for stor"
    except Exception:
        found = "en fil som ikke lar seg åpne"
    raise PrivateFileError(
        expected="en Excel-fil (.xlsx) med listen på første ark",
        found=found,
        where=place(file),
        next_step="åpne filen i Excel og lagre den på nytt fra malen",
    )


def _checked(rows: list[list[object]], file: str, digest: str) -> SettledList:
    columns = _header(rows[0] if rows else [], file)
    found: list[tuple[bytes, bytes, np.datetime64, str, np.datetime64]] = []
    seen: dict[bytes, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        cells = {name: row[index] if index < len(row) else "" for name, index in columns.items()}
        if all(_text(cell) == "" for cell in cells.values()):
            continue
        person = _person(cells, file, line)
        for number in person[:2]:
            if number and seen.setdefault(number, line) != line:
                raise _wrong(
                    file,
                    line,
                    "fødselsnummer / DUF-nummer",
                    "hver person én gang",
                    f"samme nummer som på linje {seen[number]}",
                )
        found.append(person)
    if not found:
        raise PrivateFileError(
            expected="minst én bosatt person",
            found="en liste uten personer",
            where=place(file),
            next_step="fyll ut malen",
        )
    identity, duf, settled_on, category, left_on = zip(*found, strict=True)
    return SettledList(
        file,
        digest,
        np.array(identity, dtype="S11"),
        np.array(duf, dtype="S12"),
        np.array(settled_on, dtype="datetime64[D]"),
        np.array(category),
        np.array(left_on, dtype="datetime64[D]"),
    )


def _header(header: list[object], file: str) -> dict[str, int]:
    names = [_ALIASES.get(fold(_text(cell)), fold(_text(cell))) for cell in header]
    missing = [name for name in COLUMNS if names.count(name) != 1]
    if missing:
        raise PrivateFileError(
            expected="kolonnene " + ", ".join(COLUMNS),
            found="ingen eller flere av: " + ", ".join(missing),
            where=place(file, 1),
            next_step="bruk malen; den har kolonnenavnene på første linje",
        )
    extra = len([name for name in names if name and name not in COLUMNS])
    if extra:
        raise PrivateFileError(
            expected="bare kolonnene " + ", ".join(COLUMNS),
            found=f"{extra} kolonner til",
            where=place(file, 1),
            next_step="fjern kolonnene; navn og andre opplysninger trengs ikke og skal ikke leses",
        )
    return {name: names.index(name) for name in COLUMNS}


def _person(cells: dict[str, object], file: str, line: int) -> tuple[bytes, bytes, np.datetime64, str, np.datetime64]:
    identity = _number(cells["fødselsnummer"], 11)
    duf = _number(cells["duf-nummer"], 12)
    if identity and not is_identity_number(np.array([identity], dtype="S11"))[0]:
        raise _wrong(
            file,
            line,
            "fødselsnummer",
            "et fødselsnummer eller D-nummer med 11 siffer",
            "noe som ikke består kontrollsifrene",
        )
    if duf and not is_duf_number(np.array([duf], dtype="S12"))[0]:
        raise _wrong(file, line, "duf-nummer", "et DUF-nummer med 12 siffer", "noe annet")
    if not identity and not duf:
        raise _wrong(file, line, "fødselsnummer / DUF-nummer", "minst ett av de to numrene", "ingen")
    settled_on = _date(cells["bosettingsdato"])
    if settled_on is None or not date(1990, 1, 1) <= settled_on <= date(2100, 1, 1):
        raise _wrong(file, line, "bosettingsdato", "en dato på formen DD.MM.ÅÅÅÅ, fra 1990", "noe annet eller tomt")
    category = CATEGORIES.get(fold(_text(cells["kategori"])))
    if category is None:
        raise _wrong(file, line, "kategori", "én av: " + ", ".join(CATEGORIES), "noe annet eller tomt")
    left_on = _date(cells["flyttet ut"])
    if _text(cells["flyttet ut"]) and left_on is None:
        raise _wrong(file, line, "flyttet ut", "tomt eller en dato på formen DD.MM.ÅÅÅÅ", "noe annet")
    if left_on is not None and left_on < settled_on:
        raise _wrong(file, line, "flyttet ut", "en dato etter bosettingsdato", "en tidligere dato")
    gone = np.datetime64("NaT") if left_on is None else np.datetime64(left_on)
    return identity, duf, np.datetime64(settled_on), category, gone


def _wrong(file: str, line: int, field: str, expected: str, found: str) -> PrivateFileError:
    return PrivateFileError(expected=expected, found=found, where=place(file, line, f"«{field}»"), next_step=_CELL)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _number(cell: object, size: int) -> bytes:
    """Digits of a number cell. Excel drops leading zeros of a number: they are put back, and the check digits
    decide."""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and cell == int(cell):
        text = str(int(cell)).zfill(size)
    else:
        text = _text(cell).replace(" ", "").replace("\u00a0", "")
        text = text.zfill(size) if text.isascii() and text.isdigit() and len(text) == size - 1 else text
    return text.encode("ascii", errors="replace")[: size + 1] if text else b""


def _date(cell: object) -> date | None:
    if isinstance(cell, float) and cell == int(cell) and 30_000 < cell < 80_000:
        return date(1899, 12, 30) + timedelta(days=int(cell))
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(_text(cell), form).date()
        except ValueError:
            continue
    return None


def write_templates(folder: Path) -> list[Path]:
    """Write the empty list as csv and xlsx for the municipality to fill in; returns the two paths."""
    folder.mkdir(parents=True, exist_ok=True)
    plain, sheet = folder / "mal_bosatte.csv", folder / "mal_bosatte.xlsx"
    plain.write_text(";".join(COLUMNS) + "\n", encoding="utf-8-sig")
    workbook = xlsxwriter.Workbook(sheet, {"in_memory": True})
    workbook.set_properties({"title": "Mal: bosatte personer", "created": datetime(2026, 1, 1)})
    persons = workbook.add_worksheet("bosatte")
    heading, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
    persons.set_column(0, 1, 18, text)
    persons.set_column(2, 4, 20, workbook.add_format({"num_format": "dd.mm.yyyy"}))
    for index, name in enumerate(COLUMNS):
        persons.write_string(0, index, name, heading)
    persons.data_validation(1, 3, 20_000, 3, {"validate": "list", "source": list(CATEGORIES)})
    guide = workbook.add_worksheet("veiledning")
    guide.set_column(0, 0, 18)
    guide.set_column(1, 1, 100)
    for index, (name, meaning) in enumerate(COLUMNS.items()):
        guide.write_string(index, 0, name, heading)
        guide.write_string(index, 1, meaning)
    guide.write_string(
        6, 1, "Listen leses på kommunens egen maskin. Ingen rad fra den lagres; bare grupperte tall går videre."
    )
    workbook.close()
    return [plain, sheet]
