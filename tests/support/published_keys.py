"""Whether a release keeps the keys and references that its interface declares. Here: asking. Not here: tests."""

import duckdb

from warehouse.interface.declaration import load_interface


def broken_promises(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables whose key is not unique, and references to rows that are not there."""
    broken = []
    for table in load_interface():
        key = ", ".join(f'"{name}"' for name in table.key)
        twice = f'select count(*) from (select 1 from marts."{table.name}" group by {key} having count(*) > 1)'
        if connection.execute(twice).fetchone() != (0,):
            broken.append(f"{table.name}: {key}")
        for column in table.columns:
            if column.references:
                target, field = column.references
                lost = connection.execute(
                    f'select distinct "{column.name}" from marts."{table.name}" as pointing '
                    f'anti join marts."{target}" as target on target."{field}" = pointing."{column.name}" '
                    f'where "{column.name}" is not null limit 5'
                ).fetchall()
                if lost:
                    broken.append(f"{table.name}.{column.name} -> {target}.{field}: {lost}")
    return broken
