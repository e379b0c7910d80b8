"""The numbers of a text and what each of them counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from computeest.hardware.find.beside import changes, joined, of_holders, unknown_unit
from computeest.hardware.find.lex import MENTION, Item
from computeest.hardware.find.vocabulary import (
    ARTICLE,
    BREAKS,
    EACH,
    HOLDER,
    LIST,
    NUMBER,
    OTHER,
    PER,
    PLAIN,
    TIMES,
    TOTAL,
    UNIT,
)
from computeest.text.numbers import maybe_thousands

#: Nobody has more pods: '64 TPUv3 pod' is a pod of 64, be it chips or cores.
_MOST_PODS: Final = 8
#: What a number counts that stands with a chip's name and no noun.
OWN: Final = "own"
#: Chips in one machine, where a text leaves it open.
IN_A_NODE: Final = (1, 2, 4, 8, 16)
LARGE: Final = frozenset(("cluster", "supercomputer", "partition", "rack", "slice"))
_PART_OF: Final = frozenset(("out", "of", "the"))
_YEARS: Final = (1990, 2035)


class CountError(ValueError):
    """The text's numbers do not say how many chips there are."""


@dataclass(slots=True)
class Term:
    """A number and what it counts."""

    value: float
    what: str  # OWN, UNIT or HOLDER
    word: str
    at: int
    #: Whether a number says so, no mere article.
    strong: bool = True
    per: bool = False
    #: Whether the number and its noun are one word: '8-core'.
    compound: bool = False
    #: Whether it stands in brackets.
    aside: bool = False


def counted_terms(sequence: Sequence[Item], gaps: Sequence[str]) -> tuple[list[Term], list[int]]:
    """Every number with what it counts, and where the numbers are that count nothing known."""
    terms: list[Term] = []
    loose: list[int] = []
    at, pending = 0, []  # numbers that stand directly before another number
    while at < len(sequence):
        item = sequence[at]
        beyond = _range_of_others(sequence, at, gaps) if item.kind == NUMBER else None
        if item.kind not in (NUMBER, ARTICLE) or beyond is not None:
            at = beyond or at + 1
            continue
        value, after = _product(sequence, at, gaps)
        if item.kind == NUMBER and _before_another(sequence, at, after, gaps):
            pending.append(value)
            at = after
            continue
        found = _counted(sequence, at, after, value, gaps, bool(terms))
        if found is None:
            loose.extend([at] if item.kind == NUMBER else [])
            at = max(after, at + 1)
            continue
        new, at = found
        if any(term.value == 0 for term in new):
            raise CountError("0 is no number of chips")
        for term in new:
            if term.value > 1 and maybe_thousands(term.value):
                raise CountError(f"{term.value:g} may be {term.value:g} or {1000 * term.value:g}")
        terms.extend(new)
        terms.extend(_outer(pending, new, sequence, aside="(" in gaps[item.at]))
        pending = []
    if pending:
        raise CountError("several numbers stand where one is expected")
    return terms, loose


def without_wholes(sequence: Sequence[Item], gaps: Sequence[str]) -> list[Item]:
    """The items without the 256 of '128 of 256 GPUs', which says what the counted ones are a part of."""
    found = list(sequence)
    if [item.kind for item in found].count(NUMBER) < 2:
        return found
    for at, item in enumerate(sequence[:-2]):
        ahead = at + 1
        while ahead < len(sequence) - 1 and sequence[ahead].kind == PLAIN and sequence[ahead].word in _PART_OF:
            ahead += 1
        whole = sequence[ahead]
        if not item.kind == whole.kind == NUMBER or whole.number <= item.number or ahead + 1 == len(sequence):
            continue
        joined = gaps[whole.end + 1] == "-" or sequence[ahead + 1].kind == TIMES  # 'of 8-GPU nodes', 'of 8 x A100'
        if sequence[ahead - 1].word in ("of", "the") and not joined:
            found.remove(whole)
    return found


