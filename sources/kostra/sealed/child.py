"""The process that reads private files: guards up first, one request in, one answer out, then it ends.

Here: the order of these steps. Not here: any of them. Run only by process.py: ``python -m sources.kostra.sealed.child``.
"""

import os
import sys

from sources.kostra.sealed.guard import close_outputs, never_dump, without_values


def main() -> None:
    """Read the request from stdin and write the answer to stdout. Exit 0 also when the files are refused."""
    never_dump()
    from sources.kostra.refusal import PrivateFileError
    from sources.kostra.sealed.inside import read_all
    from sources.kostra.sealed.process import Request, refusal_as_json

    request = Request.from_json(sys.stdin.buffer.read())
    answer = close_outputs()
    try:
        body = without_values(lambda: read_all(request)).as_json()
    except PrivateFileError as refusal:
        body = refusal_as_json(refusal)
    with os.fdopen(answer, "wb") as out:
        out.write(body)
    # nothing of the interpreter's own ending may run: no exit handler, no message
    os._exit(0)


if __name__ == "__main__":
    main()
