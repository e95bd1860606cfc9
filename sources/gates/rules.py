"""The rules of the gates: each looks for one way in which a release can be wrong and says so as a reason.

Here: rules over one or two observation tables. Not here: rules on the cells that differ (gates/cells.py), which rules are
asked when (gates.py), or the limits (spec.gate).
Several of them are incidents that happened at IMDi in 2025: settlement counted under two codes, history gone for three
days, one category taking over the meaning of another, requests that went down.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.dataset.dimensions import DIMENSIONS, dimensions
from sources.dataset.spec import DatasetSpec
from sources.klass.history import changes, code_is_valid
from sources.landing.contradicted import CONTRADICTED
from sources.landing.observation import years_of
from sources.landing.reasons import Reason, reason
from sources.landing.store import ReadingFacts
from sources.landing.text_codes import coded, distinct, key_numbers, places_of, rows_where, used_labels, values_at

MOST_REASONS = 10
"""More sentences of one kind than this tell a person nothing new."""

NEAR = 3
"""How far two copies of one figure may lie apart: hidden and revised cases (seen in 2025) are one to three persons."""

_SHARE_NEAR = 0.8
_Pair = tuple[int, str, str]
"""A year, an old code and a new code."""


def lost_table_rows(spec: DatasetSpec, facts: ReadingFacts, before: ReadingFacts | None) -> list[Reason]:
    """A reference table that shrank. Of a table that comes in several files each holds what it happens to hold: left out."""
    if before and not spec.accumulates and facts.rows < spec.gate.min_row_ratio * before.rows:
        return [reason("rows_fell", before=before.rows, now=facts.rows, limit=spec.gate.min_row_ratio)]
    return []


def other_municipality(spec: DatasetSpec, facts: ReadingFacts, home: str | None) -> list[Reason]:
    """Figures that somebody has made of one area, and the area is neither the home municipality, its county nor the country.

    Asked of datasets with ``options.of_home``, whose slices begin with the area. They are held, not lost: a person may accept
    the figures of a neighbour to compare with.
    """
    if home is None or not spec.options.get("of_home"):
        return []
    areas = {name.partition("@")[0] for name in facts.slices} - {home, home[:2], "00"}
    return [reason("other_municipality", areas=sorted(areas), home=home)] if areas else []


def mostly_hidden(spec: DatasetSpec, table: pa.Table) -> list[Reason]:
    """Hardly any cell holds a figure."""
    hidden = _share_without_figure(table)
    if hidden > spec.gate.max_hidden_share:
        return [reason("mostly_hidden", share=hidden, limit=spec.gate.max_hidden_share)]
    return []


def more_hidden(spec: DatasetSpec, table: pa.Table, before: pa.Table) -> list[Reason]:
    """Far more cells than before hold no figure, in the years that both have."""
    common = set(pc.unique(before["period_start"]).to_pylist())
    now = _share_without_figure(table, rows_where(table, "period_start", common.__contains__))
    then = _share_without_figure(before)
    if now - then > spec.gate.max_hidden_rise:
        return [reason("more_hidden", before=then, now=now, limit=spec.gate.max_hidden_rise)]
    return []


def below_zero(spec: DatasetSpec, table: pa.Table) -> list[Reason]:
    """Figures below zero where the dataset has none. Kroner may be: a grant that is paid back is a negative payment."""
    counted = rows_where(table, "unit", lambda unit: not unit.startswith("nok"))
    below = int(np.count_nonzero(counted & (figures(table) < 0)))
    return [reason("below_zero", count=below)] if below and spec.non_negative else []


def above_whole(spec: DatasetSpec, table: pa.Table) -> list[Reason]:
    """Shares above 100 per cent: another unit under the name of per cent. A dataset of shares that may be larger says so."""
    values = figures(table)
    shares = values[rows_where(table, "unit", "percent".__eq__) & ~np.isnan(values)]
    above = int(np.count_nonzero(shares > 100)) / max(len(shares), 1)
    if above > spec.gate.max_share_above_100:
        return [reason("above_whole", share=above, limit=spec.gate.max_share_above_100)]
    return []


def contradicted_zeros(spec: DatasetSpec, table: pa.Table) -> tuple[list[Reason], list[Reason]]:
    """Totals of 0 that their own parts contradict (contradicted.py): past the limit a reason, up to it a notice."""
    found = rows_where(table, "value_status", CONTRADICTED.__eq__)
    if not found.any():
        return [], []
    areas = sorted(set(values_at(table["region_code"], np.flatnonzero(found))))
    count, limit = int(np.count_nonzero(found)), spec.gate.max_contradicted_zeros
    told = [reason("contradicted_zeros", count=count, areas=areas, limit=limit)]
    return (told, []) if count > limit else ([], told)


def under_two_codes(spec: DatasetSpec, table: pa.Table) -> list[Reason]:
    """One place and year under an old and a new code at once: whoever adds them counts twice.

    In 2025 IMDi listed settlement of 2021-2023 so; 45 of 51 pairs were equal and the others differed by one to three
    persons. Municipalities that are about to merge stand under both codes too, each with a part of its own: those differ.
    """
    shown = _municipal(table) & (figures(table) > 0)
    seen = combinations(table, ["region_code"], shown)
    years = {year for _, year in seen}
    pairs = [
        (year, old, new)
        for old, new, _ in changes()
        if old != new
        for year in years
        if (old, year) in seen and (new, year) in seen and code_is_valid(old, year) != code_is_valid(new, year)
    ]
    doubled = _standing_twice(table, shown, pairs) if pairs else []
    if len(doubled) <= spec.gate.max_places_under_two_codes:
        return []
    found = sorted({year for year, _, _ in doubled})
    _, old, new = min(doubled)
    return [reason("under_two_codes", count=len(doubled), years=found, old=old, new=new)]


def _standing_twice(table: pa.Table, shown: np.ndarray, pairs: list[_Pair]) -> list[_Pair]:
    """The pairs of which nearly all cells that the two codes share hold the same figure, to a few persons."""
    codes = {code for _, *both in pairs for code in both}
    wanted = shown & rows_where(table, "region_code", codes.__contains__) & rows_where(table, "unit", "percent".__ne__)
    rows = table.select(["region_code", "period_start", "series_number", "value"]).filter(pa.array(wanted))
    held = _rows_by_year_and_code(rows)
    pairs = [(year, old, new) for year, old, new in pairs if (year, old) in held and (year, new) in held]
    if not pairs:
        return []
    labels, code = coded(rows["region_code"])
    number = {label: place for place, label in enumerate(labels.to_pylist())}
    first, cell = distinct(*key_numbers(rows, ["series_number", "period_start"]))
    places = code.astype(np.int64) * len(first) + cell
    of_old = [held[year, old] for year, old, _ in pairs]
    pair = np.repeat(np.arange(len(pairs)), [len(found) for found in of_old])
    one = np.concatenate(of_old)
    under_new = np.array([number[new] for _, _, new in pairs])[pair] * len(first) + cell[one]
    other = places_of(under_new, places, len(labels) * len(first))
    near = np.abs(figures(rows)[one] - figures(rows)[other]) <= NEAR
    common = np.bincount(pair[other >= 0], minlength=len(pairs))
    equal = np.bincount(pair[(other >= 0) & near], minlength=len(pairs))
    return [pairs[at] for at in np.flatnonzero((common > 0) & (equal >= _SHARE_NEAR * common))]


def _rows_by_year_and_code(table: pa.Table) -> dict[tuple[int, str], np.ndarray]:
    labels, code = coded(table["region_code"])
    names, year = labels.to_pylist(), years_of(table)
    order = np.lexsort((code, year))
    is_next = (np.diff(year[order]) != 0) | (np.diff(code[order]) != 0)
    parts = np.split(order, np.flatnonzero(is_next) + 1)
    return {(int(year[part[0]]), names[code[part[0]]]): part for part in parts if len(part)}


def shrunk(spec: DatasetSpec, facts: ReadingFacts, before: ReadingFacts) -> list[Reason]:
    """Fewer (or far more) rows, regions that are gone."""
    gate, reasons = spec.gate, []
    if facts.rows < gate.min_row_ratio * before.rows:
        reasons.append(reason("rows_fell", before=before.rows, now=facts.rows, limit=gate.min_row_ratio))
    if facts.rows > gate.max_row_ratio * before.rows:
        reasons.append(reason("rows_rose", before=before.rows, now=facts.rows, limit=gate.max_row_ratio))
    for name, coverage in before.slices.items():
        if name in facts.slices and coverage.regions:
            regions = facts.slices[name].regions
            if 1 - regions / coverage.regions > gate.max_lost_region_ratio:
                reasons.append(reason("regions_fell", level=name, before=coverage.regions, now=regions))
    return reasons


def levels_left(facts: ReadingFacts, before: ReadingFacts) -> list[Reason]:
    """Region levels that are not in the file any more: the release before goes on serving them, which somebody should know."""
    return [reason("level_left", level=name) for name in sorted(before.slices.keys() - facts.slices.keys())]


def lost_years(spec: DatasetSpec, table: pa.Table, before: pa.Table) -> list[Reason]:
    """Years of the region levels that both hold which are gone, whatever the form of the two files."""
    levels = used_labels(table["region_level"]) & used_labels(before["region_level"])
    now, then = ({year for (year,) in combinations(t, [], _of_levels(t, levels))} for t in (table, before))
    lost = sorted(then - now)
    return [reason("years_lost", years=lost)] if len(lost) > spec.gate.max_lost_years else []


def _of_levels(table: pa.Table, levels: set[str]) -> np.ndarray:
    return rows_where(table, "region_level", levels.__contains__)


def lost_measures(spec: DatasetSpec, table: pa.Table, before: pa.Table) -> list[Reason]:
    """A measure that had figures in a year has none now, though the year is still there, and it is none that passes.

    Also catches a unit that changed under the same name, since the unit is part of what is compared.
    """
    names = ["measure", "unit"]
    now = combinations(table, names, with_figure(table))
    years = {year for (year,) in combinations(table, [])}
    gone: dict[tuple[str, str], list[int]] = {}
    for measure, unit, year in combinations(before, names, with_figure(before)) - now:
        if year in years and measure not in spec.gate.passing_measures:
            gone.setdefault((measure, unit), []).append(year)
    return [
        reason("figures_gone", measure=measure, unit=unit, years=sorted(lost))
        for (measure, unit), lost in sorted(gone.items())
    ][:MOST_REASONS]


def lost_codes(spec: DatasetSpec, table: pa.Table, before: pa.Table) -> list[Reason]:
    """Codes of a breakdown that are gone. A dimension that upstream extends by nature may lose a few."""
    reasons = []
    for name in DIMENSIONS:
        then, now = (used_labels(t[name]) for t in (before, table))
        lost = sorted(then - now)
        limit = spec.gate.max_lost_code_ratio if dimensions()[name].open else 0
        if len(lost) > limit * len(then):
            reasons.append(reason("categories_lost", dimension=name, codes=lost))
    return reasons


def lost_counties(table: pa.Table, before: pa.Table) -> list[Reason]:
    """All municipalities of a county are gone from a year."""
    now, then = _places(table), _places(before)
    gone: dict[str, list[int]] = {}
    for year in sorted(set(now) & set(then)):
        for county in sorted({code[:2] for code in then[year]} - {code[:2] for code in now[year]} - {"99"}):
            gone.setdefault(county, []).append(year)
    return [reason("county_gone", county=county, years=years) for county, years in gone.items()][:MOST_REASONS]


def lost_places(table: pa.Table, before: pa.Table) -> list[Reason]:
    """Municipalities gone from a year in which their code was in force: too few to hold, enough to tell."""
    now, then = _places(table), _places(before)
    return [
        reason("places_gone", year=year, codes=lost)
        for year in sorted(set(now) & set(then))
        if (lost := sorted(code for code in then[year] - now[year] if code_is_valid(code, year)))
    ][:MOST_REASONS]


def totals_that_moved(spec: DatasetSpec, table: pa.Table, before: pa.Table, open_from: int) -> list[Reason]:
    """Totals per measure, unit and year that rose or fell past the limits, or went to zero.

    A year that was open when the release before was made is expected to move; zero is not expected of any.
    """
    now, then = _totals(table), _totals(before)
    reasons = []
    for key in sorted(set(now) & set(then)):
        measure, unit, year = key
        moved = {"measure": measure, "unit": unit, "year": year, "before": then[key], "now": now[key]}
        if then[key] <= 0 or measure in spec.gate.passing_measures:
            continue
        ratio = now[key] / then[key]
        if ratio == 0:
            reasons.append(reason("total_zero", **moved))
        elif year < open_from and (ratio >= spec.gate.max_total_ratio or ratio < 1 - spec.gate.max_total_fall):
            reasons.append(reason("total_moved", **moved))
    return reasons[:MOST_REASONS]


def _share_without_figure(table: pa.Table, rows: np.ndarray | None = None) -> float:
    shown = with_figure(table) if rows is None else with_figure(table)[rows]
    return 1 - int(np.count_nonzero(shown)) / max(len(shown), 1)


def _municipal(table: pa.Table) -> np.ndarray:
    return rows_where(table, "region_level", "municipality".__eq__)


def with_figure(table: pa.Table) -> np.ndarray:
    return rows_where(table, "value_status", "ok".__eq__)


def figures(table: pa.Table, name: str = "value") -> np.ndarray:
    """A column of figures, NaN where there is none."""
    return table[name].to_numpy()


def combinations(table: pa.Table, names: list[str], rows: np.ndarray | None = None) -> set[tuple]:
    """The distinct values of some columns with the year, over all rows or those of a mask."""
    at = np.arange(table.num_rows) if rows is None else np.flatnonzero(rows)
    numbers, bound = key_numbers(table, [*names, "period_start"])
    first, _ = distinct(numbers[at], bound)
    rows = at[first]
    years = [day.year for day in values_at(table["period_start"], rows)]
    return set(zip(*(values_at(table[name], rows) for name in names), years, strict=True))


def _places(table: pa.Table) -> dict[int, set[str]]:
    places: dict[int, set[str]] = {}
    for code, year in combinations(table, ["region_code"], _municipal(table)):
        places.setdefault(year, set()).add(code)
    return places


def _totals(table: pa.Table) -> dict[tuple[str, str, int], float]:
    """Sums over municipalities per measure, unit and year; shares have no sum."""
    names = ["measure", "unit", "period_start"]
    at = np.flatnonzero(_municipal(table))
    numbers, bound = key_numbers(table, names)
    first, which = distinct(numbers[at], bound)
    sums = np.bincount(which, weights=np.nan_to_num(figures(table)[at]), minlength=len(first))
    totals: dict[tuple[str, str, int], float] = {}
    for row, total in zip(table.select(names).take(pa.array(at[first])).to_pylist(), sums, strict=True):
        key = (row["measure"], row["unit"], row["period_start"].year)
        if row["unit"] != "percent":
            totals[key] = totals.get(key, 0.0) + float(total)
    return totals
