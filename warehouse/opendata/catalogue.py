"""A release as a DCAT-AP-NO catalogue, so that a municipality can register it in the national data catalogue.

Here: the graph and its two files. Not here: types and columns of a table (datapackage.json, which each entry names).
Rules: DCAT-AP-NO 2 (data.norge.no/specification/dcat-ap-no); tests hold the mandatory properties as SHACL shapes. Addresses are
relative to the file, so that the folder may be served from anywhere.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, XSD

from warehouse.quoting import identifier

TURTLE, JSON_LD = "catalogue.ttl", "catalogue.jsonld"
_EU = "http://publications.europa.eu/resource/authority"
THEME = URIRef(f"{_EU}/data-theme/SOCI")
NORWAY = URIRef(f"{_EU}/country/NOR")
PUBLIC = URIRef(f"{_EU}/access-right/PUBLIC")
LANGUAGES = tuple(URIRef(f"{_EU}/language/{code}") for code in ("NOB", "ENG"))
PARQUET = URIRef("https://www.iana.org/assignments/media-types/application/vnd.apache.parquet")
_FILE_TYPE = URIRef(f"{_EU}/file-type/PARQUET")
LICENCES = {"CC BY 4.0": URIRef(f"{_EU}/licence/CC_BY_4_0"), "NLOD": URIRef(f"{_EU}/licence/NLOD_2_0")}
"""Licences of the EU's list by the words a dataset spec gives alone; other words stand as a statement of rights."""
FREQUENCIES = {
    "monthly": "MONTHLY", "quarterly": "QUARTERLY", "half_yearly": "ANNUAL_2", "yearly": "ANNUAL", "irregular": "IRREG",
    "once": "NEVER", "discontinued": "NEVER",
}  # fmt: skip
PERIODS = ("year", "rate_year", "settlement_year")


@dataclass(frozen=True)
class Upstream:
    """What a table's rows are taken from: the datasets, and the first and last year."""

    datasets: tuple[str, ...]
    first: int | None
    last: int | None


def write_catalogue(database: Path, folder: Path) -> None:
    """Write both files into a release folder whose database, manifest and datapackage.json are there."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(database), read_only=True) as connection:
        graph = catalogue(connection, package, manifest)
    graph.serialize(folder / TURTLE, format="turtle", encoding="utf-8")
    graph.serialize(folder / JSON_LD, format="json-ld", encoding="utf-8", context=_context(graph), auto_compact=True)


def catalogue(connection: duckdb.DuckDBPyConnection, package: dict[str, Any], manifest: dict[str, Any]) -> Graph:
    """The graph: the catalogue, a dataset with one Parquet file for each table that has rows, and what each came from."""
    graph = Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF)):
        graph.bind(prefix, space)
    home = connection.execute(
        "select region_name from marts.dim_region where region_code = ?", [manifest["municipality"]]
    ).fetchone()
    owner = _agent(
        graph, f"#utgiver-{manifest['municipality']}", f"{home[0] if home else manifest['municipality']} kommune"
    )
    root = URIRef("#katalog")
    demo = "DEMODATA, oppdiktede tall. " if package["is_demo"] else ""
    graph.add((root, RDF.type, DCAT.Catalog))
    _texts(graph, root, package["title"], f"{demo}{package['description_nb']}", package["description"])
    _facts(graph, root, f"integrering-{manifest['municipality']}", owner, manifest["published_at"])
    graph.add((root, OWL.versionInfo, Literal(package["release_id"])))
    known = _upstream(connection, [resource["name"] for resource in package["resources"]])
    datasets = {row["dataset_id"]: row for row in _datasets(connection)}
    for resource in package["resources"]:
        if resource["rows"]:
            graph.add((root, DCAT.dataset, _table(graph, resource, package, owner, known[resource["name"]], datasets)))
    return graph


def _table(
    graph: Graph,
    resource: dict[str, Any],
    package: dict[str, Any],
    owner: URIRef,
    upstream: Upstream,
    datasets: dict[str, dict[str, Any]],
) -> URIRef:
    name = resource["name"]
    node, file = URIRef(f"#tabell-{name}"), URIRef(f"#fil-{name}")
    graph.add((node, RDF.type, DCAT.Dataset))
    demo = "DEMODATA, oppdiktede tall. " if package["is_demo"] else ""
    _texts(graph, node, resource["title"], f"{demo}{resource['description_nb']}", resource["description"])
    _facts(graph, node, f"{package['name']}-{name}", owner, package["created"])
    graph.add((node, DCAT.theme, THEME))
    graph.add((node, DCTERMS.accessRights, PUBLIC))
    graph.add((node, DCTERMS.spatial, NORWAY))
    for page in (URIRef("data-dictionary.html"), URIRef("datapackage.json")):
        graph.add((node, FOAF.page, page))
        graph.add((page, RDF.type, FOAF.Document))
    if upstream.first is not None and upstream.last is not None:
        _period(graph, node, upstream.first, upstream.last)
    used = [datasets[dataset_id] for dataset_id in upstream.datasets if dataset_id in datasets]
    for row in used:
        graph.add((node, DCTERMS.source, _source(graph, row)))
    graph.add((node, DCAT.distribution, file))
    graph.add((file, RDF.type, DCAT.Distribution))
    graph.add((file, DCTERMS.title, Literal(f"{resource['title']} (Parquet)", lang="nb")))
    graph.add((file, DCAT.accessURL, URIRef(resource["path"])))
    graph.add((file, DCAT.downloadURL, URIRef(resource["path"])))
    graph.add((file, DCTERMS["format"], _FILE_TYPE))
    graph.add((file, DCAT.mediaType, PARQUET))
    graph.add((file, DCAT.byteSize, Literal(f"{resource['bytes']}.0", datatype=XSD.decimal)))
    _rights(graph, file, sorted({row["licence"] for row in used}))
    return node


def _source(graph: Graph, row: dict[str, Any]) -> URIRef:
    """A publisher's own dataset: named and credited, not offered by this catalogue."""
    node = URIRef(f"#kilde-{row['dataset_id']}")
    if (node, RDF.type, DCAT.Dataset) in graph:
        return node
    publisher = row["attribution_nb"].removeprefix("Kilde: ") or row["source"]
    graph.add((node, RDF.type, DCAT.Dataset))
    _texts(graph, node, row["title_nb"], row["description_nb"] or row["title_nb"])
    graph.add((node, DCTERMS.identifier, Literal(row["dataset_id"])))
    graph.add((node, DCTERMS.publisher, _agent(graph, f"#utgiver-{row['source']}", publisher)))
    graph.add((node, DCAT.theme, THEME))
    if row["link"]:
        page = URIRef(row["link"])
        graph.add((node, DCAT.landingPage, page))
        graph.add((page, RDF.type, FOAF.Document))
    if frequency := FREQUENCIES.get(row["declared_cadence"]):
        graph.add((node, DCTERMS.accrualPeriodicity, URIRef(f"{_EU}/frequency/{frequency}")))
    if row["last_retrieved_at"]:
        graph.add((node, DCTERMS.modified, Literal(row["last_retrieved_at"].date(), datatype=XSD.date)))
    _rights(graph, node, [row["licence"]])
    return node


