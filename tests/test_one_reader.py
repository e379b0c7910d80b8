"""One reader: a count means the same under `chips`, in `chip`, in a cell, in any header's column and in a note."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pyarrow as pa
import pytest
from times import TIMES

from computeest import schema
from computeest.facts.paper import read_paper
from computeest.facts.table import spec_of
from computeest.hardware import Match, Peak, load
from computeest.problems import CellError
from computeest.schema import cells
from computeest.schema.headers import of_mapping
from computeest.text import number_formats, numbers
from computeest.text.note_grammar import Grammar
from computeest.text.note_tokens import matches, tokens
from computeest.text.numerals import scan

TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_words(value: int) -> str:
    """A number below a thousand, as it is spelled."""
    if value >= 100:
        rest = f" and {in_words(value % 100)}" if value % 100 else ""
        return f"{ONES[value // 100 - 1]} hundred{rest}"
    if value < 20:
        return ONES[value - 1]
    return TENS[value // 10 - 2] + (f"-{ONES[value % 10 - 1]}" if value % 10 else "")


def spellings(seed: int, count: int) -> Iterator[tuple[str, float]]:
    """Counts of chips, each spelled in one of many ways."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        large, small, power = chance.randrange(1000, 99_999), chance.randrange(2, 999), chance.randrange(4, 15)
        tenth, factors = chance.randrange(11, 99) / 10, (chance.randrange(2, 17), chance.choice((2, 4, 8, 16)))
        text, value = chance.choice((
            (str(large), large), (f"{large:,}", large), (f"{large:_}", large), (f"{large:,}".replace(",", " "), large),
            (f"{large:,}".replace(",", "\u202f"), large), (f"{large:,}".replace(",", "'"), large),
            (f"{small}k", small * 1e3), (f"{tenth}K", tenth * 1e3), (f"{tenth} thousand", tenth * 1e3),
            (f"2**{power}", 2**power), (f"2^{power}", 2**power), ("2" + str(power).translate(RAISED), 2**power),
            (f"10^{power % 4 + 2}", 10.0 ** (power % 4 + 2)), (f"{tenth}e3", tenth * 1e3), (f"{tenth}E+3", tenth * 1e3),
            (f"{tenth} x 10^3", tenth * 1e3), (f"{tenth}×10³", tenth * 1e3), (f"~{large}", large),
            (in_words(small), small), (f"{in_words(small)} thousand", small * 1e3), (f"about {small}", small),
            (f"{factors[0]}x{factors[1]}", factors[0] * factors[1]), (f"{factors[0]} * {factors[1]}", factors[0] *
                                                                      factors[1]),
            (f"{factors[0]} × {factors[1]}", factors[0] * factors[1]), ("two dozen", 24), ("half a dozen", 6),
        ))
        if text not in seen:
            seen.add(text)
            yield text, float(value)


SPELLINGS = list(spellings(1, 200 * TIMES))


def of_note(text: str) -> float:
    """The first number that a note states."""
    found = tokens(text)
    grammar = Grammar(found, matches(found), text)
    at = next(at for at, token in enumerate(found) if token.kind == "number")
    expression = grammar.expression(at, len(found))
    assert expression is not None
    return expression.amount.value


@pytest.mark.parametrize(("text", "value"), SPELLINGS, ids=[text for text, _ in SPELLINGS])
def test_a_count_means_the_same_wherever_it_stands(text: str, value: float) -> None:
    paper = read_paper({"chips": text, "chip": "A100", "time": "1 day"})
    assert paper.runs[0].cells["chips"].value == pytest.approx(value)
    match = load().find(f"{text} A100 GPUs")
    assert isinstance(match, Match), match
    assert match.chips == pytest.approx(value)
    for header in ("chips", "Number of GPUs"):
        table = pa.table({header: [text]})
        spec = spec_of(table, of_mapping({"chips": header}, [header], ""))
        assert spec.column("chips")[0] == pytest.approx(value), (header, spec.problems)
    assert of_note(f"It was trained on {text} A100 GPUs.") == pytest.approx(value)


@pytest.mark.parametrize("unit", ["", *(f" {one}" for one in (
    "tokens", "parameters", "examples", "images", "epochs", "steps", "seconds", "minutes", "hours", "days", "weeks"))])
@pytest.mark.parametrize("scale", ["", "K", "M", "B", "T", " thousand", " million", " billion", " trillion"])
def test_usual_numbers_are_read_as_all_others_are(scale: str, unit: str) -> None:
    def said(text: str, column: str) -> Any:
        try:
            return cells.number(schema.FIELDS[column], text)
        except CellError as error:
            return " ".join(str(error).split())

    for number in ("0", "1", "64", "0.3", "1.024", "16.384", "500.000", "999.999", "2012", "7.35", "123456789012345"):
        text = f"{number}{scale}{unit}"
        assert numbers.usual(text) is not None
        for rate, bounds in product((False, True), repeat=2):  # what is usual has no space at its end
            assert numbers.read(text, rate, bounds) == numbers.read(f"{text} ", rate, bounds)
        for column in ("parameters", "tokens", "time", "chip_time", "chips", "epochs", "batch_size", "peak", "score"):
            assert said(text, column) == said(f"{text} ", column)


@pytest.mark.parametrize("text", ["1e3", "1E3", "1.5e4"])
def test_the_power_of_a_number_of_chips_is_no_chip(text: str) -> None:
    assert cells.read(schema.FIELDS["chips"], text).of_chip == ""


@pytest.mark.parametrize("text", ["1.024", "1,5", "3^4", "2^10^2", "12,34"])
def test_a_count_that_can_be_read_in_two_ways_is_refused_everywhere(text: str) -> None:
    with pytest.raises(CellError):
        cells.read(schema.FIELDS["chips"], text)
    assert not isinstance(load().find(f"{text} A100 GPUs"), Match)


