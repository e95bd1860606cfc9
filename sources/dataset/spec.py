"""The dataset spec: what one YAML file says about one upstream dataset.

Here: the model, its validation, and finding the files. Not here: reading data or calling anyone.
A dataset is one file ``sources/<source>/datasets/<name>.yml``; ``dataset_id`` is ``<source>_<name>``; what it leaves
out, its place and its publisher's defaults.yml say (defaults.py).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema, model_validator

from sources import vocabulary
from sources.dataset.defaults import filled_up
from sources.dataset.dimensions import DIMENSIONS, dimensions, units
from sources.errors import SpecError
from sources.files import Declared

READING_SHAPE = 2
"""Counts the shapes that observations have been kept in: a new one makes every reading anew from its bytes."""
ID_PATTERN = r"^[a-z][a-z0-9_]{1,79}$"
UPSTREAM_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,79}$"


def _word_of(kind: str) -> Any:
    """The type of a code of a list in vocabulary.yml."""
    known = vocabulary.codes(kind)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{value!r} is none of {', '.join(known)}")
        return value

    return Annotated[str, AfterValidator(check), WithJsonSchema({"enum": list(known), "type": "string"})]


StatisticGroup = _word_of("statistic_group")
Cadence = _word_of("cadence")
RegionLevel = _word_of("region_level")
ValueStatus = Literal["ok", "suppressed", "missing", "contradicted_zero", "not_applicable", "not_finite"]


class UpstreamColumn(Declared):
    """A dimension column of the upstream file.

    ``role: dimension`` maps its labels to a conformed dimension, ``role: measure`` to measure names. ``codes`` maps
    upstream label to code (the first label of a code is its Norwegian label); a label that is not there is looked up
    in dimensions.yml.
    """

    name: str
    aliases: list[str] = []
    role: Literal["dimension", "measure", "ignore"] = "dimension"
    dimension: str | None = None
    codes: dict[str, str] = {}
    ignore_labels: list[str] = Field(default=[], description="labels whose rows repeat another row and are left out")
    optional: bool = Field(default=False, description="a file may lack the column; its rows are then the total")

    @model_validator(mode="after")
    def _check(self) -> UpstreamColumn:
        if self.role == "dimension" and self.dimension not in DIMENSIONS:
            raise ValueError(f"column {self.name!r}: dimension must be one of {', '.join(DIMENSIONS)}")
        if self.role == "measure" and not self.codes:
            raise ValueError(f"column {self.name!r}: a measure column needs codes")
        return self


class HiddenRule(Declared):
    """What a status tells of the true value: it lies in [low, high]. ``high: null`` = no upper bound is known."""

    status: ValueStatus = "suppressed"
    unit: str = "persons"
    low: float = 0
    high: float | None = None
    from_year: int | None = None
    to_year: int | None = None
    basis: str = Field(description="who says so: the publisher's text, or why the wider interval was chosen")


class RoundingRule(Declared):
    """Small counts that the publisher prints as another number: a printed value stands for any of [low, high].

    Holds for inner cells, which are a total in none of the dimensions of ``parts``; a total is the sum of its inner
    cells' intervals. ``levels`` are the region levels it was seen at, ``measures`` empty = every measure of the unit.
    ``by_year``: the publisher does so in some years only, and a year whose cells print what rounding would have
    changed is exact.
    """

    values: dict[float, tuple[float, float]] = Field(description="printed value -> least and most it may stand for")
    levels: list[RegionLevel]
    unit: str = "persons"
    measures: list[str] = []
    from_year: int | None = None
    to_year: int | None = None
    by_year: bool = False
    basis: str = Field(description="who says so, or what in the figures shows it")

    @model_validator(mode="after")
    def _check(self) -> RoundingRule:
        for printed, (low, high) in self.values.items():
            if not low <= printed <= high:
                raise ValueError(f"rounding: printed {printed:g} lies outside [{low:g}, {high:g}]")
        return self


class Break(Declared):
    """A change of definition: figures of ``year`` and later do not compare with those before."""

    year: int
    note_nb: str
    measures: list[str] = []


class Gate(Declared):
    """How far a new release may differ from the one before and still be taken without a person looking."""

    min_row_ratio: float = 0.9
    max_row_ratio: float = 1.8
    max_lost_years: int = 0
    max_lost_region_ratio: float = 0.05
    max_total_ratio: float = Field(
        default=1.9, description="the sum of a measure in one year against the release before"
    )
    max_hidden_share: float = 0.95
    max_share_above_100: float = Field(
        default=0.05, description="share of the cells in per cent that may lie above 100"
    )
    max_hidden_rise: float = Field(default=0.3, description="how much larger the share without a figure may become")
    max_total_fall: float = Field(
        default=0.3, description="how far the sum of a measure may fall in a year that was closed"
    )
    max_jump_share: float = Field(
        default=0.05, description="share of revised cells of closed years that may jump tenfold"
    )
    max_lost_code_ratio: float = Field(default=0.05, description="codes of an open dimension that may disappear")
    max_places_under_two_codes: int = 0
    max_contradicted_zeros: int = Field(default=10, description="totals of 0 beside parts that are more than 0")
    passing_measures: list[str] = Field(
        default=[], description="measures that go when a year is over (agreed, not yet settled): their end is no loss"
    )
    known_takeovers: dict[str, str] = Field(
        default={}, description="measure -> measure that is known to take over its earlier figures: noted, not held"
    )


class Expected(Declared):
    """What every whole file of the dataset has been seen to hold. A first release of the whole country is held when it
    lacks any of it; later ones stand against the release before."""

    first_year: int | None = None
    last_year: int | None = Field(default=None, description="a year that was final when this was written")
    measures: list[str] = []


class TableColumn(Declared):
    """A column of a reference table (``shape: table``), by the name and type that the marts read it with.

    ``integer`` holds years and other small numbers (to 2 147 483 647), ``bigint`` kroner and counts.
    """

    name: str = Field(pattern=ID_PATTERN)
    header: str = Field(default="", description="what a published file's header calls it, where that is not its name")
    type: Literal["text", "integer", "bigint", "decimal", "boolean", "date"] = "text"
    required: bool = False
    description: str
    allowed: list[str] = []


class DatasetSpec(Declared):
    """All that is known of one upstream dataset. See docs/datasets.md for the fields with examples."""

    dataset_id: str = Field(pattern=ID_PATTERN)
    source: str = Field(pattern=r"^[a-z][a-z0-9]{1,39}$", description="the publisher: the name of its folder")
    upstream_id: str = Field(pattern=UPSTREAM_ID_PATTERN)
    title_nb: str
    description_nb: str = ""
    statistic_group: StatisticGroup
    shape: Literal["observation", "table"] = "observation"
    declared_cadence: Cadence
    cadence_note: str = ""
    licence: str
    attribution_nb: str
    link: str
    first_year: int | None = None
    region_levels: list[RegionLevel] = []
    period_kind: Literal["year", "quarter", "month", "point"] = "year"
    set_for_the_year: list[str] = Field(
        default=[], description="measures that are set for a year (a request, a rate) and not counted through it"
    )
    measure: str | None = Field(default=None, description="measure name when no column gives it")
    names_measures: bool = Field(
        default=False, exclude=True, description="upstream's file names no measure: `measure` or a measure column must"
    )
    constants: dict[str, str] = Field(default={}, description="conformed dimension -> code that holds for every row")
    columns: list[UpstreamColumn] = []
    units: dict[str, str] = Field(default={}, description="upstream unit label -> unit code of units.yml")
    markers: dict[str, ValueStatus] = Field(
        default={}, description="marks in place of a figure, beside those the publisher is known for -> what they mean"
    )
    hidden: list[HiddenRule] = []
    rounding: list[RoundingRule] = []
    parts: dict[str, list[str]] = Field(
        default={}, description="dimension -> its codes that add up to the total; other codes group the same otherwise"
    )
    breaks: list[Break] = []
    gate: Gate = Gate()
    expects: Expected | None = Field(default=None, description="what a first release of the whole country must hold")
    table_columns: list[TableColumn] = []
    table_key: list[str] = []
    file_patterns: list[str] = Field(
        default=[], description="globs on the path inside an extracts folder; default by source"
    )
    geography: Literal["own_year", "today"] = Field(
        default="own_year",
        description="today = upstream has put all years on the areas of today; SSB's K- and F- codes say it themselves",
    )
    non_negative: bool = Field(default=True, description="false where a figure may lie below zero (net migration)")
    accumulates: bool = Field(
        default=False, description="each file holds periods of its own and all files together are the series (NAV)"
    )
    serves_before: list[str] = Field(
        default=[],
        description="datasets whose figures of a measure, unit, level and year this dataset's figures are used before",
    )
    verified: bool = Field(default=True, description="false = no source at hand has shown this dataset's real form")
    note: str = ""
    options: dict[str, object] = Field(default={}, description="settings of the publisher's own reader and client")

    @model_validator(mode="after")
    def _check(self) -> DatasetSpec:
        if not self.dataset_id.startswith(self.source + "_"):
            raise ValueError(f"dataset_id must start with '{self.source}_'")
        for name, code in self.constants.items():
            if name not in DIMENSIONS:
                raise ValueError(f"constants: {name!r} is no conformed dimension")
            if not dimensions()[name].open and code not in dimensions()[name].codes:
                raise ValueError(f"constants: {code!r} is no code of {name}")
        for label, unit in self.units.items():
            if unit not in units():
                raise ValueError(f"units: {label!r} -> {unit!r} is not in units.yml")
        for name, codes in self.parts.items():
            if name not in DIMENSIONS or not codes:
                raise ValueError(f"parts: {name!r} is no conformed dimension, or has no codes")
            unknown = set() if dimensions()[name].open else set(codes) - set(dimensions()[name].codes)
            if unknown:
                raise ValueError(f"parts: {', '.join(sorted(unknown))} is no code of {name}")
        for rule in (*self.hidden, *self.rounding):
            if rule.unit not in units():
                raise ValueError(f"hidden or rounding: unit {rule.unit!r} is not in units.yml")
        if self.names_measures and not (self.measure or any(c.role == "measure" for c in self.columns)):
            raise ValueError("names_measures: needs `measure` or a measure column")
        if self.shape == "table" and not self.table_columns:
            raise ValueError("a table dataset needs table_columns")
        measures = {self.measure, *(m for c in self.columns if c.role == "measure" for m in c.codes.values())}
        if not set(self.set_for_the_year) <= measures:
            raise ValueError(
                f"set_for_the_year: one of {', '.join(self.set_for_the_year)} is no measure of the dataset"
            )
        missing = set(self.table_key) - {c.name for c in self.table_columns}
        if missing:
            raise ValueError(f"table_key names unknown columns: {', '.join(sorted(missing))}")
        return self

    @property
    def is_private(self) -> bool:
        """Whether no run reads files of it: the municipality's own, which a command of their own turns into aggregates."""
        return bool(self.options.get("private"))

    @property
    def column_types(self) -> dict[str, str]:
        """The columns of a reference table with their types, in order."""
        return {column.name: column.type for column in self.table_columns}

    @property
    def version(self) -> str:
        """Twelve hex digits that change when anything in the spec changes, or the shape that readings are kept in."""
        return hashlib.sha256(f"{READING_SHAPE}{self.model_dump_json()}".encode()).hexdigest()[:12]


