"""What a file of the explore page holds, as its script unpacks it.

Here: one file read. Not here: what must stand in it.
"""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path


def explored_text(path: Path) -> tuple[str, str]:
    """(indicator, JSON text) of a file beside the explore page. Fails where it is no script of one packed text."""
    found = re.fullmatch(r'utforsk\.receive\("(\w+)","([A-Za-z0-9+/=]+)"\);\n', path.read_text(encoding="ascii"))
    assert found, f"{path.name} holds no packed figures"
    return found[1], zlib.decompress(base64.b64decode(found[2])).decode("ascii")
