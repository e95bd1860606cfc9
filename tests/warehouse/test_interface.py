"""The published interface: declared whole, kept by its contract, and true of the demo release."""

import copy
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.dataset.code_names import age_name, code_names
from sources.dataset.dimensions import DIMENSIONS
from sources.dataset.spec import load_specs
from tests.support.pipeline import PROJECT, Installation
from tests.support.published_keys import broken_promises
from warehouse.errors import WarehouseError
from warehouse.interface import contract
from warehouse.interface.contract import ContractBroken, changes, current_contract, read_contract, require_version
from warehouse.interface.declaration import interface_version, load_interface
from warehouse.interface.dictionary import table_schema

TABLES = {table.name: table for table in load_interface()}
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
SQL_TYPES = {"TIMESTAMP": "timestamp", "VARCHAR": "varchar", "INTEGER": "integer", "BIGINT": "bigint"}
SQL_TYPES |= {"DOUBLE": "double", "BOOLEAN": "boolean", "DATE": "date"}
READ = {
    "varchar": str,
    "integer": int,
    "bigint": int,
    "double": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


# --- declared whole ---------------------------------------------------------------------------------------------------


def test_an_example_is_a_value_the_column_could_hold() -> None:
    for table, column in COLUMNS:
        READ[column.data_type](column.example)
        assert not column.codes or column.example in column.codes, f"{table.name}.{column.name}"


def test_norwegian_is_norwegian_and_not_the_english_again() -> None:
    for table, column in COLUMNS:
        if column.description.isascii() and len(column.description) > 25:
            assert column.description != column.description_nb, f"{table.name}.{column.name}"


def test_a_reference_points_to_the_key_of_a_table() -> None:
    found = 0
    for table, column in COLUMNS:
        if column.references:
            target, field = column.references
            assert TABLES[target].key == (field,), f"{table.name}.{column.name}"
            found += 1
    assert found >= 60


def test_a_key_names_columns() -> None:
    for table in TABLES.values():
        assert set(table.key) <= {column.name for column in table.columns}, table.name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("    description_nb: 'Antall'\n", "expected description_nb; found none"),
        ("    example: '3'\n", "expected example; found none"),
        ("    unit: ordinal\n", "a unit"),
        ("  key: [place]\n", "a key"),
    ],
)
def test_what_is_left_out_is_named(tmp_path: Path, line: str, words: str) -> None:
    yml = tmp_path / "models" / "marts" / "small.yml"
    yml.parent.mkdir(parents=True)
    declared = (
        "models:\n- name: small\n  description: Small\n  config: {meta: {label_nb: Liten, description_nb: Liten,\n"
        "  key: [place]\n  }}\n  columns:\n  - name: place\n    data_type: integer\n    description: Place\n"
        "    config: {meta: {label_nb: Plass,\n    description_nb: 'Antall'\n,\n    example: '3'\n,\n"
        "    unit: ordinal\n    }}\n"
    )
    yml.write_text(declared, encoding="utf-8")
    assert load_interface(tmp_path)[0].columns[0].unit == "ordinal"
    yml.write_text(declared.replace(line, "    other: 1\n"), encoding="utf-8")
    with pytest.raises(WarehouseError, match=re.escape(words)):
        load_interface(tmp_path)


def test_every_code_a_dataset_maps_to_has_a_norwegian_name() -> None:
    specs = load_specs()
    names = code_names(specs.values())
    for spec in specs.values():
        for column in spec.columns:
            for code in column.codes.values() if column.dimension else ():
                assert (column.dimension, code) in names, (
                    f"{spec.dataset_id}: name {code} in sources/dataset/dimensions.yml"
                )
    assert names["country_background", "143"] == "Tyrkia"
    assert names["age_group", "age_67_plus"] == "67 år og eldre"
    assert (age_name("age_15_29"), age_name("age_3"), age_name("all")) == ("15–29 år", "3 år", None)


# --- the contract -----------------------------------------------------------------------------------------------------


def test_the_interface_is_what_the_contract_promises() -> None:
    require_version(read_contract(), current_contract())
    text = contract.CONTRACT.read_text(encoding="utf-8")
    assert text == contract.contract_text(current_contract()), "run python -m warehouse.interface.contract"


