"""Which municipalities are alike: whether the release knows the KOSTRA groups, and what is said where it does not.

Here: asking the published release, also an older one. Not here: who is in a group (dim_region), or fetching it (sources/klass).
"""

import re

import duckdb

NOT_KNOWN = (
    "which municipalities are alike (KOSTRA group) is not known in this release, since Klass has not been asked: "
    "integrering run --source live --only klass_kostra_groups"
)
_NAMED = re.compile(r"kostra[_ -]?gr[ou]", re.IGNORECASE)


def unknown_groups(connection: duckdb.DuckDBPyConnection, said: str) -> list[str]:
    """A sentence where ``said`` (SQL, names of what was found) speaks of KOSTRA groups and the release knows none."""
    if not _NAMED.search(said):
        return []
    try:
        (known,) = connection.execute("select count(kostra_group_code) from marts.dim_region").fetchone()
    except duckdb.Error:  # a release from before the column
        return []
    return [] if known else [NOT_KNOWN]
