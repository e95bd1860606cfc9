"""IMDi's tables as others have saved them again, and the files of the delivery of 2015: read where nothing is guessed.

Here: what is read, what is said of the rest. Figures are IMDi's: settlement 2012-2014 and 2022, immigrants in Kragerø 2025.
"""

from datetime import date
from pathlib import Path

import pytest

from sources.dataset.discovery import discover
from sources.dataset.registry import forms
from sources.dataset.spec import load_specs
from sources.errors import ConflictingRowsError, LayoutError, SourceError, ValueGrammarError
from sources.landing.observation import KEY, Reading
from sources.ports import Document
from tests.support.ssb_bodies import rows

SPECS = load_specs()
HEADER = "Enhet,År,Kommunenummer,Kommune,Bosetting,Antall"
LARVIK = "Personer,2022,3805,Larvik,Faktisk bosetting,168"
DELIVERY = (
    "fylke;fylke_nr;fylke_navn;bosetting.anmodning;bosetting.bosatt;bosetting.bosatt;;\n"
    "Nedbrytninger;;;enhet.personer;enhet.personer;enhet.prosent;;\n"
    "00 Hele landet;0;Hele landet;10973;7784;70,94;;\n"
    "07 Vestfold;7;Vestfold;:;.;;;\n"
)
TWICE = DELIVERY.replace("enhet.prosent", "enhet.personer").replace("70,94", "7785")


def placed(folder: Path, name: str, body: bytes) -> tuple[list[str], dict[str, str]]:
    """(forms of the candidates, reasons of the rest) of a folder with one more file."""
    (folder / name).write_bytes(body)
    found = discover(folder, SPECS)
    return [str(c.form) for c in found.candidates], dict(found.unknown)


def read(folder: Path, dataset_id: str = "imdi_bosatt_anmodede") -> Reading:
    [found] = discover(folder, SPECS).candidates
    assert found.dataset_id == dataset_id
    reading = forms()[str(found.form)].read(SPECS[dataset_id], [Document(found.path, found.path.name)])
    assert isinstance(reading, Reading)
    return reading


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n{LARVIK}\n",
        f",{HEADER}\n0,{LARVIK}\n",
        f"Unnamed: 0,{HEADER}\r\n17,{LARVIK}.0\r\n",
        f"{HEADER}\n{LARVIK}\n".replace(",", ";"),
        f"\ufeff{HEADER}\n{LARVIK}\n".replace(",", ";"),
        f"{HEADER}\n{LARVIK}\n".replace(",", "\t"),
        f"{HEADER}\n{LARVIK}\n".replace("2022", "2022-01-01"),
        f"{HEADER}\n{LARVIK}\n".replace("2022", "01.01.2022"),
        f"{HEADER}\n{LARVIK}\n".replace("2022", "2022.0").replace("3805", "3805.0"),
        f"{HEADER}\n{LARVIK}\n".replace("Kommunenummer,", "").replace("3805,", ""),
        "Antall,Bosetting,Kommune,År,Enhet\n168,Faktisk bosetting,Larvik,2022,Personer\n",
    ],
    ids=["commas", "index", "pandas", "utf-8", "mark", "tabs", "dates", "norwegian", "floats", "names", "order"],
)
def test_a_table_saved_again_is_read_where_nothing_is_guessed(tmp_path: Path, text: str) -> None:
    (tmp_path / "bosatt_anmodede.csv").write_bytes(text.encode("utf-8"))
    found = rows(read(tmp_path).table, "region_code", "region_level", "period_start", "measure", "unit", "value")
    assert found == [("3805", "municipality", date(2022, 1, 1), "settled", "persons", 168.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"{HEADER}\n{LARVIK}\n".replace("Kommunenummer,", "").replace("3805,Larvik", "Sauherad"),
            "no areas were called in 2022",
        ),
        (
            f"{HEADER}\n{LARVIK}\n".replace("Kommunenummer,", "").replace("3805,Larvik", "Herøy"),
            "'Herøy', which 2 areas",
        ),
        (f"{HEADER}\n{LARVIK}\n".replace("2022", "2022-06-01"), "a year, or the first day of one"),
        (f"{HEADER}\n{LARVIK[:-3]}\n", "an empty cell, which may be either"),
        (f"{HEADER}\n{LARVIK},x\n", "6 cells; found 7"),
    ],
    ids=["a name of no area", "a name of two", "a day in the year", "an emptied cell", "a cell too many"],
)
def test_what_is_not_sure_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bosatt_anmodede.csv").write_bytes(text.encode("utf-8"))
    with pytest.raises(ValueGrammarError, match=message) as caught:
        read(tmp_path)
    assert caught.value.where == "bosatt_anmodede.csv line 2"


def test_what_a_file_lacks_is_said_with_what_to_do(tmp_path: Path) -> None:
    """The yearly sums by name that a county publishes: no unit stands in the file."""
    body = "Kommune,År,Bosetting,Antall\nBamble,1995-01-01,Anmodning om bosetting,20.0\n".encode()
    seen, left = placed(tmp_path, "k_bosatt_anmodede_telemark.csv", body)
    assert seen == []
    assert "imdi_bosatt_anmodede" in left["k_bosatt_anmodede_telemark.csv"]
    assert "mangler Enhet: legg til kolonnene slik IMDi skriver dem" in left["k_bosatt_anmodede_telemark.csv"]


def test_letters_broken_by_another_program_are_named(tmp_path: Path) -> None:
    broken = f"{HEADER}\n{LARVIK}\n".replace(",", ";").encode().decode("cp1252").encode()
    seen, left = placed(tmp_path, "bosatt_anmodede 2.csv", broken)
    assert seen == [] and "(Ã…r for År)" in left["bosatt_anmodede 2.csv"]


