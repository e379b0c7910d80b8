"""What a note beside a number says of it: words or tokens, the active part of all parameters, one of many."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from typing import Literal

from computeest.text import numbers, units
from computeest.text.remembered import remembered
from computeest.text.units import UnitError

#: No note says what it means by a number later than this; some hold whole papers.
LONGEST = 5_000
#: A note's figure and the cell's are the same number up to rounding.
_SAME = 0.02

#: Begins where no figure stands before it and ends soon: a note of nothing but figures is read once, not from each.
_NUMBER = (r"(?<!\d)\d[\d,]{0,40}(?:\.\d+)?(?:\s?[eE][+-]?\d+|\s*[x×*]\s*10\s*\^?\s*\d+)?"
           r"(?:[\s-]?(?:[KMBT]|bn|mn|tn|thousand|million|billion|trillion)\b)?")
_UNIT = r"(?:(?:sub-?word|total|training|pre-?training|text|unique|BPE|multilingual|speech|audio|protein|DNA)\s+)?" \
        r"(?:tokens?|nucleotides?)"
_WORD = r"(?:(?:English|Chinese|Korean|running|unique)\s+)?words?"
_FIGURE = re.compile(_NUMBER, re.IGNORECASE)
_COUNTED = re.compile(rf"(?P<number>{_NUMBER})\s*(?:of\s+)?(?:(?P<token>{_UNIT})|(?P<word>{_WORD}))\b", re.IGNORECASE)
_TOKENS, _WORDS = re.compile(rf"\b{_UNIT}\b", re.IGNORECASE), re.compile(r"\bwords?\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z\"'“(])|\n+")
#: A note of no more than this says nothing but what is counted.
_ALONE = 60
_PER = re.compile(r"words?\s*(?:/|per)\s*token|token\s*(?:=|~|≈|/|per)+\s*[\d.]*\s*words?|tokens?\s*(?:/|per)\s*word",
                  re.IGNORECASE)

#: A line that a quoted page broke, rather than one that begins another remark.
_BROKEN = re.compile(r"(?<=[^\n])\n(?=[a-z])")

Kind = Literal["tokens", "words", ""]


@remembered(16_384)
def counted(note: str, value: float) -> Kind:
    """What a number counts by the note beside it: 'tokens' or 'words' where the note says so, else nothing.

    The figure in the note that is the cell's decides; where none is, what the note speaks of alone.
    """
    note = note[:LONGEST]
    said = list(_figures(note))
    exact = {kind for kind, figure in said if abs(figure / value - 1) < _SAME}
    if exact:
        return "tokens" if exact == {"tokens"} else "words" if exact == {"words"} else ""
    tokens, words = _TOKENS.search(note), _WORDS.search(note)
    if words and any(kind == "tokens" and abs(0.75 * figure / value - 1) < _SAME for kind, figure in said):
        return "words"  # three words for four tokens, as the note goes on to say
    if said or len(note) > _ALONE:
        return ""  # a longer note may speak of other numbers than this one
    return "tokens" if tokens and not words else "words" if words and not tokens else ""


def _sentences(note: str) -> list[str]:
    return _SENTENCE.split(_BROKEN.sub(" ", note[:LONGEST]))


def _figures(note: str) -> Iterator[tuple[Kind, float]]:
    for match in _COUNTED.finditer(note):
        if _PER.match(note, match.start("token" if match["token"] else "word")):
            continue
        try:
            figure = numbers.read(match["number"]).value
        except UnitError:
            continue
        if figure > 0:
            yield ("tokens" if match["token"] else "words"), figure


#: Each is looked for by itself: in '456B, activated parameters: 45.9B' a figure stands before the word and one behind.
_ACTIVE = tuple(re.compile(words, re.IGNORECASE) for words in (
    rf"(?P<number>{_NUMBER})[\s-]*(?:parameters?|params?)?\s*(?:are|is|being)?\s*\(?(?:active|activated|activations?)\b"
    rf"(?!\s+(?:users?|customers?|members?|accounts?|learners?|devices?|experts?|function))",
    rf"\bactivat(?:es?|ing|ed)\s+(?:(?:only|just|about|around|approximately|roughly|a\s+sub-?network\s+of)\s+)*"
    rf"[~≈]?(?P<number>{_NUMBER})",
    rf"\bactiv(?:e|ated|ation)\s+param(?:eter)?s?(?:\s+per\s+\w+)?(?:\s+count)?\s*(?:[:=–-]|\bof\b|\bis\b|\bare\b)\s*"
    rf"(?P<number>{_NUMBER})",
    rf"\bus(?:es|ing)\s+(?:(?:only|just|about)\s+)*(?P<number>{_NUMBER})\s+(?:of\s+(?:its|the|them)\s+)?(?:param(?:eter)?s?\s+)?"
    rf"(?:per|for\s+(?:a|an|each|every))\s+(?:\w+\s+)?token",
    r"\d\s?[BMT]\s*[(-]A(?P<number>\d+(?:\.\d+)?[BMT])(?![A-Za-z\d])",  # as makers of mixtures name them
    rf"\bFLOPs?\s+(?:similar|equal|equivalent|comparable)\s+to\s+(?:(?:that|those)\s+of\s+)?an?\s+(?P<number>{_NUMBER})"
    rf"[\s-]*(?:param(?:eter)?s?\s+)?dense\b"))
_ACTIVE_SHARE = re.compile(r"(?<![\d.])(?P<percent>\d{1,2}(?:\.\d+)?)\s?%\s+of\s+(?:the|its|all)\s+"
                           r"(?:weights|parameters)\s+(?:are\s+|being\s+)?activ(?:e|ated)\b", re.IGNORECASE)
_MIXTURE = re.compile(r"\bMoE\b|\bmixtures?[\s-]+of[\s-]+experts\b|\bsparse\s+(?:model\s+)?architecture\b",
                      re.IGNORECASE)
#: Words beside which a note that speaks of experts does not say that this model has them, or not which part works.
_NO_MIXTURE = re.compile(r"\b(?:dense|not|no|isn't|unlike|different|differently|instead)\b"
                         r"|\b(?:non|without)[\s-]+(?:an?\s+)?(?:MoE|mixtures?|experts)\b", re.IGNORECASE)


#: The share of a mixture of experts that works on a token where nothing says how many parameters do, as that of a name
#: which says as much (computeest assumptions): published ones use between 3 and 30 %. Names such as 8x7B say more.
SHARE_OF_EXPERTS, SHARE_SIGMA, SIZES = 0.12, 1.0, re.compile(r"\d+ ?x ?\d+(?:\.\d+)?B\b")


@remembered(16_384)
def active_parameters(note: str, total: float) -> float:
    """The parameters active for each token, where a note says one number below the total; NaN else."""
    note = note[:LONGEST]
    said = {float(match["percent"]) / 100 * total for match in _ACTIVE_SHARE.finditer(note)}
    for match in (match for pattern in _ACTIVE for match in pattern.finditer(note)):
        with contextlib.suppress(UnitError):
            said.add(numbers.read(match["number"].strip()).value)
    found = {value for value in said if 1e6 <= value < 0.9 * total}
    return found.pop() if len(found) == 1 else math.nan


def active_figures(text: str) -> Iterator[re.Match[str]]:
    """Where a text says how many parameters are active for each token: its groups `number`, whatever it counts."""
    for pattern in _ACTIVE:
        yield from pattern.finditer(text[:LONGEST])


def of_experts(note: str) -> bool:
    """Whether a note says that the model is a mixture of experts."""
    note = note[:LONGEST]
    return bool(_MIXTURE.search(note)) and not _NO_MIXTURE.search(note)


def doubts_experts(note: str) -> bool:
    """Whether a note holds words beside which its experts may be another model's, or not in all layers."""
    return bool(_NO_MIXTURE.search(note[:LONGEST]))


