"""Which models a document is about, and which other models a sentence names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from computeest.documents import candidates, cues, tables
from computeest.documents.document import Document, Passage

_PARTS = cues.data("patterns.yaml")["names"]
_WORD, _SIZE = str(_PARTS["word"]), str(_PARTS["size"])
_SOFTWARE = re.compile(_PARTS["software"])
_CALLED = re.compile(_PARTS["called"])
_INTRODUCED, _TITLED = re.compile(_PARTS["introduced"]), re.compile(_PARTS["titled"])
_PARTS_AROUND = cues.parts("around")
#: A name that no title has is used so often at least; a heading that is a name is no longer.
_USED, _HEADING = 5, 40
#: A variant that is named as often is one of the document's models; of more than so many the rest are left out.
_OFTEN, _MOST_SIBLINGS = 3, 4
#: Of the sizes that a table alone names, so many of the largest are its models.
_MOST_TABLED = 3
#: Names that begin with as many letters alike are of one family; as many of them in a title are a list.
_ALIKE, _LISTED = 4, 3
#: What makes a name one of software, a data set or hardware stands so near behind it.
_NEXT = 60
#: A row that is named after the family has a name no longer than its own and these letters behind.
_SUFFIX = 12
#: Behind a model's name, what makes no other model of it.
_SAME = frozenset(("base", "pt", "pretrain", "pretrained"))
#: The largest of several networks is so much larger than the next; 144M and 145M are two of a size.
_LARGER = 1.2
#: What a model's name has and other words with a capital have not.
_LOOKS = re.compile(_PARTS["looks"])
_MODEL_LIKE, _CARD = re.compile(_PARTS["model_like"]), re.compile(_PARTS["card"], re.IGNORECASE)
_SIZED_ONLY = re.compile(_PARTS["sized_only"])
_COMMON = frozenset(cues.text("no_family").split())
_NO_VARIANT = frozenset(cues.text("no_variant").split())
#: 'The 175B' names no model by a word, and 'Our 7B' none either.
_COMMON_FIRST = re.compile(r"(?:The|Our|This|These|Its?|An?|All|Both|We|In|Of|On|With|For)\s?\d")
_NO_MODEL = re.compile(cues.text("no_model"))
_KNOWN = re.compile(cues.text("known"))


@dataclass(frozen=True, slots=True)
class Names:
    """The document's own models."""

    #: The name without a size, and every spelling of a model of that name with its mentions.
    family: str
    variants: tuple[tuple[str, int], ...]
    main: str

    def own(self, text: str) -> bool:
        """Whether a text names one of the document's models."""
        return bool(self.family) and _names(self.family, text)

    def mine(self, text: str) -> list[re.Match[str]]:
        """Where a text names one of the document's models."""
        return list(_whole(self.family).finditer(text)) if self.family else []

    def varied(self, text: str, suffix: str) -> bool:
        """Whether a text names a model that was made of the document's, or beside it: 'Heron-3B-Chat', 'Heron-Lite'."""
        if not self.family or self.family not in text:
            return False
        pattern = re.compile(rf"{re.escape(self.family)}[\w.-]*?{suffix}")
        return pattern.search(text) is not None and pattern.search(self.main) is None

    def others(self, text: str) -> list[re.Match[str]]:
        """Where a text names models that are not the document's."""
        return [match for match in _named_in(text) if not self.own(match[0])
                and not (self.family and match[0].lower() in self.family.lower())]

    def sizes(self, text: str) -> list[str]:
        """The sizes or variants of the family that a text names, folded."""
        return list(_sizes(self.family, self.variants, text))

    def its(self, said: str) -> bool:
        """Whether the main model's name has a size, folded: '3B' is none of '13B', '5B' of '1.5B'."""
        return _has(self.main, said)

    def sized(self, text: str) -> list[tuple[int, int, str]]:
        """Where a text names them, the family's name before them included, and what, folded."""
        return [(_with_family(self.family, text, match.start()), match.end(), folded(match[0]))
                for match in _sized(self.family, self.variants).finditer(text)]


@lru_cache(maxsize=256)
def _named_in(text: str) -> tuple[re.Match[str], ...]:
    """What looks like a model's name in a text: looked for once for all the numbers of a sentence."""
    return tuple(match for match in (*_MODEL_LIKE.finditer(text), *_KNOWN.finditer(text))
                 if not _NO_MODEL.match(match[0]) and not _COMMON_FIRST.match(match[0])
                 and not _SOFTWARE.match(text, match.end(), match.end() + _NEXT))


@lru_cache(maxsize=512)
def _names(family: str, text: str) -> bool:
    """Whether a text names a model of the family: looked for once for all the numbers of a sentence."""
    return _whole(family).search(text) is not None


