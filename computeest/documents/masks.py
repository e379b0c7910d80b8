"""A text with its markup blanked and its powers of ten written out, every character in its place.

Facts are read from the masked text and quoted from the document's own, which have the same length.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_POWER = re.compile(r"(?<=\d)(\s*(?:[×·∙⋅∗*x]|\\times|\\cdot)\s*)10(?:\s{0,2}\^|\*\*|ˆ)?\{?([-−–+]?\d{1,2})\}?"
                    r"(?![\d.,]\d|\d|%)")
#: Stands in a text where raised figures begin: invisible, and left out of quotes.
RAISED = "\u00ad"
#: What stands before a power of ten, and what behind ten and two figures makes them a number of its own.
_SCIENTIFIC = re.compile(r"(?<![\d.,×x*])(?<![×x*]\s)\d(?:\.\d+)?$")
_FACTOR = re.compile(r"\s*(?:[×x*]|&times;)\s*\d")
_MARKED = re.compile(r"\^|\*\*|ˆ")
_LINK = re.compile(r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ENTITIES = {"&nbsp;": " ", "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&times;": "×"}
_ENTITY = re.compile("|".join(map(re.escape, _ENTITIES)))
_EMPHASIS = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|`+|~~|\\(?=[~*_.#|\-])")


#: Mathematics within a line, which two dollars enclose: a price has no command, no power and no index.
_MATHS = re.compile(r"(?<![\\$\d])\$(?=[^\s$])(?=[^$\n]{0,200}[\\^_{])[^$\n]{1,200}(?<=\S)\$"
                    r"|(?<=\d)\$(?=\\|\^)[^$\n]{1,60}\$|\\\([^\n]{1,200}?\\\)")
_ENCLOSING = re.compile(r"^\\?[$(]|\\?[$)]$")
_COMMAND = re.compile(r"\\(?!(?:times|cdot)(?![A-Za-z]))[A-Za-z]+|\\[,;!: ]")


def unenclosed(text: str) -> str:
    """A text whose mathematics is not enclosed in dollars, and has no commands but those that multiply."""
    def one(match: re.Match[str]) -> str:
        return _COMMAND.sub(blank, _ENCLOSING.sub(blank, match[0]))
    return _MATHS.sub(one, text)


def blank(match: re.Match[str]) -> str:
    """As many blanks as were matched, ends of lines kept."""
    return re.sub(r"[^\n]", " ", match[0])


def padded(match: re.Match[str], text: str) -> str:
    """A text in the place of a longer one."""
    return text.ljust(len(match[0]))


def powers(text: str, raised: Callable[[int], bool] | None = None) -> str:
    """'2.3 · 1019' as '2.3e19', where the figures behind the ten are raised or a sign says so.

    Where no place on a page tells what is raised, one figure before the point does: 1024 x 1024 is a picture's size.
    """
    def one(match: re.Match[str]) -> str:
        exponent = match[2].replace("−", "-").replace("–", "-")
        marked = _MARKED.search(match[0][len(match[1]):]) is not None
        begun = raised(match.start(2)) if raised is not None else (
            _SCIENTIFIC.search(text, max(0, match.start() - 12), match.start()) is not None
            and _FACTOR.match(text, match.end()) is None)
        return padded(match, f"e{exponent}") if marked or begun else match[0]
    return _POWER.sub(one, text)


#: Without one of these there is nothing to blank and no power: a tenth of the time for most cells and short lines.
_SIGNED = re.compile(r"[\[\]<&$\\*_`~]|10|://")


def markdown(text: str) -> str:
    """Markdown without its signs, links' addresses and tags."""
    if not _SIGNED.search(text):
        return text
    text = _LINK.sub(blank, text)
    text = _URL.sub(blank, _TAG.sub(blank, text))
    text = _ENTITY.sub(lambda match: padded(match, _ENTITIES[match[0]]), text)
    text = powers(unenclosed(text))
    return _EMPHASIS.sub(blank, text.replace("[", " ").replace("]", " "))
