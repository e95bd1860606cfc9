"""The blocks of kroner by scheme and group: a chart a scheme, rates with the age evened out, and what is printed for the country.

Here: choosing rows and saying what they are, by the words of texts.yml. Not here: what is known of which scheme
(benefit_overview.py), or the rules behind the rows (the marts benefit_payment_by_group and benefit_rate_by_group).
"""

from collections.abc import Iterable
from typing import Any

from report.context import Context
from report.model import Block, Cell, Figure, Grid, GridValue, Line, Measured
from report.reading.figures import ROLES, shown_years
from report.reading.marts import Row
from report.words.norwegian import amount, figure, listed, number
from report.words.texts import unit_of

PAIRS = (("immigrants", "population_except_immigrants"), ("refugees_within_5_years", "all"))
"""Group and what it stands beside: the first pair that the municipality has figures of is drawn."""
LEAST_YEARS = 4


def payments_of(context: Context, scheme: str) -> list[Row]:
    """All rows of a scheme for the three areas, ages together."""
    return context.payments.get(scheme, [])


def benefit_payments(context: Context) -> list[Block]:
    """A block for each scheme with kroner by group; one that says how to get them where there is none."""
    words = context.texts.topics["benefit_payments"]
    schemes = [scheme for scheme in context.texts.topics["benefit_overview"]["schemes"] if scheme.get("scheme")]
    made = [block for scheme in schemes if (block := _scheme(context, words, scheme["scheme"], scheme["name"]))]
    if made:
        return made
    return [Block("benefit_payments", words["title"], missing=words["missing"].format(**context.names()))]


def _scheme(context: Context, words: dict[str, Any], scheme: str, name: str) -> Block | None:
    rows = [row for row in payments_of(context, scheme) if row["source_kind"] != "national_reference"]
    chosen = _chosen(context, rows)
    if chosen is None:
        return None
    source, pair, year = chosen
    rows = [row for row in rows if row["source_kind"] == source]
    lines = tuple(_lines(context, rows, pair))
    shown = Figure(
        figure_id=f"benefit_payment_{scheme}",
        title=words["figure"].format(scheme=name),
        definition=words["definition"].format(source=_inside(rows[0]["source_name_nb"])),
        unit=unit_of("nok_per_person"),
        lines=lines,
        years=shown_years(lines, max(context.reader.years, LEAST_YEARS)),
        form="bars" if len({row["year"] for row in rows}) == 1 else "lines",
        is_demo=any(row["is_demo"] for row in rows),
        sources=tuple(context.sources.describe(d) for d in sorted({row["dataset_id"] for row in rows})),
    )
    own = [row for row in rows if row["region_code"] == context.areas.municipality_code and row["year"] == year]
    newest = [row for row in rows if row["year"] == year]
    said = _sentences(context, words, name, pair, own)
    return Block(shown.figure_id, shown.title, said, shown, (_grid(context, words, name, newest),), _notes(words, own))


def _chosen(context: Context, rows: list[Row]) -> tuple[str, tuple[str, str], int] | None:
    """The source with the newest year in which the municipality has both groups of a pair; of equals the first pair."""
    own = [row for row in rows if row["region_code"] == context.areas.municipality_code and _told(row)]
    groups: dict[tuple[str, int], set[str]] = {}
    for row in own:
        groups.setdefault((row["source_kind"], row["year"]), set()).add(row["group_code"])
    found = [
        (year, -place, source)
        for (source, year), codes in groups.items()
        for place, pair in enumerate(PAIRS)
        if set(pair) <= codes
    ]
    if not found:
        return None
    year, place, source = max(found)
    return source, PAIRS[-place], year


def _told(row: Row) -> bool:
    return row["paid_per_inhabitant_nok"] is not None


def _lines(context: Context, rows: list[Row], pair: tuple[str, str]) -> Iterable[Line]:
    for group in pair:
        for role in ROLES:
            of_line = [r for r in rows if r["group_code"] == group and context.areas.codes[r["region_code"]] == role]
            cells = {row["year"]: _cell(row, "paid_per_inhabitant_nok", "paid_status") for row in of_line}
            if role == "municipality" or any(cell.says_something for cell in cells.values()):
                name = of_line[0]["group_name_nb"] if of_line else group
                yield Line(role, context.areas.name(role), cells, name)


