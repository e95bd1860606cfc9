"""A killed run leaves nothing in /dev/shm: dbt's locks have no names there."""

import subprocess
import sys

MADE = """
import orchestration.definitions  # imports the build before anything that imports dbt
from dbt.contracts.graph.manifest import Manifest
from dbt.mp_context import get_mp_context
print([lock._semlock.name for lock in (Manifest()._lock, get_mp_context().RLock())])
"""


def test_the_locks_of_dbt_are_gone_with_the_process() -> None:
    """In a process of its own, since whoever imports dbt first settles it. Of the kind spawn they were called «/mp-…»."""
    answer = subprocess.run([sys.executable, "-c", MADE], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[None, None]"
