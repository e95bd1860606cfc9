"""The freshness board: how each group is doing today, what waits for a person, and how often a report is sensible.

Here: the published `cadence` mart read against today's date, with held releases and upstream's own states beside it. Not
here: how intervals and recommendations are worked out (dbt_project/models/marts/freshness), or asking upstream.
The mart holds dates only, so that it is the same on every machine; what is late depends on the day it is read.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from orchestration.runs.held import HeldRelease, held
from orchestration.runs.objections import Aside, NotRead, Unserved, asides, not_read, unserved_datasets
from orchestration.upstream.live import Upstream
from orchestration.workspace import Workspace
from sources.http.limits import OSLO
from sources.landing.predecessor import is_counted
from sources.live import is_live
from sources.vocabulary import names_nb, vocabulary
from warehouse.errors import NoLocks, NoRelease, WarehouseError
from warehouse.query import run_query

LATE_STATES = frozenset({"late", "overdue", "presumed_discontinued", "withdrawn", "failed"})

CADENCE_NB = names_nb("cadence")
FREQUENCIES = tuple(code for code, word in vocabulary()["cadence"].items() if word.days)
"""How often a report may come, the most often first."""


@dataclass(frozen=True)
class Standing:
    """How a dataset stands on a day. Dates are upstream's: when it published, not when we ran."""

    dataset_id: str
    title_nb: str
    statistic_group: str
    declared_nb: str
    observed_days: float | None
    last_release: date | None
    last_year: int | None
    next_from: date | None
    next_to: date | None
    state: str
    note: str = ""
    failing_since: datetime | None = None
    last_fetched: datetime | None = None
    """When the figures that are shown were fetched, of a dataset that cannot be fetched now."""
    silent_publisher: str = ""
    """The publisher, where it is the publisher that does not answer and no fault of this dataset."""

    @property
    def state_nb(self) -> str:
        return names_nb("dataset_state")[self.state]


@dataclass(frozen=True)
class GroupStanding:
    """A statistic group: how many of its indicators got a new year, and the reporting frequency that follows."""

    statistic_group: str
    name_nb: str
    datasets: int
    late: int
    last_release: date | None
    next_from: date | None
    indicators: int
    with_new_year: int
    recommended: str
    supplement: str | None
    recommended_nb: str
    rule_nb: str


