"""No sentence contradicts the numbers beside it: every figure of every municipality, read back from the words alone.

Here: sentences against the table of the same figure. Not here: golden sentences (test_sentences.py). Nothing is rendered:
the words «opp fra», «lavere enn», «en økning på» are held against the numbers a reader sees, not against what chose them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from report.model import Figure, Line
from report.reading.areas import Sources, areas_of
from report.reading.figures import FigureReader, shelf_of
from report.reading.marts import Marts
from report.sections.declarations import IndicatorFigure, declarations
from report.words.norwegian import MINUS, THIN
from report.words.sentences import Writer
from report.words.texts import texts
from report.writers.tables import figure_table
from tests.support.pipeline import Installation

PUBLISHED = datetime(2026, 11, 29, 12, tzinfo=UTC)
NUM = rf"{MINUS}?\d[\d{THIN}]*(?:,\d+)?(?: million(?:er)?)?"
UP = r"opp fra|en klar økning fra|har tallet økt fra|har tallet økt klart fra"
DOWN = r"ned fra|en klar nedgang fra|har tallet gått ned fra|har tallet gått klart ned fra"
MOVED = re.compile(rf"({UP}|{DOWN}) ({NUM})(?: prosent| kroner)* i (\d{{4}})")
STILL = re.compile(rf"om lag som i (\d{{4}}) \(({NUM})")
TIMES = re.compile(
    rf"(minst dobbelt så \w+ som|halvparten eller mindre av tallet|halvparten eller mindre av det) i (\d{{4}}) \(({NUM})"
)
SINCE = re.compile(rf"Siden (\d{{4}}) er det en (økning|nedgang) på ({NUM})")
BESIDE = re.compile(
    rf"(flere per 1000 innbyggere enn|færre per 1000 innbyggere enn|\w+ enn|om lag som|det samme som)"
    rf"((?:(?:,| og)? i (?!\d)[^()]+ \((?:om lag )?{NUM}[^()]*\))+)"
)
PLACE = re.compile(rf"i (?!\d)([^()]+) \((om lag )?({NUM})")
COARSE = 100_000
"""Kroner: amounts from a million up are told in tenths of a million, the table has them whole."""
MORE, LESS = {"høyere", "flere", "mer", "lengre"}, {"lavere", "færre", "mindre", "kortere"}


class Sparing(Marts):
    """Asks for areas once for all municipalities, for the years that are shown, and for no ranks: no sentence tells them."""

    def rows(self, table: str, where: Any = None, *given: Any, **more: Any) -> Any:
        if table == "comparison":
            return []
        if table == "fct_indicator_value":
            where = {**where, "year": list(range(PUBLISHED.year - 7, PUBLISHED.year + 1))}
        if table != "dim_region":
            return super().rows(table, where, *given, **more)
        self.__dict__.setdefault("regions", super().rows("dim_region"))
        return self.__dict__["regions"]

    def ask(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return []


def read(text: str) -> Decimal:
    factor = 1_000_000 if "million" in text else 1
    bare = text.split(" ")[0].replace(THIN, "").replace(MINUS, "-").replace(",", ".")
    return Decimal(bare) * factor


def agrees(told: str, cell: str) -> bool:
    """The figure in the sentence is that of the table; millions are told with one decimal, the table has the kroner."""
    if "million" in told:
        return abs(read(told) - read(cell)) <= 50_000
    return told == cell


def figures(demo: Installation) -> Iterator[tuple[str, Figure]]:
    asked = [one for section in declarations().sections for one in section.shows if isinstance(one, IndicatorFigure)]
    with Sparing.open(demo.data / "published" / "integrering.duckdb") as marts:
        regions = marts.rows("dim_region")
        shelf, sources, first = (
            shelf_of(marts, [row["region_code"] for row in regions]),
            Sources(marts, PUBLISHED),
            None,
        )
        for row in regions:
            if row["region_level"] != "municipality":
                continue
            reader = FigureReader(marts, areas_of(marts, row["region_code"]), sources, 5, shelf)
            if first is not None:  # what is the same for all is read once
                reader.__dict__.update(_indicators=first._indicators, labels=first.labels)
            first = first or reader
            # a sixth of the figures each, moved on by one: every municipality, and every figure in sixty of them
            for one in asked[int(row["region_code"]) % 6 :: 6]:
                shown = reader.indicator(one)
                if shown is not None:
                    yield row["region_code"], shown


def faults(shown: Figure, said: Sequence[str]) -> list[str]:
    table = figure_table(shown)
    cells = {
        (line.role, line.group): dict(zip(shown.years, (cell.text for cell in cells), strict=False))
        for line, (_, cells) in zip(shown.lines, table.rows, strict=True)
    }
    own = [line for line in shown.lines if line.role == "municipality"]
    found: list[str] = []
    year, line = 0, own[0]
    for sentence in said:
        if opening := re.match(r"I (\d{4}) (?!var det .* i )", sentence):
            year = int(opening[1])
        for clause in re.split(r", og (?=for )", sentence):
            line = _whose(own, clause) or line
            if year:
                found += [f"{sentence!r}: {fault}" for fault in _clause_faults(shown, cells, line, year, clause)]
    return found


def _whose(own: list[Line], clause: str) -> Line | None:
    """The group a clause begins with; the first of a sentence about two."""
    named = [(clause.lower().find(texts().people.get(line.group, "?")), line) for line in own if line.group]
    return min(((at, line) for at, line in named if at >= 0), default=(0, None), key=lambda pair: pair[0])[1]


def _clause_faults(
    shown: Figure, cells: dict[tuple[str, str], dict[int, str]], line: Line, year: int, clause: str
) -> Iterator[str]:
    of_line = cells["municipality", line.group]
    if not re.fullmatch(NUM, of_line.get(year, "")):
        return  # bounds and words have no order that can be read back
    now = read(of_line[year])
    for word, told, then in MOVED.findall(clause):
        before = read(of_line[int(then)])
        if not agrees(told.removesuffix(" kroner"), of_line[int(then)]):
            yield f"{told} is not {of_line[int(then)]} of {then}"
        if (now > before) != bool(re.fullmatch(UP, word)) or now == before:
            yield f"{word}, but {before} became {now}"
    for then, told in STILL.findall(clause):
        limit = Decimal("0.5") if shown.unit.is_share else abs(read(told)) * Decimal("0.021")
        limit += COARSE if "million" in told else 0
        if abs(now - read(told)) > max(limit, 0 if shown.unit.is_additive else Decimal("0.05")):
            yield f"«om lag», but {told} in {then} became {now}"
    for word, _, told in TIMES.findall(clause):
        if (now < 2 * read(told)) if "dobbelt" in word else (2 * now > read(told)):
            yield f"{word}, but {told} became {now}"
    for then, word, told in SINCE.findall(clause):
        change = now - read(of_line[int(then)])
        coarse = COARSE if shown.unit.is_money and now >= 10 * COARSE else 0
        if abs(abs(change) - read(told)) > coarse or (change > 0) != (word == "økning"):
            yield f"{word} of {told}, but {of_line[int(then)]} became {now}"
    if "kan ikke avgjøres" in clause:
        return
    for relation, places in BESIDE.findall(clause):
        for area, about, told in PLACE.findall(places):
            other = next(x for x in shown.lines if x.name == area and x.group == line.group)
            if about or not agrees(told, cells[other.role, line.group][year]):
                if not about:
                    yield f"{told} is not the figure of {area}"
                continue
            word = relation.split()[0]
            if (word in MORE and now <= read(told)) or (word in LESS and now >= read(told)):
                yield f"{relation}, but {now} beside {told} in {area}"
            if relation == "det samme som" and now != read(told):
                yield f"{relation}, but {now} beside {told} in {area}"


def test_no_sentence_contradicts_the_numbers_beside_it(demo: Installation) -> None:
    writer = Writer(texts().sentences, texts().reasons, PUBLISHED.date())
    found, seen, told = [], set(), 0
    for code, shown in figures(demo):
        said = writer.about(shown)
        seen.add(code)
        told += len(said)
        found += [f"{code} {shown.figure_id}: {fault}" for fault in faults(shown, said)]
    assert found == []
    assert len(seen) >= 356 and told > 7_000


@pytest.mark.parametrize(
    ("good", "bad"),
    [("opp fra", "ned fra"), ("lavere enn", "høyere enn"), ("en økning på", "en nedgang på"), ("66,0", "66,5")],
)
def test_the_sweep_sees_a_wrong_word_or_number(good: str, bad: str) -> None:
    from tests.report.words.test_sentences import known, shown

    made = shown({2019: known(60.0), 2022: known(66.0), 2023: known(68.5)}, {2023: known(70.1)}, {})
    said = Writer(texts().sentences, texts().reasons, PUBLISHED.date()).about(made)
    assert good in " ".join(said) and faults(made, said) == []
    assert faults(made, [sentence.replace(good, bad) for sentence in said]) != []
