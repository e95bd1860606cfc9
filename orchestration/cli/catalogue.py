"""What is written from declarations: docs/catalogue.md, indicators.md, data-dictionary.md, and dbt's list of reference tables.

Here: the text of these files. Not here: what a spec, indicator or column may say. Run: python -m orchestration.cli.catalogue
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from orchestration.workspace import DBT_PROJECT
from sources.dataset.dimensions import TOTAL, dimensions, units
from sources.dataset.spec import DatasetSpec, load_specs
from sources.errors import SourceError
from sources.vocabulary import names_nb
from warehouse.errors import WarehouseError
from warehouse.indicators import Indicator, Term, load_indicators
from warehouse.interface.declaration import PublishedColumn, PublishedTable, interface_version, load_interface
from warehouse.settings import PROJECT

DOCS = PROJECT / "docs"

_WRITTEN = "<!-- Skrevet av `python -m orchestration.cli.catalogue`. Endre kilden, ikke denne siden. -->"


def catalogue_page(specs: Iterable[DatasetSpec]) -> str:
    """One table per statistic group: dataset, source, cadence, years, levels, licence, link."""
    lines = [_WRITTEN, "", "# Datasett", "", "Ett datasett er én fil under `sources/<kilde>/datasets/`.", ""]
    known = list(specs)
    for group, name in names_nb("statistic_group").items():
        of_group = [spec for spec in known if spec.statistic_group == group]
        if not of_group:
            continue
        lines += [f"## {name}", "", _row("Datasett", "Tittel", "Kilde", "Kommer", "Fra", "Nivå", "Sett", "Lisens")]
        lines.append(_row(*["---"] * 8))
        lines += [_dataset_row(spec) for spec in of_group]
        lines.append("")
    lines += [
        "«Sett»: ja = formen er prøvd mot en ekte fil eller et ekte svar; nei = bygget på beskrivelser.",
        "",
    ]
    return "\n".join(lines)


def indicator_page(indicators: Iterable[Indicator], specs: dict[str, DatasetSpec]) -> str:
    """One section per indicator: definition, formula, source, breakdowns, breaks."""
    known = list(indicators)
    cards = {indicator.imdi_card for indicator in known if indicator.imdi_card}
    lines = [_WRITTEN, "", "# Indikatorer", ""]
    lines += [f"{len(known)} indikatorer; {len(cards)} kort på IMDis fem sider er besvart.", ""]
    count = Counter(indicator.statistic_group for indicator in known)
    groups = names_nb("statistic_group")
    lines += [f"- [{name}](#{_anchor(name)}): {count[group]}" for group, name in groups.items() if count[group]]
    for group, name in groups.items():
        of_group = [indicator for indicator in known if indicator.statistic_group == group]
        if of_group:
            lines += ["", f"## {name}"]
        for indicator in of_group:
            lines += ["", *_indicator_lines(indicator, specs)]
    return "\n".join([*lines, ""])


def dictionary_page(tables: Iterable[PublishedTable], version: str) -> str:
    """One section per published table: what it is, its key, and each column in Norwegian and English."""
    known = list(tables)
    lines = [_WRITTEN, "", "# Dataordbok / data dictionary", ""]
    lines += [
        f"Det publiserte grensesnittet, versjon {version}: {len(known)} tabeller i skjemaet `marts`, i DuckDB-filen "
        "og som Parquet. Det samme ligger i hver utgave som `datapackage.json` (Frictionless) og `data-dictionary.html`, "
        "og som kommentarer i DuckDB-filen. Eksemplene viser formen, og er ikke tall å bruke.",
        "",
    ]
    lines += [f"- [`{table.name}`](#{table.name}): {table.label_nb}" for table in known]
    for table in known:
        lines += ["", f"## {table.name}", "", f"{table.description_nb}", "", f"*{table.description}*", ""]
        lines += [f"Nøkkel: {', '.join(f'`{name}`' for name in table.key)}", ""]
        lines += [_row("Kolonne", "Type", "Enhet", "Norsk", "English", "Eksempel"), _row(*["---"] * 6)]
        lines += [_column_row(column) for column in table.columns]
    return "\n".join([*lines, ""])


def tables_yml(specs: Iterable[DatasetSpec]) -> str:
    """dbt's sources for the reference tables: a model reads one as ``source('<publisher>', '<dataset_id>')``."""
    lines = [
        "# Skrevet av `python -m orchestration.cli.catalogue`. Kolonnene står i sources/<kilde>/datasets/<tabell>.yml."
    ]
    lines += ["version: 2", "sources:"]
    tables = [spec for spec in specs if spec.shape == "table"]
    for source in sorted({spec.source for spec in tables}):
        lines += [f"  - name: {source}", "    schema: landing"]
        lines += [
            "    description: Reference tables, the release in use of each, typed as their specs say",
            "    tables:",
        ]
        for spec in tables:
            if spec.source == source:
                lines.append(
                    f"      - {{name: {spec.dataset_id}, description: {json.dumps(spec.title_nb, ensure_ascii=False)}}}"
                )
    return "\n".join([*lines, ""])


