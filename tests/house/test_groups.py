"""Tests that share an installation run in one process, or each worker builds it again and the suite takes half as long again.

Here: that the runner keeps the groups that conftest.py gives. Not here: which tests belong together.
"""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process holds every group")
def test_the_runner_knows_the_group_of_a_test(request: pytest.FixtureRequest) -> None:
    """`--dist loadgroup` reads it from the end of a test's id; pytest-xdist 3.8 writes it where pytest 9.2 no longer looks."""
    assert request.node.nodeid.endswith("@tests/house/test_groups.py")
