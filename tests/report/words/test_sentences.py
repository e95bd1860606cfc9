"""Golden sentences: what the report says of figures at every edge, worked out by hand.

Here: sentences, numbers and marks from figures built in the test. Not here: files or releases.
"""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.model import Cell, Figure, Line
from report.reading.figures import shown_years
from report.words.norwegian import MINUS, THIN, amount, figure, listed, number
from report.words.sentences import Writer
from report.words.sizes import compare
from report.words.texts import texts, unit_of
from report.writers.tables import figure_table

WRITER = Writer(texts().sentences, texts().reasons, date(2024, 6, 1))
PERCENT, PERSONS, NOK = unit_of("percent"), unit_of("persons"), unit_of("nok")


def known(value: float, **more: object) -> Cell:
    return Cell(value, value, value, "ok", "published", **more)


def between(low: float, high: float, reason: str = "hidden_parts") -> Cell:
    return Cell(None, low, high, "interval", "summed", reason)


def rounded(value: float, low: float, high: float) -> Cell:
    return Cell(value, low, high, "rounded", "published")


HIDDEN = Cell(None, 1, 4, "suppressed", "published")
MISSING = Cell()
ABSENT = Cell(None, None, None, "unavailable", "unavailable", "not_an_area_then")


def shown(own: dict[int, Cell], county: dict[int, Cell], country: dict[int, Cell], **more: object) -> Figure:
    years = tuple(more.pop("years", sorted({*own, *county, *country})))
    lines = (
        Line("municipality", "Larvik", own),
        Line("county", "Vestfold", county),
        Line("country", "hele landet", country),
    )
    return Figure("x", "Tallet", **{"unit": PERCENT, "lines": lines, "years": years, **more})


def test_a_share_is_set_beside_county_and_country_with_the_size_of_the_difference() -> None:
    made = WRITER.about(shown({2022: known(60.0), 2023: known(61.4)}, {2023: known(62.6)}, {2023: known(60.1)}))
    assert made == [
        "I 2023 var tallet for Larvik 61,4 prosent, opp fra 60,0 prosent i 2022.",
        "Det er lavere enn i Vestfold (62,6), men høyere enn i hele landet (60,1).",
    ]


@pytest.mark.parametrize(
    ("unit", "before", "now", "tail"),
    [
        ("percent", 61.4, 61.4, "det samme som i 2022"),
        ("percent", 61.41, 61.44, "om lag som i 2022 (61,4)"),
        ("percent", 61.0, 61.4, "om lag som i 2022 (61,0)"),
        ("percent", 2.0, 2.3, "opp fra 2,0 prosent i 2022"),
        ("percent", 61.4, 60.9, "ned fra 61,4 prosent i 2022"),
        ("percent", 55.0, 60.0, "en klar økning fra 55,0 prosent i 2022"),
        ("percent", 20.0, 45.0, "en klar økning fra 20,0 prosent i 2022"),
        ("persons", 35, 168, "minst dobbelt så mange som i 2022 (35)"),
        ("persons", 3, 7, "opp fra 3 i 2022"),
        ("persons", 122, 83, "en klar nedgang fra 122 i 2022"),
        ("persons", 220, 35, "halvparten eller mindre av tallet i 2022 (220)"),
        ("persons", 0, 40, "en klar økning fra 0 i 2022"),
        ("nok", 91_583_000, 141_593_641, "en klar økning fra 91,6 millioner kroner i 2022"),
        ("nok_per_person", 64_000, 64_900, "om lag som i 2022 (64\u202f000)"),
    ],
)
def test_a_change_has_the_word_of_its_size(unit: str, before: float, now: float, tail: str) -> None:
    said = WRITER.about(shown({2022: known(before), 2023: known(now)}, {}, {}, unit=unit_of(unit)))[0]
    assert said.split(", ", 1)[1] == f"{tail}."


def test_the_long_change_is_that_of_the_figures_shown() -> None:
    """52.35 is shown as 52,4 and 61.44 as 61,4: a reader who subtracts gets 9,0, the exact difference is 9,09."""
    own = {2019: known(52.35), 2022: known(61.40), 2023: known(61.44)}
    assert "Siden 2019 er det en økning på 9,0 prosentpoeng." in WRITER.about(shown(own, {}, {}))
    still = {2019: known(61.2), 2022: known(61.40), 2023: known(61.44)}
    assert not any("Siden" in said for said in WRITER.about(shown(still, {}, {})))


