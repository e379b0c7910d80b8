"""Names of networks as people write them: which spellings are one name, and which are not."""

from __future__ import annotations

import re

from computeest.text.remembered import remembered

#: Sizes in words and as letters, and words that one library writes where another does not.
_SIZES = {"tiny": "t", "small": "s", "base": "b", "large": "l", "xlarge": "xl", "huge": "h", "patch": "", "ti": "t",
          "wrn": "wideresnet"}
_PLUS = re.compile(r"(?<=[a-z0-9])\++(?![a-z0-9])")
_TOKEN = re.compile(r"[a-z]+|\d+|[^a-z0-9]+")


@remembered(4096)  # a name that is none is held against thousands: a long one took half a second
def folded(name: str) -> str:
    """A name without case and punctuation, but for what separates two digits: 1.3B is not 13B, and 1_6 is 1.6."""
    return _joined(_tokens(name))


def _tokens(name: str) -> list[str]:
    """Letters, digits and what is between them; PointNet++ is no PointNet."""
    return _TOKEN.findall(_PLUS.sub(lambda found: "plus" * len(found[0]), name.lower()))


def begins(name: str, whole: str) -> bool:
    """Whether a name is the first words of a longer one: resnest of ResNeSt-50, but not resne, nor Llama 3 of 33B.

    The v of a version may lack: DeepLab of DeepLabv3-ResNet50.
    """
    tokens, asked = _tokens(whole), folded(name)
    starts = [_joined(tokens[:end]) for end in range(1, len(tokens))]
    versions = [start[:-1] for start, after in zip(starts, tokens[1:], strict=True)
                if start.endswith("v") and after.isdigit()]
    return bool(asked) and asked in (*starts, *versions)


def folded_sizes(name: str) -> str:
    """The same with sizes as letters, without the word patch and without the image of 224 that goes without saying."""
    tokens = _tokens(name)
    if len(tokens) > 2 and tokens[-1] == "224" and not tokens[-2].isalnum():
        tokens = tokens[:-2]
    return _joined([_SIZES.get(token, token) for token in tokens])


def cased(name: str) -> str:
    """A name with its case and without punctuation: what tells ViT-g from ViT-G."""
    return re.sub(r"[^A-Za-z0-9+]", "", name)


def _joined(tokens: list[str]) -> str:
    """Letters and digits in a row; a separator stays, as a point, only between two digits."""
    found = ""
    for place, token in enumerate(tokens):
        if token and (token[0].isascii() and token[0].isalnum()):
            found += token
        elif found[-1:].isdigit() and tokens[place + 1 : place + 2] and tokens[place + 1][:1].isdigit():
            found += "."
    return found
