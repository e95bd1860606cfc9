"""Gates: the incidents that happened at IMDi in 2025, caused again, and the content faults of the fault list (19-30).

Shapes follow what was seen (SOURCE.md of IMDi, quirks 2-4): settlement listed under two code vintages, the history gone
for three days, Opprinnelig anmodning taking over the figures of Anmodning, requests that go down in the running year.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.runs.decisions import decide_release
from orchestration.runs.refresh import refresh_file
from orchestration.runs.settle import Outcome
from orchestration.workspace import Workspace
from sources.dataset.discovery import Candidate
from sources.dataset.spec import Gate, load_specs
from sources.gates.rules import above_whole, levels_left
from sources.klass.history import municipalities
from sources.landing.current import select_current
from sources.landing.observation import observation_table
from sources.landing.reasons import in_english
from sources.landing.store import Decision, Landing, ReadingFacts, SliceCoverage
from tests.support.small_upstream import HEADER
from warehouse.settings import Settings

DATASET = "imdi_bosatt_anmodede"
SPEC = load_specs()[DATASET].model_copy(update={"expects": None})
"""As it is, but for the years that every real whole file holds: the figures here are composed, of some years."""

ASKED, FIRST_ASKED, DECIDED, SETTLED = (
    "Anmodning om bosetting",
    "Opprinnelig anmodning",
    "Vedtak om bosetting",
    "Faktisk bosetting",
)
Cells = dict[tuple[str, int, str], int | str]


def country(years: range, measures: tuple[str, ...] = (ASKED, DECIDED, SETTLED)) -> Cells:
    """Invented figures for every municipality under the code of its year, all of 10 and more."""
    return {
        (code, year, measure): 10 + int(code) % 37 + 3 * (year % 5) + 7 * place
        for year in years
        for code, _ in municipalities(year)
        for place, measure in enumerate(measures)
    }


class Upstream:
    """Releases of one dataset, a day apart, through intake and gates."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.landing = folder, Landing(folder / "landing")
        self.day = datetime(2025, 9, 2, 12, tzinfo=UTC)

    def release(self, cells: Cells) -> Outcome:
        self.day += timedelta(days=1)
        path = self.folder / f"{self.day:%Y%m%d}.csv"
        rows = [f"Personer;{year};{code};;{measure};{cell}\n" for (code, year, measure), cell in cells.items()]
        path.write_bytes((HEADER + "".join(rows)).encode("latin-1"))
        return refresh_file(self.landing, SPEC, Candidate(path, path.name, DATASET, "imdi_long", self.day, "fetched"))

    def in_use(self) -> str:
        return select_current(self.landing, {DATASET: SPEC}, demo=False)[0].release_id

    def decision(self, outcome: Outcome) -> Decision:
        decision = self.landing.decision(DATASET, str(outcome.release_id))
        assert decision is not None
        return decision


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path)


@pytest.fixture
def good(upstream: Upstream) -> Outcome:
    outcome = upstream.release(country(range(2020, 2026)))
    assert outcome.state == "refreshed", outcome.message
    return outcome


def test_settlement_under_two_code_vintages_is_held(upstream: Upstream, good: Outcome) -> None:
    """Until September 2025 settlement of 2021-2023 stood under 38xx and 40xx; 45 of 51 pairs were equal, 6 differed by 1-3."""
    cells = country(range(2020, 2026))
    successor = {
        "3806": "4001",
        "3807": "4003",
        "3808": "4005",
        "3813": "4012",
        "3814": "4014",
        "3805": "3909",
        "3803": "3905",
    }
    for place, (old, new) in enumerate(successor.items()):
        for year in (2021, 2022, 2023):
            cells[(new, year, SETTLED)] = int(cells[(old, year, SETTLED)]) + (2 if place == 0 else 0)
    outcome = upstream.release(cells)
    assert outcome.state == "held"
    assert "two codes in 2021-2023" in outcome.message and "count twice" in outcome.message
    assert upstream.in_use() == good.release_id


