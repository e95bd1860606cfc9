"""Invented kroner by scheme and group: exports as of microdata.no in three layouts, and an answer as of SSB in its template.

Here: Larvik, its county and the country, five years. Not here: the invented country (world.py), or what a real export looks like,
which nobody here has seen.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sources.dataset.spec import DatasetSpec
from sources.demo.books import write_book
from sources.demo.chance import split
from sources.demo.world import EAST, NORWEGIAN_BORN, REST, WEST, YEARS, World
from sources.microdata.schemes import AGES, RECEIVES, RESIDENTS, SCHEMES
from sources.municipal.template import template_of

_YEARS = range(2019, 2024)
_AREAS = {"3909": "kommune", "39": "fylke", "00": "landet"}
_GROUPS = ("ovrige", "innvandrer", "flyktning_inntil_5", "flyktning_over_5")
_SCRIPT = "0de300"
"""Six digits of a script that there is not."""

_RATES = {
    "social_assistance": ((13, 34, 430, 170), 58_000),
    "qualification_benefit": ((1, 4, 12, 22), 148_000),
    "disability_benefit": ((88, 28, 6, 96), 268_000),
    "work_assessment_allowance": ((29, 18, 9, 46), 221_000),
    "unemployment_benefit": ((14, 31, 8, 29), 96_000),
    "child_benefit": ((108, 118, 150, 160), 24_000),
    "cash_for_care": ((4, 12, 14, 17), 41_000),
    "housing_benefit": ((9, 18, 190, 110), 33_000),
    "sick_pay": ((95, 88, 31, 70), 74_000),
    "all_transfers": ((610, 470, 900, 720), 151_000),
}
"""Scheme -> recipients per mille of each group, and kroner per recipient in the first year."""
_LEVELS = (100, 96, 112, 104)
"""Kroner per recipient of each group, in per cent of the first."""
_SHARES = {
    "ovrige": (190, 130, 180, 130, 190, 180),
    "innvandrer": (110, 190, 380, 170, 120, 30),
    "flyktning_inntil_5": (330, 220, 270, 100, 60, 20),
    "flyktning_over_5": (220, 190, 280, 160, 110, 40),
}
"""How many of a thousand stand in each age of the script."""
_BY_AGE = {
    "social_assistance": (0, 40, 50, 40, 20, 2),
    "disability_benefit": (0, 8, 20, 55, 150, 0),
    "work_assessment_allowance": (0, 20, 30, 40, 35, 0),
    "unemployment_benefit": (0, 20, 30, 20, 15, 0),
    "sick_pay": (0, 60, 90, 100, 90, 2),
}
"""How often a scheme is received in each age, against the others."""
_ORDERED = {
    "Introduksjonsstønad": ((0, 8, 480, 0), 171_000),
    "Overgangsstønad": ((2, 3, 12, 9), 158_000),
    "Supplerende stønad": ((0, 2, 9, 14), 121_000),
}
"""What microdata.no has no kroner of, as if ordered from SSB: per mille of each group, and kroner per recipient."""

_ANSWERED = {
    "Alle": (0, 1, 2, 3),
    "Innvandrere": (1, 2, 3),
    "Flyktninger inntil fem år": (2,),
    "Befolkningen ellers": (0,),
}
"""Group of the answer -> which groups of the exports it holds."""

Table = dict[str, tuple[int, ...]]


def write_payments(folder: Path, world: World, specs: dict[str, DatasetSpec]) -> list[list[str]]:
    """Write ``microdata/microdata_<year>_<area>.csv`` (.xlsx for the country) and ``municipal/ytelser_etter_gruppe.csv``.
    Returns their rows of extracts.csv."""
    listed = []
    (folder / "microdata").mkdir(parents=True, exist_ok=True)
    for year in _YEARS:
        for area, level in _AREAS.items():
            suffix = "xlsx" if area == "00" else "csv"
            name = f"microdata/microdata_{year}_{level}_{area}.{suffix}"
            _write_export(
                folder / name, f"gruppe_{area}_{year}_54_{_SCRIPT}", area, _residents(world, area, year), year
            )
            listed.append([name, "microdata", "benefit_by_group", "export", ""])
    (folder / "municipal").mkdir(parents=True, exist_ok=True)
    name = "municipal/ytelser_etter_gruppe.csv"
    (folder / name).write_text(_answer(specs["municipal_benefit_by_group"], world), encoding="utf-8-sig")
    return [*listed, [name, "municipal", "benefit_by_group", "template", ""]]


def _residents(world: World, area: str, year: int) -> tuple[int, ...]:
    """People of each group on 1 January after the year, as many as the invented country has."""
    now = YEARS.index(year + 1)
    codes = world.codes[:, -1]
    here = np.array([area == "00" or str(code).startswith(area) for code in codes])
    rest, born, west, east = (int(world.people[here, now, group].sum()) for group in (REST, NORWEGIAN_BORN, WEST, EAST))
    new = min(int(world.settled[here, now - 5 : now].sum()) * 8 // 10, east)
    old = (east - new) * 35 // 100
    return rest + born, west + east - new - old, new, old


def _tables(residents: Sequence[int], year: int) -> tuple[Table, dict[str, dict[str, tuple[int, ...]]]]:
    """The tables without age, and those by age: group -> figures of each age."""
    plain: Table = {RESIDENTS: tuple(residents)}
    ages = {group: _parts(n, _SHARES[group]) for group, n in zip(_GROUPS, residents, strict=True)}
    by_age = {RESIDENTS: ages}
    for scheme in SCHEMES:
        rates, kroner = _RATES[scheme.code]
        recipients = tuple(n * rate // 1000 for n, rate in zip(residents, rates, strict=True))
        paid = kroner * (1000 + 35 * (year - _YEARS[0])) // 1000
        plain[f"{RECEIVES}{scheme.code}"] = recipients
        plain[scheme.code] = tuple(n * paid * level // 100 for n, level in zip(recipients, _LEVELS, strict=True))
        if scheme.by_age:
            by_age[f"{RECEIVES}{scheme.code}"] = {
                group: _parts(
                    n, [people * often for people, often in zip(ages[group], _BY_AGE[scheme.code], strict=True)]
                )
                for group, n in zip(_GROUPS, recipients, strict=True)
            }
    return plain, by_age


def _parts(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(n) for n in split(np.array(total), np.array(weights)))


def _write_export(path: Path, mark: str, area: str, residents: tuple[int, ...], year: int) -> None:
    """One area and year in the layout of its area: a line a figure, groups as columns, or a worksheet."""
    plain, by_age = _tables(residents, year)
    lines: list[list[str | int]] = []
    if area == "39":
        lines += [[mark, *_GROUPS], *([alias, *figures] for alias, figures in plain.items()), []]
    else:
        for alias, figures in plain.items():
            lines += [[f"tabulate {mark}, summarize({alias}) sum flatten"], [mark, "Sum"]]
            lines += [*([group, n] for group, n in zip(_GROUPS, figures, strict=True)), []]
    for alias, groups in by_age.items():
        lines += [[f"tabulate {mark} aldersgruppe, summarize({alias}) sum flatten"], ["", *AGES]]
        lines += [*([group, *figures] for group, figures in groups.items()), []]
    if path.suffix == ".xlsx":
        write_book(path, {"Tabeller": lines})
    else:
        path.write_text(_csv(lines), encoding="utf-8-sig")


def _answer(spec: DatasetSpec, world: World) -> str:
    """The template filled in: everybody, immigrants, refugees of the last five years, and the rest."""
    lines: list[list[str | int]] = [list(template_of(spec).headers)]
    for area in _AREAS:
        for year in _YEARS:
            residents = _residents(world, area, year)
            for scheme, (rates, kroner) in _ORDERED.items():
                recipients = [n * rate // 1000 for n, rate in zip(residents, rates, strict=True)]
                for label, groups in _ANSWERED.items():
                    people, counted = (sum(of[g] for g in groups) for of in (residents, recipients))
                    hidden = 0 < counted < 4
                    figures = [":", ":"] if hidden else [counted, counted * kroner // 1000]
                    tail = ["Oppdiktet bestilling", "30.06.2026"]
                    lines.append([area, year, scheme, label, "Alle aldre", "Personer", people, *figures, *tail])
    return _csv(lines)


def _csv(lines: list[list[str | int]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(lines)
    return text.getvalue()
