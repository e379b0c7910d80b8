"""Model types of Hugging Face that vary a common one by a norm, a table or a tower's end."""

from __future__ import annotations

from collections.abc import Callable

from computeest.contract import Network, Shape
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.huggingface.config import Config, classified, decoder_head, labels, task
from computeest_plugins.huggingface.llamas import Facts, deepseek_v3, modern
from computeest_plugins.transformer_blocks import Block, stack


def _read(c: Config, facts: Facts, length: int) -> Network:
    return decoder(Decoder(**{**facts, **decoder_head(c)}, sequence_length=length))


def helium(c: Config, length: int) -> Network:
    """Helium: Llama in Kyutai's sizes."""
    bias = c.flag("attention_bias", default=False)
    facts = {**modern(c, 2560, 24, 20, 7040, 48000), "head_dim": c.optional("head_dim", 128)}
    if facts["head_dim"] * facts["heads"] != facts["width"]:
        raise ValueError("config.json of a helium: num_attention_heads x head_dim differs from hidden_size")
    return _read(c, {**facts, "bias": c.flag("mlp_bias", default=False), "qkv_bias": bias, "output_bias": bias}, length)


def bitnet(c: Config, length: int) -> Network:
    """BitNet: Llama with a norm more inside both parts; weights of three values, counted as any other."""
    facts = modern(c, 2560, 30, 20, 6912, 128256)
    bias = c.flag("attention_bias", default=False)
    facts |= {"kv_heads": c.optional("num_key_value_heads", 5), "activation": "squared_relu", "qkv_bias": bias,
              "output_bias": bias, "more_parameters": facts["width"] + facts["feed_forward"]}  # fmt: skip
    return _read(c, facts, length)


def glm4_moe_lite(c: Config, length: int) -> Network:
    """GLM 4.7 Flash: DeepSeek's latent attention and mixture in a small size."""
    usual = {"hidden_size": 2048, "intermediate_size": 10240, "moe_intermediate_size": 1536, "num_hidden_layers": 47,
             "num_attention_heads": 20, "n_routed_experts": 64, "num_experts_per_tok": 4, "q_lora_rank": 768,
             "v_head_dim": 256, "qk_nope_head_dim": 192, "vocab_size": 154880}  # fmt: skip
    kinds = c.words("mlp_layer_types")
    dense = kinds.count("dense") if kinds else 1
    facts = deepseek_v3(Config({**usual, "first_k_dense_replace": dense, **c.values}, c.kind))
    return _read(c, facts, length)


def cpmant(c: Config, length: int) -> Network:
    """CPM-Ant: 32 learned prompts before the text, which pass through all layers; biases by distance."""
    facts = modern(c, 4096, 48, 32, 10240, 30720)
    heads, width = facts["heads"], facts["width"]
    facts |= {"head_dim": c.count("dim_head", 128), "feed_forward": c.count("dim_ff", 10240), "tied": False,
              "activation": "gelu"}  # fmt: skip
    before, segments = c.count("prompt_length", 32), c.count("segment_types", 32)
    head = decoder_head(c)
    net = decoder(Decoder(**{**facts, **head, "classes": head.get("classes", 0)}, sequence_length=length + before))
    net.tokens = length
    if not head:
        net.logits(net.input(width, length, grad=True), facts["vocabulary"], tied=False)
    prompts = c.count("prompt_types", 32) * before
    buckets = c.count("position_bias_num_buckets", 512) + segments * segments
    net.parameter((prompts + segments) * width + buckets * heads, "prompts_and_distances")
    return net


