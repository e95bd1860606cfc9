"""The data dictionary of a release: `datapackage.json` for programs and `data-dictionary.html` for people.

Here: the Frictionless data package with a Table Schema for each table, and the page made from it. Not here: what a table
is (interface.py) or the page in docs/ (orchestration/cli/catalogue.py).
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.interface.declaration import PublishedColumn, PublishedTable, interface_version
from warehouse.paths import DATABASE

PACKAGE_FILE = "datapackage.json"
PAGE_FILE = "data-dictionary.html"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
"""The rules the package keeps: Data Package 2.0 with Table Schema, https://datapackage.org."""

FIRST = ("comparison_total", "comparison_breakdown", "sammenligning", "sammenligning_inndelt")
"""Where a newcomer starts."""

_TYPES = {
    "varchar": "string",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
"""dbt type -> Table Schema type."""

_LICENCES = {
    "CC BY 4.0": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
}
"""Licences of the Open Definition by the words the dataset specs open with; others are named in their own words."""


def write_dictionary(database: Path, folder: Path, tables: Iterable[PublishedTable]) -> None:
    """Write both files into a release folder whose manifest and database are there.

    ``database`` is opened read-only for the datasets in use (dim_dataset). The manifest gives rows, hashes and dates.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(database), read_only=True) as connection:
        sources = _sources(connection)
    package = data_package(tables, manifest, sources, folder)
    text = json.dumps(package, ensure_ascii=False, indent=1)
    (folder / PACKAGE_FILE).write_text(text + "\n", encoding="utf-8")
    (folder / PAGE_FILE).write_text(page_text(package), encoding="utf-8")


def data_package(
    tables: Iterable[PublishedTable], manifest: dict[str, Any], sources: list[dict[str, Any]], folder: Path
) -> dict[str, Any]:
    """The descriptor. Beside the standard's properties: `*_nb`, `unit`, `rows`, `release_id`, `is_demo`, and `views`: what
    stands in the DuckDB file alone, as queries over the resources.
    """
    known = list(tables)
    facts = {table["name"]: table for table in manifest["tables"]}
    return {
        "$schema": PROFILE,
        "name": "integrering",
        "title": "Integrering: statistikk om integrering i kommuner, fylker og landet",
        "description": "Published Norwegian integration statistics of municipalities, counties and the country on the "
        "geography of today. A hidden figure is an interval (…_low, …_high), never 0.",
        "description_nb": "Publisert statistikk om integrering i kommuner, fylker og landet i dagens inndeling. "
        "Et skjult tall er et intervall (…_low, …_high), aldri 0.",
        "version": interface_version(),
        "created": manifest["published_at"],
        "release_id": manifest["release_id"],
        "is_demo": manifest["is_demo"],
        "database": DATABASE,
        "licenses": _licences(sources),
        "sources": sources,
        "resources": [
            _resource(table, facts[table.name], manifest["files"], folder) for table in known if table.name in facts
        ],
        "views": [{**_described(table), "schema": table_schema(table)} for table in known if table.is_view],
    }


def _resource(table: PublishedTable, facts: dict[str, Any], files: dict[str, str], folder: Path) -> dict[str, Any]:
    path = f"parquet/{table.name}.parquet"
    return {
        **_described(table),
        "type": "table",
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "rows": facts["rows"],
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{files[path]}",
        "schema": table_schema(table),
    }


def _described(table: PublishedTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.label_nb,
        "description": table.description,
        "description_nb": table.description_nb,
    }


def table_schema(table: PublishedTable) -> dict[str, Any]:
    """The Table Schema of a table: fields in order, key, and which columns point into other tables."""
    references = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.references[0] == table.name else column.references[0],
                "fields": [column.references[1]],
            },
        }
        for column in table.columns
        if column.references
    ]
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": list(table.key),
    }
    return {**schema, "foreignKeys": references} if references else schema


def _field(column: PublishedColumn) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.data_type],
        "title": column.label_nb,
        "description": column.description,
        "description_nb": column.description_nb,
        "example": column.example,
    }
    if column.unit and column.unit_texts:
        field |= {"unit": column.unit, "unit_en": column.unit_texts[0], "unit_nb": column.unit_texts[1]}
    constraints: dict[str, Any] = {}
    if column.is_required:
        constraints["required"] = True
    if column.codes:
        constraints["enum"] = list(column.codes)
    return {**field, "constraints": constraints} if constraints else field


def _sources(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every dataset that figures are taken from, with credit line, licence and when it was retrieved."""
    rows = connection.execute(
        "select dataset_id, title_nb, link, attribution_nb, licence, last_retrieved_at, is_demo "
        "from marts.dim_dataset where has_release order by dataset_id"
    ).fetchall()
    return [
        {
            "title": title,
            "path": link,
            "dataset_id": dataset_id,
            "attribution_nb": attribution,
            "licence": licence,
            "retrieved_at": retrieved.strftime("%Y-%m-%dT%H:%M:%SZ") if retrieved else None,
            "is_demo": is_demo,
        }
        for dataset_id, title, link, attribution, licence, retrieved, is_demo in rows
    ]


def _licences(sources: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Each licence once. The package as a whole has none: every source keeps its own."""
    licences = []
    for words in sorted({source["licence"] for source in sources}):
        known = next((value for start, value in _LICENCES.items() if words.startswith(start)), None)
        if known and words in _LICENCES:
            licences.append({"name": known[0], "path": known[1], "title": words})
        else:
            licences.append({"name": _slug(words), "title": words, **({"path": known[1]} if known else {})})
    return licences


def _slug(words: str) -> str:
    plain = words.lower().translate(str.maketrans("æøå", "eoa"))
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-")


def page_text(package: dict[str, Any]) -> str:
    """The package as one page that needs nothing else; every text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("data-dictionary.html.j2").render(package=package, first=FIRST)
