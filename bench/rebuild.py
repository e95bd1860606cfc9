"""What our product costs beside the floor, in processor seconds of the same run and machine.

Here: a full rebuild, one changed table, nothing changed, a report and a query, each as a user runs it, and the floor and
the naive way on the same files. Not here: the invented upstream (../shared/bench), or how it is laid out (synthetic.py).
Ratios, not seconds, are the result: seconds are user + system of the command and its children, memory that of the largest
single process.
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

import duckdb

from bench.readers.__main__ import environment
from bench.synthetic import free_special_codes, lay_out
from warehouse.paths import DATABASE

REPOSITORY = Path(__file__).parents[1]
ASK = Path(__file__).with_name("ask.py")
RUN = "from orchestration.cli.main import main; main()"
ENGINES = {"2.0": None, "1.4": "duckdb==1.4.4", "1.0": "duckdb==1.0.0"}
"""The readers asked: the one beside this interpreter, and two that are put in environments of their own."""

TARGETS = {
    "full rebuild / floor": 3.0,
    "full rebuild / naive way": 1.0,
    "one changed table / full rebuild": 0.35,
    "first run over five tiny tables, processor seconds": 15.0,
    "nothing changed, processor seconds": 8.0,
    "peak memory of one process, MB": 1500.0,
    "published DuckDB file / upstream bytes": 0.2,
    **{f"one municipality's year on DuckDB {name}, ms": 30.0 if name == "1.0" else 15.0 for name in ENGINES},
    **{f"one indicator everywhere on DuckDB {name}, ms": 80.0 for name in ENGINES},
    **{f"average over all on DuckDB {name}, ms": 1500.0 for name in ENGINES},
}
"""What each row may be at most at scale 1; the other rows are for information."""

AT_SCALE = {"0.25": {"full rebuild / floor": 5.0}}
"""Where the fixed cost of a run is most of it."""

TINY_TABLES, TINY_ROWS = 5, 36


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

    def naive(self) -> Cost | None:
        """The job as it is scripted today; None where a package it needs is not here."""
        script = str(self.tools / "naive_pandas.py")
        command = [sys.executable, script, str(self.work / "upstream"), "all", "--out", str(self.work / "naive.csv")]
        try:
            return measure(command, self.plain, self.work / "naive.log")
        except RuntimeError:
            return None

    def report(self) -> Cost:
        """`integrering report` of one municipality, from the published release."""
        command = [sys.executable, "-c", RUN, "report", "--municipality", self.municipality()]
        return measure(command, self.environment, self.work / "report.log")

    def municipality(self) -> str:
        """A municipality with figures, the same one each time."""
        with duckdb.connect(str(self.work / "data" / "published" / DATABASE), read_only=True) as connection:
            return connection.execute("select min(municipality_code) from marts.comparison").fetchone()[0]

    def tiny(self) -> Cost:
        """A first run over a few tables of a few rows: what a run costs whatever it carries."""
        work = self.work / "tiny"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.work / "upstream" / "klass", work / "upstream" / "klass")
        (work / "upstream" / "ssb").mkdir()
        for path in sorted((self.work / "upstream" / "imdi" / "k").glob("*.csv"))[:TINY_TABLES]:
            for level in ("k", "f"):
                target = work / "upstream" / "imdi" / level / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(path.parents[1] / level / path.name)
        lay_out(work / "upstream", work / "laid")
        for link in (work / "laid" / "extracts" / "imdi").rglob("*.csv"):
            lines = link.read_bytes().splitlines(keepends=True)[: TINY_ROWS + 1]
            link.unlink()
            link.write_bytes(b"".join(lines))
        environment = self.environment | {
            "INTEGRERING_DATA_DIR": str(work / "data"),
            "INTEGRERING_SPEC_DIR": str(work / "laid" / "specs"),
            "INTEGRERING_INDICATOR_DIR": str(work / "laid" / "indicators"),
        }
        command = [
            sys.executable,
            "-c",
            RUN,
            "run",
            "--source",
            "extracts",
            "--extracts",
            str(work / "laid" / "extracts"),
        ]
        return measure(command, environment, self.work / "tiny.log")

    def reading(self) -> dict[str, float]:
        """What readers of several versions wait for, in milliseconds of a clock."""
        found = {}
        for name, package in ENGINES.items():
            home = self.work.parent / "engines"
            python = environment(home, f"DuckDB {name}", [package]) if package else Path(sys.executable)
            file = self.work / "data" / "published" / DATABASE
            answer = subprocess.run([str(python), str(ASK), str(file)], capture_output=True, text=True, check=True)
            asked = json.loads(answer.stdout)
            found |= {
                f"one municipality's year on DuckDB {name}, ms": asked["page"],
                f"one indicator everywhere on DuckDB {name}, ms": asked["indicator"],
                f"average over all on DuckDB {name}, ms": asked["average"],
            }
        return found

    def file_ratio(self) -> float:
        """Bytes of the published DuckDB file against those of the files it was made from."""
        upstream = sum(p.stat().st_size for p in (self.work / "upstream").rglob("*") if p.suffix in (".csv", ".json"))
        return (self.work / "data" / "published" / DATABASE).stat().st_size / upstream


def report(tools: Path, work: Path, scale: str) -> bool:
    """Measure one scale and print its lines. Returns whether every target was met."""
    bench = Bench(tools, work, scale)
    bench.prepare()
    tiny, floor, naive = bench.tiny(), bench.floor(), bench.naive()
    full = bench.run("full")
    unchanged = bench.run("unchanged")
    page, reading, file = bench.report(), bench.reading(), bench.file_ratio()
    bench.change_one_table()
    changed = bench.run("changed")
    found = {
        "full rebuild / floor": full.seconds / floor.seconds,
        "full rebuild / naive way": full.seconds / naive.seconds if naive else None,
        "one changed table / full rebuild": changed.seconds / full.seconds,
        "first run over five tiny tables, processor seconds": tiny.seconds,
        "nothing changed, processor seconds": unchanged.seconds,
        "report, processor seconds": page.seconds,
        "peak memory of one process, MB": max(full.peak_mb, changed.peak_mb),
        "published DuckDB file / upstream bytes": file,
        **reading,
    }
    seconds = {"tiny": tiny, "floor": floor, "naive": naive, "full": full, "changed": changed, "unchanged": unchanged}
    listed = ", ".join(f"{name} {cost.seconds:.1f}" for name, cost in seconds.items() if cost)
    print(f"scale {scale}, processor seconds: {listed}; memory of the floor {floor.peak_mb:.0f} MB")
    targets = TARGETS | AT_SCALE.get(scale, {})
    for name, value in found.items():
        if value is not None:
            print(f"  {name:52} {value:8.2f}   {_judged(value, targets.get(name))}")
    return all(value is not None and value <= target for name, target in targets.items() for value in [found[name]])


def _judged(value: float, target: float | None) -> str:
    if target is None:
        return ""
    return f"target {target:g}   {'met' if value <= target else 'NOT MET'}"
