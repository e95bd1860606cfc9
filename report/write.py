"""The files of a report: web page, PDF, workbook and slides.

Here: reading once and writing them all. Not here: any content.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from report.assemble import build_report
from report.reading.marts import Marts
from report.slides.write import write_slides
from report.writers.html import write_html
from report.writers.pdf import write_pdf
from report.writers.workbook import write_workbook


def write_report(
    database: Path, target: Path, *, municipality: str, years: int, published_at: datetime, explore: str | None = None
) -> list[Path]:
    """Write rapport-<code>.html, .pdf and .xlsx and lysark-<code>.pptx into ``target`` and return their paths.

    ``database`` is the DuckDB file of a release or a candidate; it is opened read-only. ``years`` is how many years are
    shown (at least four where they exist). ``explore`` is the explore page beside the report, if there is one. A
    ``published_at`` without a time zone is taken as UTC.
    Raises NoRelease when the file is not there, UnknownMunicipalityError for a code that is no municipality of today.
    """
    stamp = published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC)
    target.mkdir(parents=True, exist_ok=True)
    with Marts.open(database) as marts:
        report = build_report(marts, municipality, years, stamp)
    name = f"rapport-{report.municipality_code}"
    return [
        write_html(report, target / f"{name}.html", explore),
        write_pdf(report, target / f"{name}.pdf", stamp),
        write_workbook(report, target / f"{name}.xlsx", stamp),
        write_slides(report, target / f"lysark-{report.municipality_code}.pptx", stamp),
    ]
