"""The IMDi specs hold the whole catalogue, in IMDi's own words, and the later names."""

import csv
import json
from pathlib import Path

import pytest

from sources.dataset.dimensions import dimensions, fold, units
from sources.dataset.spec import DatasetSpec, load_spec, load_specs
from sources.imdi.body import normal_name
from sources.imdi.labels import LabelMap, countries, country_codes, unit_of

LATER = {"barnehagedeltakelse_spraak", "intro_status_arbutd_avslutta"}
PAGES = {
    "befolkning": {"population_settlement", "education"},
    "utdanning": {"education"},
    "kvalifisering": {"introduction_programme"},
    "arbeid": {"work_living_conditions"},
    "tilskudd": {"grants"},
}


def imdi_specs() -> dict[str, DatasetSpec]:
    return {spec.upstream_id: spec for spec in load_specs().values() if spec.source == "imdi"}


@pytest.fixture
def catalogue(shared: Path) -> list[dict[str, str]]:
    """The rows of IMDi's catalogue that stand on a page, and those of the later names."""
    with open(shared / "upstream" / "imdi" / "catalogue.csv", encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["page"] in PAGES or row["table_name"] in LATER]


def test_every_table_of_the_catalogue_has_a_spec(catalogue: list[dict[str, str]]) -> None:
    tables = {row["table_name"] for row in catalogue}
    assert len(tables - LATER) == 43
    assert tables <= set(imdi_specs())
    assert len({row["card"] for row in catalogue if row["page"] in PAGES}) == 50


def test_a_table_is_in_the_group_of_its_page(catalogue: list[dict[str, str]]) -> None:
    for row in catalogue:
        if row["page"] in PAGES:
            assert imdi_specs()[row["table_name"]].statistic_group in PAGES[row["page"]], row["table_name"]


def test_every_label_and_code_of_the_catalogue_is_known_and_means_the_same(catalogue: list[dict[str, str]]) -> None:
    checked = 0
    for row in catalogue:
        spec = imdi_specs()[row["table_name"]]
        column = next(
            c for c in spec.columns if normal_name(row["dimension"]) in {normal_name(n) for n in (c.name, *c.aliases)}
        )
        if row["dimension"] == "landbakgrunn":
            continue
        for entry in row["dimension_codes"].split("|"):
            code, _, label = entry.partition("=")
            labels = LabelMap(column, spec.dataset_id)
            found = {labels.code_of(text) for text in (code, label) if text and text != "(code unknown)"}
            assert len(found) == 1 and None not in found and not labels.new, f"{spec.dataset_id}: {entry} -> {found}"
            checked += 1
    assert checked > 300


def test_labels_of_the_first_api_are_known_too(shared: Path) -> None:
    """Labels changed between 2015 and 2024; the older ones stand in old extracts."""
    text = (shared / "upstream" / "imdi" / "api2015" / "dimension_labels_2015-11.json").read_text(encoding="utf-8")
    lists = {normal_name(entry["name"]): entry["variables"] for entry in json.loads(text)}
    renamed = {"norsk_samf_tilsk"}
    checked = 0
    for spec in imdi_specs().values():
        for column in spec.columns:
            for entry in [e for alias in column.aliases for e in lists.get(normal_name(alias), [])]:
                if entry["label"] in renamed:
                    continue
                labels = LabelMap(column, spec.dataset_id)
                found = {labels.code_of(entry["label"]), labels.code_of(entry["title"])}
                assert len(found) == 1 and None not in found and not labels.new, f"{spec.dataset_id}: {entry}"
                checked += 1
    assert checked > 500


def test_every_unit_of_the_catalogue_is_known(catalogue: list[dict[str, str]]) -> None:
    for row in catalogue:
        for label in row["unit"].split("|"):
            assert unit_of(imdi_specs()[row["table_name"]], label, "catalogue") in units()


def test_the_column_title_of_the_long_form_is_known(catalogue: list[dict[str, str]]) -> None:
    for row in catalogue:
        if "long csv column: " not in row["notes"] or "(unknown)" in row["notes"]:
            continue
        spec = imdi_specs()[row["table_name"]]
        known = {normal_name(name) for column in spec.columns for name in (column.name, *column.aliases)}
        for title in row["notes"].split("long csv column: ")[1].split(";")[0].split(" / "):
            assert normal_name(title.split(" (")[0]) in known, f"{spec.dataset_id}: {title}"


@pytest.mark.parametrize("spec", imdi_specs().values(), ids=lambda spec: spec.upstream_id)
def test_a_spec_says_what_every_imdi_dataset_must(spec: DatasetSpec) -> None:
    assert spec.dataset_id == f"imdi_{spec.upstream_id}"
    assert spec.attribution_nb == "Kilde: Integrerings- og mangfoldsdirektoratet (IMDi)"
    assert spec.licence == "Ikke oppgitt av IMDi (NLOD antatt)"
    assert spec.cadence_note and set(spec.region_levels) <= {"municipality", "county", "country"}
    assert spec.hidden and all(rule.basis for rule in spec.hidden)
    persons = [rule for rule in spec.hidden if rule.unit == "persons"]
    # on the settlement pages a figure is hidden too where the rest of its total would be small: no most is known
    bounds = (0, None) if "imdi_pages" in spec.options else (1, 4)
    assert all((rule.low, rule.high) == bounds for rule in persons)
    codes = [(column.dimension, code) for column in spec.columns for code in column.codes.values()]
    for dimension, code in codes:
        assert dimension is None or dimensions()[dimension].open or code in dimensions()[dimension].codes


def test_the_file_name_is_the_table_name() -> None:
    folder = Path(__file__).parents[3] / "sources" / "imdi" / "datasets"
    for path in folder.glob("*.yml"):
        assert load_spec(path).upstream_id == path.stem


def test_labels_of_a_column_are_unambiguous() -> None:
    for spec in imdi_specs().values():
        for column in spec.columns:
            seen: dict[str, str] = {}
            for label, code in column.codes.items():
                assert seen.setdefault(fold(label), code) == code, f"{spec.dataset_id}: {label}"


def test_breaks_that_sources_name_are_declared() -> None:
    assert [rule.year for rule in imdi_specs()["utdanningsniva"].breaks] == [2016]
    assert set(imdi_specs()["gjennomsnittsinntekt"].units.values()) == {"nok_median"}
    assert not units()["nok_median"].additive


def test_countries_are_those_of_the_first_api(shared: Path) -> None:
    text = (shared / "upstream" / "imdi" / "api2015" / "dimension_labels_2015-11.json").read_text(encoding="utf-8")
    published = next(entry for entry in json.loads(text) if entry["name"] == "landbakgrunn")["variables"]
    assert {entry["label"] for entry in published} == {"001", *countries()}
    for entry in published:
        if entry["label"] != "001":
            assert country_codes()[fold(entry["title"])] == entry["label"]
    names = [fold(name) for names in countries().values() for name in names]
    assert len(names) == len(set(names))
