"""The invented extracts: the same bytes every time, consistent within and between tables, hidden as IMDi hides.

Here: what stands in the files. Not here: the invented people (test_demo_world.py).
"""

import csv
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sources.dataset.spec import DatasetSpec, load_specs
from sources.demo.extracts import write_demo_extracts
from sources.demo.plan import plan
from sources.demo.world import YEARS
from sources.imdi.body import form_of
from sources.imdi.reader import READERS
from sources.imdi.settlement.reader import is_of_pages, read_page
from sources.klass.history import counties, municipalities
from sources.ports import Document
from sources.ssb.reader import READERS as SSB_READERS
from warehouse.indicators import load_indicators

PROJECT = Path(__file__).parents[3]
SMALL = ["bosatt_anmodede", "befolkning_hovedgruppe", "vedvarende_lavinntekt"]
NOT_KEY = {"source_row", "source_column", "value", "value_status", "period_start"}
_FRAMES: dict[tuple[str, str], pd.DataFrame] = {}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo_extracts(folder)
    return folder


def imdi() -> dict[str, DatasetSpec]:
    """IMDi's tables; its settlement pages are no table."""
    specs = load_specs().values()
    return {spec.upstream_id: spec for spec in specs if spec.source == "imdi" and not is_of_pages(spec)}


def read(demo: Path, table: str, level: str) -> pd.DataFrame:
    if (table, level) not in _FRAMES:
        path = demo / "imdi" / level / f"{table}.csv"
        reading = READERS["imdi_long"](imdi()[table], [Document(path, path.name)])
        assert not reading.new_labels, (table, reading.new_labels)
        frame = reading.table.to_pandas()
        frame["year"] = pd.to_datetime(frame["period_start"]).dt.year
        for name in frame.select_dtypes("category"):
            frame[name] = frame[name].astype(str)
        _FRAMES[table, level] = frame
    return _FRAMES[table, level]


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_demo_extracts(tmp_path / name, seed=seed, tables=SMALL)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    """Neither the order of sets and hashes nor the number of threads matters."""
    for name in ("1", "2"):
        code = "import sys; from pathlib import Path; from sources.demo.extracts import write_demo_extracts as w; "
        code += f"w(Path(sys.argv[1]), tables={SMALL!r})"
        environment = {**os.environ, "PYTHONHASHSEED": name, "OMP_NUM_THREADS": name}
        root = Path(__file__).parents[3]
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], check=True, cwd=root, env=environment)
    assert digest(tmp_path / "1") == digest(tmp_path / "2")


def test_a_table_is_the_same_alone_and_with_the_others(demo: Path, tmp_path: Path) -> None:
    write_demo_extracts(tmp_path, tables=SMALL)
    for table in SMALL:
        for level in ("k", "f"):
            file = Path("imdi") / level / f"{table}.csv"
            assert (tmp_path / file).read_bytes() == (demo / file).read_bytes()