def test_equal_values_are_said_to_be_the_same() -> None:
    made = WRITER.about(shown({2022: known(61.4), 2023: known(61.4)}, {2023: known(61.4)}, {2023: known(61.4)}))
    assert made == [
        "I 2023 var tallet for Larvik 61,4 prosent, det samme som i 2022.",
        "Det er det samme som i Vestfold (61,4) og i hele landet (61,4).",
    ]


def test_values_that_only_round_to_the_same_are_not_said_to_be_equal() -> None:
    made = WRITER.about(shown({2022: known(61.41), 2023: known(61.44)}, {2023: known(61.36)}, {}))
    assert made[0].endswith("om lag som i 2022 (61,4).")
    assert "Det er om lag som i Vestfold (61,4)." in made
    assert not any("det samme" in sentence for sentence in made)


def test_everything_hidden() -> None:
    hidden = {year: HIDDEN for year in (2020, 2021, 2022)}
    assert WRITER.about(shown(hidden, hidden, {}, unit=PERSONS)) == [
        "Tallene for Larvik kan ikke vises for noen av årene 2020–2022, fordi kilden skjuler små tall.",
    ]
    assert "0" not in "".join(WRITER.about(shown({2022: HIDDEN}, {}, {}, unit=PERSONS))).replace("2022", "")


def test_a_hidden_newest_year_does_not_pass_for_the_year_before() -> None:
    made = WRITER.about(shown({2021: known(6), 2022: HIDDEN}, {}, {}, unit=PERSONS))
    assert made[0] == "I 2021 var tallet for Larvik 6 personer."
    assert "For 2022 kan tallet for Larvik ikke vises, fordi kilden skjuler små tall." in made


def test_hidden_and_missing_years_are_not_put_under_one_reason() -> None:
    made = WRITER.about(shown({2020: HIDDEN, 2021: MISSING, 2022: HIDDEN}, {}, {}, unit=PERSONS))
    assert made == ["For 2020 og 2022 kan tallet for Larvik ikke vises, fordi kilden skjuler små tall."]


def test_older_figures_than_those_shown_are_not_denied() -> None:
    made = WRITER.about(shown({2010: known(5)}, {2023: known(50)}, {}, unit=PERSONS, years=(2020, 2021, 2022, 2023)))
    assert made[0] == "Tallet finnes ikke for Larvik i årene som vises."


def test_one_year_only_says_no_more_than_there_is() -> None:
    made = WRITER.about(shown({2023: known(12)}, {2023: known(48)}, {2023: known(4800)}, unit=PERSONS))
    assert made == ["I 2023 var tallet for Larvik 12 personer."]


def test_counts_of_areas_of_different_size_meet_per_inhabitant() -> None:
    made = shown({2023: known(168)}, {2023: known(879)}, {2023: known(31258)}, unit=PERSONS)
    per = shown({2023: known(3.52)}, {2023: known(3.46)}, {2023: known(5.69)}, unit=unit_of("per_1000"))
    said = WRITER.about(replace(made, per_capita=per))
    assert said[1] == "Det er 3,5 per 1000 innbyggere, mot 3,5 i Vestfold og 5,7 i hele landet."
    alike = shown({2023: known(0.11)}, {2023: known(0.1)}, {2023: known(0.12)}, unit=unit_of("per_1000"))
    assert WRITER.about(replace(made, per_capita=alike))[1] == (
        "Det er 0,1 per 1000 innbyggere, som i Vestfold og hele landet."
    )


def test_an_interval_that_overlaps_the_countys_gives_no_order() -> None:
    made = WRITER.about(shown({2023: between(40.0, 50.0)}, {2023: between(45.0, 55.0)}, {2023: known(60.0)}))
    assert made[0] == (
        "I 2023 var tallet for Larvik mellom 40,0 og 50,0 prosent. "
        "Bare grensene er kjent, fordi små tall er skjult i noen av delene."
    )
    assert (
        "Det kan ikke avgjøres om det er høyere eller lavere enn i Vestfold (mellom 45,0 og 55,0 prosent), "
        "fordi intervallene overlapper."
    ) in made
    assert "Det er lavere enn i hele landet (60,0)." in made


