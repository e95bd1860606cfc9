"""Keeping personal values inside the process that reads them: no dump of it ever, no exception that carries them out.

Here: the guards of the child process. Not here: starting it (process.py) or what is read.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

from sources.kostra.refusal import PrivateFileError

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
Result = TypeVar("Result")


def never_dump() -> None:
    """From here to the end of the process: no core file and no reading of its memory by others (Linux), nothing printed.

    It ends with the process that started it, and an interrupt is left to that one: a traceback would quote values.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def close_outputs() -> int:
    """Send all that libraries print to nowhere; returns a new descriptor of what stdout was, for the one answer."""
    answer = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answer


def without_values(work: Callable[[], Result]) -> Result:
    """Do the work; let out its result or a PrivateFileError, and nothing else.

    Any other exception may quote a value in its text, its chain or the variables of its frames, so it is replaced by
    one that names only its type and the line of our code where it arose.
    """
    problem: PrivateFileError
    try:
        return work()
    except PrivateFileError as refusal:
        problem = refusal
    except BaseException as fault:
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
