"""What a paper's own words say against the numbers beside them: a quote that counts words, a time without a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from computeest import cells, schema
from computeest.cells import Cell
from computeest.spec import Spec


@dataclass(frozen=True, slots=True)
class Reading:
    """A quote that speaks of another unit than its cell."""

    code: str
    columns: tuple[str, ...]
    #: What the quote says, and what it does not.
    says: re.Pattern[str]
    unless: re.Pattern[str]
    sentence: str


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_TOKENS = ("tokens", "tokens_seen")
READINGS = (
    Reading("words-for-tokens", _TOKENS, _words("words?"), _words(r"(?:sub)?tokens?|sub-?words?|word[- ]?pieces?"),
            "{column} is {text}, but the quote speaks of words: write the unit words, 4 tokens make about 3 of them"),
    Reading("samples-for-tokens", _TOKENS, _words("sentences?|examples?|documents?|images?|sequences?|samples?|pairs"),
            _words(r"(?:sub)?tokens?|words?|(?:sub|word)-?(?:words?|pieces?)"),
            "{column} is {text}, but the quote speaks of samples: write how many tokens each of them has"),
    Reading("mac-for-flop", ("forward_flop", "forward_flop_per_token"),
            _words(r"multiply[- ]adds?|mult[- ]adds?|multi[- ]adds|G?MACs?|multiply[- ]accumulates?"), _words("flops?"),
            "{column} is {text}, but the quote counts multiply-adds, two FLOP each: write it as forward_macs"),
    Reading("cores-for-chips", ("chips", "chip_time"), _words(r"cores?|core-(?:hours|days)"), _words("chips?"),
            "{column} is {text}, but the quote speaks of cores: write the unit cores, of which a chip may hold two"),
    Reading("peak-with-sparsity", ("peak",), _words("sparsity|sparse"), _words("without sparsity|dense"),
            "{column} is {text}, but the quote speaks of sparsity: the dense peak is half of that"),
)

#: What is in cores already where the chip's name says so: 'TPU v3 core'.
_OF_CHIP = ("chips", "chip_time")


def of_cells(spec: Spec) -> Iterator[tuple[int, str, str]]:
    """For each cell that its own words speak against: the row, a code and a sentence."""
    for row, run in enumerate(spec.runs):
        for column, cell in run.cells.items():
            if run.own and column not in run.own and row and spec.paper[row] == spec.paper[row - 1]:
                continue  # said of the first run that has it from the paper
            if cells.without_unit(schema.FIELDS[column], cell.text):
                yield row, "unit-not-stated", without_unit(column, f"'{cell.text}'")
            for reading in READINGS:
                if column in reading.columns and reading.says.search(cell.quote) and not (
                        reading.unless.search(cell.quote)
                        or (column in _OF_CHIP and "core" in _chip(run.cells))):
                    yield row, reading.code, reading.sentence.format(column=column, text=f"'{cell.text}'")


def _chip(known: Mapping[str, Cell]) -> str:
    return known["chip"].text.lower() if "chip" in known else ""


def without_unit(column: str, said: str) -> str:
    """What to say of a number that stands for a time, and says of what unit."""
    field = schema.FIELDS[column]
    return (f"{column} is {said} without a unit, and taken in {str(field.unit).replace(' * ', '-')}s: write the unit, "
            f"as in '{field.example}'")
