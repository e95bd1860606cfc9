"""IMDi's real files against figures that IMDi, the county or a newspaper published, and against counts made by hand.

Here: the files cut to what is asserted (tests/real/extracts), so that every clone asserts it. Not here: every cell of the whole
files (tests/sources/imdi/test_imdi_quirks.py). Expected figures: SOURCE.md section 5 and PROVENANCE.md beside the whole files.
"""

from pathlib import Path

import pandas as pd
import pytest

from sources.dataset.spec import load_specs
from sources.imdi.reader import READERS
from sources.ports import Document

FORMS = {"long": "imdi_long", "wide": "imdi_wide", "api2015": "imdi_coded"}
_READ: dict[Path, pd.DataFrame] = {}


def read(extracts: Path, table: str, file: str) -> pd.DataFrame:
    """Observations of one real file as a frame with `year`; each file is read once."""
    path = extracts / "upstream" / "imdi" / file
    if path not in _READ:
        reading = READERS[FORMS[file.split("/")[0]]](load_specs()[f"imdi_{table}"], [Document(path, path.name)])
        frame = reading.table.to_pandas()
        frame["year"] = pd.to_datetime(frame["period_start"]).dt.year
        frame.attrs["notes"] = dict(reading.notes)
        _READ[path] = frame
    return _READ[path]


def settlement(extracts: Path) -> pd.DataFrame:
    frame = read(extracts, "bosatt_anmodede", "long/k_bosatt_anmodede_1995-2023.csv")
    return frame[frame["unit"] == "persons"]


def one(frame: pd.DataFrame, **wanted: object) -> float:
    """The single value of a cell."""
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, f"{len(frame)} rows for {wanted}"
    return float(frame["value"].iloc[0])


@pytest.mark.parametrize(
    ("code", "year", "settled"),
    [
        ("0709", 2015, 88), ("0728", 2015, 13), ("0709", 2016, 102), ("0728", 2016, 10), ("0709", 2017, 61),
        ("0728", 2017, 9), ("0712", 2018, 45), ("0712", 2019, 46), ("3805", 2020, 29), ("3805", 2021, 35),
        ("3805", 2022, 168), ("3805", 2023, 96),
    ],
)  # fmt: skip
def test_settled_in_larvik_by_the_code_of_the_year(extracts: Path, code: str, year: int, settled: int) -> None:
    assert one(settlement(extracts), region_code=code, year=year, measure="settled") == settled


@pytest.mark.parametrize(
    ("year", "requested", "decided"),
    [(2018, 52, 52), (2019, 50, 50), (2020, 26, 40), (2021, 33, 33), (2022, 175, 175), (2023, 240, 200)],
)
def test_requests_and_decisions_of_larvik(extracts: Path, year: int, requested: int, decided: int) -> None:
    frame = settlement(extracts)[lambda f: f["region_code"].isin(["0712", "3805"]) & (f["value_status"] == "ok")]
    assert one(frame, year=year, measure="requested") == requested
    assert one(frame, year=year, measure="decided") == decided


def test_original_request_stands_only_in_years_whose_request_was_changed(extracts: Path) -> None:
    frame = settlement(extracts)[lambda f: f["measure"] == "original_request"]
    assert sorted(frame["year"].unique()) == [2020, 2022]
    assert one(frame, region_code="3805", year=2020) == 40
    assert one(frame, region_code="3805", year=2022) == 32


@pytest.mark.parametrize(
    ("year", "parts"), [(2020, [16, 9, 26, 25, 29, 10]), (2021, 134), (2022, 879)], ids=["2020", "2021", "2022"]
)
def test_vestfolds_six_municipalities(extracts: Path, year: int, parts: list[int] | int) -> None:
    codes = ["3801", "3802", "3803", "3804", "3805", "3811"]
    frame = settlement(extracts)[lambda f: (f["year"] == year) & (f["measure"] == "settled")]
    settled = frame[frame["region_code"].isin(codes)].sort_values("region_code")["value"].astype(int).tolist()
    assert sum(settled) == (sum(parts) if isinstance(parts, list) else parts)
    if isinstance(parts, list):
        assert sorted(settled) == sorted(parts)