def test_intervals_apart_have_an_order_but_no_size() -> None:
    made = WRITER.about(shown({2022: between(3, 7), 2023: between(8, 12)}, {}, {}, unit=PERSONS))
    assert made[0].startswith(
        "I 2023 var tallet for Larvik mellom 8 og 12 personer, flere enn i 2022 (mellom 3 og 7 personer)."
    )
    touching = WRITER.about(shown({2022: between(3, 8), 2023: between(8, 12)}, {}, {}, unit=PERSONS))
    assert "Det kan ikke avgjøres om det er flere eller færre enn i 2022 (mellom 3 og 8 personer)." in touching


def test_a_lower_bound_is_said_as_one() -> None:
    open_ended = Cell(None, 4818, None, "incomplete", "summed", "parts_missing")
    made = WRITER.about(shown({2018: open_ended}, {}, {}, unit=PERSONS))
    assert made[0].startswith(f"I 2018 var tallet for Larvik minst 4{THIN}818 personer.")


def test_a_break_between_years_stops_the_comparison() -> None:
    own = {2014: known(50.0), 2015: known(58.0), 2016: known(59.0)}
    at_break = WRITER.about(shown({y: own[y] for y in (2014, 2015)}, {}, {}, breaks=(2015,)))
    assert "Tallserien har et brudd i 2015, så tallet kan ikke sammenlignes med 2014." in at_break
    after = WRITER.about(shown(own, {}, {}, breaks=(2015,)))
    assert after[0].endswith("opp fra 58,0 prosent i 2015.")
    assert not any("2014" in sentence for sentence in after), "no change is counted across a break"


def test_an_area_without_a_figure_is_left_to_the_table() -> None:
    made = WRITER.about(shown({2021: known(57.0)}, {2021: ABSENT}, {2021: known(61.0)}))
    assert made[1] == "Det er lavere enn i hele landet (61,0)."
    assert len(WRITER.about(shown({2021: known(57.0)}, {2021: HIDDEN}, {2021: MISSING}))) == 2  # level and age


def test_a_municipality_without_data_leaves_county_and_country_speaking() -> None:
    made = WRITER.about(shown({}, {2023: known(62.6)}, {2023: known(61.0)}))
    assert made == [
        "Tallet finnes ikke for Larvik i denne utgaven.",
        "I 2023 var det 62,6 prosent i Vestfold og 61,0 prosent i hele landet.",
    ]
    for_reason = WRITER.about(shown({2023: replace(ABSENT, reason="not_published_for_municipalities")}, {}, {}))
    assert for_reason == ["Tallet finnes ikke for Larvik i denne utgaven: kilden gir ikke dette tallet for kommuner."]


def test_a_running_year_is_said_to_be_incomplete_and_compared_with_nothing() -> None:
    running = known(96, retrieved=date(2023, 9, 25), is_running=True)
    made = WRITER.about(shown({2021: known(35), 2022: known(168), 2023: running}, {}, {}, unit=PERSONS))
    assert made[0] == "I 2022 var tallet for Larvik 168 personer, minst dobbelt så mange som i 2021 (35)."
    assert made[-1] == (
        "2023 er ikke komplett: Tallene ble hentet 25. september 2023, før året var omme. "
        "Så langt er tallet for Larvik 96 personer."
    )
    assert not any("(168)" in sentence or "168 i 2022" in sentence for sentence in made)
    before = replace(running, retrieved=date(2022, 9, 25))
    assert not any("komplett" in said for said in WRITER.about(shown({2022: before, 2023: known(168)}, {}, {}))), (
        "a year that is not whole is left to the table once a later one is"
    )


def test_preliminary_and_old_figures_say_so() -> None:
    made = WRITER.about(shown({2020: known(5, is_preliminary=True)}, {}, {}, unit=PERSONS))
    assert "Tallet for 2020 er foreløpig og kan bli endret av kilden." in made
    assert "Det nyeste tallet er fra 2020, 4 år før denne rapporten." in made


def test_a_rank_is_left_to_the_table_and_a_count_is_not_called_higher_than_a_county() -> None:
    made = shown({2023: known(5)}, {2023: known(50)}, {}, unit=PERSONS)
    own = replace(made.lines[0], rank=1, ranked_count=340, rank_year=2023)
    said = " ".join(WRITER.about(replace(made, lines=(own, *made.lines[1:]))))
    assert "plass" not in said
    assert "Vestfold" not in said


