"""The municipality's own files in a whole installation: read, built, reported, purged and built again.

Here: what a run after `integrering private` leaves on disk, unpacked too, and that a purge of the only year leaves nothing.
Not here: the private command alone (tests/orchestration/test_kostra_command.py).
"""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pypdf
import pytest

from tests.sources.kostra.test_kostra_privacy import CANARY_JOURNAL, canaries, place
from tests.support.explored import explored, unpacked
from tests.support.pipeline import Installation, borrowed

__all__ = ["place"]

_NUMBER = re.compile(rb"[0-9]{7,}")
YEAR = "where municipality_code = '3909' and year = 2025"


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file as it is, and as whoever opens it sees it: zip members, gzip, figures of the explore page, Parquet and
    DuckDB values, PDF text and streams."""
    body = path.read_bytes()
    yield str(path), body
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path}: {name}", archive.read(name)
    elif body[:2] == b"\x1f\x8b":
        yield f"{path} unpacked", gzip.decompress(body)
    elif body.startswith(b"utforsk.receive("):
        name, content = unpacked(path)
        yield f"{path} unpacked", content
        if "/" not in name:
            yield f"{path} in figures", str(explored(path)[1]).encode()
    elif body[:4] == b"PAR1":
        yield f"{path} unpacked", str(pq.read_table(path).to_pydict()).encode()
    elif body[:4] == b"%PDF":
        yield f"{path} as text", "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages).encode()
        for number, match in enumerate(re.finditer(rb"stream\r?\n(.*?)endstream", body, re.DOTALL)):
            try:
                yield f"{path} stream {number}", zlib.decompressobj().decompress(match[1])
            except zlib.error:
                continue
    elif body[8:12] == b"DUCK":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                yield f"{path}: {table}", str(connection.table(f'"{schema}"."{table}"').fetchall()).encode()


def leaks(folder: Path) -> tuple[list[str], set[str]]:
    """Where a canary is found, and the endings of the files that were searched. Large files by their runs of digits."""
    wanted, found, kinds = canaries(), [], set()
    numbers = {canary.lstrip(b"0") for canary in wanted if canary.isdigit()}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        kinds.add(path.suffix)
        for name, body in contents(path):
            if len(body) < 300_000:
                found += [name for canary in [*wanted, *numbers] if canary in body]
            else:
                runs = b" ".join({*_NUMBER.findall(body), *_NUMBER.findall(body.replace(b"\0", b""))})
                found += [name for number in numbers if number in runs]
                found += [name] * (CANARY_JOURNAL.encode() in body)
    return found, kinds


@pytest.fixture
def installation(small: Installation, place: Path) -> Iterator[Installation]:
    """The small installation, with the invented files of one year landed."""
    given = place / "input"
    files = ["--kostra", given / "11F.dat", "--kostra", given / "11CF.dat", "--accounts", given / "0A.dat"]
    with borrowed(small) as changed:
        answer = changed.call("private", *map(str, files), "--settled", str(given / "bosatte.csv"))
        assert answer.returncode == 0, answer.stdout + answer.stderr
        yield changed


def test_the_only_year_is_published_searched_and_purged(installation: Installation, small: Installation) -> None:
    extracts = ("run", "--extracts", str(small.data.parent / "extracts"))
    first = installation.call(*extracts)
    assert first.returncode == 0, first.stdout + first.stderr
    assert installation.rows(f"select 1 from social_assistance_by_group {YEAR} limit 1")
    found, kinds = leaks(installation.data)
    assert found == []
    assert {".pdf", ".html", ".xlsx", ".parquet", ".duckdb", ".db"} <= kinds
    assert "<svg" in next(installation.data.rglob("rapport-*.html")).read_text(encoding="utf-8")

    purge = ("private", "purge", "--year", "2025")
    waits = installation.call(*purge)
    assert waits.returncode == 1
    assert "Kjør integrering run" in waits.stdout
    again = installation.call(*extracts)
    assert again.returncode == 0, again.stdout + again.stderr
    for table in ("social_assistance_by_group", "programme_by_group"):
        assert not installation.rows(f"select 1 from {table} {YEAR} limit 1")
    done = installation.call(*purge)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not [p for p in (installation.data / "landing" / "datasets").glob("kostra_*_by_group/*/*") if p.is_file()]


def test_the_search_opens_what_is_packed(tmp_path: Path) -> None:
    """It can fail: the same number in a workbook, a packed file, a Parquet column and a table of DuckDB is found."""
    number = canaries()[0].decode()
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet1.xml", f"<v>{number}</v>" * 50)
    (tmp_path / "b.gz").write_bytes(gzip.compress(f"{number} ".encode() * 50))
    with duckdb.connect(str(tmp_path / "c.duckdb")) as connection:
        connection.execute(f"create table t as select {number}::bigint as n")
        connection.execute(f"copy t to '{tmp_path / 'd.parquet'}'")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    stream = pypdf.generic.StreamObject()
    stream.set_data(f"({number})".encode())
    writer._add_object(stream.flate_encode())
    writer.write(tmp_path / "e.pdf")
    assert number.encode() not in (tmp_path / "e.pdf").read_bytes()
    found, _ = leaks(tmp_path)
    assert {Path(name.split(":")[0].split(" ")[0]).name for name in found} >= {
        "a.xlsx",
        "b.gz",
        "c.duckdb",
        "d.parquet",
        "e.pdf",
    }
