"""What a spec asks of IMDi's download address.

Here: `ImdiDownload` (``options.imdi``). Not here: calling IMDi, or reading the file.
"""

from typing import Literal

from pydantic import Field

from sources.files import Declared


class ImdiDownload(Declared):
    """``options.imdi`` of a dataset: the level letters that upstream offers for its table.

    ``k`` municipalities, ``f`` counties and the whole country (county 00), ``b`` city districts, ``n`` business
    regions. Each level is a file and a release of its own. ``table`` defaults to the spec's upstream_id.

    Example::

        options:
          imdi: {levels: [k, f]}
    """

    table: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{1,79}$")
    levels: list[Literal["k", "f", "b", "n"]] = Field(default=["k", "f"], min_length=1)
