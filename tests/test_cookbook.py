"""Every query of the cookbook runs against the demo release and answers with rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pipeline import Installation
from warehouse.query import run_query

TEXT = (Path(__file__).parents[1] / "docs" / "cookbook.md").read_text(encoding="utf-8")
QUERIES = dict(re.findall(r"## (.+?)\n\n```sql\n(.+?)```", TEXT, flags=re.DOTALL))


def test_the_cookbook_has_questions() -> None:
    assert len(QUERIES) == TEXT.count("\n## ") >= 10


@pytest.mark.parametrize("question", QUERIES)
def test_a_question_is_answered(demo: Installation, question: str) -> None:
    result = run_query(demo.data, QUERIES[question])
    assert result.rows, question
