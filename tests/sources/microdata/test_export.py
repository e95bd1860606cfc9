"""Exports of microdata.no from the drop folder: three layouts, notations, and each way a file can be wrong.

Here: composed files whose figures are worked out by hand. Not here: the scripts (test_script.py), or what becomes of the figures
(tests/models/test_benefit_payment.py). Nobody here has seen a real export.
"""

import json
from pathlib import Path

import pytest

from sources.dataset.discovery import discover
from sources.dataset.registry import form_of
from sources.dataset.spec import load_specs
from sources.landing.store import Landing
from sources.microdata import errors
from sources.microdata.reader import FORM, raw_cells, read_export
from sources.ports import NOTES, Document
from tests.support.microdata_exports import GROUPS, MARK, WORKED, by_age, long, sheet, wide

SPEC = load_specs()["microdata_benefit_by_group"]
INDICATORS = Path(__file__).parents[3] / "dbt_project" / "indicators"
CODES = ("population_except_immigrants", "other_immigrants", "refugees_within_5_years", "refugees_beyond_5_years")


def put(folder: Path, text: str | bytes, name: str = "tabell.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def rows(path: Path) -> dict[tuple[str, str, str, str], float | None]:
    """(scheme, measure, group, age) -> value."""
    table = read_export(SPEC, [Document(path, path.name)])
    assert {(row["region_code"], row["year"]) for row in table.to_pylist()} == {("3909", 2023)}
    return {(r["scheme"], r["measure"], r["group_code"], r["age_group"]): r["value"] for r in table.to_pylist()}


def assert_worked(found: dict[tuple[str, str, str, str], float | None]) -> None:
    assert [found["none", "residents_persons", code, "all"] for code in CODES] == [41_000, 5_000, 600, 1_400]
    assert [found["social_assistance", "recipients_persons", code, "all"] for code in CODES] == [800, 200, 300, 200]
    paid = [found["social_assistance", "paid_nok", code, "all"] for code in CODES]
    assert paid == [40e6, 12e6, 18e6, 10e6] and sum(paid) == 80e6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("layout", [wide, long])
def test_two_text_layouts_in_any_encoding_and_with_any_separator(
    tmp_path: Path, layout, sign: str, encoding: str
) -> None:
    path = put(tmp_path, layout(WORKED, sign=sign).encode(encoding))
    assert_worked(rows(path))


def test_a_worksheet_with_the_command_over_each_table(tmp_path: Path) -> None:
    found = rows(sheet(tmp_path / "eksport.xlsx", WORKED))
    assert_worked(found)
    assert found["social_assistance", "paid_nok", "all", "all"] == 80e6  # the line of totals


@pytest.mark.parametrize(
    ("people", "paid"),
    [
        ("41 000", "40 000 000,00"),
        ("41.000", "40.000.000"),
        ("41,000", "40,000,000.0"),
        ("41\u00a0000", "4e7"),
        ("41000", "40000000,5"),
    ],
)
def test_decimal_comma_and_thousands_marks(tmp_path: Path, people: str, paid: str) -> None:
    tables = {**WORKED}
    tables["personer_i_alt"] = (people, *WORKED["personer_i_alt"][1:])
    tables["social_assistance"] = (paid, *WORKED["social_assistance"][1:])
    found = rows(put(tmp_path, wide(tables)))
    assert found["none", "residents_persons", CODES[0], "all"] == 41_000
    assert found["social_assistance", "paid_nok", CODES[0], "all"] == (40_000_000.5 if paid.endswith(",5") else 40e6)


def test_ages_stand_beside_the_groups_and_their_total_is_not_taken_twice(tmp_path: Path) -> None:
    figures = {"ovrige": ("10", "20", "30"), "innvandrer": ("5", "6", "7"), "Totalt": ("15", "26", "37")}
    found = rows(put(tmp_path, by_age("mottar_disability_benefit", figures)))
    assert found["disability_benefit", "recipients_persons", CODES[0], "age_45_54"] == 30
    assert found["disability_benefit", "recipients_persons", CODES[1], "age_18_29"] == 5
    assert found["disability_benefit", "recipients_persons", "all", "age_30_44"] == 26
    assert not [key for key in found if key[3] == "all"]


def test_script_databank_and_line_are_kept_and_the_line_can_be_shown(tmp_path: Path) -> None:
    path = put(tmp_path, long(WORKED))
    document = Document(path, path.name)
    row = read_export(SPEC, [document]).to_pylist()[0]
    assert (row["databank_version"], row["script_id"], row["value_status"]) == (54, "a1b2c3", "ok")
    shown = raw_cells(SPEC, [document], [(row["source_row"], None)])[0]
    assert shown == "tabell.csv, line 3: innvandrer | 5000"
    book = Document(sheet(tmp_path / "eksport.xlsx", WORKED), "eksport.xlsx")
    shown = raw_cells(SPEC, [book], [(read_export(SPEC, [book]).to_pylist()[0]["source_row"], None)])[0]
    assert "sheet 'Tabeller'" in shown and "Totalt | 48000" in shown


def test_a_mark_in_place_of_a_figure_is_hidden_and_never_zero(tmp_path: Path) -> None:
    tables = {
        **WORKED,
        "mottar_social_assistance": ("800", "200", ":", "200"),
        "social_assistance": ("40000000", "0", "", "1"),
    }
    found = rows(put(tmp_path, wide(tables)))
    assert found["social_assistance", "recipients_persons", CODES[2], "all"] is None
    assert found["social_assistance", "paid_nok", CODES[2], "all"] is None
    assert found["social_assistance", "paid_nok", CODES[1], "all"] == 0
    long_found = rows(put(tmp_path, long(tables), "lang.csv"))
    assert long_found == found


def test_a_count_beside_the_sum_and_a_number_of_lines_are_no_figures(tmp_path: Path) -> None:
    text = f";{MARK};sum(personer_i_alt);Antall\n0;ovrige;41000;40999\n1;innvandrer;7000;6999\n"
    found = rows(put(tmp_path, text))
    assert set(found.values()) == {41_000, 7_000}


def test_a_file_without_its_heads_is_known_by_its_name(tmp_path: Path) -> None:
    text = wide(WORKED).replace(MARK, "")
    assert_worked(rows(put(tmp_path, text, "microdata_2023_kommune_3909.csv")))
    with pytest.raises(errors.UnknownArea, match="område og år"):
        read_export(SPEC, [Document(put(tmp_path, text), "tabell.csv")])


REFUSED = [
    ("other area", "microdata_2023_kommune_3907.csv", wide(WORKED), errors.OtherArea, "fant tall for 3909 i 2023"),
    ("no such area", "a.csv", wide(WORKED).replace("3909", "3805"), errors.OtherArea, "3805"),
    ("too small", "a.csv", wide({"personer_i_alt": ("700", "100", "50", "40")}), errors.SmallPopulation, "890 bosatte i 3909"),
    ("told too small", "a.csv", f"{MARK}\nPopulasjonen er for liten: minst 1 000\n", errors.SmallPopulation, "minst 1000"),
    ("blanked", "a.csv", wide({"mottar_cash_for_care": (":", ":", "*", "12")}), errors.BlankedTable, "kontantstøtte"),
    ("stopped", "a.csv", f"tabulate {MARK}, summarize(sick_pay) sum flatten\nTabellen kan ikke vises\n", errors.BlankedTable,
     "sykepenger"),
    ("unknown variable", "a.csv", long({**WORKED, "grunnstonad": ("1", "2", "3", "4")}), errors.UnknownVariable, "«grunnstonad»"),
    ("unknown group", "a.csv", wide(WORKED).replace("innvandrer", "studenter"), errors.UnknownVariable, "studenter"),
    ("two signs", "a.csv", wide({"social_assistance": ("1.234,5", "1,234.5", "1", "1")}), errors.UnclearNumber, "«1.234,5»"),
    ("open sign", "a.csv", wide({"social_assistance": ("123.456", "1", "1", "1")}), errors.UnclearNumber, "«123.456»"),
    ("half a person", "a.csv", wide({"personer_i_alt": ("4100,5", "1", "1", "1")}), errors.UnclearNumber, "helt antall personer"),
    ("means", "a.csv", long(WORKED).replace("sum(social", "mean(social"), errors.OtherStatistic, "mean"),
    ("everybody", "a.csv", wide({"personer_i_alt": WORKED["personer_i_alt"], "mottar_sick_pay": WORKED["personer_i_alt"]}),
     errors.CountedMissing, "sykepenger"),
    ("twice", "a.csv", long(WORKED) + long({"social_assistance": ("1", "2", "3", "4")}), errors.ExportError, "Behold bare"),
    ("nothing", "microdata_2023_kommune_3909.csv", "ikke noe\n", errors.UnknownArea, "ingen tall"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "kind", "told"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_is_wrong_is_said_in_norwegian_by_an_error_of_its_own(
    tmp_path: Path, name: str, text: str, kind: type[errors.ExportError], told: str
) -> None:
    path = put(tmp_path, text, name)
    with pytest.raises(kind, match="ventet") as caught:
        read_export(SPEC, [Document(path, path.name)])
    assert told in str(caught.value) and name in str(caught.value)
    assert caught.value.next_step.endswith(".")


def test_a_stopped_table_beside_others_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    tables = {**WORKED, "mottar_cash_for_care": (":", ":", ":", "12")}
    path = put(tmp_path, wide(tables))
    table = read_export(SPEC, [Document(path, path.name)])
    assert json.loads(table.schema.metadata[NOTES]) == ["Tabeller som plattformen har stoppet: kontantstøtte"]
    assert_worked(rows(path))


def test_a_file_is_known_by_content_and_the_scripts_beside_it_are_not_taken_for_one(tmp_path: Path) -> None:
    from sources.microdata.note import note
    from sources.microdata.script import scripts

    put(tmp_path, wide(WORKED), "hva som helst.csv")
    sheet(tmp_path / "Bok1.xlsx", WORKED)
    made = scripts("3909", 2023)
    for script in made:
        put(tmp_path, script.text, script.file_name)
    put(tmp_path, note(made, 2023, 54, "29.11.2026"), "microdata_2023_les_dette.md")
    found = discover(tmp_path, load_specs())
    assert {c.path.name: c.form for c in found.candidates} == {"hva som helst.csv": FORM, "Bok1.xlsx": FORM}
    assert found.unknown == []
    assert form_of(tmp_path / "Bok1.xlsx") == FORM


def test_tables_exported_one_by_one_serve_together_and_a_refused_file_stays_in_landing(tmp_path: Path) -> None:
    from orchestration.build.inputs import build_inputs
    from orchestration.runs.refresh import refresh_files
    from sources.landing.current import select_current
    from warehouse.build import connect, load_inputs
    from warehouse.indicators import load_indicators

    folder, landing = tmp_path / "inn", Landing(tmp_path / "landing")
    folder.mkdir()
    for number, (alias, figures) in enumerate(WORKED.items()):
        put(folder, long({alias: figures}), f"tabell{number}.csv")
    put(folder, wide(WORKED).replace("3909", "3907"), "nabo.csv")
    put(folder, wide({"personer_i_alt": ("1", "1", "1", "1")}), "liten.csv")
    specs = load_specs()
    candidates = discover(folder, specs).candidates
    told = {file.path.name: outcome for file, outcome in refresh_files(landing, SPEC, candidates, home="3909")}
    wanted = {
        **dict.fromkeys(("tabell0.csv", "tabell1.csv", "tabell2.csv"), "refreshed"),
        "nabo.csv": "held",
        "liten.csv": "failed",
    }
    assert {name: outcome.state for name, outcome in told.items()} == wanted
    assert told["nabo.csv"].message_nb.startswith("tallene gjelder 3907, og her er hjemkommunen 3909")
    assert "microdata.no gir ikke tall for så små områder" in told["liten.csv"].message
    digests = {path.name for path in (tmp_path / "landing" / "blobs").rglob("*") if path.is_file()}
    assert len(digests) == 5  # nothing is lost: the refused ones lie there too
    inputs = build_inputs(
        landing, specs, select_current(landing, specs, demo=False), load_indicators(INDICATORS), demo=False
    )
    load_inputs(tmp_path / "build.duckdb", inputs)
    with connect(tmp_path / "build.duckdb") as build:
        served = build.execute(
            f"select region_code, measure, count(*) from landing.{SPEC.dataset_id} group by all order by all"
        )
        assert served.fetchall() == [
            ("3909", m, len(GROUPS)) for m in ("paid_nok", "recipients_persons", "residents_persons")
        ]
