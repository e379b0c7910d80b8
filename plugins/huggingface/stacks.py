"""Model types of Hugging Face that no family describes, counted layer by layer as transformers builds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil

from computeest.contract import Network, Shape
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.huggingface.config import Config, classified, decoder_head, labels, task
from computeest_plugins.huggingface.hybrids import mamba2_part
from computeest_plugins.huggingface.llamas import deepseek_v2
from computeest_plugins.huggingface.pairs import encodes_only
from computeest_plugins.transformer_blocks import Block, stack


def beit(c: Config, _: int) -> Network:
    """BEiT: scaled layers, no bias of keys; a classifier reads the mean patch, pretraining names a code for each."""
    net, width, image = Network(), c.count("hidden_size", 768), c.count("image_size", 224)
    patch, heads, layers = (
        c.count("patch_size", 16),
        c.count("num_attention_heads", 12),
        c.count("num_hidden_layers", 12),
    )
    scored = task(c, "none")
    if scored not in ("image", "pixels", "none") or c.built_for("ForSemanticSegmentation", "Backbone"):
        raise ValueError(f"architectures: of a {c.kind} the class for {scored} is not counted; expected image classes")
    x = net.conv(net.input(c.count("num_channels", 3), image, image), width, patch, patch, name="patches")
    x = net.append_tokens(net.sequence(x), 1)
    if c.flag("use_mask_token", default=False):
        net.parameter(width, "mask_token")
    if c.flag("use_absolute_position_embeddings", default=False):
        x = net.positions(x)
    distances = ((2 * (image // patch) - 1) ** 2 + 3) * heads
    if c.flag("use_shared_relative_position_bias", default=False):
        net.parameter(distances, "distances")
    own = distances if c.flag("use_relative_position_bias", default=False) else 0
    scales = 2 * width if c.values.get("layer_scale_init_value", 0.1) else 0
    block = Block(heads, None, None, c.count("intermediate_size", 3072), qkv_bias=False,
                  more_parameters=2 * width + scales + own)  # fmt: skip
    x = stack(net, x, layers, block)
    pooled = scored != "pixels" and c.flag("use_mean_pooling", default=True)
    x = net.layer_norm(net.select(x) if pooled else x, name="last_norm")
    if scored == "image":
        net.linear(net.select(x), labels(c), name="classifier", term="logits")
    elif scored == "pixels":
        net.linear(net.select(x, x.positions - 1), c.count("vocab_size", 8192), name="codes", term="logits")
    return net


def switch(c: Config, length: int) -> Network:
    """Switch Transformers: T5 whose every so many-th feed-forward part is a mixture of one expert for each word."""
    net = Network(tokens=2 * length)
    width, words, hidden = c.count("d_model", 768), c.count("vocab_size", 32128), c.count("d_ff", 2048)
    heads, dims, experts = c.count("num_heads", 12), c.count("d_kv", 64), c.count("num_experts", 8)
    buckets, encoded = c.count("relative_attention_num_buckets", 32), c.count("num_layers", 12)
    if encodes_only(c):
        raise ValueError("architectures: half a switch_transformers is not counted; expected both halves")

    def layers(x: Shape, count: int, part: str, context: Shape | None = None) -> Shape:
        step = c.optional(f"{part}_sparse_step")
        if step is None:
            sparse = c.number(f"num_sparse_{part}_layers", 3)
            step = count // sparse if sparse else count  # more of them than layers: none
        for place in range(count):
            y = net.attention(net.rms_norm(x), heads, head_dim=dims, bias=False, name="attention")
            x = net.add(x, y)
            if context is not None:
                y = net.attention(net.rms_norm(x), heads, head_dim=dims, bias=False, context=context, name="cross")
                x = net.add(x, y)
            y = net.rms_norm(x)
            if step == 1 or (step and place % step == 1):
                bias = c.flag("router_bias", default=False)
                x = net.add(x, net.moe(y, experts, 1, hidden, router_bias=bias, activation="relu"))
            else:
                x = net.add(x, net.mlp(y, hidden, bias=False, activation="relu", name="feed_forward"))
        net.parameter(buckets * heads, "relative_biases")
        return net.rms_norm(x, name="last_norm")

    with net.block("encoder"):
        context = layers(net.embedding(length, words, width), encoded, "encoder")
    with net.block("decoder"), net.block("layers"):
        x = net.input(width, length, grad=True)
        x = layers(x, c.optional("num_decoder_layers") or encoded, "decoder", context)
    tied = c.flag("tie_word_embeddings", default=True)
    if not tied:
        net.parameter(2 * words * width, "own_embeddings")  # each half has a table beside the common one
    if task(c, "words") == "words":
        net.logits(x, words, tied=tied)
    return net


def xlstm(c: Config, length: int) -> Network:
    """xLSTM 7B: in each head a matrix for memory, written with keys and values and read with queries."""
    net, width = Network(tokens=length), c.count("hidden_size", 4096, "embedding_dim")
    heads, layers, words = (
        c.count("num_heads", 8),
        c.count("num_hidden_layers", 32, "num_blocks"),
        c.count("vocab_size", 50304),
    )
    share = {key: c.values.get(key, usual) for key, usual in
             (("qk_dim_factor", 0.5), ("v_dim_factor", 1.0), ("ffn_proj_factor", 2.667))}  # fmt: skip
    if not all(isinstance(value, (int, float)) and 0 < value <= 64 for value in share.values()):
        raise ValueError(f"config.json of an xlstm: a factor is not a number from 0 to 64: {share}")
    if c.count("embedding_dim", width) != width or c.count("num_blocks", layers) != layers:
        raise ValueError("config.json of an xlstm: embedding_dim or num_blocks differs from hidden_size or layers")
    keys, values = int(width * share["qk_dim_factor"]), int(width * share["v_dim_factor"])
    step = c.count("ffn_round_up_to_multiple_of", 64)
    hidden, bias = step * ceil(width * share["ffn_proj_factor"] / step), c.flag("use_bias", default=False)
    x = net.embedding(length, words, width)
    with net.repeat(layers, "layer"):
        y = net.rms_norm(x)
        net.linear(y, 2 * keys + 2 * values, bias, "mlstm.in", "state space")
        net.linear(y, 2 * heads, name="mlstm.gates", term="state space")
        state = 4 * y.positions * keys * values // heads  # written with a key, read with a query
        y = y._replace(channels=values)
        net.counted(y, state, 2 * state, kind="matrix memory", term="state space", name="mlstm",
                    elementwise=3 * y.positions * keys * values // heads)  # fmt: skip
        net.rms_norm(y, name="mlstm.norm")
        x = net.add(x, net.linear(y, width, bias, "mlstm.out", "state space"))
        x = net.add(x, net.mlp(net.rms_norm(x), hidden, gated=True, bias=bias, activation="silu"))
    if c.flag("add_out_norm", default=True):
        x = net.rms_norm(x, name="last_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=False))
    return net


#: Where Zamba 2 of 2.7B has its shared layer.
ZAMBA_SHARED = (6, 12, 18, 24, 30, 36, 42, 47, 51)


def _zamba_layers(c: Config) -> tuple[str, ...]:
    """What each layer is: as layers_block_type says or hybrid_layer_ids."""
    count = c.count("num_hidden_layers", 54)
    kinds, stated = c.words("layers_block_type"), "hybrid_layer_ids" in c.values
    shared = c.indices("hybrid_layer_ids") if stated else ZAMBA_SHARED
    listed = tuple("hybrid" if place in shared else "mamba" for place in range(count))
    if kinds and stated and any((one == "hybrid") != (place in shared) for place, one in enumerate(kinds)):
        raise ValueError("config.json of a zamba2: hybrid_layer_ids and layers_block_type name different layers")
    return kinds or listed


def zamba2(c: Config, length: int) -> Network:
    """Zamba 2: state spaces, and now and then a transformer layer whose weights all its places share.

    That layer reads the state beside the embedding, and has a small matrix of its own at each place.
    """
    net, width, words = Network(tokens=length), c.count("hidden_size", 2560), c.count("vocab_size", 32000)
    kinds = _zamba_layers(c)
    if set(kinds) - {"hybrid", "mamba", "linear_attention"}:
        raise ValueError("config.json of a zamba2: layers_block_type names an unknown kind of layer")
    if len(kinds) != c.count("num_hidden_layers", 54) or c.count("attention_hidden_size", 2 * width) != 2 * width:
        raise ValueError("config.json of a zamba2: attention_hidden_size or layers_block_type contradicts its sizes")
    if not c.flag("tie_word_embeddings", default=True):  # its shared layers then share nothing
        raise ValueError("config.json of a zamba2: tie_word_embeddings is false, which is not supported")
    heads, hidden, rank = (
        c.count("num_attention_heads", 32),
        c.count("intermediate_size", 4 * width),
        c.count("adapter_rank", 128),
    )
    if c.count("attention_head_dim", 2 * width // heads) != 2 * width // heads:
        raise ValueError("config.json of a zamba2: attention_head_dim is not that of its width and heads")
    dims, bias = 2 * width // heads, c.flag("add_bias_linear", default=False)
    adapted = c.flag("use_shared_attention_adapter", default=False)
    part = mamba2_part(
        inner=c.count("mamba_expand", 2) * width, heads=c.count("n_mamba_heads", 8), groups=c.count("mamba_ngroups", 1),
        state=c.count("mamba_d_state", 64), kernel=c.count("mamba_d_conv", 4), bias=bias,
        conv_bias=c.flag("use_conv_bias", default=True),
    )  # fmt: skip
    x = net.embedding(length, words, width)
    blocks, met = c.count("num_mem_blocks", 1), 0
    for kind in kinds:
        if kind == "hybrid":
            both = x._replace(channels=2 * width)
            with net.shared(f"block {met % blocks}"):
                both = net.rms_norm(both)
                y = net.attention(both, heads, kv_heads=c.optional("num_key_value_heads"), head_dim=dims, bias=False,
                                  out=width, name="attention")  # fmt: skip
                y = net.rms_norm(y)
                z = net.mlp(y, hidden, gated=True, bias=bias, activation="gelu", name="feed_forward")
            net.linear(net.linear(y, rank, bias=False, name="adapter.in"), 2 * hidden, bias=False, name="adapter.out")
            for which in ("query", "key", "value") if adapted else ():
                small = net.linear(both, rank, bias=False, name=f"{which}.adapter.in")
                net.linear(small, 2 * width, bias=False, name=f"{which}.adapter.out")
            net.linear(z, width, bias=False, name="linear")
            met += 1
        x = net.add(x, part(net, net.rms_norm(x))._replace(size=x.size, positions=x.positions))
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=True))
    return net


def _of_layer(c: Config, place: int, full: bool) -> tuple[int, int]:
    """Channels of a head and heads of keys in one layer of Gemma 4, whose wide layers differ from its local ones."""
    listed = c.values.get("per_layer_config") or {}
    own = listed.get(f"{place:02d}", listed.get(str(place), {})) if isinstance(listed, Mapping) else {}
    one = Config({**c.values, **own}, c.kind) if isinstance(own, Mapping) else c
    dims, heads = one.count("head_dim", 256), one.count("num_key_value_heads", 4)
    if full and not own:
        dims = one.optional("global_head_dim", 512) or dims
        heads = one.optional("num_global_key_value_heads") or heads
    return dims, heads


def gemma4(c: Config, length: int) -> Network:
    """Gemma 4: wide heads in every sixth layer, a vector for each word in each layer, perhaps a mixture beside."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 2304), c.count("vocab_size", 262144)
    layers, heads, hidden = (
        c.count("num_hidden_layers", 30),
        c.count("num_attention_heads", 8),
        c.count("intermediate_size", 9216),
    )
    narrow, sharing = c.number("hidden_size_per_layer_input", 256), c.number("num_kv_shared_layers", 0)
    kinds = c.words("layer_types") or tuple(
        "full_attention" if (place + 1) % 6 == 0 or place == layers - 1 else "sliding_attention"
        for place in range(layers)
    )
    bias, window = c.flag("attention_bias", default=False), c.count("sliding_window", 512)
    x = net.embedding(length, words, width)
    if narrow:
        net.embedding(length, c.count("vocab_size_per_layer_input", 262144), layers * narrow, name="words_of_layers")
        net.linear(x, layers * narrow, bias=False, name="of_layers")
        net.parameter(narrow, "of_layers.norm")
    for place, kind in enumerate(kinds):
        full, shares = kind == "full_attention", place >= layers - sharing
        dims, groups = _of_layer(c, place, full)
        y = net.rms_norm(x)
        net.linear(y, heads * dims, bias, "queries", "attention projections")
        if not shares:
            once = full and c.flag("attention_k_eq_v", default=False)
            net.linear(y, (1 if once else 2) * groups * dims, bias, "keys_and_values", "attention projections")
        net.parameter(dims if shares else 2 * dims, "norms_of_heads")
        y = net.attention_core(y, length, heads, dims, window=None if full else window)
        x = net.add(x, net.rms_norm(net.linear(y, width, bias, "out", "attention projections")))
        wide = 2 if shares and c.flag("use_double_wide_mlp", default=False) else 1
        y = net.mlp(net.rms_norm(x), wide * hidden, gated=True, bias=False, activation="gelu", name="feed_forward")
        if c.flag("enable_moe_block", default=False):
            experts = c.count("num_experts")
            y = net.rms_norm(y)
            net.moe(net.rms_norm(x), experts, c.count("top_k_experts"), c.count("moe_intermediate_size"), gated=True)
            net.parameter(2 * width + experts, "router.scales_and_norm")
        x = net.add(x, net.rms_norm(y))
        if narrow:
            y = net.activation(net.linear(x, narrow, bias=False, name="of_layer.gate"))
            x = net.add(x, net.rms_norm(net.linear(y, width, bias=False, name="of_layer.out")))
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=True))
    return net


