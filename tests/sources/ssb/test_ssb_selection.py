"""From the selection of a spec to exact codes, counted and split: by hand, and by property.

Here: no network at all. Not here: calls (test_ssb_client.py).
"""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sources.errors import LayoutError
from sources.ssb.metadata import (
    CodelistInformation,
    TableMetadata,
    Variable,
    category_codes,
    metadata_of_v1,
    metadata_of_v2,
)
from sources.ssb.selection import Choice, Picked, Selection, SsbQuery, expand, resolve, split

REGIONS = ("0", "07", "38", "39", "0709", "0716u", "3805", "3909", "9999")
YEARS = tuple(str(year) for year in range(2005, 2027))
LISTS = (
    CodelistInformation("agg_KommSummer", "Kommuner 2024, sammenslåtte tidsserier"),
    CodelistInformation("agg_KommFylker", "Fylker 2024, sammenslåtte tidsserier"),
)
CODES_OF_LIST = {"agg_KommSummer": ("K-3901", "K-3909"), "agg_KommFylker": ("F-39", "F-40")}

TABLE = TableMetadata(
    "07459",
    {
        "Region": Variable("Region", "region", REGIONS, is_time=False, can_eliminate=False, codelists=LISTS),
        "Kjonn": Variable("Kjonn", "kjønn", ("1", "2"), is_time=False, can_eliminate=True),
        "ContentsCode": Variable("ContentsCode", "innhold", ("Personer1",), is_time=False, can_eliminate=False),
        "Tid": Variable("Tid", "år", YEARS, is_time=True, can_eliminate=False),
    },
)


def ask(**selection: object) -> list[Selection]:
    rest = {
        "Region": {"codes": ["3909"]},
        "Kjonn": {"eliminate": True},
        "ContentsCode": {"codes": ["Personer1"]},
        "Tid": {"codes": ["2026"]},
    }
    query = SsbQuery.model_validate({"selection": {**rest, **selection}})
    return resolve(query, TABLE, lambda codelist: CODES_OF_LIST[codelist])


def codes_of(selection: Selection, variable: str) -> tuple[str, ...]:
    return next(p.codes for p in selection.picked if p.variable == variable)


@pytest.mark.parametrize(
    ("text", "is_time", "codes", "expected"),
    [
        ("top(3)", True, YEARS, ["2024", "2025", "2026"]),
        ("top(2,1)", True, YEARS, ["2024", "2025"]),
        ("bottom(2)", True, YEARS, ["2005", "2006"]),
        ("top(2)", False, REGIONS, ["0", "07"]),
        ("BOTTOM(1)", False, REGIONS, ["9999"]),
        ("from(2024)", True, YEARS, ["2024", "2025", "2026"]),
        ("from(1990)", True, ("2018", "2019"), ["2018", "2019"]),
        ("to(2006)", True, YEARS, ["2005", "2006"]),
        ("range(2015,2017)", True, YEARS, ["2015", "2016", "2017"]),
        ("range(2015,2016)", True, ("2014M12", "2015M01", "2016M12", "2017M01"), ["2015M01", "2016M12"]),
        ("to(2015)", True, ("2015K4", "2016K1"), ["2015K4"]),
        ("range(07,39)", False, REGIONS, ["07", "38", "39"]),
        ("from(4444)", False, REGIONS, []),
        ("*", False, REGIONS, list(REGIONS)),
        ("????", False, REGIONS, ["0709", "3805", "3909", "9999"]),
        ("39*", False, REGIONS, ["39", "3909"]),
        ("202?", True, YEARS, [f"202{n}" for n in range(7)]),
        ("3909", False, REGIONS, None),
    ],
)
def test_expressions_mean_what_pxwebapi_means(
    text: str, is_time: bool, codes: tuple[str, ...], expected: list[str] | None
) -> None:
    assert expand(text, codes, is_time=is_time) == expected


def test_codes_come_in_the_tables_order_and_once() -> None:
    (selection,) = ask(Region={"codes": ["3909", "38", "3909", "39*"]}, Tid={"codes": ["2015", "top(2)", "2026"]})
    assert codes_of(selection, "Region") == ("38", "39", "3909")
    assert codes_of(selection, "Tid") == ("2015", "2025", "2026")
    assert [p.variable for p in selection.picked] == ["Region", "ContentsCode", "Tid"]
    assert selection.cells == 9


def test_each_choice_of_a_variable_is_a_call_of_its_own_in_that_order() -> None:
    selections = ask(
        Region=[
            {"codes": ["0"]},
            {"codelist_label": "fylker 2024*", "codes": ["*"]},
            {"codelist": "agg_KommSummer", "codes": ["K-3909"]},
        ]
    )
    assert [(s.picked[0].codelist, s.picked[0].codes) for s in selections] == [
        (None, ("0",)),
        ("agg_KommFylker", ("F-39", "F-40")),
        ("agg_KommSummer", ("K-3909",)),
    ]


