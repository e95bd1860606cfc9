"""What the report would show but cannot: one list for the reader, and what the editor can do about it.

Here: figures no area has, old figures that are left out, and blocks without anything to show. Not here: cells that are hidden
or missing inside a figure (tables.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from report.context import Context
from report.model import Block, Figure, Grid, Role
from report.words.norwegian import listed
from report.words.texts import texts

OLD_ELSEWHERE, OLD_OWN = 3, 8
"""Years after which a figure is left out: one that the municipality is not in, and one that it is in."""


@dataclass
class LeftOut:
    """What has been left out so far, by why; ``wanted`` are the datasets that would bring it."""

    by_reason: dict[str, list[str]] = field(default_factory=dict)
    wanted: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Title, publisher and address by dataset."""
    told: list[str] = field(default_factory=list)

    def add(self, name: str, reason: str, editor: str = "") -> None:
        """``editor``: what brings it, for the note."""
        self.by_reason.setdefault(reason, []).append(name)
        if editor and editor not in self.told:
            self.told.append(editor)

    def indicator(self, context: Context, ids: Iterable[str], name: str) -> None:
        """An indicator that no area has a figure for, with the datasets it would come from."""
        known = context.sources.datasets
        used = [d for i in ids for d in context.sources.of_indicator(i) if d in known]
        absent = [d for d in dict.fromkeys(used) if not known[d]["has_release"]]
        for source in (context.sources.describe(d) for d in absent):
            publisher = source.attribution.removeprefix("Kilde: ")
            self.wanted[source.dataset_id] = (source.title, publisher, source.link)
        words = context.texts.topics["missing"]
        publishers = list(dict.fromkeys(self.wanted[d][1].partition(",")[0] for d in absent))
        key = words["not_fetched"].format(publishers=listed(publishers)) if publishers else words["not_there"]
        self.add(name, key.format(**context.names()))

    def stale(self, context: Context, shown: Figure) -> bool:
        """True of a figure too old to show, which is then listed."""
        words = context.texts.topics["missing"]
        years = {role: max(_years(shown, role), default=0) for role in ("municipality", "county", "country")}
        newest, own = max(years.values()), years["municipality"]
        age = context.sources.today.year - newest
        if age < (OLD_OWN if own else OLD_ELSEWHERE):
            return False
        key = "old_own" if own else "old_elsewhere"
        self.add(_small(shown.title), words[key].format(**context.names(year=newest)))
        return True

    def blocks(self) -> list[Block]:
        """The list for the reader; none when nothing is missing."""
        words = texts().topics["missing"]
        rows = tuple((reason, "; ".join(names)) for reason, names in self.by_reason.items())
        return (
            [Block("missing", words["title"], grids=(Grid(words["title"], tuple(words["header"]), rows),))]
            if rows
            else []
        )

    def sources(self) -> list[Block]:
        """The tables that would bring what is missing, with where they are: for the controller."""
        words = texts().topics["missing"]
        if not self.wanted:
            return []
        grid = Grid(words["sources_title"], tuple(words["sources_header"]), tuple(sorted(self.wanted.values())))
        return [Block("missing_sources", words["sources_title"], grids=(grid,))]

    def note(self) -> list[str]:
        """What the editor can do, a line each."""
        words: Mapping[str, str] = texts().topics["missing"]
        lines = [words["fetch"]] if self.wanted else []
        lines += [f"{title} ({publisher}): {link}" for title, publisher, link in sorted(self.wanted.values())]
        return lines + self.told


def _years(shown: Figure, role: Role) -> list[int]:
    return [y for line in shown.lines if line.role == role for y in shown.years if line.at(y).says_something]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
