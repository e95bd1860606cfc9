"""Discovery: which file of a folder is which dataset, from when; what nobody knows is listed, not refused."""

import os
import time
import unicodedata
from pathlib import Path

import pytest

from sources.dataset.discovery import Candidate, discover
from sources.dataset.spec import load_specs
from sources.errors import SpecError
from tests.support.kostra_files import write_accounts

LONG = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall\nPersoner;2022;3805;Larvik;Faktisk bosetting;168\n"


def _put(folder: Path, name: str, body: str = LONG) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode("latin-1"))
    return path


def _found(folder: Path) -> dict[str, Candidate]:
    return {c.relative: c for c in discover(folder, load_specs()).candidates}


def test_names_and_first_lines_tell_the_dataset(tmp_path: Path) -> None:
    _put(tmp_path, "imdi/k/bosatt_anmodede.csv")
    _put(tmp_path, "a person's folder/k_bosatt_anmodede_1995-2023.csv")
    found = _found(tmp_path)
    assert {(c.dataset_id, c.form) for c in found.values()} == {("imdi_bosatt_anmodede", "imdi_long")}
    assert len(found) == 2


def test_the_longest_table_name_wins(tmp_path: Path) -> None:
    _put(tmp_path, "k_befolkning_opprinnelsesland_botid_2025.csv")
    assert (
        _found(tmp_path)["k_befolkning_opprinnelsesland_botid_2025.csv"].dataset_id
        == "imdi_befolkning_opprinnelsesland_botid"
    )


def test_any_publishers_table_is_known_by_its_name_and_no_reference_table_of_ours(tmp_path: Path) -> None:
    for name in ("fhi/403 (1).csv", "ssb/12272.csv", "documents.csv"):
        _put(tmp_path, name, "<html>502</html>")
    assert {c.dataset_id for c in _found(tmp_path).values()} == {"fhi_vedvarende_lavinntekt", "ssb_12272"}


def test_unknown_files_are_listed_with_a_reason(tmp_path: Path) -> None:
    _put(tmp_path, "holiday.csv", "a,b\n1,2\n")
    _put(tmp_path, "k_bosatt_anmodede_reworked.csv", "Kommune,Bosatt 2022\nLarvik,168\n")
    _put(tmp_path, "k_bosatt_anmodede_again.csv", "År,Kommune,Antall\n2022,Larvik,168\n")
    _put(tmp_path, "README.md", "about")
    unknown = dict(discover(tmp_path, load_specs()).unknown)
    assert unknown == {
        "holiday.csv": "ingen datasett kjenner fila",
        "k_bosatt_anmodede_reworked.csv": "heter som imdi_bosatt_anmodede, men ser ikke slik ut som imdi gir den ut",
        "k_bosatt_anmodede_again.csv": "imdi_bosatt_anmodede: et annet program har lagret denne tabellen fra IMDi på nytt, "
        "og den mangler Enhet: legg til kolonnene slik IMDi skriver dem, eller hent selve tabellen hos IMDi",
    }


def test_a_file_named_exactly_like_a_table_is_claimed_whatever_it_holds(tmp_path: Path) -> None:
    _put(tmp_path, "imdi/k/bosatt_anmodede.csv", "<html>502</html>")
    assert _found(tmp_path)["imdi/k/bosatt_anmodede.csv"].form is None


def test_the_list_settles_dates_and_datasets(tmp_path: Path) -> None:
    _put(tmp_path, "odd name.csv")
    _put(tmp_path, "extracts.csv", "path,source,dataset,retrieved_on\nodd name.csv,imdi,bosatt_anmodede,2023-09-25\n")
    candidate = _found(tmp_path)["odd name.csv"]
    assert (candidate.dataset_id, candidate.date_basis) == ("imdi_bosatt_anmodede", "extracts.csv")
    assert candidate.retrieved_at.date().isoformat() == "2023-09-25"


def test_a_date_in_the_name_counts_before_the_file_date(tmp_path: Path) -> None:
    _put(tmp_path, "k_bosatt_anmodede_2024-02-29.csv")
    path = _put(tmp_path, "k_bosatt_anmodede_2024-02-30.csv")
    stamp = time.mktime((2024, 3, 5, 12, 0, 0, 0, 0, 0))
    os.utime(path, (stamp, stamp))
    found = _found(tmp_path)
    assert found["k_bosatt_anmodede_2024-02-29.csv"].date_basis == "file name"
    assert found["k_bosatt_anmodede_2024-02-30.csv"].date_basis == "file date"


HEADER = "path,source,dataset,retrieved_on"
LINE = "åpen fil.csv,imdi,bosatt_anmodede,2023-09-25"


def _as_listed(folder: Path, listed: bytes) -> Candidate:
    _put(folder, "åpen fil.csv")
    (folder / "extracts.csv").write_bytes(listed)
    return _found(folder)["åpen fil.csv"]


