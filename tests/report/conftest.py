"""What tests of the report share: a release to be written by hand, and the demo's with the weights of its findings.

Here: fixtures. Not here: the releases themselves (tests/support).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from report.profile.findings import Weights, weights
from report.reading.areas import Sources
from report.reading.marts import Marts
from tests.support.pipeline import Installation
from tests.support.report_release import SmallRelease

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def small(tmp_path: Path) -> SmallRelease:
    return SmallRelease(tmp_path / "integrering.duckdb")


@pytest.fixture(scope="module")
def demo_marts(demo: Installation) -> Iterator[Marts]:
    with Marts.open(demo.data / "published" / "integrering.duckdb") as marts:
        yield marts


@pytest.fixture(scope="module")
def known(demo_marts: Marts) -> Weights:
    return weights(demo_marts, Sources(demo_marts, NOW))
