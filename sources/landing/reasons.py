"""Why a release is held, told of or left aside: a code with its values, worded in English and in Norwegian (reasons.yml).

Here: the reason and its two wordings. Not here: finding reasons (sources/gates, at_hand.py), or who reads which language.
A reason is kept as code and values, so that a wording may be mended without touching what was decided.
"""

import string
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from sources.dataset.dimensions import dimensions, units
from sources.files import read_yaml
from sources.vocabulary import names_nb, year_spans

Language = Literal["en", "nb"]
Value = int | float | str | list[int] | list[str]

_SHOWN = 5
"""More codes than this in one sentence tell a person nothing new."""


class Reason(BaseModel):
    """One reason. A plain text, as decisions held before reasons had codes, is read as ``as_written``."""

    model_config = ConfigDict(frozen=True)
    code: str
    values: dict[str, Value] = {}

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, raw: Any) -> Any:
        return {"code": "as_written", "values": {"text": raw}} if isinstance(raw, str) else raw

    @property
    def en(self) -> str:
        """For logs, marts and those who keep the installation."""
        return self._worded("en")

    @property
    def nb(self) -> str:
        """For the board, the notes beside files and whoever put the file there."""
        return self._worded("nb")

    def _worded(self, language: Language) -> str:
        return _Wording(language).vformat(wordings()[self.code][language], (), self.values)


def reason(code: str, **values: Value) -> Reason:
    """A reason by its code; KeyError for one that has no wording."""
    return Reason(code=wordings()[code] and code, values=values)


def in_english(reasons: Iterable[Reason]) -> str:
    """Reasons in a row, for the log and the marts."""
    return "; ".join(one.en for one in reasons)


def in_norwegian(reasons: Iterable[Reason]) -> str:
    """Reasons in a row, for a municipal reader."""
    return "; ".join(one.nb for one in reasons)


@cache
def wordings() -> dict[str, dict[Language, str]]:
    """Code -> its wording in each language."""
    return _file()["reasons"]


@cache
def _file() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("reasons.yml"))


class _Wording(string.Formatter):
    """Writes the values of a sentence in one language, each as its mark in the sentence says."""

    def __init__(self, language: Language) -> None:
        self._is_nb = language == "nb"

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in ("pct", "pct1"):
            text = f"{100 * value:.{1 if format_spec == 'pct1' else 0}f}"
            return text.replace(".", ",") + " %" if self._is_nb else text + "%"
        if format_spec == "n":
            return f"{value:.0f}"
        if format_spec == "date":
            day = date.fromisoformat(value)
            return f"{day:%d.%m.%Y}" if self._is_nb else f"{day:%Y-%m-%d}"
        if format_spec == "years":
            return year_spans(value)
        if format_spec == "all":
            return ", ".join(value)
        if format_spec == "some":
            return ", ".join(value[:_SHOWN]) + (" …" if len(value) > _SHOWN else "")
        return self._named(value, format_spec) if format_spec else str(value)

    def _named(self, value: str, kind: str) -> str:
        """The Norwegian name of a code; a code that has none (a dataset's own) stands as it is."""
        if kind == "unit":
            return units()[value].name_nb if value in units() else value
        if kind == "dimension":
            return dimensions()[value].name_nb if value in dimensions() else value
        if kind == "level":
            return names_nb("region_level").get(value, value)
        raise ValueError(f"reasons.yml: expected a known mark, found {kind!r}")
