"""An exception that nobody foresaw in one reader, recogniser or client: its dataset fails and says what to report.

Here: refresh and discovery with a broken part. Not here: errors that readers raise on purpose.
"""

from pathlib import Path

import pytest

from orchestration.runs.refresh import plan_refresh, refresh_file
from orchestration.upstream.live import Upstream
from orchestration.workspace import Workspace
from sources.dataset.discovery import discover
from sources.dataset.spec import DatasetSpec, load_specs
from sources.dataset.workbook import cell_name
from sources.errors import ReaderFault
from sources.faults import told_as_fault
from sources.imdi import reader as imdi
from sources.landing.store import Landing
from sources.ports import Document
from warehouse.settings import Settings

LONG = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall\nPersoner;2022;3805;Larvik;Faktisk bosetting;168\n"
REFUGEES = (
    "Enhet;År;Kommunenummer;Kommune;Sekundærflytting;Botid i Norge;Antall\nPersoner;2022;3805;Larvik;alle;Alle;1930\n"
)


def broken_for(dataset_id: str):
    def read(spec: DatasetSpec, documents: list[Document]):
        if spec.dataset_id == dataset_id:
            return {}["Ola Nordmann"]
        return imdi.read_imdi_long(spec, documents)

    return read


def test_one_broken_reader_fails_its_dataset_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(imdi.READERS, "imdi_long", broken_for("imdi_bosatt_anmodede"))
    for name, body in {"bosatt_anmodede": LONG, "flyktning_botid_flytting": REFUGEES}.items():
        (tmp_path / f"{name}.csv").write_bytes(body.encode("latin-1"))
    specs, landing = load_specs(), Landing(tmp_path / "landing")
    found = discover(tmp_path, specs).candidates
    outcomes = {
        dataset_id: refresh_file(landing, specs[dataset_id], file)
        for dataset_id, file in plan_refresh(landing, specs, found).new
    }
    failed = outcomes["imdi_bosatt_anmodede"]
    assert failed.state == "failed" and "imdi_bosatt_anmodede, bosatt_anmodede.csv" in failed.message
    assert "KeyError" in failed.message and "report this line" in failed.message
    assert "Ola Nordmann" not in failed.message
    assert outcomes["imdi_flyktning_botid_flytting"].state == "refreshed"


def test_the_report_names_our_own_lines_of_code() -> None:
    found = r"TypeError in \S*workbook.py:\d+ \(cell_name\)"
    with pytest.raises(ReaderFault, match=found) as caught, told_as_fault("nav_hl060", "x.xlsx"):
        cell_name(1, "D225")  # type: ignore[arg-type] - the wrong type is the fault that is caused
    assert caught.value.where == "nav_hl060, x.xlsx"


def test_a_full_disk_is_no_fault_of_a_reader() -> None:
    with pytest.raises(OSError, match="No space"), told_as_fault("imdi_x", "x.csv"):
        raise OSError(28, "No space left on device")


class _Broken:
    def probe(self, spec: DatasetSpec) -> object:
        raise AttributeError("'NoneType' object has no attribute 'items'")

    fetch = probe


def test_a_broken_client_fails_its_dataset_alone(tmp_path: Path) -> None:
    workspace = Workspace(Settings(data_dir=tmp_path, source="live"))
    spec = workspace.specs["ssb_13563"]
    _, outcome = Upstream(workspace, {"ssb": _Broken()}).look(spec)  # type: ignore[dict-item] - a client that breaks
    assert outcome is not None and outcome.state == "failed" and "AttributeError" in outcome.message
