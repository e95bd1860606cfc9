"""The money page of a profile: grants received, how they compare, what they cover, and what they become.

Here: which of the report's blocks are shown, and the table of schemes. Not here: the figures' own rules (sections/,
forecast/), setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from report.drawing.marks import Bar
from report.model import Block, Cell, Figure, Role
from report.profile.evidence import where_of
from report.profile.findings import Weights, area_name
from report.profile.said import bare_text
from report.reading.areas import COUNTRY
from report.reading.everywhere import Region
from report.words.norwegian import MILLION, figure, number
from report.words.texts import profile_words, unit_of

GRANTS = ("grants_received", "grant_total_nok")
"""What was received: as the municipality has it from IMDi, or the sum of the schemes; the one with the newer year is shown."""
PER_INHABITANT = "grant_per_inhabitant_nok"
SHARES = "grant_scheme_share"
SCHEMES = "grant_by_scheme_nok"
MOST_SENTENCES = 3
NOTHING = "–"
UNTOLD = ("--", "«integrering")
"""What is meant for whoever runs the product: no reader of the profile meets a command."""


@dataclass(frozen=True)
class Part:
    """One block of the page. ``rows`` are texts, the first of them the head; ``missing`` says why there is nothing."""

    part_id: str
    title: str
    sentences: tuple[str, ...] = ()
    figure: Figure | None = None
    bars: tuple[Bar, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Money:
    """The blocks in order."""

    parts: tuple[Part, ...]


def money(known: Weights, region: Region, blocks: Mapping[str, Block]) -> Money:
    """The page for one municipality; what the release lacks is said, not left out."""
    words = profile_words()["money"]
    received = [blocks[one] for one in GRANTS if one in blocks and _last(blocks[one])]
    newest = max(received, key=_last) if received else next((blocks[one] for one in GRANTS if one in blocks), None)
    received_part = _block("received", words["received"].format(municipality=region.name), newest)
    found = [
        replace(received_part, figure=_own(received_part.figure)),
        _schemes(known, region),
        _block("coverage", words["coverage"], blocks.get("coverage")),
        _per_inhabitant(known, region),
    ]
    found.append(_forecast(blocks.get("forecast")))
    return Money(tuple(part for part in found if part))


def _own(figure: Figure | None) -> Figure | None:
    """The municipality alone: kroner of areas of unlike size do not stand beside each other."""
    return (
        replace(figure, lines=tuple(line for line in figure.lines if line.role == "municipality")) if figure else None
    )


def _per_inhabitant(known: Weights, region: Region) -> Part | None:
    """Grants by inhabitant beside the other areas, in the newest year of the municipality."""
    words, weighed = profile_words()["money"], known.scales.of(PER_INHABITANT, ())
    year = weighed.whole_year(region.code) if weighed else None
    if weighed is None or year is None:
        return None
    codes: dict[Role, str] = {"municipality": region.code, **known.whole.beside(region)}
    cells = [(role, area_name(known, region, code), weighed.evidence(code, year).cell) for role, code in codes.items()]
    bars = [
        Bar(role, name, cell.value, bare_text(cell, weighed.unit))
        for role, name, cell in cells
        if cell.value is not None
    ]
    return Part("per_inhabitant", words["per_inhabitant"].format(year=year), bars=tuple(bars))


def _last(block: Block) -> int:
    """The newest year with a figure of the municipality, 0 without one."""
    own = block.figure.line("municipality") if block.figure else None
    return max((year for year, cell in own.cells.items() if cell.says_something), default=0) if own else 0


def _block(part_id: str, title: str, block: Block | None) -> Part:
    if block is None or (block.figure is None and not block.sentences):
        missing = block.missing if block else profile_words()["money"]["rates_missing"]
        return Part(part_id, title, missing=missing)
    return Part(part_id, title, _sentences(block.sentences), block.figure)


def _sentences(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in said if not any(mark in one for mark in UNTOLD))[:MOST_SENTENCES]


def _forecast(block: Block | None) -> Part:
    """The scenarios year by year and in all; «minst» where those settled in earlier years are unknown."""
    words = profile_words()["money"]
    if block is None or block.figure is None:
        return _block("forecast", words["forecast"], block)
    shown = block.figure
    head = (words["scenario"], *(str(year) for year in shown.years), words["sum"])
    rows, bars = [], []
    for line in shown.lines:
        cells = [line.at(year) for year in shown.years]
        whole = _sum(cells)
        rows.append((line.title, *(_millions(cell) for cell in cells), _millions(whole)))
        if (size := whole.value if whole.value is not None else whole.low) is not None:
            bars.append(Bar("other", line.title, size, f"{_millions(whole)} {words['millions']}"))
    said = [words["forecast_unit"].format(first=shown.years[0], last=shown.years[-1])]
    if any(cell.is_at_least for line in shown.lines for cell in line.cells.values()):
        said.append(words["at_least"])
    return Part("forecast", words["forecast"], tuple(said), bars=tuple(bars), rows=(head, *rows))


def _sum(cells: list[Cell]) -> Cell:
    """Exact only where every year is; a bound that any year lacks is lacking."""
    values, lows, highs = ([getattr(cell, name) for cell in cells] for name in ("value", "low", "high"))
    return Cell(*(None if None in found else sum(found) for found in (values, lows, highs)))


def _millions(cell: Cell) -> str:
    words = profile_words()["money"]
    value, low, high = (None if one is None else number(one / MILLION, 1) for one in (cell.value, cell.low, cell.high))
    if value is not None:
        return value
    if low is None or (high is None and cell.low == 0):
        return words["unknown"]
    return words["from_to"].format(low=low, high=high) if high is not None else words["at_least_cell"].format(low=low)


def _schemes(known: Weights, region: Region) -> Part | None:
    """What each scheme gave in the newest year, its part of all, and that part in the country."""
    words = profile_words()["money"]
    codes = [dict(where)["category"] for where, _, _ in known.whole.available.get(SCHEMES, []) if len(where) == 1]
    found = []
    for code in codes:
        where = where_of({"category": code})
        amount, share = known.scales.of(SCHEMES, where), known.scales.of(SHARES, where)
        if amount and (year := amount.whole_year(region.code)):
            found.append((year, code, amount, share))
    if not found:
        return None
    newest, rows = max(year for year, *_ in found), []
    for year, code, amount, share in found:
        cell = amount.evidence(region.code, year).cell
        if year != newest or not cell.value:
            continue
        parts = [share.evidence(area, year).cell if share else None for area in (region.code, COUNTRY)]
        shares = [f"{bare_text(part, unit_of('percent'))} %" if part and part.is_known else NOTHING for part in parts]
        rows.append(
            (cell.value, (known.labels.get(("category", code), code), figure(cell.value, amount.unit), *shares))
        )
    listed = tuple(row for _, row in sorted(rows, key=lambda one: -one[0]))
    # a column in which nothing is known is no column
    width = len(words["schemes_head"]) if any(row[-1] != NOTHING for row in listed) else len(words["schemes_head"]) - 1
    listed = tuple(row[:width] for row in listed)
    return (
        Part("schemes", words["schemes"].format(year=newest), rows=(tuple(words["schemes_head"][:width]), *listed))
        if listed
        else None
    )
