"""Every query of the cookbook runs against the demo release and answers with rows."""

from __future__ import annotations

import pytest

from tests.support.cookbook import QUERIES, TEXT
from tests.support.pipeline import Installation
from warehouse.query import run_query

NO_ROWS_IN_DEMO = {"What did a publisher change afterwards?"}
"""The bundled input holds one release of each dataset."""


def test_the_cookbook_has_questions() -> None:
    assert len(QUERIES) == TEXT.count("```sql\n") >= 20
    assert QUERIES.keys() >= NO_ROWS_IN_DEMO


@pytest.mark.parametrize("question", QUERIES)
def test_a_question_is_answered(demo: Installation, question: str) -> None:
    result = run_query(demo.data, QUERIES[question])
    assert bool(result.rows) == (question not in NO_ROWS_IN_DEMO), question
