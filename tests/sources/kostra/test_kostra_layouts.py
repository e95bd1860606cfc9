"""The record layouts: against the published descriptions, and against themselves.

Here: positions, lengths and code lists. Not here: reading files.
"""

from pathlib import Path

import pytest
import yaml

from sources.kostra.reading.layout import Layout, layouts

KINDS = {"STRING_TYPE": {"text"}, "INTEGER_TYPE": {"integer", "signed"}, "DATE_TYPE": {"date"}}
MONTHS = ["JAN", "FEB", "MARS", "APRIL", "MAI", "JUNI", "JULI", "AUG", "SEPT", "OKT", "NOV", "DES"]
CODES_OF_2023 = {"VKLO", "TRYGDESIT", "ARBSIT"}
"""Fields whose code list the 2022 description leaves empty."""


def test_every_year_has_both_attachments() -> None:
    found = {(layout.attachment, layout.year) for layout in layouts()}
    assert found == {(a, y) for a in ("11F", "11CF") for y in range(2022, 2027)} | {("regnskap", None)}


def test_record_lengths_as_published() -> None:
    lengths = {layout.name: layout.record_length for layout in layouts()}
    assert lengths == {
        "11F 2022": 324, "11F 2023": 324, "11F 2024": 324, "11F 2025": 338, "11F 2026": 338,
        "11CF 2022": 139, "11CF 2023": 138, "11CF 2024": 136, "11CF 2025": 152, "11CF 2026": 152,
        "regnskap": 48,
    }  # fmt: skip


def test_the_birth_date_of_2025_moves_everything_after_it() -> None:
    by_name = {layout.name: layout for layout in layouts()}
    assert by_name["11F 2024"].fields["PERSON_FODSELSNR"].at == 17
    assert by_name["11F 2025"].fields["PERSON_FODSELSNR"].at == 25
    assert "FODSELSDATO" not in by_name["11F 2024"].fields
    assert by_name["11F 2025"].months["LAAN"].month(12).end == 263


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_layout_equals_the_published_description(layout: Layout, shared: Path) -> None:
    name = "Regnskap" if layout.year is None else f"{layout.attachment}_{layout.year}"
    text = (shared / "upstream" / "kostra" / f"file_description_{name}.yaml").read_text(encoding="utf-8")
    published = {field["name"]: field for field in yaml.safe_load(text)["fields"]}
    assert layout.record_length == max(field["from"] + field["size"] - 1 for field in published.values())
    for field_name, field in layout.checked_fields().items():
        theirs = published[_published_name(field_name)]
        assert (field.at, field.size) == (theirs["from"], theirs["size"]), field_name
        assert field.type in KINDS[theirs["dataType"]], field_name
        assert field.required or not theirs["mandatory"] or field_name == "kvartal", field_name
        codes = {code["code"] for code in theirs["codeList"]}
        if codes and layout.year is not None:
            assert set(field.codes) == codes, field_name
        elif field.codes and layout.year is not None:
            assert layout.year == 2022
            assert field_name in CODES_OF_2023
        else:
            assert set(field.codes) <= codes, field_name


def _published_name(field: str) -> str:
    series, _, month = field.rpartition("_")
    if series in ("BIDRAG", "LAAN") and month.isdigit():
        return f"{series}_{MONTHS[int(month) - 1]}"
    return field