def test_everything_is_marked_as_invented(demo: Path) -> None:
    with open(demo / "extracts.csv", encoding="utf-8", newline="") as handle:
        listed = list(csv.DictReader(handle))
    files = {p.relative_to(demo).as_posix() for p in demo.rglob("*.*") if p.is_file()} - {"extracts.csv", "LESMEG.txt"}
    assert {row["path"] for row in listed} == files
    assert {row["is_demo"] for row in listed} == {"true"}
    assert {row["source"] for row in listed} == {"imdi", "ssb", "nav", "microdata", "municipal"}
    assert {row["form"] for row in listed if row["source"] == "imdi"} == {"long", "page"}
    assert "oppdiktet" in (demo / "LESMEG.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("year", [2022, 2025])
def test_the_settlement_pages_say_what_the_table_says(demo: Path, year: int) -> None:
    """Every municipality stands on the page of its year, with the figures of the invented table."""
    file = demo / "imdi" / "pages" / f"nokkeltall-bosetting-{year}.html"
    cells = read_page(load_specs()["imdi_bosettingstall"], [Document(file, file.name)]).table.to_pylist()
    page = {(c["region_code"], c["measure"]): c["value"] for c in cells if c["value_status"] == "ok"}
    frame = read(demo, "bosatt_anmodede", "k")
    table = frame[(frame["year"] == year) & (frame["unit"] == "persons") & (frame["value_status"] == "ok")]
    held = {(r.region_code, r.measure): r.value for r in table.itertuples() if (r.region_code, r.measure) in page}
    assert len(held) > 600
    assert {key: page[key] for key in held} == held


def test_it_is_the_whole_catalogue_and_modest(demo: Path) -> None:
    tables = {path.stem for path in (demo / "imdi" / "k").glob("*.csv")}
    assert tables == {path.stem for path in (demo / "imdi" / "f").glob("*.csv")} == set(imdi())
    assert sum(p.stat().st_size for p in demo.rglob("*.csv")) < 90e6


@pytest.mark.parametrize("table", sorted(imdi()))
def test_every_table_is_read_by_the_real_reader(demo: Path, table: str) -> None:
    assert form_of((demo / "imdi" / "k" / f"{table}.csv").read_bytes()[:65536]) == "imdi_long"
    last = plan().recipe(table).last_year
    frame = read(demo, table, "k")
    assert set(frame[frame["year"] == last]["region_code"]) == {code for code, _ in municipalities(last)}
    assert set(frame["region_level"]) == {"municipality"}
    areas = read(demo, table, "f")
    assert set(areas[areas["year"] == last]["region_code"]) == {"00", *(code for code, _ in counties(last))}
    assert set(areas["region_level"]) == {"county", "country"}
    assert (frame["value_status"] == "ok").mean() > 0.2 and (areas["value_status"] == "ok").mean() > 0.8


@pytest.mark.parametrize("year", YEARS)
def test_regions_have_the_codes_of_the_year(demo: Path, year: int) -> None:
    for level, known in (("k", municipalities(year)), ("f", [("00", ""), *counties(year)])):
        frame = read(demo, "bosatt_anmodede", level)
        assert set(frame[frame["year"] == year]["region_code"]) == {code for code, _ in known}


def counts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["unit"].isin(["persons", "nok"])]


def inner_cells_lie_within_rounding(spec: DatasetSpec, places: pd.DataFrame, areas: pd.DataFrame) -> None:
    """A county's count lies between what the printed counts of its municipalities may stand for: 0 for 0-2, 3 for 1-3."""
    printed = [name for name in spec.parts if places[name].nunique() > 1]
    inner = places[(places[printed] != "all").all(axis=1)]
    inner = inner.assign(low=inner["value"].replace(3, 1), high=inner["value"].replace(0, 2))
    keys = [
        "county",
        *(c for c in inner.columns if c in areas.columns and c not in {*NOT_KEY, "region_code", "region_level"}),
    ]
    bounds = inner.groupby(keys)[["low", "high"]].sum()
    county = areas.rename(columns={"region_code": "county"}).set_index(keys)["value"].reindex(bounds.index)
    assert len(bounds) > 100 and ((bounds["low"] <= county) & (county <= bounds["high"])).all()


@pytest.mark.parametrize("table", sorted(imdi()))
def test_counties_sum_to_the_country_and_municipalities_lie_within_what_is_hidden(demo: Path, table: str) -> None:
    areas = counts(read(demo, table, "f"))
    keys = [c for c in areas.columns if c not in {*NOT_KEY, "region_code", "region_level"}]
    areas = areas[areas["value_status"] == "ok"]
    country = areas[areas["region_code"] == "00"].set_index(keys)["value"]
    summed = areas[areas["region_code"] != "00"].groupby(keys)["value"].sum()
    assert (country == summed.reindex(country.index)).all()
    places = counts(read(demo, table, "k"))
    places = places.assign(county=places["region_code"].str[:2], hidden=places["value_status"] == "suppressed")
    if imdi()[table].rounding:
        inner_cells_lie_within_rounding(imdi()[table], places, areas)
        return
    low_high = places.groupby(["county", *keys]).agg(shown=("value", "sum"), hidden=("hidden", "sum"))
    if low_high.empty:
        return
    county = areas[areas["region_code"] != "00"].rename(columns={"region_code": "county"})
    both = county.set_index(["county", *keys])[["value"]].join(low_high, how="inner")
    assert len(both) == len(low_high)
    assert (both["value"] >= both["shown"] + both["hidden"]).all()
    assert (both["value"] <= both["shown"] + both["hidden"] * 4).all()


