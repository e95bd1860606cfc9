"""Loading what stays to the end of the process, without a walk of the garbage collector over it every few moments.

Here: the pause, and that it is not walked later either. Not here: what is loaded (Dagster, dbt and its parsed project: a
million objects, which cost a tenth of a run's processor time).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Collect nothing inside, and leave what is there at the end out of every later collection (``gc.freeze``)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
