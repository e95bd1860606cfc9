"""The errors of an export from microdata.no, each with its own type and said in Norwegian to who put the file there.

Here: the types. Not here: finding what is wrong (tables.py, numbers.py, reader.py). A file with an error gives no figures; its
bytes stay in landing, and the last good release stays in use.
"""

from sources.microdata.schemes import MicrodataError


class ExportError(MicrodataError):
    """An export cannot be used as it is."""


class UnknownArea(ExportError):
    """The export does not say which area and year it is of, or says one that there is not."""


class OtherArea(ExportError):
    """The export is of another area or year than its name says."""


class SmallPopulation(ExportError):
    """The population is smaller than the platform gives figures for."""


class BlankedTable(ExportError):
    """The platform has stopped the tables: more than half of their cells stand for fewer than five."""


class UnknownVariable(ExportError):
    """A table shows a variable that is in none of the scripts."""


class UnclearNumber(ExportError):
    """A number cannot be read with certainty: its decimal sign is open, or the file uses two."""


class OtherStatistic(ExportError):
    """A table shows something else than sums."""


class CountedMissing(ExportError):
    """The platform has counted missing amounts as received: everybody is a recipient."""
