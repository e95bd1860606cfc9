"""What tests of the models share: regions of Klass to lay figures on.

Here: the fixture. Not here: the database itself (tests/support/model_sql.py).
"""

import pytest

from tests.support.model_sql import Build


@pytest.fixture(scope="module")
def build() -> Build:
    return Build()
