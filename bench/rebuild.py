"""What our product costs beside the floor, in processor seconds of the same run and machine.

Here: a full rebuild, one changed table, and nothing changed, each as a user runs it, and the floor on the same files.
Not here: the invented upstream (../shared/bench), or how it is laid out (synthetic.py). Ratios, not seconds, are the
result: seconds are user + system of the command and its children, memory that of the largest single process.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.synthetic import free_special_codes, lay_out

REPOSITORY = Path(__file__).parents[1]
RUN = "from orchestration.cli import main; main()"
TARGETS = {"full": 2.5, "changed": 0.2, "unchanged_seconds": 8.0, "peak_mb": 2500.0}
"""Full against the floor, one changed table against the full rebuild, seconds of a run without news, memory."""


@dataclass(frozen=True)
class Cost:
    """Processor seconds and peak memory of one command."""

    seconds: float
    peak_mb: float


def measure(command: list[str], environment: dict[str, str], log: Path) -> Cost:
    """Run a command to its end and add up what it and its children used. Raises when it fails."""
    with open(log, "w", encoding="utf-8") as handle:
        process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdout=handle, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command[-4:])} ended with {process.returncode}; see {log}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Bench:
    """The benchmark at one scale in one folder."""

    def __init__(self, tools: Path, work: Path, scale: str) -> None:
        self.tools, self.work, self.scale = tools, work / f"scale_{scale}", scale
        self.work.mkdir(parents=True, exist_ok=True)
        self.laid = self.work / "laid"
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("INTEGRERING_", "DAGSTER_", "DBT_"))}
        self.environment = {
            **plain,
            "INTEGRERING_DATA_DIR": str(self.work / "data"),
            "INTEGRERING_SPEC_DIR": str(self.laid / "specs"),
            "INTEGRERING_INDICATOR_DIR": str(self.laid / "indicators"),
            "COLUMNS": "160",
        }
        self.plain = plain

    def prepare(self) -> None:
        """Write the invented upstream, once as it is and once with its largest table republished."""
        for name, more in (("upstream", []), ("mutated", ["--mutate", "1"])):
            if not (self.work / name).exists():
                script = str(self.tools / "make_synthetic_upstream.py")
                command = [sys.executable, script, str(self.work / name), "--scale", self.scale, *more]
                subprocess.run(command, check=True)
                free_special_codes(self.work / name)
            for path in (self.work / name / "nav").glob("*.xlsx"):
                path.unlink()
        lay_out(self.work / "upstream", self.laid)
        shutil.rmtree(self.work / "data", ignore_errors=True)

    def floor(self) -> Cost:
        """DuckDB with nothing around it, on the same files, into a file."""
        database = self.work / "floor.duckdb"
        script = str(self.tools / "floor_duckdb.py")
        command = [sys.executable, script, str(self.work / "upstream"), "all", "--db", str(database)]
        cost = measure(command, self.plain, self.work / "floor.log")
        database.unlink()
        return cost

    def run(self, name: str) -> Cost:
        """`integrering run` on the laid-out folder."""
        command = [sys.executable, "-c", RUN, "run", "--source", "extracts", "--extracts", str(self.laid / "extracts")]
        return measure(command, self.environment, self.work / f"{name}.log")

    def change_one_table(self) -> None:
        """Put the republished table (the one whose bytes differ) in the place of the one before, a month later."""
        (table,) = [
            path.stem
            for path in sorted((self.work / "mutated" / "imdi" / "k").glob("*.csv"))
            if path.read_bytes() != (self.work / "upstream" / "imdi" / "k" / path.name).read_bytes()
        ]
        for level in ("k", "f"):
            link = self.laid / "extracts" / "imdi" / level / f"{table}.csv"
            link.unlink()
            link.symlink_to(self.work / "mutated" / "imdi" / level / f"{table}.csv")
        listed = self.laid / "extracts" / "extracts.csv"
        with open(listed, encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle))
        for row in rows:
            if row[2] == table:
                row[5] = "2025-04-15"
        with open(listed, "w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(rows)

    def observations(self) -> int:
        """Rows landed, as the product's own release log counts them."""
        readings = (self.work / "data" / "landing").rglob("reading.json")
        return sum(json.loads(path.read_text(encoding="utf-8")).get("rows", 0) for path in readings)


def report(tools: Path, work: Path, scale: str) -> bool:
    """Measure one scale and print its lines. Returns whether every target was met."""
    bench = Bench(tools, work, scale)
    bench.prepare()
    floor = bench.floor()
    full = bench.run("full")
    unchanged = bench.run("unchanged")
    bench.change_one_table()
    changed = bench.run("changed")
    peak = max(full.peak_mb, changed.peak_mb)
    lines = [
        ("full rebuild / floor", full.seconds / floor.seconds, TARGETS["full"]),
        ("one changed table / full rebuild", changed.seconds / full.seconds, TARGETS["changed"]),
        ("nothing changed, processor seconds", unchanged.seconds, TARGETS["unchanged_seconds"]),
        ("peak memory of one process, MB", peak, TARGETS["peak_mb"]),
    ]
    print(
        f"scale {scale}: floor {floor.seconds:.1f} s, full {full.seconds:.1f} s, changed {changed.seconds:.1f} s, "
        f"unchanged {unchanged.seconds:.1f} s (processor seconds)"
    )
    for name, found, target in lines:
        print(f"  {name:36} {found:8.2f}   target {target:g}   {'met' if found <= target else 'NOT MET'}")
    return all(found <= target for _, found, target in lines)
