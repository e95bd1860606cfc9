"""Reading a fixed-width file of personal records into memory, strictly, as columns of bytes.

Here: record length, encoding, mandatory fields, number and code checks. Not here: what the fields mean, or writing
anything. A file is refused whole at its first fault; the refusal names line and field and no content of the file.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources.kostra.reading.layout import Field, Layout, accounts_layout, known_years, yearly_layouts
from sources.kostra.reading.municipality import codes_of
from sources.kostra.refusal import PrivateFileError, place, share_text
from sources.kostra.threshold import DEFAULT_THRESHOLD

MAX_BYTES = 400_000_000
"""A file larger than this is not a municipality's attachment (50 000 recipients of 11F are 17 MB)."""

_SPACE, _ZERO, _MINUS = ord(" "), ord("0"), ord("-")
_EXPORT_AGAIN = "lag uttrekket på nytt fra fagsystemet"
_CHECK_PROGRAM = "rett feltet i fagsystemet, kjør SSBs kontrollprogram og lag uttrekket på nytt"


@dataclass(repr=False)
class Records:
    """The lines of one file. ``matrix`` is one row a line, one column a position; it never leaves the process.

    ``threshold``: a refusal tells no number of lines under it.
    """

    file: str
    layout: Layout
    matrix: np.ndarray
    sha256: str
    threshold: int

    def __repr__(self) -> str:
        return f"<Records {self.layout.name}: {len(self)} lines, content withheld>"

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def text(self, name: str) -> np.ndarray:
        """A text field as fixed-width bytes, blanks kept."""
        return _column(self.matrix, self.layout.fields[name])

    def has(self, name: str) -> bool:
        return name in self.layout.fields

    def number(self, name: str) -> np.ndarray:
        """An integer field as int64; a blank is 0 (blank amounts are "none paid" in these attachments)."""
        return _numbers(self._cells(self.layout.fields[name]))

    def month_numbers(self, series: str) -> np.ndarray:
        """Lines x 12 amounts."""
        months = [self._cells(self.layout.months[series].month(number)) for number in range(1, 13)]
        return np.column_stack([_numbers(cells) for cells in months])

    def month_flags(self, series: str) -> np.ndarray:
        """Lines x 12 booleans: the month is ticked."""
        months = [self._cells(self.layout.months[series].month(number)) for number in range(1, 13)]
        return np.column_stack([(cells != _SPACE).any(axis=1) for cells in months])

    def _cells(self, spec: Field) -> np.ndarray:
        return self.matrix[:, spec.at - 1 : spec.end]


def read_attachment(path: Path, municipality: str, threshold: int = DEFAULT_THRESHOLD) -> Records | None:
    """Read an 11F or 11CF file of any known year. None = the file holds one space, which means "no recipients".

    Raises PrivateFileError.
    """
    buffer = _load(path)
    if bytes(buffer).strip(b"\r\n") == b" ":
        return None
    lines = _lines(buffer, path.name)
    layout = _attachment_layout(buffer, lines, path.name)
    records = _records(buffer, lines, layout, path.name, threshold)
    year = layout.year or 0
    codes = codes_of(municipality, year)
    _check_constant(records, "KOMMUNE_NR", codes, f"kommunenummer {' eller '.join(codes)} på alle linjer")
    _check_constant(records, "VERSION", [f"{year % 100:02d}"], f"rapporteringsår {year} på alle linjer")
    _check_fields(records)
    return records


def read_accounts(path: Path, municipality: str) -> Records:
    """Read an accounts file (0A, 0I or 0M). Raises PrivateFileError."""
    buffer = _load(path)
    records = _records(buffer, _lines(buffer, path.name), accounts_layout(), path.name, threshold=0)
    for name in ("skjema", "aargang", "kvartal"):
        _check_constant(records, name, [], "samme verdi på alle linjer")
    year = records.text("aargang")[0].decode("latin-1")
    codes = codes_of(municipality, int(year)) if year.isdigit() else [municipality]
    _check_constant(records, "region", [f"{code}00" for code in codes], f"region {' eller '.join(codes)} fulgt av 00")
    _check_fields(records)
    return records


