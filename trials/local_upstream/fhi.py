"""FHI's open statistics as the local upstream speaks them: a table's default question, and its data.

Here: the two addresses public scripts use, and the byte order mark of the answers. Not here: other hosts.
"""

import json
import re

from trials.local_upstream.answers import Answer, Question, json_answer
from trials.local_upstream.cube import Cube, Refusal
from trials.local_upstream.releases import Releases

HOST = "statistikk-data.fhi.no"
_ADDRESS = re.compile(r"/api/open/v1/nokkel/table/(\d+)/(query|data)", re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"


class Fhi:
    """A table is a whole JSON-stat dataset in the folder (``fhi/<table>.json``); every variable must be named."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases

    def answer(self, question: Question) -> Answer:
        match = _ADDRESS.fullmatch(question.path)
        file = self._releases.file(f"fhi/{match[1]}") if match else None
        if match is None or file is None:
            return json_answer({"title": "Not Found", "status": 404}, 404)
        cube = Cube(json.loads(file.read_bytes()), [])
        if match[2].lower() == "query":
            listed = [{"code": name, "filter": "item", "values": list(cube.codes(name))} for name in cube.names]
            return _marked(json_answer({"dimensions": listed, "response": {"format": "json-stat2"}}))
        asked = json.loads(question.body or b"{}").get("dimensions", [])
        try:
            if {one["code"] for one in asked} != set(cube.names):
                raise Refusal("every dimension must be filtered")
            return _marked(json_answer(cube.cut({one["code"]: (one["values"], None) for one in asked}, 50_000)))
        except Refusal as refusal:
            return json_answer({"title": refusal.title, "status": 400}, 400)


def _marked(answer: Answer) -> Answer:
    return Answer(answer.status, _MARK + answer.body, answer.content_type, answer.headers)
