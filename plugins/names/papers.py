"""Names that papers tell apart by case, or by the sizes that they print."""

from __future__ import annotations

from typing import Any

from computeest.contract import Alias, hookimpl

NAMES: dict[str, tuple[str, dict[str, Any]]] = {
    # Zhai et al. 2022, arXiv:2106.04560, Table 2
    "ViT-g/14": ("vit-giant/14", {}),
    "ViT-G/14": ("vit-gigantic/14", {}),
    "CLIP ViT-g/14": ("clip-vit-giant/14", {}),
    # Ilharco et al. 2021, model names of mlfoundations/open_clip
    "CLIP ViT-bigG/14": ("clip-vit-bigg/14", {}),
    # Brown et al. 2020, arXiv:2005.14165, Table 2.1
    "GPT-3 125M": ("gpt3-small", {}),
    "GPT-3 350M": ("gpt3-medium", {}),
    "GPT-3 760M": ("gpt3-large", {}),
    "GPT-3 1.3B": ("gpt3-xl", {}),
    "GPT-3": ("gpt3-175b", {}),
}


@hookimpl
def computeest_aliases() -> list[Alias]:
    """The names of papers."""
    return [Alias(name, member, "papers", differs) for name, (member, differs) in NAMES.items()]
