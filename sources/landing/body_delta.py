"""A body as the difference from another: what it copies from there, and what it has of its own.

Here: encoding and applying. Not here: which bodies are stored so (compaction.py). Bodies are texts of many short pieces
(lines of a CSV, values of a JSON list), of which a revision changes few. Applying gives the very bytes or an error.
"""

import hashlib
import json

import pyarrow as pa

_HEADER_END = b"\n"
_SEPARATORS = (b"\n", b",")
_FEWEST_PIECES = 200
_CODEC = "zstd"


def encode(base: bytes, body: bytes) -> bytes:
    """``body`` as a delta from ``base``: a JSON line with hashes and lengths, then zstd of the steps and the new text."""
    separator = next((s for s in _SEPARATORS if body.count(s) >= _FEWEST_PIECES), _SEPARATORS[0])
    old, new = base.split(separator), body.split(separator)
    places: dict[bytes, int] = {}
    for number, piece in enumerate(old):
        places.setdefault(piece, number)
    steps: list[list[int]] = []
    own: list[bytes] = []
    expected = 0
    for piece in new:
        at = expected if expected < len(old) and old[expected] == piece else places.get(piece, -1)
        if at < 0:
            own.append(piece)
            _extend(steps, -1, 1)
            # one changed line in place of one old line: the next one is likely to be the one after it
            expected += 1
            continue
        _extend(steps, at, 1)
        expected = at + 1
    told = json.dumps(steps, separators=(",", ":")).encode()
    text = separator.join(own)
    header = {
        "base": hashlib.sha256(base).hexdigest(),
        "sha256": hashlib.sha256(body).hexdigest(),
        "separator": separator.decode(),
        "steps": len(told),
        "text": len(text),
    }
    packed = pa.compress(told + text, codec=_CODEC, asbytes=True)
    return json.dumps(header).encode() + _HEADER_END + packed


def base_of(delta: bytes) -> str:
    """The SHA-256 of the body a delta builds on."""
    return str(json.loads(delta.split(_HEADER_END, 1)[0])["base"])


def apply(base: bytes, delta: bytes) -> bytes:
    """The body of a delta. Raises ValueError unless base and result have the hashes the delta names."""
    first, packed = delta.split(_HEADER_END, 1)
    header = json.loads(first)
    if hashlib.sha256(base).hexdigest() != header["base"]:
        raise ValueError("the delta belongs to another body")
    plain = pa.decompress(packed, decompressed_size=header["steps"] + header["text"], codec=_CODEC, asbytes=True)
    separator = header["separator"].encode()
    steps, text = json.loads(plain[: header["steps"]]), plain[header["steps"] :]
    old, own = base.split(separator), text.split(separator)
    pieces: list[bytes] = []
    taken = 0
    for at, count in steps:
        if at < 0:
            pieces += own[taken : taken + count]
            taken += count
        else:
            pieces += old[at : at + count]
    body = separator.join(pieces)
    if hashlib.sha256(body).hexdigest() != header["sha256"]:
        raise ValueError("the delta does not give the body it names")
    return body


def _extend(steps: list[list[int]], at: int, count: int) -> None:
    """Add a step, or lengthen the last one where it goes on from there. -1 stands for text of the body's own."""
    if steps and ((at < 0 and steps[-1][0] < 0) or (at >= 0 and steps[-1][0] >= 0 and sum(steps[-1]) == at)):
        steps[-1][1] += count
    else:
        steps.append([at, count])
