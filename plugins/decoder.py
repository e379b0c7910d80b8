"""Transformer decoders: one token predicted at every position (GPT, PaLM, Llama, Mixtral, DeepSeek)."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from computeest.contract import Family, Network, Published, Shape, architecture, hookimpl
from computeest_plugins.transformer_blocks import Block, layer, stack


def llama(layers: int, width: int, heads: int, feed_forward: int, **more: Any) -> dict[str, Any]:
    """The shape of a Llama-like decoder: RMS norm, SwiGLU, rotary positions, no biases, separate logits."""
    usual = {"gated": True, "activation": "silu", "norm": "rms", "bias": False, "tied": False, "positions": "rotary"}
    return {**usual, "layers": layers, "width": width, "heads": heads, "feed_forward": feed_forward, **more}


def palm(layers: int, width: int, heads: int) -> dict[str, Any]:
    """The shape of a PaLM: parallel parts, one key-value head of 256, SwiGLU, no biases."""
    return {"layers": layers, "width": width, "heads": heads, "kv_heads": 1, "head_dim": 256, "gated": True,
            "activation": "silu", "norm": "layer without bias", "bias": False, "positions": "rotary", "parallel": 1,
            "vocabulary": 256000, "sequence_length": 2048}  # fmt: skip


_GPT2 = {"vocabulary": 50257, "sequence_length": 1024}
_GPT3 = {"vocabulary": 50257, "sequence_length": 2048}
_LLAMA1 = {"vocabulary": 32000, "sequence_length": 2048}
_LLAMA2 = {"vocabulary": 32000, "sequence_length": 4096}
_LLAMA3 = {"vocabulary": 128256, "sequence_length": 8192, "kv_heads": 8}
_DEEPSEEK = {"head_dim": 128, "rope_dim": 64, "value_dim": 128, "q_rank": 1536, "kv_rank": 512, "experts": 0}

VARIANTS: dict[str, dict[str, Any]] = {
    "gpt": {"layers": 12, "width": 768, "heads": 12, "vocabulary": 40478, "sequence_length": 512, "final_norm": False},
    "gpt2": {"layers": 12, "width": 768, "heads": 12, **_GPT2},
    "gpt2-medium": {"layers": 24, "width": 1024, "heads": 16, **_GPT2},
    "gpt2-large": {"layers": 36, "width": 1280, "heads": 20, **_GPT2},
    "gpt2-xl": {"layers": 48, "width": 1600, "heads": 25, **_GPT2},
    "gpt3-small": {"layers": 12, "width": 768, "heads": 12, **_GPT3},
    "gpt3-medium": {"layers": 24, "width": 1024, "heads": 16, **_GPT3},
    "gpt3-large": {"layers": 24, "width": 1536, "heads": 16, **_GPT3},
    # Table 2.1 gives this one 24 heads of 128 channels, which is not its width and would be 1,517M parameters
    "gpt3-xl": {"layers": 24, "width": 2048, "heads": 16, **_GPT3},
    "gpt3-2.7b": {"layers": 32, "width": 2560, "heads": 32, **_GPT3},
    "gpt3-6.7b": {"layers": 32, "width": 4096, "heads": 32, **_GPT3},
    # 5140 wide in Table 2.1, which 40 heads of 128 channels are not
    "gpt3-13b": {"layers": 40, "width": 5120, "heads": 40, **_GPT3},
    "gpt3-175b": {"layers": 96, "width": 12288, "heads": 96, **_GPT3},
    "gpt-j-6b": {"layers": 28, "width": 4096, "heads": 16, "vocabulary": 50400, "sequence_length": 2048, "parallel": 1,
                 "qkv_bias": False, "output_bias": False, "tied": False, "logits_bias": True, "positions": "rotary"},
    "gpt-neox-20b": {"layers": 44, "width": 6144, "heads": 64, "vocabulary": 50432, "sequence_length": 2048,
                     "parallel": 2, "tied": False, "positions": "rotary"},
    "megatron-turing-530b": {"layers": 105, "width": 20480, "heads": 128, "vocabulary": 51200, "sequence_length": 2048},
    "gopher-280b": {"layers": 80, "width": 16384, "heads": 128, "vocabulary": 32000, "sequence_length": 2048,
                    "norm": "rms", "positions": "relative"},
    "chinchilla-70b": {"layers": 80, "width": 8192, "heads": 64, "vocabulary": 32000, "sequence_length": 2048,
                       "norm": "rms", "positions": "relative"},
    "bloom-176b": {"layers": 70, "width": 14336, "heads": 112, "vocabulary": 250880, "sequence_length": 2048,
                   "positions": "alibi", "embedding_norm": True},
    "palm-8b": palm(32, 4096, 16),
    "palm-62b": palm(64, 8192, 32),
    "palm-540b": palm(118, 18432, 48),
    "glam-64b-64e": {"layers": 64, "width": 8192, "heads": 128, "head_dim": 128, "feed_forward": 32768, "gated": True,
                     "expert_gated": False, "experts": 64, "experts_per_token": 2, "expert_every": 2, "bias": False,
                     "norm": "rms", "positions": "none", "vocabulary": 256000, "sequence_length": 1024},
    "llama-7b": llama(32, 4096, 32, 11008, **_LLAMA1),
    "llama-13b": llama(40, 5120, 40, 13824, **_LLAMA1),
    "llama-33b": llama(60, 6656, 52, 17920, **_LLAMA1),
    "llama-65b": llama(80, 8192, 64, 22016, **_LLAMA1),
    "llama-2-7b": llama(32, 4096, 32, 11008, **_LLAMA2),
    "llama-2-13b": llama(40, 5120, 40, 13824, **_LLAMA2),
    "llama-2-70b": llama(80, 8192, 64, 28672, kv_heads=8, **_LLAMA2),
    "llama-3-8b": llama(32, 4096, 32, 14336, **_LLAMA3),
    "llama-3-70b": llama(80, 8192, 64, 28672, **_LLAMA3),
    "llama-3.1-405b": llama(126, 16384, 128, 53248, **_LLAMA3),
    "mistral-7b": llama(32, 4096, 32, 14336, kv_heads=8, vocabulary=32000, sequence_length=8192, window=4096),
    "mixtral-8x7b": llama(32, 4096, 32, 14336, kv_heads=8, vocabulary=32000, sequence_length=4096, experts=8),
    "mixtral-8x22b": llama(56, 6144, 48, 16384, kv_heads=8, vocabulary=32768, sequence_length=4096, experts=8),
    "deepseek-v2": llama(60, 5120, 128, 12288, **{**_DEEPSEEK, "experts": 160}, vocabulary=102400, sequence_length=4096,
                         experts_per_token=6, expert_feed_forward=1536, shared_feed_forward=3072, dense_layers=1),
    "deepseek-v3": llama(61, 7168, 128, 18432, **{**_DEEPSEEK, "experts": 256}, vocabulary=129280, sequence_length=4096,
                         experts_per_token=8, expert_feed_forward=2048, shared_feed_forward=2048, dense_layers=3,
                         router_bias=True),
}  # fmt: skip

_GPT3_TABLE = "Brown et al. 2020, arXiv:2005.14165, Table D.1"
_PALM_TABLE = "Chowdhery et al. 2022, arXiv:2204.02311, Table 1"

PUBLISHED: dict[str, Published] = {
    "gpt": Published("openai-community/openai-gpt on the Hugging Face Hub, 2018", parameters=116_534_784),
    "gpt2": Published("openai-community/gpt2 on the Hugging Face Hub, 2019", parameters=124_439_808),
    "gpt2-medium": Published("openai-community/gpt2-medium on the Hugging Face Hub, 2019", parameters=354_823_168),
    "gpt2-large": Published("openai-community/gpt2-large on the Hugging Face Hub, 2019", parameters=774_030_080),
    "gpt2-xl": Published("openai-community/gpt2-xl on the Hugging Face Hub, 2019", parameters=1_557_611_200),
    "gpt3-small": Published(_GPT3_TABLE, parameters=125e6),
    "gpt3-medium": Published(_GPT3_TABLE, parameters=356e6),
    "gpt3-large": Published(_GPT3_TABLE, parameters=760e6),
    "gpt3-xl": Published(_GPT3_TABLE, parameters=1320e6),
    "gpt3-2.7b": Published(_GPT3_TABLE, parameters=2650e6),
    "gpt3-6.7b": Published(_GPT3_TABLE, parameters=6660e6),
    "gpt3-13b": Published(_GPT3_TABLE, parameters=12_850e6),
    "gpt3-175b": Published(_GPT3_TABLE, parameters=174_600e6),
    "gpt-j-6b": Published("EleutherAI/gpt-j-6b on the Hugging Face Hub, 2021", parameters=6_050_882_784),
    "gpt-neox-20b": Published("Black et al. 2022, arXiv:2204.06745, Table 1", parameters=20_554_567_680),
    "megatron-turing-530b": Published("Smith et al. 2022, arXiv:2201.11990", parameters=530e9),
    "gopher-280b": Published("Rae et al. 2021, arXiv:2112.11446, Table 1", parameters=280e9),
    "chinchilla-70b": Published("Hoffmann et al. 2022, arXiv:2203.15556, Table 4", parameters=70e9),
    "bloom-176b": Published("BigScience 2022, arXiv:2211.05100, Table 3", parameters=176_247_271_424),
    "palm-8b": Published(_PALM_TABLE, parameters=8.63e9),
    "palm-62b": Published(_PALM_TABLE, parameters=62.50e9),
    "palm-540b": Published(_PALM_TABLE, parameters=540.35e9),
    "glam-64b-64e": Published("Du et al. 2021, arXiv:2112.06905", active_parameters=96.6e9),
    "llama-7b": Published("huggyllama/llama-7b on the Hugging Face Hub, 2023", parameters=6_738_415_616),
    "llama-13b": Published("huggyllama/llama-13b on the Hugging Face Hub, 2023", parameters=13_015_864_320),
    "llama-33b": Published("Touvron et al. 2023, arXiv:2302.13971, Table 2", parameters=32.5e9),
    "llama-65b": Published("Touvron et al. 2023, arXiv:2302.13971, Table 2", parameters=65.2e9),
    "llama-2-7b": Published("meta-llama/Llama-2-7b-hf on the Hugging Face Hub, 2023", parameters=6_738_415_616),
    "llama-2-13b": Published("meta-llama/Llama-2-13b-hf on the Hugging Face Hub, 2023", parameters=13_015_864_320),
    "llama-2-70b": Published("meta-llama/Llama-2-70b-hf on the Hugging Face Hub, 2023", parameters=68_976_648_192),
    "llama-3-8b": Published("meta-llama/Meta-Llama-3-8B on the Hugging Face Hub, 2024", parameters=8_030_261_248),
    "llama-3-70b": Published("meta-llama/Meta-Llama-3-70B on the Hugging Face Hub, 2024", parameters=70_553_706_496),
    "llama-3.1-405b": Published("meta-llama/Llama-3.1-405B on the Hugging Face Hub, 2024", parameters=405_853_388_800),
    "mistral-7b": Published("mistralai/Mistral-7B-v0.1 on the Hugging Face Hub, 2023", parameters=7_241_732_096),
    "mixtral-8x7b": Published(
        "Jiang et al. 2024, arXiv:2401.04088; mistralai/Mixtral-8x7B-v0.1 on the Hugging Face Hub, 2023",
        parameters=46_702_792_704,
        active_parameters=12.9e9,
    ),
    "mixtral-8x22b": Published(
        "Mistral AI 2024, Cheaper, better, faster, stronger", parameters=141e9, active_parameters=39e9
    ),
    "deepseek-v2": Published("deepseek-ai/DeepSeek-V2 on the Hugging Face Hub, 2024", parameters=235_741_434_880),
    "deepseek-v3": Published("DeepSeek-AI 2024, arXiv:2412.19437", parameters=671e9),
}


POSITIONS = ("learned", "rotary", "alibi", "relative", "sinusoidal", "none")


@architecture
class Decoder:
    """What `architecture:` may state of a decoder; the defaults are GPT-2's."""

    layers: int
    width: int
    heads: int | None = None
    vocabulary: int = 50257
    sequence_length: int = 2048
    kv_heads: int | None = None
    head_dim: int | None = None
    feed_forward: int | None = field(default=None, metadata={"means": "4 width where it is not given"})
    gated: bool = False
    activation: str = "gelu"
    norm: str = "layer"
    bias: bool = True
    qkv_bias: bool | None = None
    output_bias: bool | None = None
    tied: bool = True
    logits_bias: bool = False
    positions: str = "learned"
    position_rows: int | None = None
    embedding_width: int | None = None
    embedding_norm: bool = False
    final_norm: bool = True
    parallel: int = field(
        default=0, metadata={"means": "attention and feed-forward side by side, on one norm (1) or one each (2)"}
    )
    sandwich: bool = False
    norm_heads: bool = False
    more_parameters: int = field(
        default=0, metadata={"means": "weights of a layer beside its matrices and usual norms"}
    )
    window: int | None = None
    global_every: int = 0
    global_layers: int = 0
    causal: str = field(
        default="full",
        metadata={"means": "`full` counts the whole square of scores (PaLM, appendix B), `half` what a mask leaves"},
    )
    experts: int = 0
    experts_per_token: int = 2
    expert_feed_forward: int | None = None
    expert_gated: bool | None = None
    shared_feed_forward: int = 0
    shared_gate: bool = False
    router_bias: bool = False
    dense_layers: int = 0
    expert_every: int = 1
    q_rank: int | None = None
    kv_rank: int | None = field(
        default=None, metadata={"means": "latent attention (DeepSeek): the rank of keys and values"}
    )
    rope_dim: int = 0
    value_dim: int | None = None
    next_tokens: int = field(
        default=0, metadata={"means": "modules that predict further tokens (DeepSeek-V3, section 2.2)"}
    )
    classes: int | None = field(
        default=None, metadata={"means": "classes in place of words (a reward model); 0 stops before them"}
    )
    class_bias: bool = False


