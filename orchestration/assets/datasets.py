"""The datasets as Dagster assets: one asset per dataset, one op per publisher.

Here: keys, groups, descriptions and the op that refreshes the chosen datasets. Not here: how a file is read (sources) or
what a run does in what order (orchestration/runs). Few coarse ops: each op costs seconds, each asset costs nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import dagster as dg

from orchestration.runs.held import deciding_nb, held
from orchestration.runs.objections import asides, remember_not_read, remember_unplaced, unserved_datasets
from orchestration.runs.refresh import plan_refresh, refresh_files
from orchestration.runs.refusal import note_refusal
from orchestration.runs.settle import OBJECTIONS, Outcome
from orchestration.upstream.live import Upstream
from orchestration.workspace import Workspace
from sources.dataset.discovery import Candidate
from sources.dataset.spec import DatasetSpec
from sources.landing.bundled import BundledFile
from sources.landing.predecessor import is_counted
from sources.landing.revisions import ensure_revision
from sources.vocabulary import names_nb, vocabulary

GROUP_NAMES = {
    "population_settlement": "1_kilde_bosatte",
    "education": "1_kilde_utdanning",
    "introduction_programme": "1_kilde_intro",
    "work_living_conditions": "1_kilde_levekaar",
    "grants": "1_kilde_tilskudd",
    "costs": "1_kilde_kostnader",
    "regions": "1_kilde_regioner",
}
"""Groups as the Dagster UI shows them (its names take letters, digits and underscores, and its graph
shows some seventeen of them): the step of the way, then the topic."""

LANDED_CHECK = "landed_without_objection"


def dataset_key(spec: DatasetSpec) -> dg.AssetKey:
    """The asset key of a dataset: publisher, then its name."""
    return dg.AssetKey([spec.source, spec.dataset_id.removeprefix(spec.source + "_")])


def dataset_assets(workspace: Workspace) -> list[dg.AssetsDefinition]:
    """One assets definition per publisher that has datasets."""
    by_source: dict[str, list[DatasetSpec]] = {}
    for spec in workspace.specs.values():
        if not spec.is_private:
            by_source.setdefault(spec.source, []).append(spec)
    return [_publisher_assets(workspace, source, specs) for source, specs in by_source.items()]


def described_only(workspace: Workspace) -> list[dg.AssetSpec]:
    """The datasets that no run fetches: the municipality's own files, read by a command of its own; they stand in the graph."""
    own = [spec for spec in workspace.specs.values() if spec.is_private]
    return [_asset_spec(dataset_key(spec), spec).replace_attributes(freshness_policy=None) for spec in own]


def _publisher_assets(workspace: Workspace, source: str, specs: Sequence[DatasetSpec]) -> dg.AssetsDefinition:
    by_key = {dataset_key(spec): spec for spec in specs}

    @dg.multi_asset(
        name=f"refresh_{source}",
        specs=[_asset_spec(key, spec) for key, spec in by_key.items()],
        check_specs=[dg.AssetCheckSpec(LANDED_CHECK, asset=key, description=_CHECK_TEXT) for key in by_key],
        can_subset=True,
        op_tags={"dagster/concurrency_key": "integrering_landing"},
    )
    def refresh(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        chosen = {by_key[key].dataset_id for key in context.selected_asset_keys}
        outcomes = refresh_datasets(workspace, chosen, context)
        for key in sorted(context.selected_asset_keys, key=lambda k: k.path):
            spec = by_key[key]
            yield _result(workspace, spec, key, outcomes.get(spec.dataset_id, []))

    return refresh


_CHECK_TEXT = (
    "Hver fil i datasettet er lest, godtatt og i bruk slik den som la den inn mente, ingen utgave venter på avgjørelse, og "
    "indikatorene får tall. Ellers er den forrige gode utgaven fortsatt i bruk."
)


def _asset_spec(key: dg.AssetKey, spec: DatasetSpec) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        freshness_policy=_freshness(spec),
        description=f"{spec.title_nb}. {spec.description_nb}\n\n{spec.attribution_nb}. Lisens: {spec.licence}",
        group_name=GROUP_NAMES[spec.statistic_group],
        kinds={spec.source, "table" if spec.shape == "table" else "observations"},
        metadata={
            "oppdateres": names_nb("cadence")[spec.declared_cadence],
            "første år": str(spec.first_year or ""),
        },
    )


def _freshness(spec: DatasetSpec) -> dg.FreshnessPolicy | None:
    """Whether we looked: at least as often as the publisher is due. Whether it published in time is a check of its own."""
    days = vocabulary()["cadence"][spec.declared_cadence].days
    if days is None:
        return None
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=2 * days), warn_window=timedelta(days=1.25 * days))


