"""Sentences made from figures, true for any values.

Here: what can be said of a figure, in the words of texts.yml. Not here: which figures there are, or numbers as text.
A sentence compares exact values, never rounded ones; where only bounds are known it says so, and where bounds overlap
it says that no order can be given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import Literal

from report.model import Cell, Figure, Line
from report.words.norwegian import MILLION, Unit, amount, day, difference, figure, listed, number

Order = Literal["same", "above", "below", "unknown"]
OLD_AFTER_YEARS = 3


@dataclass(frozen=True)
class Writer:
    """Makes sentences with the words of texts.yml; ``today`` is the day of the report."""

    texts: Mapping[str, str]
    reasons: Mapping[str, str]
    today: date

    def about(self, shown: Figure) -> list[str]:
        """All sentences of a figure: each group, most important first, then the gap between the first two groups."""
        if len(shown.groups) == 1:
            return self._about_group(shown, shown.groups[0])
        said: list[str] = []
        for group in shown.groups:
            said += self._about_group(shown, group)
        return said + self._gap(shown)

    def paragraphs(self, shown: Figure) -> list[str]:
        """The same sentences set in paragraphs: one a group, one for years that are not whole, one for the gap."""
        made = []
        for group in shown.groups:
            own = shown.line("municipality", group)
            running = self._running(shown, own) if own else []
            made.append(" ".join(said for said in self._about_group(shown, group) if said not in running))
            made.append(" ".join(running))
        if len(shown.groups) > 1:
            made.append(" ".join(self._gap(shown)))
        return [paragraph for paragraph in made if paragraph]

    def headline(self, shown: Figure) -> str:
        """The shortest whole statement: level, change and difference to county and country for the first group."""
        said = self._about_group(shown, shown.groups[0] if shown.groups else "", is_short=True)
        return " ".join(said)

    def value(self, cell: Cell, unit: Unit) -> str:
        """«168 personer», «mellom 3 og 7 personer», «minst 4 818 personer»; only for cells that say something."""
        if cell.is_rounded and cell.value is not None and cell.low is not None and cell.high is not None:
            low, high = _bare(cell.low, unit), _bare(cell.high, unit)
            return self._say(cell.status, value=amount(cell.value, unit), low=low, high=high)
        if cell.value is not None:
            return amount(cell.value, unit)
        if cell.is_at_least and cell.low is not None:
            return self._say("at_least", low=_bare(cell.low, unit), unit=_unit_word(cell.low, unit))
        if cell.low is None or cell.high is None:
            raise ValueError("a cell without a figure has no words for its value")
        low, high = _bare(cell.low, unit), _bare(cell.high, unit)
        if low == high:
            return self._say("about", value=amount(cell.low, unit))
        return self._say("between", low=low, high=high, unit=_unit_word(cell.high, unit))

    def _bracket(self, cell: Cell, unit: Unit) -> str:
        """A value that stands beside one whose unit has just been said."""
        if cell.value is None or (unit.is_money and abs(cell.value * unit.factor) >= MILLION):
            return self.value(cell, unit)
        return self._say("about", value=figure(cell.value, unit)) if cell.is_rounded else figure(cell.value, unit)

    def _difference(self, first: Cell, second: Cell, unit: Unit) -> str:
        """The size of a difference of two known figures, «om lag» where one of them is rounded."""
        size = difference((first.value or 0) - (second.value or 0), unit)
        return self._say("about", value=size) if first.is_rounded or second.is_rounded else size

    def _about_group(self, shown: Figure, group: str, is_short: bool = False) -> list[str]:
        own = shown.line("municipality", group)
        if own is None:
            return [self._say("no_data", area="kommunen")]
        year = _latest_whole_year(own, shown.years)
        if year is None:
            return self._nothing(shown, own)
        area, cell = self._area(own), own.at(year)
        said = [self._level(shown, area, cell, year), *self._change(shown, own, year)]
        if is_short:
            return said + self._beside(
                shown, own, year, roles=("county",) if shown.unit.is_additive else ("county", "country")
            )
        said += [*self._beside(shown, own, year), *self._rank(shown, own, year), *self._since(shown, own, year)]
        said += [*self._hidden_years(own, shown.years), *self._running(shown, own)]
        if cell.is_preliminary:
            said.append(self._say("preliminary", year=year))
        return said + self._age(year)

    def _nothing(self, shown: Figure, own: Line) -> list[str]:
        """No figure of a whole year for the municipality (hidden, running or none); county and country still speak."""
        hidden = [year for year in shown.years if own.at(year).is_hidden]
        if hidden:
            said = self._hidden_years(own, shown.years)
        elif any(own.at(year).says_something for year in shown.years):
            said = []
        elif any(cell.says_something for cell in own.cells.values()):
            said = [self._say("no_area_data", area=self._area(own))]
        else:
            reason = next((cell.reason for cell in own.cells.values() if cell.reason), "")
            said = [self._say("no_data", area=self._area(own))]
            if reason:
                said = [f"{said[0][:-1]}: {self._reason(reason)}."]
        said += self._running(shown, own)
        told = []
        for other in shown.of_group(own.group):
            year = _latest_whole_year(other, shown.years)
            if other is not own and year is not None:
                said.append(self._level(replace(shown, phrase=""), self._area(other), other.at(year), year))
                told.append(year)
        return said + (self._age(max(told)) if told else [])

    def _level(self, shown: Figure, area: str, cell: Cell, year: int) -> str:
        if cell.is_hidden:
            return self._say("hidden", area=area, year=year)
        if not cell.says_something:
            return self._none(cell, area, year)
        phrase = (shown.phrase or self.texts["phrase"]).format(area=area, value=self.value(cell, shown.unit))
        text = self._say("level", year=year, phrase=phrase)
        if not cell.is_known:
            text += self._say("because", reason=self._reason(cell.reason))
        return text

    def _none(self, cell: Cell, area: str, year: int) -> str:
        if cell.status in ("not_applicable", "not_finite"):
            return self._say(cell.status, area=area, year=year)
        if cell.reason:
            return self._say("unavailable", area=area, year=year, reason=self._reason(cell.reason))
        return self._say("missing", area=area, year=year)

    def _change(self, shown: Figure, own: Line, year: int) -> list[str]:
        others = [y for y in shown.years if y < year and own.at(y).says_something]
        if not others:
            return [self._say("only_year")] if not any(own.at(y).is_hidden for y in shown.years if y < year) else []
        before = own.at(year - 1)
        broken = _break_between(shown.breaks, year - 1, year)
        if broken is not None:
            return [self._say("break_between", break_year=broken, year=year - 1)]
        if not before.says_something or before.is_hidden:
            return [self._say("no_previous", year=year - 1)]
        if before.is_running:
            return []
        cell, unit, text = own.at(year), shown.unit, self._bracket(before, shown.unit)
        order = compare(cell, before)
        if order == "unknown":
            return [self._say("change_unsure", more=unit.more, less=unit.less, year=year - 1, value=text)]
        if order == "same":
            return [self._say("same", year=year - 1)]
        word = unit.more if order == "above" else unit.less
        if cell.value is None or before.value is None:
            return [self._say("change_sure", word=word, year=year - 1, value=text)]
        size = self._difference(cell, before, unit)
        return [self._say("changed", difference=size, word=word, year=year - 1, value=text)]

    def _since(self, shown: Figure, own: Line, year: int) -> list[str]:
        known = [y for y in shown.years if y < year - 1 and own.at(y).is_known and not own.at(y).is_running]
        cell = own.at(year)
        if not known or cell.value is None or _break_between(shown.breaks, known[0], year) is not None:
            return []
        first = own.at(known[0])
        order = compare(cell, first)
        if order == "unknown":
            return []
        if order == "same":
            return [self._say("since_same", year=known[0])]
        word = shown.unit.more if order == "above" else shown.unit.less
        size = self._difference(cell, first, shown.unit)
        return [self._say("since", first=known[0], last=year, difference=size, word=word)]

    def _beside(self, shown: Figure, own: Line, year: int, roles: tuple[str, ...] = ("county", "country")) -> list[str]:
        said = []
        for other in shown.of_group(own.group):
            if other is own or other.role not in roles:
                continue
            # the sentence before has just named the group, so the area alone is enough here
            area, cell = other.name, other.at(year)
            if not cell.says_something or cell.is_hidden:
                said.append(self._no_other(cell, area))
            elif shown.unit.is_additive:
                said += self._part_of(own, other, year, shown.unit)
            else:
                said.append(self._differs(own.at(year), cell, area, shown.unit))
        return said

    def _no_other(self, cell: Cell, area: str) -> str:
        if cell.is_hidden:
            return self._say("other_hidden", area=area)
        if cell.reason:
            return self._say("no_other", area=area, reason=self._reason(cell.reason))
        return self._say("other_missing", area=area)

    def _part_of(self, own: Line, other: Line, year: int, unit: Unit) -> list[str]:
        """A count is not higher or lower than a county's: its part of it is what can be told."""
        cell, whole = own.at(year), other.at(year)
        said = self._say("level_same_year", area=other.name, value=self.value(whole, unit))
        if cell.value is None or whole.value is None or not 0 <= cell.value <= whole.value or whole.value == 0:
            return [said]
        percent = Unit("", 1, "", "", "", "", "", "", False, is_share=True)
        share = figure(100.0 * cell.value / whole.value, percent)
        if cell.is_rounded or whole.is_rounded:
            share = self._say("about", value=share)
        return [said, self._say("share_of", area=own.name, share=share, whole=other.name)]

    def _differs(self, cell: Cell, other: Cell, area: str, unit: Unit) -> str:
        order, text = compare(cell, other), self._bracket(other, unit)
        if order == "unknown":
            return self._say("differs_unsure", more=unit.more, less=unit.less, area=area, value=text)
        if order == "same":
            return self._say("same_as", area=area)
        word = unit.more if order == "above" else unit.less
        if cell.value is None or other.value is None:
            return self._say("differs_sure", word=word, area=area, value=text)
        size = self._difference(cell, other, unit)
        return self._say("differs", difference=size, word=word, area=area, value=text)

    def _rank(self, shown: Figure, own: Line, year: int) -> list[str]:
        if (
            own.rank is None
            or own.rank_year != year
            or shown.unit.is_additive
            or not own.ranked_count
            or own.ranked_count < 2
        ):
            return []
        best = self.texts["best_low" if shown.direction == "lower_better" else "best_high"]
        return [self._say("rank", rank=number(own.rank), count=number(own.ranked_count), best=best)]

    def _running(self, shown: Figure, own: Line) -> list[str]:
        said = []
        for year in shown.years:
            cell = own.at(year)
            if not cell.is_running or cell.retrieved is None:
                continue
            if cell.is_hidden or not cell.says_something:
                said.append(self._say("running_hidden", year=year, date=day(cell.retrieved), area=self._area(own)))
            else:
                value = self.value(cell, shown.unit)
                said.append(
                    self._say("running", year=year, date=day(cell.retrieved), area=self._area(own), value=value)
                )
        return said

    def _hidden_years(self, own: Line, years: Iterable[int]) -> list[str]:
        shown = [year for year in years if own.at(year).status not in ("missing", "unavailable")]
        hidden = [year for year in shown if own.at(year).is_hidden]
        area = self._area(own)
        if not hidden:
            return []
        # a span is named only when every year of it is hidden: a missing year has another reason
        if len(hidden) == len(shown) == hidden[-1] - hidden[0] + 1:
            if len(hidden) == 1:
                return [self._say("hidden_in_year", area=area, first=hidden[0])]
            return [self._say("all_hidden", area=area, first=hidden[0], last=hidden[-1])]
        return [self._say("some_hidden", years=listed([str(year) for year in hidden]), area=area)]

    def _age(self, year: int) -> list[str]:
        age = self.today.year - year
        return [self._say("old", year=year, age=age)] if age >= OLD_AFTER_YEARS else []

    def _gap(self, shown: Figure) -> list[str]:
        lines = [line for line in shown.lines if line.role == "municipality"][:2]
        if len(lines) < 2:
            return []
        years = [y for y in shown.years if all(_is_told(line.at(y)) and not line.at(y).is_running for line in lines)]
        if not years:
            return []
        first, second = lines
        cell, other, unit, year = first.at(years[-1]), second.at(years[-1]), shown.unit, years[-1]
        names = {"first": first.group, "second": _lower(second.group), "area": first.name, "year": year}
        order = compare(cell, other)
        if order == "unknown" or (order != "same" and (cell.value is None or other.value is None)):
            return [self._say("gap_unsure", **{**names, "first": _lower(first.group)})] if order == "unknown" else []
        if order == "same":
            return [self._say("gap_same", **names)]
        word = unit.more if order == "above" else unit.less
        return [self._say("gap", difference=self._difference(cell, other, unit), word=word, **names)]

    def _area(self, line: Line) -> str:
        if not line.group:
            return line.name
        return self._say("group_area", area=line.name, group=_lower(line.group))

    def _reason(self, reason: str) -> str:
        return self.reasons.get(reason, self.reasons["unknown"])

    def _say(self, key: str, **parts: object) -> str:
        return self.texts[key].format(**parts)


