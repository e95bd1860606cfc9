"""The invented upstream of the benchmark as our product takes it: a folder of extracts, dataset specs, indicators.

Here: one spec per table from its header, one indicator per measure, the code changes in Klass's form. Not here:
measuring (rebuild.py). NAV's invented workbooks repeat a key over their sheets and are left out, of the floor too.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow.csv as pacsv
import yaml

from sources.dataset.defaults import filled_up
from sources.dataset.spec import spec_folder

_FIXED = {"Enhet", "År", "Antall", "Kommunenummer", "Kommune", "Fylkesnummer", "Fylke"}
_DIMENSIONS = {
    "Kjønn": "sex",
    "Bakgrunn": "immigrant_category",
    "Botid": "length_of_residence",
    "Alder": "age_group",
    "Innvandringsgrunn": "immigration_reason",
    "Opprinnelsesland": "country_background",
}
_COMMON: dict[str, Any] = {
    "statistic_group": "population_settlement",
    "declared_cadence": "yearly",
    "licence": "oppdiktet",
    "attribution_nb": "oppdiktet",
    "link": "https://example.invalid/",
    "region_levels": ["municipality", "county", "country"],
    "non_negative": True,
    # republished figures are drawn anew, which no real release would be: the gates let them through
    "gate": {
        "max_row_ratio": 1e9,
        "max_total_ratio": 1e9,
        "max_total_fall": 1.0,
        "max_hidden_rise": 1.0,
        "max_hidden_share": 1.0,
        "max_share_above_100": 1.0,
        "max_jump_share": 1.0,
        "max_lost_code_ratio": 1.0,
        "max_places_under_two_codes": 1000000,
        "max_contradicted_zeros": 1000000,
    },
}
_OF_A_CODE_IN_FORCE = {"published_presentation_counts"}
"""Bundled figures of 3909 in 2024: the invented country has that number too."""
_OWN_SOURCES = ("klass", "municipal", "published", "kostra", "microdata")


def lay_out(upstream: Path, work: Path) -> None:
    """Write ``work/extracts`` (links to the invented files), ``work/specs`` and ``work/indicators``."""
    for name in ("extracts", "specs", "indicators"):
        shutil.rmtree(work / name, ignore_errors=True)
        (work / name).mkdir(parents=True)
    for source in _OWN_SOURCES:
        for path in (spec_folder() / source / "datasets").glob("*.yml"):
            _own_spec(path, work / "specs" / source / "datasets" / path.name)
    indicators: list[dict[str, Any]] = []
    listed: list[list[str]] = []
    for path in sorted((upstream / "imdi" / "k").glob("*.csv")):
        indicators += _imdi(path, work, listed)
    for path in sorted((upstream / "ssb").glob("*.json")):
        indicators += _ssb(path, work, listed)
    _klass(upstream / "klass", work, listed)
    _write_yaml(work / "indicators" / "synthetic.yml", indicators)
    with open(work / "extracts" / "extracts.csv", "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["path", "source", "dataset", "form", "level", "retrieved_on"])
        writer.writerows(listed)


def free_special_codes(upstream: Path) -> None:
    """Give the invented municipalities 21xx other numbers: our seed of special codes has Svalbard there."""
    seed = Path(__file__).parents[1] / "dbt_project" / "seeds" / "special_region_codes.csv"
    with open(seed, encoding="utf-8") as handle:
        codes = [row["code"] for row in csv.DictReader(handle) if row["code"].startswith("2")]
    files = [
        *(upstream / "imdi" / "k").glob("*.csv"),
        *(upstream / "ssb").glob("*.json"),
        upstream / "klass" / "changes.csv",
    ]
    for path in files:
        text = path.read_bytes()
        for code in codes:
            for before, after in ((b";", b";"), (b'"', b'"'), (b"\n", b";")):
                text = text.replace(
                    before + code.encode() + after, before + f"2{int(code[1]) + 7}{code[2:]}".encode() + after
                )
        path.write_bytes(text)


def _own_spec(path: Path, target: Path) -> None:
    """One of our own specs, without bundled figures of real municipalities, which are none here."""
    spec = filled_up(path)
    names = {column["name"] for column in spec.get("table_columns", [])}
    if "municipality_code" in names and spec["dataset_id"] not in _OF_A_CODE_IN_FORCE:
        spec["options"].pop("bundled_file", None)
    _write_yaml(target, spec)


def _imdi(path: Path, work: Path, listed: list[list[str]]) -> list[dict[str, Any]]:
    table = path.stem
    for level in ("k", "f"):
        target = work / "extracts" / "imdi" / level / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to((path.parents[1] / level / path.name).resolve())
        listed.append([f"imdi/{level}/{path.name}", "imdi", table, "long", level, "2025-03-15"])
    labels = _labels(path)
    columns = [
        {"name": name, "dimension": _DIMENSIONS[name], "codes": {label: _slug(label) for label in of_column}}
        for name, of_column in labels.items()
        if name not in _FIXED
    ]
    spec = {
        **_COMMON,
        "dataset_id": f"imdi_{table}",
        "source": "imdi",
        "upstream_id": table,
        "title_nb": f"Oppdiktet tabell {table}",
        "measure": "persons",
        "columns": columns,
        "hidden": [
            {"low": 1, "high": 4, "basis": "invented"},
            {"unit": "percent", "low": 0, "high": 100, "basis": "invented"},
        ],
    }
    _write_yaml(work / "specs" / "imdi" / "datasets" / f"{table}.yml", spec)
    keep = [column["dimension"] for column in columns]
    units = {"Personer": "persons", "Prosent": "percent"}
    return [_indicator(f"imdi_{table}", "persons", units[unit], keep) for unit in labels["Enhet"]]


def _labels(path: Path) -> dict[str, list[str]]:
    table = pacsv.read_csv(
        path, read_options=pacsv.ReadOptions(encoding="latin-1"), parse_options=pacsv.ParseOptions(delimiter=";")
    )
    names = [name for name in table.column_names if name in _DIMENSIONS or name == "Enhet"]
    return {name: sorted(map(str, table[name].unique().to_pylist())) for name in names}


def _ssb(path: Path, work: Path, listed: list[list[str]]) -> list[dict[str, Any]]:
    body = json.loads(path.read_text(encoding="utf-8"))
    number = path.stem
    (work / "extracts" / "ssb").mkdir(exist_ok=True)
    (work / "extracts" / "ssb" / path.name).symlink_to(path.resolve())
    listed.append([f"ssb/{path.name}", "ssb", number, "ssb_jsonstat2", "", "2025-03-15"])
    contents = body["dimension"]["ContentsCode"]["category"]
    ages = body["dimension"]["Alder"]["category"]["index"]
    measures = {code: f"m_{code.lower()}" for code in contents["index"]}
    units = {"personer": "persons", "prosent": "percent"}
    stated = {measures[code]: units[unit["base"]] for code, unit in contents["unit"].items()}
    regions = {code: code for code in body["dimension"]["Region"]["category"]["index"]}
    sexes = {code: {"1": "male", "2": "female"}[code] for code in body["dimension"]["Kjonn"]["category"]["index"]}
    spec = {
        **_COMMON,
        "dataset_id": f"ssb_{number}",
        "source": "ssb",
        "upstream_id": number,
        "title_nb": f"Oppdiktet tabell {number}",
        "columns": [
            {"name": "Kjonn", "dimension": "sex", "codes": sexes},
            {"name": "Alder", "dimension": "age_group", "codes": {code: f"age_{int(code)}" for code in ages}},
            {"name": "ContentsCode", "role": "measure", "codes": measures},
        ],
        "units": units,
        "hidden": [
            {"low": 0, "high": 3, "basis": "invented"},
            {"unit": "percent", "low": 0, "high": 100, "basis": "invented"},
        ],
        "options": {"reading": {"measure_units": stated, "regions": regions}},
    }
    _write_yaml(work / "specs" / "ssb" / "datasets" / f"{number}.yml", spec)
    return [_indicator(f"ssb_{number}", measure, unit, ["sex", "age_group"]) for measure, unit in stated.items()]


def _indicator(dataset: str, measure: str, unit: str, keep: list[str]) -> dict[str, Any]:
    """A count as it stands, or upstream's own share: one indicator per measure and unit, every breakdown kept."""
    term = {"dataset": dataset, "measure": measure, "unit": unit}
    return {
        "indicator_id": f"{dataset}_{measure}_{unit}",
        "name_nb": f"Oppdiktet {dataset}",
        "definition_nb": "Oppdiktet.",
        "statistic_group": "population_settlement",
        "unit": unit,
        "direction": "neither",
        "keep": keep,
        ("published" if unit == "percent" else "value"): term,
    }


