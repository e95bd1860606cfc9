"""SSB's own words: region codes and labels, periods, symbols.

Here: one term at a time. Not here: bodies of terms (test_ssb_reader.py).
"""

from datetime import date

import pytest

from sources.errors import UnknownLabelError, ValueGrammarError
from sources.ssb.terms import Region, period_of, region_of, region_of_label, status_of


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0", ("00", "country")),
        ("EAK", ("00", "country")),
        ("39", ("39", "county")),
        ("EKA39", ("39", "county")),
        ("3900", ("39", "county")),
        ("F-39", ("39", "county")),
        ("F_39", ("39", "county")),
        ("K-3909", ("3909", "municipality")),
        ("K_3909", ("3909", "municipality")),
        ("K.3909", ("3909", "municipality")),
        ("0709", ("0709", "municipality")),
        ("9999", ("9999", "municipality")),
        ("0799", ("0799", "municipality")),
        ("030101", ("030101", "city_district")),
        ("EKG07", ("EKG07", "kostra_group")),
        ("EAKUO", ("EAKUO", None)),
        ("0716u", ("0716u", None)),
        ("99", ("99", None)),
        ("K-21-22", ("K-21-22", None)),
        ("K-23", ("K-23", None)),
        ("F_23", ("F_23", None)),
        ("F-99", ("F-99", None)),
        ("K-Rest", ("K-Rest", None)),
    ],
)
def test_region_codes(code: str, expected: tuple[str, str | None]) -> None:
    region = region_of(code, {}, "x")
    assert (region.code, region.level) == expected


@pytest.mark.parametrize("code", ["390", "39090", "K39", "EKX", "' or 1=1", "../..", "", "3909 ", "X-3909"])
def test_region_codes_of_no_known_form(code: str) -> None:
    with pytest.raises(UnknownLabelError):
        region_of(code, {}, "x")


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("3805 Larvik", "3805"),
        ("0709 Larvik (-2017)", "0709"),
        ("K-3805 Larvik", "3805"),
        ("38 Vestfold og Telemark", "38"),
        ("0 Hele landet", "00"),
        ("Hele landet", "00"),
        ("Landet", "00"),
        ("EAK Landet", "00"),
    ],
)
def test_region_labels(label: str, code: str) -> None:
    assert region_of_label(label, {}, "x").code == code


def test_only_plain_codes_are_bound_to_their_years() -> None:
    assert region_of("3909", {}, "x") == Region("3909", "municipality", by_validity=True)
    assert not region_of("K-3909", {}, "x").by_validity
    assert not region_of("9999", {}, "x").by_validity


def test_only_joined_codes_stand_on_the_areas_of_today() -> None:
    """KOSTRA's counties are those of the year; a label of an extract says it as a code does."""
    joined = ["K-3909", "F-39", "K_0301"]
    assert {region_of(code, {}, "x").geography for code in joined} == {"today"}
    assert {region_of(code, {}, "x").geography for code in ["3909", "39", "EKA39", "3900", "EAK", "0"]} == {"own_year"}
    assert region_of_label("K-3805 Larvik", {}, "x").geography == "today"
    assert region_of_label("K-Rest Uoppgitt", {}, "x").level is None


@pytest.mark.parametrize(
    ("code", "start", "kind"),
    [
        ("2024", date(2024, 1, 1), "year"),
        ("2024M06", date(2024, 6, 1), "month"),
        ("2024K2", date(2024, 4, 1), "quarter"),
        ("2019-2025", date(2025, 1, 1), "year"),
    ],
)
def test_periods(code: str, start: date, kind: str) -> None:
    period = period_of(code, "x")
    assert (period.start, period.kind, period.is_interval) == (start, kind, "-" in code)


@pytest.mark.parametrize("code", ["2024U07", "24", "2024M13", "2024K5", "2025-2019", "2024-13", "neste år"])
def test_periods_outside_the_grammar(code: str) -> None:
    with pytest.raises(ValueGrammarError):
        period_of(code, "x")


def test_symbols() -> None:
    assert {s: status_of(s, "x") for s in (".", "..", "...", ":", "-", "*")} == {
        ".": "not_applicable",
        "..": "missing",
        "...": "missing",
        ":": "suppressed",
        "-": "missing",
        "*": "ok",
    }
    with pytest.raises(ValueGrammarError, match="'x'"):
        status_of("x", "x")
