"""The scripts for microdata.no: what is paid in each scheme, by group, in a municipality, its county and the country.

Here: the statements, the codes of the areas on the day, and what must be said of the figures. Not here: running them, which
takes an agreement with microdata.no. The names of variables and the grammar are those of the platform's variable list and
manual as read in July 2026 (databank versions no.ssb.fdb:52 to 54); nobody here has run them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.errors import SourceError
from sources.klass.history import changes, counties, municipalities

FIRST_YEAR, LAST_YEAR = 2010, 2023
"""The years in which every variable below has kroner."""
DATABANK = 54
SMALLEST_POPULATION = 1_000
LANGUAGE_FACTS = "microdata.no, variabelliste og manual lest juli 2026"


class ScriptError(SourceError):
    """No script can be written for what was asked. The message is Norwegian: a municipal reader gets it."""

    def __init__(self, *, expected: str, found: str, where: str, next_step: str) -> None:
        super().__init__(expected=expected, found=found, where=where, next_step=next_step)
        self.args = (f"{where}: ventet {expected}, fant {found}. {next_step}",)


@dataclass(frozen=True)
class Scheme:
    """A benefit: our code, its name, and the variable with the kroner of the calendar year per person."""

    code: str
    name_nb: str
    variable: str


SCHEMES = (
    Scheme("social_assistance", "Økonomisk sosialhjelp", "INNTEKT_SOSIAL"),
    Scheme("disability_benefit", "Uføretrygd", "INNTEKT_KODE218"),
    Scheme("work_assessment_allowance", "Arbeidsavklaringspenger", "INNTEKT_SUM_ARBAVKL"),
    Scheme("unemployment_benefit", "Dagpenger", "INNTEKT_ARBLED"),
    Scheme("child_benefit", "Barnetrygd", "INNTEKT_BARNETRYGD"),
    Scheme("cash_for_care", "Kontantstøtte", "INNTEKT_KONTANTSTOTTE"),
    Scheme("housing_benefit", "Bostøtte", "INNTEKT_BOSTOTTE"),
    Scheme("sick_pay", "Sykepenger", "INNTEKT_SYKEPENGER"),
    Scheme("all_transfers", "Overføringer i alt", "INNTEKT_OVERFOR"),
)

GROUPS = {"flyktning": "innvandret av flukt", "innvandrer": "andre innvandrere", "ovrige": "resten av befolkningen"}
"""Value in the script -> what it is. The three do not overlap: together they are all residents."""

NOT_IN_THE_SCRIPT_NB = (
    "Introduksjonsstønad, overgangsstønad og supplerende stønad har bare opplysning om mottak, ikke kroner, hos microdata.no.",
    "Kvalifiseringsstønad er utelatt: det er ikke bekreftet at variabelen er en sum for året. Bruk kommunens egne KOSTRA-filer.",
)


@dataclass(frozen=True)
class Script:
    """One script: the area it is for, its file name, and its statements, one a line and without comments."""

    area: str
    region_code: str
    codes: tuple[str, ...]
    file_name: str
    text: str


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
    return [
        Script(area, code, codes, f"microdata_{year}_{area}_{code}.txt", _text(codes, year, databank))
        for area, code, codes in areas
    ]


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


def _text(codes: tuple[str, ...], year: int, databank: int) -> str:
    day = f"{year + 1}-01-01"
    lines = [
        f"require no.ssb.fdb:{databank} as db",
        "create-dataset personer",
        f"import db/BEFOLKNING_KOMMNR_FORMELL {day} as kom",
        f"import db/BEFOLKNING_STATUSKODE {day} as status",
        "keep if status == '1'",
    ]
    if codes:
        lines.append("keep if " + " | ".join(f"kom == '{code}'" for code in codes))
    lines += [
        "import db/BEFOLKNING_INVKAT as inv",
        "import db/BEFOLKNING_INNGRUNN1 as grunn",
        "generate gruppe = 'ovrige'",
        "replace gruppe = 'innvandrer' if inv == 'B'",
        "replace gruppe = 'flyktning' if inv == 'B' & grunn == 'FLU'",
        "generate personer_i_alt = 1",
        "tabulate gruppe, summarize(personer_i_alt) sum flatten",
    ]
    for scheme in SCHEMES:
        name = scheme.code
        lines += [
            f"import db/{scheme.variable} {year}-12-31 as {name}",
            f"generate mottar_{name} = 0",
            f"replace mottar_{name} = 1 if {name} > 0",
            f"tabulate gruppe, summarize(mottar_{name}) sum flatten",
            f"tabulate gruppe, summarize({name}) sum flatten",
        ]
    return "\n".join(lines) + "\n"


def note(made: list[Script], year: int, databank: int, today: str) -> str:
    """What goes with the scripts, in Norwegian: what they ask for, how to use them, and what the answers do not say."""
    areas = [
        f"- `{s.file_name}`: {s.area} {s.region_code}, kommunenummer {', '.join(s.codes) or 'alle'} 1. januar {year + 1}"
        for s in made
    ]
    schemes = [f"- {scheme.name_nb}: `{scheme.variable}`" for scheme in SCHEMES]
    groups = [f"- `{code}`: {name}" for code, name in GROUPS.items()]
    lines = [
        f"# Utbetalt i {year}, etter ytelse og gruppe: skript for microdata.no",
        "",
        f"Skrevet {today} for databank no.ssb.fdb:{databank}. **Skriptene er ikke kjørt.** De bygger på {LANGUAGE_FACTS}.",
        "Prøv det minste området først, og rett det plattformen klager på.",
        "",
        "## Skriptene",
        *areas,
        "",
        "## Gruppene (utelukker hverandre)",
        *groups,
        "",
        "## Ytelsene (kroner i kalenderåret per person)",
        *schemes,
        "",
        "## Slik brukes de",
        "1. Lim ett skript inn på microdata.no og kjør det. Tilgang krever avtale (microdata@ssb.no).",
        "2. Første tabell er antall bosatte i hver gruppe. Deretter kommer antall mottakere og kroner for hver ytelse.",
        "3. Er antall mottakere likt antall bosatte, har plattformen regnet manglende beløp som mottatt: ikke bruk antallet.",
        "4. Ta vare på tabellene sammen med skriptet, databankens nummer og datoen.",
        "",
        "## Det tallene ikke sier",
        f"- Området må ha minst {SMALLEST_POPULATION} bosatte. En tabell stoppes når over halvparten av cellene er under fem.",
        "- Plattformen legger fast støy på antall. Grensen for støyen er ikke oppgitt, så ingen feilgrense kan regnes ut.",
        "- Gjennomsnitt regnes av verdier som er trukket inn til 1. og 99. prosentil. Er summene det også, er de for lave: for",
        "  ytelser 0,1 til 1,2 prosent og for summer av alt 2,9 til 6,6 prosent i plattformens eget kurseksempel.",
        "- Derfor bes det om summer, som deles på antallet i tabellen over bosatte; ikke om gjennomsnitt.",
        *[f"- {line}" for line in NOT_IN_THE_SCRIPT_NB],
        "- Ytelsene er ført på personen. Barnetrygd og sosialhjelp gjelder ofte en hel familie.",
    ]
    return "\n".join(lines) + "\n"


def _error(expected: str, found: str, where: str, next_step: str) -> ScriptError:
    return ScriptError(expected=expected, found=found, where=where, next_step=next_step)
