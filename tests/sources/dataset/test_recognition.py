"""What a file is stands in it: publishers' recognisers beside each other, in any order, on files as owners keep them.

Here: which dataset and form a file is taken for. Not here: the list extracts.csv (test_discovery.py), reading figures.
"""

import json
import re
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from sources.dataset import registry
from sources.dataset.discovery import discover
from sources.dataset.recognition import Sighting, Specimen
from sources.dataset.spec import load_specs
from tests.support.nav_workbooks import aap155, pst302, write
from tests.support.ssb_bodies import body

SSB_TITLE = "11618: Befolkning og sysselsatte per 4. kvartal, etter region, statistikkvariabel og år"
TABLE_09429 = [
    ["09429: Personer 16 år og over, etter region, statistikkvariabel, år og nivå"],
    [],
    ["", "Personer 16 år og over"],
    ["", "2022"],
    ["", "Utdanningsnivå i alt"],
    ["3805 Larvik", 40153],
]
LONG = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall\nPersoner;2022;3805;Larvik;Faktisk bosetting;168\n"
REFUGEES = (
    "Enhet;År;Kommunenummer;Kommune;Sekundærflytting;Botid i Norge;Antall\nPersoner;2022;3805;Larvik;alle;Alle;1930\n"
)


def taken_for(folder: Path) -> dict[str, str]:
    """Name of a file -> the dataset it is taken for, or why it is left out."""
    found = discover(folder, load_specs())
    return {c.relative: c.dataset_id for c in found.candidates} | dict(found.unknown)


def with_owners_sheets(path: Path) -> Path:
    """A NAV workbook with two sheets of a county's own, one of which quotes a table of SSB's beside NAV's rows."""
    quoting = [["Vestfold", "Januar", "Februar", "", SSB_TITLE], ["3909 Larvik", 550, 500, "", "K-3909 Larvik", 46000]]
    return aap155(path, months=2, Vestfold=quoting, Viz=[["Kommune"], ["Larvik", 1.8]])


def test_a_workbook_of_navs_that_quotes_a_table_of_ssbs_is_navs(tmp_path: Path) -> None:
    with_owners_sheets(tmp_path / "Ledighet i Vestfold.xlsx")
    assert taken_for(tmp_path) == {"Ledighet i Vestfold.xlsx": "nav_aap155"}


def test_a_workbook_of_ssbs_with_the_owners_own_sheets_is_ssbs(tmp_path: Path) -> None:
    own = [["", "Kilde: NAV og SSB"], ["", "Vestfold", "Landet"], ["Grunnskole", 0.25, 0.24]]
    write(tmp_path / "Utdanningsnivå_samlet.xlsx", {"Data": TABLE_09429, "Viz": own, "Figur": own})
    assert taken_for(tmp_path) == {"Utdanningsnivå_samlet.xlsx": "ssb_09429"}


def test_the_number_inside_goes_before_the_number_in_the_name(tmp_path: Path) -> None:
    write(tmp_path / "13563 til møtet.xlsx", {"Data": TABLE_09429})
    answer = body({"Region": ["0"], "ContentsCode": ["N"], "Tid": ["2024"]}, [1.0], table="13563")
    (tmp_path / "last ned.json").write_text(json.dumps(answer), encoding="utf-8")
    assert taken_for(tmp_path) == {"13563 til møtet.xlsx": "ssb_09429", "last ned.json": "ssb_13563"}


def test_a_table_that_no_spec_has_is_named_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path / "tabell.xlsx", {"Data": [[SSB_TITLE], [], ["", "2022"], ["3805 Larvik", 1]]})
    assert "tabell 11618, som ikke er satt opp her (docs/datasets.md" in taken_for(tmp_path)["tabell.xlsx"]


@pytest.mark.parametrize(
    "name",
    [
        "bosatt_anmodede.csv",
        "bosatt_anmodede (1).csv",
        "bosatt_anmodede - Kopi.csv",
        "bosatt_anmodede – Kopi.csv",
        "bosatt_anmodede 2024.csv",
        "bosatt_anmodede alle kommuner.csv",
        "bosatt-anmodede.csv",
        "bosatt_anmodede.csv.csv",
        "Kopi av k_bosatt_anmodede.csv",
    ],
)
def test_a_table_of_imdis_is_known_whatever_people_call_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(LONG.encode("latin-1"))
    assert taken_for(tmp_path) == {name: "imdi_bosatt_anmodede"}


