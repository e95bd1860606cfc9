"""A process of the command line that need not import it: forked from one that has.

Here: starting, waiting and ending such a process, as `subprocess` would. Not here: what the calls are for (pipeline.py).
"""

import io
import multiprocessing
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

PRELOADED = [
    "orchestration.cli.main",
    "orchestration.runs.run",
    "orchestration.definitions",
    "orchestration.runs.event_log",
    "dbt.cli.main",
    "dbt.adapters.duckdb",
    "report.write",
    "report.explore.write",
    "warehouse.opendata.companions",
    "pyarrow.dataset",
    "pandas",
]
"""What every run imports; Dagster, dbt and the report among it are eight seconds of each."""


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@dataclass
class Call:
    """A call under way, in a process group of its own."""

    arguments: tuple[str, ...]
    process: ForkServerProcess
    output: Path
    errors: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def is_over(self) -> bool:
        return self.process.exitcode is not None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; minus the number of the signal that ended it. Raises TimeoutExpired."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise TimeoutExpired(self.arguments, timeout or 0)
        return self.process.exitcode

    def completed(self, timeout: float) -> CompletedProcess[str]:
        """Exit code and what was printed, once it is over; a call that takes longer is ended."""
        try:
            code = self.wait(timeout)
        except TimeoutExpired:
            self.process.kill()
            raise
        printed = [path.read_text(encoding="utf-8") for path in (self.output, self.errors)]
        shutil.rmtree(self.output.parent, ignore_errors=True)
        return CompletedProcess(self.arguments, code, *printed)


def start(arguments: tuple[str, ...], environment: dict[str, str], folder: Path) -> Call:
    """`integrering` with these arguments, in this environment and working folder."""
    printed = Path(tempfile.mkdtemp(prefix="integrering-call-"))
    output, errors = printed / "out", printed / "err"
    for path in (output, errors):
        path.touch()  # who looks before the process has printed anything finds nothing, and not that there is no file
    process = _context().Process(target=_work, args=(arguments, environment, str(folder), str(output), str(errors)))
    process.start()
    return Call(arguments, process, output, errors)


def _work(arguments: tuple[str, ...], environment: dict[str, str], folder: str, output: str, errors: str) -> None:
    """In the new process: everything it would have had from the start, then the command."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, output), (2, errors)):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "wb", closefd=False), encoding="utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "wb", closefd=False), encoding="utf-8", write_through=True)
    sys.argv = ["integrering", *arguments]
    from orchestration.cli.main import main

    main()
