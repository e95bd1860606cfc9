"""The walk from a published figure back to the raw cell of the file it came from.

Here: the published row, what its table is made of, and which cells that means. Not here: computing anything, or showing a
cell (cells.py and the readers).
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import duckdb

from orchestration.build.dbt_project import ensure_manifest
from orchestration.trace.cells import Area, Wanted, loosened, observed_lines, own_line, release_lines, table_lines
from orchestration.trace.lineage import GEOGRAPHY, Origins, origins_of
from orchestration.workspace import Workspace
from sources.dataset.dimensions import DIMENSIONS
from warehouse.errors import WarehouseError
from warehouse.interface.codes import declared_codes
from warehouse.query import open_published

_AREAS = ("region_code", "municipality_code", "kommunenummer")
_YEARS = ("year", "settlement_year", "aar")
MOST_PARTS = 24
"""Codes named of those that made up an area; the country has hundreds."""

_RECORDS = {
    "release": "the log of releases in landing (their receipts and decisions)",
    "current_release": "the choice of the releases in use",
    "revision_count": "the comparison of each release with the one before, kept beside it in landing",
    "revision": "the comparison of each release with the one before, kept beside it in landing",
    "dataset": "the dataset specs, sources/*/datasets/*.yml",
    "dimension_code": "the lists of codes, sources/dataset/dimensions.yml and the dataset specs",
    "code": "the declared labels of codes, warehouse/interface/codes.yml and the lists of codes",
    "indicator": "the indicator registry, dbt_project/indicators/*.yml",
    "indicator_term": "the indicator registry, dbt_project/indicators/*.yml",
}


def trace_figure(workspace: Workspace, table: str, key: dict[str, str]) -> Iterator[str]:
    """Lines of text: the published row, the parts of its area, and each raw cell with file, release and place; for a table
    computed from others, which, and how to trace them.

    Raises WarehouseError when the table or a column does not exist, no row has the key, or nothing is found behind it.
    """
    with open_published(workspace.settings.data_dir) as published:
        columns = _columns(published, table)
        key = _of_columns(published, table, columns, key)
        rows = _matching_rows(published, table, columns, key)
        yield f"{table}: {_count(len(rows))} with {', '.join(f'{k}={v}' for k, v in key.items())}"
        row = dict(zip(columns, rows[0], strict=True))
        yield "  " + ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        row = _in_our_words(row)
        origins = _origins(workspace, table)
        row = {**row, **_of_series(published, row)}
        wanted = _cells_behind(workspace, published, origins, row)
        area = _area(published, row)
        others = _others(published, origins, row)
    is_found, missing = False, list[str]()
    for line in _lines(workspace, origins, row, wanted, area, others, missing):
        is_found = True
        yield line
    if is_found:
        yield from missing
    else:
        raise WarehouseError(
            expected=f"something that this row of {table} came from",
            found="; ".join(missing) or "nothing in landing",
            where="trace",
            next_step="the release was perhaps made from another data folder, or landing was not restored with it",
        )


def _lines(
    workspace: Workspace,
    origins: Origins,
    row: dict[str, Any],
    wanted: list[Wanted],
    area: Area | None,
    others: list[str],
    missing: list[str],
) -> Iterator[str]:
    """From the surest to the widest: the line the row names, the cells of its figure, the lines of its reference tables,
    the published tables it was computed from, and the records of our own that it was made of. ``missing`` gets what was
    looked for and is not there."""
    own = list(own_line(workspace, row))
    yield from own
    cells = [line for one in wanted for line in _cells(workspace, one, area, missing)] if area else []
    if area is not None and cells:
        yield f"area {area.code} in {area.year} was made of: {_parts_in_words(area)}"
        yield from cells
    if row.get("indicator_id") is not None and wanted:
        return
    if not own:
        tables = sorted(origins.tables & set(workspace.specs))
        of_figures = [name for name in tables if not name.startswith(GEOGRAPHY)]
        for name in of_figures or ([] if wanted else tables):
            yield from table_lines(workspace, workspace.specs[name], row)
    yield from others
    if not (own or wanted or others):
        yield from release_lines(workspace, row)
        for words in dict.fromkeys(_RECORDS[name] for name in sorted(origins.records) if name in _RECORDS):
            yield f"made from {words}"
        if not (origins.records or origins.tables) and origins.path:
            yield f"made from the model's own text, {origins.path}"


def _cells(workspace: Workspace, wanted: Wanted, area: Area, missing: list[str]) -> list[str]:
    for cells in (wanted, loosened(wanted)):
        if lines := list(observed_lines(workspace, cells, area)):
            return lines
    missing.append(f"{wanted.role}: no cell of {wanted.dataset_id} for this area and year")
    return []


def _parts_in_words(area: Area) -> str:
    names = [f"{code}{'' if whole else ' (a part, by a split)'}" for code, whole in area.parts.items()]
    more = f" and {len(names) - MOST_PARTS} more" if len(names) > MOST_PARTS else ""
    return ", ".join(names[:MOST_PARTS]) + more or "itself"


def _origins(workspace: Workspace, table: str) -> Origins:
    manifest = ensure_manifest(workspace.folder, workspace.settings, workspace.clock())
    observing = {spec.dataset_id for spec in workspace.specs.values() if spec.shape == "observation"}
    return origins_of(manifest, table, workspace.specs, observing)


def _columns(published: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    found = [
        name
        for (name,) in published.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? order by column_index",
            [table],
        ).fetchall()
    ]
    if not found:
        raise WarehouseError(
            expected="a published table or view",
            found=repr(table),
            where="trace",
            next_step=_near_tables(published, table) + "integrering tables lists all",
        )
    return found


def _near_tables(published: duckdb.DuckDBPyConnection, table: str) -> str:
    names = published.execute("select distinct table_name from duckdb_columns() where schema_name = 'marts'").fetchall()
    near = get_close_matches(table, [name for (name,) in names], n=3, cutoff=0.5)
    return f"near: {', '.join(near)}; " if near else ""


def _of_columns(
    published: duckdb.DuckDBPyConnection, table: str, columns: list[str], key: dict[str, str]
) -> dict[str, str]:
    """The key in the table's own columns: an area may stand under either name, and be called by its name."""
    found = {}
    for given, value in key.items():
        name = given if given in columns or given not in _AREAS else next((a for a in _AREAS if a in columns), given)
        if name not in columns:
            near = get_close_matches(given, columns, n=3, cutoff=0.5)
            raise WarehouseError(
                expected=f"a column of {table}",
                found=repr(given),
                where="trace",
                next_step=(f"near: {', '.join(near)}; " if near else "") + f"integrering describe {table} lists them",
            )
        found[name] = _code_of(published, value) if name in _AREAS else value
    return found


