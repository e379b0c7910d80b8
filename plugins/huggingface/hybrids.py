"""Model types of Hugging Face whose layers are of several kinds: attention, state spaces, delta rules, convolutions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from computeest.contract import Network, Shape
from computeest_plugins.huggingface.config import Config, task

#: What a layer does with its normed input.
Part = Callable[[Network, Shape], Shape]
#: The parts of one layer, each behind a norm of its own.
Layer = tuple[str, ...]


def model_of(
    c: Config, length: int, layers: Iterable[Layer], parts: dict[str, Part], *, tied: bool = False
) -> Network:
    """A decoder of such layers: those alike are counted together, for their order makes no difference."""
    width, words = c.count("hidden_size", 4096), c.count("vocab_size", 32000)
    net = Network(tokens=length)
    x = net.embedding(length, words, width)
    for layer, count in Counter(layers).items():
        with net.repeat(count, ", ".join(layer)):
            for name in layer:
                y = parts[name](net, net.rms_norm(x))
                x = net.add(x, y._replace(size=x.size, positions=x.positions))
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=tied))
    return net


def attention_part(c: Config, *, kv_heads: int | None = None, head_dim: int | None = None, gate: bool = False,
               norms: bool = False, window: int | None = None) -> Part:  # fmt: skip
    """Grouped attention; with a `gate` each head's answer is weighed by the input (Qwen 3 Next)."""
    heads, width = c.count("num_attention_heads", 32), c.count("hidden_size", 4096)
    shared = c.optional("num_key_value_heads", kv_heads) or heads
    dims = c.optional("head_dim", head_dim) or width // heads
    bias = c.flag("attention_bias", default=False)

    def part(net: Network, x: Shape) -> Shape:
        if gate:
            net.linear(x, heads * dims, bias, "attention.gate", "attention projections")
        return net.attention(x, heads, kv_heads=shared, head_dim=dims, bias=bias, norm_heads=norms, window=window)

    return part


def mlp_part(c: Config, hidden: int, *, gated: bool = True, bias: bool = False, activation: str = "silu") -> Part:
    """A feed-forward part of so many channels within."""

    def part(net: Network, x: Shape) -> Shape:
        return net.mlp(x, hidden, gated=gated, bias=bias, activation=activation, name="feed_forward")

    return part


def mamba2_part(
    *, inner: int, heads: int, groups: int, state: int, kernel: int, bias: bool, conv_bias: bool, norm: bool = True
) -> Part:
    """A state-space dual layer, with or without the gated norm before its output (Falcon-H1 has none)."""

    def part(net: Network, x: Shape) -> Shape:
        mixed = inner + 2 * groups * state
        net.linear(x, inner + mixed + heads, bias, "mamba.in", "state space")
        y = x._replace(channels=mixed, grad=True)
        net.conv(y, mixed, (kernel,), padding="same", groups=mixed, bias=conv_bias, name="mamba.conv")
        y = y._replace(channels=inner)
        net.scan(y, 3 * heads, 7 * inner * state * x.positions, "mamba")
        if norm:
            y = net.rms_norm(y, name="mamba.norm")
        return net.linear(y, x.channels, bias, "mamba.out", "state space")

    return part


def _mamba2(c: Config, *, inner: int | None = None, norm: bool = True) -> Part:
    """As Bamba, Falcon-H1 and Granite 4 spell it."""
    heads, dims = c.count("mamba_n_heads", 128), c.values.get("mamba_d_head", 64)
    within = inner or c.count("mamba_expand", 2) * c.count("hidden_size", 4096)
    if dims != "auto" and heads * c.count("mamba_d_head", 64) != within:
        raise ValueError(f"config.json of a {c.kind}: mamba_n_heads x mamba_d_head differs from its {within} channels")
    return mamba2_part(
        inner=within,
        heads=heads,
        groups=c.count("mamba_n_groups", 1),
        state=c.count("mamba_d_state", 256),
        kernel=c.count("mamba_d_conv", 4),
        bias=c.flag("mamba_proj_bias", default=False),
        conv_bias=c.flag("mamba_conv_bias", default=True),
        norm=norm,
    )