def _cell(row: Row, column: str, status: str) -> Cell:
    value = row[column]
    said = "ok" if value is not None else row[status] if row[status] != "ok" else "missing"
    return Cell(value, value, value, said, "published")


def _sentences(
    context: Context, words: dict[str, Any], name: str, pair: tuple[str, str], own: list[Row]
) -> tuple[str, ...]:
    by_group = {row["group_code"]: row for row in own}
    first, second = (by_group[group] for group in pair)
    unit = unit_of("nok_per_person")
    said = words["sentence"].format(
        **context.names(
            scheme=name[:1].lower() + name[1:],
            year=first["year"],
            first=amount(first["paid_per_inhabitant_nok"], unit_of("nok")),
            first_group=words["per"][pair[0]],
            second=amount(second["paid_per_inhabitant_nok"], unit_of("nok")),
            second_group=words["per"][pair[1]],
        )
    )
    parts = [said]
    if first["share_of_paid_pct"] is not None and first["share_of_population_pct"] is not None:
        percent = unit_of("percent")
        parts.append(
            words["shares"].format(
                group=first["group_name_nb"],
                paid=amount(first["share_of_paid_pct"], percent),
                people=amount(first["share_of_population_pct"], percent),
            )
        )
    each = [row["paid_per_recipient_nok"] for row in (first, second)]
    if None not in each:
        key = "recipients_same" if each[0] == each[1] else "recipients"
        parts.append(words[key].format(first=figure(each[0], unit), second=amount(each[1], unit_of("nok"))))
    return (" ".join(parts),)


def _grid(context: Context, words: dict[str, Any], name: str, rows: list[Row]) -> Grid:
    order = {code: place for place, code in enumerate(context.areas.codes)}
    nok, percent, persons = unit_of("nok"), unit_of("percent"), unit_of("persons")
    cells = tuple(
        (
            row["group_name_nb"],
            context.areas.title(context.areas.codes[row["region_code"]]),
            Measured(_cell(row, "residents_persons", "residents_status"), persons),
            Measured(_cell(row, "recipients_persons", "recipients_status"), persons),
            Measured(_cell(row, "paid_nok", "paid_status"), nok),
            Measured(_cell(row, "paid_per_recipient_nok", "paid_status"), nok),
            Measured(_cell(row, "paid_per_inhabitant_nok", "paid_status"), nok),
            Measured(_cell(row, "share_of_paid_pct", "paid_status"), percent),
            Measured(_cell(row, "share_of_population_pct", "residents_status"), percent),
        )
        for row in sorted(rows, key=lambda row: (order[row["region_code"]], row["group_code"]))
    )
    year = max(row["year"] for row in rows)
    return Grid(
        words["grid"].format(scheme=name, year=year),
        tuple(words["header"]),
        cells,
        frozenset(range(2, 9)),
        is_annex=True,
    )


def _notes(words: dict[str, Any], own: list[Row]) -> tuple[str, ...]:
    """What the source does to its figures, how far a sum may be too low, and which script or document it is."""
    row = own[0]
    said = [f"{row['precision_nb']}."]
    if row["understated_at_most_seen_pct"] is not None:
        said.append(words["understated"].format(most=figure(row["understated_at_most_seen_pct"], unit_of("percent"))))
    origin = words["origins"].get(row["source_kind"])
    if origin:
        databank = number(row["databank_version"]) if row["databank_version"] else words["unknown"]
        said.append(
            origin.format(document=row["document_title_nb"], databank=databank, published=row["published_on"] or "")
        )
    if row["counted_unit"] != "person":
        said.append(words["units"][row["counted_unit"]])
    return tuple(said)


def _inside(text: str) -> str:
    return text[:1].lower() + text[1:]


