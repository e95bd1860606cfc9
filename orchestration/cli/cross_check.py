"""The settlement pages of IMDi beside its settlement table: two ways to the same figures, compared and never corrected.

Here: fetching the page of a year and lining it up with the published table. Not here: reading the HTML (sources/imdi).
"""

from __future__ import annotations

from collections import Counter

from orchestration.workspace import Workspace
from sources.errors import SourceError
from sources.http.client import HttpClient
from sources.imdi.settlement_page import Difference, SettlementPages, compare
from warehouse.query import open_published

MOST_SHOWN = 10


def settlement_cross_check(workspace: Workspace, http: HttpClient, year: int) -> list[str]:
    """Lines that say how the page of a year agrees with ``fct_settlement``; a page that cannot be read is one line.

    Names that two municipalities share are left out: the page has no codes. Hidden figures are no difference.
    """
    try:
        cells = SettlementPages(http).read(year)
    except (SourceError, ValueError) as problem:
        return [f"settlement page {year}: not compared: {problem}"]
    held = published_settlement(workspace, year)
    known = [c for c in cells if c.level == "municipality" and held.get((c.region_name, c.measure)) is not None]
    differences = compare(known, held)
    lines = [f"settlement page {year}: {len(known)} figures compared, {len(differences)} differ"]
    return lines + [_line(difference) for difference in differences[:MOST_SHOWN]]


def published_settlement(workspace: Workspace, year: int) -> dict[tuple[str, str], int | None]:
    """``{(name, measure): persons}`` of the municipalities of today whose name is theirs alone."""
    with open_published(workspace.settings.data_dir) as connection:
        rows = connection.execute(
            "select r.region_name, s.requested_persons, s.decided_persons, s.settled_persons "
            "from marts.fct_settlement as s join marts.dim_region as r using (region_code) "
            "where s.year = ? and s.region_level = 'municipality' and not s.is_demo",
            [year],
        ).fetchall()
    names = Counter(name for name, *_ in rows)
    measures = ("requested_persons", "decided_persons", "settled_persons")
    return {
        (name, measure): value
        for name, *values in rows
        if names[name] == 1
        for measure, value in zip(measures, values, strict=True)
    }


def _line(difference: Difference) -> str:
    where = f"{difference.region_name}, {difference.measure}"
    return f"  {where}: page {difference.page}, table {difference.dataset}"
