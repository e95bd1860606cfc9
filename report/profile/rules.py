"""The rule that chooses findings and the rows of the barometer, as declared in rules.yml.

Here: the form of the declaration and its check. Not here: any number or name (rules.yml), or what is done with them.
"""

from functools import cache
from pathlib import Path

from pydantic import Field

from sources.files import Declared, read_yaml

_FILE = Path(__file__).parent / "rules.yml"
_ENDINGS = ("_share", "_persons", "_nok", "_per_1000", "_children")


class AsBefore(Declared):
    """How small a change must surely be to be none: so many percent of the figure, at most so many points of a share."""

    points: float = Field(gt=0)
    percent: float = Field(gt=0)


class BaseOf(Declared):
    """The persons behind a figure that has no counts of its own: the first indicator with a figure, in one breakdown."""

    indicator: list[str] = Field(min_length=1)
    where: dict[str, str] = {}


class Row(Declared):
    """A line of the barometer: the first indicator with a figure for the municipality, in one breakdown; ``row`` names it."""

    row: str
    indicator: list[str] = Field(min_length=1)
    where: dict[str, str] = {}


class Tile(Declared):
    """A number at the top of the profile: the first indicator with a figure for the municipality, in one breakdown."""

    tile: str
    indicator: list[str] = Field(min_length=1)
    where: dict[str, str] = {}


class BarometerGroup(Declared):
    """The lines of one of the five groups, in order."""

    group: str
    rows: list[Row]


class Rules(Declared):
    """rules.yml. Persons are persons of the municipality; scores are standard deviations among the municipalities."""

    least_persons: int = Field(gt=0)
    least_persons_uncounted: int = Field(gt=0)
    least_counted: int = Field(gt=0)
    uncounted_percent: float = Field(gt=0)
    as_before: AsBefore
    old_after_years: int
    oldest_years: int
    freshness: float = Field(gt=0, le=1)
    undirected: float = Field(gt=0, le=1)
    least_score: float
    least_score_first: float
    rank_percent: float
    most: int
    fewest: int
    most_of_group: int
    prefer: dict[str, list[str]]
    indicator_prefer: dict[str, dict[str, list[str]]]
    counts: dict[str, str]
    base_of: dict[str, BaseOf]
    not_of_persons: list[str]
    decided: list[str]
    families: dict[str, list[str]]
    never: list[str]
    tiles: list[Tile]
    barometer: list[BarometerGroup]

    def wanted(self, indicator_id: str, dimension: str) -> list[str]:
        """Codes of a breakdown in the order they are looked for; the total where nothing is declared."""
        own = self.indicator_prefer.get(indicator_id, {})
        return own.get(dimension) or self.prefer.get(dimension) or ["all"]

    def family(self, indicator_id: str) -> str:
        """The matter an indicator is about; two indicators of one family are not both found."""
        named = next((family for family, ids in self.families.items() if indicator_id in ids), None)
        if named:
            return named
        ending = next((ending for ending in _ENDINGS if indicator_id.endswith(ending)), "")
        return indicator_id.removesuffix(ending)

    def count_of(self, indicator_id: str) -> str:
        """The indicator that counts the persons of a share."""
        return self.counts.get(indicator_id) or indicator_id.removesuffix("_share") + "_persons"


@cache
def rules() -> Rules:
    """rules.yml, checked. Raises pydantic.ValidationError naming the entry that is wrong."""
    return Rules.model_validate(read_yaml(_FILE))
