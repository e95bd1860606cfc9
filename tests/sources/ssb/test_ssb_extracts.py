"""Tables downloaded at ssb.no, as people keep them: every real one at hand, with the figures a person reads in it.

Here: real xlsx and csv extracts. Not here: composed workbooks (test_ssb_website.py).
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sources.dataset.recognition import Specimen
from sources.dataset.registry import form_of
from sources.dataset.spec import DatasetSpec
from sources.errors import SourceError, UnknownLabelError, ValueGrammarError
from sources.landing.observation import OBSERVATION_SCHEMA, Reading, drop_exact_duplicates
from sources.ports import Document
from sources.ssb import harmonised, reader, website
from tests.support.ssb_bodies import own_spec, rows, spec_of


def read(extracts: Path, name: str, spec: DatasetSpec) -> Reading:
    path = extracts / "upstream" / "ssb" / name
    form = form_of(path)
    assert form is not None
    reading = reader.READERS[form](spec, [Document(path, name)])
    assert reading.table.schema == OBSERVATION_SCHEMA
    return drop_exact_duplicates(reading, name)


def figure(reading: Reading, region: str, year: int, **wanted: str) -> float | None:
    """The one value of a region, a year and the named columns."""
    names = ("region_code", "period_start", *wanted, "value")
    found = [
        r[-1] for r in rows(reading.table, *names) if (r[0], r[1].year, *r[2:-1]) == (region, year, *wanted.values())
    ]
    assert len(found) == 1, (region, year, wanted, found)
    return found[0]


def test_children_in_kindergarten_12272(extracts: Path) -> None:
    """Two sheets, sums of the owner to the right and below, zeros for codes that were not in force."""
    reading = read(extracts, "xlsx_12272_minority_kindergarten_2015_2021.xlsx", spec_of("ssb/12272"))
    children, minority = "kindergarten_children", "kindergarten_minority_language_children"
    assert figure(reading, "3805", 2021, measure=children) == 2147
    assert figure(reading, "3805", 2021, measure=minority) == 370
    assert figure(reading, "0709", 2017, measure=children) == 1979
    assert figure(reading, "0728", 2017, measure=children) == 124
    assert figure(reading, "0709", 2017, measure=minority) == 325
    assert figure(reading, "0728", 2017, measure=minority) == 8
    larvik = {
        (c, s.year) for c, s in rows(reading.table, "region_code", "period_start") if c in ("0709", "0712", "3805")
    }
    assert larvik == {("0709", y) for y in (2015, 2016, 2017)} | {("0712", y) for y in (2018, 2019)} | {
        ("3805", y) for y in (2020, 2021)
    }
    county = [
        value
        for code, start, measure, value in rows(reading.table, "region_code", "period_start", "measure", "value")
        if start.year == 2021 and measure == children and code in ("3801", "3802", "3803", "3804", "3805", "3811")
    ]
    assert sum(county) == 11_616
    assert figure(reading, "3806", 2021, measure=children) == 1714
    assert "zeros and dots outside the code's validity left out" in reading.notes


def test_labour_status_13563(extracts: Path) -> None:
    """Nine tables in nine sheets, some side by side, some with areas across; the same cell in several of them once."""
    reading = read(extracts, "xlsx_13563_neet_by_immigrant_category_2021.xlsx", spec_of("ssb/13563"))
    young = {"age_group": "age_15_29"}
    outside = {"category": "outside_work_education_measures"}
    everyone, immigrants = {"immigrant_category": "all"}, {"immigrant_category": "immigrants"}
    assert figure(reading, "3805", 2021, **young, category="all", **everyone) == 7603
    assert figure(reading, "3805", 2021, **young, **outside, **everyone) == 859
    assert figure(reading, "3805", 2021, **young, category="all", **immigrants) == 1044
    assert figure(reading, "3805", 2021, **young, **outside, **immigrants) == 229
    assert figure(reading, "3805", 2021, age_group="age_30_61", **outside, **immigrants) == 998
    assert figure(reading, "00", 2021, **young, **outside, **immigrants) == 32_058
    assert figure(reading, "38", 2021, **young, **outside, **everyone) == 8114
    assert figure(reading, "3805", 2021, age_group="all", **outside, **immigrants) == 1763
    assert reading.updated_at == datetime(2022, 12, 19, 7, tzinfo=UTC)
    assert reading.notes["exact duplicate rows dropped"] > 0


def test_education_level_09429(extracts: Path) -> None:
    """Shares of the owner to the right, sums below, women stacked under men with a header of their own."""
    reading = read(extracts, "xlsx_09429_education_level_2022.xlsx", spec_of("ssb/09429"))
    larvik = {level: figure(reading, "3805", 2022, sex="all", education_level=level) for level in ("all", "primary")}
    assert larvik == {"all": 40_153, "primary": 10_381}
    assert figure(reading, "3805", 2022, sex="all", education_level="vocational_college") == 1387
    assert figure(reading, "00", 2022, sex="all", education_level="all") == 4_494_653
    men = figure(reading, "3805", 2022, sex="male", education_level="all")
    women = figure(reading, "3805", 2022, sex="female", education_level="all")
    assert (men, women) == (19_989, 40_153 - 19_989)


def test_employed_share_06445(extracts: Path) -> None:
    """Three columns of the owner between the labels and the figures."""
    reading = read(extracts, "xlsx_06445_employed_share.xlsx", spec_of("ssb/06445"))
    assert figure(reading, "3805", 2022, age_group="age_15_74") == 64.2
    assert reading.table.num_rows == 23


def test_kindergarten_key_figures_13502(extracts: Path) -> None:
    """Year and caption in the label column, the owner's statistics between, the country under a label row."""
    reading = read(extracts, "xlsx_13502_kindergarten_key_figures_2021.xlsx", spec_of("ssb/13502"))
    assert figure(reading, "3805", 2021, measure="kindergarten_1_5_pct") == 92.9
    assert figure(reading, "00", 2021, measure="kindergarten_3_5_pct") == 97.4
    assert figure(reading, "3818", 2021, measure="kindergarten_1_5_pct") == 100.6
    assert reading.table.num_rows == 2 * (6 + 17 + 1)


