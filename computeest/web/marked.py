"""A document's draft for a page: its papers, and its passages with the facts that stand in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from computeest.documents import check, writing
from computeest.documents.document import Document, Passage, Table
from computeest.documents.draft import Draft, Reading
from computeest.documents.draft import drafted as draft_of

Found = Mapping[int, Sequence[tuple[int, Reading, bool]]]


def drafted(document: Document, model: str = "") -> dict[str, Any]:
    """The draft as JSON has it, its YAML, and the passages that hold its facts."""
    draft = draft_of(document, model)
    return {"document": document.name, "counts": document.counts, "papers": writing.as_mappings(draft),
            "yaml": writing.as_yaml(draft), "others": list(draft.others), "notes": list(document.notes),
            "passages": list(_passages(draft))}


def _passages(draft: Draft) -> Iterator[dict[str, Any]]:
    """Every passage or table row that a reading stands in, with the readings: used, or left out and why."""
    by_place: dict[int, list[tuple[int, Reading, bool]]] = defaultdict(list)
    for index, paper in enumerate(draft.papers):
        for fact in paper.facts:
            by_place[fact.reading.place].append((index, fact.reading, True))
        for reading in paper.not_used:
            by_place[reading.place].append((index, reading, False))
    for block in draft.document.blocks:
        found = list(_within(block, by_place))
        if found:
            yield {"place": block.place(0) if isinstance(block, Passage) else block.place,
                   "sections": [section for section in block.sections if section], "text": _text(block),
                   "readings": found}


def _text(block: Passage | Table) -> str:
    if isinstance(block, Passage):
        return " ".join(block.text.split())
    return "\n".join(dict.fromkeys(row[0].quote for row in block.rows))


def _within(block: Passage | Table, by_place: Found) -> Iterator[dict[str, Any]]:
    places = {place for _, place in block.places} if isinstance(block, Passage) else \
        {cell.place for row in block.rows for cell in row}
    squashed = check.squash(_text(block))
    for place in sorted(places):
        for index, reading, used in by_place.get(place, ()):
            if check.squash(reading.quote) in squashed:
                yield {"paper": index, "column": reading.column, "value": reading.value, "quote": reading.quote,
                       "place": reading.place, "probability": reading.probability, "used": used, "why": reading.why}
