"""What ships with the product: the published tables and the code history of Klass.

Here: which files they are and from when. Not here: their content. They are real figures and land like any other file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sources.dataset.spec import DatasetSpec
from sources.klass import reader as klass
from sources.published.reader import bundled_file

COMPILED_ON = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""A date before any recorded answer of Klass: what is bundled is the oldest release of its dataset."""

_KLASS_FORMS = {
    "klass_municipalities": "klass_bundled_municipalities",
    "klass_municipality_changes": "klass_bundled_changes",
    "klass_counties": "klass_bundled_counties",
}


@dataclass(frozen=True)
class BundledFile:
    """One bundled file with the dataset and form it is read as."""

    dataset_id: str
    path: Path
    form: str
    retrieved_at: datetime = COMPILED_ON


def bundled(specs: dict[str, DatasetSpec]) -> Iterator[BundledFile]:
    """Every bundled file in order of dataset."""
    klass_files = klass.bundled_files()
    for spec in specs.values():
        if spec.dataset_id in klass_files:
            yield BundledFile(spec.dataset_id, klass_files[spec.dataset_id].path, _KLASS_FORMS[spec.dataset_id])
        elif "bundled_file" in spec.options:
            yield BundledFile(spec.dataset_id, bundled_file(spec), "published_csv")
