"""Tests of real figures never vanish in silence: what happens without the whole files, and that the cut ones are small.

Here: the rule itself. Not here: that the cut files say what the whole ones say (tests/real/test_extracts.py).
"""

from types import SimpleNamespace

import pytest

from tests.support import extracts, real_files


@pytest.mark.parametrize(
    ("environment", "left_out"),
    [({}, True), ({"CI": "true"}, False), ({"CI": "true", real_files.WAIVER: "1"}, True),
     ({"CI": "true", real_files.WAIVER: ""}, False), ({real_files.WAIVER: ""}, True)],
)  # fmt: skip
def test_ci_fails_without_the_files_unless_it_says_so(environment: dict[str, str], left_out: bool) -> None:
    ends = pytest.skip.Exception if left_out else pytest.fail.Exception
    with pytest.raises(ends, match=r"\.\./shared/upstream"):
        real_files.leave_out(environment)


def test_the_closing_line_counts_what_was_not_run_for_want_of_files() -> None:
    """Two of three: the third was skipped for another reason."""
    wanting = SimpleNamespace(longrepr=("conftest.py", 1, f"Skipped: {real_files.REASON}"))
    other = SimpleNamespace(longrepr=("x.py", 1, "Skipped: no Chromium on the path"))
    line = real_files.closing_line([wanting, other, wanting])
    assert line is not None and line.startswith("NOT RUN: 2 tests")
    assert real_files.closing_line([other]) is None


def test_every_cut_file_is_listed_once_and_they_are_small() -> None:
    listed = [entry["path"] for entry in extracts.entries()]
    own = {p.relative_to(extracts.HERE).as_posix().removesuffix(".xz") for p in extracts.HERE.rglob("*") if p.is_file()}
    assert own - {extracts.LIST.name, "README.md"} == {e["path"] for e in extracts.entries() if not e["stored"]}
    assert len(listed) == len(set(listed))
    assert sum(p.stat().st_size for p in extracts.HERE.rglob("*") if p.is_file()) < 1_000_000
