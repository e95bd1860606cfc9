"""From SSB's JSON-stat bodies to observations: symbols, units, validity, parts.

Here: the reader on composed bodies. Not here: recorded ones (test_ssb_recorded.py), single terms (test_ssb_terms.py), the
format itself (test_jsonstat.py).
"""

from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.dataset.recognition import Specimen
from sources.dataset.registry import form_of
from sources.errors import LayoutError, UnknownLabelError, ValueGrammarError
from sources.klass.history import municipalities
from sources.landing.observation import Reading, drop_exact_duplicates
from sources.ssb import reader
from tests.support.ssb_bodies import body, documents, own_spec, rows, spec_of

ALL_YEARS = {"Region": ["3909"], "ContentsCode": ["N"], "Tid": ["2024"]}


def test_symbols_in_a_body_become_statuses_and_no_figure(tmp_path: Path) -> None:
    raw = body(
        {"Region": ["3909"], "ContentsCode": ["N"], "Tid": ["2024", "2025", "2026"]},
        [None, 0, None],
        {"0": ":", "1": "..", "2": "-"},
    )
    reading = reader.read(own_spec(), documents(tmp_path, raw))
    assert rows(reading.table, "value", "value_status") == [(None, "suppressed"), (None, "missing"), (None, "missing")]
    assert reading.notes["values beside a symbol not used"] == 1


def test_a_dash_is_zero_only_where_the_spec_says_so(tmp_path: Path) -> None:
    raw = body(ALL_YEARS, [None], {"0": "-"})
    options = {"reading": {"measure_units": {"n_persons": "persons"}, "dash_is_zero": True}}
    with_zero = reader.read(own_spec(options=options), documents(tmp_path, raw))
    without = reader.read(own_spec(), documents(tmp_path, raw))
    assert rows(with_zero.table, "value", "value_status") == [(0.0, "ok")]
    assert rows(without.table, "value", "value_status") == [(None, "missing")]


def test_a_preliminary_figure_is_a_figure(tmp_path: Path) -> None:
    reading = reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [7], {"0": "*"})))
    assert rows(reading.table, "value", "value_status") == [(7.0, "ok")]
    assert reading.notes["preliminary figures"] == 1


def test_an_unknown_symbol_holds_the_table(tmp_path: Path) -> None:
    with pytest.raises(ValueGrammarError, match="avventer"):
        reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [None], {"0": "avventer"})))


def test_zeros_and_dots_outside_the_codes_years_are_no_figures(tmp_path: Path) -> None:
    """The codes of Larvik with children in kindergarten (12272): each year keeps the codes in force."""
    codes = ["0709", "0728", "0712", "3805"]
    figures = {
        "0709": [2044.0, 1979.0, 0.0, 0.0],
        "0728": [120.0, 124.0, None, None],
        "0712": [0.0, 0.0, 2124.0, 0.0],
        "3805": [None, 0.0, 0.0, 2147.0],
    }
    values = [value for code in codes for value in figures[code]]
    dots = {str(n): "." for n, value in enumerate(values) if value is None}
    raw = body({"Region": codes, "ContentsCode": ["N"], "Tid": ["2015", "2017", "2018", "2021"]}, values, dots)
    reading = reader.read(own_spec(), documents(tmp_path, raw))
    kept = {
        (code, start.year): value for code, start, value in rows(reading.table, "region_code", "period_start", "value")
    }
    assert kept == {
        ("0709", 2015): 2044.0,
        ("0709", 2017): 1979.0,
        ("0728", 2015): 120.0,
        ("0728", 2017): 124.0,
        ("0712", 2018): 2124.0,
        ("3805", 2021): 2147.0,
    }
    assert reading.notes["zeros and dots outside the code's validity left out"] == 10


def test_a_true_zero_inside_the_codes_years_stays(tmp_path: Path) -> None:
    reading = reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [0])))
    assert rows(reading.table, "value", "value_status") == [(0.0, "ok")]


def test_the_code_history_can_be_given(tmp_path: Path) -> None:
    reading = reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [0])), lambda code, year: False)
    assert reading.table.num_rows == 0


def test_a_figure_outside_the_codes_years_is_kept_and_counted(tmp_path: Path) -> None:
    raw = body({"Region": ["3909", "K-3909"], "ContentsCode": ["N"], "Tid": ["2016"]}, [5, 6])
    reading = reader.read(own_spec(), documents(tmp_path, raw))
    assert reading.table.num_rows == 2
    assert reading.notes["figures outside the code's validity kept"] == 1


