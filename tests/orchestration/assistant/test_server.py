"""The assistant's server, asked by the SDK's own client in this process: each answer with status, bounds, source and date.

Here: tools, answers, refusals. Not here: how a figure is traced (tests of trace), the marts.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from orchestration.assistant.answers import Answers
from orchestration.assistant.server import build
from tests.support.pipeline import Installation
from warehouse.errors import WrongSetting
from warehouse.settings import Settings


def settings(installation: Installation) -> Settings:
    return Settings(data_dir=installation.data)


def asked(installation: Installation, talk: Callable[[Client], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        async with Client(build(settings(installation))) as client:
            return await talk(client)

    return asyncio.run(run())


def call(installation: Installation, tool: str, **given: Any) -> Any:
    return asked(installation, lambda client: client.call_tool(tool, given))


def test_three_tools_that_only_read(small: Installation) -> None:
    tools = asked(small, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"find", "compare", "trace"}
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in tools)
    assert not any(
        "sql" in json.dumps(tool.input_schema).lower() or "path" in tool.input_schema["properties"] for tool in tools
    )


def test_a_figure_comes_with_status_bounds_source_and_date(small: Installation) -> None:
    """Decisions of 2020: 24 in Larvik; three municipalities are not the county (tests/support/small_tables.py)."""
    answer = call(small, "compare", indicator_id="decided_persons", municipality="Larvik", years=10).structured_content
    year = next(one for one in answer["years"] if one["year"] == 2020)
    assert (year["municipality"]["value"], year["municipality"]["status"]) == (24, "ok")
    assert year["municipality"]["status_nb"]
    county = year["county"]
    assert (county["value"], county["status"]) == (None, "unavailable")
    assert county["reason"]
    assert answer["unit"] == "personer"
    assert answer["sources"][0]["retrieved"]
    assert answer["sources"][0]["licence"]
    assert answer["release"]["release_id"] == small.release
    assert "warning" not in answer


def test_a_hidden_figure_is_null_and_called_so(small: Installation) -> None:
    answer = call(small, "compare", indicator_id="decided_persons", municipality="3905", years=10).structured_content
    own = next(one for one in answer["years"] if one["year"] == 2020)["municipality"]
    assert (own["value"], own["value_low"], own["value_high"]) == (None, 1, 4)
    assert own["status"] == "suppressed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"indicator_id": "decided_person", "municipality": "3909"}, "the id of an indicator"),
        ({"indicator_id": "decided_persons", "municipality": "Larvk"}, "did you mean"),
        (
            {"indicator_id": "decided_persons", "municipality": "3909", "breakdown": {"value": "1"}},
            "expected a breakdown",
        ),
        (
            {"indicator_id": "decided_persons", "municipality": "3909", "breakdown": {"sex": "' or 1=1 --"}},
            "none in this",
        ),
        ({"indicator_id": "decided_persons' or '1'='1", "municipality": "3909"}, "the id of an indicator"),
    ],
)
def test_what_cannot_be_answered_says_what_to_ask_instead(
    small: Installation, given: dict[str, Any], said: str
) -> None:
    answer = call(small, "compare", **given)
    assert answer.is_error
    assert said in answer.content[0].text
    assert "Traceback" not in answer.content[0].text


def test_a_word_leads_to_an_id(small: Installation) -> None:
    found = call(small, "find", words="vedtak bosetting").structured_content["found"]
    assert "decided_persons" in [one["name"] for one in found if one["kind"] == "indicator"]


def test_answers_leave_every_published_file_as_it_was(small: Installation) -> None:
    def state() -> dict[str, str]:
        files = [path for path in (small.data / "releases").rglob("*") if path.is_file()]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = state()
    answers = Answers(settings(small))
    answers.find("bosetting")
    answers.compare("decided_persons", "Larvik")
    lines = answers.trace(
        "fct_indicator_value", {"indicator_id": "decided_persons", "region_code": "3909", "year": "2020"}
    )["lines"]
    assert any("bosatt_anmodede" in line for line in lines)
    assert state() == before


def test_without_the_package_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    with pytest.raises(WrongSetting, match=r"pip install 'integrering\[mcp\]'"):
        build(Settings(data_dir=tmp_path))
