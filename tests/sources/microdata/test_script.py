"""The scripts for microdata.no, held line by line against what is known of its language. Nobody has run them.

Here: grammar, areas, variables, the note beside them and the command. Not here: any table that comes back.
"""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.main import app
from sources.microdata.note import note
from sources.microdata.schemes import GROUPS, SCHEMES
from sources.microdata.script import MARK, ScriptError, scripts

NAME = r"[a-z][a-z0-9_]*"
TEXT = r"'\w+'"
# every statement known from the manual and the official examples, in the form they are used there
STATEMENTS = {
    r"require no\.ssb\.fdb:\d+ as db": "the sketch and every example",
    rf"create-dataset {NAME}": "the sketch and every example",
    rf"import db/[A-Z0-9_]+( \d{{4}}-\d{{2}}-\d{{2}})? as {NAME}": "the sketch; a date for what changes, none for what is fixed",
    rf"keep if {NAME} == {TEXT}( \| {NAME} == {TEXT})*": "the sketch; manual: keep if; | in the example of the regression",
    rf"generate {NAME} = ({TEXT}|\d)": "example of functions: generate etternavn = 'Hansen'",
    rf"generate {NAME} = \d{{4}} - int\({NAME}/10+\)": "example of tabulate: generate alder = 2020 - int(faarmnd/100)",
    rf"replace {NAME} = {TEXT} if {NAME} (==|>=) ({TEXT}|\d+)": "manual: replace var = expression if",
    rf"replace {NAME} = {TEXT} if {NAME} == {TEXT} & {NAME} == {TEXT}": "as above; & in the course for beginners",
    rf"replace {NAME} = {TEXT} if {NAME} == {TEXT} & {NAME} == {TEXT} & {NAME} (>|<=) \d & !sysmiss\({NAME}\)":
        "as above; !sysmiss() in the example of analysing residuals",
    rf"replace {NAME} = \d if {NAME} > 0 & !sysmiss\({NAME}\)": "as above",
    rf"tabulate {NAME}( aldersgruppe)?, summarize\({NAME}\) sum flatten": "manual: tabulate, options summarize(), sum, flatten",
}  # fmt: skip
KNOWN_VARIABLES = {
    "BEFOLKNING_KOMMNR_FORMELL", "BEFOLKNING_STATUSKODE", "BEFOLKNING_INVKAT", "BEFOLKNING_INNGRUNN1",
    "BEFOLKNING_FORSTDATO", "BEFOLKNING_FOEDSELS_AAR_MND", "KVALIFSTZFDT_KVP_STONAD",
    "INNTEKT_SOSIAL", "INNTEKT_KODE218", "INNTEKT_SUM_ARBAVKL", "INNTEKT_ARBLED", "INNTEKT_BARNETRYGD",
    "INNTEKT_KONTANTSTOTTE", "INNTEKT_BOSTOTTE", "INNTEKT_SYKEPENGER", "INNTEKT_OVERFOR",
}  # fmt: skip
FIXED = {"BEFOLKNING_INVKAT", "BEFOLKNING_INNGRUNN1", "BEFOLKNING_FORSTDATO", "BEFOLKNING_FOEDSELS_AAR_MND"}
VESTFOLD = ("3901", "3903", "3905", "3907", "3909", "3911")


def test_every_line_is_a_statement_that_the_manual_knows() -> None:
    for script in scripts("3909", 2023):
        for line in script.text.splitlines():
            assert any(re.fullmatch(statement, line) for statement in STATEMENTS), line
        assert "//" not in script.text


def test_names_are_made_before_they_are_used_and_only_known_variables_are_asked_for() -> None:
    for script in scripts("3909", 2023):
        made: set[str] = set()
        for line in script.text.splitlines():
            used = re.findall(r"(?:if|&|\|) ([a-z_]+) (?:==|>|<)", line) + re.findall(
                r"(?:summarize|int|sysmiss)\(([a-z_]+)", line
            )
            used += re.findall(r"^tabulate (\S+?),? ", line)
            assert set(used) <= made, line
            made |= set(re.findall(r" as ([a-z_]+)$", line)) | set(re.findall(rf"^generate ({NAME})", line))
        assert set(re.findall(r"db/([A-Z0-9_]+)", script.text)) == KNOWN_VARIABLES
        assert set(re.findall(r"db/([A-Z0-9_]+) as", script.text)) == FIXED


