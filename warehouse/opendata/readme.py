"""`LESMEG.txt`: what lies in a release folder and where to begin, for a person who has come to it by a share or a zip file.

Here: the text. Not here: what programs are told (llms.py).
"""

import json
from pathlib import Path

FILE = "LESMEG.txt"

_TEXT = """\
{title}
Utgave {release_id}, publisert {created}.{demo}

Begynn her
  report/index.html       rapport, regneark, lysark og kart for hjemkommunen, i nettleseren
  report/utforsk.html     alle indikatorer for alle kommuner
  data-dictionary.html    hva tabellene og kolonnene betyr

For den som spør selv
  integrering.duckdb      alle tabeller; begynn med sammenligning eller comparison_total
  parquet/                de samme tabellene, én fil hver
  light/                  hjemfylkets tall i små filer
  datapackage.json        kolonner, typer, nøkler, kilder og lisenser (Frictionless)
  catalogue.ttl, .jsonld  katalogen etter DCAT-AP-NO
  llms.txt                hvordan tall siteres, for programmer som svarer
  manifest.json           kontrollsummer for hver fil

In English: begin with comparison_total in integrering.duckdb; data-dictionary.html explains every column.
"""
_DEMO = "\nDEMODATA: alle tall er oppdiktet."


def write_readme(folder: Path) -> Path:
    """Write the text into a release folder whose datapackage.json is there."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    told = {name: package[name] for name in ("title", "release_id", "created")}
    target = folder / FILE
    target.write_text(_TEXT.format(**told, demo=_DEMO if package["is_demo"] else ""), encoding="utf-8")
    return target