def decoder(p: Decoder) -> Network:
    """One sequence through a decoder; forward FLOP a token is forward_flop over sequence_length.

    The defaults are GPT-2's: learned positions, biases, feed_forward = 4 width, the embedding reused for the logits.
    """
    if p.positions not in POSITIONS:
        raise ValueError(f"positions: '{p.positions}' is not one of {', '.join(POSITIONS)}")
    block = _block(p)
    net = Network(tokens=p.sequence_length)
    x = _embedded(net, p.sequence_length, p.vocabulary, p.width, p.embedding_width, p.positions, p.position_rows)
    if p.embedding_norm:
        x = net.norm(x, p.norm, "embedding_norm")
    x = stack(net, x, p.layers, block, p.dense_layers, p.expert_every, p.global_every, p.global_layers)
    if p.final_norm:
        x = net.norm(x, p.norm, "final_norm")
    y = x
    if p.embedding_width is not None and p.embedding_width != p.width:
        y = net.linear(x, p.embedding_width, bias=False, name="to_embedding_width")
    if p.classes is None:
        net.logits(y, p.vocabulary, p.logits_bias, p.tied)
    elif p.classes:
        net.linear(y, p.classes, p.class_bias, "classifier", "logits")
    if p.next_tokens:
        _next_tokens(net, x, p.next_tokens, block, p.vocabulary)
    return net