def test_columns_that_one_table_alone_has_need_no_name(tmp_path: Path) -> None:
    (tmp_path / "fra Kari.csv").write_bytes(REFUGEES.encode("latin-1"))
    assert taken_for(tmp_path) == {"fra Kari.csv": "imdi_flyktning_botid_flytting"}


def test_a_name_that_the_content_does_not_allow_is_not_guessed_away(tmp_path: Path) -> None:
    """IMDi's own name over another table's columns: the named dataset's reader says what is wrong."""
    (tmp_path / "k_bosatt_anmodede.csv").write_bytes(REFUGEES.encode("latin-1"))
    assert taken_for(tmp_path) == {"k_bosatt_anmodede.csv": "imdi_bosatt_anmodede"}


def test_columns_that_several_tables_have_need_a_name(tmp_path: Path) -> None:
    by_sex = "Enhet;År;Kommunenummer;Kommune;Kjønn;Antall\nPersoner;2022;3805;Larvik;Alle;55\n"
    for name in ("intro.csv", "intro deltakere 2022.csv"):
        (tmp_path / name).write_bytes(by_sex.encode("latin-1"))
    found = taken_for(tmp_path)
    assert found["intro deltakere 2022.csv"] == "imdi_intro_deltakere"
    assert found["intro.csv"].startswith("kan være imdi_") and "extracts.csv" in found["intro.csv"]


def test_the_order_of_the_recognisers_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_owners_sheets(tmp_path / "a.xlsx")
    write(tmp_path / "b.xlsx", {"Data": TABLE_09429, "NAV": [["", "Kilde: NAV"], ["", "Januar"]]})
    pst302(tmp_path / "c.xlsx")
    (tmp_path / "d.csv").write_bytes(LONG.encode("latin-1"))
    known = registry.recognisers()
    specimens = [Specimen(path) for path in sorted(tmp_path.iterdir())]
    answers = set()
    for order in permutations(known):
        monkeypatch.setattr(registry, "recognisers", lambda order=order: {name: known[name] for name in order})
        answers.add(tuple(registry.sightings(specimen)[0].form for specimen in specimens))
    assert answers == {("nav_aap155", "ssb_website_xlsx", "nav_pst302", "imdi_long")}


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("13563.px", b'CHARSET="ANSI";\nAXIS-VERSION="2010";\nDATA=\n1 2 3;\n', "heter som ssb_13563, .*PX-tekst"),
        ("tabell.px", b'AXIS-VERSION="2010";\n', "velg JSON-stat 2, xlsx eller csv hos ssb.no"),
        ("HL060 gammel.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "lagre det som .xlsx"),
        ("nedlasting.csv", b"\n<!DOCTYPE html><html></html>", "en nettside"),
    ],
)
def test_a_file_that_nobody_reads_is_called_what_it_plainly_is(
    tmp_path: Path, name: str, head: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(head)
    assert re.search(words, taken_for(tmp_path)[name])


def test_a_damaged_workbook_is_told_loudly_whoever_made_it(tmp_path: Path) -> None:
    """It may be the newest figures of any dataset, so the folder is not quiet about it; another zip is none of ours."""
    for name in ("fra NAV 2026-02-05.xlsx", "vedlegg.zip"):
        whole = aap155(tmp_path / name, months=1).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    found = discover(tmp_path, load_specs())
    assert [name for name, _ in found.unplaced] == ["fra NAV 2026-02-05.xlsx"]
    assert "a damaged zip archive" in dict(found.unplaced)["fra NAV 2026-02-05.xlsx"]


def says(form: str) -> Callable[[Specimen], Sighting | None]:
    return lambda specimen: Sighting(form, 0.5)


def test_two_publishers_as_sure_as_each_other_are_not_guessed_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "recognisers", lambda: {"imdi": says("imdi_long"), "nav": says("nav_hl060")})
    (tmp_path / "x.csv").write_text("x")
    assert taken_for(tmp_path) == {"x.csv": "like mye imdi_long som nav_hl060: skriv i extracts.csv hva den er"}


def test_a_recogniser_that_fails_has_seen_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(specimen: Specimen) -> Sighting | None:
        raise KeyError("x")

    known = registry.recognisers()
    monkeypatch.setattr(registry, "recognisers", lambda: {**known, "nav": broken, "klass": broken})
    (tmp_path / "bosatt_anmodede.csv").write_bytes(LONG.encode("latin-1"))
    assert taken_for(tmp_path) == {"bosatt_anmodede.csv": "imdi_bosatt_anmodede"}
