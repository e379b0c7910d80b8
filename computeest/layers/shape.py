"""What flows between layers: channels over a grid of positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import prod
from typing import NamedTuple


class Shape(NamedTuple):
    """One example's activations: `channels` values at each of `positions` places."""

    #: Values at one position: image channels, or the width of a token.
    channels: int
    #: Extent of the grid: (height, width) of an image, (length,) of a sequence, () of a vector.
    size: tuple[int, ...]
    #: Whether training needs the gradient that flows back into it.
    grad: bool
    #: Product of `size`: how many positions a layer works at.
    positions: int

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return self.channels * self.positions

    def __str__(self) -> str:
        """Channels first, as papers write it: 64x56x56."""
        return "x".join(str(extent) for extent in (self.channels, *self.size))


#: Makes a Shape of its four fields, in half the time of calling it: layers are recorded by the million.
new_shape: Callable[[type[Shape], tuple[int, tuple[int, ...], bool, int]], Shape] = tuple.__new__


def shape(channels: int, size: tuple[int, ...] = (), *, grad: bool = False) -> Shape:
    """Channels over a grid, with its positions multiplied out."""
    return Shape(channels, size, grad, prod(size))


#: Letters of a layer's name, with what PyTorch, Keras and papers write -> the operation. Which pooling is meant by the
#: bare word makes no difference to products or shapes.
_LAYERS: Mapping[str, str] = {
    "convolution": "conv", "convolutional": "conv", "depthwiseconv": "depthwise", "convdepthwise": "depthwise",
    "convtranspose": "conv_transpose", "transposedconv": "conv_transpose", "deconv": "conv_transpose",
    "deconvolution": "conv_transpose", "upconv": "conv_transpose",
    "dense": "linear", "fc": "linear", "fullyconnected": "linear", "innerproduct": "linear", "lmhead": "logits",
    "pool": "max_pool", "pooling": "max_pool", "maxpooling": "max_pool",
    "avgpooling": "avg_pool", "averagepooling": "avg_pool", "averagepool": "avg_pool",
    "meanpool": "avg_pool", "adaptiveavgpool": "adaptive_pool", "adaptiveaveragepool": "adaptive_pool",
    "globalavgpool": "global_pool", "globalaveragepool": "global_pool", "globalaveragepooling": "global_pool",
    "globalavgpooling": "global_pool", "gap": "global_pool", "bn": "batch_norm", "batchnormalization": "batch_norm",
    "ln": "layer_norm", "layernormalization": "layer_norm", "selfattention": "attention",
    "multiheadattention": "attention", "multiheadselfattention": "attention", "mha": "attention", "ffn": "mlp",
    "feedforward": "mlp", "mixtureofexperts": "moe", "embed": "embedding", "simplernn": "rnn", "upsampling": "upsample",
}

#: A layer's key elsewhere -> the keys here that it may be.
KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("out_channels", "out_features", "filters", "features"), ("out",)),
    **dict.fromkeys(("kernel_size", "pool_size", "filter_size"), ("kernel",)),
    **dict.fromkeys(("num_heads", "n_heads", "num_attention_heads"), ("heads",)),
    **dict.fromkeys(("num_kv_heads", "n_kv_heads", "num_key_value_heads"), ("kv_heads",)),
    **dict.fromkeys(("vocab", "vocab_size", "num_embeddings"), ("vocabulary",)),
    **dict.fromkeys(("embedding_dim", "embed_dim", "d_model"), ("width",)),
    **dict.fromkeys(("intermediate_size", "d_ff", "ffn_dim", "ff_dim", "mlp_dim"), ("hidden",)),
    **dict.fromkeys(("num_experts", "n_experts"), ("experts",)),
    "units": ("out", "hidden"), "hidden_size": ("hidden",), "hidden_dim": ("hidden",), "window_size": ("window",),
    "strides": ("stride",), "pad": ("padding",), "dilation_rate": ("dilation",), "group": ("groups",),
    "use_bias": ("bias",), "ceil_mode": ("ceil",), "bidirectional": ("both",), "num_layers": ("layers",),
    "proj_size": ("projection",), "head_size": ("head_dim",), "experts_per_token": ("top_k",),
    "num_experts_per_tok": ("top_k",), "output_size": ("size", "out"), "scale_factor": ("factor",),
}

#: Keys that say what comes in, which the layer before says already.
INCOMING = ("in", "in_channels", "in_features", "input_size", "input_dim")


def operation(word: str, known: frozenset[str]) -> tuple[str, int | None]:
    """The operation of that name in any library, and its number of extents where the name says it: 'Conv2d'."""
    if word in known:
        return word, None
    match = re.fullmatch(r"(.*?)[ _-]?([123])d", word.strip().lower())
    name, extents = (match[1], int(match[2])) if match else (word.strip().lower(), None)
    letters = re.sub(r"[^a-z0-9]", "", name)
    own = next((each for each in known if each.replace("_", "") == letters), None)
    return own or _LAYERS.get(letters, word), extents
