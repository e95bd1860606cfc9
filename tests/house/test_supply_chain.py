"""What is installed is pinned, listed and under terms that were looked at; the image is built from the pins."""

import re

import pytest

from tests.support.pipeline import PROJECT

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; .*)? \\$")
COPYLEFT = re.compile(r"\b(A?GPL|GNU|UNKNOWN)\b")
LOOKED_AT = {"text-unidecode"}
"""Under the Artistic License or the GPL, as one likes: docs/security.md."""


def _pins(name: str) -> dict[str, str]:
    lines = (PROJECT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {_plain(found[1]): found[2] for line in lines if (found := PIN.match(line))}


def _pins_of_windows(name: str) -> set[str]:
    """What the one lock of all platforms names for Windows alone: it is not installed where the list is made."""
    lines = (PROJECT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {_plain(found[1]) for line in lines if (found := PIN.match(line)) and line.endswith("== 'win32' \\")}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("name", "base"), [("run.txt", None), ("dev.txt", "run.txt"), ("spark.txt", "dev.txt"), ("audit.txt", None)]
)
def test_every_requirement_is_pinned_with_hashes(name: str, base: str | None) -> None:
    """What is run is what was tested: a longer list begins with the shorter one, and says no package of it again."""
    text = (PROJECT / "requirements" / name).read_text(encoding="utf-8")
    own = text.removeprefix(f"-r {base}\n")
    assert (own != text) == (base is not None)
    blocks = re.split(r"\n(?=\S)", own.strip())
    assert len(blocks) == len(_pins(name)) > 3
    assert all("--hash=sha256:" in block for block in blocks)
    for other in ["dev.txt", "run.txt"] if name == "spark.txt" else [base] if base else []:
        assert not _pins(name).keys() & _pins(other).keys()


def test_the_licence_list_is_of_the_pins() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ][1:]
    here = {name: pin for name, pin in _pins("run.txt").items() if name not in _pins_of_windows("run.txt")}
    assert {_plain(name): version for name, version, _ in rows} == here, "run make sbom"
    assert {name for name, _, licence in rows if COPYLEFT.search(licence)} == LOOKED_AT
    assert all(licence for _, _, licence in rows)


def test_the_image_is_of_the_pins_and_runs_as_nobody_in_particular() -> None:
    text = (PROJECT / "Containerfile").read_text(encoding="utf-8")
    steps = [line for line in text.replace("\\\n", " ").splitlines() if re.match(r"[A-Z]+ ", line)]
    installs = [step for step in steps if "pip install" in step]
    assert "--require-hashes -r requirements/run.txt" in installs[0]
    assert all("--no-deps" in part for step in installs for part in step.split("&&") if "pip install" in part)
    last = [step.split()[0] for step in steps]
    assert "USER integrering" in steps and last.index("USER") < last.index("ENTRYPOINT")
    assert "HEALTHCHECK" in last and "EXPOSE" not in last
    assert not re.search(r"curl|wget|ADD |:latest|0\.0\.0\.0", text)


def test_the_image_takes_no_data_and_no_history_with_it() -> None:
    lines = (PROJECT / ".containerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "**" and {"warehouse/data", "dbt_project/target"} <= set(rules)
    assert not any(rule.startswith(("!.git", "!settings", "!tests")) for rule in rules)
    assert (PROJECT / ".dockerignore").resolve() == PROJECT / ".containerignore"
