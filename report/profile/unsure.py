"""Which differences of the report's figures few persons can explain: the years in which they are uncertain, by area.

Here: the judgement of judging/ asked for the report's chapters. Not here: the rule, the words, the profile's own lines.
"""

from collections.abc import Callable, Mapping

from report.judging.verdict import judge
from report.model import Role
from report.profile.evidence import Scales, where_of
from report.reading.everywhere import Where
from report.sections.declarations import IndicatorFigure, declarations

Unsure = Callable[[str, Mapping[str, str]], Mapping[Role, frozenset[int]]]
"""From an indicator and its breakdown codes («all» for totals) to the years whose difference is uncertain, by area."""


def declared_series() -> list[tuple[str, Where]]:
    """Every series that a chapter of the report may show."""
    found: list[tuple[str, Where]] = []
    asked = [one for section in declarations().sections for one in section.shows if isinstance(one, IndicatorFigure)]
    for one in asked:
        groups = (
            [{one.groups.dimension: code} for several in one.groups.codes for code in several] if one.groups else []
        )
        for indicator_id in one.indicator:
            found += [(indicator_id, where_of({**one.where, **group})) for group in [{}, *groups]]
    return list(dict.fromkeys(found))


def unsure_of(scales: Scales, municipality: str) -> Unsure:
    """The answers for one municipality; only shares with persons behind them have any."""
    codes = scales.whole.beside(scales.whole.region(municipality))

    def years(indicator_id: str, chosen: Mapping[str, str]) -> Mapping[Role, frozenset[int]]:
        weighed = scales.of(indicator_id, where_of(dict(chosen)))
        if weighed is None or weighed.kind != "share":
            return {}
        found: dict[Role, frozenset[int]] = {}
        for role, code in codes.items():
            found[role] = frozenset(
                year
                for year in weighed.series.years
                if weighed.evidence(code, year).cell.is_known
                and judge(
                    weighed.evidence(municipality, year),
                    weighed.evidence(code, year),
                    weighed.unit,
                    scales.limits,
                    is_inside=True,
                ).verdict
                == "uncertain"
            )
        return found

    return years
