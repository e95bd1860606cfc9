"""SSB 13563 by ranked status: from a composed answer of SSB to shares of immigrants and of the rest.

Here: hand-worked figures. Not here: the file from SSB's website (test_ssb_website.py). The body is composed: its codes were
seen in public scripts, its figures are made up, so that the seven statuses add up to all residents of each group.
"""

from itertools import product
from pathlib import Path

import pytest

from sources.dataset.options import options_of
from sources.ssb import reader
from sources.ssb.selection import SsbQuery
from tests.support.ssb_bodies import body, documents, spec_of
from warehouse.indicators import Indicator, load_indicators

# Larvik 30-61 years: status -> (immigrants, the rest); 2 000 and 16 000 in all
LARVIK = {
    "TOT": (2000, 16000),
    "NEET2": (640, 2880),
    "A.01": (1200, 12800),
    "A.09": (80, 160),
    "U.01": (60, 80),
    "U.03": (100, 240),
    "U.04-U.05": (240, 1920),
    "U.06-U.07": (20, 160),
    "U.90A": (300, 640),
}
SHARES = {
    "main_status_employed_share": (60.0, 80.0),
    "main_status_unemployed_share": (4.0, 1.0),
    "main_status_on_measures_share": (3.0, 0.5),
    "main_status_in_education_share": (5.0, 1.5),
    "main_status_aap_disability_share": (12.0, 12.0),
    "main_status_pension_share": (1.0, 1.0),
    "main_status_other_share": (15.0, 4.0),
}
GROUPS = {"B": "immigrants", "A_C-G": "population_except_immigrants"}


@pytest.fixture
def cells(tmp_path: Path) -> dict[tuple[str, str], float | None]:
    """(our status, our group) -> persons, as the reader gives them."""
    codes = {
        "Region": ["K-3909"],
        "HovArbStyrkStatus": list(LARVIK),
        "Alder": ["30-61"],
        "InnvandrKat": list(GROUPS),
        "ContentsCode": ["Bosatte"],
        "Tid": ["2025"],
    }
    values = [float(LARVIK[status][place]) for status, place in product(LARVIK, range(2))]
    raw = body(codes, values, {"15": ":"}, table="13563")
    raw["value"][15] = None  # the rest with pension: hidden by SSB
    table = reader.read(spec_of("ssb/13563"), documents(tmp_path, raw)).table
    assert set(table["age_group"].to_pylist()) == {"age_30_61"}
    return {(row["category"], row["immigrant_category"]): row["value"] for row in table.to_pylist()}


def status_of(indicator: Indicator) -> str:
    term = indicator.terms.get("numerator") or indicator.terms["value"]
    return term.where["category"]


def ranked() -> dict[str, Indicator]:
    folder = Path(__file__).parents[3] / "dbt_project" / "indicators"
    return {i.indicator_id: i for i in load_indicators(folder) if i.indicator_id.startswith("main_status_")}


def test_each_status_has_its_share_of_immigrants_and_of_the_rest(cells: dict[tuple[str, str], float | None]) -> None:
    indicators = ranked()
    for name, (immigrants, rest) in SHARES.items():
        share = indicators[name]
        assert share.terms["denominator"].where == {"category": "all"}
        for group, expected in (("immigrants", immigrants), ("population_except_immigrants", rest)):
            part, whole = cells[status_of(share), group], cells["all", group]
            if (name, group) == ("main_status_pension_share", "population_except_immigrants"):
                assert part is None, "a hidden cell is no zero"
                continue
            assert part is not None and whole is not None
            assert 100 * part / whole == expected, (name, group)


def test_the_statuses_are_all_asked_for_and_are_parts_of_one_whole(cells: dict[tuple[str, str], float | None]) -> None:
    choice = options_of(spec_of("ssb/13563"), "ssb", SsbQuery).selection["HovArbStyrkStatus"]
    assert not isinstance(choice, list)
    assert choice.codes == list(LARVIK)
    statuses = {status_of(indicator) for indicator in ranked().values()}
    assert len(statuses) == len(SHARES)
    assert sum(cells[status, "immigrants"] or 0 for status in statuses) == cells["all", "immigrants"] == 2000


def test_every_share_and_count_says_that_a_person_counts_once() -> None:
    indicators = ranked()
    assert set(indicators) == {*SHARES, *(name.replace("_share", "_persons") for name in SHARES)}
    for indicator in indicators.values():
        assert "eller én gang etter rangert status" in indicator.definition_nb
        assert indicator.keep == ["age_group", "immigrant_category"]


def test_the_invented_extract_has_every_status() -> None:
    from sources.demo.ssb import ssb_plan

    plan = ssb_plan()["13563"].variables
    assert list(plan["HovArbStyrkStatus"]) == list(LARVIK)
    assert "62+" in plan["Alder"]
    # NEET2 is a sum across; the seven others are all of each invented group, per mille
    ranked_weights = [w for code, w in plan["HovArbStyrkStatus"].items() if code not in ("TOT", "NEET2")]
    assert [sum(weights) for weights in zip(*ranked_weights, strict=True)] == [1000] * 4