def test_the_publishers_own_file_beside_it_goes_first(tmp_path: Path) -> None:
    again = f"{HEADER}\n{LARVIK}\n".encode()
    assert placed(tmp_path, "bosatt_anmodede_kopi.csv", again) == (["imdi_reexport"], {})
    own = f"{HEADER}\n{LARVIK}\n".replace(",", ";").encode("latin-1")
    seen, left = placed(tmp_path, "k_bosatt_anmodede.csv", own)
    assert seen == ["imdi_long"]
    assert "k_bosatt_anmodede.csv er utgiverens egen: skriv den i extracts.csv" in left["bosatt_anmodede_kopi.csv"]
    (tmp_path / "extracts.csv").write_text(
        "path,source,dataset,form\nbosatt_anmodede_kopi.csv,imdi,bosatt_anmodede,reexport\n"
    )
    assert sorted(str(c.form) for c in discover(tmp_path, SPECS).candidates) == ["imdi_long", "imdi_reexport"]


def test_a_file_of_the_delivery_of_2015_is_told_what_it_lacks_and_read_when_listed(tmp_path: Path) -> None:
    name = "09_1-bosatt_anmodede-fylke-2014.csv"
    seen, left = placed(tmp_path, name, DELIVERY.encode("latin-1"))
    assert seen == [] and "ikke sier hvilket år den gjelder: skriv den i extracts.csv" in left[name]
    (tmp_path / "extracts.csv").write_text(f"path;source;dataset;form\n{name};imdi;bosatt_anmodede;delivery2015\n")
    reading = read(tmp_path)
    assert rows(reading.table, "region_code", "period_start", "measure", "unit", "value", "value_status") == [
        ("00", date(2014, 1, 1), "requested", "persons", 10973.0, "ok"),
        ("00", date(2014, 1, 1), "settled", "persons", 7784.0, "ok"),
        ("00", date(2014, 1, 1), "settled", "percent", 70.94, "ok"),
        ("07", date(2014, 1, 1), "requested", "persons", None, "suppressed"),
        ("07", date(2014, 1, 1), "settled", "persons", None, "missing"),
        ("07", date(2014, 1, 1), "settled", "percent", None, "missing"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "error", "message"),
    [
        ("bosatt_anmodede-fylke.csv", DELIVERY, LayoutError, "a year at the end of the file's name"),
        ("34-bosatt_anmodede-fylke-2011_2013.csv", DELIVERY, LayoutError, "a year at the end of the file's name"),
        ("x-bosatt_anmodede-fylke-2014.csv", DELIVERY.replace("enhet.prosent", ""), LayoutError, "over every column"),
        (
            "x-bosatt_anmodede-fylke-2014.csv",
            TWICE,
            ConflictingRowsError,
            "stand twice",
        ),
        (
            "x-bosatt_anmodede-fylke-2014.csv",
            DELIVERY.replace("bosetting.b", "farge.b"),
            LayoutError,
            "over every column",
        ),
    ],
)
def test_a_file_of_the_delivery_that_is_not_sure(
    tmp_path: Path, name: str, text: str, error: type[SourceError], message: str
) -> None:
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(error, match=message):
        forms()["imdi_delivery2015"].read(SPECS["imdi_bosatt_anmodede"], [Document(tmp_path / name, name)])


EQUAL = (
    "tilskudd",
    "intro_deltakere",
    "sysselsatte_innvkat",
    "sysselsatte_botid",
    "bosatt_befolkning",
    "vedvarende_lavinntekt",
)


@pytest.mark.parametrize("table", EQUAL)
def test_the_delivery_equals_what_imdi_loaded_from_it(shared: Path, table: str) -> None:
    """Every cell of a delivered file stands in the table that IMDi's first API was loaded with, to two decimals."""

    def cells(form: str, path: Path) -> dict[tuple[object, ...], tuple[float | None, str]]:
        reading = forms()[form].read(SPECS[f"imdi_{table}"], [Document(path, path.name)])
        assert isinstance(reading, Reading)
        found = rows(reading.table, *KEY, "value", "value_status")
        return {tuple(row[:-2]): (None if row[-2] is None else round(float(row[-2]), 2), str(row[-1])) for row in found}

    loaded = cells("imdi_coded", shared / "upstream" / "imdi" / "api2015" / f"{table}.csv")
    delivered = sorted((shared / "upstream" / "imdi" / "delivery2015").glob(f"*-{table}-*.csv"))
    assert delivered
    for path in delivered:
        for key, figure in cells("imdi_delivery2015", path).items():
            assert loaded[key][1] == figure[1], (path.name, key)
            assert loaded[key][0] == pytest.approx(figure[0], abs=0.011), (path.name, key)


def test_every_file_of_the_delivery_is_known_and_says_what_to_do(shared: Path) -> None:
    found = discover(shared / "upstream" / "imdi" / "delivery2015", SPECS)
    assert found.candidates == []
    assert len(found.unknown) == 54
    assert all("skriv den i extracts.csv med form delivery2015" in reason for _, reason in found.unknown)


def test_the_countys_own_table_of_reasons_is_read(shared: Path, tmp_path: Path) -> None:
    """12 744 rows of Telemark, years under three generations of codes; Kragerø 2025: 151 men who came to work."""
    name = "k_befolkning_innvandringsgrunn_2006-2025_telemark.csv"
    (tmp_path / name).write_bytes((shared / "upstream" / "imdi" / "derived" / name).read_bytes())
    reading = read(tmp_path, "imdi_befolkning_innvandringsgrunn")
    assert reading.table.num_rows == 12_744
    wanted = ("4014", date(2025, 1, 1), "male", "work", "persons", 151.0)
    assert wanted in rows(reading.table, "region_code", "period_start", "sex", "immigration_reason", "unit", "value")
