"""The invented world that the extracts are written from: chance that is the same everywhere, people who live in one place.

Here: the world and its arithmetic. Not here: the files (test_demo_extracts.py).
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sources.demo.chance import Chance, allocate, split
from sources.demo.world import YEARS, build_world
from sources.klass.history import municipalities


def test_the_stream_of_numbers_is_fixed() -> None:
    """PCG64 is specified: these numbers are the same on every machine and version."""
    assert Chance(1, "people").between(0, 999, (6,)).tolist() == [933, 944, 253, 185, 248, 252]


def test_the_capital_has_a_larger_share_of_immigrants_than_the_country() -> None:
    """Whoever looks at the demo knows Oslo: 10.3 per cent beside a country of 14.7 read as a fault of the product."""
    world = build_world(1)
    people = world.people.sum(axis=3)
    is_capital = world.codes[:, -1] == "0301"
    country = people[:, :, 2:].sum(axis=(0, 2)) / people.sum(axis=(0, 2))
    capital = people[is_capital][:, :, 2:].sum(axis=(0, 2)) / people[is_capital].sum(axis=(0, 2))
    assert (capital > 1.4 * country).all() and (capital < 0.40).all(), (capital, country)


def test_a_place_is_in_one_municipality_every_year() -> None:
    world = build_world(1)
    for column, year in enumerate(YEARS):
        assert set(world.codes[:, column]) == {code for code, _ in municipalities(year)}
    larvik = world.codes[world.codes[:, -1] == "3909"]
    assert {tuple(chain[[0, 3, 5]]) for chain in larvik} == {("0709", "0712", "3805"), ("0728", "0712", "3805")}
    assert (world.people >= 0).all() and (world.settled <= world.decided * 1.02).all()


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.lists(st.integers(0, 1000), min_size=2, max_size=6).filter(any),
)
def test_split_loses_nobody(totals: list[int], weights: list[int]) -> None:
    parts = split(np.array(totals), np.array(weights))
    assert (parts.sum(axis=-1) == totals).all() and (parts >= 0).all()
    assert (parts[:, np.array(weights) == 0] == 0).all()


@given(st.lists(st.integers(0, 500), min_size=2, max_size=6), st.data())
def test_allocate_keeps_within_the_room(room: list[int], data: st.DataObject) -> None:
    total_count = data.draw(st.integers(0, sum(room)))
    weights = data.draw(st.lists(st.integers(1, 100), min_size=len(room), max_size=len(room)))
    parts = allocate(np.array([total_count]), np.array([weights]), np.array([room]))
    assert parts.sum() == total_count and (parts <= room).all() and (parts >= 0).all()