@lru_cache(maxsize=512)
def _sizes(family: str, variants: tuple[tuple[str, int], ...], text: str) -> tuple[str, ...]:
    return tuple(folded(match[0]) for match in _sized(family, variants).finditer(text))


@lru_cache(maxsize=1024)
def _has(name: str, said: str) -> bool:
    """Whether a name has a text that is folded, at whose first figure no other number ends."""
    number = re.match(r"[\d.]+", said)
    if number is None:
        return said in folded(name)
    behind = "".join(rf"[\s-]?{re.escape(letter)}" for letter in said[number.end():])
    return re.search(rf"(?<![\d.]){re.escape(number[0])}{behind}", name.lower()) is not None


def _with_family(family: str, text: str, begin: int) -> int:
    before = text[:begin].rstrip(" -(")
    return len(before) - len(family) if family and before.endswith(family) else begin


@lru_cache(maxsize=64)
def _sized(family: str, variants: tuple[tuple[str, int], ...]) -> re.Pattern[str]:
    """Sizes such as 7B that count no tokens, and the words that tell the variants apart: 'big models', 'Scout'."""
    suffixes = [suffix for name, times in variants if times > 1
                and not _in_family(suffix := name[len(family):].strip(" -()"), family)]
    words = [word for word in suffixes if re.fullmatch(r"[A-Za-z]{2,}", word)]
    beside = r"(?=\)|\s+(?:model|config|variant))"
    begins = rf"(?:\b|(?<={re.escape(family)}))" if family else r"\b"
    named = "|".join(rf"{begins}{re.escape(word)}\b" + (beside if word.islower() else "") for word in words)
    return re.compile(_PARTS["sized"] + (f"|{named}" if named else ""))


def _in_family(suffix: str, family: str) -> bool:
    """Whether what stands behind a family's name is a word of it, said again: 'Yuan 2.0 Yuan'."""
    return suffix.lower() in family.lower().split()


@lru_cache(maxsize=64)
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?:(?-i:{_SIZE})|(?![a-z]))", re.IGNORECASE)



def folded(name: str) -> str:
    """A name by its letters and figures alone."""
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def find(document: Document) -> Names:
    """The models that the document is about."""
    passages = document.passages
    cells = (cell.text for table in document.tables for row in table.rows for cell in (*row[:1], *row[1:][:8]))
    text = "\n".join((*(passage.plain for passage in passages), *cells))[:800_000]
    family = _family(document, passages, text)
    if not family:
        size = Counter(" ".join(match.split()) for match in _SIZED_ONLY.findall(text)).most_common(1)
        return Names("", tuple(size), size[0][0] if size else "")
    variant = (rf"(?<![\w-]){re.escape(family)}(?:(?:[- ]?{_SIZE}){{1,2}}|\s?\((?:base|big|large|small)(?: model)?\)"
               r"|\s[A-Z][a-z]{3,})(?!\w|\.\d)")
    spelled = Counter(" ".join(match.split()).replace(" model)", ")") for match in re.findall(variant, text)
                      if match.split()[-1].lower() not in _NO_VARIANT and not re.search(r" \d+\.\d+$", match))
    # a row of a table of its own says as much as being named often
    spelled.update(name for name in {" ".join(row[0].text.split()).replace(" model)", ")") for table in document.tables
                                     for row in table.rows[table.headers:]} for _ in range(_OFTEN) if name in spelled)
    variants = tuple(spelled.most_common(30))
    main = _first_titled(document, passages, [name for name, times in variants if times > 1]) or _main(family, variants)
    if main == family and (sizes := _tabled(document, family)):
        main = sizes[0]
        variants = (*variants, *((name, _OFTEN) for name in sizes[:_MOST_TABLED]))
    named = Names(family, variants, main)
    # beside other sizes a card's title says which of them it is of, be it named no more often
    return Names(family, variants, titled(document, named)) if len(variants) > 1 else named


def _first_titled(document: Document, passages: Sequence[Passage], variants: Sequence[str]) -> str:
    """The first of several variants that a title lists; nothing where it lists none."""
    title = _title(document, passages[:3])
    listed = sorted((at, name) for name in variants
                    if re.search(r"[A-Za-z]$", name) and (at := title.find(name)) >= 0)
    return listed[0][1] if len(listed) >= _LISTED else ""


def _tabled(document: Document, family: str) -> list[str]:
    """What the networks in a table of parameters are called, by names or by sizes such as 'large', the largest first.

    Nothing where the largest of all tables is not called by either.
    """
    found: list[list[tuple[float, str]]] = []
    for table in document.tables:
        rows = [(candidates.value(one.column, one.text), one.label) for one in tables.facts(table)
                if one.column == "parameters"]
        read = [(value[2], label) for value, label in rows if value]
        read.sort(reverse=True)
        found += [read] if len(read) > 1 and read[0][0] > _LARGER * read[1][0] else []
    called = [_called(label, family) for _, label in max(found, default=[])]
    return list(dict.fromkeys(filter(None, called))) if called and called[0] else []


