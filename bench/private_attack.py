"""What an outsider gets of 88 invented municipalities' own files: two years of each, attacked with all that is public.

Here: the measurement, printed. Not here: assertions (tests/sources/kostra/test_kostra_attack.py holds a few of them).
Run: python bench/private_attack.py [first] [after the last]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sources.kostra.shape import PROGRAMME, SOCIAL_ASSISTANCE
from tests.support.kostra_worlds import Findings, attacked, cells_of, publish, world


def main(first: int, after: int) -> None:
    """Publish and attack each municipality; a line each, and the sum."""
    whole, tables = Findings(), 0
    for seed in range(first, after):
        with tempfile.TemporaryDirectory() as name:
            here = world(Path(name), seed)
            editions = publish([*here.assistance.values(), here.programme], here.settled)
            found = Findings()
            if editions[SOCIAL_ASSISTANCE]:
                of_years = {row["year"] for rows in editions[SOCIAL_ASSISTANCE] for row in rows}
                years = [cells_of(path, here.settled) for year, path in here.assistance.items() if year in of_years]
                found += attacked(editions[SOCIAL_ASSISTANCE], years)
            if editions[PROGRAMME]:
                found += attacked(editions[PROGRAMME], [cells_of(here.programme, here.settled)])
            tables += sum(len(rows) for rows in editions.values())
            whole += found
            print(f"{seed}: {found.hidden} of {found.figures} hidden; {found.broken or 'nothing broken'}", flush=True)
    print(f"{tables} tables, {100 * whole.hidden / whole.figures:.1f} per cent hidden: {whole}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3] or ("0", "88")))