NO_AREAS = ["K-21-22", "K-23", "K-Rest", "F-21-22", "F-23", "F-Rest", "F-99"]


def test_what_is_no_area_in_a_joined_list_is_left_out_by_name(tmp_path: Path) -> None:
    raw = body({"Region": ["K-3909", *NO_AREAS], "ContentsCode": ["N"], "Tid": ["2016", "2017"]}, list(range(16)))
    reading = reader.read(own_spec(), documents(tmp_path, raw))
    assert set(rows(reading.table, "region_code", "geography")) == {("3909", "today")}
    assert reading.notes == {f"cells of no area of their own left out: {code}": 2 for code in NO_AREAS}
    assert not reading.new_labels


def test_a_joined_code_and_one_of_the_year_are_two_cells(tmp_path: Path) -> None:
    """5001 was Trondheim alone in 2018, K-5001 is Trondheim of today: two figures, and no conflict."""
    raw = body({"Region": ["5001", "K-5001"], "ContentsCode": ["N"], "Tid": ["2018"]}, [100, 105])
    reading = drop_exact_duplicates(reader.read(own_spec(), documents(tmp_path, raw)), "x")
    assert rows(reading.table, "geography", "value") == [("own_year", 100.0), ("today", 105.0)]


@pytest.mark.parametrize("cut", [1, 2, 12])
def test_a_table_passes_or_stops_by_its_codes_not_by_how_it_was_cut(tmp_path: Path, cut: int) -> None:
    """One unknown code in twelve is left out and named, two stop the table: in one part, or each code in a part of its own."""
    known = [code for code, _ in municipalities(2024)[:11]]

    def read(codes: list[str]) -> Reading:
        parts = [codes[n::cut] for n in range(cut)]
        raws = [body({"Region": part, "ContentsCode": ["N"], "Tid": ["2024"]}, [1] * len(part)) for part in parts]
        return reader.read(own_spec(), documents(tmp_path, *raws))

    assert read([*known, "X-1"]).new_labels == {"region": ["X-1"]}
    with pytest.raises(UnknownLabelError, match="X-1"):
        read([*known[:10], "X-1", "X-2"])


def test_two_codes_of_one_thing_make_one_dictionary_entry(tmp_path: Path) -> None:
    """`0` and `EAK` are both the country: the same cell twice with the same value is one row, with another an error."""
    equal = body({"Region": ["0", "EAK"], "ContentsCode": ["N"], "Tid": ["2024"]}, [5, 5])
    reading = drop_exact_duplicates(reader.read(own_spec(), documents(tmp_path, equal)), "x")
    assert reading.table.num_rows == 1


def test_parts_are_joined_in_order_and_each_cell_knows_its_place(tmp_path: Path) -> None:
    first = body({"Region": ["0"], "ContentsCode": ["N"], "Tid": ["2023", "2024"]}, [1, 2])
    second = body({"Region": ["3909"], "ContentsCode": ["N"], "Tid": ["2024"]}, [3])
    files = documents(tmp_path, first, second)
    reading = reader.read(own_spec(), files)
    assert rows(reading.table, "source_row", "source_column", "region_code", "value") == [
        (1, 1, "00", 1.0),
        (2, 1, "00", 2.0),
        (1, 2, "3909", 3.0),
    ]
    (said,) = reader.raw_cells(own_spec(), files, [(1, 2)])
    assert said.startswith("part2.json value[0] = 3.0, status none")
    assert "Region=3909" in said


def test_parts_of_two_releases_are_not_joined(tmp_path: Path) -> None:
    first = body(ALL_YEARS, [1])
    second = body({**ALL_YEARS, "Region": ["3911"]}, [1], updated="2026-06-16T06:00:00Z")
    with pytest.raises(LayoutError, match="one release"):
        reader.read(own_spec(), documents(tmp_path, first, second))


