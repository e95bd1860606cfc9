"""How a model is laid into the build file (macros/laying.sql): in place of what was there, and held to its contract.

Here: a small project with these macros. Not here: the models of the project.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.build.dbt_command import call_dbt
from orchestration.workspace import DBT_PROJECT

PROFILE = """small:
  target: duckdb
  outputs: {duckdb: {type: duckdb, disable_transactions: true, path: "{{ env_var('INTEGRERING_BUILD_FILE') }}"}}
"""
PROJECT = """name: small
profile: small
flags: {send_anonymous_usage_stats: false}
on-run-end: "{{ check_contracts(results) }}"
"""
CONTRACT = """models:
- name: one
  config: {materialized: KIND, contract: {enforced: true}}
  columns:
  - {name: code, data_type: varchar}
  - {name: number, data_type: integer}
"""
SLICED = """{{ config(materialized='incremental', pre_hook="{{ make_room_of_slice() }}") }}
select 'a' as code, VALUE as number {% if not is_incremental() %}union all select 'b', 2{% endif %}
"""
ROOM = "{% macro make_room_of_slice() %}{% if is_incremental() %}delete from {{ this }} where code = 'a'{% endif %}{% endmacro %}"


class Small:
    """The project in a folder, and what its last build left."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "build.duckdb"
        (folder / "models").mkdir()
        (folder / "macros").mkdir()
        shutil.copy(DBT_PROJECT / "macros" / "laying.sql", folder / "macros")
        (folder / "macros" / "room.sql").write_text(ROOM, encoding="utf-8")
        (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
        (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")

    def build(self, sql: str, kind: str | None = None) -> str:
        """Build the model; what dbt says is wrong, or nothing."""
        (self.folder / "models" / "one.sql").write_text(sql, encoding="utf-8")
        contract = CONTRACT.replace("KIND", kind) if kind else "{}"
        (self.folder / "models" / "one.yml").write_text(contract, encoding="utf-8")
        names = {"PROJECT_DIR": ".", "PROFILES_DIR": ".", "TARGET_PATH": "target", "LOG_PATH": "target"}
        paths = {f"DBT_{name}": str(self.folder / path) for name, path in names.items()}
        return call_dbt(["build"], {"INTEGRERING_BUILD_FILE": str(self.file), **paths}, quiet=True).problem

    def rows(self) -> list[tuple[str, int]]:
        """The model's rows; nothing else may be left in the file."""
        with duckdb.connect(str(self.file)) as connection:
            assert connection.execute("select table_name from information_schema.tables").fetchall() == [("one",)]
            return connection.execute("from main.one order by all").fetchall()


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_model_keeps_the_names_and_types_of_its_contract(small: Small, kind: str) -> None:
    assert small.build("select 'a' as code, 7 as number", kind) == ""
    assert small.rows() == [("a", 7)]
    assert "one.number: promised integer, found varchar" in small.build("select 'a' as code, '7' as number", kind)
    more = small.build("select 'a' as code, 7 as number, true as more", kind)
    assert "one.more: promised no such column, found boolean" in more
    assert "number" in small.build("select 'a' as code", kind)


def test_a_table_has_its_columns_in_the_order_of_its_contract(small: Small) -> None:
    assert small.build("select 7 as number, 'a' as code", "table") == ""
    assert small.rows() == [("a", 7)]


def test_a_table_takes_the_place_of_a_view_and_a_view_that_of_a_table(small: Small) -> None:
    for number, kind in enumerate(["view", "table", "view"]):
        assert small.build(f"select 'a' as code, {number} as number", kind) == ""
        assert small.rows() == [("a", number)]


def test_a_slice_replaces_its_own_rows_and_no_others(small: Small) -> None:
    assert small.build(SLICED.replace("VALUE", "1")) == ""
    assert small.build(SLICED.replace("VALUE", "9")) == ""
    assert small.rows() == [("a", 9), ("b", 2)]
    renamed = SLICED.replace("VALUE as number", "9 as other")
    assert "other" in small.build(renamed)
