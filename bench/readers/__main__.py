"""`make readers`: the real tools on the published path, each in an environment of its own, while the release changes under them.

Here: environments, the moving link, the table of results. Not here: what a tool is asked (probe*.py).
Run: python -m bench.readers [--only NAME…] [--data DIR] [--environments DIR]; needs a package index, and a finished run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from bench.readers import probe_programs as programs
from bench.readers.probe import COUNT, QUESTION, listed, move

HERE = Path(__file__).parent
ENVIRONMENTS: dict[str, tuple[str, list[str]]] = {
    "DuckDB 1.0": ("duckdb", ["duckdb==1.0.0"]),
    "DuckDB 1.4": ("duckdb", ["duckdb==1.4.4"]),
    "DuckDB 1.5": ("duckdb", ["duckdb==1.5.5"]),
    "DuckDB newest": ("duckdb", ["duckdb"]),
    "DuckDB CLI 1.4": ("cli", ["duckdb-cli==1.4.4.post2"]),
    "DuckDB CLI newest": ("cli", ["duckdb-cli"]),
    "pandas": ("pandas", ["pandas", "pyarrow"]),
    "polars": ("polars", ["polars"]),
    # from 2.0.45 on SQLAlchemy asks for pg_collation, which DuckDB has from 2.0
    "SQLAlchemy 2.0.44": ("sqlalchemy", ["sqlalchemy==2.0.44", "duckdb-engine==0.17.0", "duckdb==1.4.4"]),
    "SQLAlchemy newest": ("sqlalchemy", ["sqlalchemy<2.1", "duckdb-engine==0.17.0", "duckdb>=2.0.0"]),
    "Arrow ADBC": ("adbc", ["adbc-driver-manager", "pyarrow", "duckdb"]),
    "openpyxl": ("openpyxl", ["openpyxl"]),
    "calamine": ("calamine", ["python-calamine"]),
    # flask-caching 2.5 and a missing cachetools stop Superset 6.1 before it starts
    "Superset": (
        "superset",
        ["apache-superset==6.1.0", "flask-caching==2.3.1", "cachetools", "duckdb-engine==0.17.0", "duckdb==1.4.4"],
    ),
}
PROGRAMS = ("Node", "R, workbook", "R, CSV", "LibreOffice")


def environment(home: Path, name: str, packages: list[str]) -> Path:
    """The Python of an environment with the packages, made when it is not there."""
    folder = home / name.lower().replace(" ", "-").replace(".", "-")
    python = folder / "bin" / "python"
    mark = folder / "installed.json"
    if not mark.exists() or json.loads(mark.read_text(encoding="utf-8")) != packages:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *packages], check=True, capture_output=True)
        mark.write_text(json.dumps(packages), encoding="utf-8")
    return python


def two_releases(published: Path, folder: Path) -> tuple[Path, list[str]]:
    """A published link of our own over two releases: the one given, and one after it with a table more."""
    names = ["releases/000001", "releases/000002"]
    for name in names:
        shutil.copytree(published.resolve(), folder / name)
    file = folder / names[1] / "integrering.duckdb"
    os.chmod(file, 0o644)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as next (storage_version 'v1.0.0')")
        connection.execute("create table next.marts.added_later as select 1 as one")
        connection.execute("checkpoint next")
    os.chmod(file, 0o444)
    move(folder / "published", names[0])
    return folder / "published", names


@contextlib.contextmanager
def changing(published: Path, releases: list[str]) -> Iterator[None]:
    """Move the published link to and fro, a hundred times a second, as no installation ever does."""
    stop = threading.Event()

    def work() -> None:
        turn = 0
        while not stop.wait(0.01):
            turn += 1
            move(published, releases[turn % 2])

    mover = threading.Thread(target=work)
    mover.start()
    try:
        yield
    finally:
        stop.set()
        mover.join()
        move(published, releases[0])


def ask(python: Path, kind: str, published: Path, following: str | None = None) -> dict[str, Any]:
    """Run a probe in its environment."""
    script = [HERE / "probe_superset.py"] if kind == "superset" else [HERE / "probe.py", kind]
    command = [str(part) for part in (python, *script, published, following) if part]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if answer.returncode:
        return {"error": (answer.stderr.strip() or answer.stdout.strip()).splitlines()[-1][:150]}
    return json.loads(answer.stdout.strip().splitlines()[-1])


def judge(found: dict[str, Any] | None, tables: int, rows: list) -> str:
    """One word or line on what a reader saw."""
    if found is None:
        return "not on this machine"
    if found.get("error"):
        return f"FAILED: {found['error']}"
    wrong = []
    if "rows" in found and [[float(v) if v is not None else None for v in r] for r in found["rows"]] != rows:
        wrong.append(f"other figures: {found['rows'][:2]}")
    if "tables" in found and found["tables"] not in (tables, tables + 1):
        wrong.append(f"{found['tables']} tables")
    if "cells" in found and not found["cells"]:
        wrong.append("no cells")
    return "; ".join(wrong) or "equal"


def reports(asked: argparse.Namespace, published: Path, releases: list[str]) -> Iterator[tuple[str, dict | None, dict]]:
    """Name, what was read while the link moved, and what was seen after one move."""
    with duckdb.connect(str(published / "integrering.duckdb"), read_only=True) as connection:
        columns = "municipality_code, year, municipality_value, county_value, country_value"
        text = connection.execute(
            QUESTION.replace("year, municipality_value, county_value, country_value", columns, 1)
        ).df()
    for name, (kind, packages) in ENVIRONMENTS.items():
        if asked.only and name not in asked.only:
            continue
        try:
            python = environment(asked.environments, name, packages)
        except subprocess.CalledProcessError as problem:
            yield name, {"error": f"not installed: {problem}"[:150]}, {}
            continue
        with changing(published, releases):
            found = ask(python, kind, published)
        after = ask(python, kind, published, releases[1]) if "error" not in found else {}
        move(published, releases[0])
        yield name, found, after
    asking: dict[str, Callable[[], dict | None]] = {
        "Node": lambda: programs.ask_node(published, QUESTION, asked.environments / "node"),
        "R, workbook": lambda: programs.ask_r_workbook(published),
        "R, CSV": lambda: programs.ask_r_csv(published, text.to_csv(index=False)),
        "LibreOffice": lambda: programs.ask_libreoffice(published),
    }
    for name in PROGRAMS:
        if asked.only and name not in asked.only:
            continue
        try:
            with changing(published, releases):
                yield name, asking[name](), {}
        except (subprocess.SubprocessError, OSError) as problem:
            yield name, {"error": str(problem)[:150]}, {}


def main() -> int:
    """Print a table; exit 1 when a reader failed or saw other figures, 2 when nothing is published."""
    parser = argparse.ArgumentParser(prog="bench.readers")
    parser.add_argument("--only", nargs="+", choices=[*ENVIRONMENTS, *PROGRAMS])
    parser.add_argument("--data", type=Path, default=Path("warehouse/data"))
    parser.add_argument("--environments", type=Path, default=Path(".venv-readers"))
    asked = parser.parse_args()
    asked.environments = asked.environments.resolve()
    if not (asked.data / "published").exists():
        print("nothing is published there; run: integrering run", file=sys.stderr)
        return 2
    failed = False
    with tempfile.TemporaryDirectory(prefix="integrering-readers-") as folder:
        published, releases = two_releases(asked.data / "published", Path(folder))
        with duckdb.connect(str(published / "integrering.duckdb"), read_only=True) as connection:
            rows = [
                [None if v is None else float(v) for v in r] for r in listed(connection.execute(QUESTION).fetchall())
            ]
            (tables,) = connection.execute(COUNT).fetchone()
        print(f"{'reader':18} {'version':58} {'read while the link moves':28} after one move: held, second, new")
        for name, found, after in reports(asked, published, releases):
            verdict = judge(found, tables, rows)
            failed |= verdict not in ("equal", "not on this machine")
            seen = [{0: "old", 1: "new", None: "-"}[after.get(key)] for key in ("held", "second_in_process", "fresh")]
            print(f"{name:18} {(found or {}).get('version', '-'):58} {verdict:28} {', '.join(seen)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
