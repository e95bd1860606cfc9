"""The folder of releases that the local upstream serves, and which release of each item is the current one.

Here: finding files and advancing. Not here: HTTP, or any publisher's protocol.

Layout: numbered folders, each laid out like an extracts folder; a folder without numbered ones is a single release.
    001/imdi/k/bosatt_anmodede.csv      001/ssb/09817.json        001/ssb/09817.codelists.json
    001/imdi/pages/nokkeltall-bosetting-2026.html
    001/nav/202210_HL060_....xlsx       001/klass/*.json
    002/imdi/k/bosatt_anmodede.csv      (only what changed)
An item is served from the first folder that holds it until it is advanced.
"""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

_NUMBERED = re.compile(r"^\d{3}$")
_PAGE_YEAR = re.compile(r"nokkeltall-bosetting-(20\d\d)$")
_NAV_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2,4}\d{2,4})(?![A-Za-z0-9])")


class Releases:
    """Items by key (``imdi/k/<table>``, ``ssb/<table>``, ``nav/<code>``, ``fhi/<table>``, ``klass``), in order of release."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._current: dict[str, int] = {}
        self._withdrawn: set[str] = set()
        self.items: dict[str, list[list[Path]]] = {}
        self.reload()

    def reload(self) -> None:
        """Look at the folder again; the current release of each item stays."""
        numbered = sorted(p for p in self.folder.iterdir() if p.is_dir() and _NUMBERED.match(p.name))
        items: dict[str, list[list[Path]]] = {}
        for release in numbered or [self.folder]:
            found: dict[str, list[Path]] = {}
            for key, path in _items(release):
                found.setdefault(key, []).append(path)
            for key, paths in found.items():
                items.setdefault(key, []).append(sorted(paths))
        self.items = items

    def advance(self, key: str) -> int:
        """Serve the item's next release from now on and return its number (0-based). KeyError when there is none."""
        with self._lock:
            following = self._current.get(key, 0) + 1
            if following >= len(self.items[key]):
                raise KeyError(f"{key} has no release after number {following - 1}")
            self._current[key] = following
            return following

    def withdraw(self, key: str) -> None:
        """Answer for the item as if it had never been."""
        if key not in self.items:
            raise KeyError(key)
        self._withdrawn.add(key)

    def files(self, key: str) -> list[Path]:
        """The files of the item's current release; empty when unknown or withdrawn."""
        if key in self._withdrawn or key not in self.items:
            return []
        return self.items[key][self._current.get(key, 0)]

    def file(self, key: str) -> Path | None:
        """The first file of the item's current release."""
        return next(iter(self.files(key)), None)

    def keys(self, prefix: str) -> list[str]:
        """Keys of items that are there, by prefix."""
        return sorted(k for k in self.items if k.startswith(prefix) and k not in self._withdrawn)


def _items(release: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(release.glob("imdi/[kfbn]/*.csv")):
        yield f"imdi/{path.parent.name}/{path.stem}", path
    for path in sorted(release.glob("imdi/pages/*.html")):
        if match := _PAGE_YEAR.search(path.stem):
            yield f"imdi_page/{match.group(1)}", path
    for path in sorted(release.glob("ssb/*.json")):
        yield f"ssb/{path.name.split('.', 1)[0]}", path
    for path in sorted(release.glob("fhi/*.json")):
        yield f"fhi/{path.stem}", path
    for path in sorted(release.glob("nav/*.xlsx")):
        if match := _NAV_CODE.search(path.name.replace("_", " ")):
            yield f"nav/{match.group(1)}", path
    for path in sorted(release.glob("klass/*.json")):
        yield "klass", path