def spec_folder() -> Path:
    """Where the dataset files lie: the sources package itself."""
    return Path(__file__).parents[1]


def load_spec(path: Path) -> DatasetSpec:
    """Read one dataset file.

    Raises SpecError naming the file and the field when the YAML is not a valid spec.
    """
    try:
        return DatasetSpec.model_validate(filled_up(path))
    except (yaml.YAMLError, ValidationError, ValueError) as problem:
        raise SpecError(
            expected="a valid dataset spec (see docs/datasets.md)",
            found=str(problem),
            where=str(path.name),
            next_step="correct the named field; `integrering sources check` validates all specs",
        ) from problem


@cache
def load_specs(folder: Path | None = None) -> dict[str, DatasetSpec]:
    """Every dataset spec by dataset_id, in order of id. Two files with one id are an error."""
    specs: dict[str, DatasetSpec] = {}
    for path in sorted((folder or spec_folder()).glob("*/datasets/*.yml")):
        spec = load_spec(path)
        if spec.dataset_id in specs:
            raise SpecError(
                expected="one file per dataset_id",
                found=f"{spec.dataset_id} a second time",
                where=path.name,
                next_step="rename or remove one of the two files",
            )
        specs[spec.dataset_id] = spec
    return dict(sorted(specs.items()))
