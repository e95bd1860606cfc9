"""What each section shows, as declared in sections.yml.

Here: the form of a declaration and its check. Not here: any section or text (the YAML files), or reading marts.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from report.model import Role
from sources.files import Declared, read_yaml

_FILE = Path(__file__).parent / "sections.yml"


class Noun(Declared):
    """The word counted, when the unit's own is too bare."""

    singular: str
    plural: str


class Groups(Declared):
    """Population groups side by side. Each entry of ``codes`` lists alternatives: the first with a figure is shown."""

    dimension: str
    codes: list[list[str]]


class IndicatorFigure(Declared):
    """An indicator of dim_indicator. Of several ids the first with a figure for one of the areas is shown."""

    indicator: list[str] = Field(min_length=1)
    where: dict[str, str] = Field(default={}, description="breakdown -> code; every other breakdown is the total")
    groups: Groups | None = None
    is_headline: bool = False
    phrase: str | dict[str, str] = Field(default="", description="one for all ids, or one an id")
    noun: Noun | None = None
    unit: str = Field(default="", description="other key of texts.yml units than the indicator's")
    form: Literal["", "bars", "lines"] = ""
    has_per_capita: bool = Field(default=True, description="a count of persons is also told per 1000 inhabitants")

    def phrase_of(self, indicator_id: str) -> str:
        """The phrase for one of the ids."""
        return self.phrase.get(indicator_id, "") if isinstance(self.phrase, dict) else self.phrase


class MartLine(Declared):
    """A line of a mart figure: which rows, and what area they stand for. «{municipality}» and «{county}» are codes."""

    role: Role
    name: str = Field(default="", description="key of texts.yml figures.<id>; empty = the area's name")
    where: dict[str, str | int | bool] = {}


class MartFigure(Declared):
    """A column of any published table, one line per declared selection of rows."""

    mart: str
    figure: str = Field(description="key of texts.yml figures: title, definition, missing, names of lines")
    value: str
    low: str = ""
    high: str = ""
    status: list[str] = Field(
        default=[], description="columns that say why there is no value; the first that is not ok"
    )
    period: str = "year"
    unit: str
    lines: list[MartLine]
    datasets: list[str] = []
    sums: bool = Field(default=False, description="add the rows of a period (kroner of several schemes)")
    is_headline: bool = False
    is_forecast: bool = False
    phrase: str = ""
    form: Literal["", "bars", "lines"] = ""


class SplitRow(Declared):
    """An indicator, with the codes of the breakdowns that the table does not part it by."""

    indicator: str
    where: dict[str, str] = {}


class SplitTable(Declared):
    """The newest figures of the municipality parted by a breakdown: a row an indicator, a column a group."""

    split: str = Field(description="key of texts.yml topics: title, heads of the first columns")
    dimension: str
    codes: list[list[str]] = Field(description="columns; each lists alternatives, the first with a figure is shown")
    rows: list[SplitRow]


class Topic(Declared):
    """A block that code builds because it is no figure by area and year: forecast, cadence, revisions, sources …"""

    topic: str


def _kind(raw: object) -> str:
    keys = raw if isinstance(raw, dict) else raw.__dict__
    return next((name for name in ("indicator", "mart", "split", "topic") if name in keys), "topic")


Shown = Annotated[
    Annotated[IndicatorFigure, Tag("indicator")]
    | Annotated[MartFigure, Tag("mart")]
    | Annotated[SplitTable, Tag("split")]
    | Annotated[Topic, Tag("topic")],
    Discriminator(_kind),
]


class SectionSpec(Declared):
    """A section: its key in texts.yml and what it shows, in order."""

    section: str
    is_annex: bool = Field(
        default=False, description="about the statistics: on the page and in the workbook, not printed"
    )
    shows: list[Shown]


class Declarations(Declared):
    """The report from first to last section."""

    sections: list[SectionSpec]


@cache
def declarations() -> Declarations:
    """sections.yml, checked. Raises pydantic.ValidationError naming the entry that is wrong."""
    return Declarations.model_validate(read_yaml(_FILE))
