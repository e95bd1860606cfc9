"""Lock, publication and rollback: what readers see is whole at every moment, whatever fails."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import warehouse.release.candidate as candidate
import warehouse.release.publish as publishing
from warehouse.errors import NoRelease, VerificationFailed, WarehouseError
from warehouse.paths import DATABASE, DataFolder
from warehouse.query import run_query, safe_cell
from warehouse.release.publish import Publication, TableDoc, publish, read_manifest, release_ids
from warehouse.release.releases import roll_back

REGION = TableDoc("dim_region", "Areas", {"region_code": "The code"}, ("region_code",), ("region_code",))


def _build(folder: DataFolder, names: list[str], extra: str = "") -> None:
    folder.build.mkdir(parents=True, exist_ok=True)
    folder.build_file.unlink(missing_ok=True)
    with duckdb.connect(str(folder.build_file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_region (region_code varchar, region_level varchar)")
        connection.execute("insert into marts.dim_region values ('00', 'country')")
        connection.executemany("insert into marts.dim_region values (?, 'municipality')", [[n] for n in names])
        if extra:
            connection.execute(extra)


def _publication(folder: DataFolder, **changes: object) -> Publication:
    settings: dict = {
        "folder": folder,
        "tables": [REGION],
        "fingerprint": "f",
        "municipality": "3909",
        "is_demo": False,
        "releases_in_use": {},
        "keep": 3,
        "now": lambda: datetime(2026, 11, 22, 12, tzinfo=UTC),
    }
    return Publication(**{**settings, **changes})


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path)
    _build(made, ["3909", "3907"])
    return made


def _codes(folder: DataFolder) -> list[str]:
    return [code for (code,) in run_query(folder.root, "select region_code from dim_region order by 1").rows]


def test_a_release_is_numbered_and_named_by_content(folder: DataFolder) -> None:
    first = publish(_publication(folder))
    second = publish(_publication(folder))
    assert (first.release_id[:6], second.release_id[:6]) == ("000001", "000002")
    assert first.release_id[7:] == second.release_id[7:]
    assert first.content == second.content
    _build(folder, ["3909", "3911"])
    assert publish(_publication(folder)).content != first.content


def test_content_does_not_depend_on_the_order_of_rows(folder: DataFolder) -> None:
    first = publish(_publication(folder)).content
    _build(folder, ["3907", "3909"])
    assert publish(_publication(folder)).content == first


def test_old_duckdb_can_read_the_storage(folder: DataFolder) -> None:
    publish(_publication(folder))
    header = (folder.published / DATABASE).read_bytes()[:4096]
    assert int.from_bytes(header[12:20], "little") == 64, "storage version 64 is that of DuckDB 1.0"


@pytest.mark.parametrize(
    ("tables", "extra", "words"),
    [
        ([REGION, TableDoc("comparison", "", {}, (), ())], "", "the table marts.comparison"),
        ([REGION], "insert into marts.dim_region values ('3909', 'municipality')", "twice"),
        ([REGION], "insert into marts.dim_region values ('01', 'country')", "one country"),
    ],
)
def test_an_unfit_candidate_is_not_published(
    folder: DataFolder, tables: list[TableDoc], extra: str, words: str
) -> None:
    publish(_publication(folder))
    before = os.readlink(folder.published)
    _build(folder, ["3909"], extra)
    with pytest.raises(VerificationFailed, match=words):
        publish(_publication(folder, tables=tables))
    assert os.readlink(folder.published) == before
    assert _codes(folder) == ["00", "3907", "3909"]
    assert not list(folder.releases.glob(".candidate*"))


def test_a_table_written_by_county_loses_no_row_and_keeps_its_order(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 244 rows of thirteen counties, fifty at a time; 0000 and 9999 are no area of dim_region, before the first and after the last
    monkeypatch.setattr(candidate, "ROWS_AT_A_TIME", 50)
    codes = [f"{1000 + n}" for n in range(120)]
    view = (
        "create view marts.comparison as select code, year, code || year as figure from (select unnest("
        f"{[*codes, '0000', '9999']}) as code) cross join (values (2024), (2023)) as years (year)"
    )
    _build(folder, codes, view)
    by_county = TableDoc("comparison", "", {}, ("code", "year"), ("year",), by_county="code")
    publish(_publication(folder, tables=[REGION, by_county]))
    stored = run_query(folder.root, "select code, year from comparison").rows
    counties = [["0000"], *([code for code in codes if code[:2] == f"{n}"] for n in range(10, 22)), ["9999"]]
    assert stored == [(code, year) for county in counties for year in (2023, 2024) for code in county]
    without_code = replace(by_county, key=(), not_null=("code",))
    _build(folder, codes, "create view marts.comparison as select null::varchar as code, 2024 as year")
    with pytest.raises(VerificationFailed, match="1 empty"):
        publish(_publication(folder, tables=[REGION, without_code]))


def test_a_key_that_stands_twice_is_found_where_rows_do_not_lie_by_key(folder: DataFolder) -> None:
    rows = "create table marts.grant_forecast as select code, code % 3 as amount_nok from range({}, 3000) as r (code)"
    packed = TableDoc("grant_forecast", "", {}, ("code",), ("code",), alike=("amount_nok",))
    _build(folder, ["3909"], rows.format(0))
    publish(_publication(folder, tables=[REGION, packed]))
    assert run_query(folder.root, "select count(*), sum(code) from grant_forecast").rows == [(3000, 4498500)]
    _build(folder, ["3909"], f"{rows.format(0)}; insert into marts.grant_forecast values (17, 5)")
    with pytest.raises(VerificationFailed, match="1 of them twice"):
        publish(_publication(folder, tables=[REGION, packed]))


SERIES = TableDoc("dim_series", "Series", {}, ("series_number",))
FIGURES = TableDoc(
    name="fct_figure_municipality",
    description="Figures",
    columns={},
    key=("series_number", "region_code"),
    order_by=("region_code",),
    references=(("series_number", "dim_series", "series_number"),),
)
READABLE = TableDoc(
    "comparison", "Figures with names", {"indicator_id": "Which"}, ("indicator_id", "region_code"), is_view=True
)
STAR = """
    create table marts.dim_series as select 1 as series_number, 'settled_persons' as indicator_id;
    create table marts.fct_figure_municipality as select * from (values (1, '3909', 168.0), (1, '3907', null))
        as figures (series_number, region_code, value);
    create view marts.comparison as select series.indicator_id, figures.region_code, figures.value
        from marts.fct_figure_municipality as figures inner join marts.dim_series as series
        on figures.series_number = series.series_number
