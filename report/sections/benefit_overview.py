"""The block that says of each benefit what is known by background: persons, kroner, how fresh, and how to get the rest.

Here: one row a benefit, from the marts as they are. Not here: the figures themselves (benefit_payments.py, topics.py), or which
benefits there are and what each way is (texts.yml).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from report.context import Context
from report.model import Block, Grid
from report.reading.marts import Row
from report.sections.benefit_payments import payments_of
from report.words.norwegian import day

_OWN_GROUPS = ("refugee_within_5_years", "refugee_beyond_5_years")
_SIDES = ("immigrants_value", "rest_of_population_value")
_GROUPS = {"immigrants", "refugees", "refugees_within_5_years"}
_BESIDE = {"all", "population_except_immigrants"}
_PRINTED = {
    "persons": ("recipients_persons", "share_of_recipients_pct", "recipients_of_group_pct"),
    "kroner": ("paid_nok", "share_of_paid_pct"),
}
"""What of a printed national figure tells of persons, and what of kroner."""


@dataclass(frozen=True)
class _Known:
    """A statement that something is known, and the dataset it rests on."""

    text: str
    dataset_id: str | None = None


def benefit_overview(context: Context) -> Block:
    """A table by benefit: persons known? kroner known? from where, which year, how fresh, and how to get what is not known."""
    words = context.texts.topics["benefit_overview"]
    rows = []
    for scheme in words["schemes"]:
        persons, kroner = _persons(context, scheme), _kroner(context, scheme)
        told = ["; ".join(known.text for known in side) or words["unknown"] for side in (persons, kroner)]
        rows.append((scheme["name"], *told, _freshness(context, [*persons, *kroner]), words["ways"][scheme["way"]]))
    notes = tuple(note.format(**context.names()) for note in words["notes"])
    grid = Grid(words["title"], tuple(words["header"]), tuple(rows))
    return Block("benefit_overview", words["title"], grids=(grid,), notes=notes, editor=words["editor"])


def _persons(context: Context, scheme: dict[str, Any]) -> list[_Known]:
    """Where persons are known: the public tables, tables made for the municipality, and refugees in its own files."""
    open_tables = _published(context, scheme)
    limit = scheme.get("limit")
    said = [_Known(f"{known.text}; {limit}", known.dataset_id) if limit else known for known in open_tables]
    said += [*_made(context, scheme, "recipients_persons"), *_own(context, scheme, "persons")]
    return said + _national(context, scheme, "persons")


def _kroner(context: Context, scheme: dict[str, Any]) -> list[_Known]:
    """Where kroner are known: tables made for the municipality, its own files, the committee's average of a sample, the
    country's printed figures."""
    words = context.texts.topics["benefit_overview"]
    said = [*_made(context, scheme, "paid_nok"), *_own(context, scheme, "nok")]
    if cohort := scheme.get("cohort"):
        rows = context.marts.rows("cohort_benefit", {"benefit": cohort})
        if known := [row for row in rows if row["amount_nok"] is not None]:
            newest = max(known, key=lambda row: row["year"])
            said.append(_Known(words["cohort"].format(year=newest["year"]), newest.get("dataset_id")))
    return said + _national(context, scheme, "kroner")


def _freshness(context: Context, known: list[_Known]) -> str:
    """The day the newest of what is known came in, and when more is due."""
    words = context.texts.topics["benefit_overview"]
    ids = dict.fromkeys(one.dataset_id for one in known if one.dataset_id)
    dated = [source for source in map(context.sources.describe, ids) if source.retrieved]
    if not dated:
        return str(words["no_date"])
    newest = max(dated, key=lambda source: source.retrieved or context.sources.today)
    text = "fresh_next" if newest.next_expected else "fresh"
    next_day = day(newest.next_expected) if newest.next_expected else ""
    return str(words[text].format(day=day(newest.retrieved or context.sources.today), next=next_day))


