"""A process whose kernel refuses every file lock, as the disk of some network shares does.

Here: the refusal (seccomp; Linux on x86-64 only) and running a piece of Python under it. Not here: tests.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]

IS_POSSIBLE = sys.platform == "linux" and platform.machine() == "x86_64"

REFUSE = """
import ctypes, struct, sys

def refuse_locks(code):
    load, equal, back = 0x20, 0x15, 0x06
    def step(kind, true, false, value): return struct.pack("=HBBI", kind, true, false, value)
    program = b"".join([
        step(load, 0, 0, 0),          # the number of the call
        step(equal, 4, 0, 73),        # flock
        step(equal, 0, 2, 72),        # fcntl
        step(load, 0, 0, 24),         # its second argument
        step(equal, 1, 0, 6),         # F_SETLK
        step(back, 0, 0, 0x7FFF0000), # let through
        step(back, 0, 0, 0x00050000 | code),
    ])
    steps = ctypes.create_string_buffer(program)
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, ctypes.addressof(steps))), 0, 0) == 0

refuse_locks(int(sys.argv.pop(1)))
"""


def run_without_locks(code: int, python: str, *arguments: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """A piece of Python in a process of its own, where locking a file fails with this errno."""
    return subprocess.run(
        [sys.executable, "-c", REFUSE + python, str(code), *arguments],
        env={**os.environ, "INTEGRERING_DATA_DIR": str(data_dir)},
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
