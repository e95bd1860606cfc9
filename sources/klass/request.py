"""What a spec asks of SSB's classification service Klass.

Here: `KlassRequest` (``options.klass``). Not here: calling Klass, or what the codes mean over time.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from sources.files import Declared


class KlassRequest(Declared):
    """``options.klass`` of a dataset: the classification and what is wanted of it.

    ``kind``: ``versions`` every version in force since ``from_date`` with its items (the classification answer first,
    then one body a version, oldest first); ``codes`` all codes with their validity since ``from_date`` in one body;
    ``changes`` the change rows between versions since ``from_date``, in one body where Klass can answer so, else one
    body a boundary; ``correspondence`` the codes of ``target`` that each code of the classification has, one body a
    year since ``from_date``, on 1 June.
    ``include_future`` takes versions not yet in force (published each autumn).

    Example::

        options:
          klass: {classification: 131, kind: changes, from_date: 2002-01-01}
    """

    classification: int = Field(ge=1, le=9999)
    kind: Literal["versions", "codes", "changes", "correspondence"]
    from_date: date
    target: int | None = Field(default=None, ge=1, le=9999)
    language: Literal["nb", "nn", "en"] = "nb"
    include_future: bool = True

    @model_validator(mode="after")
    def _target(self) -> KlassRequest:
        if (self.kind == "correspondence") != (self.target is not None):
            raise ValueError("target goes with kind correspondence, and only with it")
        return self
