"""Which release of each dataset is in use.

Here: the rule that picks one release per dataset and slice. Not here: whether a release is accepted (gates.py).
"""

from dataclasses import dataclass
from datetime import datetime

from sources.dataset.spec import DatasetSpec
from sources.landing.bundled import bundled
from sources.landing.predecessor import BUNDLED, accepted, serving
from sources.landing.store import Landing, Receipt, release_id_of


@dataclass(frozen=True)
class InUse:
    """A release that serves a slice (a region level, or ``all`` of a table)."""

    dataset_id: str
    slice: str
    release_id: str


def select_current(
    landing: Landing, specs: dict[str, DatasetSpec], *, demo: bool, as_of: datetime | None = None
) -> list[InUse]:
    """The release in use for every dataset and slice, in order of dataset and slice.

    Accepted releases only, the newest one; one that covers only some regions never replaces one that covers all.
    A demo run uses demo releases and the bundled reference tables; any other run never uses a demo release. ``as_of`` leaves out
    what came (or was accepted by a person) later. Of what is bundled only the content that ships now counts, and a
    release read under an earlier spec counts when it has been read again.
    """
    shipped = {(file.dataset_id, release_id_of([file.digest])) for file in bundled(specs)}
    chosen: list[InUse] = []
    for dataset_id, spec in specs.items():
        usable = [
            one
            for one in accepted(landing, dataset_id, demo=demo, as_of=as_of)
            if one.facts.spec_version == spec.version
            and (
                one.receipt.date_basis != BUNDLED
                or ((dataset_id, one.release_id) in shipped and _may_serve(spec, one.receipt, demo, as_of))
            )
        ]
        chosen += [InUse(dataset_id, name, one.release_id) for name, one in serving(usable, as_of).items()]
    return chosen


def _may_serve(spec: DatasetSpec, receipt: Receipt, demo: bool, as_of: datetime | None) -> bool:
    """Whether a bundled release counts: reference tables always, figures never among invented ones, nor before their day."""
    return spec.shape == "table" or (not demo and (as_of is None or receipt.retrieved_at <= as_of))
