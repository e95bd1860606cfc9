"""The rules of the gates: each looks for one way in which a release can be wrong and says so in a sentence.

Here: rules over one or two observation tables. Not here: which rules are asked when (gates.py), or the limits (spec.gate).
Several of them are incidents that happened at IMDi in 2025: settlement counted under two codes, history gone for three
days, one category taking over the meaning of another, requests that went down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from sources.dimensions import DIMENSIONS, dimensions
from sources.klass.history import changes, code_is_valid
from sources.landing import ReadingFacts
from sources.revisions import compare_observations
from sources.spec import DatasetSpec

MOST_REASONS = 10
"""More sentences of one kind than this tell a person nothing new."""

JUMP = 10
SMALLEST_JUMPING = 20
"""A cell that goes from 1 to 12 is news, not an error: only cells of at least this size can jump."""

NEAR = 3
"""How far two copies of one figure may lie apart: hidden and revised cases (seen in 2025) are one to three persons."""

_SHARE_NEAR = 0.8
_SERIES_AND_DAY = ("measure", "unit", "period_start", *DIMENSIONS)

FEWEST_TAKEN_OVER = 20
_SHARE_TAKEN_OVER = 0.9


def lost_table_rows(spec: DatasetSpec, facts: ReadingFacts, before: ReadingFacts | None) -> list[str]:
    """A reference table that shrank. Klass versions differ by nature and are left out."""
    if before and facts.rows < spec.gate.min_row_ratio * before.rows and spec.source != "klass":
        return [f"rows fell from {before.rows} to {facts.rows} (limit {spec.gate.min_row_ratio:.0%})"]
    return []


def mostly_hidden(spec: DatasetSpec, table: pa.Table) -> list[str]:
    """Hardly any cell holds a figure."""
    hidden = _share_without_figure(table)
    if hidden > spec.gate.max_hidden_share:
        return [f"{hidden:.1%} of the cells hold no figure (limit {spec.gate.max_hidden_share:.0%})"]
    return []


def more_hidden(spec: DatasetSpec, table: pa.Table, before: pa.Table) -> list[str]:
    """Far more cells than before hold no figure, in the years that both have."""
    common = pc.unique(before["period_start"])
    now = _share_without_figure(table.filter(pc.is_in(table["period_start"], value_set=common)))
    then = _share_without_figure(before)
    if now - then > spec.gate.max_hidden_rise:
        return [
            f"cells without a figure rose from {then:.1%} to {now:.1%} (limit {spec.gate.max_hidden_rise:.0%} more)"
        ]
    return []


def below_zero(spec: DatasetSpec, table: pa.Table) -> list[str]:
    """Figures below zero where the dataset has none. Kroner may be: a grant that is paid back is a negative payment."""
    counted = table.filter(pc.invert(pc.starts_with(table["unit"].cast(pa.string()), "nok")))
    below = pc.sum(pc.less(counted["value"], 0)).as_py() or 0
    return [f"{below} cells lie below zero"] if below and spec.non_negative else []


def above_whole(spec: DatasetSpec, table: pa.Table) -> list[str]:
    """Shares above 100 per cent: another unit under the name of per cent. A dataset of shares that may be larger says so."""
    shares = table.filter(pc.equal(table["unit"].cast(pa.string()), "percent"))["value"].drop_null()
    above = (pc.sum(pc.greater(shares, 100)).as_py() or 0) / max(len(shares), 1)
    if above > spec.gate.max_share_above_100:
        return [f"{above:.1%} of the shares lie above 100 per cent (limit {spec.gate.max_share_above_100:.0%})"]
    return []


def under_two_codes(spec: DatasetSpec, table: pa.Table) -> list[str]:
    """One place and year under an old and a new code at once: whoever adds them counts twice.

    In 2025 IMDi listed settlement of 2021-2023 so; 45 of 51 pairs were equal and the others differed by one to three
    persons. Municipalities that are about to merge stand under both codes too, each with a part of its own: those differ.
    """
    shown = _municipal(table).filter(pc.greater(pc.fill_null(_municipal(table)["value"], 0), 0))
    seen = {(r["region_code"], r["year"]) for r in _grouped(shown, ["region_code"])}
    years = {year for _, year in seen}
    pairs = [
        (year, old, new)
        for old, new, _ in changes()
        if old != new
        for year in years
        if (old, year) in seen and (new, year) in seen and code_is_valid(old, year) != code_is_valid(new, year)
    ]
    figures = _figures_by_code(shown, {code for _, *codes in pairs for code in codes}) if pairs else {}
    doubled = [(y, old, new) for y, old, new in pairs if _stands_twice(figures.get((y, old)), figures.get((y, new)))]
    if len(doubled) <= spec.gate.max_places_under_two_codes:
        return []
    found = sorted({year for year, _, _ in doubled})
    _, old, new = min(doubled)
    return [
        f"{len(doubled)} figures of a place and year stand under two codes in {_listed(found)}, for example {old} and "
        f"{new}: they would count twice"
    ]


def _figures_by_code(shown: pa.Table, codes: set[str]) -> dict[tuple[int, str], dict[tuple, float]]:
    """The figures of some codes that are no percentages, by year and code, then by series and day."""
    wanted = pc.and_(
        pc.is_in(shown["region_code"].cast(pa.string()), value_set=pa.array(sorted(codes))),
        pc.not_equal(shown["unit"].cast(pa.string()), "percent"),
    )
    figures: dict[tuple[int, str], dict[tuple, float]] = {}
    for row in shown.filter(wanted).select(["region_code", "value", *_SERIES_AND_DAY]).to_pylist():
        of_code = figures.setdefault((row["period_start"].year, row["region_code"]), {})
        of_code[tuple(row[name] for name in _SERIES_AND_DAY)] = row["value"]
    return figures


def _stands_twice(old: dict[tuple, float] | None, new: dict[tuple, float] | None) -> bool:
    """Whether nearly all cells that two codes share in a year hold the same figure, to a few persons."""
    if not old or not new:
        return False
    common = set(old) & set(new)
    near = sum(abs(old[cell] - new[cell]) <= NEAR for cell in common)
    return bool(common) and near >= _SHARE_NEAR * len(common)


def shrunk(spec: DatasetSpec, facts: ReadingFacts, before: ReadingFacts) -> list[str]:
    """Fewer (or far more) rows, years that are gone, regions that are gone."""
    gate, reasons = spec.gate, []
    if facts.rows < gate.min_row_ratio * before.rows:
        reasons.append(f"rows fell from {before.rows} to {facts.rows} (limit {gate.min_row_ratio:.0%})")
    if facts.rows > gate.max_row_ratio * before.rows:
        reasons.append(f"rows rose from {before.rows} to {facts.rows} (limit {gate.max_row_ratio:.0%})")
    lost_years = sorted(set(before.years) - set(facts.years))
    if len(lost_years) > gate.max_lost_years:
        reasons.append(f"years lost: {_listed(lost_years)}")
    for name, coverage in before.slices.items():
        if name in facts.slices and coverage.regions:
            lost = 1 - facts.slices[name].regions / coverage.regions
            if lost > gate.max_lost_region_ratio:
                reasons.append(f"{name}: regions fell from {coverage.regions} to {facts.slices[name].regions}")
    return reasons


def lost_measures(table: pa.Table, before: pa.Table) -> list[str]:
    """A measure that had figures in a year has none now, though the year is still there.

    Also catches a unit that changed under the same name, since the unit is part of what is compared.
    """
    names = ["measure", "unit"]
    now = {(r["measure"], r["unit"], r["year"]) for r in _grouped(_with_figure(table), names)}
    years = {r["year"] for r in _grouped(table, [])}
    gone: dict[tuple[str, str], list[int]] = {}
    for row in _grouped(_with_figure(before), names):
        if row["year"] in years and (row["measure"], row["unit"], row["year"]) not in now:
            gone.setdefault((row["measure"], row["unit"]), []).append(row["year"])
    return [
        f"figures gone: {measure} ({unit}) in {_listed(sorted(lost))}" for (measure, unit), lost in sorted(gone.items())
    ][:MOST_REASONS]


def lost_codes(spec: DatasetSpec, table: pa.Table, before: pa.Table) -> list[str]:
    """Codes of a breakdown that are gone. A dimension that upstream extends by nature may lose a few."""
    reasons = []
    for name in DIMENSIONS:
        then, now = (set(pc.unique(t[name].cast(pa.string())).to_pylist()) for t in (before, table))
        lost = sorted(then - now)
        limit = spec.gate.max_lost_code_ratio if dimensions()[name].open else 0
        if len(lost) > limit * len(then):
            reasons.append(f"{name}: categories lost: {', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}")
    return reasons


def lost_counties(table: pa.Table, before: pa.Table) -> list[str]:
    """All municipalities of a county are gone from a year."""
    now, then = _places(table), _places(before)
    gone: dict[str, list[int]] = {}
    for year in sorted(set(now) & set(then)):
        for county in sorted({code[:2] for code in then[year]} - {code[:2] for code in now[year]} - {"99"}):
            gone.setdefault(county, []).append(year)
    return [f"no municipality of county {county} left in {_listed(years)}" for county, years in gone.items()][
        :MOST_REASONS
    ]


def lost_places(table: pa.Table, before: pa.Table) -> list[str]:
    """Municipalities gone from a year in which their code was in force: too few to hold, enough to tell."""
    now, then = _places(table), _places(before)
    return [
        f"{year}: no row for {', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}"
        for year in sorted(set(now) & set(then))
        if (lost := sorted(code for code in then[year] - now[year] if code_is_valid(code, year)))
    ][:MOST_REASONS]


def totals_that_moved(spec: DatasetSpec, table: pa.Table, before: pa.Table, open_from: int) -> list[str]:
    """Totals per measure, unit and year that rose or fell past the limits, or went to zero.

    A year that was open when the release before was made is expected to move; zero is not expected of any.
    """
    now, then = _totals(table), _totals(before)
    reasons = []
    for key in sorted(set(now) & set(then)):
        measure, unit, year = key
        name = f"{measure} ({unit}) {year}: total went from {then[key]:.0f} to {now[key]:.0f}"
        if then[key] <= 0:
            continue
        ratio = now[key] / then[key]
        if ratio == 0:
            reasons.append(f"{name}: all zero or hidden")
        elif year < open_from and (ratio >= spec.gate.max_total_ratio or ratio < 1 - spec.gate.max_total_fall):
            reasons.append(name)
    return reasons[:MOST_REASONS]


def judge_cells(
    spec: DatasetSpec, table: pa.Table, before: pa.Table, open_from: int, reasons: list[str], notices: list[str]
) -> None:
    """Rules on the cells that differ: tenfold jumps in closed years, and one category with another's figures."""
    cells = compare_observations(before, table)
    cells = cells.append_column("year", pc.year(cells["period_start"]))
    changed = cells.filter(pc.equal(cells["change_kind"], "changed"))
    reasons += _jumps(spec, changed, open_from)
    for measure, other, year, places in _takeovers(cells, before):
        text = f"{year}: {other} holds what {measure} held before ({places} places)"
        (notices if spec.gate.known_takeovers.get(measure) == other else reasons).append(text)
    notices += _falls_while_open(changed, open_from)


