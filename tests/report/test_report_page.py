"""The report's page in a real browser: folded on a phone, contents beside it on a desktop, no violation of WCAG at either width.

Here: what only a browser can tell. Not here: what the page says (test_report_files.py), the explore page (test_explore.py).
"""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from report.write import write_report
from tests.support.browser import page, violations
from tests.support.report_release import SmallRelease

PHONE, DESKTOP = 380, 1280


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A count and a share of groups in three areas, as IMDi printed settlement; the share is made up for the layout."""
    folder = tmp_path_factory.mktemp("page")
    small = SmallRelease(folder / "integrering.duckdb")
    small.dataset("d", "2023-01-25")
    small.indicator("settled_persons", "Bosatte flyktninger", "persons")
    small.indicator("employed_share", "Sysselsatte", "percent", breakdown_names="immigrant_category")
    for code, label in (
        ("immigrants", "Innvandrere"),
        ("population_except_immigrants", "Befolkningen unntatt innvandrere"),
    ):
        small.add("dim_breakdown_code", dimension="immigrant_category", code=code, label_nb=label)
    for region, settled in {"3909": (35, 168), "39": (134, 879), "00": (4900, 31258)}.items():
        for year, count in zip((2021, 2022), settled, strict=True):
            small.value("settled_persons", region, year, count)
            for group, share in (("immigrants", 60.0), ("population_except_immigrants", 72.0)):
                small.value("employed_share", region, year, share + year - 2021, immigrant_category=group)
    write_report(
        small.close(), folder / "r", municipality="3909", years=5, published_at=datetime(2023, 6, 1, tzinfo=UTC)
    )
    return folder / "r"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_violation_and_nothing_wider_than_the_screen(written: Path, width: int) -> None:
    with page(width=width, height=844) as opened:
        opened.goto(f"file://{quote(str(written / 'rapport-3909.html'))}")
        assert violations(opened) == []
        chapters = opened.locator("details.chapter")
        unfolded = opened.locator("details.chapter[open]").count()
        assert unfolded == (chapters.count() if width == DESKTOP else 1)
        opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(opened) == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        beside = opened.evaluate("document.querySelector('main').getBoundingClientRect().left") > 200
        assert beside == (width == DESKTOP), "the contents stand beside the text on a wide screen only"
        opened.goto(f"file://{quote(str(written / 'index.html'))}")
        assert violations(opened) == []


def test_an_address_opens_the_chapter_of_its_figure(written: Path) -> None:
    with page(width=PHONE, height=844) as opened:
        opened.goto(f"file://{quote(str(written / 'rapport-3909.html'))}#employed_share")
        box = opened.locator("#employed_share")
        assert box.is_visible() and "mot 73,0 prosent av den øvrige befolkningen" in box.inner_text()
        assert 0 <= opened.evaluate("document.querySelector('#employed_share').getBoundingClientRect().top") < 400
