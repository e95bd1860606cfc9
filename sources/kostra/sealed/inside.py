"""What happens to private files: read, joined, counted, and put under disclosure control, in the child process alone.

Here: that order, and what is told to the user. Not here: storing (release.py) or the guards (guard.py).
No other module of the project may read these files, and no default, schedule or sensor gets here.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sources.kostra.aggregates import ALL, YEAR, CellTable, Row, programme_cells, social_assistance_cells
from sources.kostra.disclosure.published import Published, published_before
from sources.kostra.disclosure.rule import Controlled, control, is_public
from sources.kostra.reading.accounts import expenditure_rows
from sources.kostra.reading.groups import GROUPS, group_lines, labels
from sources.kostra.reading.records import Records, read_accounts, read_attachment
from sources.kostra.reading.settled import SettledList, read_settled
from sources.kostra.refusal import PrivateFileError, lines_text, place, shown_name
from sources.kostra.sealed.process import Request, Rows, SealedAnswer
from sources.kostra.shape import ACCOUNTS, PROGRAMME, RECEIPT, SOCIAL_ASSISTANCE, aggregate_rows

AGREEMENT_PCT = 2.0
"""Own totals agree with SSB's, and with the accounts, when they differ by at most this: SSB corrects single files, and
accounts hold late entries and refunds."""


@dataclass
class _Collected:
    rows: dict[str, Rows] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    grants: dict[int, int | None] = field(default_factory=dict)

    def add(self, dataset_id: str, rows: Rows) -> None:
        self.rows.setdefault(dataset_id, []).extend(rows)


def read_all(request: Request) -> SealedAnswer:
    """Read the files in memory and return the aggregates that may be shown. Raises PrivateFileError."""
    collected = _Collected()
    if request.settled is not None:
        settled = read_settled(Path(request.settled))
        collected.add(RECEIPT, [_receipt("bosatte", None, len(settled), settled.sha256, request)])
        collected.messages.append(f"Listen over bosatte: {lines_text(len(settled), request.threshold)} lest.")
        seen: set[str] = set()
        for path in request.kostra:
            _read_one(Path(path), settled, seen, request, collected)
    if request.accounts is not None:
        _read_accounts(Path(request.accounts), request, collected)
    _compare(collected)
    return SealedAnswer(collected.rows, collected.messages)


def _read_one(path: Path, settled: SettledList, seen: set[str], request: Request, collected: _Collected) -> None:
    records = read_attachment(path, request.municipality, request.threshold)
    if records is None:
        collected.messages.append(f"{shown_name(path)}: filen inneholder ett mellomrom, som betyr ingen mottakere.")
        return
    name, attachment = records.layout.name, records.layout.attachment
    if name in seen:
        raise PrivateFileError(
            expected="én fil for hvert vedlegg og år",
            found=f"{name} to ganger",
            where=place(path),
            next_step="oppgi bare den siste versjonen av filen",
        )
    seen.add(name)
    year, lines = records.layout.year or 0, len(records)
    collected.add(RECEIPT, [_receipt(attachment, year, lines, records.sha256, request)])
    collected.messages.append(f"{name}: {lines_text(lines, request.threshold)} lest.")
    dataset_id = SOCIAL_ASSISTANCE if attachment == "11F" else PROGRAMME
    editions = [*request.published.get(dataset_id, []), collected.rows.get(dataset_id, [])]
    published = published_before(attachment, year, request.municipality, editions)
    table = _cells(records, settled)
    _refuse_renewal(name, table, published, request)
    controlled = control(table, request.threshold, published)
    if controlled is None:
        collected.messages.append(f"{name}: for få mottakere til at noe kan vises. Ingen tall er tatt med.")
        return
    collected.add(dataset_id, aggregate_rows(controlled, request.municipality, request.threshold))
    collected.messages += _summary(name, controlled)
    if attachment == "11F":
        collected.grants[year] = _open_grant(controlled)


def _refuse_renewal(name: str, table: CellTable, published: Published, request: Request) -> None:
    """A year that was read before waits until it is asked to be replaced, and one with other totals until it is removed."""
    if not published.editions:
        return
    purge = f"integrering private purge --year {table.year}"
    if not request.replace:
        raise PrivateFileError(
            expected="et år som ikke er lest før",
            found=f"{name}, som alt er tatt inn",
            where="private filer",
            next_step="kjør igjen med --replace: da vises bare tall som er like i begge utgavene. Skal nye tall inn, "
            f"fjern året først med «{purge}»",
        )
    if published.changed_totals(table, is_public):
        raise PrivateFileError(
            expected="de samme årstallene for alle mottakere som i utgaven som er tatt inn",
            found="andre årstall. Forskjellen mellom to utgaver kan vise én persons opplysninger",
            where=name,
            next_step=f"er tallene ikke gitt ut, fjern den gamle utgaven med «{purge}» og les filen på nytt; er de gitt "
            "ut, blir den stående",
        )


def _cells(records: Records, settled: SettledList) -> CellTable:
    grouped = group_lines(records, settled)
    if records.layout.attachment == "11F":
        return social_assistance_cells(records, grouped, settled)
    return programme_cells(records, grouped, settled)


def _read_accounts(path: Path, request: Request, collected: _Collected) -> None:
    records = read_accounts(path, request.municipality)
    rows = expenditure_rows(records, request.municipality)
    year = int(records.text("aargang")[0])
    collected.add(RECEIPT, [_receipt("regnskap", year, len(records), records.sha256, request)])
    collected.add(ACCOUNTS, rows)
    found = ", ".join(str(row["function_code"]) for row in rows) or "ingen"
    collected.messages.append(f"Regnskap {year}: {len(records)} linjer lest, funksjoner funnet: {found}.")


def _receipt(attachment: str, year: int | None, lines: int, sha256: str, request: Request) -> dict[str, object]:
    """Hash, line count, year and layout. A very short file gets neither count nor hash: few lines could be guessed
    from a hash."""
    enough = attachment == "regnskap" or lines >= request.threshold
    return {
        "municipality_code": request.municipality,
        "attachment": attachment,
        "year": year,
        "layout": attachment if year is None or attachment == "regnskap" else f"{attachment} {year}",
        "lines_count": lines if enough else None,
        "sha256": sha256 if enough else None,
        "threshold_persons": request.threshold,
    }


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


def _open_grant(controlled: Controlled) -> int | None:
    row = Row(YEAR, ALL)
    return controlled.table.cells["grant"][row].value if controlled.status["grant", row] == "ok" else None


def _compare(collected: _Collected) -> None:
    """Own grants beside function 281 of the accounts; both stand, and a difference is told. Beside SSB: own_figure_agreement."""
    for year, grant in collected.grants.items():
        for row in collected.rows.get(ACCOUNTS, []):
            if (row["year"], row["quarter"], row["function_code"]) == (year, 0, "281"):
                collected.messages += _difference(f"11F {year}: bidrag", grant, row["benefit_nok"])


def _difference(what: str, ours: float | None, theirs: object) -> list[str]:
    if ours is None or not isinstance(theirs, int | float):
        return []
    gap = 100 * abs(ours - theirs) / theirs if theirs else (0.0 if ours == 0 else 100.0)
    verdict = "stemmer med" if gap <= AGREEMENT_PCT else "AVVIKER fra"
    shown = f"{gap:.1f}".replace(".", ",")
    accounts = f"regnskapet, funksjon 281 {theirs:.0f}"
    return [f"{what} {ours:.0f} {verdict} {accounts} (avvik {shown} prosent, toleranse {AGREEMENT_PCT:.0f})."]
