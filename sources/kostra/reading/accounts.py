"""The municipality's own accounts: expenditure on the functions that concern integration, from its KOSTRA file.

Here: summing account lines by function. Not here: personal data (the file has none) or comparing with SSB's figure.
"""

from functools import cache
from pathlib import Path

import numpy as np

from sources.files import Declared, read_yaml
from sources.kostra.reading.records import Records
from sources.kostra.refusal import PrivateFileError, place

THOUSAND = 1000
"""The file is in thousand kroner; the warehouse keeps kroner."""

_Ranges = list[tuple[str, str]]


class _Function(Declared):
    name_nb: str
    benefit: _Ranges = []
    loan: _Ranges = []


class AccountRules(Declared):
    """The content of accounts.yml."""

    gross_operating: _Ranges
    net_operating: _Ranges
    operating_classes: dict[str, str]
    functions: dict[str, _Function]


@cache
def account_rules() -> AccountRules:
    """Functions and arts, from accounts.yml."""
    path = Path(__file__).parents[1] / "accounts.yml"
    return AccountRules.model_validate(read_yaml(path))


def expenditure_rows(records: Records, municipality: str) -> list[dict[str, object]]:
    """One row a function: gross and net operating expenditure, benefit paid and loans given, in kroner.

    ``quarter`` is 0 for the annual accounts. A function without account lines gets no row: absent is not zero.
    Raises PrivateFileError when the year is not a year.
    """
    rules = account_rules()
    form = records.text("skjema")[0].decode()
    year_text = records.text("aargang")[0].decode()
    if not year_text.isdigit() or not 2000 <= int(year_text) <= 2100:
        raise PrivateFileError(
            expected="et årstall med fire siffer",
            found="noe annet",
            where=place(records.file, 1, "aargang", 3, 6),
            next_step="kontroller at det er regnskapsfilen (0A) som sendes til SSB",
        )
    operating = records.text("kontoklasse") == rules.operating_classes[form].encode()
    functions = np.char.strip(records.text("funksjon_kapittel").astype("U"))
    arts = records.text("art_sektor").astype("U")
    amounts = records.number("belop") * THOUSAND
    rows: list[dict[str, object]] = []
    for code, function in rules.functions.items():
        mine = operating & (functions == code)
        if not mine.any():
            continue
        rows.append(
            {
                "municipality_code": municipality,
                "year": int(year_text),
                "quarter": int(records.text("kvartal")[0].decode().strip() or 0),
                "accounts_form_code": form,
                "function_code": code,
                "function_name_nb": function.name_nb,
                "gross_operating_nok": int(amounts[mine & _within(arts, rules.gross_operating)].sum()),
                "net_operating_nok": int(amounts[mine & _within(arts, rules.net_operating)].sum()),
                "benefit_nok": int(amounts[mine & _within(arts, function.benefit)].sum()) if function.benefit else None,
                "loan_nok": int(amounts[mine & _within(arts, function.loan)].sum()) if function.loan else None,
            }
        )
    return rows


def _within(arts: np.ndarray, ranges: _Ranges) -> np.ndarray:
    found = np.zeros(len(arts), dtype=bool)
    for low, high in ranges:
        found |= (arts >= low) & (arts <= high)
    return found