def _column_row(column: PublishedColumn) -> str:
    unit = column.unit_texts[1] if column.unit_texts else ""
    codes = f" Koder: {', '.join(f'`{code}`' for code in column.codes)}." if column.codes else ""
    points = f" Viser til `{'.'.join(column.references)}`." if column.references else ""
    text = f"**{column.label_nb}.** {column.description_nb}.{codes}{points}".replace("..", ".")
    return _row(f"`{column.name}`", column.data_type, unit, text, column.description, f"`{column.example}`")


def pages() -> dict[Path, str]:
    """The text by file, as they should stand today."""
    specs = load_specs()
    indicators = load_indicators(DBT_PROJECT / "indicators")
    return {
        DOCS / "catalogue.md": catalogue_page(specs.values()),
        DOCS / "indicators.md": indicator_page(indicators, specs),
        DOCS / "data-dictionary.md": dictionary_page(load_interface(), interface_version()),
        DBT_PROJECT / "models" / "staging" / "_tables.yml": tables_yml(specs.values()),
    }


def _dataset_row(spec: DatasetSpec) -> str:
    levels = ", ".join(names_nb("region_level")[level] for level in spec.region_levels)
    return _row(
        f"`{spec.dataset_id}`",
        f"[{spec.title_nb}]({spec.link})" if spec.link.startswith("https://") else spec.title_nb,
        spec.attribution_nb.removeprefix("Kilde: "),
        names_nb("cadence")[spec.declared_cadence],
        str(spec.first_year or ""),
        levels,
        "ja" if spec.verified else "nei",
        spec.licence,
    )


def _indicator_lines(indicator: Indicator, specs: dict[str, DatasetSpec]) -> list[str]:
    lines = [f"### {indicator.name_nb}", "", indicator.definition_nb, ""]
    lines.append(f"- Id: `{indicator.indicator_id}`")
    if indicator.imdi_card:
        lines.append(f"- Besvarer IMDi-kortet `{indicator.imdi_card}`")
    direction = names_nb("direction")[indicator.direction]
    lines.append(f"- Enhet: {units()[indicator.unit].name_nb}. Retning: {direction}")
    lines.append(f"- Formel: {_formula(indicator)}")
    titles = dict.fromkeys(f"{specs[d].title_nb} (`{d}`)" for d in sorted(indicator.datasets))
    lines.append(f"- Kilde: {'; '.join(titles)}")
    if indicator.keep:
        kept = ", ".join(dimensions()[name].name_nb.lower() for name in indicator.keep)
        lines.append(f"- Brytes ned på: {kept}")
    if indicator.reference_month:
        lines.append(f"- Måned som viser året: {indicator.reference_month}")
    breaks = {(b.year, b.note_nb) for b in indicator.breaks}
    for term in indicator.terms.values():
        breaks |= {
            (b.year, b.note_nb) for b in specs[term.dataset].breaks if not b.measures or term.measure in b.measures
        }
    lines += [f"- Brudd {year}: {note}" for year, note in sorted(breaks)]
    return lines


def _formula(indicator: Indicator) -> str:
    if indicator.value:
        added = "legges sammen" if units()[indicator.value.unit].additive else "legges ikke sammen"
        return f"{_term(indicator.value)}; {added} over områder"
    parts = []
    if indicator.published:
        parts.append(f"utgiverens eget tall for området: {_term(indicator.published)}")
    if indicator.numerator and indicator.denominator:
        factor = {1.0: "", 100.0: "100 × ", 1000.0: "1000 × "}[indicator.scale]
        first = "ellers " if indicator.published else ""
        parts.append(
            f"{first}{factor}{_term(indicator.numerator)} / {_term(indicator.denominator)}, regnet på nytt over områder"
        )
    else:
        parts.append("uten antall, så et område satt sammen av andre har ikke noe tall")
    return "; ".join(parts)


def _term(term: Term) -> str:
    held = ", ".join(f"{name} = {code}" for name, code in term.where.items() if code != TOTAL)
    return f"`{term.dataset}.{term.measure}` ({units()[term.unit].name_nb}{'; ' + held if held else ''})"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def main() -> int:
    """Write the pages; a declaration that is refused is said in a line."""
    try:
        written = pages()
    except (SourceError, WarehouseError) as problem:
        print(problem, file=sys.stderr)
        return 1
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
