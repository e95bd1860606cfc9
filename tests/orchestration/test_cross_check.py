"""The settlement page beside the published table: IMDi's page of 2022 has Larvik 175 asked, 175 decided, 168 settled."""

from __future__ import annotations

import pytest

from orchestration.cli import cross_check
from orchestration.workspace import Workspace
from sources.errors import LayoutError
from sources.imdi.settlement_page import SettlementCell
from tests.support.pipeline import Installation
from warehouse.settings import Settings

LARVIK_2022 = {"requested_persons": 175, "decided_persons": 175, "settled_persons": 168}


def _page(figures: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [SettlementCell(2022, "municipality", "Vestfold", "Larvik", m, v, "ok") for m, v in figures.items()]
    cells.append(SettlementCell(2022, "municipality", "Nordland", "Herøy", "settled_persons", 1, "ok"))
    monkeypatch.setattr(cross_check.SettlementPages, "read", lambda self, year: cells)


def _lines(real: Installation) -> list[str]:
    return cross_check.settlement_cross_check(Workspace(Settings(data_dir=real.data)), None, 2022)


def test_the_published_table_agrees_with_the_page(real: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _page(LARVIK_2022, monkeypatch)
    assert _lines(real) == ["settlement page 2022: 3 figures compared, 0 differ"]


def test_a_difference_is_named_and_a_shared_name_left_out(real: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _page({**LARVIK_2022, "settled_persons": 170}, monkeypatch)
    assert _lines(real) == [
        "settlement page 2022: 3 figures compared, 1 differ",
        "  Larvik, settled_persons: page 170, table 168",
    ]


def test_a_page_that_cannot_be_read_is_one_line(real: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, year: int) -> None:
        raise LayoutError(expected="a table", found="none", where="the page", next_step="look at it")

    monkeypatch.setattr(cross_check.SettlementPages, "read", refuse)
    assert _lines(real) == [
        "settlement page 2022: not compared: the page: expected a table; found none. Next: look at it"
    ]
