"""Long tables that lie otherwise than they read: what a row's other cells tell is left out, and given back by a view.

Here: the queries that pack rows and the one that unpacks them. Not here: which tables (``usually``, ``computed`` and ``alike`` in
the marts' yml), when they are written (candidate.py), or the few rows side by side (small.py).
A cell is packed by exchanging two of its contents, which is its own reverse: every content comes back, whatever it is, so nothing
need hold of the figures but that it pays. What readers filter and join by is left as it is, and so is the figure itself: DuckDB
1.0 works out what a view says for every row before it joins.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from warehouse.quoting import quoted

STAND_INS = {"INTEGER": "-1", "BIGINT": "-1", "DOUBLE": "-1.0"}
"""What an empty cell of a number holds, and an empty cell stands for it: a column without empty cells needs no bit a row to say
which they are. Few figures are below zero; where many are, one that hardly any difference is."""

SIGNED, SIGNED_STAND_IN = ("change_", "difference_"), "-0.25"


@dataclass(frozen=True)
class Packing:
    """How the rows of one table are packed.

    ``columns``: name -> type, in order; ``usually``: column -> what it mostly is, as SQL over columns that are not in it
    themselves, and that says the same in every DuckDB (`nullif(…, 0)` beneath a line); ``computed``: a column and what it is in
    many rows, as arithmetic over others: these rows lie in a table of their own, without it; ``plain``: columns that stay as they
    are, so that a filter on them reaches the file.
    """

    table: str
    columns: Mapping[str, str]
    usually: Mapping[str, str]
    computed: tuple[str, str] | None
    plain: Collection[str]

    @property
    def stored(self) -> dict[str, str]:
        """Name of each stored table -> which rows are in it, as SQL: each row is in one."""
        if not self.computed:
            return {self.table: "true"}
        name, term = self.computed
        is_told = f"{quoted(name)} = {term}"
        return {f"{self.table}_computed": is_told, self.table: f"({is_told}) is not true"}

    def packed(self, stored: str, rows: str) -> str:
        """The query that gives a stored table its rows, of the query ``rows``, which are among those that are in it."""
        terms = self._stand_ins(stored)
        if self._is_computed(stored):
            terms |= {self.computed[0]: ""}
        return _selected(self.columns, terms, f"({_selected(self.columns, self._guesses, f'({rows})')})")

    def unpacked(self, schema: str) -> str:
        """The query of all rows as they read: the same steps the other way round."""
        return " union all ".join(
            _selected(
                self.columns,
                self._guesses,
                f"({_selected(self.columns, self._stand_ins(stored) | self._told(stored), f'{schema}.{quoted(stored)}')})",
            )
            for stored in self.stored
        )

    def _is_computed(self, stored: str) -> bool:
        return stored != self.table

    def _told(self, stored: str) -> dict[str, str]:
        return dict([self.computed]) if self._is_computed(stored) else {}

    @property
    def _guesses(self) -> dict[str, str]:
        """Where the guess is right the cell is empty, and where the cell is empty it holds the guess. No guess, no exchange."""
        return {
            name: f"case when ({guess}) is null then {quoted(name)} when {quoted(name)} is null then {guess} "
            f"when {quoted(name)} = ({guess}) then null else {quoted(name)} end"
            for name, guess in self.usually.items()
        }

    def _stand_ins(self, stored: str) -> dict[str, str]:
        """What a figure is worked out of is never empty where it is."""
        plain = {*self.plain, *(re.findall(r"\w+", " ".join(self.computed)) if self._is_computed(stored) else ())}
        found = {}
        for name, kind in self.columns.items():
            stand_in = SIGNED_STAND_IN if name.startswith(SIGNED) and kind == "DOUBLE" else STAND_INS.get(kind)
            if stand_in and name not in plain:
                given = f"cast({stand_in} as {kind})"
                found[name] = (
                    f"case when {quoted(name)} is null then {given} when {quoted(name)} = {given} then null "
                    f"else {quoted(name)} end"
                )
        return found


def _selected(columns: Collection[str], terms: Mapping[str, str], relation: str) -> str:
    """A select of the columns, each as its term says where it has one; not at all where that is empty."""
    listed = [
        f"{terms[name]} as {quoted(name)}" if name in terms else quoted(name)
        for name in columns
        if terms.get(name) != ""
    ]
    return f"select {', '.join(listed)} from {relation}"