def _load(path: Path) -> bytearray:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PrivateFileError(
                expected=f"høyst {MAX_BYTES // 1_000_000} MB",
                found=f"{size // 1_000_000} MB",
                where=place(path.name),
                next_step="kontroller at det er riktig fil",
            )
        buffer = bytearray(size)
        with open(path, "rb", buffering=0) as handle:
            read = handle.readinto(buffer)
    except OSError as problem:
        missing = f"ingen lesbar fil ({problem.strerror or 'feil ved lesing'})"
    else:
        if read == size and size > 0:
            return buffer
        missing = "en tom fil" if size == 0 else "en fil som endret seg under lesing"
    raise PrivateFileError(
        expected="en KOSTRA-fil",
        found=missing,
        where=place(path.name),
        next_step="kontroller sti og rettigheter, eller " + _EXPORT_AGAIN,
    )


def _lines(buffer: bytearray, file: str) -> np.ndarray:
    """Start and end offset of each line. Raises on anything but ISO-8859-1 text with line breaks."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    if buffer[:3] == b"\xef\xbb\xbf" or (data == 0).any():
        raise _encoding(file, "UTF-8 med BOM eller UTF-16")
    breaks = np.flatnonzero(data == ord("\n"))
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(data)]))
    if starts[-1] == len(data):
        starts, ends = starts[:-1], ends[:-1]
    ends = ends - ((ends > starts) & (data[np.maximum(ends - 1, 0)] == ord("\r")))
    control = (data < _SPACE) & (data != ord("\n")) & (data != ord("\r"))
    if control.any():
        line = int(np.searchsorted(starts, int(np.argmax(control)), side="right"))
        raise PrivateFileError(
            expected="bare mellomrom i blanke posisjoner",
            found="tabulator eller annet styretegn",
            where=place(file, line),
            next_step=_EXPORT_AGAIN,
        )
    return np.column_stack((starts, ends))


def _encoding(file: str, found: str) -> PrivateFileError:
    return PrivateFileError(
        expected="tegnsettet ISO-8859-1",
        found=found,
        where=place(file),
        next_step="lagre uttrekket i ISO-8859-1, slik KOSTRA krever",
    )


def _attachment_layout(buffer: bytearray, lines: np.ndarray, file: str) -> Layout:
    """The layout that the first record's length and year name together (2025 and 2026 share their length)."""
    length = int(lines[0, 1] - lines[0, 0])
    if not any(layout.record_length == length for year in known_years() for layout in yearly_layouts(year)):
        raise PrivateFileError(
            expected="recordlengden til 11F (324 eller 338) eller 11CF (136, 138, 139 eller 152)",
            found=f"{length} tegn på linje 1",
            where=place(file, 1),
            next_step="kontroller at det er KOSTRA-filen og ikke et regneark eller en utskrift",
        )
    version = bytes(buffer[lines[0, 0] + 4 : lines[0, 0] + 6])
    year = 2000 + int(version) if version.isdigit() else 0
    if year not in known_years():
        raise PrivateFileError(
            expected=f"et rapporteringsår med kjent filbeskrivelse ({known_years()[0]}-{known_years()[-1]})",
            found="et annet årstall eller noe som ikke er et årstall",
            where=place(file, 1, "VERSION", 5, 6),
            next_step="kontroller at filen er riktig; et nytt år krever en ny fil i sources/kostra/layouts",
        )
    fitting = [layout for layout in yearly_layouts(year) if layout.record_length == length]
    if not fitting:
        allowed = ", ".join(f"{layout.record_length} ({layout.attachment})" for layout in yearly_layouts(year))
        raise PrivateFileError(
            expected=f"recordlengden for {year}: {allowed}",
            found=f"{length} tegn, som hører til et annet år",
            where=place(file, 1, "VERSION", 5, 6),
            next_step="filen følger en annen årgang enn den oppgir; be leverandøren om riktig uttrekk",
        )
    return fitting[0]


def _records(buffer: bytearray, lines: np.ndarray, layout: Layout, file: str, threshold: int) -> Records:
    lengths = lines[:, 1] - lines[:, 0]
    wrong = lengths != layout.record_length
    if wrong.any():
        line = int(np.argmax(wrong))
        if _is_utf8_of_length(bytes(buffer[lines[line, 0] : lines[line, 1]]), layout.record_length):
            raise _encoding(file, f"UTF-8 (bokstaver over to byte, linje {line + 1})")
        raise PrivateFileError(
            expected=f"{layout.record_length} tegn på hver linje ({layout.name})",
            found=f"{int(lengths[line])} tegn på {share_text(int(wrong.sum()), len(lines), threshold)}, første gang her",
            where=place(file, line + 1),
            next_step="filen kan være avkortet eller redigert; " + _EXPORT_AGAIN,
        )
    matrix = np.frombuffer(buffer, dtype=np.uint8)[lines[:, :1] + np.arange(layout.record_length)]
    return Records(file, layout, matrix, hashlib.sha256(buffer).hexdigest(), threshold)


