"""All clients together against the local upstream: a full run, a run with nothing new, a run after three advances.

Here: which calls are made, and what one bad publisher does to the others. Not here: building the warehouse.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from sources.dataset.spec import DatasetSpec, load_specs
from sources.errors import SourceError
from sources.http.client import HttpClient
from sources.landing.store import Landing, release_id_of
from sources.live import check_live, fetch_is_due, is_live, live_clients, planned_call
from sources.ports import Probe
from tests.support.live_upstream import (
    NOON,
    SETTLED,
    TRICKLE,
    dataset_12272,
    http_for,
    make_spec,
    write_release,
)
from trials.local_upstream.server import LocalUpstream

PAGE = "/no/nav-og-samfunn/statistikk/helt-ledige"
WHOLE = {"KOKkommuneregion0000": {"codes": ["*"]}, "ContentsCode": {"codes": ["*"]}, "Tid": {"codes": ["*"]}}
SPECS = [
    make_spec("imdi", "bosatt_anmodede", levels=["k"]),
    make_spec("imdi", "enslige_mindrearige", levels=["k"]),
    make_spec("ssb", "12272", selection=WHOLE),
    make_spec("ssb", "12362", selection=WHOLE),
    make_spec("nav", "HL060", page=PAGE, table_code="HL060"),
    make_spec("nav", "AAP155", page=PAGE, table_code="AAP155"),
    make_spec("klass", "131", classification=131, kind="changes", from_date="2020-01-01"),
]
CLASSIFICATION = {
    "id": 131,
    "name": "Kommuneinndeling",
    "versions": [
        {"id": 1847, "validFrom": "2023-01-01", "validTo": "2024-01-01", "lastModified": "2024-07-12"},
        {"id": 1710, "validFrom": "2024-01-01", "lastModified": "2024-07-12"},
    ],
}
LARVIK = {
    "oldCode": "3805",
    "oldName": "Larvik",
    "newCode": "3909",
    "newName": "Larvik",
    "changeOccurred": "2024-01-01",
}


def workbook(text: str) -> bytes:
    memory = BytesIO()
    with xlsxwriter.Workbook(memory) as book:
        book.add_worksheet("Kommune Antall").write(0, 0, text)
    return memory.getvalue()


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    folder = write_release(
        tmp_path / "upstream",
        {
            "001/imdi/k/bosatt_anmodede.csv": SETTLED,
            "001/imdi/k/enslige_mindrearige.csv": SETTLED.replace(";46", ";6"),
            "001/ssb/12272.json": dataset_12272("2026-03-15T07:00:00Z"),
            "001/ssb/12362.json": dataset_12272("2026-03-15T07:00:00Z", shift=5),
            "001/nav/202609_HL060.xlsx": workbook("september"),
            "001/nav/AAP155.xlsx": workbook("aap"),
            "001/klass/classification.json": CLASSIFICATION,
            "001/klass/changes.json": {"codeChanges": [LARVIK]},
            "002/imdi/k/bosatt_anmodede.csv": SETTLED + "Personer;2023;3805;;Faktisk bosetting;241\n",
            "002/ssb/12272.json": dataset_12272("2026-06-15T06:00:00Z", shift=1),
            "002/nav/202610_HL060.xlsx": workbook("oktober"),
        },
    )
    with LocalUpstream(folder) as running:
        running.imdi.validators = True
        yield running


@dataclass
class Runs:
    """What an orchestrator does around the clients, at its smallest: probe, fetch when due, remember."""

    http: HttpClient
    landing: Landing
    seen: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    releases: set[tuple[str, str]] = field(default_factory=set)

    def run(self, specs: list[DatasetSpec]) -> dict[str, str]:
        """dataset_id -> fetched, unchanged, failed or the probe's state."""
        clients, result = live_clients(self.http), {}
        for spec in specs:
            client, now = clients[spec.source], self.http.clock.now()
            stamp, at = self.seen.get(spec.dataset_id, (None, None))
            try:
                probe = client.probe(spec)
                if not fetch_is_due(probe, stamp, at, now):
                    result[spec.dataset_id] = "unchanged" if probe.state == "available" else probe.state
                    continue
                fetched = client.fetch(spec, self.landing)
            except SourceError as problem:
                result[spec.dataset_id] = f"failed: {problem.found}"
                continue
            ids = {(spec.dataset_id, release_id_of([b.sha256 for b in f.blobs])) for f in fetched}
            result[spec.dataset_id] = "fetched" if ids - self.releases else "unchanged"
            self.releases |= ids
            self.seen[spec.dataset_id] = (fetched[-1].stamp, now)
        return result


@pytest.fixture
def runs(upstream: LocalUpstream, tmp_path: Path) -> Runs:
    return Runs(http_for(upstream), Landing(tmp_path / "landing"))