def _before_another(sequence: Sequence[Item], at: int, after: int, gaps: Sequence[str]) -> bool:
    """Whether a number stands directly before another; CountError when they are alternatives or make no sense."""
    if sequence[after - 1].kind != TIMES and (word := unknown_unit(sequence, after, gaps)):
        raise CountError(f"'{word}' behind a count is no known unit: write how many chips there are")
    kinds = [item.kind for item in sequence[after:after + 2]]
    if kinds == [LIST, NUMBER] and not _year(sequence[at]):
        raise CountError("several numbers stand where one is expected")
    if kinds[:1] != [NUMBER]:
        return False
    if gaps[sequence[after].at].strip(" (") or sequence[after - 1].kind == TIMES:
        raise CountError("several numbers stand where one is expected")
    return True


def _product(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> tuple[float, int]:
    """A number with the numbers multiplied to it, and the position after them: '4 x 8', 'two hundred'."""
    first = sequence[at]
    value = 1.0 if first.kind == ARTICLE else first.number
    at += 1
    while at < len(sequence):
        times = sequence[at].kind == TIMES
        number = sequence[at + 1] if times and at + 1 < len(sequence) else sequence[at]
        if number.kind == NUMBER and (times or number.word in ("hundred", "thousand", "dozen", "pair", "single")):
            value *= number.number
            at += 2 if times else 1
        elif _ranges(sequence, at, gaps):
            raise CountError("a range of numbers is no count")
        else:
            at += times
            break
    return value, at


def _year(item: Item) -> bool:
    return _YEARS[0] <= item.number <= _YEARS[1] and item.number % 1 == 0


def _range_of_others(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> int | None:
    """The position after '3-4 days', a range of what is no hardware."""
    ahead = at + 1
    if ahead >= len(sequence) or not _ranges(sequence, ahead, gaps):
        return None
    ahead += 2 if sequence[ahead].kind == PLAIN else 1
    return ahead + 1 if ahead < len(sequence) and sequence[ahead].kind == OTHER else None


def _ranges(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> bool:
    """Whether a second number follows as in '4-8' and '4 to 8'."""
    item = sequence[at]
    if item.kind == NUMBER:
        return gaps[item.at].strip() in ("-", "--")
    return item.kind == PLAIN and item.word == "to" and at + 1 < len(sequence) and sequence[at + 1].kind == NUMBER


def _counted(sequence: Sequence[Item], at: int, after: int, value: float, gaps: Sequence[str],
             terms_before: bool) -> tuple[list[Term], int] | None:
    """The terms that a number makes with what follows it, else with what stands before it."""
    strong = sequence[at].kind == NUMBER
    ahead = _past_words(sequence, after, strong or value > 1, gaps)
    follows = sequence[ahead] if ahead < len(sequence) else None
    beyond = sequence[ahead + 1] if ahead + 1 < len(sequence) else None
    if follows is not None and follows.kind == OTHER:
        return [], ahead + 1
    if follows is not None and follows.kind == HOLDER and ahead == after and _multiplied(sequence, at, after) and (
            at > 1 and sequence[at - 1].kind == TIMES and sequence[at - 2].kind in (MENTION, UNIT)):
        held = sequence[after - 1].number  # 'A100 x8 x 32 nodes'
        return [Term(value / held, OWN, OWN, at, per=True), Term(held, HOLDER, follows.word, ahead)], ahead + 1
    if follows is not None and follows.kind in (UNIT, HOLDER):
        if beyond is not None and beyond.kind == OTHER and not gaps[beyond.at].strip(" -"):
            return [], ahead + 2  # 500 GPU-hours
        if _backward(sequence, at, gaps) is None or gaps[follows.at] in (" ", "-", ""):
            return [Term(value, follows.kind, follows.word, ahead, strong,
                         compound=gaps[follows.at] == "-", aside="(" in gaps[sequence[at].at])], ahead + 1
    if follows is not None and follows.kind == MENTION and (ahead > after or not _listed(sequence, at, ahead)):
        times = sequence[after - 1].kind == TIMES or gaps[follows.at] == "-"
        many = strong and value > 1 and (_multiplied(sequence, at, after) or "slice" not in (
            item.word for item in sequence[ahead + 1:ahead + 3]))
        return _of_mention(sequence, ahead, value, strong, gaps, times, many=many)
    if follows is not None and follows.kind in (PER, EACH) and strong and terms_before:
        return [Term(value, OWN, OWN, at, per=True)], after
    if strong and _of_cluster(sequence, at, after, gaps):
        return [Term(value, OWN, OWN, at)], after
    back = _backward(sequence, at, gaps) if strong else None
    if back is not None:
        return [Term(value, back.kind if back.kind != MENTION else OWN, back.word, at)], after
    return None


def _multiplied(sequence: Sequence[Item], at: int, after: int) -> bool:
    """Whether the number from one place to another is a product: '8 x 32', and the shape of a slice, '2x2x4'."""
    return after > at + 2 and sequence[at + 1].kind == TIMES and sequence[after - 1].kind == NUMBER


def _of_cluster(sequence: Sequence[Item], at: int, after: int, gaps: Sequence[str]) -> bool:
    """Whether a number says of what size a cluster of named chips is: 'H800 cluster of 2,048', 'v4 podslice 2x2x4'."""
    before = sequence[:at]
    if after < len(sequence) and sequence[after].kind not in (LIST, PLAIN) and not gaps[sequence[after].at].strip(" ("):
        return False
    if len(before) > 2 and before[-1].word == "of" and before[-2].kind == HOLDER and not before[-2].number:
        return before[-3].kind == MENTION
    return len(before) > 1 and before[-1].word == "slice" and before[-2].kind in (MENTION, UNIT) and (
        _multiplied(sequence, at, after))


def _past_words(sequence: Sequence[Item], at: int, strong: bool, gaps: Sequence[str]) -> int:
    """The position after up to five words of prose that do not part a number from what it counts."""
    ahead = at
    while strong and ahead < len(sequence) and ahead < at + 5 and (
            (sequence[ahead].kind == PLAIN and sequence[ahead].word not in BREAKS) or sequence[ahead].kind == ARTICLE):
        ahead += 1
    if not strong:
        while ahead < len(sequence) and ahead < at + 3 and sequence[ahead].kind == PLAIN and (
                sequence[ahead].word not in BREAKS and sequence[ahead].word != "of"):  # 'a number of A100s', 'a set of'
            ahead += 1
    if ahead > at and sequence[ahead - 1].word == "multi" and ahead + 1 < len(sequence):
        ahead += sequence[ahead].kind == UNIT  # 'multi-GPU nodes'
    following = sequence[ahead:ahead + 2]
    if of_holders(following, gaps) and following[1].number and gaps[following[0].at] == " ":
        ahead += 1  # '4 GPU nodes'
    return ahead if ahead < len(sequence) and sequence[ahead].kind in (UNIT, HOLDER, MENTION, OTHER) else at


def _listed(sequence: Sequence[Item], first: int, last: int) -> bool:
    return any(item.kind == LIST for item in sequence[first:last])


def _of_mention(sequence: Sequence[Item], ahead: int, value: float, strong: bool, gaps: Sequence[str],
                times: bool, *, many: bool) -> tuple[list[Term], int]:
    """A number in front of a chip's name counts the noun after the name, or the chip.

    Of a noun in the singular it counts the chips within: '24K H100 cluster', 'quad A5000 workstation'.
    """
    mention = sequence[ahead]
    glued = ahead > 0 and gaps[mention.at] in ("", " ") and sequence[ahead - 1].kind == TIMES
    if mention.word.endswith("pod") and "lite" not in mention.word and not mention.number and many and not times and (
            value > _MOST_PODS):
        raise CountError(f"{value:g} may be the number of pods or that of the chips in one")
    after = ahead + 1 + of_holders(sequence[ahead + 1:ahead + 3], gaps)
    noun = sequence[after] if after < len(sequence) else None
    beyond = sequence[after + 1] if after + 1 < len(sequence) else None
    if _held_in_brackets(sequence, ahead, gaps):
        holder = sequence[ahead + 3]
        return [Term(sequence[ahead + 2].number, OWN, mention.word, ahead, per=True),
                Term(value, HOLDER, holder.word, ahead + 3)], ahead + 4
    if noun is not None and noun.kind == OTHER and not gaps[noun.at].strip(" -"):
        return [], after + 1  # 100 A100-hours
    if noun is not None and noun.kind == HOLDER and noun.at == mention.end:
        return [Term(value, HOLDER, noun.word, ahead, strong)], after + 1  # the name is that of machines
    if noun is not None and noun.kind in (UNIT, HOLDER) and "(" not in gaps[noun.at]:
        if beyond is not None and beyond.kind == OTHER and not gaps[beyond.at].strip(" -"):
            return [], after + 2
        if noun.kind == HOLDER and (times or many) and not noun.number:
            return [Term(value, OWN, mention.word, ahead, strong, per=True),
                    Term(1, HOLDER, noun.word, after, strong=False)], after + 1
        if noun.kind == HOLDER and times and glued:
            return [Term(value, OWN, mention.word, ahead, strong, per=True)], after + 1
        if noun.word == "pod" and not noun.number and not times and value > _MOST_PODS:
            raise CountError(f"{value:g} may be the number of pods or that of the chips in one")
        return [Term(value, noun.kind, noun.word, ahead, strong)], after + 1
    return [Term(value, OWN, mention.word, ahead, strong)], ahead + 1


def _held_in_brackets(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> bool:
    """Whether brackets behind a name say how many of that chip each holder has: 'A100 (40 GB * 8) servers'."""
    kinds = [item.kind for item in sequence[at + 1:at + 4]]
    if kinds != [TIMES, NUMBER, HOLDER]:
        return False
    opened = any("(" in gap for gap in gaps[sequence[at].end + 1:sequence[at + 2].at + 1])
    return opened and ")" in gaps[sequence[at + 3].at]


def _outer(pending: Sequence[float], new: list[Term], sequence: Sequence[Item], *, aside: bool) -> list[Term]:
    """What the first of two numbers counts: '16 8-GPU nodes' are sixteen nodes.

    Brackets around the second say where the first number of chips was: '64 (8 nodes) H100', '64 (8x8) H100'.
    """
    if not pending:
        return []
    if len(pending) > 1 or not new:
        raise CountError("several numbers stand where one is expected")
    inner = new[0]
    if aside and inner.what == OWN and inner.value == pending[0]:
        return []
    if aside and inner.what == HOLDER and not inner.compound and 1 < inner.value <= pending[0]:
        if fits_in(pending[0], inner.value, [inner]):
            raise CountError("the text does not say whether that is the number of chips in each or in all")
        return [Term(pending[0], OWN, OWN, inner.at - 2)]
    if inner.what == HOLDER:
        inner.what, outer = OWN, HOLDER
    else:
        ahead = [item for item in sequence[inner.at + 1:inner.at + 4] if item.kind in (HOLDER, UNIT)]
        if not ahead:
            raise CountError("several numbers stand where one is expected")
        outer = HOLDER if any(item.kind == HOLDER for item in ahead) else UNIT
        if outer == UNIT:
            inner.value = pending[0]
            inner.word = ahead[0].word
            return []
    inner.per = True
    return [Term(pending[0], outer, "", inner.at)]


def fits_in(chips: float, held: float, holders: list[Term]) -> bool:
    """Whether it is plain that the chips are those of each holder."""
    return chips <= IN_A_NODE[-2] or chips < held or all(term.word in LARGE for term in holders)


def _backward(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> Item | None:
    """What stands before a number that follows what it counts: 'A100 x 8', 'GPUs: 8'."""
    before = sequence[at - 1] if at else None
    if before is None:
        return None
    if before.kind == TIMES and at > 1 and sequence[at - 2].kind in (MENTION, UNIT, HOLDER):
        return _before_brackets(sequence, at - 2, before, gaps)
    return before if before.kind == UNIT else None


def _before_brackets(sequence: Sequence[Item], at: int, times: Item, gaps: Sequence[str]) -> Item:
    """What is multiplied: of 'p4d.24xlarge (8 A100) x 64' the machine, of 'A100 (40GB) x 64' the chip."""
    if ")" in gaps[times.at] and not any("(" in gap for gap in gaps[sequence[at].end + 1:times.at]):
        opened = next((j for j in range(at, 0, -1) if "(" in gaps[sequence[j].at]), 0)
        if opened and sequence[opened - 1].kind in (MENTION, UNIT, HOLDER):
            return sequence[opened - 1]
    return sequence[at]


def _in_total(sequence: Sequence[Item], after: int) -> bool:
    """Whether a number is said to be that of all: '128 total', '128 in total'."""
    follows = [item for item in sequence[after:after + 2] if item.word != "in"]
    return bool(follows) and follows[0].kind == TOTAL


def check_loose(sequence: Sequence[Item], loose: list[int], terms: list[Term], gaps: Sequence[str]) -> None:
    """A number that counts nothing must be far from the chip, or be a year."""
    strong = any(term.strong for term in terms)
    in_all = math.prod(term.value for term in terms if term.strong)
    held = any(term.what == HOLDER for term in terms)
    for at in loose:
        item = sequence[at]
        near = [one for one in sequence[max(0, at - 1):at + 2] if one.kind == MENTION] or joined(sequence, item, gaps)
        if _year(item) and (not near or "(" in gaps[item.at]):
            continue
        if item.number % 1 and not near:
            continue
        if changes(sequence, at):
            raise CountError("the number of chips changes: write each as a run of its own")
        value, after = _product(sequence, at, gaps)
        if "(" in gaps[item.at] and _multiplied(sequence, at, after) and any(term.value == value for term in terms):
            continue  # '4480 A100s (560 x 8)'
        if strong and (("(" in gaps[item.at] and value == in_all > 1) or (held and _in_total(sequence, after))):
            terms.append(Term(value, OWN, OWN, at))  # '16 nodes x 8 H100 (128 total)'
            continue
        if near and "(" in gaps[item.at] and not strong and len(loose) == 1:
            terms.append(Term(item.number, OWN, near[0].word, at))
            continue
        if near or not strong:
            raise CountError(f"{item.number:g} is neither a count nor a memory size: write '{item.number:g} x' or "
                             f"'{item.number:g} GB'")


#: Units of chips that hold several of their parts.
_HOLDING: Final = frozenset(("board", "card", "pod", "superchip"))


def mark_per(sequence: Sequence[Item], terms: list[Term], gaps: Sequence[str]) -> None:
    """Find the count that is a count for each node."""
    inner = [term for term in terms if term.what != HOLDER]
    for at, item in enumerate(sequence):
        if item.kind not in (EACH, PER) or not inner:
            continue
        if item.kind == EACH and any(other.kind == OTHER for other in sequence[at + 1:at + 4]):
            continue  # '32 A100 for each of 4 runs'
        follows = sequence[at + 1] if at + 1 < len(sequence) else None
        before = [term for term in inner if term.at < at]
        after = [term for term in inner if term.at > at]
        if item.kind == PER and (follows is None or (follows.kind != HOLDER and follows.word not in _HOLDING)):
            continue
        closes = before and follows is not None and "(" in gaps[follows.at]  # '8 H100 each (128 H100 total)'
        if item.kind == EACH and after and not closes and (
                follows is None or follows.kind != PLAIN or follows.word != "of"):
            ahead = after[0]
            if not before or ahead.at - at <= 4:
                ahead.per = True
                continue
        if before:
            before[-1].per = True
        elif after:
            after[0].per = True
