"""Templates filled in: a web page by Jinja, a paper by Typst.

Here: how, the same for every page and paper. Not here: what goes in, or the templates.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined


def page(template: Path, target: Path, **values: Any) -> Path:
    """Write a page. What is no Markup is escaped, and a value that the template asks for must be given."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    target.write_text(environment.get_template(template.name).render(**values), encoding="utf-8")
    return target


def paper(template: Path, target: Path, content: dict[str, Any], stamp: datetime) -> Path:
    """Write a tagged PDF. ``stamp`` is the time noted in it: the same content and time give the same bytes."""
    # the standard is refused by Typst itself when an image lacks its text or the document its title or language
    typst.compile(
        template.read_bytes(),
        output=str(target),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(stamp.timestamp()),
    )
    return target
