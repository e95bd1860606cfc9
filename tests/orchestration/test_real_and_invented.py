"""A data folder knows what it holds: real figures are not replaced by invented ones unasked, and neither knows the other's dates.

Here: what a run is made with, and what the log of releases holds. Not here: whole builds of either kind (end_to_end).
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.build.inputs import build_inputs
from orchestration.runs.refresh import refresh_files
from orchestration.runs.status import held
from orchestration.workspace import Workspace
from sources.dataset.discovery import Candidate
from sources.landing.current import select_current
from tests.support.pipeline import Installation
from tests.support.small_upstream import SETTLED, SETTLED_LATER, imdi_long
from warehouse.errors import WrongSetting
from warehouse.last_run import holds_real, last_run
from warehouse.paths import DataFolder
from warehouse.settings import Settings, load_settings

DATASET = "imdi_bosatt_anmodede"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("INTEGRERING_DATA_DIR", str(folder))
    monkeypatch.delenv("INTEGRERING_SOURCE", raising=False)
    return folder


def _run_with(data: Path, **settings: object) -> Workspace:
    """A folder after a run with these settings, as far as its record goes."""
    workspace = Workspace(Settings(data_dir=data, **settings))
    workspace.require_kind()
    workspace.remember()
    return workspace


def test_a_plain_run_is_what_the_folder_was_last_run_with(data: Path, tmp_path: Path) -> None:
    fresh = load_settings().source
    _run_with(data, source="extracts", extracts_dir=tmp_path)
    assert (load_settings().source, load_settings().extracts_dir) == ("extracts", tmp_path)
    _run_with(data, source="live")
    assert (load_settings().source, load_settings().extracts_dir) == ("live", None)
    assert load_settings(source="extracts", extracts_dir=tmp_path).source == "extracts"
    DataFolder(data).last_run.write_text('{"sour', encoding="utf-8")
    assert load_settings().source == fresh


@pytest.mark.parametrize("real", ["live", "extracts"])
def test_invented_figures_take_the_place_of_real_ones_only_by_a_clear_yes(
    data: Path, tmp_path: Path, real: str
) -> None:
    _run_with(data, source=real, extracts_dir=tmp_path)
    demo = Settings(data_dir=data, source="demo")
    with pytest.raises(WrongSetting, match="--source demo --yes"):
        Workspace(demo).require_kind()
    assert last_run(DataFolder(data)).source == real
    Workspace(demo, replaces_real=True).require_kind()
    Workspace(demo, replaces_real=True).remember()
    assert load_settings().source == "demo"
    assert load_settings().extracts_dir is None
    _run_with(data, source=real, extracts_dir=tmp_path)


def test_a_folder_from_before_there_were_records_is_known_by_what_it_shows(data: Path) -> None:
    folder = DataFolder(data)
    assert not holds_real(folder)
    release = folder.releases / "000001-00000000"
    release.mkdir(parents=True)
    words = {"release_id": release.name, "published_at": "", "municipality": "3909", "fingerprint": "", "tables": []}
    for is_demo in (True, False):
        (release / "manifest.json").write_text(json.dumps({**words, "is_demo": is_demo}), encoding="utf-8")
        folder.published.unlink(missing_ok=True)
        folder.published.symlink_to(release)
        assert holds_real(folder) is not is_demo


def test_the_command_is_refused_before_anything_is_touched(data: Path, tmp_path: Path) -> None:
    _run_with(data, source="live")
    before = sorted(data.rglob("*"))
    for extra, words in (({}, ["--source", "demo"]), ({"INTEGRERING_SOURCE": "demo"}, [])):
        answer = Installation(data, extra).call("run", *words)
        assert answer.returncode == 2, answer.stdout + answer.stderr
        assert "this data folder holds some" in answer.stderr
    assert sorted(data.rglob("*")) == before


def _landed(data: Path, tmp_path: Path) -> Workspace:
    """A folder with a real settlement table of 2022 and an invented one of 2026."""
    workspace = Workspace(Settings(data_dir=data, source="extracts", extracts_dir=tmp_path))
    for name, figures, day, is_demo in (
        ("real", SETTLED, datetime(2022, 9, 1, tzinfo=UTC), False),
        ("invented", SETTLED_LATER, datetime(2026, 6, 30, tzinfo=UTC), True),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(imdi_long(figures).encode("latin-1"))
        file = Candidate(path, path.name, DATASET, "imdi_long", day, "test", is_demo)
        list(refresh_files(workspace.landing, workspace.specs[DATASET], [file], uses=()))
    return workspace


def test_neither_kind_has_the_others_releases_dates_or_decisions(data: Path, tmp_path: Path) -> None:
    real = _landed(data, tmp_path)
    demo = Workspace(Settings(data_dir=data, source="demo"))
    for workspace, year in ((real, 2022), (demo, 2026)):
        only = {DATASET: workspace.specs[DATASET]}
        current = select_current(workspace.landing, only, demo=workspace.is_demo)
        inputs = build_inputs(workspace.landing, workspace.specs, current, workspace.indicators, demo=workspace.is_demo)
        releases = [row for row in inputs.metadata["release"].to_pylist() if row["dataset_id"] == DATASET]
        assert [row["retrieved_at"].year for row in releases] == [year]
        assert [row["is_demo"] for row in releases] == [workspace.is_demo]
        assert {use.release_id for use in current} <= {row["release_id"] for row in releases}
        assert inputs.revisions == []
        assert {h.came.year for h in held(workspace)} <= {year}


def test_a_glob_that_is_no_datasets_is_answered_with_near_names(data: Path) -> None:
    Workspace(Settings(data_dir=data), only=("bosatt_*", "ssb_1*")).check_only()
    with pytest.raises(WrongSetting, match=r"near: .*bosatt_anmodede"):
        Workspace(Settings(data_dir=data), only=("ssb_1*", "bosat_anmodde")).check_only()
    answer = Installation(data).call("run", "--only", "nothing*")
    assert answer.returncode == 2
    assert "'nothing*', which is none of" in answer.stderr
    assert not data.exists()
