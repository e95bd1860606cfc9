"""The rows behind the report's figures, read in one question for any number of areas.

Here: which rows are fetched, and finding those of one series and area. Not here: what a row means (figures.py).
A question a figure cost thirty milliseconds each, sixty times over; one question for all costs as much as one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from report.reading.marts import Marts, Row

BREAKDOWNS = (
    "sex", "age_group", "immigrant_category", "immigration_reason", "world_region", "country_background",
    "length_of_residence", "education_level", "language_background", "category",
)  # fmt: skip
_VALUE = (
    "value",
    "value_low",
    "value_high",
    "value_status",
    "geography_basis",
    "reason",
    "release_id",
    "is_whole_year",
)
_RANK = ("rank", "ranked_count")
Key = tuple[str, str, tuple[str, ...]]
"""Indicator, area, and a code for each of BREAKDOWNS."""


@dataclass(frozen=True)
class Shelf:
    """Rows of fct_indicator_value by series and area, and ranks of comparison by series, municipality and year."""

    figures: Mapping[Key, list[Row]] = field(default_factory=dict)
    ranks: Mapping[tuple[Key, int], Row] = field(default_factory=dict)

    @classmethod
    def read(
        cls, marts: Marts, indicators: Iterable[str], areas: Iterable[str], codes: Mapping[str, Iterable[str]]
    ) -> Shelf:
        """``areas`` are codes of areas; ``codes`` the breakdown codes wanted beside «all» by dimension."""
        wanted = {name: sorted({"all", *codes.get(name, ())}) for name in BREAKDOWNS}
        chosen = {"indicator_id": sorted(set(indicators)), **wanted}
        places = sorted(set(areas))
        figures: dict[Key, list[Row]] = {}
        columns = ("indicator_id", "region_code", "year", *BREAKDOWNS, *_VALUE)
        for row in marts.rows("fct_indicator_value", {**chosen, "region_code": places}, columns=columns):
            figures.setdefault(_key(row, "region_code"), []).append(row)
        ranks: dict[tuple[Key, int], Row] = {}
        columns = ("indicator_id", "municipality_code", "year", *BREAKDOWNS, *_RANK)
        for row in marts.rows("comparison", {**chosen, "municipality_code": places}, columns=columns):
            ranks[_key(row, "municipality_code"), row["year"]] = row
        # a place that others share is none: «plass 1 av 357» of a figure that all have alike says nothing
        for tied in _tied(marts, chosen["indicator_id"], places):
            ranks.pop((_key(tied, "region_code"), tied["year"]), None)
        return cls(figures, ranks)

    def rows(self, indicator_id: str, area: str, chosen: Mapping[str, str]) -> list[Row]:
        """Rows by year of one series in one area; ``chosen`` has a code for every breakdown."""
        return self.figures.get((indicator_id, area, tuple(chosen[name] for name in BREAKDOWNS)), [])

    def rank(self, indicator_id: str, municipality: str, year: int, chosen: Mapping[str, str]) -> Row | None:
        """The row that ranks the municipality in a year."""
        return self.ranks.get(((indicator_id, municipality, tuple(chosen[name] for name in BREAKDOWNS)), year))


def _tied(marts: Marts, indicators: list[str], places: list[str]) -> list[Row]:
    """Series, areas and years whose rank another municipality has too."""
    if (
        not places
        or not indicators
        or not marts.has("fct_figure_municipality", "rank")
        or not marts.has("dim_series", *BREAKDOWNS)
    ):
        return []
    marks, asked = (", ".join("?" for _ in listed) for listed in (places, indicators))
    return marts.ask(
        f"with own as (select series_number, region_code, year, rank from marts.fct_figure_municipality "
        f"where region_code in ({marks}) and rank is not null and series_number in "
        f"(select series_number from marts.dim_series where indicator_id in ({asked}))), "
        "shared as (select own.series_number, own.region_code, own.year from own "
        "inner join marts.fct_figure_municipality as others on own.series_number = others.series_number "
        "and own.year = others.year and own.rank = others.rank group by all having count(*) > 1) "
        f"select indicator_id, region_code, year, {', '.join(BREAKDOWNS)} from shared "
        "inner join marts.dim_series using (series_number)",
        [*places, *indicators],
    )


def _key(row: Row, area: str) -> Key:
    return row["indicator_id"], row[area], tuple(row[name] for name in BREAKDOWNS)
