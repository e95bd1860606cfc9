"""The workbooks NAV sends a county each month, in the layouts before and since July 2025.

Here: every real delivery at hand, and what is refused. Not here: NAV's public workbooks (test_nav_time_series.py).
"""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sources.dataset.registry import form_of
from sources.errors import LayoutError, SourceError, UnknownLabelError, ValueGrammarError
from sources.landing.observation import OBSERVATION_SCHEMA, Reading, drop_exact_duplicates
from sources.nav import reader, special_delivery
from sources.ports import Document
from tests.support.nav_workbooks import Rows, write
from tests.support.ssb_bodies import rows, spec_of

FOLDER = "upstream/nav/nav_telemark_delivery"
KEYS = ("region_code", "measure", "sex", "age_group", "value", "value_status")
SERIES_KEYS = ("region_code", "period_start", "measure", "sex", "value", "value_status")


def read(path: Path) -> Reading:
    form = form_of(path)
    assert form is not None
    assert form.startswith("nav_special_")
    reading = reader.READERS[form](spec_of(f"nav/{form[4:]}"), [Document(path, path.name)])
    assert reading.table.schema == OBSERVATION_SCHEMA
    return drop_exact_duplicates(reading, path.name)


def cells(reading: Reading) -> dict[tuple[str, ...], tuple[float | None, str]]:
    return {row[:4]: row[4:] for row in rows(reading.table, *KEYS)}


@pytest.mark.parametrize("month", ["2025-02-05", "2025-06-05", "2025-07-05", "2026-01-05"])
def test_unemployment_in_both_layouts(extracts: Path, month: str) -> None:
    """Country, 15 counties and 17 municipalities; women and men sum to both; a star is hidden with its share."""
    reading = read(extracts / FOLDER / "unemployment_monthly" / f"{month}.xlsx")
    found = cells(reading)
    year, number = int(month[:4]), int(month[5:7])
    held = date(year, number - 1, 1) if number > 1 else date(year - 1, 12, 1)
    assert set(reading.table["period_start"].to_pylist()) == {held}
    assert Counter(len(code) for code in {key[0] for key in found}) == {2: 16, 4: 17}
    assert reading.levels == ["country", "county", "municipality"]
    both, women, men = (found[("39", "unemployed_persons", sex, "all")][0] for sex in ("all", "female", "male"))
    assert both == women + men
    assert both > 1000
    hidden = {key for key, (_, status) in found.items() if status == "suppressed" and key[1].endswith("_persons")}
    assert hidden
    for code, measure, sex, age in hidden:
        assert found[(code, measure.replace("_persons", "_pct"), sex, age)] == (None, "suppressed")


def test_the_country_in_january_2025(extracts: Path) -> None:
    found = cells(read(extracts / FOLDER / "unemployment_monthly" / "2025-02-05.xlsx"))
    assert found[("00", "unemployed_persons", "all", "all")] == (67_821.0, "ok")
    assert found[("00", "unemployed_pct", "all", "all")] == (2.3, "ok")
    assert found[("03", "unemployed_persons", "male", "all")] == (6798.0, "ok")
    assert found[("4034", "jobseekers_on_measures_persons", "female", "all")] == (None, "suppressed")
    assert found[("4034", "jobseekers_on_measures_pct", "female", "all")] == (None, "suppressed")


def test_every_delivery_at_hand_is_read(shared: Path) -> None:
    read_rows = {}
    for path in sorted((shared / FOLDER).rglob("*.xlsx")):
        reading = read(path)
        read_rows[path.relative_to(shared / FOLDER).as_posix()] = reading.table.num_rows
        statuses = set(reading.table["value_status"].to_pylist())
        assert "suppressed" in statuses, path.name
    assert len(read_rows) == 11 + 10 + 1
    assert read_rows["tidsserie_ledighet_TFK_2011-2024.xlsx"] == 99_994


