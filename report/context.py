"""What every block of a report is built from.

Here: the release, the areas, the sources and the sentence writer in one value. Not here: any block.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.areas import Areas, Sources
from report.figures import FigureReader
from report.marts import Marts
from report.sentences import Writer
from report.texts import Texts


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
