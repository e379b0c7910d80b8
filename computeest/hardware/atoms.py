"""A text cut into runs of letters and runs of digits, and the same text with everything between them squeezed out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from computeest.number_words import compounds_in_digits

#: Longer than any way to write a chip; past it a text is refused unread.
LONGEST: Final = 2000

_ATOM = re.compile(r"([^A-Za-z0-9]*)([A-Za-z]+|[0-9]+)")
_THOUSANDS = re.compile(r"(?<![A-Za-z0-9.,])(\d{1,3}(?:,\d{3})+)(?![0-9,])(?!\.\d)")
#: "8xA100": the x belongs to the count, except in 'xlarge' and in names such as '7900XTX'.
_COUNTED = re.compile(r"(?<![a-z0-9.])(\d+)x(?=[a-z])(?!large|tx?(?![a-z0-9]))", re.IGNORECASE)
_FOLDED = str.maketrans({
    "×": " × ", "✕": " × ", "✖": " × ", "⨉": " × ", "∗": " × ", "*": " × ",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "﹣": "-", "­": "",
    "™": " ", "®": " ", "©": " ", "’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "\u200b": "",
    "Ⅱ": "II",
})
#: 'TPUs v3' has its plural in the middle.
_SINGULAR = {"tpus": "tpu", "ipus": "ipu"}
#: 'second-generation TPUs' and 'Tensor Processing Units' are TPU v2 and TPUs.
_SPELLED_OUT = re.compile(r"\btensor processing unit(s?)\b", re.IGNORECASE)
_GENERATIONS = {word: number for number, words in enumerate((
    ("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th"), ("sixth", "6th"),
    ("seventh", "7th")), 1) for word in words}
_GENERATION = re.compile(rf"\b({'|'.join(_GENERATIONS)})[ -]gen(?:eration)?\.? ((?:google )?(?:cloud )?tpu)s?\b"
                         r"(?! v\d)", re.IGNORECASE)
_SOFT = " -_.()[]'\"\t\n\xa0"


@dataclass(frozen=True, slots=True)
class Atoms:
    """Letters and digits in turn, lower case, each with what stood before it."""

    words: list[str]
    gaps: list[str]
    written: list[str]
    #: All words joined; a bar keeps two numbers apart that had something between them.
    squeezed: str
    starts: list[int]
    ends: list[int]
    #: The atoms that no name reaches from in front of them, and the end.
    walls: list[int]

    def text(self, first: int, last: int) -> str:
        """The atoms `first` to `last`, that one included, as they are written."""
        between = (f"{gap}{atom}" for gap, atom in zip(self.gaps[first + 1:last + 1], self.written[first + 1:last + 1],
                                                       strict=True))
        return self.written[first] + "".join(between)

    def glued(self, at: int) -> bool:
        """Whether nothing stands between an atom and the one before it."""
        return 0 < at < len(self.gaps) and not self.gaps[at]


def cut(text: str) -> Atoms:
    """The atoms of a text."""
    pairs: list[tuple[str, str]] = _ATOM.findall(_plain(text))
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[str] = []
    walls: list[int] = []
    length, digits = 0, False
    for gap, atom in pairs:
        was_digits, digits = digits, atom.isdigit()
        if digits:
            if was_digits:
                pieces.append("|")
                length += 1
            word = atom
        else:
            word = atom.lower()
            if word in _SINGULAR:
                word = _SINGULAR[word]
        if gap and gap != " " and gap != "-" and gap.strip(_SOFT):
            walls.append(len(words))
        words.append(word)
        pieces.append(word)
        starts.append(length)
        length += len(word)
        ends.append(length)
    walls.append(len(words))
    return Atoms(words, [gap for gap, _ in pairs], [atom for _, atom in pairs], "".join(pieces), starts, ends, walls)


def _plain(text: str) -> str:
    """The text with one kind of space, hyphen and multiplication sign, and no commas within numbers."""
    if not text.isascii() or "*" in text or "`" in text:
        text = unicodedata.normalize("NFKC", text.translate(_FOLDED)).translate(_FOLDED)
    text = " ".join(text.split())
    if "," in text:
        text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    text = _spelled(text)
    if "x" in text or "X" in text:
        text = _COUNTED.sub(r"\1 x ", text)
    return text


def _spelled(text: str) -> str:
    """The text with numbers such as 'thirty-two' in digits, and TPUs that are spelled out by their short names."""
    lower = text.lower()
    if "ty" in lower or "hundred" in lower:
        text = compounds_in_digits(text)
    if "tensor p" in lower:
        text = _SPELLED_OUT.sub(r"TPU\1", text)
    if " tpu" in text.lower() and "gen" in lower:
        text = _GENERATION.sub(lambda match: f"{match[2]} v{_GENERATIONS[match[1].lower()]}", text)
    return text


def squeeze(text: str) -> str:
    """A name as it stands in the index: no case, no spaces, no hyphens."""
    return cut(text).squeezed
