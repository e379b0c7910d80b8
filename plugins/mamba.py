"""Mamba: language models of selective state-space layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive


@dataclass(frozen=True, slots=True)
class Mamba:
    """What `architecture:` may state of a Mamba."""

    layers: int
    width: int
    vocabulary: int = 50280
    sequence_length: int = 2048
    version: int = 1
    state: int | None = field(default=None, metadata={"means": "16 in version 1 and 128 in version 2, if not given"})
    expand: int = 2
    kernel: int = 4
    head_dim: int = 64
    groups: int = 1
    tied: bool = True
    bias: bool = False
    conv_bias: bool = True
    rank: int | None = None
    #: Channels within a layer, where they are not `expand` times the width.
    inner: int | None = None
    #: Whether words are scored.
    logits: bool = True


def mamba(p: Mamba) -> Network:
    """One sequence through a Mamba; the scan is element-wise and is shown apart from the matrix products."""
    if p.version not in (1, 2):
        raise ValueError(f"version: {p.version} is not defined; expected 1 or 2")
    if min(1 if given is None else given for given in (p.rank, p.inner)) < 1:
        raise ValueError(f"rank: {p.rank} or inner: {p.inner} is out of range; expected at least 1")
    require_positive(layers=p.layers, expand=p.expand, groups=p.groups, state=1 if p.state is None else p.state)
    net = Network(tokens=p.sequence_length)
    x = net.embedding(p.sequence_length, p.vocabulary, p.width)
    with net.repeat(p.layers, "layer"):
        y = net.rms_norm(x)
        if p.version == 1:
            states = 16 if p.state is None else p.state
            y = net.mamba1(
                y,
                state=states,
                kernel=p.kernel,
                expand=p.expand,
                inner=p.inner,
                rank=p.rank,
                bias=p.bias,
                conv_bias=p.conv_bias,
            )
        else:
            states = 128 if p.state is None else p.state
            y = net.mamba2(
                y,
                state=states,
                kernel=p.kernel,
                expand=p.expand,
                inner=p.inner,
                head_dim=p.head_dim,
                groups=p.groups,
                bias=p.bias,
                conv_bias=p.conv_bias,
            )
        y = net.add(x, y)
    y = net.rms_norm(y)
    if p.logits:
        net.logits(y, p.vocabulary, tied=p.tied)
    return net


_SIZES = {"130m": (24, 768), "370m": (48, 1024), "790m": (48, 1536), "1.4b": (48, 2048), "2.8b": (64, 2560)}
VARIANTS: dict[str, dict[str, Any]] = {
    f"mamba-{size}": {"layers": layers, "width": width} for size, (layers, width) in _SIZES.items()
} | {
    f"mamba2-{size}": {"layers": layers, "width": width, "version": 2, "vocabulary": 50288}
    for size, (layers, width) in {**_SIZES, "780m": (48, 1536), "1.3b": (48, 2048), "2.7b": (64, 2560)}.items()
    if size not in ("790m", "1.4b", "2.8b")
}

PUBLISHED: dict[str, Published] = {
    "mamba-130m": Published("state-spaces/mamba-130m on the Hugging Face Hub, 2023", parameters=129_135_360),
    "mamba-370m": Published("state-spaces/mamba-370m on the Hugging Face Hub, 2023", parameters=371_516_416),
    "mamba-790m": Published("state-spaces/mamba-790m on the Hugging Face Hub, 2023", parameters=793_204_224),
    "mamba-1.4b": Published("state-spaces/mamba-1.4b on the Hugging Face Hub, 2023", parameters=1_372_178_432),
    "mamba-2.8b": Published("state-spaces/mamba-2.8b on the Hugging Face Hub, 2023", parameters=2_768_345_600),
    "mamba2-130m": Published("state-spaces/mamba2-130m on the Hugging Face Hub, 2024", parameters=128_989_632),
    "mamba2-370m": Published("mamba2-370m-hf on the Hugging Face Hub, 2024: 368M", parameters=368e6),
    "mamba2-780m": Published("state-spaces/mamba2-780m on the Hugging Face Hub, 2024", parameters=780_161_280),
    "mamba2-1.3b": Published(
        "AntonV/mamba2-1.3b-hf on the Hugging Face Hub, 2024: 2.69 GB of 16-bit numbers", parameters=1.345e9
    ),
    "mamba2-2.7b": Published("state-spaces/mamba2-2.7b on the Hugging Face Hub, 2024", parameters=2_702_599_680),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The selective state-space language model."""
    return [
        Family(
            name="mamba",
            forward=mamba,
            example="sequence",
            source="Gu and Dao 2023, arXiv:2312.00752; Dao and Gu 2024, arXiv:2405.21060",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
