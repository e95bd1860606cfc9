"""The published interface as the marts' yml declares it: tables, columns, types, keys, references, units, descriptions.

Here: reading the declaration (the one source of it). Not here: the contract over time, or what is written into a release.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sources.files import read_yaml
from sources.vocabulary import vocabulary
from warehouse.errors import WarehouseError
from warehouse.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_project"

UNITS = {
    "persons": ("persons", "personer"),
    "nok": ("Norwegian kroner", "kroner"),
    "percent": ("percent, 0-100", "prosent, 0–100"),
    "percentage_points": ("percentage points", "prosentpoeng"),
    "per_1000": ("per 1000 inhabitants", "per 1000 innbyggere"),
    "hours": ("hours", "timer"),
    "days": ("days", "dager"),
    "years": ("years", "år"),
    "year": ("calendar year", "kalenderår"),
    "count": ("number of things named in the description", "antall av det beskrivelsen nevner"),
    "ratio": ("part of one, 0-1", "del av én, 0–1"),
    "ordinal": ("a number in an order", "nummer i en rekkefølge"),
    "factor": ("what a ratio is multiplied by", "det et forhold ganges med"),
    "number": ("a number that stands for a row of another table", "nummer som viser til en rad i en annen tabell"),
}
"""Unit code -> English, Norwegian. `see <column>` instead of a code: the unit stands in that column of the row."""

_SUFFIXES = (
    (r"(^|_)persons(_low|_high)?$", "persons"),
    (r"_nok$", "nok"),
    (r"_pct$", "percent"),
    (r"_percentage_points$", "percentage_points"),
    (r"_per_1000$", "per_1000"),
    (r"_hours$", "hours"),
    (r"_days$", "days"),
    (r"_number$", "number"),
    (r"_count$", "count"),
    (r"(^|_)year$", "year"),
)
"""Measures end in their unit, so that the name declares it; only other numbers name their unit in the yml."""

_NUMBERS = ("integer", "bigint", "double")

Texts = dict[str, dict[str, Any]]
"""Column name, or the name of a shared text -> what a column's ``meta`` says, and its description."""


@dataclass(frozen=True)
class PublishedColumn:
    """A published column. ``codes``: the only values it may hold; ``references``: the (table, column) it points to.

    How the file holds it (packing.py): ``usually``: what it mostly is, as SQL over other columns of the row, or nothing; a bound,
    `<name>_low` or `<name>_high`, is mostly the figure itself. ``computed``: what it is in many rows.
    """

    name: str
    data_type: str
    label_nb: str
    description: str
    description_nb: str
    unit: str | None
    example: str
    is_required: bool
    codes: tuple[str, ...]
    references: tuple[str, str] | None
    usually: str | None = None
    computed: str = ""

    @property
    def unit_texts(self) -> tuple[str, str] | None:
        """The unit in English and Norwegian; None for what is no number."""
        if self.unit is None:
            return None
        if self.unit.startswith("see "):
            place = self.unit.removeprefix("see ")
            return f"given by {place}", f"står i {place}"
        return UNITS[self.unit]

    @property
    def comment(self) -> str:
        """What stands at the column in the DuckDB file: Norwegian, English, unit."""
        unit = f" [{self.unit}]" if self.unit else ""
        return f"{self.description_nb} | {self.description}{unit}"


@dataclass(frozen=True)
class PublishedTable:
    """A published table. ``key``: the columns no two rows share; ``order_by``: the order rows are stored in.

    ``by_county``: the column with a municipality by whose county the rows lie first; ``alike``: SQL whose equal rows lie together
    before that order, since cells that are empty or alike pack best side by side. ``is_view``: a query over other tables, with
    no rows of its own.
    """

    name: str
    label_nb: str
    description: str
    description_nb: str
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    columns: tuple[PublishedColumn, ...]
    by_county: str = ""
    is_view: bool = False
    alike: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        """What stands at the table in the DuckDB file: Norwegian, English."""
        return f"{self.description_nb} | {self.description}"


def interface_version() -> str:
    """The semantic version of the published interface: `version` in dbt_project.yml, and nowhere else."""
    return str(read_yaml(DBT_PROJECT / "dbt_project.yml")["version"])


def load_interface(project: Path = DBT_PROJECT) -> tuple[PublishedTable, ...]:
    """All published tables in order of name. Raises WarehouseError where a declaration is incomplete.

    Those of this project are read once in a process: several ask for them in a run.
    """
    return _interface() if project == DBT_PROJECT else _declared(project)


@cache
def _interface() -> tuple[PublishedTable, ...]:
    return _declared(DBT_PROJECT)


def _declared(project: Path) -> tuple[PublishedTable, ...]:
    files = sorted((project / "models" / "marts").rglob("*.yml"))
    models = [model for path in files for model in read_yaml(path).get("models", [])]
    texts = shared_texts(project)
    return tuple(sorted((_table(model, texts) for model in models), key=lambda table: table.name))