def test_small_counts_are_hidden_in_municipalities_and_shown_in_counties(demo: Path) -> None:
    for table in ("enslige_mindrearige", "befolkning_opprinnelsesland", "sosialhjelp"):
        places = counts(read(demo, table, "k"))
        shown = places[places["value_status"] == "ok"]["value"]
        assert not shown.between(1, 4).any()
        assert (places["value_status"] == "suppressed").sum() > 100
        assert not (read(demo, table, "f")["value_status"] == "suppressed").any()


PARTS = [
    ("befolkning_hovedgruppe", "sex", ["female", "male"], "all"),
    ("befolkning_hovedgruppe", "immigrant_category", ["immigrants", "population_except_immigrants"], "all"),
    ("befolkning_hovedgruppe", "immigrant_category",
     ["norwegian_born", "population_except_immigrants_and_norwegian_born"], "population_except_immigrants"),
    ("befolkning_innvandringsgrunn", "immigration_reason", ["work", "family", "flight", "other", "unknown"], "all"),
    ("befolkning_botid", "length_of_residence", ["years_0_4", "years_5_9", "years_10_plus"], "all"),
    ("befolkning_opprinnelsesland_botid", "length_of_residence", ["years_0_4", "years_5_plus"], "all"),
    ("flyktning_botid_flytting", "category", ["settled_here", "moved_here", "unknown"], "all"),
    ("utdanningsniva", "education_level", ["none", "primary", "upper_secondary", "higher", "unknown"], "all"),
    ("befolkning_alder", "age_group",
     ["age_0_5", "age_6_15", "age_16_19", "age_20_29", "age_30_54", "age_55_66", "age_67_plus"], "all"),
    ("sysselsatte_innvkat_alder", "age_group", ["age_18_29", "age_30_54", "age_55_69"], "all"),
    ("tilskudd", "category", ["integration_year_1", "integration_years_2_5", "unaccompanied_minors", "disability",
                              "norwegian_training"], "all"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "dimension", "parts", "whole"), PARTS, ids=[f"{p[0]}-{p[1]}" for p in PARTS])
def test_parts_sum_to_their_total(demo: Path, table: str, dimension: str, parts: list[str], whole: str) -> None:
    frame = counts(read(demo, table, "f"))
    others = [c for c in frame.columns if c not in {*NOT_KEY, dimension}]
    wide = frame[frame[dimension].isin([*parts, whole])].pivot(index=others, columns=dimension, values="value").dropna()
    assert len(wide) > 30
    assert (wide[parts].sum(axis=1) == wide[whole]).all()


def total(frame: pd.DataFrame, **only: str) -> pd.Series:
    """Persons by region and year, total of every breakdown that is not named."""
    frame = frame[frame["unit"] == "persons"]
    for name in ("sex", "age_group", "immigration_reason", "world_region", "length_of_residence", "category"):
        frame = frame[frame[name] == only.get(name, "all")]
    frame = frame[frame["immigrant_category"] == only.get("immigrant_category", "all")]
    return frame.set_index(["region_code", "year"])["value"]


def test_tables_agree_on_the_same_people(demo: Path) -> None:
    """Immigrants are as many in every table that counts all of them, and so are the employed."""
    immigrants = total(read(demo, "befolkning_hovedgruppe", "f"), immigrant_category="immigrants")
    for table in ("befolkning_innvandringsgrunn", "befolkning_botid"):
        other = total(read(demo, table, "f"), immigrant_category="immigrants")
        assert len(other) > 50 and (immigrants.reindex(other.index) == other).all(), table
    employed = total(read(demo, "sysselsatte_innvkat", "f"), immigrant_category="immigrants")
    for table in ("innvandringsgrunn", "botid", "botid_land", "kjonn_land", "land"):
        other = total(read(demo, f"sysselsatte_{table}", "f"), immigrant_category="immigrants")
        assert len(other) > 50 and (employed.reindex(other.index) == other).all(), table
    women = total(read(demo, "befolkning_hovedgruppe", "f"), immigrant_category="immigrants", sex="female")
    by_reason = total(read(demo, "befolkning_innvandringsgrunn", "f"), immigrant_category="immigrants", sex="female")
    assert (women.reindex(by_reason.index) == by_reason).all()
    ages = total(read(demo, "befolkning_alder", "f"))
    assert (total(read(demo, "befolkning_hovedgruppe", "f")).reindex(ages.index) == ages).all()


