"""What dbt is given: the releases in use, the specs and the indicators as tables.

Here: turning specs and landing into the warehouse's build inputs. Not here: reading upstream files, or SQL.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from orchestration.runs.revisions import revisions
from orchestration.runs.settle import covers_less
from sources.dataset.code_names import code_names
from sources.dataset.dimensions import DIMENSIONS, dimensions, units
from sources.dataset.spec import DatasetSpec
from sources.landing.current import InUse
from sources.landing.intake import ensure_rows, slice_columns
from sources.landing.predecessor import Accepted, Unused, accepted, is_counted, serving, unused
from sources.landing.reasons import in_english
from sources.landing.store import Landing
from sources.vocabulary import word_rows
from warehouse.build import BuildInputs, LandedRows, LandedTable
from warehouse.indicators import Indicator, check_references, term_rows
from warehouse.interface.codes import code_rows

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Bounds of a rule that holds for all years."""


def build_inputs(
    landing: Landing,
    specs: dict[str, DatasetSpec],
    current: Sequence[InUse],
    indicators: list[Indicator],
    *,
    demo: bool,
    as_of: datetime | None = None,
) -> BuildInputs:
    """Everything the build file is laid with. Raises IndicatorError when an indicator names what no spec has.

    ``as_of`` leaves out of the release log what came later, ``demo`` releases of the other kind.
    """
    open_or_codes = {n: None if d.open else set(d.codes) for n, d in dimensions().items()}
    check_references(indicators, set(specs), open_or_codes, set(units()))
    inputs = BuildInputs(DIMENSIONS)
    in_use: dict[str, dict[str, list[str]]] = {}
    for use in current:
        in_use.setdefault(use.dataset_id, {}).setdefault(use.release_id, []).append(use.slice)
    for spec in specs.values():
        releases = in_use.get(spec.dataset_id, {})
        rows = [_landed(landing, spec, release_id, slices) for release_id, slices in releases.items()]
        if spec.shape == "table":
            inputs.tables[spec.dataset_id] = LandedTable(spec.column_types, rows, slice_columns(spec))
        else:
            inputs.observations += rows
    inputs.revisions, counts = revisions(landing, specs, demo, as_of)
    inputs.metadata = _metadata(landing, specs, current, indicators, demo, as_of) | {"revision_count": counts}
    return inputs


def _landed(landing: Landing, spec: DatasetSpec, release_id: str, slices: list[str]) -> LandedRows:
    receipt = landing.receipt(spec.dataset_id, release_id)
    if receipt is None:
        raise RuntimeError(f"{spec.dataset_id} {release_id}: in use without a receipt")
    path = ensure_rows(landing, spec, receipt)
    facts = landing.reading(spec.dataset_id, release_id)
    is_whole = facts is not None and set(facts.slices) == set(slices)
    return LandedRows(spec.dataset_id, release_id, path, receipt.is_demo, () if is_whole else tuple(sorted(slices)))


def _metadata(
    landing: Landing,
    specs: dict[str, DatasetSpec],
    current: Sequence[InUse],
    indicators: list[Indicator],
    demo: bool,
    as_of: datetime | None,
) -> dict[str, pa.Table]:
    return {
        "dataset": _rows([_dataset_row(spec) for spec in specs.values()]),
        "hidden_rule": _rows([r for spec in specs.values() for r in _rule_rows(spec)], _RULE_TYPES),
        "rounding_rule": _rows([r for spec in specs.values() for r in rounding_rows(spec)], ROUNDING_TYPES),
        "series_part": _rows([r for spec in specs.values() for r in part_rows(spec)], PART_TYPES),
        "dataset_order": _rows(
            [
                {"dataset_id": spec.dataset_id, "serves_before": other}
                for spec in specs.values()
                for other in spec.serves_before
            ],
            {"dataset_id": pa.string(), "serves_before": pa.string()},
        ),
        "set_for_the_year": _rows(
            [
                {"dataset_id": s.dataset_id, "measure": measure}
                for s in specs.values()
                for measure in s.set_for_the_year
            ],
            SET_TYPES,
        ),
        "dimension_code": _rows(
            [
                {"dimension": dimension, "code": code, "label_nb": label}
                for (dimension, code), label in code_names(specs.values()).items()
            ]
        ),
        "code": _rows(code_rows(code_names(specs.values()) | {("unit", c): u.name_nb for c, u in units().items()})),
        "word": _rows(word_rows(), WORD_TYPES),
        "unit": _rows([{"unit": c, "name_nb": u.name_nb, "additive": u.additive} for c, u in units().items()]),
        "release": _rows(
            [row for spec in specs.values() for row in _release_rows(landing, spec, demo, as_of)], _RELEASE_TYPES
        ),
        "current_release": _rows(
            [{"dataset_id": u.dataset_id, "slice": u.slice, "release_id": u.release_id} for u in current],
            {"dataset_id": pa.string(), "slice": pa.string(), "release_id": pa.string()},
        ),
        "indicator": _rows([_indicator_row(n, indicator) for n, indicator in enumerate(indicators, start=1)]),
        "indicator_term": _rows(term_rows(indicators, list(DIMENSIONS))),
        "indicator_break": _rows(
            [
                {"indicator_id": i.indicator_id, "break_year": b.year, "note_nb": b.note_nb}
                for i in indicators
                for b in [*i.breaks, *_dataset_breaks(i, specs)]
            ],
            {"indicator_id": pa.string(), "break_year": pa.int32(), "note_nb": pa.string()},
        ),
    }