def _called(label: str, family: str) -> str:
    """The name that a row's label gives a model of the family; nothing where it gives none."""
    label = label.strip(" *†‡")
    if folded(label).startswith(folded(family)) and len(label) < 3 * len(family) + _SUFFIX:
        return label
    return f"{family} {label}" if re.fullmatch(_SIZE, label, re.IGNORECASE) else ""


def _title(document: Document, passages: Sequence[Passage]) -> str:
    return "\n".join((document.fields.get("title", ""), *(passage.plain for passage in passages)))


def _first_heading(passages: Sequence[Passage]) -> str:
    return next((" ".join(p.plain.replace("#", " ").split()) for p in passages[:6] if p.kind == "heading"), "")


def _headed(passages: tuple[Passage, ...]) -> str:
    """The name in the title of a model card, or a title that is nothing but a name."""
    title = _first_heading(passages)
    if match := _CARD.match(title):
        return _bare(match["behind"] or match["before"])
    words = title.split()
    named = 0 < len(words) <= 3 and _LOOKS.search(title) and not any(word.lower() in _COMMON for word in words)
    return _bare(title) if named and passages[0].kind == "heading" else ""


def titled(document: Document, named: Names) -> str:
    """What the title of a card calls the main model: its name with the size behind it that tells it from others."""
    title = _first_heading(document.passages)
    sized = re.fullmatch(rf"{re.escape(named.family)}[- ]?{_SIZE}", title) if named.family else None
    return title if sized and named.main == named.family and document.counts == "line" else named.main


def _subject(passages: Sequence[Passage], text: str) -> str:
    """A first heading of one word that the text goes on to say something of: 'Heron' of 'Heron-3B has', 'Heron was'."""
    title = _first_heading(passages)
    if not re.fullmatch(r"[A-Z][a-z]+", title) or title.lower() in _COMMON or passages[0].kind != "heading":
        return ""
    said = r"[- ]?\d[\d.]*\s?[BMT]\b|\s+(?:is|was|has|had|uses|were|consists|contains|activates)\b"
    return title if re.search(rf"(?<![\w-]){title}(?:{said})", text) else ""


def _family(document: Document, passages: tuple[Passage, ...], text: str) -> str:
    """The name that the title or the first sentences give, and that the document goes on using."""
    if document.counts == "line" and (headed := _headed(passages) or _subject(passages, text)):
        return headed
    head = [passage.plain for passage in passages[:25]]
    title = _title(document, (*passages[:3], *(p for p in passages[:12] if p.kind == "heading")))
    weights: Counter[str] = Counter()
    for match in _TITLED.finditer(title[:1500]):
        if (match["after"] or _LOOKS.search(match["name"])) and _may_name(_bare(match["name"]), text):
            weights[_bare(match["name"])] += 3 if weights else 6
    for line in head:
        for match in _INTRODUCED.finditer(line):
            weights[_bare(match["name"])] += 6
    for word in list(weights):
        if not _may_name(word, text):
            del weights[word]
    counts = {word: _times(word, text) for word in weights}
    rated = {word: weight * counts[word] ** 0.5 * (1.5 if re.search(r"\d|[a-z][A-Z]|[A-Z]{2}|-", word) else 1.0)
             for word, weight in weights.items() if counts[word] >= 2}
    best = max(rated, key=lambda word: (rated[word], word), default="") or _introduced(document, passages, text)
    return _shared(best, [word for word in rated if word in title])


def _introduced(document: Document, passages: Sequence[Passage], text: str) -> str:
    """The name that a section is headed by, or that a later sentence gives the model, and that is used often."""
    found: set[str] = set()
    for passage in passages:
        if passage.kind == "heading" and document.counts == "line" and len(passage.plain) < _HEADING:
            found.update(_bare(title) for title in (" ".join(passage.plain.replace("#", " ").split()),)
                         if re.fullmatch(_WORD, title))
        found.update(_bare(match["name"]) for match in _CALLED.finditer(passage.plain))
    counts = {word: _times(word, text) for word in found
              if _LOOKS.search(word) and _may_name(word, text)}
    often = [word for word in counts if counts[word] >= _USED]
    return max(often, key=lambda word: (counts[word], word), default="")


def _shared(best: str, titled: Sequence[str]) -> str:
    """What several models that a title lists begin with: 'ruGPT3' of 'ruGPT3XL, ruGPT3Large and ruGPT3Small'."""
    bases = Counter(re.sub(rf"(?:[- ]?{_SIZE})$", "", word) for word in titled
                    if best and word[:_ALIKE] == best[:_ALIKE])
    base, times = bases.most_common(1)[0] if bases else (best, 0)
    return base if times >= _LISTED else best


