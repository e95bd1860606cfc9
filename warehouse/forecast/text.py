"""The assumptions behind a grant forecast as Norwegian sentences.

Here: wording only. Not here: any calculation; every sentence restates a setting or a row that the forecast used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.forecast.answer import Assumptions, Legacy, Settled

_SOURCES = {
    "municipality": "kommunens egne tall",
    "presentation": "presentasjonen til kommunestyret",
    "imdi": "IMDi",
    "given": "oppgitt i spørringen",
}
_CATEGORIES = {
    "single_adult": "enslig voksen",
    "adult_or_child_in_family": "voksen eller barn i familie",
    "unaccompanied_minor": "enslig mindreårig",
}


def assumption_lines(
    terms: Assumptions,
    first: int,
    last: int,
    known: Sequence[Legacy],
    scenarios: Mapping[str, Sequence[Settled]],
    rate_years: Sequence[int],
) -> list[str]:
    """One sentence per assumption, in the order a reader needs them."""
    rows = [row for plan in scenarios.values() for row in plan]
    return [
        f"Prognosen gjelder {first}–{last}. Et kull utløser tilskudd i bosettingsåret og de fire neste årene.",
        _rates(terms, rate_years),
        _legacy(known, first),
        _categories(rows),
        _moves(terms),
        _reunification(terms),
        _ages(rows),
        _months(rows),
        "Særskilt tilskudd for enslige mindreårige som alt er bosatt, er ikke med, fordi alderen deres ikke er kjent.",
        *(["Noen av tallene er demodata og ikke virkelige."] if any(cohort.is_demo for cohort in known) else []),
    ]


def _rates(terms: Assumptions, rate_years: Sequence[int]) -> str:
    if not rate_years:
        return "Ingen utløser tilskudd i perioden, så ingen sats er brukt."
    first, last = rate_years[0], rate_years[-1]
    years = str(first) if first == last else f"{first}–{last}"
    held = (
        f"indeksert med {number(terms.index_pct)} prosent per år etter siste kjente satsår"
        if terms.index_pct
        else "holdt uendret etter siste kjente satsår"
    )
    fixed = " Satsåret er valgt i spørringen." if terms.rate_year is not None else ""
    return f"Satser for {years}, {held}.{fixed}"


def _legacy(known: Sequence[Legacy], first: int) -> str:
    parts = []
    for cohort in known:
        if cohort.source is None:
            parts.append(f"{cohort.year}: ikke kjent, regnet som 0")
        elif cohort.persons is None:
            high = "ukjent" if cohort.high is None else number(cohort.high)
            parts.append(f"{cohort.year}: skjult, mellom {number(cohort.low)} og {high} ({_source(cohort)})")
        else:
            parts.append(f"{cohort.year}: {number(cohort.persons)} ({_source(cohort)})")
    return f"Bosatt før {first}: " + "; ".join(parts) + "."


def _source(cohort: Legacy) -> str:
    name = _SOURCES[cohort.source or "given"]
    return name if cohort.is_whole_year else f"{name}, ikke hele året"


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
