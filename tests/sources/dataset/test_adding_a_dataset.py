"""Adding a dataset as docs/datasets.md says: the page's own example, one file, is all it takes.

Here: the page against the model, and its example from a dropped body to every cell. Not here: other specs.
"""

import json
import re
import shutil
from pathlib import Path

import pytest
from pydantic import BaseModel

from orchestration.cli.catalogue import main, pages
from orchestration.runs.refresh import refresh_file
from sources.dataset import spec as spec_model
from sources.dataset.defaults import DEFAULTS
from sources.dataset.discovery import discover
from sources.dataset.options import options_of
from sources.dataset.registry import forms
from sources.dataset.spec import DatasetSpec, load_spec, load_specs, spec_folder
from sources.errors import SourceError
from sources.landing.store import Landing
from sources.ports import Document
from sources.published.reader import read_table
from sources.ssb import reader
from sources.ssb.selection import SsbQuery
from sources.ssb.terms import SsbReading, Website
from tests.support.ssb_bodies import body, documents, rows
from warehouse.interface.declaration import DBT_PROJECT, load_interface
from warehouse.settings import PROJECT

PAGE = (PROJECT / "docs" / "datasets.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def written(folder: Path, example: str, dataset_id: str) -> DatasetSpec:
    """An example of the page as the file it is for, beside the publisher's own defaults."""
    source, _, name = dataset_id.partition("_")
    path = folder / source / "datasets" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example, encoding="utf-8")
    shutil.copy(spec_folder() / source / DEFAULTS, path.parents[1] / DEFAULTS)
    return load_spec(path)


@pytest.fixture
def added(tmp_path: Path) -> dict[str, DatasetSpec]:
    """All specs and the example's one file."""
    spec = written(tmp_path, EXAMPLES[0], "ssb_13760")
    assert spec.link == "https://www.ssb.no/statbank/table/13760"
    return {**load_specs(), spec.dataset_id: spec}


def answer() -> dict[str, object]:
    """Six cells: two contents in their own units, three months. Figures made up by rule."""
    made = body(
        {
            "Kjonn": ["0"],
            "Alder": ["15-74"],
            "Justering": ["S"],
            "ContentsCode": ["Arbeidsstyrken", "ArbledProsArbstyrken"],
            "Tid": ["2026M06", "2026M07", "2026M08"],
        },
        [3000.0, 3001.0, 3002.0, 4.4, 4.5, 4.6],
        table="13760",
    )
    units = {"Arbeidsstyrken": {"base": "1000 personer"}, "ArbledProsArbstyrken": {"base": "prosent"}}
    made["dimension"]["ContentsCode"]["category"]["unit"] = units
    made["dimension"]["Kjonn"]["category"]["label"] = {"0": "Begge kjønn"}
    return made


def test_one_file_takes_all_six_cells(added: dict[str, DatasetSpec], tmp_path: Path) -> None:
    reading = reader.read(added["ssb_13760"], documents(tmp_path, answer()))
    shown = rows(reading.table, "region_code", "measure", "unit", "value")
    assert shown == [
        *[("00", "labour_force_thousand_persons", "thousand_persons", value) for value in (3000.0, 3001.0, 3002.0)],
        *[("00", "unemployed_pct", "percent", value) for value in (4.4, 4.5, 4.6)],
    ]


def test_the_body_is_known_in_a_drop_folder_and_taken(added: dict[str, DatasetSpec], tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "nedlasting.json").write_text(json.dumps(answer()), encoding="utf-8")
    [found] = discover(drop, added).candidates
    outcome = refresh_file(Landing(tmp_path / "landing"), added["ssb_13760"], found)
    assert (outcome.state, outcome.rows) == ("refreshed", 6)


