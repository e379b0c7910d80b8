"""Reports of a lab that counts its training steps in ticks: a reader of its own for `computeest draft`."""

import re

from computeest.contract import Found, Reader, hookimpl

TICKS = re.compile(r"(?P<value>\d[\d,]*k?)\s+(?:optimi[sz]er\s+)?ticks\b")


def ticks(sentence, headings):
    """Steps, which this lab calls ticks."""
    for match in TICKS.finditer(sentence):
        yield Found("steps", match["value"], *match.span("value"))


@hookimpl
def computeest_readers():
    """Whose steps they are, `draft` judges by the words around them, as it does with what it finds itself."""
    return [Reader("ticks", ticks, "The model was trained for 300k optimizer ticks.", (("steps", "300k"),))]
