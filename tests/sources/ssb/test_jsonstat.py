"""The JSON-stat decoder against a straightforward loop, on generated data sets and on every recorded body.

Here: the format. Not here: what the cells mean.
"""

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.errors import LayoutError, NotOfKindError, ValueGrammarError
from sources.ssb.jsonstat import decode

SYMBOLS = [".", "..", ":", "-", "..."]


def loop(raw: dict[str, Any]) -> list[tuple[tuple[str, ...], float | None, str | None]]:
    """Every cell of a data set by plain reading of the format: (codes, value, status)."""
    dataset = raw.get("dataset", raw)
    dimension = dataset["dimension"]
    names = dataset.get("id", dimension.get("id"))
    codes = []
    for name in names:
        category = dimension[name]["category"]
        index = category.get("index")
        if index is None:
            codes.append(list(category["label"]))
        elif isinstance(index, list):
            codes.append(index)
        else:
            codes.append([code for code, _ in sorted(index.items(), key=lambda pair: pair[1])])
    cells = []
    value, status = dataset["value"], dataset.get("status")
    for number, combination in enumerate(product(*codes)):
        one = value[number] if isinstance(value, list) else value.get(str(number))
        if status is None or isinstance(status, str):
            symbol = status
        elif isinstance(status, list):
            symbol = status[number]
        else:
            symbol = status.get(str(number))
        cells.append((combination, one, symbol or None))
    return cells


def decoded(raw: dict[str, Any]) -> list[tuple[tuple[str, ...], float | None, str | None]]:
    """The same from the decoder."""
    cube = decode(json.dumps(raw).encode(), "test")
    table = cube.to_table()
    columns = [table[dimension.name].to_pylist() for dimension in cube.dimensions]
    codes = list(zip(*columns, strict=True)) if columns else [()]
    return list(zip(codes, table["value"].to_pylist(), table["status"].to_pylist(), strict=True))


@st.composite
def datasets(draw: st.DrawFn) -> dict[str, Any]:
    """Data sets in every variant: index as list, map or absent, value as list or map, status in four forms."""
    size = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    names = [f"D{number}" for number in range(len(size))]
    dimension: dict[str, Any] = {}
    for name, count in zip(names, size, strict=True):
        codes = draw(
            st.lists(st.text("0123456789KMabæø-", min_size=1, max_size=4), min_size=count, max_size=count, unique=True)
        )
        labels = {code: f"label {code}" for code in codes}
        kind = draw(st.sampled_from(["list", "map", "absent" if count == 1 else "map"]))
        category: dict[str, Any] = {"label": labels}
        if kind == "list":
            category["index"] = codes
        elif kind == "map":
            pairs = draw(st.permutations(list(enumerate(codes))))
            category["index"] = {code: place for place, code in pairs}
        dimension[name] = {"label": name, "category": category}
    cells = math.prod(size)
    number = st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(2**40), 2**40)
    values = draw(st.lists(number, min_size=cells, max_size=cells))
    raw: dict[str, Any] = {"version": "2.0", "class": "dataset", "label": "x"}
    if draw(st.booleans()):
        raw |= {"id": names, "size": size}
        if draw(st.booleans()):
            raw["role"] = {"time": [names[-1]]}
    else:
        dimension |= {"id": names, "size": size}
    raw["dimension"] = dimension
    as_map = draw(st.booleans())
    raw["value"] = {str(n): v for n, v in enumerate(values) if v is not None} if as_map else values
    symbols = draw(st.lists(st.none() | st.sampled_from(SYMBOLS), min_size=cells, max_size=cells))
    form = draw(st.sampled_from(["none", "list", "map", "one"]))
    if form == "list":
        raw["status"] = symbols
    elif form == "map":
        raw["status"] = {str(n): s for n, s in enumerate(symbols) if s is not None}
    elif form == "one":
        raw["status"] = draw(st.sampled_from(SYMBOLS))
    return {"dataset": raw} if draw(st.booleans()) else raw