def test_two_months_of_june_of_the_first_delivery(extracts: Path) -> None:
    """Vestfold of today, Midt-Telemark and the country, on the areas of the delivery; 2022 when Vestfold was no county."""
    reading = read(extracts / FOLDER / "tidsserie_ledighet_TFK_2011-2024.xlsx")
    found = {tuple(key[:4]): key[4] for key in rows(reading.table, *SERIES_KEYS)}
    assert {start for _, start, _, _ in found} == {date(2015, 6, 1), date(2022, 6, 1)}
    then = [found[(code, date(2015, 6, 1), "unemployed_persons", "all")] for code in ("39", "4020", "00")]
    assert then == [3351.0, 124.0, 77_310.0]
    joined = [
        found[(code, date(2022, 6, 1), "unemployed_persons", sex)] for code in ("39", "00") for sex in ("all", "male")
    ]
    assert joined == [2410.0, 1343.0, 47_104.0, 26_491.0]
    assert found[("39", date(2022, 6, 1), "unemployed_pct", "all")] == 1.9


def test_the_deliveries_equal_the_countys_own_tidy_file(extracts: Path, shared: Path) -> None:
    """Vestfold, the country and Tokke, 2011 to 2024: the same counts. Where NAV hides a count the county's file has a
    star or, for the oldest figures, a zero: here it is never a figure."""
    with open(shared / "upstream/nav/derived_by_county/arbeidsledighet.csv", encoding="utf-8") as handle:
        tidy = {
            (line["Geografisk enhet"], line["Dato"], line["Arbeidsmarkedsstatus"], line["Kjønn"]): line[
                "Antall personer"
            ]
            for line in csv.DictReader(handle)
        }
    names = {"39": "Vestfold", "00": "Landet", "4034": "Tokke"}
    statuses = {
        "unemployed": "Helt ledige",
        "partly_unemployed": "Delvis ledige",
        "jobseekers_on_measures": "Arbeidssøkere på tiltak",
    }
    sexes = {"all": "Begge kjønn", "female": "Kvinner", "male": "Menn"}
    reading = read(shared / FOLDER / "tidsserie_ledighet_TFK_2011-2024.xlsx")
    cut = read(extracts / FOLDER / "tidsserie_ledighet_TFK_2011-2024.xlsx")
    assert set(rows(cut.table, *SERIES_KEYS)) <= set(rows(reading.table, *SERIES_KEYS))
    compared = 0
    for code, start, measure, sex, value, status in rows(reading.table, *SERIES_KEYS):
        if code in names and measure.endswith("_persons"):
            label = (names[code], start.isoformat(), statuses[measure.removesuffix("_persons")], sexes[sex])
            theirs = tidy.get(label)
            if theirs is not None:
                expected = {str(int(value))} if status == "ok" else {"*", "0", ""}
                assert theirs.removesuffix(".0") in expected, label
                compared += 1
    assert compared > 4_000


def test_reduced_work_capacity(extracts: Path) -> None:
    """Areas without codes, the age in the sheet's name, per cent unrounded for the country."""
    found = cells(read(extracts / FOLDER / "reduced_work_capacity_monthly" / "2025-03-17.xlsx"))
    assert found[("39", "reduced_work_capacity_persons", "female", "age_18_66")] == (6071.0, "ok")
    assert found[("39", "reduced_work_capacity_persons", "male", "age_18_29")] == (1135.0, "ok")
    assert found[("00", "reduced_work_capacity_persons", "all", "age_18_66")] == (237_294.0, "ok")
    assert found[("00", "reduced_work_capacity_pct", "all", "age_18_66")][0] == pytest.approx(6.68182340392461)


def test_a_true_zero_is_a_zero(extracts: Path) -> None:
    found = cells(read(extracts / FOLDER / "reduced_work_capacity_monthly" / "2025-12-16.xlsx"))
    assert found[("4032", "reduced_work_capacity_persons", "female", "age_18_29")] == (0.0, "ok")
    assert found[("4034", "reduced_work_capacity_persons", "female", "age_18_29")] == (None, "suppressed")
    assert found[("4034", "reduced_work_capacity_pct", "female", "age_18_29")] == (None, "suppressed")


HEADER = ["År", "År-måned", "", "Nåværende Fylke Nr Navn", "Arbeidsmarkedsstatus hovedgruppe", "Kjønn"]
FIGURES = ["Beh personer i mnd", "% av arbeidsstyrken"]


