"""`integrering export`: a file that is whole or not there, and what is said of a wrong option.

Here: the command. Not here: formats (tests/warehouse/opendata).
"""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.main import app
from tests.support.pipeline import Installation


@pytest.fixture
def of_small(small: Installation, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("INTEGRERING_DATA_DIR", str(small.data))
    return CliRunner()


def test_a_file_with_the_municipality_its_county_and_the_country(of_small: CliRunner, tmp_path: Path) -> None:
    target = tmp_path / "decided.json"
    answer = of_small.invoke(app, ["export", "decided_persons", "--municipality", "larvik", "--out", str(target)])
    assert answer.exit_code == 0, answer.output
    made = json.loads(target.read_text(encoding="utf-8"))
    assert made["dimension"]["region"]["category"]["label"] == {"00": "Hele landet", "39": "Vestfold", "3909": "Larvik"}
    assert list(tmp_path.iterdir()) == [target]


def test_what_fails_leaves_the_file_that_was_there(of_small: CliRunner, tmp_path: Path) -> None:
    target = tmp_path / "decided.json"
    target.write_text("before", encoding="utf-8")
    answer = of_small.invoke(app, ["export", "decided_person", "--out", str(target)])
    assert "the id of an indicator" in str(answer.exception)
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_an_unknown_format_is_wrong_use(of_small: CliRunner) -> None:
    answer = of_small.invoke(app, ["export", "decided_persons", "--format", "xml"])
    assert answer.exit_code == 2
    assert all(word in answer.output for word in ("'xml'", "'json-stat'", "'csv-nb'"))
