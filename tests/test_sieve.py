"""What is left out before it is looked for cannot be found: every expression of drafts against its own words."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from computeest.documents import cues, experts, grammar, origins, respective, roles, scores
from computeest.documents.sieve import Sieve, folded, has_digit, needed

ROOT = Path(__file__).parents[1]
SIEVES = {
    "patterns": (grammar._sieve(), [(one, one.regex) for one in grammar.patterns()]),
    "sentences": (roles._IN_SENTENCE, [(item, item[1]) for item in roles._S.items()]),
    "beside": (roles._BESIDE, [(item, item[1]) for item in roles._C.items()]),
    "before": (roles._BEFORE, [(name, roles._AROUND[name]) for name in ("before", "others", "ours")]),
    "origins": (origins._SAID, [(one, one[2]) for one, _ in origins._SAID._things]),
    "shares": (respective._SHARES, [(name, respective._PARTS[name]) for name in ("slashed", "said", "listed")]),
    "experts": (experts._SAYS_SO, [(name, experts._CUES[name]) for name in ("experts", "field")]),
    "scores": (scores._REACHED, [(scores._PARTS["reached"], scores._PARTS["reached"])]),
    "worded": (grammar._worded(), [(one, one) for one, _ in grammar._worded()._things]),
}
#: Letters that an expression which minds no case takes for others.
ODD = str.maketrans({"s": "ſ", "k": "\u212a", "i": "ı"})


def texts() -> list[str]:
    """Sentences about training, as they are, in capitals and in letters that only look like theirs."""
    plain = [line for name in ("draft.md", "learn.md", "architecture.md", "reliability.md")
             if (ROOT / "docs" / name).exists() for line in (ROOT / "docs" / name).read_text("utf-8").splitlines()]
    plain += ["Stage 2 trained a 9/14 days run on 16/32 nodes for the 1B/7B model, respectively.", "It cost $3.2M.",
              "We use 512 TPUs, a batch size of 4M tokens = 2048 * 2048, at 41% MFU, until it is doubled → 8M.",
              "Fine-tuned from Heron-7B; 3 tonnes of CO2 (kg), 2 MWh, TDP of 700 W, 312 TFLOPS, 3e23 FLOPs.",
              "Each of the 8 nodes has 8 A100 GPUs; 30B-A3B activates 3B parameters of a mixture of experts.",
              "Released on 3 May 2024, it achieves 71.2% accuracy on ImageNet, half an hour of TPUs in bf16."]
    words = " ".join(plain).split()
    chance = Random(0)
    shuffled = [" ".join(chance.choices(words, k=12)) for _ in range(300)]
    return [text for line in (*plain, *shuffled) for text in (line, line.upper(), line.translate(ODD))]


TEXTS = texts()


@pytest.mark.parametrize("name", SIEVES)
def test_what_may_be_found_is_let_through_in_its_order(name: str) -> None:
    sieve, things = SIEVES[name]
    found = 0
    for text in TEXTS:
        there = [thing for thing, regex in things if regex.search(text)]
        through = [thing for thing in sieve.through(text) if thing in there]
        assert through == there, text
        found += len(there)
    assert found > 0, "no text shows anything"


def test_most_is_left_out() -> None:
    tried = sum(len(grammar._sieve().through(text)) for text in TEXTS)
    assert tried < 0.2 * len(TEXTS) * len(grammar.patterns())


@pytest.mark.parametrize("column", ["tokens", "time", "parameters", "utilization", "chips"])
def test_what_makes_a_number_none_is_let_through(column: str) -> None:
    for entry in cues.data("cues.yaml")["no_fact"]:
        if column in entry.get("columns", (column,)):
            patterns = tuple(re.compile(entry.get(part, ""), re.IGNORECASE) for part in ("before", "value", "behind"))
            for text in TEXTS:
                for place in (match.span() for match in re.finditer(r"\d[\d.]*", text)):
                    beside = text[max(0, place[0] - 80):place[0]], text[slice(*place)], text[place[1]:place[1] + 80]
                    if all(regex.search(part) for regex, part in zip(patterns, beside, strict=True)):
                        assert cues.no_fact(column, text, *place), (entry["why"], text)


@pytest.mark.parametrize(("regex", "words"), [
    (r"\bepochs?\b", [{"epoch"}]), (r"(?:GPU|TPU)s?-hours", [{"-hours"}, {"gpu", "tpu"}]), (r"\d+ (?:of )?", []),
    (r"train(?:ed|ing)", [{"train"}, {"ed", "ing"}]), (r"(?:batch)?size", [{"size"}]), ("→", [{"→"}]),
    (r"(?!no)yes", [{"yes"}]), (r"(?<=param)eter", [{"param"}, {"eter"}]), (r"[a-z]+", []), (r"é+x|ab", []),
])
def test_the_words_that_an_expression_needs(regex: str, words: list[set[str]]) -> None:
    assert {frozenset(some) for some in words} == set(needed(regex))


def test_letters_are_folded_as_expressions_take_them() -> None:
    for letter in "abcdefghijklmnopqrstuvwxyz":
        taken = re.compile(letter, re.IGNORECASE)
        for code in range(0x250):
            if taken.fullmatch(chr(code)):
                assert folded(chr(code)) == letter
    assert folded("\u212aİ") == "ki"


def test_figures_are_those_that_python_knows() -> None:
    for code in range(0x3000):
        assert has_digit(f"a{chr(code)}") == chr(code).isdigit()


def test_what_needs_nothing_is_always_tried() -> None:
    assert Sieve([("any", r"\w+"), ("never", "zebra")]).through("a horse") == ("any",)
