"""What the arithmetic in a note says of the figure that was published from it."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from computeest.audit.arithmetic import LEAST_FLOP, Product, close, mentions, products
from computeest.problems import audits as codes
from computeest.problems.kind import Code

#: Arithmetic that differs from its stated result by less is rounded, by more is not understood: a word was a number.
_ROUNDING, _NOT_UNDERSTOOD = 1.05, 300.0
#: Published figures are often rounded to two or three figures: within this the note gives them.
_GIVES = 0.1
#: A result that the note quotes and does not compute is within this of the published figure.
_QUOTES = 0.03
#: '3.5 × 1023': a power of ten that lost its raised exponent on the way.
_LOST_POWER = re.compile(r"[\d.]+\s*[x×*]\s*10[12]\d\Z")
#: The rest of the arithmetic is left to the reader in words.
_GOES_ON = re.compile(r"\b(?:multipl(?:y|ied|ying)|divid(?:e|ed|ing)|scal(?:e|ed|ing))\s+"
                      r"(?:it|this|that|the result)?\s*(?:up\s+)?by\b", re.IGNORECASE)


#: A note that ends within its arithmetic, as where a file cuts its cells off.
_CUT_OFF = re.compile(r"[*×·/^+=(]\s*\Z")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a note's arithmetic says against it, or against the published figure."""

    code: str
    #: How likely it is that somebody has to correct something.
    certainty: float
    #: By how much the two numbers differ.
    factor: float
    sentence: str

    @classmethod
    def of(cls, code: Code, certainty: float, factor: float, **told: Any) -> Remark:
        """What the code says of these numbers."""
        return cls(code.name, certainty, factor, code.says(factor=factor, **told)["message"])


@dataclass(frozen=True, slots=True)
class Reading:
    """The arithmetic of one note beside the published figure."""

    products: tuple[Product, ...]
    #: An expression of the note equals the published figure within 1 %; and one, or a total that they support.
    by_product: bool
    by_total: bool
    #: What equals it is a sum, such as that of a base model and a run.
    by_sum: bool
    #: The note holds the published figure, as a result or as a quotation.
    quoted: bool
    remarks: tuple[Remark, ...]
    #: The note speaks of experts, of which a token meets some: what all parameters give is no training compute.
    sparse: bool = False


#: Words for networks of which a part is active: 'sparse architecture', 'activates 96.6 billion parameters'.
_SPARSE = re.compile(r"\bsparse\b|mixture[ -]of[ -]experts?|\bmoe\b|\bexperts\b|\bactive param"
                     r"|activat(?:es|ed) \S+ (?:billion )?param", re.IGNORECASE)


def read(note: str, published: float, base: float = 0.0, *, whole: bool = True) -> Reading:
    """A note's arithmetic, held against itself and against the published figure; `base` is a base model's FLOP.

    A note that is not `whole`, since its table was cut off, may give the figure in what is lost.
    """
    found = tuple(products(note))
    counted = [p for p in found if math.isfinite(p.value)]
    written = any(p.written and close(p.value, published) for p in counted)
    stated = (reading for p in counted if p.holds and p.stated is not None for reading in p.stated.readings)
    total = written or any(close(value, published) for value in (*stated, *(p.value for p in counted)))
    added = any(p.kind == "sum" and close(p.value, published) for p in counted)
    quoted = published > 0 and mentions(note, published, _QUOTES)
    return Reading(found, written, total, added, quoted,
                   (*_slips(found, published), *(_against(note, found, published, base) if whole else ())),
                   _SPARSE.search(note) is not None)


def _slips(found: tuple[Product, ...], published: float) -> Iterator[Remark]:
    """Arithmetic that does not give the result that the note states."""
    for product in found:
        if product.holds is not False or product.stated is None or _LOST_POWER.match(product.text):
            continue
        if product.flop is None:
            continue  # kilowatt-hours and pounds are no figures of compute
        factor, value, stated = min((_apart(reading, other), reading, other) for reading in product.readings
                                    for other in product.stated.readings)
        if _ROUNDING < factor < _NOT_UNDERSTOOD and factor > 1 + product.stated.tolerance and not _below(product):
            carried = published > 0 and close(stated, published)
            yield Remark.of(codes.NOTE_SLIP, _sure(product, factor, carried=carried), factor,
                            text=_short(product.text), value=value, stated=stated,
                            carried=", which is what is published" if carried else "")


#: '224×224/14×14', of which the second 14 is meant to divide as well.
_OVER_A_PRODUCT = re.compile(r"/\s*(\d[\d.]*)\s*([×x*])\s*(\d[\d.]*)")


def _below(product: Product) -> bool:
    """Whether the result that is stated is that of a quotient by all that follows the slash."""
    meant = _OVER_A_PRODUCT.sub(r"/(\1\2\3)", product.text)
    if meant == product.text or product.stated is None:
        return False
    return any(product.stated.supports(reading) for other in products(meant)[:1] for reading in other.readings)


def _sure(product: Product, factor: float, *, carried: bool) -> float:
    """How likely a slip is one: 'a/b*c' may have been meant as a/(b*c)."""
    if factor > 10 and "/" in product.text:
        return 0.25
    return 0.5 if factor < 1.2 else 0.9 if carried else 0.75


def _against(note: str, found: tuple[Product, ...], published: float, base: float) -> Iterator[Remark]:
    """A published figure that neither the arithmetic of the note nor anything it quotes gives."""
    compute = [p for p in found if p.flop is not None and (p.of_compute or p.flop >= LEAST_FLOP)
               and not _LOST_POWER.match(p.text)]
    results = [p.flop for p in compute if p.flop is not None]
    results += [reading for p in compute if p.stated is not None for reading in p.stated.readings]
    if not results or _GOES_ON.search(note) or _CUT_OFF.search(note):
        return
    if not published > 0 or mentions(note, published, _QUOTES):
        return
    with_base = [result + base for result in results if base > 0]
    if any(mentions(note, published - result, _QUOTES) for result in (*results, *with_base) if result < published):
        return  # the rest of it is quoted
    if min(_apart(result, published) for result in (*results, *with_base)) <= 1 + _GIVES:
        return
    factor, value = min((_apart(result, published), result) for result in results)
    alone = len({f"{p.flop:.1e}" for p in compute}) == 1
    # a note of several estimates may choose or mix them in words
    yield Remark.of(codes.NOTE_AGAINST_PUBLISHED, 0.7 if alone else 0.45, factor, value=value, published=published)


def _apart(one: float, other: float) -> float:
    """The larger over the smaller; infinite where one of them is no positive number."""
    if min(one, other) <= 0:
        return math.inf
    apart = abs(math.log(one) - math.log(other))  # their quotient may be no float
    return math.exp(apart) if apart < math.log(sys.float_info.max) else math.inf


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:50]} ... {text[-25:]}"