@pytest.mark.parametrize(
    ("table", "comma"),
    [("sysselsatte_botid", False), ("videregaende_fullfort", False), ("sysselsatte_botid_land", True)],
)
def test_shares_follow_from_counts(demo: Path, table: str, comma: bool) -> None:
    """A share of a sum lies between the shares of its parts, counts are never above what they are a share of."""
    text = (demo / "imdi" / "f" / f"{table}.csv").read_text("latin-1")
    assert ("Prosent" in text) and ((",5\n" in text) is comma) and ((".5\n" in text) is not comma)
    frame = read(demo, table, "f")
    keys = [c for c in frame.columns if c not in {*NOT_KEY, "unit"}]
    wide = frame.pivot(index=keys, columns="unit", values="value").dropna()
    assert wide["percent"].between(0, 100).all()
    base = wide[wide["percent"] > 20]
    people = base["persons"] / (base["percent"] / 100)
    country = people.xs("00", level="region_code")
    parts = people.drop("00", level="region_code").groupby(
        [k for k in keys if k not in ("region_code", "region_level")]
    )
    summed = parts.sum()
    names = [k for k in keys if k not in ("region_code", "region_level")]
    ratio = summed / country.droplevel([k for k in country.index.names if k not in names])
    assert ratio.between(0.98, 1.02).all()


@pytest.mark.parametrize(
    ("table", "column"), [("befolkning_innvandringsgrunn", None), ("utdanningsniva", "education_level")]
)
def test_a_share_within_the_table_has_the_base_that_imdi_uses(demo: Path, table: str, column: str | None) -> None:
    """Reasons are shares of all immigrants of the region, education levels shares within background and sex."""
    frame = read(demo, table, "f")
    dimensions = ["sex", "immigration_reason", "education_level", "immigrant_category"]
    wide = frame.pivot(index=["region_code", "year", *dimensions], columns="unit", values="value").reset_index()
    whole = wide[wide[column] == "all"] if column else wide[(wide[["sex", "immigration_reason"]] == "all").all(axis=1)]
    keys = ["region_code", "year", *([d for d in dimensions if d != column] if column else [])]
    both = wide.merge(whole[[*keys, "persons"]], on=keys, suffixes=("", "_all"))
    assert len(both) == len(wide)
    assert ((both["persons"] / both["persons_all"] * 100 - both["percent"]).abs() <= 0.0501).all()


def test_requests_follow_the_story_of_the_years(demo: Path) -> None:
    country = read(demo, "bosatt_anmodede", "f")[lambda f: (f["region_code"] == "00") & (f["unit"] == "persons")]
    settled = country[country["measure"] == "settled"].set_index("year")["value"]
    requested = country[country["measure"] == "requested"].set_index("year")["value"]
    assert settled[2022] > 5 * settled[2021] and settled[2022] == settled[[2015, 2020, 2021, 2022]].max()
    assert (settled <= requested * 1.06).all()
    assert sorted(country[country["measure"] == "original_request"]["year"]) == [2020, 2022, 2025]


def test_long_files_keep_the_quirks_of_the_real_ones(demo: Path) -> None:
    raw = (demo / "imdi" / "k" / "bosatt_anmodede.csv").read_text("latin-1")
    assert raw.startswith("Enhet;År;Anmodning, vedtak og faktisk bosetting;Kommunenummer;Kommune;Antall\n")
    assert "\nPersoner;2015;Anmodning om bosetting;0709;;" in raw
    assert "\nPersoner;2022;Anmodning om bosetting;3805;Larvik (t.o.m. 2023);" in raw
    assert "\nPersoner;2025;Anmodning om bosetting;3909;Larvik;" in raw
    moved = (demo / "imdi" / "k" / "flyktning_botid_flytting.csv").read_text("latin-1")
    assert ";301;Oslo;" in moved and ";0301;" not in moved


