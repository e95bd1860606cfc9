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
DEMO, _, SHIPPED = TEXT.partition("\nTwenty more")
Client = duckdb.DuckDBPyConnection


def answers(text: str) -> list[str]:
    return re.findall(r"`((?:select|pivot) [^`]+)`", text)


def leads_nowhere(client: Client, text: str) -> Iterator[tuple[str, set[str]]]:
    """Searches that find nothing of what the row's answer asks or shows: an indicator, a table, a column or a code."""
    for row in text.splitlines():
        words, answer = re.search(r"`find ([^`]+)`", row), re.search(r"`(select [^`]+)`", row)
        if words and answer:
            names = {hit.name for hit in find(client, words[1])}
            asked = [word for pair in re.findall(r"'(\w+)'|from (\w+)", answer[1]) for word in pair if word]
            shown = set(re.findall(r"\w+", answer[1]))
            if not (names & shown or any(word in name for word in asked for name in names)):
                yield words[1], names


@pytest.fixture(scope="module")
def client(demo: Installation) -> Iterator[Client]:
    with duckdb.connect(str((demo.data / "published" / DATABASE).resolve()), read_only=True) as connection:
        yield connection


def test_every_question_has_an_answer() -> None:
    assert len(answers(TEXT)) == len(re.findall(r"\| \d, \d \|$", TEXT, re.MULTILINE)) == 80
    assert len(re.findall(r"`find ", TEXT)) >= 60


def test_every_question_is_answered(client: Client) -> None:
    assert [sql for sql in answers(DEMO) if not client.execute(sql).fetchmany(1)] == []


def test_every_search_leads_to_its_answer(client: Client) -> None:
    assert list(leads_nowhere(client, DEMO)) == []


def test_the_last_twenty_are_answered_by_the_figures_that_ship(shipped: Installation) -> None:
    """Also as tables of pandas, after the lines that the page gives a newcomer in Python."""
    file = str((shipped.data / "published" / DATABASE).resolve())
    (lines,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Client] = {}
    exec(lines.replace("warehouse/data/published/integrering.duckdb", file), names)
    with names["c"] as connection:
        (search,) = re.findall(r'sql\("(.+folketall.+)"\)', lines)
        assert "population_harmonised_persons" in connection.sql(search).df()["indicator_id"].tolist()
        assert [sql for sql in answers(SHIPPED) if connection.sql(sql).df().empty] == []
        assert list(leads_nowhere(connection, SHIPPED)) == []
