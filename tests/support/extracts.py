"""The cut-down real files of tests/real/extracts, laid out as the publishers' own files lie in ../shared.

Here: unpacking them, with what ships in sources/facts, into a folder that tests and the product read. Not here: the whole files
(real_files.py). What was cut, from whom and when: tests/real/extracts/README.md.
"""

import csv
import gzip
import lzma
from pathlib import Path

from sources.landing.bundled import FACTS

HERE = Path(__file__).parents[1] / "real" / "extracts"
LIST = HERE / "extracts.csv"
"""The list a drop folder has, and `stored`: the file of sources/facts, or empty for a file of HERE."""


def entries() -> list[dict[str, str]]:
    """The lines of the list."""
    with open(LIST, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def body(entry: dict[str, str]) -> bytes:
    """The bytes of one file, unpacked."""
    if entry["stored"]:
        stored = FACTS / entry["stored"]
    else:
        stored = next(HERE / name for name in (entry["path"], f"{entry['path']}.xz") if (HERE / name).exists())
    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(stored.suffix, bytes)
    return unpack(stored.read_bytes())


def lay_out(folder: Path) -> Path:
    """Write every file and the list to ``folder``, and one file that no dataset knows, as every kept folder has."""
    lines = entries()
    for entry in lines:
        path = folder / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body(entry))
    (folder / "imdi" / "catalogue.csv").write_text("tabell,navn\nbosatt_anmodede,Bosetting\n", encoding="utf-8")
    with open(folder / LIST.name, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [name for name in lines[0] if name != "stored"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(line for line in lines if line["source"])
    return folder
