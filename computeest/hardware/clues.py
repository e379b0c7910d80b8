"""What a text says about a chip besides its name, and which chips it fits."""

from __future__ import annotations

from dataclasses import dataclass

from computeest.hardware.chip import Chip
from computeest.hardware.words import MODIFIER, WORDS


@dataclass(frozen=True, slots=True)
class Clues:
    """What a text says about a chip besides its name."""

    sizes: tuple[float, ...] = ()
    forms: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    generations: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the text narrows the choice at all."""
        return bool(self.sizes or self.forms or self.memories or self.generations)


def form_fitting(chips: list[Chip], forms: tuple[str, ...]) -> list[str]:
    """The chips that come in these form factors; a wrong version of the right one does no harm."""
    if not forms:
        return [chip.id for chip in chips]
    exact = [chip.id for chip in chips if all(_fits(chip, form) for form in forms)]
    if exact:
        return exact
    loose = tuple(form.rstrip("23456") for form in forms)
    found = [chip.id for chip in chips if all(_fits(chip, form) for form in loose)]
    if found or "pcie" not in loose:
        return found
    return [chip.id for chip in chips if chip.form_factor == "NVL"]


def _fits(chip: Chip, form: str) -> bool:
    own = chip.form_factor.lower()
    if not own:
        return form in ("pcie", "oam") or (form.startswith("sxm") and chip.memory_type.startswith("HBM"))
    if own == "dgxs" and form == "sxm":
        return False
    return own == form or (own.rstrip("23456") == form) or (own == "sxm" and form.startswith("sxm"))


def is_of(chip: Chip, generation: str) -> bool:
    """Whether a chip is of an architecture, as papers call it."""
    return generation in f"{chip.architecture_name} {chip.name}".lower().replace(",", " ").split()


def modified(name: str) -> bool:
    """Whether a name has a word that makes it another product: SFF, Ti."""
    return any(WORDS.get(word, ("",))[0] == MODIFIER for word in name.lower().split())


def has_memory_type(chip: Chip, memories: tuple[str, ...]) -> bool:
    """Whether a chip has the memory that a text names."""
    return all(chip.memory_type.lower() == memory for memory in memories)
