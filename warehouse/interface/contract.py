"""The contract of the published interface: what is promised, what a change breaks, and the version it therefore needs.

Here: the committed contract (docs/interface.json) and comparing with it. Not here: what a column means (interface.py).
Run `python -m warehouse.interface.contract` after raising `version` in dbt_project.yml: it writes the contract anew, or refuses.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from warehouse.errors import WarehouseError
from warehouse.interface.declaration import PublishedColumn, PublishedTable, interface_version, load_interface
from warehouse.settings import PROJECT

CONTRACT = PROJECT / "docs" / "interface.json"

Contract = dict[str, Any]
"""{"version": "1.0.0", "tables": {name: {"key": [...], "columns": {name: {"type": …, "unit": …, …}}}}}"""


class Level(IntEnum):
    """Which part of the version a change raises."""

    NONE = 0
    MINOR = 1
    MAJOR = 2


@dataclass(frozen=True)
class ContractChange:
    """One difference between two contracts, in words, and what it asks of the version."""

    level: Level
    text: str


class ContractBroken(WarehouseError):
    """The interface has changed by more than its version says."""


def contract_of(tables: Iterable[PublishedTable], version: str) -> Contract:
    """The promises in the tables: names, types, keys, units, references and codes, but no descriptions."""
    return {
        "version": version,
        "tables": {
            table.name: {
                "key": list(table.key),
                "columns": {column.name: _promises(column) for column in table.columns},
            }
            for table in tables
        },
    }


def _promises(column: PublishedColumn) -> dict[str, Any]:
    promised = {
        "type": column.data_type,
        "unit": column.unit,
        "references": ".".join(column.references) if column.references else None,
        "codes": list(column.codes) or None,
    }
    return {name: value for name, value in promised.items() if value is not None}


def changes(before: Contract, after: Contract) -> list[ContractChange]:
    """Everything promised differently, breaking changes first. A renamed column is one removed and one added."""
    found: list[ContractChange] = []
    for name in sorted(before["tables"].keys() | after["tables"].keys()):
        old, new = before["tables"].get(name), after["tables"].get(name)
        if old is None or new is None:
            found.append(
                ContractChange(Level.MINOR, f"table {name} added")
                if new
                else ContractChange(Level.MAJOR, f"table {name} removed")
            )
            continue
        if old["key"] != new["key"]:
            found.append(ContractChange(Level.MAJOR, f"key of {name} changed from {old['key']} to {new['key']}"))
        found += _column_changes(name, old["columns"], new["columns"])
    return sorted(found, key=lambda change: (-change.level, change.text))


def _column_changes(table: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[ContractChange]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield ContractChange(Level.MAJOR, f"column {table}.{name} removed")
        elif name not in before:
            yield ContractChange(Level.MINOR, f"column {table}.{name} added")
        else:
            old, new = before[name], after[name]
            for promise in ("type", "unit"):
                if old.get(promise) != new.get(promise):
                    text = f"{promise} of {table}.{name} changed from {old.get(promise)} to {new.get(promise)}"
                    yield ContractChange(Level.MAJOR, text)
            if old.get("references") != new.get("references"):
                level = Level.MAJOR if old.get("references") else Level.MINOR
                yield ContractChange(level, f"{table}.{name} refers to {new.get('references') or 'nothing'}")
            yield from _code_changes(f"{table}.{name}", old.get("codes"), new.get("codes"))


def _code_changes(where: str, before: list[str] | None, after: list[str] | None) -> Iterator[ContractChange]:
    """A new code is an addition, which readers must expect; a code or a list that goes away is not."""
    if before is None:
        if after is not None:
            yield ContractChange(Level.MINOR, f"{where} has a list of codes")
    elif after is None:
        yield ContractChange(Level.MAJOR, f"{where} has no list of codes any more")
    else:
        yield from (
            ContractChange(Level.MINOR, f"code {code} of {where} added") for code in after if code not in before
        )
        yield from (
            ContractChange(Level.MAJOR, f"code {code} of {where} removed") for code in before if code not in after
        )


def require_version(before: Contract, after: Contract) -> list[ContractChange]:
    """The changes between two contracts, if the later one's version allows them. Raises ContractBroken otherwise."""
    found = changes(before, after)
    needed = _raised(before["version"], max((change.level for change in found), default=Level.NONE))
    if _parts(after["version"]) < needed:
        listed = "; ".join(change.text for change in found[:8]) or "no change"
        raise ContractBroken(
            expected=f"version {'.'.join(map(str, needed))} or later of the published interface",
            found=f"{after['version']} with: {listed}{' …' if len(found) > 8 else ''}",
            where="the contract, docs/interface.json",
            next_step="take the change back, or raise `version` in dbt_project/dbt_project.yml, "
            "say it in CHANGELOG.md and run python -m warehouse.interface.contract",
        )
    return found


def _raised(version: str, level: Level) -> tuple[int, int, int]:
    major, minor, patch = _parts(version)
    return {Level.MAJOR: (major + 1, 0, 0), Level.MINOR: (major, minor + 1, 0), Level.NONE: (major, minor, patch)}[
        level
    ]


def _parts(version: str) -> tuple[int, int, int]:
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ValueError(f"not a semantic version: {version!r}")
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def read_contract(path: Path = CONTRACT) -> Contract:
    """The committed contract."""
    return json.loads(path.read_text(encoding="utf-8"))


def contract_text(contract: Contract) -> str:
    """The contract as committed: a line for each column, so that a diff reads well."""
    lines = ["{", f' "version": {json.dumps(contract["version"])},', ' "tables": {']
    tables = list(contract["tables"].items())
    for number, (name, table) in enumerate(tables, start=1):
        columns = [f"    {json.dumps(c)}: {json.dumps(p)}" for c, p in table["columns"].items()]
        lines += [f"  {json.dumps(name)}: {{", f'   "key": {json.dumps(table["key"])},', '   "columns": {']
        lines += [",\n".join(columns), "   }", "  }," if number < len(tables) else "  }"]
    return "\n".join([*lines, " }", "}", ""])


def current_contract() -> Contract:
    """What the marts' yml promises today."""
    return contract_of(load_interface(), interface_version())


def main() -> int:
    """Write the contract anew; refuse when the version does not say what has changed."""
    try:
        now = current_contract()
        found = require_version(read_contract(), now) if CONTRACT.exists() else []
    except WarehouseError as problem:
        print(problem, file=sys.stderr)
        return 1
    CONTRACT.write_text(contract_text(now), encoding="utf-8")
    print(f"interface {now['version']}: {len(found)} changes")
    for change in found:
        print(f"  {change.level.name.lower()}: {change.text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
