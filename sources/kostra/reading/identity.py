"""Identity and DUF numbers: whether they can be matched, and the birth date they tell.

Here: vectorised checks over columns of bytes. Not here: any list of persons, or keeping a number.
"""

import numpy as np

_FIRST = np.array([3, 7, 6, 1, 8, 9, 4, 5, 2])
_SECOND = np.array([5, 4, 3, 2, 7, 6, 5, 4, 3, 2])


def digits_of(column: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows x ``size`` digits, and which rows are digits throughout (other rows are zeros)."""
    raw = np.ascontiguousarray(column.astype(f"S{size}")).view(np.uint8).reshape(len(column), size)
    good = ((raw >= ord("0")) & (raw <= ord("9"))).all(axis=1)
    return np.where(good[:, None], raw.astype(np.int64) - ord("0"), 0), good


def is_identity_number(column: np.ndarray) -> np.ndarray:
    """Which rows are a national identity number, D-number or synthetic number (both check digits, modulus 11).

    Numbers that registers invent for persons without one fail the check digits: such rows cannot be matched.
    """
    digits, good = digits_of(column, 11)
    first = (-(digits[:, :9] @ _FIRST)) % 11
    second = (-(digits[:, :10] @ _SECOND)) % 11
    _, _, _, plausible = _birth_parts(digits)
    return good & (first == digits[:, 9]) & (second == digits[:, 10]) & plausible


def is_duf_number(column: np.ndarray) -> np.ndarray:
    """Which rows are 12 digits that open with a year: the form of a DUF number (its check digits are not public)."""
    digits, good = digits_of(column, 12)
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    return good & (year >= 1980) & (year <= 2100)


def birth_year_and_day(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Birth year and day of year (month x 100 + day) of identity numbers; year 0 where the number is not usable.

    Day + 40 marks a D-number; month + 80 (Tax Administration), + 65 and + 40 mark synthetic persons. The century
    follows from the individual number (Tax Administration's published ranges).
    """
    usable = is_identity_number(column)
    year, month, day, _ = _birth_parts(digits_of(column, 11)[0])
    return np.where(usable, year, 0), np.where(usable, month * 100 + day, 0)


def _birth_parts(digits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    day = digits[:, 0] * 10 + digits[:, 1]
    month = digits[:, 2] * 10 + digits[:, 3]
    short = digits[:, 4] * 10 + digits[:, 5]
    individual = digits[:, 6] * 100 + digits[:, 7] * 10 + digits[:, 8]
    day = np.where(day > 40, day - 40, day)
    for offset in (80, 65, 40):
        month = np.where((month > offset) & (month <= offset + 12), month - offset, month)
    century = np.full(len(day), 1900)
    century = np.where((individual >= 500) & (short <= 39), 2000, century)
    century = np.where((individual >= 500) & (individual < 750) & (short >= 54), 1800, century)
    plausible = (day >= 1) & (day <= 31) & (month >= 1) & (month <= 12)
    return century + short, month, day, plausible
