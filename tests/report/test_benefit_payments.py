"""The blocks of kroner by scheme and group, rates with the age evened out, and the country's printed figures.

Here: what they say of rows written by hand. Not here: the table of what is known (test_benefit_overview.py), or the rules behind
the rows (tests/models/test_benefit_payment.py).
"""

import re
from pathlib import Path

import pypdf

from report.model import Block, Measured
from report.writers.html import write_html
from report.writers.pdf import write_pdf
from report.writers.tables import grid_text
from tests.report.test_benefit_overview import NOVEMBER, PAYMENT, payment
from tests.support.report_release import SmallRelease

RATE = """region_code varchar, year integer, scheme varchar, scheme_name_nb varchar, group_code varchar, group_name_nb varchar,
    source_kind varchar, source_name_nb varchar, raw_rate_pct double, standardised_rate_pct double,
    standardised_rate_pct_low double, standardised_rate_pct_high double, rest_raw_rate_pct double,
    rest_standardised_rate_pct double, difference_status varchar"""
THIN, HARD = "\u202f", "\u00a0"


def plain(text: object) -> str:
    return str(text).replace(THIN, " ").replace(HARD, " ")


def shown(block: Block) -> list[list[str]]:
    """The grid's cells as a reader sees them."""
    grid = block.grids[0]
    return [[plain(grid_text(value, n in grid.numeric)) for n, value in enumerate(row)] for row in grid.rows]


def test_without_figures_the_reader_is_told_why_and_the_editor_how(small: SmallRelease) -> None:
    report = small.report(NOVEMBER)
    missing = next(block for section in report.sections for block in section.blocks if block.block_id == "missing")
    told = {str(row[1]): str(row[0]) for row in missing.grids[0].rows}
    assert "de må lages hos microdata.no, bestilles fra SSB" in told["utbetalt etter gruppe"]
    assert "SSB 13563" in told["andel som mottar, justert for alder"]
    note = "\n".join(report.editor)
    read = str([(b.sentences, b.grids, b.notes, b.missing) for section in report.sections for b in section.blocks])
    for way in ("integrering microdata --year", "integrering order --from", "integrering private", "--extracts MAPPE"):
        assert way in note and way not in read


def test_a_scheme_with_figures_has_a_chart_a_sentence_and_what_its_source_does(small: SmallRelease) -> None:
    """120 million to 7 000 immigrants is 17 143 kroner each; 1 080 million to 41 000 others is 26 341."""
    small.dataset("microdata_benefit_by_group", "2026-09-20", is_demo=True)
    rest = "population_except_immigrants"
    small.table(
        "benefit_payment_by_group",
        PAYMENT,
        payment(
            "3909",
            2023,
            "immigrants",
            7_000,
            420,
            120e6,
            share_of_paid_pct=10.0,
            share_of_population_pct=14.58,
            is_demo=True,
        ),
        payment("3909", 2023, rest, 41_000, 3_580, 1_080e6, is_demo=True),
        payment(
            "3909",
            2023,
            "refugees_within_5_years",
            600,
            None,
            None,
            recipients_status="suppressed",
            paid_status="suppressed",
        ),
        payment("39", 2023, "immigrants", 40_000, 3_000, 800e6),
    )
    made = small.blocks(NOVEMBER)["benefit_payment_disability_benefit"]
    assert plain(made.sentences[0]) == (
        "I 2023 ble det i Larvik utbetalt 17 143 kroner i uføretrygd per innvandrer og 26 341 kroner per person i befolkningen "
        "ellers. "
        "Innvandrere fikk 10,0 prosent av kronene og var 14,6 prosent av befolkningen. "
        "Per mottaker er beløpene 285 714 og 301 676 kroner."
    )
    assert made.figure and made.figure.is_demo
    assert [(line.role, line.group) for line in made.figure.lines] == [
        ("municipality", "Innvandrere"), ("county", "Innvandrere"), ("municipality", "Befolkningen ellers"),
    ]  # fmt: skip
    assert made.notes == (
        "Plattformen har lagt støy av ukjent størrelse på tallet.",
        "Er summene trukket inn slik plattformen gjør med gjennomsnitt, er de for lave; i plattformens eget kurseksempel "
        "høyst 1,2 prosent. Det er en erfaring, ingen grense.",
        "skript a1b2c3, databank no.ssb.fdb:54.",
    )
    hidden = next(row for row in made.grids[0].rows if row[2].cell.value == 600)
    assert isinstance(hidden[3], Measured) and hidden[3].cell.is_hidden and hidden[4].cell.is_hidden


