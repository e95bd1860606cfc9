"""What tests of the HTTP client share: the local upstream with one table of IMDi's.

Here: the fixture. Not here: the server (trials/local_upstream), or more of an upstream (tests/support/live_upstream.py).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live_upstream import SETTLED, write_release
from trials.local_upstream.server import LocalUpstream


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release folder with the table of settlement."""
    return write_release(tmp_path_factory.mktemp("upstream"), {"001/imdi/k/bosatt_anmodede.csv": SETTLED})


@pytest.fixture
def upstream(settled: Path) -> Iterator[LocalUpstream]:
    with LocalUpstream(settled) as running:
        yield running
