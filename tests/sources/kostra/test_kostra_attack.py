"""What an outsider gets of everything that is published of a municipality's own files: nothing that is about too few.

Here: invented municipalities under the attack, two editions, two years, quarters, unions. Not here: the rule's own parts
(test_kostra_disclosure). The same over 88 municipalities: bench/private_attack.py.
"""

from pathlib import Path
from typing import Any

import pytest

from sources.kostra.aggregates import ALL, YEAR, Cell, CellTable, Row
from sources.kostra.disclosure.published import Neighbour, Published, published_before
from sources.kostra.disclosure.rule import control
from sources.kostra.reading.groups import GROUPS
from sources.kostra.refusal import PrivateFileError
from sources.kostra.shape import PROGRAMME, SOCIAL_ASSISTANCE
from tests.support.kostra_attack import Attacker
from tests.support.kostra_files import Recipient, identities, write_11f, write_settled
from tests.support.kostra_here import aggregates_here
from tests.support.kostra_worlds import attacked, cells_of, publish, world

WITHIN, BEYOND, OTHER, LOOSE = GROUPS
PEOPLE = identities(120)


@pytest.mark.parametrize("seed", [5, 7, 38])
def test_nothing_is_broken_in_two_years_of_a_municipality(seed: int, tmp_path: Path) -> None:
    here = world(tmp_path, seed)
    editions = publish([*here.assistance.values(), here.programme], here.settled)
    tables = [cells_of(path, here.settled) for path in here.assistance.values()]
    found = attacked(editions[SOCIAL_ASSISTANCE], tables)
    if editions[PROGRAMME]:
        found += attacked(editions[PROGRAMME], [cells_of(here.programme, here.settled)])
    assert found.broken == {}
    assert 0 < found.hidden < 0.75 * found.figures


def town(folder: Path, name: str, people: list[Recipient], settled: list[tuple[str, str]]) -> tuple[Path, Path]:
    rows = [(number, "", date, "flyktning", "") for number, date in settled]
    return write_11f(folder / f"{name}.dat", 2024, people), write_settled(folder / f"{name}.csv", rows)


def even(number: str, kroner: int = 10_000) -> Recipient:
    return Recipient(number, grants=dict.fromkeys(range(1, 13), kroner), children=int(number[-1]) % 2 == 0)


SETTLED = [(n, f"01.06.{2020 + i % 5}") for i, n in enumerate(PEOPLE[:50])] + [(n, "01.06.2010") for n in PEOPLE[50:70]]


def test_a_year_again_waits_until_it_is_asked_to_be_replaced(tmp_path: Path) -> None:
    path, listed = town(tmp_path, "one", [even(n) for n in PEOPLE[:100]], SETTLED)
    editions = publish([path], listed)
    with pytest.raises(PrivateFileError, match="--replace"):
        aggregates_here([path], listed, published=editions)
    again = aggregates_here([path], listed, published=editions, replace=True)
    assert again.tables[SOCIAL_ASSISTANCE].to_pylist() == editions[SOCIAL_ASSISTANCE][0]


def test_one_person_added_waits(tmp_path: Path) -> None:
    path, listed = town(tmp_path, "one", [even(n) for n in PEOPLE[:100]], SETTLED)
    more, _ = town(tmp_path, "two", [even(n) for n in PEOPLE[:101]], SETTLED)
    editions = publish([path], listed)
    with pytest.raises(PrivateFileError, match="integrering private purge --year 2024"):
        aggregates_here([more], listed, published=editions, replace=True)


def test_one_person_moved_between_cohorts_is_not_seen_in_two_editions(tmp_path: Path) -> None:
    """The new edition shows only what the earlier one shows, with the same figures: the earlier table still fits."""
    path, listed = town(tmp_path, "one", [even(n) for n in PEOPLE[:100]], SETTLED)
    _, moved = town(tmp_path, "two", [], [(PEOPLE[0], "01.06.2023"), *SETTLED[1:]])
    editions = publish([path], listed)
    second = aggregates_here([path], moved, published=editions, replace=True).tables[SOCIAL_ASSISTANCE].to_pylist()
    attacker = Attacker([*editions[SOCIAL_ASSISTANCE][0], *second], {}, a_month_each=True)
    assert attacker.differences == {}
    cohorts = [row for row in second if row["breakdown"] == "settlement_year"]
    hidden = {row["breakdown_code"] for row in cohorts if row["recipients_status"] == "suppressed"}
    assert {"2020", "2023"} <= hidden
    assert all(row["grant_status"] == "suppressed" for row in cohorts if row["breakdown_code"] in hidden)
    assert sum(row["recipients_status"] == "ok" for row in second) > 50
    first, both = ([editions[SOCIAL_ASSISTANCE][0]], [editions[SOCIAL_ASSISTANCE][0], second])
    of_one, of_both = (published_before("11F", 2025, "3909", rows).neighbours[0].figures for rows in (first, both))
    assert of_both == of_one, "what the new edition hides is known from the old one, in the year beside too"


