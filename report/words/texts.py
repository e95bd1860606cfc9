"""The words of the report, read from texts.yml, and those of the profile, from profile.yml.

Here: loading and checking. Not here: any word itself.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from report.words.norwegian import Unit
from sources.files import read_yaml
from sources.vocabulary import names_nb

_FILE = Path(__file__).parent / "texts.yml"
_OF_THE_VOCABULARY = {
    "statuses": ("value_status", "nb"),
    "bases": ("geography_basis", "nb"),
    "reasons": ("reason", "nb"),
    "cadences": ("cadence", "phrase_nb"),
    "groups": ("statistic_group", "nb"),
}
"""Parts whose words the report shares with the rest of the house (sources/vocabulary.yml)."""
_PROFILE = Path(__file__).parent / "profile.yml"


@dataclass(frozen=True)
class Texts:
    """texts.yml by part, and the shared lists. Each part is a mapping of key to Norwegian text."""

    words: dict[str, str]
    marks: dict[str, str]
    legend: dict[str, str]
    remarks: dict[str, str]
    short: dict[str, str]
    statuses: dict[str, str]
    bases: dict[str, str]
    reasons: dict[str, str]
    cadences: dict[str, str]
    sentences: dict[str, str]
    people: dict[str, str]
    units: dict[str, Unit]
    groups: dict[str, str]
    labels: dict[str, dict[str, str]]
    sections: dict[str, dict[str, str]]
    figures: dict[str, dict[str, str]]
    topics: dict[str, Any]
    explore: dict[str, dict[str, str]]
    slides: dict[str, Any]
    index: dict[str, Any]


@cache
def texts() -> Texts:
    """All words. Raises TypeError when texts.yml has a part that the code does not know, or lacks one."""
    raw = read_yaml(_FILE)
    raw |= {part: names_nb(kind, form) for part, (kind, form) in _OF_THE_VOCABULARY.items()}
    raw["units"] = {key: _unit(**given) for key, given in raw["units"].items()}
    return Texts(**raw)


@cache
def profile_words() -> dict[str, Any]:
    """The words of the profile (profile.yml), by part and key."""
    return read_yaml(_PROFILE)


def unit_of(key: str) -> Unit:
    """The unit of a mart's unit code. An unknown code is written as it stands, with one decimal and never added up."""
    return texts().units.get(key) or _unit(name=key, decimals=1, singular=key, plural=key, is_additive=False)


def _unit(**given: Any) -> Unit:
    defaults = {"difference_singular": "", "difference_plural": "", "more": "høyere", "less": "lavere"}
    return Unit(**{**defaults, **given})
