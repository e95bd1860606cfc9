"""The plan of the invented tables, read from plan.yml.

Here: its model and the code list of each column. Not here: drawing figures.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from sources.dataset.dimensions import TOTAL, dimensions
from sources.dataset.spec import DatasetSpec, UpstreamColumn
from sources.files import Declared, read_yaml
from sources.imdi.labels import countries

Groups = tuple[int, int, int, int]


class Mean(Declared):
    """An average: its level by group in steps of 1/10 of the unit, and the fewest persons it is shown for."""

    level: Groups
    step: int
    hide: int


class Recipe(Declared):
    """How one table is drawn. The fields are described at the head of plan.yml."""

    kind: Literal["count", "flows", "settlement", "minors", "per_1000", "grants"] = "count"
    first_year: int = 2022
    last_year: int = 2025
    of: Literal["people", "refugees", "participants", "leavers", "cohorts", "years_since"] = "people"
    universe: Groups = (20, 20, 50, 60)
    rate: Groups | None = None
    tilt: dict[str, int] = {}
    same_as: str | None = None
    women: int = 1000
    trend: int = 0
    percent_of: str | None = None
    units: list[str] = []
    mean: Mean | None = None
    shares: dict[str, dict[str, int | Groups]] = {}
    skip: list[str] = []
    lacks: list[str] = []
    without_total: list[str] = []
    uncrossed: bool = False
    decimal: Literal[".", ","] = "."
    lost_zeros: bool = False
    headers: dict[str, str] = {}

    @property
    def unit_labels(self) -> list[str]:
        """The units of the table's rows, in IMDi's words."""
        return self.units or (["Personer", "Prosent"] if self.rate or self.percent_of else ["Personer"])


class Plan(Declared):
    """The whole plan."""

    lists: dict[str, list[str]]
    unions: dict[str, list[str]]
    labels: dict[str, dict[str, str]]
    shares: dict[str, dict[str, int | Groups]]
    tables: dict[str, Recipe]

    def recipe(self, table: str) -> Recipe:
        """The recipe of a table; one that the plan does not name is drawn from its spec alone."""
        return self.tables.get(table, Recipe())

    def share(self, recipe: Recipe, dimension: str, code: str) -> Groups:
        """The part of each group that has a code, in parts of any size; 100 when the plan is silent."""
        found = recipe.shares.get(dimension, {}).get(code) or self.shares.get(dimension, {}).get(code, 100)
        return found if isinstance(found, tuple) else (found, found, found, found)


@cache
def plan() -> Plan:
    """The plan that ships with the product."""
    raw = read_yaml(Path(__file__).parent / "plan.yml")
    return Plan.model_validate(raw)


def members(spec: DatasetSpec, column: UpstreamColumn, recipe: Recipe) -> dict[str, str]:
    """Code -> IMDi's label of the members of a column, the total first when there is one."""
    if column.role == "measure":
        return _first_labels(column)
    dimension = str(column.dimension)
    listed = next((plan().lists[alias] for alias in column.aliases if alias in plan().lists), None)
    if listed is None and not column.codes:
        listed = [code for code in dimensions()[dimension].codes if code != "unlabelled"]
    if listed is None:
        listed = list(dict.fromkeys([TOTAL, *column.codes.values()]))
    if dimension in recipe.without_total:
        listed = [code for code in listed if code != TOTAL]
    own = _first_labels(column)
    return {code: own.get(code) or _label(dimension, code) for code in listed}


def _first_labels(column: UpstreamColumn) -> dict[str, str]:
    labels: dict[str, str] = {}
    for label, code in column.codes.items():
        labels.setdefault(code, label)
    return labels


def _label(dimension: str, code: str) -> str:
    if dimension == "country_background" and code in countries():
        return countries()[code][0]
    if label := plan().labels.get(dimension, {}).get(code):
        return label
    first = dimensions()[dimension].codes[code].labels[0]
    return first[:1].upper() + first[1:]
