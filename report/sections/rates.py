"""The block of the integration grant's rates: what the state pays for a settled person, by grant year.

Here: the newest rate year beside the one before. Not here: which of two prints of a rate is used (marts/grants), or what
the rates come to for the municipality (report/forecast).
"""

from report.context import Context
from report.judging.shown import shown_difference
from report.model import Block, Cell, Figure, Line
from report.reading.marts import Row
from report.words.differences import order_word, size_text
from report.words.norwegian import amount
from report.words.texts import unit_of

YEARS_SHOWN = 2
FIRST, LAST = 1, 5
"""Grant years of the integration grant: the year of settlement and the four after."""


def grant_rates(context: Context) -> Block:
    """Kroner per person by grant year; the first year depends on who is settled, so it has a line for each category."""
    words = context.texts.topics["grant_rates"]
    where = {"grant_scheme": "integration_grant", "is_used": True, "payment_type": "by_grant_year"}
    found = context.marts.rows("fct_grant_rate", where)
    rows = [row for row in found if row["grant_year_n"] is not None and FIRST <= row["grant_year_n"] <= LAST]
    if not rows:
        return Block("grant_rates", words["title"], missing=words["missing"])
    years = tuple(sorted({row["rate_year"] for row in rows})[-YEARS_SHOWN:])
    datasets = {row["dataset_id"]: row.get("source_table") or "" for row in rows if row["rate_year"] in years}
    shown = Figure(
        figure_id="grant_rates",
        title=words["title"],
        definition=words["definition"],
        unit=unit_of("nok_per_person"),
        lines=tuple(line for line in _lines(words, rows) if any(line.at(year).is_known for year in years)),
        years=years,
        form="bars",
        corner=words["corner"],
        is_demo=any(row["is_demo"] for row in rows),
        sources=tuple(context.sources.describe(dataset_id, detail) for dataset_id, detail in datasets.items()),
    )
    return Block("grant_rates", words["title"], (" ".join(_sentences(words, shown)),), shown)


def _lines(words: dict[str, str], rows: list[Row]) -> list[Line]:
    """A line to each category in the first grant year, one for everybody in each of the others."""
    kinds = words["kinds"]
    order = list(kinds)
    rows = sorted(rows, key=lambda row: (row["grant_year_n"], _place(order, row["category"])))
    found: dict[str, dict[int, Cell]] = {}
    for row in rows:
        name = words["year"].format(number=row["grant_year_n"])
        if row["grant_year_n"] == FIRST:
            name = f"{name}, {kinds.get(row['category'], row['category'])}"
        value = float(row["amount_nok"])
        found.setdefault(name, {})[row["rate_year"]] = Cell(value, value, value, "ok", "published")
    return [Line("other", name, cells) for name, cells in found.items()]


def _place(order: list[str], category: str) -> int:
    return order.index(category) if category in order else len(order)


def _sentences(words: dict[str, str], shown: Figure) -> list[str]:
    """For the commonest category: the first and last grant year, the sum of all five, and the change from the year before."""
    year, unit = shown.years[-1], unit_of("nok")
    names = [f"{words['year'].format(number=FIRST)}, {words['common']}"]
    names += [words["year"].format(number=number) for number in range(FIRST + 1, LAST + 1)]
    cells = {line.name: line.cells for line in shown.lines}
    five = [cells.get(name, {}).get(year, Cell()).value for name in names]
    if None in five:
        return []
    known = [value for value in five if value is not None]
    first, last, total = (amount(value, unit) for value in (known[0], known[-1], sum(known)))
    said = [words["sentence"].format(year=year, category=words["common"], first=first, last=last, total=total)]
    before = cells[names[0]].get(year - 1, Cell()).value
    if before is not None:
        gap = shown_difference(known[0], before, unit)
        parts = {"difference": size_text(gap, unit), "word": order_word(gap, unit), "year": year - 1}
        said.append(words["same" if gap.order == "same" else "changed"].format(**parts))
    return said
