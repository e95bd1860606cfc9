"""Charts: uncertainty drawn as uncertainty, and drawings that hold together for any figures.

Here: the SVG of figures built in the test. Not here: sentences or files.
"""

import xml.etree.ElementTree as ElementTree
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.drawing.charts import COLOURS, charts
from report.model import Cell, Figure, Line
from report.words.texts import unit_of

SVG = "{http://www.w3.org/2000/svg}"
YEARS = (2019, 2020, 2021, 2022, 2023)
HIDDEN = Cell(None, 1, 4, "suppressed", "published")


def known(value: float, **more: object) -> Cell:
    return Cell(value, value, value, "ok", "published", **more)


def drawn(shown: Figure) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(panel.text) for panel in charts(shown)]


def one(cells: dict[int, Cell], unit: str = "percent", **more: object) -> Figure:
    form = more.pop("form", "lines")
    return Figure("x", "Tallet", unit_of(unit), (Line("municipality", "Larvik", cells),), YEARS, form=form, **more)


def stretches(svg: ElementTree.Element) -> list[ElementTree.Element]:
    """The pieces of the municipality's line."""
    return [
        e
        for e in svg.iter(f"{SVG}line")
        if e.get("stroke") == COLOURS["municipality"] and e.get("stroke-width") == "2.6"
    ]


def words(svg: ElementTree.Element) -> list[str]:
    return [e.text or "" for e in svg.iter(f"{SVG}text")]


def test_a_break_stops_the_line_and_is_drawn() -> None:
    whole = {year: known(50 + year - 2019) for year in YEARS}
    assert len(stretches(drawn(one(whole))[0])) == 4
    broken = drawn(one(whole, breaks=(2021,)))[0]
    assert len(stretches(broken)) == 3
    assert "brudd" in words(broken)
    assert "brudd" not in words(drawn(one(whole, breaks=(2019,)))[0]), "nothing stands before the first year"


def test_a_line_does_not_pass_over_what_is_not_known() -> None:
    made = drawn(one({2019: known(50), 2020: HIDDEN, 2021: known(51), 2022: known(52)}))[0]
    assert len(stretches(made)) == 1
    assert "skjult" in words(made)


def test_an_interval_reaches_from_bound_to_bound() -> None:
    made = drawn(one({2022: Cell(None, 20, 60, "interval"), 2023: known(100)}))[0]
    heights = {float(e.get("y2") or 0) for e in made.iter(f"{SVG}line") if e.get("stroke") == COLOURS["municipality"]}
    scale = {
        float(e.text or "x"): float(e.get("y") or 0) - 4
        for e in made.iter(f"{SVG}text")
        if e.get("text-anchor") == "end"
    }
    per_unit = (scale[0.0] - scale[100.0]) / 100
    assert max(heights) - min(heights) == pytest.approx(40 * per_unit, abs=0.2)


def test_bars_start_at_zero_and_a_running_year_is_an_outline() -> None:
    cells = {2022: known(168), 2023: known(96, is_running=True, retrieved=date(2023, 9, 25))}
    made = drawn(one(cells, unit="persons", form="bars"))[0]
    whole, running = list(made.iter(f"{SVG}rect"))
    foot = {round(float(e.get("y") or 0) + float(e.get("height") or 0), 1) for e in (whole, running)}
    assert len(foot) == 1
    assert float(whole.get("height") or 0) / float(running.get("height") or 1) == pytest.approx(168 / 96, rel=0.01)
    assert running.get("stroke-dasharray")
    assert not whole.get("stroke-dasharray")


def test_hidden_missing_interval_and_lower_bound_look_different() -> None:
    cells = {
        2019: HIDDEN,
        2020: Cell(),
        2021: Cell(None, 3, 12, "interval"),
        2022: Cell(None, 4, None, "incomplete"),
        2023: known(0),
    }
    made = words(drawn(one(cells, unit="persons", form="bars"))[0])
    assert {"skjult", "–", "3–12", "≥\u202f4", "0"} <= set(made)


def test_an_axis_that_does_not_start_at_zero_says_so() -> None:
    high = {year: known(500_000 + year) for year in YEARS}
    assert "aksen starter ikke på null" in words(drawn(one(high, unit="nok_median"))[0])
    assert "aksen starter ikke på null" not in words(drawn(one({y: known(60) for y in YEARS}))[0])


def test_the_axis_of_what_is_counted_has_whole_numbers() -> None:
    made = drawn(one({2022: known(7), 2023: known(5)}, unit="persons", form="bars"))[0]
    ticks = [e.text or "" for e in made.iter(f"{SVG}text") if e.get("text-anchor") == "end"]
    assert ticks
    assert not any("," in tick for tick in ticks)


