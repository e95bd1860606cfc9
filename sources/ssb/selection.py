"""What a spec asks of an SSB table: the settings, and the exact codes they mean in the table as it is today.

Here: `SsbQuery` (``options.ssb``), its check against metadata, counting, splitting. Not here: calling SSB.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from sources.options import Options

CODELIST_PATTERN = r"^(agg|agg_single|vs)_[^\s/?#&\[\]]{1,100}$"
CODE_PATTERN = r"^[^\s,;\[\]()\"'<>&#/\\]{1,80}$"
_EXPRESSION = re.compile(r"^(?P<name>top|bottom|from|to|range)\((?P<arguments>[^()]*)\)$")


class Choice(Options):
    """Which codes of one variable are asked for.

    ``codes`` holds codes and expressions side by side: ``3909``, ``*``, ``????`` (any four characters), ``top(3)``,
    ``top(3,1)``, ``bottom(2)``, ``from(2015)``, ``to(2020)``, ``range(2015,2020)``. All are turned into exact codes
    from the metadata before the call. ``codelist_label`` picks a codelist by its label (``*`` stands for any text,
    case does not count; exactly one must match), ``codelist`` by its id (SSB's ids are case-sensitive).
    ``only_present`` leaves out listed codes that the table does not hold (old municipality codes); without it such a
    code is an error.
    ``eliminate`` leaves the variable out of the call knowingly, which makes SSB return its total.
    """

    codes: list[Annotated[str, Field(min_length=1, max_length=80)]] = []
    codelist: str | None = Field(default=None, pattern=CODELIST_PATTERN)
    codelist_label: str | None = Field(default=None, min_length=1, max_length=200)
    only_present: bool = False
    eliminate: bool = False

    @field_validator("codes")
    @classmethod
    def _codes_are_plain(cls, codes: list[str]) -> list[str]:
        for code in codes:
            if not _EXPRESSION.match(code) and not re.match(CODE_PATTERN, code):
                raise ValueError(f"{code!r} is neither a code nor an expression")
        return codes

    @model_validator(mode="after")
    def _one_kind(self) -> Choice:
        if self.eliminate and (self.codes or self.codelist or self.codelist_label):
            raise ValueError("eliminate stands alone: the variable is left out of the call")
        if not self.eliminate and not self.codes:
            raise ValueError("codes are needed; ['*'] asks for all of them")
        if self.codelist and self.codelist_label:
            raise ValueError("name the codelist by id or by label, not both")
        return self


class SsbQuery(Options):
    """``options.ssb`` of a dataset: the table, and a choice for every variable of it.

    ``selection`` maps each variable code of the table to a choice, or to a list of choices where one variable needs
    several codelists (country, counties, municipalities): each is asked by itself and the bodies are kept in that
    order. Every variable must be named, since SSB sums silently over one that is left out.

    Example::

        options:
          ssb:
            selection:
              Region:
                - {codes: ["0"]}
                - {codelist_label: "*kommuner*sammenslåtte*", codes: ["*"]}
              Kjonn: {eliminate: true}
              ContentsCode: {codes: [Personer1]}
              Tid: {codes: ["from(2015)"]}

    ``table`` defaults to the spec's upstream_id. ``kostra`` sets the rule of SSB's reporting year: figures of year Y
    are unrevised from 15 March and final from 15 June of Y+1. ``final_from`` (month-day) gives another table such a
    date; without either the publication status is unknown.
    """

    table: str | None = Field(default=None, pattern=r"^[0-9A-Za-z]{4,10}$")
    selection: dict[str, Choice | list[Choice]]
    language: Literal["no", "en"] = "no"
    api: Literal["v2", "v1"] = "v2"
    kostra: bool = False
    final_from: str | None = Field(default=None, pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")

    @field_validator("selection")
    @classmethod
    def _variables(cls, selection: dict[str, Choice | list[Choice]]) -> dict[str, Choice | list[Choice]]:
        for variable, choice in selection.items():
            if not re.match(r"^[^\s/?#&\[\]]{1,80}$", variable):
                raise ValueError(f"{variable!r} is not a variable code")
            if isinstance(choice, list) and not choice:
                raise ValueError(f"{variable}: an empty list of choices")
        return selection