def _in_our_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a view with Norwegian columns or with one breakdown at a time, as the walk knows it."""
    row = dict(row)
    if "indikator_id" in row:
        row["indicator_id"] = row["indikator_id"]
    code = row.get("breakdown_code") or row.get("gruppe_kode")
    breakdown = row.get("breakdown") or row.get("inndeling")
    if code is not None and breakdown is not None:
        by_name = {nb: name for (column, name), (nb, _) in declared_codes().items() if column == "breakdown"}
        dimension = by_name.get(breakdown, breakdown)
        if dimension in DIMENSIONS:
            row[dimension] = code
    return row


def _code_of(published: duckdb.DuckDBPyConnection, area: str) -> str:
    found = published.execute("select region_code from marts.dim_region where lower(region_name) = lower(?)", [area])
    return next((code for (code,) in found.fetchall()), area)


def _matching_rows(
    published: duckdb.DuckDBPyConnection, table: str, columns: list[str], key: dict[str, str]
) -> list[tuple[Any, ...]]:
    """The rows with the key, and no others; of several, one that is a total comes first. Values are read as they are printed."""
    where = " and ".join(f'lower(cast("{name}" as varchar)) = lower(?)' for name in key)
    totals = [name for name in DIMENSIONS if name in columns and name not in key]
    first = "".join(f"\"{name}\" <> 'all', " for name in totals)
    order = first + ", ".join(f'"{name}"' for name in columns)
    sql = f'select * from marts."{table}" where {where} order by {order} limit 5'
    if rows := published.execute(sql, list(key.values())).fetchall():
        return rows
    raise WarehouseError(
        expected=f"a row of {table}",
        found=f"none with {', '.join(f'{k}={v}' for k, v in key.items())}",
        where="trace",
        next_step=_look(published, table, key),
    )


def _look(published: duckdb.DuckDBPyConnection, table: str, key: dict[str, str]) -> str:
    """Which part of the key no row has, with values that the column does hold."""
    for name, value in key.items():
        column = f'cast("{name}" as varchar)'
        if published.execute(
            f'select 1 from marts."{table}" where lower({column}) = lower(?) limit 1', [value]
        ).fetchone():
            continue
        held = published.execute(f'select distinct {column} from marts."{table}" order by 1 limit 1000').fetchall()
        values = [str(one) for (one,) in held if one is not None]
        shown = get_close_matches(value, values, n=4, cutoff=0.5) or values[:4]
        return f"no row has {name}={value}; it holds {', '.join(shown)}{', …' if len(values) > len(shown) else ''}"
    return "each value is there, but not together: leave one out, or look with integrering query"


def _count(rows: int) -> str:
    return {1: "1 row", 5: "the first of 5 rows or more"}.get(rows, f"the first of {rows} rows")


def _of_series(published: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> dict[str, Any]:
    """What the number of a series stands for, where a row has no more than that."""
    if row.get("series_number") is None or "indicator_id" in row:
        return {}
    cursor = published.execute("select * from marts.dim_series where series_number = ?", [row["series_number"]])
    names, found = [d[0] for d in cursor.description], cursor.fetchone()
    return dict(zip(names, found, strict=True)) if found else {}


def _cells_behind(
    workspace: Workspace, published: duckdb.DuckDBPyConnection, origins: Origins, row: dict[str, Any]
) -> list[Wanted]:
    """The cells of an indicator's terms, or of the datasets that the models of a table name."""
    if _first(row, _AREAS) is None or _first(row, _YEARS) is None:
        return []
    if row.get("indicator_id") is not None:
        return _cells_of_indicator(workspace, published, row)
    named = {value for value in row.values() if isinstance(value, str) and value in workspace.specs}
    observing = {d for d in named if d in workspace.specs and workspace.specs[d].shape == "observation"}
    if named and not observing and row.get("source_row") is not None:
        return []
    codes = {d: row[d] for d in DIMENSIONS if row.get(d) is not None}
    return [Wanted("computed from", name, codes=codes) for name in sorted(observing or (origins.observed - named))]


