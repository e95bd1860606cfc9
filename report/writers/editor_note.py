"""The editor's note: what the one who makes the report can fetch or fill in, with the commands that a councillor should not meet.

Here: a plain text file beside the report. Not here: what is missing (sections/missing.py).
"""

from pathlib import Path

from report.model import Report
from report.words.texts import texts


def write_note(report: Report, target: Path) -> Path:
    """Write the note; it says so when there is nothing to do."""
    words = texts().words
    title = words["editor_title"].format(title=report.title)
    lines = [title, "=" * len(title), "", words["editor_intro"], ""]
    lines += [f"- {line}" for note in report.editor for line in note.split("\n")] or [words["editor_none"]]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target