def test_a_changed_unit_is_another_series(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="unit persons for n_persons; found percent"):
        reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [1], unit="prosent")))
    with pytest.raises(LayoutError, match="found thousand_persons"):
        reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [1], unit="1000 personer")))
    with pytest.raises(UnknownLabelError, match="'1000 tonn'"):
        reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [1], unit="1000 tonn")))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"Bydel": ["1"]}, LayoutError, "also 'Bydel'"),
        ({"ContentsCode": ["M"]}, UnknownLabelError, "'M'"),
        ({"Kjonn": ["7"]}, UnknownLabelError, "a known category of Kjonn"),
        ({"Region": ["39x"]}, UnknownLabelError, "'39x'"),
        ({"Tid": ["2024M01"]}, LayoutError, "periods of kind year; found month"),
    ],
)
def test_what_the_spec_does_not_know_is_named(
    tmp_path: Path, change: dict[str, list[str]], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        reader.read(own_spec(), documents(tmp_path, body({**ALL_YEARS, **change}, [1])))


def test_a_variable_that_is_left_out_is_its_total_only_where_the_spec_lets_it(tmp_path: Path) -> None:
    optional = reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [1])))
    assert optional.table["sex"].to_pylist() == ["all"]
    columns: list[dict[str, Any]] = [c.model_dump() for c in own_spec().columns]
    columns[2]["optional"] = False
    with pytest.raises(LayoutError, match="the variables Kjonn"):
        reader.read(own_spec(columns=columns), documents(tmp_path, body(ALL_YEARS, [1])))


def test_a_new_kind_of_area_is_left_out_and_reported(tmp_path: Path) -> None:
    """One code of a form nobody has seen among the 357 municipalities does not stop the table."""
    codes = [code for code, _ in municipalities(2024)]
    raw = body({"Region": [*codes, "NY-01"], "ContentsCode": ["N"], "Tid": ["2024"]}, [1] * 358)
    reading = reader.read(own_spec(), documents(tmp_path, raw))
    assert reading.table.num_rows == 357
    assert reading.new_labels == {"region": ["NY-01"]}


@pytest.mark.parametrize(("label", "reads"), [("antall", True), ("Personer", True), ("antall personer", False)])
def test_unit_words_of_ssb(tmp_path: Path, label: str, reads: bool) -> None:
    files = documents(tmp_path, body(ALL_YEARS, [1], unit=label))
    if reads:
        assert reader.read(own_spec(), files).table["unit"].to_pylist() == ["persons"]
    else:
        with pytest.raises(UnknownLabelError, match="antall personer"):
            reader.read(own_spec(), files)


def test_a_body_of_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="table 99999; found table 12345"):
        reader.read(own_spec(), documents(tmp_path, body(ALL_YEARS, [1], table="12345")))


def test_functions_and_types_of_the_municipal_accounts(tmp_path: Path) -> None:
    """12367: two variables make up the measure, the function is a category, one scope is asked for."""
    categories = {
        "KOKkommuneregion0000": ["3909", "EAK", "EAKUO", "EKG07"],
        "KOKregnskapsomfa0000": ["A"],
        "KOKfunksjon0000": ["275", "281"],
        "KOKart0000": ["AGD10", "AGD2"],
        "ContentsCode": ["KOSbelop0000"],
        "Tid": ["2024"],
    }
    raw = body(categories, [float(n) for n in range(16)], table="12367", unit="1000 kr")
    reading = reader.read(spec_of("ssb/12367"), documents(tmp_path, raw))
    found = rows(reading.table, "region_code", "region_level", "measure", "unit", "category", "value")
    assert len(found) == 12
    assert found[0] == (
        "3909",
        "municipality",
        "gross_operating_expenditure_thousand_nok",
        "thousand_nok",
        "function_275_introduction_scheme",
        0.0,
    )
    assert ("EKG07", "kostra_group") in {row[:2] for row in found}


def test_contents_no_source_has_shown_come_under_ssbs_own_codes(tmp_path: Path) -> None:
    categories = {"KOKkommuneregion0000": ["3909"], "ContentsCode": ["KOSny0000"], "Tid": ["2024"]}
    reading = reader.read(
        spec_of("ssb/12255"), documents(tmp_path, body(categories, [4], table="12255", unit="prosent"))
    )
    assert rows(reading.table, "measure", "unit", "value") == [("kosny0000", "percent", 4.0)]
    assert reading.new_labels == {"ContentsCode": ["KOSny0000 KOSny0000 tekst"]}
    odd = body(categories, [4], table="12255", unit="kroner per elev")
    with pytest.raises(UnknownLabelError, match="'kroner per elev'"):
        reader.read(spec_of("ssb/12255"), documents(tmp_path, odd))


