"""The exposures name exactly what is read: the report and the workbook, the explore page, and what docs/bi-tools.md tells of.

Here: the marts that are named in code and declarations, beside models/exposures.yml. Not here: what the readers do with them.
"""

import ast
import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2]
EXPOSURES = PROJECT / "dbt_project" / "models" / "exposures.yml"
MARTS = {path.stem for path in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql")}


def exposed(name: str) -> set[str]:
    (found,) = [e for e in yaml.safe_load(EXPOSURES.read_text(encoding="utf-8"))["exposures"] if e["name"] == name]
    return {reference.removeprefix("ref('").removesuffix("')") for reference in found["depends_on"]}


def named_in(path: Path) -> set[str]:
    """The marts that a module or a declaration names: a string of its own, `marts.<name>` in SQL, or `mart: <name>` in YAML."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        return set(re.findall(r"\bmart: (\w+)", text)) & MARTS
    strings = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    found = {name for text in strings for name in (text, *re.findall(r"marts\.(\w+)", text))}
    if any(text.endswith("fct_figure_") for text in strings):  # the level follows, from a list
        found |= {name for name in MARTS if name.startswith("fct_figure_")}
    return found & MARTS


def read_by(folder: Path, *, without: str = "") -> set[str]:
    paths = [path for path in folder.rglob("*") if path.suffix in (".py", ".yml") and path.parent.name != without]
    assert paths
    return set().union(*map(named_in, paths))


def test_the_report_and_the_workbook_read_what_their_exposures_say() -> None:
    read = read_by(PROJECT / "report", without="explore")
    assert exposed("municipality_report") == exposed("municipality_workbook") == read


def test_the_explore_page_reads_what_its_exposure_says() -> None:
    assert exposed("explore_page") == read_by(PROJECT / "report" / "explore")


def test_the_page_on_bi_tools_tells_of_what_its_exposure_says() -> None:
    page = (PROJECT / "docs" / "bi-tools.md").read_text(encoding="utf-8")
    assert exposed("bi_tools") == set(re.findall(r"\w+", page)) & MARTS
