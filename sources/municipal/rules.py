"""What may stand in one cell of a template, and what to say in Norwegian when something else does.

Here: one function per rule, from a cell's text to its value. Not here: finding the cell, or rules across rows.
"""

import re
from collections.abc import Callable
from datetime import date

from sources.klass.history import counties, municipalities
from sources.municipal.template import Rule

FIRST_YEAR = 2000
LAST_PLAN_YEAR = 2060
MOST_PERSONS = 20_000
MOST_KRONER = 10_000_000_000
MOST_RESIDENTS = 8_000_000
MOST_THOUSANDS = 1_000_000_000
"""More than all transfers to households of the country, in thousand kroner."""
HIDDEN = ":"
"""How Statistics Norway prints a hidden figure; a template keeps it as it is."""
LEAST_RATE, MOST_RATE = 10_000, 2_000_000
"""What the contract of fct_grant_rate holds a rate to."""
_THOUSANDS = re.compile(r"\d{1,3}([ \u00a0\u202f]\d{3})+")
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{6}[ \u00a0]?\d{5}(?!\d)")


class CellError(Exception):
    """A cell breaks a rule; the message is the Norwegian sentence after the cell's name."""


def refuse_personal(text: str) -> None:
    """Raise CellError when a cell can hold a national identity number. The number is never repeated."""
    if _IDENTITY_NUMBER.search(text):
        raise CellError("ser ut til å inneholde et fødselsnummer. Malene skal bare ha antall og beløp. Slett cellen.")


def apply_rule(rule: Rule, text: str, today: date) -> object:
    """The value of a filled cell. Raises CellError with what was expected and found."""
    return _RULES[rule](text, today)


def label_code(labels: dict[str, str], text: str) -> str:
    """The code of a label, without regard to case and blanks. Raises CellError listing the labels."""
    folded = {_fold(label): code for label, code in labels.items()}
    if _fold(text) not in folded:
        raise CellError(f"har «{_shown(text)}», som ikke er i listen. Velg en av: {', '.join(labels)}.")
    return folded[_fold(text)]


def _municipality(text: str, today: date) -> str:
    if re.fullmatch(r"\d{3}", text):
        raise CellError(f"har «{text}». Kommunenummer har fire sifre; den første nullen mangler trolig (0{text}).")
    if not re.fullmatch(r"\d{4}", text):
        raise CellError(f"har «{_shown(text)}». Skriv kommunenummer med fire sifre.")
    return text


def _year(text: str, today: date) -> int:
    year = _whole(text, "et årstall med fire sifre")
    if not FIRST_YEAR <= year <= today.year:
        raise CellError(f"har årstallet {year}. Skriv et år fra {FIRST_YEAR} til {today.year}.")
    return year


def _plan_year(text: str, today: date) -> int:
    year = _whole(text, "et årstall med fire sifre")
    if not today.year - 5 <= year <= LAST_PLAN_YEAR:
        raise CellError(f"har årstallet {year}. Skriv et år fra {today.year - 5} til {LAST_PLAN_YEAR}.")
    return year


def _past_date(text: str, today: date) -> date:
    norwegian = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(T00:00:00)?", text)
    if not norwegian and not iso:
        raise CellError(f"har «{_shown(text)}». Skriv datoen som dag.måned.år, for eksempel 05.11.2024.")
    parts = (3, 2, 1) if norwegian else (1, 2, 3)
    match = norwegian or iso
    try:
        day = date(*(int(match[n]) for n in parts))
    except ValueError as problem:
        raise CellError(f"har «{text}», som ikke er en dato i kalenderen.") from problem
    if not date(FIRST_YEAR, 1, 1) <= day <= today:
        raise CellError(f"har datoen {day:%d.%m.%Y}. Datoen må være fra {FIRST_YEAR} og kan ikke være fram i tid.")
    return day


def _month(text: str, today: date) -> int:
    month = _whole(text, "et tall fra 1 til 12")
    if not 1 <= month <= 12:
        raise CellError(f"har {month}. Skriv måneden som et tall fra 1 til 12.")
    return month