def test_the_changelog_tells_of_the_version() -> None:
    assert f"## {interface_version()} " in (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")


def _without(contents: dict[str, Any], *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(contents)
    place = changed
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return changed


def _with(contents: dict[str, Any], value: Any, *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(contents)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


RANK = ("tables", "comparison", "columns", "rank")
BEFORE = {**read_contract(), "version": "3.4.5"}
BREAKING = {
    "column removed": _without(BEFORE, *RANK),
    "column renamed": _with(
        _without(BEFORE, *RANK), BEFORE["tables"]["comparison"]["columns"]["rank"], *RANK[:3], "place"
    ),
    "type changed": _with(BEFORE, "double", *RANK, "type"),
    "unit changed": _with(BEFORE, "percent", *RANK, "unit"),
    "key changed": _with(BEFORE, ["year", "region_code"], "tables", "fct_settlement", "key"),
    "table removed": _without(BEFORE, "tables", "cadence"),
    "reference gone": _without(BEFORE, "tables", "comparison", "columns", "indicator_id", "references"),
    "code gone": _with(BEFORE, ["municipality"], "tables", "fct_grant_received", "columns", "grant_source", "codes"),
}
ADDITIVE = {
    "column added": _with(BEFORE, {"type": "double", "unit": "percent"}, *RANK[:3], "rank_pct"),
    "table added": _with(BEFORE, {"key": ["code"], "columns": {"code": {"type": "varchar"}}}, "tables", "dim_more"),
    "reference added": _with(BEFORE, "dim_region.region_code", *RANK, "references"),
    "codes listed": _with(BEFORE, ["1", "2"], *RANK, "codes"),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_needs_a_new_major_version(change: str) -> None:
    for version in ("3.4.5", "3.4.6", "3.5.0", "3.99.0"):
        with pytest.raises(ContractBroken, match=re.escape("version 4.0.0 or later")):
            require_version(BEFORE, {**BREAKING[change], "version": version})
    assert require_version(BEFORE, {**BREAKING[change], "version": "4.0.0"})


@pytest.mark.parametrize("change", ADDITIVE)
def test_an_addition_needs_a_new_minor_version(change: str) -> None:
    for version in ("3.4.5", "3.4.99"):
        with pytest.raises(ContractBroken, match=re.escape("version 3.5.0 or later")):
            require_version(BEFORE, {**ADDITIVE[change], "version": version})
    assert len(require_version(BEFORE, {**ADDITIVE[change], "version": "3.5.0"})) == 1


def test_no_change_needs_none_and_the_version_never_goes_back() -> None:
    assert require_version(BEFORE, {**BEFORE, "version": "3.4.6"}) == changes(BEFORE, BEFORE) == []
    with pytest.raises(ContractBroken, match=re.escape("found 3.4.4 with: no change")):
        require_version(BEFORE, {**BEFORE, "version": "3.4.4"})


def test_the_writer_of_the_contract_refuses_to_hide_a_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    promised = _with(read_contract(), {"type": "varchar"}, "tables", "comparison", "columns", "gone")
    file = tmp_path / "interface.json"
    file.write_text(contract.contract_text(promised), encoding="utf-8")
    monkeypatch.setattr(contract, "CONTRACT", file)
    monkeypatch.setattr(contract, "read_contract", lambda: read_contract(file))
    assert contract.main() == 1
    assert "column comparison.gone removed" in capsys.readouterr().err
    assert read_contract(file) == promised
    monkeypatch.setattr(contract, "interface_version", lambda: "99.0.0")
    assert contract.main() == 0
    assert read_contract(file) == {**current_contract(), "version": "99.0.0"}


# --- true of the release ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package(demo: Installation) -> dict[str, Any]:
    return json.loads((demo.data / "published" / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def published(demo: Installation) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo.data / "published" / "integrering.duckdb"), read_only=True)


def test_the_file_has_the_columns_and_types_of_the_contract(published: duckdb.DuckDBPyConnection) -> None:
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in published.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
    ).fetchall():
        found.setdefault(table, {})[column] = SQL_TYPES[data_type]
    promised = read_contract()["tables"]
    assert found == {t: {c: p["type"] for c, p in v["columns"].items()} for t, v in promised.items()}


def test_every_table_and_column_explains_itself_in_the_file(published: duckdb.DuckDBPyConnection) -> None:
    comments = dict(
        published.execute("select table_name, comment from duckdb_tables() where schema_name = 'marts'").fetchall()
    )
    views = "select view_name, comment from duckdb_views() where schema_name = 'marts'"
    comments |= dict(published.execute(views).fetchall())
    assert comments == {name: table.comment for name, table in TABLES.items()}
    rows = published.execute(
        "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'"
    )
    assert {(t, c): text for t, c, text in rows.fetchall()} == {(t.name, c.name): c.comment for t, c in COLUMNS}
    assert ("fct_settlement", "settled_persons") in {(t.name, c.name) for t, c in COLUMNS}


def test_keys_are_unique_and_references_hold(published: duckdb.DuckDBPyConnection) -> None:
    assert broken_promises(published) == []


def test_a_broken_key_and_a_lost_reference_are_found(demo: Installation) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.data / 'published' / 'integrering.duckdb'}' as whole (read_only)")
        connection.execute("create schema marts")
        for name in TABLES:
            few = "" if name.startswith("dim_") else "limit 100"
            connection.execute(f"create table marts.{name} as select * from whole.marts.{name} {few}")
        assert broken_promises(connection) == []
        connection.execute("insert into marts.fct_settlement select * from marts.fct_settlement limit 1")
        connection.execute("delete from marts.dim_indicator where indicator_id = 'settled_persons'")
        found = broken_promises(connection)
    assert {"dim_indicator_term.indicator_id -> dim_indicator.indicator_id: [('settled_persons',)]"} < set(found)
    assert 'fct_settlement: "region_code", "year"' in found


def test_every_breakdown_code_has_a_norwegian_name(published: duckdb.DuckDBPyConnection) -> None:
    for dimension in DIMENSIONS:
        unnamed = published.execute(
            f'select distinct "{dimension}" from marts.fct_indicator_value anti join marts.dim_breakdown_code as name '
            f'on name.dimension = ? and name.code = fct_indicator_value."{dimension}"',
            [dimension],
        ).fetchall()
        assert unnamed == [], dimension


def test_the_data_package_keeps_the_rules_of_frictionless(package: dict[str, Any], demo: Installation) -> None:
    folder = demo.data / "published"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert package["name"] == "integrering" and re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert datetime.fromisoformat(package["created"]) and package["release_id"] == demo.release
    assert package["is_demo"] is True
    assert {r["name"] for r in package["resources"]} == {name for name, table in TABLES.items() if not table.is_view}
    assert {view["name"] for view in package["views"]} == {name for name, table in TABLES.items() if table.is_view}
    for view in package["views"]:
        _check_schema(view["schema"], view["name"])
    for licence in package["licenses"]:
        assert re.fullmatch(r"[-a-zA-Z0-9._]+", licence["name"]) and licence["title"]
    for source in package["sources"]:
        assert source["title"] and source["path"].startswith("https://") and source["licence"]
    for resource in package["resources"]:
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"]) and resource["title"]
        assert not resource["path"].startswith(("/", ".")) and (folder / resource["path"]).is_file()
        assert resource["bytes"] == (folder / resource["path"]).stat().st_size
        assert resource["hash"] == f"sha256:{manifest['files'][resource['path']]}"
        _check_schema(resource["schema"], resource["name"])
    assert manifest["files"].keys() >= {"datapackage.json", "data-dictionary.html"}


def _check_schema(schema: dict[str, Any], table: str) -> None:
    names = [field["name"] for field in schema["fields"]]
    assert len(names) == len(set(names)) and set(schema["primaryKey"]) <= set(names)
    for field in schema["fields"]:
        assert field["type"] in {"string", "integer", "number", "boolean", "date", "datetime"}
        assert field["title"] and field["description"] and field["description_nb"] and field["example"]
        assert field["type"] not in ("integer", "number") or field["unit_nb"], f"{table}.{field['name']}"
        assert field.get("constraints", {}).keys() <= {"required", "enum"}
    for key in schema.get("foreignKeys", []):
        assert set(key["fields"]) <= set(names) and len(key["fields"]) == len(key["reference"]["fields"])
        target = TABLES[key["reference"]["resource"] or table]
        assert set(key["reference"]["fields"]) <= {column.name for column in target.columns}


def test_a_schema_says_what_a_known_column_is() -> None:
    fields = {field["name"]: field for field in table_schema(TABLES["fct_settlement"])["fields"]}
    assert fields["settled_persons_high"]["unit_nb"] == "personer"
    assert fields["region_code"]["type"] == "string" and fields["region_code"]["example"] == "3909"
    keys = table_schema(TABLES["dim_region"])["foreignKeys"]
    assert keys == [{"fields": ["county_code"], "reference": {"resource": "", "fields": ["region_code"]}}]
    assert table_schema(TABLES["grant_forecast"])["fields"][3]["constraints"] == {
        "enum": ["legacy", "new", "family_reunification", "total"]
    }


def test_the_page_of_the_release_shows_all_and_runs_nothing(demo: Installation) -> None:
    page = (demo.data / "published" / "data-dictionary.html").read_text(encoding="utf-8")
    for name, table in TABLES.items():
        assert f'<div id="{name}">' in page and table.label_nb.replace("&", "&amp;") in page
    assert "oppdiktede demodata" in page
    assert "<script" not in page and "src=" not in page
    assert str(demo.data) not in page
