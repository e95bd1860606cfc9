"""What the documents point at is there: links, paths in the tree, modules, make targets and commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from orchestration.cli.main import app

PROJECT = Path(__file__).parents[2]
ROOMS = "sources|orchestration|dbt_project|warehouse|report|tests|bench|docs|trials|requirements"
LINK = re.compile(r"\]\(([^)\s]+)\)")
IN_TREE = re.compile(rf"(?<![\w/.:<>~-])((?:{ROOMS})/[\w<>*./æøå-]*)")
MODULE = re.compile(rf"python -m ((?:{ROOMS})\b[\w.]*)")
TARGET = re.compile(r"`make (?:[A-Z]+=\S+ )?([a-z]+)`|^make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"(?<![\w/.])integrering ((?:[a-z][a-z-]* ?){1,2})")
MADE_BY_A_RUN = ("warehouse/data", "report/rapport")
"""What a run makes, and what it makes inside a release."""
EXAMPLES = {
    "sources/ssb/datasets/13760.yml",
    "sources/published/datasets/language_rates.yml",
    "sources/published/data/language_rates.csv",
}
"""Files that a page tells its reader to write."""

DOCS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])


def test_the_pages_are_found() -> None:
    assert len(DOCS) > 30 and PROJECT / "README.md" in DOCS


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(PROJECT)))
def test_what_a_page_points_at_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not [*_dead_links(page, text), *_dead_paths(text), *_dead_words(text)]


def test_each_decision_has_a_number_of_its_own_and_none_is_left_out() -> None:
    """A number is what other pages name: two records of one number leave open which is meant."""
    records = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    for number, path in enumerate(records, start=1):
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. "), path


def test_what_is_gone_is_found() -> None:
    """The search itself: a page, a file, a module, a target and two commands that are not there."""
    text = (
        "[x](docs/none.md) `report/none.yml` `python -m warehouse.none` `make none` "
        "`integrering none` `integrering releases none`"
    )
    found = [*_dead_links(PROJECT / "README.md", text), *_dead_paths(text), *_dead_words(text)]
    assert [one.split()[0] for one in found] == ["link", "path", "path", "module", "target", "command", "command"]


def _dead_links(page: Path, text: str) -> Iterator[str]:
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            yield f"link {link}"
        elif anchor and target.suffix == ".md" and anchor not in _anchors(target.read_text(encoding="utf-8")):
            yield f"anchor {link}"


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def _dead_paths(text: str) -> Iterator[str]:
    for found in IN_TREE.findall(text):
        path = found.rstrip(".-/")
        if path.startswith(MADE_BY_A_RUN) or path in EXAMPLES:
            continue
        if "<" in path:  # a name to be filled in: the folder it goes into
            path = path.split("<")[0].rsplit("/", 1)[0]
        number = re.fullmatch(r"docs/decisions/\d{4}", path)
        if not list(PROJECT.glob(f"{path}-*" if number else path)):
            yield f"path {path}"


def _dead_words(text: str) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for module in MODULE.findall(text):
        path = PROJECT / module.replace(".", "/")
        if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists():
            yield f"module {module}"
    yield from (f"target {a or b}" for a, b in TARGET.findall(text) if (a or b) not in targets)
    known = typer.main.get_command(app).commands
    for words in COMMAND.findall(text):
        first, *rest = words.split()
        command = known.get(first)
        if command is None:
            yield f"command {first}"
        elif rest and first != "private" and hasattr(command, "commands") and rest[0] not in command.commands:
            yield f"command {words}"
