"""What went wrong with a file or publisher is told in Norwegian to who has to do something about it (board, notice, note)."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import sources
from sources.errors import SourceError, WithdrawnError

PARTS = {"expected": "a header", "found": "none", "where": "k_tilskudd.csv", "next_step": "look"}


def _kinds(of: type[SourceError] = SourceError) -> Iterator[type[SourceError]]:
    for module in pkgutil.walk_packages(sources.__path__, "sources."):
        importlib.import_module(module.name)
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


@pytest.mark.parametrize("kind", sorted(set(_kinds()), key=lambda kind: kind.__name__))
def test_every_kind_of_error_means_something_in_norwegian(kind: type[SourceError]) -> None:
    problem = kind(**PARTS)
    is_english = ": expected " in str(problem)
    assert bool(kind.meaning_nb) == is_english, f"{kind.__name__} has no meaning_nb, or is Norwegian and has one"
    assert str(problem) in problem.told_nb and problem.told_nb.startswith(kind.meaning_nb)


def test_a_state_a_client_notes_is_told_as_its_error() -> None:
    assert WithdrawnError.of_note("NAV answers 404").endswith(
        "brukes fortsatt. Let etter tabellen som har overtatt. Feilmelding: NAV answers 404"
    )
