"""The profile as a reader meets it: four pages at most, every headline figure on a line, and what its marks and words stand for.

Not here: the choice of findings (test_findings.py), intervals (test_judging.py).
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pytest

from report.assemble import build_report
from report.drawing import marks
from report.judging.verdict import Limits, judge, movement
from report.model import Cell, Report
from report.profile.barometer import barometer
from report.profile.findings import Weights, findings_of, weights
from report.profile.page import Profile, build_profile
from report.profile.rules import rules
from report.reading.areas import Sources
from report.reading.marts import Marts
from report.words.texts import profile_words, unit_of
from report.writers.html import write_html
from report.writers.profile import write_profile
from tests.report.test_judging import _share
from tests.support.star_release import HIDDEN, OK, StarRelease

NOW = datetime(2026, 11, 29, tzinfo=UTC)
LARVIK = "3909"


@pytest.fixture(scope="module")
def larvik(demo_marts: Marts, known: Weights) -> tuple[Report, Profile]:
    report = build_report(demo_marts, LARVIK, 4, NOW, known)
    return report, build_profile(known, report)


def test_the_paper_has_at_most_four_tagged_pages(larvik: tuple[Report, Profile], tmp_path: Path) -> None:
    report, profile = larvik
    paper = pypdf.PdfReader(write_profile(report, profile, tmp_path / "profil.pdf", NOW))
    assert 1 <= len(paper.pages) <= 4
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert paper.trailer["/Root"]["/Lang"] == "nb-NO"
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in paper.pages))
    words = profile_words()
    for heading in ("findings", "money", "fresh"):
        assert words["page"][heading].split(",")[0] in text
    assert all(one.finding.title in text for one in profile.findings)
    assert text.count("DEMODATA") >= len(paper.pages)


def test_every_headline_figure_has_a_line_or_is_named_as_missing(larvik: tuple[Report, Profile]) -> None:
    _, profile = larvik
    declared = [row.row for group in rules().barometer for row in group.rows]
    assert len(profile.barometer.lines) + len(profile.barometer.absent) == len(declared)
    assert [line.row_id for line in profile.barometer.lines] == [
        row for row in declared if row in {x.row_id for x in profile.barometer.lines}
    ]
    assert set(profile_words()["barometer"]["rows"]) == set(declared)
    assert set(profile_words()["page"]["tiles"]) == {tile.tile for tile in rules().tiles}


def test_the_page_begins_with_the_same(larvik: tuple[Report, Profile], tmp_path: Path) -> None:
    report, profile = larvik
    page = write_html(report, tmp_path / "r.html", "utforsk.html", profile, "profil-3909.pdf").read_text(
        encoding="utf-8"
    )
    body = page[page.index("<main") :]
    assert body.index('class="tiles"') < body.index('id="barometer"') < body.index('id="kap-settlement_population"')
    assert all(line.own in body for _, lines in profile.lines for line in lines)
    assert all(f"i={line.indicator_id}" in body for line in profile.barometer.lines)


def test_a_line_says_where_the_municipality_lies_and_how_it_went(tmp_path: Path) -> None:
    star = StarRelease(tmp_path / "star.duckdb")
    series = star.indicator("left_to_work_or_education_share", "percent", group="introduction_programme")
    star.shares(series, 2022, {LARVIK: (400, 1000)})
    star.shares(series, 2025, {LARVIK: (600, 1000)})
    few = star.indicator("settled_of_requested_share", "percent", group="population_settlement", direction="neither")
    star.shares(few, 2025, {LARVIK: (20, 40)}, (400, 500))
    hidden = star.indicator("kostra_275_per_inhabitant_nok", "nok_per_person", group="costs", direction="neither")
    star.figure(hidden, LARVIK, 2025, None, of=48000, state=HIDDEN)
    star.figure(hidden, "3901", 2025, 700, of=10000)
    star.figure(hidden, "00", 2025, 797, of=5000000)
    with Marts.open(star.close()) as marts:
        board = barometer(weights(marts, Sources(marts, NOW)), LARVIK)
    lines = {line.row_id: line for line in board.lines}
    work = lines["left_to_work"]
    assert work.place is not None
    assert (work.place.higher, work.place.lower, work.place.of) == (0, 11, 12)
    assert (work.since, work.changed) == (2022, "better")
    assert work.beside["country"].judged.verdict == "above"
    assert (lines["settled_of_requested"].has_few, lines["settled_of_requested"].place) == (True, None)
    assert lines["settled_of_requested"].beside["country"].judged.verdict == "uncertain"
    assert lines["programme_cost"].cell.is_hidden
    assert len(board.absent) == len([row for group in rules().barometer for row in group.rows]) - 3


@pytest.mark.parametrize(
    ("now", "before", "direction", "expected"),
    [
        ((600, 1000), (500, 1000), "higher_better", "better"),
        ((600, 1000), (500, 1000), "lower_better", "worse"),
        ((600, 1000), (500, 1000), "neither", "up"),
        ((5000, 10000), (5000, 10000), "higher_better", "as_before"),
        # 50.2 against 50.0 of a hundred thousand each: the interval reaches 0.6 points, well within two
        ((50200, 100000), (50000, 100000), "higher_better", "as_before"),
        # the same shares of two hundred: the interval reaches ten points, so nobody can say
        ((101, 200), (100, 200), "higher_better", "cannot_say"),
        # as before by the figures, but of thirty persons
        ((15, 30), (15, 30), "higher_better", "cannot_say"),
    ],
)
def test_what_a_change_is_called(now: tuple[int, int], before: tuple[int, int], direction: str, expected: str) -> None:
    one, other = _share(*now), _share(*before)
    judged = judge(one, other, unit_of("percent"), Limits())
    assert movement(judged, one, other, direction, Limits()) == expected


def test_marks_show_what_they_are_given() -> None:
    values = [float(value) for value in range(100)]
    sure = ElementTree.fromstring(marks.strip(values, 99.0, {"country": 0.0}, is_sure=True))
    unsure = ElementTree.fromstring(marks.strip(values, 99.0, {"country": 0.0}, is_sure=False))
    space = "{http://www.w3.org/2000/svg}"
    diamond, other = sure.find(f"{space}polygon"), unsure.find(f"{space}polygon")
    assert diamond is not None and other is not None
    assert diamond.get("fill") != "#ffffff" == other.get("fill")
    # the highest lies at the right edge, the country at the left
    country = [line for line in sure.iter(f"{space}line") if line.get("stroke-width") == "1.5"]
    assert float(country[0].get("x1", "")) < 10
    assert float((diamond.get("points") or "").split()[0].split(",")[0]) > marks.STRIP[0] - 10
    # a missing year is a gap, a break an upright line
    cells = {2021: Cell(1.0), 2022: Cell(), 2023: Cell(3.0), 2024: Cell(4.0), 2025: Cell(5.0)}
    drawn = list(ElementTree.fromstring(marks.spark(cells, (2025,))).iter(f"{space}line"))
    assert len(drawn) == 2  # 2023-2024, and the break before 2025


def test_a_known_kostra_group_has_its_column_and_its_part_in_the_choice(tmp_path: Path) -> None:
    star = StarRelease(tmp_path / "star.duckdb")
    star.connection.execute(
        "update marts.dim_region set kostra_group_code = 'EKG07' where region_level = 'municipality'"
    )
    series = star.indicator("left_to_work_or_education_share", "percent", group="introduction_programme")
    star.shares(series, 2025, {LARVIK: (800, 1000)})
    star.add("fct_figure_kostra_group", series, "EKG07", 2025, 45.0, None, None, 4500, 10000, OK, 1)
    with Marts.open(star.close()) as marts:
        read = weights(marts, Sources(marts, NOW))
        board, (found,) = barometer(read, LARVIK), findings_of(read, LARVIK)
    assert board.roles == ("county", "country", "kostra_group")
    assert board.lines[0].beside["kostra_group"].judged.verdict == "above"
    assert {one.role: one.evidence.cell.value for one in found.beside}["kostra_group"] == 45.0
    assert [line.name for line in found.figure.lines] == ["Larvik", "Vestfold", "KOSTRA-gruppen", "hele landet"]
