"""What tests of the sources share: an empty landing.

Here: the fixture. Not here: releases in it.
"""

from pathlib import Path

import pytest

from sources.landing.store import Landing


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")