def test_an_interval_stands_under_its_last_year(tmp_path: Path) -> None:
    categories = {
        "Region": ["39"],
        "FullforingVGO": ["1a"],
        "UtdProgram": ["00"],
        "Kjonn": ["0"],
        "ContentsCode": ["Prosent"],
        "Tid": ["2018-2024", "2019-2025"],
    }
    raw = body(categories, [61.5, 62.5], table="14883", unit="prosent")
    reading = reader.read(spec_of("ssb/14883"), documents(tmp_path, raw))
    found = rows(reading.table, "period_start", "measure", "immigrant_category", "value")
    assert found[1] == (date(2025, 1, 1), "upper_secondary_completed_on_time_pct", "immigrants", 62.5)
    assert reading.notes["intervals kept under their last year"] == 2


def test_country_of_background_keeps_ssbs_three_digits(tmp_path: Path) -> None:
    categories = {
        "Region": ["3909"],
        "InnvandrKat": ["B"],
        "Landbakgrunn": ["999", "132", "816"],
        "ContentsCode": ["Personer1"],
        "Tid": ["2024"],
    }
    reading = reader.read(spec_of("ssb/09817"), documents(tmp_path, body(categories, [6000, 900, 700], table="09817")))
    assert rows(reading.table, "country_background", "value") == [("all", 6000.0), ("132", 900.0), ("816", 700.0)]


def test_the_form_and_the_table_are_known_from_the_bytes(extracts: Path, tmp_path: Path) -> None:
    path = extracts / "upstream/ssb/v2_data_05803_no_with_status.json"
    sighting = reader.recognise(Specimen(path))
    assert sighting and (sighting.form, sighting.table) == ("ssb_jsonstat2", "05803")
    other = tmp_path / "v1_error.json"
    other.write_text('{"error": "Parameter error"}', encoding="utf-8")
    assert form_of(other) is None
    assert form_of(extracts / "upstream/ssb/v2_tables_no_page1.json") is None


@st.composite
def bodies(draw: st.DrawFn) -> tuple[dict[str, Any], set[tuple[str, int]]]:
    """A body of municipalities, sexes and years in any order, and the (code, year) pairs that were in force."""
    codes = draw(
        st.lists(st.sampled_from(["0709", "0728", "0712", "3805", "3909", "0", "39"]), min_size=1, unique=True)
    )
    years = draw(st.lists(st.sampled_from(["2015", "2018", "2021", "2024"]), min_size=1, unique=True))
    sexes = draw(st.lists(st.sampled_from(["0", "1"]), min_size=1, unique=True))
    order = draw(st.permutations(["Region", "Kjonn", "ContentsCode", "Tid"]))
    categories = {"Region": codes, "Kjonn": sexes, "ContentsCode": ["N"], "Tid": years}
    cells = len(codes) * len(years) * len(sexes)
    values = draw(st.lists(st.none() | st.integers(0, 3), min_size=cells, max_size=cells))
    symbols = draw(st.lists(st.sampled_from([None, ".", "..", ":", "*"]), min_size=cells, max_size=cells))
    status = {str(n): symbol for n, symbol in enumerate(symbols) if symbol}
    valid = draw(st.sets(st.tuples(st.sampled_from(codes), st.sampled_from([int(year) for year in years]))))
    return body({name: categories[name] for name in order}, list(values), status), valid


@settings(max_examples=60, deadline=None)
@given(case=bodies())
def test_the_reader_equals_a_cell_by_cell_reading(case: tuple[dict[str, Any], set[tuple[str, int]]]) -> None:
    raw, valid = case
    with TemporaryDirectory() as folder:
        files = documents(Path(folder), raw)
        reading = reader.read(own_spec(), files, lambda code, year: (code, year) in valid)
    names = ("source_row", "region_code", "period_start", "sex", "value", "value_status")
    expected = []
    axes = [list(raw["dimension"][name]["category"]["index"]) for name in raw["id"]]
    statuses = {".": "not_applicable", "..": "missing", ":": "suppressed", "*": "ok"}
    for number, combination in enumerate(product(*axes)):
        at = dict(zip(raw["id"], combination, strict=True))
        code, year, value = at["Region"], int(at["Tid"]), raw["value"][number]
        status = statuses.get(raw.get("status", {}).get(str(number)), "ok")
        if len(code) == 4 and (code, year) not in valid and not value:
            continue
        status = "missing" if status == "ok" and value is None else status
        sex = {"0": "all", "1": "male"}[at["Kjonn"]]
        figure = float(value) if status == "ok" else None
        expected.append((number + 1, {"0": "00"}.get(code, code), date(year, 1, 1), sex, figure, status))
    assert rows(reading.table, *names) == expected
