"""Landing: one release per content, receipts last, nothing overwritten, nothing half-written."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.dataset.spec import load_specs
from sources.errors import SourceError
from sources.landing.bundled import bundled
from sources.landing.current import select_current
from sources.landing.predecessor import BUNDLED
from sources.landing.store import (
    Blob,
    Decision,
    Landing,
    ReadingFacts,
    Receipt,
    SliceCoverage,
    file_digest,
    release_id_of,
)

DAY = datetime(2024, 1, 1, 12, tzinfo=UTC)
DATASET = "imdi_bosatt_anmodede"
VERSION = load_specs()[DATASET].version


def _receipt(
    release_id: str, day: int = 1, *, demo: bool = False, basis: str = "fetched", dataset: str = DATASET
) -> Receipt:
    return Receipt(
        dataset_id=dataset,
        release_id=release_id,
        retrieved_at=DAY.replace(day=day),
        date_basis=basis,
        blobs=[Blob(sha256="0" * 64, bytes=1, name="x.csv")],
        form="imdi_long",
        spec_version=VERSION,
        is_demo=demo,
    )


def _land(
    landing: Landing,
    release_id: str,
    day: int,
    *,
    full: bool = True,
    state: str = "accepted",
    demo: bool = False,
    basis: str = "fetched",
    slices: tuple[str, ...] = ("municipality",),
) -> None:
    landing.put_receipt(_receipt(release_id, day, demo=demo, basis=basis))
    coverage = {name: SliceCoverage(regions=10, is_full=full) for name in slices}
    landing.put_reading(DATASET, release_id, ReadingFacts(spec_version=VERSION, rows=1, slices=coverage))
    landing.decide(DATASET, release_id, Decision(state=state, decided_at=DAY))


def _in_use(landing: Landing, *, demo: bool = False, as_of: datetime | None = None) -> dict[str, str]:
    specs = {DATASET: load_specs()[DATASET]}
    return {use.slice: use.release_id for use in select_current(landing, specs, demo=demo, as_of=as_of)}


A, B, C = "a" * 16, "b" * 16, "c" * 16


def test_bytes_lie_under_their_hash_once(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    digest = landing.put_bytes(b"some bytes")
    assert digest == hashlib.sha256(b"some bytes").hexdigest()
    stamp = landing.blob_path(digest).stat().st_mtime_ns
    source = tmp_path / "file"
    source.write_bytes(b"some bytes")
    assert landing.put_file(source) == digest
    assert landing.blob_path(digest).stat().st_mtime_ns == stamp
    assert not list(tmp_path.rglob("*.part"))


def test_a_release_is_named_by_its_content() -> None:
    assert release_id_of(["ab" * 32]) == "ab" * 8
    assert release_id_of(["ab" * 32, "cd" * 32]) != release_id_of(["cd" * 32, "ab" * 32])


def test_the_first_receipt_is_kept(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.put_receipt(_receipt(A, day=1))
    landing.put_receipt(_receipt(A, day=9))
    assert landing.receipt(DATASET, A).retrieved_at.day == 1


@pytest.mark.parametrize("dataset", ["../x", "imdi/../../etc", "a;drop table", "Æ", ""])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, dataset: str) -> None:
    with pytest.raises(ValueError, match="not a dataset"):
        Landing(tmp_path).release_folder(dataset, A)
    with pytest.raises(ValueError, match="64 hex"):
        Landing(tmp_path).blob_path("../../passwd")


def test_a_file_that_changes_while_it_is_read_is_not_landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "growing.csv"
    source.write_bytes(b"first")
    from sources.landing import store as module

    real_digest = module.file_digest

    def then_grow(file: Path) -> str:
        digest = real_digest(file)
        if file == source:
            source.write_bytes(b"first and more")
        return digest

    monkeypatch.setattr(module, "file_digest", then_grow)
    with pytest.raises(SourceError, match="does not change while it is read"):
        Landing(tmp_path / "landing").put_file(source)
    assert not [p for p in (tmp_path / "landing").rglob("*") if p.is_file()]


def test_a_crash_before_the_receipt_leaves_no_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing = Landing(tmp_path)

    def no_rename(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_rename)
    with pytest.raises(OSError, match="No space"):
        landing.put_receipt(_receipt(A))
    assert landing.receipts() == []


def test_the_newest_accepted_release_is_in_use(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    _land(landing, A, 1)
    _land(landing, B, 2)
    _land(landing, C, 3, state="held")
    assert _in_use(landing) == {"municipality": B}
    landing.decide(DATASET, C, Decision(state="accepted", decided_at=DAY, decided_by="person"))
    assert _in_use(landing) == {"municipality": C}
    landing.decide(DATASET, C, Decision(state="rejected", decided_at=DAY, decided_by="person"))
    assert _in_use(landing) == {"municipality": B}


def test_a_partial_release_never_replaces_a_whole_one(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    _land(landing, A, 1)
    _land(landing, B, 2, full=False)
    assert _in_use(landing) == {"municipality": A}


def test_slices_are_chosen_one_by_one(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    _land(landing, A, 1, slices=("municipality",))
    _land(landing, B, 2, slices=("county", "country"))
    assert _in_use(landing) == {"municipality": A, "county": B, "country": B}


def test_demo_and_real_never_mix(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    _land(landing, A, 1)
    _land(landing, B, 2, demo=True)
    assert _in_use(landing) == {"municipality": A}
    assert _in_use(landing, demo=True) == {"municipality": B}


def test_a_release_read_under_another_spec_waits_until_it_is_read_again(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    _land(landing, A, 1)
    landing.put_reading(
        DATASET, A, ReadingFacts(spec_version="older", rows=1, slices={"municipality": SliceCoverage()})
    )
    assert _in_use(landing) == {}


def test_what_is_bundled_counts_in_a_demo_run_and_yields_to_what_was_fetched(tmp_path: Path) -> None:
    landing, specs = Landing(tmp_path), load_specs()
    file = next(file for file in bundled(specs) if file.dataset_id == "klass_counties")
    shipped = release_id_of([file_digest(file.path)])
    counties = {"klass_counties": specs["klass_counties"]}

    def land(release_id: str, day: int, basis: str) -> None:
        landing.put_receipt(_receipt(release_id, day, basis=basis, dataset="klass_counties"))
        facts = ReadingFacts(
            spec_version=specs["klass_counties"].version, rows=1, slices={"all": SliceCoverage(regions=1)}
        )
        landing.put_reading("klass_counties", release_id, facts)
        landing.decide("klass_counties", release_id, Decision(state="accepted", decided_at=DAY))

    land(A, 9, BUNDLED)  # what an earlier version of the product shipped
    land(shipped, 9, BUNDLED)
    assert [use.release_id for use in select_current(landing, counties, demo=True)] == [shipped]
    land(B, 1, "fetched")
    assert [use.release_id for use in select_current(landing, counties, demo=False)] == [B]


def test_as_of_leaves_out_what_came_later(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    _land(landing, A, 1)
    _land(landing, B, 5)
    assert _in_use(landing, as_of=DAY.replace(day=3)) == {"municipality": A}
