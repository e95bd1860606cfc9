"""dbt's build of a plan: the one way in which the models of a run, of the UI or of a date are built.

Here: what is asked of dbt, and that the tests follow. Not here: what a plan says (preparation.py), how dbt is called
(dbt_command.py), how a generic test is asked (generic_tests.py), or what was said (dbt_results.py).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from orchestration.build.dbt_command import Called, call_dbt, failures_of
from orchestration.build.dbt_project import dbt_environment, parsed_project
from orchestration.build.dbt_results import note_results
from orchestration.build.generic_tests import GENERIC, ask_generic_tests
from orchestration.build.preparation import BuildPlan
from orchestration.workspace import Workspace


def build_models(
    workspace: Workspace, plan: BuildPlan, manifest: Path, selected: Iterable[str] = (), *, quiet: bool = False
) -> Called:
    """Build the models of a plan, or of them those named, and run their tests. Never raises for what dbt says, which is
    printed unless ``quiet``."""
    called = call_dbt(
        _arguments(plan, selected),
        dbt_environment(workspace.folder, workspace.settings) | plan.environment,
        parsed_project(manifest),
        quiet=quiet,
    )
    asked = ask_generic_tests(manifest, workspace.folder.build_file, workspace.settings, called.results)
    for one in asked if not quiet else ():
        print(f"{datetime.now():%H:%M:%S}  {one.status} {one.unique_id} {one.message} [{one.seconds:.2f}s]")
    called = replace(
        called,
        results=(*called.results, *asked),
        problem="\n".join(said for said in (called.problem, failures_of(asked)) if said),
    )
    note_results(workspace.folder, called.results)
    return called


def _arguments(plan: BuildPlan, selected: Iterable[str]) -> list[str]:
    """The dbt call of a plan: everything anew, or only the slices of what changed, of all models or those named.

    dbt's unit tests run models on made-up rows: they say nothing of the data of a run and belong in the test suite.
    """
    arguments = ["build", "--no-write-json", "--exclude-resource-type", "unit_test", "--exclude", GENERIC]
    arguments += ["--full-refresh"] if plan.full else []
    names = list(selected)
    return [*arguments, "--select", *names] if names else arguments
