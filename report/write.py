"""The files of a report for each municipality asked for: page, PDF, workbook, slides, pictures, and the page that lists them.

Here: reading once and writing them all. Not here: any content.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from report.assemble import build_report
from report.model import Report
from report.profile.findings import weights
from report.profile.page import Profile, build_profile
from report.reading.areas import Sources
from report.reading.marts import Marts
from report.slides.write import write_slides
from report.writers.editor_note import write_note
from report.writers.html import write_html
from report.writers.index import write_index
from report.writers.pdf import write_pdf
from report.writers.pictures import write_pictures
from report.writers.profile import write_profile
from report.writers.workbook import write_workbook


def write_report(
    database: Path, target: Path, *, municipality: str, years: int, published_at: datetime, explore: str | None = None
) -> list[Path]:
    """Write rapport-<code>.html, .pdf and .xlsx, lysark-<code>.pptx, profil-<code>.pdf, the editor's note, pictures, index.html.

    Returns the paths of the first six.

    ``database`` is the DuckDB file of a release or a candidate; it is opened read-only. ``years`` is how many years are
    shown (at least four where they exist). ``explore`` is the explore page beside the report, if there is one. A
    ``published_at`` without a time zone is taken as UTC.
    Raises NoRelease when the file is not there, UnknownMunicipalityError for a code that is no municipality of today.
    """
    return write_reports(
        database, target, municipalities=[municipality], years=years, published_at=published_at, explore=explore
    )


def write_reports(
    database: Path,
    target: Path,
    *,
    municipalities: Sequence[str],
    years: int,
    published_at: datetime,
    explore: str | None = None,
) -> list[Path]:
    """The same for several municipalities in one folder, from one reading of the release; the page lists them all."""
    stamp = published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC)
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    reports: list[Report] = []
    with Marts.open(database) as marts:
        known = weights(marts, Sources(marts, stamp))
        for code in municipalities:
            reports.append(build_report(marts, code, years, stamp, known))
            written += _files(reports[-1], build_profile(known, reports[-1]), target, stamp, explore)
    write_index(target, reports, explore)
    return written


def _files(report: Report, profile: Profile, target: Path, stamp: datetime, explore: str | None) -> list[Path]:
    name, paper = f"rapport-{report.municipality_code}", f"profil-{report.municipality_code}.pdf"
    write_pictures(report, target)
    return [
        write_html(report, target / f"{name}.html", explore, profile, paper),
        write_pdf(report, target / f"{name}.pdf", stamp),
        write_workbook(report, target / f"{name}.xlsx", stamp),
        write_slides(report, target / f"lysark-{report.municipality_code}.pptx", stamp),
        write_profile(report, profile, target / paper, stamp),
        write_note(report, target / f"redaksjonsnotat-{report.municipality_code}.txt"),
    ]