#: A sentence that says how much was read, and one that only guesses, or speaks of several.
_TRAINED = re.compile(r"\b(?:pre-?)?train(?:s|ed|ing)?\b|\btotal\b", re.IGNORECASE)
_GUESSED = re.compile(r"\b(?:speculat\w*|assum\w*|guess\w*|perhaps|maybe|may|might|probably|likely|unsure|not\s+sure"
                      r"|unclear|unknown|respectively|each|per)\b|[*×+=]", re.IGNORECASE)
#: A corpus of fewer tokens is no language model's whole training: batches, lengths and vocabularies are.
_FEWEST = 1e9


@remembered(16_384)
def trained_on(note: str) -> float:
    """The tokens that a model was trained on, where a note says one such number and no doubt of it; NaN else."""
    if not _TRAINED.search(note):
        return math.nan
    found = set()
    for sentence in _sentences(note):
        figures = {figure for kind, figure in _figures(sentence) if kind == "tokens" and figure >= _FEWEST}
        if figures and _GUESSED.search(sentence):
            return math.nan
        found |= figures if _TRAINED.search(sentence) else set()
    return found.pop() if len(found) == 1 else math.nan


_PASSES = re.compile(r"(?<![\d.])(?P<number>\d{1,4}(?:\.\d+)?)\s*(?:full\s+|training\s+)?(?:epochs?|passes)\b",
                     re.IGNORECASE)
