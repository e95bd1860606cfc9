"""What a spec asks of an SSB table: the settings, and the exact codes they mean in the table as it is today.

Here: `SsbQuery` (``options.ssb``), its check against metadata, counting, splitting. Not here: calling SSB.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from sources.dataset.dimensions import fold
from sources.errors import LayoutError, SourceError
from sources.files import Declared
from sources.ssb.metadata import TableMetadata, Variable

CODELIST_PATTERN = r"^(agg|agg_single|vs)_[^\s/?#&\[\]]{1,100}$"
CODE_PATTERN = r"^[^\s,;\[\]()\"'<>&#/\\]{1,80}$"
_EXPRESSION = re.compile(r"^(?P<name>top|bottom|from|to|range)\((?P<arguments>[^()]+)\)$", re.IGNORECASE)


class Choice(Declared):
    """Which codes of one variable are asked for.

    ``codes`` holds codes and expressions side by side: ``3909``, ``*``, ``????`` (any four characters), ``top(3)``,
    ``top(3,1)``, ``bottom(2)``, ``from(2015)``, ``to(2020)``, ``range(2015,2020)``. All are turned into exact codes
    from the metadata before the call. ``codelist_label`` picks a codelist by its label (``*`` stands for any text,
    case does not count; exactly one must match), ``codelist`` by its id (SSB's ids are case-sensitive).
    ``only_present`` leaves out listed codes that the table does not hold (old municipality codes); without it such a
    code is an error.
    ``eliminate`` leaves the variable out of the call knowingly, which makes SSB return its total.
    """

    codes: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(default=[])
    codelist: str | None = Field(default=None, pattern=CODELIST_PATTERN)
    codelist_label: str | None = Field(default=None, min_length=1, max_length=200)
    only_present: bool = False
    eliminate: bool = False

    @field_validator("codes")
    @classmethod
    def _codes_are_plain(cls, codes: list[str]) -> list[str]:
        for code in codes:
            if (match := _EXPRESSION.match(code)) and match["name"].lower() in ("top", "bottom"):
                if not re.fullmatch(r"\s*[1-9]\d{0,5}\s*(,\s*\d{1,6}\s*)?", match["arguments"]):
                    raise ValueError(f"{code!r}: a count is needed, and perhaps an offset")
            elif not match and not re.match(CODE_PATTERN, code):
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


class SsbQuery(Declared):
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


@dataclass(frozen=True)
class Picked:
    """The exact codes of one variable in one call; with ``codelist`` they are codes of that list."""

    variable: str
    codes: tuple[str, ...]
    codelist: str | None = None


@dataclass(frozen=True)
class Selection:
    """One call: the picked codes of every variable that is not eliminated."""

    picked: tuple[Picked, ...]

    @property
    def cells(self) -> int:
        """How many cells SSB counts for it; empty cells count too."""
        return math.prod(len(p.codes) for p in self.picked)

    def body_v2(self) -> dict[str, object]:
        """The POST body of PxWebApi 2."""
        entries = []
        for picked in self.picked:
            entry: dict[str, object] = {"variableCode": picked.variable}
            if picked.codelist:
                entry["codelist"] = picked.codelist
            entries.append({**entry, "valueCodes": list(picked.codes)})
        return {"selection": entries, "placement": {"heading": [], "stub": [p.variable for p in self.picked]}}

    def body_v1(self) -> dict[str, object]:
        """The POST body of version 1, where ``agg_X`` is written ``agg:X`` and ``vs_X`` ``vs:X``."""
        entries = []
        for picked in self.picked:
            kind = re.sub(r"^(agg_single|agg|vs)_", r"\1:", picked.codelist) if picked.codelist else "item"
            entries.append({"code": picked.variable, "selection": {"filter": kind, "values": list(picked.codes)}})
        return {"query": entries, "response": {"format": "json-stat2"}}


CodesOfList = Callable[[str], tuple[str, ...]]
"""The codes of a codelist by its id (one call to SSB)."""


def resolve(query: SsbQuery, metadata: TableMetadata, codes_of_list: CodesOfList) -> list[Selection]:
    """The calls that a query means in the table as its metadata describes it, before any is made.

    Raises LayoutError when a variable is not named or not in the table, when a code or codelist does not exist, or when
    a variable is to be eliminated that cannot be.
    """
    where = f"SSB table {metadata.table}"
    named, present = set(query.selection), set(metadata.variables)
    named -= {v for v in named - present if _is_eliminated(query.selection[v])}
    if named != present:
        raise LayoutError(
            expected=f"the variables {', '.join(sorted(named))}",
            found=_difference(present - named, named - present),
            where=where,
            next_step="name every variable of the table in options.ssb.selection; SSB sums silently over one left out",
        )
    choices = []
    for code, variable in metadata.variables.items():
        asked = query.selection[code]
        listed = asked if isinstance(asked, list) else [asked]
        found = [_pick(choice, variable, codes_of_list, where) for choice in listed]
        choices.append([p for p in found if p is None or p.codes])
        if not choices[-1]:
            raise _unknown(variable, "none of the codes asked for", where)
    return [Selection(tuple(p for p in row if p is not None)) for row in product(*choices)]


def _is_eliminated(asked: Choice | list[Choice]) -> bool:
    """A variable to be summed over that the table no longer has is summed over already."""
    return isinstance(asked, Choice) and asked.eliminate


def _pick(choice: Choice, variable: Variable, codes_of_list: CodesOfList, where: str) -> Picked | None:
    """The codes of one choice; None = the variable is left out on purpose."""
    if choice.eliminate:
        if not variable.can_eliminate:
            raise LayoutError(
                expected=f"a variable {variable.code} that SSB can sum over",
                found="elimination: false in the metadata",
                where=where,
                next_step="name its codes in options.ssb.selection instead of eliminate",
            )
        return None
    codelist = _codelist(choice, variable, where)
    if codelist is None:
        return Picked(variable.code, _codes(choice, variable, variable.codes, where))
    return Picked(variable.code, _codes(choice, variable, codes_of_list(codelist), where), codelist)


def _codelist(choice: Choice, variable: Variable, where: str) -> str | None:
    """The id of the codelist: the one named, or the one whose label matches. Ids differ per table, labels do not."""
    if choice.codelist_label is None:
        if choice.codelist and variable.codelists and choice.codelist not in {c.id for c in variable.codelists}:
            offered = ", ".join(c.id for c in variable.codelists)
            raise _unknown(variable, f"codelist {choice.codelist} (offered: {offered})", where)
        return choice.codelist
    wanted = fold(choice.codelist_label)
    found = [c for c in variable.codelists if fnmatchcase(fold(c.label), wanted.replace("[", "[[]"))]
    if len(found) != 1:
        offered = "; ".join(c.label for c in variable.codelists) or "none"
        raise LayoutError(
            expected=f"one codelist of {variable.code} labelled {choice.codelist_label!r}",
            found=f"{len(found)} (offered: {offered})",
            where=where,
            next_step="correct codelist_label in the dataset spec",
        )
    return found[0].id


def _codes(choice: Choice, variable: Variable, present: tuple[str, ...], where: str) -> tuple[str, ...]:
    """Exact codes in the order of the table, each once (SSB answers 500 to a code asked for twice)."""
    wanted: set[str] = set()
    by_fold = {code.casefold(): code for code in present}
    for text in choice.codes:
        if (found := expand(text, present, is_time=variable.is_time)) is not None:
            wanted.update(found)
        elif text.casefold() in by_fold:
            wanted.add(by_fold[text.casefold()])
        elif not choice.only_present:
            raise _unknown(variable, f"code {text}", where)
    if not wanted and not choice.only_present:
        raise _unknown(variable, f"{', '.join(choice.codes)} (nothing matches)", where)
    return tuple(dict.fromkeys(code for code in present if code in wanted))


def expand(text: str, codes: tuple[str, ...], *, is_time: bool) -> list[str] | None:
    """The codes an expression means, or None when the text is a plain code.

    As PxWebApi 2 does: ``top(n,offset)`` counts from the newest of a time variable and from the first of another,
    ``bottom`` from the other end. ``from``, ``to`` and ``range`` compare time codes by value, so that a table that
    starts later than asked gives what it has; other variables by position.
    """
    if match := _EXPRESSION.match(text):
        name, arguments = match["name"].lower(), [a.strip() for a in match["arguments"].split(",")]
        if name in ("top", "bottom"):
            numbers = [int(a) for a in arguments]
            ordered = list(reversed(codes)) if is_time == (name == "top") else list(codes)
            offset = numbers[1] if len(numbers) > 1 else 0
            chosen = set(ordered[offset : offset + numbers[0]])
            return [code for code in codes if code in chosen]
        low = arguments[0] if name in ("from", "range") else None
        high = arguments[-1] if name in ("to", "range") else None
        return _between(low, high, codes, is_time)
    if "*" in text or "?" in text:
        pattern = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
        return [code for code in codes if pattern.fullmatch(code)]
    return None


def _between(low: str | None, high: str | None, codes: tuple[str, ...], is_time: bool) -> list[str]:
    if is_time:
        return [c for c in codes if (low is None or c >= low) and (high is None or c[: len(high)] <= high)]
    places = {code.casefold(): n for n, code in enumerate(codes)}
    first = 0 if low is None else places.get(low.casefold())
    last = len(codes) - 1 if high is None else places.get(high.casefold())
    return [] if first is None or last is None else list(codes[min(first, last) : max(first, last) + 1])


def split(selection: Selection, limit: int) -> list[Selection]:
    """The selection in parts of at most ``limit`` cells, in order: together exactly the whole, none twice.

    The variable with the most codes is cut first; SSB's limit is 800 000 cells a call.
    """
    if limit < 1:
        raise ValueError("the limit is at least one cell")
    if selection.cells <= limit:
        return [selection]
    widest = max(range(len(selection.picked)), key=lambda n: len(selection.picked[n].codes))
    picked = selection.picked[widest]
    others = selection.cells // len(picked.codes)
    size = max(1, limit // others)
    parts = []
    for start in range(0, len(picked.codes), size):
        piece = Picked(picked.variable, picked.codes[start : start + size], picked.codelist)
        changed = (*selection.picked[:widest], piece, *selection.picked[widest + 1 :])
        parts.extend(split(Selection(changed), limit))
    return parts


def _difference(unnamed: Iterable[str], absent: Iterable[str]) -> str:
    found = [f"not named: {', '.join(sorted(unnamed))}"] if unnamed else []
    found += [f"not in the table: {', '.join(sorted(absent))}"] if absent else []
    return "; ".join(found)


def _unknown(variable: Variable, found: str, where: str) -> SourceError:
    return LayoutError(
        expected=f"codes of {variable.code} that the table has",
        found=f"{found}, which it has not",
        where=where,
        next_step="SSB has changed the table or the spec is wrong: compare options.ssb with the table's metadata",
    )
