"""What a fact's own quote says against its number: another unit, or another thing than the cell is of."""

from __future__ import annotations

import re

from computeest.contract import TextCheck, hookimpl


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_TOKENS = ("tokens", "tokens_seen")
_WHOLE = (r"in total|total(?:s|ing|ling)?|overall|altogether|in all|(?:entire(?:ly)?|whole|full)"
          r"(?!\s+(?:training\s+)?(?:data|dataset|data\s+set|set|corpus|epoch|pass))"
          r"|global(?:ly)?|effective(?:ly)?|aggregated?|summed")
#: What a time of one step, epoch or fold, or a batch of one device, is multiplied by where the run does not say it: by
#: more than that in one run of twenty, as at the upper end of an interval, and nothing says fewer. Chips of the 170
#: runs on several, and epochs of the 180 that state them, in Epoch AI's data of 2025 (tests/golden/epoch_2025.csv);
#: steps of the 64 well-known models of which they are published (computeest/models).
_DEVICES = 5000.0
_EPOCHS = 1000.0
_STEPS = 3e6
#: Cross-validation has ten folds where it follows Kohavi (1995), who compared the numbers of folds.
_FOLDS = 10.0
#: Tokens of an image over its numbers: ViT-B/16 makes 197 of 3 x 224 x 224 (transformers' floating_point_ops takes the
#: elements of the main input).
_OF_A_NUMBER = 197 / (3 * 224 * 224)
_TIMES = ("time", "chip_time")


_TAKES = (r"takes?|took|taking|lasts?|lasted|requires?|required|needs?|needed|costs?|runs|ran|(?:is|was)\s+completed"
          r"|completes|finishes")
_IN = r"\b(?:hours?|hrs?|h|minutes?|mins?|seconds?|secs?|s|ms|days?)\s+(?:(?:for|to\s+\w+(?:\s+through)?)\s+)?"


def _of_one(words: str, taking: str = "") -> re.Pattern[str]:
    """'per GPU', 'on each GPU', '8/GPU', 'per-GPU batch': of one of several; of those `taking` also 'one takes 2 h'."""
    forms = [rf"(?:\b(?:per|each|every)[\s-]+(?:\w+\s+)?|\ba single\s+|(?<=\w)\s?/\s?)(?:{words})\b"]
    if taking:
        one = rf"(?:an?|one|1)\s+(?:(?:training|full|complete|single)\s+)*(?:{taking})\b"
        forms += [rf"\b{one}\s+(?:\w+\s+){{0,6}}?(?:{_TAKES})\b", rf"\b(?:{taking})[\s-]+(?:time|duration|latency)\b",
                  rf"\b(?:time|duration)\s+(?:of|for)\s+{one}", rf"{_IN}{one}"]
    return re.compile("|".join(forms), re.IGNORECASE)


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
        TextCheck("total-of-numbers", ("reported_compute",), _words("total_flos"),
                  "the quote says that the compute is what transformers' Trainer adds up",
                  "{column} is {text}, and total_flos takes each number of the inputs for a token: of images or sound "
                  "it is hundreds of times too large; with the config.json beside the log that is known",
                  instead=_OF_A_NUMBER),
        TextCheck("cores-for-chips", ("chips", "chip_time"), _words(r"cores?|core-(?:hours|days)"),
                  "the quote speaks of cores",
                  "{column} is {text}, but the quote speaks of cores: write the unit cores, of which a chip may hold "
                  "two", unless=_words("chips?"), unless_in={"chip": "core"}, instead=0.5),
        TextCheck("peak-with-sparsity", ("peak",), _words("sparsity|sparse"),
                  "the quote speaks of sparsity",
                  "{column} is {text}, but the quote speaks of sparsity: the dense peak is half of that",
                  unless=_words("without sparsity|dense"), instead=0.5),
        TextCheck("batch-of-one-device", ("batch_size", "batch_tokens"), _of_one(
            "GPU|TPU|device|chip|accelerator|core|worker|card|rank|replica|process|machine|node|NPU"),
                  "the quote beside the batch speaks of one device",
                  "{column} is {text}, but the quote speaks of the batch of one device: write that of all of them,"
                  " and of all accumulation steps",
                  unless=_words(_WHOLE), instead=_DEVICES, times="chips"),
        TextCheck("time-of-one-epoch", _TIMES, _of_one("epochs?|pass|passes", "epoch|pass"),
                  "the quote beside the time speaks of one epoch",
                  "{column} is {text}, but the quote speaks of the time of one epoch: write it as time_per_epoch",
                  unless=_words(_WHOLE), instead=_EPOCHS, times="epochs"),
        TextCheck("time-of-one-step", _TIMES, _of_one(
            "steps?|iterations?|updates?|batch|minibatch|mini-batch", "step|iteration|update"),
                  "the quote beside the time speaks of one step",
                  "{column} is {text}, but the quote speaks of the time of one step: write it as time_per_step",
                  unless=_words(_WHOLE), instead=_STEPS, times="steps"),
        TextCheck("time-of-one-model", _TIMES, _of_one(
            "folds?|models?|runs?|seeds?|trials?|networks?|agents?|members?", "fold|seed"),
                  "the quote beside the time speaks of one of several models",
                  "{column} is {text}, but the quote speaks of the time of one of several models or runs: where all"
                  " count, state ensemble", unless=_words(_WHOLE), instead=_FOLDS, times="ensemble"),
        TextCheck("count-of-one-epoch", ("tokens_seen", "examples_seen", "steps"), _of_one("epochs?|pass"),
                  "the quote beside the steps, or what was seen, speaks of one epoch",
                  "{column} is {text}, but the quote speaks of one epoch: write what all of them make",
                  unless=_words(_WHOLE), instead=_EPOCHS, times="epochs"),
    ]
