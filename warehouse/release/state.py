"""What the build file was built from, so that a run knows what has changed since.

Here: the records beside the build file and the comparison. Not here: rebuilding. The state is written only after a build
was verified and published; without it everything is rebuilt. What was prepared is written before the models are built.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sources.files import write_whole


@dataclass(frozen=True)
class BuildState:
    """``code``: fingerprint of models, indicators and specs; ``releases``: dataset -> releases in use.

    ``inputs``: hashes of the small tables laid into the build file, by name; known once a build was prepared.
    """

    code: str
    releases: dict[str, list[str]]
    log: str
    options: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """What the publication has to know of the build, kept beside the build file.

    ``fingerprint``: of the state it was prepared from; ``inputs``: hashes of the small tables laid into it; ``base``: the
    fingerprint of the release that publication carries on from, if any, with the indicators that changed since.
    """

    fingerprint: str
    inputs: dict[str, str]
    base: str | None
    changed: tuple[str, ...]

    @staticmethod
    def read(build_folder: Path) -> Prepared | None:
        """The record of the build file, or None when there is none (or it is of another shape)."""
        try:
            words = json.loads((build_folder / "prepared.json").read_text(encoding="utf-8"))
            return Prepared(**{**words, "changed": tuple(words["changed"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, build_folder: Path) -> None:
        write_whole(build_folder / "prepared.json", _as_text(self))


@dataclass(frozen=True)
class Change:
    """What a build has to redo: all of it, or the slices of some datasets (perhaps none)."""

    full: bool
    datasets: tuple[str, ...] = ()


def read_state(build_folder: Path) -> BuildState | None:
    """The record of the last published build, or None when there is none (or it is of another shape)."""
    try:
        return BuildState(**json.loads((build_folder / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(build_folder: Path, state: BuildState) -> None:
    """Record what the build file was built from."""
    write_whole(build_folder / "state.json", _as_text(state))


def _as_text(record: BuildState | Prepared) -> str:
    return json.dumps(asdict(record), indent=1, sort_keys=True)


def forget_state(build_folder: Path) -> None:
    """The build file is about to change: until it is published, it was built from nothing known."""
    (build_folder / "state.json").unlink(missing_ok=True)


def what_changed(before: BuildState | None, now: BuildState, *, geography: frozenset[str]) -> Change:
    """Compare two states. A change of code, options or of the code history (``geography``) redoes everything."""
    if before is None or before.code != now.code or before.options != now.options:
        return Change(full=True)
    names = set(before.releases) | set(now.releases)
    changed = {name for name in names if before.releases.get(name) != now.releases.get(name)}
    if changed & geography:
        return Change(full=True)
    return Change(full=False, datasets=tuple(sorted(changed)))
