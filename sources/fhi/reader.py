"""FHI's JSON-stat answers: put into the words of the JSON-stat reader, which then does the rest.

Here: FHI's years, areas on today's borders and the title of the table. Not here: JSON-stat itself (ssb/jsonstat.py),
turning cells into observations (ssb/reader.py), or calling FHI.
"""

import contextlib
import json
import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sources.dataset.options import options_of
from sources.dataset.recognition import WHOLE, Sighting, Specimen
from sources.dataset.spec import DatasetSpec
from sources.fhi.table import AREA, YEAR, FhiTable, check_title
from sources.landing.observation import Reading
from sources.ports import Document
from sources.ssb import reader as jsonstat_reader
from sources.ssb.terms import TIME_VARIABLE

FORM = "fhi_jsonstat2"
_SPAN = re.compile(r"^(\d{4})_(\d{4})$")


def read(spec: DatasetSpec, documents: list[Document]) -> Reading:
    """FHI's answers of one release -> observations; ``:`` is hidden, ``..`` missing, ``.`` not possible, as FHI prints.

    FHI puts all years on the areas of today, so no figure is outside a code's years. Raises LayoutError when the answer
    is of another table, and what the JSON-stat reader raises.
    """
    options = options_of(spec, "fhi", FhiTable)
    with TemporaryDirectory() as folder:
        ours = []
        for number, document in enumerate(documents):
            path = Path(folder) / f"{number:04}.json"
            path.write_bytes(_in_our_words(document.path.read_bytes(), options, document.name))
            ours.append(Document(path, document.name))
        return jsonstat_reader.read(spec, ours, lambda code, year: True)


def recognise(specimen: Specimen) -> Sighting | None:
    """JSON-stat with FHI's names of area, year and measure. Which table it is, the title and `title_words` say."""
    text = specimen.head + specimen.tail
    if b'"dataset"' in text and all(f'"{name}"'.encode() in text for name in (AREA, YEAR, "MEASURE_TYPE")):
        return Sighting(FORM, WHOLE, dataset_ids=("fhi_vedvarende_lavinntekt",))
    return None


def _in_our_words(body: bytes, options: FhiTable, where: str) -> bytes:
    """The body without its byte order mark, with ``AAR`` as the time and its spans as years: ``2023_2023`` is 2023.

    What is no JSON-stat is handed on as it is, for the decoder to say so. ``updated`` without a time zone names no
    moment and is left out.
    """
    try:
        dataset = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(dataset, dict) or not isinstance(dataset.get("dimension"), dict):
        return body
    check_title(options, str(dataset.get("label") or ""), where)
    dataset["role"] = {"time": [TIME_VARIABLE], "geo": [AREA]}
    if isinstance(dataset.get("id"), list):
        dataset["id"] = [TIME_VARIABLE if name == YEAR else name for name in dataset["id"]]
    dataset["dimension"] = {
        TIME_VARIABLE if name == YEAR else name: _years(one) if name == YEAR else one
        for name, one in dataset["dimension"].items()
    }
    with contextlib.suppress(ValueError):
        if datetime.fromisoformat(str(dataset.get("updated"))).tzinfo is not None:
            return json.dumps(dataset).encode()
    dataset.pop("updated", None)
    return json.dumps(dataset).encode()


def _years(dimension: Any) -> Any:
    """The time variable with its codes as our periods: one year, or a span as ``2021-2023``."""
    category = dimension.get("category") if isinstance(dimension, dict) else None
    if not isinstance(category, dict):
        return dimension
    renamed: dict[str, Any] = {}
    for part, held in category.items():
        if isinstance(held, dict):
            renamed[part] = {_period(str(code)): value for code, value in held.items()}
        else:
            renamed[part] = [_period(str(code)) for code in held] if part == "index" else held
    return {**dimension, "category": renamed}


def _period(code: str) -> str:
    match = _SPAN.match(code)
    if match is None:
        return code
    return match[1] if match[1] == match[2] else f"{match[1]}-{match[2]}"
