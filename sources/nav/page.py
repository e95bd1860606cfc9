"""NAV's statistics pages: the settings of a dataset, and the one link of a page that leads to its workbook.

Here: `NavPage` (``options.nav``) and finding the link. Not here: fetching either, or reading the workbook.
"""

import html
import re
from typing import Annotated
from urllib.parse import unquote

from pydantic import Field

from sources.errors import LayoutError
from sources.files import Declared

HOST = "https://www.nav.no"
PAGE_PATTERN = r"^/[A-Za-z0-9/_.%\-]{1,300}$"

_ATTACHMENT = re.compile(
    r"/_/attachment/(?:download|inline)/"
    r"(?P<id>[0-9a-fA-F-]{8,64}:[0-9a-fA-F]{8,128})/(?P<name>[^\s\"'<>\\?#]{1,300})"
)
_BEFORE = re.compile(r"[^\s\"'<>\\?#:]*$")
_LONGEST_BEFORE = 300


class NavPage(Declared):
    """``options.nav`` of a dataset: the page that links to the workbook, and the table code in the file's name.

    ``page`` is the path on www.nav.no. The address of the workbook changes with every release and is read from the
    page each time. ``archive_pages`` are further pages whose workbooks of the same table are kept as releases too.

    Example::

        options:
          nav:
            page: /no/nav-og-samfunn/statistikk/arbeidssokere-og-stillinger-statistikk/helt-ledige
            table_code: HL060
    """

    page: str = Field(pattern=PAGE_PATTERN)
    table_code: str = Field(pattern=r"^[A-Z]{2,4}[0-9]{2,4}[A-Za-z]?$")
    archive_pages: list[Annotated[str, Field(pattern=PAGE_PATTERN)]] = Field(default=[])


def find_workbook(page: str, table_code: str, where: str) -> str:
    """The path of the one workbook on a page whose file name holds the table code.

    The raw text is searched, so that a plain ``href`` and the page's ``__NEXT_DATA__`` (escaped slashes) both count;
    the same file linked twice is one. PDF versions are passed over. Raises LayoutError when none or several remain.
    """
    text = html.unescape(page.replace("\\u002F", "/").replace("\\u002f", "/").replace("\\/", "/"))
    code = re.compile(rf"(?<![A-Za-z0-9]){re.escape(table_code)}(?![A-Za-z0-9])", re.IGNORECASE)
    found: dict[str, str] = {}
    others: set[str] = set()
    for match in _ATTACHMENT.finditer(text):
        name, before = unquote(match["name"]), _before(text, match.start())
        if before is None:
            continue
        if not code.search(name):
            others.add(name)
        elif not name.lower().endswith(".pdf"):
            found.setdefault(match["id"].lower(), before + match[0])
    if len(found) == 1:
        return next(iter(found.values()))
    names = sorted(unquote(path.rsplit("/", 1)[1]) for path in found.values())
    seen = f"{len(names)} workbooks: {', '.join(names)}" if names else f"none among {len(others)} attachments"
    raise LayoutError(
        expected=f"one link to a workbook with {table_code} in its name",
        found=seen,
        where=where,
        next_step="open the page in a browser; correct page or table_code in the dataset spec, or put the workbook "
        "into the extracts folder by hand",
    )


def _before(text: str, start: int) -> str | None:
    """The part of a link's path before the attachment; None when the link leads to another host."""
    match = _BEFORE.search(text[max(0, start - _LONGEST_BEFORE) : start])
    before = match[0] if match else ""
    if before.startswith("//"):
        host, _, path = before[2:].partition("/")
        return None if host != "www.nav.no" else f"/{path}" if path else ""
    return before if before.startswith("/") else ""
