"""The errors that reading and fetching upstream data can raise.

Here: what went wrong, said so that a person can act on it. Not here: deciding what a run does about it.
"""


class SourceError(Exception):
    """Something upstream is not as the dataset spec says.

    Every message has the four parts a reader needs: what was expected, what was found, where, and what to do next.
    ``where`` names dataset, file, line or cell; it never holds a personal value. A module whose advice is always the same makes
    its errors by `functools.partial` with that ``next_step``.
    """

    def __init__(self, expected: str, found: str, where: str, next_step: str) -> None:
        self.expected = expected
        self.found = found
        self.where = where
        self.next_step = next_step
        super().__init__(f"{where}: expected {expected}; found {found}. Next: {next_step}")

    def __reduce__(self) -> tuple:
        return (_rebuild, (type(self), self.expected, self.found, self.where, self.next_step))


def _rebuild(kind: type[SourceError], expected: str, found: str, where: str, next_step: str) -> SourceError:
    return kind(expected=expected, found=found, where=where, next_step=next_step)


class SpecError(SourceError):
    """A dataset spec, the dimension list or the extracts list is not valid."""


class NotOfKindError(SourceError):
    """The bytes are not of the kind asked for: an HTML page, a JSON error, an empty or cut body."""


class EncodingError(SourceError):
    """The text is in another encoding than the publisher uses."""


class LayoutError(SourceError):
    """A header, sheet or record layout differs from the contract of the reader."""


class UnknownLabelError(SourceError):
    """A label or code that the closed code list of the spec does not know."""


class ValueGrammarError(SourceError):
    """A cell outside the numeric grammar of its source."""


class ConflictingRowsError(SourceError):
    """The same cell stands twice with different values."""


class ReaderFault(SourceError):
    """A reader met something that nobody foresaw: our fault or the file's, and to be reported. The dataset fails alone."""


class TransferError(SourceError):
    """A transfer did not complete within its limits."""


class ClosedError(SourceError):
    """The publisher is in its known closed hours: a state, not a failure; the dataset is asked again later."""


class WithdrawnError(SourceError):
    """The publisher no longer offers the dataset; its last good release stays in use."""
