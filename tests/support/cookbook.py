"""The questions of docs/cookbook.md with their queries. Here: reading the page. Not here: asking."""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "cookbook.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]
QUERIES = {section.partition("\n")[0]: section.partition("```sql\n")[2].partition("```")[0] for section in SECTIONS}
"""Question -> SQL; a sentence may stand between them."""