def mllama_text(c: Config, length: int) -> Network:
    """Llama 3.2 Vision's language model: every fifth layer attends to an image in the place of the text.

    Without an image those layers are passed over: what is counted is text, with their weights as unused.
    """
    net, width, words = Network(tokens=length), c.count("hidden_size", 4096), c.count("vocab_size", 128256)
    layers, heads = c.count("num_hidden_layers", 40), c.count("num_attention_heads", 32)
    groups, hidden = c.count("num_key_value_heads", 8), c.count("intermediate_size", 14336)
    crossing = c.values.get("cross_attention_layers")
    seeing = sum(place < layers for place in (3, 8, 13, 18, 23, 28, 33, 38)) if crossing is None else len(
        [place for place in c.indices("cross_attention_layers") if place < layers]
    )  # fmt: skip
    net.parameter(8 * width, "words_beside")  # the image's own, and seven more
    x = net.embedding(length, words, width)
    block = Block(heads, groups, None, hidden, gated=True, norm="rms", bias=False, qkv_bias=False, output_bias=False,
                  activation="silu")  # fmt: skip
    x = net.rms_norm(stack(net, x, layers - seeing, block), name="final_norm")
    dims = width // heads
    each = 2 * width * (heads + groups) * dims + 3 * width * hidden + 2 * width + 2 * dims + 2
    net.parameter(seeing * each, "attention_to_images", active=False)
    net.note("attention to an image, whose layers text alone passes over")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=False))
    return net


