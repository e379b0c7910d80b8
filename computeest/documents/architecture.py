"""The shape of a decoder that a table states, where the document confirms it; networks that are parts of a model."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from computeest.documents import candidates, cues
from computeest.documents.candidates import Candidate
from computeest.documents.document import Document, Table, TableCell
from computeest.documents.names import Names, folded
from computeest.facts import network_lookup
from computeest.registry import Registry

_MEANS = tuple((str(key), re.compile(regex, re.IGNORECASE)) for key, regex in cues.data("cues.yaml")["shape"].items())
_IS_DECODER = re.compile(cues.text("is_decoder"), re.IGNORECASE)
_IS_NO_DECODER = re.compile(cues.text("is_no_decoder"), re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?\s?[kK]?")
#: What tables leave out, as decoders have it: gates, the embedding used again for the logits, biases.
_CONVENTIONS = tuple(dict(zip(("gated", "tied", "bias"), values, strict=True)) for values in itertools.product(
    (True, False), (False, True), (False, True)))
#: A shape whose parameters are no further from those that the document states is the model's.
_NEAR = 0.03
_NEEDED = frozenset(("layers", "width", "vocabulary"))
_VOCABULARY = re.compile(r"vocabulary(?: size)?(?: is| of| to|:|=| with| contains| comprises| has)*[^.\d]{0,20}?"
                         r"(\d{2,3},\d{3}|\d{5,6}|\d{2,3}[kK])\b")

#: A training of one of them up to a number of it, what names one, and what says that the document is about one.
_PART_TRAINED = re.compile(cues.parts("around")["component"], re.IGNORECASE)
_PART_NAMED = re.compile(cues.parts("around")["component_word"], re.IGNORECASE)
_IS_PART = re.compile(r"\b(?:is|are|introduce|present|propose|release)\s+(?:an?\s+|our\s+|the\s+)?"
                     r"(?:(?!with\b)[\w,-]+\s+){0,8}?"
                     + cues.parts("around")["component_word"], re.IGNORECASE)
#: A training's own numbers: what a network is, and which chips it had, may be said of both.
_OF_A_TRAINING = frozenset((
    "tokens", "tokens_seen", "examples", "examples_seen", "words", "text_size", "epochs", "steps", "batch_size",
    "batch_tokens", "chips", "nodes", "chips_per_node", "cores", "time", "chip_time"))


@dataclass(frozen=True, slots=True)
class Shape:
    """A decoder's architecture as paper.yaml has it, and the words that state it."""

    architecture: Mapping[str, Any]
    quotes: tuple[tuple[str, int], ...]


def find(document: Document, names: Names, parameters: float, loaded: Registry) -> Shape | None:
    """The shape of the document's model; nothing where no table states one that has the model's parameters."""
    text = " ".join(passage.plain for passage in document.passages)[:400_000]
    vocabulary, is_decoder = _of_text(text)
    if not is_decoder:
        return None
    for stated in _stated(document, names):
        given = {key: number for key, (number, _) in stated.items()}
        if vocabulary is not None and (size := _whole(vocabulary[1])):
            given.setdefault("vocabulary", size)
        if given.keys() >= _NEEDED and (found := _confirmed(given, parameters, loaded)):
            quotes = dict.fromkeys((cell.quote, cell.place) for _, cell in stated.values())
            return Shape(found, tuple(quotes)[:4])
    return None


@lru_cache(maxsize=1)
def _of_text(text: str) -> tuple[re.Match[str] | None, bool]:
    """Where a document states its vocabulary, and whether it is of a decoder: looked for once for all its models."""
    return _VOCABULARY.search(text), len(_IS_DECODER.findall(text)) > len(_IS_NO_DECODER.findall(text))


def _confirmed(given: Mapping[str, int], parameters: float, loaded: Registry) -> dict[str, Any] | None:
    """The shape with the conventions that give it the parameters; nothing where none does."""
    best: tuple[float, dict[str, Any]] | None = None
    for conventions in _CONVENTIONS:
        architecture = {**given, **conventions, "positions": "rotary"}
        try:
            counted = network_lookup.count(loaded, "decoder", architecture).parameters
        except ValueError:
            return None
        apart = abs(counted / parameters - 1) if counted else 1.0
        if best is None or apart < best[0]:
            best = apart, architecture
    return best[1] if best and best[0] <= _NEAR else None


def _stated(document: Document, names: Names) -> Iterator[dict[str, tuple[int, TableCell]]]:
    """What each table says of the model's shape, in the row or the column that is the model's."""
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _of_table(block, names)


def _of_table(table: Table, names: Names) -> Iterator[dict[str, tuple[int, TableCell]]]:
    width = len(table.rows[0])
    heads = [" ".join(dict.fromkeys(row[k].text for row in table.rows[:table.headers] if row[k].text))
             for k in range(width)]
    body = table.rows[table.headers:]
    by_column = [_meaning(head) for head in heads]
    by_row = [_meaning(row[0].text) for row in body]
    if sum(map(bool, by_column)) > sum(map(bool, by_row)):
        for row in body:
            if _is_model(row[0].text, names) or len(body) == 1:
                yield _read((key, row[k]) for k, key in enumerate(by_column))
    else:
        own = [k for k in range(1, width) if _is_model(heads[k], names)] or ([1] if width == 2 else [])
        for k in own:
            yield _read((key, row[k]) for row, key in zip(body, by_row, strict=True))


def _read(cells: Iterator[tuple[str, TableCell]]) -> dict[str, tuple[int, TableCell]]:
    found: dict[str, tuple[int, TableCell]] = {}
    for key, cell in cells:
        number = _whole(cell.text) if key and key not in found else 0
        if number:
            found[key] = number, cell
    return found


def _whole(text: str) -> int:
    """A number such as 50,257 or 100K; 0 where a text is none."""
    read = candidates.value("parameters", text.strip()) if _NUMBER.fullmatch(text.strip()) else None
    return int(read[2]) if read else 0


def _meaning(header: str) -> str:
    """The key of `architecture` that a header means, or nothing."""
    return next((key for key, pattern in _MEANS if pattern.search(header.strip())), "") if len(header) < 60 else ""


def _is_model(label: str, names: Names) -> bool:
    """Whether a label is the main model's."""
    wanted, said = folded(names.main), folded(label)
    sizes = names.sizes(label)
    return bool(said and wanted) and (wanted in said or (len(said) > 1 and wanted.endswith(said) and names.its(said))
                                      or any(names.its(size) for size in sizes))


def is_part_itself(found: Sequence[Candidate], names: Names) -> bool:
    """Whether the document's model is itself one of them, so that no training of one is another's."""
    titles = {one.sections[0] for one in found if one.sections}
    return any(_PART_NAMED.search(text) for text in (names.main, names.family, *titles)) or any(
        _IS_PART.search(one.around) for one in found if one.column == "parameters" or names.own(one.around))


def is_of_part(candidate: Candidate) -> bool:
    """Whether a number is of the training of such a network, as its clause says."""
    return candidate.column in _OF_A_TRAINING and candidate.kind != "table" and \
        _PART_TRAINED.search(candidate.around, max(0, candidate.begin - 200), candidate.begin) is not None
