"""Chips that a sentence names, with the number of them where it stands beside the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from computeest import hardware
from computeest.documents import cues
from computeest.documents.grammar import Said
from computeest.problems.chips import CHIP_OF_SEVERAL

_PARTS = cues.parts("chips")
_CHIP, _COUNT = re.compile(_PARTS["chip"]), re.compile(_PARTS["count"], re.IGNORECASE)
#: No chip's name is longer, whatever is joined to it.
_LONGEST = 120
#: What a count is not the end of: a larger number, a price, a name.
_RUNS_ON = re.compile(r"[\d.,]$|[-/$]$|\d\s*[x×*]$")
_USED = re.compile(_PARTS["used"], re.IGNORECASE)
#: An article in front of a chip's name that something ran on, what stands behind one chip ('3 days on an A100'), and
#: a name that says neither how many there are nor that it is one.
_ONE = re.compile(r"\b(?:on|using|with)\s+(?:just\s+|only\s+)?an?\s+"
                  r"(?:(?:single|personal|consumer|[Nn]vidia|NVIDIA)\s+)*$")
_ONE_GOES_ON = re.compile(r"(?:[\s-]+(?:GPU|card|graphics card|accelerator))?\s*"
                          r"(?:$|[.;)]|,(?!\s*[A-Z]+\d)|(?:for|in|over|which|with(?!\s+\d))\b)")
_OPEN = re.compile(r"TPU(?!.*-\d+$)", re.IGNORECASE)
#: Parts of chips, which a count behind their name's is of: '128 TPU v3 cores' are 64 chips.
_CORES = re.compile(r"[\s-]{1,3}cores?\b", re.IGNORECASE)
#: What a count before a chip's name is of, where the name says of what kind they are.
_MACHINES = re.compile(_PARTS["machines"], re.IGNORECASE)


def said(plain: str) -> Iterator[Said]:
    """The chips of a sentence and their counts."""
    for match in _CHIP.finditer(plain):
        name = " ".join(match[0].strip(" (-").split())
        if name.endswith(")") and "(" not in name:
            name = name[:-1]
        elif "(" in name and ")" not in name:
            name = f"{name})" if plain[match.end():match.end() + 1] == ")" else name.replace("(", "")
        if not identity(name):
            continue
        start = match.start()
        yield Said("chip", "chip", name, start, match.end(), start, match.end())
        count = _COUNT.search(plain, max(0, start - 30), start)
        machines = _MACHINES.match(plain, match.end())
        if count is None and not match[0].endswith("s") and not _OPEN.search(name) and (
                _ONE.search(plain, max(0, start - 40), start)) and _ONE_GOES_ON.match(plain, match.end()):
            yield Said("chips before a name", "chips", "1", start, match.end(), start, match.end())
        if count is None or machines or _USED.match(plain, match.end()) or _CORES.match(plain, match.end()):
            continue
        if not _RUNS_ON.search(plain[max(0, count.start() - 2):count.start()].strip()):
            text = "1" if count["value"].lower() == "single" else count["value"]
            yield Said("chips before a name", "chips", text, *count.span("value"), count.start("value"), match.end())


@lru_cache(maxsize=4096)
def identity(name: str) -> str:
    """What two names of one chip share, be it one of several; nothing for a name that the database does not know."""
    if len(name) > _LONGEST:
        return ""
    bare = re.sub(r"(?<=\d)s$", "", name)
    found = _database().find(bare)
    if isinstance(found, hardware.Match):
        return found.chip
    return re.sub(r"[^a-z0-9]", "", bare.lower()) if found.fault.code == CHIP_OF_SEVERAL.name else ""


@lru_cache(maxsize=1)
def _database() -> hardware.Database:
    return hardware.load()
