"""`llms.txt`: what a release holds and how its figures may be quoted, for a program that answers in words (llmstxt.org).

Here: the text. Not here: answering questions (orchestration/assistant).
"""

import json
from pathlib import Path
from typing import Any

import duckdb

FILE = "llms.txt"

_RULES = """\
## Slik siteres et tall

- Si område, år, enhet, kilde og når kilden ble hentet.
- `value` er tomt når ett tall ikke er kjent. Da gjelder `value_low` og `value_high`. Et tomt tall er aldri 0.
- `value_status`: `ok` er kjent, `rounded` er avrundet av kilden, `interval` er bare grenser, `suppressed` er skjult av kilden,
  `missing` og `unavailable` er ikke der. Si det, og gjett aldri et tall.
- En andel, en sats eller en median legges ikke sammen og får ikke gjennomsnitt. Les tallet for området i stedet.
- `is_whole_year` usant: kilden ble laget før året var over, og tallet mangler resten. Si datoen (`dim_open_year`), og sammenlign
  ikke med hele år.
- Rader med `all` i alle inndelinger er totalen. Summer ikke over en inndeling og totalen.
- En forskjell mellom to områder er ikke en virkning av tiltak.
- `is_demo` er oppdiktede tall: de kan ikke siteres.
"""


def write_llms(database: Path, folder: Path) -> Path:
    """Write the text into a release folder whose database and datapackage.json are there."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(database), read_only=True) as connection:
        indicators = connection.execute(
            "select i.indicator_id, i.name_nb, i.unit_nb from marts.dim_indicator as i "
            "where i.indicator_id in (select indicator_id from marts.dim_series) order by i.indicator_id"
        ).fetchall()
    target = folder / FILE
    target.write_text(llms_text(package, indicators), encoding="utf-8")
    return target


def llms_text(package: dict[str, Any], indicators: list[tuple[str, str, str]]) -> str:
    """The whole text: what it is, how to quote, files, tables, indicators."""
    filled = [resource for resource in package["resources"] if resource["rows"]]
    empty = [resource["name"] for resource in package["resources"] if not resource["rows"]]
    demo = "\n**DEMODATA: alle tall er oppdiktet og kan ikke siteres.**\n" if package["is_demo"] else ""
    lines = [
        f"# {_line(package['title'])}",
        "",
        f"> {_line(package['description_nb'])} Utgave {package['release_id']}, publisert {package['created']}.",
        demo,
        _RULES,
        "## Filer",
        "",
        "- [integrering.duckdb](integrering.duckdb): alle tabeller og visninger, skjema `marts`",
        "- [datapackage.json](datapackage.json): kolonner, typer, nøkler, enheter, kilder og lisenser",
        "- [data-dictionary.html](data-dictionary.html): det samme for mennesker",
        "- [catalogue.ttl](catalogue.ttl): katalogen etter DCAT-AP-NO",
        "- [light/](light/fct_figure.parquet): hjemfylkets tall i små Parquet-filer",
        "",
        "## Tabeller",
        "",
        *(f"- [{one['name']}]({one['path']}): {_line(one['description_nb'])}" for one in filled),
    ]
    if empty:
        lines += ["", "Tomme i denne utgaven: " + ", ".join(empty) + "."]
    lines += ["", "## Indikatorer", "", *(f"- `{key}`: {_line(name)} ({unit})" for key, name, unit in indicators)]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    """A text on one line, without what would make it a link or a heading."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())
