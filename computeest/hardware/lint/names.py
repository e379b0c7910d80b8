"""Whether every name means one thing, and none means anything: chips, families and systems, their aliases and parts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from computeest.hardware.find.vocabulary import (
    ARTICLE,
    BREAKS,
    CLOUD,
    EACH,
    FORM,
    FORMAT,
    HARMLESS,
    HOLDER,
    HOLDS,
    LABEL,
    LIST,
    MEMORY,
    NUMBER,
    OTHER,
    PART,
    PER,
    SOME,
    TIMES,
    TOTAL,
    UNIT,
    WORDS,
)
from computeest.hardware.lint.facts import Check, Chip, shown
from computeest.hardware.lint.shapes import Spot, nearest_of

#: Words in front of a name that never tell two chips apart.
VENDOR_WORDS = frozenset((
    "nvidia", "tesla", "geforce", "google", "aws", "amazon", "amd", "radeon", "instinct", "intel", "habana", "huawei",
    "apple", "cerebras", "graphcore", "groq", "sambanova", "microsoft", "meta", "biren", "moore", "threads", "metax",
    "iluvatar", "baidu", "cambricon", "alibaba", "hygon", "sunway", "nudt", "pezy",
))
PARTS = frozenset(("core", "die", "gpu", "gcd", "tile", "stack", "neuroncore"))
#: Parts of which a chip has as many as dies.
DIES = frozenset(("die", "gpu", "gcd", "tile", "stack"))
#: Words of the sentences that chips are named in, beside those that the reader of names knows.
EVERYDAY = frozenset(word for line in (
    "the this that all any our we used use trained training train model models machine learning deep neural network",
    "networks data dataset large small big base tiny fast standard default new old high low memory compute computing",
    "center centre hardware software graphics graphic processing unit units science research university laboratory",
    "lab local private public internal performance power speed precision mixed full none no other unknown internet",
    "web edge embedded desktop home office enterprise professional consumer gaming ultimate extreme special custom",
) for word in line.split())
#: Kinds of words that are no part of a name, whatever stands beside them; product lines and their variants may be.
_COMMON = (UNIT, HOLDER, FORM, MEMORY, CLOUD, NUMBER, ARTICLE, TIMES, EACH, PER, LIST, OTHER, LABEL, SOME, TOTAL,
           FORMAT, PART, HARMLESS)
#: Only one vendor's things are called that, though the reader counts them.
OWN_WORDS = frozenset(("ipu", "dgx", "hgx", "lpu"))
_DASHES = re.compile("[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that people can type, in one of its spellings."""

    owner: str
    #: chip, family or system.
    kind: str
    spelling: str
    spot: Spot
    #: A system's days; names may repeat where these do not overlap.
    since: str = ""
    until: str = "9999"
    #: Owners whose name it has on purpose, and wins.
    over: frozenset[str] = frozenset()
    #: Whether it stands beside the id and the full name.
    alias: bool = False


def compact(name: str) -> str:
    """The name without what readers ignore: case, spaces, hyphens, vendor words."""
    words = re.findall(r"[a-z0-9.+]+", re.sub(r"[_/()-]", " ", name.lower()))
    while len(words) > 1 and words[0] in VENDOR_WORDS and not (words[0] == "apple" and len(words) == 2):
        words = words[1:]  # an 'Apple M4' is called so, and an 'M4' is a Tesla
    return "".join(words)


def clashes(names: Iterable[Named]) -> Check:
    """One spelling, two owners."""
    taken: dict[str, list[Named]] = defaultdict(list)
    for named in names:
        key = compact(named.spelling)
        for other in taken[key]:
            if other.owner in (named.owner, *named.over) or named.owner in other.over:
                continue
            if named.until <= other.since or other.until <= named.since:
                continue
            code = "alias-family" if "family" in (named.kind, other.kind) else "alias-clash"
            yield named.spot.error(code, f"'{named.spelling}' is also a name of the {other.kind} {other.owner}")
            break
        taken[key].append(named)


