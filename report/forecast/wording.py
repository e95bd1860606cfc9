"""A grant forecast in Norwegian: the lead, and the assumptions it rests on.

Here: wording only. Not here: any calculation; every sentence restates a setting or a row that the forecast used.
"""

from collections.abc import Sequence

from report.words.norwegian import day, listed
from warehouse.forecast.answer import Forecast
from warehouse.forecast.cohorts import Cohort
from warehouse.forecast.question import GRANT_YEARS, Assumptions, Settled

_SOURCES = {
    "municipality": "kommunens egne tall",
    "presentation": "kommunens tall i presentasjonen til kommunestyret",
    "imdi": "IMDi",
    "imdi_copy": "IMDi, gjengitt av andre",
    "given": "oppgitt i spørringen",
}
_CATEGORIES = {
    "single_adult": "enslig voksen",
    "adult_or_child_in_family": "voksen eller barn i familie",
    "unaccompanied_minor": "enslig mindreårig",
}
_STAGES = {"accounts": "regnskap", "adopted": "vedtatt", "revised": "revidert", "proposal": "forslag"}
_NAMED = {"request": "IMDis anmodning", "decision": "Kommunens vedtak"}


def scenario_name(answer: Forecast, scenario: str) -> str:
    """What a scenario is called: its number, or where a known number comes from."""
    name = scenario.removeprefix("settle_")
    if scenario.startswith("plan_"):
        return f"Egen plan: {scenario.removeprefix('plan_')}"
    if scenario in answer.basis:
        known = answer.basis[scenario]
        return f"{_NAMED[name]} for {known.year}: {number(known.persons)} hvert år"
    return "Ingen bosettes" if name == "0" else f"{number(float(name))} bosettes hvert år"


def lead(answer: Forecast) -> list[str]:
    """What must be read before any figure: a year nobody knows, what such a cohort is worth, and the question for it."""
    said = []
    for worth in answer.worth:
        size = _usual(answer.cohorts)
        usual = f" Et kull på {number(size)}, som snittet av de kjente, er verdt {kroner(size * worth.per_person_nok)}."
        said.append(
            f"Vi vet ikke hvor mange som ble bosatt i {worth.year}, så alle tall de kan påvirke, er «minst». Hver som ble "
            f"bosatt da, er verdt {kroner(worth.per_person_nok)} i {answer.from_year}–{answer.to_year}."
            f"{usual if size else ''} Hvor mange ble bosatt i {worth.year}? "
            f"Oppgi tallet med «--legacy {worth.year}=ANTALL» eller i malen «bosatte_per_maaned»."
        )
    return said


def report_lead(answer: Forecast) -> list[str]:
    """The same for a reader of the report, in one sentence for all years, without the commands."""
    if not answer.worth:
        return []
    years = listed([str(worth.year) for worth in answer.worth])
    size = _usual(answer.cohorts)
    each = listed([f"{kroner(size * worth.per_person_nok)} ({worth.year})" for worth in answer.worth])
    usual = (
        f" Et kull på {number(size)}, som snittet av de kjente, er verdt {each} i {answer.from_year}–{answer.to_year}."
    )
    return [
        f"Vi vet ikke hvor mange som ble bosatt i {years}, så alle tall de kan påvirke, er «minst».{usual if size else ''}"
    ]


def _usual(cohorts: Sequence[Cohort]) -> int:
    known = [cohort.persons for cohort in cohorts if cohort.persons is not None and cohort.is_whole_year]
    return round(sum(known) / len(known)) if known else 0


def assumption_lines(answer: Forecast, has_commands: bool = True) -> list[str]:
    """One sentence per assumption, in the order a reader needs them; for the report without commands and templates."""
    terms = answer.question.terms
    rows = [row for plan in answer.scenarios.values() for row in plan]
    left_out = [f"{_NAMED[name]} er ikke kjent for kommunen og er ikke regnet." for name in answer.left_out]
    return [
        f"Prognosen gjelder {answer.from_year}–{answer.to_year}. "
        "Et kull utløser tilskudd i bosettingsåret og de fire neste årene.",
        *_rates(answer, has_commands),
        _legacy(answer),
        *_running(answer, has_commands),
        *left_out,
        _categories(rows),
        _moves(terms),
        _reunification(terms),
        _ages(rows),
        _months(rows),
        "Særskilt tilskudd for enslige mindreårige som alt er bosatt, er ikke med, fordi alderen deres ikke er kjent.",
        *_budget(answer),
        *(["Noen av tallene er demodata og ikke virkelige."] if answer.is_demo else []),
    ]


def _rates(answer: Forecast, has_commands: bool) -> list[str]:
    if not answer.rates:
        return ["Ingen utløser tilskudd i perioden, så ingen sats er brukt."]
    terms = answer.question.terms
    first, last = answer.rates[0].year, answer.rates[-1].year
    years = str(first) if first == last else f"{first}–{last}"
    held = (
        f"indeksert med {number(terms.index_pct)} prosent per år etter {last}"
        if terms.index_pct
        else f"holdt uendret fra {last}"
    )
    fixed = " Satsåret er valgt i spørringen." if terms.rate_year is not None else ""
    own = " De er lest fra malen «satser»." if answer.rates[-1].dataset_id == "municipal_grant_rates" else ""
    said = [f"Satser for {years}, {held}.{fixed}{own}"]
    if answer.unread_rates:
        missing = ", ".join(str(year) for year in answer.unread_rates)
        how = " Fyll ut malen «satser» fra Prop. 1 S, så brukes de." if has_commands else ""
        said.append(f"Satser for {missing} er ikke lest inn.{how}")
    return said


