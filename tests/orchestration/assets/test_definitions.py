"""What the person on duty meets in Dagster: every asset in a group and described, checks where they count, rows, the timeline.

Here: the definitions of the demo installation as the UI loads them, and the events of a run. Not here: sensors.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.assets.models import TOPICS, UNIQUE_ID, row_counts, told
from orchestration.build.dbt_command import NodeResult
from orchestration.definitions import build_defs
from orchestration.runs.history import LOCATION, show_on_timeline
from orchestration.workspace import DBT_PROJECT
from tests.support.pipeline import Installation
from warehouse.settings import Settings

LONGEST_GROUP = 17
"""Letters of a group's name: the folded graph cuts longer ones in the middle."""


@pytest.fixture(scope="module")
def definitions(demo: Installation) -> dg.Definitions:
    return build_defs(Settings(data_dir=demo.data, source="demo"))


def test_every_asset_has_a_group_of_its_step_and_a_description(definitions: dg.Definitions) -> None:
    nodes = list(definitions.resolve_asset_graph().asset_nodes)
    groups = Counter(node.group_name for node in nodes)
    assert len(nodes) > 250 and len(groups) < 45
    for group in groups:
        assert re.fullmatch(r"([1-4]_(kilde|lest|regnet|tabell)_[a-z_]+|5_publisert)", group), group
        assert len(group) <= LONGEST_GROUP, group
    assert [node.key.to_user_string() for node in nodes if not node.description] == []


def test_a_folder_of_models_has_a_topic_in_norwegian() -> None:
    layers = [DBT_PROJECT / "models" / layer for layer in ("intermediate", "marts")]
    assert {folder.name for layer in layers for folder in layer.iterdir() if folder.is_dir()} <= TOPICS.keys()


def test_what_readers_open_first_has_checks(definitions: dg.Definitions) -> None:
    checked = {key.asset_key.to_user_string() for key in definitions.resolve_asset_graph().asset_check_keys}
    assert {"marts/comparison", "marts/comparison_total", "marts/fct_settlement", "published/warehouse"} <= checked
    assert {"imdi/bosatt_anmodede", "ssb/12272"} <= checked


def test_sensors_and_schedules_are_there_and_described(definitions: dg.Definitions) -> None:
    named = {one.name: one.description for one in (*(definitions.sensors or ()), *(definitions.schedules or ()))}
    assert {"upstream_changes", "drop_folder", "nightly", "upstream_dates_daily"} <= named.keys()
    assert all(named.values())


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["intermediate", "int_series"], metadata={UNIQUE_ID: "model.x.int_series"}),
        dg.AssetSpec(["marts", "dim_region"], metadata={UNIQUE_ID: "model.x.dim_region"}),
    ],
    check_specs=[
        dg.AssetCheckSpec("holds", asset=["marts", "dim_region"], metadata={UNIQUE_ID: "test.x.holds"}),
        dg.AssetCheckSpec("other", asset=["marts", "dim_region"], metadata={UNIQUE_ID: "test.x.other"}),
    ],
)
def _models() -> Iterator[dg.MaterializeResult]:
    yield from ()


RESULTS = [
    NodeResult("model.x.int_series", "success", 0.1, None, ""),
    NodeResult("model.x.dim_region", "success", 0.2, None, ""),
    NodeResult("test.x.holds", "fail", 0.1, 2, "got 2 results"),
    NodeResult("test.x.other", "skipped", 0.0, None, ""),
    NodeResult("exposure.x.report", "no-op", 0.0, None, ""),
]


def test_what_dbt_said_is_told_of_each_model_and_test_and_marts_with_their_rows(tmp_path: Path) -> None:
    file = tmp_path / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_region as select * from range(3)")
        connection.execute("create view marts.comparison as select * from marts.dim_region where range > 0")
    assert row_counts(file) == {"dim_region": 3}
    wanted = {spec.key for spec in _models.check_specs}
    series, region, check = told(_models, wanted, RESULTS, row_counts(file))
    assert series.asset_key.path == ["intermediate", "int_series"] and "dagster/row_count" not in series.metadata
    assert region.asset_key.path == ["marts", "dim_region"] and region.metadata["dagster/row_count"] == 3
    assert (check.check_name, check.passed, check.metadata["dagster_dbt/failed_row_count"].value) == ("holds", False, 2)
    assert [one for one in told(_models, set(), RESULTS, {}) if isinstance(one, dg.AssetCheckResult)] == []


def test_a_run_by_command_line_stands_on_the_timeline() -> None:
    """The UI shows a run there when it knows the code location it is of."""

    @dg.op
    def nothing() -> None: ...

    @dg.job
    def refresh() -> None:
        nothing()

    with dg.instance_for_test() as instance:
        result = refresh.execute_in_process(instance=instance)
        before = instance.get_run_by_id(result.run_id)
        show_on_timeline(instance, result.run_id, "refresh")
        after = instance.get_run_by_id(result.run_id)
        assert before.remote_job_origin is None
        assert after.remote_job_origin.repository_origin.code_location_origin.location_name == LOCATION
        assert after.status == before.status == dg.DagsterRunStatus.SUCCESS
        assert after.tags[".dagster/repository"].endswith(f"@{LOCATION}")
