"""Every name that means a chip, a family of chips or a machine, squeezed, with what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from computeest.hardware.find.lex import cut, squeeze
from computeest.hardware.find.spelling import plain
from computeest.hardware.find.vocabulary import BRANDS, GENERATION, WORDS

# What a name can mean.
FAMILY: Final = "family"
CHIP: Final = "chip"
SYSTEM: Final = "system"
#: A chip's name without its memory size and form factor, which several chips may share.
BASE: Final = "base"
#: A series of machines that differ in how many of a chip they hold: `gn7i`.
SERIES: Final = "series"
#: The start of a slice's name, `v3` of `v3-128`: nothing without its number.
SLICE: Final = "slice"

#: What each squeezed name means: kind and id.
Index = dict[str, list[tuple[str, str]]]


class Names(dict[str, Any]):
    """An index as `compact` writes it, and as it is read: for each name kind and id of everything that it means."""

    def __getitem__(self, name: str) -> list[list[str]]:
        words = super().__getitem__(name).split(" ")
        return [words[at:at + 2] for at in range(0, len(words), 2)]


_MEMORY = re.compile(r"\b\d+(?:\.\d+)? ?G(?:i?B)?\b", re.IGNORECASE)
_FORM = re.compile(r"\b(?:SXM\d?|PCI-?e|PCle|NVL|OAM)\b", re.IGNORECASE)
#: Words in front of a name that papers leave out.
_OPTIONAL: Final = frozenset(BRANDS) - {"apple"} - {"epyc"} | frozenset(
    ("cloud", "standard", "moore", "threads", "mthreads", "mtt", "colossus", "t", "head", "core", "grid", "dojo"))
#: What Apple calls its chips: without its brand, a Tesla M4 would be taken for one.
_APPLES_NUMBERS = re.compile(r"m\d")
#: Words that tell apart products of one number.
_PRODUCT_LINES: Final = frozenset(("quadro", "gtx", "rtx"))
_BARE: Final = frozenset(("titan", "generation", "custom", "ultra", "data", "platinum", "trainium"))


def index(chips: Mapping[str, Mapping[str, Any]], families: Mapping[str, Mapping[str, Any]],
          systems: Mapping[str, Mapping[str, Any]]) -> Index:
    """Every way to write each chip, family and system, with what it means."""
    found: Index = {}
    for chip_id, chip in chips.items():
        _add_chip(found, chip_id, chip)
    _add_families(found, families)
    for chip in chips.values():
        _share_family(found, chip["name"])
        _share_family(found, base(chip["name"]))
    for system_id, system in systems.items():
        for name in (system_id, system["name"], *system.get("aliases", ())):
            for written in _machine_names(name):
                _add(found, written, SYSTEM, system_id)
        for name in system.get("series", ()):
            _add(found, squeeze(name), SERIES, system_id)  # with its vendor: 'P3' alone is many things
    return found


def _add_families(found: Index, families: Mapping[str, Mapping[str, Any]]) -> None:
    for family_id, family in families.items():
        for name in (family_id, *family.get("aliases", ())):
            for written in variants(name):
                _add(found, written, FAMILY, family_id)


def _machine_names(name: str) -> Iterable[str]:
    """A machine's name, without what stands in parentheses, and turned around: 'H100 DGX'.

    A 'Cloud TPU v3' is a board of four chips; without its Cloud it is a chip.
    """
    if name.lower().startswith("cloud"):
        yield squeeze(name)
        return
    yield from variants(name)
    yield squeeze(re.sub(r"\([^)]*\)", "", name))
    if turned := re.fullmatch(r"(?:NVIDIA )?([DH]GX)[ -]([A-Z]+\d+)", name):
        yield squeeze(f"{turned[2]} {turned[1]}")


def compact(found: Index) -> dict[str, str]:
    """An index with a text for each name: it is read in half the time, at each start."""
    return {name: " ".join(word for meaning in meanings for word in meaning) for name, meanings in found.items()}


def heads(found: Index) -> dict[str, int]:
    """The longest name by the first three letters of all names: what starts otherwise, or with one of two, is none."""
    return {name[:3]: len(name) for name in sorted(found, key=len)}


def numbers(found: Index) -> list[str]:
    """The numbers in names, which are no count where they stand alone."""
    return sorted({number for name in found for number in re.findall(r"\d{2,}", name)})


def variants(name: str) -> list[str]:
    """The name squeezed, and again without each of the vendor and product words in front."""
    atoms = cut(plain(name))
    words = atoms.words
    found = [atoms.squeezed]
    if words[0] == "apple" and len(words) > 3:
        found.append(atoms.squeezed[atoms.starts[1]:])
    for first in range(1, len(words)):
        if words[first - 1] not in _OPTIONAL:
            break
        if _distinct(words[first:]):
            found.append(atoms.squeezed[atoms.starts[first]:])
    return found


def base(name: str) -> str:
    """A chip's name without memory size and form factor: 'NVIDIA A100' of 'NVIDIA A100 SXM4 80GB'."""
    return " ".join(_FORM.sub(" ", _MEMORY.sub(" ", re.sub(r"[-_]", " ", name))).split())


