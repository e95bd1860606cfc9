"""Settlement pages as IMDi serves them, composed for tests.

Here: HTML with the furniture and quirks of the real pages around given blocks. Not here: tests, or figures.
"""

import html
import json
import re

from sources.imdi.settlement.blocks import PagePiece, plain

ENTITIES = str.maketrans({"å": "&aring;", "ø": "&oslash;", "æ": "&aelig;", "Å": "&Aring;", "Ø": "&Oslash;"})


def page_html(blocks: list[PagePiece], *, raw_sections: dict[str, str] | None = None, wide: bool = False) -> bytes:
    """A page with the blocks in its body; a heading named in ``raw_sections`` is replaced, table and all, by that HTML."""
    parts, skipping = [], False
    for place, block in enumerate(blocks):
        following = blocks[place + 1].kind if place + 1 < len(blocks) else ""
        if block.kind in ("h1", "h2", "h3"):
            skipping = block.text in (raw_sections or {})
            parts.append((raw_sections or {})[block.text] if skipping else _heading(block))
        elif not skipping:
            parts.append(_part(block, following, wide))
    content = "\n".join(parts)
    hydration = json.dumps({"html": content}).replace("<", "\\u003c")
    menu = "<nav><table><tr><td>Meny</td><td>12</td></tr></table></nav>"
    style = "<style>h2 { color: red } table::after { content: 'Antall bosatte personer: 9' }</style>"
    head = f"<title>{html.escape(blocks[0].text)} | IMDi</title>{style}"
    return (
        f"<!DOCTYPE html><html lang='no'><head>{head}</head><body>{menu}<main>{content}</main>"
        f"<script>window.__data = {hydration}</script><footer><h2>Adresse</h2><p>12 345 Oslo</p></footer></body></html>"
    ).encode()


def _heading(block: PagePiece) -> str:
    name = block.text.split(" - ")[0]
    anchor = f'<a id="{name}"></a>' if block.kind == "h3" and " - " in block.text else ""
    return f"<{block.kind}>{anchor}{_encoded(block.text)}</{block.kind}>"


def _part(block: PagePiece, following: str, wide: bool) -> str:
    if block.kind == "text":
        shown = re.sub(r"^([\d ]*\d)", r"<strong>\1</strong>", _encoded(block.text))
        return f"<ul><li>{shown}</li></ul>"
    tag = "th" if block.kind == "header" else "td"
    cells = "".join(f'<{tag} style="text-align: center;">{_cell(text, wide)}</{tag}>\n' for text in block.texts)
    start = '<table border="1">\n<thead>\n' if block.kind == "header" else ""
    middle = "</thead>\n<tbody>\n" if block.kind == "header" else ""
    end = "" if following == "row" else "</tbody>\n</table>"
    return f"{start}<tr>\n{cells}</tr>\n{middle}{end}"


def _cell(text: str, wide: bool) -> str:
    if not text:
        return "&nbsp;"
    shown = f"{int(text):,}".replace(",", "&nbsp;") if wide and text.isdigit() else _encoded(text)
    return f"<p><strong>{shown}</strong></p>" if wide else shown


def _encoded(text: str) -> str:
    return html.escape(plain(text), quote=False).translate(ENTITIES)
