"""Whether every name means one thing: chips, families and systems, their aliases, parts and members."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from computeest.hardware.lint.facts import Check, Chip, shown
from computeest.hardware.lint.shapes import Spot, nearest_of

#: Words in front of a name that never tell two chips apart.
VENDOR_WORDS = frozenset((
    "nvidia", "tesla", "geforce", "google", "aws", "amazon", "amd", "radeon", "instinct", "intel", "habana", "huawei",
    "apple", "cerebras", "graphcore", "groq", "sambanova", "microsoft", "meta", "biren", "moore", "threads", "metax",
    "iluvatar", "baidu", "cambricon", "alibaba", "hygon", "sunway", "nudt", "pezy",
))
PARTS = frozenset(("core", "die", "gpu", "gcd", "tile", "stack", "neuroncore"))
_DASHES = re.compile("[\u2010-\u2015\u2212]")
PEAK_TOLERANCE = 0.06


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


def compact(name: str) -> str:
    """The name without what readers ignore: case, spaces, hyphens, vendor words."""
    words = re.findall(r"[a-z0-9.+]+", re.sub(r"[_/()-]", " ", name.lower()))
    while len(words) > 1 and words[0] in VENDOR_WORDS:
        words = words[1:]
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


def others(chip: Chip, chips: Mapping[str, Chip]) -> Check:
    """The chips that a bare name leaves open exist."""
    doubt = chip.data.get("ambiguous")
    left_open = doubt.get("others") if isinstance(doubt, dict) else None
    for other in left_open if isinstance(left_open, list) else ():
        if other not in chips:
            yield chip.at("ambiguous.others").error("member", f"'{other}' is no chip" + nearest_of(str(other), chips))


def family(entry: Mapping[str, object], spot: Spot, chips: Mapping[str, Chip]) -> Check:
    """Members exist, defaults are members, days are days, and what is called the same is."""
    given = entry.get("members")
    members = [str(member) for member in given] if isinstance(given, list) else []
    for member in members:
        if member not in chips:
            yield spot.error("member", f"'{member}' is no chip" + nearest_of(member, chips))
    for key, day, default in _defaults(entry):
        if default not in members:
            yield spot.error("member", f"the {key} '{default}' is not among the members")
        if day and not _is_day(day):
            yield spot.error("date", f"'{day}' is no day such as \"2020-05-14\"")
    if entry.get("same-for-all"):
        yield from _same(spot, [chips[member] for member in members if member in chips])


def system(entry: Mapping[str, object], spot: Spot, chips: Mapping[str, Chip], peaks: Mapping[str, float]) -> Check:
    """The chip exists, and chips x its peak is what the vendor says of the system."""
    chip = chips.get(str(entry.get("chip")))
    if chip is None:
        yield spot.error("member", f"'{entry.get('chip')}' is no chip" + nearest_of(str(entry.get("chip")), chips))
        return
    number = entry.get("chips")
    for name, published in peaks.items():
        peak = chip.peak.get(name)
        if peak is None or not isinstance(number, int | float):
            continue
        total = number * peak.number
        if abs(total / published - 1) > PEAK_TOLERANCE:
            yield spot.error("system-peak", f"{shown(number)} x {shown(peak.number)} TFLOP/s are {shown(total)}, "
                                            f"but {shown(published)} are published for {name}")


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return len(text) == len("2020-05-14") and bool(date.fromisoformat(text))
    return False


def _defaults(entry: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    yield "default", "", str(entry.get("default"))
    for key in ("default-before", "default-from"):
        days = entry.get(key)
        if isinstance(days, dict):
            for day, default in days.items():
                yield key, str(day), str(default)


def _same(spot: Spot, members: list[Chip]) -> Check:
    for chip in members[1:]:
        for name, peak in chip.peak.items():
            first = members[0].peak.get(name)
            if first is not None and abs(peak.number / first.number - 1) > 0.01:
                yield spot.error("same-for-all", f"{chip.id} has {shown(peak.number)} in {name}, "
                                                 f"{members[0].id} {shown(first.number)}")


def _wrong_case(text: str) -> str:
    match = re.search(r"\b(pcie|sxm\d?)\b", text, re.IGNORECASE)
    return match[0] if match and match[0] != _right_case(match[0]) else ""


def _right_case(word: str) -> str:
    return "PCIe" if word.lower() == "pcie" else word.upper()
