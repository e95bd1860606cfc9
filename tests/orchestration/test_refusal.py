"""A file in the drop folder that is refused gets a note beside it; the file itself is left as it was."""

import os
from pathlib import Path

from orchestration.runs import status
from orchestration.runs.refresh import plan_refresh, refresh_file, refresh_files
from orchestration.runs.refusal import note_of, note_refusal
from orchestration.workspace import Workspace
from sources.dataset.discovery import discover
from warehouse.settings import Settings

GOOD = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall\nPersoner;2022;3805;Larvik;Faktisk bosetting;168\n"


def _drop(workspace: Workspace, folder: Path) -> None:
    found = discover(folder, workspace.specs).candidates
    for dataset_id, file in plan_refresh(workspace.landing, workspace.specs, found).new:
        note_refusal(workspace, file, refresh_file(workspace.landing, workspace.specs[dataset_id], file))


def _workspace(tmp_path: Path, source: str) -> Workspace:
    return Workspace(Settings(data_dir=tmp_path / "data", source=source, extracts_dir=tmp_path / "drop"))


def _file(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "drop" / "imdi" / "k" / "bosatt_anmodede.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode("latin-1"))
    return path


def test_the_reason_lies_beside_the_file_until_a_good_one_comes(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, "live")
    bad = GOOD.replace("Bosetting", "Farge", 1)
    path = _file(tmp_path, bad)
    _drop(workspace, tmp_path / "drop")
    told = note_of(path).read_text(encoding="utf-8")
    assert "Overskrifter, ark eller oppsett er ikke som før" in told and "Farge" in told
    assert path.read_bytes() == bad.encode("latin-1")
    assert workspace.landing.receipts() == []
    _drop(workspace, tmp_path / "drop")
    _file(tmp_path, GOOD)
    _drop(workspace, tmp_path / "drop")
    assert not note_of(path).exists()
    assert [receipt.dataset_id for receipt in workspace.landing.receipts()] == ["imdi_bosatt_anmodede"]


def test_a_file_that_changes_after_the_plan_is_read_by_the_next_run(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, "extracts")
    path = _file(tmp_path, GOOD)
    found = discover(tmp_path / "drop", workspace.specs).candidates
    ((dataset_id, _),) = plan_refresh(workspace.landing, workspace.specs, found).new
    _file(tmp_path, GOOD.replace("168", "169"))
    ((_, outcome),) = refresh_files(workspace.landing, workspace.specs[dataset_id], found)
    assert outcome.state == "failed"
    assert "a file that does not change while it is read" in outcome.message
    assert not list(workspace.landing.folder.rglob("receipt.json"))
    assert not [blob for blob in (workspace.landing.folder / "blobs").rglob("*") if blob.is_file()]
    _drop(workspace, tmp_path / "drop")
    (receipt,) = workspace.landing.receipts()
    assert workspace.landing.body(receipt.blobs[0].sha256).read_bytes() == path.read_bytes()


def test_a_folder_of_extracts_is_never_written_to(tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD.replace("Bosetting", "Farge", 1))
    _drop(_workspace(tmp_path, "extracts"), tmp_path / "drop")
    assert not note_of(path).exists()


def test_the_note_of_a_held_file_is_norwegian_and_says_how_to_decide(tmp_path: Path) -> None:
    """Two files of one date with other figures: the log says so in English, whoever put them there reads Norwegian (T32)."""
    workspace = _workspace(tmp_path, "live")
    path = _file(tmp_path, GOOD)
    other = path.with_name("bosatt_anmodede_kopi.csv")
    other.write_bytes(GOOD.replace("168", "169").encode("latin-1"))
    os.utime(other, (path.stat().st_atime, path.stat().st_mtime))
    found = [file for file in discover(tmp_path / "drop", workspace.specs).candidates]
    spec = workspace.specs["imdi_bosatt_anmodede"]
    for file, outcome in refresh_files(workspace.landing, spec, found):
        note_refusal(workspace, file, outcome)
    told = note_of(other).read_text(encoding="utf-8")
    (held, _) = status.held(workspace)
    for text in (told, note_of(path).read_text(encoding="utf-8"), *held.reasons):
        assert "gjelder samme datasett og dato som" in text and "claims" not in text
    assert "integrering releases accept imdi_bosatt_anmodede" in told