def _rights(graph: Graph, node: URIRef, words: list[str]) -> None:
    """One known licence as such; several, or one in words of its own, as a statement of rights with all of them."""
    if len(words) == 1 and words[0] in LICENCES:
        graph.add((node, DCTERMS.license, LICENCES[words[0]]))
    elif words:
        statement = BNode(f"rights{node.removeprefix('#')}")
        graph.add((node, DCTERMS.rights, statement))
        graph.add((statement, RDF.type, DCTERMS.RightsStatement))
        graph.add((statement, RDFS.label, Literal("; ".join(words), lang="nb")))


def _agent(graph: Graph, name: str, label: str) -> URIRef:
    node = URIRef(name)
    graph.add((node, RDF.type, FOAF.Agent))
    if graph.value(node, FOAF.name) is None:
        graph.add((node, FOAF.name, Literal(label, lang="nb")))
    return node


def _texts(graph: Graph, node: URIRef, title: str, description: str, description_en: str = "") -> None:
    graph.add((node, DCTERMS.title, Literal(title, lang="nb")))
    graph.add((node, DCTERMS.description, Literal(description, lang="nb")))
    if description_en:
        graph.add((node, DCTERMS.description, Literal(description_en, lang="en")))


def _facts(graph: Graph, node: URIRef, name: str, owner: URIRef, published_at: str) -> None:
    graph.add((node, DCTERMS.identifier, Literal(name)))
    graph.add((node, DCTERMS.publisher, owner))
    graph.add((node, DCTERMS.modified, Literal(published_at, datatype=XSD.dateTime)))
    for language in LANGUAGES:
        graph.add((node, DCTERMS.language, language))


def _period(graph: Graph, node: URIRef, first: int, last: int) -> None:
    period = BNode(f"period{node.removeprefix('#')}")
    graph.add((node, DCTERMS.temporal, period))
    graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
    graph.add((period, DCAT.startDate, Literal(f"{first}-01-01", datatype=XSD.date)))
    graph.add((period, DCAT.endDate, Literal(f"{last}-12-31", datatype=XSD.date)))


def _datasets(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cursor = connection.execute("select * from marts.dim_dataset where has_release order by dataset_id")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _upstream(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, Upstream]:
    """Datasets and years of each table, by its columns: `dataset_id` itself, or the releases that a star table counts."""
    columns: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' "
        "and database_name = current_database()"
    ).fetchall():
        columns.setdefault(table, set()).add(column)
    found = {}
    for table in tables:
        has, name = columns.get(table, set()), f'marts."{identifier(table)}"'
        sql = f"select distinct dataset_id from {name} where dataset_id is not null order by all"
        if "release_number" in has and table != "dim_release":
            sql = (
                "select distinct f.dataset_id from marts.fct_dataset_release as f inner join marts.dim_release as r "
                f"using (release_id) where r.release_number in (select distinct release_number from {name}) order by all"
            )
        elif "dataset_id" not in has:
            sql = ""
        datasets = tuple(row[0] for row in connection.execute(sql).fetchall()) if sql else ()
        period = next((column for column in PERIODS if column in has), None)
        span = connection.execute(f"select min({period}), max({period}) from {name}").fetchone() if period else None
        found[table] = Upstream(datasets, *(span or (None, None)))
    return found


def _context(graph: Graph) -> dict[str, str]:
    wanted = {"dcat", "dct", "foaf", "xsd", "rdfs"}
    return {prefix: str(space) for prefix, space in graph.namespaces() if prefix in wanted}