def _count(text: str, today: date) -> int:
    return _within(_whole(text, "et helt antall"), MOST_PERSONS, "personer")


def _amount(text: str, today: date) -> int:
    return _within(_whole(text, "et beløp i hele kroner"), MOST_KRONER, "kroner")


def _age(text: str, today: date) -> int:
    return _within(_whole(text, "alder i hele år"), 120, "år")


def _grant_year(text: str, today: date) -> int:
    year = _whole(text, "et tall fra 1 til 5")
    if not 1 <= year <= 5:
        raise CellError(f"har {year}. Tilskuddsår er 1 i bosettingsåret og høyst 5.")
    return year


def _rate(text: str, today: date) -> int:
    amount = _whole(text, "en sats i hele kroner")
    if not LEAST_RATE <= amount <= MOST_RATE:
        raise CellError(f"har {amount} kroner. En sats er fra {LEAST_RATE} til {MOST_RATE} kroner. Kontroller tallet.")
    return amount


def _document(text: str, today: date) -> str:
    if not 5 <= len(text) <= 120 or not re.search(r"[a-zæøå]", text, re.IGNORECASE):
        raise CellError(f"har «{_shown(text)}». Skriv hvilket dokument satsen står i, med 5 til 120 tegn.")
    return text


def _plan_name(text: str, today: date) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", text):
        raise CellError(f"har «{_shown(text)}». Skriv et kort navn med små bokstaver a–z, tall og understrek.")
    return text


def _whole(text: str, wanted: str) -> int:
    digits = re.sub(r"[ \u00a0\u202f]", "", text) if _THOUSANDS.fullmatch(text) else text
    if re.fullmatch(r"-\d+", digits):
        raise CellError(f"har {digits}. Tallet kan ikke være negativt.")
    if re.fullmatch(r"\d+[.,]\d+", digits):
        raise CellError(f"har {digits}. Skriv {wanted}, uten desimaler og uten punktum som tusenskille.")
    if not re.fullmatch(r"\d{1,15}", digits):
        raise CellError(f"har «{_shown(text)}». Skriv {wanted}.")
    return int(digits)


def _within(number: int, most: int, unit: str) -> int:
    if number > most:
        raise CellError(f"har {number} {unit}, som er mer enn det som er mulig ({most}). Kontroller tallet.")
    return number


def _region(text: str, today: date) -> str:
    """A municipality or county of today, or the country, whose noughts a spreadsheet may have taken away."""
    code = "00" if text in ("0", "00") else text
    known = {"00", *(c for c, _ in counties(today.year)), *(c for c, _ in municipalities(today.year))}
    if code not in known:
        wanted = "Skriv fire sifre for en kommune, to for et fylke eller 00 for landet."
        raise CellError(f"har «{_shown(text)}», som ikke er et område i dag. {wanted}")
    return code


def _count_or_hidden(text: str, today: date) -> str:
    return (
        HIDDEN if text == HIDDEN else str(_within(_whole(text, "et helt antall, eller :"), MOST_RESIDENTS, "personer"))
    )


def _amount_or_hidden(text: str, today: date) -> str:
    wanted = "hele tusen kroner, eller :"
    return HIDDEN if text == HIDDEN else str(_within(_whole(text, wanted), MOST_THOUSANDS, "tusen kroner"))


def _fold(text: str) -> str:
    return " ".join(text.replace("-", "–").split()).casefold()


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


_RULES: dict[Rule, Callable[[str, date], object]] = {
    "municipality_code": _municipality,
    "year": _year,
    "plan_year": _plan_year,
    "past_date": _past_date,
    "month": _month,
    "count": _count,
    "amount": _amount,
    "grant_year": _grant_year,
    "rate": _rate,
    "document": _document,
    "age": _age,
    "plan_name": _plan_name,
    "region_code": _region,
    "count_or_hidden": _count_or_hidden,
    "amount_or_hidden": _amount_or_hidden,
}
