"""What our product costs beside the floor, in processor seconds of the same run and machine.

Here: a full rebuild, one changed table, nothing changed, a report and a query, each as a user runs it, and the floor and
the naive way on the same files. Not here: the invented upstream (../shared/bench), or how it is laid out (synthetic.py).
Ratios, not seconds, are the result: seconds are user + system of the command and its children, memory that of the largest
single process.
"""

from __future__ import annotations

import csv
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.synthetic import free_special_codes, lay_out
from warehouse.paths import DATABASE

REPOSITORY = Path(__file__).parents[1]
RUN = "from orchestration.cli.main import main; main()"
TARGETS = {
    "full rebuild / floor": 2.5,
    "one changed table / full rebuild": 0.2,
    "nothing changed, processor seconds": 8.0,
    "one municipality's year, milliseconds": 15.0,
    "peak memory of one process, MB": 2500.0,
    "published DuckDB file / upstream bytes": 0.6,
}
"""What each row may be at most; the other rows are for information."""

QUERY = """select indicator_id, municipality_value, county_value, country_value, difference_county, difference_country,
    rank, ranked_count, change_1y, change_3y, municipality_status
    from marts.comparison where municipality_code = ? and year = ?"""
"""What a page of one municipality asks: eleven columns, as many as the floor's mart has."""


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

    def query_ms(self) -> float:
        """Wall time of one page's query in an open reader: the median of fifty, over municipalities."""
        taken = []
        with duckdb.connect(str(self.work / "data" / "published" / DATABASE), read_only=True) as connection:
            (year,) = connection.execute("select max(year) from marts.comparison").fetchone()
            codes = connection.execute("select distinct municipality_code from marts.comparison order by 1").fetchall()
            for (code,) in codes[:: max(len(codes) // 50, 1)]:
                start = time.perf_counter()
                connection.execute(QUERY, [code, year]).fetchall()
                taken.append(1000 * (time.perf_counter() - start))
        return statistics.median(taken)

    def file_ratio(self) -> float:
        """Bytes of the published DuckDB file against those of the files it was made from."""
        upstream = sum(p.stat().st_size for p in (self.work / "upstream").rglob("*") if p.suffix in (".csv", ".json"))
        return (self.work / "data" / "published" / DATABASE).stat().st_size / upstream


def report(tools: Path, work: Path, scale: str) -> bool:
    """Measure one scale and print its lines. Returns whether every target was met."""
    bench = Bench(tools, work, scale)
    bench.prepare()
    floor, naive = bench.floor(), bench.naive()
    full = bench.run("full")
    unchanged = bench.run("unchanged")
    page, query, file = bench.report(), bench.query_ms(), bench.file_ratio()
    bench.change_one_table()
    changed = bench.run("changed")
    found = {
        "full rebuild / floor": full.seconds / floor.seconds,
        "naive way / floor": naive.seconds / floor.seconds if naive else None,
        "one changed table / full rebuild": changed.seconds / full.seconds,
        "nothing changed, processor seconds": unchanged.seconds,
        "report, processor seconds": page.seconds,
        "one municipality's year, milliseconds": query,
        "peak memory of one process, MB": max(full.peak_mb, changed.peak_mb),
        "published DuckDB file / upstream bytes": file,
    }
    seconds = {"floor": floor, "naive": naive, "full": full, "changed": changed, "unchanged": unchanged}
    listed = ", ".join(f"{name} {cost.seconds:.1f}" for name, cost in seconds.items() if cost)
    print(f"scale {scale}, processor seconds: {listed}; memory of the floor {floor.peak_mb:.0f} MB")
    for name, value in found.items():
        if value is not None:
            print(f"  {name:40} {value:8.2f}   {_judged(value, TARGETS.get(name))}")
    return all(value is not None and value <= target for name, target in TARGETS.items() for value in [found[name]])


def _judged(value: float, target: float | None) -> str:
    if target is None:
        return ""
    return f"target {target:g}   {'met' if value <= target else 'NOT MET'}"
