"""The answers: what there is, one municipality beside the others, and where a figure came from.

Here: the published release as plain values, each figure with what is known of it. Not here: the protocol (server.py).
"""

from dataclasses import dataclass
from itertools import islice
from typing import Any

import duckdb

from orchestration.trace.walk import trace_figure
from orchestration.workspace import Workspace
from warehouse.errors import WarehouseError
from warehouse.interface import finding
from warehouse.interface.groups import unknown_groups
from warehouse.interface.open_years import part_years
from warehouse.places import find_municipality, published_municipalities
from warehouse.query import open_published, require_published
from warehouse.release.publish import Manifest, read_manifest
from warehouse.settings import Settings

MOST_HITS = 20
MOST_YEARS = 10
MOST_LINES = 40
DEMO = "DEMODATA: oppdiktede tall, ikke til sitering"
SIDES = ("municipality", "county", "kostra_group", "country")
BREAKDOWNS = (
    "sex", "age_group", "immigrant_category", "immigration_reason", "world_region", "country_background",
    "length_of_residence", "education_level", "language_background", "category",
)  # fmt: skip
TOTAL = "all"


@dataclass(frozen=True)
class Answers:
    """Answers from the release that is published when each is asked."""

    settings: Settings

    def find(self, words: str) -> dict[str, Any]:
        """Indicators, tables, codes, datasets and places that a word is found in, nearest first."""
        with self._opened() as connection:
            hits = finding.find(connection, words)
            unknown = unknown_groups(connection, " ".join(hit.name for hit in hits))
        listed = [{"kind": hit.kind, "name": hit.name, "text": hit.text} for hit in hits[:MOST_HITS]]
        told = {"not_known": unknown} if unknown else {}
        return {"found": listed, "left_out": max(0, len(hits) - MOST_HITS), **told, **self._release()}

    def compare(
        self, indicator_id: str, municipality: str, years: int = 3, breakdown: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """A municipality beside county, KOSTRA group and country in its newest years, totals unless a breakdown is named.

        Raises UnknownPlace, and WarehouseError for an unknown indicator or breakdown, or where there is no such row.
        """
        with self._opened() as connection:
            code = find_municipality(municipality, published_municipalities(connection), "municipality")
            about = _about(connection, indicator_id)
            chosen = _chosen(breakdown or {})
            rows = _rows(connection, indicator_id, code, chosen, max(1, min(years, MOST_YEARS)))
            names = dict(connection.execute("select region_code, region_name from marts.dim_region").fetchall())
            labels = _labels(connection, rows)
            sources = _sources(connection, indicator_id)
            unknown = unknown_groups(connection, "kostra_group")
        if not rows:
            raise WarehouseError(
                expected=f"figures of {indicator_id} for {names[code]} with {_words(chosen)}",
                found="none in this release",
                where="compare",
                next_step="ask for the totals, or describe the indicator to see its breakdowns",
            )
        areas = {"municipality": code, "county": rows[0]["county_code"], "country": "00"}
        areas["kostra_group"] = rows[0].get("kostra_group_code")
        return {
            **about,
            "breakdown": {name: value for name, value in chosen.items() if value != TOTAL},
            "areas": {side: names.get(areas[side] or "", areas[side]) for side in SIDES if areas[side]},
            "years": [_year(row, labels) for row in rows],
            "sources": sources,
            **({"not_known": unknown} if unknown else {}),
            **({"warning": DEMO} if any(row["is_demo"] for row in rows) else {}),
            **self._release(),
        }

    def trace(self, table: str, key: dict[str, str]) -> dict[str, Any]:
        """From a published row back to the raw cells: file, release and place of each, as lines of text."""
        lines = list(islice(trace_figure(Workspace(self.settings), table, key), MOST_LINES + 1))
        return {"lines": lines[:MOST_LINES], "is_cut": len(lines) > MOST_LINES, **self._release()}

    def _opened(self) -> duckdb.DuckDBPyConnection:
        return open_published(self.settings.data_dir)

    def _release(self) -> dict[str, Any]:
        manifest: Manifest = read_manifest(require_published(self.settings.data_dir))
        return {
            "release": {
                "release_id": manifest.release_id, "published_at": manifest.published_at, "is_demo": manifest.is_demo
            }
        }  # fmt: skip


def _about(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> dict[str, Any]:
    sql = (
        "select indicator_id, name_nb, definition_nb, unit_nb, first_break_year, last_break_year from marts.dim_indicator "
        "where indicator_id = ?"
    )
    found = _dicts(connection, sql, [indicator_id])
    if not found:
        near = [hit.name for hit in finding.find(connection, indicator_id.replace("_", " ")) if hit.kind == "indicator"]
        raise WarehouseError(
            expected="the id of an indicator",
            found=indicator_id,
            where="compare",
            next_step=f"perhaps {', '.join(near[:3])}" if near else "find it by a word first",
        )
    row = found[0]
    breaks = sorted({year for year in (row["first_break_year"], row["last_break_year"]) if year})
    about = {
        "indicator_id": indicator_id,
        "name": row["name_nb"],
        "definition": row["definition_nb"],
        "unit": row["unit_nb"],
    }
    days = {year: f"as of {day}, not the whole year" for year, day in part_years(connection, indicator_id).items()}
    return about | ({"breaks_in_series": breaks} if breaks else {}) | ({"part_years": days} if days else {})


def _chosen(breakdown: dict[str, str]) -> dict[str, str]:
    for name in breakdown:
        if name not in BREAKDOWNS:
            raise WarehouseError(
                expected=f"a breakdown: {', '.join(BREAKDOWNS)}", found=name, where="compare", next_step="leave it out"
            )
    return {name: breakdown.get(name, TOTAL) for name in BREAKDOWNS}


def _rows(
    connection: duckdb.DuckDBPyConnection, indicator_id: str, code: str, chosen: dict[str, str], years: int
) -> list[dict[str, Any]]:
    where = " and ".join(f"{name} = ?" for name in chosen)
    sql = (
        f"select * from marts.comparison where indicator_id = ? and municipality_code = ? and {where} "
        "order by year desc limit ?"
    )
    return _dicts(connection, sql, [indicator_id, code, *chosen.values(), years])


def _labels(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Norwegian words for the statuses, bases and reasons that stand in the rows."""
    asked = {row.get(f"{side}_{part}") for row in rows for side in SIDES for part in ("status", "basis", "reason")}
    asked.discard(None)
    found: dict[str, str] = {}
    for part, label in (
        ("value_status", "value_status_nb"),
        ("geography_basis", "geography_basis_nb"),
        ("reason", "reason_nb"),
    ):
        sql = f"select distinct {part}, {label} from marts.dim_figure_state where {part} is not null"
        found |= {code: words for code, words in connection.execute(sql).fetchall() if code in asked}
    return found


def _year(row: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    told = {side: _figure(row, side, labels) for side in SIDES if row.get(f"{side}_status")}
    more = {
        name: row[name]
        for name in (
            "difference_county",
            "difference_country",
            "rank",
            "ranked_count",
            "change_1y",
            "change_3y",
            "release_id",
        )
        if row.get(name) is not None
    }
    if row.get("is_whole_year") is False:
        more["is_whole_year"] = False
    return {"year": row["year"], **told, **more}


def _figure(row: dict[str, Any], side: str, labels: dict[str, str]) -> dict[str, Any]:
    """Value, bounds, status and basis in words: a value that is not there says why."""
    value, low, high = (row.get(f"{side}_value{part}") for part in ("", "_low", "_high"))
    status, basis, reason = (row.get(f"{side}_{part}") for part in ("status", "basis", "reason"))
    figure = {
        "value": value,
        "value_low": low,
        "value_high": high,
        "status": status,
        "status_nb": labels.get(status or "", ""),
    }
    if basis:
        figure["basis"] = labels.get(basis, basis)
    if reason:
        figure["reason"] = labels.get(reason, reason)
    return figure


def _sources(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> list[dict[str, Any]]:
    sql = (
        "select distinct d.dataset_id, d.title_nb as title, d.attribution_nb as attribution, d.licence, d.link, "
        "strftime(d.last_retrieved_at, '%Y-%m-%d') as retrieved, d.is_demo "
        "from marts.dim_indicator_term as t inner join marts.dim_dataset as d using (dataset_id) "
        "where t.indicator_id = ? and d.has_release order by d.dataset_id"
    )
    return _dicts(connection, sql, [indicator_id])


def _words(chosen: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in chosen.items() if value != TOTAL) or "totals"


def _dicts(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
