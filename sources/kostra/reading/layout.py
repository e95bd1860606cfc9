"""The record layouts of the KOSTRA attachments, one YAML file a form and reporting year.

Here: the model of a layout and finding the one a file follows. Not here: reading a file or what a field means.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from sources.files import Declared, read_yaml

FOLDER = Path(__file__).parents[1] / "layouts"

Attachment = Literal["11F", "11CF", "regnskap"]


class Field(Declared):
    """One field: first position (from 1), length, and what its content must be."""

    at: int
    size: int
    type: Literal["text", "integer", "signed", "date"] = "text"
    required: bool = False
    codes: list[str] = []

    @property
    def end(self) -> int:
        return self.at + self.size - 1


class MonthSeries(Declared):
    """Twelve equal fields, one a month, ``step`` positions apart. A ``flag`` holds the month's number or blanks."""

    at: int
    size: int
    step: int
    type: Literal["flag", "integer"]

    def month(self, number: int) -> Field:
        """The field of month 1-12."""
        codes = [f"{number:02d}"] if self.type == "flag" else []
        kind: Literal["text", "integer"] = "text" if self.type == "flag" else "integer"
        return Field(at=self.at + (number - 1) * self.step, size=self.size, type=kind, codes=codes)


class Layout(Declared):
    """The layout of one attachment in one reporting year (the accounts file has one layout for all years)."""

    attachment: Attachment
    year: int | None
    record_length: int
    fields: dict[str, Field]
    months: dict[str, MonthSeries]

    @model_validator(mode="after")
    def _inside_the_record(self) -> Layout:
        ends = [field.end for field in self.fields.values()]
        ends += [series.month(12).end for series in self.months.values()]
        if max(ends) > self.record_length:
            raise ValueError(f"a field ends at {max(ends)}, after the record of {self.record_length}")
        return self

    @property
    def name(self) -> str:
        """How receipts and messages name it: ``11F 2025`` or ``regnskap``."""
        return self.attachment if self.year is None else f"{self.attachment} {self.year}"

    def checked_fields(self) -> dict[str, Field]:
        """Every field that is read or checked, months included, in order of position."""
        everything = dict(self.fields)
        for series_name, series in self.months.items():
            everything.update({f"{series_name}_{number}": series.month(number) for number in range(1, 13)})
        return dict(sorted(everything.items(), key=lambda item: item[1].at))


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts, by attachment and year."""
    found = [Layout.model_validate(read_yaml(p)) for p in FOLDER.glob("*.yml")]
    return tuple(sorted(found, key=lambda layout: (layout.attachment, layout.year or 0)))


def yearly_layouts(year: int) -> list[Layout]:
    """The layouts of 11F and 11CF in a reporting year; empty when the year is not known."""
    return [layout for layout in layouts() if layout.year == year]


def known_years() -> list[int]:
    """The reporting years that have a layout."""
    return sorted({layout.year for layout in layouts() if layout.year is not None})


def accounts_layout() -> Layout:
    """The layout of the accounts file."""
    return next(layout for layout in layouts() if layout.attachment == "regnskap")