def mllama_vision(c: Config, _: int) -> Network:
    """Llama 3.2 Vision's tower on all tiles of an image: layers of each tile, then of all together, gated."""
    net, width, patch = Network(), c.count("hidden_size", 1280), c.count("patch_size", 14)
    image, tiles = c.count("image_size", 448), c.count("max_num_tiles", 4)
    ratios = c.size("supported_aspect_ratios") or 8
    with net.repeat(tiles, "tile"), net.shared("patches"):
        x = net.conv(
            net.input(c.count("num_channels", 3), image, image), width, patch, patch, bias=False, name="patches"
        )
    net.parameter(width, "class_token")
    x = net.sequence(x)
    rows = x.positions + 1
    net.parameter((ratios + 1) * tiles * width * (rows + 2) + rows * width + 3, "places_of_tiles_and_patches")
    x = net.layer_norm(x._replace(size=(tiles * rows,), positions=tiles * rows), name="first_norm")
    heads, hidden = c.count("attention_heads", 16), c.count("intermediate_size", 5120)
    block = Block(heads, None, None, hidden, qkv_bias=False, output_bias=False)
    x = stack(net, x, c.count("num_hidden_layers", 32), block)
    x = net.layer_norm(x, name="last_norm")
    stack(net, x, c.count("num_global_layers", 8), block._replace(more_parameters=2))
    return net


