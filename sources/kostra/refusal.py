"""How a private file is refused: in Norwegian, with line and field, and never with a value from the file.

Here: the one error of this folder, the places it names, and how few lines are told. Not here: the checks that raise it.
"""

import re
from pathlib import Path

from sources.errors import SourceError

_NUMBER_IN_NAME = re.compile(r"\d{11,}|\d{6}[ ._-]\d{5}(?!\d)|\d{4}[ ._-]\d{8}(?!\d)")
"""An identity number (11 digits, also written 6 + 5) or a DUF number (12 digits, also written 4 + 8)."""


class PrivateFileError(SourceError):
    """A private file that is not as its layout says. Read by a municipal user, so the text is Norwegian.

    No part of it may come from the file: a shifted record would put an identity number where a code should be.
    """

    def __str__(self) -> str:
        return f"{self.where}: ventet {self.expected}, fant {self.found}. Gjør dette: {self.next_step}"


def shown_name(file: Path | str) -> str:
    """A file's name as it may be printed: without what could be an identity or DUF number."""
    return without_numbers(Path(file).name)


def without_numbers(text: str) -> str:
    """A path as it may be printed."""
    return _NUMBER_IN_NAME.sub("…", text)


def place(
    file: Path | str, line: int | None = None, field: str | None = None, at: int | None = None, end: int | None = None
) -> str:
    """Where something is wrong: file, line and field with its positions."""
    parts = [shown_name(file)]
    if line is not None:
        parts.append(f"linje {line}")
    if field is not None:
        parts.append(f"felt {field}" + (f" (posisjon {at}-{end})" if at is not None else ""))
    return ", ".join(parts)


def lines_text(lines: int, threshold: int) -> str:
    """How many lines a file has, unless they are fewer than the threshold."""
    return f"færre enn {threshold} linjer" if lines < threshold else f"{lines} linjer"


def share_text(bad: int, lines: int, threshold: int) -> str:
    """On how many lines something is wrong. A line is a person: a count under the threshold is not told."""
    if lines < threshold:
        return "én eller flere linjer"
    return f"{bad if bad >= threshold else f'færre enn {threshold}'} av {lines} linjer"