def spellings(names: Iterable[Named]) -> Check:
    """Names that look mistyped or that would match more than themselves."""
    for named in names:
        text = named.spelling
        if text == named.owner:
            continue  # an id, lower case by rule
        if "PCle" in text or "PCLe" in text:
            yield named.spot.warning("name", f"'{text}': PCIe is written with a capital i")
        elif match := _wrong_case(text):
            yield named.spot.warning("name", f"'{text}': write '{_right_case(match)}'")
        if _DASHES.search(text):
            yield named.spot.warning("name", f"'{text}': has a dash that is no hyphen")
        if re.search(r"[*?\[\]|]|-$", text):
            yield named.spot.warning("alias-pattern", f"'{text}' looks like a pattern; names match whole words only")


def ordinary(names: Iterable[Named]) -> Check:
    """An alias that every other sentence about chips has in it, or a number that may count anything."""
    for named in names:
        words = re.findall(r"[a-z0-9.+]+", named.spelling.lower())
        alone = len(words) == 1 and words[0] in WORDS and words[0] not in OWN_WORDS
        if named.alias and (alone or (words and all(map(_ordinary, words)))):
            yield named.spot.error("alias-word", f"'{named.spelling}' is no name: papers use it for other things")


def _ordinary(word: str) -> bool:
    if word in OWN_WORDS:
        return False
    common = word in WORDS and WORDS[word][0] in _COMMON
    return common or len(word) < 2 or word in (BREAKS | HOLDS | EVERYDAY) or re.fullmatch(r"\d{1,3}", word) is not None


def redundant(chip: Chip) -> Check:
    """An alias that readers get from the name anyway."""
    own = {compact(chip.texts.get("name", "")): "the name"}
    for index, alias in enumerate(chip.aliases):
        key = compact(alias)
        if key in own:
            yield chip.at("aliases").warning(
                "alias-redundant", f"'{alias}' differs from {own[key]} only in what readers ignore")
        own.setdefault(key, f"'{chip.aliases[index]}'")


def parts(chip: Chip) -> Check:
    """A part is at most the chip, a multiple a whole number of chips."""
    for name, times in chip.units.items():
        if name in PARTS and times > 1:
            yield chip.at(f"units.{name}").error(
                "unit-multiple", f"is {shown(times)}, but a {name} is a part of a chip")
        elif times > 1 and times != int(times):
            yield chip.at(f"units.{name}").error("unit-multiple", f"is {shown(times)}, no whole number of chips")
    yield from _dies(chip)
    yield from _slices(chip)


def others(chip: Chip, chips: Mapping[str, Chip]) -> Check:
    """The chips that a bare name leaves open exist."""
    doubt = chip.data.get("ambiguous")
    left_open = doubt.get("others") if isinstance(doubt, dict) else None
    for other in left_open if isinstance(left_open, list) else ():
        if other not in chips:
            yield chip.at("ambiguous.others").error("member", f"'{other}' is no chip" + nearest_of(str(other), chips))


def _dies(chip: Chip) -> Check:
    """A chip of so many dies has parts of that share, and a chip of one die has none."""
    shares = [times for name, times in chip.units.items() if name in DIES]
    if shares and all(abs(times * chip.dies - 1) > 0.01 for times in shares):
        yield chip.at("dies").error("unit-multiple", f"is {chip.dies}, but its parts are {shown(shares[0])} of a chip")
    elif chip.dies > 1 and not shares:
        yield chip.at("dies").error("unit-multiple", f"is {chip.dies}, but `units` names no part of that share: "
                                                     f"one of {', '.join(sorted(DIES))}")


def _slices(chip: Chip) -> Check:
    """N of a slice's name counts cores or chips, and either says how many chips that is."""
    slices = chip.data.get("slices")
    if not isinstance(slices, dict):
        return
    counts, each = slices.get("n-counts"), slices.get("chips-per-n")
    expected = chip.units.get("core") if counts == "cores" else 1
    if isinstance(each, int | float) and expected is not None and each != expected:
        yield chip.at("slices.chips-per-n").error(
            "unit-multiple", f"is {shown(each)}, but N counts {counts} and one is {shown(expected)} of a chip")


def _wrong_case(text: str) -> str:
    match = re.search(r"\b(pcie|sxm\d?)\b", text, re.IGNORECASE)
    return match[0] if match and match[0] != _right_case(match[0]) else ""


def _right_case(word: str) -> str:
    return "PCIe" if word.lower() == "pcie" else word.upper()
