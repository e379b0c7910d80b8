"""Whether a document says that its model is a mixture of experts, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from computeest.documents import cues, tables
from computeest.documents.document import Document, Passage, Table
from computeest.documents.names import Names
from computeest.documents.sentences import Sentence, sentences
from computeest.documents.sieve import Sieve

_CUES = cues.patterns("mixtures")
#: So far from what says whose it is a sentence says of what kind the model is.
_BETWEEN = 110
_LONGEST = 100
#: What a sentence has that says so; a passage that lets neither through has none.
_SAYS_SO = Sieve((name, _CUES[name].pattern) for name in ("experts", "field"))


@dataclass(frozen=True, slots=True)
class Kind:
    """The words that say that the document's model is a mixture of experts, and where they stand."""

    quote: str
    place: int


def kind(document: Document, named: Names) -> Kind | None:
    """What says that the document's model is a mixture of experts; None where nothing says so of this model."""
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table):
            found = _of_table(block, named)
        elif block.kind == "heading" and not number:
            found = Kind(block.plain.strip("# "), block.place(0)) if _titled(block.plain) else None
        elif not _SAYS_SO.through(block.plain):
            continue
        else:
            found = next((Kind(one.quote(0, min(len(one.plain), 180)), one.place()) for one in sentences(block)
                          if _SAYS_SO.through(one.plain) and (_says(one, named) or _of_field(one.plain, block))), None)
        if found is not None:
            return found
    return None


def _says(sentence: Sentence, named: Names) -> bool:
    """Whether a sentence says of this model, and of no other, that it is made of experts."""
    plain = sentence.plain
    if sentence.passage.sections and re.match(r"references|related", sentence.passage.sections[-1], re.IGNORECASE):
        return False
    for match in _CUES["experts"].finditer(plain):
        begin = max(0, match.start() - _BETWEEN)
        before = plain[begin:match.start()]
        whose = [found.end() for found in (*_CUES["ours"].finditer(before), *named.mine(before))]
        if not whose and not _CUES["sized"].search(before):
            continue
        if _CUES["of_several"].match(plain, match.end()):
            continue
        between = before[max(whose, default=0):]
        if not _CUES["compares"].search(between) and not _CUES["no_mixture"].search(before[-40:] + plain[
                match.start():match.end() + 15]) and not named.others(between):
            return True
    return False


def _titled(plain: str) -> bool:
    """Whether a title calls what the document is about a mixture of experts."""
    found = _CUES["experts"].search(plain)
    return found is not None and not any(_CUES[name].search(plain) for name in ("compares", "no_mixture", "of_several"))


def _of_field(plain: str, passage: Passage) -> bool:
    """Whether a line such as 'Architecture: mixture of experts' says so."""
    return passage.kind in ("prose", "item") and _CUES["field"].match(plain) is not None \
        and _CUES["no_mixture"].search(plain[:_LONGEST]) is None


def _of_table(table: Table, named: Names) -> Kind | None:
    """A table's cell beside a header of kinds or of numbers of experts, of the model alone or in its own column."""
    width = len(table.rows[0])
    heads = [tables.header_of(table, k) for k in range(width)]
    for row in table.rows:
        label = row[0].text
        for k, cell in enumerate(row[1:], 1):
            own = width == 2 or named.own(heads[k]) or named.own(label)
            for header in (label, heads[k]):
                if own and len(cell.text) < _LONGEST and (_of_kind(header, cell.text) or _counted(header, cell.text)):
                    return Kind(cell.quote, cell.place)
    return None


def _of_kind(header: str, text: str) -> bool:
    return _CUES["kinds"].fullmatch(header.strip()) is not None and _CUES["experts"].search(text) is not None \
        and _CUES["no_mixture"].search(text) is None


def _counted(header: str, text: str) -> bool:
    number = re.match(r"\d+", text)
    return _CUES["counts"].fullmatch(header.strip()) is not None and number is not None and int(number[0]) > 1
