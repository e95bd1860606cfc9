"""From IMDi's words to our codes: column names, units, dimension labels, country names and region numbers.

Here: looking a word up in the spec and the code lists, and the error when it is unknown. Not here: reading files.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sources.dataset.dimensions import dimensions, fold, open_code
from sources.dataset.spec import DatasetSpec, UpstreamColumn
from sources.errors import LayoutError, UnknownLabelError
from sources.files import read_yaml
from sources.imdi.body import normal_name

UNITS = {"personer": "persons", "prosent": "percent", "kroner": "nok", "promille": "per_1000"}
"""IMDi's units; a spec's own ``units`` go first (a median in kroner is not a sum of kroner)."""

LEVELS = {"K": ("municipality", 4), "F": ("county", 2), "N": ("business_region", 2), "B": ("city_district", 6)}
"""Key letter of the website's files -> (region level, digits of the code)."""

COUNTRY_AS_COUNTY = "00"

_CITY_DISTRICT = re.compile(r"0301[0-9]{2}|000301")
"""IMDi has the districts of Oslo, and Oslo among them as 000301: another number with zeros before it is no district."""


@dataclass(frozen=True)
class Match:
    """The columns of one file: which header holds which column of the spec."""

    columns: dict[str, UpstreamColumn]
    absent: list[UpstreamColumn] = field(default_factory=list)


def match_columns(spec: DatasetSpec, headers: list[str], where: str) -> Match:
    """Find the spec's columns among the dimension headers of a file, by name or alias, in any order.

    Raises LayoutError for an unknown header, a header twice, or a column that is not there (unless it is optional).
    """
    by_name = {normal_name(name): column for column in spec.columns for name in (column.name, *column.aliases)}
    found: dict[str, UpstreamColumn] = {}
    for header in headers:
        column = by_name.get(normal_name(header))
        if column is None:
            raise LayoutError(
                expected="only the columns " + ", ".join(repr(c.name) for c in spec.columns),
                found=f"an unknown column {header!r}",
                where=where,
                next_step="if it is a new name of a known column, add it to that column's aliases in the spec of "
                f"{spec.dataset_id}; if it is a new breakdown, describe it there",
            )
        if any(column is other for other in found.values()):
            raise _column_error(f"column {column.name!r} twice", spec, where)
        found[header] = column
    absent = [column for column in spec.columns if not any(column is other for other in found.values())]
    for column in absent:
        if column.role == "measure" or not column.optional:
            raise _column_error(f"no column {column.name!r}", spec, where)
    return Match(found, absent)


def _column_error(found: str, spec: DatasetSpec, where: str) -> LayoutError:
    return LayoutError(
        expected="each of the columns " + ", ".join(repr(c.name) for c in spec.columns) + " once",
        found=found,
        where=where,
        next_step=f"compare the header with the spec of {spec.dataset_id}; a renamed column needs an alias there",
    )


class LabelMap:
    """Upstream labels of one column -> codes. New labels of an open dimension get a code made from the label."""

    def __init__(self, column: UpstreamColumn, where: str) -> None:
        self._column = column
        self._where = where
        self._own = {fold(label): code for label, code in column.codes.items()}
        self._ignored = {fold(label) for label in column.ignore_labels}
        self.new: dict[str, str] = {}

    def is_ignored(self, label: str) -> bool:
        return fold(label) in self._ignored

    def code_of(self, label: str) -> str | None:
        """The code, or None when the column's list is closed and does not hold the label."""
        if (code := self._own.get(fold(label))) is not None:
            return code
        if self._column.role == "measure" or self._column.dimension is None:
            return None
        if self._column.dimension == "country_background" and (code := country_codes().get(fold(label))) is not None:
            return code
        dimension = dimensions()[self._column.dimension]
        if (code := dimension.code_of(label)) is not None:
            return code
        return self._open(label) if dimension.open else None

    def _open(self, label: str) -> str | None:
        code = open_code(label)
        taken = {*self._own.values(), *(c for text, c in self.new.items() if fold(text) != fold(label))}
        if not code or code in taken:
            return None
        self.new[label] = code
        return code

    def unknown(self, label: str, line: str) -> UnknownLabelError:
        known = sorted(self._column.codes) or sorted(
            text for code in dimensions()[self._column.dimension or ""].codes.values() for text in code.labels
        )
        return UnknownLabelError(
            expected=f"a known label in column {self._column.name!r} ({', '.join(known[:12])})",
            found=repr(label),
            where=f"{self._where} {line}",
            next_step="add the label to the column's codes in the dataset spec, with the code it stands for",
        )


@cache
def countries() -> dict[str, list[str]]:
    """SSB's three-digit country codes -> Norwegian names, the one IMDi shows first."""
    raw = read_yaml(Path(__file__).parent / "countries.yml")
    return {str(code): names if isinstance(names, list) else [names] for code, names in raw.items()}


@cache
def country_codes() -> dict[str, str]:
    """Country name or three-digit code, folded -> code; the total is ``all``."""
    return {fold(text): code for code, names in countries().items() for text in (code, *names)}


def unit_of(spec: DatasetSpec, label: str, where: str) -> str:
    """The unit code of an ``Enhet`` label. Raises UnknownLabelError."""
    own = {fold(text): code for text, code in spec.units.items()}
    code = own.get(fold(label)) or UNITS.get(fold(label))
    if code is None:
        raise UnknownLabelError(
            expected="a known unit: " + ", ".join(sorted({*own, *UNITS})),
            found=repr(label),
            where=where,
            next_step=f"add the unit to `units` in the spec of {spec.dataset_id}",
        )
    return code


def region_of(number: str, key: str) -> tuple[str, str] | None:
    """(region code, region level) of a number of the level a key letter names, with lost leading zeros put back.

    The whole country is county 00. None when it is no region number of that level.
    """
    level, digits = LEVELS[key]
    bare = number.strip()
    if not re.fullmatch(r"[0-9]+", bare) or len(bare) > digits:
        return None
    code = bare.zfill(digits)
    if level == "city_district" and not _CITY_DISTRICT.fullmatch(code):
        return None
    return code, "country" if level == "county" and code == COUNTRY_AS_COUNTY else level


def new_labels_of(maps: dict[str, LabelMap], notes: Counter[str]) -> dict[str, list[str]]:
    """New labels by dimension, and their number in the notes."""
    found = {name: sorted(labels.new) for name, labels in maps.items() if labels.new}
    for labels in found.values():
        notes["new labels in an open dimension"] += len(labels)
    return found