def moshi(c: Config, length: int) -> Network:
    """Moshi's language model of text; the one of sounds, which reads its states, is a model apart."""
    if c.built_for("ForConditionalGeneration"):
        raise ValueError("architectures: of a moshi only MoshiForCausalLM and MoshiModel are counted")
    facts = modern(c, 4096, 32, 32, 11264, 32000)
    facts |= {"feed_forward": c.count("ffn_dim", 22528) // 2, "window": c.optional("sliding_window", 3000)}
    net = _read(c, facts, length)
    net.parameter(facts["width"], "word_of_silence")
    return net


#: Sizes that differ from BERT's.
USUAL: dict[str, dict[str, int]] = {
    "bert-generation": {"vocab_size": 50358, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
                        "intermediate_size": 4096},
    "gte": {"vocab_size": 250048},
    "jina_embeddings_v3": {"vocab_size": 250002, "hidden_size": 1024, "num_hidden_layers": 24,
                           "num_attention_heads": 16, "intermediate_size": 4096},
    "luke": {"vocab_size": 50267},
}  # fmt: skip


def post_normed(c: Config, length: int, *, rows: int, segments: int, gated: bool = False) -> tuple[Network, Shape]:
    """BERT's layers by hand: norms after each part; a gated part has a bias in its last matrix only."""
    c.values = {**USUAL.get(c.kind, {}), **c.values}
    net, width, hidden = Network(tokens=length), c.count("hidden_size", 768), c.count("intermediate_size", 3072)
    x = net.embedding(length, c.count("vocab_size", 30522), width)
    if rows + segments:
        net.parameter((rows + segments) * width, "positions_and_segments")
    x = net.layer_norm(x)
    with net.repeat(c.count("num_hidden_layers", 12), "layer"):
        x = net.layer_norm(net.add(x, net.attention(x, c.count("num_attention_heads", 12))))
        y = net.mlp(x, hidden, gated=gated, bias=not gated)
        if gated:
            net.parameter(width, "feed_forward.bias")
        x = net.layer_norm(net.add(x, y))
    return net, x


def _words(net: Network, x: Shape, c: Config, *, dense: bool = True, tied: bool = True) -> None:
    if dense:
        x = net.layer_norm(net.activation(net.linear(x, x.channels, name="head.dense")))
    net.logits(x, c.count("vocab_size", 30522), bias=True, tied=tied and c.flag("tie_word_embeddings", default=True))


def scored(net: Network, x: Shape, c: Config, length: int, *, pooler: bool) -> Network:
    """The head that `architectures` names."""
    head = task(c, "none")
    if head == "words":
        _words(net, x, c)
    elif head == "none" and pooler:
        net.linear(net.select(x), x.channels, name="pooler")
    elif head != "none":
        classified(c, net, x.channels, length, ("sequence",))
    return net


def gte(c: Config, length: int) -> Network:
    """GTE: BERT with rotary places and gated feed-forward parts."""
    net, x = post_normed(c, length, rows=0, segments=c.number("type_vocab_size", 1), gated=True)
    return scored(net, x, c, length, pooler=False)


def jina(c: Config, length: int) -> Network:
    """Jina Embeddings v3: XLM-RoBERTa with rotary places."""
    net, x = post_normed(c, length, rows=0, segments=c.number("type_vocab_size", 1))
    return scored(net, x, c, length, pooler=True)


def bert_generation(c: Config, length: int) -> Network:
    """BERT that writes: no segments; words are scored without a layer before."""
    net, x = post_normed(c, length, rows=c.count("max_position_embeddings", 512), segments=0)
    if c.built_for("Decoder") or task(c, "none") == "words":
        _words(net, x, c, dense=False)
    return net


def splinter(c: Config, length: int) -> Network:
    """Splinter: BERT that finds spans, with a transform for starts, for ends and for the questions of both."""
    net, x = post_normed(c, length, rows=c.count("max_position_embeddings", 512),
                         segments=c.number("type_vocab_size", 2))  # fmt: skip
    if task(c, "none") in ("pretraining", "answers"):
        for which in ("start", "end", "question_start", "question_end"):
            y = net.layer_norm(net.linear(x, x.channels, name=f"{which}.dense"))
            if not which.startswith("question"):
                net.linear(y, x.channels, bias=False, name=f"{which}.classifier")
    return net


def luke(c: Config, length: int) -> Network:
    """LUKE reading text: beside it are half a million entities and the queries between them and the words."""
    rows, segments = c.count("max_position_embeddings", 512), c.number("type_vocab_size", 2)
    net, x = post_normed(c, length, rows=rows, segments=segments)
    width, entities, narrow = x.channels, c.count("entity_vocab_size", 500000), c.count("entity_emb_size", 256)
    net.parameter(entities * narrow + (narrow * width if narrow != width else 0) + (rows + segments + 2) * width,
                  "entities", active=False)  # fmt: skip
    if c.flag("use_entity_aware_attention", default=True):
        each = 3 * (width * width + width)
        net.parameter(c.count("num_hidden_layers", 12) * each, "attention.entities", active=False)
    net.note("entities beside the words")
    head = task(c, "none")
    if not c.flag("tie_word_embeddings", default=True):
        raise ValueError("config.json of a luke: tie_word_embeddings is false, which is not supported")
    if head not in ("words", "none"):
        raise ValueError("architectures: of a luke only LukeForMaskedLM and LukeModel are counted")
    net.linear(net.select(x), width, name="pooler")
    if head == "words":
        _words(net, x, c, tied=False)
        net.parameter(width * narrow + 3 * narrow + entities, "entity_predictions", active=False)
    return net


def markuplm(c: Config, length: int) -> Network:
    """MarkupLM: BERT with an embedding of each word's path through its page."""
    net, x = post_normed(c, length, rows=c.count("max_position_embeddings", 512),
                         segments=c.number("type_vocab_size", 2))  # fmt: skip
    depth, unit = c.count("max_depth", 50), c.count("xpath_unit_hidden_size", 32)
    tags, places = c.count("max_xpath_tag_unit_embeddings", 256), c.count("max_xpath_subs_unit_embeddings", 1024)
    path = net.input(depth * unit, length, grad=True)
    net.parameter(depth * (tags + places) * unit + path.channels * x.channels + x.channels, "paths")
    net.mlp(path, 4 * x.channels, out=x.channels, name="path")
    net.linear(net.select(x), x.channels, name="pooler")
    return net


def _image(net: Network, c: Config, *, patch: int = 16, bias: bool = True) -> Shape:
    side, patch = c.count("image_size", 224), c.count("patch_size", patch)
    x = net.input(c.count("num_channels", 3), side, side)
    return net.sequence(net.conv(x, c.count("hidden_size", 768), patch, patch, bias=bias, name="patches"))


def vitdet(c: Config, _: int) -> Network:
    """ViTDet's backbone without windows: a vision transformer that keeps its map."""
    if c.flag("use_relative_position_embeddings", default=False) or c.size("residual_block_indices"):
        raise ValueError("config.json of a vitdet: relative positions and residual blocks are not supported")
    net, width = Network(), c.count("hidden_size", 768)
    x = _image(net, c)
    if c.flag("use_absolute_position_embeddings", default=True):
        pretrained = c.count("pretrain_image_size", 224) // c.count("patch_size", 16)
        x = net.positions(x, pretrained * pretrained + 1)
    block = Block(c.count("num_attention_heads", 12), None, None, width * c.count("mlp_ratio", 4),
                  qkv_bias=c.flag("qkv_bias", default=True))  # fmt: skip
    windows, side = c.indices("window_block_indices"), c.number("window_size", 0)
    layers = c.count("num_hidden_layers", 12)
    local = sum(place < layers for place in windows) if side else 0
    x = stack(net, x, layers - local, block)
    if local:
        stack(net, x, local, block._replace(window=side * side))
    return net


def ijepa(c: Config, _: int) -> Network:
    """I-JEPA's encoder: a vision transformer without a class token."""
    net = Network()
    x = net.positions(_image(net, c))
    block = Block(c.count("num_attention_heads", 12), None, None, c.count("intermediate_size", 3072),
                  qkv_bias=c.flag("qkv_bias", default=True))  # fmt: skip
    x = net.layer_norm(stack(net, x, c.count("num_hidden_layers", 12), block), name="last_norm")
    if task(c, "none") == "image":
        net.linear(net.global_pool(x), labels(c), name="classifier", term="logits")
    return net


def mlcd(c: Config, _: int) -> Network:
    """MLCD: CLIP's image tower with rotary places."""
    net, width, heads = Network(), c.count("hidden_size", 1664), c.count("num_attention_heads", 16)
    usual = {"hidden_size": width, "image_size": 336, "patch_size": 14}
    x = net.append_tokens(_image(net, Config({**usual, **c.values}, c.kind), bias=False), 1)
    net.parameter(width // heads // 2, "place_of_the_class")
    block = Block(heads, None, None, c.count("intermediate_size", 8192))
    x = stack(net, net.layer_norm(x, name="first_norm"), c.count("num_hidden_layers", 48), block)
    net.layer_norm(net.select(x), name="last_norm")
    return net


def qwen2_5_vision(c: Config, _: int) -> Network:
    """The image tower of Qwen 2.5 VL, and EXAONE 4.5's with grouped attention."""
    net, width, patch = Network(), c.count("hidden_size", 3584), c.count("patch_size", 14)
    frames, side = c.count("temporal_patch_size", 2), c.count("spatial_merge_size", 2)
    patches = 64 * side * side
    x = net.linear(net.input(c.count("in_channels", 3) * frames * patch**2, patches), width, bias=False, name="patches")
    shared = c.optional("num_key_value_heads", 8 if c.kind == "exaone4_5_vision" else None)
    block = Block(c.count("num_heads", 16), shared, None, c.count("intermediate_size", 3420),
                  gated=True, norm="rms", activation="silu")  # fmt: skip
    x = net.rms_norm(stack(net, x, c.count("depth", 32), block), name="last_norm")
    merged = Shape(width * side * side, (64,), x.grad, 64)
    net.mlp(merged, merged.channels, out=c.count("out_hidden_size", 3584), name="merger")
    return net


def glm_vision(c: Config, _: int) -> Network:
    """The image tower of GLM 4.5V and of GLM-OCR, whose layers have biases and norms of heads."""
    ocr = c.kind == "glm_ocr_vision"
    net, width = Network(), c.count("hidden_size", 1024 if ocr else 1536)
    patch, frames, side = c.count("patch_size", 14), c.count("temporal_patch_size", 2), c.count("spatial_merge_size", 2)
    rows, out = (c.count("image_size", 336) // patch) ** 2, c.count("out_hidden_size", 1536 if ocr else 4096)
    inner = c.count("intermediate_size", 4096 if ocr else 13696)
    bias = c.flag("attention_bias", default=ocr)
    x = net.linear(net.input(c.count("in_channels", 3) * frames * patch**2, rows), width, name="patches")
    if not ocr:
        x = net.positions(net.rms_norm(x, name="first_norm"), rows)
    block = Block(c.count("num_heads", 16 if ocr else 12), None, None, inner if ocr else out, gated=True, norm="rms",
                  bias=ocr, qkv_bias=bias, output_bias=bias, norm_heads=ocr, activation="silu")  # fmt: skip
    x = net.rms_norm(stack(net, x, c.count("depth", 24), block), name="last_norm")
    merged = rows // (side * side)
    y = net.linear(Shape(width * side * side, (merged,), x.grad, merged), out, name="downsample")
    y = net.layer_norm(net.linear(y, out, bias=False, name="merger.in"))
    hidden = c.count("in_channels", 3) * out if ocr else inner
    net.mlp(y, hidden, gated=True, bias=False, activation="silu", name="merger")
    return net


def heard(c: Config, _: int) -> Network:
    """Whisper's encoder with rotary places (GLM-ASR), and Voxtral's that hears as one speaks: gated, RMS norms."""
    live = c.kind == "voxtral_realtime_encoder"
    net, width, heads = Network(), c.count("hidden_size", 1280), c.count("num_attention_heads", 32 if live else 20)
    frames, dims = 2 * c.count("max_position_embeddings", 1500), c.optional("head_dim", 64 if live else None)
    x = net.activation(net.conv(net.input(c.count("num_mel_bins", 128), frames), width, 3, padding=1, name="conv1"))
    x = net.activation(net.conv(x, width, 3, 2, 1, name="conv2"))
    if c.count("num_key_value_heads", heads) != heads:
        raise ValueError(f"config.json of a {c.kind}: num_key_value_heads is not num_attention_heads")
    biases = 2 * heads * (dims or width // heads) + (width if live else 0)
    block = Block(heads, None, dims, c.count("intermediate_size", 5120), gated=live, norm="rms" if live else "layer",
                  bias=not live, qkv_bias=False, more_parameters=biases,
                  window=c.optional("sliding_window", 750) if live else None)  # fmt: skip
    net.norm(stack(net, x, c.count("num_hidden_layers", 32), block), block.norm, "last_norm")
    return net


def resnet(c: Config, _: int) -> Network:
    """ResNet v1.5, whose stride stands at the 3x3 convolution, or with downsample_in_bottleneck before it (v1)."""
    net, deep = Network(), c.word("layer_type", "bottleneck") == "bottleneck"
    widths, depths = c.values.get("hidden_sizes") or (256, 512, 1024, 2048), c.values.get("depths") or (3, 4, 6, 3)
    early = c.flag("downsample_in_bottleneck", default=False)

    def conv(x: Shape, out: int, kernel: int, stride: int = 1, *, active: bool = True) -> Shape:
        x = net.conv(x, out, kernel, stride, kernel // 2, bias=False)
        x = net.batch_norm(x)
        return net.activation(x) if active else x

    x = conv(net.input(c.count("num_channels", 3), 224, 224), c.count("embedding_size", 64), 7, 2)
    x = net.max_pool(x, 3, 2, 1)
    for place, (out, count) in enumerate(zip(widths, depths, strict=True)):
        for layer in range(count):
            stride = 2 if layer == 0 and (place > 0 or c.flag("downsample_in_first_stage", default=False)) else 1
            y = x
            if deep:
                y = conv(y, out // 4, 1, stride if early else 1)
                y = conv(y, out // 4, 3, 1 if early else stride)
                y = conv(y, out, 1, active=False)
            else:
                y = conv(conv(y, out, 3, stride), out, 3, active=False)
            x = net.add(conv(x, out, 1, stride, active=False) if x.channels != out or stride > 1 else x, y)
    if task(c, "none") == "image":
        net.linear(net.global_pool(x), labels(c), name="classifier", term="logits")
    return net


def poolformer(c: Config, _: int) -> Network:
    """PoolFormer: layers that mix by pooling alone."""
    net, x = Network(), None
    keys = ("depths", "hidden_sizes", "patch_sizes", "strides", "padding")
    usual = ([2, 2, 6, 2], [64, 128, 320, 512], [7, 3, 3, 3], [4, 2, 2, 2], [2, 1, 1, 1])
    stages = zip(*(c.values.get(key) or value for key, value in zip(keys, usual, strict=True)), strict=True)
    ratio = c.values.get("mlp_ratio", 4.0)
    x = net.input(c.count("num_channels", 3), 224, 224)
    for depth, width, patch, stride, padding in stages:
        x = net.conv(x, width, patch, stride, padding, name="patches")
        with net.repeat(depth, "layer"):
            x = net.add(x, net.group_norm(x))
            y = net.conv(net.group_norm(x), int(width * ratio), 1)
            x = net.add(x, net.conv(net.activation(y), width, 1))
            if c.flag("use_layer_scale", default=True):
                net.parameter(2 * width, "scales")
    if task(c, "none") == "image":
        net.parameter(2 * x.channels, "last_norm")
        net.linear(net.global_pool(x), labels(c), name="classifier", term="logits")
    return net


WRITING: dict[str, Callable[[Config, int], Network]] = {
    "bitnet": bitnet,
    "cpmant": cpmant,
    "glm4_moe_lite": glm4_moe_lite,
    "helium": helium,
    "moshi": moshi,
}

ENCODING: dict[str, Callable[[Config, int], Network]] = {
    "bert-generation": bert_generation,
    "exaone4_5_vision": qwen2_5_vision,
    **dict.fromkeys(("glm4v_vision", "glm4v_moe_vision"), glm_vision),
    "glm_ocr_vision": glm_vision,
    "glmasr_encoder": heard,
    "gte": gte,
    "ijepa": ijepa,
    "jina_embeddings_v3": jina,
    "luke": luke,
    "markuplm": markuplm,
    "mlcd_vision_model": mlcd,
    "poolformer": poolformer,
    "qwen2_5_vl_vision": qwen2_5_vision,
    "resnet": resnet,
    "splinter": splinter,
    "vitdet": vitdet,
    "voxtral_realtime_encoder": heard,
}
