"""The sequence, diffusion, self-play and MLP families and their members, as the tests build them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from computeest.contract import Family, Network

MODULES = "decoder encoder encoder_decoder recurrent seq2seq gnmt mamba dit unet self_play mlp"
FOUND = [family for name in MODULES.split() for family in
         import_module(f"computeest_plugins.{name}").computeest_families()]  # fmt: skip
FAMILIES: dict[str, Family] = {family.name: family for family in FOUND}
VARIANTS = {name: (family, keys) for family in FOUND for name, keys in family.variants.items()}
STATED = {name: stated for family in FOUND for name, stated in family.published.items()}


def built(model: str, **overrides: Any) -> Network:
    """A member by its name, or the defaults of a family by its name, with some of its parameters replaced."""
    family, keys = VARIANTS[model] if model in VARIANTS else (FAMILIES[model], {})
    network = family.count(**{**keys, **overrides})
    assert isinstance(network, Network)
    return network
