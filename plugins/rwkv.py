"""RWKV-4: a recurrent network that is trained like a transformer."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive


def rwkv(
    layers: int = 12,
    width: int = 768,
    vocabulary: int = 50277,
    sequence_length: int = 1024,
    attention_width: int | None = None,
    feed_forward: int | None = None,
) -> Network:
    """One sequence through an RWKV-4; its recurrence is element-wise, so no work grows with the square of length."""
    inner = width if attention_width is None else attention_width
    hidden = 4 * width if feed_forward is None else feed_forward
    require_positive(layers=layers, width=width, attention_width=inner, feed_forward=hidden)
    net = Network(tokens=sequence_length)
    x = net.layer_norm(net.embedding(sequence_length, vocabulary, width), name="embedding_norm")
    with net.repeat(layers, "layer"):
        y = net.layer_norm(x)
        net.parameter(3 * width, "time.mixing")
        net.linear(y, 3 * inner, bias=False, name="time.in", term="recurrent")
        # decay and first-time bonus of each channel; about 13 operations an element (exponentials, quotient, maxima)
        y = net.scan(y._replace(channels=inner), 2 * inner, 13 * inner * sequence_length, "time")
        x = net.add(x, net.linear(y, width, bias=False, name="time.out", term="recurrent"))
        y = net.layer_norm(x)
        net.parameter(2 * width, "channel.mixing")
        net.linear(y, width, bias=False, name="channel.receptance", term="feed-forward")
        y = net.mlp(y, hidden, bias=False, activation="squared_relu", name="channel")
        x = net.add(x, y)
    net.logits(net.layer_norm(x, name="final_norm"), vocabulary)
    return net


_SIZES = {"169m": (12, 768), "430m": (24, 1024), "1b5": (24, 2048), "3b": (32, 2560), "7b": (32, 4096),
          "14b": (40, 5120)}  # fmt: skip
VARIANTS: dict[str, dict[str, Any]] = {
    f"rwkv-4-{name}": {"layers": layers, "width": width} for name, (layers, width) in _SIZES.items()
}
_TABLE = "Peng et al. 2023, arXiv:2305.13048, Table 2"
PUBLISHED: dict[str, Published] = {
    "rwkv-4-169m": Published(_TABLE, parameters=1.693e8),
    "rwkv-4-430m": Published(_TABLE, parameters=4.304e8),
    "rwkv-4-1b5": Published(_TABLE, parameters=1.515e9),
    "rwkv-4-3b": Published(_TABLE, parameters=2.985e9),
    "rwkv-4-7b": Published(_TABLE, parameters=7.393e9),
    "rwkv-4-14b": Published(_TABLE, parameters=1.415e10),
}


@hookimpl
def computeest_families() -> list[Family]:
    """RWKV."""
    return [
        Family(
            name="rwkv",
            forward=rwkv,
            example="sequence",
            source="Peng et al. 2023, arXiv:2305.13048",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
