"""What to write instead of a number that is nearly one: a comma for a point, a broken power, chips before nodes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from computeest.problems import Fault
from computeest.schema.field import Field

_COMMA: Final = re.compile(r"\s*(?P<front>[~≈]?\s*\d{1,3}),(?P<part>\d{1,2})(?P<rest>\s*[A-Za-z%$][^\d,]*)")
_POWER: Final = re.compile(r"\s*10\s*(?:\^|\*\*)\s*\{?(?P<power>-?\d{1,2}\.\d+)\}?(?P<rest>\s*(?:[A-Za-z].*)?)")
_HOLDER: Final = r"(?:nodes?|machines?|servers?|hosts?)"
_EACH: Final = re.compile(r"\s*(?P<chips>\d+)\s*(?:GPUs?|TPUs?|chips?|accelerators?|cards?|devices?)\s*"
                          rf"(?:[x×*]|on|in)\s*(?P<nodes>\d+)\s*{_HOLDER}\s*", re.IGNORECASE)
_PER_NODE: Final = re.compile(rf"\s*(?P<chips>\d+)\s*(?:\w+\s*)?(?:per|/|a|each)\s*{_HOLDER}\s*", re.IGNORECASE)

#: Money of other countries, whose dollars depend on the day.
_CURRENCY: Final = re.compile(r"(?<![A-Za-z])(?:EUR|GBP|CNY|RMB|JPY|CHF|INR|KRW|CAD|AUD|euros?|pounds?|yuan|yen|rupees?"
                              r"|won|francs?)(?![A-Za-z])|[€£¥₹₩元円]", re.IGNORECASE)


def better(fault: Fault, field: Field, text: str) -> Fault:
    """The fault of a number, with what was meant by it as what is expected, where its form tells."""
    near = _nearest(field, text)
    return replace(fault, expected=near) if near else fault


def _nearest(field: Field, text: str) -> str:
    if match := _COMMA.fullmatch(text):
        return f"a decimal point: '{match['front'].strip()}.{match['part']}{match['rest'].rstrip()}'"
    if match := _POWER.fullmatch(text):
        return f"the number itself: '{10 ** float(match['power']):.3g}{match['rest'].rstrip()}'"
    if field.name == "chips" and (match := _EACH.fullmatch(text)):
        return f"'{match['nodes']} nodes x {match['chips']} GPUs', or nodes and chips_per_node"
    if field.name == "chips" and (match := _PER_NODE.fullmatch(text)):
        return f"chips_per_node: {match['chips']}, beside nodes"
    if field.unit in ("dollar", "dollar/chip/second") and (match := _CURRENCY.search(text)):
        return f"dollars of that day, such as '{field.example}': '{match[0]}' is converted by nobody here"
    return ""
