"""The indicator registry: YAML entries under dbt_project/indicators.

Here: the model of an indicator, its validation, and the rows dbt reads. Not here: computing anything (dbt).
An indicator is one entry; a figure of it is the sum or share of the series its terms name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sources.files import Declared, read_yaml
from warehouse.errors import IndicatorError

KEPT = "*"
"""Marks a dimension that an indicator keeps as a breakdown."""


ROLES = ("value", "numerator", "denominator", "published")
"""The terms an indicator may have."""


NOT_OF_A_WHOLE = ("ratio", "nok_per_person")
"""Units in which the numerator is no part of the denominator, so that no bound follows from that."""


class Term(Declared):
    """The series of one dataset that make up a side of an indicator: measure, unit, and codes held fast."""

    dataset: str
    measure: str
    unit: str
    where: dict[str, str] = {}


class IndicatorBreak(Declared):
    """Figures of ``year`` and later do not compare with those before."""

    year: int
    note_nb: str


class Indicator(Declared):
    """One indicator of the comparison.

    ``value`` alone: upstream's figure as it is. ``numerator`` and ``denominator``: a share in per cent or per 1000, so
    that it can be recomputed over areas; ``published`` is upstream's own share for the very area and wins.
    ``of`` holds what the terms have in common (dataset, measure, unit, where); a term's own words go before it.
    """

    indicator_id: str = Field(pattern=r"^[a-z][a-z0-9_]{2,79}$")
    name_nb: str
    name_en: str = Field(default="", description="English name; made of the id where it is not given")
    definition_nb: str
    statistic_group: str
    imdi_card: str | None = None
    unit: str
    direction: Literal["higher_better", "lower_better", "neither"]
    value: Term | None = None
    numerator: Term | None = None
    denominator: Term | None = None
    published: Term | None = None
    keep: list[str] = []
    reference_month: int | None = Field(default=None, ge=1, le=12)
    is_part_of_whole: bool = Field(default=True, description="the numerator lies in the denominator: at most 100 %")
    breaks: list[IndicatorBreak] = []

    @model_validator(mode="before")
    @classmethod
    def _complete_terms(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        if raw.get("unit") in NOT_OF_A_WHOLE:
            raw = {"is_part_of_whole": False, **raw}
        if "of" not in raw:
            return raw
        entry = {name: content for name, content in raw.items() if name != "of"}
        common = raw["of"]
        if not isinstance(common, dict) or not set(entry) & set(ROLES):
            raise ValueError("`of` is a mapping, and an entry with it needs a term (`value: {}` for one as it stands)")
        for role in set(ROLES) & set(entry):
            own = entry[role] or {}
            where = {**common.get("where", {}), **own.get("where", {})}
            entry[role] = {**common, **own, "where": where}
        return entry

    @model_validator(mode="after")
    def _check(self) -> Indicator:
        if (self.value is None) == (self.numerator is None and self.published is None):
            raise ValueError("give either `value`, or `numerator` with `denominator`, or `published`")
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError("a numerator needs a denominator and the reverse")
        if self.numerator and self.unit not in ("percent", "per_1000", "ratio", "nok_per_person"):
            raise ValueError("a share is in percent, per_1000, ratio or nok_per_person")
        return self

    @property
    def english_name(self) -> str:
        return self.name_en or self.indicator_id.replace("_", " ").capitalize()

    @property
    def terms(self) -> dict[str, Term]:
        return {role: term for role in ROLES if (term := getattr(self, role))}

    @property
    def datasets(self) -> set[str]:
        return {term.dataset for term in self.terms.values()}

    @property
    def scale(self) -> float:
        """What numerator over denominator is multiplied by: 1000 where kroner come from amounts in thousands."""
        in_thousands = self.numerator is not None and self.numerator.unit == "thousand_nok"
        return {"percent": 100.0, "per_1000": 1000.0}.get(self.unit, 1000.0 if in_thousands else 1.0)


def load_indicators(folder: Path) -> list[Indicator]:
    """All indicators of the registry in order of file and entry. An entry ``of_all`` says what those after it in the file say
    where they do not say otherwise; one with ``for_each`` makes its ``entries`` for each of its rows.

    Raises IndicatorError naming the file and entry when one is not valid or an id stands twice.
    """
    found: dict[str, Indicator] = {}
    for path in sorted(folder.glob("*.yml")):
        of_all: dict[str, Any] = {}
        for number, raw in enumerate(read_yaml(path) or [], start=1):
            if isinstance(raw, dict) and raw.keys() == {"of_all"}:
                of_all = raw["of_all"]
                continue
            for one in _made(raw, f"{path.name}, entry {number}"):
                indicator = _parse(of_all | one if isinstance(one, dict) else one, f"{path.name}, entry {number}")
                if indicator.indicator_id in found:
                    raise _error("one entry per indicator_id", f"{indicator.indicator_id} a second time", path.name)
                found[indicator.indicator_id] = indicator
    return list(found.values())


def _made(raw: Any, where: str) -> list[Any]:
    """The entries that an entry of the file stands for: itself, or those of a family, with each row's words in their texts."""
    if not isinstance(raw, dict) or "for_each" not in raw:
        return [raw]
    rows, entries = raw["for_each"], raw.get("entries")
    if raw.keys() != {"for_each", "entries"} or not isinstance(rows, list) or not isinstance(entries, list):
        raise _error("`for_each` with rows and `entries` with what is made for each", ", ".join(raw), where)
    return [_with_words(entry, row, where) for row in rows for entry in entries]


