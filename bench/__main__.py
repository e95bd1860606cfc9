"""`make bench`: the rebuild benchmark at the scales asked for.

Here: arguments. Not here: measuring (rebuild.py). Run: python -m bench [--scale 0.25 1] [--tools DIR] [--work DIR]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.rebuild import REPOSITORY, report


def main() -> int:
    """Print the ratios; exit 1 when a target is missed, 2 when the tools of the benchmark are not here."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--scale", nargs="+", default=["0.25", "1"], choices=["0.25", "1", "4"])
    parser.add_argument("--tools", type=Path, default=REPOSITORY.parent / "shared" / "bench")
    parser.add_argument("--work", type=Path, default=None, help="folder that is kept; default: a temporary one")
    asked = parser.parse_args()
    if not (asked.tools / "floor_duckdb.py").exists():
        print(f"no benchmark tools in {asked.tools}; name their folder with --tools", file=sys.stderr)
        return 2
    if asked.work:
        return 0 if all([report(asked.tools, asked.work.resolve(), scale) for scale in asked.scale]) else 1
    with tempfile.TemporaryDirectory(prefix="integrering-bench-") as folder:
        return 0 if all([report(asked.tools, Path(folder), scale) for scale in asked.scale]) else 1


if __name__ == "__main__":
    sys.exit(main())