def siblings(found: Index) -> dict[str, list[str]]:
    """The chips that share each chip's name apart from memory size and form factor, that chip included."""
    together: dict[str, list[str]] = {}
    for meanings in found.values():
        group = [ref for kind, ref in meanings if kind in (CHIP, BASE)]
        for chip_id in group:
            if len(group) > len(together.get(chip_id, ())):
                together[chip_id] = group
    return together


def _add_chip(found: Index, chip_id: str, chip: Mapping[str, Any]) -> None:
    for name in (chip_id, chip["name"], *chip.get("aliases", ())):
        for written in variants(name):
            _add(found, written, CHIP, chip_id)
        shorter = base(name)
        if shorter != name:
            for written in variants(shorter):
                _add(found, written, BASE, chip_id)
        for written in _generation_first(name):
            _add(found, written, CHIP, chip_id)
    for prefix in _slice_prefixes(chip.get("slices")):
        _add(found, squeeze(prefix), SLICE, chip_id)
        _add(found, squeeze(f"tpu {prefix}"), CHIP, chip_id)


def _add(found: Index, written: str, kind: str, ref: str) -> None:
    meanings = found.setdefault(written, [])
    if (kind, ref) in meanings or (kind == BASE and (CHIP, ref) in meanings):
        return
    if kind == CHIP and (BASE, ref) in meanings:
        meanings.remove((BASE, ref))
    meanings.append((kind, ref))


def _share_family(found: Index, name: str) -> None:
    """Make 'Tesla P100' the family that 'P100' is; 'Quadro RTX 6000' says more than 'RTX 6000'."""
    atoms = cut(plain(name))
    words, longer = atoms.words, []
    while len(words) > 1 and words[0] in _OPTIONAL and words[0] not in _PRODUCT_LINES:
        longer.append(atoms.squeezed[atoms.starts[-len(words)]:])
        words = words[1:]
        for meaning in found.get(atoms.squeezed[atoms.starts[-len(words)]:], ()):
            if meaning[0] == FAMILY:
                for written in longer:
                    _add(found, written, *meaning)
                return


def _generation_first(name: str) -> Iterable[str]:
    """'v3 TPU' for 'TPU v3'."""
    match = re.search(r"\bTPU ?(v\d+[a-z]?)$", name)
    return (squeeze(f"{match[1]} TPU"),) if match else ()


def _slice_prefixes(slices: Mapping[str, Any] | None) -> list[str]:
    if slices is None:
        return []
    return [pattern.split("-{n}")[0] for pattern in (slices["pattern"], *slices.get("also", ()))]


def _distinct(words: list[str]) -> bool:
    """Whether a name is left that means nothing else: letters and digits, or letters long enough."""
    joined = "".join(words)
    if joined.isdigit() or _APPLES_NUMBERS.fullmatch(joined):
        return False
    if joined.isalpha():
        kind = WORDS.get(joined, ("", ""))[0]
        return (len(words) > 1 or (len(joined) >= 5 and joined not in _BARE)) and kind in ("", GENERATION)
    return len(joined) > 1 and not (words[0] == "v" and len(words) == 2)
