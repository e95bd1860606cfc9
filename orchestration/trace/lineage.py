"""What a published table is computed from, by the models' own lineage.

Here: other published tables, reference tables, datasets named in the models, and records of our own. Not here: any figure.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GENERIC = "intermediate/observations"
"""Models that treat all datasets alike: what they read says nothing about one table, unless a row names its dataset."""

GEOGRAPHY = "klass_"


@dataclass
class Origins:
    """What a table is made of. ``observed``: datasets the models name; ``records``: tables that we make ourselves."""

    marts: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    observed: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    path: str = ""
    """The model's own file."""

    @property
    def figures(self) -> set[str]:
        """The published tables with figures; the others only give names and codes, and count where there is nothing else."""
        of_figures = {name for name in self.marts if not name.startswith("dim_")}
        return of_figures or (set() if self.observed or self.tables else self.marts)


def origins_of(manifest: Path, table: str, datasets: Collection[str], observing: Collection[str]) -> Origins:
    """Walk up from a published table to the first published tables and to what is landed.

    ``datasets`` are all known, ``observing`` those whose rows are observations.
    """
    graph = json.loads(manifest.read_text(encoding="utf-8"))
    names = re.compile(rf"\b({'|'.join(sorted(datasets))})\b")
    found, start = Origins(), _node_of(graph, table)
    if start:
        found.path = f"dbt_project/{graph['nodes'][start]['original_file_path']}"
    waiting, seen = [start] if start else [], {start}
    while waiting:
        node = waiting.pop()
        if node.startswith("source."):
            _add_source(found, graph["sources"][node]["name"], datasets)
            continue
        if node != start and _is_published(graph, node):
            found.marts.add(graph["nodes"][node]["name"])
            continue
        model = graph["nodes"].get(node, {})
        if GENERIC not in model.get("original_file_path", ""):
            found.observed |= set(names.findall(model.get("raw_code", ""))) & set(observing)
        parents = [parent for parent in graph["parent_map"].get(node, []) if parent not in seen]
        seen.update(parents)
        waiting += parents
    return found


def _node_of(graph: dict[str, Any], table: str) -> str | None:
    return next((n for n, model in graph["nodes"].items() if model["name"] == table and _is_published(graph, n)), None)


def _is_published(graph: dict[str, Any], node: str) -> bool:
    model = graph["nodes"].get(node)
    return model is not None and model["resource_type"] == "model" and model["fqn"][1] == "marts"


def _add_source(found: Origins, name: str, datasets: Collection[str]) -> None:
    if name in datasets:
        found.tables.add(name)
    elif name != "observation":
        found.records.add(name)
