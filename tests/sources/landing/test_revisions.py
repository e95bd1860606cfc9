"""Revisions: what differs between two releases, cell by cell, on real vintages and on cases worked out by hand."""

import csv
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.runs.refresh import refresh_file
from orchestration.runs.revisions import revisions
from sources.dataset.discovery import Candidate
from sources.dataset.spec import DatasetSpec, load_specs
from sources.errors import SourceError
from sources.klass.history import municipalities
from sources.landing import body_delta
from sources.landing.compaction import compact
from sources.landing.differences import compare_observations
from sources.landing.intake import ensure_rows
from sources.landing.observation import observation_table, years_of
from sources.landing.revisions import (
    RevisionFacts,
    ensure_revision,
    read_revision,
    revision_path,
    summarise,
)
from sources.landing.store import Landing, Receipt
from tests.support.small_upstream import imdi_long

DATASET = "imdi_bosatt_anmodede"


def observations(cells: dict[tuple[str, int, str], float | str]) -> pa.Table:
    """(region, year, measure) -> value or status, as an observation table of municipalities."""
    rows = len(cells)
    values = [value if isinstance(value, int | float) else None for value in cells.values()]
    return observation_table(
        {
            "source_row": pa.array(range(rows), pa.int32()),
            "region_code": pa.array([region for region, _, _ in cells]),
            "region_level": pa.array(["municipality"] * rows),
            "period_start": pa.array([date(year, 1, 1) for _, year, _ in cells], pa.date32()),
            "period_kind": pa.array(["year"] * rows),
            "measure": pa.array([measure for _, _, measure in cells]),
            "unit": pa.array(["persons"] * rows),
            "value": pa.array(values, pa.float64()),
            "value_status": pa.array(["ok" if isinstance(v, int | float) else v for v in cells.values()]),
        },
        rows,
    )


def _specs() -> dict[str, DatasetSpec]:
    """The specs, of which the one used here expects nothing of a whole file: the figures are composed, of few years."""
    specs = load_specs()
    return {**specs, DATASET: specs[DATASET].model_copy(update={"expects": None})}


def land(landing: Landing, path: Path, day: datetime, form: str) -> str:
    """One file through intake and gates; its release id."""
    candidate = Candidate(path, path.name, DATASET, form, day, "test")
    outcome = refresh_file(landing, _specs()[DATASET], candidate)
    assert outcome.state in ("refreshed", "not_used"), outcome.message
    return str(outcome.release_id)


def test_each_kind_of_change_and_the_order_of_rows_does_not_count() -> None:
    before = observations({("3909", 2022, "settled"): 34, ("3909", 2021, "settled"): 35, ("0301", 2022, "settled"): 9})
    after = observations(
        {("0301", 2022, "settled"): "suppressed", ("3909", 2022, "decided"): 175, ("3909", 2022, "settled"): 168}
    )
    found = {
        (r["region_code"], r["period_start"].year, r["measure"]): (
            r["change_kind"],
            r["value_before"],
            r["value_after"],
        )
        for r in compare_observations(before, after).to_pylist()
    }
    assert found == {
        ("3909", 2022, "settled"): ("changed", 34, 168),
        ("3909", 2022, "decided"): ("added", None, 175),
        ("3909", 2021, "settled"): ("removed", 35, None),
        ("0301", 2022, "settled"): ("changed", 9, None),
    }


def test_new_years_are_counted_but_not_listed() -> None:
    before = observations({("3909", 2022, "settled"): 34})
    after = observations({("3909", 2022, "settled"): 168, ("3909", 2023, "settled"): 96, ("0301", 2023, "settled"): 5})
    cells, counts = summarise(compare_observations(before, after), [2022])
    assert cells.num_rows == 1
    assert [(c.year, c.change_kind, c.cells, c.is_new_year) for c in counts] == [
        (2022, "changed", 1, False),
        (2023, "added", 2, True),
    ]
    assert RevisionFacts(before="x", counts=counts).in_words() == "1 celler endret i 2022; nytt: 2023"


_CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from(["3909", "0301", "3905"]), st.integers(2019, 2022), st.sampled_from(["settled", "decided"])
    ),
    st.one_of(st.integers(0, 50), st.sampled_from(["suppressed", "missing"])),
    min_size=1,
)


@settings(deadline=None)
@given(_CELLS, _CELLS)
def test_a_comparison_applied_to_the_old_release_gives_the_new_one(
    old: dict[tuple[str, int, str], float | str], new: dict[tuple[str, int, str], float | str]
) -> None:
    patched = dict(old)
    for row in compare_observations(observations(old), observations(new)).to_pylist():
        key = (row["region_code"], row["period_start"].year, row["measure"])
        if row["change_kind"] == "removed":
            del patched[key]
        else:
            patched[key] = row["value_after"] if row["status_after"] == "ok" else row["status_after"]
    assert patched == new


