"""IMDi's settlement pages live: one page a year, each asked for as a reader's browser would.

Here: which addresses, what counts as news, and landing the pages that changed. Not here: reading one (reader.py), limits and
retries (sources/http).
"""

import hashlib
import re
from collections.abc import Iterator

from sources.dataset.options import options_of
from sources.dataset.spec import DatasetSpec
from sources.errors import SourceError, WithdrawnError
from sources.http.client import Answer, HttpClient
from sources.imdi.settlement.blocks import page_blocks
from sources.imdi.settlement.reader import PAGE, SettlementPages, page_of
from sources.landing.store import Blob, Landing
from sources.ports import Fetched, Probe

HOST = "https://www.imdi.no"
PUBLISHER = "imdi_pages"
"""A publisher of its own to the HTTP client: when IMDi's statistics address is down, the pages are still asked."""

_GONE = frozenset({404, 410})


def address_of(year: int) -> str:
    """The page of a year. The path has one known form."""
    return f"{HOST}/bosetting/bosettingstall/nokkeltall-bosetting-{year}/"


class SettlementPageClient:
    """Implements `sources.ports.Client` for the pages of all years, next year's request included.

    The pages send no validator, and what surrounds the tables changes without the figures. So the stamp of a page is a
    hash of what it says, and a page whose figures landing has already is not landed again.
    """

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._answers: dict[int, Answer] = {}

    @staticmethod
    def planned_call(spec: DatasetSpec) -> str:
        """What a fetch of this dataset would call."""
        first_year = options_of(spec, "imdi_pages", SettlementPages).first_year
        return f"GET {address_of(first_year)[8:]}, and of each year since"

    def probe(self, spec: DatasetSpec) -> Probe:
        """One stamp over all pages that are there; withdrawn when none is."""
        stamps = self._stamps(spec)
        if not stamps:
            return Probe(
                "withdrawn", note=f"IMDi answers 404 for {address_of(self._years(spec)[0])} and the years after"
            )
        return Probe("available", stamp=" ".join(stamps.values()))

    def fetch(self, spec: DatasetSpec, landing: Landing) -> list[Fetched]:
        """One Fetched for each page whose figures differ from the newest landed of its year; the newest page at least.

        Raises WithdrawnError when no page is there, and the HTTP client's errors.
        """
        stamps = self._stamps(spec)
        if not stamps:
            raise WithdrawnError(
                expected=f"a page at {address_of(self._years(spec)[0])}",
                found="404 for every year",
                where=spec.dataset_id,
                next_step=f"the pages have moved: look from {HOST}/bosetting/; save them into the drop folder until then",
            )
        whole = " ".join(stamps.values())
        landed = _landed_stamps(landing, spec)
        news = [year for year, stamp in stamps.items() if landed.get(year) != stamp] or [max(stamps)]
        return [self._land(landing, year, whole) for year in news]

    def _land(self, landing: Landing, year: int, stamp: str) -> Fetched:
        answer = self._answers[year]
        blob = Blob(
            sha256=landing.put_bytes(answer.body),
            bytes=len(answer.body),
            name=f"nokkeltall-bosetting-{year}.html",
            url=answer.url,
            http_status=answer.status,
            content_type=answer.content_type,
        )
        return Fetched([blob], PAGE, self._http.clock.now(), stamp=stamp)

    def _years(self, spec: DatasetSpec) -> range:
        """From the first page to next year's: the request for it comes in October."""
        return range(options_of(spec, "imdi_pages", SettlementPages).first_year, self._http.clock.now().year + 2)

    def _stamps(self, spec: DatasetSpec) -> dict[int, str]:
        """``{year: "<year>:<hash>"}`` of the pages that are there. Each is asked for once in this client's life."""
        found = {}
        for year in self._years(spec):
            if year not in self._answers:
                answer = self._http.get(
                    PUBLISHER, address_of(year), accept="text/html", statuses=frozenset({200}) | _GONE
                )
                self._answers[year] = answer
            if self._answers[year].status == 200:
                found[year] = f"{year}:{_fingerprint(spec, self._answers[year].body)}"
        return found


def _fingerprint(spec: DatasetSpec, body: bytes) -> str:
    """A hash of the figures of a page; of its bytes where it cannot be read, so that the run shows why."""
    try:
        page = page_of(spec, page_blocks(body), "page")
        said = repr(
            [(f.county_name, f.name, f.measure, f.value, f.status, f.printed_on) for f in page.figures]
        ).encode()
    except SourceError:
        said = body
    return hashlib.sha256(said).hexdigest()[:12]


def _landed_stamps(landing: Landing, spec: DatasetSpec) -> dict[int, str]:
    """The stamp of the newest landed page of each year."""
    newest: dict[int, str] = {}
    for receipt in sorted(landing.receipts(spec.dataset_id), key=lambda r: r.order):
        facts = landing.reading(spec.dataset_id, receipt.release_id)
        years = facts.years if facts else []
        newest |= {year: stamp for year, stamp in _parts_of(receipt.stamp or "") if year in years}
    return newest


def _parts_of(stamp: str) -> Iterator[tuple[int, str]]:
    for part in stamp.split():
        if match := re.fullmatch(r"(20\d\d):[0-9a-f]{12}", part):
            yield int(match[1]), part
