"""What a change reaches: the landing tables it touches, and the models that read them."""

from __future__ import annotations

from orchestration.build.affected import changed_sources, models_below
from sources.dataset.spec import load_specs
from tests.support.pipeline import Installation
from warehouse.paths import DataFolder


def test_a_change_reaches_the_models_that_read_it_and_no_others(small: Installation) -> None:
    manifest = DataFolder(small.data).dbt_target / "manifest.json"

    def reached(*sources: str) -> set[str]:
        return {name.rsplit(".", 1)[-1] for name in models_below(manifest, set(sources))}

    observed = reached("imdi_observation")
    assert {"int_observation__placed", "fct_settlement", "comparison", "data_quality"} <= observed
    assert not {"integration_cost", "dim_region", "stg_ssb__observations"} & observed
    assert "cost_area" in reached("published_cost_areas")
    assert "comparison" not in reached("published_cost_areas")


def test_changed_datasets_and_small_tables_name_their_landing_tables() -> None:
    specs = load_specs()
    before = {"release": "a", "unit": "b"}
    changed = changed_sources(
        specs, ["imdi_bosatt_anmodede", "published_cost_areas"], before, {**before, "release": "c"}
    )
    assert changed == {"imdi_observation", "observation_series", "published_cost_areas", "release"}