def test_education_2025_was_revised_in_458_cells(upstream: Path) -> None:
    """PROVENANCE of SSB: 458 cells of table 09429, all of 2025, between 17 June and 3 July 2026."""

    def vintage(day: str) -> pa.Table:
        path = upstream / "ssb" / f"derived_09429_telemark_{day}.csv"
        with open(path, encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        return observation_table(
            {
                "source_row": pa.array(range(len(rows)), pa.int32()),
                "region_code": pa.array([r["Kommune"] for r in rows]),
                "region_level": pa.array(["municipality"] * len(rows)),
                "period_start": pa.array([date(int(r["År"]), 1, 1) for r in rows], pa.date32()),
                "period_kind": pa.array(["year"] * len(rows)),
                "measure": pa.array([r["Variabel"] for r in rows]),
                "unit": pa.array(["percent" if "prosent" in r["Variabel"] else "persons" for r in rows]),
                "education_level": pa.array([r["Utdanningsnivå"] for r in rows]),
                "sex": pa.array([r["Kjønn"] for r in rows]),
                "value": pa.array([float(r["Verdi"]) if r["Verdi"] else None for r in rows]),
                "value_status": pa.array(["ok" if r["Verdi"] else "missing" for r in rows]),
            },
            len(rows),
        )

    before, after = vintage("2026-06-17"), vintage("2026-07-03")
    cells = compare_observations(before, after)
    assert before.num_rows == 14040, "14 041 lines with the header"
    assert cells.num_rows == 458
    assert set(years_of(cells)) == {2025}
    assert set(cells["change_kind"].to_pylist()) == {"changed"}


def test_a_download_of_some_regions_is_not_compared_with_one_of_all(tmp_path: Path) -> None:
    landing, spec = Landing(tmp_path / "landing"), _specs()[DATASET]
    ids = []
    everyone: dict[tuple[str, int], int | str] = {(code, 2024): 42 for code, _ in municipalities(2024)}
    for number, figures in enumerate([everyone, {("3909", 2024): 43, ("0301", 2024): 900}]):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(imdi_long(figures).encode("latin-1"))
        ids.append(land(landing, path, datetime(2025, 1, 1 + number, tzinfo=UTC), "imdi_long"))
    receipt = landing.receipt(DATASET, ids[1])
    assert receipt is not None
    facts = ensure_revision(landing, spec, receipt)
    assert facts is not None and facts.before is None


def test_the_comparison_is_a_cache_that_is_made_again_to_the_same_bytes(tmp_path: Path) -> None:
    landing, spec = Landing(tmp_path / "landing"), _specs()[DATASET]
    for number, settled in enumerate([34, 168]):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(imdi_long({("3805", 2021): 35, ("3805", 2022): settled}).encode("latin-1"))
        release = land(landing, path, datetime(2022, 9, 1 + number, tzinfo=UTC), "imdi_long")
    receipt = landing.receipt(DATASET, release)
    assert receipt is not None
    ensure_revision(landing, spec, receipt)
    path = revision_path(landing, receipt)
    first = path.read_bytes()
    path.unlink()
    (path.parent / "revision.json").unlink()
    assert read_revision(landing, receipt) is None
    again = ensure_revision(landing, spec, receipt)
    assert path.read_bytes() == first
    assert again is not None and again.cells == 1


def test_a_one_percent_revision_costs_under_five_percent_and_loses_no_byte(upstream: Path, tmp_path: Path) -> None:
    """Real table, 1 % of the figures changed: growth of landing after compaction, and the old bytes back, hash for hash."""
    landing, specs = Landing(tmp_path / "landing"), _specs()
    body = (upstream / "imdi" / "long" / "k_bosatt_anmodede_1995-2023.csv").read_bytes()
    lines = body.split(b"\n")
    figures = [n for n in range(1, len(lines)) if lines[n].rsplit(b";", 1)[-1].isdigit()]
    for n in figures[:: len(figures) * 100 // len(lines)]:
        start, figure = lines[n].rsplit(b";", 1)
        lines[n] = start + b";" + str(int(figure) + 1).encode()
    sizes, ids = [], []
    for number, content in enumerate((body, b"\n".join(lines))):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        ids.append(land(landing, path, datetime(2025, 1, 1 + number, tzinfo=UTC), "imdi_long"))
        receipt = landing.receipt(DATASET, ids[-1])
        assert receipt is not None
        ensure_revision(landing, specs[DATASET], receipt)
        compact(landing, {DATASET: specs[DATASET]}, [(DATASET, ids[-1])])
        sizes.append(sum(p.stat().st_size for p in landing.folder.rglob("*") if p.is_file()))
    changed = read_revision(landing, receipt)
    assert changed is not None
    assert 0.009 < changed.cells / len(lines) < 0.012
    assert (sizes[1] - sizes[0]) / sizes[0] < 0.05, sizes

    old = landing.receipt(DATASET, ids[0])
    assert old is not None
    assert not landing.blob_path(old.blobs[0].sha256).exists()
    assert landing.body(old.blobs[0].sha256).read_bytes() == body
    rows = landing.data_path(DATASET, ids[0], "observation")
    assert not rows.exists()
    assert ensure_rows(landing, specs[DATASET], old) == rows
    assert rows.exists() and rows.with_name("series.parquet").exists()


@settings(deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=60), st.lists(st.binary(max_size=12), max_size=60))
def test_a_delta_gives_back_any_body(old: list[bytes], new: list[bytes]) -> None:
    for base, body in ((b"\n".join(old), b"\n".join(new)), (b"\n".join(old), b"\n".join(old + new + old))):
        assert body_delta.apply(base, body_delta.encode(base, body)) == body


def land_vintage(landing: Landing, folder: Path, number: int) -> tuple[bytes, str]:
    """A file in which Larvik's figure is one higher than in the one before; its bytes and release id."""
    figures: dict[tuple[str, int], int | str] = {
        (c, 2024): 42 + (number if c == "3909" else 0) for c, _ in municipalities(2024)
    }
    path = folder / f"{number}.csv"
    path.write_bytes(imdi_long(figures).encode("latin-1"))
    return path.read_bytes(), land(landing, path, datetime(2025, 1, 1 + number, tzinfo=UTC), "imdi_long")


class ReadingCounted(Landing):
    """A landing that counts the receipts it has read."""

    read = 0

    def receipts(self, dataset_id: str | None = None) -> list[Receipt]:
        found = super().receipts(dataset_id)
        self.read += len(found)
        return found


def test_what_a_run_reads_of_old_releases_grows_as_they_do(tmp_path: Path) -> None:
    landing, read = ReadingCounted(tmp_path / "landing"), []
    for number in range(6):
        land_vintage(landing, tmp_path, number)
        landing.read = 0
        found, counts = revisions(landing, _specs(), demo=False)
        read.append(landing.read)
        assert [one.before_release_id for one in found] == [r.release_id for r in landing.receipts(DATASET)][:-1]
        assert counts.num_rows == number
    assert read == [read[0] * releases for releases in range(1, 7)], "not their square"


def test_a_chain_of_vintages_is_given_back_and_damage_is_seen(tmp_path: Path) -> None:
    landing, spec = Landing(tmp_path / "landing"), _specs()[DATASET]
    bodies, ids = [], []
    for number in range(5):
        body, release_id = land_vintage(landing, tmp_path, number)
        bodies.append(body)
        ids.append(release_id)
        compact(landing, {DATASET: spec}, [(DATASET, ids[-1])])
    digests = [r.blobs[0].sha256 for r in landing.receipts(DATASET)]
    assert [landing.blob_path(d).exists() for d in digests] == [False] * 4 + [True]
    assert [landing.body(d).read_bytes() for d in digests] == bodies
    assert landing.put_bytes(bodies[0]) == digests[0]
    assert not landing.blob_path(digests[0]).exists(), "bytes that are here as a delta are not stored again"

    shutil.rmtree(landing.folder / "incoming" / "restored")
    delta = landing.delta_path(digests[2])
    delta.write_bytes(delta.read_bytes().replace(digests[2].encode(), b"0" * 64))
    with pytest.raises(SourceError, match="restore landing from its backup"):
        landing.body(digests[2])


def test_what_a_killed_run_was_writing_goes_after_a_day(tmp_path: Path) -> None:
    landing, spec = Landing(tmp_path / "landing"), _specs()[DATASET]
    _, release_id = land_vintage(landing, tmp_path, 0)
    receipt = landing.receipts(DATASET)[0]
    half = [
        revision_path(landing, receipt).with_name(".revision.parquet.4711.part"),
        landing.blob_path(receipt.blobs[0].sha256).with_name(".body.4711.part"),
    ]
    kept = sorted(p for p in landing.folder.rglob("*") if p.is_file())
    for path in half:
        path.write_bytes(b"PAR1")
    assert compact(landing, {DATASET: spec}, [(DATASET, release_id)]) == 0, "its writer may still be at work"
    yesterday = half[0].stat().st_mtime - 90_000
    for path in half:
        os.utime(path, (yesterday, yesterday))
    assert compact(landing, {DATASET: spec}, [(DATASET, release_id)]) == 8
    assert sorted(p for p in landing.folder.rglob("*") if p.is_file()) == kept