def blip2_vision(c: Config, _: int) -> Network:
    """BLIP-2's image tower, EVA's ViT-g less its last layer."""
    net, width, patch = Network(), c.count("hidden_size", 1408), c.count("patch_size", 14)
    image = c.count("image_size", 224)
    x = net.conv(net.input(3, image, image), width, patch, patch, name="patches")
    x = net.positions(net.append_tokens(net.sequence(x), 1))
    block = Block(c.count("num_attention_heads", 16), None, None, c.count("intermediate_size", 6144),
                  qkv_bias=c.flag("qkv_bias", default=True))  # fmt: skip
    net.layer_norm(stack(net, x, c.count("num_hidden_layers", 39), block), name="last_norm")
    return net


def query_transformer(c: Config, queries: int, seen: int, patches: int) -> Network:
    """BLIP-2's Q-Former without text: learned queries that every second layer turns to the image."""
    net, width, heads = Network(), c.count("hidden_size", 768), c.count("num_attention_heads", 12)
    net.parameter(queries * width, "queries")
    x, image = (
        net.layer_norm(net.input(width, queries, grad=True)),
        Shape(seen, (patches,), grad=False, positions=patches),
    )
    every = c.count("cross_attention_frequency", 2)
    for place in range(c.count("num_hidden_layers", 12)):
        x = net.layer_norm(net.add(x, net.attention(x, heads)))
        if place % every == 0:
            x = net.layer_norm(net.add(x, net.attention(x, heads, context=image, name="cross")))
        x = net.layer_norm(net.add(x, net.mlp(x, c.count("intermediate_size", 3072))))
    return net


