"""Names and texts as they stand in a statement, where parameters cannot stand.

Here: what may be written into SQL text at all. Not here: any statement. Values of a query go as parameters, not through this.
"""

import re
from pathlib import Path

_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")


def identifier(name: str) -> str:
    """``name`` unchanged, which needs no quotes. Raises ValueError for a name that this project does not make."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"not a name this project makes: {name!r}")
    return name


def quoted(name: str) -> str:
    """The same in double quotes, for a name that may be a word of SQL. Raises as ``identifier`` does."""
    return f'"{identifier(name)}"'


def literal(value: str | Path) -> str:
    """A text or a path as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