def _budget(answer: Forecast) -> list[str]:
    """What the whole country's grants come to: a forecast that moves the other way needs a reason."""
    years = [f"{_millions(row.amount_nok)} i {row.year} ({_STAGES[row.stage]})" for row in answer.budget]
    said = "Til kontroll: integreringstilskuddet i hele landet (kap. 671 post 60) er i millioner kroner"
    return [f"{said} {', '.join(years)}."] if years else []


def _millions(value: float) -> str:
    return f"{int(value / 1e6 + 0.5):,}".replace(",", " ")


def _legacy(answer: Forecast) -> str:
    parts = []
    for cohort in answer.cohorts:
        if cohort.is_unknown:
            parts.append(f"{cohort.year}: ikke kjent")
            continue
        beside = "".join(f"; {_SOURCES[source]}: {number(persons)}" for source, persons in cohort.others)
        said = f"{_SOURCES[cohort.source or 'given']}{'' if cohort.is_whole_year else ', ikke hele året'}{beside}"
        if cohort.persons is None:
            high = "ukjent" if cohort.high is None else number(cohort.high)
            parts.append(f"{cohort.year}: skjult, mellom {number(cohort.low)} og {high} ({said})")
        else:
            parts.append(f"{cohort.year}: {number(cohort.persons)} ({said})")
    past = answer.from_year - GRANT_YEARS
    return f"Bosatt før {answer.from_year}: {'. '.join(parts)}. Kullet fra {past} har brukt opp tilskuddet sitt."


def _running(answer: Forecast, has_commands: bool) -> list[str]:
    """How a year that is not over is counted, and what the other way would say."""
    said = []
    for cohort in answer.cohorts:
        if cohort.is_whole_year or cohort.source == "given":
            continue
        when = f" per {day(cohort.stated_on)}" if cohort.stated_on else ""
        if cohort.counted == "decided":
            said.append(f"{cohort.year} er regnet som vedtatt, ikke som bosatt så langt{when}.")
        elif cohort.decided is None:
            said.append(f"{cohort.year} er regnet som bosatt så langt{when}; vedtaket er ikke kjent.")
        else:
            said.append(
                f"{cohort.year} er regnet som bosatt så langt{when}: {number(cohort.low)} av {number(cohort.decided)} "
                f"vedtatte.{' Regn med vedtaket med «--running-year decided».' if has_commands else ''}"
            )
    return said


def _categories(rows: Sequence[Settled]) -> str:
    used = sorted({_CATEGORIES[row.category] for row in rows})
    return f"Nye bosatte er regnet som {', '.join(used)}." if used else "Ingen nye bosettes."


def _moves(terms: Assumptions) -> str:
    if not terms.attrition_pct:
        return "Ingen flytter inn eller ut."
    way = "ut" if terms.attrition_pct > 0 else "inn (netto)"
    share = number(abs(terms.attrition_pct))
    return f"{share} prosent av det som er igjen av et kull, flytter {way} hvert år etter bosettingsåret."


def _reunification(terms: Assumptions) -> str:
    if not terms.reunification_pct:
        return "Ingen kommer i familiegjenforening."
    when = "samme år" if terms.reunification_after_years == 0 else f"{terms.reunification_after_years} år senere"
    return (
        f"For hver 100 bosatte kommer {number(terms.reunification_pct)} i familiegjenforening {when}. "
        "De utløser tilskudd i egne fem år som voksen eller barn i familie."
    )


def _ages(rows: Sequence[Settled]) -> str:
    if any(row.age is not None for row in rows):
        return "Tillegg som avhenger av alder, er regnet for dem planen oppgir alder for."
    return "Barnehagetilskudd, eldretilskudd og særskilt tilskudd er ikke med, fordi planen ikke oppgir alder."


def _months(rows: Sequence[Settled]) -> str:
    rule = "Integreringstilskuddet er det samme uansett måned i bosettingsåret."
    if any(row.month is not None and row.category == "unaccompanied_minor" for row in rows):
        return rule + " Særskilt tilskudd er regnet for månedene som er igjen av bosettingsåret, med bosettingsmåneden."
    return rule + " Særskilt tilskudd er ikke avkortet etter måned."


def number(value: float) -> str:
    """A number as Norwegians write it: decimal comma, no needless decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",")


def kroner(value: float) -> str:
    """Whole kroner with the unit."""
    return f"{round(value):,} kroner".replace(",", " ")


def money(row: dict[str, object]) -> str:
    """The amount of a row of totals or sums: exact, between two bounds, or «minst» where nobody knows the upper one."""
    shown = [None if row[k] is None else _plain(row[k]) for k in ("amount_nok", "amount_low_nok", "amount_high_nok")]
    exact, low, high = shown
    if exact is not None:
        return exact
    return f"minst {low}" if high is None else f"{low}–{high}"


def _plain(value: object) -> str:
    return f"{round(float(str(value))):,}".replace(",", " ")
