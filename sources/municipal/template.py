"""What a template asks for: headers, hints, labels and rules, read from the dataset spec's options.

Here: the model of a template. Not here: writing one (writer.py), reading one (reader.py), the rules (rules.py).
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from sources.dataset.spec import DatasetSpec
from sources.files import Declared

Rule = Literal[
    "municipality_code", "year", "plan_year", "past_date", "month", "count", "amount", "age", "plan_name",
    "grant_year", "rate", "document", "region_code", "count_or_hidden", "amount_or_hidden",
]  # fmt: skip


class TemplateColumn(Declared):
    """A column as people see it: either ``labels`` (Norwegian label -> code) or ``rule`` says what may stand there."""

    header: str
    hint_nb: str
    example: str
    rule: Rule | None = None
    labels: dict[str, str] = {}

    @model_validator(mode="after")
    def _check(self) -> TemplateColumn:
        if bool(self.labels) == (self.rule is not None):
            raise ValueError(f"column {self.header!r} needs labels or a rule, and not both")
        return self


class Balance(Declared):
    """The row with ``total`` in column ``where`` equals the sum of the other rows, for each group of ``by``."""

    total: str
    where: str
    amount: str
    by: list[str]


class Whole(Declared):
    """For each value of ``by``, a value of ``where`` comes with every combination of ``columns`` in ``rows``, or not at all.

    A value of ``where`` that ``rows`` does not name has the combinations of ``others``.
    """

    by: str
    where: str
    columns: list[str]
    rows: dict[str, list[list[int | str | None]]]
    others: list[list[int | str | None]]


class Parts(Declared):
    """The rows of ``parts`` in column ``where`` add up to the row of ``total``, within ``tolerance``, for each group of ``by``
    and each of ``amounts`` that all of them have."""

    where: str
    total: str
    parts: list[str]
    by: list[str]
    amounts: list[str]
    tolerance: int


class Template(Declared):
    """A template: the sheet its rows stand in, what to write above them, and its columns by the spec's names."""

    sheet: str
    instructions_nb: list[str]
    columns: dict[str, TemplateColumn]
    balance: Balance | None = None
    whole: Whole | None = None
    parts: Parts | None = None

    @property
    def headers(self) -> list[str]:
        return [column.header for column in self.columns.values()]


def template_of(spec: DatasetSpec) -> Template:
    """The template of a municipal dataset. Raises ValueError when its columns are not those of the spec."""
    template = Template.model_validate(spec.options)
    wanted = [column.name for column in spec.table_columns]
    if list(template.columns) != wanted:
        raise ValueError(f"{spec.dataset_id}: the template has columns {list(template.columns)}, the spec {wanted}")
    return template
