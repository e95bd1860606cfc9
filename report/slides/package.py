"""The file of the slides as the same bytes for the same content.

Here: times inside the package, also of the workbooks behind its charts. Not here: what the slides hold.
"""

import io
import re
import zipfile
from datetime import datetime

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def settled(package: bytes, stamp: datetime) -> bytes:
    """The package with ``stamp`` as the time of creation throughout, and no other clock in it."""
    written = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = settled(content, stamp)
            elif name.endswith("core.xml"):
                content = _STAMP.sub(rb"\g<1>" + written + rb"\g<3>", content)
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(member, content)
    return target.getvalue()
