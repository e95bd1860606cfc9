"""Sets of hidden cells that several subtractions tell together: found whole, by hand and against every subset.

Here: the search. Not here: what is hidden for it (test_kostra_attack).
"""

from itertools import combinations

import numpy as np
import pytest

from sources.kostra.disclosure.unions import unions_of_few


def found(matrix: list[list[float]] | np.ndarray, persons: list[int], threshold: int = 5) -> set[frozenset[int]]:
    behind = np.array(persons)
    sets = unions_of_few(np.array(matrix, dtype=float), lambda cells: behind[cells].sum() >= threshold)
    return {frozenset(int(cell) for cell in one) for one in sets}


def test_three_sums_that_share_two_large_cells_tell_of_two_small_ones() -> None:
    """a + L, L + M and M + b are shown: the first and the last less the middle one is a + b."""
    assert found([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], [2, 40, 30, 2]) == {frozenset({0, 3})}
    assert found([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], [2, 40, 30, 3]) == set()


def test_a_set_may_be_two_sums_neither_of_which_only_adds() -> None:
    """a + c - d and b + d - c are shown: together a + b, in whatever order one eliminates."""
    assert found([[1, 0, 1, -1], [0, 1, -1, 1]], [1, 1, 1, 1]) == {frozenset({0, 1})}


@pytest.mark.parametrize("seed", range(12))
def test_no_set_is_missed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.choice([-1, 0, 0, 1, 1], size=(5, 9)).astype(float)
    persons = [int(n) for n in rng.choice([0, 1, 1, 2, 30], size=9)]
    rank = np.linalg.matrix_rank(matrix)
    every = [set(some) for size in range(1, 10) for some in combinations(range(9), size)]
    told = [
        some
        for some in every
        if sum(persons[cell] for cell in some) < 5
        and np.linalg.matrix_rank(np.vstack([matrix, [1.0 if cell in some else 0.0 for cell in range(9)]])) == rank
    ]
    sets = found(matrix, persons)
    assert all(one in told for one in sets)
    assert all(any(one <= some for one in sets) for some in told), "a set of several blocks holds the set of one"