@dataclass
class Board:
    """All that `integrering status` shows."""

    today: date
    release_id: str | None
    published_at: str | None
    is_demo: bool
    answer_nb: str
    groups: list[GroupStanding] = field(default_factory=list)
    datasets: list[Standing] = field(default_factory=list)
    held: list[HeldRelease] = field(default_factory=list)
    not_used: list[Aside] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)
    unserved: list[Unserved] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--json`; dates as ISO texts."""
        rows = asdict(self)
        for standing, row in zip(self.datasets, rows["datasets"], strict=True):
            row["state_nb"] = standing.state_nb
        return _plain(rows)


def board(workspace: Workspace) -> Board:
    """The board of this moment. Raises NoRelease when nothing is published yet."""
    from orchestration.build.preparation import published_manifest

    manifest = published_manifest(workspace.folder)
    if manifest is None:
        raise NoRelease(expected="a published release", found="none", where="status", next_step="integrering run")
    datasets = dataset_standings(workspace)
    groups = _groups(workspace, datasets)
    return Board(
        today=today_of(workspace),
        release_id=manifest.release_id,
        published_at=manifest.published_at,
        is_demo=manifest.is_demo,
        answer_nb=answer_nb(groups),
        groups=groups,
        datasets=datasets,
        held=held(workspace),
        not_used=asides(workspace),
        not_read=not_read(workspace),
        unserved=unserved_datasets(workspace),
    )


def today_of(workspace: Workspace) -> date:
    """The Norwegian date of the workspace's clock."""
    return workspace.clock().astimezone(OSLO).date()


def dataset_standings(workspace: Workspace) -> list[Standing]:
    """Every dataset of the published release as it stands today; empty when nothing is published yet."""
    upstream = Upstream(workspace)
    today, found = today_of(workspace), []
    landed = {r.dataset_id for r in workspace.landing.receipts() if is_counted(r, workspace.is_demo)}
    for row in _cadence(workspace, "dataset"):
        spec = workspace.specs.get(row["scope_id"])
        memory = upstream.memory(spec.dataset_id) if spec and is_live(spec) else None
        told = memory.state if memory and memory.state in ("withdrawn", "failed", "discontinued") else None
        found.append(
            Standing(
                dataset_id=row["scope_id"],
                title_nb=row["name_nb"],
                statistic_group=row["statistic_group"],
                declared_nb=CADENCE_NB.get(row["declared_cadence"], row["declared_cadence"]),
                observed_days=row["observed_interval_days"],
                last_release=row["last_release_date"],
                last_year=row["last_year"],
                next_from=row["next_expected_from_date"],
                next_to=row["next_expected_to_date"],
                state=told or state_on(today, row, is_landed=row["scope_id"] in landed),
                note=(memory.note_nb or memory.note) if memory and told in ("failed", "withdrawn") else "",
                failing_since=memory.failing_since if memory and told == "failed" else None,
                last_fetched=memory.fetched_at if memory and told == "failed" else None,
                silent_publisher=spec.source if spec and memory and told and memory.no_answer else "",
            )
        )
    return found


def state_on(today: date, row: dict[str, Any], *, is_landed: bool = False) -> str:
    """The state of a dataset on a day, from the dates of the cadence mart. A date in the future is never negative age.

    ``is_landed``: it has a release, whose date of publication may be unknown all the same (files that ship).
    """
    if row["declared_cadence"] == "discontinued":
        return "discontinued"
    if row["last_release_date"] is None:
        return "undated" if is_landed else "no_release"
    if row["next_expected_from_date"] is None:
        return "no_rhythm"
    limits = [
        ("presumed_discontinued", row["discontinued_after_date"]),
        ("overdue", row["overdue_after_date"]),
        ("late", row["next_expected_to_date"]),
    ]
    for state, limit in limits:
        if today > limit:
            return state
    return "due" if today >= row["next_expected_from_date"] else "expected"


def answer_nb(groups: list[GroupStanding]) -> str:
    """The council's question in a sentence: how often should the report come?"""
    known = [g for g in groups if g.recommended in FREQUENCIES]
    if not known:
        return "Det er for få utgaver i loggen til å anbefale en rapporteringsfrekvens."
    groups_of = {frequency: sum(g.recommended == frequency for g in known) for frequency in FREQUENCIES}
    whole = max(FREQUENCIES, key=groups_of.__getitem__)
    parts = "; ".join(f"{g.name_nb.lower()} {g.recommended_nb}" for g in known)
    text = f"Rapporten bør komme {CADENCE_NB[whole]}: så ofte får de fleste gruppene nye tall ({parts})."
    oftener = []
    for group in known:
        fastest = group.supplement or group.recommended
        if FREQUENCIES.index(fastest) < FREQUENCIES.index(whole):
            oftener.append(f"{group.name_nb.lower()} ({CADENCE_NB[fastest]})")
    return text + (f" Oftere oppdatering er nyttig for {' og '.join(oftener)}." if oftener else "")


def _groups(workspace: Workspace, datasets: list[Standing]) -> list[GroupStanding]:
    groups = []
    for row in _cadence(workspace, "statistic_group"):
        own = [s for s in datasets if s.statistic_group == row["scope_id"]]
        groups.append(
            GroupStanding(
                statistic_group=row["scope_id"],
                name_nb=row["name_nb"],
                datasets=len(own),
                late=sum(s.state in LATE_STATES for s in own),
                last_release=row["last_release_date"],
                next_from=row["next_expected_from_date"],
                indicators=row["indicator_count"],
                with_new_year=row["new_year_indicator_count"],
                recommended=row["recommended_frequency"],
                supplement=row.get("supplement_frequency"),
                recommended_nb=row["recommended_frequency_nb"],
                rule_nb=row["rule_nb"],
            )
        )
    return groups


def _cadence(workspace: Workspace, scope: str) -> list[dict[str, Any]]:
    """Rows of the published cadence mart; none when nothing is published or the release is older than the mart."""
    chosen = "'dataset'" if scope == "dataset" else "'statistic_group'"
    try:
        result = run_query(
            workspace.settings.data_dir, f"select * from marts.cadence where scope = {chosen} order by scope_id"
        )
    except NoLocks:
        raise
    except WarehouseError:
        return []
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