IMMIGRANTS, OTHERS = "Innvandrere", "Befolkningen unntatt innvandrere"
EMPLOYED = "var {value} av {group} i {area} sysselsatt"


def paired(own: dict[int, Cell], rest: dict[int, Cell], county: dict[int, Cell] | None = None) -> Figure:
    lines = (
        Line("municipality", "Larvik", own, IMMIGRANTS),
        Line("county", "Vestfold", county or {}, IMMIGRANTS),
        Line("municipality", "Larvik", rest, OTHERS),
    )
    return Figure("x", "Sysselsatte", PERCENT, lines, tuple(sorted({*own, *rest})), phrase=EMPLOYED)


def test_two_groups_stand_in_one_sentence() -> None:
    made = paired({2022: known(58.0), 2023: known(60.0)}, {2022: known(72.4), 2023: known(72.5)}, {2023: known(63.7)})
    assert WRITER.about(made) == [
        "I 2023 var 60,0 prosent av innvandrerne i Larvik sysselsatt, mot 72,5 prosent av den øvrige befolkningen.",
        "For innvandrerne har tallet økt fra 58,0 prosent i 2022, og for den øvrige befolkningen er tallet om lag som i "
        "2022 (72,4).",
        "For innvandrerne er tallet lavere enn i Vestfold (63,7).",
    ]


def test_two_groups_that_stand_still_are_told_of_together() -> None:
    made = paired({2022: known(60.1), 2023: known(60.0)}, {2022: known(72.4), 2023: known(72.5)})
    assert WRITER.about(made)[1] == "Begge tallene er om lag som i 2022 (60,1 og 72,4)."
    alike = paired({2023: known(60.0)}, {2023: known(60.0)})
    assert WRITER.about(alike) == [
        "I 2023 var 60,0 prosent av innvandrerne i Larvik sysselsatt, og det samme gjaldt den øvrige befolkningen."
    ]


def test_a_group_of_which_only_bounds_are_known_stands_alone() -> None:
    made = WRITER.about(paired({2023: between(70.0, 75.0)}, {2023: known(72.5)}))
    assert made[0].startswith("I 2023 var mellom 70,0 og 75,0 prosent av innvandrerne i Larvik sysselsatt.")
    assert made[1] == "I 2023 var 72,5 prosent av den øvrige befolkningen i Larvik sysselsatt."


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, PERSONS, "1 person"),
        (541.5, PERSONS, "541,5 personer"),
        (-3, PERSONS, f"{MINUS}3 personer"),
        (1234567, PERSONS, f"1{THIN}234{THIN}567 personer"),
        (0, PERCENT, "0,0 prosent"),
        (0.04, PERCENT, "under 0,1 prosent"),
        (99.97, PERCENT, "over 99,9 prosent"),
        (100, PERCENT, "100,0 prosent"),
        (61.45, PERCENT, "61,5 prosent"),
        (141_593_641, NOK, "141,6 millioner kroner"),
        (999_999, NOK, f"999{THIN}999 kroner"),
        (91_583.0, unit_of("thousand_nok"), "91,6 millioner kroner"),
    ],
)
def test_numbers_as_norwegians_write_them(value: float, unit: object, text: str) -> None:
    assert amount(value, unit) == text


def test_lists() -> None:
    assert listed(["2019"]) == "2019"
    assert listed(["2019", "2020", "2021"]) == "2019, 2020 og 2021"


def test_the_newest_years_with_anything_to_tell_are_shown() -> None:
    line = Line("municipality", "Larvik", {2012: known(1), 2020: known(2), 2023: HIDDEN, 2024: MISSING})
    assert shown_years([line], 5) == (2019, 2020, 2021, 2022, 2023)
    assert shown_years([Line("county", "Vestfold", {2024: MISSING})], 5) == ()


def test_table_tells_hidden_missing_summed_and_running_apart() -> None:
    table = figure_table(
        shown(
            {2021: HIDDEN, 2022: MISSING, 2023: known(96, retrieved=date(2023, 9, 25), is_running=True)},
            {2021: replace(known(134), basis="summed"), 2022: between(3, 12), 2023: ABSENT},
            {},
            unit=PERSONS,
            years=(2021, 2022, 2023),
        )
    )
    own, county = table.rows[0][1], table.rows[1][1]
    assert [cell.text for cell in own] == ["skjult", "mangler", "96"]
    assert own[2].marks == ("f",)
    assert [cell.text for cell in county] == ["134", "3 til 12", "finnes ikke"]
    assert county[0].marks == ("s",)
    assert len(table.legend) == 6, "every word and mark that occurs is explained"


