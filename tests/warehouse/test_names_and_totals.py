"""Names, labels and totals: what an analyst sums and filters without having read anything.

Here: the readable views and dim_code on the demo release, as a client of its own opens it. Not here: the command line.
"""

import re
from collections.abc import Iterator

import duckdb
import pytest

from sources.dataset.code_names import code_names
from sources.dataset.dimensions import units
from sources.dataset.spec import load_specs
from tests.support.pipeline import PROJECT, Installation
from warehouse.interface.codes import code_rows, declared_codes
from warehouse.interface.declaration import load_interface


@pytest.fixture(scope="module")
def client(demo: Installation) -> Iterator[duckdb.DuckDBPyConnection]:
    """A client that has opened the published file and set nothing."""
    with duckdb.connect(str((demo.data / "published" / "integrering.duckdb").resolve()), read_only=True) as connection:
        yield connection


def _one(client: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    (row,) = client.execute(sql).fetchall()
    return row


def test_a_sum_with_names_counts_nobody_twice(client: duckdb.DuckDBPyConnection) -> None:
    """The settled of the county are those of its municipalities; over `comparison` the same sum takes every breakdown too."""
    own, municipalities = _one(
        client,
        "select sum(municipality_value), count(*) from comparison_total "
        "where municipality_name = 'Larvik' and indicator_id = 'employed_persons' and year = 2024",
    )
    (figure,) = _one(
        client,
        "select value from marts.fct_indicator_value where region_code = '3909' and indicator_id = 'employed_persons' "
        "and year = 2024 and sex = 'all' and age_group = 'all' and immigrant_category = 'all'",
    )
    (trap,) = _one(
        client,
        "select sum(municipality_value) from comparison "
        "where municipality_code = '3909' and indicator_id = 'employed_persons' and year = 2024",
    )
    assert (own, municipalities) == (figure, 1)
    assert trap > figure
    parts, county = _one(
        client,
        "select sum(municipality_value), any_value(county_value) from comparison_total "
        "where county_name = 'Vestfold' and indicator_id = 'employed_persons' and year = 2024",
    )
    assert parts == county


def test_a_breakdown_sums_to_its_total(client: duckdb.DuckDBPyConnection) -> None:
    """Immigrants and the rest are everybody, who are in the view of totals."""
    (parts,) = _one(
        client,
        "select sum(kommunen) from sammenligning_inndelt where kommune = 'Larvik' and indikator_id = 'employed_persons' "
        "and aar = 2024 and inndeling = 'innvandringskategori' and gruppe in ('Innvandrere', 'Befolkningen unntatt innvandrere')",
    )
    (total,) = _one(
        client,
        "select kommunen from sammenligning where kommune = 'Larvik' and indikator_id = 'employed_persons' and aar = 2024",
    )
    assert parts == total


def test_every_name_is_in_the_schema_a_client_starts_in(client: duckdb.DuckDBPyConnection) -> None:
    shown = {name for (name,) in client.execute("show tables").fetchall()}
    assert shown == {table.name for table in load_interface()}
    for name in ("dim_region", "comparison_total", "cadence"):
        assert _one(client, f"select count(*) from {name}") == _one(client, f"select count(*) from marts.{name}")


def test_a_hidden_figure_stays_hidden_under_a_name(client: duckdb.DuckDBPyConnection) -> None:
    """Where only bounds are known there is no figure, and the word says so."""
    hidden = client.execute(
        "select municipality_value, municipality_value_low, municipality_value_high, municipality_status from comparison_total "
        "where municipality_status = 'suppressed' and indicator_id = 'settled_persons' limit 5"
    ).fetchall()
    assert hidden
    for value, low, high, _ in hidden:
        assert value is None and 0 <= low < high < 5


def test_every_code_of_the_interface_has_both_labels() -> None:
    """Declared ones in codes.yml, breakdowns in their lists, those of documents in code_labels.csv."""
    labels = (PROJECT / "sources/published/data/code_labels.csv").read_text(encoding="utf-8").splitlines()
    printed = {tuple(line.split(",", 2)[:2]) for line in labels}
    names = code_names(load_specs().values()) | {("unit", code): unit.name_nb for code, unit in units().items()}
    rows = code_rows(names)
    known = {(row["column_name"], row["code"]) for row in rows}
    assert all(row["label_nb"] and row["label_en"] for row in rows)
    without = [
        f"{table.name}.{column.name} = {code}"
        for table in load_interface()
        for column in table.columns
        for code in column.codes
        if (column.name, code) not in known | printed
    ]
    assert not without


def test_every_word_of_a_state_has_labels() -> None:
    """A word that macros/words.sql ranks and codes.yml lacks would be published without a name."""
    text = (PROJECT / "dbt_project/macros/words.sql").read_text(encoding="utf-8")
    for column, macro, room in (
        ("value_status", "status_order", 19),
        ("geography_basis", "basis_order", 9),
        ("reason", "reason_order", 99),
    ):
        words = re.findall(r"'(\w+)'", text.partition(f"macro {macro}()")[2].partition("endmacro")[0])
        assert 5 <= len(words) <= room, f"the place of a {column} runs into the digits of another (state_number)"
        assert {(column, word) for word in words} <= declared_codes().keys()


def test_ages_stand_in_the_order_of_life() -> None:
    rows = code_rows({("age_group", code): code for code in ("age_67_plus", "age_5", "age_16_19", "all", "age_6_15")})
    ages = sorted((r for r in rows if r["column_name"] == "age_group"), key=lambda r: r["sort_order"])
    assert [r["code"] for r in ages] == ["all", "age_5", "age_6_15", "age_16_19", "age_67_plus"]
    assert [r["label_en"] for r in ages][1:] == ["5 years", "6-15 years", "16-19 years", "67 years and over"]


def test_country_names_are_english() -> None:
    names = {(r["column_name"], r["code"]): r["label_en"] for r in code_rows(code_names(load_specs().values()))}
    assert names["country_background", "564"] == "Syria"
    assert names["country_background", "148"] == "Ukraine"
    assert names["country_background", "241"] == "Eritrea"
