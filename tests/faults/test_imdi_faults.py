"""What the IMDi reader refuses, each fault caused on a small file: the error's kind, and that it names the place."""

from pathlib import Path

import pytest

from sources.dataset.spec import DatasetSpec, load_specs
from sources.errors import (
    ConflictingRowsError,
    EncodingError,
    LayoutError,
    NotOfKindError,
    SourceError,
    UnknownLabelError,
    ValueGrammarError,
)
from sources.imdi.body import form_of
from sources.imdi.reader import READERS
from sources.landing.observation import Reading
from sources.ports import Document

LONG = """Enhet;År;Kommunenummer;Kommune;Bosetting;Antall
Personer;2022;3805;Larvik (f.o.m. 2018);Anmodning om bosetting;175
Personer;2022;3805;Larvik (f.o.m. 2018);Faktisk bosetting;168
Prosent;2022;3805;Larvik (f.o.m. 2018);Faktisk bosetting;96
Personer;2022;301;Oslo;Faktisk bosetting;:
"""
WIDE = """Region;Navn;Botid i Norge: 0-4 år;Botid i Norge: Alle
;;"Verdensregion: EU/EFTA-land, Nord-Amerika, Australia og New Zealand";Verdensregion: Alle
;;Enhet: Personer;Enhet: Personer
;;År: 2021;År: 2021
K3805;Larvik (f.o.m. 2018);12;34
K709;;;:"""
CODED = '''"aar","fylke_nr","tilskudd_til_kommuner","enhet","tabellvariabel","tabell_navn","kommune_nr","bydel_nr"
"2011","00","totalt","kroner","4517229795","tilskudd","NULL","NULL"
"2011","NULL","totalt","kroner","-34356","tilskudd","0709","NULL"'''


@pytest.fixture
def read(tmp_path: Path):
    """Write bytes (or text, as ISO-8859-1) and read them as a table in a form."""

    def _read(body: str | bytes, table: str = "bosatt_anmodede", form: str = "imdi_long") -> Reading:
        path = tmp_path / f"{table}.csv"
        encoding = "utf-8" if form == "imdi_coded" else "latin-1"
        path.write_bytes(body.encode(encoding) if isinstance(body, str) else body)
        return READERS[form](load_specs()[f"imdi_{table}"], [Document(path, f"k/{table}.csv")])

    return _read


def test_the_small_files_are_read_when_nothing_is_wrong(read) -> None:
    long = read(LONG).table.to_pylist()
    assert [
        (r["source_row"], r["region_code"], r["measure"], r["unit"], r["value"], r["value_status"]) for r in long
    ] == [
        (2, "3805", "requested", "persons", 175, "ok"),
        (3, "3805", "settled", "persons", 168, "ok"),
        (4, "3805", "settled", "percent", 96, "ok"),
        (5, "0301", "settled", "persons", None, "suppressed"),
    ]
    wide = read(WIDE, "befolkning_botid", "imdi_wide")
    assert [(r["source_row"], r["source_column"], r["region_code"], r["value"]) for r in wide.table.to_pylist()] == [
        (5, 3, "3805", 12), (5, 4, "3805", 34), (6, 4, "0709", None),
    ]  # fmt: skip
    assert wide.notes == {"empty cells, combination not in the data": 1}
    coded = read(CODED, "tilskudd", "imdi_coded").table.to_pylist()
    assert [(r["region_level"], r["region_code"], r["value"]) for r in coded] == [
        ("country", "00", 4517229795), ("municipality", "0709", -34356),
    ]  # fmt: skip


def fails(read, kind: type[SourceError], body: str | bytes, *, says: list[str], **where: str) -> None:
    with pytest.raises(kind) as caught:
        read(body, **where)
    for text in (*says, "Next: "):
        assert text in str(caught.value), f"{text!r} not in {caught.value}"
    assert caught.value.expected and caught.value.found and caught.value.where and caught.value.next_step


def test_unknown_column(read) -> None:
    body = LONG.replace(";Bosetting;", ";Bosetting;Alder;", 1).replace(";Faktisk", ";20-29;Faktisk")
    fails(read, LayoutError, body, says=["unknown column 'Alder'", "k/bosatt_anmodede.csv"])


def test_missing_dimension_column(read) -> None:
    body = "\n".join(";".join(c for n, c in enumerate(line.split(";")) if n != 4) for line in LONG.split("\n"))
    fails(read, LayoutError, body, says=["no column 'Bosetting'"])


def test_fixed_column_renamed_is_known_and_refused(read) -> None:
    body = LONG.replace("Antall", "Verdi")
    assert form_of(body.encode("latin-1")) == "imdi_long"
    fails(read, LayoutError, body, says=["Antall", "line 1"])


