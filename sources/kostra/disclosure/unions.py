"""Sets of hidden cells that are known together: what several subtractions tell of few persons, though none tells of one.

Here: finding them in the eliminated equations. Not here: which sets may be known (rule.py), or what is hidden for it.
"""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

TOLERANCE = 1e-6

MOST_STEPS = 20_000
"""Choices looked at in one block of linked cells. More are there where a year of few persons can be told in many ways, a
month as its total or as its groups: SSB prints that year, so most of them tell nothing new."""


def eliminated(matrix: np.ndarray) -> np.ndarray:
    """Reduced row echelon form, rows of zeros left out."""
    rows, at = matrix.astype(float), 0
    for column in range(rows.shape[1]):
        if at == len(rows):
            break
        best = at + int(np.argmax(np.abs(rows[at:, column])))
        if abs(rows[best, column]) < TOLERANCE:
            continue
        rows[[at, best]] = rows[[best, at]]
        rows[at] /= rows[at, column]
        others = np.flatnonzero(np.abs(rows[:, column]) > TOLERANCE)
        others = others[others != at]
        rows[others] -= np.outer(rows[others, column], rows[at])
        at += 1
    return rows[:at]


def unions_of_few(matrix: np.ndarray, is_enough: Callable[[np.ndarray], bool]) -> Iterator[np.ndarray]:
    """Every set of columns whose sum the rows (equations x hidden cells) tell exactly and that is about few persons.

    ``is_enough``: whether cells (column numbers) are about enough persons; cells more never make them fewer. So no cell
    that is enough alone stands in such a set: what is left when those are eliminated first is searched whole. In the
    reduced form a set is a sum of some of the rows (a row's pivot stands in no other row), and a set of several blocks is
    about as many as each of them at least: blocks are searched apart.
    """
    few = np.array([not is_enough(np.array([cell])) for cell in range(matrix.shape[1])], dtype=bool)
    cells = np.flatnonzero(few)
    rows = eliminated(np.hstack([matrix[:, ~few], matrix[:, few]]))
    large = int((~few).sum())
    rows = rows[~(np.abs(rows[:, :large]) > TOLERANCE).any(axis=1)][:, large:]
    if not len(rows):
        return
    used = csr_matrix(np.abs(rows) > TOLERANCE)
    _, block_of = connected_components(used @ used.T, directed=False)
    for block in range(block_of.max() + 1):
        yield from _of_block(rows[block_of == block], cells, is_enough)


def _of_block(rows: np.ndarray, cells: np.ndarray, is_enough: Callable[[np.ndarray], bool]) -> Iterator[np.ndarray]:
    """Sums of rows that are 0 or 1 everywhere. A choice is left as soon as a column can no longer become 0 or 1, or the
    pivots chosen are about enough persons."""
    pivots = np.array([int(np.flatnonzero(np.abs(row) > TOLERANCE)[0]) for row in rows])
    least, most = (np.vstack([part[::-1].cumsum(axis=0)[::-1], np.zeros((1, rows.shape[1]))]) for part in _signs(rows))
    steps, waiting = 0, [(0, np.zeros(rows.shape[1]), np.zeros(len(rows), dtype=bool))]
    while waiting and steps < MOST_STEPS:
        at, total, chosen = waiting.pop()
        steps += 1
        if (total + least[at] > 1 + TOLERANCE).any() or (total + most[at] < -TOLERANCE).any():
            continue
        if at < len(rows):
            waiting.append((at + 1, total, chosen))
            more = chosen.copy()
            more[at] = True
            if not is_enough(cells[pivots[more]]):
                waiting.append((at + 1, total + rows[at], more))
        elif chosen.any() and (np.abs(total - np.round(total)) < TOLERANCE).all():
            members = cells[total > 0.5]
            if not is_enough(members):
                yield members


def _signs(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum(rows, 0), np.maximum(rows, 0)