def test_demo_data_stands_under_a_watermark() -> None:
    cells = {2022: known(1), 2023: known(2)}
    made = words(drawn(one(cells, is_demo=True))[0])
    assert made[0] == "DEMODATA", "under everything else"
    assert "DEMODATA" not in words(drawn(one(cells))[0])


def test_one_year_of_one_area_is_no_chart_and_of_several_lying_bars() -> None:
    assert charts(one({2023: known(61.4)})) == ()
    lines = (Line("municipality", "Larvik", {2023: known(61.4)}), Line("county", "Vestfold", {2023: known(30.7)}))
    made = drawn(Figure("x", "Tallet", unit_of("percent"), lines, YEARS))[0]
    own, county = (float(e.get("width") or 0) for e in made.iter(f"{SVG}rect"))
    assert own == pytest.approx(2 * county, rel=0.01)
    assert {"Larvik", "61,4", "Vestfold", "30,7"} <= set(words(made))


def test_counts_of_areas_of_different_size_meet_only_per_inhabitant() -> None:
    def lines(*values: float) -> tuple[Line, ...]:
        areas = (("municipality", "Larvik"), ("country", "hele landet"))
        return tuple(
            Line(role, name, {2022: known(v), 2023: known(v)}) for (role, name), v in zip(areas, values, strict=True)
        )

    per = Figure("x", "Tallet", unit_of("per_1000"), lines(3.5, 5.7), YEARS)
    made = drawn(Figure("x", "Tallet", unit_of("persons"), lines(168, 31258), YEARS, form="bars", per_capita=per))
    assert len(made) == 2
    assert "168" in words(made[0]) and not any("31" in word for word in words(made[0]))
    assert {"Larvik 3,5", "Hele landet 5,7"} <= set(words(made[1]))


def test_a_line_ends_with_its_name_and_newest_figure() -> None:
    assert "Larvik 61,4" in words(drawn(one({2022: known(60.0), 2023: known(61.4)}))[0])


def test_the_text_in_place_of_the_drawing_tells_the_figures() -> None:
    alt = charts(one({2022: known(61.4), 2023: HIDDEN}))[0].alt
    assert (
        alt
        == "Linjediagram: Tallet (prosent). Larvik: 2019 mangler, 2020 mangler, 2021 mangler, 2022 61,4, 2023 skjult."
    )


def contrast(colour: str) -> float:
    """Contrast against white as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_colours_can_be_read_on_white() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert all(contrast(colour) >= 4.5 for colour in COLOURS.values())


_VALUES = st.one_of(st.floats(-1e9, 1e9), st.sampled_from([0.0, 1.0, 100.0, 1e-9]))
_CELLS = st.one_of(
    _VALUES.map(known),
    st.tuples(_VALUES, _VALUES).map(lambda pair: Cell(None, min(pair), max(pair), "interval")),
    st.floats(0, 1e9).map(lambda low: Cell(None, low, None, "incomplete")),
    st.just(HIDDEN),
    st.just(Cell()),
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(YEARS), _CELLS, min_size=1),
    st.sampled_from(["bars", "lines"]),
    st.sampled_from(["percent", "persons", "nok"]),
)
def test_any_figures_make_a_whole_drawing_inside_its_frame(cells: dict[int, Cell], form: str, unit: str) -> None:
    for panel, svg in zip(charts(one(cells, unit, form=form)), drawn(one(cells, unit, form=form)), strict=True):
        for element in svg.iter():
            for name in ("x", "x1", "x2", "cx"):
                if element.get(name):
                    assert 0 <= float(element.get(name) or 0) <= panel.width
            for name in ("y", "y1", "y2", "cy"):
                if element.get(name):
                    assert -25 <= float(element.get(name) or 0) <= panel.height + 1


@given(st.lists(st.floats(0, 100), min_size=1, max_size=3))
def test_labels_at_the_ends_of_lines_never_cover_each_other(values: list[float]) -> None:
    roles = ("municipality", "county", "country")
    lines = tuple(
        Line(role, f"Sted {role}", {2022: known(v), 2023: known(v)}) for role, v in zip(roles, values, strict=False)
    )
    svg = drawn(Figure("x", "Tallet", unit_of("percent"), lines, YEARS))[0]
    labels = [e for e in svg.iter(f"{SVG}text") if e.get("font-weight") == "600"]
    rows = sorted(float(e.get("y") or 0) for e in labels)
    assert all(after - before >= 12 for before, after in pairwise(rows))
    assert all(0 < row <= 220 for row in rows)
