"""Templates of the municipality's own figures: right ones are read, wrong ones get Norwegian messages and nothing else.

Here: the reader, the rules and the empty templates. Not here: the marts that show the figures.
"""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from sources.dataset.discovery import discover
from sources.dataset.registry import form_of
from sources.dataset.spec import DatasetSpec, load_specs
from sources.landing.intake import Arrival, take_in
from sources.landing.store import Blob, Landing
from sources.municipal.reader import FORM, TemplateError, read_template
from sources.municipal.rules import CellError, apply_rule
from sources.municipal.template import template_of
from sources.municipal.writer import write_templates
from sources.ports import Document
from warehouse.settings import PROJECT

TODAY = date(2026, 11, 22)
SETTLED = load_specs()["municipal_settled"]
GRANTS = load_specs()["municipal_grants_received"]
NAV = load_specs()["municipal_nav_grant_use"]
PROGRAMME = load_specs()["municipal_introduction_programme"]
PLAN = load_specs()["municipal_settlement_plan"]
RATES = load_specs()["municipal_grant_rates"]
GOOD = "3909;2024;3;Voksen eller barn i familie;12\n"


def csv_file(folder: Path, spec: DatasetSpec, rows: str, encoding: str = "utf-8-sig") -> Document:
    path = folder / f"{spec.upstream_id}.csv"
    header = ";".join(template_of(spec).headers)
    path.write_bytes(f"# veiledning\r\n{header}\r\n{rows}".encode(encoding))
    return Document(path, path.name)


def xlsx_file(folder: Path, spec: DatasetSpec, rows: list[list[object]], sheet: str | None = None) -> Document:
    path = folder / f"{spec.upstream_id}.xlsx"
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"})
    page = book.add_worksheet(sheet or template_of(spec).sheet)
    for number, row in enumerate([template_of(spec).headers, *rows]):
        page.write_row(number, 0, row)
    book.close()
    return Document(path, path.name)


def problems(folder: Path, spec: DatasetSpec, rows: str) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        read_template(spec, [csv_file(folder, spec, rows)], TODAY)
    return caught.value.problems


def test_csv_and_xlsx_give_the_same_rows(tmp_path: Path) -> None:
    text = read_template(
        PROGRAMME, [csv_file(tmp_path, PROGRAMME, "3909;05.11.2024;kollektiv  beskyttelse;82\n")], TODAY
    )
    rows = [["3909", datetime(2024, 11, 5, tzinfo=UTC).replace(tzinfo=None), "Kollektiv beskyttelse", 82]]
    book = read_template(PROGRAMME, [xlsx_file(tmp_path, PROGRAMME, rows)], TODAY)
    expected = {
        "municipality_code": "3909",
        "as_of_date": date(2024, 11, 5),
        "protection_status": "collective_protection",
        "participant_persons": 82,
    }
    assert text.drop_columns("source_row").to_pylist() == [expected]
    assert book.drop_columns("source_row").to_pylist() == [expected]
    assert text["source_row"].to_pylist() == [3]
    assert book["source_row"].to_pylist() == [2]


def test_norwegian_notation_is_read(tmp_path: Path) -> None:
    rows = "3909;2024;Integreringstilskudd år 2-5;1 944 000\n3909;2024;Annet;0\n"
    table = read_template(GRANTS, [csv_file(tmp_path, GRANTS, rows, "cp1252")], TODAY)
    assert table["amount_nok"].to_pylist() == [1_944_000, 0]
    assert table["grant_type"].to_pylist() == ["integration_grant_year_2_5", "other"]


def test_plan_may_leave_month_and_age_open(tmp_path: Path) -> None:
    rows = "3909;vedtak_40;2027;;Enslig mindreårig;16;4\n3909;vedtak_40;2027;5;Enslig voksen;;36\n"
    table = read_template(PLAN, [csv_file(tmp_path, PLAN, rows)], TODAY)
    assert table["month"].to_pylist() == [None, 5]
    assert table["age"].to_pylist() == [16, None]


