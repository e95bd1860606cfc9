"""An exception that nobody foresaw, told as the fault of one dataset.

Here: turning it into a typed error with what to report. Not here: what a run does about it.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sources
from sources.errors import ReaderFault, SourceError

REPORT = "report this line"
"""What the message of every such fault asks for."""

_PACKAGE = Path(sources.__file__).parent


@contextmanager
def told_as_fault(dataset_id: str, name: str) -> Iterator[None]:
    """Raise ReaderFault for whatever is raised inside and is no SourceError.

    A full disk or a missing file (OSError) is a fault of the machine and stays what it is. What the exception says is
    left out of the message: it may quote a cell, and a municipality's own files are nobody else's.
    """
    try:
        yield
    except (SourceError, OSError):
        raise
    except Exception as problem:
        raise ReaderFault(
            expected="a file or answer that its reader can judge",
            found=f"{type(problem).__name__} in {' < '.join(_places(problem)) or 'a library'}",
            where=f"{dataset_id}, {name}",
            next_step=f"{REPORT} with the file and the version of the program; the other datasets go on, and the "
            "last good release of this one stays in use",
        ) from problem


def _places(problem: Exception) -> list[str]:
    """The innermost three of our own lines of code, innermost first."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if Path(f.filename).is_relative_to(_PACKAGE)]
    inside = [f for f in frames if Path(f.filename) != Path(__file__)][-3:]
    return [f"{Path(f.filename).relative_to(_PACKAGE).as_posix()}:{f.lineno} ({f.name})" for f in reversed(inside)]
