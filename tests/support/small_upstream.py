"""A small upstream for tests of refreshing: one IMDi table and one SSB table, in two releases each.

Here: writing the folders that the local upstream serves. Not here: tests. First figures as published (Larvik 2019-2022 at
IMDi; table 12272 for Larvik 2021); the second SSB release is composed: one child more in the same cell.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
    cells: list[int | None] = [2147, children, None, None, None]
    units = ("barn", "barn", "barn", "prosent", "prosent")
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "12272: Minoritetsspråklige barn i barnehager",
        "source": "Statistisk sentralbyrå",
        "updated": updated,
        "role": {"time": ["Tid"], "metric": ["ContentsCode"], "geo": ["KOKkommuneregion0000"]},
        "id": ["KOKkommuneregion0000", "ContentsCode", "Tid"],
        "size": [1, len(_CONTENTS), 1],
        "dimension": {
            "KOKkommuneregion0000": {
                "label": "region",
                "category": {"index": {"3805": 0}, "label": {"3805": "Larvik (2020-2023)"}},
                "extension": {"elimination": False, "show": "code_value"},
            },
            "ContentsCode": {
                "label": "statistikkvariabel",
                "category": {
                    "index": {code: n for n, code in enumerate(_CONTENTS)},
                    "label": {code: code for code in _CONTENTS},
                    "unit": {c: {"base": u, "decimals": 0} for c, u in zip(_CONTENTS, units, strict=True)},
                },
                "extension": {"elimination": False, "show": "value"},
            },
            "Tid": {
                "label": "år",
                "category": {"index": {"2021": 0}, "label": {"2021": "2021"}},
                "extension": {"elimination": False, "show": "code"},
            },
        },
        "extension": {"px": {"tableid": "12272", "decimals": 0, "aggregallowed": False, "language": "no"}},
        "value": cells,
        "status": {str(n): "." for n, cell in enumerate(cells) if cell is None},
    }


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
