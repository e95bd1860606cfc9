"""What is built between landing and publication, by dbt in this process.

Here: how dbt makes its locks, settled before anything imports it. Not here: calling it (dbt_command.py).
"""

import multiprocessing

from dbt import mp_context

if "fork" in multiprocessing.get_all_start_methods():
    # dbt makes them for processes of the kind spawn, which it never starts: those have names in /dev/shm that outlive a kill -9
    mp_context._MP_CONTEXT = multiprocessing.get_context("fork")
