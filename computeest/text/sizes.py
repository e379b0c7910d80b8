"""All and active parameters of a mixture of experts in one text: '671B (37B active)', '235B-A22B'."""

from __future__ import annotations

import re

#: '61B parameters (sparse); 6.6B active parameters', '671B (37B active)'.
_SIZE = r"[~≈]?\d[\d.,]*\s*(?:[KMBT]|thousand|million|billion|trillion)?"
_ACTIVE = re.compile(
    rf"(?P<total>\s*{_SIZE})(?:\s*(?:total|params?|parameters?|in total))*\s*"
    r"(?:\((?:sparse|total|moe|mixture[ -]of[ -]experts)\))?\s*(?:[;,/(]|\bwith\b|\band\b|\bof which\b)\s*"
    rf"(?P<active>{_SIZE})\s*(?:params?|parameters?)?\s*(?:are |is |being )?(?:for )?"
    r"(?:active|activated|activations?|in use)\b[^\d]*", re.IGNORECASE)
#: '17B active, 109B total', '37B activated out of 671B'.
_ACTIVE_FIRST = re.compile(
    rf"(?P<active>\s*{_SIZE})\s*(?:params?|parameters?)?\s*(?:active|activated)\s*(?:params?|parameters?)?\s*"
    rf"(?:[;,/(]|\bout of\b|\bof\b|\bfrom\b|\band\b)\s*(?P<total>{_SIZE})\s*"
    r"(?:total|params?|parameters?|in total|in all|\s)*\)?\s*", re.IGNORECASE)
#: '235B-A22B', as makers of mixtures name them.
_A3B = re.compile(rf"\s*(?P<total>{_SIZE})-A(?P<active>{_SIZE})\s*", re.IGNORECASE)
_ONE = re.compile(r"[\d.eE+]+")


def all_and_active(text: str) -> tuple[str, str] | None:
    """The texts of all parameters and of those active for each token; None where a text does not say both."""
    if _ONE.fullmatch(text):
        return None
    both = _ACTIVE.fullmatch(text) or _ACTIVE_FIRST.fullmatch(text) or _A3B.fullmatch(text)
    return (both["total"], both["active"]) if both else None
