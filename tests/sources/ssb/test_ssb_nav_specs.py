"""Every SSB and NAV dataset spec: complete, consistent with its reader and client, and honest about what was not seen.

Here: the declarations. Not here: reading files.
"""

import pytest

from sources.dataset.dimensions import dimensions, units
from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec, load_specs
from sources.nav.layout import TimeSeriesLayout
from sources.nav.page import NavPage
from sources.nav.reader import READERS as NAV_READERS
from sources.nav.special_delivery import DeliveryLayout
from sources.ssb.selection import Choice, SsbQuery
from sources.ssb.terms import CONTENTS_VARIABLE, REGION_VARIABLES, TIME_VARIABLE, SsbReading

SSB = {name: spec for name, spec in load_specs().items() if spec.source == "ssb"}
NAV = {name: spec for name, spec in load_specs().items() if spec.source == "nav"}
TABLES = {name: spec for name, spec in SSB.items() if "ssb" in spec.options}
WANTED = [
    "07459",
    "09817",
    "09429",
    "12272",
    "13502",
    "12255",
    "14883",
    "14867",
    "11607",
    "13563",
    "13556",
    "06445",
    "06944",
    "06947",
    "12944",
    "14019",
    "10824",
    "12367",
    "12362",
    "12134",
    "13995",
    "08764",
    "12131",
]
UNIT_ENDINGS = {
    "persons": "_persons",
    "thousand_persons": "_thousand_persons",
    "children": "_children",
    "percent": "_pct",
    "per_1000": "_per_1000",
    "thousand_nok": "_thousand_nok",
    "nok_median": "_nok",
    "months": "_months",
    "households": "households",
}


def test_every_wanted_table_has_a_spec() -> None:
    assert {f"ssb_{table}" for table in WANTED} <= set(SSB)
    assert {"nav_hl060", "nav_aap155", "nav_pst302", "nav_ned155"} <= set(NAV)
    assert {"nav_special_unemployment", "nav_special_reduced_work_capacity"} <= set(NAV)


@pytest.mark.parametrize("name", TABLES)
def test_the_call_names_every_variable_of_the_spec(name: str) -> None:
    """A variable that is left out would be summed over silently, so each is chosen, or eliminated knowingly."""
    spec = TABLES[name]
    query, reading = options_of(spec, "ssb", SsbQuery), options_of(spec, "reading", SsbReading)
    columns = {column.name for column in spec.columns} | ({CONTENTS_VARIABLE} if reading.open_contents else set())
    assert set(query.selection) <= columns
    assert {TIME_VARIABLE, CONTENTS_VARIABLE} <= set(query.selection)
    assert set(query.selection) & set(REGION_VARIABLES) or reading.region_when_absent == "00"
    for column in spec.columns:
        if column.role == "dimension" and not column.optional:
            assert column.name in query.selection, column.name
    for variable, choice in query.selection.items():
        if isinstance(choice, Choice) and choice.eliminate:
            assert next(column for column in spec.columns if column.name == variable).optional


@pytest.mark.parametrize("name", TABLES)
def test_measures_have_units_and_names_that_end_in_them(name: str) -> None:
    spec = TABLES[name]
    reading = options_of(spec, "reading", SsbReading)
    assert reading.measure_units or reading.open_contents
    assert set(reading.measure_units.values()) <= set(spec.units.values()) <= set(units())
    for measure, unit in reading.measure_units.items():
        assert measure.endswith(UNIT_ENDINGS[unit]), measure
    single = [c for c in spec.columns if c.role == "measure"]
    if len(single) == 1:
        assert set(single[0].codes.values()) == set(reading.measure_units)


@pytest.mark.parametrize("spec", [*SSB.values(), *NAV.values()], ids=lambda spec: spec.dataset_id)
def test_codes_of_closed_dimensions_are_known(spec: DatasetSpec) -> None:
    for column in spec.columns:
        if column.role == "dimension" and not dimensions()[str(column.dimension)].open:
            assert set(column.codes.values()) <= set(dimensions()[str(column.dimension)].codes), column.name
        if column.dimension == "age_group":
            assert all(code == "all" or code.startswith("age_") for code in column.codes.values())


@pytest.mark.parametrize("spec", [*SSB.values(), *NAV.values()], ids=lambda spec: spec.dataset_id)
def test_what_was_not_seen_is_said(spec: DatasetSpec) -> None:
    if not spec.verified:
        assert len(spec.note) > 40
    assert spec.licence.startswith("CC BY 4.0")
    assert spec.attribution_nb.startswith("Kilde: ")
    assert all(rule.basis and rule.low >= 0 for rule in spec.hidden)
    assert all(rule.high is None or rule.high >= rule.low for rule in spec.hidden)


@pytest.mark.parametrize("name", NAV)
def test_nav_specs_have_a_reader_and_a_page(name: str) -> None:
    spec = NAV[name]
    assert name in NAV_READERS
    assert spec.accumulates
    assert spec.period_kind == "month"
    assert {rule.unit for rule in spec.hidden} == {"persons", "percent"}
    if "nav" in spec.options:
        page = options_of(spec, "nav", NavPage)
        assert page.table_code == spec.upstream_id
        rules = options_of(spec, "workbook", TimeSeriesLayout).sheets
        counts = {rule.measure for rule in rules if rule.share_of is None}
        assert {rule.share_of for rule in rules if rule.share_of} == counts
    elif "workbook" in spec.options:
        assert options_of(spec, "workbook", DeliveryLayout).required_levels == ["country", "county"]
