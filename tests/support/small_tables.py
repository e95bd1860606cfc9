"""Five small tables of three municipalities, as IMDi writes them: input for installations that tests change.

Here: the tables and where they are laid. Not here: assertions.
"""

import os
import time
from pathlib import Path

K = "Enhet;År;Kommunenummer;Kommune"
HEADERS = {
    "bosatt_anmodede": f"{K};Bosetting;Antall",
    "flyktning_botid_flytting": f"{K};Sekundærflytting;Botid i Norge;Antall",
    "befolkning_innvandringsgrunn": f"{K};Innvandringsgrunn;Kjønn;Antall",
    "intro_deltakere": f"{K};Kjønn;Antall",
    "befolkning_hovedgruppe": f"{K};Bakgrunn;Kjønn;Antall",
}
LABELS = {
    "bosatt_anmodede": ("Anmodning om bosetting", "Vedtak om bosetting", "Faktisk bosetting"),
    "flyktning_botid_flytting": ("alle;Alle", "Bosatt her;Alle", "Flyttet hit;Alle"),
    "befolkning_innvandringsgrunn": ("Alle;Alle", "Arbeidsinnvandrere;Alle", "Uoppgitt;Alle"),
    "intro_deltakere": ("Alle", "Kvinner", "Menn"),
    "befolkning_hovedgruppe": ("Hele befolkningen;Alle", "Innvandrere;Kvinner", "Innvandrere;Menn"),
}

SHOWN_FIRST, SHOWN_LATER = 4719, 4723
"""Counts like no other in these tables, so that a test can look for them in everything that is published."""


def table(name: str, rows: int = 36) -> list[str]:
    """A small table of three municipalities over four years, as IMDi writes it: 36 lines under the header."""
    places, years = (3805, 3803, 3804), range(2020, 2024)
    lines = [f"Personer;{y};{code};;{labels};{20 + y % 7}" for y in years for code in places for labels in LABELS[name]]
    return [HEADERS[name], *lines[:rows]]


def settlement(vintage: int = 1) -> list[str]:
    """The settlement table. Of two cells (decisions of 2020) each vintage hides the other's open one."""
    cells = {";2020;3804;;Vedtak": SHOWN_FIRST, ";2020;3803;;Vedtak": SHOWN_LATER}
    shown = SHOWN_FIRST if vintage == 1 else SHOWN_LATER
    return [
        next(
            (f"{line[: line.rindex(';')]};{n if n == shown else ':'}" for cell, n in cells.items() if cell in line),
            line,
        )
        for line in table("bosatt_anmodede")
    ]


def body_of(lines: list[str], encoding: str = "latin-1") -> bytes:
    return ("\n".join(lines) + "\n").encode(encoding)


def write(folder: Path, name: str, body: bytes, day: int) -> None:
    path = folder / "imdi" / "k" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    stamp = time.mktime((2024, 1, day, 12, 0, 0, 0, 0, 0))
    os.utime(path, (stamp, stamp))


def write_tables(folder: Path) -> None:
    """All five tables, dated the first of January 2024."""
    for name in HEADERS:
        lines = settlement() if name == "bosatt_anmodede" else table(name)
        write(folder, name, body_of(lines), day=1)
