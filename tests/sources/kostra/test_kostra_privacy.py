"""Canaries: nothing that identifies a person is on disk or in the output, however the private command ends.

Here: success, refusal, exception, abort and kill -9 of a process of its own. Not here: what aggregates reveal
(test_kostra_disclosure).
"""

import os
import random
import re
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from sources.dataset.discovery import discover
from sources.dataset.spec import load_specs
from sources.kostra.recognise import looks_private
from sources.kostra.refusal import PrivateFileError
from sources.kostra.sealed.guard import without_values
from sources.kostra.sealed.process import Request, ask
from tests.support.kostra_files import (
    Participant,
    Recipient,
    duf,
    identities,
    random_recipients,
    write_11cf,
    write_11f,
    write_accounts,
    write_settled,
)

REPOSITORY = Path(__file__).parents[3]
PEOPLE = identities(90)
CANARY_DUF, CANARY_JOURNAL, CANARY_KRONER = duf(7_777), "KANARI01", 7_613_579


def canaries() -> list[bytes]:
    """Every identifier of the input, and one person's own amount, as text in three encodings and as a binary number."""
    texts = [*PEOPLE, CANARY_DUF, CANARY_JOURNAL, str(CANARY_KRONER)]
    numbers = [int(text) for text in texts if text.isdigit()]
    return [
        *(text.encode("utf-8") for text in texts),
        *(text.encode("utf-16-le") for text in texts),
        *(number.to_bytes(8, "little") for number in numbers),
    ]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    rng = random.Random(1)
    (tmp_path / "input").mkdir()
    people = random_recipients(rng, PEOPLE[:60])
    people.append(Recipient("", duf=CANARY_DUF, grants={3: CANARY_KRONER}, journal=CANARY_JOURNAL))
    write_11f(tmp_path / "input" / "11F.dat", 2025, people)
    programme = [Participant(number, [1, 2], 40_000 + 7 * n) for n, number in enumerate(PEOPLE[50:75])]
    write_11cf(tmp_path / "input" / "11CF.dat", 2025, programme)
    rows = [(number, "", "01.06.2023", "flyktning", "") for number in PEOPLE[:20]]
    rows += [(number, "", "01.06.2015", "flyktning", "") for number in PEOPLE[20:35]]
    rows += [("", CANARY_DUF, "01.06.2024", "kollektiv beskyttelse", "")]
    write_settled(tmp_path / "input" / "bosatte.csv", rows)
    write_accounts(tmp_path / "input" / "0A.dat", 2025, [("281", "470", 4_000), ("275", "089", 900)])
    for name in ("data", "tmp", "home", "work"):
        (tmp_path / name).mkdir()
    return tmp_path


def run(place: Path, stage: str) -> subprocess.CompletedProcess[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONFAULTHANDLER": "1",
        "TMPDIR": str(place / "tmp"),
        "HOME": str(place / "home"),
    }
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    return subprocess.run(
        [
            sys.executable,
            str(REPOSITORY / "tests" / "support" / "kostra_private_process.py"),
            stage,
            str(place / "input"),
            str(place / "data"),
        ],
        cwd=place / "work",
        env=environment,
        capture_output=True,
        timeout=1200,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)),
    )


def _searched(body: bytes) -> bytes:
    """What is searched of a file: all of it; of a core file every run of digits in it."""
    if len(body) < 10_000_000:
        return body
    return b"\n".join({*re.findall(rb"[0-9]{7,}", body.replace(b"\0" * 4096, b"")), *re.findall(b"KANARI..", body)})


