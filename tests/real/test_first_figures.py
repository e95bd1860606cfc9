"""The figures of the first issue on the real files: what IMDi published for Larvik, Vestfold and the country.

Sources: IMDi's settlement table (file of 2023-09-25) and immigrants by reason (file of 2022); the yearly sums of the
six municipalities of Vestfold stand in the council's own presentation.
"""

from pathlib import Path

import pytest

from tests.support.pipeline import Installation

SETTLED = (
    "select {columns} from fct_settlement where region_code = '{code}' and year between 2015 and 2022 order by year"
)


def test_the_run_on_real_files_succeeds(real: Installation) -> None:
    code, *output = (real.data / "first_run.txt").read_text(encoding="utf-8").splitlines()
    assert code == "0", output[-40:]
    text = "\n".join(output)
    assert "catalogue.csv: ingen datasett kjenner fila" in text


def test_larvik_is_followed_over_three_codes(real: Installation) -> None:
    settled = real.column(SETTLED.format(columns="settled_persons", code="3909"))
    assert settled == ["101", "112", "70", "45", "46", "29", "35", "168"]


def test_vestfold_of_today_is_summed_from_its_municipalities(real: Installation) -> None:
    rows = real.rows(SETTLED.format(columns="settled_persons, settled_persons_low, settled_persons_high", code="39"))
    assert [row["settled_persons"] for row in rows] == ["501", "638", "", "162", "170", "115", "134", "879"]
    assert (rows[2]["settled_persons_low"], rows[2]["settled_persons_high"]) == ("369", "372")


def test_the_country_is_an_interval_where_two_cells_are_hidden(real: Installation) -> None:
    row = real.rows("select * from fct_settlement where region_code = '00' and year = 2022")[0]
    assert row["settled_persons"] == ""
    assert (row["settled_persons_low"], row["settled_persons_high"]) == ("31255", "31261")


def test_a_split_municipality_is_an_interval_and_its_county_is_not(real: Installation) -> None:
    rows = real.rows(
        "select * from fct_settlement where region_code in ('3907', '39') and year = 2016 order by region_code"
    )
    county, sandefjord = rows
    assert county["settled_persons"] == "638"
    assert (sandefjord["settled_persons_low"], sandefjord["settled_persons_high"]) == ("127", "159")
    assert sandefjord["reason"] == "split_without_weights"


def test_a_changed_request_keeps_the_first_one(real: Installation) -> None:
    row = real.rows("select * from fct_settlement where region_code = '3909' and year = 2022")[0]
    assert (row["requested_persons"], row["original_request_persons"]) == ("175", "32")


def test_three_vintages_are_three_releases_and_the_long_file_is_in_use(real: Installation) -> None:
    rows = real.rows(
        "select file_name, is_in_use from fct_dataset_release where dataset_id = 'imdi_bosatt_anmodede' order by retrieved_at"
    )
    assert [row["file_name"] for row in rows] == [
        "k_bosatt_anmodede_2022_vintage1.csv",
        "k_bosatt_anmodede_2022_vintage2_sep.csv",
        "k_bosatt_anmodede_1995-2023.csv",
    ]
    assert [row["is_in_use"] for row in rows] == ["False", "False", "True"]


def test_a_partial_download_never_replaces_a_whole_one(real: Installation) -> None:
    rows = real.rows(
        "select file_name from fct_dataset_release where dataset_id = 'imdi_flyktning_botid_flytting' and is_in_use"
    )
    assert [row["file_name"] for row in rows] == ["k_flyktning_botid_flytting_2014-2022.csv"]


@pytest.mark.parametrize(
    ("indicator", "first_year"),
    [("settled_persons", 2019), ("immigrants_by_reason_persons", 2018), ("refugees_by_secondary_move_persons", 2019)],
)
def test_larvik_beside_vestfold_for_the_last_four_years(real: Installation, indicator: str, first_year: int) -> None:
    rows = real.rows(
        "select distinct year, county_code, difference_county, change_3y from comparison where municipality_code = '3909' "
        f"and indicator_id = '{indicator}' and year between {first_year} and {first_year + 3} and sex = 'all' "
        "and category = 'all' and immigration_reason = 'all' and length_of_residence = 'all' order by year"
    )
    assert [row["year"] for row in rows] == [str(year) for year in range(first_year, first_year + 4)]
    assert {row["county_code"] for row in rows} == {"39"}
    assert all(row["difference_county"] != "" and row["change_3y"] != "" for row in rows)


