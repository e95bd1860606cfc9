"""A file that nobody has named yet, and what a publisher's recogniser says of it.

Here: the file opened once for all who look at it, and how sure a recogniser is. Not here: any publisher's marks, or
which of several answers counts (registry.py).
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sources.dataset.workbook import Sheet, is_workbook, open_workbook
from sources.errors import SourceError

HEAD_BYTES = 65_536
"""How much of a text file a recogniser may look at."""

WHOLE = 1.0
"""The structure of the whole file is this form's and no other's."""
BY_NAME = 0.05
"""Nothing in the file says so, only its name: any recogniser that has seen a mark is surer."""


@dataclass(frozen=True)
class Sighting:
    """What a recogniser says of a file.

    ``sureness`` goes from 0 to 1; of a workbook it is the share of its filled sheets that bear the publisher's own
    layout. ``dataset_ids`` are the datasets that the content allows (empty = the content does not say), and ``table``
    is the upstream table the file names in itself. ``form`` is None when the file cannot be read as it is:
    ``lacks`` then says why and what to do. ``hint`` is told when no dataset is found for the file.
    """

    form: str | None
    sureness: float
    dataset_ids: tuple[str, ...] = ()
    table: str | None = None
    lacks: str = ""
    hint: str = ""


class Specimen:
    """One file under the eyes of the recognisers. Its name is composed, as macOS takes letters apart."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = unicodedata.normalize("NFC", name or path.name)

    @cached_property
    def head(self) -> bytes:
        with open(self.path, "rb") as handle:
            return handle.read(HEAD_BYTES)

    @cached_property
    def tail(self) -> bytes:
        """The last bytes of a file longer than its head."""
        with open(self.path, "rb") as handle:
            handle.seek(max(self.path.stat().st_size - HEAD_BYTES, 0))
            return handle.read(HEAD_BYTES)

    @property
    def is_workbook(self) -> bool:
        return is_workbook(self.head)

    @cached_property
    def _opened(self) -> list[Sheet] | SourceError:
        try:
            return open_workbook(self.path, self.name) if self.is_workbook else []
        except SourceError as problem:
            return problem

    @property
    def sheets(self) -> list[Sheet]:
        """The filled sheets of a workbook; none when it is no workbook or cannot be opened."""
        return [] if isinstance(self._opened, SourceError) else [sheet for sheet in self._opened if sheet.rows]

    @property
    def problem(self) -> str:
        """Why a workbook cannot be opened; '' when it can, or is none."""
        return f"{self._opened.found}; {self._opened.next_step}" if isinstance(self._opened, SourceError) else ""


_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "et gammelt .xls-regneark, eller et med passord: lagre det som .xlsx uten passord",
    b"%PDF": "en PDF, som ikke leses",
    b"CHARSET=": "PX-tekst, som ikke leses: velg JSON-stat 2, xlsx eller csv hos ssb.no",
    b"AXIS-VERSION=": "PX-tekst, som ikke leses: velg JSON-stat 2, xlsx eller csv hos ssb.no",
    b"<": "en nettside: adressen har svart med noe annet enn fila",
}


def other_kind(head: bytes) -> str:
    """What a file that nobody knows plainly is, with what to do; '' where its first bytes do not say."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((words for mark, words in _OTHER_KINDS.items() if start.startswith(mark)), "")


Recogniser = Callable[[Specimen], Sighting | None]