def shared_texts(project: Path = DBT_PROJECT) -> Texts:
    """What columns of a name mean in every table that says nothing of its own (columns.yml)."""
    path = project / "columns.yml"
    return read_yaml(path) if path.exists() else {}


def _table(model: dict[str, Any], texts: Texts) -> PublishedTable:
    name, meta = model["name"], model.get("config", {}).get("meta", {})
    codes: dict[str, list[Any]] = dict(meta.get("codes", {}))
    for test in model.get("data_tests", []):
        codes |= test.get("accepted_codes", {}).get("arguments", {}).get("codes", {})
    key = meta.get("key")
    if not key:
        raise _incomplete(name, "a key (meta.key), which publication holds the table to", "none")
    return PublishedTable(
        name=name,
        label_nb=_word(meta, "label_nb", name),
        description=_word(model, "description", name),
        description_nb=_word(meta, "description_nb", name),
        key=tuple(key),
        order_by=tuple(meta.get("order_by", ())),
        columns=_columns(name, model, codes, texts),
        by_county=meta.get("by_county", ""),
        is_view=meta.get("is_view", False),
        alike=tuple(meta.get("alike", ())),
    )


def _columns(
    table: str, model: dict[str, Any], codes: dict[str, list[Any]], texts: Texts
) -> tuple[PublishedColumn, ...]:
    columns = [_column(table, column, codes.get(column["name"], []), texts) for column in model["columns"]]
    names = {column.name for column in columns}
    found = []
    for column in columns:
        figure = re.sub(r"_(low|high)(?=_|$)", "", column.name)
        is_bound = column.usually is None and figure != column.name and figure in names
        found.append(replace(column, usually=figure if is_bound else column.usually or ""))
    return tuple(found)


def _column(table: str, column: dict[str, Any], codes_of_model: list[Any], texts: Texts) -> PublishedColumn:
    """A column; its codes stand at itself (accepted_values), or with those of others at the model (accepted_codes).

    Without a description it means what columns.yml says of its name, or of the entry that ``meta.text`` names.
    """
    name, where = column["name"], f"{table}.{column['name']}"
    meta = {"description": column.get("description"), **column.get("config", {}).get("meta", {})}
    if not meta["description"]:
        meta = {**meta, **texts.get(meta.get("text", name), {}), **column.get("config", {}).get("meta", {})}
    tests = column.get("data_tests", [])
    codes = [
        t["accepted_values"]["arguments"]["values"] for t in tests if isinstance(t, dict) and "accepted_values" in t
    ]
    table_of, _, column_of = meta.get("references", "").partition(".")
    required = "not_null" in tests or any(c["type"] == "not_null" for c in column.get("constraints", []))
    return PublishedColumn(
        name=name,
        data_type=column["data_type"],
        label_nb=_word(meta, "label_nb", where),
        description=_word(meta, "description", where) + _told(meta.get("words"), "en"),
        description_nb=_word(meta, "description_nb", where) + _told(meta.get("words"), "nb"),
        unit=_unit(name, column["data_type"], meta.get("unit"), where),
        example=_word(meta, "example", where),
        is_required=required,
        codes=tuple(str(code) for code in next(iter(codes), codes_of_model)),
        references=(table_of, column_of) if column_of else None,
        usually=meta.get("usually"),
        computed=meta.get("computed", ""),
    )


def _told(kind: str | None, language: str) -> str:
    """The codes of a list of the vocabulary with what each means, to stand after a column's description."""
    if kind is None:
        return ""
    words = {code: word for code, word in vocabulary()[kind].items() if not word.apart}
    told = {code: word.en if language == "en" else word.meaning_nb or word.nb for code, word in words.items()}
    return ": " + ", ".join(f"{code} ({meaning})" if meaning else code for code, meaning in told.items())


def _unit(name: str, data_type: str, declared: str | None, where: str) -> str | None:
    if data_type not in _NUMBERS:
        return None
    unit = declared or next((unit for pattern, unit in _SUFFIXES if re.search(pattern, name)), "")
    if unit not in UNITS and not unit.startswith("see "):
        raise _incomplete(where, f"a unit: a suffix such as _persons, or meta.unit of {', '.join(UNITS)}", repr(unit))
    return unit


def _word(holder: dict[str, Any], name: str, where: str) -> str:
    value = holder.get(name)
    if value is None or not str(value).strip():
        raise _incomplete(where, name, "none")
    return " ".join(str(value).split())


def _incomplete(where: str, expected: str, found: str) -> WarehouseError:
    return WarehouseError(
        expected=expected,
        found=found,
        where=f"the yml of the marts, {where}",
        next_step="add it under config.meta, or to dbt_project/columns.yml where other tables mean the same by the name",
    )
