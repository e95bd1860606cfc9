"""Where everything lies under the data folder.

Here: names of files and folders. Not here: what is written into them.
"""

from dataclasses import dataclass
from pathlib import Path

DATABASE = "integrering.duckdb"
"""The file that BI tools open, in every release and at the published path."""


@dataclass(frozen=True)
class DataFolder:
    """The data folder of an installation."""

    root: Path

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def build_file(self) -> Path:
        """The private file dbt builds in. May be thrown away at any time; nobody else opens it."""
        return self.build / "build.duckdb"

    @property
    def last_run(self) -> Path:
        """What the folder was last run with."""
        return self.root / "last_run.json"

    @property
    def lock(self) -> Path:
        return self.build / "writer.lock"

    @property
    def dbt_target(self) -> Path:
        return self.build / "dbt"

    @property
    def manifests(self) -> Path:
        """The dbt manifests that runs trust, each named by what it was parsed from; dbt itself never writes here."""
        return self.build / "manifests"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def published(self) -> Path:
        """The stable path: a link to the current release folder."""
        return self.root / "published"

    @property
    def demo_extracts(self) -> Path:
        return self.root / "demo" / "extracts"

    @property
    def dagster_home(self) -> Path:
        return self.root / "dagster"
