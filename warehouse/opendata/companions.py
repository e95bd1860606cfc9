"""What a release carries for others: the catalogue, the light copy, and the words to programs and to who opens the folder.

Here: writing all of it into a candidate. Not here: any of the files.
"""

from pathlib import Path

from warehouse.opendata.catalogue import write_catalogue
from warehouse.opendata.light import write_light
from warehouse.opendata.llms import write_llms
from warehouse.opendata.readme import write_readme


def write_opendata(database: Path, folder: Path, municipality: str) -> None:
    """Write into a release folder whose database, manifest and datapackage.json are there."""
    write_light(database, folder, municipality)
    write_catalogue(database, folder)
    write_llms(database, folder)
    write_readme(folder)
