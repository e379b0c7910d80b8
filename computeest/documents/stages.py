"""Which stage of a training a fact is of: 'stage 2', 'fine-tuning'; nothing for the whole run or its pretraining."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from computeest.documents import cues

_KINDS = cues.patterns("stages")
_PARTS = {str(name): str(regex) for name, regex in cues.data("cues.yaml")["stage_parts"].items()}
_NUMBERED = re.compile(_PARTS["numbered"], re.IGNORECASE)
_LEAD = re.compile(_PARTS["lead"], re.IGNORECASE)
_NAMED_LEAD = re.compile(_PARTS["named_lead"])
_NEXT = re.compile(_PARTS["next"], re.IGNORECASE)
_ALL_STAGES = re.compile(_PARTS["all_stages"], re.IGNORECASE)
_WHOLE = re.compile(_PARTS["whole"], re.IGNORECASE)
_HEADINGS = {name: re.compile(regex, re.IGNORECASE) for name, regex in cues.data("cues.yaml")["stage_headings"].items()}
_OTHER_TUNING = re.compile(_PARTS["other_tuning"], re.IGNORECASE)
_NUMBERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "one": "1", "two": "2", "three": "3", "four": "4",
            "first": "1", "second": "2", "third": "3", "fourth": "4", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4"}
#: A caption that is no longer is a title, as a heading is.
_TITLE = 80
#: A stage's name behind a number weighs less than one before it.
_BEHIND = 2
#: Stages that follow the pretraining and add to it; the others are parts of a run.
ADDED = ("continued pretraining", "long context", "fine-tuning", "reinforcement learning")
#: Stages that another one was before.
LATER = frozenset(("stage 2", "stage 3", "stage 4"))


def opened(sentence: str) -> str:
    """The stage that a sentence opens and the ones behind it are of: 'Stage 2: ...'; nothing where it opens none."""
    if match := _LEAD.match(sentence):
        return _first(match["name"])
    named = _NAMED_LEAD.match(sentence)
    return " ".join(named["name"].split()) if named else ""


def of_sentence(text: str, begin: int, sections: Collection[str], lead: str) -> str:
    """The stage of a number in a sentence: the one that is named nearest to it, or that its headings are about."""
    if lead.startswith("stage") and opened(text) == lead:
        return lead
    found = sorted(_named(text, begin))
    if found:
        return found[0][1]
    if lead:
        return lead
    return _headed(sections) or ""


#: What is said of a table, and is no paragraph that only stands above it.
_CAPTION = re.compile(r"\W*(?:table|tab\.)\s|.*:\W*$", re.IGNORECASE)
_SENTENCE = re.compile(r"\b(?:is|are|was|were|has|have|can|uses?)\b", re.IGNORECASE)


def of_table(label: str, header: str, caption: str, sections: Collection[str]) -> str:
    """The stage of a table's cell, by its row and column, its caption or the headings above it."""
    for text in (label, header):
        if found := sorted(_named(text, len(text))):
            return found[0][1]
    short = len(caption) < _TITLE and not _SENTENCE.search(caption)
    if (short or _CAPTION.match(caption)) and (found := sorted(_named(caption, 0))):
        return found[0][1]
    return _headed((*sections, caption) if short else sections) or ""


def _named(text: str, begin: int) -> Iterator[tuple[int, str]]:
    """How far from a place a text names each stage; the pretraining has no name."""
    for match, name in _matches(text):
        if match.end() <= begin:
            yield begin - match.end(), name
        elif _NEXT.search(text, begin, match.start()) is None:
            yield _BEHIND * (match.start() - begin), name


@lru_cache
def _matches(text: str) -> tuple[tuple[re.Match[str], str], ...]:
    """Where a text names stages; it is looked through once for all of its numbers."""
    found = [(match, _number(match)) for match in _NUMBERED.finditer(text)]
    found += [(match, name) for name, pattern in _KINDS.items() for match in pattern.finditer(text)]
    found += [(match, "") for pattern in (_WHOLE, _ALL_STAGES) for match in pattern.finditer(text)]
    return tuple(found)


def _first(text: str) -> str:
    found = sorted(_named(text, 0))
    return found[0][1] if found else ""


def _number(match: re.Match[str]) -> str:
    number = (match["number"] or match["nth"]).lower()
    return f"stage {_NUMBERS.get(number, number)}"


def _headed(sections: Collection[str]) -> str | None:
    """The stage that headings are about, the nearest first; None where they are about none."""
    near = [section for section in sections if section][-3:]
    if any(_OTHER_TUNING.search(section) for section in near):
        return None
    for section in reversed(near[-2:]):
        if match := _NUMBERED.search(section):
            return _number(match)
        for name, pattern in _HEADINGS.items():
            if pattern.search(section):
                return "" if name == "pretraining" else name
    return None
