"""IMDi's download address, list of tables and settlement pages, as the local upstream speaks them.

Here: `/download_csv/{level}/{table}` and `/api/v1/metadata/tables`; the page of a year on www.imdi.no. Not here: other hosts.
"""

import hashlib
import re

from trials.local_upstream.answers import Answer, Question, json_answer
from trials.local_upstream.releases import Releases

HOST = "app-simapi-prod.azurewebsites.net"
PAGE_HOST = "www.imdi.no"


class Imdi:
    """Answers without validators, as the sister addresses of 2018 did, unless ``validators`` is switched on."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self.validators = False

    def answer(self, question: Question) -> Answer:
        if question.method == "HEAD":
            return Answer(405)
        if question.path == "/api/v1/metadata/tables":
            return json_answer(sorted({key.rsplit("/", 1)[1] for key in self._releases.keys("imdi/")}))
        match = re.fullmatch(r"/download_csv/([kfbn])/([a-z0-9_]+)", question.path)
        file = self._releases.file(f"imdi/{match[1]}/{match[2]}") if match else None
        if file is None:
            return json_answer({"Message": "An error has occurred."}, status=404)
        body = file.read_bytes()
        headers = {"Cache-Control": "no-cache", "Set-Cookie": "ARRAffinity=local; Path=/; HttpOnly"}
        if self.validators:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return Answer(200, body, "text/csv", headers)


def settlement_page(releases: Releases, question: Question) -> Answer:
    """The page of a year (key ``imdi_page/<year>``), 404 for a year without one."""
    match = re.fullmatch(r"/bosetting/bosettingstall/nokkeltall-bosetting-(20\d\d)/", question.path)
    file = releases.file(f"imdi_page/{match[1]}") if match else None
    return Answer(200, file.read_bytes(), "text/html; charset=utf-8") if file else Answer(404)
