"""Whole real files beside the checkout (../shared), and what happens to the tests of them where they are not.

Here: skip or fail, and the closing line that counts. Not here: the cut-down real files that lie in the repository (extracts.py).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).parents[3] / "shared"
WAIVER = "INTEGRERING_WITHOUT_REAL_FILES"
REASON = "needs whole real files: ../shared/upstream is not beside this checkout"


def are_at_hand() -> bool:
    """Whether the whole real files lie beside the checkout."""
    return (SHARED / "upstream").exists()


def may_be_left_out(environment: Mapping[str, str]) -> bool:
    """A person's clone may lack the files. CI may only where somebody has written that it does."""
    return not environment.get("CI") or environment.get(WAIVER) == "1"


def leave_out(environment: Mapping[str, str]) -> NoReturn:
    """End a test that needs the files: skipped, or failed where nobody said that they may be missing."""
    if may_be_left_out(environment):
        pytest.skip(REASON)
    pytest.fail(
        f"{REASON}. Under CI that is an error: put the files there, or set {WAIVER}=1 to run without these tests",
        pytrace=False,
    )


def closing_line(skipped: Iterable[object]) -> str | None:
    """How many tests were left out for want of the files, for the end of a run; None where none was."""
    count = sum(REASON in str(getattr(report, "longrepr", "")) for report in skipped)
    if not count:
        return None
    return f"NOT RUN: {count} tests of whole real files, ../shared/upstream is missing (published figures: tests/real/extracts)"