WRONG_CELLS = {
    "three digits": ("301;2024;3;Enslig voksen;12", "Celle A3 («Kommunenummer»): har «301». Kommunenummer har fire"),
    "no such municipality": ("3999;2024;3;Enslig voksen;12", "Celle A3 («Kommunenummer»): har 3999, som ikke er et"),
    "year to come": (
        "3909;2031;3;Enslig voksen;12",
        "Celle B3 («År»): har årstallet 2031. Skriv et år fra 2000 til 2026.",
    ),
    "thirteenth month": ("3909;2024;13;Enslig voksen;12", "Celle C3 («Måned»): har 13. Skriv måneden som et tall"),
    "unknown category": ("3909;2024;3;Flyktning;12", "Celle D3 («Kategori»): har «Flyktning», som ikke er i listen."),
    "number as word": ("3909;2024;3;Enslig voksen;tolv", "Celle E3 («Antall»): har «tolv». Skriv et helt antall."),
    "negative": ("3909;2024;3;Enslig voksen;-2", "Celle E3 («Antall»): har -2. Tallet kan ikke være negativt."),
    "decimals": (
        "3909;2024;3;Enslig voksen;12,5",
        "Celle E3 («Antall»): har 12,5. Skriv et helt antall, uten desimaler",
    ),
    "empty": ("3909;2024;3;Enslig voksen;", "Celle E3 («Antall»): er tom. Fyll inn helt tall."),
    "formula": ("3909;2024;3;Enslig voksen;=SUM(A1)", "Celle E3 («Antall»): har en formel. Skriv selve verdien."),
    "too many": ("3909;2024;3;Enslig voksen;250000", "Celle E3 («Antall»): har 250000 personer, som er mer enn det"),
    "outside the columns": ("3909;2024;3;Enslig voksen;12;merknad", "Celle F3: står utenfor kolonnene i malen."),
}


@pytest.mark.parametrize("name", WRONG_CELLS)
def test_wrong_cell_is_named_in_norwegian(name: str, tmp_path: Path) -> None:
    row, message = WRONG_CELLS[name]
    found = problems(tmp_path, SETTLED, row + "\n")
    assert len(found) == 1
    assert found[0].startswith(message)


def test_a_template_wrong_in_ten_ways_gets_ten_messages_and_changes_nothing(tmp_path: Path) -> None:
    rows = "\n".join(row for row, _ in list(WRONG_CELLS.values())[:10])
    document = csv_file(tmp_path, SETTLED, rows + "\n" + GOOD)
    landing = Landing(tmp_path / "landing")
    blob = Blob(sha256=landing.put_file(document.path), bytes=document.path.stat().st_size, name=document.name)
    arrival = Arrival([blob], FORM, datetime(2026, 11, 22, 12, tzinfo=UTC), "file date")
    with pytest.raises(TemplateError) as caught:
        take_in(landing, SETTLED, arrival)
    assert len(caught.value.problems) == 10
    assert "Det som alt er publisert, er ikke endret." in str(caught.value)
    assert landing.receipts("municipal_settled") == []


def test_repeated_row(tmp_path: Path) -> None:
    found = problems(tmp_path, SETTLED, GOOD + GOOD)
    assert found == ["Rad 4: har samme «Kommunenummer», «År», «Måned», «Kategori» som rad 3. Behold bare én av dem."]


def test_identity_number_is_refused_and_never_repeated(tmp_path: Path) -> None:
    synthetic = "01417012345"
    found = problems(tmp_path, SETTLED, f"3909;2024;3;{synthetic[:6]} {synthetic[6:]};12\n")
    assert "fødselsnummer" in found[0]
    assert synthetic[:6] not in found[0]


def test_use_must_equal_what_was_allotted(tmp_path: Path) -> None:
    rows = "3909;2024;Tildelt NAV;1000\n3909;2024;Bolig;600\n3909;2024;Overført til neste år;300\n"
    assert problems(tmp_path, NAV, rows) == ["For 3909 2024 er «Tildelt NAV» 1000 kroner, men bruken er 900 kroner."]
    assert problems(tmp_path, NAV, "3909;2024;Bolig;600\n") == ["For 3909 2024 mangler raden «Tildelt NAV»."]
    right = read_template(NAV, [csv_file(tmp_path, NAV, rows + "3909;2024;Tolk;100\n")], TODAY)
    assert right.num_rows == 4