"""


def test_a_view_is_published_as_a_view_and_has_no_parquet(folder: DataFolder) -> None:
    _build(folder, ["3909", "3907"], STAR)
    made = publish(_publication(folder, tables=[READABLE, REGION, SERIES, FIGURES]))
    assert run_query(folder.root, "select * from comparison order by all").rows == [
        ("settled_persons", "3907", None),
        ("settled_persons", "3909", 168.0),
    ]
    assert made.views == ["comparison"] and "comparison" not in {table.name for table in made.tables}
    parquet = {path.stem for path in (folder.published / "parquet").iterdir()}
    assert parquet == {"dim_region", "dim_series", "fct_figure_municipality"}
    with duckdb.connect(str(folder.published / DATABASE), read_only=True) as connection:
        views = "select schema_name, comment from duckdb_views() where view_name = 'comparison' order by all"
        column = "select comment from duckdb_columns() where table_name = 'comparison' and column_name = 'indicator_id'"
        # in `main` too, where a client starts
        assert connection.execute(views).fetchall() == [(name, "Figures with names") for name in ("main", "marts")]
        assert connection.execute(column).fetchall() == [("Which",)] * 2


def test_a_view_holds_when_the_file_has_another_name_or_is_attached(folder: DataFolder, tmp_path: Path) -> None:
    _build(folder, ["3909", "3907"], STAR)
    publish(_publication(folder, tables=[READABLE, REGION, SERIES, FIGURES]))
    copy = tmp_path / "renamed.duckdb"
    copy.write_bytes((folder.published / DATABASE).read_bytes())
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.comparison").fetchone() == (2,)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{copy}' as figures (read_only)")
        assert connection.execute("select count(*) from figures.marts.comparison").fetchone() == (2,)


def test_a_number_that_stands_for_nothing_is_not_published(folder: DataFolder) -> None:
    """A view joins by it: the figure would be gone without a word."""
    _build(folder, ["3909"], STAR + "; insert into marts.fct_figure_municipality values (2, '3911', 7.0)")
    with pytest.raises(VerificationFailed, match=r"numbers of dim_series in fct_figure_municipality.series_number"):
        publish(_publication(folder, tables=[READABLE, REGION, SERIES, FIGURES]))
    assert release_ids(folder) == []


def _fail_with(code: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("step", ["_write_manifest", "fsync_folder", "write_tables", "_verify", "file_digest"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_leaves_the_release_before(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    publish(_publication(folder))
    _build(folder, ["3909", "3907", "3911"])
    monkeypatch.setattr(publishing, step, _fail_with(code))
    with pytest.raises(WarehouseError, match="room for the new release"):
        publish(_publication(folder))
    monkeypatch.undo()
    assert _codes(folder) == ["00", "3907", "3909"]
    publish(_publication(folder))
    assert _codes(folder) == ["00", "3907", "3909", "3911"]


def test_too_little_space_is_said_before_anything_is_written(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = os.statvfs(folder.root)
    monkeypatch.setattr(
        publishing.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000, "total": usage.f_blocks})
    )
    with pytest.raises(WarehouseError, match="MiB wanted"):
        publish(_publication(folder))
    assert release_ids(folder) == []


def test_the_last_releases_are_kept_and_the_published_one_always(folder: DataFolder) -> None:
    for _ in range(5):
        publish(_publication(folder))
    assert [name[:6] for name in release_ids(folder)] == ["000003", "000004", "000005"]


def test_the_release_published_until_now_outlives_its_turn(folder: DataFolder) -> None:
    """DuckDB resolves the published link before it opens the file: what was current a moment ago must still be there."""
    for _ in range(3):
        publish(_publication(folder))
    roll_back(folder, release_ids(folder)[0])
    for _ in range(2):
        publish(_publication(folder))
    assert [name[:6] for name in release_ids(folder)] == ["000003", "000004", "000005"]
    roll_back(folder, release_ids(folder)[0])
    publish(_publication(folder))
    assert [name[:6] for name in release_ids(folder)] == ["000003", "000004", "000005", "000006"]


def test_rollback_checks_the_files_first(folder: DataFolder) -> None:
    first = publish(_publication(folder)).release_id
    _build(folder, ["3909"])
    second = publish(_publication(folder)).release_id
    roll_back(folder, first)
    assert _codes(folder) == ["00", "3907", "3909"]
    damaged = folder.releases / second / DATABASE
    os.chmod(damaged, 0o644)
    damaged.write_bytes(damaged.read_bytes()[:-10] + b"0123456789")
    with pytest.raises(VerificationFailed, match="as it was published"):
        roll_back(folder, second)
    with pytest.raises(NoRelease, match=first):
        roll_back(folder, "../../etc")
    assert _codes(folder) == ["00", "3907", "3909"]


def test_extras_are_in_the_manifest_with_their_hash(folder: DataFolder) -> None:
    def write(candidate: Path) -> None:
        (candidate / "report").mkdir()
        (candidate / "report" / "rapport.html").write_text("<html></html>")

    publish(_publication(folder, extras=write))
    assert "report/rapport.html" in read_manifest(folder.published).files


def test_queries_cannot_reach_other_files(folder: DataFolder) -> None:
    publish(_publication(folder))
    for sql in (
        "select * from read_csv('/etc/passwd')",
        "attach 'x.db'",
        "install httpfs",
        "copy dim_region to 'out.csv'",
    ):
        with pytest.raises(WarehouseError):
            run_query(folder.root, sql)


def test_no_release_yet_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match="integrering run"):
        run_query(tmp_path, "select 1")


def test_cells_are_safe_in_a_spreadsheet() -> None:
    assert [safe_cell(v) for v in ("=1+1", "+1", "-1", "@x", "\tx", "Larvik", -5, 5.0, 5.5, None)] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "Larvik", -5, 5, 5.5, None,
    ]  # fmt: skip


def test_the_manifest_reads_back(folder: DataFolder) -> None:
    made = publish(_publication(folder))
    raw = json.loads((folder.published / "manifest.json").read_text())
    assert raw["content"] == made.content
    assert read_manifest(folder.published).tables == made.tables
