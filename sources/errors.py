"""The errors that reading and fetching upstream data can raise.

Here: what went wrong, said so that a person can act on it. Not here: deciding what a run does about it.
"""

from typing import ClassVar


class SourceError(Exception):
    """Something upstream is not as the dataset spec says.

    Every message has the four parts a reader needs: what was expected, what was found, where, and what to do next.
    ``where`` names dataset, file, line or cell; it never holds a personal value. A module whose advice is always the same makes
    its errors by `functools.partial` with that ``next_step``.
    """

    meaning_nb: ClassVar[str] = ""
    """What an error of this kind means to who put the file there or is on duty, and what to do; empty where all of the message
    is Norwegian."""

    def __init__(self, expected: str, found: str, where: str, next_step: str) -> None:
        self.expected = expected
        self.found = found
        self.where = where
        self.next_step = next_step
        super().__init__(f"{where}: expected {expected}; found {found}. Next: {next_step}")

    @property
    def told_nb(self) -> str:
        """The message as the board, a notice and the note beside a file tell it: its meaning first, then all of it."""
        return self.of_note(str(self))

    @classmethod
    def of_note(cls, text: str) -> str:
        """What a publisher's client says of such a state, told in the same way."""
        return f"{cls.meaning_nb} Feilmelding: {text}" if cls.meaning_nb else text

    def __reduce__(self) -> tuple:
        return (_rebuild, (type(self), self.expected, self.found, self.where, self.next_step))


def _rebuild(kind: type[SourceError], expected: str, found: str, where: str, next_step: str) -> SourceError:
    return kind(expected=expected, found=found, where=where, next_step=next_step)


class SpecError(SourceError):
    """A dataset spec, the dimension list or the extracts list is not valid."""

    meaning_nb = (
        "Beskrivelsen av datasettet eller lista extracts.csv har en feil. Rett linja som er nevnt; er det "
        "ikke din, si fra til den som vedlikeholder løsningen."
    )


class NotOfKindError(SourceError):
    """The bytes are not of the kind asked for: an HTML page, a JSON error, an empty or cut body."""

    meaning_nb = (
        "Dette er ikke en slik fil: en nettside, en feilmelding, en tom fil eller bare en del av en. Last "
        "den ned på nytt."
    )


class EncodingError(SourceError):
    """The text is in another encoding than the publisher uses."""

    meaning_nb = (
        "Bokstavene er lagret på en annen måte enn utgiveren gjør. Last fila ned på nytt, og legg den inn "
        "uten å åpne og lagre den."
    )


class LayoutError(SourceError):
    """A header, sheet or record layout differs from the contract of the reader."""

    meaning_nb = (
        "Overskrifter, ark eller oppsett er ikke som før. Er fila endret for hånd, last den ned på nytt; "
        "ellers har utgiveren endret noe: si fra til den som vedlikeholder løsningen."
    )


class UnknownLabelError(SourceError):
    """A label or code that the closed code list of the spec does not know."""

    meaning_nb = (
        "Et navn eller en kode er ny. Si fra til den som vedlikeholder løsningen; til det er gjort, brukes "
        "forrige utgave."
    )


class ValueGrammarError(SourceError):
    """A cell outside the numeric grammar of its source."""

    meaning_nb = (
        "En celle er ikke et tall slik utgiveren skriver dem. Er fila lagret fra et regneark, last den ned "
        "på nytt; ellers si fra til den som vedlikeholder løsningen."
    )


class ConflictingRowsError(SourceError):
    """The same cell stands twice with different values."""

    meaning_nb = (
        "Samme tall står to ganger med forskjellig verdi. Last fila ned på nytt; er det likt da, spør utgiveren."
    )


class ReaderFault(SourceError):
    """A reader met something that nobody foresaw: our fault or the file's, and to be reported. The dataset fails alone."""

    meaning_nb = (
        "Programmet møtte noe ingen hadde tenkt på. Send meldingen og fila til den som vedlikeholder "
        "løsningen; de andre datasettene går som før."
    )


class TransferError(SourceError):
    """A transfer did not complete within its limits."""

    meaning_nb = "Det prøves igjen av seg selv."


class ClosedError(SourceError):
    """The publisher is in its known closed hours: a state, not a failure; the dataset is asked again later."""

    meaning_nb = "Utgiveren er stengt nå. Det prøves igjen av seg selv."


class WithdrawnError(SourceError):
    """The publisher no longer offers the dataset; its last good release stays in use."""

    meaning_nb = "Den siste gode utgaven brukes fortsatt. Let etter tabellen som har overtatt."
