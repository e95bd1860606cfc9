"""The indicator registry: every card of IMDi's five pages, terms that exist, and wrong entries that are refused."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from orchestration.cli.catalogue import pages
from sources.dataset.dimensions import dimensions, units
from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec, load_specs
from sources.ssb.terms import SsbReading
from warehouse.errors import IndicatorError
from warehouse.indicators import Indicator, check_references, load_indicators, term_rows

FOLDER = Path(__file__).parents[2] / "dbt_project" / "indicators"
PAGES = {
    "befolkning": "population_settlement",
    "utdanning": "education",
    "kvalifisering": "introduction_programme",
    "arbeid": "work_living_conditions",
    "tilskudd": "grants",
}


@pytest.fixture(scope="module")
def registry() -> list[Indicator]:
    return load_indicators(FOLDER)


def test_every_card_of_the_five_pages_is_answered(registry: list[Indicator], shared: Path) -> None:
    with open(shared / "upstream" / "imdi" / "catalogue.csv", encoding="utf-8") as handle:
        cards = {(row["card"], PAGES[row["page"]]) for row in csv.DictReader(handle) if row["card"]}
    answered = {(i.imdi_card, i.statistic_group) for i in registry if i.imdi_card}
    assert len(cards) == 50
    assert answered == cards


def test_cards_by_page(registry: list[Indicator]) -> None:
    """15, 12, 8, 13 and 2 cards, as the catalogue lists them."""
    pairs = {(i.statistic_group, i.imdi_card) for i in registry if i.imdi_card}
    assert Counter(group for group, _ in pairs) == {
        "population_settlement": 15,
        "education": 12,
        "introduction_programme": 8,
        "work_living_conditions": 13,
        "grants": 2,
    }


def test_every_term_names_what_a_spec_has(registry: list[Indicator]) -> None:
    codes = {name: None if d.open else set(d.codes) for name, d in dimensions().items()}
    check_references(registry, set(load_specs()), codes, set(units()))
    for indicator in registry:
        for role, term in indicator.terms.items():
            spec = load_specs()[term.dataset]
            assert term.measure in _measures(spec), f"{indicator.indicator_id}, {role}: {term.measure}"
            assert set(term.where) | set(indicator.keep) <= _dimensions(spec) | _held_by_other(indicator), (
                f"{indicator.indicator_id}, {role}: {set(term.where) | set(indicator.keep)} of {_dimensions(spec)}"
            )


@pytest.mark.parametrize("place", ["", "value"])
def test_a_unit_that_nobody_knows_is_told_with_those_there_are(registry: list[Indicator], place: str) -> None:
    """docs/first-day.md, step 4: the figure's own unit (printed beside it) and the one its term is read by."""
    known = next(indicator for indicator in registry if indicator.value)
    wrong = {"unit": "personer"} if not place else {"value": known.value.model_copy(update={"unit": "personer"})}
    with pytest.raises(IndicatorError) as problem:
        check_references([known.model_copy(update=wrong | {"keep": []})], set(load_specs()), {}, set(units()))
    assert problem.value.found == "personer" and "nok_per_person, " in problem.value.expected
    assert problem.value.where == known.indicator_id + (f", {place}" if place else "")


def _held_by_other(indicator: Indicator) -> set[str]:
    """A denominator may be of another dataset that lacks a breakdown: it says ``all`` there."""
    sides = [term for role, term in indicator.terms.items() if role in ("numerator", "denominator")]
    return set().union(*(_dimensions(load_specs()[term.dataset]) for term in sides)) if len(sides) == 2 else set()


def _dimensions(spec: DatasetSpec) -> set[str]:
    of_sheets = spec.options.get("workbook", {}).get("sheet_words", {}).values()
    named = {str(column.dimension) for column in spec.columns if column.role == "dimension"} | set(spec.constants)
    return named.union(*of_sheets)


def _measures(spec: DatasetSpec) -> set[str]:
    if spec.source == "ssb":
        stated = set(options_of(spec, "reading", SsbReading).measure_units)
        return stated | ({spec.measure} if spec.measure else set())
    if spec.source == "nav" and "sheets" not in spec.options["workbook"]:
        named = {code for column in spec.columns if column.role == "measure" for code in column.codes.values()}
        counted = named or {spec.options["workbook"]["measure"]}
        return {f"{name}_{unit}" for name in counted for unit in ("persons", "pct")}
    if spec.source == "nav":
        sheets = spec.options["workbook"]["sheets"]
        return {sheet["measure"] for sheet in sheets}
    columns = [column for column in spec.columns if column.role == "measure"]
    return {code for column in columns for code in column.codes.values()} or {str(spec.measure)}


def test_a_median_or_mean_is_only_ever_upstreams_own(registry: list[Indicator]) -> None:
    for indicator in registry:
        if indicator.unit in ("nok_median", "nok_mean", "points", "months"):
            assert set(indicator.terms) == {"published"}, indicator.indicator_id


def test_shares_have_counts_where_the_table_gives_them(registry: list[Indicator]) -> None:
    """A share within one table must be recomputable over areas; these tables give both sides as counts."""
    within = {
        "imdi_utdanningsniva",
        "imdi_sosialhjelp",
        "imdi_videregaende_deltakelse",
        "imdi_intro_avslutning_direkte_8",
    }
    for indicator in registry:
        if indicator.unit == "percent" and indicator.datasets & within:
            assert indicator.numerator is not None, indicator.indicator_id


