"""How a private file is refused: in Norwegian, with line and field, and never with a value from the file.

Here: the one error of this folder and the places it names. Not here: the checks that raise it.
"""

from __future__ import annotations

from sources.errors import SourceError


class PrivateFileError(SourceError):
    """A private file that is not as its layout says. Read by a municipal user, so the text is Norwegian.

    No part of it may come from the file: a shifted record would put an identity number where a code should be.
    """

    def __str__(self) -> str:
        return f"{self.where}: ventet {self.expected}, fant {self.found}. Gjør dette: {self.next_step}"


def place(
    file: str, line: int | None = None, field: str | None = None, at: int | None = None, end: int | None = None
) -> str:
    """Where something is wrong: file, line and field with its positions."""
    parts = [file]
    if line is not None:
        parts.append(f"linje {line}")
    if field is not None:
        parts.append(f"felt {field}" + (f" (posisjon {at}-{end})" if at is not None else ""))
    return ", ".join(parts)
