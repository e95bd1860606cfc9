"""What the tests of the live clients share: a clock that waits in no time, specs, and a small folder of releases.

Here: building blocks, with figures of settlement and of table 12272 as published. Not here: tests.
"""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sources.dataset.spec import DatasetSpec
from sources.http.client import Answer, HttpClient, HttpSettings
from sources.http.content import expect_semicolon_csv
from sources.http.limits import Clock, RetryRule, TimeLimits
from tests.support.ssb_bodies import body
from trials.local_upstream.server import LocalUpstream

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""A Friday outside all closed hours."""

SETTLED = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall\n" + "".join(
    f"Personer;{year};{code};;Faktisk bosetting;{value}\n"
    for code, year, value in (("0712", 2019, 46), ("3805", 2020, 29), ("3805", 2021, 35), ("3805", 2022, 168))
)
"""Settled persons in Larvik as IMDi published them (2019-2022)."""

MINORITY_CHILDREN = {"3805": (370, 2147), "0709": (325, 1979), "0728": (8, 124)}
"""Table 12272, code -> (minority-language children, children in kindergarten): Larvik 2021, Larvik and Lardal 2017."""


IMDI = "https://app-simapi-prod.azurewebsites.net/download_csv/k/bosatt_anmodede"
SSB = "https://data.ssb.no/api/pxwebapi/v2/config"
NAV = "https://www.nav.no/no/nav-og-samfunn/statistikk"


class PatientClock:
    """A clock whose waiting costs nothing: `sleep` moves it forward, and nothing else moves what it says the time is.

    Durations are real ones with the waits added, so that a limit on an attempt can be reached.
    """

    def __init__(self, start: datetime = NOON) -> None:
        self.start, self.skipped, self._began = start, 0.0, time.monotonic()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.skipped)

    def monotonic(self) -> float:
        return time.monotonic() - self._began + self.skipped

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.skipped += seconds

    def as_clock(self) -> Clock:
        return Clock(self.now, self.monotonic, self.sleep, lambda: 0.5)


ROOMY = TimeLimits(connect=60, read=60, total=300, grace=0.3, minimum_bytes_per_second=20)
"""No limit that a sound answer could miss on a loaded machine: its few hundred bytes come within ten seconds, while
``TRICKLE`` never comes as fast."""

TRICKLE = "0.2"
"""Seconds a byte of the fault `slow`: well within the read limit, and below the minimum rate of ``ROOMY``."""


def http_for(upstream: LocalUpstream, clock: PatientClock | None = None, **settings: Any) -> HttpClient:
    """A client whose official hosts are served by the local upstream; waits cost nothing."""
    chosen = {"time_limits": ROOMY, "retry": RetryRule(attempts=3), "base_urls": upstream.base_urls, **settings}
    return HttpClient(HttpSettings(**chosen), (clock or PatientClock()).as_clock())


def download(http: HttpClient, folder: Path, max_bytes: int = 1_000_000) -> tuple[Answer, bytes]:
    """The settlement table fetched into a folder: the answer and the bytes that arrived."""
    file = folder / "body.csv"
    answer = http.download("imdi", IMDI, file, check=expect_semicolon_csv, accept="text/csv", max_bytes=max_bytes)
    return answer, file.read_bytes()


def make_spec(source: str, upstream_id: str, *, cadence: str = "yearly", **options: Any) -> DatasetSpec:
    """A minimal spec with the settings of its client."""
    return DatasetSpec.model_validate(
        {
            "dataset_id": f"{source}_test_{upstream_id.lower()}",
            "source": source,
            "upstream_id": upstream_id,
            "title_nb": "Prøve",
            "statistic_group": "regions",
            "shape": "table",
            "table_columns": [{"name": "code", "description": "code"}],
            "declared_cadence": cadence,
            "licence": "CC BY 4.0",
            "attribution_nb": "Kilde: prøve",
            "link": "https://www.ssb.no",
            "options": {source: options} if options else {},
        }
    )


def dataset_12272(updated: str = "2026-06-15T06:00:00Z", shift: int = 0) -> dict[str, Any]:
    """Table 12272 composed in SSB's shape from published figures: regions x 2 contents x (2017, 2021)."""
    categories: dict[str, dict[str, str]] = {
        "KOKkommuneregion0000": {"3805": "Larvik (2020-2023)", "0709": "Larvik (-2017)", "0728": "Lardal (-2017)"},
        "ContentsCode": {"KOSminspbhgbarn0000": "Minoritetsspråklige barn", "KOSbarn0000": "Barn i barnehage"},
        "Tid": {"2017": "2017", "2021": "2021"},
    }
    values = [
        MINORITY_CHILDREN[region][place] + shift if (year == 2021) == (region == "3805") else None
        for region in categories["KOKkommuneregion0000"]
        for place in range(2)
        for year in (2017, 2021)
    ]
    return body(categories, values, table="12272", unit="barn", updated=updated)


KOSTRA_CODELISTS = [
    {
        "id": "agg_KOGkommuneregion000005402",
        "variable": "KOKkommuneregion0000",
        "label": "Uttrekk for Kommuner 2020-2023",
        "type": "Aggregation",
        "values": [{"code": "3805", "label": "Larvik (2020-2023)", "valueMap": ["3805"]}],
    },
    {
        "id": "agg_KOGkommuneregion000005403",
        "variable": "KOKkommuneregion0000",
        "label": "Uttrekk for Kommuner -2017",
        "type": "Aggregation",
        "values": [
            {"code": "0709", "label": "Larvik (-2017)", "valueMap": ["0709"]},
            {"code": "0728", "label": "Lardal (-2017)", "valueMap": ["0728"]},
        ],
    },
]


def write_release(folder: Path, files: dict[str, bytes | str | list[Any] | dict[str, Any]]) -> Path:
    """Write a release folder from ``{path: content}``; lists and maps become JSON, text becomes Latin-1."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_bytes(content.encode("latin-1"))
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder
