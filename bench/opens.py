"""Readers opening the published path while releases are published, rolled back and pruned without a pause.

Here: the publisher, the readers and the count. Not here: publication itself. Run: python -m bench.opens [--opens N]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import SimpleQueue

import duckdb

from warehouse.paths import DATABASE, DataFolder
from warehouse.release.publish import Publication, TableDoc, publish, release_ids
from warehouse.release.releases import roll_back

TABLES = tuple(f"figures_{letter}" for letter in "abcdef")
"""Every one holds the number of its release in every row, so that two releases in one answer are seen."""

ROWS = 2000


@dataclass
class Opens:
    """What readers met: how many opens, how long they took (ms), which releases, and everything that went wrong."""

    count: int = 0
    milliseconds: list[float] = field(default_factory=list)
    generations: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    publications: int = 0
    rollbacks: int = 0


def build_generation(folder: DataFolder, number: int) -> None:
    """A build file whose every row says which release it belongs to."""
    folder.build.mkdir(parents=True, exist_ok=True)
    folder.build_file.unlink(missing_ok=True)
    with duckdb.connect(str(folder.build_file), config={"threads": 1}) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_region as select '00' as region_code, 'country' as region_level")
        for name in TABLES:
            connection.execute(
                f"create table marts.{name} as select {number} as generation, i as row_number from range({ROWS}) as r (i)"
            )


def publish_generation(folder: DataFolder, number: int, keep: int) -> None:
    """Publish it through the product's own publication."""
    region = TableDoc("dim_region", "Areas", {}, ("region_code",), ())
    figures = [TableDoc(name, "Figures", {}, ("row_number",), ()) for name in TABLES]
    publish(Publication(folder, [region, *figures], str(number), "3909", True, {}, keep))


def read_until(folder: DataFolder, opens: int, results: multiprocessing.Queue | SimpleQueue) -> None:
    """Open the stable path so many times, each time asking every table for its release number."""
    found = Opens()
    question = " union all ".join(f"select generation, count(*) from marts.{name} group by 1" for name in TABLES)
    for _ in range(opens):
        started = time.perf_counter()
        try:
            with duckdb.connect(str(folder.published / DATABASE), read_only=True, config={"threads": 1}) as connection:
                found.milliseconds.append((time.perf_counter() - started) * 1000)
                answer = connection.execute(question).fetchall()
        except Exception as problem:
            found.failures.append(f"{type(problem).__name__}: {str(problem).splitlines()[0]}")
            continue
        found.count += 1
        found.generations |= {generation for generation, _ in answer}
        if len({generation for generation, _ in answer}) != 1 or {rows for _, rows in answer} != {ROWS}:
            found.mixed.append(str(answer))
    results.put(found)


def publish_until(folder: DataFolder, keep: int, going: Event, stop: Event, results: multiprocessing.Queue) -> None:
    """Publish without a pause; every fifth time go back to the release before first. ``going`` says that it has begun."""
    publications = rollbacks = 0
    number = 1
    while not stop.is_set():
        number += 1
        build_generation(folder, number)
        publish_generation(folder, number, keep)
        publications += 1
        going.set()
        if number % 5 == 0:
            roll_back(folder, release_ids(folder)[-2])
            rollbacks += 1
    results.put((publications, rollbacks))


def open_while_publishing(folder: DataFolder, opens: int, readers: int = 2, keep: int = 2) -> Opens:
    """Let ``readers`` processes open the published path ``opens`` times in all while another process publishes."""
    context = multiprocessing.get_context("spawn")
    build_generation(folder, 1)
    publish_generation(folder, 1, keep)
    going, stop, published, answers = context.Event(), context.Event(), context.Queue(), context.Queue()
    publisher = context.Process(target=publish_until, args=(folder, keep, going, stop, published))
    shares = [opens // readers + (1 if n < opens % readers else 0) for n in range(readers)]
    reading = [context.Process(target=read_until, args=(folder, share, answers)) for share in shares]
    publisher.start()
    going.wait(1800)  # readers that come before the first publication would meet none
    for process in reading:
        process.start()
    total = Opens()
    try:
        for _ in reading:
            part: Opens = answers.get(timeout=1800)
            total.count += part.count
            total.milliseconds += part.milliseconds
            total.generations |= part.generations
            total.failures += part.failures
            total.mixed += part.mixed
    finally:
        stop.set()
    total.publications, total.rollbacks = published.get(timeout=120)
    for process in (publisher, *reading):
        process.join(timeout=60)
    return total


def main() -> int:
    """Print the count; exit 1 when an open failed or an answer held two releases."""
    parser = argparse.ArgumentParser(prog="bench.opens")
    parser.add_argument("--opens", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="integrering-opens-") as folder:
        started = time.monotonic()
        total = open_while_publishing(DataFolder(Path(folder)), asked.opens, asked.readers)
    times = sorted(total.milliseconds)
    print(
        json.dumps(
            {
                "opens": total.count,
                "failures": len(total.failures),
                "mixed_releases": len(total.mixed),
                "publications_meanwhile": total.publications,
                "rollbacks_meanwhile": total.rollbacks,
                "releases_seen": len(total.generations),
                "open_ms_median": round(statistics.median(times), 1),
                "open_ms_99": round(times[int(len(times) * 0.99)], 1),
                "seconds": round(time.monotonic() - started),
            }
        )
    )
    for line in [*total.failures, *total.mixed][:10]:
        print(line, file=sys.stderr)
    return 1 if total.failures or total.mixed or total.count < asked.opens else 0


if __name__ == "__main__":
    sys.exit(main())
