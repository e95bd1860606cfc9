"""What a file of the explore page holds, as its script unpacks it.

Here: one file read, by the words of its format (report/explore/data.py) and none of its code. Not here: what must stand in it.
"""

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any


def unpacked(path: Path) -> tuple[str, bytes]:
    """(name, content) of a packed script: an indicator's figures, or the chart library under its path."""
    found = re.fullmatch(r'utforsk\.receive\("([\w./]+)","([A-Za-z0-9+/=]+)"\);\n', path.read_text(encoding="ascii"))
    assert found, f"{path.name} is no packed script"
    return found[1], zlib.decompress(base64.b64decode(found[2]))


def explored(path: Path) -> tuple[str, dict[str, Any]]:
    """(indicator, content) of a file beside the explore page: ``years``, ``series``, ``values`` and ``statuses`` by series,
    ``bounds`` as {place: (low, high)}. Fails where it is no script of one packed text."""
    indicator, content = unpacked(path)
    line, rest = content.split(b"\n", 1)
    head = json.loads(line)
    lists: dict[str, list[int | None]] = {}
    for name, count, width in head["lists"]:
        lists[name], rest = _numbers(rest[: count * width], count), rest[count * width :]
    assert rest == b"", "bytes after the last list"
    unit, size = 10 ** head["decimals"], len(lists["values"]) // len(head["series"])
    values = [None if value is None else value / unit for value in lists["values"]]
    statuses = [head["words"][place] for place in lists["states"]]
    bounds = zip(lists["at"], lists["low"], lists["high"], strict=True)
    return indicator, {
        "years": head["years"],
        "series": head["series"],
        "values": [values[at : at + size] for at in range(0, len(values), size)],
        "statuses": [statuses[at : at + size] for at in range(0, len(values), size)],
        "bounds": {at: (low / unit, high / unit) for at, low, high in bounds},
    }


def _numbers(data: bytes, count: int) -> list[int | None]:
    numbers, last = [], 0
    for at in range(count):
        code = int.from_bytes(data[at::count], "little")
        last += code // 2 if code % 2 else -(code // 2)
        numbers.append(last if code else None)
    return numbers
