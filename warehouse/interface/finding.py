"""What an analyst who has never seen the warehouse asks first: what is there about a word, which tables, what is in one.

Here: searching and describing the published release as data. Not here: how it is printed (the command line), or any words of
its own (they are those of the marts' yml and the indicator registry).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from sources.files import read_yaml
from warehouse.errors import WarehouseError
from warehouse.interface.declaration import PublishedTable, load_interface
from warehouse.interface.dictionary import FIRST
from warehouse.interface.groups import unknown_groups
from warehouse.interface.open_years import part_years

_OTHER_WORDS = Path(__file__).with_name("other_words.yml")

_YEAR = re.compile(r"(19|20)\d\d")
_WORD = re.compile(r"[a-zæøå]{4,}")
_ALSO_WORDS = {"time", "lund", "hole", "land", "norge", "hå"}
"""Names of places that are words of other things too."""

SHORTEST_STEM = 5
"""So many letters of a word must stand at the beginning of another for the two to be of one stem."""


class NotFound(WarehouseError):
    """No table, view or indicator is called so."""


@dataclass(frozen=True)
class Hit:
    """Something that a word was found in. ``kind``: indicator, table, column, code, dataset or place."""

    kind: str
    name: str
    text: str
    next_step: str


@dataclass(frozen=True)
class TableSummary:
    """A published table or view: its rows (None for a view) and what one of them is."""

    name: str
    rows: int | None
    text: str


@dataclass
class Description:
    """What there is to know of a table or an indicator before a query: lines, then rows of name, kind and text, then queries."""

    title: str
    lines: list[str] = field(default_factory=list)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)


def find(connection: duckdb.DuckDBPyConnection, words: str) -> list[Hit]:
    """Everything published that holds all the words, in either language; of kinds where nothing does, what has their stems.

    Where nothing has all of them, what has the rarest. A municipality or county that is named is shown, and no word of
    what is asked about it; nor is a year. An everyday word stands for those of the registry, and one that asks for nothing
    is passed over (other_words.yml).
    """
    everything = _everything(connection)
    places, words_left = _places_apart([hit for hit, _ in everything if hit.kind == "place"], words.casefold())
    if not words_left:
        return places
    # «KOSTRA-gruppe» is found by «kostragruppe» too
    pool = [(hit, _searched(f"{hit.name} {hit.text} {more}")) for hit, more in everything if hit.kind != "place"]
    known_words = _other_words()
    asked = [word for word in words_left if known_words.get(word) != "" and not _YEAR.fullmatch(word)] or words_left
    found = [hit for hit, text in pool if all(word in text for word in asked)]
    kinds = {hit.kind for hit in found}
    stems = [_stem(word) for word in asked]
    found += [hit for hit, text in pool if hit.kind not in kinds and all(stem.search(text) for stem in stems)]
    other = [one for word in asked for one in _meant(word, known_words).split()]
    if other != asked:
        known = set(found)
        found += [hit for hit, text in pool if hit not in known and all(_stem(word).search(text) for word in other)]
    return [*places, *_nearest_first(found or _with_the_rarest(pool, other), asked, other)]


def near_words(connection: duckdb.DuckDBPyConnection, words: str) -> list[str]:
    """Words that something published has and that are spelt nearly as one that was asked."""
    known = sorted(
        {word for hit, more in _everything(connection) for word in _WORD.findall(f"{hit.text} {more}".casefold())}
    )
    known += [word for word, other in _other_words().items() if other]
    near = [get_close_matches(word, known, n=2, cutoff=0.75) for word in words.casefold().split()]
    return list(dict.fromkeys(word for found in near for word in found))


def _searched(text: str) -> str:
    folded = text.casefold()
    return f"{folded} {folded.replace('-', '')}" if "-" in folded else folded


def _places_apart(places: list[Hit], words: str) -> tuple[list[Hit], list[str]]:
    """The places that are named in full, and the words that are left. Two of one name are both meant."""
    left, found = f" {words} ", []
    for hit in sorted(places, key=lambda hit: -len(hit.name)):
        name, code = hit.name.casefold().rsplit(" is ", 1)
        # «Herøy (Nordland)» and «Oslo - Oslove» go by their first name
        short = re.split(r" \(| - ", name)[0]
        said = next((one for one in (name, short, code) if f" {one} " in f" {words} "), None)
        if said is None:
            continue
        found.append(hit)
        # a word that is a place and something else («time», «land») is both, where more is asked
        if said not in _ALSO_WORDS or words == said:
            left = left.replace(f" {said} ", " ")
    return found, left.split()


def _with_the_rarest(pool: list[tuple[Hit, str]], words: list[str]) -> list[Hit]:
    """What holds the most of the words, each weighing more the fewer things it stands in."""
    held = [{hit for hit, text in pool if _stem(word).search(text)} for word in words]
    weights = [math.log(len(pool) / len(hits)) if hits else 0.0 for hits in held]
    sums = [(sum(w for w, hits in zip(weights, held, strict=True) if hit in hits), hit) for hit, _ in pool]
    most = max((weight for weight, _ in sums), default=0.0)
    return [hit for weight, hit in sums if most > 0 and weight > 0.9 * most]


def _stem(word: str) -> re.Pattern[str]:
    """The beginning of a word, without what Norwegian bends at its end."""
    return re.compile(rf"\b{re.escape(word[: max(SHORTEST_STEM, len(word) - 4)])}")


def _meant(word: str, known_words: dict[str, str]) -> str:
    """The words of the registry that an everyday word stands for, also with a slip in it; else the word itself."""
    near = [word] if word in known_words else get_close_matches(word, [k for k, v in known_words.items() if v], 1, 0.88)
    return known_words[near[0]] or word if near else word


def _other_words() -> dict[str, str]:
    """Everyday word -> those of the registry; none for a word that asks for nothing («hvor», «mange»)."""
    return {str(k).casefold(): v for k, v in read_yaml(_OTHER_WORDS).items()}


def _nearest_first(found: list[Hit], asked: list[str], other: list[str]) -> list[Hit]:
    """By kind; within a kind what begins with the words first, what is called so, and of those the shortest name."""
    kinds = ["place", "indicator", "table", "column", "code", "dataset"]
    words, stems = " ".join(asked), [[_stem(word) for word in said] for said in (asked, other)]

    def order(hit: Hit) -> tuple[int, bool, bool, bool, int]:
        called = _searched(f"{hit.name} {hit.text}")
        return (
            kinds.index(hit.kind),
            not hit.text.casefold().startswith(words),
            words not in called,
            not any(all(stem.search(called) for stem in said) for said in stems),
            len(hit.text),
        )

    return sorted(found, key=order)


def _everything(connection: duckdb.DuckDBPyConnection) -> list[tuple[Hit, str]]:
    """Each thing that can be found, with the words it is found by beside those that are shown."""
    pool: list[tuple[Hit, str]] = []
    # an indicator is found by its groups too: what it is broken down by, and the labels of the codes
    for name, name_nb, name_en, definition, unit, groups in connection.execute(
        "select indicator_id, name_nb, name_en, definition_nb, unit_nb, coalesce(groups, '') from marts.dim_indicator "
        "left join (select indicator_id, string_agg(distinct label_nb || ' ' || label_en, ' ') as groups from marts.dim_series "
        "where breakdown <> 'several' group by indicator_id) using (indicator_id) order by indicator_id"
    ).fetchall():
        hit = Hit("indicator", name, f"{name_nb} ({unit})", f"integrering describe {name}")
        pool.append((hit, f"{name_en} {definition} {groups}"))
    for table in load_interface():
        shown = f"{table.label_nb}. {table.description}"
        pool.append((Hit("table", table.name, shown, f"integrering describe {table.name}"), table.description_nb))
    pool += _columns()
    for column, code, nb, en in connection.execute(
        "select column_name, code, label_nb, label_en from marts.dim_code order by column_name, sort_order"
    ).fetchall():
        pool.append((Hit("code", f"{column} = '{code}'", f"{nb} / {en}", ""), ""))
    for name, title, text in connection.execute(
        "select dataset_id, title_nb || case when has_release then '' else ' (not fetched)' end, coalesce(description_nb, '') "
        "from marts.dim_dataset order by dataset_id"
    ).fetchall():
        pool.append((Hit("dataset", name, title, f"select * from dim_dataset where dataset_id = '{name}'"), text))
    for code, name, level in connection.execute(
        "select region_code, region_name, region_level from marts.dim_region order by region_code"
    ).fetchall():
        pool.append((Hit("place", f"{name} is {code}", level, ""), ""))
    return pool


def _columns() -> list[tuple[Hit, str]]:
    """Each column once, with the tables that have it; where a newcomer starts first."""
    order = {name: place for place, name in enumerate(FIRST)}
    having: dict[str, list[PublishedTable]] = {}
    for table in sorted(load_interface(), key=lambda table: order.get(table.name, len(order))):
        for column in table.columns:
            having.setdefault(column.name, []).append(table)
    pool = []
    for name, holders in having.items():
        (column,) = (one for one in holders[0].columns if one.name == name)
        where = ", ".join(table.name for table in holders[:3]) + (" …" if len(holders) > 3 else "")
        hit = Hit("column", name, f"{column.label_nb}. In {where}", f"integrering describe {holders[0].name}")
        pool.append((hit, f"{column.description} {column.description_nb}"))
    return pool


def tables(connection: duckdb.DuckDBPyConnection) -> list[TableSummary]:
    """All published tables and views with their rows, where a newcomer starts first."""
    rows = dict(
        connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    )
    views = {
        n for (n,) in connection.execute("select view_name from duckdb_views() where schema_name = 'marts'").fetchall()
    }
    known = {table.name: table for table in load_interface() if table.name in rows.keys() | views}
    # a small table is a view over the stored ones
    for name in views & {name for name, table in known.items() if not table.is_view}:
        (rows[name],) = connection.execute(f'select count(*) from marts."{name}"').fetchone()
    order = [*(name for name in FIRST if name in known), *(name for name in known if name not in FIRST)]
    return [TableSummary(name, rows.get(name), known[name].description) for name in order]


def describe(connection: duckdb.DuckDBPyConnection, name: str, municipality: str) -> Description:
    """A table or view with its columns, or an indicator with its years and breakdowns; queries to go on with.

    ``municipality``: the code that the queries ask for. Raises NotFound with near names.
    """
    declared = {table.name: table for table in load_interface()}
    name = name.removeprefix("marts.")
    if name in declared:
        found = _table(declared[name], municipality)
        found.lines += unknown_groups(connection, " ".join([name, *(column for column, _, _ in found.rows)]))
        return found
    require_indicator(connection, name, [*declared], "describe")
    return _indicator(connection, name, municipality)


def require_indicator(
    connection: duckdb.DuckDBPyConnection, name: str, others: Sequence[str] = (), where: str = "compare"
) -> None:
    """Raises NotFound, with near names of indicators and of ``others``, unless the release has the indicator."""
    ids = [i for (i,) in connection.execute("select indicator_id from marts.dim_indicator").fetchall()]
    if name in ids:
        return
    near = get_close_matches(name, [*others, *ids], n=4, cutoff=0.5)
    raise NotFound(
        expected="a published table or view, or an indicator" if others else "the id of an indicator",
        found=repr(name),
        where=where,
        next_step=(f"near: {', '.join(near)}; " if near else "") + f"integrering find {name.replace('_', ' ')}",
    )


def _table(table: PublishedTable, municipality: str) -> Description:
    found = Description(f"{table.name}: {table.label_nb}", [table.description, f"one row: {', '.join(table.key)}"])
    for column in table.columns:
        unit = f" [{column.unit_texts[0]}]" if column.unit_texts else ""
        codes = f" one of: {', '.join(column.codes)}." if column.codes else ""
        to = f" -> {'.'.join(column.references)}" if column.references else ""
        found.rows.append((column.name, column.data_type, f"{column.description}{unit}.{codes}{to}"))
    names = {column.name for column in table.columns}
    area = next((c for c in ("municipality_code", "region_code", "kommunenummer") if c in names), None)
    where = f" where {area} = '{municipality}'" if area else ""
    found.queries.append(f"select * from {table.name}{where} limit 20")
    return found


def _indicator(connection: duckdb.DuckDBPyConnection, name: str, municipality: str) -> Description:
    cursor = connection.execute(
        "select name_nb, name_en, definition_nb, statistic_group, unit_nb, direction, breakdown_names from marts.dim_indicator "
        "where indicator_id = ?",
        [name],
    )
    about: dict[str, Any] = dict(zip([d[0] for d in cursor.description], cursor.fetchone(), strict=True))
    found = Description(f"{name}: {about['name_nb']} ({about['name_en']})", [about["definition_nb"]])
    found.lines.append(f"unit: {about['unit_nb']}; direction: {about['direction']}; group: {about['statistic_group']}")
    datasets = connection.execute(
        "select distinct dataset_id from marts.dim_indicator_term where indicator_id = ? order by 1", [name]
    ).fetchall()
    found.lines.append(f"computed from: {', '.join(d for (d,) in datasets)}")
    first, last, own_last = connection.execute(
        "select min(year), max(year), max(year) filter (where municipality_code = ? and municipality_value is not null) "
        "from marts.comparison where indicator_id = ?",
        [municipality, name],
    ).fetchone()
    years = (
        f"years: {first}-{last}; newest with a figure for {municipality}: {own_last or 'none'}"
        if first
        else "no figures yet"
    )
    found.lines.append(years)
    if days := part_years(connection, name):
        told = ", ".join(f"{year} (as of {day})" for year, day in days.items())
        found.lines.append(f"not the whole year: {told}; no change is given from or to it")
    for breakdown in filter(None, (about["breakdown_names"] or "").split(",")):
        codes = connection.execute(
            f"select distinct codes.code, codes.label_nb, codes.sort_order from marts.dim_series as series "
            f'join marts.dim_code as codes on codes.column_name = ? and codes.code = series."{breakdown}" '
            "where indicator_id = ? order by codes.sort_order limit 12",
            [breakdown, name],
        ).fetchall()
        found.rows.append((breakdown, "breakdown", ", ".join(f"{code} ({label})" for code, label, _ in codes)))
    has_total = connection.execute(
        "select count(*) from marts.dim_series where indicator_id = ? and is_total", [name]
    ).fetchone()[0]
    if has_total:
        found.queries.append(
            "select year, municipality_value, county_value, country_value, rank from comparison_total "
            f"where municipality_code = '{municipality}' and indicator_id = '{name}' order by year"
        )
    else:
        found.lines.append("no total: the publisher gives it by breakdown only")
    if about["breakdown_names"]:
        found.queries.append(
            "select year, breakdown, label_nb, municipality_value from comparison_breakdown "
            f"where municipality_code = '{municipality}' and indicator_id = '{name}' order by year desc, breakdown"
        )
    return found