@settings(max_examples=150, deadline=None)
@given(datasets())
def test_decoder_equals_the_loop(raw: dict[str, Any]) -> None:
    assert decoded(raw) == loop(raw)


def test_decoder_equals_the_loop_on_every_recorded_body(extracts: Path) -> None:
    bodies = {}
    for path in sorted((extracts / "upstream" / "ssb").glob("*.json")):
        raw = json.loads(path.read_bytes())
        if isinstance(raw, dict) and "value" in raw.get("dataset", raw) and raw.get("dataset", raw)["value"]:
            bodies[path.name] = (decoded(raw), loop(raw))
    assert set(bodies) == {
        "v0dataset_education-level.json",
        "v0dataset_household-income.json",
        "v0dataset_immigrants-with-immigrant-parents.json",
        "v0dataset_immigration-rate.json",
        "v1_data_07221_no.json",
        "v2_data_05803_no_with_status.json",
    }
    for name, (ours, plain) in bodies.items():
        assert ours == plain, name


def test_every_other_recorded_answer_is_refused_with_what_it_is(extracts: Path) -> None:
    refused = {}
    for path in sorted((extracts / "upstream" / "ssb").glob("*.json")):
        try:
            decode(path.read_bytes(), path.name)
        except (NotOfKindError, LayoutError) as error:
            refused[path.name] = str(error)
    assert "Parameter error" in refused["v1_error_400_parameter_error.json"]
    assert "Too many values" in refused["v1_error_403_too_many_values.json"]
    assert "Non-existent variable" in refused["v2_error_400_nonexistent_variable.json"]
    assert "size [14, 292]" in refused["v2_metadata_05803_en.json"]
    assert "0 values" in refused["v2_metadata_05803_en.json"]


def test_the_recorded_body_of_05803(extracts: Path) -> None:
    """Status `..` and null, units, role, and the stamp in UTC."""
    cube = decode((extracts / "upstream/ssb/v2_data_05803_no_with_status.json").read_bytes(), "05803")
    assert cube.table_id == "05803"
    assert cube.updated_at is not None
    assert cube.updated_at.isoformat() == "2026-04-15T06:00:00+00:00"
    assert cube.roles == {"time": ["Tid"], "metric": ["ContentsCode"]}
    assert cube.dimensions[0].units == {
        "Personer": "personer",
        "Skilsmisse": "skilsmisser",
        "Innflyttinger": "personer",
    }
    nulls = np.isnan(cube.values)
    assert nulls.any()
    assert {cube.symbols[s] for s in cube.status[nulls]} == {".."}


def small() -> dict[str, Any]:
    category = {"index": ["1", "2"], "label": {"1": "a", "2": "b"}}
    years = {"index": {"2023": 0, "2024": 1, "2025": 2}, "label": {}}
    dimension = {"A": {"category": category}, "Tid": {"category": years}}
    return {
        "class": "dataset",
        "id": ["A", "Tid"],
        "size": [2, 3],
        "dimension": dimension,
        "value": [1, 2, 3, 4, None, 6],
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": [2, 2]}, "2 different categories|2 categories|places 0 to 1"),
        ({"value": [1, 2, 3]}, r"size \[2, 3\], which makes 6 cells; found 3 values"),
        ({"value": {"6": 1}}, r"size \[2, 3\], which makes 6 cells; found `value` for cell 6"),
        ({"status": [".", "."]}, r"size \[2, 3\], which makes 6 cells; found 2 statuses"),
        ({"status": {"9": "."}}, r"`status` for cell 9"),
        ({"status": 5}, "`status` as list, map or one text"),
        ({"value": "1,2,3"}, "`value` as list or map"),
        ({"id": ["A"]}, r"1 dimensions \['A'\] and 2 sizes \[2, 3\]"),
        ({"id": ["A", "A"]}, "one size for each dimension"),
        ({"id": ["A", "B"]}, "a description of dimension B|also a description of Tid"),
        ({"size": [2, -3]}, "whole numbers"),
        ({"size": [2, 3.5]}, "whole numbers"),
        ({"size": [100_000, 100_000]}, "10,000,000,000 cells"),
        ({"updated": "last week"}, "`updated` as a moment"),
        ({"updated": "2026-01-01T08:00:00"}, "time zone"),
    ],
)
def test_a_body_that_does_not_agree_with_itself(change: dict[str, Any], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        decode(json.dumps({**small(), **change}).encode(), "x.json")


@pytest.mark.parametrize("value", ["7", True, [1], {"a": 1}])
def test_values_that_are_no_numbers(value: object) -> None:
    with pytest.raises(ValueGrammarError, match="numbers and null"):
        decode(json.dumps({**small(), "value": [1, 2, 3, 4, 5, value]}).encode(), "x.json")


def test_figures_that_are_all_quoted_are_figures() -> None:
    quoted = {**small(), "value": ["1", "2", "3", "4", None, "6.5"]}
    assert [value for _, value, _ in decoded(quoted)] == [1.0, 2.0, 3.0, 4.0, None, 6.5]


@pytest.mark.parametrize("text", ["1 234", "1,5", "..", "", "1e3", "0x10", "nan"])
def test_a_quoted_text_that_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueGrammarError, match="numbers and null"):
        decode(json.dumps({**small(), "value": ["1", "2", "3", "4", None, text]}).encode(), "x.json")


