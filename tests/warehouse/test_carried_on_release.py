"""A release that carries on from the one before: what changed is replaced, all else stays, and no reader sees how."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.build.affected import changed_sources, models_below, sliced_models
from sources.dataset.spec import load_specs
from tests.support.pipeline import Installation
from warehouse.errors import VerificationFailed
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.candidate import TableDoc
from warehouse.release.publish import Manifest, Publication, can_carry_on, publish

REGION = TableDoc("dim_region", "Areas", {}, ("region_code",), ("region_code",))
FIGURES = TableDoc(
    name="fct_indicator_value",
    description="Figures",
    columns={},
    key=("indicator_id", "region_code"),
    order_by=("region_code",),
    slice_by="indicator_id",
    not_null=("indicator_id",),
)
INDICATORS = tuple(f"indicator_{number}" for number in range(10))
PLACES = ("3907", "3909", "3911")


def _publish(folder: DataFolder, values: dict[str | None, int], mark: str, **changes: object) -> Manifest:
    """Publish a build file with one figure per indicator and place; the fingerprint is ``mark``."""
    folder.build.mkdir(parents=True, exist_ok=True)
    folder.build_file.unlink(missing_ok=True)
    with duckdb.connect(str(folder.build_file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_region as select '00' as region_code, 'country' as region_level")
        connection.execute(
            "create table marts.fct_indicator_value (indicator_id varchar, region_code varchar, value double)"
        )
        for name, value in values.items():
            for place in PLACES:
                connection.execute("insert into marts.fct_indicator_value values (?, ?, ?)", [name, place, value])
    return publish(
        Publication(
            folder=folder,
            tables=[REGION, FIGURES],
            fingerprint=mark,
            municipality="3909",
            is_demo=False,
            releases_in_use={},
            keep=3,
            now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC),
            **changes,
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    _publish(made, dict.fromkeys(INDICATORS, 1), "first")
    return made


def _values(path: Path) -> dict[str, set[float]]:
    with duckdb.connect(str(path / DATABASE), read_only=True) as connection:
        rows = connection.execute("select indicator_id, value from marts.fct_indicator_value").fetchall()
    return {name: {value for other, value in rows if other == name} for name, _ in rows}


def test_only_the_changed_slices_are_replaced(folder: DataFolder, tmp_path: Path) -> None:
    before = folder.published.resolve()
    carried = _publish(folder, {"indicator_3": 7}, "second", base_fingerprint="first", changed=("indicator_3",))
    wanted = {**dict.fromkeys(INDICATORS, 1), "indicator_3": 7}
    assert _values(folder.published) == {name: {float(value)} for name, value in wanted.items()}
    assert _values(before) == {name: {1.0} for name in INDICATORS}
    whole = _publish(DataFolder(tmp_path / "whole"), wanted, "second")
    assert carried.content == whole.content
    assert [table.rows for table in carried.tables] == [1, 30]


def test_an_indicator_that_is_gone_leaves_no_row(folder: DataFolder) -> None:
    _publish(folder, {}, "second", base_fingerprint="first", changed=("indicator_3",))
    assert set(_values(folder.published)) == set(INDICATORS) - {"indicator_3"}


def test_an_unchanged_table_is_the_same_file_and_old_readers_can_open_it(folder: DataFolder) -> None:
    before = folder.published.resolve() / "parquet" / "dim_region.parquet"
    _publish(folder, {"indicator_3": 7}, "second", base_fingerprint="first", changed=("indicator_3",))
    assert (folder.published / "parquet" / "dim_region.parquet").stat().st_ino == before.stat().st_ino
    header = (folder.published / DATABASE).read_bytes()[:4096]
    assert int.from_bytes(header[12:20], "little") == 64, "storage version 64 is that of DuckDB 1.0"


def test_another_release_than_the_one_it_was_made_for_is_not_carried_on(folder: DataFolder) -> None:
    before = folder.published.resolve()
    with pytest.raises(VerificationFailed, match="brought forward from"):
        _publish(folder, {"indicator_3": 7}, "second", base_fingerprint="another", changed=("indicator_3",))
    assert folder.published.resolve() == before


def test_what_can_be_carried_on(folder: DataFolder) -> None:
    assert can_carry_on(folder, "first", INDICATORS[:2])
    assert not can_carry_on(folder, "first", INDICATORS[:3]), "three tenths of the rows"
    assert not can_carry_on(folder, "another", INDICATORS[:1])
    assert not can_carry_on(DataFolder(folder.root / "empty"), "first")


def test_an_empty_cell_where_none_may_be_is_not_published(folder: DataFolder) -> None:
    before = folder.published.resolve()
    with pytest.raises(VerificationFailed, match=r"fct_indicator_value\.indicator_id"):
        _publish(folder, {None: 1}, "second")
    assert folder.published.resolve() == before


def test_a_change_reaches_the_models_that_read_it_and_no_others(small: Installation) -> None:
    manifest = DataFolder(small.data).dbt_target / "manifest.json"

    def reached(*sources: str) -> set[str]:
        return {name.rsplit(".", 1)[-1] for name in models_below(manifest, set(sources))}

    observed = reached("imdi_observation")
    assert {"int_observation__placed", "fct_settlement", "comparison", "data_quality"} <= observed
    assert not {"integration_cost", "dim_region", "stg_ssb__observations"} & observed
    assert "cost_area" in reached("published_cost_areas")
    assert "comparison" not in reached("published_cost_areas")
    assert {name.rsplit(".", 1)[-1] for name in sliced_models(manifest)} == {"fct_indicator_value", "comparison"}


def test_changed_datasets_and_small_tables_name_their_landing_tables() -> None:
    specs = load_specs()
    before = {"release": "a", "unit": "b"}
    changed = changed_sources(
        specs, ["imdi_bosatt_anmodede", "published_cost_areas"], before, {**before, "release": "c"}
    )
    assert changed == {"imdi_observation", "observation_series", "published_cost_areas", "release"}
