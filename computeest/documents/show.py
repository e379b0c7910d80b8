"""The document's passages with the facts of its draft marked in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from computeest.documents import check
from computeest.documents.document import Passage, Table
from computeest.documents.draft import Draft, Reading


def marked(draft: Draft) -> str:
    """Every passage that a fact stands in, with its headings and place and the facts behind it."""
    readings = [(reading, used) for paper in draft.papers
                for reading, used in (*((fact.reading, True) for fact in paper.everything),
                                      *((reading, False) for reading in paper.not_used))]
    by_place: dict[int, list[tuple[Reading, bool]]] = defaultdict(list)
    for reading, used in readings:
        by_place[reading.place].append((reading, used))
    lines: list[str] = []
    for block in draft.document.blocks:
        lines += _block(block, by_place, draft.document.counts)
    return "\n".join(lines) + "\n" if lines else "no passage states a fact that was found\n"


def _block(block: Passage | Table, by_place: dict[int, list[tuple[Reading, bool]]], where: str) -> Iterator[str]:
    places = {place for _, place in block.places} if isinstance(block, Passage) else \
        {cell.place for row in block.rows for cell in row}
    text = " ".join(block.text.split()) if isinstance(block, Passage) else \
        "\n".join(dict.fromkeys(row[0].quote for row in block.rows))
    squashed = check.squash(text)
    found = [(reading, used) for place in sorted(places) for reading, used in by_place.get(place, ())
             if check.squash(reading.quote) in squashed]
    if not found:
        return
    above = " > ".join(section for section in block.sections if section)
    first = block.place(0) if isinstance(block, Passage) else block.place
    yield f"{where} {first}{f', {above}' if above else ''}"
    yield f"  {text}"
    for reading, used in found:
        sign, why = ("=", "") if used else ("x", f" ({reading.why})" if reading.why else "")
        yield f"  {sign} {reading.column}: {reading.value}   [{reading.probability:g}]{why}"
    yield ""