def with_category(**change: object) -> bytes:
    raw = small()
    raw["dimension"]["A"]["category"] = {**raw["dimension"]["A"]["category"], **change}
    return json.dumps(raw).encode()


def test_a_list_of_labels_follows_the_codes() -> None:
    assert decode(with_category(label=["Kvinner", "Menn"]), "x").dimensions[0].labels == ["Kvinner", "Menn"]
    turned = with_category(index={"2": 0, "1": 1}, label=["Kvinner", "Menn"])
    assert decode(turned, "x").dimensions[0].labels == ["Kvinner", "Menn"]
    assert decode(turned, "x").dimensions[0].codes == ["2", "1"]


@pytest.mark.parametrize("unit", [None, {}, {"1": None}, {"1": {}}, {"1": {"base": None}}, {"1": {"decimals": 0}}])
def test_a_unit_that_states_nothing_is_none(unit: object) -> None:
    assert decode(with_category(unit=unit), "x").dimensions[0].units == {}


@pytest.mark.parametrize(
    "change",
    [
        {"label": ["one"]},
        {"label": "one"},
        {"label": 5},
        {"unit": ["personer"]},
        {"unit": {"1": "personer"}},
        {"index": 5},
    ],
)
def test_a_category_that_is_no_jsonstat_is_a_typed_error(change: dict[str, object]) -> None:
    with pytest.raises(LayoutError, match=" of A"):
        decode(with_category(**change), "x.json")


@pytest.mark.parametrize("role", [["Tid"], "Tid", 5])
def test_a_role_that_is_no_map_is_a_typed_error(role: object) -> None:
    with pytest.raises(LayoutError, match="`role` as map"):
        decode(json.dumps({**small(), "role": role}).encode(), "x.json")


def test_px_text_with_status_200_is_no_jsonstat() -> None:
    with pytest.raises(NotOfKindError, match="not whole JSON"):
        decode(b'CHARSET="ANSI";\nAXIS-VERSION="2010";\nLANGUAGE="no";\nDATA=\n1 2 3;\n', "13563.px")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have(text: str) -> None:
    body = json.dumps(small()).replace("null", text)
    with pytest.raises(ValueGrammarError, match="finite"):
        decode(body.encode(), "x.json")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"[1, 2]", b'{"class": "collection", "dimension": {}}', b'{"class": "dataset"', b"null"],
)
def test_other_bytes(body: bytes) -> None:
    with pytest.raises(NotOfKindError):
        decode(body, "x.json")


def test_a_deeply_nested_body_is_no_crash() -> None:
    with pytest.raises(NotOfKindError):
        decode(b"[" * 200_000, "x.json")
