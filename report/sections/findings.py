"""The findings of the municipality as blocks: the message, the figures with what they are compared with, a small chart.

Here: how a finding becomes a block. Not here: which findings there are, or their words (profile/).
"""

from collections.abc import Sequence

from report.context import Context
from report.model import Block
from report.profile.findings import Finding


def finding_blocks(context: Context, found: Sequence[Finding]) -> list[Block]:
    """One block a finding, the clearest first; a block that says so where nothing can be said for sure."""
    if not found:
        none = context.texts.topics["findings"]["none"].format(**context.names())
        return [Block("findings", "", (none,))]
    return [
        Block(
            one.finding_id,
            f"{one.name}: {one.title[:1].lower()}{one.title[1:]}",
            (one.sentence, f"{one.certainty} {one.age}".strip()),
            one.figure,
            is_brief=True,
        )
        for one in found
    ]