def test_settled_in_the_country_is_the_sum_of_what_is_shown(extracts: Path) -> None:
    frame = settlement(extracts)[lambda f: f["measure"] == "settled"]
    shown = frame.groupby("year")["value"].sum().astype(int)
    assert [shown[year] for year in (2020, 2021, 2022, 2023)] == [2759, 4482, 31253, 18851]


def test_revision_of_2022_between_two_vintages_and_the_long_file(extracts: Path) -> None:
    def totals(frame: pd.DataFrame) -> dict[str, int]:
        year = frame[(frame["year"] == 2022) & (frame["unit"] == "persons") & (frame["value_status"] == "ok")]
        return year.groupby("measure", observed=True)["value"].sum().astype(int).to_dict()

    first = read(extracts, "bosatt_anmodede", "wide/k_bosatt_anmodede_2022_vintage1.csv")
    second = read(extracts, "bosatt_anmodede", "wide/k_bosatt_anmodede_2022_vintage2_sep.csv")
    assert totals(first) == {"requested": 5500}
    assert totals(second) == {"requested": 35000, "original_request": 5500, "decided": 34850, "settled": 7370}
    assert totals(settlement(extracts)) == {
        "requested": 35000, "original_request": 5500, "decided": 35355, "settled": 31253,
    }  # fmt: skip
    hidden = second[(second["year"] == 2022) & (second["unit"] == "persons") & (second["measure"] == "settled")]
    assert (hidden["value_status"] == "suppressed").sum() == 52


@pytest.mark.parametrize(
    ("code", "year", "persons"),
    [("0709", 2017, 4944), ("3805", 2018, 5377), ("3805", 2019, 5484), ("3805", 2020, 5565), ("3805", 2021, 5685)],
)
def test_immigrants_in_larvik(extracts: Path, code: str, year: int, persons: int) -> None:
    frame = read(extracts, "befolkning_innvandringsgrunn", "wide/k_befolkning_innvandringsgrunn_2006-2021.csv")
    cell = {"region_code": code, "year": year, "unit": "persons", "sex": "all", "immigration_reason": "all"}
    assert one(frame, **cell) == persons


def test_immigrants_in_larvik_2021_by_reason(extracts: Path) -> None:
    frame = read(extracts, "befolkning_innvandringsgrunn", "wide/k_befolkning_innvandringsgrunn_2006-2021.csv")
    frame = frame[(frame["region_code"] == "3805") & (frame["year"] == 2021) & (frame["unit"] == "persons")]
    both = frame[frame["sex"] == "all"].set_index("immigration_reason")["value"].astype(int)
    expected = {"work": 1461, "family": 1387, "flight": 1913, "other": 132, "unknown": 792}
    assert {reason: both[reason] for reason in expected} == expected
    assert both["all"] == sum(expected.values()) == 5685
    assert set(frame["immigrant_category"]) == {"immigrants"}


def test_refugees_in_larvik_2022_by_secondary_move(extracts: Path) -> None:
    frame = read(extracts, "flyktning_botid_flytting", "long/k_flyktning_botid_flytting_2014-2022.csv")
    cell = {"region_code": "3805", "year": 2022, "length_of_residence": "all", "unit": "persons"}
    moved = [one(frame, **cell, category=code) for code in ("settled_here", "moved_here", "unknown", "all")]
    assert moved == [1298, 588, 44, 1930]


@pytest.mark.parametrize(("year", "kroner"), [(2013, 46_461_287), (2014, 51_115_320)])
def test_grants_to_larvik(extracts: Path, year: int, kroner: int) -> None:
    frame = read(extracts, "tilskudd", "api2015/tilskudd.csv")
    assert one(frame, region_code="0709", year=year, category="all") == kroner


def test_the_coded_export_gives_the_country_as_00(extracts: Path) -> None:
    tilskudd = read(extracts, "tilskudd", "api2015/tilskudd.csv")
    total = {"region_level": "country", "region_code": "00", "year": 2011}
    assert one(tilskudd, **total, category="all") == 4_517_229_795
    unemployed = read(extracts, "arbledige_innvkat_land", "api2015/arbledige_innvkat_land.csv")
    country = {"region_level": "country", "immigrant_category": "all", "world_region": "all", "year": 2013}
    assert one(unemployed, **country, unit="persons") == 81_941
    assert one(unemployed, **country, unit="percent") == 3.2


