"""Which municipalities are alike is not known before Klass was asked: each place that is asked says so, with the command."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.support.report_release import SmallRelease
from warehouse.interface.groups import unknown_groups


@pytest.mark.parametrize(
    "said",
    [
        "select region_name from dim_region where kostra_group_code = 'EKG11'",
        "select kommune, KOSTRAGRUPPEN from sammenligning",
        "fct_figure_kostra_group",
    ],
)
def test_who_asks_for_a_group_is_told_until_there_is_one(said: str) -> None:
    with duckdb.connect() as release:
        assert unknown_groups(release, said) == []  # a release from before there were any
        release.execute("create schema marts")
        release.execute(
            "create table marts.dim_region as select '3909' as region_code, null::varchar as kostra_group_code"
        )
        (told,) = unknown_groups(release, said)
        assert told.endswith("integrering run --source live --only klass_kostra_groups")
        assert unknown_groups(release, "select kostra_275_per_settled_nok from x") == []
        release.execute("update marts.dim_region set kostra_group_code = 'EKG11'")
        assert unknown_groups(release, said) == []


def test_the_report_says_it_beside_the_neighbours_and_the_command_to_its_editor(tmp_path: Path) -> None:
    small = SmallRelease(tmp_path / "integrering.duckdb")
    small.dataset("d", "2024-01-01")
    small.indicator("settled_per_1000", "Bosatte per 1000", "per_1000")
    for code, value in (("3909", 2.0), ("3907", 3.0), ("39", 2.5), ("00", 4.0)):
        small.value("settled_per_1000", code, 2023, value)
    report = small.report(datetime(2024, 6, 1, tzinfo=UTC))
    (peers,) = (block for section in report.sections for block in section.blocks if block.block_id == "peers")
    assert "som ligner Larvik i folketall og økonomi (KOSTRA-gruppen), er ikke kjent" in peers.notes[-1]
    assert any("--only klass_kostra_groups" in line for line in report.editor)
