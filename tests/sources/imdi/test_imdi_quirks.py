"""The quirks of IMDi's real files that SOURCE.md and PROVENANCE.md list, each on the file that has it."""

from pathlib import Path

import pyarrow.compute as pc
import pytest

from sources.dataset.spec import load_specs
from sources.imdi.body import form_of
from sources.imdi.reader import READERS
from sources.landing.observation import OBSERVATION_SCHEMA, Reading
from sources.ports import Document

LONG, WIDE, CODED = "imdi_long", "imdi_wide", "imdi_coded"

# file, table, ok + not finite, missing, suppressed, cells without a combination (PROVENANCE.md counts)
FILES = [
    ("long/k_bosatt_anmodede_1995-2023.csv", "bosatt_anmodede", 36353 + 3728 + 24, 33434 + 2, 1357, 0),
    ("long/k_flyktning_botid_flytting_2014-2022.csv", "flyktning_botid_flytting", 37423, 0, 0, 0),
    ("wide/k_bosatt_anmodede_2022_vintage1.csv", "bosatt_anmodede", 33397 + 3481 + 24, 32965, 1343, 65990),
    ("wide/k_bosatt_anmodede_2022_vintage2_sep.csv", "bosatt_anmodede", 35236 + 3674 + 24, 33321, 1447, 63498),
    ("wide/k_enslige_mindrearige_2014-2022_F38.csv", "enslige_mindrearige", 403 + 37, 452, 274, 490),
    ("wide/k_befolkning_botid_2014-2021_F38.csv", "befolkning_botid", 1956, 6, 0, 798),
    ("wide/k_befolkning_botid_2014-2022_F38.csv", "befolkning_botid", 2232, 6, 0, 867),
    ("wide/k_befolkning_innvandringsgrunn_2006-2021.csv", "befolkning_innvandringsgrunn", 123160 + 117680, 0, 0, 32760),
    (
        "wide/k_befolkning_opprinnelsesland_2006-2021.csv",
        "befolkning_opprinnelsesland",
        348274,
        1113649,
        177127,
        234486,
    ),
    ("wide/k_flyktning_botid_flytting_2014-2021_F38.csv", "flyktning_botid_flytting", 1980 + 1480, 0, 0, 956),
    ("wide/f_utdanningsniva_2009-2020.csv", "utdanningsniva", 11712 + 9780, 0, 0, 17820),
    ("wide/f_videregaende_fullfort_2009-2019.csv", "videregaende_fullfort", 3127 + 2579, 10, 494, 390),
]


def path_of(shared: Path, file: str) -> Path:
    return shared / "upstream" / "imdi" / file


def read(shared: Path, file: str, table: str) -> Reading:
    path = path_of(shared, file)
    form = form_of(path.read_bytes()[:65536])
    assert form is not None
    return READERS[form](load_specs()[f"imdi_{table}"], [Document(path, path.name)])


@pytest.mark.parametrize(("file", "table", "figures", "missing", "hidden", "empty"), FILES, ids=[f[0] for f in FILES])
def test_every_cell_of_every_file_is_accounted_for(
    shared: Path, file: str, table: str, figures: int, missing: int, hidden: int, empty: int
) -> None:
    reading = read(shared, file, table)
    counts = {c["values"]: c["counts"] for c in pc.value_counts(reading.table["value_status"]).to_pylist()}
    assert counts.get("ok", 0) + counts.get("not_finite", 0) == figures
    assert counts.get("missing", 0) == missing
    assert counts.get("suppressed", 0) == hidden
    assert reading.notes["empty cells, combination not in the data"] == empty
    assert reading.table.schema == OBSERVATION_SCHEMA
    assert reading.new_labels == {}
    values = reading.table["value"]
    assert values.null_count == reading.table.num_rows - counts.get("ok", 0)