def test_the_three_year_change_is_worked_out_by_hand(real: Installation) -> None:
    row = real.rows(
        "select change_1y, change_3y, difference_county from comparison where municipality_code = '3909' "
        "and indicator_id = 'settled_persons' and year = 2022"
    )[0]
    assert (row["change_1y"], row["change_3y"], row["difference_county"]) == ("133", "122", str(168 - 879))


def test_a_part_of_a_year_is_told_and_changes_from_nothing(real: Installation) -> None:
    """The open table of settlement was made on 25 September 2023: Larvik 96, of 239 that others quote for the year."""
    rows = real.rows(
        "select year, municipality_value, is_whole_year, change_1y from comparison_total where municipality_code = '3909' "
        "and indicator_id = 'settled_persons' and year between 2022 and 2023 order by year"
    )
    assert [tuple(row.values())[1:] for row in rows] == [("168", "True", "133"), ("96", "False", "")]
    norwegian = "select hele_aaret from sammenligning where kommune = 'Larvik' and aar = 2023 and indikator_id = "
    assert real.column(f"{norwegian} 'settled_persons'") == ["False"]
    assert real.column(f"{norwegian} 'requested_persons'") == ["True"]
    # a whole year's kroner to those settled until September
    assert real.column(f"{norwegian} 'kostra_275_per_settled_nok'") in (["False"], [])
    days = real.column("select as_of_date from dim_open_year where indicator_id = 'requested_persons' and year = 2023")
    assert days == ["2023-09-25"]


def test_a_county_that_did_not_exist_has_no_figure_and_says_why(real: Installation) -> None:
    rows = real.rows(
        "select value, value_status, geography_basis, reason from fct_indicator_value where region_code = '39' and year = 2020 "
        "and indicator_id = 'higher_education_share' and sex = 'all' and immigrant_category = 'immigrants'"
    )
    assert rows == [
        {"value": "", "value_status": "unavailable", "geography_basis": "unavailable", "reason": "not_an_area_then"}
    ]


@pytest.mark.parametrize(
    ("year", "printed"),
    [(2022, {"3805": "168"}), (2017, {"0709": "61", "0728": "9"})],
)
def test_a_figure_is_walked_back_to_its_raw_lines(
    real: Installation, real_folder: Path, year: int, printed: dict[str, str]
) -> None:
    answer = real.call("trace", "fct_settlement", "region_code=3909", f"year={year}")
    assert answer.returncode == 0
    text = (real_folder / "imdi" / "long" / "k_bosatt_anmodede_1995-2023.csv").read_bytes().decode("latin-1")
    for code, figure in printed.items():
        ((number, line),) = [
            (number, line)
            for number, line in enumerate(text.split("\n"), start=1)
            if line.startswith(f"Personer;{year};{code};") and line.endswith(f";Faktisk bosetting;{figure}")
        ]
        assert f"line {number}: {line}" in answer.stdout


def test_nothing_real_is_marked_as_demo(real: Installation) -> None:
    assert real.column("select count(*) from comparison where is_demo") == ["0"]
    assert real.column("select count(*) from fct_dataset_release where is_demo") == ["0"]


def test_a_series_that_is_joined_already_needs_no_mapping(real: Installation) -> None:
    """SSB 07459 on the borders of 2024 (third party): Larvik 2023-2026, SOURCE.md of SSB section 6."""
    rows = real.rows(
        "select year, value, geography_basis from fct_indicator_value where region_code = '3909' and indicator_id = "
        "'population_harmonised_persons' and year between 2016 and 2026 and sex = 'all' order by year"
    )
    assert [row["value"] for row in rows[-4:]] == ["48246", "48715", "48870", "49022"]
    assert {row["geography_basis"] for row in rows} == {"published"}
    assert len(rows) == 11
