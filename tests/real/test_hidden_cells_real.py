"""The real release: the gate ran and passed, and our figures add nothing to what upstream shows (fault 28).

Here: published marts alone. Not here: the gate on made-up tables (test_hidden_cells.py).
"""

import json
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from orchestration.build.dbt_project import ensure_manifest
from orchestration.build.dbt_results import results_file
from tests.support.marts_attack import MartsAttacker
from tests.support.model_sql import GATE
from tests.support.pipeline import Installation
from warehouse.paths import DataFolder
from warehouse.settings import Settings


def test_the_gate_ran_and_would_have_stopped_the_release(real: Installation) -> None:
    folder, settings = DataFolder(real.data), Settings(data_dir=real.data)
    nodes = json.loads(ensure_manifest(folder, settings, datetime.now(UTC)).read_text(encoding="utf-8"))["nodes"]
    gates = {key: node for key, node in nodes.items() if node["name"] == GATE}
    assert [node["config"]["severity"].lower() for node in gates.values()] == ["error"]
    results = json.loads(results_file(folder).read_text(encoding="utf-8"))["results"]
    assert [r["status"] for r in results if r["unique_id"] in gates] == ["pass"]


def test_our_figures_add_nothing_to_what_upstream_shows(real: Installation) -> None:
    """Real tables: the bounds of every hidden count are the same with our sums over hidden cells as without them."""
    rows = real.rows(
        "select indicator_id, year, country_background, region_code, region_level, geography_basis, hidden_count, "
        "value_low, value_high, value_status from fct_indicator_value where (indicator_id in "
        "('settled_persons', 'decided_persons', 'requested_persons') and year between 2014 and 2023) "
        "or (indicator_id = 'background_country_persons' and year = 2019 and country_background in ('120', '148'))"
    )
    tables: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        tables[row["indicator_id"], row["year"], row["country_background"]].append(row)
    attacked = 0
    for table in tables.values():
        parts = {r["region_code"] for r in table if r["region_level"] == "municipality"}
        all_known = {
            r["region_code"]: (float(r["value_low"]), float(r["value_high"]))
            for r in table
            if r["value_high"] and r["value_low"]
        }
        # our sums over hidden cells
        derived = {r["region_code"] for r in table if r["geography_basis"] == "summed" and int(r["hidden_count"])}
        upper = derived - parts
        hidden = sorted(
            r["region_code"] for r in table if r["value_status"] == "suppressed" and r["region_code"] in parts
        )
        hidden = [code for code in hidden if code[:2] in upper or "00" in upper][:3]
        ours = MartsAttacker(parts, all_known)
        upstreams = MartsAttacker(parts, {code: b for code, b in all_known.items() if code not in upper})
        for code in hidden:
            attacked += 1
            low, high = all_known[code]
            (our_low, our_high), (their_low, their_high) = ours.bounds(code), upstreams.bounds(code)
            assert max(our_low, low) == pytest.approx(max(their_low, low)), code
            assert min(our_high, high) == pytest.approx(min(their_high, high)), code
            assert (low, high) == (1, 4), code
    assert attacked > 20
