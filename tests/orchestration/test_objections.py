"""What does not serve is told: covering less, not read, in use without a figure for anybody."""

import json
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.freshness import _result as on_time
from orchestration.cli.status_display import print_board
from orchestration.runs.objections import asides, not_read, unserved_datasets
from orchestration.runs.status import Board, Standing
from tests.support.folder_runs import Folder
from tests.support.nav_workbooks import aap155
from tests.support.small_upstream import imdi_long
from tests.support.ssb_bodies import body

PLACES = ("3801", "3802", "3803", "3804", "3805", "3806")


def _contents(*codes: tuple[str, str, str]) -> bytes:
    """Table 13995 with contents (code, name, unit), Larvik 2023 and 2024, as JSON-stat."""
    categories = {
        "KOKkommuneregion0000": {"3909": "Larvik"},
        "ContentsCode": {code: name for code, name, _ in codes},
        "Tid": {"2023": "2023", "2024": "2024"},
    }
    values = [float(100 + n) for n in range(2 * len(codes))]
    updated = "2025-06-15T06:00:00Z" if len(codes) > 1 else "2025-07-15T06:00:00Z"
    units = {code: unit for code, _, unit in codes}
    return json.dumps(body(categories, values, table="13995", unit=units, updated=updated)).encode()


DURATION = ("KOSsosgjantmnd0000", "Gjennomsnittlig antall måneder", "måneder")
RECIPIENTS = ("KOSx1", "Sosialhjelpsmottakere (antall)", "antall")
PAID = ("KOSx2", "Utbetalt økonomisk sosialhjelp (1000 kr)", "1000 kr")
OTHER = ("KOSnytt0000", "Mottakere i alt", "personer")


def test_other_contents_names_are_told_and_hold_what_had_figures(tmp_path: Path) -> None:
    """SSB 13995: new names were refreshed, on time, and the indicators had no row."""
    first = Folder(tmp_path / "first", "ssb_13995")
    first.put("13995.json", _contents(OTHER))
    assert first.run() == {"13995.json": "refreshed"}
    assert "gir ingen tall til " in first.seen[0].remark and "social_assistance" in first.seen[0].remark
    (told,) = unserved_datasets(first.workspace())
    wanted = {use.indicator_id for use in first.workspace().uses["ssb_13995"]}
    assert told.dataset_id == "ssb_13995" and set(told.indicators) == wanted and len(wanted) >= 3
    assert told.new_labels

    before = Folder(tmp_path / "before", "ssb_13995")
    before.put("13995.json", _contents(DURATION, RECIPIENTS, PAID))
    assert before.run() == {"13995.json": "refreshed"}
    assert unserved_datasets(before.workspace()) == []
    in_use = before.in_use()
    before.put("13995.json", _contents(OTHER))
    assert before.run() == {"13995.json": "held"}
    assert "would lose its figures" in before.message("13995.json")
    assert before.in_use() == in_use


def test_what_covers_less_is_on_the_board_until_a_whole_one_comes(tmp_path: Path, upstream: Path) -> None:
    folder = Folder(tmp_path)
    long = (upstream / "imdi" / "long" / "k_bosatt_anmodede_1995-2023.csv").read_bytes()
    folder.put("bosatt_anmodede.csv", long)
    folder.put(
        "noen/bosatt_anmodede_noen.csv", imdi_long({(c, 2023): 20 for c in PLACES}).encode("latin-1"), folder.day
    )
    folder.run()
    folder.put("noen/bosatt_anmodede_noen.csv", imdi_long({(c, 2023): 21 for c in PLACES}).encode("latin-1"))
    assert folder.run()["bosatt_anmodede_noen.csv"] == "not_used"
    aside = asides(folder.workspace())[-1]
    assert (aside.file_name, aside.regions, aside.regions_in_use) == ("bosatt_anmodede_noen.csv", 6, 356)
    assert aside.why_nb.startswith("dekker mindre enn det som er i bruk (kommune: 6 områder mot 356 i ")


def test_a_file_that_cannot_be_read_is_remembered_until_it_can(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("bosatt_anmodede (1).csv", b"<html>502</html>")
    assert folder.run() == {"bosatt_anmodede (1).csv": "failed"}
    (row,) = not_read(folder.workspace())
    assert row.file_name == "bosatt_anmodede (1).csv" and "HTML" in row.message
    assert row.message.startswith("Dette er ikke en slik fil: en nettside")
    folder.put("bosatt_anmodede (1).csv", imdi_long({("3805", 2022): 168}).encode("latin-1"))
    folder.run()
    assert not_read(folder.workspace()) == []


def test_a_file_that_is_some_datasets_and_nobody_can_say_whose_is_on_the_board_until_it_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The closing table says IKKE LEST once; who looks at the board the day after sees it too."""
    folder = Folder(tmp_path)
    damaged = folder.put("fra NAV 2026-02-05.xlsx", b"")
    damaged.write_bytes(aap155(tmp_path / "whole.xlsx", months=1).read_bytes()[:4000])
    folder.run()
    board = Board(date(2026, 11, 20), "000001", None, False, "", not_read=not_read(folder.workspace()))
    print_board(board)
    said = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("IKKE LEST"))
    assert said.startswith("IKKE LEST fra NAV 2026-02-05.xlsx (ukjent datasett): ")
    assert "a damaged zip archive" in said
    damaged.unlink()
    folder.run()
    assert not_read(folder.workspace()) == []


def test_an_unknown_date_is_a_warning() -> None:
    """T7: a check was green where no date was known."""
    answer = on_time(dg.AssetKey(["imdi", "bosatt_anmodede"]), None, "vet ingen")
    assert not answer.passed and answer.severity == dg.AssetCheckSeverity.WARN
    assert answer.description == "vet ingen"


def test_a_late_dataset_is_said_in_words_in_the_ui() -> None:
    """Larvik's settlement of August 2026, looked at in November: what is late, since when, and what was waited for."""
    stood = Standing(
        dataset_id="imdi_bosatt_anmodede", title_nb="Bosetting", statistic_group="population_settlement", declared_nb="månedlig",
        observed_days=38, last_release=date(2026, 8, 4), last_year=2026, next_from=date(2026, 9, 2), next_to=date(2026, 9, 28),
        state="overdue",
    )  # fmt: skip
    answer = on_time(dg.AssetKey(["imdi", "bosatt_anmodede"]), stood, "")
    assert not answer.passed
    assert answer.description == "sterkt forsinket: siste utgave 04.08.2026, den neste var ventet 02.09.2026-28.09.2026"
