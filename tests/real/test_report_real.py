"""The report that a run on the real files has written: what it says of Larvik beside Vestfold.

Here: the files of the published release. Not here: what a report is made of (tests/report).
"""

import re

import pypdf
from python_calamine import CalamineWorkbook

from tests.report.test_report_files import THIN, pdf_text, rows_of
from tests.support.pipeline import Installation


def test_report_of_the_real_release(real: Installation) -> None:
    """On the real files: Larvik 29, 35, 168 beside Vestfold 115, 134, 879, and 2023 incomplete."""
    folder = real.data / "published" / "report"
    (page,), (pdf,), (book,) = (list(folder.glob(f"rapport-3909*.{ending}")) for ending in ("html", "pdf", "xlsx"))
    text = page.read_text(encoding="utf-8")
    assert "2023 er ikke komplett: Tallene ble hentet 25. september 2023" in text
    sheet = rows_of(CalamineWorkbook.from_path(str(book)), "Data")
    found = {(r[2], r[3]): r[4] for r in sheet if r[1] == "Bosatte flyktninger" and isinstance(r[3], float)}
    assert [found["Larvik", year] for year in (2020, 2021, 2022)] == [29, 35, 168]
    assert [found["Vestfold", year] for year in (2020, 2021, 2022)] == [115, 134, 879]
    assert "Larvik" in pdf_text(pypdf.PdfReader(pdf))
    # the folder holds no settlement after 2023, so what is owed for later cohorts is at least what is known
    first, last = re.search(r"Ingen bosettes: minst [^.]* i (\d{4}) og 0 kroner i (\d{4}), ", text).groups()
    assert int(last) == int(first) + 4
    # 49 738 375 kroner over 547 persons, Vedlegg 2 of the committee's report of 2024
    assert f"I 2024 kostet bosetting og integrering 90{THIN}929 kroner per person i Larvik" in text
