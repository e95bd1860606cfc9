"""Which models a change upstream reaches, so that a run does not build the others again.

Here: from changed datasets and changed small tables to dbt's sources, and down dbt's graph. Not here: what a model does with
the slices that changed (macros/slices.sql), or how a build is prepared (build.py).
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from sources.dataset.spec import DatasetSpec
from warehouse.build import BuildInputs


def input_hashes(inputs: BuildInputs) -> dict[str, str]:
    """A hash of each small table that is laid into the build file, by name, and of which comparisons there are."""
    compared = sorted(f"{rows.dataset_id} {rows.release_id} {rows.before_release_id}" for rows in inputs.revisions)
    listed = hashlib.sha256("\n".join(compared).encode()).hexdigest()
    return {"revision": listed, **{name: _hash(table) for name, table in inputs.metadata.items()}}


def changed_sources(
    specs: dict[str, DatasetSpec], datasets: Iterable[str], before: dict[str, str], now: dict[str, str]
) -> set[str]:
    """The tables of the landing schema that are not what they were: of the changed datasets, and small tables."""
    changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    for dataset_id in datasets:
        spec = specs.get(dataset_id)
        if spec is None or spec.shape == "table":
            changed.add(dataset_id)
        else:
            changed |= {"observation", "observation_series"}
    return changed


def models_below(manifest: Path, sources: set[str]) -> set[str]:
    """dbt's ids of the models that read any of these landing tables, directly or through other models."""
    graph = json.loads(manifest.read_text(encoding="utf-8"))
    reached: set[str] = set()
    waiting = [name for name, source in graph["sources"].items() if source["name"] in sources]
    while waiting:
        for child in graph["child_map"].get(waiting.pop(), []):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    # an ephemeral model is part of the statement of those that read it
    built = {name for name, node in graph["nodes"].items() if node["config"]["materialized"] != "ephemeral"}
    return {name for name in reached & built if name.startswith("model.")}


def _hash(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()
