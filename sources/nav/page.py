"""NAV's statistics pages: the settings of a dataset, and the one link of a page that leads to its workbook.

Here: `NavPage` (``options.nav``) and finding the link. Not here: fetching either, or reading the workbook.
"""

from __future__ import annotations

from pydantic import Field

from sources.options import Options


class NavPage(Options):
    """``options.nav`` of a dataset: the page that links to the workbook, and the table code in the file's name.

    ``page`` is the path on www.nav.no. The address of the workbook changes with every release and is read from the
    page each time. ``archive_pages`` are further pages whose workbooks of the same table are kept as releases too.

    Example::

        options:
          nav:
            page: /no/nav-og-samfunn/statistikk/arbeidssokere-og-stillinger-statistikk/helt-ledige
            table_code: HL060
    """

    page: str = Field(pattern=r"^/[A-Za-z0-9/_.%\-]{1,300}$")
    table_code: str = Field(pattern=r"^[A-Z]{2,4}[0-9]{2,4}[A-Za-z]?$")
    archive_pages: list[str] = []
