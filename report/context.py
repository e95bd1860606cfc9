"""What every block of a report is built from.

Here: the release, the areas, the sources and the sentence writer in one value. Not here: any block.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.reading.areas import Areas, Sources
from report.reading.figures import FigureReader
from report.reading.marts import Marts
from report.words.sentences import Writer
from report.words.texts import Texts


@dataclass(frozen=True)
class Context:
    """The one release and municipality a report is about."""

    marts: Marts
    areas: Areas
    sources: Sources
    reader: FigureReader
    writer: Writer
    texts: Texts

    def names(self, **more: object) -> dict[str, object]:
        """Names that texts may set in."""
        areas = self.areas
        return {"municipality": areas.municipality, "county": areas.county, "country": areas.country, **more}