def small_table(recipients: dict[Row, int], **more: dict[Row, Cell]) -> CellTable:
    """A table of recipients alone (and what is given more)."""
    cells = {"recipients": {row: Cell(value, value) for row, value in recipients.items()}, **more}
    return CellTable("11F", 2024, tuple(m for m in ("grant",) if m in more), True, cells)


def by_group(
    within: int, beyond: int, other: int, loose: int, breakdown: str = "none", code: str = ALL
) -> dict[Row, int]:
    of = dict(zip(GROUPS, (within, beyond, other, loose), strict=True))
    return {Row(YEAR, g, breakdown, code): n for g, n in (of | {ALL: sum(of.values())}).items()}


def paid(recipients: dict[Row, int], each: int = 1_000) -> dict[Row, Cell]:
    return {row: Cell(each * n, n, each if n else 0, each if n > 1 else 0) for row, n in recipients.items()}


def test_a_hidden_nobody_has_no_open_zero_beside_it() -> None:
    """3 recipients are hidden beside a group of none: neither kroner nor months of the none may be shown as 0."""
    recipients = by_group(3, 0, 4, 60)
    controlled = control(small_table(recipients, grant=paid(recipients), person_months=paid(recipients, 2)))
    assert controlled is not None
    for row in recipients:
        if controlled.status["recipients", row] == "suppressed":
            assert controlled.status["grant", row] == controlled.status["person_months", row] == "suppressed"


def test_a_zero_that_nothing_can_hide_does_not_blank_the_table() -> None:
    """Nobody with children is paid (SSB prints it), and none of the hidden two is without: they are paid 0 in the year."""
    with_children, without = by_group(10, 10, 10, 2, "children", "with"), by_group(20, 30, 40, 0, "children", "without")
    year = by_group(30, 40, 50, 2)
    grant = paid(with_children, 0) | paid(without)
    grant |= {row: grant[Row(YEAR, row.group, "children", "without")] for row in year}
    controlled = control(small_table(year | with_children | without, grant=grant))
    assert controlled is not None
    assert controlled.status["recipients", Row(YEAR, LOOSE)] == "suppressed"
    assert controlled.status["grant", Row(YEAR, LOOSE)] == "ok"
    assert controlled.status["grant", Row(YEAR, OTHER)] == "ok"


def test_two_hidden_cells_that_are_four_together_take_a_third_with_them() -> None:
    """2 + 2 hidden, 40 and 60 shown: total minus shown is 4 persons, so one of the large is hidden too."""
    recipients = by_group(2, 2, 40, 60)
    controlled = control(small_table(recipients, grant=paid(recipients)))
    assert controlled is not None
    for measure in ("recipients", "grant"):
        hidden = sum(recipients[row] for row in recipients if controlled.status[measure, row] == "suppressed")
        assert hidden >= 5, measure


def cohort_figures(settled: dict[str, int | None]) -> dict[tuple[str, Row], int | None]:
    return {("settled", Row(YEAR, WITHIN, "settlement_year", code)): n for code, n in settled.items()}


@pytest.mark.parametrize("is_older", [True, False])
def test_a_cohort_that_was_hidden_is_not_bounded_by_the_year_beside(is_older: bool) -> None:
    """The cohort of 2022 was hidden among 9 of two cohorts; shown as 5 this year it could not have been under 5."""
    cohorts = {"2021": 20, "2022": 5, "2023": 12}
    recipients = by_group(37, 30, 40, 10)
    table = small_table(recipients)
    table.cells["settled"] = {Row(YEAR, WITHIN, "settlement_year", code): Cell(n, n) for code, n in cohorts.items()}
    table.cells["settled"][Row(YEAR, WITHIN)] = Cell(37, 37)
    beside = cohort_figures({"2022": None, "2023": 12, "2021": None})
    beside["settled", Row(YEAR, WITHIN)] = 12 + 25
    hidden = ("settled", Row(YEAR, WITHIN, "settlement_year", "2022"))
    alone, joint = control(table), control(table, published=Published((), (Neighbour(beside, is_older),)))
    assert alone is not None
    assert joint is not None
    assert alone.status[hidden] == "ok"
    if is_older:
        assert joint.status[hidden] == "suppressed"


def test_one_hidden_month_is_not_left_alone_in_a_quarter(tmp_path: Path) -> None:
    """The accounts by quarter and two shown months would tell the third: a second month of the quarter is hidden."""
    people = [Recipient(n, grants={m: 10_000 for m in range(1, 13) if m != 5}) for n in PEOPLE[:60]]
    people += [Recipient(n, grants={5: 9_000}) for n in PEOPLE[60:63]]
    path, listed = town(tmp_path, "one", people, SETTLED[:30])
    rows: list[dict[str, Any]] = publish([path], listed)[SOCIAL_ASSISTANCE][0]
    month = {row["period"]: row["grant_status"] for row in rows if row["group_code"] == ALL and "-" in row["period"]}
    assert month["2024-05"] == "suppressed"
    assert "suppressed" in (month["2024-04"], month["2024-06"])
