"""Every query of the cookbook runs against the demo release in a client that has set nothing, and answers with rows."""

import duckdb
import pytest

from tests.support.cookbook import QUERIES, TEXT
from tests.support.pipeline import Installation
from warehouse.paths import DATABASE

NO_ROWS_IN_DEMO = {"What did a publisher change afterwards?"}
"""The bundled input holds one release of each dataset."""


def test_the_cookbook_has_questions() -> None:
    assert len(QUERIES) == TEXT.count("```sql\n") >= 20
    assert QUERIES.keys() >= NO_ROWS_IN_DEMO


@pytest.mark.parametrize("question", QUERIES)
def test_a_question_is_answered(demo: Installation, question: str) -> None:
    file = (demo.data / "published" / DATABASE).resolve()
    with duckdb.connect(str(file), read_only=True) as client:
        rows = client.execute(QUERIES[question]).fetchmany(1)
    assert bool(rows) == (question not in NO_ROWS_IN_DEMO), question
