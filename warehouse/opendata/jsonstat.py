"""An indicator as a JSON-stat 2 dataset, the form that Statistics Norway and other offices give their tables in.

Here: the format (json-stat.org/format). Not here: the figures (cube.py).
A figure that is not one known number is null, with its status beside it; its bounds are measures of their own.
"""

from typing import Any

from warehouse.opendata.cube import Cube

MEASURES = {"value": "Verdi", "value_low": "Minst mulig", "value_high": "Mest mulig"}
NOTE = "Et tall som mangler, er ikke null: status sier hvorfor, og grensene står som egne mål."


def json_stat(cube: Cube, release_id: str, published_at: str) -> dict[str, Any]:
    """The dataset. ``updated`` is when the release was published; ``extension`` has licences and how figures are known."""
    sizes = [len(axis.codes) for axis in cube.axes] + [len(MEASURES)]
    places = [{code: at for at, code in enumerate(axis.codes)} for axis in cube.axes]
    values: dict[str, float] = {}
    statuses: dict[str, str] = {}
    for point in cube.points:
        at = 0
        for size, index, code in zip(sizes, places, point.codes, strict=False):
            at = at * size + index[code]
        first = at * len(MEASURES)
        for offset, number in enumerate((point.value, point.low, point.high)):
            if number is not None:
                values[str(first + offset)] = int(number) if float(number).is_integer() else number
        if point.status != "ok":
            statuses[str(first)] = point.status
    demo = "DEMODATA: oppdiktede tall. " if cube.is_demo else ""
    return {
        "version": "2.0",
        "class": "dataset",
        "label": f"{demo}{cube.name}",
        "source": "; ".join(credit.attribution.removeprefix("Kilde: ") for credit in cube.credits),
        "updated": published_at,
        "note": [text for text in (cube.definition, NOTE, *_part_years(cube)) if text],
        "role": {"geo": ["region"], "time": ["year"], "metric": ["measure"]},
        "id": [*(axis.name for axis in cube.axes), "measure"],
        "size": sizes,
        "dimension": {
            **{
                axis.name: {
                    "label": axis.label,
                    "category": {"index": {code: at for at, code in enumerate(axis.codes)}, "label": axis.codes},
                }
                for axis in cube.axes
            },
            "measure": {
                "label": "Mål",
                "category": {
                    "index": {code: at for at, code in enumerate(MEASURES)},
                    "label": MEASURES,
                    "unit": {code: {"base": cube.unit_name} for code in MEASURES},
                },
            },
        },
        "value": values,
        "status": statuses,
        "extension": {
            "indicator_id": cube.indicator_id,
            "release_id": release_id,
            "is_demo": cube.is_demo,
            "status_label": {code: label for code, label in cube.statuses.items() if code in set(statuses.values())},
            "sources": [
                {
                    "dataset_id": credit.dataset_id,
                    "title": credit.title,
                    "attribution": credit.attribution,
                    "licence": credit.licence,
                    "link": credit.link,
                    "retrieved_at": f"{credit.retrieved_at:%Y-%m-%dT%H:%M:%SZ}" if credit.retrieved_at else None,
                }
                for credit in cube.credits
            ],
        },
    }


def _part_years(cube: Cube) -> list[str]:
    return [f"Tallene for {year} er per {day:%d.%m.%Y}, ikke for hele året." for year, day in cube.part_years.items()]
