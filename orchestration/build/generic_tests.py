"""The generic tests of the dbt project (unique_key, accepted_values, holds …), asked of the build file one after the other.

Here: which of them a build has to pass, and what dbt would say of each. Not here: their SQL, which dbt compiles when it
parses the project (dbt_project.py), or the three tests of our own whose SQL depends on what changed: those dbt runs itself.
In dbt's own build each of a hundred costs fifteen milliseconds besides its question: a context, a template, two files and a
transaction.
"""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.build.dbt_command import NodeResult
from warehouse.build import connect
from warehouse.settings import Settings

GENERIC = "test_type:generic"
"""dbt's own word for them, in a selection."""


def ask_generic_tests(
    manifest: Path, build_file: Path, settings: Settings, built: Iterable[NodeResult]
) -> tuple[NodeResult, ...]:
    """What dbt would say of each generic test of what was built.

    ``built``: what became of the models and seeds. A test of one that failed or was skipped is left out, as dbt skips it.
    One that cannot be asked has the status ``error`` and the engine's words.
    """
    became = {one.unique_id: one.is_good for one in built}
    tests = [test for test in _tests(manifest) if _is_due(test, became)]
    if not tests:
        return ()
    limits = {"memory_limit": settings.memory_limit, "threads": settings.threads}
    with connect(build_file, read_only=True, **limits) as connection:
        return tuple(_ask(connection, test) for test in tests)


def _tests(manifest: Path) -> list[dict[str, Any]]:
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return [node for node in nodes if node["resource_type"] == "test" and node.get("test_metadata")]


def _is_due(test: dict[str, Any], became: dict[str, bool]) -> bool:
    """Whether something that the test reads was built, and nothing of it failed."""
    reads = [became[name] for name in test["depends_on"]["nodes"] if name in became]
    return bool(reads) and all(reads)


def _ask(connection: duckdb.DuckDBPyConnection, test: dict[str, Any]) -> NodeResult:
    config, started = test["config"], time.monotonic()
    # as dbt's get_test_sql puts it (https://docs.getdbt.com/reference/resource-configs/fail_calc)
    count, warns, fails = (config[name] for name in ("fail_calc", "warn_if", "error_if"))
    question = f"select {count}, {count} {warns}, {count} {fails} from ({test['compiled_code']}) as found"
    try:
        failures, is_warning, is_error = connection.execute(question).fetchone()
    except duckdb.Error as problem:
        return NodeResult(test["unique_id"], "error", time.monotonic() - started, None, str(problem))
    status = "pass"
    if config["severity"].lower() == "error" and is_error:
        status = "fail"
    elif is_warning:
        status = "warn"
    message = "" if status == "pass" else f"Got {failures} rows, wanted none"
    return NodeResult(test["unique_id"], status, time.monotonic() - started, failures, message)
