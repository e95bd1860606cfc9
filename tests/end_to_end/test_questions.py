"""The questions of docs/questions.md: every answer runs in a client that has set nothing, and every `find` finds.

Here: the page against the demo release. Not here: what the figures are (tests/real).
"""

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.support.pipeline import PROJECT, Installation
from warehouse.interface.finding import find
from warehouse.paths import DATABASE

TEXT = (PROJECT / "docs" / "questions.md").read_text(encoding="utf-8").partition("\n## What failed")[0]
ANSWERS = re.findall(r"`((?:select|pivot) [^`]+)`", TEXT)
FOUND = re.findall(r"`find ([^`]+)`", TEXT)


@pytest.fixture(scope="module")
def client(demo: Installation) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str((demo.data / "published" / DATABASE).resolve()), read_only=True) as connection:
        yield connection


def test_there_are_sixty() -> None:
    assert len(ANSWERS) == 60
    assert len(FOUND) >= 48


def test_every_question_is_answered(client: duckdb.DuckDBPyConnection) -> None:
    assert [sql for sql in ANSWERS if not client.execute(sql).fetchmany(1)] == []


def test_every_search_leads_to_its_answer(client: duckdb.DuckDBPyConnection) -> None:
    """What the row's answer asks or shows (an indicator, a table, a column or a code) stands among what its words find."""
    for row in TEXT.splitlines():
        words, answer = re.search(r"`find ([^`]+)`", row), re.search(r"`(select [^`]+)`", row)
        if words and answer:
            names = {hit.name for hit in find(client, words[1])}
            asked = [word for pair in re.findall(r"'(\w+)'|from (\w+)", answer[1]) for word in pair if word]
            shown = set(re.findall(r"\w+", answer[1]))
            assert names & shown or any(word in name for word in asked for name in names), (words[1], names)
