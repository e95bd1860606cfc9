"""Chance that is the same on every machine, and splitting a whole number into whole parts.

Here: integers only. Not here: floating-point sums or library distributions, whose last digit may differ by processor.
"""

import zlib

import numpy as np


class Chance:
    """A stream of whole numbers that depends on the seed and a name alone."""

    def __init__(self, seed: int, name: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))

    def between(self, low: int, high: int, shape: tuple[int, ...]) -> np.ndarray:
        """int64 numbers from low to high, both included (``random_raw`` is the part of numpy that never changes)."""
        raw = np.asarray(self._bits.random_raw(int(np.prod(shape))), dtype=np.uint64)
        return (raw % np.uint64(high - low + 1)).astype(np.int64).reshape(shape) + low


def split(total: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Split each whole number over the last axis of ``weights`` so that the parts sum to it (largest remainder)."""
    weights = np.broadcast_to(weights, (*total.shape, weights.shape[-1]))
    whole = np.maximum(weights.sum(axis=-1, keepdims=True), 1)
    product = total[..., None] * weights
    parts = product // whole
    left = total - parts.sum(axis=-1)
    order = np.argsort(-(product - parts * whole), axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    return parts + (rank < left[..., None])


def allocate(total: np.ndarray, weights: np.ndarray, room: np.ndarray) -> np.ndarray:
    """As ``split``, but no part above its room. ``total`` must not be above the sum of the room."""
    parts = np.minimum(split(total, weights), room)
    excess = total - parts.sum(axis=-1)
    return parts + split(excess, room - parts)