@pytest.mark.parametrize(
    "listed",
    [
        f"{HEADER}\n{LINE}\n".encode(),
        f"{HEADER}\r\n{LINE}\r\n".encode("utf-8-sig"),
        f"{HEADER}\n{LINE}\n".encode("cp1252"),
        f"{HEADER}\r\n{LINE}\r\n".replace(",", ";").replace("2023-09-25", "25.09.2023").encode("cp1252"),
        f"sep=;\r\n{HEADER}\r\n{LINE}\r\n".replace(",", ";").encode("cp1252"),
        f"{HEADER}\r\n{LINE}\r\n;;;\r\n".replace(",", ";").encode("utf-8"),
        f"{HEADER}\r\n{LINE}\r\n".replace(",", "\t").encode("utf-16"),
        f"{HEADER}\n{LINE}\n".replace("path", " Path ").replace("retrieved_on", "Retrieved_On").encode(),
        unicodedata.normalize("NFD", f"{HEADER}\n{LINE}\n").encode(),
        f"{HEADER}\n.\\{LINE}\n".encode(),
        f"{HEADER}\n{LINE.replace('åpen', 'Åpen')}\n".encode(),
    ],
    ids=[
        "plain",
        "mark",
        "windows",
        "excel",
        "sep",
        "blank",
        "unicode text",
        "case",
        "macOS list",
        "backslash",
        "letters",
    ],
)
def test_the_list_is_read_as_excel_saves_it(tmp_path: Path, listed: bytes) -> None:
    candidate = _as_listed(tmp_path, listed)
    assert (candidate.dataset_id, candidate.form) == ("imdi_bosatt_anmodede", "imdi_long")
    assert (candidate.retrieved_at.date().isoformat(), candidate.date_basis) == ("2023-09-25", "extracts.csv")


def test_a_file_whose_letters_macos_took_apart_is_the_listed_one(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "fra fylket/åpen fil.csv")
    _put(tmp_path, apart)
    (tmp_path / "extracts.csv").write_text(f"{HEADER}\nfra fylket\\{LINE}\n", encoding="utf-8")
    assert _found(tmp_path)[apart].dataset_id == "imdi_bosatt_anmodede"


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("path,source\nx,imdi\n", "line 1: no column dataset"),
        ("", "line 1: no column path, source, dataset"),
        ("path,source,dataset\n../../etc/passwd,imdi,bosatt_anmodede\n", "line 2: path .* leads outside"),
        ("path,source,dataset\nC:\\fil.csv,imdi,bosatt_anmodede\n", "line 2: path .* leads outside"),
        (f"{HEADER}\n\nåpen fil.csv\n", "line 3: 1 of 4 cells, nothing for source, dataset"),
        (f"{HEADER}\nåpen fil.csv,imdi,bosatt_anmodede,2023-02-30\n", "line 2: retrieved_on '2023-02-30' is no date"),
        (f"{HEADER}\nåpen fil.csv,imdi,bosatt_anmodede,30.02.2023\n", "line 2: retrieved_on '30.02.2023' is no date"),
        (f"{HEADER}\nåpen fil.csv,imdi,bosatt_anmodede,09/25/23\n", "line 2: .* is no date"),
        (f"{HEADER}\nåpne fil.csv,imdi,bosatt_anmodede,\n", "line 2: no file 'åpne fil.csv'; near it: 'åpen fil.csv'"),
        (f"{HEADER}\n{LINE}\n{LINE.replace('09-25', '09-26')}\n", "line 3: .* again, with other words"),
    ],
)
def test_a_wrong_list_is_refused_with_the_line(tmp_path: Path, listed: str, words: str) -> None:
    _put(tmp_path, "åpen fil.csv")
    (tmp_path / "extracts.csv").write_text(listed, encoding="utf-8")
    with pytest.raises(SpecError, match=words):
        discover(tmp_path, load_specs())


def test_every_wrong_line_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "extracts.csv").write_text(f"{HEADER}\na.csv,imdi,x,\nb.csv\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"line 2: no file 'a\.csv'; line 3: no file 'b\.csv'"):
        discover(tmp_path, load_specs())


def test_the_real_folder_has_three_vintages_of_the_settlement_table(upstream: Path) -> None:
    found = [c for c in discover(upstream, load_specs()).candidates if c.dataset_id == "imdi_bosatt_anmodede"]
    assert sorted(c.retrieved_at.date().isoformat() for c in found) == ["2022-01-31", "2022-09-30", "2023-09-25"]


@pytest.mark.parametrize("name", ["0A.dat", "regnskap 2025.txt", "K3909.csv"])
def test_accounts_in_the_folder_are_pointed_to_the_command_that_reads_them(tmp_path: Path, name: str) -> None:
    write_accounts(tmp_path / name, 2025, [("281", "470", 4_000), ("275", "089", 900)])
    found = discover(tmp_path, load_specs())
    assert found.candidates == []
    assert "integrering private --accounts" in dict(found.unknown)[name]