def _block(p: Decoder) -> Block:
    # the FLOP do not depend on how many heads there are where head_dim is width / heads
    heads = p.width // (p.head_dim or _usual_head(p.width)) if p.heads is None else p.heads
    if heads < 1:
        raise ValueError(f"heads: {heads} is out of range; expected at least 1")
    return Block(  # by position: 1.4 us less of the 20 that a count takes
        heads,
        p.kv_heads,
        p.head_dim,
        4 * p.width if p.feed_forward is None else p.feed_forward,
        p.gated,
        p.norm,
        p.bias,
        (p.bias and not p.kv_rank) if p.qkv_bias is None else p.qkv_bias,
        p.bias if p.output_bias is None else p.output_bias,
        p.activation,
        p.parallel,
        p.sandwich,
        p.norm_heads,
        p.more_parameters,
        p.window,
        p.causal,
        p.positions == "relative",
        p.experts,
        p.experts_per_token,
        p.expert_feed_forward or 0,
        p.gated if p.expert_gated is None else p.expert_gated,
        p.shared_feed_forward,
        p.shared_gate,
        p.router_bias,
        p.q_rank,
        p.kv_rank,
        p.rope_dim,
        p.value_dim,
    )


def _usual_head(width: int) -> int:
    return next((size for size in (128, 64, 32, 16, 8, 4, 2) if width % size == 0), 1)


