"""The private command's work in a process of its own, with a fault at a chosen stage, for the canary test.

Here: what the process does. Not here: what it must not leave behind (test_kostra_privacy).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sources.kostra.private as private
import sources.kostra.release as release
from sources.errors import SourceError
from sources.landing import Landing


def break_at(stage: str) -> None:
    """Make the named stage fail as the test asks: ``<fault>:<function>``."""
    fault, _, name = stage.partition(":")
    if not name:
        return
    module: Any = release if hasattr(release, name) else private
    work: Callable[..., Any] = getattr(module, name)

    def broken(*given: Any, **named: Any) -> Any:
        result = work(*given, **named)
        if fault == "raise":
            numbers = result.identity if hasattr(result, "identity") else given[0].text("PERSON_FODSELSNR")
            raise RuntimeError(f"a value in the text: {numbers.tolist()}")
        if fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        os.abort()

    setattr(module, name, broken)


def main(stage: str, given: Path, data: Path) -> int:
    """Exit 0 done, 1 refused; a summary on stdout, a refusal on stderr."""
    break_at(stage)
    try:
        result = private.private_aggregates(
            [given / "11F.dat", given / "11CF.dat"], given / "bosatte.csv", given / "0A.dat", municipality="3909"
        )
        release.land_private(result, Landing(data / "landing"), datetime.now(UTC))
    except SourceError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("\n".join(result.messages))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