@pytest.mark.parametrize(
    ("pattern", "form", "files"),
    [("long/*.csv", LONG, 2), ("wide/*.csv", WIDE, 10), ("api2015/*.csv", CODED, 9), ("derived/*.csv", None, 7),
     ("delivery2015/*.csv", None, 54)],
)  # fmt: skip
def test_a_form_is_known_by_its_header(shared: Path, pattern: str, form: str | None, files: int) -> None:
    found = sorted((shared / "upstream" / "imdi").glob(pattern))
    assert len(found) == files
    assert {form_of(path.read_bytes()[:65536]) for path in found} == {form}


def test_lost_leading_zeros_are_put_back(extracts: Path) -> None:
    path = path_of(extracts, "long/k_flyktning_botid_flytting_2014-2022.csv")
    short = sum(len(line.split(";")[4]) == 3 for line in path.read_text("latin-1").splitlines()[1:])
    codes = pc.unique(read(extracts, "long/" + path.name, "flyktning_botid_flytting").table["region_code"]).to_pylist()
    assert short == 10_240
    assert {len(code) for code in codes} == {4}
    assert {"0301", "0709", "0712"} <= set(codes)


def test_two_spellings_of_alle_are_one_total(extracts: Path) -> None:
    text = path_of(extracts, "long/k_flyktning_botid_flytting_2014-2022.csv").read_text("latin-1")
    assert ";alle;" in text and ";Alle;" in text
    table = read(extracts, "long/k_flyktning_botid_flytting_2014-2022.csv", "flyktning_botid_flytting").table
    assert set(pc.unique(table["category"]).to_pylist()) == {"all", "settled_here", "moved_here", "unknown"}
    assert set(pc.unique(table["length_of_residence"]).to_pylist()) == {"all", "years_0_4", "years_5_plus"}


def test_codes_are_kept_as_published(shared: Path) -> None:
    """Long files hold the code of the year, wide files fold a renumbering into the code of 2020: neither is changed."""
    long = read(shared, "long/k_bosatt_anmodede_1995-2023.csv", "bosatt_anmodede").table.to_pandas()
    wide = read(shared, "wide/k_bosatt_anmodede_2022_vintage2_sep.csv", "bosatt_anmodede").table.to_pandas()
    assert len(long["region_code"].unique()) == 727 and len(wide["region_code"].unique()) == 490
    years = {
        (frame_name, code): list(frame.loc[(frame["region_code"] == code) & frame["value"].notna(), "period_start"])
        for frame_name, frame in (("long", long), ("wide", wide))
        for code in ("0101", "3001", "3805")
    }
    assert min(years["long", "0101"]).year == 1995 and min(years["long", "3001"]).year == 2020
    assert not years["wide", "0101"] and min(years["wide", "3001"]).year == 1995
    assert min(years["long", "3805"]).year == 2020 and min(years["wide", "3805"]).year == 2018


def test_trondelag_of_2018_and_2019_stands_under_the_codes_of_2017(shared: Path) -> None:
    """A mapping that only takes codes in force would lose it: 1601 has the figures, 5001 begins in 2020."""
    reading = read(shared, "long/k_bosatt_anmodede_1995-2023.csv", "bosatt_anmodede")
    frame = reading.table.to_pandas()
    frame = frame[(frame["measure"] == "settled") & (frame["unit"] == "persons") & frame["value"].notna()]
    years = {
        code: sorted({d.year for d in frame.loc[frame["region_code"] == code, "period_start"]})
        for code in ("1601", "5001")
    }
    assert {2017, 2018, 2019} <= set(years["1601"]) and max(years["1601"]) == 2019
    assert min(years["5001"]) == 2020
    assert reading.notes["figures under a municipality code that was not in force that year"] == 350


def test_codes_that_are_no_municipality_stay_as_municipality_rows(shared: Path) -> None:
    frame = read(shared, "long/k_bosatt_anmodede_1995-2023.csv", "bosatt_anmodede").table.to_pandas()
    special = {"9999", "2100", "2111", "2112", "2113", "2115", "2211"}
    rows = frame[frame["region_code"].isin(special)]
    assert set(rows["region_code"]) == special and set(rows["region_level"]) == {"municipality"}
    county = read(shared, "api2015/arbledige_innvkat_land.csv", "arbledige_innvkat_land").table.to_pandas()
    assert set(county.loc[county["region_code"] == "99", "region_level"]) == {"county", "business_region"}


