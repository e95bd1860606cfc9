"""The scripts for microdata.no: what is paid in each scheme, by group, in a municipality, its county and the country.

Here: the statements, the codes of the areas on the day, and the mark by which an export is known again. Not here: what must be
said of the figures (note.py), reading what comes back (reader.py), or running anything, which takes an agreement with
microdata.no. Names of variables and grammar are those of the platform's variable list, manual and official examples as read in
July 2026 (databank versions no.ssb.fdb:52 to 54); nobody here has run them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from sources.klass.history import changes, counties, municipalities
from sources.microdata.schemes import AGES, RECEIVES, RESIDENTS, SCHEMES, MicrodataError, Scheme

FIRST_YEAR, LAST_YEAR = 2010, 2023
"""The years in which every variable has kroner."""
DATABANK = 54

MARK = re.compile(r"gruppe_(?P<area>\d{4}|\d{2})_(?P<year>20\d\d)_(?P<databank>\d{2,3})_(?P<script>[0-9a-f]{6})")
"""The name of the group variable. It heads every table, so that an export says itself of which area, year, databank and script
it is: the platform writes no such thing into it, and comments stop a run."""
_UNMARKED = "gruppe"


class ScriptError(MicrodataError):
    """No script can be written for what was asked."""


@dataclass(frozen=True)
class Mark:
    """What the name of the group variable says of a table."""

    area: str
    year: int
    databank: int | None
    script_id: str | None

    @staticmethod
    def of(found: re.Match[str]) -> Mark:
        return Mark(found["area"], int(found["year"]), int(found["databank"]), found["script"])


@dataclass(frozen=True)
class Script:
    """One script: the area it is for, its file name, and its statements, one a line and without comments.

    ``script_id`` are six digits of the hash of the statements: the same question has the same id on every machine.
    """

    area: str
    region_code: str
    codes: tuple[str, ...]
    file_name: str
    text: str
    script_id: str


def scripts(municipality: str, year: int, databank: int = DATABANK) -> list[Script]:
    """The scripts of the municipality (code of today), of its county and of the country, for payments in ``year``.

    The residents are those of 1 January after the year. Raises ScriptError for an unknown municipality, a year without
    kroner, and borders that cannot be followed back to that day.
    """
    today = dict(municipalities(9999))
    if municipality not in today:
        raise _error("et kommunenummer som gjelder i dag", municipality, "kommune", "Skriv nummeret med fire sifre.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _error(
            f"et år fra {FIRST_YEAR} til {LAST_YEAR}",
            str(year),
            "år",
            f"Variablene med kroner slutter i {LAST_YEAR} i databank {DATABANK}; se etter en nyere på microdata.no.",
        )
    county = municipality[:2]
    of_county = [code for code in today if code[:2] == county]
    if county not in dict(counties(9999)):
        raise _error("et fylke som gjelder i dag", county, "fylke", "Kontroller kommunenummeret.")
    areas = (
        ("kommune", municipality, _codes_on([municipality], year + 1)),
        ("fylke", county, _codes_on(of_county, year + 1)),
        ("landet", "00", ()),
    )
    return [_script(area, code, codes, year, databank) for area, code, codes in areas]


def _codes_on(codes: list[str], year: int) -> tuple[str, ...]:
    """The codes that the areas of today had on 1 January of the year.

    Raises ScriptError when one of them also lies in an area outside: its people cannot be told apart.
    """
    day, held = f"{year}-01-01", set(codes)
    later = [change for change in changes() if change[2] > day]
    for when in sorted({change[2] for change in later}, reverse=True):
        of_day = [(old, new) for old, new, date in later if date == when]
        before = {old for old, new in of_day if new in held}
        if split := sorted({old for old, new in of_day if old in before and new not in held}):
            raise _error(
                "områder som kan følges tilbake",
                f"{', '.join(split)}, som senere ble delt",
                f"grensene {day}",
                "Velg et senere år.",
            )
        held = (held - {new for _, new in of_day}) | before
    return tuple(sorted(held))


def _script(area: str, region_code: str, codes: tuple[str, ...], year: int, databank: int) -> Script:
    statements = [*_population(codes, year, databank), *_groups(year)]
    for scheme in SCHEMES:
        statements += _tables(scheme, year)
    plain = "\n".join(statements) + "\n"
    script_id = hashlib.sha256(plain.encode()).hexdigest()[:6]
    marked = re.sub(rf"\b{_UNMARKED}\b", f"gruppe_{region_code}_{year}_{databank}_{script_id}", plain)
    # the id in the name: a script that has been run is not written over by a later one
    name = f"microdata_{year}_{area}_{region_code}_{script_id}.txt"
    return Script(area, region_code, codes, name, marked, script_id)


def _population(codes: tuple[str, ...], year: int, databank: int) -> list[str]:
    day = f"{year + 1}-01-01"
    return [
        f"require no.ssb.fdb:{databank} as db",
        "create-dataset personer",
        f"import db/BEFOLKNING_KOMMNR_FORMELL {day} as kom",
        f"import db/BEFOLKNING_STATUSKODE {day} as status",
        "keep if status == '1'",
        *(["keep if " + " | ".join(f"kom == '{code}'" for code in codes)] if codes else []),
    ]


def _groups(year: int) -> list[str]:
    """The groups, the ages and the residents. Later statements go before earlier ones: the youngest age is set first."""
    lines = [
        "import db/BEFOLKNING_INVKAT as inv",
        "import db/BEFOLKNING_INNGRUNN1 as grunn",
        "import db/BEFOLKNING_FORSTDATO as forstdato",
        "import db/BEFOLKNING_FOEDSELS_AAR_MND as foedt",
        f"generate botid = {year} - int(forstdato/10000)",
        f"generate alder = {year} - int(foedt/100)",
        f"generate {_UNMARKED} = 'ovrige'",
        f"replace {_UNMARKED} = 'innvandrer' if inv == 'B'",
        f"replace {_UNMARKED} = 'flyktning_ukjent' if inv == 'B' & grunn == 'FLU'",
        f"replace {_UNMARKED} = 'flyktning_over_5' if inv == 'B' & grunn == 'FLU' & botid > 4 & !sysmiss(botid)",
        f"replace {_UNMARKED} = 'flyktning_inntil_5' if inv == 'B' & grunn == 'FLU' & botid <= 4 & !sysmiss(botid)",
    ]
    youngest = next(iter(AGES))
    lines.append(f"generate aldersgruppe = '{youngest}'")
    lines += [
        f"replace aldersgruppe = '{label}' if alder >= {least}"
        for label, (least, _) in AGES.items()
        if label != youngest
    ]
    return [
        *lines,
        f"generate {RESIDENTS} = 1",
        f"tabulate {_UNMARKED}, summarize({RESIDENTS}) sum flatten",
        f"tabulate {_UNMARKED} aldersgruppe, summarize({RESIDENTS}) sum flatten",
    ]


def _tables(scheme: Scheme, year: int) -> list[str]:
    """The tables of a scheme: recipients, kroner, and recipients by age where a rate without age misleads."""
    name = scheme.code
    by_age = [f"tabulate {_UNMARKED} aldersgruppe, summarize({RECEIVES}{name}) sum flatten"] if scheme.by_age else []
    return [
        f"import db/{scheme.variable} {year}-12-31 as {name}",
        f"generate {RECEIVES}{name} = 0",
        f"replace {RECEIVES}{name} = 1 if {name} > 0 & !sysmiss({name})",
        f"tabulate {_UNMARKED}, summarize({RECEIVES}{name}) sum flatten",
        f"tabulate {_UNMARKED}, summarize({name}) sum flatten",
        *by_age,
    ]


def _error(expected: str, found: str, where: str, next_step: str) -> ScriptError:
    return ScriptError(expected=expected, found=found, where=where, next_step=next_step)