def _jumps(spec: DatasetSpec, changed: pa.Table, open_from: int) -> list[str]:
    closed = changed.filter(
        pc.and_(
            pc.less(changed["year"], open_from),
            pc.greater_equal(pc.fill_null(changed["value_before"], 0), SMALLEST_JUMPING),
        )
    )
    closed = closed.filter(pc.is_valid(closed["value_after"]))
    if closed.num_rows == 0:
        return []
    ratio = pc.divide(closed["value_after"], closed["value_before"])
    jumped = pc.sum(pc.or_(pc.greater_equal(ratio, JUMP), pc.less_equal(ratio, 1 / JUMP))).as_py() or 0
    if jumped > spec.gate.max_jump_share * closed.num_rows and jumped > 1:
        return [f"{jumped} of {closed.num_rows} revised cells of closed years moved by a factor of {JUMP} or more"]
    return []


def _takeovers(cells: pa.Table, before: pa.Table) -> Iterator[tuple[str, str, int, int]]:
    """(measure, other measure, year, places) where the other now holds the figures the first one held, and it moved on."""
    had = {(r["measure"], r["unit"], r["year"]) for r in _grouped(_with_figure(before), ["measure", "unit"])}
    cells = cells.filter(pc.is_in(cells["change_kind"], value_set=pa.array(["changed", "added"])))
    figures = cells.filter(pc.is_valid(cells["value_after"])).group_by(["measure", "unit", "year"]).aggregate([])
    begun = [r for r in figures.to_pylist() if (r["measure"], r["unit"], r["year"]) not in had]
    # where no measure began, none can have taken over: the usual case, at the price of a grouping
    cells = cells.filter(
        pc.and_(
            pc.is_in(cells["unit"], value_set=pa.array([r["unit"] for r in begun], pa.string())),
            pc.is_in(cells["year"], value_set=pa.array([r["year"] for r in begun], cells["year"].type)),
        )
    )
    moved: dict[tuple[str, int, str], dict[tuple, float]] = {}
    fresh: dict[tuple[str, int, str], dict[tuple, float]] = {}
    names = ["region_code", *DIMENSIONS]
    for row in cells.to_pylist():
        key, place = (row["unit"], row["year"], row["measure"]), tuple(row[n] for n in names)
        if row["change_kind"] == "changed" and row["value_before"]:
            moved.setdefault(key, {})[place] = row["value_before"]
        elif row["value_after"] and (row["measure"], row["unit"], row["year"]) not in had:
            fresh.setdefault(key, {})[place] = row["value_after"]
    for (unit, year, measure), old in sorted(moved.items()):
        for (unit_too, year_too, other), new in sorted(fresh.items()):
            if (unit_too, year_too) != (unit, year):
                continue
            common = set(old) & set(new)
            equal = sum(old[place] == new[place] for place in common)
            if len(common) >= FEWEST_TAKEN_OVER and equal >= _SHARE_TAKEN_OVER * len(common):
                yield measure, other, year, equal


