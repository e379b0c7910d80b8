"""Names that somebody may have meant who wrote one that is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from computeest.hardware.atoms import squeeze
from computeest.hardware.chip import Chip

_MOST = 4


def closest(index: Mapping[str, list[list[str]]], chip: Callable[[str], Chip], words: Sequence[str],
            likely: Sequence[str]) -> list[str]:
    """Full names of the chips whose names look most like the words, those that the text is about first."""
    from computeest.suggest import nearest  # difflib: only when something is refused

    found = [chip(chip_id).name for chip_id in likely]
    names = [name for name in index if not name.isdigit()]
    for word in words:
        asked = re.sub(r"^\d+ *[x×*]? *", "", squeeze(word).replace("|", ""))
        for name in nearest(asked, names, _MOST, cutoff=0.7):
            kind, ref = index[name][0]
            if kind in ("chip", "base"):
                found.append(chip(ref).name)
            elif kind == "family":
                found.append(name.upper())
    return list(dict.fromkeys(found))[:_MOST]