def test_a_first_release_under_two_codes_is_held_too(upstream: Upstream) -> None:
    cells = country(range(2022, 2024))
    cells[("3909", 2023, SETTLED)] = cells[("3805", 2023, SETTLED)]
    assert upstream.release(cells).state == "held"


def test_history_that_vanishes_is_held_and_comes_back_by_itself(upstream: Upstream, good: Outcome) -> None:
    """7 October 2025: only 2025 was left. 10 October: history was back, without requests and decisions of 2023."""
    full = country(range(2020, 2026))
    only_2025 = upstream.release({key: cell for key, cell in full.items() if key[1] == 2025})
    assert only_2025.state == "held" and "years lost: 2020-2024" in only_2025.message
    partly = upstream.release({k: c for k, c in full.items() if not (k[1] == 2023 and k[2] in (ASKED, DECIDED))})
    assert partly.state == "held"
    assert "figures gone: decided (persons) in 2023" in partly.message
    assert "figures gone: requested (persons) in 2023" in partly.message
    assert upstream.in_use() == good.release_id
    back = upstream.release(full)
    assert back.release_id == good.release_id and upstream.in_use() == good.release_id


def test_a_category_that_takes_over_anothers_figures_is_told_or_held(upstream: Upstream, tmp_path: Path) -> None:
    """2022: Anmodning went from 5 500 to 35 000 and Opprinnelig anmodning appeared with the old figures."""
    before = country(range(2019, 2023))
    upstream.day = datetime(2022, 2, 1, tzinfo=UTC)
    assert upstream.release(before).state == "refreshed"
    after = dict(before)
    for (code, year, measure), cell in before.items():
        if (year, measure) == (2022, ASKED):
            after[(code, year, FIRST_ASKED)] = cell
            after[(code, year, ASKED)] = 6 * int(cell)
    known = upstream.release(after)
    assert known.state == "refreshed"
    places = len(municipalities(2022))
    assert f"2022: original_request holds what requested held before ({places} places)" in in_english(
        upstream.decision(known).notices
    )

    other = SPEC.model_copy(update={"gate": Gate()})
    path = next(tmp_path.glob("20220203.csv"))
    again = Upstream(tmp_path / "again")
    (tmp_path / "again").mkdir()
    again.day = datetime(2022, 2, 1, tzinfo=UTC)
    again.release(before)
    unknown = refresh_file(again.landing, other, Candidate(path, path.name, DATASET, "imdi_long", upstream.day, "test"))
    assert unknown.state == "held" and "original_request holds what requested held before" in unknown.message


def test_requests_that_go_down_in_the_running_year_are_taken_and_told(upstream: Upstream, good: Outcome) -> None:
    """July-August 2025: requests for the running year fell from 605 to 395 in one county, and upstream meant it."""
    cells = country(range(2020, 2026))
    for key in cells:
        if key[1:] == (2025, ASKED):
            cells[key] = int(cells[key]) * 395 // 605
    outcome = upstream.release(cells)
    assert outcome.state == "refreshed", outcome.message
    assert any(
        "requested" in notice.en and "revised down" in notice.en for notice in upstream.decision(outcome).notices
    )


def test_the_same_fall_in_a_closed_year_is_held(upstream: Upstream, good: Outcome) -> None:
    cells = country(range(2020, 2026))
    for key in cells:
        if key[1:] == (2021, ASKED):
            cells[key] = int(cells[key]) * 395 // 605
    outcome = upstream.release(cells)
    assert outcome.state == "held" and "requested (persons) 2021: total went from" in outcome.message


def _doubled(cells: Cells) -> Cells:
    return {k: 2 * int(c) if k[1:] == (2022, SETTLED) else c for k, c in cells.items()}


def _zeros(cells: Cells) -> Cells:
    return {k: 0 if k[1:] == (2025, SETTLED) else c for k, c in cells.items()}


def _all_hidden(cells: Cells) -> Cells:
    return dict.fromkeys(cells, ":")


