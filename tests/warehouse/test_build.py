"""What a build reads of landing: every row under its own dataset and release, and no more of a release than it serves."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.build import BuildInputs, ComparedRows, LandedRows, load_inputs

DIMENSIONS = ("sex",)
RELEASES = {"aaaaaaaaaaaaaaaa": "imdi_a", "bbbbbbbbbbbbbbbb": "imdi_b", "cccccccccccccccc": "imdi_a"}


def landed(folder: Path, release: str, rows: list[tuple[str, str, int, float]]) -> Path:
    """A release on disk: (region, level, year, value) of one series."""
    target = folder / RELEASES[release] / release
    target.mkdir(parents=True)
    regions, levels, years, values = zip(*rows, strict=True)
    table = {
        "source_row": pa.array(range(2, len(rows) + 2), pa.int32()),
        "source_column": pa.nulls(len(rows), pa.int32()),
        "region_code": pa.array(regions),
        "region_level": pa.array(levels),
        "geography": pa.array(["own_year"] * len(rows)),
        "period_start": pa.array([date(year, 1, 1) for year in years]),
        "value": pa.array(values, pa.float64()),
        "value_status": pa.array(["ok"] * len(rows)),
        "series_number": pa.array([0] * len(rows), pa.int32()),
    }
    pq.write_table(pa.table(table), target / "observations.parquet")
    series = {"series_number": pa.array([0], pa.int32()), "measure": ["persons"], "unit": ["persons"]}
    pq.write_table(pa.table({**series, "period_kind": ["year"], "sex": ["all"]}), target / "series.parquet")
    return target / "observations.parquet"


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    """Figures of Larvik and Vestfold in three releases: two serve all they hold, one of them only its counties."""
    files = {
        "aaaaaaaaaaaaaaaa": [("3909", "municipality", 2022, 168.0), ("3909", "municipality", 2023, 115.0)],
        "bbbbbbbbbbbbbbbb": [("3909", "municipality", 2022, 97.0)],
        "cccccccccccccccc": [("3909", "municipality", 2022, 1.0), ("39", "county", 2022, 879.0)],
    }
    rows = [
        LandedRows(RELEASES[name], name, landed(tmp_path, name, held), slices=("county",) if name[0] == "c" else ())
        for name, held in files.items()
    ]
    file = tmp_path / "build.duckdb"
    load_inputs(file, BuildInputs(DIMENSIONS, observations=rows))
    return file


def test_rows_stand_under_their_dataset_and_release_and_within_what_is_served(build_file: Path) -> None:
    with duckdb.connect(str(build_file), read_only=True) as connection:
        found = connection.execute(
            "select dataset_id, left(release_id, 1), region_code, year(period_start), value "
            "from landing.observation order by all"
        ).fetchall()
        assert found == [
            ("imdi_a", "a", "3909", 2022, 168.0),
            ("imdi_a", "a", "3909", 2023, 115.0),
            ("imdi_a", "c", "39", 2022, 879.0),
            ("imdi_b", "b", "3909", 2022, 97.0),
        ]


def test_whole_releases_are_one_scan(build_file: Path) -> None:
    """A scan for each file keeps memory for each until the last is written: at 44 million figures more than there is."""
    with duckdb.connect(str(build_file), read_only=True) as connection:
        (_, plan), *_ = connection.execute("explain select count(value) from landing.observation").fetchall()
        assert plan.count("READ_PARQUET") == 2, "one of the two whole releases, one of that which serves a level"


def test_comparisons_of_any_number_are_one_scan_each_under_its_own_releases(tmp_path: Path) -> None:
    """With 750 of them fct_revision wanted more memory than it may have."""
    texts = (
        "region_code",
        "region_level",
        "period_kind",
        "measure",
        "unit",
        "sex",
        "change_kind",
        "status_before",
        "status_after",
    )
    compared = []
    for number in range(40):
        cell = {name: [""] for name in texts} | {"period_start": [date(2023, 1, 1)], "value_before": [1.0 * number]}
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table(cell | {"value_after": [number + 1.0]}), path)
        compared.append(ComparedRows("imdi_a", f"{number + 1:016x}", f"{number:016x}", path))
    load_inputs(tmp_path / "build.duckdb", BuildInputs(DIMENSIONS, revisions=compared))
    with duckdb.connect(str(tmp_path / "build.duckdb"), read_only=True) as connection:
        (_, plan), *_ = connection.execute("explain select count(value_after) from landing.revision").fetchall()
        assert plan.count("READ_PARQUET") == 1
        rows = connection.execute(
            "select before_release_id, release_id, value_before, value_after from landing.revision"
        )
        assert sorted(rows.fetchall()) == [(f"{n:016x}", f"{n + 1:016x}", n, n + 1) for n in range(40)]
