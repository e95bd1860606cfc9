"""What every block of a report is built from.

Here: the release, the areas, the sources and the sentence writer in one value. Not here: any block.
"""

from dataclasses import dataclass
from functools import cached_property

from report.reading.areas import Areas, Sources
from report.reading.figures import FigureReader
from report.reading.marts import Marts, Row
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

    @cached_property
    def payments(self) -> dict[str, list[Row]]:
        """Benefits by group of the three areas, ages together, by scheme: five places ask for each of thirteen."""
        where = {"age_group": "all", "region_code": list(self.areas.codes)}
        order = ("year", "group_code", "region_code", "counted_unit", "source_kind", "source_document")
        rows: dict[str, list[Row]] = {}
        for row in self.marts.rows("benefit_payment_by_group", where, order):
            rows.setdefault(row["scheme"], []).append(row)
        return rows

    def names(self, **more: object) -> dict[str, object]:
        """Names that texts may set in."""
        areas = self.areas
        return {"municipality": areas.municipality, "county": areas.county, "country": areas.country, **more}
