"""The walk from a published figure back to the line of the file it came from.

Here: finding the cells behind a row of a published table and printing their raw lines. Not here: computing anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.workspace import Workspace
from sources.dataset.dimensions import DIMENSIONS
from sources.landing.store import Receipt
from warehouse.build import SQL_TYPES
from warehouse.errors import WarehouseError
from warehouse.query import open_published

MOST_LINES = 40
"""Raw lines printed for one figure; a national sum has hundreds, the rest is counted."""

_TEXT_FORMS = ("imdi_", "published_", "klass_bundled", "ssb_website_csv", "ssb_harmonised_csv", "kostra_aggregate_csv")


@dataclass(frozen=True)
class _Cells:
    """Which cells of a dataset a figure is made of."""

    role: str
    dataset_id: str
    measure: str | None
    unit: str | None
    codes: dict[str, str]


def trace_figure(workspace: Workspace, table: str, key: dict[str, str]) -> Iterator[str]:
    """Lines of text: the published row, the parts of its area, and each raw line with file, release and line number.

    Raises WarehouseError when the table or a column does not exist, or no row has the key.
    """
    with open_published(workspace.settings.data_dir) as published:
        columns = _columns(published, table, key)
        rows = _matching_rows(published, table, columns, key)
        yield f"{table}: {len(rows)} row(s) with {', '.join(f'{k}={v}' for k, v in key.items())}"
        row = dict(zip(columns, rows[0], strict=True))
        yield "  " + ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        wanted = _cells_behind(published, table, row)
        if not wanted:
            yield from _table_lines(workspace, table, row)
            return
        region, year = str(row.get("region_code") or row.get("municipality_code")), int(row["year"])
        parts = _parts(published, region, year)
        names = ", ".join(f"{code}{'' if exact else ' (a part, by a split)'}" for code, exact in parts.items())
        yield f"area {region} in {year} was made of: {names or 'itself'}"
        history = _all_codes(published, region)
    for cells in wanted:
        yield from _cell_lines(workspace, cells, region, year, parts, history)


def _columns(published: duckdb.DuckDBPyConnection, table: str, key: dict[str, str]) -> list[str]:
    found = [
        name
        for (name,) in published.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? order by column_index",
            [table],
        ).fetchall()
    ]
    unknown = [name for name in key if name not in found]
    if not found or unknown:
        raise WarehouseError(
            expected=f"columns {', '.join(found)}" if found else "a published table (schema marts)",
            found=", ".join(unknown) if found else table,
            where="trace",
            next_step="integrering query \"select table_name from duckdb_tables() where schema_name = 'marts'\"",
        )
    return found


def _matching_rows(
    published: duckdb.DuckDBPyConnection, table: str, columns: list[str], key: dict[str, str]
) -> list[tuple[Any, ...]]:
    """Rows with the key; breakdown columns that the key leaves out are taken at their total."""
    wanted = {**{name: "all" for name in DIMENSIONS if name in columns}, **key}
    where = " and ".join(f'cast("{name}" as varchar) = ?' for name in wanted)
    rows = published.execute(f'select * from marts."{table}" where {where} limit 5', list(wanted.values())).fetchall()
    if not rows:
        raise WarehouseError(
            expected=f"a row of {table}",
            found=f"none with {', '.join(f'{k}={v}' for k, v in wanted.items())}",
            where="trace",
            next_step="look with integrering query",
        )
    return rows


def _cells_behind(published: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> list[_Cells]:
    if table == "fct_settlement":
        return [_Cells("settlement", "imdi_bosatt_anmodede", None, "persons", {})]
    if "indicator_id" not in row or not ({"region_code", "municipality_code"} & set(row)):
        return []
    dims = ", ".join(DIMENSIONS)
    terms = published.execute(
        f"select role, dataset_id, measure, unit, {dims} from marts.dim_indicator_term where indicator_id = ? order by role",
        [row["indicator_id"]],
    ).fetchall()
    found = []
    for role, dataset_id, measure, unit, *codes in terms:
        held = {d: (row.get(d, "all") if c == "*" else c) for d, c in zip(DIMENSIONS, codes, strict=True)}
        found.append(_Cells(role, dataset_id, measure, unit, held))
    return found


def _parts(published: duckdb.DuckDBPyConnection, region: str, year: int) -> dict[str, bool]:
    rows = published.execute(
        "select part_code, is_exact from marts.dim_region_part where region_code = ? and year = ? order by part_code",
        [region, year],
    ).fetchall()
    return dict(rows)


def _all_codes(published: duckdb.DuckDBPyConnection, region: str) -> set[str]:
    rows = published.execute(
        "select distinct code from marts.dim_region_history where current_code = ?", [region]
    ).fetchall()
    return {code for (code,) in rows}


def _cell_lines(
    workspace: Workspace, cells: _Cells, region: str, year: int, parts: dict[str, bool], history: set[str]
) -> Iterator[str]:
    spec = workspace.specs[cells.dataset_id]
    codes = sorted({region, *parts, *history})
    shown = 0
    for release_id in _releases_in_use(workspace, cells.dataset_id):
        receipt = workspace.landing.receipt(cells.dataset_id, release_id)
        path = workspace.landing.data_path(cells.dataset_id, release_id, spec.shape)
        if receipt is None or not path.exists():
            continue
        rows = _observations(path, cells, codes, year)
        if rows:
            yield f"{cells.role}: {spec.title_nb} ({cells.dataset_id}), release {release_id}"
            yield f"  {_origin(receipt)}"
        raw = _RawLines(workspace, receipt)
        for number, column, code, measure, value, status in rows:
            shown += 1
            if shown <= MOST_LINES:
                used = (
                    ""
                    if code in parts or code == region
                    else "  [code not in force that year: not used where another is]"
                )
                place = f"line {number}" + (f" column {column}" if column else "")
                figure = status if value is None else f"{value:g}"
                yield f"  {code} {measure} = {figure}, {place}: {raw.line(number, column)}{used}"
    if shown > MOST_LINES:
        yield f"  … and {shown - MOST_LINES} more lines"


def _observations(path: Path, cells: _Cells, codes: list[str], year: int) -> list[tuple[Any, ...]]:
    conditions = ["region_code in (select unnest(?))", "year(period_start) = ?"]
    values: list[Any] = [codes, year]
    for column, wanted in (("measure", cells.measure), ("unit", cells.unit), *cells.codes.items()):
        if wanted is not None:
            conditions.append(f'"{column}" = ?')
            values.append(wanted)
    sql = (
        "select source_row, source_column, region_code, measure, value, value_status from read_parquet(?) "
        f"where {' and '.join(conditions)} order by region_code, measure, source_row"
    )
    with duckdb.connect() as connection:
        return connection.execute(sql, [str(path), *values]).fetchall()


def _releases_in_use(workspace: Workspace, dataset_id: str) -> list[str]:
    """The releases the published file was made from, not those a later run would use."""
    manifest = json.loads((workspace.folder.published / "manifest.json").read_text(encoding="utf-8"))
    used = [name.rsplit(":", 1)[-1] for name in manifest["releases_in_use"].get(dataset_id, [])]
    return list(dict.fromkeys(used))


def _origin(receipt: Receipt) -> str:
    blob = receipt.blobs[0]
    came = f"from {blob.url}" if blob.url else f"file {blob.name}"
    return f"{came}, {receipt.date_basis} {receipt.retrieved_at:%Y-%m-%d}, sha256 {blob.sha256}"


class _RawLines:
    """Raw lines of a release's body, by number. Other forms than text are named by row."""

    def __init__(self, workspace: Workspace, receipt: Receipt) -> None:
        self._is_text = receipt.form.startswith(_TEXT_FORMS)
        self._path = workspace.landing.body(receipt.blobs[0].sha256)
        self._encoding = "latin-1" if receipt.form in ("imdi_long", "imdi_wide") else "utf-8"
        self._lines: list[str] | None = None

    def line(self, number: int, column: int | None) -> str:
        if not self._is_text:
            return f"row {number} of the file"
        if self._lines is None:
            text = self._path.read_bytes().decode(self._encoding, errors="replace")
            self._lines = text.replace("\r\n", "\n").split("\n")
        line = self._lines[number - 1]
        if column is None:
            return line
        cells = line.split(";")
        return f"{';'.join(cells[:2])};…;{cells[column - 1] if column <= len(cells) else ''}"


