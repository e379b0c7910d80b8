"""What a fact's own quote says against its number: another unit, or another thing than the cell is of."""

from __future__ import annotations

import re

from computeest.contract import TextCheck, hookimpl


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_TOKENS = ("tokens", "tokens_seen")


@hookimpl
def computeest_text_checks() -> list[TextCheck]:
    """The usual misreadings."""
    return [
        TextCheck("words-for-tokens", _TOKENS, _words("words?"),
                  "the quote beside the tokens speaks of words",
                  "{column} is {text}, but the quote speaks of words, of which 4 tokens make about 3: state them as "
                  "tokens with the unit words", unless=_words(r"(?:sub)?tokens?|sub-?words?|word[- ]?pieces?"),
                  instead=4 / 3),
        TextCheck("samples-for-tokens", _TOKENS, _words(
            r"sentences?|(?<!for )examples?|documents?|images?|sequences?(?![- ]lengths?)|samples?|pairs"),
                  "the quote beside the tokens speaks of samples",
                  "{column} is {text}, but the quote speaks of samples: write how many tokens each of them has",
                  unless=_words(r"(?:sub)?tokens?|words?|(?:sub|word)-?(?:words?|pieces?)"), instead=1000.0),
        TextCheck("mac-for-flop", ("forward_flop", "forward_flop_per_token"),
                  _words(r"multiply[- ]adds?|mult[- ]adds?|multi[- ]adds|G?MACs?|multiply[- ]accumulates?"),
                  "the quote counts multiply-adds",
                  "{column} is {text}, but the quote counts multiply-adds, two FLOP each: write it as forward_macs",
                  unless=_words("flops?"), instead=2.0),
        TextCheck("cores-for-chips", ("chips", "chip_time"), _words(r"cores?|core-(?:hours|days)"),
                  "the quote speaks of cores",
                  "{column} is {text}, but the quote speaks of cores: write the unit cores, of which a chip may hold "
                  "two", unless=_words("chips?"), unless_in={"chip": "core"}, instead=0.5),
        TextCheck("peak-with-sparsity", ("peak",), _words("sparsity|sparse"),
                  "the quote speaks of sparsity",
                  "{column} is {text}, but the quote speaks of sparsity: the dense peak is half of that",
                  unless=_words("without sparsity|dense"), instead=0.5),
    ]