def test_empty_cells_of_9999_are_missing_in_the_long_file(shared: Path) -> None:
    reading = read(shared, "long/k_bosatt_anmodede_1995-2023.csv", "bosatt_anmodede")
    assert reading.notes["cells without text, taken as missing"] == 2


def test_share_of_a_zero_request_is_not_finite(shared: Path) -> None:
    frame = read(shared, "long/k_bosatt_anmodede_1995-2023.csv", "bosatt_anmodede").table.to_pandas()
    infinite = frame[frame["value_status"] == "not_finite"]
    assert len(infinite) == 24 and set(infinite["unit"]) == {"percent"} and infinite["value"].isna().all()


def test_percent_above_100_is_legal(shared: Path) -> None:
    frame = read(shared, "wide/k_enslige_mindrearige_2014-2022_F38.csv", "enslige_mindrearige").table.to_pandas()
    assert frame.loc[frame["unit"] == "percent", "value"].max() >= 200


def test_columns_that_repeat_another_are_left_out_without_a_trace_in_the_rows(shared: Path) -> None:
    text = path_of(shared, "wide/k_bosatt_anmodede_2022_vintage1.csv").read_text("latin-1").split("\n", 1)[0]
    assert "Faktisk bosetting (sammenslått for tidligere fylker)" in text
    table = read(shared, "wide/k_bosatt_anmodede_2022_vintage1.csv", "bosatt_anmodede").table
    assert set(pc.unique(table["measure"]).to_pylist()) == {"requested", "original_request", "settled", "decided"}


def test_countries_get_their_three_digit_code(extracts: Path) -> None:
    table = read(extracts, "wide/k_befolkning_opprinnelsesland_2006-2021.csv", "befolkning_opprinnelsesland").table
    frame = table.filter(pc.equal(table["region_code"].cast("string"), "3805")).to_pandas()
    codes = set(pc.unique(table["country_background"]).to_pylist())
    assert len(codes) == 245, "246 columns, of which the total holds no cell for any municipality"
    assert {"101", "131", "148", "564", "970", "980", "990"} <= codes
    assert all(code.isdigit() and len(code) == 3 for code in codes)
    assert frame.loc[(frame["country_background"] == "131") & (frame["value"] > 300)].shape[0] > 0


@pytest.mark.parametrize(
    "file", ["long/k_bosatt_anmodede_1995-2023.csv", "wide/k_bosatt_anmodede_2022_vintage2_sep.csv"]
)
def test_row_and_column_lead_back_to_the_raw_cell(shared: Path, file: str) -> None:
    lines = path_of(shared, file).read_text("latin-1").split("\n")
    rows = read(shared, file, "bosatt_anmodede").table.take(list(range(0, 60_000, 997))).to_pylist()
    assert len(rows) > 50
    for row in rows:
        cells = lines[row["source_row"] - 1].split(";")
        raw = cells[(row["source_column"] or len(cells)) - 1]
        assert (float(raw) == row["value"]) if row["value_status"] == "ok" else raw in {".", ":", "Inf", ""}
        assert row["region_code"] in (cells[0].removeprefix("K"), cells[2])


def test_two_million_cells_in_seconds_and_bounded_memory(shared: Path) -> None:
    """The largest real file: 1.87 million cells. Nothing is kept per cell but numbers."""
    import tracemalloc
    from time import process_time

    path = "wide/k_befolkning_opprinnelsesland_2006-2021.csv"
    start = process_time()
    read(shared, path, "befolkning_opprinnelsesland")
    assert process_time() - start < 8
    tracemalloc.start()
    read(shared, "wide/k_befolkning_innvandringsgrunn_2006-2021.csv", "befolkning_innvandringsgrunn")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 120e6
