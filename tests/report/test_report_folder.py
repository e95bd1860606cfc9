"""The folder of a report: several municipalities from one reading, and the page that says what lies there.

Here: which files there are and what index.html lists. Not here: what is in them (test_report_files.py).
"""

import re
from datetime import UTC, datetime
from pathlib import Path

from report.write import write_report, write_reports
from tests.support.report_release import SmallRelease

PUBLISHED = datetime(2024, 6, 1, 10, tzinfo=UTC)


def links(page: Path) -> list[str]:
    return re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8"))


def test_the_folder_of_one_municipality_says_what_lies_there(tmp_path: Path) -> None:
    database = SmallRelease(tmp_path / "a.duckdb").close()
    write_report(database, tmp_path / "r", municipality="3909", years=5, published_at=PUBLISHED)
    listed = links(tmp_path / "r" / "index.html")
    assert {"rapport-3909.html", "rapport-3909.pdf", "rapport-3909.xlsx"} <= set(listed)
    assert all((tmp_path / "r" / name).exists() for name in listed), "nothing is listed that is not there"
    assert "utforsk.html" not in listed
    assert "<h1>Integrering i Larvik</h1>" in (tmp_path / "r" / "index.html").read_text(encoding="utf-8")


def test_several_municipalities_lie_side_by_side_under_their_names(tmp_path: Path) -> None:
    small = SmallRelease(tmp_path / "a.duckdb")
    small.connection.execute("update marts.dim_region set region_name = '<b>&' where region_code = '3907'")
    database = small.close()
    paths = write_reports(database, tmp_path / "r", municipalities=["3907", "3909"], years=5, published_at=PUBLISHED)
    assert {"rapport-3907.pdf", "rapport-3909.pdf"} <= {path.name for path in paths}
    text = (tmp_path / "r" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", text)[:2] == ["&lt;b&gt;&amp;", "Larvik"]
    assert {"rapport-3907.html", "rapport-3909.html"} <= set(links(tmp_path / "r" / "index.html"))