_CELLS = st.one_of(
    st.floats(0, 100).map(known),
    st.tuples(st.floats(0, 50), st.floats(0, 50)).map(lambda pair: between(min(pair), max(pair))),
    st.just(HIDDEN),
    st.just(MISSING),
    st.just(ABSENT),
    st.floats(0, 100).map(lambda v: known(v, retrieved=date(2023, 5, 1), is_running=True)),
)


@given(st.dictionaries(st.integers(2019, 2023), _CELLS), st.dictionaries(st.integers(2019, 2023), _CELLS))
def test_any_cells_make_whole_sentences_whose_direction_is_true(own: dict[int, Cell], county: dict[int, Cell]) -> None:
    made = shown(own, county, {}, years=(2019, 2020, 2021, 2022, 2023))
    said = WRITER.about(made)
    assert said
    assert all(sentence.endswith(".") and "None" not in sentence and "{" not in sentence for sentence in said)
    latest = re.match(r"I (\d{4}) var tallet for Larvik", said[0])
    against = next((s for s in said if s.startswith("Det er") and "enn i Vestfold" in s), None)
    if latest and against:
        year = int(latest.group(1))
        order = compare(own[year], county[year])
        assert order in ("above", "below")
        assert ("høyere" in against) == (order == "above")
        assert ("lavere" in against) == (order == "below")


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_a_written_number_reads_back_within_half_a_unit(value: float, decimals: int) -> None:
    text = number(value, decimals).replace(THIN, "").replace(MINUS, "-").replace(",", ".")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-6) + abs(value) * 1e-12


@given(st.floats(0, 100))
def test_a_share_is_never_written_as_none_or_all_when_it_is_not(value: float) -> None:
    text = figure(value, PERCENT)
    assert (text == "0,0") == (value == 0)
    assert (text == "100,0") == (value == 100)


def test_a_rounded_figure_is_shown_with_what_it_may_stand_for() -> None:
    figure_ = shown({2021: rounded(3, 1, 3), 2022: rounded(0, 0, 2)}, {}, {}, unit=PERSONS)
    made = WRITER.about(figure_)
    assert made[0] == "I 2022 var tallet for Larvik 0 personer (avrundet av kilden, mellom 0 og 2)."
    assert made[1].startswith("Det kan ikke avgjøres om det er flere eller færre enn i 2021 (om lag 3")
    table = figure_table(figure_)
    assert [(cell.text, cell.marks) for cell in table.rows[0][1][:2]] == [("3", ("a",)), ("0", ("a",))]
    assert any(line.startswith("a = avrundet") for line in table.legend)


def test_rounded_figures_have_an_order_but_no_size() -> None:
    made = WRITER.about(shown({2021: rounded(40.0, 39.5, 40.2), 2022: known(61.4)}, {2022: rounded(30.0, 29, 31)}, {}))
    assert made[0].endswith("høyere enn i 2021 (om lag 40,0).")
    assert "Det er høyere enn i Vestfold (om lag 30,0)." in made
    assert not any("prosentpoeng" in said for said in made), (
        "no exact difference of a figure that stands for an interval"
    )


def test_a_share_at_odds_with_its_counts_is_said_to_be() -> None:
    cell = Cell(52.4, 28.2, 52.4, "contradicted", "published")
    assert WRITER.value(cell, PERCENT) == "52,4 prosent (kildens egne antall gir et annet tall, mellom 28,2 og 52,4)"


def test_a_difference_that_few_persons_explain_is_called_uncertain() -> None:
    """The county's is uncertain in 2023, the country's is not: each is said as what it is."""
    made = shown({2023: known(40.0)}, {2023: known(49.0)}, {2023: known(60.0)})
    county = replace(made.lines[1], unsure=frozenset({2023}))
    said = WRITER.about(replace(made, lines=(made.lines[0], county, made.lines[2])))
    assert said[1:] == ["Det er lavere enn i hele landet (60,0).", "Forskjellen fra Vestfold (49,0) er usikker."]