def delivery(tmp_path: Path, header: list[str] | None = None, **change: Rows) -> Path:
    """A delivery of two sheets, country and counties, one row each."""
    top: Rows = [[], ["", *(header or [*HEADER, *FIGURES])]]
    country: Rows = [*top, ["", 2026, 202601, "Landet", "Landet", "Helt ledige", "Begge kjønn", 60_000, 2.1]]
    county: Rows = [*top, ["", 2026, 202601, "Fylker", "39 Vestfold", "Helt ledige", "Begge kjønn", 2500, 2.0]]
    return write(tmp_path / "x.xlsx", {"Landet": country, "Fylker": county, **change})


def special(path: Path) -> Reading:
    return special_delivery.read(spec_of("nav/special_unemployment"), [Document(path, path.name)])


def test_a_plain_delivery(tmp_path: Path) -> None:
    assert special(delivery(tmp_path)).table.num_rows == 4


@pytest.mark.parametrize("share", [None, 0.4, "*"])
def test_the_share_beside_a_star_is_hidden_however_it_is_left(tmp_path: Path, share: object) -> None:
    """NAV's older layout leaves it empty, the newer one often gives it away."""
    row = (2026, 202601, "F", "39 Vestfold", "Helt ledige", "Menn", "*", share)
    reading = special(delivery(tmp_path, **with_row(*row)))
    found = rows(reading.table, "region_code", "measure", "value", "value_status")
    assert {measure: (value, status) for code, measure, value, status in found if code == "39"} == {
        "unemployed_persons": (None, "suppressed"),
        "unemployed_pct": (None, "suppressed"),
    }


def with_row(*row: object) -> dict[str, Rows]:
    return {"Fylker": [[], ["", *HEADER, *FIGURES], ["", *row]]}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (with_row(2026, 202601, "F", "39 Vestfold", "Helt ledige", "Ukjent", 5, 1), UnknownLabelError, "'Kjønn'"),
        (with_row(2026, 202601, "F", "39 Vestfold", "Permittert", "Menn", 5, 1), UnknownLabelError, "Permittert"),
        (with_row(2026, 202601, "F", "Vestfold", "Helt ledige", "Menn", 5, 1), UnknownLabelError, "Vestfold"),
        (with_row(2026, 202613, "F", "39 Vestfold", "Helt ledige", "Menn", 5, 1), LayoutError, "a month as 202501"),
        (with_row(2026, 202601, "F", "39 Vestfold", "Helt ledige", "Menn", "<4", 1), ValueGrammarError, "<4"),
        ({"Fylker": [["tom"]]}, LayoutError, "figures for county; found none"),
    ],
)
def test_what_a_delivery_may_not_hold(
    tmp_path: Path, change: dict[str, Rows], error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        special(delivery(tmp_path, **change))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ([*HEADER, *FIGURES, "Alder"], "also 'alder'"),
        ([*HEADER[:5], "Kjønn", "Kjønn", *FIGURES], "twice: kjønn"),
        ([*HEADER[:5], "Sex", *FIGURES], "one header of 'Kjønn'"),
        ([*HEADER, "Beh personer i mnd", "Andel"], "one header of '% av arbeidsstyrken'"),
        ([*HEADER, "Antall", "% av arbeidsstyrken"], "figures for country, county"),
    ],
)
def test_renamed_added_and_doubled_headers_are_named(tmp_path: Path, header: list[str], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        special(delivery(tmp_path, header))


def test_reordered_headers_and_renamed_sheets_do_no_harm(tmp_path: Path) -> None:
    header = ["År", "Kjønn", *FIGURES, "Arbeidsmarkedsstatus hovedgruppe", "Nåværende Fylke Nr Navn", "År-måned"]
    country = [2026, "Menn", 30_000, 2.3, "Helt ledige", "Landet", 202601]
    county = [2026, "Menn", 1300, 2.2, "Helt ledige", "39 Vestfold", 202601]
    path = write(tmp_path / "x.xlsx", {"Ark1": [header, country], "Ark2": [header, county]})
    found = {row[:4]: row[4] for row in rows(special(path).table, *KEYS[:4], "value")}
    assert found[("39", "unemployed_persons", "male", "all")] == 1300
