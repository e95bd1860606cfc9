"""The private command's work in processes of their own, with a fault at a chosen stage, for the canary test.

Here: what the two processes do. Not here: what they must not leave behind (test_kostra_privacy).
``child <fault>:<function>`` is the process that reads; ``<fault>:<function> <input> <data>`` the one that starts it and
lands. The reading process fails inside ``read_settled`` and the like, the other in ``as_csv`` and the like.
"""

import importlib
import os
import re
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

INSIDE = "sources.kostra.sealed.inside"
OUTSIDE = "sources.kostra.release"


def break_at(module_name: str, stage: str) -> None:
    """Make the named stage fail as the test asks, when the module has it."""
    fault, _, name = stage.partition(":")
    module = importlib.import_module(module_name)
    if not name or not hasattr(module, name):
        return
    work: Callable[..., Any] = getattr(module, name)

    def broken(*given: Any, **named: Any) -> Any:
        result = work(*given, **named)
        if fault == "raise":
            numbers = result.identity if hasattr(result, "identity") else given[0].text("PERSON_FODSELSNR")
            raise RuntimeError(f"a value in the text: {numbers.tolist()}")
        if fault == "interrupt":
            raise KeyboardInterrupt(repr(given))
        if fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        os.abort()

    setattr(module, name, broken)


def main(stage: str, given: Path, data: Path) -> int:
    """Exit 0 done, 1 refused; a summary on stdout, a refusal on stderr; afterwards what its memory holds of numbers."""
    import sources.kostra.private as private
    import sources.kostra.release as release
    import sources.kostra.sealed.process as process
    from sources.errors import SourceError
    from sources.landing.store import Landing

    process.CHILD = (sys.executable, __file__, "child", stage)
    break_at(OUTSIDE, stage)
    try:
        result = private.private_aggregates(
            [given / "11F.dat", given / "11CF.dat"], given / "bosatte.csv", given / "0A.dat", municipality="3909"
        )
        release.land_private(result, Landing(data / "landing"), datetime.now(UTC))
    except SourceError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    else:
        print("\n".join(result.messages))
        return 0
    finally:
        if stage == "success":
            _print_numbers_in_memory()


def _print_numbers_in_memory() -> None:
    """Every run of 11 or more digits in this process's own writable memory (pages in use): what a core file would have."""
    found: set[bytes] = set()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps.read().splitlines():
            span, access = line.split()[:2]
            if not access.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            memory.seek(start)
            pages = np.frombuffer(memory.read(end - start), dtype=np.uint8).reshape(-1, 4096)
            body = pages[pages.any(axis=1)].tobytes()
            found |= set(re.findall(rb"[0-9]{11,}", body))
    sys.stdout.flush()
    os.write(1, b"\nmemory: " + b" ".join(sorted(found)) + b"\n")


if __name__ == "__main__":
    if sys.argv[1] == "child":
        from sources.kostra.sealed.child import main as child

        break_at(INSIDE, sys.argv[2])
        child()
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
