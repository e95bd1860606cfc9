"""Secrets stay out of messages and logs, and upstream's text stays text wherever it is shown or exported."""

import csv
import io
import logging
import os
import subprocess
from pathlib import Path

import pytest

from orchestration.sensors.notifications import notify
from tests.support.pipeline import COMMAND, PROJECT, Installation
from warehouse.errors import WrongSetting
from warehouse.interface import dictionary
from warehouse.query import QueryResult, safe_cell, write_result
from warehouse.settings import Settings, load_settings

SECRET = "s3cr3t-of-this-test"
WRONG = {
    "notify_webhook": [f"http://hooks.example/{SECRET}", f"https://hooks.example/ {SECRET}", SECRET],
    "dagster_postgres_url": [
        SECRET,
        f"mysql://u:{SECRET}@db/x",
        f"postgresql://u:p@{SECRET}@db/x",
        f"postgresql://u:p:{SECRET}@db/x",
        f"postgresql://u:{SECRET}/@db/x",
        f"postgresql://u@db:{SECRET}/x",
    ],
    "smtp_host": [f"user:{SECRET}@mail.example", f"mail.example:{SECRET}"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_named_and_its_value_not_shown(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name) as caught:
        load_settings(**{name: value})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__, "no traceback of it either"
    with pytest.raises(ValueError, match=name) as raw:
        Settings(**{name: value})  # as Dagster's own process meets it
    assert SECRET not in str(raw.value)


def test_a_right_address_is_taken_and_not_in_the_settings_text() -> None:
    settings = load_settings(
        notify_webhook=f"https://hooks.example/{SECRET}",
        dagster_postgres_url=f"postgresql://dagster:{SECRET}%40x@127.0.0.1:5432/dagster?sslmode=require",
        smtp_host="mail.example:25",
    )
    assert SECRET in settings.notify_webhook and SECRET not in repr(settings) + str(settings)
    assert load_settings(dagster_postgres_url="postgresql://dagster@[::1]:5432/dagster").dagster_postgres_url


def test_a_settings_file_that_is_no_toml_is_told_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('municipality = "3909\n', encoding="utf-8")
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    with pytest.raises(WrongSetting, match="line 1, column 21"):
        load_settings()


@pytest.mark.parametrize("command", ["status", "run", "report"])
def test_the_command_line_shows_no_secret_and_leaves_none_behind(tmp_path: Path, command: str) -> None:
    installation = Installation(tmp_path)
    environment = {**installation.environment, "INTEGRERING_NOTIFY_WEBHOOK": f"http://h.example/{SECRET}"}
    answer = subprocess.run(
        [*COMMAND, command], env=environment, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2 and "notify_webhook" in answer.stderr
    assert SECRET not in answer.stdout + answer.stderr and "Traceback" not in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        f"https://127.0.0.1:1/{SECRET}",
        f"https://user:{SECRET}@127.0.0.1:1/",
        f"https://[bad/{SECRET}",
        f"https://.hooks.example/{SECRET}",
        f"https://127.0.0.1:99999/{SECRET}",
    ],
)
def test_a_webhook_that_fails_is_told_of_without_its_address(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        problems = notify(Settings(notify_webhook=address), "x", "y")
    assert len(problems) == 1 and problems[0].startswith("webhook: ")
    assert SECRET not in problems[0] + caplog.text


def test_the_postgres_address_is_not_in_what_a_failed_start_prints(tmp_path: Path) -> None:
    pytest.importorskip("dagster_postgres", reason="the extra `postgres` is not installed")
    address = f"postgresql://dagster:{SECRET}@127.0.0.1:1/dagster"
    environment = {**Installation(tmp_path).environment, "INTEGRERING_DAGSTER_POSTGRES_URL": address}
    answer = subprocess.run(
        [*COMMAND, "run"], env=environment, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode != 0 and SECRET not in answer.stdout + answer.stderr
    assert not [path for path in tmp_path.rglob("*.log") if SECRET in path.read_text(errors="ignore")]


# --- text from upstream -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1", "'=1"),
        ("  =1", "'  =1"),
        ("a;=cmd|'/c calc'!A1", "a;'=cmd|'/c calc'!A1"),
        ("a;  @x;+1", "a;'  @x;'+1"),
        ("a;\tx", "a;'\tx"),
        ("a, b; c - d", "a, b; c - d"),
        ("Møre og Romsdal", "Møre og Romsdal"),
    ],
)
def test_no_cell_begins_a_formula_in_a_spreadsheet(text: str, safe: str) -> None:
    assert safe_cell(text) == safe
    target = io.StringIO()
    write_result(QueryResult(["name"], [(text,)]), "csv", target)
    for delimiter in ",;":
        for row in csv.reader(io.StringIO(target.getvalue()), delimiter=delimiter, quoting=csv.QUOTE_NONE):
            assert not any(cell.strip('" ')[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row if cell.strip('" '))


def test_a_table_on_a_terminal_obeys_no_escape_sequence() -> None:
    target = io.StringIO()
    write_result(QueryResult(["name"], [("\x1b]0;owned\x07\x1b[2JLarvik\x9b",)]), "table", target)
    assert not any(c in target.getvalue() for c in "\x1b\x07\x9b") and "Larvik" in target.getvalue()


def test_the_dictionary_page_shows_markup_as_text(tmp_path: Path) -> None:
    evil = "<script>alert('x')</script>\" onload=\"x"
    field = {
        "name": evil,
        "type": "string",
        "title": evil,
        "description": evil,
        "description_nb": evil,
        "example": evil,
    }
    resource = {"name": evil, "title": evil, "description": evil, "description_nb": evil, "rows": 1}
    package = {
        **{
            name: evil
            for name in ("name", "description", "description_nb", "version", "created", "release_id", "database")
        },
        "is_demo": False,
        "views": [{**resource, "schema": {"fields": [field], "primaryKey": [evil]}}],
        "resources": [{**resource, "schema": {"fields": [field], "primaryKey": [evil]}}],
        "sources": [
            {"title": evil, "path": "https://example.org", "dataset_id": evil, "attribution_nb": evil, "licence": evil}
        ],
    }
    page = dictionary.page_text(package)
    assert "<script" not in page and '" onload' not in page
    assert page.count("&lt;script&gt;") >= 15


def test_published_files_may_be_read_and_not_written(demo: Installation) -> None:
    release = (demo.data / "published").resolve()
    files = [path for path in release.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {
        "integrering.duckdb",
        "manifest.json",
        "datapackage.json",
        "rapport-3909.html",
    }
    assert {oct(os.stat(path).st_mode & 0o777) for path in files} == {"0o444"}