def _falls_while_open(changed: pa.Table, open_from: int) -> list[str]:
    """Measures whose revised cells of an open year went down in sum: allowed (requests do), and said."""
    recent = changed.filter(pc.and_(pc.greater_equal(changed["year"], open_from), pc.is_valid(changed["value_after"])))
    recent = recent.filter(pc.is_valid(recent["value_before"]))
    sums = recent.group_by(["measure", "unit", "region_level", "year"]).aggregate(
        [("value_before", "sum"), ("value_after", "sum")]
    )
    return [
        f"{r['measure']} ({r['unit']}, {r['region_level']}) {r['year']}: revised down from {r['value_before_sum']:.0f} to "
        f"{r['value_after_sum']:.0f} over the revised cells"
        for r in sorted(sums.to_pylist(), key=lambda r: (r["year"], r["measure"], r["region_level"]))
        if r["value_after_sum"] < r["value_before_sum"] and r["unit"] != "percent"
    ][:MOST_REASONS]


def _share_without_figure(table: pa.Table) -> float:
    shown = pc.sum(pc.equal(table["value_status"].cast(pa.string()), "ok")).as_py() or 0
    return 1 - shown / max(table.num_rows, 1)


def _municipal(table: pa.Table) -> pa.Table:
    return table.filter(pc.equal(table["region_level"].cast(pa.string()), "municipality"))