def _made(context: Context, scheme: dict[str, Any], column: str) -> list[_Known]:
    """Tables of microdata.no or from SSB: the nearest area with a group and what it stands beside, in its newest year."""
    words, areas = context.texts.topics["benefit_overview"], context.areas
    rows = [row for row in payments_of(context, scheme["scheme"]) if row["source_kind"] in ("microdata", "ssb_order")]
    for code, name in areas.codes.items():
        told: dict[tuple[int, str], set[str]] = {}
        for row in rows:
            if row["region_code"] == code and row[column] is not None:
                told.setdefault((row["year"], row["source_kind"]), set()).add(row["group_code"])
        known = [key for key, groups in told.items() if groups & _GROUPS and groups & _BESIDE]
        if known:
            year, kind = max(known)
            row = next(row for row in rows if (row["year"], row["source_kind"]) == (year, kind))
            source = row["source_name_nb"][:1].lower() + row["source_name_nb"][1:]
            text = "published" if code == areas.municipality_code else "published_elsewhere"
            said = words[text].format(year=year, source=source, area=areas.title(name))
            return [_Known(said, row["dataset_id"])]
    return []


def _national(context: Context, scheme: dict[str, Any], side: str) -> list[_Known]:
    """What is printed for the country: by group, else the whole sum of a budget."""
    words = context.texts.topics["benefit_overview"]
    rows = [row for row in payments_of(context, scheme["scheme"]) if row["source_kind"] == "national_reference"]
    rows = [row for row in rows if any(row[column] is not None for column in _PRINTED[side])]
    by_group = [row for row in rows if row["group_code"] != "all"]
    newest = _newest(by_group or rows, lambda row: True)
    if newest is None or (side == "persons" and not by_group):
        return []
    text = "national" if by_group else "budget" if newest["precision_code"] == "proposal" else "national"
    return [_Known(words[text].format(year=newest["year"]), newest["dataset_id"])]


def _published(context: Context, scheme: dict[str, Any]) -> list[_Known]:
    """The nearest area that has both sides, with its newest year and its publisher; nothing when none has."""
    words, areas = context.texts.topics["benefit_overview"], context.areas
    if not scheme.get("benefits"):
        return []
    where = {"benefit": scheme["benefits"], "figure_scope": "by_background", "sex": "all"}
    for code, name in areas.codes.items():
        rows = context.marts.rows("benefit_recipients", {**where, "region_code": code})
        known = _newest(rows, lambda row: all(row.get(side) is not None for side in _SIDES))
        if known:
            publisher = str(known.get("source"))
            source = words["sources"].get(publisher, publisher)
            text = "published" if code == areas.municipality_code else "published_elsewhere"
            said = words[text].format(year=known["year"], source=source, area=areas.title(name))
            return [_Known(said, known.get("dataset_id"))]
    return []


def _own(context: Context, scheme: dict[str, Any], column: str) -> list[_Known]:
    """The newest year of the municipality's own files in which refugees and all are both told; nothing when none is."""
    words, own = context.texts.topics["benefit_overview"], scheme.get("own")
    if not own:
        return []
    where = {"municipality_code": context.areas.municipality_code, "period_kind": "year", "breakdown": "none"}
    rows = context.marts.rows(own["mart"], {**where, "group_code": [*_OWN_GROUPS, "all"]})
    told = {(row["year"], row["group_code"]) for row in rows if row.get(own[column]) is not None}
    known = _newest(
        rows,
        lambda row: (
            row["group_code"] in _OWN_GROUPS and {(row["year"], row["group_code"]), (row["year"], "all")} <= told
        ),
    )
    return [_Known(words["own"].format(year=known["year"]), known.get("dataset_id"))] if known else []


def _newest(rows: list[Row], is_known: Callable[[Row], bool]) -> Row | None:
    return max((row for row in rows if is_known(row)), key=lambda row: row["year"], default=None)
