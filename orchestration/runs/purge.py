"""Removing one year of the municipality's own figures: landing first, then the releases on disk.

Here: the order, and what the municipality is told (Norwegian). Not here: what is removed in either place.
"""

import shutil
from dataclasses import dataclass

from orchestration.workspace import Workspace
from sources.kostra.purge import purge_landing
from warehouse.lock import writer_lock
from warehouse.release.purge import remove_releases
from warehouse.release.state import forget_state


@dataclass(frozen=True)
class Purged:
    """What was removed. ``still_published``: the release in use, when it holds the year until the next run."""

    municipality: str
    year: int
    editions: list[str]
    releases: list[str]
    still_published: str | None

    @property
    def is_complete(self) -> bool:
        return self.still_published is None

    @property
    def messages_nb(self) -> list[str]:
        what = f"{self.municipality}, {self.year}"
        told = [f"{what}: fjernet fra mottaket, {edition}" for edition in self.editions]
        told += [f"{what}: fjernet utgaven {release}" for release in self.releases]
        if not told and self.is_complete:
            return [f"{what}: ingen egne tall er lagret."]
        if self.still_published:
            told.append(
                f"{what}: utgaven {self.still_published} er i bruk og har tallene ennå. Kjør integrering run, og så "
                "denne kommandoen én gang til."
            )
        return [*told, "Rapporter, speil og sikkerhetskopier som alt er laget eller gitt ut, må fjernes der de ligger."]


def purge_year(workspace: Workspace, municipality: str, year: int) -> Purged:
    """Remove the year from landing, from the file that releases are built in, and from every release but the one in use.

    The one in use stays readable: the next run replaces it, and a second call removes it. Raises WarehouseError when a
    run is under way.
    """
    folder = workspace.folder
    with writer_lock(folder.lock):
        editions = purge_landing(workspace.landing, municipality, year, workspace.clock())
        releases, still_published = remove_releases(folder, municipality, year)
        if editions or releases:
            folder.build_file.unlink(missing_ok=True)
            shutil.rmtree(folder.build / "as_of", ignore_errors=True)
            shutil.rmtree(folder.root / "reports", ignore_errors=True)
            forget_state(folder.build)
    return Purged(municipality, year, editions, releases, still_published)
