"""What `integrering query` writes: valid JSON for every type, and CSV that a spreadsheet shows as it was meant.

Here: values DuckDB has and JSON or a spreadsheet lacks, and files on shares without locks. Not here: what tables hold.
"""

import csv
import errno
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.no_locks import IS_POSSIBLE, run_without_locks
from warehouse.paths import DATABASE
from warehouse.query import run_query, write_result


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a published file of one table."""
    folder = tmp_path_factory.mktemp("data")
    release = folder / "releases" / "000001-00000000"
    release.mkdir(parents=True)
    with duckdb.connect(str(release / DATABASE)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.place as select 'Ålesund' as name, 7.1 as share_pct, '1508' as code")
    (folder / "published").symlink_to(release)
    return folder


def _written(data: Path, sql: str, output: str) -> str:
    text = io.StringIO()
    write_result(run_query(data, sql), output, text)
    return text.getvalue()


def _strict(text: str) -> Any:
    """JSON as its standard has it: Python's own reader would take NaN and Infinity."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'inf'::double", "Infinity"),
        ("'-inf'::float", "-Infinity"),
        ("'nan'::double", "NaN"),
        ("7.1::double", 7.1),
        ("7.10::decimal(9, 2)", 7.1),
        ("123456789012345678901234567890.12::decimal(38, 2)", "123456789012345678901234567890.12"),
        ("170141183460469231731687303715884105727::hugeint", 170141183460469231731687303715884105727),
        ("interval '1 month 3 days 2.5 seconds'", "P1M3DT2.5S"),
        ("interval '100 years'", "P1200M"),
        ("interval 0 days", "PT0S"),
        ("{'a': interval 1 day, 'b': ['nan'::double, null]}", {"a": "P1D", "b": ["NaN", None]}),
        ("map {1: 'x'}", {"1": "x"}),
        ("date '2024-01-31'", "2024-01-31"),
        ("time '10:00'", "10:00:00"),
        ("'\\xAA'::blob", "aa"),
        ("'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'::uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("true", True),
        ("null", None),
    ],
)
def test_json_is_valid_for_every_type(data: Path, expression: str, expected: Any) -> None:
    assert _strict(_written(data, f"select {expression} as found", "json")) == [{"found": expected}]


def test_no_column_is_lost_where_two_have_one_name(data: Path) -> None:
    assert _strict(_written(data, "select 1 as a, 2 as a, interval 1 day as b", "json")) == [
        {"a": 1, "a_2": 2, "b": "P1D"}
    ]


def test_headers_are_guarded_as_cells_are(data: Path) -> None:
    sql = """select 1 as "=cmd|'/c calc'!A1", 2 as "@x", 3 as fine"""
    assert _written(data, sql, "csv").splitlines()[0] == "'=cmd|'/c calc'!A1,'@x,fine"
    assert _written(data, sql, "csv-nb").lstrip("\ufeff").splitlines()[0] == "'=cmd|'/c calc'!A1;'@x;fine"


def test_csv_for_norwegian_spreadsheets(data: Path) -> None:
    text = _written(
        data, "select name, share_pct, code, 1e-7::double as small, 141593641.0 as nok from place", "csv-nb"
    )
    body = text.encode("utf-8")
    assert body.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in body
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";")) == [
        ["name", "share_pct", "code", "small", "nok"],
        ["Ålesund", "7,1", "1508", "0,0000001", "141593641,0"],
    ]


@pytest.mark.skipif(not IS_POSSIBLE, reason="needs seccomp on x86-64")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_share_without_locks_is_answered_with_what_to_do(data: Path, code: int) -> None:
    """DuckDB opens the file read-only where locks are "not supported", and names a lock nobody holds where there are none."""
    python = "from orchestration.cli.main import main\nsys.argv = ['integrering', *sys.argv[1:]]\nmain()"
    answer = run_without_locks(code, python, "query", "select name from place", data_dir=data)
    if answer.returncode == 0:
        assert code == errno.EOPNOTSUPP
        assert "Ålesund" in answer.stdout
        return
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "copy the file to a local disk" in answer.stderr
    assert "Parquet" in answer.stderr


@pytest.mark.skipif(not IS_POSSIBLE, reason="needs seccomp on x86-64")
def test_a_run_on_a_share_without_locks_is_refused_at_its_start(tmp_path: Path) -> None:
    python = "from orchestration.cli.main import main\nsys.argv = ['integrering', 'run']\nmain()"
    answer = run_without_locks(errno.ENOLCK, python, data_dir=tmp_path)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "put the data folder (INTEGRERING_DATA_DIR) on a local disk" in answer.stderr


@pytest.mark.skipif(not IS_POSSIBLE, reason="needs seccomp on x86-64")
def test_a_call_count_that_cannot_be_locked_is_said_too(tmp_path: Path) -> None:
    python = (
        "from pathlib import Path\nfrom sources.errors import TransferError\nfrom sources.http.limits import Clock, TokenBucket\n"
        "try:\n    TokenBucket(30, Clock(), Path(sys.argv[1]) / 'calls.json').take()\n"
        "except TransferError as problem:\n    print(problem)"
    )
    answer = run_without_locks(errno.ENOLCK, python, str(tmp_path), data_dir=tmp_path)
    assert "calls.json: expected a disk that can lock a file" in answer.stdout, answer.stderr
