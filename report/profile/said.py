"""A finding in words: the message, the figures with what they are compared with, how sure, and the age.

Here: which pattern of words/profile.yml fits the values. Not here: the patterns, the choice of findings, other
sentences of the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from report.judging.verdict import Judged
from report.model import Cell
from report.profile.candidates import Beside, Candidate, Change
from report.profile.rules import rules
from report.words.differences import order_word, size_text
from report.words.norwegian import MILLION, Unit, amount, figure, number
from report.words.texts import profile_words

SPOKEN = ("country", "county", "kostra_group")
"""Areas in the order of what they say; two of them are named."""


@dataclass(frozen=True)
class Said:
    """The texts of a finding, and the judgement that its direction rests on."""

    name: str
    title: str
    sentence: str
    certainty: str
    age: str
    judged: Judged


def say(found: Candidate, name: str, areas: Mapping[str, str]) -> Said:
    """``areas`` gives the name of each code as it stands inside a sentence."""
    judged, title = _title(found, areas)
    sentence = " ".join(part for part in _by_kind(found, areas) if part)
    return Said(name, title, sentence[:1].upper() + sentence[1:], _certainty(found, judged), _age(found), judged)


def value_text(cell: Cell, unit: Unit) -> str:
    """«66,8 prosent», «om lag 3 personer»: a known figure with its unit."""
    text = amount(cell.value or 0.0, unit)
    return f"om lag {text}" if cell.is_rounded else text


def bare_text(cell: Cell, unit: Unit) -> str:
    """The figure alone where the unit has just been said; millions keep their word."""
    if cell.value is None or (unit.is_money and abs(cell.value * unit.factor) >= MILLION):
        return value_text(cell, unit).removesuffix(" kroner")
    text = figure(cell.value, unit)
    return f"om lag {text}" if cell.is_rounded else text


def _by_kind(found: Candidate, areas: Mapping[str, str]) -> list[str]:
    if found.kind == "turning" and found.turned:
        return [_turned(found, found.turned), _area_values(found, areas)]
    if found.kind == "change":
        change = main_change(found)
        return [_changed(found, change), _country(found, change, areas), _area_values(found, areas)]
    said = [_level(found, areas)]
    if found.kind == "place":
        said.append(_beyond(found))
    return [*said, _since(found)]


def _title(found: Candidate, areas: Mapping[str, str]) -> tuple[Judged, str]:
    words = profile_words()["findings"]["title"]
    if found.kind == "turning" and found.turned:
        last = next(change for change in found.changes if change.year == found.year - 1)
        return last.judged, words[f"turned_{last.judged.verdict}"].format(year=found.year)
    if found.kind == "change":
        change = main_change(found)
        key = _by_size(found, change) or f"change_{change.judged.verdict}"
        return change.judged, words[key].format(year=change.year)
    sure = [one for one in _spoken(found.beside) if one.judged.is_sure]
    first = sure[0]
    if found.kind == "place" and found.place:
        beyond = found.place.higher if first.judged.verdict == "above" else found.place.lower
        key = f"{'places' if beyond else 'place'}_{first.judged.verdict}"
        return first.judged, words[key].format(count=number(beyond + 1), of=number(found.place.of))
    same = [one for one in sure if one.judged.verdict == first.judged.verdict][:2]
    word = found.weighed.unit.more if first.judged.verdict == "above" else found.weighed.unit.less
    names = {"first": areas[same[0].code], "word": word[:1].upper() + word[1:]}
    if len(same) > 1:
        return first.judged, words["distance_both"].format(
            **{**names, "first": areas[same[1].code], "second": areas[same[0].code]}
        )
    return first.judged, words["distance_one"].format(**names)


def _spoken(beside: tuple[Beside, ...]) -> list[Beside]:
    return sorted(beside, key=lambda one: SPOKEN.index(one.role))


def main_change(found: Candidate) -> Change:
    """The sure change that is larger by what it surely is; of equals the longer one."""
    return max(
        (change for change in found.changes if change.judged.is_sure), key=lambda c: (abs(c.judged.sure), -c.year)
    )


def _by_size(found: Candidate, change: Change) -> str:
    before, now = change.evidence.cell.value, found.evidence.cell.value
    if before is None or now is None or before <= 0 or now <= 0:
        return ""
    return "doubled" if now > 2 * before else "halved" if now < before / 2 else ""


def _level(found: Candidate, areas: Mapping[str, str]) -> str:
    """The figure, and the two areas that say most in one sentence; what is uncertain is said apart."""
    words, unit = profile_words()["findings"], found.weighed.unit
    head = words["level"].format(value=value_text(found.evidence.cell, unit), year=found.year)
    known = [one for one in _spoken(found.beside) if one.judged.verdict != "unknown"][:2]
    known.sort(key=lambda one: one.role != "county")
    told = [one for one in known if one.judged.verdict != "uncertain" and one.judged.difference]
    clauses = [_clause(one, unit, areas, is_first=not index) for index, one in enumerate(told)]
    said = f"{head}: {' og '.join(clauses)}." if clauses else f"{head}."
    unsure = [one for one in known if one.judged.verdict == "uncertain"]
    return f"{said} {_unsure(unsure, unit, areas)}".strip()


def _clause(one: Beside, unit: Unit, areas: Mapping[str, str], *, is_first: bool) -> str:
    words, difference = profile_words()["findings"], one.judged.difference
    if difference is None or difference.order == "same":
        return words["same_as"].format(area=areas[one.code])
    return words["than_area"].format(
        size=size_text(difference, unit, is_bare=not is_first and not unit.is_money),
        word=order_word(difference, unit),
        area=areas[one.code],
        value=bare_text(one.evidence.cell, unit),
    )


def _unsure(unsure: list[Beside], unit: Unit, areas: Mapping[str, str]) -> str:
    words = profile_words()["findings"]
    values = [(areas[one.code], bare_text(one.evidence.cell, unit)) for one in unsure]
    if len(values) == 2:
        (first, one), (second, two) = values
        return words["unsure_from_two"].format(first=first, first_value=one, second=second, second_value=two)
    return "".join(words["unsure_from"].format(area=area, value=value) for area, value in values)


def _changed(found: Candidate, change: Change) -> str:
    words, unit = profile_words()["findings"], found.weighed.unit
    key = _by_size(found, change) or ("went_up" if change.judged.verdict == "above" else "went_down")
    difference = change.judged.difference
    return words[key].format(
        before=bare_text(change.evidence.cell, unit),
        first=change.year,
        value=value_text(found.evidence.cell, unit),
        last=found.year,
        size=size_text(difference, unit) if difference else "",
        word=order_word(difference, unit) if difference else "",
    )


def _since(found: Candidate) -> str:
    """The longer change that is sure, in one sentence; nothing where nothing is sure."""
    words, unit = profile_words()["findings"], found.weighed.unit
    sure = [change for change in found.changes if change.judged.is_sure and change.judged.difference]
    if not sure:
        return ""
    change = min(sure, key=lambda one: one.year)
    difference = change.judged.difference
    if difference is None:
        return ""
    return words["since"].format(
        size=size_text(difference, unit),
        word=order_word(difference, unit),
        year=change.year,
        value=bare_text(change.evidence.cell, unit),
    )


def _country(found: Candidate, change: Change, areas: Mapping[str, str]) -> str:
    """How the country changed meanwhile; counts have none, as their size says nothing of the municipality."""
    if change.country is None:
        return ""
    words, unit = profile_words()["findings"], found.weighed.unit
    before, now, judged = change.country
    order = judged.difference.order if judged.difference else "same"
    key = {"above": "country_up", "below": "country_down", "same": "country_same"}[order]
    return words[key].format(area=areas["00"], before=bare_text(before.cell, unit), value=bare_text(now.cell, unit))


def _turned(found: Candidate, earlier: Change) -> str:
    words, unit = profile_words()["findings"], found.weighed.unit
    last = next(change for change in found.changes if change.year == found.year - 1)
    return words[f"turned_{last.judged.verdict}"].format(
        before=bare_text(earlier.evidence.cell, unit),
        first=earlier.year,
        middle=bare_text(last.evidence.cell, unit),
        turn=last.year,
        value=value_text(found.evidence.cell, unit),
        last=found.year,
    )


def _area_values(found: Candidate, areas: Mapping[str, str]) -> str:
    words, unit = profile_words()["findings"], found.weighed.unit
    # after a change the country has been told with its own change already
    told = {"country"} if found.kind == "change" and main_change(found).country else set()
    known = [one for one in _spoken(found.beside) if one.evidence.cell.is_known and one.role not in told][:2]
    known.sort(key=lambda one: one.role != "county")
    if not known:
        return ""
    names = {"first": areas[known[0].code], "first_value": bare_text(known[0].evidence.cell, unit)}
    if len(known) == 1:
        return words["area_value"].format(**names)
    return words["area_values"].format(
        **names, second=areas[known[1].code], second_value=bare_text(known[1].evidence.cell, unit)
    )


def _beyond(found: Candidate) -> str:
    words, place = profile_words()["findings"], found.place
    country = next((one for one in found.beside if one.role == "country"), None)
    if place is None or country is None:
        return ""
    side = country.judged.verdict
    beyond = place.higher if side == "above" else place.lower
    key = f"{'few' if beyond else 'none'}_beyond_{side}"
    return words[key].format(count=number(beyond), of=number(place.of - 1))


def _certainty(found: Candidate, judged: Judged) -> str:
    words, evidence = profile_words()["findings"], found.evidence
    persons = number(evidence.base or 0)
    if found.weighed.series.indicator_id in rules().decided:
        return words["decided"]
    if judged.interval is None:
        return words["uncounted"].format(persons=persons, percent=number(rules().uncounted_percent))
    return words["sure_count"] if evidence.kind == "count" else words["sure"].format(persons=persons)


def _age(found: Candidate) -> str:
    if found.age < rules().old_after_years:
        return ""
    return profile_words()["findings"]["old"].format(age=number(found.age))
