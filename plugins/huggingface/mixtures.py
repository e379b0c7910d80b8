"""Mixtures of Hugging Face whose layers are of several kinds, each named by the configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from computeest.contract import Network, Shape
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.huggingface.config import Config, decoder_head, task
from computeest_plugins.huggingface.hybrids import Part, model_of
from computeest_plugins.huggingface.llamas import deepseek_v3
from computeest_plugins.huggingface.relatives import hunyuan


def parts_of(c: Config, layers: int, first_dense: int) -> tuple[str, ...]:
    """Which layers are dense and which sparse: as mlp_layer_types says or, without it, the first so many dense."""
    named = c.words("mlp_layer_types")
    if not named:
        return tuple("dense" if place < first_dense else "sparse" for place in range(layers))
    if len(named) != layers or set(named) - {"dense", "sparse"}:
        raise ValueError(f"config.json of a {c.kind}: mlp_layer_types must name {layers} layers, dense or sparse")
    return named


def listed_kinds(c: Config, layers: int, known: tuple[str, ...]) -> tuple[str, ...]:
    """What each layer attends to, which must be of the kinds known."""
    named = c.words("layer_types")
    if len(named) != layers:
        raise ValueError(f"config.json of a {c.kind}: layer_types names {len(named)} layers, not {layers}")
    if other := set(named) - set(known):
        raise ValueError(f"config.json of a {c.kind}: layers of the type {min(other)!r} are not supported")
    return named


#: Sizes of Trinity Mini's class (AFMoE) that are not Beam's.
_TRINITY = {"vocab_size": 200192, "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 1408,
            "num_hidden_layers": 32, "num_dense_layers": 1, "num_attention_heads": 16, "num_experts": 64,
            "num_experts_per_tok": 6, "num_shared_experts": 2, "sliding_window": 1024}  # fmt: skip


def beam(c: Config, length: int) -> Network:
    """Beam and Arcee's Trinity: gated attention, norms before and after each part, mixtures but in the first layers.

    Trinity's (AFMoE) have shared experts and a bias of each expert's score, and gates without bias.
    """
    trinity = c.kind == "afmoe"
    c = Config({**_TRINITY, **c.values}, c.kind) if trinity else c
    net, width, words = Network(tokens=length), c.count("hidden_size", 5120), c.count("vocab_size", 151936)
    heads, layers = c.count("num_attention_heads", 48), c.count("num_hidden_layers", 52)
    dims, shared = c.count("head_dim", 128), c.optional("num_key_value_heads", None if trinity else 8) or heads
    every = c.count("global_attn_every_n_layers", 4)
    if trinity and not c.words("layer_types"):
        usual = ["sliding_attention" if (place + 1) % every else "full_attention" for place in range(layers)]
        c = Config({**c.values, "layer_types": usual}, c.kind)
    kinds = listed_kinds(c, layers, ("sliding_attention", "full_attention"))
    parts, bias = parts_of(c, layers, c.number("num_dense_layers", 3)), c.flag("attention_bias", default=False)
    each, beside = c.count("moe_intermediate_size", 2560), c.number("num_shared_experts", 0) if trinity else 0
    x = net.embedding(length, words, width)
    for (kind, part), count in Counter(zip(kinds, parts, strict=True)).items():
        window = c.count("sliding_window", 512) if kind == "sliding_attention" else None
        with net.repeat(count, f"{kind}, {part}"):
            y = net.rms_norm(x)
            net.linear(y, heads * dims, bias=False, name="attention.gate", term="attention projections")
            if not trinity:
                net.parameter(heads, "attention.gate_bias")
            y = net.attention(y, heads, kv_heads=shared, head_dim=dims, window=window, bias=bias, norm_heads=True)
            x = net.add(x, net.rms_norm(y))
            y = net.rms_norm(x)
            if part == "dense":
                y = net.mlp(y, c.count("intermediate_size", 20480), gated=True, bias=False, activation="silu")
            else:
                y = net.moe(y, c.count("num_experts", 256), c.count("num_experts_per_tok", 8), each,
                            shared=beside * each, gated=True, router_bias=trinity)  # fmt: skip
            x = net.add(x, net.rms_norm(y))
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=False))
    return net


def mimo(c: Config, length: int) -> Network:
    """MiMo V2 Flash: values narrower than keys; windows have twice the heads of keys, and a sink for each head.

    The first layer and each sixth see all positions, as its own file's `hybrid_layer_pattern` has it too.
    """
    c = Config({"vocab_size": 152576, **c.values}, c.kind)
    layers, bias = c.count("num_hidden_layers", 48), c.flag("attention_bias", default=False)
    heads, shared = c.count("num_attention_heads", 64), c.count("num_key_value_heads", 4)
    key_dim, value_dim = c.count("head_dim", 192), c.count("v_head_dim", 128)
    slides = [int(place > 0 and (place + 1) % 6 > 0) for place in range(layers)]
    usual = {"hybrid_layer_pattern": slides, "moe_layer_freq": [0] + [1] * (layers - 1),
             "swa_num_key_value_heads": 2 * shared, "swa_num_attention_heads": heads}  # fmt: skip
    if other := [key for key, value in usual.items() if c.values.get(key) not in (None, value)]:
        raise ValueError(f"config.json of a {c.kind}: {other[0]} is not that of MiMo V2 Flash; no other is supported")
    kinds = tuple("sliding_attention" if one else "full_attention" for one in slides)
    if c.words("layer_types"):
        kinds = listed_kinds(c, layers, ("sliding_attention", "full_attention"))

    def attention(groups: int, window: int | None) -> Part:
        def part(net: Network, x: Shape) -> Shape:
            seen = x.positions if window is None else min(window, x.positions)
            term = "attention projections"
            net.linear(x, heads * key_dim + groups * (key_dim + value_dim), bias, "attention.qkv", term)
            net.matmul(x._replace(grad=True), x.positions, key_dim, seen, heads, "attention.scores")
            y = net.matmul(x._replace(grad=True), x.positions, seen, value_dim, heads, "attention.values")
            if window is not None:
                net.parameter(heads, "attention.sinks")
            return net.linear(y, x.channels, bias=False, name="attention.out", term=term)

        return part

    parts: dict[str, Part] = {
        "full_attention": attention(shared, None),
        "sliding_attention": attention(2 * shared, c.count("sliding_window", 129)),
        **feed_forward_parts(c, 16384, 256, 8, 2048),
    }
    return model_of(c, length, zip(kinds, parts_of(c, layers, 1), strict=True), parts)


def feed_forward_parts(c: Config, hidden: int, experts: int, top: int, each: int, shared: int = 0,
                  keys: Mapping[str, str] | None = None) -> dict[str, Part]:  # fmt: skip
    """A dense part and a mixture; `keys` are what the type calls its sizes, where not as most do."""
    names = {"hidden": "intermediate_size", "experts": "n_routed_experts", "top": "num_experts_per_tok",
             "each": "moe_intermediate_size", **(keys or {})}  # fmt: skip

    def dense(net: Network, x: Shape) -> Shape:
        return net.mlp(x, c.count(names["hidden"], hidden), gated=True, bias=False, activation="silu",
                       name="feed_forward")  # fmt: skip

    def sparse(net: Network, x: Shape) -> Shape:
        return net.moe(x, c.count(names["experts"], experts), c.count(names["top"], top), c.count(names["each"], each),
                       shared=shared, gated=True)  # fmt: skip

    return {"dense": dense, "sparse": sparse}


def minimax_m3(c: Config, length: int) -> Network:
    """MiniMax M3's language model where all layers see everything: a mixture with a shared expert, normed heads.

    MiniMax's own file says in `moe_layer_freq` which layers are dense, and in `sparse_attention_config` which sparse.
    """
    usual: dict[str, Any] = {"hidden_size": 6144, "vocab_size": 200064, "head_dim": 128}
    often = c.values.get("moe_layer_freq")
    if isinstance(often, list):
        usual = {"mlp_layer_types": ["sparse" if one else "dense" for one in often], **usual}
    sparse = c.part("sparse_attention_config", "sparse attention").values.get("sparse_attention_freq")
    if isinstance(sparse, list) and any(sparse):
        raise ValueError(f"config.json of a {c.kind}: layers of sparse attention are not supported")
    c = Config({**usual, **c.values}, c.kind)
    layers, width = c.count("num_hidden_layers", 60), c.count("hidden_size", 6144)
    heads, shared = c.count("num_attention_heads", 64), c.count("num_key_value_heads", 4)
    dims = c.optional("head_dim") or width // heads
    kinds = listed_kinds(c, layers, ("full_attention",))

    def attention(net: Network, x: Shape) -> Shape:
        return net.attention(x, heads, kv_heads=shared, head_dim=dims, bias=False, norm_heads=True)

    names = {"hidden": "dense_intermediate_size", "experts": "num_local_experts", "each": "intermediate_size"}
    beside = c.number("shared_intermediate_size", 3072)
    parts: dict[str, Part] = {"full_attention": attention, **feed_forward_parts(c, 12288, 128, 4, 3072, beside, names)}
    return model_of(c, length, zip(kinds, parts_of(c, layers, 0), strict=True), parts)


def indexed(c: Config, length: int) -> Network:
    """DeepSeek V3.2 (arXiv:2512.02556), GLM 5 (arXiv:2602.15763): latent attention to what narrow heads choose.

    The indexer scores all pairs. GLM 5.2 (arXiv:2603.12201) lets layers take over what one before them chose.
    """
    glm = c.kind == "glm_moe_dsa"
    usual: dict[str, Any] = {"num_experts_per_tok": 8, "n_shared_experts": 1}
    if glm:
        usual |= {"vocab_size": 154880, "hidden_size": 6144, "intermediate_size": 12288, "num_hidden_layers": 78,
                  "num_attention_heads": 64, "q_lora_rank": 2048, "v_head_dim": 256, "qk_nope_head_dim": 192}
    c = Config({**usual, **c.values}, c.kind)
    facts = deepseek_v3(c)
    layers, rank, seen = facts["layers"], c.count("q_lora_rank", 1536), c.count("index_topk", 2048)
    chosen = {"window": seen} if length > seen else {}
    parts = parts_of(c, layers, c.number("first_k_dense_replace", 3))
    facts |= {**chosen, "dense_layers": parts.count("dense")}
    net = decoder(Decoder(**{**facts, **decoder_head(c)}, sequence_length=length))
    heads, dims = c.count("index_n_heads", 32 if glm else 64), c.count("index_head_dim", 128)
    with net.repeat(_indexers(c, layers), "indexer"):
        x = net.input(facts["width"], length, grad=True)
        y = net.linear(net.input(rank, length, grad=True), heads * dims, bias=False, name="queries", term="indexer")
        net.layer_norm(net.linear(x, dims, bias=False, name="keys", term="indexer"))
        net.linear(x, heads, bias=False, name="weights", term="indexer")
        net.matmul(y, length, dims, length, heads, "scores", "indexer")
    return net


def _indexers(c: Config, layers: int) -> int:
    """How many layers choose by themselves: as indexer_types says, or a pattern of letters, or each so many-th."""
    if c.kind != "glm_moe_dsa":
        return layers
    pattern = c.values.get("index_topk_pattern")
    named = c.words("indexer_types") or tuple({"F": "full", "S": "shared"}.get(one, one) for one in pattern or ())
    if not named:
        every, first = max(c.number("index_topk_freq", 1), 1), c.number("index_skip_topk_offset", 2)
        return sum(max(place - first + 1, 0) % every == 0 for place in range(layers))
    if len(named) != layers or set(named) - {"full", "shared"}:
        raise ValueError(f"config.json of a {c.kind}: indexer_types must name {layers} layers, full or shared")
    return named.count("full")


def _alike(c: Config, key: str, default: int) -> int:
    """A size that a list may give for each layer, the same for all."""
    value = c.values.get(key)
    if not isinstance(value, list):
        return c.count(key, default)
    if len(set(map(str, value))) != 1:
        raise ValueError(f"config.json of a {c.kind}: {key} differs from layer to layer, which is not supported")
    return Config({key: value[0]}, c.kind).count(key)


def hunyuan_moe(c: Config, length: int) -> Network:
    """Hunyuan-A13B: a mixture with a shared expert in every layer, norms of query and key heads."""
    for key, value in {"use_cla": False, "use_mla": False, "moe_layer_num_skipped": 0, "use_qk_norm": True}.items():
        if c.values.get(key, value) not in (value, None):
            raise ValueError(f"config.json of a {c.kind}: {key} is {c.values[key]}; only {value} is supported")
    each = _alike(c, "moe_intermediate_size", c.count("intermediate_size", 11008))
    mixture = {"experts": _alike(c, "num_experts", 1), "experts_per_token": _alike(c, "moe_topk", 1),
               "expert_feed_forward": each, "shared_feed_forward": each * _alike(c, "num_shared_expert", 1)}
    return decoder(Decoder(**{**hunyuan(c), **mixture, **decoder_head(c)}, sequence_length=length))


def longcat(c: Config, length: int) -> Network:
    """LongCat-Flash (arXiv:2509.01322): two attentions and two MLPs a layer, and a mixture beside the latter.

    Some experts do nothing: of those that a token meets, as many compute as there are among all, on average.
    """
    c = Config({"vocab_size": 131072, "hidden_size": 6144, **c.values}, c.kind)
    net, width, words = Network(tokens=length), c.count("hidden_size"), c.count("vocab_size")
    layers = c.count("num_layers", c.count("num_hidden_layers", 56) // 2)
    hidden, each = c.count("ffn_hidden_size", 12288), c.count("expert_ffn_hidden_size", 2048)
    experts, idle, top = c.count("n_routed_experts", 512), c.number("zero_expert_num", 256), c.count("moe_topk", 12)
    heads, bias = c.count("num_attention_heads", 64), c.flag("attention_bias", default=False)
    x = net.embedding(length, words, width)
    with net.repeat(layers, "layer"):
        for which in ("first", "second"):
            y = net.mla(net.rms_norm(x), heads, kv_rank=c.count("kv_lora_rank", 512),
                        q_rank=c.optional("q_lora_rank", 1536), head_dim=c.count("qk_nope_head_dim", 128),
                        rope_dim=c.count("qk_rope_head_dim", 64), value_dim=c.count("v_head_dim", 128), bias=bias,
                        name=f"{which}.attention")  # fmt: skip
            x = net.add(x, y)
            y = net.rms_norm(x)
            x = net.add(x, net.mlp(y, hidden, gated=True, bias=False, activation="silu", name=which))
            if which == "first":
                if idle:
                    net.linear(y, idle, bias=False, name="router.idle", term="router")
                net.moe(y, experts, max(round(top * experts / (experts + idle)), 1), each, gated=True)
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=False))
    return net


def minimax(c: Config, length: int) -> Network:
    """MiniMax-Text-01 (arXiv:2501.08313) and M1 (arXiv:2506.13585): lightning attention, now and then all positions.

    MiniMax's own files say in `attn_type_list` which layers see all (1), and go by minimax_m1 or minimax_text_01.
    """
    c = Config({"hidden_size": 4096, "vocab_size": 32000, **c.values}, c.kind)
    layers, heads = c.count("num_hidden_layers", 32), c.count("num_attention_heads", 32)
    dims, block = c.optional("head_dim") or c.count("hidden_size") // heads, c.count("block_size", 256)
    listed, shared = c.values.get("attn_type_list"), c.optional("num_key_value_heads", 8) or heads
    kinds = tuple("full_attention" if one else "linear_attention" for one in listed) if isinstance(listed, list) else ()
    if not kinds and not c.words("layer_types"):
        kinds = tuple("linear_attention" if place % 2 else "full_attention" for place in range(layers))
    kinds = kinds or listed_kinds(c, layers, ("linear_attention", "full_attention"))
    if len(kinds) != layers:
        raise ValueError(f"config.json of a {c.kind}: attn_type_list names {len(kinds)} layers, not {layers}")
    if c.number("shared_intermediate_size", 0):
        raise ValueError(f"config.json of a {c.kind}: shared_intermediate_size is not supported")

    def lightning(net: Network, x: Shape) -> Shape:
        inner = heads * dims
        y = net.linear(x, 3 * inner, bias=False, name="lightning.in", term="attention projections")
        y = y._replace(channels=inner)
        # within a block each pair, between blocks a state of dims x dims for each head: written and read
        forward = 4 * x.positions * inner * (min(block, x.positions) + dims)
        net.counted(y, forward, 2 * forward, kind="linear attention", term="attention", name="lightning")
        y = net.rms_norm(y)
        net.linear(x, inner, bias=False, name="lightning.gate", term="attention projections")
        return net.linear(y, x.channels, bias=False, name="lightning.out", term="attention projections")

    def attention(net: Network, x: Shape) -> Shape:
        window = c.optional("sliding_window")
        return net.attention(x, heads, kv_heads=shared, head_dim=dims, bias=False, window=window)

    def mixture(net: Network, x: Shape) -> Shape:
        return net.moe(x, c.count("num_local_experts", 8), c.count("num_experts_per_tok", 2),
                       c.count("intermediate_size", 14336), gated=True)  # fmt: skip

    parts: dict[str, Part] = {"linear_attention": lightning, "full_attention": attention, "mixture": mixture}
    return model_of(c, length, ((kind, "mixture") for kind in kinds), parts)


def step(c: Config, length: int) -> Network:
    """Step 3.5 Flash (arXiv:2602.10604): windows with heads of their own number, a gate for each head.

    StepFun's own file says in `attention_other_setting` what windows have and in `moe_layers_enum` which layers are
    sparse, and names layers that predict further tokens after the others.
    """
    usual: dict[str, Any] = {"hidden_size": 4096, "vocab_size": 128815}
    c = Config({**usual, **{key: value for key, value in c.values.items() if value is not None}}, c.kind)
    layers, further = c.count("num_hidden_layers", 45), c.number("num_nextn_predict_layers", 0)
    for key in ("layer_types", "mlp_layer_types"):
        if c.size(key) == layers + further:
            c.values = {**c.values, key: c.values[key][:layers]}
    listed = c.values.get("moe_layers_enum")
    if listed is not None and not c.words("mlp_layer_types"):
        places = {int(one) for one in str(listed).strip("[]").split(",") if one.strip().isdigit()}
        kinds = ["sparse" if place in places else "dense" for place in range(layers)]
        c.values = {**c.values, "mlp_layer_types": kinds}
    other = c.part("attention_other_setting", "windows")
    heads, shared = c.count("num_attention_heads", 64), c.count("num_key_value_heads", 8)
    dims = c.count("head_dim", 128)
    own = c.count("num_sliding_attention_heads", other.count("num_attention_heads", heads))
    groups = {shared, c.count("num_sliding_attention_groups", other.count("num_attention_groups", shared))}
    if len(groups) > 1 or other.count("head_dim", dims) != dims:
        raise ValueError(f"config.json of a {c.kind}: windows have other groups or channels of heads: not supported")
    known, bias = ("sliding_attention", "full_attention"), c.flag("attention_bias", default=False)
    kinds = list(listed_kinds(c, layers, known)) if c.size("layer_types") else ["full_attention"] * layers
    gating = c.values.get("gating", "per-head" if c.flag("use_head_wise_attn_gate", default=True) else True)

    def attention(count: int, window: int | None) -> Part:
        def part(net: Network, x: Shape) -> Shape:
            gates = count if gating in (True, "per-head") else count * dims
            net.linear(x, gates, bias=False, name="attention.gate", term="attention projections")
            return net.attention(x, count, kv_heads=shared, head_dim=dims, window=window, bias=bias, norm_heads=True)

        return part

    window = c.optional("sliding_window")
    beside = c.count("share_expert_dim", 1280)
    parts: dict[str, Part] = {"full_attention": attention(heads, None), "sliding_attention": attention(own, window),
                              **feed_forward_parts(c, 11264, 288, 8, 1280, beside)}  # fmt: skip
    return model_of(c, length, zip(kinds, parts_of(c, layers, 3), strict=True), parts)


MIXTURES: dict[str, Callable[[Config, int], Network]] = {
    "step3p5": step,
    **dict.fromkeys(("deepseek_v32", "glm_moe_dsa"), indexed),
    "hunyuan_v1_moe": hunyuan_moe,
    "longcat_flash": longcat,
    **dict.fromkeys(("minimax", "minimax_m1", "minimax_text_01"), minimax),
    **dict.fromkeys(("beam", "afmoe"), beam),
    "mimo_v2_flash": mimo,
    "minimax_m3_vl_text": minimax_m3,
}
