"""kill -9 just before each fsync, rename and link of landing and publication (fault 31): nothing half stands under a name.

Here: the two stages that write what is kept. Not here: kills of whole runs (test_whole_runs.py).
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.pipeline import PROJECT


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("boundaries")
    answer = subprocess.run(
        [sys.executable, "-m", "tests.support.kill_boundaries", str(folder)],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-3000:]
    return {stage["stage"]: stage for stage in map(json.loads, answer.stdout.splitlines())}


def test_landing_holds_the_old_release_whole_and_ends_in_the_same_bytes(stages: dict[str, dict[str, Any]]) -> None:
    stage = stages["landing"]
    assert stage["kills"] >= 10
    assert stage["before"] != stage["after"]
    for seen in stage["seen"]:
        for name, digest in seen.items():
            assert digest in (stage["before"].get(name), stage["after"].get(name)), name
    for number, ended in enumerate(stage["ended"]):
        assert ended == stage["after"], f"killed before step {number}"


def test_readers_get_the_old_release_or_the_new_one_and_never_less(stages: dict[str, dict[str, Any]]) -> None:
    stage = stages["publication"]
    assert stage["kills"] >= 6
    assert (stage["before"], stage["after"]) == (["00", "3907"], ["00", "3907", "3909"])
    assert all(seen in (stage["before"], stage["after"]) for seen in stage["seen"])
    assert stage["seen"][0] == stage["before"] and stage["seen"][-1] == stage["after"]
    assert stage["ended"] == [stage["after"]] * stage["kills"]