def _with_figure(table: pa.Table) -> pa.Table:
    return table.filter(pc.equal(table["value_status"].cast(pa.string()), "ok"))


def _grouped(table: pa.Table, names: Iterable[str]) -> list[dict]:
    """The distinct values of some columns with the year."""
    columns = {name: table[name].cast(pa.string()) for name in names}
    columns["year"] = pc.year(table["period_start"])
    return pa.table(columns).group_by(list(columns)).aggregate([]).to_pylist()


def _places(table: pa.Table) -> dict[int, set[str]]:
    places: dict[int, set[str]] = {}
    for row in _grouped(_municipal(table), ["region_code"]):
        places.setdefault(row["year"], set()).add(row["region_code"])
    return places


def _totals(table: pa.Table) -> dict[tuple[str, str, int], float]:
    """Sums over municipalities per measure, unit and year; shares have no sum."""
    table = _municipal(table)
    columns = {name: table[name].cast(pa.string()) for name in ("measure", "unit")}
    columns |= {"year": pc.year(table["period_start"]), "value": table["value"]}
    sums = pa.table(columns).group_by(["measure", "unit", "year"]).aggregate([("value", "sum")]).to_pylist()
    return {(r["measure"], r["unit"], r["year"]): r["value_sum"] or 0.0 for r in sums if r["unit"] != "percent"}


def _listed(years: list[int]) -> str:
    """Years as a person writes them: runs as spans."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(f"{s[0]}-{s[-1]}" if len(s) > 2 else ", ".join(map(str, s)) for s in spans)
