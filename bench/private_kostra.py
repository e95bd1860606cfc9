"""Time and memory of the private command: 50 000 recipients of 11F, joined, counted and under disclosure control.

Here: the measurement, on invented people. Not here: assertions; figures belong in the notes of a release.
Run: python bench/private_kostra.py [recipients]
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
sys.path.insert(0, str(REPOSITORY))

MEASURE = """
import resource, sys, time
from pathlib import Path
from sources.kostra.private import private_aggregates

start = time.perf_counter()
result = private_aggregates([Path(sys.argv[1])], Path(sys.argv[2]), municipality="3909")
child = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.perf_counter() - start:.1f} s ({child.ru_utime + child.ru_stime:.1f} s of processor in the reading process), "
      f"{child.ru_maxrss / 1024:.0f} MB at most in it, {sum(t.num_rows for t in result.tables.values())} rows out")
"""


def main(recipients: int) -> None:
    """Write the invented files, then measure in a process of its own."""
    from tests.support.kostra_files import identities, random_recipients, write_11f, write_settled

    with tempfile.TemporaryDirectory() as name:
        folder, rng = Path(name), random.Random(1)
        started = time.perf_counter()
        numbers = identities(recipients)
        people = write_11f(folder / "11F.dat", 2025, random_recipients(rng, numbers))
        rows = [
            (n, "", f"01.06.{2025 - rng.randint(0, 12)}", "flyktning", "") for n in rng.sample(numbers, recipients // 4)
        ]
        settled = write_settled(folder / "settled.csv", rows)
        size = people.stat().st_size / 1e6
        made = time.perf_counter() - started
        print(f"{recipients} recipients, {size:.0f} MB, {len(rows)} settled (made in {made:.0f} s)")
        command = [sys.executable, "-c", MEASURE, str(people), str(settled)]
        subprocess.run(command, cwd=REPOSITORY, env={"PYTHONPATH": str(REPOSITORY)}, check=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