def _cells_of_indicator(
    workspace: Workspace, published: duckdb.DuckDBPyConnection, row: dict[str, Any]
) -> list[Wanted]:
    terms = published.execute(
        f"select role, dataset_id, measure, unit, {', '.join(DIMENSIONS)} from marts.dim_indicator_term "
        "where indicator_id = ? order by role",
        [row["indicator_id"]],
    ).fetchall()
    months = {indicator.indicator_id: indicator.reference_month for indicator in workspace.indicators}
    found = []
    for role, dataset_id, measure, unit, *codes in terms:
        held = {d: (row.get(d, "all") if c == "*" else c) for d, c in zip(DIMENSIONS, codes, strict=True)}
        # the datasets that are declared to be used before the term's own stand before it
        before = [spec.dataset_id for spec in workspace.specs.values() if dataset_id in spec.serves_before]
        month = months.get(row["indicator_id"])
        found += [Wanted(role, name, measure, unit, held, month) for name in (*before, dataset_id)]
    return found


def _area(published: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> Area | None:
    code, year = _first(row, _AREAS), _first(row, _YEARS)
    if code is None or year is None:
        return None
    parts = published.execute(
        "select part_code, is_exact from marts.dim_region_part where region_code = ? and year = ? order by part_code",
        [code, year],
    ).fetchall()
    history = published.execute(
        "select distinct code from marts.dim_region_history where current_code = ?", [code]
    ).fetchall()
    return Area(str(code), int(year), dict(parts), {name for (name,) in history})


def _others(published: duckdb.DuckDBPyConnection, origins: Origins, row: dict[str, Any]) -> list[str]:
    """The published tables that a row was computed from, each as the call that traces it."""
    lines = []
    for name in sorted(origins.figures):
        found = published.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ?", [name]
        ).fetchall()
        if not found:
            lines.append(
                f"computed from {name}, which this older release does not hold; after integrering run it can be traced"
            )
            continue
        known = {"region_code": _first(row, _AREAS), "municipality_code": _first(row, _AREAS)} | {
            k: v for k, v in row.items() if v is not None
        }
        shared = {c: known[c] for (c,) in found if known.get(c) is not None and c in (*_AREAS, *_YEARS, "indicator_id")}
        words = " ".join(f"{column}={value}" for column, value in _with_rows(published, name, shared).items())
        lines.append(f"computed from {name}; go on with: integrering trace {name} {words or 'KEY=VALUE'}")
    return lines


def _with_rows(published: duckdb.DuckDBPyConnection, table: str, shared: dict[str, Any]) -> dict[str, Any]:
    """The shared key as far as the other table has rows of it: some hold no such year, or no areas."""
    without_years = {name: value for name, value in shared.items() if name not in _YEARS}
    without_areas = {name: value for name, value in shared.items() if name not in _AREAS}
    for key in (shared, without_years, without_areas):
        where = " and ".join(f'"{name}" = ?' for name in key)
        sql = f'select 1 from marts."{table}" where {where or "false"} limit 1'
        if published.execute(sql, list(key.values())).fetchone():
            return key
    return {}


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)