def test_former_participants_10824(extracts: Path) -> None:
    reading = read(extracts, "xlsx_10824_former_intro_participants_2021.xlsx", spec_of("ssb/10824"))
    assert figure(reading, "38", 2021, measure="former_participants_one_year_after_pct") == 55
    assert reading.table.num_rows == 11
    assert reading.updated_at == datetime(2023, 1, 25, 7, tzinfo=UTC)


def test_commuting_11616_csv(extracts: Path) -> None:
    reading = read(extracts, "csv_11616_vestfold_telemark_2021.csv", spec_of("ssb/11616"))
    assert figure(reading, "3805", 2021, measure="employed_residents_persons") == 22_538
    assert figure(reading, "3805", 2021, measure="commuters_out_persons") == 8005
    assert reading.table.num_rows == 23 * 4


def culture() -> DatasetSpec:
    """A spec for the one extract at hand that no dataset of the product uses."""
    columns = [
        {"name": "KOKkommuneregion0000", "role": "ignore", "aliases": ["region"]},
        {"name": "Tid", "role": "ignore", "aliases": ["år"]},
        {
            "name": "ContentsCode",
            "aliases": ["statistikkvariabel"],
            "role": "measure",
            "codes": {"Barn 6-15 år i kommunens kulturskole (prosent)": "culture_school_pct"},
        },
    ]
    options = {"reading": {"measure_units": {"culture_school_pct": "percent"}}}
    return own_spec(upstream_id="13135", columns=columns, options=options)


def test_dots_outside_validity_13135(extracts: Path) -> None:
    """A KOSTRA share gives `.` outside a code's years; all that stays are figures of codes in force."""
    reading = read(extracts, "xlsx_13135_kostra_culture_key_figures.xlsx", culture())
    larvik = {
        (code, start.year)
        for code, start in rows(reading.table, "region_code", "period_start")
        if code in ("3805", "0712", "0709")
    }
    assert larvik == {("3805", 2020), ("0712", 2018), ("0712", 2019)} | {("0709", year) for year in (2015, 2016, 2017)}
    assert figure(reading, "3805", 2020, measure="culture_school_pct") == 20.6
    assert figure(reading, "0702", 2015, measure="culture_school_pct") == 0
    assert reading.updated_at == datetime(2021, 6, 15, 6, tzinfo=UTC)


