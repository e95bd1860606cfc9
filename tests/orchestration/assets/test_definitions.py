"""What the person on duty meets in Dagster: every asset in a group and described, checks where they count, rows, the timeline.

Here: the definitions of the demo installation as the UI loads them, and the events of a run. Not here: sensors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.assets.models import with_row_counts
from orchestration.definitions import build_defs
from orchestration.runs.history import LOCATION, show_on_timeline
from tests.support.pipeline import Installation
from warehouse.settings import Settings

LONGEST_GROUP = 20
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


def test_what_readers_open_first_has_checks(definitions: dg.Definitions) -> None:
    checked = {key.asset_key.to_user_string() for key in definitions.resolve_asset_graph().asset_check_keys}
    assert {"marts/comparison", "marts/comparison_total", "marts/fct_settlement", "published/warehouse"} <= checked
    assert {"imdi/bosatt_anmodede", "ssb/12272"} <= checked


def test_sensors_and_schedules_are_there_and_described(definitions: dg.Definitions) -> None:
    named = {one.name: one.description for one in (*(definitions.sensors or ()), *(definitions.schedules or ()))}
    assert {"upstream_changes", "drop_folder", "nightly", "upstream_dates_daily"} <= named.keys()
    assert all(named.values())


def _events(fails: bool = False) -> Iterator[object]:
    """As dbt's run gives them: a model before the marts, a table, a view, a check."""
    yield dg.Output(None, output_name="intermediate__int_series")
    yield dg.Output(None, output_name="marts__dim_region", metadata={"unique_id": "model.integrering.dim_region"})
    yield dg.Output(None, output_name="marts__comparison")
    yield dg.AssetCheckResult(passed=True, asset_key="marts/comparison", check_name="unique_key")
    if fails:
        raise dg.Failure("a test failed")


def test_marts_are_shown_with_their_rows(tmp_path: Path) -> None:
    file = tmp_path / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_region as select * from range(3)")
        connection.execute("create view marts.comparison as select * from marts.dim_region where range > 0")
    series, region, comparison, check = with_row_counts(_events(), file)
    assert "dagster/row_count" not in series.metadata
    assert region.metadata["dagster/row_count"].value == 3
    assert region.metadata["unique_id"].value == "model.integrering.dim_region"
    assert comparison.metadata["dagster/row_count"].value == 2
    assert check.passed


def test_what_was_built_before_a_failure_is_told_and_the_failure_too(tmp_path: Path) -> None:
    seen = []
    with pytest.raises(dg.Failure, match="a test failed"):
        seen.extend(with_row_counts(_events(fails=True), tmp_path / "none.duckdb"))
    told = with_row_counts(_events(fails=True), tmp_path / "none.duckdb")
    assert len([next(told) for _ in range(4)]) == 4


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
