"""Sentences that state facts of several models at once: '9/14 days on 16/32 nodes for the 1B/7B model'."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from computeest.documents import cues
from computeest.documents.sentences import Sentence
from computeest.documents.sieve import Sieve

_PARTS = {name: re.compile(cues.written_out(regex, cues.parts()))
          for name, regex in cues.data("patterns.yaml")["respective"].items()}
#: What a sentence that shares out needs the words of.
_SHARES = Sieve((name, _PARTS[name].pattern) for name in ("slashed", "said", "listed"))
#: As many models share a sentence at most; more are a table's business.
_MOST = 6


def apart(sentence: Sentence) -> Iterator[Sentence]:
    """The sentence once for each model that it shares its numbers out to, or as it is.

    Each of them has the numbers and the size of its own model; the others' are blanked, so that places and quotes stay.
    """
    groups = _groups(sentence.plain)
    if not groups:
        yield sentence
        return
    for which in range(len(groups[0])):
        plain = sentence.plain
        for group in groups:
            begin, stop = group[0][0], group[-1][1]
            own = slice(*group[which])
            kept = plain[own].rjust(own.stop - begin) + " " * (stop - own.stop)
            plain = plain[:begin] + kept + plain[stop:]
        passage = sentence.passage
        whole = passage.plain[:sentence.start] + plain + passage.plain[sentence.end:]
        yield replace(sentence, passage=replace(passage, plain=whole))


Group = Sequence[tuple[int, int]]


def _groups(plain: str) -> Sequence[Group]:
    """The lists of a sentence that belong to one another, one item a model; none where no list names models."""
    may_be = _SHARES.through(plain)
    found = [*_lists(plain, "slashed")] if "slashed" in may_be else []
    if "said" in may_be and "listed" in may_be and _PARTS["said"].search(plain):
        found += _lists(plain, "listed")
    by_length: dict[int, list[Group]] = defaultdict(list)
    for group in found:
        by_length[len(group)].append(group)
    for length, groups in by_length.items():
        names = [group for group in groups if _name_models(plain, group)]
        if 2 <= length <= _MOST and len(names) == 1 and len(groups) > 1:
            return groups
    return ()


def _lists(plain: str, how: str) -> Iterator[Group]:
    for match in _PARTS[how].finditer(plain):
        items = [item.span() for item in _PARTS[f"{how}_item"].finditer(plain, *match.span())]
        if len(items) > 1 and items[0][0] == match.start() and items[-1][1] == match.end():
            yield items


def _name_models(plain: str, group: Group) -> bool:
    """Whether the items are sizes or names of models, and no numbers of something."""
    return (all(_PARTS["model"].fullmatch(plain[begin:stop]) for begin, stop in group)
            and not _PARTS["counted"].match(plain, group[-1][1]))
