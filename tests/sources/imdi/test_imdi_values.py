"""The grammar of IMDi's cells, held by properties."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.dataset.dimensions import open_code
from sources.imdi.labels import region_of
from sources.imdi.values import STATUSES, parse_cell, parse_cells


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_whole_numbers_come_back_as_they_are(number: int) -> None:
    assert parse_cell(str(number)) == (float(number), "ok")


@given(st.integers(min_value=0, max_value=10**7), st.text("0123456789", min_size=1, max_size=8), st.sampled_from(".,"))
def test_decimal_point_and_comma_mean_the_same(whole: int, decimals: str, mark: str) -> None:
    parsed = parse_cell(f"{whole}{mark}{decimals}")
    assert parsed is not None
    assert math.isclose(parsed[0], float(f"{whole}.{decimals}")) and parsed[1] == "ok"


@given(st.text(max_size=12))
def test_nothing_outside_the_grammar_becomes_a_number(text: str) -> None:
    parsed = parse_cell(text)
    if parsed is not None and parsed[1] == "ok":
        assert re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", text.strip())
        assert math.isfinite(parsed[0])
    if parsed is not None and parsed[1] != "ok":
        assert math.isnan(parsed[0]) and text.strip().casefold() in {":", ".", "", "inf", "nan"}


@given(st.sampled_from([":", ".", "", "Inf", "inf"]), st.text(" ", max_size=3), st.text(" ", max_size=3))
def test_a_marker_with_blanks_is_the_marker_and_never_zero(marker: str, before: str, after: str) -> None:
    parsed = parse_cell(before + marker + after)
    assert parsed is not None and math.isnan(parsed[0])
    assert parsed[1] == {":": "suppressed", ".": "missing", "": "missing"}.get(marker, "not_finite")


def test_distinct_texts_are_parsed_together() -> None:
    assert parse_cells(["x"], {"x": "not_applicable"})[1:] == (STATUSES.index("not_applicable"), False)
    values, statuses, outside = parse_cells(["12", ":", "x", "3,5"])
    assert np.array_equal(outside, [False, False, True, False])
    assert [STATUSES[s] for s in statuses] == ["ok", "suppressed", "ok", "ok"]
    assert values[0] == 12 and values[3] == 3.5


@given(st.text(max_size=40))
def test_the_code_of_a_new_label_is_a_safe_identifier(label: str) -> None:
    code = open_code(label)
    assert re.fullmatch(r"[a-z0-9_]{0,60}", code)
    assert open_code(code) == code


@pytest.mark.parametrize(
    ("number", "key", "region"),
    [
        ("301", "K", ("0301", "municipality")),
        ("0", "F", ("00", "country")),
        ("030101", "B", ("030101", "city_district")),
        ("30101", "B", ("030101", "city_district")),
        ("000301", "B", ("000301", "city_district")),
        ("0101", "B", None),
        ("110301", "B", None),
        ("3o1", "K", None),
    ],
)
def test_lost_zeros_are_put_back_and_a_number_of_another_level_is_none(
    number: str, key: str, region: tuple[str, str] | None
) -> None:
    assert region_of(number, key) == region