#: Tokens seen, and passes that make them of a corpus, are each rounded to one or two digits.
_ROUNDED = 0.05


@remembered(16_384)
def passes(note: str, value: float) -> float:
    """The passes over a corpus of so many tokens, where a note says one number of them and the tokens they make."""
    note = note[:LONGEST]
    said = {float(match["number"]) for match in _PASSES.finditer(note)}
    if len(said) != 1 or (count := said.pop()) <= 1:
        return math.nan
    made = any(kind == "tokens" and abs(figure / (value * count) - 1) < _ROUNDED for kind, figure in _figures(note))
    return count if made else math.nan


def holds(note: str, value: float) -> bool:
    """Whether a number stands in a note, up to rounding, whatever it counts."""
    for match in _FIGURE.finditer(note[:LONGEST]):
        with contextlib.suppress(UnitError):
            if abs(numbers.read(match[0].strip()).value / value - 1) < _SAME:
                return True
    return False


_EACH_OF = re.compile(r"\beach\s+of\s+(?:the\s+|our\s+)?(?P<count>\d{1,4}|[a-z]+(?:-[a-z]+)?)\s+"
                      r"(?:agents?|models?|networks?|members?|runs?|seeds?|folds?|copies)", re.IGNORECASE)
_ONE_OF = re.compile(r"\b(?:each|per|every)[\s-]+(?:agent|model|network|member|fold|seed|epoch|trial|run)\b",
                     re.IGNORECASE)


@remembered(16_384)
def each_of(note: str) -> float:
    """12 of 'each of 12 agents was trained for 44 days'; NaN where a note says no such thing."""
    match = _EACH_OF.search(note[:LONGEST])
    if match is None:
        return math.nan
    try:
        value = numbers.read(match["count"]).value
    except UnitError:
        return math.nan
    return value if value >= 2 else math.nan


#: No cores and no TPUs, of which a note seldom says whether chips or cores are meant.
_GPU_TIME = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?:NVIDIA\s+)?(?:GPUs?|accelerators?|G?[ABHPV]\d{{2,3}}s?)(?:\s+(?:GPUs?|accelerators?))?"
    rf"[\s-]*(?P<unit>hour|hr|day|week|month|year)s?\b", re.IGNORECASE)
_BOUND = re.compile(r"\b(?:less|fewer|more|at\s+(?:least|most)|up\s+to|over|under|below|above|per|each|every"
                    r"|respectively)\b", re.IGNORECASE)
#: '812.321' may be 812 or 812 thousand.
_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}$")


@remembered(16_384)
def gpu_hours(note: str) -> float:
    """The accelerator hours that a note says, where it says one number of them; NaN else."""
    found = set()
    for sentence in _sentences(note):
        for match in _GPU_TIME.finditer(sentence):
            if _BOUND.search(sentence) or _THOUSANDS.match(match["number"]):
                return math.nan
            with contextlib.suppress(UnitError):
                hours = units.factor(match["unit"].lower(), "hour")
                found.add(round(numbers.read(match["number"].strip()).value * hours, 6))
    return found.pop() if len(found) == 1 else math.nan


#: A result: '= 219 hours', '-> 106000 seconds'.
_RESULT = re.compile(rf"(?:=|->|→|≈)\s*(?P<number>{_NUMBER})", re.IGNORECASE)
_HOW_LONG = re.compile(r"\d\s*(?:s|sec|seconds?|min|minutes?|h|hrs?|hours?|days?|weeks?|months?)\b"
                       r"|\b(?:an?|one|two|three|four|five)\s+(?:hour|day|week|month)s?\b", re.IGNORECASE)


def one_of(note: str, hours: float) -> str:
    """'per fold' or 'each agent', where a note speaks of the time of one of several; else nothing.

    A note that goes on to reckon the hours of the cell from it ('106 s per epoch -> ... = 29 hours') speaks of all.
    """
    note = note[:LONGEST]
    for result in _RESULT.finditer(note):
        with contextlib.suppress(UnitError):
            if abs(numbers.read(result["number"]).value / hours - 1) < _SAME:
                return ""
    found = (match for part in _SENTENCE.split(note) if _HOW_LONG.search(part) and (match := _ONE_OF.search(part)))
    first = next(found, None)
    return first[0] if first else ""
