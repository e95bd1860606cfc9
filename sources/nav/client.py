"""NAV's statistics as workbooks behind pages: the page is read for the link each time, and each workbook is kept.

Here: calling pages and workbooks. Not here: finding the link (page.py), reading a workbook, limits (http.py).
"""

from urllib.parse import quote, unquote

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.errors import LayoutError, WithdrawnError
from sources.http.client import HttpClient
from sources.http.content import expect_workbook
from sources.landing.store import Blob, Landing
from sources.nav.page import HOST, NavPage, find_workbook
from sources.ports import Fetched, Probe

FORM = "nav_workbook"
_MAX_WORKBOOK_BYTES = 50_000_000
_MAX_PAGE_BYTES = 20_000_000
_GONE = frozenset({404, 410})
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NavClient:
    """Implements `sources.ports.Client` for nav.no, which has no API: the file's address changes with each release."""

    def __init__(self, http: HttpClient, form: str = FORM) -> None:
        self._http = http
        self._form = form
        self._pages: dict[str, str | None] = {}

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str:
        """What a fetch of this dataset would call."""
        page = options_of(spec, "nav", NavPage)
        return f"GET {HOST[8:]}{page.page}, then the workbook with {page.table_code} in its name"

    def probe(self, spec: DatasetSpec) -> Probe:
        """One call to the page (shared by its tables). The stamp is the path of the workbook, which holds its hash.

        Raises LayoutError when the page has no link to the table, or several.
        """
        options = options_of(spec, "nav", NavPage)
        page = self._page(options.page)
        if page is None:
            return Probe("withdrawn", note=f"NAV answers 404 for {options.page}")
        path = find_workbook(page, options.table_code, options.page)
        return Probe("available", stamp=path, note=unquote(path.rsplit("/", 1)[1]))

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        """The workbooks behind the archive pages, then the current one: each a release of its own.

        NAV overwrites the current file in place; landing keeps what was there before. An archive page without the table
        is counted in the notes and stops nothing.
        """
        options = options_of(spec, "nav", NavPage)
        notes: dict[str, int] = {}
        paths = []
        for archive in options.archive_pages:
            try:
                paths.append(self._workbook_path(archive, options.table_code, spec))
            except (LayoutError, WithdrawnError):
                notes["archive pages without the table"] = notes.get("archive pages without the table", 0) + 1
        current = self._workbook_path(options.page, options.table_code, spec)
        ordered = [*dict.fromkeys(path for path in paths if path != current), current]
        releases = [self._workbook(path, landing) for path in ordered]
        now = self._http.clock.now()
        return [
            Fetched([blob], self._form, now, stamp=current, notes=notes if path == current else {})
            for path, blob in zip(ordered, releases, strict=True)
        ]

    def _workbook_path(self, page_path: str, table_code: str, spec: DatasetSpec) -> str:
        page = self._page(page_path)
        if page is None:
            raise WithdrawnError(
                expected=f"NAV's page {page_path}",
                found="404",
                where=spec.dataset_id,
                next_step="find the page from nav.no's statistics index and correct options.nav.page; the last good "
                "release stays in use",
            )
        return find_workbook(page, table_code, page_path)

    def _page(self, path: str) -> str | None:
        """The text of a page, asked once a run; None = gone."""
        if path not in self._pages:
            answer = self._http.get(
                "nav", HOST + path, accept="text/html", statuses=frozenset({200}) | _GONE, max_bytes=_MAX_PAGE_BYTES
            )
            self._pages[path] = None if answer.status in _GONE else answer.body.decode("utf-8", "replace")
        return self._pages[path]

    def _workbook(self, path: str, landing: Landing) -> Blob:
        with landing.incoming() as folder:
            file = folder / "workbook.xlsx"
            answer = self._http.download(
                "nav",
                HOST + quote(path, safe="/:%"),
                file,
                check=expect_workbook,
                accept=_WORKBOOK_TYPE,
                max_bytes=_MAX_WORKBOOK_BYTES,
            )
            return landing.received(file, unquote(path.rsplit("/", 1)[1])[:200], answer)
