"""How people write the names of models: what spelling varies, and what a name says of the size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from typing import Any

_SEPARATORS = re.compile(r"[\s_\-–—()\[\]]+")
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?([MBT])(?![\w])", re.IGNORECASE)

#: ASCII's bytes between which the letter that ends a size may stand: a digit or a space, and what is part of no word.
_BEFORE = bytes(byte for byte in range(128) if re.match(r"[\d\s]", chr(byte)))
_AFTER = bytes(byte for byte in range(128) if not re.match(r"\w", chr(byte)))

#: Letters and digits that tell most names from all of those asked for.
_HEAD = 4
#: Fewer names are looked into one by one.
_FEW = 16
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


def sizes_of(names: Sequence[str], letters: tuple[Any, Any] | None = None) -> dict[int, float]:
    """The same of those of many names that say one, by place.

    Their `letters` are the bytes of all, one name behind the other, and where each begins and the last ends.
    """
    places = range(len(names)) if len(names) < _FEW else _ending_like_sizes(names, letters)
    return {place: size for place in places if (size := size_of(names[place]))}


def _ending_like_sizes(names: Sequence[str], given: tuple[Any, Any] | None) -> Iterable[int]:
    """Places of names in which a word may end in the letter of a size: a quarter of what a search for it takes."""
    import numpy as np  # which whoever has many names has already

    if given is None:
        each = [name.encode("utf-8", "surrogatepass") for name in names]
        given = np.frombuffer(b"".join(each), np.uint8), np.cumsum([0, *map(len, each)])
    text, bounds = given[0][given[1][0]:given[1][-1]], given[1][1:] - given[1][0]
    small = text | 32
    letters = np.flatnonzero((small == ord("m")) | (small == ord("b")) | (small == ord("t")))
    last = np.zeros(len(text) + 1, dtype=bool)
    last[bounds - 1] = True
    letters = letters[letters > 0]
    around = np.zeros((2, 256), dtype=bool)
    around[:, 128:] = True  # parts of letters beyond ASCII, digits and spaces among them: looked into one by one
    around[0, list(_BEFORE)] = around[1, list(_AFTER)] = True
    after = text[np.minimum(letters + 1, len(text) - 1)]
    letters = letters[around[0][text[letters - 1]] & (around[1][after] | last[letters])]
    return dict.fromkeys(np.searchsorted(bounds, letters, side="right").tolist())


def beginning_like(names: Sequence[str], beginnings: Set[str]) -> list[str]:
    """Those of the names that may begin, folded, with one of these, of which there are those of every length.

    The first word tells, for a tenth of what it takes to fold a name; and most names of a table begin alike.
    """
    heads = {head for head in {name[:_HEAD] for name in names}
             if not (head.isascii() and head.isalnum() and head.lower() not in beginnings)}
    return [name for name in names if name[:_HEAD] in heads
            and (not (word := _SEPARATORS.split(name.strip().lower(), 1)[0]) or word in beginnings)]


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
