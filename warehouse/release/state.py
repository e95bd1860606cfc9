"""What the build file was built from, so that a run knows what has changed since.

Here: the one record beside the build file and the comparison. Not here: rebuilding. It is written before the models are
built, as not published, and again after the build was verified and published: only then is it what the next run starts from,
and without it everything is rebuilt.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sources.files import write_whole


@dataclass(frozen=True)
class BuildState:
    """``code``: fingerprint of models, indicators and specs; ``releases``: dataset -> releases in use.

    ``inputs``: hashes of the small tables laid into the build file, by name; known once a build was prepared.
    ``is_published``: whether the models were built from it, verified and published.
    """

    code: str
    releases: dict[str, list[str]]
    log: str
    options: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    is_published: bool = False

    @property
    def fingerprint(self) -> str:
        """One hash of what is built from: equal where a published release needs no new build."""
        words = json.dumps([self.code, self.releases, self.log, self.options], sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()


@dataclass(frozen=True)
class Rebuild:
    """What a build has to redo: all of it, or the slices of some datasets (perhaps none)."""

    full: bool
    datasets: tuple[str, ...] = ()


def read_state(build_folder: Path) -> BuildState | None:
    """The record of the build file, or None when there is none (or it is of another shape)."""
    try:
        return BuildState(**json.loads((build_folder / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def last_published(build_folder: Path) -> BuildState | None:
    """What the build file was built from when it was published; None when it was changed since, or never published."""
    state = read_state(build_folder)
    return state if state and state.is_published else None


def write_state(build_folder: Path, state: BuildState) -> None:
    """Record what the build file is built from, whole or not at all."""
    write_whole(build_folder / "state.json", json.dumps(asdict(state), indent=1, sort_keys=True))


def forget_state(build_folder: Path) -> None:
    """The build file is about to change: until it is published, it was built from nothing known."""
    (build_folder / "state.json").unlink(missing_ok=True)


def what_changed(before: BuildState | None, now: BuildState, *, geography: frozenset[str]) -> Rebuild:
    """Compare two states. A change of code, options or of the code history (``geography``) redoes everything."""
    if before is None or before.code != now.code or before.options != now.options:
        return Rebuild(full=True)
    names = set(before.releases) | set(now.releases)
    changed = {name for name in names if before.releases.get(name) != now.releases.get(name)}
    if changed & geography:
        return Rebuild(full=True)
    return Rebuild(full=False, datasets=tuple(sorted(changed)))
