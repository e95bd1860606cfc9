"""What goes with the scripts for microdata.no, in Norwegian: what they ask for, how they are used, what the answers do not say.

Here: the page beside the scripts. Not here: the scripts (script.py), or the page on privacy (docs/privacy.md).
"""

from sources.microdata.schemes import GROUPS, SCHEMES, SMALLEST_POPULATION
from sources.microdata.script import Script

LANGUAGE_FACTS = "microdata.no, variabelliste, manual og offisielle eksempler, lest juli 2026"

NOT_IN_THE_SCRIPT_NB = (
    "Introduksjonsstønad, overgangsstønad og supplerende stønad har bare opplysning om mottak, ikke kroner, hos microdata.no.",
)


def note(made: list[Script], year: int, databank: int, today: str) -> str:
    """The page of one set of scripts. ``today`` is the day it is written, as Norwegians write it."""
    areas = [
        f"- `{s.file_name}`: {s.area} {s.region_code}, kommunenummer {', '.join(s.codes) or 'alle'} 1. januar {year + 1}; "
        f"skript {s.script_id}"
        for s in made
    ]
    ages = ", ".join(scheme.name_nb.lower() for scheme in SCHEMES if scheme.by_age)
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
        *[f"- `{code}`: {name}" for code, (_, name) in GROUPS.items()],
        "",
        "## Ytelsene (kroner i kalenderåret per person)",
        *[f"- {scheme.name_nb}: `{scheme.variable}`" for scheme in SCHEMES],
        "",
        f"Mottakere etter alder er med for {ages}: andeler av to grupper kan bare sammenlignes når alderen er den samme.",
        "",
        "## Slik brukes de",
        "1. Lim ett skript inn på microdata.no og kjør det. Tilgang krever avtale (microdata@ssb.no).",
        "2. Eksporter tabellene som CSV eller Excel. Én fil per tabell, eller alle i samme fil, er like bra.",
        "3. Legg filene i mappen med uttrekk og kjør «integrering run --extracts MAPPE».",
        "",
        f"Endre ikke navnet på gruppevariabelen (`gruppe_{made[0].region_code}_{year}_…`): det sier hvilket område, år, skript",
        "og hvilken databank tabellen gjelder, og er det eneste som følger med i eksporten. Er det kommet en nyere databank:",
        f"skriv skriptet på nytt med `integrering microdata --year {year} --databank NUMMER`.",
        "",
        "## Det tallene ikke sier",
        f"- Området må ha minst {SMALLEST_POPULATION} bosatte. En tabell stoppes når over halvparten av cellene er under fem.",
        "- Plattformen legger fast støy på antall. Grensen for støyen er ikke oppgitt, så ingen feilgrense kan regnes ut.",
        "- Gjennomsnitt regnes av verdier som er trukket inn til 1. og 99. prosentil. Er summene det også, er de for lave: for",
        "  ytelser 0,1 til 1,2 prosent og for summer av alt 2,9 til 6,6 prosent i plattformens eget kurseksempel.",
        "- Derfor bes det om summer, som deles på antallet i tabellen over bosatte; ikke om gjennomsnitt.",
        *[f"- {line}" for line in NOT_IN_THE_SCRIPT_NB],
        "- Ytelsene er ført på personen. Barnetrygd og sosialhjelp gjelder ofte en hel familie.",
        "- Inntil fem år regnes fra første oppholdsdato i Norge, som kan være før bosettingen i kommunen.",
    ]
    return "\n".join(lines) + "\n"