def test_column_twice(read) -> None:
    body = LONG.replace("Bosetting;Antall", "Bosetting;Bosetting", 1)
    fails(read, LayoutError, body, says=["column 'Bosetting' twice"])


def test_alias_and_order_of_columns_are_harmless(read) -> None:
    """The header of 2024, its columns in another order and with CRLF."""
    rows = [line.split(";") for line in LONG.strip().split("\n")]
    rows[0][4] = "Anmodning, vedtak og faktisk bosetting"
    body = "\r\n".join(";".join(row[n] for n in (4, 2, 5, 1, 0, 3)) for row in rows) + "\r\n"
    assert read(body).table.to_pylist() == read(LONG).table.to_pylist()


def test_trailing_semicolons_are_an_unknown_column(read) -> None:
    fails(read, LayoutError, LONG.replace("\n", ";\n"), says=["unknown column ''"])


def test_unknown_label_in_a_closed_column(read) -> None:
    body = LONG.replace("2022;301;Oslo;Faktisk bosetting", "2022;301;Oslo;Planlagt bosetting")
    fails(read, UnknownLabelError, body, says=["'Planlagt bosetting'", "line 5", "'Bosetting'"])


def test_unknown_unit(read) -> None:
    fails(read, UnknownLabelError, LONG.replace("Prosent;", "Andel;"), says=["'Andel'", "line 4"])


def test_new_label_in_an_open_column_is_kept_and_reported(read) -> None:
    rows = "Personer;2026;39;Vestfold;Nye Øya;7\nPersoner;2026;0;;Polen;9\n"
    body = "Enhet;År;Fylkesnummer;Fylke;Landbakgrunn;Antall\n" + rows
    reading = read(body, "befolkning_opprinnelsesland")
    assert reading.table["country_background"].to_pylist() == ["nye_oya", "131"]
    assert reading.table["region_level"].to_pylist() == ["county", "country"]
    assert reading.table["region_code"].to_pylist() == ["39", "00"]
    assert reading.new_labels == {"country_background": ["Nye Øya"]}
    assert reading.notes["new labels in an open dimension"] == 1


def test_two_new_labels_that_would_share_a_code_are_refused(read) -> None:
    rows = "Personer;2026;39;Vestfold;Øya 1;7\nPersoner;2026;39;Vestfold;Øya-1;9\n"
    fails(read, UnknownLabelError, "Enhet;År;Fylkesnummer;Fylke;Landbakgrunn;Antall\n" + rows,
          table="befolkning_opprinnelsesland", says=["'Øya-1'", "line 3"])  # fmt: skip


@pytest.mark.parametrize("body", [LONG.encode(), b"\xef\xbb\xbf" + LONG.encode(), LONG.encode("utf-16")])
def test_other_encodings(read, body: bytes) -> None:
    fails(read, EncodingError, body, says=["ISO-8859-1", "as it was downloaded"])


@pytest.mark.parametrize("fill", [0, 70_000], ids=["in the head", "behind the head"])
def test_coded_form_in_another_encoding(read, fill: int) -> None:
    rows = '\n"2011","00","totalt","kroner","1","tilskudd","NULL","NULL"' * (fill // 50)
    body = (CODED.split("\n")[0] + rows + '\n"2011","00","før","kroner","1","tilskudd","NULL","NULL"').encode("latin-1")
    fails(read, EncodingError, body, table="tilskudd", form="imdi_coded", says=["expected UTF-8"])


def test_utf8_file_is_still_known_as_the_long_form() -> None:
    assert form_of(b"\xef\xbb\xbf" + LONG.encode()) == "imdi_long"
    assert form_of(LONG.encode()) == "imdi_long"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!DOCTYPE html><html><head><title>404</title></head></html>", "HTML"),
        (b"\n  <html>IMDi</html>", "HTML"),
        (b'{"Message":"An error has occurred."}', "JSON"),
        (b"[]", "JSON"),
        (b"", "empty body"),
        (b" \n\n", "empty body"),
    ],
)
@pytest.mark.parametrize("form", ["imdi_long", "imdi_wide", "imdi_coded"])
def test_error_pages_and_empty_bodies(read, body: bytes, found: str, form: str) -> None:
    fails(read, NotOfKindError, body, form=form, says=[found])
    assert form_of(body) is None


def test_body_cut_inside_a_line(read) -> None:
    fails(read, NotOfKindError, LONG[:-12], says=["line 5"])


def test_body_cut_inside_a_number(read) -> None:
    fails(read, NotOfKindError, LONG[:-1], says=["line end"])


