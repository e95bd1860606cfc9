"""What docs/bi-tools.md says of the published folder holds for the demo release, and its Python runs."""

from __future__ import annotations

import json
import re

from tests.support.pipeline import PROJECT, Installation
from warehouse.interface.declaration import load_interface

GUIDE = (PROJECT / "docs" / "bi-tools.md").read_text(encoding="utf-8")


def test_the_listed_files_are_there(demo: Installation) -> None:
    published = demo.data / "published"
    listed = re.findall(r"^    (\S+)  +", GUIDE, re.MULTILINE)
    assert {"integrering.duckdb", "datapackage.json", "data-dictionary.html", "manifest.json"} <= set(listed)
    for name in listed:
        path = published / name.replace("<table>", "fct_figure_municipality").replace("<code>", "3909")
        assert any(path.iterdir()) if name.endswith("/") else path.is_file(), name


def test_a_reader_of_several_files_can_stay_in_one_release(demo: Installation) -> None:
    release = json.loads((demo.data / "published" / "manifest.json").read_text(encoding="utf-8"))["release_id"]
    assert (demo.data / "releases" / release / "parquet" / "fct_figure_municipality.parquet").is_file()


def test_the_python_of_the_guide_runs(demo: Installation) -> None:
    (code,) = re.findall(r"```python\n(.+?)```", GUIDE, re.DOTALL)
    found: dict[str, object] = {}
    exec(compile(code.replace("<data>", str(demo.data)), "bi-tools.md", "exec"), found)
    assert len(found["larvik"]) == 11  # the demo world's years 2015-2025


def test_the_relations_of_the_guide_are_declared() -> None:
    declared = {
        (column.name, column.references[0])
        for table in load_interface()
        for column in table.columns
        if column.references
    }
    assert declared >= {
        ("region_code", "dim_region"),
        ("municipality_code", "dim_region"),
        ("indicator_id", "dim_indicator"),
        ("dataset_id", "dim_dataset"),
    }