def _table_lines(workspace: Workspace, table: str, row: dict[str, Any]) -> Iterator[str]:
    """For marts made of reference tables: the lines of those tables that share the row's values."""
    manifest = json.loads((workspace.folder.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    for dataset_id in sorted(_table_ancestors(manifest, table) & set(workspace.specs)):
        spec = workspace.specs[dataset_id]
        common = [c for c in spec.table_columns if row.get(c.name) is not None and c.type in ("text", "integer")]
        for release_id in _releases_in_use(workspace, dataset_id)[-1:]:
            receipt = workspace.landing.receipt(dataset_id, release_id)
            path = workspace.landing.data_path(dataset_id, release_id, spec.shape)
            if receipt is None or not common:
                continue
            where = " and ".join(f'cast("{c.name}" as {SQL_TYPES[c.type]}) = ?' for c in common)
            with duckdb.connect() as connection:
                rows = connection.execute(
                    f"select source_row from read_parquet(?) where {where} order by 1 limit ?",
                    [str(path), *[row[c.name] for c in common], MOST_LINES],
                ).fetchall()
            if rows:
                yield f"{spec.title_nb} ({dataset_id}), release {release_id}, {_origin(receipt)}"
                raw = _RawLines(workspace, receipt)
                yield from (f"  line {number}: {raw.line(number, None)}" for (number,) in rows)


def _table_ancestors(manifest: dict[str, Any], table: str) -> set[str]:
    """Dataset ids of the reference tables a mart is made of, by the models' own lineage."""
    waiting = [f"model.integrering.{table}"]
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += manifest["parent_map"].get(node, [])
    return {manifest["sources"][name]["name"] for name in seen if name.startswith("source.")}