def _may_name(word: str, text: str) -> bool:
    """Whether a word may be a model's name in a text: no common word, no address, no unit."""
    parts = re.split(r"[\s-]", word.lower())
    compound = re.fullmatch(r"[A-Z]\w*-[A-Z]\w*(?: \d[\d.]*)?", word)  # 'Open-Sora' is none of its first word
    common = all(part in _COMMON for part in parts) or (parts[0] in _COMMON and not compound)
    address = re.search(r"^[\d.]+$|\.(?:com|edu|org|ai)", word.lower())
    return len(word) > 1 and not common and not address and not _NO_MODEL.match(word) and not _is_word(word, text)


def _is_word(word: str, text: str) -> bool:
    """Whether a text has what looks like a name as a plain word as often: 'MACHINE' of a title in capitals."""
    if not re.fullmatch(r"[A-Z]+|[A-Z][a-z]+(?:-[A-Z][a-z]+)*", word):
        return False
    named, said = (_times(one, text, r"[\w/.-]", end) for one, end in ((word, r"\w"), (word.lower(), r"[\w/-]")))
    return said >= named


@lru_cache(maxsize=512)
def _times(word: str, text: str, before: str = r"[\w-]", behind: str = "[a-z]") -> int:
    """How often a word stands in a text without some signs before and behind it.

    The word is looked for first: an expression that begins with what is not before it tries every place of a text.
    """
    return len(re.findall(rf"{re.escape(word)}(?!{behind})(?<!{before}{re.escape(word)})", text))


def _bare(name: str) -> str:
    """A name without a size behind it."""
    return re.sub(r"[-\s]?\d+(?:\.\d+)?[BMT](?:-A\d+(?:\.\d+)?[BMT])?$|[.,:;-]+$|-(?:Base|Large|Small)$", "",
                  name.strip())


def _main(family: str, variants: tuple[tuple[str, int], ...]) -> str:
    """The variant most often named; the larger of two that are named as often."""
    if not variants:
        return family
    named = [(name, times) for name, times in variants if len(re.findall(r"(?<!-A)\b\d[\d.]*[BMT]\b", name)) < 2
             and times >= (2 if re.search(r"\d|\(|[A-Z]{2}$", name[len(family):]) else 3)]
    best = max(named, key=lambda item: (item[1], size(item[0])))[0] if named else family
    sized = [(name, times) for name, times in named if size(name) and _versioned(best) in _versioned(name)]
    return max(sized, key=lambda item: (item[1], size(item[0])))[0] if sized and not size(best) else best


def _versioned(name: str) -> str:
    """A name with its version alike however it is written: 'X-1.5' and 'X-v1.5-13B'."""
    return re.sub(r"v(?=\d)", "", folded(name))


def siblings(named: Names) -> list[str]:
    """The other sizes and variants of the main model that the document names often, each once."""
    found: dict[str, str] = {folded(named.main): named.main}
    for name, times in named.variants:
        suffix = name[len(named.family):].strip(" -()")
        common = suffix.split()[:1] and suffix.split()[0].lower() in _NO_VARIANT
        behind = folded(name).removeprefix(folded(named.main))
        tuned = re.search(_PARTS_AROUND["tuned"], name) or behind in _SAME
        noted = re.search(r"[BMT] \d$", name)  # with the number of a footnote or a page behind
        if noted or common or tuned or _in_family(suffix, named.family):
            continue
        if times >= _OFTEN and len(suffix) > 1 and (size(name) or suffix[0].isalpha()):
            found.setdefault(folded(name), name)
    return list(found.values())[1:][:_MOST_SIBLINGS]


def size(name: str) -> float:
    """The number of parameters in a model's name; 0 without one."""
    match = re.search(r"(?<![\d.x×])(\d+(?:\.\d+)?)\s?([BMT])\b", name)  # '8x7B' is neither 7B nor 56B
    return float(match[1]) * {"M": 1e6, "B": 1e9, "T": 1e12}[match[2]] if match else 0.0


#: How far a name's number of parameters and the true one are apart, at least; a figure alone is rounded: '3B' is 3.2e9.
_ROUNDED = 0.08


def rounding(name: str) -> float:
    """How far the number of parameters may be from the one in a model's name."""
    match = re.search(r"(\d+(?:\.\d+)?)\s?([BMT])\b", name)
    last = 10.0 ** -len(match[1].partition(".")[2]) if match else 0.0
    return max(_ROUNDED * size(name), 0.5 * last * size(name) / float(match[1])) if match and float(match[1]) else 0.0
