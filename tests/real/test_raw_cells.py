"""Of every real file in landing, in every form at hand, the raw cell of a row is shown as the publisher printed it."""

from __future__ import annotations

from orchestration.workspace import Workspace
from tests.support.pipeline import Installation
from tests.support.raw_check import check_raw_cells
from warehouse.settings import Settings


def test_every_real_form_shows_its_raw_cells(real: Installation) -> None:
    forms = check_raw_cells(Workspace(Settings(data_dir=real.data, source="extracts")))
    assert set(forms) >= {
        *("imdi_long", "imdi_wide", "imdi_coded", "ssb_website_xlsx", "ssb_website_csv", "ssb_harmonised_csv"),
        *("nav_hl060", "nav_hovedtall_extract", "nav_special_unemployment", "klass_version", "klass_changes"),
    }
    assert forms.total() > 300
