"""Running the product the way a person does: the command line in its own process, with a data folder of its own.

Here: starting `integrering` and asking the published release. Not here: assertions, or how a process is started (warm.py).
"""

import contextlib
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import warm
from warehouse.query import run_query, write_result

COMMAND = [sys.executable, "-m", "orchestration.cli.main"]
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installation:
    """A data folder and the command line on it. ``extra``: more variables of its environment."""

    data: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTEGRERING_", "DAGSTER_HOME", "DBT_TARGET"))}
        return {**kept, "INTEGRERING_DATA_DIR": str(self.data), "COLUMNS": "200", **self.extra}

    def call(self, *arguments: str, timeout: float = 1800) -> subprocess.CompletedProcess[str]:
        """One call of `integrering`; its exit code and what it printed."""
        return self.start(*arguments).completed(timeout)

    def call_cold(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """As ``call``, by an interpreter that begins with nothing, as a person's does."""
        return subprocess.run(
            [*COMMAND, *arguments], env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False
        )

    def start(self, *arguments: str) -> warm.Call:
        """A call that goes on in a process group of its own, so that it can be ended with all its children."""
        return warm.start(arguments, self.environment, PROJECT)

    def rows(self, sql: str) -> list[dict[str, str]]:
        """The answer of `integrering query --format csv` as rows of text, asked without the cost of a process."""
        answer = io.StringIO()
        write_result(run_query(self.data, sql), "csv", answer)
        answer.seek(0)
        return list(csv.DictReader(answer))

    def column(self, sql: str) -> list[str]:
        """The first column of an answer."""
        return [next(iter(row.values())) for row in self.rows(sql)]

    @property
    def release(self) -> str:
        """The id of the published release."""
        return os.path.basename(os.readlink(self.data / "published"))


@contextlib.contextmanager
def borrowed(installation: Installation) -> Iterator[Installation]:
    """An installation to be changed where it lies; afterwards it is as it was, for one who borrowed it before too."""
    kept = Path(tempfile.mkdtemp(prefix=f"{installation.data.name}-kept-", dir=installation.data.parent)) / "data"
    shutil.copytree(installation.data, kept, symlinks=True)
    try:
        yield installation
    finally:
        shutil.rmtree(installation.data)
        kept.rename(installation.data)
        kept.parent.rmdir()
