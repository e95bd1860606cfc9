"""The page that says what lies in the folder: for each municipality its files, and the pages they share.

Here: which files there are. Not here: what is in them, or the words (texts.yml under «index»).
"""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from report.model import Report
from report.words.norwegian import day
from report.words.texts import texts
from report.writers.filling import page

PAGE = "index.html"
_TEMPLATES = Path(__file__).parent / "templates"


def write_index(target: Path, reports: Sequence[Report], explore: str | None = None) -> Path:
    """Write index.html into ``target``. A file of texts.yml that is not there is not listed."""
    words = texts().index
    groups = [(report.municipality, _present(target, words["files"], report.municipality_code)) for report in reports]
    shared = _present(target, words["shared"], "")
    return page(
        _TEMPLATES / "index.html.j2",
        target / PAGE,
        words=words,
        title=reports[0].title if len(reports) == 1 else words["title"],
        groups=groups,
        shared=[file for file in shared if file[0] != "utforsk.html" or explore],
        published=day(reports[0].published),
        banner=reports[0].words["demo_banner"] if any(report.is_demo for report in reports) else "",
        style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),
    )


def _present(target: Path, files: dict[str, str], code: str) -> list[tuple[str, str]]:
    named = [(name.format(code=code), about) for name, about in files.items()]
    return [(name, about) for name, about in named if (target / name).exists()]
