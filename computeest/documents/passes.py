"""Whether a number of tokens that stands beside a number of epochs is of one of them or of all."""

from __future__ import annotations

import re
from typing import Literal

from computeest.documents import cues
from computeest.documents.sieve import Sieve

Passes = Literal["one", "all", "unsaid", ""]
_PARTS = {name: re.compile(regex, re.IGNORECASE) for name, regex in cues.parts("passes").items()}
#: What a sentence that says epochs has words of, a fiftieth of the time of looking for them.
_SAYS = Sieve((name, _PARTS[name].pattern) for name in ("of_unique", "epochs_before", "epochs_behind"))
#: What is told of tokens that may be of one epoch or of all.
UNSAID = "passes unsaid"
#: Epochs further away in a sentence than this say nothing of a number of tokens.
_BEFORE, _BEHIND = 110, 130


def of(plain: str, start: int, end: int) -> Passes:
    """What a number of tokens between two places of a sentence counts, where the sentence says epochs too.

    'one' of them, as a data set's tokens do; 'all', where the epochs only say the same in other words, as in '450B
    tokens (4.25 epochs)'; 'unsaid' where it may be either, as in '300B tokens over 3 epochs'; '' without epochs.
    """
    before, behind = plain[max(0, start - _BEFORE):start], plain[end:end + _BEHIND]
    if not _SAYS.through(before) and not _SAYS.through(behind):
        return ""
    if _PARTS["of_unique"].match(behind):
        return "all"
    if not _PARTS["epochs_before"].search(before) and not _PARTS["epochs_behind"].match(behind):
        return ""
    of_data = _PARTS["data_before"].search(before) is not None or _PARTS["data_behind"].match(behind) is not None
    again = _PARTS["read_again"].match(behind) is not None
    if _PARTS["each"].match(behind) or _PARTS["times"].match(behind):
        return "one"
    if _PARTS["total"].search(before) or _PARTS["total_behind"].match(behind):
        return "unsaid" if of_data or again else "all"
    same = _PARTS["same_behind"].match(behind) or _PARTS["same_before"].search(before)
    if same:
        return "unsaid" if of_data or _PARTS["again"].search(same[0]) else "all"
    if of_data or _PARTS["over_data"].search(before) or (again and _PARTS["read_on"].search(before)):
        return "one"
    return "unsaid"
