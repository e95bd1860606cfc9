"""Noticing a private file where it does not belong, so that it is left alone and never landed.

Here: what the first bytes of such files look like. Not here: reading them.
"""

from __future__ import annotations

import re

from sources.kostra.layout import layouts

PERSONAL_HEADER = re.compile(rb"f(\xc3\xb8|\xf8|o)dselsnummer|\bduf[- ]?n|personnummer|\bfnr\b", re.IGNORECASE)

REASON = "personopplysninger hører ikke hjemme i denne mappen: flytt filen, og bruk `integrering private`"


def looks_private(head: bytes) -> bool:
    """Whether the first bytes are those of an 11F or 11CF record, or of a list with a column of identity numbers."""
    first = head.split(b"\n", 1)[0].rstrip(b"\r")
    lengths = {layout.record_length for layout in layouts() if layout.year is not None}
    if len(first) in lengths and re.match(rb"\d{6}", first):
        return True
    return bool(PERSONAL_HEADER.search(first[:2_000]))
