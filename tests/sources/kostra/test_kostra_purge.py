"""Removing one year: no edition, body, difference or release on disk holds it afterwards, and the other years stay in use.

Here: landing and release folders. Not here: the command's options (tests/orchestration/test_kostra_command.py).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from sources.dataset.spec import load_specs
from sources.kostra.purge import purge_landing
from sources.kostra.release import land_private, newest_accepted, published_editions
from sources.kostra.shape import SOCIAL_ASSISTANCE
from sources.landing.compaction import compact
from sources.landing.store import Landing
from tests.support.kostra_files import Recipient, identities, write_11f, write_settled
from tests.support.kostra_here import aggregates_here
from warehouse.paths import DATABASE, DataFolder
from warehouse.release.purge import remove_releases

PEOPLE = identities(80)
START = datetime(2026, 2, 1, tzinfo=UTC)


def landed(folder: Path) -> Landing:
    """Years 2023, 2024 and 2025, one run each, and older editions stored as differences."""
    landing = Landing(folder / "landing")
    listed = write_settled(folder / "list", [(n, "", "01.06.2022", "flyktning", "") for n in PEOPLE[:30]])
    for number, year in enumerate((2023, 2024, 2025)):
        people = [Recipient(n, grants={m: 1_000 + 7 * year for m in range(1, 13)}) for n in PEOPLE[: 60 + number]]
        result = aggregates_here([write_11f(folder / f"{year}.dat", year, people)], listed)
        land_private(result, landing, START + timedelta(days=number))
    newest = landing.receipts(SOCIAL_ASSISTANCE)[-1]
    compact(landing, load_specs(), [(SOCIAL_ASSISTANCE, newest.release_id)])
    return landing


def years_in(landing: Landing) -> set[int]:
    return {row["year"] for rows in published_editions(landing)[SOCIAL_ASSISTANCE] for row in rows}


def test_a_purged_year_is_in_no_file_of_landing(tmp_path: Path) -> None:
    landing = landed(tmp_path)
    assert years_in(landing) == {2023, 2024, 2025}
    removed = purge_landing(landing, "3909", 2024, START + timedelta(days=9))
    assert sum(SOCIAL_ASSISTANCE in edition for edition in removed) == 2
    assert years_in(landing) == {2023, 2025}
    in_use = newest_accepted(SOCIAL_ASSISTANCE, landing)
    assert in_use is not None
    assert set(in_use.column("year").to_pylist()) == {2023, 2025}
    for receipt in landing.receipts():
        for blob in receipt.blobs:
            assert b"3909,2024," not in landing.body(blob.sha256).read_bytes()
    kept = {blob.sha256 for receipt in landing.receipts() for blob in receipt.blobs}
    assert {
        path.name.removesuffix(".delta") for path in (landing.folder / "blobs").rglob("*") if path.is_file()
    } == kept
    assert purge_landing(landing, "3909", 2024, START + timedelta(days=10)) == []


def test_the_only_year_leaves_nothing_in_use(tmp_path: Path) -> None:
    landing = landed(tmp_path)
    for year in (2023, 2024, 2025):
        purge_landing(landing, "3909", year, START + timedelta(days=year - 2000))
    assert newest_accepted(SOCIAL_ASSISTANCE, landing) is None
    assert not [path for path in (landing.folder / "datasets" / SOCIAL_ASSISTANCE).rglob("*") if path.is_file()]


def test_another_municipality_and_the_accounts_stay(tmp_path: Path) -> None:
    landing = landed(tmp_path)
    assert purge_landing(landing, "3907", 2024, START) == []
    assert years_in(landing) == {2023, 2024, 2025}


def release(folder: DataFolder, name: str, years: list[int]) -> None:
    place = folder.releases / name
    place.mkdir(parents=True)
    with duckdb.connect(str(place / DATABASE)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.social_assistance_by_group (municipality_code varchar, year integer)")
        for year in years:
            connection.execute("insert into marts.social_assistance_by_group values ('3909', ?)", [year])
        connection.execute(
            "create table marts.private_file_receipt as "
            "select '3909' as municipality_code, 2024 as year, 'regnskap' as attachment"
        )


def test_kept_releases_with_the_year_go_and_the_one_in_use_is_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for name, years in (("000001-aaaaaaaa", [2023]), ("000002-aaaaaaaa", [2023, 2024]), ("000003-aaaaaaaa", [2024])):
        release(folder, name, years)
    folder.published.symlink_to(Path("releases") / "000003-aaaaaaaa", target_is_directory=True)
    assert remove_releases(folder, "3909", 2024) == (["000002-aaaaaaaa"], "000003-aaaaaaaa")
    assert sorted(path.name for path in folder.releases.iterdir()) == ["000001-aaaaaaaa", "000003-aaaaaaaa"]
    release(folder, "000004-aaaaaaaa", [2023])
    folder.published.unlink()
    folder.published.symlink_to(Path("releases") / "000004-aaaaaaaa", target_is_directory=True)
    assert remove_releases(folder, "3909", 2024) == (["000003-aaaaaaaa"], None)


def test_bodies_are_unpacked_before_the_one_they_differ_from_goes(tmp_path: Path) -> None:
    """2023 alone is stored as its difference from an edition that holds 2024 too; it must still be readable."""
    landing = landed(tmp_path)
    first = landing.receipts(SOCIAL_ASSISTANCE)[0]
    assert landing.delta_path(first.blobs[0].sha256).exists()
    purge_landing(landing, "3909", 2024, START + timedelta(days=9))
    assert b"3909,2023," in landing.body(first.blobs[0].sha256).read_bytes()
    assert pq.read_table(landing.data_path(SOCIAL_ASSISTANCE, first.release_id, "table")).num_rows > 100
