"""A seeded slice of the fuzzer of bench/: small files of every form, damaged in one place each.

Here: the slice, on files composed as the publishers lay them out, so that it runs in any clone. Not here: the long run on real
files (python -m bench.fuzz_files).
"""

import csv
import io
import json

import pytest

from bench.damage import changes_of
from bench.fuzz_files import BAD, GOOD, Fuzzer, Original, Report
from sources.klass.history import municipalities
from tests.support.nav_workbooks import aap155, write
from tests.support.ssb_bodies import body

MUTATIONS = 260
CODES = [code for code, _ in municipalities(2022) if code.startswith(("38", "30"))]


def text_of(rows: list[list[object]], delimiter: str = ";") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def long_table() -> bytes:
    rows: list[list[object]] = [
        ["Enhet", "År", "Kommunenummer", "Kommune", "Sekundærflytting", "Botid i Norge", "Antall"]
    ]
    for number, code in enumerate(CODES):
        rows += [["Personer", year, code, "", "alle", "Alle", 40 + number + year % 10] for year in (2021, 2022)]
    return text_of(rows).encode("latin-1")


def wide_table() -> bytes:
    heads: list[list[object]] = [
        ["Region", "Navn", *["Bosetting: Faktisk bosetting", "Bosetting: Anmodning om bosetting"] * 2],
        ["", "", *["Enhet: Personer"] * 4],
        ["", "", "År: 2021", "År: 2021", "År: 2022", "År: 2022"],
    ]
    areas = [[f"K{code}", "", 10 + n, ":", 20 + n, "."] for n, code in enumerate(CODES)]
    return text_of([*heads, *areas]).encode("latin-1")


def coded_table() -> bytes:
    header = ["tabell_navn", "kommuneNr", "fylkeNr", "kjonn", "enhet", "aar", "tabellvariabel"]
    rows = [["intro_deltakere", code, "NULL", "alle", "personer", 2014, 12 + n] for n, code in enumerate(CODES)]
    return text_of([header, *rows], ",").encode()


def saved_again() -> bytes:
    header = ["", "Enhet", "År", "Kommunenummer", "Kommune", "Bosetting", "Antall"]
    rows = [[n, "Personer", 2022, code, "", "Faktisk bosetting", f"{9 + n}.0"] for n, code in enumerate(CODES)]
    return text_of([header, *rows], ",").encode()


def ssb_body() -> bytes:
    answer = body(
        {
            "Region": [f"K-{code}" for code in ("3907", "3909", "3911")],
            "HovArbStyrkStatus": ["TOT", "NEET2"],
            "Alder": ["15-29", "30-61"],
            "InnvandrKat": ["A-G", "B"],
            "ContentsCode": ["Bosatte"],
            "Tid": ["2023", "2024"],
        },
        [float(100 + n) for n in range(48)],
        table="13563",
    )
    return json.dumps(answer, ensure_ascii=False).encode()


def ssb_rows() -> list[list[object]]:
    top: list[list[object]] = [
        ["09429: Personer 16 år og over, etter region, statistikkvariabel, år og nivå"],
        [],
        ["", "Personer 16 år og over"],
        ["", "2022"],
        ["", "Utdanningsnivå i alt", "Grunnskolenivå"],
    ]
    return [*top, *[[f"{code} Sted", 4000 + n, 900 + n] for n, code in enumerate(CODES)], [], ["Sist endret:"]]


def klass_version() -> bytes:
    items = [{"code": code, "name": name} for code, name in municipalities(2022)]
    answer = {"name": "Kommuneinndeling 2022", "validFrom": "2022-01-01", "classificationItems": items}
    return json.dumps(answer, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    folder = tmp_path_factory.mktemp("originals")
    delivery_header = ["År", "År-måned", "", "Nåværende Fylke Nr Navn", "Arbeidsmarkedsstatus hovedgruppe", "Kjønn"]
    figures = ["Beh personer i mnd", "% av arbeidsstyrken"]
    delivery = [[], ["", *delivery_header, *figures]]
    country = [*delivery, ["", 2026, 202601, "Landet", "Landet", "Helt ledige", "Begge kjønn", 60_000, 2.1]]
    county = [*delivery, ["", 2026, 202601, "Fylker", "39 Vestfold", "Helt ledige", "Begge kjønn", "*", None]]
    harmonised = [["kom2024", "navn", "aar", "befolkning"], *[[code, "Sted", 2023, 5000] for code in CODES]]
    books = [
        aap155(folder / "AAP155.xlsx", months=2),
        write(folder / "2026-02-05.xlsx", {"Landet": country, "Fylker": county}),
        write(folder / "09429.xlsx", {"Data": ssb_rows()}),
    ]
    texts = {
        "k_flyktning_botid_flytting.csv": long_table(),
        "bosatt_anmodede.csv": wide_table(),
        "intro_deltakere.csv": coded_table(),
        "bosatt_anmodede_kopi.csv": saved_again(),
        "13563.json": ssb_body(),
        "kommuner 2022.json": klass_version(),
        "derived_07459_population_2024_municipalities.csv": text_of(harmonised, ",").encode(),
    }
    return [Original(path.name, path.read_bytes()) for path in books] + [Original(n, b) for n, b in texts.items()]


@pytest.fixture(scope="module")
def report(originals: list[Original], tmp_path_factory: pytest.TempPathFactory) -> Report:
    return Fuzzer(originals, tmp_path_factory.mktemp("fuzz")).damage(range(MUTATIONS), 2026)


def test_no_damage_ends_in_a_traceback_or_an_untold_figure(report: Report) -> None:
    assert report.bad == []
    assert sum(report.ends.values()) == MUTATIONS
    assert {end for _, _, end in report.ends} <= set(GOOD) - BAD


def test_the_slice_has_every_form_and_every_kind_of_damage(report: Report, originals: list[Original]) -> None:
    assert {form for form, _, _ in report.ends} == {
        "imdi_coded",
        "imdi_long",
        "imdi_reexport",
        "imdi_wide",
        "klass_version",
        "nav_aap155",
        "nav_special_unemployment",
        "ssb_harmonised_csv",
        "ssb_jsonstat2",
        "ssb_website_xlsx",
    }
    kinds = {name for original in originals for name, _ in changes_of(original.body)}
    assert {kind for _, kind, _ in report.ends} == kinds
    assert (
        report.count("failed") > 50
        and report.count("same figures") > 30
        and report.count("other figures, each told") > 5
    )
