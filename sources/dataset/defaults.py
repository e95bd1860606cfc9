"""What a dataset's file need not say: what its place tells, and what all datasets of its publisher have in common.

Here: filling a file of ``<source>/datasets/`` up from ``<source>/defaults.yml``. Not here: the model of a spec, or its
validation (spec.py).
"""

from functools import cache
from pathlib import Path
from typing import Any

from sources.files import read_yaml

DEFAULTS = "defaults.yml"
BY_NAME = "by_name"
"""The key of the defaults under which lists have entries with names: a dataset's file writes the name."""

_NAMED_THEMSELVES = ("columns", "table_columns")
"""Lists whose entries carry their name: it is the name they are written by."""


def filled_up(path: Path) -> dict[str, Any]:
    """The keys of one dataset file, with those it leaves out.

    Its place gives ``source``, ``dataset_id`` and ``upstream_id`` (the file's name); its publisher's defaults.yml the keys that
    datasets share, each taken whole, with ``{upstream_id}`` in a text replaced. What the file says itself goes before both;
    a text in a list that has entries ``by_name`` stands for the entry. Raises yaml.YAMLError for text that is no YAML,
    ValueError for one that has no keys, or a name that is not there.
    """
    said = read_yaml(path)
    if not isinstance(said, dict):
        raise ValueError(f"no keys with values, but {type(said).__name__}")
    source = said.get("source", path.parents[1].name)
    placed = {"source": source, "dataset_id": f"{source}_{path.stem}", "upstream_id": path.stem}
    upstream_id = str(said.get("upstream_id", path.stem))
    shared = dict(_of_publisher(path.parents[1]))
    named = shared.pop(BY_NAME, {})
    filled = placed | _with_id(shared, upstream_id) | said
    return filled | {key: [_entry(key, item, named[key]) for item in filled.get(key, [])] for key in named}


def _entry(key: str, item: Any, named: dict[str, Any]) -> Any:
    """What an item of a list stands for: itself, or the publisher's entry of that name."""
    if not isinstance(item, str):
        return item
    if item not in named:
        raise ValueError(f"{key}: {item!r} is none of the names in {DEFAULTS}: {', '.join(named)}")
    return {"name": item, **named[item]} if key in _NAMED_THEMSELVES else named[item]


@cache
def _of_publisher(folder: Path) -> dict[str, Any]:
    """What all datasets of a publisher's folder say; empty where it has no such file."""
    path = folder / DEFAULTS
    return read_yaml(path) if path.exists() else {}


def _with_id(value: Any, upstream_id: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_id(inner, upstream_id) for key, inner in value.items()}
    return value.replace("{upstream_id}", upstream_id) if isinstance(value, str) else value
