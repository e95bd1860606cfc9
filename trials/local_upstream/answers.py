"""The shape of an answer and of a question inside the local upstream.

Here: two small types. Not here: sockets, or what any publisher answers.
"""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """A request as the publishers' parts see it: the path below the host, the query by name, the body."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Answer:
    """Status, headers and body."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(content: Any, status: int = 200, content_type: str = "application/json; charset=utf-8") -> Answer:
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), content_type)