def _dataset_row(spec: DatasetSpec) -> dict[str, Any]:
    return {
        "dataset_id": spec.dataset_id,
        "source": spec.source,
        "upstream_id": spec.upstream_id,
        "title_nb": spec.title_nb,
        "description_nb": spec.description_nb,
        "statistic_group": spec.statistic_group,
        "shape": spec.shape,
        "declared_cadence": spec.declared_cadence,
        "cadence_note": spec.cadence_note,
        "licence": spec.licence,
        "attribution_nb": spec.attribution_nb,
        "link": spec.link,
        "period_kind": spec.period_kind,
        "non_negative": spec.non_negative,
        "is_verified": spec.verified,
    }


_RULE_TYPES = {
    "dataset_id": pa.string(),
    "status": pa.string(),
    "unit": pa.string(),
    "low": pa.float64(),
    "high": pa.float64(),
    "from_year": pa.int32(),
    "to_year": pa.int32(),
}


def _rule_rows(spec: DatasetSpec) -> list[dict[str, Any]]:
    return [
        {
            "dataset_id": spec.dataset_id,
            "status": rule.status,
            "unit": rule.unit,
            "low": rule.low,
            "high": rule.high,
            "from_year": rule.from_year or FIRST_YEAR,
            "to_year": rule.to_year or LAST_YEAR,
        }
        for rule in spec.hidden
    ]


ROUNDING_TYPES = {
    "dataset_id": pa.string(),
    "unit": pa.string(),
    "measure": pa.string(),
    "region_level": pa.string(),
    "from_year": pa.int32(),
    "to_year": pa.int32(),
    "by_year": pa.bool_(),
    "printed": pa.float64(),
    "low": pa.float64(),
    "high": pa.float64(),
}


def rounding_rows(spec: DatasetSpec) -> list[dict[str, Any]]:
    """A row for each printed value, level and measure that the publisher rounds; measure ``all`` = every one."""
    return [
        {
            "dataset_id": spec.dataset_id,
            "unit": rule.unit,
            "measure": measure,
            "region_level": level,
            "from_year": rule.from_year or FIRST_YEAR,
            "to_year": rule.to_year or LAST_YEAR,
            "by_year": rule.by_year,
            "printed": printed,
            "low": low,
            "high": high,
        }
        for rule in spec.rounding
        for measure in (rule.measures or ["all"])
        for level in rule.levels
        for printed, (low, high) in rule.values.items()
    ]


WORD_TYPES = {
    "kind": pa.string(),
    "code": pa.string(),
    "place": pa.int32(),
    "name_nb": pa.string(),
    "phrase_nb": pa.string(),
    "days": pa.int32(),
    "is_reported": pa.bool_(),
}

SET_TYPES = {"dataset_id": pa.string(), "measure": pa.string()}

PART_TYPES = {"dataset_id": pa.string(), "dimension": pa.string(), "code": pa.string()}


def part_rows(spec: DatasetSpec) -> list[dict[str, Any]]:
    """A row for each code that adds up, with its like, to the total of a dimension."""
    return [
        {"dataset_id": spec.dataset_id, "dimension": dimension, "code": code}
        for dimension, codes in spec.parts.items()
        for code in codes
    ]


