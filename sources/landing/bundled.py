"""What ships with the product: the published tables, the code history of Klass, and compact files of real figures.

Here: which files they are, from when, and their bytes. Not here: their content. They land and are read like any other file.
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

from sources.dataset.spec import DatasetSpec
from sources.files import Declared, read_yaml
from sources.klass import reader as klass
from sources.published.reader import bundled_file

COMPILED_ON = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""A date before any recorded answer of Klass: what is bundled is the oldest release of its dataset."""

FACTS = Path(__file__).parents[1] / "facts"

_KLASS_FORMS = {
    "klass_municipalities": "klass_bundled_municipalities",
    "klass_municipality_changes": "klass_bundled_changes",
    "klass_counties": "klass_bundled_counties",
}


class FactFile(Declared):
    """A file of real figures in ``facts/facts.yml``: in a form of its publisher, cut to ``kept``."""

    file: str
    dataset: str
    form: str
    retrieved_on: date
    kept: str


@dataclass(frozen=True)
class BundledFile:
    """One bundled file with the dataset and form it is read as. A file stored as ``.gz`` is the text inside it."""

    dataset_id: str
    path: Path
    form: str
    retrieved_at: datetime = COMPILED_ON

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(".gz")

    def body(self) -> bytes:
        """The bytes that land."""
        stored = self.path.read_bytes()
        return gzip.decompress(stored) if self.path.suffix == ".gz" else stored

    @property
    def digest(self) -> str:
        """The hash of the bytes that land."""
        return _digest(self.path, self.path.stat().st_mtime_ns)


def bundled(specs: dict[str, DatasetSpec]) -> Iterator[BundledFile]:
    """Every bundled file in order of dataset: reference tables, and the files of figures of the datasets given."""
    klass_files = klass.bundled_files()
    facts: dict[str, list[FactFile]] = {}
    for fact in fact_files():
        facts.setdefault(fact.dataset, []).append(fact)
    for spec in specs.values():
        if spec.dataset_id in klass_files:
            yield BundledFile(spec.dataset_id, klass_files[spec.dataset_id].path, _KLASS_FORMS[spec.dataset_id])
        elif "bundled_file" in spec.options:
            yield BundledFile(spec.dataset_id, bundled_file(spec), "published_csv")
        for fact in facts.get(spec.dataset_id, []):
            retrieved_at = datetime.combine(fact.retrieved_on, time(12), UTC)
            yield BundledFile(spec.dataset_id, FACTS / fact.file, fact.form, retrieved_at)


@cache
def fact_files() -> tuple[FactFile, ...]:
    """The list of files of figures, in its own order."""
    listed = read_yaml(FACTS / "facts.yml")
    return tuple(FactFile.model_validate(entry) for entry in listed)


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(BundledFile("", path, "").body()).hexdigest()