def _is_utf8_of_length(raw: bytes, length: int) -> bool:
    try:
        return any(byte > 127 for byte in raw) and len(raw.decode("utf-8")) == length
    except UnicodeDecodeError:
        return False


def _check_constant(records: Records, name: str, allowed: list[str], expected: str) -> None:
    """Every line holds the same value as line 1, and line 1 one of ``allowed`` (any when empty)."""
    column = records.text(name)
    first = column[0]
    if allowed and first not in [code.encode() for code in allowed]:
        first = allowed[0].encode()
    next_step = "kontroller at filen er kommunens egen og ikke satt sammen av flere"
    _refuse(records, name, column != first, expected, "noe annet", next_step)


def _check_fields(records: Records) -> None:
    for name, spec in records.layout.checked_fields().items():
        cells = records._cells(spec)
        blank = (cells == _SPACE).all(axis=1)
        if spec.required:
            _refuse(records, name, blank, "en verdi i et obligatorisk felt", "blanke tegn", _CHECK_PROGRAM)
        if spec.codes:
            known = np.isin(_column(records.matrix, spec), np.array([code.encode() for code in spec.codes]))
            _refuse(records, name, ~blank & ~known, "en kode fra kodelisten", "noe annet", _CHECK_PROGRAM)
        elif spec.type in ("integer", "signed"):
            good = _is_number(cells, signed=spec.type == "signed")
            _refuse(records, name, ~blank & ~good, "et heltall, høyrejustert", "andre tegn enn sifre", _CHECK_PROGRAM)
        elif spec.type == "date":
            _refuse(records, name, ~blank & ~_is_date(cells), "en dato på formen DDMMÅÅÅÅ", "noe annet", _CHECK_PROGRAM)


def _refuse(records: Records, name: str, bad: np.ndarray, expected: str, found: str, next_step: str) -> None:
    if not bad.any():
        return
    spec = records.layout.checked_fields()[name]
    raise PrivateFileError(
        expected=expected,
        found=f"{found} på {share_text(int(bad.sum()), len(records), records.threshold)}, første gang her",
        where=place(records.file, int(np.argmax(bad)) + 1, name, spec.at, spec.end),
        next_step=next_step,
    )


def _column(matrix: np.ndarray, spec: Field) -> np.ndarray:
    return np.ascontiguousarray(matrix[:, spec.at - 1 : spec.end]).view(f"S{spec.size}").ravel()


def _is_number(cells: np.ndarray, *, signed: bool) -> np.ndarray:
    """Blanks, then (when signed) one minus, then digits to the end."""
    digit = (cells >= _ZERO) & (cells <= _ZERO + 9)
    minus = (cells == _MINUS) if signed else np.zeros_like(digit)
    started = np.logical_or.accumulate(digit | minus, axis=1)
    blanks_lead = ((cells == _SPACE) == ~started).all(axis=1)
    minus_first = ~(minus[:, 1:] & started[:, :-1]).any(axis=1)
    return digit[:, -1] & blanks_lead & minus_first & (digit | minus | (cells == _SPACE)).all(axis=1)


def _numbers(cells: np.ndarray) -> np.ndarray:
    digits = np.where((cells >= _ZERO) & (cells <= _ZERO + 9), cells - _ZERO, 0).astype(np.int64)
    sign = np.where((cells == _MINUS).any(axis=1), -1, 1)
    return sign * (digits @ (10 ** np.arange(cells.shape[1] - 1, -1, -1, dtype=np.int64)))


def _is_date(cells: np.ndarray) -> np.ndarray:
    digits = ((cells >= _ZERO) & (cells <= _ZERO + 9)).all(axis=1)
    day, month, year = _numbers(cells[:, :2]), _numbers(cells[:, 2:4]), _numbers(cells[:, 4:])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    length = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[
        np.where((month >= 1) & (month <= 12), month, 0)
    ]
    return digits & (day >= 1) & (day <= length + (leap & (month == 2))) & (year >= 1900)