def _dataset_breaks(indicator: Indicator, specs: dict[str, DatasetSpec]) -> list[Any]:
    """A break in a dataset breaks every indicator that takes a measure of it."""
    own = {b.year for b in indicator.breaks}
    found: dict[int, Any] = {}
    for term in indicator.terms.values():
        for b in specs[term.dataset].breaks:
            if b.year not in own and (not b.measures or term.measure in b.measures):
                found.setdefault(b.year, b)
    return list(found.values())


_RELEASE_TYPES = {
    "dataset_id": pa.string(),
    "release_id": pa.string(),
    "retrieved_at": pa.timestamp("us"),
    "date_basis": pa.string(),
    "upstream_updated_at": pa.timestamp("us"),
    "file_name": pa.string(),
    "sha256": pa.string(),
    "byte_count": pa.int64(),
    "row_count": pa.int64(),
    "first_year": pa.int32(),
    "last_year": pa.int32(),
    "year_count": pa.int32(),
    "publication_status": pa.string(),
    "state": pa.string(),
    "reasons": pa.string(),
    "is_demo": pa.bool_(),
}


def _release_rows(landing: Landing, spec: DatasetSpec, demo: bool, as_of: datetime | None) -> list[dict[str, Any]]:
    rows = []
    releases = accepted(landing, spec.dataset_id, demo=demo, as_of=as_of)
    servers = serving(releases, as_of)
    not_used = {one.release_id: _why_not_used(one, unused(one, servers, as_of)) for one in releases}
    for receipt in landing.receipts(spec.dataset_id):
        if not is_counted(receipt, demo, as_of):
            continue
        facts = landing.reading(spec.dataset_id, receipt.release_id)
        decision = landing.decision(spec.dataset_id, receipt.release_id)
        years = facts.years if facts else []
        updated = receipt.upstream_updated_at
        rows.append(
            {
                "dataset_id": receipt.dataset_id,
                "release_id": receipt.release_id,
                "retrieved_at": receipt.retrieved_at.replace(tzinfo=None),
                "date_basis": receipt.date_basis,
                "upstream_updated_at": updated.replace(tzinfo=None) if updated else None,
                "file_name": receipt.blobs[0].name,
                "sha256": receipt.blobs[0].sha256,
                "byte_count": sum(blob.bytes for blob in receipt.blobs),
                "row_count": facts.rows if facts else 0,
                "first_year": min(years, default=None),
                "last_year": max(years, default=None),
                "year_count": len(years),
                "publication_status": receipt.publication_status,
                "state": decision.state if decision else "held",
                "reasons": not_used.get(receipt.release_id) or (in_english(decision.reasons) if decision else ""),
                "is_demo": receipt.is_demo,
            }
        )
    return rows


def _why_not_used(one: Accepted, lost: list[Unused]) -> str:
    """The reason of an accepted release that serves nothing of a slice since it covers less; '' for all others."""
    less = [use for use in lost if use.reason == "covers_less"]
    return f"not in use: {in_english(covers_less(one.facts, less))}" if less else ""


def _indicator_row(number: int, indicator: Indicator) -> dict[str, Any]:
    return {
        "indicator_number": number,
        "indicator_id": indicator.indicator_id,
        "name_nb": indicator.name_nb,
        "name_en": indicator.english_name,
        "definition_nb": indicator.definition_nb,
        "statistic_group": indicator.statistic_group,
        "imdi_card": indicator.imdi_card,
        "unit": indicator.unit,
        "direction": indicator.direction,
        "scale": indicator.scale,
        "kind": "value" if indicator.value else "share" if indicator.numerator else "published",
        "is_part_of_whole": indicator.is_part_of_whole,
        "reference_month": indicator.reference_month,
        "keeps": ",".join(indicator.keep),
    }


def _rows(rows: list[dict[str, Any]], types: dict[str, pa.DataType] | None = None) -> pa.Table:
    """Rows as a table; typed where a column may be empty."""
    if types:
        return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))
    if not rows:
        raise ValueError("a table without rows needs types")
    table = pa.Table.from_pylist(rows)
    nulls = [n for n, f in zip(table.column_names, table.schema, strict=True) if pa.types.is_null(f.type)]
    for name in nulls:
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    return table
