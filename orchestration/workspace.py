"""One installation at work: its settings, folders, specs and input files.

Here: assembling what every run, sensor and command needs from the settings. Not here: doing any of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.runs.uses import uses_by_dataset
from sources.dataset.discovery import Candidate, Discovery, discover
from sources.dataset.spec import DatasetSpec, load_specs
from sources.demo.extracts import write_demo_extracts
from sources.gates.expectations import Use
from sources.landing.bundled import BundledFile, bundled
from sources.landing.store import Landing
from warehouse.errors import WrongSetting
from warehouse.indicators import Indicator, load_indicators
from warehouse.last_run import holds_real, remember_run
from warehouse.paths import DataFolder
from warehouse.settings import PROJECT, Settings

if TYPE_CHECKING:
    from orchestration.build.preparation import BuildPlan

DBT_PROJECT = PROJECT / "dbt_project"


def present() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workspace:
    """Everything that depends on the settings. ``clock`` is a parameter, so that tests can move time."""

    settings: Settings
    clock: Callable[[], datetime] = present
    only: tuple[str, ...] = ()
    as_of: datetime | None = None
    full: bool = False
    replaces_real: bool = False
    """Whether a person said that invented figures may take the place of real ones in this folder."""
    report: Callable[[object], None] = lambda outcome: None
    _once: dict[str, Any] = field(default_factory=dict, compare=False)
    """What is looked at or decided once in a run, shared by those who do its parts: the input folder, the build's plan."""

    @cached_property
    def folder(self) -> DataFolder:
        return DataFolder(self.settings.data_dir.resolve())

    @cached_property
    def landing(self) -> Landing:
        return Landing(self.folder.landing)

    @cached_property
    def specs(self) -> dict[str, DatasetSpec]:
        return load_specs(self.settings.spec_dir)

    @cached_property
    def indicators(self) -> list[Indicator]:
        return load_indicators(self.settings.indicator_dir or DBT_PROJECT / "indicators")

    @cached_property
    def uses(self) -> dict[str, list[Use]]:
        return uses_by_dataset(self.indicators)

    @property
    def is_demo(self) -> bool:
        return self.settings.source == "demo"

    def input_folder(self) -> Path | None:
        """The folder of extracts of this run; for a demo run it is written first. A bundled or live run may have one too."""
        if not self.is_demo:
            return self.settings.extracts_dir
        if not (self.folder.demo_extracts / "extracts.csv").exists():
            write_demo_extracts(self.folder.demo_extracts)
        return self.folder.demo_extracts

    def discovery(self) -> Discovery:
        """What the input folder holds. Looked at once per workspace: a run sees one state of the folder."""
        if "folder" not in self._once:
            folder = self.input_folder()
            found = discover(folder, self.specs) if folder else Discovery()
            if self.is_demo:
                found.candidates = [replace(candidate, is_demo=True) for candidate in found.candidates]
            self._once["folder"] = found
        return self._once["folder"]

    @property
    def plan(self) -> BuildPlan | None:
        """What the build of this run redoes, where that has been decided."""
        return self._once.get("plan")

    def decide(self, plan: BuildPlan) -> None:
        """Settle the plan for whoever builds in this run."""
        self._once["plan"] = plan

    def files(self) -> list[Candidate | BundledFile]:
        """All files of a run in the order in which they came: bundled first, then extracts by date."""
        candidates = sorted(self.discovery().candidates, key=lambda c: (c.retrieved_at, c.relative))
        # what ships is taken in whatever --only says: no figure has a place without it, and it asks nobody
        return [*self.shipped(), *(file for file in candidates if self.wants(file.dataset_id))]

    def check_only(self) -> None:
        """Raises WrongSetting, with names that are near, when a glob of ``--only`` is that of no dataset."""
        names = {dataset_id: dataset_id for dataset_id in self.specs}
        names |= {dataset_id.split("_", 1)[-1]: dataset_id for dataset_id in self.specs}
        for glob in self.only:
            if not any(fnmatch(name, glob) for name in names):
                near = get_close_matches(glob.replace("*", ""), names, n=3, cutoff=0.5)
                raise WrongSetting(
                    expected="a glob on the id of a dataset, or on its id without the publisher",
                    found=f"{glob!r}, which is none of {len(self.specs)}",
                    where="--only",
                    next_step=f"near: {', '.join(near)}" if near else "integrering sources check lists all",
                )

    def require_kind(self) -> None:
        """Raises WrongSetting before invented figures take the place of real ones that a person did not give up."""
        if self.is_demo and self.as_of is None and not self.replaces_real and holds_real(self.folder):
            raise WrongSetting(
                expected="a run of real figures: this data folder holds some",
                found="source demo, whose figures are invented",
                where=str(self.folder.root),
                next_step="choose --source live or --extracts DIR; or give the demo a folder of its own (INTEGRERING_DATA_DIR); "
                "or say `integrering run --source demo --yes` to let invented figures take the place of the real ones here",
            )

    def remember(self) -> None:
        """Record what this run is made with; from then on it is what the folder is run with unless told otherwise."""
        if self.as_of is None:
            extracts = self.settings.extracts_dir
            remember_run(self.folder, self.settings.source, extracts.resolve() if extracts else None)

    def shipped(self) -> list[BundledFile]:
        """The bundled files that this installation takes in: always the reference tables, figures where they belong."""
        return [file for file in bundled(self.specs) if self.has_bundled_figures or self._is_table(file.dataset_id)]

    @property
    def has_bundled_figures(self) -> bool:
        """Whether the real figures that ship are taken in: an extracts run shows the folder alone, a demo run nothing real."""
        return self.settings.source in ("bundled", "live")

    def _is_table(self, dataset_id: str) -> bool:
        return self.specs[dataset_id].shape == "table"

    def wants(self, dataset_id: str) -> bool:
        """Whether ``--only`` (globs on the dataset id, or on the id without its source) lets a dataset through."""
        short = dataset_id.split("_", 1)[-1]
        return not self.only or any(fnmatch(dataset_id, glob) or fnmatch(short, glob) for glob in self.only)
