"""NAV's statistics pages and workbook addresses, as the local upstream speaks them.

Here: a page that links to the current workbooks, and the attachments. Not here: other hosts.
"""

import hashlib
import json
import re
import uuid
from pathlib import Path
from urllib.parse import quote, unquote

from trials.local_upstream.answers import Answer, Question
from trials.local_upstream.releases import Releases

HOST = "www.nav.no"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ONLY_IN_PAGE_DATA = ("PST",)
"""PST302 was seen only inside the page's ``__NEXT_DATA__``, HL060 and AAP155 as plain links."""


class Nav:
    """Every path under the statistics index is a page that links to all workbooks of the folder."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases

    def answer(self, question: Question) -> Answer:
        path = unquote(question.path)
        if match := re.fullmatch(r"/_/attachment/(?:download|inline)/([0-9a-f-]+:[0-9a-f]+)/[^/]+", path):
            for _, file in self._workbooks():
                if attachment_id(file) == match[1]:
                    return Answer(200, file.read_bytes(), _XLSX)
            return Answer(404, b"<!DOCTYPE html><html><title>Fant ikke siden</title></html>", "text/html")
        if path.startswith("/no/nav-og-samfunn/"):
            return Answer(200, self._page().encode(), "text/html; charset=utf-8")
        return Answer(404, b"<!DOCTYPE html><html><title>Fant ikke siden</title></html>", "text/html")

    def _workbooks(self) -> list[tuple[str, Path]]:
        keys = self._releases.keys("nav/")
        return [(key.split("/", 1)[1], file) for key in keys if (file := self._releases.file(key)) is not None]

    def _page(self) -> str:
        links, data = [], []
        for code, file in self._workbooks():
            way = "inline" if code.startswith("AAP") else "download"
            href = f"/_/attachment/{way}/{attachment_id(file)}/{quote(file.name)}"
            if code.startswith(_ONLY_IN_PAGE_DATA):
                data.append({"text": code, "url": href})
            else:
                links.append(f'<li><a href="{href}">{code}</a></li>')
        raw = json.dumps({"props": {"pageProps": {"content": data}}}).replace("/", "\\u002F")
        script = f'<script id="__NEXT_DATA__" type="application/json">{raw}</script>'
        title = "<title>Statistikk - nav.no</title>"
        return f"<!DOCTYPE html><html><head>{title}</head><body><ul>{''.join(links)}</ul>{script}</body></html>"


def attachment_id(file: Path) -> str:
    """An id in NAV's form: both parts change with the content."""
    body = file.read_bytes()
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(body).hexdigest())}:{hashlib.sha1(body).hexdigest()}"
