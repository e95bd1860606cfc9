"""The order to Statistics Norway and the template its answer goes into: one specification, hidden cells, sums, areas of today.

Here: the document, the command, reading a filled answer. Not here: templates in general (test_municipal_templates.py).
"""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.main import app
from sources.dataset.discovery import discover
from sources.dataset.spec import load_specs
from sources.municipal.order import DATASET, order
from sources.municipal.reader import TemplateError, read_template
from sources.municipal.template import template_of
from sources.ports import Document

SPEC = load_specs()[DATASET]
TEMPLATE = template_of(SPEC)
TODAY = date(2026, 11, 29)
TAIL = ";Personer;{};{};{};Bestilling 2026/1;15.09.2026"
GROUPS = [
    ("Alle", 48_000, 1_500, 80_000),
    ("Innvandrere", 7_000, 700, 40_000),
    ("Befolkningen ellers", 41_000, 800, 40_000),
]


def filled(folder: Path, *rows: str) -> Document:
    path = folder / "ytelser_etter_gruppe.csv"
    path.write_text("\n".join([";".join(TEMPLATE.headers), *rows]) + "\n", encoding="utf-8")
    return Document(path, path.name)


def row(area: str, group: str, *figures: object, age: str = "Alle aldre") -> str:
    return f"{area};2023;Økonomisk sosialhjelp;{group};{age}" + TAIL.format(*figures)


def test_an_answer_is_read_with_hidden_cells_kept_as_hidden(tmp_path: Path) -> None:
    rows = [row("3909", *group) for group in GROUPS]
    rows += [row("3909", "Flyktninger inntil fem år", "600", ":", ""), row("39", "Alle", "260 000", "9 000", "500 000")]
    found = read_template(
        SPEC, [filled(tmp_path, *rows, row("0", "Alle", 5_600_000, 150_000, 9_700_000))], TODAY
    ).to_pylist()
    assert [(r["group_code"], r["recipients_count"], r["paid_thousand_nok"]) for r in found[:3]] == [
        ("all", "1500", "80000"),
        ("immigrants", "700", "40000"),
        ("population_except_immigrants", "800", "40000"),
    ]
    assert (found[3]["residents_count"], found[3]["recipients_count"], found[3]["paid_thousand_nok"]) == (
        "600",
        ":",
        None,
    )
    assert [r["region_code"] for r in found[3:]] == ["3909", "39", "00"]
    assert found[0]["delivered_on"] == date(2026, 9, 15)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("3805", *GROUPS[0])], "«3805», som ikke er et område i dag"),
        ([row("909", *GROUPS[0])], "«909», som ikke er et område i dag"),
        ([row("3909", "Alle", 48_000, 1_400, 80_000), *(row("3909", *g) for g in GROUPS[1:])],
         "«Alle» er 1400, men «Innvandrere» og «Befolkningen ellers» er 1500 til sammen"),
        ([row("3909", "Alle", "48000", "1500", "80000,5")], "Skriv hele tusen kroner, eller :"),
        ([row("3909", "Alle", "48000", "<5", "80000")], "Skriv et helt antall, eller :"),
        ([row("3909", "Studenter", 1, 1, 1)], "som ikke er i listen"),
        ([row("3909", *GROUPS[0]), row("3909", *GROUPS[0])], "har samme"),
    ],
)  # fmt: skip
def test_a_wrong_answer_names_its_cell_in_norwegian(tmp_path: Path, rows: list[str], told: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_template(SPEC, [filled(tmp_path, *rows)], TODAY)
    assert told in str(caught.value)


def test_sums_are_not_asked_of_hidden_cells(tmp_path: Path) -> None:
    rows = [row("3909", "Alle", 48_000, 1_500, 80_000), row("3909", "Innvandrere", 7_000, ":", 40_000)]
    read_template(SPEC, [filled(tmp_path, *rows, row("3909", "Befolkningen ellers", 41_000, 800, 40_001))], TODAY)


def test_the_order_names_all_that_the_template_takes() -> None:
    told = order("3909", 2015, 2024, "29.11.2026")
    wanted = [label for column in TEMPLATE.columns.values() for label in column.labels]
    for words in (*TEMPLATE.headers, *wanted, "3909 Larvik", "3907 Sandefjord", "2015–2024", "Ingenting er sendt"):
        assert words in told, words


@pytest.mark.parametrize(
    ("code", "years", "told"), [("3805", (2015, 2024), "3805"), ("3909", (2024, 2015), "etter siste år")]
)
def test_an_order_that_cannot_be_made_is_refused(code: str, years: tuple[int, int], told: str) -> None:
    with pytest.raises(TemplateError, match=told):
        order(code, *years, "29.11.2026")


def test_the_command_writes_the_order_and_the_template_and_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRERING_DATA_DIR", str(tmp_path / "data"))
    done = CliRunner().invoke(app, ["order", "--from", "2019", "--to", "2024", "--out", str(tmp_path / "ut")])
    assert done.exit_code == 0, done.output
    assert "ikke sendt" in done.output
    names = sorted(path.name for path in (tmp_path / "ut").iterdir())
    assert names == ["bestilling_ssb_3909_2019_2024.md", "ytelser_etter_gruppe.csv", "ytelser_etter_gruppe.xlsx"]
    assert [c.dataset_id for c in discover(tmp_path / "ut", load_specs()).candidates] == [DATASET, DATASET]
