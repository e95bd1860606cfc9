"""The order of a table from Statistics Norway: what is paid in each scheme, by group, beside county and country.

Here: the document, in Norwegian, made from the template the answer goes into, so that the two cannot drift apart. Not here: the
template (datasets/benefit_by_group.yml), or sending anything: the municipality does that itself.
"""

from sources.dataset.spec import load_specs
from sources.klass.history import counties, municipalities
from sources.municipal.reader import TemplateError
from sources.municipal.template import Template, template_of

DATASET = "municipal_benefit_by_group"

_SOURCES_NB = {
    "social_assistance": "KOSTRA-rapporteringen for økonomisk sosialhjelp (bidrag og lån, hver for seg hvis mulig)",
    "introduction_benefit": "registeret for introduksjonsordningen (NIR) og inntektsstatistikken",
    "qualification_benefit": "KOSTRA-rapporteringen for kvalifiseringsprogrammet",
    "housing_benefit": "Husbankens register og inntektsstatistikken",
    "all_transfers": "inntektsstatistikken for personer og familier: overføringer i alt, skattepliktige og skattefrie",
}
_FROM_NAV_NB = "Navs registre og inntektsstatistikken"


def order(municipality: str, first_year: int, last_year: int, today: str) -> str:
    """The document. ``today`` is the day as Norwegians write it. Raises TemplateError for an unknown municipality and for years
    that do not follow each other."""
    names, template = dict(municipalities(9999)), template_of(load_specs()[DATASET])
    if municipality not in names:
        raise _error(f"{municipality} er ikke et kommunenummer i dag. Skriv fire sifre.")
    if first_year > last_year:
        raise _error(f"Første år ({first_year}) er etter siste år ({last_year}).")
    county = municipality[:2]
    county_name = dict(counties(9999)).get(county, county)
    lines = [
        f"# Bestilling av tabell fra Statistisk sentralbyrå: ytelser etter gruppe, {names[municipality]}",
        "",
        f"Skrevet {today}. Dokumentet sendes SSBs oppdragsvirksomhet av kommunen selv. Ingenting er sendt.",
        "",
        "## Hva tabellen skal svare på",
        f"Hvor mye som er utbetalt i året i hver ytelse til innvandrere og til befolkningen ellers i {names[municipality]}, i",
        f"{county_name} og i hele landet, med antall mottakere og antall bosatte i hver gruppe, så kroner kan regnes per",
        "mottaker og per bosatt i gruppen.",
        "",
        "## Områder (dagens inndeling for alle år)",
        f"- {municipality} {names[municipality]}",
        f"- {county} {county_name}: " + ", ".join(f"{c} {n}" for c, n in names.items() if c[:2] == county) + ", samlet",
        "- 00 hele landet",
        "",
        "## År",
        f"{first_year}–{last_year}, hvert år for seg. Bosatte er de som bor i området 1. januar året etter. Mangler siste år i",
        "en kilde, leveres resten.",
        "",
        "## Ytelser (kroner utbetalt i kalenderåret, 1000 kr, løpende priser, før skatt)",
        *[f"- {label}: {_SOURCES_NB.get(code, _FROM_NAV_NB)}" for label, code in _labels(template, "scheme")],
        "",
        "## Grupper",
        *[f"- {label}{_GROUP_NB.get(code, '')}" for label, code in _labels(template, "group_code")],
        "",
        "## Alder ved utgangen av året",
        "- " + ", ".join(label for label, _ in _labels(template, "age_group")),
        "- Alder trengs for mottakere og bosatte, for alle tre områdene, så andelene kan aldersjusteres med landet som standard.",
        "",
        "## Hva som telles",
        "- " + ", ".join(label for label, _ in _labels(template, "counted_unit")) + ", etter hva registeret har.",
        "- Personer for alle ytelser. Husholdninger for sosialhjelp og bostøtte og familier for barnetrygd og overgangsstønad i",
        "  tillegg, der registeret har det.",
        "- En person som har fått en ytelse i deler av året, er én mottaker.",
        "",
        "## Skjuling",
        "SSB avgjør etter sine egne regler hva som må skjules. Skjulte celler merkes med kolon (:), aldri null eller tomt. Må en",
        "gruppe skjules i kommunen, foretrekkes det at den slås sammen med nabogruppen fremfor at hele ytelsen skjules. «Alle»,",
        "«Innvandrere» og «Befolkningen ellers» trengs mest, og skal gå opp i hverandre.",
        "",
        "## Form",
        "CSV med semikolon eller Excel, én rad per område, år, ytelse, gruppe, alder og enhet, med kolonnene:",
        "",
        *[f"- {column.header}: {column.hint_nb}" for column in template.columns.values()],
        "",
        "Den tomme malen (`ytelser_etter_gruppe.xlsx`) følger med. Får kommunen den utfylt, kan den legges rett i mappen.",
        "",
        "## At det lar seg gjøre",
        "SSB har laget en slik tabell for sosialhjelp per kommune for 2009–2019 på bestilling (Nettavisen, september 2021).",
        "Pris og leveringstid oppgis av SSB. Personopplysninger skal ikke leveres: bare tabellen over.",
    ]
    return "\n".join(lines) + "\n"


_GROUP_NB = {
    "all": ": alle bosatte",
    "immigrants": ": født i utlandet av to utenlandsfødte foreldre og fire utenlandsfødte besteforeldre",
    "refugees": ": innvandrere med innvandringsgrunn flukt, og familieinnvandrede til dem ført for seg hvis mulig",
    "refugees_within_5_years": ": bosatt i kommunen i året eller de fire årene før",
    "refugees_beyond_5_years": ": bosatt tidligere",
    "norwegian_born": ": er også med i «Befolkningen ellers»",
    "population_except_immigrants": ": alle som ikke er innvandrere",
}


def _labels(template: Template, column: str) -> list[tuple[str, str]]:
    return list(template.columns[column].labels.items())


def _error(problem: str) -> TemplateError:
    return TemplateError(
        expected="en kommune i dag og to år i rekkefølge",
        found=problem,
        where="Bestillingen",
        next_step="Rett valget og prøv igjen.",
    )