def test_codes_a_table_does_not_hold_are_an_error_unless_they_may_be_absent() -> None:
    with pytest.raises(LayoutError, match="code 0712"):
        ask(Region={"codes": ["3909", "0712"]})
    (selection,) = ask(Region={"codes": ["3909", "3805", "0712", "0709", "0728"], "only_present": True})
    assert codes_of(selection, "Region") == ("0709", "3805", "3909")
    with pytest.raises(LayoutError, match="none of the codes asked for"):
        ask(Region={"codes": ["0712"], "only_present": True})
    with pytest.raises(LayoutError, match="nothing matches"):
        ask(Tid={"codes": ["from(2030)"]})


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (
            {"Region": {"codes": ["3909"]}, "Tid": {"codes": ["*"]}, "ContentsCode": {"codes": ["*"]}},
            "not named: Kjonn",
        ),
        ({"Alder": {"codes": ["*"]}}, "not in the table: Alder"),
        ({"Tid": {"eliminate": True}}, "elimination: false"),
        ({"Region": {"codelist_label": "*sammenslåtte*", "codes": ["*"]}}, "2 (offered"),
        ({"Region": {"codelist_label": "Bydeler", "codes": ["*"]}}, "0 (offered: Kommuner 2024"),
        ({"Region": {"codelist": "agg_kommfylker", "codes": ["*"]}}, "codelist agg_kommfylker"),
        ({"Region": {"codelist": "agg_KommSummer", "codes": ["3909"]}}, "code 3909"),
    ],
)
def test_what_the_table_does_not_offer_is_refused_before_any_call(selection: dict, message: str) -> None:
    rest = {} if "not named" in message else {"Kjonn": {"codes": ["*"]}}
    base = {"Region": {"codes": ["3909"]}, "ContentsCode": {"codes": ["*"]}, "Tid": {"codes": ["*"]}}
    query = SsbQuery.model_validate({"selection": {**base, **rest, **selection}})
    with pytest.raises(LayoutError) as caught:
        resolve(query, TABLE, lambda codelist: CODES_OF_LIST[codelist])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"codes": []},
        {"codes": ["3909"], "eliminate": True},
        {"codes": ["*"], "codelist": "agg_X", "codelist_label": "x"},
        {"codes": ["a b"]},
        {"codes": ["../../etc"]},
        {"codes": ["x';--"]},
        {"codes": ["top(x)"]},
        {"codes": ["top(0)"]},
        {"codes": ["*"], "codelist": "../config"},
        {"codes": ["*"], "codelist": "agg_a/../../x"},
        {"kodes": ["*"]},
    ],
)
def test_settings_that_make_no_sense_are_refused(choice: dict) -> None:
    with pytest.raises(ValidationError):
        Choice.model_validate(choice)


def test_a_variable_to_be_summed_over_may_be_gone() -> None:
    (with_it,) = ask(Alder={"eliminate": True})
    (without,) = ask()
    assert with_it == without


@pytest.mark.parametrize("table", ["../x", "09817/data", "0", "09817?x=1", "09 817"])
def test_a_table_id_is_digits_and_letters(table: str) -> None:
    with pytest.raises(ValidationError):
        SsbQuery.model_validate({"table": table, "selection": {}})


def cells_of(selection: Selection) -> set[tuple[str, ...]]:
    return set(itertools.product(*(p.codes for p in selection.picked)))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(1, 60))
def test_parts_stay_under_the_limit_and_together_are_the_whole(sizes: list[int], limit: int) -> None:
    picked = tuple(Picked(f"V{n}", tuple(f"c{i}" for i in range(size))) for n, size in enumerate(sizes))
    whole = Selection(picked)
    parts = split(whole, limit)
    assert all(part.cells <= limit for part in parts)
    assert sum(part.cells for part in parts) == whole.cells == math.prod(sizes)
    assert set().union(*(cells_of(part) for part in parts)) == cells_of(whole)


def test_table_12367_as_a_whole_is_split() -> None:
    """97 functions x 35 kinds x 360 municipalities = 1.2 million cells a year (SOURCE.md 5.5): over the limit."""
    whole = Selection(
        (
            Picked("KOKkommuneregion0000", tuple(f"{n:04}" for n in range(360))),
            Picked("KOKfunksjon0000", tuple(str(n) for n in range(97))),
            Picked("KOKart0000", tuple(str(n) for n in range(35))),
            Picked("Tid", ("2025",)),
        )
    )
    parts = split(whole, 800_000)
    assert whole.cells == 1_222_200
    assert [part.cells for part in parts] == [797_825, 424_375]


def test_bodies_of_both_versions() -> None:
    selection = Selection((Picked("Region", ("K-3909",), "agg_KommSummer"), Picked("Tid", ("2025", "2026"))))
    assert selection.body_v2()["selection"] == [
        {"variableCode": "Region", "codelist": "agg_KommSummer", "valueCodes": ["K-3909"]},
        {"variableCode": "Tid", "valueCodes": ["2025", "2026"]},
    ]
    assert selection.body_v1() == {
        "query": [
            {"code": "Region", "selection": {"filter": "agg:KommSummer", "values": ["K-3909"]}},
            {"code": "Tid", "selection": {"filter": "item", "values": ["2025", "2026"]}},
        ],
        "response": {"format": "json-stat2"},
    }
    for codelist, kind in (("agg_single_KommGjeldende", "agg_single:KommGjeldende"), ("vs_Landet", "vs:Landet")):
        body = Selection((Picked("Region", ("x",), codelist),)).body_v1()
        assert body["query"][0]["selection"]["filter"] == kind


def test_metadata_without_variables_is_named() -> None:
    for read, answer in ((metadata_of_v2, {"id": ["A"]}), (metadata_of_v1, {"title": "x"})):
        with pytest.raises(LayoutError, match="SSB table 12345, metadata"):
            read("12345", answer)


def test_positions_may_be_a_list_a_map_or_left_out() -> None:
    assert category_codes({"index": ["b", "a"]}) == ("b", "a")
    assert category_codes({"index": {"a": 1, "b": 0}}) == ("b", "a")
    assert category_codes({"label": {"only": "Only"}}) == ("only",)
