"""What a number is of, though the model is named beside it: a plan, another run, another size in its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from computeest.documents import candidates, cues
from computeest.documents.candidates import Candidate
from computeest.documents.names import Names, rounding, size

_USED = ("planned", "planned_behind", "called_planned", "of_use", "of_use_behind", "use_heading", "trains", "of_trial",
         "of_others", "of_ablations", "weights", "hanging", "hangs", "clause_begins", "clause_goes_on", "for_model",
         "so_many", "so_many_behind")
_AROUND = {name: re.compile(regex, re.IGNORECASE) for name, regex in cues.parts("around").items() if name in _USED}
#: What a run has behind it only when it is done.
_OF_A_RUN = frozenset((
    "tokens", "tokens_seen", "words", "text_size", "examples", "examples_seen", "steps", "epochs", "time", "chip_time",
    "core_time", "chips", "chip", "nodes", "chips_per_node", "cores", "reported_compute", "batch_size",
    "batch_tokens"))
#: What is measured of a run, and of trials and of using the model as well.
_MEASURED = frozenset(("utilization", "step_utilization", "hardware_flop_utilization", "achieved_rate"))
#: As much text before a number and behind it.
_BEFORE, _BEHIND = 240, 100


def told(one: Candidate, names: Names) -> Iterator[str]:
    """What speaks against a number of a sentence, whoever is named in it."""
    if one.column in _OF_A_RUN | _MEASURED and one.sections and _AROUND["use_heading"].match(one.sections[-1]) and \
            not _AROUND["trains"].search(f"{one.around} {one.caption}"):
        yield "of another run"
    if one.kind in ("table", "field"):
        if one.column in _OF_A_RUN and _AROUND["called_planned"].search(f"{one.label} {one.header}"):
            yield "planned"
        return
    before, behind = one.around[max(0, one.begin - _BEFORE):one.begin], one.around[one.stop:one.stop + _BEHIND]
    if one.column in _OF_A_RUN and (_AROUND["planned"].search(before) or _AROUND["planned_behind"].search(behind)):
        yield "planned"
    if one.column in _OF_A_RUN | _MEASURED and (
            ((others := _AROUND["of_others"].search(before)) and not names.own(others[0]))
            or _AROUND["of_ablations"].search(before)
            or _is_of_other(one, names) or _is_of_named(one, names)):
        yield "of another run"
    if one.kind == "item" and one.column in _OF_A_RUN and _AROUND["weights"].match(one.around):
        yield "row is a checkpoint"
    if one.column in _MEASURED and (
            _AROUND["of_use"].search(before) or _AROUND["of_use_behind"].search(behind)
            or _AROUND["of_trial"].search(before) or _of_another_size(one, names)):
        yield "of another run"


_TIMES = frozenset(("time", "chip_time"))
#: Two numbers of steps that are one are no further apart.
_ALL_OF_THEM = 0.9


def is_of_some(one: Candidate, most: Mapping[tuple[str, str], float]) -> bool:
    """Whether a time is that of so many steps, epochs or tokens, and the run has more: '100k steps take 9 hours'.

    HuBERT's run has 400k (Hsu et al. 2021, section IV-C). `most` has the largest number of each column and stage.
    """
    if one.column not in _TIMES:
        return False
    if told := _AROUND["so_many"].search(one.around, max(0, one.begin - _BEFORE // 2), one.begin):
        columns = ["epochs" if (told["unit"] or told["runs"]).lower().startswith("epoch") else "steps"]
        number = told["number"] or told["run"]
    elif told := _AROUND["so_many_behind"].match(one.around[one.stop:one.stop + _BEHIND]):
        columns, number = ["tokens", "tokens_seen"], told["number"]
    else:
        return False
    said = candidates.value(columns[0], number)
    return said is not None and said[2] < _ALL_OF_THEM * max(most.get((column, one.stage), 0.0) for column in columns)


def _is_of_other(one: Candidate, names: Names) -> bool:
    """Whether the clause is about another size than the model's, in as many words: 'Heron 3B was trained on'."""
    said = of_clause(one, names) if names.main != names.family else ""
    return bool(said) and not names.its(said) and (
        not size(said.upper()) or abs(size(said.upper()) - size(names.main)) > rounding(names.main))


def _is_of_named(one: Candidate, names: Names) -> bool:
    """Whether another model is named and a clause that hangs on it has the number: 'Llama 2, which took'."""
    if not _AROUND["hanging"].search(one.around, max(0, one.begin - _BEFORE), one.begin):
        return False
    last = max((other.end() for other in names.others(one.around) if other.end() <= one.begin), default=-1)
    return last >= 0 and _AROUND["hangs"].match(one.around, last, one.begin) is not None


def _of_another_size(one: Candidate, names: Names) -> bool:
    """Whether a sentence names sizes and not that of the model, whose size is known."""
    said = names.sizes(one.around[max(0, one.begin - _BEFORE):one.stop + _BEHIND])
    return bool(said and size(names.main)) and not any(map(names.its, said))


def of_clause(one: Candidate, names: Names) -> str:
    """The size that a clause of several is about: 'Scout on 40T and Maverick on 22T'; nothing where none says so."""
    mentions = _mentions(names, one.around)
    behind = next((mention for mention in mentions if mention[0] >= one.stop), None)
    if behind is not None and behind[0] - one.stop < _NEAR and _AROUND["for_model"].match(
            one.around[one.stop:behind[0]]):
        return behind[2]
    return next((said for _, end, said, opens in reversed(mentions) if end <= one.begin and opens), "")


#: As many characters are between a number and whom it is for, or between the beginning of a clause and its subject.
_NEAR = 60


@lru_cache(maxsize=64)
def _mentions(names: Names, text: str) -> tuple[tuple[int, int, str, bool], ...]:
    """Where a sentence names sizes, and whether each is the subject of a clause: once for all of its numbers."""
    return tuple((begin, end, said, _AROUND["clause_begins"].search(text[max(0, begin - _NEAR):begin]) is not None
                  and _AROUND["clause_goes_on"].match(text, end) is not None)
                 for begin, end, said in names.sized(text))


#: A size in a sentence, which counts no tokens.
_A_SIZE = re.compile(r"(?<![\w.])\d[\d.,]*\s?(?:[BMT]\b|million|billion|trillion)(?![\s-]*(?:[\w-]+\s+){0,2}?tokens)")
#: Two roundings of one size are no further apart.
_SAME_SIZE = 1.1


def active_of_another(active: str, quote: str, total: str) -> bool:
    """Whether a sentence says active parameters of other sizes than the total that is drafted."""
    own, whole = (candidates.value("parameters", text) for text in (active, total))
    found = [value[2] for match in _A_SIZE.finditer(quote) if (value := candidates.value("parameters", match[0]))]
    others = [size for size in found if own is not None and size > _SAME_SIZE * own[2]]
    return whole is not None and bool(others) and not any(
        max(size / whole[2], whole[2] / size) <= _SAME_SIZE for size in others)
