"""A drop folder and the runs over it, from files to the releases in use, without dbt.

Here: putting files there as a person does, refreshing as a run does, and asking what serves. Not here: assertions.
"""

import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.assets.datasets import refresh_datasets
from orchestration.workspace import Workspace
from sources.landing.current import select_current
from warehouse.settings import Settings

DATASET = "imdi_bosatt_anmodede"
START = datetime(2025, 3, 1, 12, tzinfo=UTC)


@dataclass
class Folder:
    """``day`` moves on with every run."""

    root: Path
    dataset: str = DATASET
    day: datetime = START
    seen: list[Any] = field(default_factory=list)

    @property
    def drop(self) -> Path:
        return self.root / "drop"

    def put(self, name: str, body: bytes, dated: datetime | None = None) -> Path:
        """A file of a date; without one it is as new as the day."""
        path = self.drop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        moment = (dated or self.day).timestamp()
        os.utime(path, (moment, moment))
        return path

    def workspace(self) -> Workspace:
        settings = Settings(data_dir=self.root / "data", source="extracts", extracts_dir=self.drop)
        return Workspace(settings, clock=lambda: self.day, only=(self.dataset,))

    def run(self) -> dict[str, str]:
        """One run over the folder: file name -> state, the outcomes in ``seen``."""
        self.day += timedelta(days=1)
        context: Any = SimpleNamespace(log=logging.getLogger("folder"))
        self.seen = refresh_datasets(self.workspace(), {self.dataset}, context).get(self.dataset, [])
        return {outcome.name: outcome.state for outcome in self.seen}

    def message(self, name: str) -> str:
        return next(outcome.message for outcome in self.seen if outcome.name == name)

    def in_use(self, level: str = "municipality", as_of: datetime | None = None) -> str | None:
        workspace = self.workspace()
        specs = {self.dataset: workspace.specs[self.dataset]}
        current = select_current(workspace.landing, specs, demo=False, as_of=as_of)
        return next((use.release_id for use in current if use.slice == level), None)

    def figure(self, code: str, year: int, measure: str = "settled", as_of: datetime | None = None) -> float | None:
        """The figure in persons that serves now, or served on a day."""
        release = self.in_use(as_of=as_of)
        if release is None:
            return None
        table = pq.read_table(self.workspace().landing.data_path(self.dataset, release, "observation"))
        wanted = pc.and_(
            pc.and_(pc.equal(table["region_code"], code), pc.equal(pc.year(table["period_start"]), year)),
            pc.and_(pc.equal(table["measure"], measure), pc.equal(table["unit"], "persons")),
        )
        values = table.filter(wanted)["value"].to_pylist()
        return values[0] if values else None
