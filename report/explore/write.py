"""The explore page on disk: utforsk.html, and beside it a folder with the chart library and one file of figures per indicator.

Here: filling the page. Not here: which figures go out (data.py), or the looks and the behaviour (page/).
Nothing is asked of a server: the page works from a folder, a memory stick or any web server alike.
"""

import contextlib
import json
import re
import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from markupsafe import Markup

from report.explore.data import AreaList, areas, indicators, packed, received
from report.reading.marts import Marts
from report.words.norwegian import day
from report.words.texts import texts
from report.writers.filling import page
from sources.files import write_whole

PAGE = "utforsk.html"
FOLDER = "utforsk"
LIBRARY = "vega.js"
_LOOKS = Path(__file__).parent / "page"
_MADE = Path(__file__).parent / "made"
_ID = re.compile(r"^[a-z][a-z0-9_]*$")


def write_explore(database: Path, target: Path, *, municipality: str, published_at: datetime) -> Path | None:
    """Write the page and its folder into ``target``; returns the page's path, or None when the release has no indicator.

    ``database`` is the file of a release or candidate, opened read-only. ``municipality`` is what the page opens with.
    """
    with Marts.open(database) as marts:
        listed, all_areas = indicators(marts), areas(marts)
        if not listed:
            return None
        folder = target / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for indicator_id, text in packed(marts, listed, all_areas):
            if not _ID.fullmatch(indicator_id):
                raise ValueError(f"not a name of an indicator: {indicator_id!r}")
            (folder / f"{indicator_id}.js").write_text(text, encoding="ascii")
        start = _start(marts, listed, all_areas, municipality)
    (folder / LIBRARY).write_text(_library(), encoding="utf-8")
    return _write_page(target / PAGE, start, published_at)


def _library() -> str:
    """The chart library for a browser, packed as figures are. Bundled once on a machine, where the code can be written to: that
    takes as long as all else that is written for people."""
    kept = _MADE / f"vega-{version('vl-convert-python')}-packed.js"
    if kept.is_file():
        return kept.read_text(encoding="ascii")
    text = received(f"{FOLDER}/{LIBRARY}", vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;").encode())
    with contextlib.suppress(OSError):
        write_whole(kept, text)
    return text


def take_along(published: Path, target: Path) -> str | None:
    """The page of a release copied beside a report that is written elsewhere; its name, or None when the release has none."""
    if not (published / PAGE).is_file():
        return None
    if published.resolve() != target.resolve():
        shutil.copytree(published / FOLDER, target / FOLDER, dirs_exist_ok=True)
        shutil.copy2(published / PAGE, target / PAGE)
    return PAGE


def _start(marts: Marts, listed: list[dict[str, Any]], all_areas: AreaList, municipality: str) -> dict[str, Any]:
    """What the page must know before it has read any figure."""
    words = texts()
    labels: dict[str, dict[str, str]] = {}
    for row in marts.rows("dim_breakdown_code"):
        labels.setdefault(row["dimension"], {})[row["code"]] = row["label_nb"]
    kostra = _kostra(marts)
    return {
        "home": municipality,
        "areas": [
            [code, name, level, county, kostra.get(code, "")]
            for code, name, level, county in zip(
                all_areas.codes, all_areas.names, all_areas.levels, all_areas.counties, strict=True
            )
        ],
        "indicators": listed,
        "groups": words.groups,
        "labels": labels,
        "dimensions": words.explore["dimensions"],
        "statuses": words.statuses,
        "words": words.explore["words"],
        "demo": words.words["demo_mark"],
    }


def _kostra(marts: Marts) -> dict[str, str]:
    """The KOSTRA group of each municipality; none before Klass has been asked, and in a release from before the column."""
    rows = marts.rows("dim_region", {"region_level": "municipality"})
    return {row["region_code"]: row.get("kostra_group_code") or "" for row in rows}


def _write_page(target: Path, start: dict[str, Any], published_at: datetime) -> Path:
    text = json.dumps(start, ensure_ascii=False, separators=(",", ":"))
    return page(
        _LOOKS / "utforsk.html.j2",
        target,
        words=texts().explore["words"],
        style=Markup((_LOOKS / "utforsk.css").read_text(encoding="utf-8")),
        script=Markup((_LOOKS / "utforsk.js").read_text(encoding="utf-8")),
        # JSON that cannot end the script element it stands in, whatever a label holds
        start=Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")),
        library=f"{FOLDER}/{LIBRARY}",
        published=day(published_at),
        is_demo=any(one["demo"] for one in start["indicators"]),
        demo_banner=texts().words["demo_banner"],
    )