def compare(first: Cell, second: Cell) -> Order:
    """Order of two figures by their bounds; «unknown» when the bounds overlap without being one and the same number."""
    low, high = _range(first)
    other_low, other_high = _range(second)
    if low == high == other_low == other_high:
        return "same"
    if low > other_high:
        return "above"
    return "below" if high < other_low else "unknown"


def _range(cell: Cell) -> tuple[float, float]:
    if cell.value is not None and not cell.is_rounded:
        return cell.value, cell.value
    return (cell.low if cell.low is not None else -inf), (cell.high if cell.high is not None else inf)


def _is_told(cell: Cell) -> bool:
    return cell.says_something and not cell.is_hidden


def _latest_whole_year(line: Line, years: Iterable[int]) -> int | None:
    """The newest year with a figure or bounds that was over when the figure was fetched."""
    return max((year for year in years if _is_told(line.at(year)) and not line.at(year).is_running), default=None)


def _break_between(breaks: Iterable[int], before: int, after: int) -> int | None:
    """The first year of a new definition after ``before`` and not after ``after``."""
    return next((year for year in sorted(breaks) if before < year <= after), None)


def _bare(value: float, unit: Unit) -> str:
    if unit.is_money and abs(value * unit.factor) >= MILLION:
        return amount(value, unit).removesuffix(" kroner")
    return figure(value, unit)


def _unit_word(value: float, unit: Unit) -> str:
    if unit.is_money and abs(value * unit.factor) >= MILLION:
        return "kroner"
    return unit.plural


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
