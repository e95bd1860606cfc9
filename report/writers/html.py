"""The report as one web page that needs nothing else: styles, charts, tables and the script that folds are inside the file.

Here: filling the template. Not here: texts, figures, or the look (templates/report.css).
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from markupsafe import Markup

from report.drawing.charts import charts
from report.model import Figure, Report
from report.profile.page import Profile
from report.words.norwegian import day
from report.words.texts import texts
from report.writers.filling import page
from report.writers.pictures import picture_name
from report.writers.profile import profile_content
from report.writers.tables import figure_table, grid_text, source_note

_TEMPLATES = Path(__file__).parent / "templates"
FONTS = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"
_SVG_LOOK = f'font-family="{FONTS}" aria-hidden="true" focusable="false"'


def write_html(
    report: Report, target: Path, explore: str | None = None, profile: Profile | None = None, pdf: str | None = None
) -> Path:
    """Write the page; ``explore`` is where the explore page lies beside it, None leaves the link out.

    ``profile`` is what the page begins with, ``pdf`` the file that has the same on paper.
    """
    return page(
        _TEMPLATES / "report.html.j2",
        target,
        report=report,
        words=report.words,
        published=day(report.published),
        charts=_drawn,
        pictures=_pictures(report),
        table=figure_table,
        grid_text=grid_text,
        source_note=source_note,
        source_number=texts().sentences["source_number"],
        style=_raw("report.css") + _raw("profile.css"),
        script=_raw("report.js"),
        script_hash=_hash("report.js"),
        profile=_profile(report, profile) if profile else None,
        pdf=pdf,
        explore=f"{explore}#m={report.municipality_code}" if explore else None,
    )


def _drawn(shown: Figure) -> list[dict[str, Any]]:
    """Panels with their SVG marked as made here; every label inside was escaped when it was drawn."""
    return [
        {
            "svg": _drawing(panel.text),
            "alt": panel.alt,
            "title": panel.title,
        }
        for panel in charts(shown)
    ]  # fmt: skip


def _pictures(report: Report) -> dict[str, str]:
    """The picture of each figure, by the id of its block."""
    blocks = [block for section in report.sections for block in section.blocks if block.figure and charts(block.figure)]
    return {block.block_id: picture_name(block, report) for block in blocks}


def _hash(name: str) -> str:
    """What the page's security policy allows: this script and no other."""
    digest = hashlib.sha256((_TEMPLATES / name).read_bytes()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _profile(report: Report, profile: Profile) -> dict[str, Any]:
    """The profile's content with its drawings marked as made here."""
    return _marked(profile_content(report, profile, "FONT_FAMILY"))


def _marked(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _drawing(value) if key == "svg" else _marked(value) for key, value in content.items()}
    return [_marked(value) for value in content] if isinstance(content, list) else content


def _drawing(svg: str) -> Markup:
    return Markup(svg.replace('font-family="FONT_FAMILY"', _SVG_LOOK))


def _raw(name: str) -> Markup:
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))
