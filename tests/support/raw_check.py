"""Whether every release in landing can show its raw cells: the printed figure stands in the text.

Here: the check, for any installation. Not here: which forms an installation must have (the tests).
"""

import re
from collections import Counter

import pyarrow.parquet as pq

from orchestration.trace.cells import raw_cells
from orchestration.workspace import Workspace
from sources.landing.intake import ensure_rows

_NUMBERS = (re.compile(r"-?\d+(?:[.,]\d+)?"), re.compile(r"-?\d+(?:\.\d+)?"))
"""With a decimal comma, and where a comma parts two cells."""


def check_raw_cells(workspace: Workspace) -> Counter[str]:
    """Four rows of every release: the raw cell names the file and holds the figure. Form -> rows checked."""
    checked: Counter[str] = Counter()
    for receipt in workspace.landing.receipts():
        spec = workspace.specs[receipt.dataset_id]
        table = pq.read_table(ensure_rows(workspace.landing, spec, receipt))
        places = sorted({0, table.num_rows // 3, table.num_rows // 2, table.num_rows - 1})
        rows = table.take(places).to_pylist()
        said = raw_cells(workspace, spec, receipt, [(r["source_row"], r.get("source_column")) for r in rows])
        for row, text in zip(rows, said, strict=True):
            assert any(blob.name in text for blob in receipt.blobs), text
            assert not re.search("nothing stands|cannot be opened|no reader", text), text
            if spec.shape == "observation" and row["value"] is not None:
                printed = {float(n.replace(",", ".")) for pattern in _NUMBERS for n in pattern.findall(text)}
                assert row["value"] in printed, (receipt.form, row, text)
            checked[receipt.form] += 1
    return checked