def bamba(c: Config, length: int) -> Network:
    """Bamba: state spaces, attention in the layers that attn_layer_indices names."""
    count, named = c.count("num_hidden_layers", 32), c.indices("attn_layer_indices")
    feed_forward = mlp_part(c, c.count("intermediate_size", 14336), bias=c.flag("mlp_bias", default=False))
    parts = {"mamba": _mamba2(c), "attention": attention_part(c, kv_heads=8), "mlp": feed_forward}
    attends = kinds_of(c, count, lambda place: place in named, "attn_layer_indices")
    layers = [("attention" if one else "mamba", "mlp") for one in attends]
    return model_of(c, length, layers, parts)


def falcon_h1(c: Config, length: int) -> Network:
    """Falcon-H1: state spaces and attention side by side in every layer."""
    inner = c.optional("mamba_d_ssm") or c.count("mamba_expand", 2) * c.count("hidden_size", 4096)
    mamba = _mamba2(c, inner=inner, norm=c.flag("mamba_rms_norm", default=False))
    attention = attention_part(c, kv_heads=8)

    def both(net: Network, x: Shape) -> Shape:
        mamba(net, x)
        return attention(net, x)

    hidden = c.count("intermediate_size", 14336)
    if set(c.words("layer_types")) - {"hybrid"}:
        raise ValueError("config.json of a falcon_h1: layer_types names layers that are not hybrid")
    parts: dict[str, Part] = {"both": both, "mlp": mlp_part(c, hidden, bias=c.flag("mlp_bias", default=False))}
    return model_of(c, length, [("both", "mlp")] * c.count("num_hidden_layers", 32), parts)


def kinds_of(c: Config, count: int, attends: Callable[[int], bool], rival: str = "") -> list[bool]:
    """Which layers attend: as layer_types says or, without it, as `attends` does, which the key `rival` may state."""
    kinds, local = c.words("layer_types"), {"recurrent", "sliding_attention"} if c.kind == "recurrent_gemma" else set()
    usual = [attends(place) for place in range(count)]
    if kinds and len(kinds) != count:
        raise ValueError(f"config.json of a {c.kind}: layer_types names {len(kinds)} layers, not {count}")
    known = {"attention", "full_attention", "linear_attention", "mamba", "conv", *local}
    if kinds and set(kinds) - known:
        raise ValueError(f"config.json of a {c.kind}: layers of the type {min(set(kinds) - known)!r} are not supported")
    named = [kind in ("attention", "full_attention", "sliding_attention") for kind in kinds]
    if named and c.values.get(rival) is not None and named != usual:
        raise ValueError(f"config.json of a {c.kind}: layer_types and {rival} name different layers")
    return named or usual


def granitemoehybrid(c: Config, length: int) -> Network:
    """Granite 4: state spaces and attention, each layer with a shared part and, if any, a mixture beside it."""
    experts, shared = c.number("num_local_experts", 8), c.count("shared_intermediate_size", 1024)
    top, each = c.count("num_experts_per_tok", 2), c.count("intermediate_size", 11008)

    def mixture(net: Network, x: Shape) -> Shape:
        if not experts:
            return net.mlp(x, shared, gated=True, bias=False, activation="silu", name="shared")
        return net.moe(x, experts, top, each, shared=shared, gated=True)

    parts: dict[str, Part] = {"mamba": _mamba2(c), "attention": attention_part(c), "mixture": mixture}
    attends = kinds_of(c, c.count("num_hidden_layers", 32), lambda _: False)
    return model_of(c, length, [("attention" if one else "mamba", "mixture") for one in attends], parts)