def test_full_run_then_probes_only_then_the_three_that_advanced(upstream: LocalUpstream, runs: Runs) -> None:
    assert set(runs.run(SPECS).values()) == {"fetched"}
    blobs = len(list((runs.landing.folder / "blobs").glob("*/*")))
    upstream.log.clear()

    assert set(runs.run(SPECS).values()) == {"unchanged"}
    assert upstream.log == [
        "GET /app-simapi-prod.azurewebsites.net/download_csv/k/bosatt_anmodede",
        "GET /app-simapi-prod.azurewebsites.net/download_csv/k/enslige_mindrearige",
        "GET /data.ssb.no/api/pxwebapi/v2/tables/12272",
        "GET /data.ssb.no/api/pxwebapi/v2/tables/12362",
        f"GET /www.nav.no{PAGE}",
        "GET /data.ssb.no/api/klass/v1/classifications/131",
    ]

    advanced = {"imdi/k/bosatt_anmodede", "ssb/12272", "nav/HL060"}
    for key in advanced:
        upstream.releases.advance(key)
    upstream.log.clear()
    result = runs.run(SPECS)
    changed = {name for name, state in result.items() if state == "fetched"}
    assert changed == {"imdi_test_bosatt_anmodede", "ssb_test_12272", "nav_test_hl060"}
    assert sum(line.startswith("POST") for line in upstream.log) == 1
    assert sum("/_/attachment/" in line for line in upstream.log) == 1
    assert sum("enslige" in line for line in upstream.log) == 1
    assert len(list((runs.landing.folder / "blobs").glob("*/*"))) == blobs + 3


@pytest.mark.parametrize(
    ("fault", "value", "pattern", "hit"),
    [
        ("unavailable", "", "azurewebsites", "imdi"),
        ("slow", TRICKLE, "azurewebsites.*bosatt", "imdi"),
        ("endless", "", "attachment", "nav"),
        ("html", "", "pxwebapi.*/data$", "ssb"),
        ("too_many", "", "/api/klass/", "klass"),
        ("redirect", "https://login.example.org", "www.nav.no/no/", "nav"),
        ("truncated", "", "pxwebapi.*/metadata$", "ssb"),
    ],
)
def test_one_bad_publisher_never_stops_the_others(
    upstream: LocalUpstream, runs: Runs, fault: str, value: str, pattern: str, hit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one publisher misbehaves all others are fetched; the next good run ends with the same releases."""
    monkeypatch.setattr("sources.nav.client._MAX_WORKBOOK_BYTES", 1_000_000)
    upstream.faults.switch_on(fault, pattern=pattern, value=value)
    result = runs.run(SPECS)
    failed = {name for name, state in result.items() if state.startswith("failed")}
    assert failed
    assert all(name.startswith(hit) for name in failed)
    assert all(state == "fetched" for name, state in result.items() if not name.startswith(hit))
    upstream.faults.clear()
    runs.http.clock.sleep(1_000)
    runs.run(SPECS)
    clean = Runs(http_for(upstream), Landing(runs.landing.folder.parent / "clean"))
    clean.run(SPECS)
    assert runs.releases == clean.releases


def test_check_lists_every_dataset_without_a_call_and_live_shows_what_differs(
    upstream: LocalUpstream, runs: Runs
) -> None:
    files_only = make_spec("published", "cohort_shares")
    wrong = make_spec("ssb", "12255", selection=WHOLE)
    misspelt = make_spec("ssb", "12134", selektion=WHOLE)
    specs = [*SPECS, files_only, wrong, misspelt]
    quiet = {row.dataset_id: row for row in check_live(specs)}
    assert upstream.log == []
    assert quiet["published_test_cohort_shares"].state == "files only"
    assert quiet["ssb_test_12272"].calls == (
        "POST data.ssb.no/api/pxwebapi/v2/tables/12272/data (KOKkommuneregion0000, ContentsCode, Tid)"
    )
    assert quiet["ssb_test_12134"].state == "failed"
    assert "selektion" in quiet["ssb_test_12134"].differences[0]

    rows = {row.dataset_id: row for row in check_live(specs, live_clients(runs.http), live=True)}
    assert rows["nav_test_hl060"].state == "available"
    assert rows["nav_test_hl060"].is_fine
    assert rows["ssb_test_12255"].state == "withdrawn"
    assert not rows["ssb_test_12255"].is_fine
    assert rows["imdi (list of tables)"].differences == ()
    assert not any("attachment" in line or line.startswith("POST") for line in upstream.log)


@pytest.mark.parametrize(
    ("probe", "last", "hours", "due"),
    [
        (Probe("available", "a"), None, None, True),
        (Probe("available", "a"), "a", 1, False),
        (Probe("available", "b"), "a", 1, True),
        (Probe("available", None), "a", 1, True),
        (Probe("available", None), None, 1, True),
        (Probe("discontinued", "a"), "a", 1, False),
        (Probe("discontinued", "b"), "a", 1, True),
        (Probe("available", "a"), "a", 31 * 24, True),
        (Probe("closed"), "a", 31 * 24, False),
        (Probe("withdrawn"), None, None, False),
    ],
)
def test_when_a_fetch_is_due(probe: Probe, last: str | None, hours: int | None, due: bool) -> None:
    at = None if hours is None else NOON - timedelta(hours=hours)
    assert fetch_is_due(probe, last, at, NOON) is due


def test_every_dataset_of_the_product_has_valid_live_settings_or_none() -> None:
    """All specs: the planned call can be named, and whoever has settings of a client has valid ones."""
    specs = load_specs().values()
    rows = check_live(specs)
    assert [(row.dataset_id, row.differences) for row in rows if not row.is_fine] == []
    assert all(planned_call(spec) for spec in specs)
    assert any(is_live(spec) and spec.source == "imdi" for spec in specs)
