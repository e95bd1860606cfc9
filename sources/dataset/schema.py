"""The JSON schema of a dataset spec, for editors.

Here: writing docs/dataset.schema.json from the pydantic model. Not here: the model (spec.py).
"""

import json
import sys
from pathlib import Path

from sources.dataset.defaults import BY_NAME, DEFAULTS
from sources.dataset.spec import DatasetSpec, spec_folder
from sources.errors import SourceError
from sources.files import read_yaml

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "dataset.schema.json"


def schema_text() -> str:
    """The schema as it stands in docs/."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **DatasetSpec.model_json_schema()}
    # what a file may leave to its place or to its publisher's defaults.yml
    given = _given()
    schema["required"] = [name for name in schema["required"] if name not in given]
    for key, names in _names().items():
        listed = schema["properties"][key]
        listed["items"] = {"anyOf": [listed["items"], {"enum": sorted(names), "type": "string"}]}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _given() -> set[str]:
    files = spec_folder().glob(f"*/{DEFAULTS}")
    shared = [set(read_yaml(path)) - {BY_NAME} for path in files]
    return {"dataset_id", "source", "upstream_id"}.union(*shared)


def _names() -> dict[str, set[str]]:
    """What a file may write by name alone, by the key of the list; of any publisher."""
    found: dict[str, set[str]] = {}
    for path in spec_folder().glob(f"*/{DEFAULTS}"):
        for key, named in read_yaml(path).get(BY_NAME, {}).items():
            found.setdefault(key, set()).update(named)
    return found


def main() -> int:
    """Write the schema; a defaults file that is refused is said in a line."""
    try:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    except SourceError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