def test_body_cut_after_the_header(read) -> None:
    fails(read, NotOfKindError, LONG.split("\n")[0] + "\n", says=["no rows"])


def test_every_cut_of_a_long_file_is_seen_unless_it_falls_on_a_line_end(read) -> None:
    body = LONG.encode("latin-1")
    for cut in range(len(body) - 1, 0, -7):
        if body[:cut].endswith(b"\n"):
            continue
        with pytest.raises(SourceError):
            read(body[:cut])


def test_wide_file_cut_inside_its_last_row(read) -> None:
    fails(read, NotOfKindError, WIDE[:-2], table="befolkning_botid", form="imdi_wide", says=["line 6"])


def test_coded_file_cut_inside_its_last_row(read) -> None:
    fails(read, NotOfKindError, CODED[:-12], table="tilskudd", form="imdi_coded", says=["tilskudd.csv"])


def test_line_with_too_many_fields(read) -> None:
    body = LONG.replace("Oslo;", "Oslo;Oslo;")
    fails(read, LayoutError, body + "Personer;2022;302;;Faktisk bosetting;7\n", says=["line 5", "6 columns"])


def test_the_line_of_a_fault_is_right_far_into_a_file(read) -> None:
    header, rows = LONG.split("\n", 1)
    many = "".join(rows.replace("2022", str(1950 + n % 70)).replace("3805", f"{n:04}") for n in range(9000))
    assert len(many) > 1 << 20, "more than one block of the CSV reader"
    body = header + "\n" + many
    fails(read, LayoutError, body + "Personer;2022;302;Kort linje\n" + rows, says=["line 36002", "Kort linje"])
    fails(read, ValueGrammarError, body + rows.replace(";168\n", ";x\n"), says=["line 36003"])


@pytest.mark.parametrize(
    "cell",
    ["1e5", "1 234", "1\u00a0234", "1.234,5", "..", "-", "*", "avventer vedtak", "<5", "12%", "-0", "0x10", "+7"],
)
def test_cells_outside_the_grammar(read, cell: str) -> None:
    fails(read, ValueGrammarError, LONG.replace(";168\n", f";{cell}\n"), says=[repr(cell), "line 3"])


def test_a_count_with_decimals_or_below_zero_is_refused(read) -> None:
    fails(read, ValueGrammarError, LONG.replace(";168\n", ";1.234\n"), says=["whole number", "line 3"])
    fails(read, ValueGrammarError, LONG.replace(";168\n", ";-3\n"), says=["below zero", "line 3"])


def test_net_migration_may_be_below_zero(read) -> None:
    body = (
        "Enhet;År;Fylkesnummer;Fylke;Flyttinger;Bakgrunn;Antall\n"
        "Personer;2024;39;Vestfold;Nettoinnflytting;Innvandrere;-31\n"
    )
    assert read(body, "befolkning_flytting").table["value"].to_pylist() == [-31]


def test_hidden_with_blanks_and_decimal_comma(read) -> None:
    reading = read(LONG.replace(";168\n", ";: \n").replace(";96\n", ";19,42857143\n"))
    assert reading.table["value_status"].to_pylist() == ["ok", "suppressed", "ok", "suppressed"]
    assert reading.table["value"].to_pylist() == [175, None, 19.42857143, None]


def test_equal_rows_are_dropped_and_counted(read) -> None:
    again = "Personer;2022;3805;;Faktisk bosetting;168\n"
    reading = read(LONG + again + "Personer;2022;0301;;Faktisk bosetting;:\n")
    assert reading.table.num_rows == 4
    assert reading.notes["exact duplicate rows dropped"] == 2


def test_unequal_rows_of_one_cell_are_refused(read) -> None:
    fails(read, ConflictingRowsError, LONG + "Personer;2022;3805;;Faktisk bosetting;169\n", says=["3805", "line 6"])
    fails(read, ConflictingRowsError, LONG + "Personer;2022;301;;Faktisk bosetting;3\n", says=["0301", "line 6"])


def test_a_figure_under_a_code_of_other_years_is_kept_and_counted(read) -> None:
    """Larvik was 3805 from 2020 to 2023: listed again for 2024 beside 3909, it would be counted twice."""
    rows = "Personer;2024;3805;;Faktisk bosetting;41\nPersoner;2024;3909;;Faktisk bosetting;42\n"
    reading = read(LONG + rows + "Personer;2024;0712;;Faktisk bosetting;.\nPersoner;2024;9999;;Faktisk bosetting;7\n")
    assert reading.table.num_rows == 8
    assert reading.notes == {"figures under a municipality code that was not in force that year": 1}


