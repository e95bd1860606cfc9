"""Every published table can be walked back: to raw cells, to what it was computed from, or to our own records.

Here: the demo release, in which every form but a few is read, and a release without its landing. Not here: the real figures
of the first issue (real/test_first_figures.py).
"""

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.build.dbt_project import ensure_manifest
from orchestration.trace.cells import own_line, release_lines
from orchestration.trace.lineage import origins_of
from orchestration.trace.walk import trace_figure
from orchestration.workspace import Workspace
from tests.support.pipeline import Installation
from tests.support.raw_check import check_raw_cells
from warehouse.errors import WarehouseError
from warehouse.interface.declaration import load_interface
from warehouse.settings import Settings

_END = re.compile(
    r", line \d+|value\[\d+\] = |, sheet '|, entry \d+|read as a whole|go on with: integrering trace |made from "
    r"|^\S.* \(\w+\), release"
)

COMPUTED = {
    "integration_cost": "municipality_costs.csv, line ",
    "settled_cohort": "bosatt_anmodede.csv, line ",
    "programme_outcome": "intro_status_arbutd",
    "cohort_retention": "flyktning_botid_flytting.csv, line ",
    "introduction_programme_count": "presentation_counts.csv, line ",
    "grant_forecast": "integrering trace grant_forecast_detail region_code=",
}
"""Tables that once led nowhere (one of them is behind the headline cost per person), and what each leads to."""


@pytest.fixture(scope="module")
def workspace(demo: Installation) -> Workspace:
    return Workspace(Settings(data_dir=demo.data, source="demo"))


def _a_row(demo: Installation, table: str, key: tuple[str, ...]) -> dict[str, str] | None:
    with duckdb.connect(str((demo.data / "published" / "integrering.duckdb").resolve()), read_only=True) as connection:
        listed = ", ".join(f'cast("{name}" as varchar)' for name in key)
        row = connection.execute(f'select {listed} from marts."{table}" limit 1').fetchone()
    return {name: value for name, value in zip(key, row, strict=True) if value is not None} if row else None


def test_every_table_leads_to_what_it_came_from(demo: Installation, workspace: Workspace) -> None:
    tables, empty = load_interface(), []
    assert len(tables) >= 50
    for table in tables:
        key = _a_row(demo, table.name, table.key)
        if key is None:
            empty.append(table.name)
            continue
        _, _, *lines = trace_figure(workspace, table.name, key)
        assert any(_END.search(line) for line in lines), (table.name, lines)
        if table.name in COMPUTED:
            assert any(COMPUTED[table.name] in line for line in lines), (table.name, lines)
    assert len(empty) < 12, empty


def test_every_table_has_origins_also_where_the_demo_has_no_rows(workspace: Workspace) -> None:
    manifest = ensure_manifest(workspace.folder, workspace.settings, workspace.clock())
    observing = {spec.dataset_id for spec in workspace.specs.values() if spec.shape == "observation"}
    for table in load_interface():
        found = origins_of(manifest, table.name, workspace.specs, observing)
        made = found.marts or found.tables or found.observed or found.records
        assert made, table.name


def test_what_it_says_to_go_on_with_goes_on(demo: Installation, workspace: Workspace) -> None:
    waiting, seen = ["grant_forecast_sensitivity region_code=3909"], set()
    while waiting:
        call = waiting.pop()
        if call in seen or "KEY=VALUE" in call:
            continue
        seen.add(call)
        table, *pairs = call.split()
        lines = list(trace_figure(workspace, table, dict(pair.split("=", 1) for pair in pairs)))
        waiting += [line.split("integrering trace ")[1] for line in lines if "integrering trace " in line]
    assert any(call.startswith("settled_cohort") for call in seen)
    assert len(seen) >= 4


def test_raw_cells_say_what_the_reader_read(workspace: Workspace) -> None:
    forms = check_raw_cells(workspace)
    assert set(forms) >= {"imdi_long", "ssb_jsonstat2", "published_csv", "klass_bundled_municipalities"}
    assert any(form.startswith("nav_") for form in forms)
    assert forms.total() > 150


def test_a_month_is_named_and_only_the_month_of_the_figure_is_shown(demo: Installation, workspace: Workspace) -> None:
    of_one_month = {i.indicator_id: i.reference_month for i in workspace.indicators if i.reference_month}
    (found,) = demo.rows(
        "select indicator_id, year from fct_indicator_value where region_code = '3909' and value is not null and "
        f"indicator_id in ({', '.join(repr(name) for name in of_one_month)}) order by all limit 1"
    )
    lines = list(trace_figure(workspace, "fct_indicator_value", {"region_code": "Larvik", **found}))
    months = {m.group(1) for line in lines if (m := re.search(rf" {found['year']}-(\d\d) = ", line))}
    assert months == {f"{of_one_month[found['indicator_id']]:02}"}
    assert any("sheet '" in line and re.search(r", cell [A-Z]+\d+ = '", line) for line in lines)


def test_nothing_found_is_no_success(demo: Installation, workspace: Workspace, tmp_path: Path) -> None:
    for name in ("published", "releases"):
        (tmp_path / name).symlink_to((demo.data / name).resolve(), target_is_directory=True)
    bare = Workspace(Settings(data_dir=tmp_path, source="demo"))
    with pytest.raises(WarehouseError, match=r"no cell of imdi_bosettingstall"):
        list(trace_figure(bare, "fct_settlement", {"region_code": "3909", "year": "2022"}))
    answer = Installation(tmp_path).call("trace", "fct_settlement", "region_code=3909", "year=2022")
    assert answer.returncode == 1
    for words in (
        ["no_such_table", "a=b"],
        ["fct_settlement", "no_such_column=1"],
        ["fct_settlement", "region_code=9999"],
    ):
        answer = demo.call("trace", *words)
        assert answer.returncode == 1
        assert "Traceback" not in answer.stderr


def test_a_row_of_several_releases_names_each_and_no_line(workspace: Workspace) -> None:
    """The number of a line is that of one file; a row that is made of two has none to point at."""
    dataset_id = "microdata_benefit_by_group"
    first, second = (receipt.release_id for receipt in workspace.landing.receipts(dataset_id)[:2])
    row = {"dataset_id": dataset_id, "release_id": f"{first}, {second}", "source_row": 3}
    assert list(own_line(workspace, row)) == []
    told = list(release_lines(workspace, row))
    assert len(told) == 2 and first in told[0] and second in told[1]
    assert list(own_line(workspace, row | {"release_id": first}))[1].strip()
