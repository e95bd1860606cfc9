"""``python -m trials.local_upstream --folder DIR --port N``: the local upstream by itself, until it is interrupted.

Here: arguments and a line that says where it answers. Not here: the server.
"""

import argparse
import contextlib
import threading
from pathlib import Path

from trials.local_upstream.server import LocalUpstream


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve releases from a folder as SSB, IMDi, NAV, FHI and Klass would.")
    parser.add_argument("--folder", type=Path, required=True, help="numbered release folders, or one extracts folder")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--validators", action="store_true", help="let IMDi send an ETag")
    arguments = parser.parse_args()
    with LocalUpstream(arguments.folder, arguments.port) as upstream:
        upstream.imdi.validators = arguments.validators
        print(f"local upstream on {upstream.address}, {len(upstream.releases.items)} items", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
