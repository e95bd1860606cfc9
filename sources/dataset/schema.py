"""The JSON schema of a dataset spec, for editors.

Here: writing docs/dataset.schema.json from the pydantic model. Not here: the model (spec.py).
"""

from __future__ import annotations

import json
from pathlib import Path

from sources.dataset.spec import DatasetSpec

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "dataset.schema.json"


def schema_text() -> str:
    """The schema as it stands in docs/."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **DatasetSpec.model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