def test_a_table_that_the_plan_does_not_name_is_drawn_from_its_spec(demo: Path, tmp_path: Path, monkeypatch) -> None:
    spec = imdi()["sosialhjelp"].model_copy(update={"dataset_id": "imdi_ny_tabell", "upstream_id": "ny_tabell"})
    monkeypatch.setattr("sources.demo.extracts.load_specs", lambda: {spec.dataset_id: spec})
    write_demo_extracts(tmp_path, tables=["ny_tabell"])
    path = tmp_path / "imdi" / "f" / "ny_tabell.csv"
    frame = READERS["imdi_long"](spec, [Document(path, path.name)]).table.to_pandas()
    assert set(frame["immigrant_category"]) >= {"all", "immigrants"} and set(frame["sex"]) == {"all", "female", "male"}
    assert (frame["value"] > 0).mean() > 0.9


@pytest.mark.parametrize(
    "indicator_id",
    [
        "education_level_16_plus_share",
        "kindergarten_minority_language_share",
        "kindergarten_minority_of_immigrant_children_share",
        "young_outside_share",
    ],
)
def test_a_share_of_ssb_is_of_the_counts_printed_beside_it(demo: Path, indicator_id: str) -> None:
    """To the last digit: a share with one decimal lies within 0.05 of its numerator over its denominator."""
    found = {i.indicator_id: i for i in load_indicators(PROJECT / "dbt_project" / "indicators")}[indicator_id]
    terms, dataset = found.terms, found.terms["published"].dataset
    path = demo / "ssb" / f"{dataset.removeprefix('ssb_')}.json"
    reading = SSB_READERS["ssb_jsonstat2"](load_specs()[dataset], [Document(path, path.name)])
    frame = reading.table.to_pandas()
    frame = frame[frame["value_status"] == "ok"]
    for name in frame.select_dtypes("category"):
        frame[name] = frame[name].astype(str)
    sides = {}
    for role, term in terms.items():
        rows = frame[(frame["measure"] == term.measure) & (frame["unit"] == term.unit)]
        for name, code in term.where.items():
            rows = rows[rows[name] == code]
        kept = [name for name in found.keep if name not in term.where]
        sides[role] = rows.set_index(["region_code", "period_start", *kept])["value"].rename(role).reset_index()
    both = sides["published"].merge(sides["numerator"])
    both = both.merge(sides["denominator"])
    both = both[both["denominator"] > 0]
    assert len(both) > 2_000
    assert ((100 * both["numerator"] / both["denominator"] - both["published"]).abs() <= 0.0501).all()
    assert both["published"].nunique() > 50, "and not the same everywhere"


@pytest.mark.parametrize(
    "table", ["flyktning_botid_flytting", "befolkning_innvandringsgrunn", "befolkning_botid", "utdanningsniva"]
)
def test_counts_that_imdi_rounds_are_rounded_and_totals_are_their_sums(demo: Path, table: str) -> None:
    spec, frame = imdi()[table], read(demo, table, "k")
    assert set(frame["value_status"]) == {"ok"} and set(frame["unit"]) == {"persons"}
    printed = [name for name in spec.parts if frame[name].nunique() > 1]
    inner = frame[(frame[printed] != "all").all(axis=1)]
    assert not inner["value"].isin([1, 2]).any()
    if table in ("flyktning_botid_flytting", "befolkning_innvandringsgrunn"):
        assert inner["value"].isin([0, 3]).sum() > 100
    for name, codes in spec.parts.items():
        if name in printed:
            keys = [key for key in frame.columns if key not in {*NOT_KEY, name, "source_row", "source_column"}]
            sums = frame[frame[name].isin(codes)].groupby(keys)["value"].sum()
            totals = frame[frame[name] == "all"].set_index(keys)["value"]
            assert (sums.reindex(totals.index) == totals).all(), name
