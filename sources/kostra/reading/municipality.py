"""Which municipality number a file of a given year may carry: codes change, and old files keep the old ones.

Here: the codes a municipality of today had. Not here: the history itself (sources/klass).
"""

from sources.klass.history import changes


def codes_of(municipality: str, year: int) -> list[str]:
    """The codes under which a municipality of today may have reported a year: those in force on 1 January of the year
    and of the next (the file is made in January-February after it). Most recent first."""
    found: list[str] = []
    for day in (f"{year + 1}-01-01", f"{year}-01-01"):
        codes = {municipality}
        for moment in sorted({changed_on for _, _, changed_on in changes() if changed_on > day}, reverse=True):
            old_codes = {new: {o for o, n, m in changes() if (n, m) == (new, moment)} for new in codes}
            codes = {code for new in codes for code in (old_codes[new] or {new})}
        found += sorted(codes - set(found))
    return found
