"""What tests of the published tables share: the models built once on the bundled tables.

Here: the fixture. Not here: the build itself (tests/support/published_build.py).
"""

from collections.abc import Iterator

import duckdb
import pytest

from tests.support.published_build import connect, shared_build


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(shared_build()) as connection:
        yield connection