def _with_words(value: Any, row: dict[str, Any], where: str) -> Any:
    """A value of an entry with ``{word}`` replaced by what the row calls so; the word alone stands for a list or mapping too."""
    if isinstance(value, dict):
        return {key: _with_words(inner, row, where) for key, inner in value.items()}
    if isinstance(value, str) and value.startswith("{") and value[1:-1] in row:
        return row[value[1:-1]]
    try:
        return value.format_map(row) if isinstance(value, str) else value
    except (KeyError, ValueError, IndexError) as missing:
        raise _error(f"one of {', '.join(row)} between braces", str(missing), where) from missing


def _parse(raw: Any, where: str) -> Indicator:
    try:
        return Indicator.model_validate(raw)
    except ValidationError as problem:
        raise _error("a valid indicator (see docs/adding-an-indicator.md)", str(problem), where) from problem


def _error(expected: str, found: str, where: str) -> IndicatorError:
    return IndicatorError(expected=expected, found=found, where=where, next_step="correct the entry and run again")


def check_references(
    indicators: list[Indicator], dataset_ids: set[str], dimensions: dict[str, set[str] | None], units: set[str]
) -> None:
    """Check that every term names a known dataset, unit, dimension and code (None = open dimension, any code)."""
    for indicator in indicators:
        where = indicator.indicator_id
        if indicator.unit not in units:
            raise _error(f"a unit of units.yml: {', '.join(sorted(units))}", indicator.unit, where)
        for dimension in indicator.keep:
            if dimension not in dimensions:
                raise _error(f"one of {', '.join(dimensions)} in keep", dimension, where)
        for role, term in indicator.terms.items():
            if term.dataset not in dataset_ids:
                raise _error("a dataset with a spec", term.dataset, f"{where}, {role}")
            if term.unit not in units:
                raise _error(f"a unit of units.yml: {', '.join(sorted(units))}", term.unit, f"{where}, {role}")
            for dimension, code in term.where.items():
                known = dimensions.get(dimension, set())
                if dimension not in dimensions or (known is not None and code not in known):
                    raise _error("a conformed dimension and code", f"{dimension}: {code}", f"{where}, {role}")


def term_rows(indicators: list[Indicator], dimensions: list[str]) -> list[dict[str, Any]]:
    """One row per term: per dimension the code held fast, ``*`` where it is kept, ``all`` otherwise.

    ``match_<dimension>`` tells whether numerator and denominator must agree on the kept dimension: a denominator that
    holds it fast serves every code of the numerator.
    """
    rows = []
    for indicator in indicators:
        held_by_denominator = set(indicator.denominator.where) if indicator.denominator else set()
        for role, term in indicator.terms.items():
            row: dict[str, Any] = {
                "indicator_id": indicator.indicator_id,
                "role": role,
                "dataset_id": term.dataset,
                "measure": term.measure,
                "unit": term.unit,
            }
            for name in dimensions:
                kept = name in indicator.keep and name not in term.where
                row[name] = KEPT if kept else term.where.get(name, "all")
                row[f"match_{name}"] = name in indicator.keep and name not in held_by_denominator
            rows.append(row)
    return rows