def release_metadata(workspace: Workspace, spec: DatasetSpec) -> dict[str, dg.MetadataValue]:
    """What the UI shows of the dataset's newest release: rows, years, what it revised, what is held, where to look."""
    landing = workspace.landing
    receipts = [r for r in landing.receipts(spec.dataset_id) if is_counted(r, workspace.is_demo)]
    metadata: dict[str, dg.MetadataValue] = {"kilde": dg.MetadataValue.url(spec.link)}
    if waiting := held(workspace, spec.dataset_id):
        told = (
            f"{'; '.join(one.reasons)}\n\n```\n{deciding_nb(one.dataset_id, one.release_id)}\n```" for one in waiting
        )
        metadata["holdt tilbake"] = dg.MetadataValue.md("\n\n".join(told))
    if not receipts:
        return metadata
    newest = max(receipts, key=lambda r: r.order)
    facts, revision = landing.reading(spec.dataset_id, newest.release_id), ensure_revision(landing, spec, newest)
    decision = landing.decision(spec.dataset_id, newest.release_id)
    updated = newest.upstream_updated_at or newest.retrieved_at
    metadata["kilden oppdatert"] = dg.MetadataValue.timestamp(updated.timestamp())
    if newest.publication_status != "unknown":
        metadata["tallene er"] = dg.MetadataValue.text(_STATUS_NB[newest.publication_status])
    if facts and not (decision and decision.state == "held"):
        metadata["dagster/row_count"] = dg.MetadataValue.int(facts.rows)
        metadata["år"] = dg.MetadataValue.text(f"{min(facts.years)}-{max(facts.years)}" if facts.years else "")
    if decision and decision.notices:
        metadata["merk"] = dg.MetadataValue.md("\n".join(f"- {notice.nb}" for notice in decision.notices))
    if revision:
        metadata["endret fra forrige utgave"] = dg.MetadataValue.text(revision.in_words())
    if revision and revision.before:
        metadata["se endringene"] = dg.MetadataValue.md(
            f"`integrering query \"select * from marts.fct_revision where release_id = '{newest.release_id}'\"`"
        )
    return metadata


def refresh_datasets(
    workspace: Workspace, dataset_ids: set[str], context: dg.AssetExecutionContext
) -> dict[str, list[Outcome]]:
    """Bring the chosen datasets up to date and tell, per dataset, what became of each of its files."""
    files = [file for file in workspace.files() if file.dataset_id in dataset_ids]
    plan = plan_refresh(workspace.landing, workspace.specs, files)
    outcomes: dict[str, list[Outcome]] = {}
    for outcome in plan.unchanged:
        outcomes.setdefault(outcome.dataset_id, []).append(outcome)
    for outcome in _live_outcomes(workspace, dataset_ids):
        _tell(workspace, context, outcome)
        outcomes.setdefault(outcome.dataset_id, []).append(outcome)
    new: dict[str, list[Candidate | BundledFile]] = {}
    for dataset_id, file in plan.new:
        new.setdefault(dataset_id, []).append(file)
    for dataset_id, waiting in new.items():
        uses = workspace.uses.get(dataset_id, ())
        spec = workspace.specs[dataset_id]
        landed = refresh_files(
            workspace.landing,
            spec,
            waiting,
            plan.at_hand,
            uses=uses,
            clock=workspace.clock,
            home=workspace.settings.municipality,
        )
        for file, outcome in landed:
            note_refusal(workspace, file, outcome)
            _tell(workspace, context, outcome)
            outcomes.setdefault(dataset_id, []).append(outcome)
    if workspace.as_of is None:
        remember_not_read(workspace, dataset_ids, outcomes)
        remember_unplaced(workspace)
    return outcomes


def _live_outcomes(workspace: Workspace, dataset_ids: set[str]) -> Iterator[Outcome]:
    """Of a live run: what upstream had for the chosen datasets. An answer a few minutes old is not asked for again."""
    if workspace.settings.source != "live":
        return
    upstream = Upstream(workspace)
    new, others = upstream.plan(dataset_ids, trust_recent=True)
    yield from others
    for fetch in new:
        yield from upstream.refresh(workspace.specs[fetch.dataset_id])


def _tell(workspace: Workspace, context: dg.AssetExecutionContext, outcome: Outcome) -> None:
    log = context.log.warning if outcome.state in (*OBJECTIONS, "withdrawn") else context.log.info
    log(f"{outcome.dataset_id} {outcome.state}: {outcome.name} {outcome.message}")
    workspace.report(outcome)


def _objections(workspace: Workspace, spec: DatasetSpec, outcomes: Sequence[Outcome]) -> dict[str, str]:
    """What this look found wrong, and what still waits from earlier ones: a check may not turn green while a release waits."""
    told = {
        o.name: f"{_STATES_NB.get(o.state, o.state)}: {o.message_nb or o.message}"
        for o in outcomes
        if o.state in OBJECTIONS and not (o.state == "held" and o.release_id)  # told below, in Norwegian
    }
    for one in held(workspace, spec.dataset_id):
        told[f"holdt tilbake: {one.file_name} ({one.release_id})"] = "; ".join(one.reasons)
        told[f"gjør: {one.file_name}"] = deciding_nb(one.dataset_id, one.release_id)
    for aside in asides(workspace, [spec.dataset_id]):
        told[f"ikke i bruk: {aside.file_name}"] = aside.why_nb
    if unserved := unserved_datasets(workspace, [spec.dataset_id]):
        told["indikatorer uten tall"] = ", ".join(unserved[0].names_nb)
    return told


_STATUS_NB = {"final": "endelige", "preliminary": "foreløpige"}
_STATES_NB = {"failed": "ikke lest", "held": "holdt tilbake", "not_used": "ikke i bruk"}


def _result(workspace: Workspace, spec: DatasetSpec, key: dg.AssetKey, outcomes: list[Outcome]) -> dg.MaterializeResult:
    told = _objections(workspace, spec, outcomes)
    rows = sum(o.rows for o in outcomes if o.state == "refreshed")
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "filer": len(outcomes),
            "nye": sum(o.state == "refreshed" for o in outcomes),
            "rader lest": rows,
            "utgaver": ", ".join(sorted({o.release_id for o in outcomes if o.release_id})) or "ingen",
            **release_metadata(workspace, spec),
        },
        check_results=[
            dg.AssetCheckResult(
                passed=not told,
                check_name=LANDED_CHECK,
                asset_key=key,
                severity=dg.AssetCheckSeverity.WARN,
                metadata=told,
            )
        ],
    )
