"""The published tables as a source: the bundled files hold what the documents print, and the reader refuses all else.

Here: data files, specs and reader. Not here: what is computed from them.
"""

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.dataset.spec import DatasetSpec, TableColumn, load_specs
from sources.errors import (
    ConflictingRowsError,
    EncodingError,
    LayoutError,
    NotOfKindError,
    SourceError,
    UnknownLabelError,
    ValueGrammarError,
)
from sources.ports import Document
from sources.published.reader import bundled_file, parse_cell, read_table

SPECS = {name: spec for name, spec in load_specs().items() if spec.source == "published"}
DEFLATORS = SPECS["published_deflators"]

UPSTREAM = {
    "benefit_per_person_by_settlement_year": ["cohort_benefits"],
    "cohort_shares": ["cohort_shares"],
    "cohort_sizes": ["cohort_sizes"],
    "cost_area_per_person": ["cost_areas"],
    "cost_per_person": ["cost_components"],
    "coverage_ratio": ["coverage_ratios"],
    "deflators_and_indexation": ["deflators"],
    "forecast_scenarios": ["forecast_scenarios"],
    "grant_and_cost_amounts": ["cost_and_grant"],
    "imdi_fou_2016_costs": ["reported_statistics"],
    "integration_grant_rates": ["integration_grant_rates"],
    "kommuneundersokelsen_2015": ["reported_statistics"],
    "larvik_grants_and_settlement": ["grants_received"],
    "larvik_nationality_groups": ["plan_country_background"],
    "larvik_population": ["plan_population"],
    "larvik_presentation_counts": ["presentation_counts"],
    "larvik_settlement_decisions": ["plan_settlement_decisions"],
    "larvik_unaccompanied_minors_housing": ["plan_minors_housing"],
    "municipality_integration_cost": ["municipality_costs"],
    "norwegian_training_cost_per_hour": ["norwegian_training_cost_per_hour"],
    "norwegian_training_cost_shares": ["norwegian_training_cost_shares"],
    "norwegian_training_finance": ["norwegian_training_finance"],
    "norwegian_training_grant_rates": ["norwegian_training_grant_rates"],
    "norwegian_training_hours": ["norwegian_training_activity"],
    "norwegian_training_participants": ["norwegian_training_activity"],
    "printed_changes": ["printed_changes"],
    "reported_statistics": ["reported_statistics"],
    "supplementary_grant_rates": ["supplementary_grant_rates"],
    "target_group_composition": ["target_group_composition"],
    "target_group_size": ["target_group_size"],
}
"""Extract of the documents -> our dataset(s) that carry its figures."""

VALUE_COLUMNS = ("value", "amount_nok", "persons", "hours", "cost_per_hour_nok", "amount_nok_per_person")
CHANGE_COLUMNS = ("change_value", "share_percent", "coverage_percent", "change_percent", "difference_percent")


def read(spec: DatasetSpec, path: Path) -> pa.Table:
    return read_table(spec, [Document(path, path.name)])


@pytest.mark.parametrize("name", SPECS)
def test_bundled_file_reads_and_names_its_origin(name: str) -> None:
    spec = SPECS[name]
    table = read(spec, bundled_file(spec))
    assert table.num_rows > 0
    assert table.column_names == ["source_row", *[column.name for column in spec.table_columns]]
    if "source_table" in table.column_names:
        assert table["source_table"].null_count == 0
        documents = read(SPECS["published_documents"], bundled_file(SPECS["published_documents"]))["source_document"]
        assert set(table["source_document"].to_pylist()) <= set(documents.to_pylist())


@pytest.mark.parametrize("extract", UPSTREAM)
def test_every_figure_of_the_extract_is_carried_over(extract: str, shared: Path) -> None:
    """Figures by year and table: nothing lost, nothing altered, nothing moved to another year."""
    with open(shared / f"upstream/published_tables/{extract}.csv", encoding="utf-8", newline="") as handle:
        wanted = Counter(
            (row["source_table"], row["year"], float(row[column]))
            for row in csv.DictReader(handle)
            for column in (*VALUE_COLUMNS, *CHANGE_COLUMNS)
            if row.get(column)
        )
    found: Counter[tuple[str, str, float]] = Counter()
    for name in UPSTREAM[extract]:
        spec = SPECS[f"published_{name}"]
        numbers = [
            c.name for c in spec.table_columns if c.type in ("integer", "bigint", "decimal") and c.name not in _KEYS
        ]
        for row in read(spec, bundled_file(spec)).to_pylist():
            found.update((row["source_table"], str(row["year"]), float(row[n])) for n in numbers if row[n] is not None)
    assert sum(wanted.values()) > 0
    assert not wanted - found


