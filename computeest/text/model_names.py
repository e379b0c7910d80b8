"""How people write the names of models: what spelling varies, and what a name says of the size."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

_SEPARATORS = re.compile(r"[\s_\-–—()\[\]]+")
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?([MBT])(?![\w])", re.IGNORECASE)

#: The letter that ends such a size; it matches more than that.
_SIZE_LETTER = re.compile(r"[MBTmbt](?!\w)(?<=[\d\s][MBTmbt])")

#: Letters and digits that tell most names from all of those asked for.
_HEAD = 4
_SCALES = {"m": 1e6, "b": 1e9, "t": 1e12}


def fold(name: str) -> str:
    """A model's name without what spelling varies: case, spaces, hyphens, brackets.

    Between two digits a separator says something: 'Llama 2 7B' and 'Llama 27B' are two models.
    """
    return _SEPARATORS.sub(_separator, name.strip().lower()).strip("-")


def _separator(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    return "-" if text[start - 1:start].isdigit() and text[end:end + 1].isdigit() else ""


def size_of(name: str) -> float:
    """The parameters that a name says, 0 where it says none."""
    match = _SIZE.search(name)
    return float(match[1]) * _SCALES[match[2].lower()] if match else 0.0


def sizes_of(names: Sequence[str]) -> list[float]:
    """The same of many names; few end a word in the letter of a size, and only those are looked into."""
    if len(names) == 1:
        return [size_of(names[0])]
    from computeest.text.many import places_with  # which one paper needs not

    found = [0.0] * len(names)
    for place in places_with(_SIZE_LETTER, names):
        found[place] = size_of(names[place])
    return found


def begins_like(name: str, beginnings: Set[str]) -> bool:
    """Whether the folded name may begin with one of these, of which there are those of every length.

    Its first word tells, for a tenth of what it takes to fold it.
    """
    head = name[:_HEAD]
    if head.isascii() and head.isalnum() and head.lower() not in beginnings:  # as most: 2 % of a table's time
        return False
    word = _SEPARATORS.split(name.strip().lower(), 1)[0]
    return not word or word in beginnings


def series_of(name: str) -> tuple[str, float]:
    """A model's series and its parameters, where the name says them: 'Llama 2-13B' is 13e9 of 'llama2'."""
    match = _SIZE.search(name)
    if match is None:
        return fold(name), 0.0
    return fold(name[:match.start()] + name[match.end():]), size_of(name)


#: The address of a model on the Hugging Face Hub, whose name it holds.
_HUB = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?:models/)?([\w.-]+(?:/[\w.-]+)?)(?:[/?#].*)?$",
                  re.IGNORECASE)


def split(text: str) -> list[str]:
    """The models that a cell names: commas outside brackets separate them."""
    return [name for part in re.split(r"[,;]\s*(?![^()]*\))", text) if (name := _HUB.sub(r"\1", part.strip()))]
