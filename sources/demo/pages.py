"""Invented settlement pages in the form of IMDi's: one a year, agreeing with the invented table of settlement.

Here: the pages of the years that have one. Not here: the numbers (world.py), or how a page is read.
"""

import html
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.demo.regions import Regions
from sources.demo.world import LAST_YEAR, YEARS, World
from sources.imdi.settlement.reader import SettlementPages
from sources.klass.history import counties, municipalities

_HIDDEN_BELOW = 5
_COLLECTIVE_PER_MILLE = 820
_OF_COUNTY = (
    "Antall personer kommuner i fylket har blitt anmodet om å bosette:",
    "Antall personer kommuner i fylket har vedtatt å bosette:",
    "Antall bosatte personer:",
    "Antall bosatte personer med kollektiv beskyttelse:",
)
_OF_MUNICIPALITY = (
    "Antall personer kommunen har blitt anmodet om å bosette:",
    "Antall personer kommunen har vedtatt å bosette:",
    *_OF_COUNTY[2:],
)


def write_pages(folder: Path, spec: DatasetSpec, world: World) -> list[list[str]]:
    """Write ``imdi/pages/nokkeltall-bosetting-<year>.html`` and return their rows of the list of extracts."""
    (folder / "imdi" / "pages").mkdir(parents=True, exist_ok=True)
    listed = []
    for year in range(options_of(spec, "imdi_pages", SettlementPages).first_year, LAST_YEAR + 1):
        name = f"imdi/pages/nokkeltall-bosetting-{year}.html"
        (folder / name).write_text("\n".join(_page(world, year)) + "\n", encoding="utf-8")
        listed.append([name, "imdi", spec.upstream_id, "page", "k f"])
    return listed


def _page(world: World, year: int) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="nb"><head><meta charset="utf-8"><title>Oppdiktede tall {year}</title></head><body>'
    yield f"<h1>Nøkkeltall bosetting {year}</h1>\n<p>Alle tall på denne siden er oppdiktet.</p>"
    municipal = Regions(world, [year], "k")
    figures = municipal.total(_by_place(world, year)[:, None])
    names, known = dict(counties(year)), dict(municipalities(year))
    of_county = np.array([code[:2] for code in municipal.codes])
    yield f"<h3>Oversikt over bosettingen i fylkene i {year}</h3>"
    yield from _table(
        "Fylke", _OF_COUNTY, [(name, figures[of_county == code].sum(axis=0)) for code, name in names.items()]
    )
    yield f"<h2>Oversikt over bosettingen i kommunene i {year}</h2>"
    for code, name in names.items():
        rows = [(known[municipal.codes[at]], figures[at]) for at in np.flatnonzero(of_county == code)]
        yield f"<h3>{html.escape(name)} - oversikt over bosettingen i {year}</h3>"
        yield from _table("Kommune", _OF_MUNICIPALITY, rows)
    yield "</body></html>"


def _by_place(world: World, year: int) -> np.ndarray:
    """[place, (requested, decided, settled, settled with collective protection)]."""
    at = YEARS.index(year)
    settled = world.settled[:, at]
    return np.stack(
        [world.requested[:, at], world.decided[:, at], settled, settled * _COLLECTIVE_PER_MILLE // 1000], axis=-1
    )


def _table(first: str, columns: tuple[str, ...], rows: list[tuple[str, np.ndarray]]) -> Iterator[str]:
    head = "".join(f"<th>{column}</th>" for column in (first, *columns))
    yield f'<table border="1">\n<thead><tr>{head}</tr></thead>\n<tbody>'
    for name, values in rows:
        cells = "".join(f"<td>{_cell(int(value), place >= 2)}</td>" for place, value in enumerate(values))
        yield f"<tr><td>{html.escape(name)}</td>{cells}</tr>"
    yield "</tbody></table>"


def _cell(value: int, is_hidden_when_small: bool) -> str:
    return ":" if is_hidden_when_small and 0 < value < _HIDDEN_BELOW else str(value)
