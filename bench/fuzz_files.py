"""Real files of every form, damaged in one place, and what becomes of each: the same figures, held, failed, or told.

Here: the verdict. Not here: the damage (damage.py), which files the product can read (sources/), or thresholds of the gates.
Run: python -m bench.fuzz_files [--folder DIR...] [--mutations 2000] [--seed 1] [--processes 1]

Each damaged file goes the way of any file in a drop folder: found, read, judged against the release made from the whole
file. Good ends are: left out with a reason (loudly, with exit code 1, where it may be anybody's figures), failed, held, the
same figures, or other figures with every difference listed by the revision log. A traceback, a reader's fault or a
difference that nothing tells of is a bad end.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from bench.damage import Body, changes_of, flip
from orchestration.runs.refresh import Outcome, refresh_file
from sources.dataset.discovery import discover
from sources.dataset.spec import DatasetSpec, load_specs
from sources.faults import REPORT
from sources.landing.observation import KEY
from sources.landing.revisions import ensure_revision, revision_path
from sources.landing.store import Landing

_MONTH, _LEVEL = 1 + KEY.index("period_start"), 1 + KEY.index("region_level")
BAD = frozenset({"traceback", "reader's fault", "untold difference"})
GOOD = ("left out with a reason", "left out loudly", "failed", "held", "same figures", "other figures, each told")

BLOCK = 200
"""So many damaged files a process takes at a time."""

Figures = dict[tuple[object, ...], tuple[object, object]]


@dataclass(frozen=True)
class Original:
    """A whole file: the name it is dropped under and its bytes."""

    name: str
    body: Body


@dataclass
class Report:
    """What became of the damaged files, and the bad ends with how to make them again."""

    ends: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)

    def count(self, end: str) -> int:
        return sum(n for (_, _, one), n in self.ends.items() if one == end)


class Fuzzer:
    """Whole files that are read without objection, each on a bench of its own under ``work``."""

    def __init__(self, originals: Iterable[Original], work: Path) -> None:
        specs = load_specs()
        benches = [_Bench(original, specs, work / f"{n:02d}") for n, original in enumerate(originals)]
        self._benches = [bench for bench in benches if bench.outcome.state == "refreshed"]

    def damage(self, numbers: Iterable[int], seed: int) -> Report:
        """One damage a number, the files in turn. The same seed and number make the same damage."""
        report = Report()
        for number in numbers:
            bench = self._benches[number % len(self._benches)]
            rng = random.Random(f"{seed} {number}")
            name, change = rng.choice(changes_of(bench.original.body))
            try:
                body = change(rng, bench.original.body)
            except (IndexError, ValueError):  # nothing of that kind stands in the file
                name, body = "flip a byte", flip(rng, bench.original.body)
            end, words = bench.end_of(body)
            report.ends[bench.form, name, end] += 1
            if end in BAD:
                report.bad.append(f"{bench.original.name}, seed {seed}, number {number}, {name}: {end}: {words}")
        return report


def fuzz_side_by_side(originals: list[Original], mutations: int, seed: int, work: Path, processes: int) -> Report:
    """The same damage as one Fuzzer does, by so many processes, each with files of its own; how far it has come on stderr."""
    report, done = Report(), 0
    blocks = [range(first, min(first + BLOCK, mutations)) for first in range(0, mutations, BLOCK)]
    with multiprocessing.Pool(processes, _begin, (originals, work, seed)) as pool:
        for part in pool.imap_unordered(_damage, blocks):
            report.ends += part.ends
            report.bad += part.bad
            done += sum(part.ends.values())
            print(f"{done} of {mutations}, {len(report.bad)} bad", file=sys.stderr, flush=True)
    return report


_here: tuple[Fuzzer, int]
"""In a process of the pool: its own files, and the seed."""


def _begin(originals: list[Original], work: Path, seed: int) -> None:
    global _here
    _here = Fuzzer(originals, work / str(os.getpid())), seed


def _damage(numbers: range) -> Report:
    fuzzer, seed = _here
    return fuzzer.damage(numbers, seed)


class _Bench:
    """One whole file in a landing of its own, and damaged copies put after it one at a time."""

    def __init__(self, original: Original, specs: dict[str, DatasetSpec], work: Path) -> None:
        self.original, self._specs, self._drop = original, specs, work / "drop"
        self._drop.mkdir(parents=True)
        self._landing = Landing(work / "landing")
        self.form, self.outcome = "", Outcome("", "failed", original.name)
        if found := self._found(original.body, age=86_400):
            self.form, self._spec = str(found.form), specs[found.dataset_id]
            self.outcome = refresh_file(self._landing, self._spec, found)
        self._figures = self._figures_of(self.outcome) if self.outcome.state == "refreshed" else {}

    def _found(self, body: Body, age: float):
        path = self._drop / self.original.name
        path.write_bytes(body)
        moment = 1_790_000_000 - age
        os.utime(path, (moment, moment))
        found = discover(self._drop, self._specs)
        self._is_loud = bool(found.unplaced)
        return next(iter(found.candidates), None)

    def end_of(self, body: Body) -> tuple[str, str]:
        """(end, words) of one damaged copy; whatever it left behind is taken away again."""
        outcome = None
        try:
            found = self._found(body, age=0)
            if found is None:
                return ("left out loudly" if self._is_loud else "left out with a reason"), ""
            outcome = refresh_file(self._landing, self._specs[found.dataset_id], found)
            return self._verdict(outcome)
        except Exception:
            return "traceback", traceback.format_exc(limit=-3)
        finally:
            if outcome and outcome.release_id and outcome.release_id != self.outcome.release_id:
                shutil.rmtree(self._landing.release_folder(outcome.dataset_id, outcome.release_id))

    def _verdict(self, outcome: Outcome) -> tuple[str, str]:
        if outcome.state != "refreshed":
            return ("reader's fault" if REPORT in outcome.message else outcome.state), outcome.message
        if outcome.release_id == self.outcome.release_id:
            return "same figures", ""
        after = self._figures_of(outcome)
        before = self._figures
        if self._spec.accumulates:  # a file says nothing of months it does not hold: the file before serves them still
            held = {key[_MONTH] for key in after}
            before = {key: figure for key, figure in before.items() if key[_MONTH] in held}
        if self._spec.shape == "observation":  # and of a level it does not hold
            levels = {key[_LEVEL] for key in after}
            before = {key: figure for key, figure in before.items() if key[_LEVEL] in levels}
        differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        if not differing:
            return "same figures", ""
        untold = differing - self._told(outcome)
        words = f"{len(untold)} of {len(differing)} differences, first {min(untold, key=str, default='')}"
        return ("untold difference" if untold else "other figures, each told"), words

    def _figures_of(self, outcome: Outcome) -> Figures:
        spec = self._specs[outcome.dataset_id]
        path = self._landing.data_path(spec.dataset_id, str(outcome.release_id), spec.shape)
        table = pq.read_table(path)
        if spec.shape != "observation":
            rows = table.drop_columns(["source_row"]).to_pylist()
            return {(outcome.dataset_id, n): (str(row), None) for n, row in enumerate(rows)}
        texts = [table[name].to_pylist() for name in (*KEY, "value", "value_status")]
        return {(outcome.dataset_id, *row[:-2]): row[-2:] for row in zip(*texts, strict=True)}

    def _told(self, outcome: Outcome) -> set[tuple[object, ...]]:
        """The cells that the revision log lists, or counts as those of a new year; of a table its rows are compared whole."""
        spec = self._specs[outcome.dataset_id]
        receipt = self._landing.receipt(outcome.dataset_id, str(outcome.release_id))
        facts = ensure_revision(self._landing, spec, receipt) if receipt else None
        if spec.shape != "observation" or facts is None or facts.before is None:
            return set(self._figures) | set(self._figures_of(outcome))
        table = pq.read_table(revision_path(self._landing, receipt), columns=list(KEY)) if receipt else None
        told = {(outcome.dataset_id, *row.values()) for row in table.to_pylist()} if table else set()
        new_years = {count.year for count in facts.counts if count.is_new_year}
        levels = {
            key[_LEVEL] for key in self._figures
        }  # a level that the file before did not have is a slice of its own
        after = self._figures_of(outcome)
        return told | {key for key in after if key[_MONTH].year in new_years or key[_LEVEL] not in levels}


def real_files(folder: Path, most_bytes: int = 600_000) -> list[Original]:
    """The files of a folder that the product reads, long text files cut after whole lines, two of each form at most."""
    taken: Counter[str] = Counter()
    originals = []
    for found in discover(folder, load_specs()).candidates:
        if taken[str(found.form)] >= 2 or found.form is None:
            continue
        body = found.path.read_bytes()
        is_text = not body.startswith((b"PK", b"{"))
        if len(body) > most_bytes and not is_text:
            continue
        if is_text and len(body) > 60_000 and found.form != "imdi_wide":
            body = body[: body.rindex(b"\n", 0, 60_000) + 1]
        elif len(body) > most_bytes:
            continue
        taken[str(found.form)] += 1
        originals.append(Original(found.path.name, body))
    return originals


def main() -> int:
    """Print the ends by form and by kind of damage; exit 1 when there is a bad one."""
    parser = argparse.ArgumentParser(prog="bench.fuzz_files")
    shared = Path(__file__).parents[2] / "shared"
    parser.add_argument("--folder", type=Path, nargs="+", default=[shared / "upstream", shared / "cases" / "jsonstat"])
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    if missing := [str(folder) for folder in asked.folder if not folder.is_dir()]:
        print(f"no folder of real files at {', '.join(missing)}; name some with --folder", file=sys.stderr)
        return 2
    originals = [original for folder in asked.folder for original in real_files(folder)]
    with tempfile.TemporaryDirectory(prefix="integrering-fuzz-") as work:
        report = fuzz_side_by_side(originals, asked.mutations, asked.seed, Path(work), asked.processes)
    for title, at in (("form", 0), ("damage", 1)):
        print(f"\n{title:42s}" + "".join(f"{end[:16]:>18s}" for end in (*GOOD, *sorted(BAD))))
        for one in sorted({key[at] for key in report.ends}):
            numbers = [
                sum(n for k, n in report.ends.items() if k[at] == one and k[2] == e) for e in (*GOOD, *sorted(BAD))
            ]
            print(f"{one:42s}" + "".join(f"{n:18d}" for n in numbers))
    print("\n" + "; ".join(f"{end}: {report.count(end)}" for end in (*GOOD, *sorted(BAD))))
    print("\n".join(report.bad[:40]))
    return 1 if report.bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
