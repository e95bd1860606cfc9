"""A small upstream for tests of refreshing: one IMDi table and one SSB table, in two releases each.

Here: writing the folders that the local upstream serves. Not here: tests. First figures as published (Larvik 2019-2022 at
IMDi; table 12272 for Larvik 2021); the second SSB release is composed: one child more in the same cell.
"""

import json
from pathlib import Path
from typing import Any

from tests.support.ssb_bodies import body

HEADER = "Enhet;År;Kommunenummer;Kommune;Bosetting;Antall\n"
SETTLED = {("0712", 2019): 46, ("3805", 2020): 29, ("3805", 2021): 35, ("3805", 2022): 34}
SETTLED_LATER = {**SETTLED, ("3805", 2022): 168}
"""IMDi's figure for 2022 as of September 2022 (34, the running year) and the final one (168)."""

CHILDREN, CHILDREN_LATER = 370, 371
_CONTENTS = (
    "KOSbarn0000",
    "KOSminspbhgbarn0000",
    "KOSinnvbef150000",
    "KOSandelminspbhg0000",
    "KOSandelminsptot0000",
)


def imdi_long(figures: dict[tuple[str, int], int | str], measure: str = "Faktisk bosetting") -> str:
    """IMDi's long file of settlement, from (code, year) -> cell."""
    rows = [f"Personer;{year};{code};;{measure};{cell}\n" for (code, year), cell in figures.items()]
    return HEADER + "".join(rows)


def ssb_12272(updated: str, children: int) -> dict[str, Any]:
    """Table 12272 for Larvik 2021 in SSB's shape; the contents nobody published stand as missing."""
    units = dict(zip(_CONTENTS, ("barn", "barn", "barn", "prosent", "prosent"), strict=True))
    categories = {
        "KOKkommuneregion0000": {"3805": "Larvik (2020-2023)"},
        "ContentsCode": {code: code for code in _CONTENTS},
        "Tid": {"2021": "2021"},
    }
    return body(categories, [2147, children, None, None, None], table="12272", unit=units, updated=updated)


def write_small_upstream(folder: Path) -> Path:
    """Two numbered release folders; `advance` of the local upstream moves each table from the first to the second."""
    stamps = ("2022-06-15T06:00:00Z", "2022-11-20T07:00:00Z")
    for number, figures, children in ((1, SETTLED, CHILDREN), (2, SETTLED_LATER, CHILDREN_LATER)):
        release = folder / f"{number:03}"
        (release / "imdi" / "k").mkdir(parents=True)
        (release / "ssb").mkdir()
        (release / "imdi" / "k" / "bosatt_anmodede.csv").write_bytes(imdi_long(figures).encode("latin-1"))
        table = ssb_12272(stamps[number - 1], children)
        (release / "ssb" / "12272.json").write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
    return folder
