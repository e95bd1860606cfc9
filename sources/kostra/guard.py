"""Keeping personal values inside the process: no core dump, no exception that carries them out.

Here: the guard around everything that touches a private file. Not here: what is read.
"""

from __future__ import annotations

import ctypes
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sources.kostra.refusal import PrivateFileError

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4
Result = TypeVar("Result")


@contextmanager
def no_dumps() -> Iterator[None]:
    """Within: a crash writes no core file, and no other process of the user may read this one's memory (Linux)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    before = library.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) if library else 0
    if library:
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    try:
        yield
    finally:
        if library:
            library.prctl(_PR_SET_DUMPABLE, before, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def sealed(work: Callable[[], Result]) -> Result:
    """Do the work; let out its result or a PrivateFileError, and nothing else.

    Any other exception may quote a value in its text, its chain or the variables of its frames, so it is replaced by
    one that names only its type and the line of our code where it arose. An interrupt goes on as an interrupt,
    without frames.
    """
    problem: BaseException
    try:
        with no_dumps():
            return work()
    except KeyboardInterrupt:
        problem = KeyboardInterrupt()
    except PrivateFileError as refusal:
        problem = refusal
    except Exception as fault:
        problem = PrivateFileError(
            expected="å kunne lese filene til slutt",
            found=f"en programfeil ({type(fault).__name__} i {_place_of(fault)})",
            where="private filer",
            next_step="ingenting er lagret; meld feilen med denne teksten, og legg ikke ved filene",
        )
    problem.__cause__ = problem.__context__ = None
    raise problem.with_traceback(None)


def _place_of(fault: BaseException) -> str:
    trace = fault.__traceback__
    where = "ukjent sted"
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("sources."):
            where = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