def test_date_to_come_and_date_that_is_none(tmp_path: Path) -> None:
    assert "kan ikke være fram i tid" in problems(tmp_path, PROGRAMME, "3909;23.11.2026;Ordinær;52\n")[0]
    assert "ikke er en dato" in problems(tmp_path, PROGRAMME, "3909;31.02.2024;Ordinær;52\n")[0]
    assert "dag.måned.år" in problems(tmp_path, PROGRAMME, "3909;5.11;Ordinær;52\n")[0]


def test_columns_missing_unknown_and_with_commas(tmp_path: Path) -> None:
    path = tmp_path / "bosatte_per_maaned.csv"
    path.write_text("Kommunenummer;År;Måned;Antal\n", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        read_template(SETTLED, [Document(path, path.name)], TODAY)
    assert caught.value.problems == [
        "Rad 1: kolonnen «Kategori» mangler.",
        "Rad 1: kolonnen «Antall» mangler.",
        "Celle D1: ukjent kolonne «Antal».",
    ]
    path.write_text("Kommunenummer,År,Måned,Kategori,Antall\n", encoding="utf-8")
    with pytest.raises(TemplateError, match="semikolon"):
        read_template(SETTLED, [Document(path, path.name)], TODAY)


def test_wrong_sheet_empty_template_and_other_content(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Arket «Bosatte» mangler"):
        read_template(SETTLED, [xlsx_file(tmp_path, SETTLED, [], "Ark1")], TODAY)
    with pytest.raises(TemplateError, match="ingen utfylte rader"):
        read_template(SETTLED, [csv_file(tmp_path, SETTLED, "")], TODAY)
    page = tmp_path / "bosatte_per_maaned.csv"
    page.write_text("<html><body>Logg inn</body></html>", encoding="utf-8")
    with pytest.raises(TemplateError, match="verken en Excel-fil"):
        read_template(SETTLED, [Document(page, page.name)], TODAY)


def test_recognised_by_name_whatever_it_holds(tmp_path: Path) -> None:
    (tmp_path / "Bosatte_per_maaned_2024.xlsx").write_bytes(b"<html>")
    (tmp_path / "bosatt_anmodede_2022.csv").write_bytes(b"")
    assert form_of(tmp_path / "Bosatte_per_maaned_2024.xlsx") == "municipal_template"
    assert form_of(tmp_path / "bosatt_anmodede_2022.csv") is None


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_renamed_template_is_known_by_its_headers(tmp_path: Path, suffix: str) -> None:
    template = next(
        path for path in sorted((PROJECT / "sources/municipal/templates").glob(f"*{suffix}")) if "bosatte" in path.name
    )
    renamed = tmp_path / f"fra Kari (2){suffix}"
    renamed.write_bytes(template.read_bytes())
    found = discover(tmp_path, load_specs()).candidates
    assert [(one.dataset_id, one.form) for one in found] == [("municipal_settled", "municipal_template")]


def test_committed_templates_are_those_the_specs_ask_for(tmp_path: Path) -> None:
    committed = Path(__file__).parents[3] / "sources/municipal/templates"
    written = write_templates(tmp_path)
    assert len(written) == 14
    for path in written:
        expected = hashlib.sha256(path.read_bytes()).hexdigest()
        assert hashlib.sha256((committed / path.name).read_bytes()).hexdigest() == expected, path.name


def test_an_empty_template_is_refused_not_read_as_nothing(tmp_path: Path) -> None:
    for path in write_templates(tmp_path):
        spec = next(s for s in load_specs().values() if s.source == "municipal" and s.upstream_id == path.stem)
        with pytest.raises(TemplateError, match="ingen utfylte rader"):
            read_template(spec, [Document(path, path.name)], TODAY)


@given(st.text(max_size=20))
def test_any_text_is_a_whole_number_or_refused(text: str) -> None:
    try:
        value = apply_rule("count", text, TODAY)
    except CellError:
        return
    assert isinstance(value, int)
    assert 0 <= value <= 20_000


def test_found_in_a_folder_of_extracts_with_any_header(tmp_path: Path) -> None:
    """The header of a template also fits the long form of another publisher; the name decides."""
    folder = tmp_path / "municipal"
    folder.mkdir()
    csv_file(folder, SETTLED, GOOD)
    (folder / "bosettingsplan_2027.csv").write_text(";".join(template_of(PLAN).headers) + "\n", encoding="utf-8")
    found = discover(tmp_path, load_specs())
    assert [(c.dataset_id, c.form) for c in found.candidates] == [
        ("municipal_settled", FORM),
        ("municipal_settlement_plan", FORM),
    ]
    assert found.unknown == []


DOCUMENT = "Prop. 1 S (2026–2027) AID;07.10.2026"
WHOLE_GRANT = [
    ("1", "Enslig voksen", 250_000),
    ("1", "Voksen eller barn i familie", 200_000),
    ("1", "Enslig mindreårig", 190_000),
    *[(str(n), "", amount) for n, amount in ((2, 260_000), (3, 180_000), (4, 90_000), (5, 75_000))],
]


def rates(rows: list[tuple[str, str, int]], grant: str = "Integreringstilskudd") -> str:
    return "".join(f"2027;{grant};{year};{category};{amount};{DOCUMENT}\n" for year, category, amount in rows)


def test_a_filled_rates_template_is_read(tmp_path: Path) -> None:
    special = rates([("", "Til og med 16 år", 1_200_000), ("", "Fra 17 år", 760_000)], "Særskilt tilskudd")
    table = read_template(RATES, [csv_file(tmp_path, RATES, rates(WHOLE_GRANT) + special)], TODAY)
    assert table["amount_nok"].to_pylist() == [
        250_000,
        200_000,
        190_000,
        260_000,
        180_000,
        90_000,
        75_000,
        1_200_000,
        760_000,
    ]
    assert set(table["document_date"].to_pylist()) == {date(2026, 10, 7)}


def test_a_wrong_rates_template_names_its_cells(tmp_path: Path) -> None:
    labels = ", ".join(template_of(RATES).columns["grant_name"].labels)
    rows = f"2027;Integreringstilskudd;6;;120,5;x;07.10.2027\n27;Husleie;1;Enslig voksen;90;{DOCUMENT}\n"
    assert problems(tmp_path, RATES, rows) == [
        "Celle C3 («Tilskuddsår»): har 6. Tilskuddsår er 1 i bosettingsåret og høyst 5.",
        "Celle E3 («Kroner»): har 120,5. Skriv en sats i hele kroner, uten desimaler og uten punktum som tusenskille.",
        "Celle F3 («Kildedokument»): har «x». Skriv hvilket dokument satsen står i, med 5 til 120 tegn.",
        "Celle G3 («Dokumentets dato»): har datoen 07.10.2027. Datoen må være fra 2000 og kan ikke være fram i tid.",
        "Celle A4 («Satsår»): har årstallet 27. Skriv et år fra 2021 til 2060.",
        f"Celle B4 («Tilskudd»): har «Husleie», som ikke er i listen. Velg en av: {labels}.",
        "Celle E4 («Kroner»): har 90 kroner. En sats er fra 10000 til 2000000 kroner. Kontroller tallet.",
    ]


def test_half_a_rate_year_is_refused(tmp_path: Path) -> None:
    """With grant years 2 to 4 alone the forecast would pay nothing in years 1 and 5."""
    missing = problems(tmp_path, RATES, rates(WHOLE_GRANT[:6]))
    assert missing == ["For 2027 mangler «Integreringstilskudd» raden med Tilskuddsår 5, Kategori tom."]
    misplaced = problems(tmp_path, RATES, rates([("1", "Enslig voksen", 27_800)], "Barnehagetilskudd"))
    assert misplaced[0] == (
        "Celle C3–D3: passer ikke til «Barnehagetilskudd». Det skal være: Tilskuddsår tom, Kategori tom."
    )