@pytest.mark.parametrize(("text", "chip", "chips"), [
    ("16 980 Ti GPUs", "nvidia-gtx-980-ti", 16), ("8x80GB A100s", "nvidia-a100-sxm4-80gb", 8),
    ("acht A100", "nvidia-a100-sxm4-80gb", 8), ("vierundsechzig A100", "nvidia-a100-sxm4-80gb", 64),
    ("trente-deux A100", "nvidia-a100-sxm4-80gb", 32), ("cent vingt-huit A100", "nvidia-a100-sxm4-80gb", 128),
    ("treinta y dos A100", "nvidia-a100-sxm4-80gb", 32), ("dieciséis A100", "nvidia-a100-sxm4-80gb", 16),
    ("三十二张A100", "nvidia-a100-sxm4-80gb", 32), ("1万张A100", "nvidia-a100-sxm4-80gb", 10_000),
    ("quatre-vingt-dix-neuf A100", "nvidia-a100-sxm4-80gb", 99), ("fünfhundertzwölf A100", "nvidia-a100-sxm4-80gb",
                                                                   512),
])
def test_numbers_beside_names_and_in_other_languages(text: str, chip: str, chips: float) -> None:
    match = load().find(text)
    assert isinstance(match, Match), match
    assert (match.chip, match.chips) == (chip, chips)


@pytest.mark.parametrize(("text", "value", "rest"), [
    ("1,024 GPUs", 1024, " GPUs"), ("1 024 GPUs", 1024, " GPUs"), ("1,02 GPUs", 1, ",02 GPUs"),
    ("8 100.5", 8, " 100.5"), ("1'024'000", 1_024_000, ""), ("1,024 000", 1024, " 000"), ("2**10x", 1024, "x"),
    ("5 x 10-3", 5, " x 10-3"), ("3.5e3k", 3.5e6, ""), ("12 Bn", 12e9, ""), ("12 Billionen", 12, " Billionen"),
])
def test_where_a_number_ends(text: str, value: float, rest: str) -> None:
    found = scan(text)
    assert found is not None
    assert (found.value, text[found.end:]) == (pytest.approx(value), rest)


def format_spellings(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Number formats, each with words and signs that people put beside it."""
    chance = random.Random(seed)
    names = {"fp16": ("fp16", "FP16", "float16", "half precision", "FP-16", "fp 16", "16-mixed", "16-true", "O1",
                      "Apex O2", "amp opt_level O2"),
             "bf16": ("bf16", "BF16", "bfloat16", "brain float 16", "bf-16", "bf16-true", "bf16-mixed"),
             "fp32": ("fp32", "FP32", "float32", "single precision", "full precision", "32-bit", "32-true", "single"),
             "fp8": ("fp8", "FP8", "E4M3", "float8", "8-bit", "FP8 (E4M3)"), "tf32": ("tf32", "TF32", "TensorFloat-32"),
             "fp64": ("fp64", "double precision", "float64", "64-true"),
             "mixed": ("mixed precision", "AMP", "automatic mixed precision", "16 bit", "16-bit mixed precision")}
    around = ("{}", "{} training", "in {}", " {} ", "({})", "{} arithmetic", "{} tensor cores", "trained in {}")
    more = ("using {}", "with {}", "{} compute", "{} format", "'{}'", "{}.", "[{}]", "native {}", "pure {}",
            "{} (PyTorch)", "{} with loss scaling", "the {} format", "{}, tensor cores", "{} numbers",
            "trained with {}", "\u201c{}\u201d")
    seen: set[str] = set()
    while len(seen) < count:
        word = chance.choice(list(names))
        form = chance.choice(around if len(seen) < 200 else (*around, *more))
        spell = str if len(seen) < 200 else chance.choice((str, str.upper, str.lower, str.capitalize))
        text = form.format(spell(chance.choice(names[word])))
        if text not in seen:
            seen.add(text)
            yield text, word


FORMAT_SPELLINGS = list(format_spellings(2, 200 * TIMES))


@pytest.mark.parametrize(("text", "word"), FORMAT_SPELLINGS, ids=[text for text, _ in FORMAT_SPELLINGS])
def test_a_number_format_means_the_same_wherever_it_stands(text: str, word: str) -> None:
    assert number_formats.read(text) == word
    paper = read_paper({"number_format": text, "chip": "H100"})
    assert paper.runs[0].cells["number_format"].value == word
    table = pa.table({"number_format": [text]})
    spec = spec_of(table, of_mapping({}, ["number_format"], ""))
    assert spec.words["number_format"][0] == word
    peak, same = load().peak("nvidia-h100-sxm", text), load().peak("nvidia-h100-sxm", word)
    assert isinstance(peak, Peak)
    assert peak == same


@pytest.mark.parametrize(("chip", "published"), [("TPU v3", 123e12), ("V100", 125e12), ("A100", 312e12)])
@pytest.mark.parametrize("text", ["mixed precision", "16 bit", "AMP"])
def test_sixteen_bits_are_those_of_the_chip(chip: str, published: float, text: str) -> None:
    match = load().find(chip)
    assert isinstance(match, Match)
    peak = load().peak(match.chip, text)
    assert isinstance(peak, Peak)
    assert peak.value == pytest.approx(published, rel=0.01)


def test_no_first_word_of_a_foreign_number_is_passed_over() -> None:
    from computeest.text import number_words

    words = [word for word in number_words._first_words() if word.isascii()]
    assert [word for word in words if not number_words._begins_foreign([word])] == []
    assert not number_words._begins_foreign(["trained", "on", "300", "billion", "tokens", "for", "two", "weeks"])