def test_the_harmonised_population_of_another_project(extracts: Path) -> None:
    name = "derived_07459_population_2024_municipalities.csv"
    reading = read(extracts, name, spec_of("ssb/07459_harmonised"))
    figures = {s.year: v for c, s, v in rows(reading.table, "region_code", "period_start", "value") if c == "3909"}
    assert [figures[year] for year in (2023, 2024, 2025, 2026)] == [48_246, 48_715, 48_870, 49_022]
    assert reading.table.num_rows == 14_637


def seen(path: Path) -> tuple[str | None, str | None] | None:
    sighting = reader.recognise(Specimen(path))
    return sighting and (sighting.form, sighting.table)


def test_every_extract_at_hand_is_recognised(shared: Path) -> None:
    folder = shared / "upstream" / "ssb"
    found = {path.name: seen(path) for path in folder.glob("*") if path.name.startswith(("xlsx_", "csv_"))}
    assert len(found) == 8
    for name, (form, table) in found.items():
        assert form == ("ssb_website_csv" if name.startswith("csv_") else "ssb_website_xlsx")
        assert table == name.split("_")[1]
    assert form_of(folder / "derived_11607_telemark_share.csv") is None


def test_a_figure_leads_back_to_its_cell(extracts: Path) -> None:
    name = "xlsx_12272_minority_kindergarten_2015_2021.xlsx"
    document = Document(extracts / "upstream" / "ssb" / name, name)
    reading = website.read_xlsx(spec_of("ssb/12272"), [document])
    place = next(
        (row, column)
        for row, column, code, start, measure in rows(
            reading.table, "source_row", "source_column", "region_code", "period_start", "measure"
        )
        if (code, start, measure) == ("3805", date(2021, 1, 1), "kindergarten_minority_language_children")
    )
    (said,) = reader.raw_cells(spec_of("ssb/12272"), [document], [place])
    assert said.startswith(f"{name}, sheet 'Vestfold', sheet 1, cell P9 = '370', in the row 3805 Larvik | 0 | 0")


def test_a_csv_saved_again_as_utf8_reads_the_same(extracts: Path, tmp_path: Path) -> None:
    source = extracts / "upstream" / "ssb" / "csv_11616_vestfold_telemark_2021.csv"
    again = tmp_path / "11616.csv"
    again.write_bytes(source.read_bytes().decode("latin-1").replace("\n", "\r\n").encode("utf-8-sig"))
    spec = spec_of("ssb/11616")
    first = website.read_csv(spec, [Document(source, source.name)])
    second = website.read_csv(spec, [Document(again, again.name)])
    columns = ("region_code", "measure", "value")
    assert rows(first.table, *columns) == rows(second.table, *columns)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'"3805 Larvik";"1 234";1;1;1', ValueGrammarError),
        (b'"3805 Larvik";1e5;1;1;1', ValueGrammarError),
        (b'"Larvik";1;1;1;1', UnknownLabelError),
    ],
)
def test_csv_cells_outside_the_grammar(extracts: Path, tmp_path: Path, line: bytes, error: type[SourceError]) -> None:
    source = (extracts / "upstream" / "ssb" / "csv_11616_vestfold_telemark_2021.csv").read_bytes()
    path = tmp_path / "11616.csv"
    path.write_bytes(b"\n".join(line if row.startswith(b'"3805') else row for row in source.splitlines()))
    with pytest.raises(error):
        website.read_csv(spec_of("ssb/11616"), [Document(path, path.name)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kom2024,navn,aar,befolkning\n3909,Larvik,2024,48 715\n", "48 715"),
        ("kom2024,navn,aar,befolkning\n909,Larvik,2024,48715\n", "909"),
        ("kom2024,navn,aar,befolkning\n3909,Larvik,2024\n", "line 2"),
        ("kommune,navn,aar,befolkning\n3909,Larvik,2024,48715\n", "the header kom2024"),
    ],
)
def test_the_harmonised_form_is_strict(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        harmonised.read(spec_of("ssb/07459_harmonised"), [Document(path, path.name)])