def leaks(place: Path, done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Where a canary is found: every file the process could write (Parquet also unpacked), and its output."""
    found = []
    written = [
        path
        for folder in ("data", "tmp", "home", "work")
        for path in sorted((place / folder).rglob("*"))
        if path.is_file()
    ]
    contents = {str(path): _searched(path.read_bytes()) for path in written}
    contents |= {
        f"{path} unpacked": str(pq.read_table(path).to_pydict()).encode()
        for path in written
        if path.suffix == ".parquet"
    }
    contents |= {"stdout": done.stdout, "stderr": done.stderr}
    for name, body in contents.items():
        found += [name for canary in canaries() if canary in body or canary in name.encode()]
    return found


ENDS = {"success": 0, "raise:_cells": 1, "abort:as_csv": -6, "kill:take_in": -9}
"""Of the process that starts the reading one and lands: the last two are after the sealed part."""


@pytest.mark.parametrize("stage", ENDS)
def test_no_canary_anywhere(stage: str, place: Path) -> None:
    """Nor in the memory of the process that lands: the dump of it that is searched is what a core file would have."""
    done = run(place, stage)
    assert done.returncode == ENDS[stage], done.stderr.decode()
    assert leaks(place, done) == []
    if stage == "success":
        assert b"memory: " in done.stdout
        assert len(list((place / "data").rglob("table.parquet"))) == 4
    if stage.startswith("raise"):
        assert b"programfeil (RuntimeError" in done.stderr


WORDS = {
    "raise": "programfeil (RuntimeError",
    "interrupt": "programfeil (KeyboardInterrupt",
    "abort": "avbrutt (signal SIGABRT)",
    "kill": "avbrutt (signal SIGKILL)",
}


@pytest.mark.parametrize(
    "stage",
    [
        "raise:read_settled",
        "interrupt:_cells",
        "abort:read_settled",
        "abort:read_attachment",
        "abort:_cells",
        "abort:aggregate_rows",
        "kill:read_attachment",
    ],
)
def test_a_fault_anywhere_in_the_reading_process_is_a_refusal(
    stage: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the core limit as high as it goes, nothing is written and the refusal holds no value."""
    given, (soft, hard) = place / "input", resource.getrlimit(resource.RLIMIT_CORE)
    monkeypatch.chdir(place / "work")
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    request = Request([str(given / "11F.dat")], str(given / "bosatte.csv"), None, "3909", 5)
    try:
        with pytest.raises(PrivateFileError) as refusal:
            ask(
                request,
                [sys.executable, str(REPOSITORY / "tests" / "support" / "kostra_private_process.py"), "child", stage],
            )
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    assert WORDS[stage.partition(":")[0]] in str(refusal.value)
    assert not any(canary in str(refusal.value).encode() for canary in canaries())
    assert list((place / "work").iterdir()) == []


def test_no_canary_after_a_refusal(place: Path) -> None:
    path = place / "input" / "11F.dat"
    path.write_bytes(path.read_bytes().replace(b"3909", b"3911", 1))
    done = run(place, "success")
    assert done.returncode == 1
    assert "felt KOMMUNE_NR" in done.stderr.decode()
    assert leaks(place, done) == []
    assert list((place / "data").rglob("*")) == []


def test_the_search_finds_a_canary_when_there_is_one(place: Path) -> None:
    """The test can fail: a file, a message or a Parquet column with an identity number is found."""
    done = subprocess.CompletedProcess([], 0, b"60 linjer lest", b"")
    assert leaks(place, done) == []
    (place / "tmp" / "leak.bin").write_bytes(b"\x00" + PEOPLE[0].encode("utf-16-le"))
    assert leaks(place, done) == [str(place / "tmp" / "leak.bin")]
    done.stderr = PEOPLE[5].encode()
    assert "stderr" in leaks(place, done)


def test_an_exception_comes_out_without_its_chain() -> None:
    def work() -> None:
        try:
            int(PEOPLE[0] + "x")
        except ValueError as problem:
            raise RuntimeError(PEOPLE[1]) from problem

    with pytest.raises(PrivateFileError) as raised:
        without_values(work)
    error = raised.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert PEOPLE[0] not in str(error) + repr(error) + repr(error.args)
    assert PEOPLE[1] not in str(error) + repr(error) + repr(error.args)
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert "work" not in frames


def test_a_process_that_reads_can_never_be_dumped() -> None:
    """Of the process itself: neither flag (3 = PR_GET_DUMPABLE) nor limit can be raised again by a library."""
    asked = (
        "import ctypes, resource; from sources.kostra.sealed.guard import never_dump; never_dump(); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "0 (0, 0)"


def test_private_files_in_a_folder_of_extracts_are_left_alone(tmp_path: Path) -> None:
    """Someone puts the files in the drop folder, even names one in the list of extracts: neither is a candidate."""
    listed = write_settled(tmp_path / "befolkning_hovedgruppe.csv", [(PEOPLE[0], "", "01.06.2023", "flyktning", "")])
    listed.rename(tmp_path / "bosatt_anmodede.csv")
    write_11f(tmp_path / "11F.dat", 2025, [Recipient(PEOPLE[0], grants={1: 1})])
    (tmp_path / "aggregates.csv").write_text("municipality_code,year\n", encoding="utf-8")
    (tmp_path / "extracts.csv").write_text(
        "path,source,dataset,form,level,retrieved_on\n"
        "11F.dat,kostra,social_assistance_by_group,kostra_aggregate_csv,k,2026-01-01\n"
        "aggregates.csv,kostra,social_assistance_by_group,kostra_aggregate_csv,k,2026-01-01\n",
        encoding="utf-8",
    )
    write_11f(tmp_path / f"{PEOPLE[0]} 11F.dat", 2025, [Recipient(PEOPLE[0], grants={1: 1})])
    workbook = xlsxwriter.Workbook(tmp_path / "bosatte_per_maaned.xlsx")
    workbook.add_worksheet().write_row(0, 0, ["Fødselsnummer", "DUF-nummer", "Bosettingsdato"])
    workbook.close()
    found = discover(tmp_path, load_specs())
    assert found.candidates == []
    assert {name: "integrering private" in reason for name, reason in found.unknown} == {
        "11F.dat": True,
        "… 11F.dat": True,
        "aggregates.csv": True,
        "bosatt_anmodede.csv": True,
        "bosatte_per_maaned.xlsx": True,
    }


def test_no_real_extract_looks_private(shared: Path) -> None:
    files = [*(REPOSITORY / "sources" / "municipal" / "templates").iterdir()]
    files += [p for p in (shared / "upstream").rglob("*") if p.suffix in (".csv", ".json", ".xlsx")]
    assert len(files) > 50
    assert [p.name for p in files if looks_private(p)] == []
