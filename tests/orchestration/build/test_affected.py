"""What a change reaches: the landing tables it touches, and the models that read them."""

from orchestration.build.affected import changed_sources, models_below
from orchestration.build.dbt_project import ensure_manifest
from orchestration.build.preparation import BuildPlan
from orchestration.workspace import present
from sources.dataset.spec import load_specs
from tests.support.pipeline import Installation
from warehouse.build import BuildInputs
from warehouse.paths import DataFolder
from warehouse.release.state import BuildState, Rebuild
from warehouse.settings import Settings


def test_a_change_reaches_the_models_that_read_it_and_no_others(small: Installation) -> None:
    manifest = ensure_manifest(DataFolder(small.data), Settings(data_dir=small.data), present())

    def reached(*sources: str) -> set[str]:
        return {name.rsplit(".", 1)[-1] for name in models_below(manifest, set(sources))}

    observed = reached("observation")
    assert {"int_observation__placed", "fct_settlement", "comparison", "data_quality"} <= observed
    assert not {"integration_cost", "dim_region", "stg_klass__counties"} & observed
    assert "cost_area" in reached("published_cost_areas")
    assert "comparison" not in reached("published_cost_areas")


def test_changed_datasets_and_small_tables_name_their_landing_tables() -> None:
    specs = load_specs()
    before = {"release": "a", "unit": "b"}
    changed = changed_sources(
        specs, ["imdi_bosatt_anmodede", "published_cost_areas"], before, {**before, "release": "c"}
    )
    assert changed == {"observation", "observation_series", "published_cost_areas", "release"}


def test_a_plan_says_what_it_rebuilds_and_why() -> None:
    state, inputs = BuildState("", {}, ""), BuildInputs(())
    plan = BuildPlan(Rebuild(full=True), (), 2027, None, (), state, inputs)
    assert str(plan) == "rebuilding all models"
    some = Rebuild(full=False, datasets=("imdi_bosatt_anmodede",))
    plan = BuildPlan(some, (), 2027, frozenset({"model.a", "model.b"}), some.datasets, state, inputs)
    assert str(plan) == "rebuilding 2 models because imdi_bosatt_anmodede changed"