def _a_third_hidden(cells: Cells) -> Cells:
    return {k: ":" if k[2] == DECIDED else c for k, c in cells.items()}


def _tenfold(cells: Cells) -> Cells:
    return {k: 12 * int(c) if k[1] == 2021 and int(k[0]) % 9 == 0 else c for k, c in cells.items()}


def _negative(cells: Cells) -> Cells:
    return {k: -4 if k == ("3805", 2022, SETTLED) else c for k, c in cells.items()}


def _without_county(cells: Cells) -> Cells:
    return {k: c for k, c in cells.items() if not (k[0].startswith("38") and k[1] == 2023)}


def _half(cells: Cells) -> Cells:
    return {k: c for k, c in cells.items() if int(k[0]) % 2}


def _without_measure(cells: Cells) -> Cells:
    return {k: c for k, c in cells.items() if k[2] != DECIDED}


@pytest.mark.parametrize(
    ("fault", "reason", "reason_nb"),
    [
        pytest.param(
            _doubled,
            "settled (persons) 2022: total went from",
            "settled (personer) 2022: summen gikk fra",
            id="20-doubled",
        ),
        pytest.param(_zeros, "all zero or hidden", "alt er null eller skjult", id="20-all-zeros"),
        pytest.param(_all_hidden, "cells hold no figure", "av cellene har ikke noe tall", id="20-all-hidden"),
        pytest.param(
            _a_third_hidden, "cells without a figure rose from", "celler uten tall har økt fra", id="20-a-third-hidden"
        ),
        pytest.param(_tenfold, "moved by a factor of 10", "minst 10 ganger større eller mindre", id="20-tenfold"),
        pytest.param(
            _without_county,
            "no municipality of county 38 left in 2023",
            "ingen kommuner igjen i fylke 38 i 2023",
            id="21-county-missing",
        ),
        pytest.param(_half, "rows fell from", "færre rader: ", id="21-half-the-rows"),
        pytest.param(
            _without_measure,
            "figures gone: decided (persons)",
            "tall er borte: decided (personer)",
            id="27-category-gone",
        ),
    ],
)
def test_a_release_that_is_wrong_is_held_and_says_why(
    upstream: Upstream, good: Outcome, fault: Callable[[Cells], Cells], reason: str, reason_nb: str
) -> None:
    outcome = upstream.release(fault(country(range(2020, 2026))))
    assert outcome.state == "held"
    assert reason in outcome.message
    assert reason_nb in outcome.message_nb
    assert f"integrering releases accept {DATASET} {outcome.release_id}" in outcome.message
    assert upstream.in_use() == good.release_id


def test_a_negative_count_stops_the_dataset(upstream: Upstream, good: Outcome) -> None:
    outcome = upstream.release(_negative(country(range(2020, 2026))))
    assert outcome.state == "failed" and outcome.release_id is None
    assert upstream.in_use() == good.release_id


def test_a_unit_that_changed_under_the_same_name_is_held(upstream: Upstream, good: Outcome) -> None:
    """Fault 26: persons became percent; the unit is part of what a series is, so the persons are gone."""
    rows = [f"Prosent;{y};{c};;{m};{cell}\n" for (c, y, m), cell in country(range(2020, 2026)).items()]
    path = upstream.folder / "percent.csv"
    path.write_bytes((HEADER + "".join(rows)).encode("latin-1"))
    later = upstream.day + timedelta(days=1)
    outcome = refresh_file(upstream.landing, SPEC, Candidate(path, path.name, DATASET, "imdi_long", later, "fetched"))
    assert outcome.state == "held", outcome.message
    assert "figures gone: settled (persons) in 2020-2025" in outcome.message
    assert upstream.in_use() == good.release_id


