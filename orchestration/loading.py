"""Loading what stays to the end of the process, without a walk of the garbage collector over it every few moments.

Here: the pause, that it is not walked later either, and how seldom the rest is. Not here: what is loaded (Dagster, dbt and its
parsed project: a million objects, which cost a tenth of a run's processor time).
"""

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


NEW_OBJECTS = 10_000
"""After how many the collector looks for cycles in a run, instead of 700. With 200 000 a run takes a hundred megabytes more."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cycles seldom: a run makes millions of objects, nearly all of which go when they are let go of."""
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
