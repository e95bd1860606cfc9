"""Sentences made from figures, true for any values.

Here: what can be said of a figure, in the words of texts.yml. Not here: which figures there are, numbers as text, or how large a
difference must be for its word (sizes.py).
A sentence says what a reader can see for himself: «opp fra» and «høyere enn» stand beside both figures, and a difference is that
of the figures shown. Where only bounds are known it says so, and where bounds overlap it says that no order can be given. What
says nothing (no earlier year, no figure for the country) is not said: the table has it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from report.judging.shown import shown_difference
from report.model import Cell, Figure, Line
from report.words.differences import size_text
from report.words.norwegian import MILLION, Unit, amount, day, figure, listed
from report.words.sizes import compare, size_of
from report.words.texts import texts

OLD_AFTER_YEARS = 3
_BEFORE_GROUP = re.compile(r"(\w+) \{group\}")
Form = Literal["tail", "clause"]


@dataclass(frozen=True)
class Writer:
    """Makes sentences with the words of texts.yml; ``today`` is the day of the report."""

    texts: Mapping[str, str]
    reasons: Mapping[str, str]
    today: date

    def about(self, shown: Figure) -> list[str]:
        """All sentences of a figure, most important first."""
        return [sentence for paragraph in self._told(shown) for sentence in paragraph]

    def paragraphs(self, shown: Figure) -> list[str]:
        """The same sentences set in paragraphs: one a group (or for two groups together), one for years that are not whole."""
        return [" ".join(paragraph) for paragraph in self._told(shown) if paragraph]

    def headline(self, shown: Figure) -> str:
        """The shortest whole statement: level, change, and county and country beside it."""
        year = self._pair_year(shown)
        if year is not None:
            first, second = (line for line in shown.lines if line.role == "municipality")
            return " ".join([self._pair_level(shown, first, second, year), *self._beside(shown, first, year)])
        return " ".join(self._of_group(shown, shown.groups[0] if shown.groups else "", is_short=True))

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

    def _told(self, shown: Figure) -> list[list[str]]:
        own = [line for line in shown.lines if line.role == "municipality"]
        if not own:
            return [[self._say("no_data", area="kommunen")]]
        running = list(dict.fromkeys(said for line in own for said in self._running(shown, line)))
        year = self._pair_year(shown)
        if year is not None:
            return [self._pair(shown, own[0], own[1], year), running]
        return [*(self._of_group(shown, line.group) for line in own), running]

    # one group

    def _of_group(self, shown: Figure, group: str, is_short: bool = False) -> list[str]:
        own = shown.line("municipality", group)
        if own is None:
            return [self._say("no_data", area="kommunen")]
        year = _latest_whole_year(own, shown.years)
        if year is None:
            return self._nothing(shown, own)
        cell = own.at(year)
        tail, apart = self._moved(shown, own, year, "tail")
        said = [self._level(shown, own, cell, year, tail), *apart]
        if not is_short:
            said += self._since(shown, own, year)
        said += self._beside(shown, own, year)
        if not is_short:
            said += self._remarks(shown, own, year)
        return said

    def _remarks(self, shown: Figure, own: Line, year: int) -> list[str]:
        said = self._hidden_years(own, shown.years)
        if own.at(year).is_preliminary:
            said.append(self._say("preliminary", year=year))
        return said + self._age(year)

    def _nothing(self, shown: Figure, own: Line) -> list[str]:
        """No figure of a whole year for the municipality (hidden, running or none); county and country still speak."""
        if any(own.at(year).is_hidden for year in shown.years):
            said = self._hidden_years(own, shown.years)
        elif any(own.at(year).says_something for year in shown.years):
            said = []
        elif any(cell.says_something for cell in own.cells.values()):
            said = [self._say("no_area_data", area=self._area(own))]
        else:
            reason = next((cell.reason for cell in own.cells.values() if cell.reason), "")
            key = "no_data_because" if reason else "no_data"
            said = [self._say(key, area=self._area(own), reason=self._reason(reason) if reason else "")]
        told: dict[int, list[str]] = {}
        for other in shown.of_group(own.group):
            year = _latest_whole_year(other, shown.years)
            if other is not own and year is not None:
                told.setdefault(year, []).append(
                    self._say("in_area", area=other.name, value=self.value(other.at(year), shown.unit))
                )
        said += [self._say("others_level", year=year, values=" og ".join(parts)) for year, parts in told.items()]
        return said + (self._age(max(told)) if told else [])

    def _level(self, shown: Figure, own: Line, cell: Cell, year: int, tail: str = "") -> str:
        text = self._say("level", year=year, phrase=self._phrase(shown, own, cell), tail=f", {tail}" if tail else "")
        if not cell.is_known:
            text += self._say("because", reason=self._reason(cell.reason))
        return text

    def _phrase(self, shown: Figure, own: Line, cell: Cell) -> str:
        value, phrase = self.value(cell, shown.unit), shown.phrase
        if "{group}" in phrase:
            return phrase.format(area=own.name, value=value, group=_people(own.group))
        return (phrase or self.texts["phrase"]).format(area=self._area(own), value=value)

    def _moved(self, shown: Figure, own: Line, year: int, form: Form) -> tuple[str, list[str]]:
        """The change from the year before as the end of a sentence («opp fra 35 i 2021»), or as a sentence of its own."""
        before, unit = own.at(year - 1) if year - 1 in shown.years else Cell(), shown.unit
        others = [y for y in shown.years if y < year and own.at(y).says_something]
        broken = _break_between(shown.breaks, year - 1, year)
        if broken is not None and others:
            return "", [self._say("break_between", break_year=broken, year=year - 1)]
        if not before.says_something or before.is_hidden or before.is_running:
            return "", []
        cell = own.at(year)
        if cell.value is not None and before.value is not None and not (cell.is_rounded or before.is_rounded):
            size = size_of(cell.value, before.value, unit)
            value = self._before(before, unit) if size not in ("about", "doubled") else self._bracket(before, unit)
            return self._say(f"{form}_{size}", value=value, year=year - 1, much=_much(unit)), []
        order = compare(cell, before)
        if order == "unknown":
            value = self._bracket(before, unit)
            return "", [self._say("change_unsure", more=unit.more, less=unit.less, year=year - 1, value=value)]
        if order == "same":
            return self._say(f"{form}_same", year=year - 1), []
        word = unit.more if order == "above" else unit.less
        return self._say(f"{form}_sure", word=word, year=year - 1, value=self._bracket(before, unit)), []

    def _since(self, shown: Figure, own: Line, year: int) -> list[str]:
        """The long change, where it is more than «om lag» and no break lies between."""
        known = [y for y in shown.years if y < year - 1 and _is_exact(own.at(y)) and not own.at(y).is_running]
        cell, unit = own.at(year), shown.unit
        if not known or not _is_exact(cell) or _break_between(shown.breaks, known[0], year) is not None:
            return []
        now, first = cell.value or 0.0, own.at(known[0]).value or 0.0
        if size_of(now, first, unit) in ("same", "about"):
            return []
        found = shown_difference(now, first, unit)
        key = "since_up" if found.order == "above" else "since_down"
        return [self._say(key, year=known[0], size=size_text(found, unit))]

    # county and country

    def _beside(self, shown: Figure, own: Line, year: int) -> list[str]:
        """County and country in one sentence; for counts per inhabitant, since areas of different size meet."""
        if shown.unit.is_additive:
            return self._per_capita(shown, own, year)
        cell, unit = own.at(year), shown.unit
        parts: dict[str, list[str]] = {}
        unsure: list[str] = []
        chance: list[str] = []
        for other in shown.of_group(own.group):
            beside = other.at(year)
            if other.role not in ("county", "country") or not _is_told(beside):
                continue
            place = self._say("in_place", area=other.name, value=self._bracket(beside, unit))
            relation = self._relation(cell, beside, unit)
            if relation == "unknown":
                unsure.append(place)
            elif relation in ("above", "below") and year in other.unsure:
                chance.append(self._say("from_place", area=other.name, value=self._bracket(beside, unit)))
            else:
                parts.setdefault(relation, []).append(place)
        said = []
        if parts:
            words = [
                self._say(f"beside_{r}", more=unit.more, less=unit.less, places=listed(p)) for r, p in parts.items()
            ]
            joint = ", men " if {"above", "below"} <= set(parts) else " og "
            said.append(self._subject("beside", own, text=joint.join(words)))
        if chance:
            key = "beside_chance" if len(chance) == 1 else "beside_chances"
            said.append(self._subject(key, own, places=listed(chance)))
        if unsure:
            said.append(self._subject("beside_unsure", own, more=unit.more, less=unit.less, places=listed(unsure)))
        return said

    def _relation(self, cell: Cell, other: Cell, unit: Unit) -> str:
        order = compare(cell, other)
        if order in ("above", "below") and cell.value is not None and other.value is not None:
            is_close = size_of(cell.value, other.value, unit) == "about"
            return "about" if is_close else order
        return order

    def _subject(self, key: str, own: Line, **parts: object) -> str:
        if own.group:
            return self._say(f"{key}_group", group=_people(own.group), **parts)
        return self._say(key, **parts)

    def _per_capita(self, shown: Figure, own: Line, year: int) -> list[str]:
        """«Det er 3,4 per 1000 innbyggere, mot 3,3 i Vestfold og 5,6 i hele landet.»"""
        per = shown.per_capita
        line = per.line("municipality", own.group) if per else None
        if per is None or line is None or line.at(year).value is None:
            return []
        beside = [
            (other.name, self._bracket(other.at(year), per.unit))
            for other in per.of_group(own.group)
            if other.role in ("county", "country") and other.at(year).value is not None
        ]
        if not beside:
            return []
        value = amount(line.at(year).value or 0.0, per.unit)
        if {text for _, text in beside} == {self._bracket(line.at(year), per.unit)}:
            return [self._say("per_capita_same", value=value, areas=listed([name for name, _ in beside]))]
        others = [self._say("in_area", area=name, value=text) for name, text in beside]
        return [self._say("per_capita", value=value, others=listed(others))]

    # two groups

    def _pair_year(self, shown: Figure) -> int | None:
        """The newest whole year of both groups, where both are one number and the phrase has room for them."""
        own = [line for line in shown.lines if line.role == "municipality"]
        if len(own) != 2 or not _BEFORE_GROUP.search(shown.phrase) or not all(line.group for line in own):
            return None
        years = {_latest_whole_year(line, shown.years) for line in own}
        year = years.pop() if len(years) == 1 else None
        return year if year is not None and all(line.at(year).value is not None for line in own) else None

    def _pair(self, shown: Figure, first: Line, second: Line, year: int) -> list[str]:
        said = [self._pair_level(shown, first, second, year), *self._pair_moved(shown, first, second, year)]
        said += self._beside(shown, first, year)
        said += [remark for line in (first, second) for remark in self._hidden_years(line, shown.years)]
        if first.at(year).is_preliminary or second.at(year).is_preliminary:
            said.append(self._say("preliminary", year=year))
        return said + self._age(year)

    def _pair_moved(self, shown: Figure, first: Line, second: Line, year: int) -> list[str]:
        """The change of both groups in one sentence, shortest where neither has moved."""
        moved = [self._moved(shown, line, year, "clause") for line in (first, second)]
        apart = list(dict.fromkeys(sentence for _, others in moved for sentence in others))
        if self._is_still(shown, first, year) and self._is_still(shown, second, year):
            values = [self._bracket(line.at(year - 1), shown.unit) for line in (first, second)]
            return [*apart, self._say("both_about", year=year - 1, values=listed(values))]
        clauses = [
            self._say("for_group", group=_people(line.group), clause=clause)
            for line, (clause, _) in zip((first, second), moved, strict=True)
            if clause
        ]
        return [*([_sentence(", og ".join(clauses))] if clauses else []), *apart]

    def _is_still(self, shown: Figure, own: Line, year: int) -> bool:
        now, before = own.at(year), own.at(year - 1)
        if not _is_exact(now) or not _is_exact(before) or before.is_running or year in shown.breaks:
            return False
        return size_of(now.value or 0.0, before.value or 0.0, shown.unit) in ("same", "about")

    def _pair_level(self, shown: Figure, first: Line, second: Line, year: int) -> str:
        found = _BEFORE_GROUP.search(shown.phrase)
        phrase = self._phrase(shown, first, first.at(year))
        parts = {"word": found.group(1) if found else "for", "group": _people(second.group)}
        cell, other = first.at(year), second.at(year)
        if cell.value == other.value and not (cell.is_rounded or other.is_rounded):
            return self._say("pair_same", year=year, phrase=phrase, **parts)
        return self._say("pair", year=year, phrase=phrase, value=self.value(other, shown.unit), **parts)

    # what else must be told

    def _running(self, shown: Figure, own: Line) -> list[str]:
        said, whole = [], _latest_whole_year(own, shown.years)
        for year in shown.years:
            cell = own.at(year)
            # one that a later whole year has overtaken is marked in the table
            if not cell.is_running or cell.retrieved is None or (whole is not None and year < whole):
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

    # parts of sentences

    def _before(self, cell: Cell, unit: Unit) -> str:
        """The earlier figure of «opp fra»: a share keeps its unit, a count has just been said with it."""
        return self.value(cell, unit) if unit.is_share else self._bracket(cell, unit)

    def _bracket(self, cell: Cell, unit: Unit) -> str:
        """A value that stands beside one whose unit has just been said."""
        if cell.value is None or (unit.is_money and abs(cell.value * unit.factor) >= MILLION):
            return self.value(cell, unit)
        return self._say("about", value=figure(cell.value, unit)) if cell.is_rounded else figure(cell.value, unit)

    def _area(self, line: Line) -> str:
        if not line.group:
            return line.name
        return self._say("group_area", area=line.name, group=_people(line.group))

    def _reason(self, reason: str) -> str:
        return self.reasons.get(reason, self.reasons["unknown"])

    def _say(self, key: str, **parts: object) -> str:
        return self.texts[key].format(**parts)


def _people(group: str) -> str:
    """A group as those it holds: «innvandrerne» for «Innvandrere»."""
    return texts().people.get(group) or group[:1].lower() + group[1:]


def _much(unit: Unit) -> str:
    return "mye" if unit.is_money else "mange" if unit.is_additive else "høyt"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _is_told(cell: Cell) -> bool:
    return cell.says_something and not cell.is_hidden


def _is_exact(cell: Cell) -> bool:
    return cell.value is not None and not cell.is_rounded


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
