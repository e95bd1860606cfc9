"""Small SSB bodies and specs for the tests of the SSB readers.

Here: composing a json-stat2 answer in the shape SSB sends. Not here: any assertion. The figures put in are named where
they are used; the bodies are composed, not recorded.
"""

import json
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

from sources.dataset.spec import DatasetSpec, load_spec, spec_folder
from sources.ports import Document


def spec_of(name: str) -> DatasetSpec:
    """The product's own spec of a dataset, by the name of its file (``ssb/12272``)."""
    source, _, dataset = name.partition("/")
    return load_spec(spec_folder() / source / "datasets" / f"{dataset}.yml")


def own_spec(**changes: Any) -> DatasetSpec:
    """A spec for a table that the product does not use, for tests of the reader itself."""
    fields: dict[str, Any] = {
        "dataset_id": "ssb_test",
        "source": "ssb",
        "upstream_id": "99999",
        "title_nb": "Prøve",
        "statistic_group": "education",
        "declared_cadence": "yearly",
        "licence": "CC BY 4.0",
        "attribution_nb": "Kilde: SSB",
        "link": "https://www.ssb.no/",
        "columns": [
            {"name": "Region", "role": "ignore", "aliases": ["region"]},
            {"name": "Tid", "role": "ignore", "aliases": ["år"]},
            {
                "name": "Kjonn",
                "aliases": ["kjønn"],
                "dimension": "sex",
                "optional": True,
                "codes": {"0": "all", "1": "male"},
            },
            {"name": "ContentsCode", "aliases": ["statistikkvariabel"], "role": "measure", "codes": {"N": "n_persons"}},
        ],
        "units": {"personer": "persons", "prosent": "percent"},
        "options": {"reading": {"measure_units": {"n_persons": "persons"}}},
    }
    return DatasetSpec.model_validate({**fields, **changes})


def body(
    categories: Mapping[str, Sequence[str] | Mapping[str, str]],
    values: Sequence[float | None],
    status: Mapping[str, str] | None = None,
    table: str = "99999",
    unit: str | Mapping[str, str] = "personer",
    updated: str = "2026-06-15T06:00:00Z",
) -> dict[str, Any]:
    """A json-stat2 data answer: variables with their codes (and labels) in order, values in row-major order.

    ``unit`` is that of all contents, or one for each. Without ``status`` a cell that has no value is a dot.
    """
    dimension = {}
    for name, codes in categories.items():
        labels = dict(codes) if isinstance(codes, Mapping) else {code: f"{code} tekst" for code in codes}
        category: dict[str, Any] = {"index": {code: n for n, code in enumerate(labels)}, "label": labels}
        if name == "ContentsCode":
            units = unit if isinstance(unit, Mapping) else dict.fromkeys(labels, unit)
            category["unit"] = {code: {"base": units[code], "decimals": 0} for code in labels}
        extension = {"elimination": False, "show": "code"}
        dimension[name] = {"label": name.lower(), "category": category, "extension": extension}
    assert len(values) == prod(len(codes) for codes in categories.values())
    raw: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": f"{table}: Prøve, etter region og år",
        "source": "Statistisk sentralbyrå",
        "updated": updated,
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "id": list(categories),
        "size": [len(codes) for codes in categories.values()],
        "dimension": dimension,
        "extension": {"px": {"tableid": table, "decimals": 0, "aggregallowed": False, "language": "no"}},
        "value": list(values),
    }
    if marks := status if status is not None else {str(n): "." for n, value in enumerate(values) if value is None}:
        raw["status"] = dict(marks)
    return raw


def documents(folder: Path, *bodies: dict[str, Any]) -> list[Document]:
    """The bodies as files of one release, in order."""
    written = []
    for number, raw in enumerate(bodies, start=1):
        path = folder / f"part{number}.json"
        path.write_text(json.dumps(raw), encoding="utf-8")
        written.append(Document(path, path.name))
    return written


def rows(table: Any, *columns: str) -> list[tuple[Any, ...]]:
    """The table as tuples of the named columns."""
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))