def test_no_page_has_to_be_made_anew(added: dict[str, DatasetSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.cli.catalogue.load_specs", lambda: added)
    made = {path.name: text for path, text in pages().items()}
    assert "ssb_13760" in made["catalogue.md"]
    for path, text in pages().items():
        assert set(path.read_text(encoding="utf-8").splitlines()) <= set(text.splitlines()), path.name


def test_a_file_that_is_refused_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever makes the pages anew beside a file with a slip reads what is wrong with it, not where in the code it was met."""
    wrong = tmp_path / "13760.yml"
    wrong.write_text(EXAMPLES[0].replace("title_nb:", "titel_nb:"), encoding="utf-8")
    monkeypatch.setattr("orchestration.cli.catalogue.load_specs", lambda: load_spec(wrong))
    assert main() == 1
    said = capsys.readouterr().err
    assert "13760.yml" in said and "title_nb" in said and "Traceback" not in said


def test_the_example_of_a_second_publisher_is_a_spec_too(tmp_path: Path, added: dict[str, DatasetSpec]) -> None:
    second = written(tmp_path, EXAMPLES[1], "imdi_intro_deltakere")
    assert (second.columns[0].aliases, second.hidden[0].high) == (["kjonn"], 4)  # what the publisher says of the names
    assert second.measure == "participants" and second.cadence_note  # every spec of IMDi says what was seen (T34)
    assert options_of(added["ssb_13760"], "ssb", SsbQuery).selection


def test_the_example_of_a_reference_table_reads_its_rows(tmp_path: Path) -> None:
    """The spec of the page, and two rows of its two columns: typed, and an empty amount refused since it is required."""
    spec = written(tmp_path, EXAMPLES[2], "published_language_rates")
    path = tmp_path / "language_rates.csv"
    path.write_text("year,amount_nok\n2024,100\n2025,110\n", encoding="utf-8")
    document = Document(path, path.name)
    read = read_table(spec, [document])
    assert read.select(["year", "amount_nok"]).to_pylist() == [
        {"year": 2024, "amount_nok": 100},
        {"year": 2025, "amount_nok": 110},
    ]
    path.write_text("year,amount_nok\n2024,\n", encoding="utf-8")
    with pytest.raises(SourceError):
        read_table(spec, [document])


def test_the_example_of_a_mart_is_a_whole_declaration_of_what_its_query_selects(tmp_path: Path) -> None:
    """The entry of the page as publication reads it: key, both languages, types; and the columns of the page's SQL."""
    models = tmp_path / "models" / "marts" / "_models.yml"
    models.parent.mkdir(parents=True)
    models.write_text(f"models:\n{EXAMPLES[3]}", encoding="utf-8")
    shutil.copy(DBT_PROJECT / "columns.yml", tmp_path)
    [table] = load_interface(tmp_path)
    assert (table.name, table.key) == ("language_rate", ("year",))
    [query] = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert query.startswith("-- ")  # every mart opens with its rule
    selected = re.findall(r"^    (\w+),?$", query, re.MULTILINE)
    assert selected == [column.name for column in table.columns]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("[Kjønn]", "[Kjonnn]", r"columns: 'Kjonnn' is none of the names in defaults\.yml: Kjønn, Bakgrunn"),
        ("measure: participants", "", "names_measures: needs `measure` or a measure column"),
    ],
)
def test_what_the_publishers_defaults_ask_for_is_told(right: str, wrong: str, told: str, tmp_path: Path) -> None:
    assert right in EXAMPLES[1]
    with pytest.raises(SourceError, match=told):
        written(tmp_path, EXAMPLES[1].replace(right, wrong), "imdi_intro_deltakere")


def test_every_publisher_of_a_spec_has_a_form_that_is_read() -> None:
    assert {spec.source for spec in load_specs().values()} == {form.source for form in forms().values()}


def test_every_field_is_on_the_page() -> None:
    models = [m for m in vars(spec_model).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    fields = {name for model in (*models, SsbReading, Website) for name in model.model_fields}
    assert {name for name in fields if f"`{name}`" not in PAGE} == set()
