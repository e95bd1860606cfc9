"""A municipality by name or code, as people write it. Names and codes are those of Klass 131 in force since 2024."""

import pytest

from warehouse.errors import WrongSetting
from warehouse.places import UnknownPlace, find_municipality, shipped_municipalities
from warehouse.settings import load_settings


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("3909", "3909"),
        ("Larvik", "3909"),
        ("larvik kommune", "3909"),
        ("0301", "0301"),
        ("Herøy (Nordland)", "1818"),
        ("Herøy, Nordland", "1818"),
        ("Karasjok", "5610"),
        ("Kárášjohka", "5610"),
        ("Porsanki", "5622"),
    ],
)
def test_what_people_write_is_found(asked: str, code: str) -> None:
    assert find_municipality(asked, shipped_municipalities(), "x") == code


def test_two_of_one_name_are_told_apart() -> None:
    with pytest.raises(UnknownPlace, match=r"Våler \(Østfold\) is 3114, Våler \(Innlandet\) is 3419"):
        find_municipality("Våler", shipped_municipalities(), "x")


@pytest.mark.parametrize(("slip", "meant"), [("Larvikk", "Larvik is 3909"), ("Sandefjor", "Sandefjord is 3907")])
def test_a_slip_gets_near_names(slip: str, meant: str) -> None:
    with pytest.raises(UnknownPlace, match=meant):
        find_municipality(slip, shipped_municipalities(), "x")


def test_an_old_code_is_no_municipality_of_today() -> None:
    with pytest.raises(UnknownPlace, match="dim_region_history"):
        find_municipality("0709", shipped_municipalities(), "x")


def test_the_home_municipality_may_be_set_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRERING_MUNICIPALITY", "Sandefjord")
    assert load_settings().municipality == "3907"
    monkeypatch.setenv("INTEGRERING_MUNICIPALITY", "Larvikk")
    with pytest.raises(WrongSetting, match="Larvik is 3909"):
        load_settings()
