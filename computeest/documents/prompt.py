"""A prompt for a language model: what is asked for, in which form, and the passages of the document that may say it."""

from __future__ import annotations

from collections.abc import Iterator

from computeest.documents import candidates, names, probability, roles
from computeest.documents.document import Document, Passage, Table
from computeest.schema import fields

#: Characters of the document that a prompt holds at most.
LONGEST = 60_000
_ASKED = (
    "published", "parameters", "active_parameters", "tokens", "tokens_seen", "examples", "examples_seen", "epochs",
    "steps", "batch_size", "batch_tokens", "sequence_length", "chip", "chips", "time", "chip_time", "number_format",
    "utilization", "hardware_flop_utilization", "achieved_rate", "reported_compute", "base_model", "energy",
    "emissions", "cost")
_TASK = """Read the passages of a document below and write what it says of the training of {model}, as JSON:

{{"model": "...", "<key>": {{"value": "...", "quote": "...", "{where}": 0}}, ...}}

- Only facts that the document states; leave out every key that it does not state. Invent nothing, compute nothing.
- Only this model's own training: nothing of other models, baselines, ablations, fine-tuning, evaluation or inference.
- "quote": the document's own words, unchanged, with the number in them. "{where}": the number in brackets before them.
- "value": the number as the document writes it, with its unit: "19 days", "1.4M GPU-hours", "300B tokens".

Keys:
{keys}

The document:

{passages}"""


def prompt(document: Document, model: str = "") -> str:
    """The prompt for one document."""
    named = names.find(document)
    keys = "\n".join(f"- {name}: {fields.FIELDS[name].means} Such as {fields.FIELDS[name].example}." for name in _ASKED)
    return _TASK.format(model=model or named.main or "the model that it is about", where=document.counts, keys=keys,
                        passages="\n\n".join(_relevant(document, named))) + "\n"


def _relevant(document: Document, named: names.Names) -> Iterator[str]:
    """The passages with the likeliest readings, in the document's order, as many as fit."""
    rated = probability.rated(roles.told(candidates.find(document), named))
    kept: set[int] = set()
    room = LONGEST
    blocks = list(document.blocks)
    shown = [_shown(block) for block in blocks]
    for candidate, _ in rated:
        at = round(candidate.position * len(blocks))
        if at not in kept and at < len(blocks) and len(shown[at]) <= room:
            kept.add(at)
            room -= len(shown[at])
    for at in sorted(kept):
        yield shown[at]


def _shown(block: Passage | Table) -> str:
    if isinstance(block, Passage):
        above = " > ".join(section for section in block.sections if section)
        return f"[{block.place(0)}] ({above}) {' '.join(block.text.split())}"
    rows = dict.fromkeys(row[0].quote if len({cell.quote for cell in row}) == 1 else
                         " | ".join(cell.text for cell in row) for row in block.rows)
    return f"[{block.place}] {block.caption}\n" + "\n".join(rows)