_KEYS = {"year", "from_year", "settlement_year", "grant_year_n", "max_years", "age_from", "age_to", "decision_sequence"}


def test_all_discrepancies_keep_the_printed_value(shared: Path) -> None:
    with open(shared / "upstream/published_tables/DISCREPANCIES.csv", encoding="utf-8", newline="") as handle:
        wanted = [
            (r["source_document"], r["source_table"], r["printed"], r["expected"]) for r in csv.DictReader(handle)
        ]
    spec = SPECS["published_discrepancies"]
    rows = read(spec, bundled_file(spec)).to_pylist()
    assert [(r["source_document"], r["source_table"], r["printed"] or "", r["expected"] or "") for r in rows] == wanted
    assert all(r["concerns_dataset_id"] in SPECS and len(r["note_nb"]) >= 20 for r in rows)


HEADER = "document,source_table,year,index_name,application,is_approximate,change_pct\n"
ROW = "d,t,2024,i,a,false,4.4\n"

FAULTS: dict[str, tuple[bytes, type[SourceError], str]] = {
    "html": (b"<!doctype html><p>Feil</p>", NotOfKindError, "starts with '<'"),
    "empty": (b"", NotOfKindError, "an empty file"),
    "cut": ((HEADER + ROW)[:-3].encode(), NotOfKindError, "cut off"),
    "latin-1": ((HEADER + ROW.replace(",t,", ",Årstabell,")).encode("latin-1"), EncodingError, "byte 0xc5"),
    "unknown column": (HEADER.replace("index_name", "index").encode() + b"\n", LayoutError, "unknown: index"),
    "column twice": (HEADER.replace("year", "document").encode(), LayoutError, "twice: document"),
    "short line": ((HEADER + "d,t,2024\n").encode(), LayoutError, "3 cells"),
    "open quote": ((HEADER + '"d,t,2024,i,a,false,4.4\n').encode(), LayoutError, "unexpected end of data"),
    "decimal comma": ((HEADER + ROW.replace("4.4", '"4,4"')).encode(), ValueGrammarError, "line 2 column change_pct"),
    "exponent": ((HEADER + ROW.replace("4.4", "4e1")).encode(), ValueGrammarError, "4e1"),
    "a year of ten digits": ((HEADER + ROW.replace("2024", "2024202420")).encode(), ValueGrammarError, "nine digits"),
    "year with decimals": ((HEADER + ROW.replace("2024", "2024.0")).encode(), ValueGrammarError, "column year"),
    "empty required": ((HEADER + ROW.replace("4.4", "")).encode(), ValueGrammarError, "an empty cell"),
    "word for truth": ((HEADER + ROW.replace("false", "nei")).encode(), ValueGrammarError, "true or false"),
    "key twice": ((HEADER + ROW + ROW).encode(), ConflictingRowsError, "also on line 2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_refused_with_its_place(fault: str, tmp_path: Path) -> None:
    body, kind, text = FAULTS[fault]
    path = tmp_path / "deflators.csv"
    path.write_bytes(body)
    with pytest.raises(kind) as caught:
        read(DEFLATORS, path)
    assert text in str(caught.value)
    assert "deflators.csv" in str(caught.value)


def test_reordered_columns_and_a_byte_order_mark_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "deflators.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + b"change_pct,document,source_table,year,index_name,application,is_approximate\r\n"
        b"-11,d,t,2025,i,a,true\r\n"
    )
    assert read(DEFLATORS, path).to_pylist() == [
        {
            "source_row": 2,
            "source_document": "d",
            "source_table": "t",
            "year": 2025,
            "index_name": "i",
            "application": "a",
            "is_approximate": True,
            "change_pct": -11.0,
        }
    ]


def test_value_outside_the_allowed_list_is_named(tmp_path: Path) -> None:
    spec = SPECS["published_cohort_benefits"]
    text = bundled_file(spec).read_text(encoding="utf-8").replace("social_assistance", "kontantstotte", 1)
    path = tmp_path / "cohort_benefits.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnknownLabelError, match="kontantstotte"):
        read(spec, path)


@given(st.text(max_size=30), st.sampled_from(["integer", "bigint", "decimal", "boolean", "date", "text"]))
def test_any_cell_is_typed_or_refused(text: str, kind: str) -> None:
    column = TableColumn(name="cell", type=kind, description="any")
    try:
        value = parse_cell(column, text, "test")
    except SourceError:
        return
    assert value is None or text