def test_texts_are_there_and_short_enough_for_a_table(registry: list[Indicator]) -> None:
    names = Counter(indicator.name_nb for indicator in registry)
    assert [name for name, n in names.items() if n > 1] == []
    for indicator in registry:
        assert len(indicator.name_nb) <= 80, indicator.indicator_id
        assert indicator.definition_nb.endswith("."), indicator.indicator_id


def test_terms_share_what_of_says() -> None:
    indicator = Indicator.model_validate(
        {
            **_entry(),
            "unit": "percent",
            "of": {"dataset": "d", "measure": "m", "unit": "persons", "where": {"sex": "male"}},
            "numerator": {"where": {"category": "x"}},
            "denominator": {},
            "published": {"unit": "percent"},
        }
    )
    assert indicator.numerator is not None
    assert indicator.numerator.where == {"sex": "male", "category": "x"}
    assert indicator.denominator is not None
    assert indicator.denominator.where == {"sex": "male"}
    assert indicator.published is not None
    assert indicator.published.unit == "percent"


def test_a_denominator_without_the_breakdown_serves_every_code() -> None:
    term = {"dataset": "d", "measure": "m", "unit": "persons"}
    indicator = Indicator.model_validate(
        {
            **_entry(),
            "unit": "percent",
            "numerator": term,
            "denominator": {**term, "where": {"category": "all"}},
            "keep": ["category", "sex"],
        }
    )
    numerator, denominator = term_rows([indicator], ["sex", "category"])
    assert (numerator["category"], numerator["match_category"], numerator["match_sex"]) == ("*", False, True)
    assert (denominator["category"], denominator["sex"]) == ("all", "*")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"direction": "up"}, "direction"),
        ({"numerator": {"dataset": "d", "measure": "m", "unit": "persons"}, "value": None}, "denominator"),
        ({"value": None}, "give either"),
        ({"unit": "percent", "surprise": 1}, "surprise"),
        ({"indicator_id": "../x"}, "indicator_id"),
        ({"reference_month": 13}, "reference_month"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_and_field(tmp_path: Path, change: dict[str, object], said: str) -> None:
    entry = {**_entry(), "value": {"dataset": "d", "measure": "m", "unit": "persons"}, **change}
    (tmp_path / "wrong.yml").write_text(
        yaml.safe_dump([{k: v for k, v in entry.items() if v is not None}]), encoding="utf-8"
    )
    with pytest.raises(IndicatorError) as problem:
        load_indicators(tmp_path)
    assert "wrong.yml, entry 1" in str(problem.value)
    assert said in str(problem.value)


def test_a_family_is_its_entries_for_each_row_and_a_word_that_no_row_has_is_told(tmp_path: Path) -> None:
    entry = _entry() | {"indicator_id": "{kind}_persons", "name_nb": "{name}, antall", "keep": "{keep}"}
    entry["value"] = {"dataset": "d", "measure": "m", "unit": "persons", "where": {"category": "{kind}"}}
    rows = [{"kind": "one", "name": "Ett", "keep": ["sex"]}, {"kind": "two", "name": "To", "keep": []}]
    file = tmp_path / "family.yml"
    file.write_text(yaml.safe_dump([{"for_each": rows, "entries": [entry]}]), encoding="utf-8")
    made = load_indicators(tmp_path)
    assert [(i.indicator_id, i.name_nb, i.keep, i.terms["value"].where) for i in made] == [
        ("one_persons", "Ett, antall", ["sex"], {"category": "one"}),
        ("two_persons", "To, antall", [], {"category": "two"}),
    ]
    file.write_text(yaml.safe_dump([{"for_each": rows, "entries": [entry | {"unit": "{unit}"}]}]), encoding="utf-8")
    with pytest.raises(IndicatorError, match=r"one of keep, kind, name between braces; found 'unit'"):
        load_indicators(tmp_path)
    file.write_text(yaml.safe_dump([{"for_each": rows}]), encoding="utf-8")
    with pytest.raises(IndicatorError, match="`entries`"):
        load_indicators(tmp_path)


def test_two_entries_with_one_id_are_refused(tmp_path: Path) -> None:
    entry = {**_entry(), "value": {"dataset": "d", "measure": "m", "unit": "persons"}}
    (tmp_path / "a.yml").write_text(yaml.safe_dump([entry, entry]), encoding="utf-8")
    with pytest.raises(IndicatorError, match="a second time"):
        load_indicators(tmp_path)


def _entry() -> dict[str, object]:
    return {
        "indicator_id": "an_indicator",
        "name_nb": "Navn",
        "definition_nb": "Definisjon.",
        "statistic_group": "education",
        "unit": "persons",
        "direction": "neither",
    }


def test_the_generated_pages_are_up_to_date() -> None:
    """After a change of a spec or an indicator: python -m orchestration.cli.catalogue.

    A new dataset is one file: the catalogue may lack its line until the pages are made anew, and says nothing untrue.
    """
    for path, text in pages().items():
        written = path.read_text(encoding="utf-8")
        if path.name in ("catalogue.md", "_tables.yml"):
            assert set(written.splitlines()) <= set(text.splitlines()), f"{path.name} is old"
        else:
            assert written == text, f"{path.name} is old"