def longformer(c: Config, length: int) -> Network:
    """Longformer: RoBERTa whose words see their neighbours; a second set of matrices serves words that see all."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 768), c.count("vocab_size", 30522)
    layers, seen = c.count("num_hidden_layers", 12), c.values.get("attention_window", 512)
    seen = seen[0] if isinstance(seen, list) and seen and len(set(seen)) == 1 else seen
    scored = task(c, "none")
    if scored not in ("words", "none", "sequence", "tokens", "answers"):
        raise ValueError(f"architectures: a longformer that scores {scored} is not counted")
    x = net.embedding(length, words, width)
    net.parameter((c.count("max_position_embeddings", 512) + c.count("type_vocab_size", 2)) * width, "positions")
    x = net.layer_norm(x)
    with net.repeat(layers, "layer"):
        window = Config({"attention_window": seen}, c.kind).count("attention_window") + 1
        x = net.layer_norm(net.add(x, net.attention(x, c.count("num_attention_heads", 12), window=window)))
        x = net.layer_norm(net.add(x, net.mlp(x, c.count("intermediate_size", 3072))))
        net.parameter(3 * (width * width + width), "attention.global", active=False)
    net.note("words that attend to all others")
    if scored == "words":
        x = net.layer_norm(net.activation(net.linear(x, width, name="head.dense")))
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=True), bias=True)
    elif scored == "none":
        net.linear(net.select(x), width, name="pooler")
    else:
        classified(c, net, width, length, ("sequence",))
    return net


def deepseek(c: Config, length: int) -> Network:
    """DeepSeek-V2, with biases of its dense and shared parts where mlp_bias says so; experts have none."""
    facts = deepseek_v2(c)
    net = decoder(Decoder(**{**facts, **decoder_head(c)}, sequence_length=length))
    if c.flag("mlp_bias", default=False):
        dense = facts["dense_layers"] if facts.get("experts") else facts["layers"]
        net.parameter(dense * (2 * facts["feed_forward"] + facts["width"]), "biases")
        if facts.get("experts") and facts["shared_feed_forward"]:
            shared = 2 * facts["shared_feed_forward"] + facts["width"]
            net.parameter((facts["layers"] - dense) * shared, "biases_of_shared_experts")
    return net


READING: dict[str, Callable[[Config, int], Network]] = {
    "deepseek_v2": deepseek,
    "switch_transformers": switch,
    "xlstm": xlstm,
    "zamba2": zamba2,
    "gemma4_text": gemma4,
    "mllama_text_model": mllama_text,
}

SEEING: dict[str, Callable[[Config, int], Network]] = {
    "beit": beit,
    "longformer": longformer,
    "mllama_vision_model": mllama_vision,
    **dict.fromkeys(("blip_2_vision_model", "instructblipvideo_vision_model"), blip2_vision),
}
