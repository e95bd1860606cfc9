"""The one door to the private files: paths in, aggregates that have passed disclosure control out.

Here: the order of reading, joining, counting, hiding, and what is told to the user. Not here: storing (release.py).
No other module of the project may read these files, and no default, schedule or sensor calls this one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from sources.kostra.accounts import expenditure_rows
from sources.kostra.aggregates import ALL, YEAR, CellTable, Row, programme_cells, social_assistance_cells
from sources.kostra.disclosure.rule import DEFAULT_THRESHOLD, LOWEST_THRESHOLD, Controlled, control
from sources.kostra.groups import GROUPS, group_lines, labels
from sources.kostra.guard import sealed
from sources.kostra.records import Records, read_accounts, read_attachment
from sources.kostra.refusal import PrivateFileError, place
from sources.kostra.settled import SettledList, read_settled
from sources.kostra.shape import ACCOUNTS, PROGRAMME, RECEIPT, SOCIAL_ASSISTANCE, aggregate_rows, as_table

AGREEMENT_PCT = 2.0
"""Own totals agree with SSB's, and with the accounts, when they differ by at most this: SSB corrects single files, and
accounts hold late entries and refunds."""


@dataclass(frozen=True)
class PublicTotals:
    """What SSB has published for the municipality and year (13995): None = not published."""

    recipients_persons: float | None = None
    grant_nok: float | None = None
    loan_nok: float | None = None


@dataclass(frozen=True)
class PrivateResult:
    """What leaves: one table a dataset (columns of its spec), and Norwegian messages. No identifier, no row of a
    file."""

    tables: dict[str, pa.Table]
    messages: list[str]


@dataclass
class _Collected:
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    totals: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, dataset_id: str, rows: list[dict[str, object]]) -> None:
        self.rows.setdefault(dataset_id, []).extend(rows)


def private_aggregates(
    kostra: list[Path],
    settled: Path,
    accounts: Path | None = None,
    *,
    municipality: str,
    threshold: int = DEFAULT_THRESHOLD,
    public_totals: Mapping[int, PublicTotals] | None = None,
) -> PrivateResult:
    """Read the files in memory and return the aggregates that may be shown.

    Raises PrivateFileError (Norwegian, no values) and nothing else: any other exception could carry personal values.
    """
    if not re.fullmatch(r"[0-9]{4}", municipality):
        raise ValueError("municipality is a code of four digits")
    if threshold < LOWEST_THRESHOLD:
        raise ValueError(f"the threshold is at least {LOWEST_THRESHOLD}")
    return sealed(lambda: _read_all(kostra, settled, accounts, municipality, threshold, dict(public_totals or {})))


def _read_all(
    kostra: list[Path],
    settled_path: Path,
    accounts: Path | None,
    municipality: str,
    threshold: int,
    public: dict[int, PublicTotals],
) -> PrivateResult:
    collected = _Collected()
    settled = read_settled(settled_path)
    try:
        collected.add(RECEIPT, [_receipt("bosatte", None, len(settled), settled.sha256, municipality, threshold)])
        collected.messages.append(f"Listen over bosatte: {_lines(len(settled), threshold)} lest.")
        seen: set[str] = set()
        for path in kostra:
            _read_one(path, settled, seen, municipality, threshold, collected)
    finally:
        settled.wipe()
    if accounts is not None:
        _read_accounts(accounts, municipality, threshold, collected)
    _compare(collected, public)
    return PrivateResult({name: as_table(name, rows) for name, rows in collected.rows.items()}, collected.messages)


def _read_one(
    path: Path, settled: SettledList, seen: set[str], municipality: str, threshold: int, collected: _Collected
) -> None:
    records = read_attachment(path, municipality)
    if records is None:
        collected.messages.append(f"{path.name}: filen inneholder ett mellomrom, som betyr ingen mottakere.")
        return
    try:
        name = records.layout.name
        if name in seen:
            raise PrivateFileError(
                expected="én fil for hvert vedlegg og år",
                found=f"{name} to ganger",
                where=place(path.name),
                next_step="oppgi bare den siste versjonen av filen",
            )
        seen.add(name)
        year, lines = records.layout.year or 0, len(records)
        collected.add(
            RECEIPT, [_receipt(records.layout.attachment, year, lines, records.sha256, municipality, threshold)]
        )
        collected.messages.append(f"{name}: {_lines(lines, threshold)} lest.")
        controlled = control(_cells(records, settled), threshold)
    finally:
        records.wipe()
    if controlled is None:
        collected.messages.append(f"{name}: for få mottakere til at noe kan vises. Ingen tall er tatt med.")
        return
    dataset_id = SOCIAL_ASSISTANCE if controlled.table.attachment == "11F" else PROGRAMME
    collected.add(dataset_id, aggregate_rows(controlled, municipality, threshold))
    collected.messages += _summary(name, controlled)
    if controlled.table.attachment == "11F":
        collected.totals[year] = _open_totals(controlled)


def _cells(records: Records, settled: SettledList) -> CellTable:
    grouped = group_lines(records, settled)
    if records.layout.attachment == "11F":
        return social_assistance_cells(records, grouped, settled)
    return programme_cells(records, grouped, settled)


def _read_accounts(path: Path, municipality: str, threshold: int, collected: _Collected) -> None:
    records = read_accounts(path, municipality)
    rows = expenditure_rows(records, municipality)
    year = int(records.text("aargang")[0])
    collected.add(RECEIPT, [_receipt("regnskap", year, len(records), records.sha256, municipality, threshold)])
    collected.add(ACCOUNTS, rows)
    found = ", ".join(str(row["function_code"]) for row in rows) or "ingen"
    collected.messages.append(f"Regnskap {year}: {len(records)} linjer lest, funksjoner funnet: {found}.")


def _receipt(
    attachment: str, year: int | None, lines: int, sha256: str, municipality: str, threshold: int
) -> dict[str, object]:
    """Hash, line count, year and layout. A very short file gets neither count nor hash: few lines could be guessed
    from a hash."""
    enough = attachment == "regnskap" or lines >= threshold
    return {
        "municipality_code": municipality,
        "attachment": attachment,
        "year": year,
        "layout": attachment if year is None or attachment == "regnskap" else f"{attachment} {year}",
        "lines_count": lines if enough else None,
        "sha256": sha256 if enough else None,
        "threshold_persons": threshold,
    }


def _lines(lines: int, threshold: int) -> str:
    return f"færre enn {threshold} linjer" if lines < threshold else f"{lines} linjer"


def _summary(name: str, controlled: Controlled) -> list[str]:
    """Recipients by group as they may be shown, and how much is hidden."""
    cells, parts = controlled.table.cells["recipients"], []
    for group in GROUPS:
        row = Row(YEAR, group)
        shown = cells[row].value if controlled.status["recipients", row] == "ok" else "skjult"
        parts.append(f"{labels()['groups'][group]}: {shown}")
    hidden = sum(state == "suppressed" for state in controlled.status.values())
    return [
        f"{name}: {'; '.join(parts)}.",
        f"{name}: {hidden} av {len(controlled.status)} tall er skjult av hensyn til personvernet.",
    ]


def _open_totals(controlled: Controlled) -> dict[str, int]:
    row = Row(YEAR, ALL)
    cells = controlled.table.cells
    return {m: cells[m][row].value for m in ("recipients", "grant", "loan") if controlled.status[m, row] == "ok"}


def _compare(collected: _Collected, public: dict[int, PublicTotals]) -> None:
    """Own totals beside SSB's and beside function 281 of the accounts; both stand, and a difference is told."""
    for year, own in collected.totals.items():
        ssb = public.get(year, PublicTotals())
        ours = {"mottakere": own.get("recipients"), "bidrag": own.get("grant"), "lån": own.get("loan")}
        theirs = {"mottakere": ssb.recipients_persons, "bidrag": ssb.grant_nok, "lån": ssb.loan_nok}
        for what, value in ours.items():
            collected.messages += _difference(f"11F {year}: {what}", value, "SSB", theirs[what])
        for row in collected.rows.get(ACCOUNTS, []):
            if (row["year"], row["quarter"], row["function_code"]) == (year, 0, "281"):
                collected.messages += _difference(
                    f"11F {year}: bidrag", own.get("grant"), "regnskapet, funksjon 281", row["benefit_nok"]
                )


def _difference(what: str, ours: float | None, whose: str, theirs: object) -> list[str]:
    if ours is None or not isinstance(theirs, int | float):
        return []
    gap = 100 * abs(ours - theirs) / theirs if theirs else (0.0 if ours == 0 else 100.0)
    verdict = "stemmer med" if gap <= AGREEMENT_PCT else "AVVIKER fra"
    shown = f"{gap:.1f}".replace(".", ",")
    return [f"{what} {ours:.0f} {verdict} {whose} {theirs:.0f} (avvik {shown} prosent, toleranse {AGREEMENT_PCT:.0f})."]
