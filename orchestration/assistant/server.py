"""The answers over the Model Context Protocol, on standard input and output, for as long as somebody has started it.

Here: the tools and their descriptions. Not here: an answer. The SDK is an extra (`pip install 'integrering[mcp]'`): most
installations never need it. No tool writes, no tool takes SQL or a path.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from orchestration.assistant.answers import Answers
from sources.errors import SourceError
from warehouse.errors import WarehouseError, WrongSetting
from warehouse.settings import Settings

if TYPE_CHECKING:
    from mcp.server import MCPServer

INSTRUCTIONS = """\
Published Norwegian integration statistics of municipalities, with what is known of each figure.
Quote a figure only from an answer, with area, year, unit, source and the day it was retrieved.
Where `value` is null the figure is not known: say its bounds (`value_low`, `value_high`) or its status,
never 0 and never a guess.
Shares, rates and medians are neither added nor averaged. Compare across a break in the series only with that said.
A difference between areas is not the effect of anything. Figures marked as demo are invented and may not be quoted.
"""


def build(settings: Settings) -> MCPServer:
    """The server, not started. Raises WrongSetting where the SDK is not installed."""
    try:
        from mcp.server import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError as problem:
        raise WrongSetting(
            expected="the package mcp (Model Context Protocol)",
            found="not installed",
            where="integrering mcp",
            next_step="pip install 'integrering[mcp]'",
        ) from problem
    server, answers = MCPServer("integrering", instructions=INSTRUCTIONS, log_level="ERROR"), Answers(settings)
    reads = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

    @server.tool(annotations=reads)
    @_told
    def find(words: str) -> dict[str, Any]:
        """Find indicators, tables, codes, datasets and places by words, Norwegian or English. Start here for an id."""
        return answers.find(words)

    @server.tool(annotations=reads)
    @_told
    def compare(
        indicator_id: str, municipality: str, years: int = 3, breakdown: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """One indicator for a municipality (name or code) beside its county, KOSTRA group and the country, newest year first.

        Every figure has value or null, bounds, status and basis in words; sources have licence and the day they were
        retrieved. `breakdown` names codes, as {"sex": "female"}; everything else is the total.
        """
        return answers.compare(indicator_id, municipality, years, breakdown)

    @server.tool(annotations=reads)
    @_told
    def trace(table: str, key: dict[str, str]) -> dict[str, Any]:
        """From a row of a published table back to the cells of the publishers' files. `key` names columns and their values."""
        return answers.trace(table, key)

    return server


def _told(answer: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Our own errors reach the assistant in their own words; anything else stays the SDK's, without inner details."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(answer)
    def told(*given: Any, **named: Any) -> dict[str, Any]:
        try:
            return answer(*given, **named)
        except (WarehouseError, SourceError) as problem:
            raise ToolError(str(problem)) from None

    return told


def serve(settings: Settings) -> None:
    """Answer on standard input and output until the other side ends."""
    server = build(settings)
    print("integrering mcp: answers on standard input and output; end with Ctrl-C", file=sys.stderr, flush=True)
    server.run("stdio")
