"""The notes that SSB asks to be shown with a table's figures.

Here: picking the mandatory ones out of a JSON-stat answer. Not here: showing them.
"""

from typing import Any


def mandatory_notes(dataset: dict[str, Any]) -> list[str]:
    """The texts SSB marks as mandatory, of the table, its variables and its categories, each once and in that order.

    ``noteMandatory`` is keyed by the index of the note in ``note``; for categories by code and index
    (``categoryNoteMandatory``). An index without a note is passed over.
    """
    root = dataset.get("extension") or {}
    found = _marked(dataset.get("note"), root.get("noteMandatory"))
    for dimension in (dataset.get("dimension") or {}).values():
        extension = dimension.get("extension") or {}
        found += _marked(dimension.get("note"), extension.get("noteMandatory"))
        notes = (dimension.get("category") or {}).get("note") or {}
        for code, marks in (extension.get("categoryNoteMandatory") or {}).items():
            found += _marked(notes.get(code), marks)
    return list(dict.fromkeys(found))


def _marked(notes: Any, marks: Any) -> list[str]:
    if not isinstance(notes, list) or not isinstance(marks, dict):
        return []
    indexes = sorted(int(index) for index, is_mandatory in marks.items() if is_mandatory and str(index).isdigit())
    return [str(notes[index]) for index in indexes if index < len(notes)]
