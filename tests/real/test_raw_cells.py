"""Of every real file in landing, in every form at hand, the raw cell of a row is shown as the publisher printed it."""

from pathlib import Path

from orchestration.workspace import Workspace
from sources.dataset.registry import forms
from sources.dataset.spec import load_specs
from sources.ports import Document
from tests.support.pipeline import Installation
from tests.support.raw_check import check_raw_cells
from warehouse.settings import Settings


def test_every_real_form_shows_its_raw_cells(real: Installation) -> None:
    found = check_raw_cells(Workspace(Settings(data_dir=real.data, source="extracts")))
    assert set(found) >= {
        *("imdi_long", "imdi_wide", "imdi_coded", "ssb_website_xlsx", "ssb_website_csv", "ssb_harmonised_csv"),
        *("nav_hl060", "nav_hovedtall_extract", "nav_special_unemployment", "klass_version", "klass_changes"),
    }
    assert found.total() > 300


def test_a_cell_of_a_wide_file_comes_with_what_stands_above_it(extracts: Path) -> None:
    """The first cell of IMDi's table of origins: Danes in Halden in 2006."""
    name = "k_befolkning_opprinnelsesland_2006-2021.csv"
    document = Document(extracts / "upstream" / "imdi" / "wide" / name, name)
    (said,) = forms()["imdi_wide"].raw(load_specs()["imdi_befolkning_opprinnelsesland"], [document], [(4, 3)])
    assert said == f"{name}, line 4, column 3 (Landbakgrunn: Danmark, Enhet: Personer, År: 2006): K3001;Halden;…;114"
