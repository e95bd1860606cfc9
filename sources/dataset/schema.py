"""The JSON schema of a dataset spec, for editors.

Here: writing docs/dataset.schema.json from the pydantic model. Not here: the model (spec.py).
"""

from __future__ import annotations

import json
from pathlib import Path

from sources.dataset.spec import DatasetSpec, spec_folder
from sources.files import read_yaml

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "dataset.schema.json"


def schema_text() -> str:
    """The schema as it stands in docs/."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **DatasetSpec.model_json_schema()}
    # what a file may leave to its place or to its publisher's defaults.yml
    schema["required"] = [name for name in schema["required"] if name not in _given()]
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _given() -> set[str]:
    files = spec_folder().glob("*/defaults.yml")
    shared = [set(read_yaml(path)) for path in files]
    return {"dataset_id", "source", "upstream_id"}.union(*shared)


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