@pytest.mark.parametrize("number", ["", "Larvik", "38055", "38O5", "K3805"])
def test_region_numbers_are_never_guessed(read, number: str) -> None:
    fails(read, LayoutError, LONG.replace(";301;", f";{number};"), says=["region number", "line 5"])


@pytest.mark.parametrize("year", ["22", "2022/23", "", "20222"])
def test_years(read, year: str) -> None:
    fails(read, LayoutError, LONG.replace("2022;301", f"{year};301"), says=["year", "line 5"])


def test_figures_of_several_years_are_left_out_and_counted(read) -> None:
    body = (
        "Enhet;År;Fylkesnummer;Fylke;Bakgrunn;Kjønn;Antall\n"
        "Prosent;2013;7;Vestfold;Innvandrere;Alle;50.1\nProsent;2011_2013;7;Vestfold;Innvandrere;Alle;49.0\n"
    )
    reading = read(body, "videregaende_fullfort")
    assert reading.table["value"].to_pylist() == [50.1]
    assert reading.notes["cells left out, figure of several years"] == 1


def test_wide_layout_faults(read) -> None:
    where = {"table": "befolkning_botid", "form": "imdi_wide"}
    fails(read, LayoutError, WIDE.replace("K3805", "Larvik"), **where, says=["header rows", "line 5"])
    fails(read, LayoutError, WIDE.replace("K709", "709"), **where, says=["region key", "'709'", "line 6"])
    fails(read, LayoutError, WIDE.replace(";;År: 2021;År: 2021\n", ""), **where, says=["År"])
    fails(read, LayoutError, WIDE.replace("Verdensregion: Alle", "Kjønn: Alle"), **where, says=["one title", "line 2"])
    fails(read, LayoutError, WIDE.replace("Botid i Norge", "Botid"), **where, says=["unknown column 'Botid'"])
    fails(read, UnknownLabelError, WIDE.replace("0-4 år", "0-3 år"), **where, says=["'0-3 år'", "line 5 column 3"])
    fails(read, ValueGrammarError, WIDE.replace(";34\n", ";3 4\n"), **where, says=["'3 4'", "line 5 column 4"])
    fails(read, NotOfKindError, WIDE.split("K3805")[0], **where, says=["no region"])


def test_wide_column_without_a_label_is_kept_apart(read) -> None:
    reading = read(WIDE.replace("0-4 år", "undefined"), "befolkning_botid", "imdi_wide")
    assert reading.table["length_of_residence"].to_pylist() == ["unlabelled", "all", "all"]


def test_coded_layout_faults(read) -> None:
    where = {"table": "tilskudd", "form": "imdi_coded"}
    fails(
        read,
        LayoutError,
        CODED.replace('"tilskudd","0709"', '"sosialhjelp","0709"'),
        **where,
        says=["sosialhjelp", "line 3"],
    )
    fails(read, LayoutError, CODED.replace('"00"', '"NULL"'), **where, says=["one region number", "line 2"])
    fails(read, LayoutError, CODED.replace('"NULL","totalt"', '"07","totalt"'), **where, says=["found 2", "line 3"])
    fails(read, LayoutError, CODED.replace("tabellvariabel", "verdi"), **where, says=["tabellvariabel"])


def test_unknown_code_in_an_open_column_of_the_coded_form_is_reported(read) -> None:
    reading = read(CODED.replace('"totalt","kroner","-', '"nytt_tilsk","kroner","-'), "tilskudd", "imdi_coded")
    assert reading.new_labels == {"category": ["nytt_tilsk"]}


def test_two_levels_of_one_release_are_joined(tmp_path: Path) -> None:
    spec: DatasetSpec = load_specs()["imdi_bosatt_anmodede"]
    municipalities, counties = tmp_path / "k.csv", tmp_path / "f.csv"
    municipalities.write_bytes(LONG.encode("latin-1"))
    counties.write_bytes(
        b"Enhet;\xc5r;Fylkesnummer;Fylke;Bosetting;Antall\nPersoner;2022;0;Hele landet;Faktisk bosetting;31253\n"
    )
    documents = [Document(municipalities, "k.csv"), Document(counties, "f.csv")]
    reading = READERS["imdi_long"](spec, documents)
    assert reading.table.num_rows == 5 and reading.levels == ["country", "municipality"]
    municipalities.write_bytes(LONG.replace(";168\n", ";169\n").encode("latin-1"))
    counties.write_bytes(LONG.encode("latin-1"))
    with pytest.raises(ConflictingRowsError):
        READERS["imdi_long"](spec, documents)