def test_shares_above_a_hundred_are_held_unless_the_dataset_has_such() -> None:
    """Fault 20: SSB's table of shares with persons under the name of per cent; IMDi's shares of requests may be larger."""
    shares = observation_table(
        {
            "source_row": pa.array([1, 2], pa.int32()),
            "region_code": pa.array(["3909", "3907"]),
            "region_level": pa.array(["municipality"] * 2),
            "period_start": pa.array([date(2024, 1, 1)] * 2, pa.date32()),
            "period_kind": pa.array(["year"] * 2),
            "measure": pa.array(["settled"] * 2),
            "unit": pa.array(["percent"] * 2),
            "value": pa.array([340.0, 91.0]),
            "value_status": pa.array(["ok"] * 2),
        },
        2,
    )
    found = in_english(above_whole(load_specs()["ssb_09429"], shares))
    assert found == "50.0% of the shares lie above 100 per cent (limit 5%)"
    assert above_whole(SPEC, shares) == []


def test_one_municipality_missing_is_taken_and_told(upstream: Upstream, good: Outcome) -> None:
    cells = {k: c for k, c in country(range(2020, 2026)).items() if not (k[0] == "3805" and k[1] == 2023)}
    outcome = upstream.release(cells)
    assert outcome.state == "refreshed", outcome.message
    assert "2023: no row for 3805" in in_english(upstream.decision(outcome).notices)


def test_equal_duplicates_are_dropped_and_unequal_ones_stop_the_dataset(upstream: Upstream, good: Outcome) -> None:
    """Fault 19: exact repeats are harmless; two values for one cell are never chosen between."""
    path = upstream.folder / "twice.csv"
    row = f"Personer;2025;3909;;{SETTLED};"
    for second, state in ((f"{row}37\n", "not_used"), (f"{row}38\n", "failed")):
        path.write_bytes((HEADER + f"{row}37\n" + second + f"Personer;2024;3909;;{SETTLED};42\n").encode("latin-1"))
        arrival = Candidate(path, path.name, DATASET, "imdi_long", upstream.day + timedelta(days=9), "test")
        assert refresh_file(upstream.landing, SPEC, arrival).state == state
    assert upstream.in_use() == good.release_id


def test_a_person_decides_and_the_decision_has_a_date(tmp_path: Path, good: Outcome, upstream: Upstream) -> None:
    held = upstream.release(_doubled(country(range(2020, 2026))))
    decided_at = datetime(2025, 10, 1, tzinfo=UTC)
    settings = Settings(data_dir=upstream.folder, source="extracts")
    workspace = Workspace(settings, clock=lambda: decided_at)
    assert "er tatt i bruk" in decide_release(workspace, DATASET, str(held.release_id), "accepted")
    assert upstream.in_use() == held.release_id
    before = select_current(upstream.landing, {DATASET: SPEC}, demo=False, as_of=decided_at - timedelta(hours=1))
    assert before[0].release_id == good.release_id, "as of the day before, the release was still held"


def test_an_older_year_corrected_within_the_limits_is_taken(upstream: Upstream, good: Outcome) -> None:
    """Fault 25: a backdated revision is a new release; as of the day before, the old figure is still there."""
    cells = country(range(2020, 2026))
    cells[("3805", 2021, SETTLED)] = int(cells[("3805", 2021, SETTLED)]) + 1
    outcome = upstream.release(cells)
    assert outcome.state == "refreshed", outcome.message
    then = select_current(upstream.landing, {DATASET: SPEC}, demo=False, as_of=upstream.day - timedelta(hours=1))
    assert then[0].release_id == good.release_id and upstream.in_use() == outcome.release_id


def test_a_level_that_left_the_file_is_told_of() -> None:
    """The row of the country was cut out of a file: the release before serves it still, without a word until now."""
    both = ReadingFacts(spec_version="1", rows=9, slices={"country": SliceCoverage(), "municipality": SliceCoverage()})
    cut = both.model_copy(update={"slices": {"municipality": SliceCoverage()}})
    assert [one.nb for one in levels_left(cut, both)] == [
        "ingen tall for nivået landet: de i utgaven før brukes fortsatt"
    ]
    assert levels_left(both, cut) == []
