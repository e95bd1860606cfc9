"""Invented KOSTRA files for tests: 11F, 11CF and accounts lines in every layout year, and lists of settled persons.

Here: writing files that look like a municipality's. Not here: expected figures. Identity numbers are synthetic (month
+ 80).
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from sources.kostra.reading.layout import Layout, layouts

MONTHS = range(1, 13)


@cache
def _numbers_of(born: date) -> list[str]:
    """Every valid synthetic identity number (month + 80) of a birth date; births from 1940 on."""
    found = []
    individuals = range(500, 1000) if born.year >= 2000 else range(500)
    for individual in individuals:
        head = f"{born.day:02d}{born.month + 80:02d}{born.year % 100:02d}{individual:03d}"
        digits = [int(c) for c in head]
        first = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits, strict=True)) % 11
        second = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), [*digits, first], strict=True)) % 11
        if first < 10 and second < 10:
            found.append(f"{head}{first}{second}")
    return found


def synthetic_identity(born: date, serial: int) -> str:
    """The ``serial``-th synthetic identity number of a birth date (there are about 400)."""
    return _numbers_of(born)[serial]


def identities(count: int) -> list[str]:
    """``count`` distinct synthetic identity numbers of adults of all ages, in a fixed order."""
    days = [date(1950 + n % 55, 1 + n % 12, 1 + n % 28) for n in range(12 * 55 * 7)]
    return [synthetic_identity(days[number % len(days)], number // len(days)) for number in range(count)]


def duf(number: int) -> str:
    """An invented DUF number: the form only."""
    return f"2021{number:08d}"


@dataclass
class Recipient:
    """One line of 11F. ``grants`` and ``loans`` are kroner by month; ``year_grant`` overrides the sum."""

    identity: str = ""
    duf: str = ""
    grants: dict[int, int] = field(default_factory=dict)
    loans: dict[int, int] = field(default_factory=dict)
    livelihood: str = "5"
    children: bool = False
    year_grant: int | None = None
    born: str = "01011980"
    journal: str = ""

    def months(self) -> list[int]:
        return sorted(set(self.grants) | set(self.loans))


@dataclass
class Participant:
    """One line of 11CF."""

    identity: str
    months: list[int]
    benefit: int
    status: str = "1"
    had_introduction: bool = False
    outcome: str = ""
    born: str = "01011980"
    journal: str = ""


def layout_of(attachment: str, year: int) -> Layout:
    return next(layout for layout in layouts() if layout.attachment == attachment and layout.year == year)


def record(layout: Layout, values: dict[str, str]) -> str:
    """One fixed-width line: integers right-justified, text left-justified, all else spaces."""
    line = [" "] * layout.record_length
    for name, spec in layout.checked_fields().items():
        text = values.get(name, "")
        padded = text.rjust(spec.size) if spec.type in ("integer", "signed") else text.ljust(spec.size)
        assert len(padded) == spec.size, (name, text)
        line[spec.at - 1 : spec.end] = padded
    return "".join(line)


def _line(form: str, year: int, municipality: str, person: Recipient | Participant, number: int, **own: str) -> str:
    values = {
        "KOMMUNE_NR": municipality,
        "VERSION": f"{year % 100:02d}",
        "BYDELSNR": "00",
        "FODSELSDATO": person.born,
        "PERSON_JOURNALNR": person.journal or f"{number:08d}",
        "PERSON_FODSELSNR": person.identity,
    }
    return record(layout_of(form, year), values | own)


def line_11f(year: int, person: Recipient, number: int, municipality: str = "3909") -> str:
    grant = sum(person.grants.values()) if person.year_grant is None else person.year_grant
    own = {
        "PERSON_DUF": person.duf,
        "KJONN": "1",
        "EKTSTAT": "1",
        "BU18": "1" if person.children else "2",
        "VKLO": person.livelihood,
        "TRYGDESIT": "12",
        "ARBSIT": "08",
        "BIDRAG": str(grant),
        "LAAN": str(sum(person.loans.values())),
        "BOSIT": "1",
    }
    own |= {f"STMND_{m}": f"{m:02d}" for m in person.months()}
    own |= {f"BIDRAG_{m}": str(kroner) for m, kroner in person.grants.items()}
    own |= {f"LAAN_{m}": str(kroner) for m, kroner in person.loans.items()}
    return _line("11F", year, municipality, person, number, **own)


def line_11cf(year: int, person: Participant, number: int, municipality: str = "3909") -> str:
    own = {
        "KJONN": "2",
        "EKTSTAT": "2",
        "BU18": "2",
        "YTELSE_INTRO": "4" if person.had_introduction else "",
        "KVP_MED_ASTONAD": "2",
        "KVP_STONAD": str(person.benefit),
        "STATUS": person.status,
        "AVSL_VIKTIGSTE_INNTEKT": person.outcome,
    }
    own |= {f"STMND_{m}": f"{m:02d}" for m in person.months}
    return _line("11CF", year, municipality, person, number, **own)


def write_11f(path: Path, year: int, people: Iterable[Recipient], municipality: str = "3909") -> Path:
    lines = [line_11f(year, person, number, municipality) for number, person in enumerate(people, start=1)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("latin-1"))
    return path


def write_11cf(path: Path, year: int, people: Iterable[Participant], municipality: str = "3909") -> Path:
    lines = [line_11cf(year, person, number, municipality) for number, person in enumerate(people, start=1)]
    path.write_bytes(("\n".join(lines) + "\n").encode("latin-1"))
    return path


def write_accounts(
    path: Path, year: int, lines: Iterable[tuple[str, str, int]], municipality: str = "3909", form: str = "0A"
) -> Path:
    """Lines of (function, art, thousand kroner) in operating accounts."""
    layout = layout_of("regnskap", None)
    klass = "1" if form == "0A" else "3"
    rows = [
        record(
            layout,
            {
                "skjema": form,
                "aargang": str(year),
                "region": f"{municipality}00",
                "kontoklasse": klass,
                "funksjon_kapittel": function,
                "art_sektor": art,
                "belop": str(amount),
            },
        )
        for function, art, amount in lines
    ]
    path.write_bytes(("\r\n".join(rows) + "\r\n").encode("latin-1"))
    return path


def write_settled(path: Path, rows: Iterable[tuple[str, str, str, str, str]]) -> Path:
    """Rows of (identity number, DUF number, settlement date, category, date left) as the csv template."""
    body = ["fødselsnummer;duf-nummer;bosettingsdato;kategori;flyttet ut", *(";".join(row) for row in rows)]
    path.write_text("\n".join(body) + "\n", encoding="utf-8")
    return path


def random_recipients(rng: random.Random, numbers: list[str]) -> list[Recipient]:
    """Recipients with plausible months and amounts, one an identity number."""
    people = []
    for number in numbers:
        first, length = rng.randint(1, 12), rng.randint(1, 12)
        months = [m for m in MONTHS if first <= m < first + length]
        grants = {m: rng.randint(500, 18_000) for m in months}
        loans = {months[0]: rng.randint(500, 9_000)} if rng.random() < 0.1 else {}
        people.append(
            Recipient(
                number, grants=grants, loans=loans, livelihood=str(rng.randint(1, 9)), children=rng.random() < 0.4
            )
        )
    return people