def _embedded(
    net: Network, length: int, vocabulary: int, width: int, inner: int | None, positions: str, rows: int | None
) -> Shape:
    x = net.embedding(length, vocabulary, width if inner is None else inner)
    if inner is not None and inner != width:
        x = net.linear(x, width, bias=False, name="from_embedding_width")
    if positions == "learned":
        x = net.positions(x, rows)
    return x


def _next_tokens(net: Network, x: Shape, count: int, block: Block, vocabulary: int) -> None:
    """Multi-token prediction (DeepSeek-V3, section 2.2): for each, a layer and a product with the shared logits."""
    with net.repeat(count, "next_token"):
        joined = net.concat(net.norm(x, block.norm, "state_norm"), net.norm(x, block.norm, "embedding_norm"))
        y = net.linear(joined, x.channels, bias=False, name="join")
        y = layer(net, y, block, block.experts > 0, block.window)
        net.logits(net.norm(y, block.norm, "final_norm"), vocabulary, tied=True)


@hookimpl
def computeest_families() -> list[Family]:
    """The transformer decoder."""
    return [
        Family(
            name="decoder",
            forward=decoder,
            example="sequence",
            source="Vaswani et al. 2017, arXiv:1706.03762; Radford et al. 2019, Language models are unsupervised "
            "multitask learners; Chowdhery et al. 2022, arXiv:2204.02311; Touvron et al. 2023, arXiv:2302.13971; "
            "DeepSeek-AI 2024, arXiv:2412.19437",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