def test_a_median_has_the_unit_of_a_median(extracts: Path) -> None:
    frame = read(extracts, "gjennomsnittsinntekt", "api2015/gjennomsnittsinntekt.csv")
    assert set(frame["unit"]) == {"nok_median"}
    oslo = {"region_code": "000301", "region_level": "city_district", "world_region": "all"}
    assert one(frame, **oslo, immigrant_category="all") == 341_500


def test_parts_sum_to_the_total_without_the_column_that_has_no_label(extracts: Path) -> None:
    """The block IMDi calls `undefined` repeats people who stand under a labelled code."""
    education = read(extracts, "utdanningsniva", "wide/f_utdanningsniva_2009-2020.csv")
    education = education[(education["unit"] == "persons") & (education["value_status"] == "ok")]
    keys = ["region_code", "year", "sex", "immigrant_category"]
    named = education[~education["education_level"].isin(["all", "unlabelled"])]
    parts = named.groupby(keys, observed=True)["value"].sum()
    total = education[education["education_level"] == "all"].set_index(keys)["value"]
    assert len(total) == 1620
    assert (parts.reindex(total.index) == total).all()
    assert (education["education_level"] == "unlabelled").sum() > 1000


def test_refugees_by_move_sum_to_all_in_every_complete_group(extracts: Path) -> None:
    frame = read(extracts, "flyktning_botid_flytting", "long/k_flyktning_botid_flytting_2014-2022.csv")
    wide = frame.pivot(index=["region_code", "year", "length_of_residence"], columns="category", values="value")
    complete = wide.dropna()
    assert (len(complete), len(wide) - len(complete)) == (8766, 1011)
    assert (complete["settled_here"] + complete["moved_here"] + complete["unknown"] == complete["all"]).all()


def test_two_vintages_of_length_of_residence_agree_in_every_common_cell(extracts: Path) -> None:
    old = read(extracts, "befolkning_botid", "wide/k_befolkning_botid_2014-2021_F38.csv")
    new = read(extracts, "befolkning_botid", "wide/k_befolkning_botid_2014-2022_F38.csv")
    keys = ["region_code", "year", "length_of_residence", "world_region"]
    both = old[[*keys, "value"]].merge(new[[*keys, "value"]], on=keys, suffixes=("_old", "_new"))
    assert len(both) == len(old) == 1962
    assert both["value_old"].equals(both["value_new"])


@pytest.mark.parametrize(
    ("folder", "table", "file", "within"),
    [
        ("shared", "befolkning_innvandringsgrunn", "wide/k_befolkning_innvandringsgrunn_2006-2021.csv", []),
        ("extracts", "flyktning_botid_flytting", "wide/k_flyktning_botid_flytting_2014-2021_F38.csv", []),
        ("extracts", "utdanningsniva", "wide/f_utdanningsniva_2009-2020.csv", ["immigrant_category", "sex"]),
    ],
)
def test_percent_has_the_base_that_the_spec_states(
    request: pytest.FixtureRequest, folder: str, table: str, file: str, within: list[str]
) -> None:
    """Of all people of the table in the region, for education within background and sex (1 decimal, or 2)."""
    frame = read(request.getfixturevalue(folder), table, file)
    dimensions = [
        "sex",
        "immigrant_category",
        "immigration_reason",
        "length_of_residence",
        "education_level",
        "category",
    ]
    frame = frame[(frame["value_status"] == "ok") & (frame["education_level"] != "unlabelled")]
    keys = ["region_code", "year", *dimensions]
    wide = frame.pivot(index=keys, columns="unit", values="value").dropna().reset_index()
    free = [name for name in dimensions if name not in within and name != "immigrant_category"]
    base = wide[(wide[free].astype(str) == "all").all(axis=1)]
    names = ["region_code", "year", *within]
    both = wide.merge(base[[*names, "persons"]], on=names, suffixes=("", "_all"))
    assert len(both) > 400
    differs = (both["persons"] / both["persons_all"] * 100 - both["percent"]).abs() > 0.0501
    assert differs.mean() < 0.004, "6 of 1 730 secondary moves differ upstream, none of the others"
