"""How many readings of a document are weighed: more than any document has, so that what is made of numbers ends soon.

Of 858 documents (cards, READMEs, reports, manuals, notes; 8.9 million letters) those of up to 40,000 letters have 403
readings at most, and the 49 longer ones no more than one in 65 letters, where a page is tables of measured speeds;
reports of models have one in 390 to 4,500. So the densest has six tenths of what is weighed. What is left out is said
with the draft.
"""

from __future__ import annotations

#: Readings that are weighed whatever the length, the letters of a longer document for each, and the most of any.
ALWAYS, LETTERS_EACH, MOST = 1_000, 40, 10_000


def most(letters: int) -> int:
    """How many readings of a document of so many letters are weighed."""
    return min(MOST, max(ALWAYS, letters // LETTERS_EACH))