def benefit_rates(context: Context) -> Block:
    """Rates as they are and with the age of the country, the group beside the rest: clear, unclear or not known."""
    words = context.texts.topics["benefit_rates"]
    rows = context.marts.rows(
        "benefit_rate_by_group", {"region_code": list(context.areas.codes)}, order=["scheme", "year"]
    )
    rows = [row for row in rows if row["difference_status"] != "not_compared" and _is_rate(row)]
    if not rows:
        return Block("benefit_rates", words["title"], missing=words["missing"].format(**context.names()))
    newest: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row["scheme"], row["source_kind"], row["region_code"])
        newest[key] = max(newest.get(key, 0), row["year"])
    shown = [row for row in rows if row["year"] == newest[row["scheme"], row["source_kind"], row["region_code"]]]
    order = list(context.areas.codes)
    shown.sort(key=lambda row: (row["scheme"], row["source_kind"], order.index(row["region_code"]), row["group_code"]))
    grids = []
    for roles in (ROLES[:1], ROLES[1:]):
        of_roles = [row for row in shown if context.areas.codes[row["region_code"]] in roles]
        names = listed([context.areas.title(role) for role in roles])
        cells = tuple(_rate_row(context, words, row) for row in of_roles)
        if cells:
            title = f"{words['title']}, {names}"
            is_own = roles == ROLES[:1]
            grids.append(Grid(title, tuple(words["header"]), cells, frozenset({4, 5, 6, 7}), is_annex=not is_own))
    return Block("benefit_rates", words["title"], grids=tuple(grids), notes=tuple(words["notes"]))


def _is_rate(row: Row) -> bool:
    wanted = ("immigrants", "refugees_within_5_years", "immigrants_africa_asia", "immigrants_eu_eea")
    return row["group_code"] in wanted and row["raw_rate_pct"] is not None


def _rate_row(context: Context, words: dict[str, Any], row: Row) -> tuple[GridValue, ...]:
    percent = unit_of("percent")
    low, high, value = (row[f"standardised_rate_pct{end}"] for end in ("_low", "_high", ""))
    standardised = Cell(value, low, high, "ok" if value is not None else "interval" if low is not None else "missing")
    plain = [Measured(_known(row[name]), percent) for name in ("rest_raw_rate_pct", "rest_standardised_rate_pct")]
    return (
        row["scheme_name_nb"],
        context.areas.title(context.areas.codes[row["region_code"]]),
        row["year"],
        row["group_name_nb"],
        Measured(_known(row["raw_rate_pct"]), percent),
        Measured(standardised, percent),
        *plain,
        words["differences"][row["difference_status"]],
        row["source_name_nb"],
    )


def _known(value: float | None) -> Cell:
    return Cell(value, value, value, "ok" if value is not None else "missing", "published")


def benefit_reference(context: Context) -> Block:
    """What is printed for the whole country, with publisher and date: a size to hold the municipality's figures against."""
    words = context.texts.topics["benefit_reference"]
    rows = context.marts.rows(
        "benefit_payment_by_group",
        {"source_kind": "national_reference"},
        order=["scheme_name_nb", "year", "group_name_nb"],
    )
    if not rows:
        return Block("benefit_reference", words["title"], missing=words["missing"])
    nok, percent = unit_of("nok"), unit_of("percent")
    cells = tuple(
        (
            row["scheme_name_nb"],
            row["year"],
            row["group_name_nb"],
            Measured(_cell(row, "paid_nok", "paid_status"), nok),
            *(
                Measured(_known(row[name]), percent)
                for name in (
                    "share_of_paid_pct",
                    "share_of_recipients_pct",
                    "share_of_population_pct",
                    "recipients_of_group_pct",
                )
            ),
            row["document_title_nb"],
            row["publisher_nb"],
            row["published_on"],
            words["stages"].get(row["precision_code"], ""),
        )
        for row in rows
    )
    own = context.marts.rows("benefit_payment_by_group", {"region_code": context.areas.municipality_code})
    # beside figures of its own the country's printed ones are a reference to look up
    is_annex = any(_told(row) for row in own)
    grid = Grid(words["title"], tuple(words["header"]), cells, frozenset({3, 4, 5, 6, 7}), is_annex=is_annex)
    return Block("benefit_reference", words["title"], grids=(grid,), notes=tuple(words["notes"]))
