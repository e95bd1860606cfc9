"""The findings of a municipality: which are chosen, what they say, and that they say nothing the figures do not.

Not here: intervals (test_judging.py), the pages that show findings.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from report.profile.findings import Finding, Weights, findings_of, weights
from report.profile.rules import rules
from report.reading.areas import Sources
from report.reading.everywhere import BREAKDOWNS
from report.reading.marts import Marts
from report.reading.shelf import Shelf
from tests.support.report_release import SmallRelease
from tests.support.star_release import HIDDEN, PART_YEAR, ROUNDED, StarRelease

NOW = datetime(2026, 11, 29, tzinfo=UTC)
LARVIK = "3909"


@pytest.fixture
def star(tmp_path: Path) -> StarRelease:
    return StarRelease(tmp_path / "star.duckdb")


def _findings(star: StarRelease, code: str = LARVIK) -> list[Finding]:
    with Marts.open(star.close()) as marts:
        return findings_of(weights(marts, Sources(marts, NOW)), code)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u2212", "-")


def test_a_distance_says_figure_county_country_and_how_sure(star: StarRelease) -> None:
    star.shares(
        star.indicator("employed_share", "percent"),
        2025,
        {LARVIK: (300, 1000), "39": (5800, 12000), "00": (60000, 120000)},
    )
    (found,) = _findings(star)
    assert found.kind == "distance"
    assert found.title == "Lavere enn i Vestfold og hele landet"
    # 30.0 against 48.3 and 50.0
    assert found.sentence == (
        "30,0 prosent i 2025: 18,3 prosentpoeng lavere enn i Vestfold (48,3) og 20,0 lavere enn i hele landet (50,0)."
    )
    assert _plain(found.certainty).startswith("Sikkert: Tallet bygger på 1 000 personer")
    assert found.age == ""
    assert (found.persons, found.year, found.cell.value) == (1000, 2025, 30.0)


def test_an_uncertain_difference_is_called_uncertain(star: StarRelease) -> None:
    # 40 of 100: 20 points below the country is sure, 9 points below the county is not
    star.shares(
        star.indicator("employed_share", "percent"),
        2025,
        {LARVIK: (40, 100), "39": (5880, 12000), "00": (72000, 120000)},
    )
    (found,) = _findings(star)
    assert found.title == "Lavere enn i hele landet"
    assert (
        found.sentence
        == "40,0 prosent i 2025: 20,0 prosentpoeng lavere enn i hele landet (60,0). Forskjellen fra Vestfold (49,0) er usikker."
    )


def test_nothing_rests_on_fewer_persons_than_the_minimum(star: StarRelease) -> None:
    # a share of 0 among 49 is as far from the rest as can be, and is not told
    star.shares(star.indicator("employed_share", "percent"), 2025, {LARVIK: (0, 49)})
    assert _findings(star) == []


def test_what_few_persons_explain_is_no_finding(star: StarRelease) -> None:
    star.shares(star.indicator("employed_share", "percent"), 2025, {LARVIK: (33, 60)})
    assert _findings(star) == []


def test_a_doubling_a_fall_and_a_turn_are_told_as_what_they_are(star: StarRelease) -> None:
    for name, before, now in (("settled_persons", 60, 145), ("outflow_persons", 300, 210)):
        series = star.indicator(name, "persons", group="population_settlement", direction="neither")
        for code in star.codes:
            for year, value in ((2024, before), (2025, now)):
                star.figure(series, code, year, value if code == LARVIK else 100)
    turning = star.indicator("unemployed_share", "percent", group="work_living_conditions", direction="lower_better")
    for year, part, others in ((2023, 500, 500), (2024, 300, 480), (2025, 520, 510)):
        star.shares(turning, year, {LARVIK: (part, 1000)}, (others, 1000))
    told = {found.indicator_id: found for found in _findings(star)}
    assert told["settled_persons"].title == "Mer enn doblet siden 2024"
    assert told["settled_persons"].sentence == "Ble mer enn doblet: fra 60 i 2024 til 145 personer i 2025."
    assert told["outflow_persons"].title == "Ned siden 2024"
    assert told["outflow_persons"].sentence == "Gikk ned fra 300 i 2024 til 210 personer i 2025 (90 færre)."
    turned = told["unemployed_share"]
    assert (turned.kind, turned.title) == ("turning", "Snudde opp i 2025")
    assert turned.sentence.startswith(
        "Snudde opp: fra 50,0 i 2023 ned til 30,0 i 2024, og så opp til 52,0 prosent i 2025."
    )


def test_no_change_is_told_over_a_break(star: StarRelease) -> None:
    series = star.indicator("settled_persons", "persons", group="population_settlement", broken=2025)
    for code in star.codes:
        star.figure(series, code, 2024, 100)
        star.figure(series, code, 2025, 400 if code == LARVIK else 100)
    assert _findings(star) == []


def test_an_outermost_place_is_told_only_when_it_is_not_shared(tmp_path: Path) -> None:
    for ties, expected in ((0, "Høyest av 40 kommuner"), (1, "Høyere enn i Vestfold og hele landet")):
        star = StarRelease(tmp_path / f"{ties}.duckdb", 40)
        series = star.indicator("employed_share", "percent")
        # half of the municipalities at 40, half at 60, so that the distance itself is a usual one
        persons = {code: (600 if number % 2 else 400, 1000) for number, code in enumerate(star.codes)}
        persons |= {LARVIK: (640, 1000), **({"3910": (640, 1000)} if ties else {})}
        star.shares(series, 2025, persons)
        found = _findings(star)[0]
        assert found.title == expected
        assert ("Ingen av de 39 andre kommunene" in found.sentence) is (ties == 0)


def test_an_old_figure_says_its_age_and_a_very_old_one_is_no_finding(star: StarRelease) -> None:
    star.shares(star.indicator("employed_share", "percent"), 2022, {LARVIK: (300, 1000)})
    star.shares(
        star.indicator("unemployed_share", "percent", group="work_living_conditions"), 2013, {LARVIK: (300, 1000)}
    )
    (found,) = _findings(star)
    assert found.indicator_id == "employed_share"
    assert found.age == "Tallet er 4 år gammelt. Nyere tall er ikke lest inn."


def test_a_part_of_a_year_is_no_finding_where_the_mart_says_so(star: StarRelease) -> None:
    """The file of November 2026 has a figure of that year: what counts is the state of the figure, not the day of the file."""
    series = star.indicator("employed_share", "percent")
    star.shares(series, 2025, {LARVIK: (300, 1000)})
    star.figure(series, LARVIK, 2026, 10.0, part=100, of=1000, state=PART_YEAR)
    whole = star.indicator("unemployed_share", "percent", group="work_living_conditions")
    star.shares(whole, 2026, {LARVIK: (300, 1000)})
    years = {found.indicator_id: found.year for found in _findings(star)}
    assert years == {"employed_share": 2025, "unemployed_share": 2026}


def test_unknown_hidden_and_rounded_figures(star: StarRelease) -> None:
    hidden = star.indicator("employed_share", "percent")
    star.shares(hidden, 2025, {})
    star.connection.execute(
        "update marts.fct_figure_municipality set value = null, state_number = ? where region_code = ?",
        [HIDDEN, LARVIK],
    )
    rounded = star.indicator("unemployed_share", "percent", group="work_living_conditions")
    star.shares(rounded, 2025, {LARVIK: (300, 1000)})
    star.connection.execute(
        "update marts.fct_figure_municipality set value_low = 29.8, value_high = 30.2, state_number = ? "
        "where region_code = ? and series_number = ?",
        [ROUNDED, LARVIK, rounded],
    )
    (found,) = _findings(star)
    assert found.indicator_id == "unemployed_share"
    assert found.sentence.startswith("Om lag 30,0 prosent i 2025:")


def test_findings_are_spread_over_groups_and_matters(star: StarRelease) -> None:
    low = {LARVIK: (100, 1000)}
    names = {
        "employed_share": "work_living_conditions", "employed_all_share": "work_living_conditions",  # one matter
        "unemployed_share": "work_living_conditions", "young_outside_share": "work_living_conditions",
        "low_income_share": "work_living_conditions", "higher_education_share": "education",
        "left_to_work_or_education_share": "introduction_programme",
    }  # fmt: skip
    for name, group in names.items():
        star.shares(star.indicator(name, "percent", group=group), 2025, low)
    found = _findings(star)
    groups = [one.group for one in found]
    assert groups.count("work_living_conditions") == 2
    assert {"education", "introduction_programme"} < set(groups)
    assert len({rules().family(one.indicator_id) for one in found}) == len(found)


def test_findings_differ_as_the_figures_do(known: Weights, demo_marts: Marts) -> None:
    """Bergen, Utsira, Oslo and Larvik: each says its own figures as the mart has them, and no two say the same."""
    said = {code: findings_of(known, code) for code in ("4601", "1151", "0301", LARVIK)}
    texts = {code: tuple(one.sentence for one in found) for code, found in said.items()}
    assert len(set(texts.values())) == 4
    assert all("county" not in [b.role for b in one.beside] for one in said["0301"])  # Oslo is its own county
    for code, found in said.items():
        for one in found:
            where = {name: dict(one.where).get(name, "all") for name in BREAKDOWNS}
            asked = {"indicator_id": one.indicator_id, "municipality_code": code, "year": one.year, **where}
            (row,) = demo_marts.rows(
                "comparison", asked, columns=["municipality_value", "county_value", "country_value"]
            )
            assert row["municipality_value"] == one.cell.value
            for beside in one.beside:
                assert row[f"{beside.role}_value"] == beside.evidence.cell.value
                is_above = one.cell.value > (beside.evidence.cell.value or 0.0)
                assert beside.judged.verdict not in ({"below"} if is_above else {"above"})
    for code in ("4601", "0301", LARVIK):
        assert rules().fewest <= len(said[code]) <= rules().most


_WORDS = "høyere|lavere|flere|færre|mer|mindre|lengre|kortere"
_COMPARED = re.compile(
    r"(?:om lag )?(?P<size>én|[\d ]+(?:,\d+)?)(?P<millions> millione?r?)?"
    r"(?: (?:prosentpoeng|poeng|kroner|krone|måneder|måned))? "
    rf"(?P<word>{_WORDS})(?: per 1000 innbyggere)? enn i "
    r"[^(]+ \((?:om lag )?(?P<other>[\d ]+(?:,\d+)?)(?P<other_millions> millione?r?)?\)"
)
_FROM_TO = re.compile(
    r"fra (?:om lag )?(?P<before>[\d ]+(?:,\d+)?)(?: millione?r?)? i \d{4} til (?:om lag )?(?P<now>[\d ]+(?:,\d+)?)"
)


def _least(one: Finding) -> int:
    """The stated minimum: all of a group for a percentage, those counted for a rate, more where nothing is counted."""
    if one.judged.interval is None:
        return rules().least_persons_uncounted
    return rules().least_counted if one.unit.name.startswith("per 1000") else rules().least_persons


def _number(text: str) -> Decimal:
    return Decimal("1" if text == "én" else text.strip().replace(" ", "").replace(",", "."))


def test_no_sentence_contradicts_its_numbers(known: Weights) -> None:
    """All municipalities: read back from the text, every difference is that of the two numbers beside it."""
    checked = 0
    for region in known.whole.regions:
        if region.level != "municipality":
            continue
        found = findings_of(known, region.code)
        assert len(found) <= rules().most
        for one in found:
            text = _plain(one.sentence)
            assert one.persons >= _least(one), (region.name, one.indicator_id)
            assert one.judged.is_sure, (region.name, one.indicator_id)
            assert (one.age != "") == (2026 - one.year >= rules().old_after_years)
            own = re.match(r"(?:Om lag )?([\d ]+(?:,\d+)?)", text)
            for match in _COMPARED.finditer(text) if own else ():
                if bool(match["millions"]) == bool(match["other_millions"]) and " million" not in text:
                    assert own is not None
                    gap = _number(own[1]) - _number(match["other"])
                    assert abs(gap) == _number(match["size"]), (region.name, text)
                    assert (gap > 0) == (match["word"] in ("høyere", "flere", "mer", "lengre")), (region.name, text)
                    checked += 1
            for match in _FROM_TO.finditer(text) if " million" not in text and not own else ():
                rose = _number(match["now"]) > _number(match["before"])
                assert rose == text.startswith(("Økte", "Ble mer enn doblet")), (region.name, text)
                checked += 1
    assert checked > 500


def test_a_place_that_others_share_is_no_rank(tmp_path: Path) -> None:
    """Larvik is first of 357 alone in 2024 and with Sandefjord in 2025: only the first is a place."""
    small = SmallRelease(tmp_path / "small.duckdb")
    for year in (2024, 2025):
        small.add(
            "comparison", indicator_id="employed_share", municipality_code=LARVIK, year=year, rank=1, ranked_count=357
        )
    small.table(
        "dim_series", "series_number integer, indicator_id varchar, " + ", ".join(f"{n} varchar" for n in BREAKDOWNS)
    )
    small.add("dim_series", series_number=1, indicator_id="employed_share", **dict.fromkeys(BREAKDOWNS, "all"))
    figures = ((LARVIK, 2024, 1), ("3907", 2024, 2), (LARVIK, 2025, 1), ("3907", 2025, 1))
    small.table(
        "fct_figure_municipality",
        "series_number integer, region_code varchar, year integer, rank integer",
        *({"series_number": 1, "region_code": code, "year": year, "rank": rank} for code, year, rank in figures),
    )
    with Marts.open(small.close()) as marts:
        shelf = Shelf.read(marts, ["employed_share"], [LARVIK], {})
    total = dict.fromkeys(BREAKDOWNS, "all")
    assert shelf.rank("employed_share", LARVIK, 2024, total) is not None
    assert shelf.rank("employed_share", LARVIK, 2025, total) is None
