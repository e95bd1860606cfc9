"""The child process that reads private files: started, asked once, and gone before its answer is used.

Here: the request and the answer between the two, as JSON. Not here: reading (inside.py) or the guards (guard.py).
JSON, because a buffer of any library may carry bytes of the memory it was made in; the answer is text of aggregates only.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sources
from sources.kostra.refusal import PrivateFileError

CHILD: tuple[str, ...] = (sys.executable, "-m", "sources.kostra.sealed.child")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Request:
    """What the child is asked to do. ``published``: rows that an outsider has already, by dataset (see disclosure)."""

    kostra: list[str]
    settled: str | None
    accounts: str | None
    municipality: str
    threshold: int
    published: dict[str, list[Rows]] = field(default_factory=dict)
    replace: bool = False

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), default=str).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Request:
        return cls(**json.loads(body))


@dataclass(frozen=True)
class SealedAnswer:
    """What comes back: rows that passed disclosure control, by dataset, and Norwegian messages."""

    rows: dict[str, Rows]
    messages: list[str]

    def as_json(self) -> bytes:
        return json.dumps({"answer": asdict(self)}, default=str).encode()


def refusal_as_json(refusal: PrivateFileError) -> bytes:
    """A refusal on its way out of the child."""
    parts = ("expected", "found", "where", "next_step")
    return json.dumps({"refusal": {part: getattr(refusal, part) for part in parts}}).encode()


def ask(request: Request, command: Sequence[str] | None = None) -> SealedAnswer:
    """Let a child of its own read the files; it has ended when this returns. Raises PrivateFileError."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONFAULTHANDLER"}
    root = str(Path(sources.__file__).parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH", "")]))
    child = subprocess.Popen(command or CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    try:
        body, _ = child.communicate(request.as_json())
    finally:
        child.kill()
        child.wait()
    if child.returncode != 0:
        raise _ended_early(child.returncode)
    message = json.loads(body)
    if "refusal" in message:
        raise PrivateFileError(**message["refusal"])
    return SealedAnswer(**message["answer"])


def _ended_early(code: int) -> PrivateFileError:
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"kode {code}"
    return PrivateFileError(
        expected="å kunne lese filene til slutt",
        found=f"at lesingen ble avbrutt ({how})",
        where="private filer",
        next_step="ingenting er lagret; lagre filene på nytt fra fagsystemet og regnearket. Gjentar det seg, meld "
        "feilen med denne teksten, og legg ikke ved filene",
    )