def test_the_population_comes_first_and_two_tables_for_each_scheme_with_a_third_by_age() -> None:
    for script in scripts("3909", 2023):
        tables = re.findall(r"tabulate \S+( aldersgruppe)?, summarize\(([a-z_]+)\)", script.text)
        assert tables[:2] == [("", "personer_i_alt"), (" aldersgruppe", "personer_i_alt")]
        wanted = []
        for scheme in SCHEMES:
            wanted += [("", f"mottar_{scheme.code}"), ("", scheme.code)]
            wanted += [(" aldersgruppe", f"mottar_{scheme.code}")] if scheme.by_age else []
        assert tables[2:] == wanted
        assert set(re.findall(r"gruppe_\w+ = '([a-z0-9_]+)'", script.text)) == set(GROUPS)


def test_every_table_names_area_year_databank_and_script() -> None:
    """The export has nothing else to be known by: comments stop a run, and the platform writes no area into a table."""
    for script in scripts("3909", 2023, 53):
        marks = {(m["area"], m["year"], m["databank"], m["script"]) for m in MARK.finditer(script.text)}
        assert marks == {(script.region_code, "2023", "53", script.script_id)}
    ids = [script.script_id for script in scripts("3909", 2023)]
    assert len(set(ids)) == 3 and ids == [script.script_id for script in scripts("3909", 2023)]


def test_larvik_its_county_and_the_country_in_2023() -> None:
    own, county, country = scripts("3909", 2023)
    assert (own.region_code, own.codes) == ("3909", ("3909",))
    assert (county.region_code, county.codes) == ("39", VESTFOLD)
    assert (country.region_code, country.codes) == ("00", ())
    assert "import db/BEFOLKNING_KOMMNR_FORMELL 2024-01-01 as kom" in own.text
    assert "keep if kom == '3909'\n" in own.text
    assert "import db/INNTEKT_SOSIAL 2023-12-31 as social_assistance" in own.text
    assert "keep if kom" not in country.text


@pytest.mark.parametrize(
    ("year", "own", "county"),
    [
        (2022, {"3805"}, {"3801", "3802", "3803", "3804", "3805", "3811"}),  # of Vestfold og Telemark
        (2018, {"0712"}, {"0701", "0704", "0710", "0712", "0713", "0715", "0716", "0729"}),
        (2016, {"0709", "0728"}, None),
    ],
)  # fmt: skip
def test_an_earlier_year_has_the_numbers_of_its_day(year: int, own: set[str], county: set[str] | None) -> None:
    made = scripts("3909", year)
    assert set(made[0].codes) == own
    if county is not None:
        assert set(made[1].codes) == county


@pytest.mark.parametrize(
    ("code", "year", "told"), [("3805", 2023, "3805"), ("3909", 2024, "slutter i 2023"), ("3909", 1999, "1999")]
)
def test_what_cannot_be_asked_is_said_in_norwegian(code: str, year: int, told: str) -> None:
    with pytest.raises(ScriptError, match=told) as caught:
        scripts(code, year)
    assert "ventet" in str(caught.value)


def test_the_command_writes_scripts_and_says_they_were_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRERING_DATA_DIR", str(tmp_path / "data"))
    done = CliRunner().invoke(app, ["microdata", "--year", "2023", "--out", str(tmp_path / "ut")])
    assert done.exit_code == 0, done.output
    assert "ikke kjørt" in done.output
    names = sorted(path.name for path in (tmp_path / "ut").iterdir())
    ids = [script.script_id for script in scripts("3909", 2023)]
    assert names == [
        f"microdata_2023_fylke_39_{ids[1]}.txt",
        f"microdata_2023_kommune_3909_{ids[0]}.txt",
        f"microdata_2023_landet_00_{ids[2]}.txt",
        "microdata_2023_les_dette.md",
    ]
    about = (tmp_path / "ut" / "microdata_2023_les_dette.md").read_text(encoding="utf-8")
    assert "**Skriptene er ikke kjørt.**" in about
    assert "no.ssb.fdb:54" in about


def test_the_note_tells_what_the_platform_does_to_the_figures() -> None:
    told = note(scripts("3909", 2023), 2023, 54, "29.11.2026")
    for words in ("minst 1000 bosatte", "støy", "1. og 99. prosentil", "under fem", "29.11.2026", *GROUPS):
        assert words in told, words
