"""The areas of a report and what is known of the datasets behind its figures.

Here: names and codes of municipality, county and country; sources with dates. Not here: figures.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from report.model import Role, Source
from report.reading.marts import Marts, Row, as_day
from warehouse.errors import WarehouseError
from warehouse.places import COUNTRY

_OSLO = ZoneInfo("Europe/Oslo")


class UnknownMunicipalityError(WarehouseError):
    """The municipality asked for is not one of today's."""


@dataclass(frozen=True)
class Areas:
    """The three areas that stand side by side."""

    municipality_code: str
    municipality: str
    county_code: str
    county: str
    country: str
    is_own_county: bool = False
    """True for a municipality that is its whole county (Oslo): the two are one area and not worth comparing."""

    @property
    def codes(self) -> dict[str, Role]:
        return {self.municipality_code: "municipality", self.county_code: "county", COUNTRY: "country"}

    def title(self, role: Role) -> str:
        """The name as it starts a row or a heading."""
        name = self.name(role)
        return name[:1].upper() + name[1:]

    def name(self, role: Role) -> str:
        """The name as it stands inside a sentence."""
        return {"municipality": self.municipality, "county": self.county, "country": self.country}.get(role, "")


def areas_of(marts: Marts, municipality: str) -> Areas:
    """The municipality, its county and the country.

    Raises UnknownMunicipalityError for a code that is no municipality of today.
    """
    regions = {row["region_code"]: row for row in marts.rows("dim_region")}
    found = regions.get(municipality)
    if found is None or found["region_level"] != "municipality":
        raise UnknownMunicipalityError(
            expected="the code of a municipality of today, four digits",
            found=municipality,
            where="report",
            next_step="see the municipalities of dim_region with `integrering query`",
        )
    county = regions.get(found["county_code"], {}).get("region_name") or found["county_code"]
    siblings = [
        code
        for code, row in regions.items()
        if row["region_level"] == "municipality" and row["county_code"] == found["county_code"]
    ]
    return Areas(
        municipality_code=municipality,
        municipality=found["region_name"],
        county_code=found["county_code"],
        county=f"{county} fylke" if county == found["region_name"] else county,
        country=_inside_sentence(regions.get(COUNTRY, {}).get("region_name") or "Hele landet"),
        is_own_county=siblings == [municipality],
    )


def _inside_sentence(name: str) -> str:
    """«Hele landet» is no proper noun and starts small inside a sentence; «Norge» would stay."""
    return name[:1].lower() + name[1:] if name.lower().startswith("hele ") else name


class Sources:
    """Datasets by id, their releases in use, and when the next release is expected."""

    def __init__(self, marts: Marts, published_at: datetime) -> None:
        self._marts = marts
        self.published_at = published_at

    @property
    def today(self) -> date:
        return self.published_at.astimezone(_OSLO).date()

    @cached_property
    def datasets(self) -> dict[str, Row]:
        return {row["dataset_id"]: row for row in self._marts.rows("dim_dataset")}

    @cached_property
    def releases(self) -> dict[tuple[str, str], Row]:
        """Releases in use by dataset and release id."""
        rows = self._marts.rows("fct_dataset_release", {"is_in_use": True})
        return {(row["dataset_id"], row["release_id"]): row for row in rows}

    @cached_property
    def _by_release(self) -> dict[str, Row]:
        return {release_id: row for (_, release_id), row in self.releases.items()}

    @cached_property
    def _due(self) -> dict[str, Row]:
        return {row["scope_id"]: row for row in self._marts.rows("cadence", {"scope": "dataset"})}

    @cached_property
    def _terms(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self._marts.rows("dim_indicator_term", columns=["indicator_id", "dataset_id"]):
            found.setdefault(row["indicator_id"], []).append(row["dataset_id"])
        before: dict[str, list[str]] = {}
        for dataset_id, row in self.datasets.items():
            if row.get("serves_before") and row.get("has_release"):
                before.setdefault(row["serves_before"], []).append(dataset_id)
        return {i: list(dict.fromkeys(d for of in ids for d in (*before.get(of, []), of))) for i, ids in found.items()}

    def of_indicator(self, indicator_id: str) -> list[str]:
        """Ids of the datasets an indicator is made from."""
        return self._terms.get(indicator_id, [])

    def retrieved(self, release_id: str | None, datasets: list[str]) -> date | None:
        """The day the release behind a cell was fetched; of several datasets the earliest of their newest releases."""
        release = self._by_release.get(release_id or "")
        if release:
            return as_day(release["retrieved_at"])
        days = [as_day(self.datasets[d]["last_retrieved_at"]) for d in datasets if d in self.datasets]
        return min((day for day in days if day), default=None)

    def is_preliminary(self, release_id: str | None) -> bool:
        release = self._by_release.get(release_id or "")
        return bool(release and release.get("publication_status") == "preliminary")

    def describe(self, dataset_id: str, detail: str = "") -> Source:
        """A dataset as a source line needs it. A dataset this release does not know keeps its id as title."""
        row, due = self.datasets.get(dataset_id, {}), self._due.get(dataset_id, {})
        expected = as_day(due.get("next_expected_to_date"))
        return Source(
            dataset_id=dataset_id,
            title=row.get("title_nb") or dataset_id,
            attribution=row.get("attribution_nb") or "",
            link=row.get("link") or "",
            licence=row.get("licence") or "",
            cadence=row.get("declared_cadence") or "unknown",
            retrieved=as_day(row.get("last_retrieved_at")),
            updated=as_day(row.get("last_updated_at")),
            next_expected=expected,
            detail=detail,
            is_demo=bool(row.get("is_demo")),
        )
