"""What to write where no method has an answer: the nearest missing facts, of the way that uses most of what is given.

`Planner.missing` asks for it, and `ways` puts it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from computeest import schema
from computeest.contract import Method, Rule
from computeest.estimation.assumptions import Assumption
from computeest.registry import optional, parameters

#: For each method that the facts do not allow, what would make it possible: one or two ways, each a tuple of columns.
Missing = Mapping[str, tuple[tuple[str, ...], ...]]

#: What few papers state: not asked for unless something of the kind is given.
_RARE = frozenset(("money, power", "place, emissions"))
_IN_ALL_PAPERS = frozenset(("parameters",))
#: Ways to a column that are kept, and how often the rules are gone through: no chain of rules is longer.
_KEPT, _LONGEST = 3, 8


class _Way(NamedTuple):
    """One way to a column: what must be asked for, which facts at hand it uses, and how much it takes for granted."""

    asked: frozenset[str]
    used: frozenset[str] = frozenset()
    assumed: int = 0
    steps: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        return _words(self.asked)

    def order(self) -> tuple[int, bool, int, int, int, tuple[str, ...]]:
        words = _words(self.asked)
        # nearly every paper states its parameters, and hardly one what a forward pass takes
        return len(words), self.asked != _IN_ALL_PAPERS, -len(self.used), self.assumed, self.steps, words


@lru_cache(maxsize=65_536)  # ways ask for much alike, and are compared often: half of the time to find them
def _words(asked: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(set(map(words_for, asked))))


def words_for(column: str) -> str:
    """What to write to have a column: 'chip' for its peak."""
    return schema.FIELDS[column].asks_for or column


def _in_order(column: str) -> tuple[bool, str, str]:
    """Several keys in one ('chips and time (or chip_time)') before single ones, so that the words can be told apart."""
    return " " not in words_for(column), words_for(column), column


def missing(methods: Iterable[Method], rules: Sequence[Rule], assumptions: Mapping[str, Assumption],
            present: frozenset[str]) -> Missing:
    """What would make each of the methods possible, those that lack least first, what somebody may state last."""
    known = _ways(rules, assumptions, present)
    found = {method: _nearest([_joined(ways, 1) for ways in product(*(known.get(c, []) for c in
                                                                     _needed(method)))])
             for method in methods}
    order = sorted((method for method in found if found[method]),
                   key=lambda m: (m.rests_on == "stated", len(found[m][0].words), m.name))
    return {method.name: tuple(tuple(sorted(way.asked, key=_in_order)) for way in found[method]) for method in order}


def _ways(rules: Sequence[Rule], assumptions: Mapping[str, Assumption],
          present: frozenset[str]) -> dict[str, list[_Way]]:
    """The nearest ways to every column."""
    known = _given(assumptions, present)
    applied: dict[int, list[list[_Way]]] = {}
    asked = [(place, rule, _needed(rule)) for place, rule in enumerate(rules) if rule.target not in present]
    for _ in range(_LONGEST):
        changed = False
        for place, rule, inputs in asked:
            if not all(map(known.__contains__, inputs)):
                continue
            if applied.get(place) == (ways := [known[i] for i in inputs]):
                continue  # it would say the same again, as most rules do in every round but the first
            applied[place] = ways
            # what a rule that goes beyond the usual one needs besides must be stated, whatever is assumed about it
            stated = {i for i in inputs if rule.beyond and i not in rule.beyond and i not in present}
            more = [_joined(ways, 1) for ways in product(*(
                [_Way(frozenset((i,)))] if i in stated else known[i] for i in inputs))]
            before = known.get(rule.target)
            known[rule.target] = _best([*(before or []), *more])
            changed |= known[rule.target] != before
        if not changed:
            break
    return known


def _given(assumptions: Mapping[str, Assumption], present: frozenset[str]) -> dict[str, list[_Way]]:
    """The way to each column that needs no rule: it is at hand, it is assumed, or it is asked for."""
    known: dict[str, list[_Way]] = {}
    paid = any(schema.FIELDS[name].group in _RARE for name in present)
    for name in schema.NUMERIC:
        if name in present:
            # what was looked up is no fact that somebody gave: a chip's cores do not make their time the nearest
            known[name] = [_Way(frozenset(), frozenset((name,)) if name in schema.INPUTS else frozenset())]
        elif name in assumptions:
            known[name] = [_Way(frozenset(), assumed=0 if assumptions[name].definition else 1)]
        elif name in schema.INPUTS and (paid or schema.FIELDS[name].group not in _RARE):
            # a batch is there and needs another unit: 'batch_size in tokens'
            rewritten = words_for(name).partition(" in ")[0]
            known[name] = [_Way(frozenset((name,)), frozenset((rewritten,)) & present)]
    return known


def _needed(one: Method | Rule) -> tuple[str, ...]:
    """The columns without which a formula has no answer."""
    return _needed_by(one.formula)


@lru_cache(maxsize=4096)
def _needed_by(formula: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(name for name in parameters(formula) if name not in optional(formula))


def _joined(ways: Sequence[_Way], steps: int) -> _Way:
    asked: frozenset[str] = frozenset()
    used, assumed = asked, 0
    for way in ways:  # in two thirds of the time of a sum for each
        asked, used, assumed, steps = asked | way.asked, used | way.used, assumed + way.assumed, steps + way.steps
    return _Way(asked, used, assumed, steps)


def _best(ways: Iterable[_Way]) -> list[_Way]:
    """The nearest few, each asking for something else."""
    found: dict[tuple[str, ...], _Way] = {}
    for way in sorted(ways, key=_Way.order):
        found.setdefault(way.words, way)
    return list(found.values())[:_KEPT]


def _nearest(ways: Iterable[_Way]) -> list[_Way]:
    """The nearest way, and a second that asks for no more, assumes no more and uses nearly as much of what is given."""
    best = [way for way in _best(ways) if way.asked]
    if best and best[0].asked == _IN_ALL_PAPERS:
        return best[:1]
    return best[:1] + [way for way in best[1:] if len(way.words) == len(best[0].words)
                       and len(way.used) >= len(best[0].used) - 1 and way.assumed <= best[0].assumed
                       and not _plain(best[0]) <= _plain(way) and not _said_in(best[0], way)][:1]


def _said_in(best: _Way, way: _Way) -> bool:
    """Whether the words for the nearest way name the other one: the forward_macs of 'family (or forward_macs)'."""
    said = " ".join(best.words)
    return all(f"(or {words})" in said for words in way.words)


def _plain(way: _Way) -> set[str]:
    """The keys that a way asks for: those of 'chips and time (or chip_time)'."""
    return {word for words in way.words for word in words.split()}


def ways(missing: Missing, no_peak: str = "", images: bool = False, machine: str = "") -> str:
    """What would make each method possible, in words; `no_peak` says why a chip that is given has no peak.

    A `machine` that was named holds several chips, and how many says the sentence.

    Of `images` nobody is asked for the length of sequences, where anything else would do.
    """
    if images:
        missing = {method: tuple(way for way in found if "sequence_length" not in way) or found
                   for method, found in missing.items()}
    asked = {"peak": f"another chip or number_format ({no_peak.replace('; ', ', ')})"} if no_peak else {}
    asked |= {"chips": f"chips ({machine})"} if machine else {}

    def said(columns: Sequence[str]) -> str:
        return " and ".join(dict.fromkeys(asked.get(column) or words_for(column) for column in columns))

    return "; ".join(f"{method} needs {'only ' if _alone(found) else ''}{', or '.join(map(said, found))}"
                     for method, found in missing.items())


def _alone(found: tuple[tuple[str, ...], ...]) -> bool:
    """Whether one key of its own is all that lacks."""
    return all(len(set(map(words_for, columns))) == 1 and " " not in words_for(columns[0]) for columns in found) and (
        found[0][0] != "reported_compute")
