"""What docs/bi-tools.md says of the published folder holds for the demo release, and its Python runs."""

import json
import re

import pyarrow.parquet as pq

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


DAX_FUNCTIONS = {
    "ALL", "CALCULATE", "DIVIDE", "FORMAT", "HASONEVALUE", "IF", "INT", "ISBLANK", "LOOKUPVALUE", "SELECTEDVALUE", "SUM", "TRUE",
}  # fmt: skip
"""Those of Microsoft's function reference that the guide uses: a name misspelt is one more."""


def test_the_measures_of_the_guide_name_what_there_is(demo: Installation) -> None:
    """No Power BI runs here: what can be held is held. Columns are those of light/, and of the whole star where it is named."""
    (block,) = (text for text in GUIDE.split("```")[1::2] if "HASONEVALUE" in text)
    code = re.sub(r"--.*|\"[^\"]*\"", "", block)
    measures = re.findall(r"^(\w[\w ]*?) = ", code, re.MULTILINE)
    assert len(measures) == len(set(measures)) == 10
    assert set(re.findall(r"\b([A-Z]+) \(", code)) == DAX_FUNCTIONS
    assert set(re.findall(r"(?<![\w\]])\[([\w ]+)\]", code)) <= set(measures)
    for part in re.split(r"^(?=\w)", code, flags=re.MULTILINE):
        assert part.count("(") == part.count(")"), part
    for table, column in sorted(set(re.findall(r"(\w+)\[(\w+)\]", code))):
        folder = "parquet" if table.startswith("fct_figure_") else "light"
        names = pq.read_schema(demo.data / "published" / folder / f"{table}.parquet").names
        assert column in names, (table, column)
