"""Klass: the recorded answers equal the verified change list and yearly lists, and so does what is bundled."""

import csv
import re
from pathlib import Path

import pytest

from sources.dataset.spec import load_specs
from sources.errors import NotOfKindError
from sources.klass.answers import read_changes
from sources.klass.history import code_is_valid, counties, municipalities, name_of
from sources.klass.reader import bundled_files, change_kinds, read_bundled_changes, read_version
from sources.ports import Document

COUNTS = {2016: 428, 2017: 426, 2018: 422, 2019: 422, 2020: 356, 2021: 356, 2022: 356, 2023: 356, 2024: 357}
KINDS = {"renumber": 362, "merge": 117, "name": 17, "split": 9, "boundary": 1}


def _changes(rows: list[dict]) -> set[tuple]:
    return {(r["old_code"], r["new_code"], str(r["change_date"]), r["change_kind"]) for r in rows}


def _verified(upstream: Path) -> set[tuple]:
    with open(upstream / "klass" / "municipality_changes.csv", encoding="utf-8", newline="") as handle:
        return _changes(list(csv.DictReader(handle)))


def test_bundled_years_have_the_published_number_of_municipalities() -> None:
    assert {year: len(municipalities(year)) for year in COUNTS} == COUNTS
    assert [len(counties(year)) for year in (2016, 2018, 2020, 2024)] == [19, 18, 11, 15]


def test_bundled_years_equal_the_verified_lists(upstream: Path) -> None:
    for year in COUNTS:
        with open(upstream / "klass" / f"municipalities_{year}.csv", encoding="utf-8", newline="") as handle:
            assert municipalities(year) == sorted((row["code"], row["name"]) for row in csv.DictReader(handle)), year


def test_recorded_versions_have_the_same_municipalities(extracts: Path) -> None:
    spec = load_specs()["klass_municipalities"]
    for path in sorted((extracts / "upstream" / "klass" / "recorded").glob("versions_*.json")):
        table = read_version(spec, [Document(path, path.name)])
        first = table["valid_from"][0].as_py()
        year = max(first.year, 2016)
        assert len(table) == COUNTS[year], path.name
        assert "9999" not in table["code"].to_pylist()


def test_recorded_changes_equal_the_verified_list(upstream: Path) -> None:
    path = next((upstream / "klass" / "recorded").glob("*changes*"))
    rows = read_changes(load_specs()["klass_municipality_changes"], [Document(path, path.name)]).to_pylist()
    since_2016 = [row for row in rows if row["change_date"].year >= 2016]
    assert _changes(since_2016) == _verified(upstream)
    assert {kind: sum(r["change_kind"] == kind for r in since_2016) for kind in KINDS} == KINDS


def test_bundled_changes_equal_the_verified_list(upstream: Path) -> None:
    table = read_bundled_changes(
        load_specs()["klass_municipality_changes"], [bundled_files()["klass_municipality_changes"]]
    )
    assert _changes(table.to_pylist()) == _verified(upstream)


def test_a_code_is_guarded_by_its_date() -> None:
    assert [code_is_valid("0709", year) for year in (2016, 2017, 2018)] == [True, True, False]
    assert [code_is_valid("3805", year) for year in (2019, 2020, 2023, 2024)] == [False, True, True, False]
    assert name_of("3909", "2024-06-01") == "Larvik"
    assert name_of("3909", "2023-06-01") is None


def test_kinds_by_hand() -> None:
    day = "2017-01-01"
    rows = [
        ("0704", "Tønsberg", "0704", "Tønsberg", day),
        ("0706", "Sandefjord", "0710", "Sandefjord", day),
        ("0719", "Andebu", "0710", "Sandefjord", day),
        ("0720", "Stokke", "0704", "Tønsberg", day),
        ("0720", "Stokke", "0710", "Sandefjord", day),
        ("1601", "Trondheim", "5001", "Trondheim", "2018-01-01"),
        ("5001", "Trondheim", "5001", "Trondheim - Tråante", "2022-01-01"),
    ]
    assert change_kinds(rows) == ["boundary", "merge", "merge", "split", "split", "renumber", "name"]


def test_an_error_page_is_no_answer(tmp_path: Path) -> None:
    page = tmp_path / "changes.json"
    page.write_text("<html>502</html>")
    with pytest.raises(NotOfKindError, match="Accept: application/json"):
        read_changes(load_specs()["klass_municipality_changes"], [Document(page, page.name)])


def test_no_contact_person_leaves_the_reader(upstream: Path) -> None:
    path = next((upstream / "klass" / "recorded").glob("versions_1710*"))
    table = read_version(load_specs()["klass_municipalities"], [Document(path, path.name)])
    assert set(table.column_names) == {"source_row", "code", "name", "valid_from", "valid_to"}
    assert not re.search(r"@|\+47", str(table.to_pylist()))