def jamba(c: Config, length: int) -> Network:
    """Jamba: seven state spaces for each layer of attention, every second feed-forward part a mixture."""
    count, width = c.count("num_hidden_layers", 32), c.count("hidden_size", 4096)
    state, rank = c.count("mamba_d_state", 16), c.values.get("mamba_dt_rank")
    rank = -(-width // 16) if rank in (None, "auto") else c.count("mamba_dt_rank")
    hidden, experts = c.count("intermediate_size", 14336), c.count("num_experts", 16)

    def mamba(net: Network, x: Shape) -> Shape:
        net.parameter(rank + 2 * state, "mamba.norms")
        return net.mamba1(
            x, state=state, kernel=c.count("mamba_d_conv", 4), expand=c.count("mamba_expand", 2), rank=rank,
            bias=c.flag("mamba_proj_bias", default=False), conv_bias=c.flag("mamba_conv_bias", default=True),
        )  # fmt: skip

    def mixture(net: Network, x: Shape) -> Shape:
        return net.moe(x, experts, c.count("num_experts_per_tok", 2), hidden, gated=True)

    parts: dict[str, Part] = {"mamba": mamba, "attention": attention_part(c, kv_heads=8), "mixture": mixture,
                              "mlp": mlp_part(c, hidden)}  # fmt: skip
    every, first = c.count("attn_layer_period", 8), c.number("attn_layer_offset", 4)
    often, begins = c.count("expert_layer_period", 2), c.number("expert_layer_offset", 1)
    layers = [("attention" if place % every == first else "mamba",
               "mixture" if experts > 1 and place % often == begins else "mlp") for place in range(count)]  # fmt: skip
    return model_of(c, length, layers, parts)


def nemotron_h(c: Config, length: int) -> Network:
    """Nemotron-H: each layer one part, of the kinds that layers_block_type or hybrid_override_pattern names."""
    pattern = c.word("hybrid_override_pattern", "")
    named = {"M": "linear_attention", "*": "full_attention", "-": "mlp", "E": "moe"}
    older = {"mamba": "linear_attention", "attention": "full_attention"}
    kinds = tuple(older.get(kind, kind) for kind in c.words("layers_block_type"))
    kinds = kinds or tuple(named.get(letter, letter) for letter in pattern) or tuple(named.values())
    if set(kinds) - set(named.values()):
        raise ValueError(f"config.json of a nemotron_h: layers_block_type is {list(kinds)!r}; expected kinds of layers")
    heads, bias = c.count("mamba_num_heads", 128), c.flag("mlp_bias", default=False)
    experts, top, each = c.count("n_routed_experts", 8), c.count("num_experts_per_tok", 2), "moe_intermediate_size"
    latent = c.optional("moe_latent_size")
    if latent is not None and latent >= c.count("hidden_size", 4096):
        raise ValueError("config.json of a nemotron_h: moe_latent_size is not below hidden_size")

    def mixture(net: Network, x: Shape) -> Shape:
        shared = c.count("moe_shared_expert_intermediate_size", 7688)  # however many n_shared_experts says
        if latent is None:
            return net.moe(x, experts, top, c.count(each, 7688), shared=shared, activation="squared_relu")
        # LatentMoE of Nemotron 3 (arXiv:2512.20856): the router and the shared expert see all channels, experts fewer
        net.mlp(x, shared, gated=False, bias=bias, activation="squared_relu", name="shared")
        y = net.linear(x, latent, bias, "latent.in", "experts")
        # the moe's own router counts the latent channels of it
        net.linear(x._replace(channels=x.channels - latent), experts, bias=False, name="router", term="router")
        y = net.moe(y, experts, top, c.count(each, 7688), activation="squared_relu")
        return net.linear(y, x.channels, bias, "latent.out", "experts")

    parts: dict[str, Part] = {
        "linear_attention": mamba2_part(
            inner=heads * c.count("mamba_head_dim", 64), heads=heads, groups=c.count("n_groups", 8),
            state=c.count("ssm_state_size", 128), kernel=c.count("conv_kernel", 4),
            bias=c.flag("mamba_proj_bias", default=False), conv_bias=c.flag("use_conv_bias", default=True)),
        "full_attention": attention_part(c, kv_heads=8, head_dim=128),
        "mlp": mlp_part(c, c.count("intermediate_size", 21504), gated=False, bias=bias, activation="squared_relu"),
        "moe": mixture,
    }  # fmt: skip
    return model_of(c, length, [(kind,) for kind in kinds], parts)


def lfm2(c: Config, length: int) -> Network:
    """LFM 2: short gated convolutions, attention in layers that are listed; its MoE has mixtures but in the first."""
    sparse = c.kind == "lfm2_moe"
    if sparse:
        c = Config({"hidden_size": 2048, "vocab_size": 65536, "intermediate_size": 7168, **c.values}, c.kind)
        if not c.words("layer_types") and not c.size("full_attn_idxs"):
            raise ValueError("config.json of a lfm2_moe: layer_types is missing")
    width, hidden = c.count("hidden_size", 2560), c.count("block_ff_dim", c.count("intermediate_size", 12288))
    if not sparse and c.flag("block_auto_adjust_ff_dim", default=True):
        step = c.count("block_multiple_of", 256)
        factor = c.values.get("block_ffn_dim_multiplier", 1.0) or 1.0
        hidden = -(-int(factor * (2 * hidden // 3)) // step) * step
    bias, taps = c.flag("conv_bias", default=False), c.count("conv_L_cache", 3)

    def convolved(net: Network, x: Shape) -> Shape:
        net.linear(x, 3 * width, bias, "conv.in", "convolution")
        y = net.conv(x, width, (taps,), padding="same", groups=width, bias=bias, name="conv")
        return net.linear(y, width, bias, "conv.out", "convolution")

    count, listed = c.count("num_hidden_layers", 32), c.values.get("full_attn_idxs")
    attends = kinds_of(c, count, lambda place: listed is None or place in c.indices("full_attn_idxs"))

    def mixture(net: Network, x: Shape) -> Shape:
        return net.moe(x, c.count("num_experts", 32), c.count("num_experts_per_tok", 4),
                       c.count("moe_intermediate_size", 1792), gated=True,
                       router_bias=c.flag("use_expert_bias", default=True))  # fmt: skip

    parts: dict[str, Part] = {"attention": attention_part(c, kv_heads=8, norms=True), "conv": convolved,
                              "mlp": mlp_part(c, hidden), "mixture": mixture}  # fmt: skip
    dense = c.number("num_dense_layers", 2) if sparse else count
    layers = [("attention" if one else "conv", "mlp" if place < dense else "mixture")
              for place, one in enumerate(attends)]  # fmt: skip
    return model_of(c, length, layers, parts, tied=True)


def recurrent_gemma(c: Config, length: int) -> Network:
    """RecurrentGemma: two linear recurrences for each layer of local attention."""
    width, heads = c.count("hidden_size", 2560), c.count("num_attention_heads", 10)
    inner, hidden = c.optional("lru_width") or width, c.count("intermediate_size", 7680) // 2
    window, dims = c.count("attention_window_size", 2048), c.optional("head_dim") or width // heads

    def recurrence(net: Network, x: Shape) -> Shape:
        net.linear(x, 2 * inner, name="recurrent.in", term="recurrent")
        y = x._replace(channels=inner, grad=True)
        net.conv(y, inner, (c.count("conv1d_width", 4),), padding="same", groups=inner, name="recurrent.conv")
        with net.repeat(2 * heads, "gate"):  # each head has matrices of its own for both gates
            net.linear(y._replace(channels=inner // heads), inner // heads, name="recurrent.gate", term="recurrent")
        net.scan(y, inner, 8 * inner * x.positions, "recurrent")
        return net.linear(y, width, name="recurrent.out", term="recurrent")

    def attention(net: Network, x: Shape) -> Shape:
        shared = c.optional("num_key_value_heads") or heads
        return net.attention(x, heads, kv_heads=shared, head_dim=dims, window=window, output_bias=True,
                             bias=c.flag("attention_bias", default=False))  # fmt: skip

    parts: dict[str, Part] = {"recurrent": recurrence, "attention": attention,
                              "mlp": mlp_part(c, hidden, bias=True, activation="gelu")}  # fmt: skip
    pattern = c.words("block_types") or ("recurrent", "recurrent", "attention")
    count, other = c.count("num_hidden_layers", 26), set(pattern) - {"recurrent", "attention"}
    if other:
        raise ValueError(f"config.json of a recurrent_gemma: {min(other)!r} of block_types is no kind of layer it has")
    attends = kinds_of(c, count, lambda place: pattern[place % len(pattern)] == "attention", "block_types")
    layers = [("attention" if one else "recurrent", "mlp") for one in attends]
    return model_of(c, length, layers, parts, tied=True)


HYBRIDS: dict[str, Callable[[Config, int], Network]] = {
    "bamba": bamba,
    "falcon_h1": falcon_h1,
    "granitemoehybrid": granitemoehybrid,
    "jamba": jamba,
    "nemotron_h": nemotron_h,
    "lfm2": lfm2,
    "lfm2_moe": lfm2,
    "recurrent_gemma": recurrent_gemma,
}