def test_the_source_with_the_newest_year_is_drawn_and_sources_are_not_mixed(small: SmallRelease) -> None:
    order = {
        "source_kind": "ssb_order",
        "source_name_nb": "Tabell bestilt fra SSB",
        "dataset_id": "municipal_benefit_by_group",
    }
    order |= {"understated_at_most_seen_pct": None, "document_title_nb": "Bestilling 1", "published_on": "2026-09-15"}
    rows = []
    for group in ("immigrants", "population_except_immigrants"):
        rows += [
            payment("3909", 2022, group, 7_000, 420, 120e6),
            payment("3909", 2024, group, 7_000, 420, 140e6, **order),
        ]
    small.table("benefit_payment_by_group", PAYMENT, *rows)
    made = small.blocks(NOVEMBER)["benefit_payment_disability_benefit"]
    assert made.figure and made.figure.years == (2024,)
    assert made.notes[-1] == "Bestilling 1, levert 2026-09-15."


def test_rates_stand_raw_and_with_the_age_of_the_country_and_a_small_difference_is_unsure(small: SmallRelease) -> None:
    row = {
        "region_code": "3909",
        "year": 2023,
        "scheme": "main_status_aap_disability",
        "scheme_name_nb": "Uføretrygd",
        "group_code": "immigrants",
        "group_name_nb": "Innvandrere",
        "source_kind": "ssb_main_status",
        "source_name_nb": "SSB 13563",
        "raw_rate_pct": 7.45,
        "standardised_rate_pct": 13.2,
        "standardised_rate_pct_low": 13.2,
        "standardised_rate_pct_high": 13.2,
        "rest_raw_rate_pct": 11.58,
        "rest_standardised_rate_pct": 10.3,
        "difference_status": "clear",
    }
    few = row | {"scheme": "main_status_other", "scheme_name_nb": "Andre", "difference_status": "unclear"}
    hidden = row | {
        "scheme": "x",
        "scheme_name_nb": "Skjult",
        "standardised_rate_pct": None,
        "difference_status": "not_known",
    }
    hidden |= {"standardised_rate_pct_low": 0.96, "standardised_rate_pct_high": 1.14}
    older = row | {"year": 2022, "raw_rate_pct": 1.0}
    small.table(
        "benefit_rate_by_group",
        RATE,
        older,
        row,
        few,
        hidden,
        row | {"group_code": "all", "difference_status": "not_compared"},
    )
    rows = {str(r[0]): r for r in shown(small.blocks(NOVEMBER)["benefit_rates"])}
    assert len(rows) == 3
    assert rows["Uføretrygd"][2:9] == ["2023", "Innvandrere", "7,5", "13,2", "11,6", "10,3", "klar forskjell"]
    assert rows["Andre"][8] == "usikker forskjell"
    assert rows["Skjult"][5:9] == ["1,0 til 1,1", "11,6", "10,3", "ikke kjent"]


def test_print_has_the_chart_of_a_scheme_and_a_note_once_and_the_page_the_table(
    small: SmallRelease, tmp_path: Path
) -> None:
    rest = "population_except_immigrants"
    small.dataset("microdata_benefit_by_group", "2026-09-20")
    rows = [payment("3909", 2023, "immigrants", 7_000, 420, 120e6), payment("3909", 2023, rest, 41_000, 3_580, 1_080e6)]
    sick = {"scheme": "sick_pay", "scheme_name_nb": "Sykepenger"}
    small.table("benefit_payment_by_group", PAYMENT, *rows, *(row | sick for row in rows))
    report = small.report(NOVEMBER)
    paper = pypdf.PdfReader(write_pdf(report, tmp_path / "rapport.pdf", NOVEMBER))
    printed = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in paper.pages))
    page = write_html(report, tmp_path / "rapport.html", "utforsk.html").read_text(encoding="utf-8")
    for scheme in ("Uføretrygd", "Sykepenger"):
        assert f"{scheme}: utbetalt per bosatt i gruppen" in printed
        table = f"{scheme}, 2023: mottakere og kroner etter gruppe"
        assert table in page and table not in printed
    assert printed.count("Plattformen har lagt støy") == 1


def test_the_countrys_printed_figures_stand_with_publisher_and_date(small: SmallRelease) -> None:
    printed = {
        "source_kind": "national_reference",
        "publisher_nb": "Nav",
        "published_on": "2024",
        "document_title_nb": "Artikkel",
    }
    small.table(
        "benefit_payment_by_group",
        PAYMENT,
        payment("00", 2023, "background_ukraine", 1, None, 1.8e9, **printed, group_name_nb="Landbakgrunn Ukraina"),
    )
    row = shown(small.blocks(NOVEMBER)["benefit_reference"])[0]
    assert row[1:4] == ["2023", "Landbakgrunn Ukraina", "1 800 000 000"]
    assert row[8:11] == ["Artikkel", "Nav", "2024"]