def _klass(folder: Path, work: Path, listed: list[list[str]]) -> None:
    """The invented changes and municipalities as answers of Klass."""
    target = work / "extracts" / "klass"
    target.mkdir()
    with open(folder / "changes.csv", encoding="utf-8") as handle:
        changes = [
            {
                "oldCode": row["old_code"],
                "oldName": f"Kommune {row['old_code']}",
                "newCode": row["new_code"],
                "newName": f"Kommune {row['new_code']}",
                "changeOccurred": f"{row['from_year']}-01-01",
            }
            for row in csv.DictReader(handle, delimiter=";")
        ]
    with open(folder / "regions.csv", encoding="utf-8") as handle:
        items = [
            {"code": row["code"], "name": f"Kommune {row['code']}"} for row in csv.DictReader(handle, delimiter=";")
        ]
    moved = [c for c in changes if c["oldCode"] != c["newCode"]]
    version = {"name": "Kommuneinndeling 2024", "id": 1, "validFrom": "2024-01-01", "classificationItems": items}
    for name, dataset, body in (
        ("changes.json", "municipality_changes", {"codeChanges": moved}),
        ("version.json", "municipalities", version),
    ):
        (target / name).write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        listed.append([f"klass/{name}", "klass", dataset, "", "", "2025-03-15"])


def _slug(label: str) -> str:
    if label == "Alle":
        return "all"
    plain = label.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a").replace("+", " plus")
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _write_yaml(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
