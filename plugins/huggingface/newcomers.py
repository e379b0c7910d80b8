"""More model types of Hugging Face: decoders, encoders and towers whose layers differ from a known type's in one part.

Each was held to what transformers 5.24 builds: its default configuration, and others of other sizes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from computeest.contract import Network, Shape
from computeest_plugins.blocks import classifier, conv_norm
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.efficientnet import efficientnet
from computeest_plugins.huggingface.config import Config, decoder_head, labels, task
from computeest_plugins.huggingface.llamas import Facts, modern, windowed
from computeest_plugins.huggingface.variants import post_normed, scored
from computeest_plugins.regnet import block as regnet_block
from computeest_plugins.transformer_blocks import Block, stack


def _only(c: Config, *classes: str) -> None:
    """Refuse a class of which the layers are not known."""
    names = c.values.get("architectures")
    if isinstance(names, list) and names and not any(str(names[0]).endswith(one) for one in classes):
        raise ValueError(f"architectures: {names[0]} of a {c.kind} is not counted; expected {' or '.join(classes)}")


def flint(c: Config) -> Facts:
    """Flint: Qwen's mixture with a shared expert and windows, the first layers dense."""
    bias, layers = c.flag("attention_bias", default=False), c.count("num_hidden_layers", 49)
    facts = {**modern(c, 2048, 49, 32, 6144, 150144), "norm_heads": True, "qkv_bias": bias, "output_bias": bias}
    step, stated = c.count("decoder_sparse_step", 1), "mlp_only_layers" in c.values
    dense = c.indices("mlp_only_layers") if stated else (0, 1)
    mixtures = sum((place + 1) % step == 0 and place not in dense for place in range(layers))
    facts |= {
        "kv_heads": c.optional("num_key_value_heads", 4),
        "head_dim": c.optional("head_dim", 128),
        "experts": c.count("num_experts", 256),
        "experts_per_token": c.count("num_experts_per_tok", 6),
        "expert_feed_forward": c.count("moe_intermediate_size", 512),
        "shared_feed_forward": c.number("shared_expert_intermediate_size", 1024),
        "dense_layers": layers - mixtures,
        "more_parameters": facts["heads"],  # a learned sink for each
    }
    return windowed(c, facts, c.optional("sliding_window", 513), lambda layers: 2 * (layers // 5) + min(layers % 5, 2))


def diffllama(c: Config, length: int) -> Network:
    """DiffLlama: Llama whose heads weigh the values of two heads, the second map taken from the first."""
    bias, facts = c.flag("attention_bias", default=False), modern(c, 2048, 16, 32, 8192, 32000)
    heads, kv_heads = facts["heads"], c.optional("num_key_value_heads") or facts["heads"]
    dims = c.optional("head_dim") or facts["width"] // heads
    facts |= {"kv_heads": kv_heads, "head_dim": dims, "qkv_bias": bias, "output_bias": bias,
              "more_parameters": 4 * dims}  # fmt: skip
    net = decoder(Decoder(**{**facts, **decoder_head(c)}, sequence_length=length))
    with net.repeat(facts["layers"], "layer"):
        net.matmul(net.input(facts["width"], length, grad=True), length, length, dims, heads, "attention.other_values")
    return net


def esmc(c: Config, length: int) -> Network:
    """ESM C: a protein's letters, layers of norms with biases, gated parts without, norms of all queries and keys."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 2560), c.count("vocab_size", 64)
    heads = c.count("num_attention_heads", 40)
    kv_heads, dims = c.optional("num_key_value_heads") or heads, c.optional("head_dim") or width // heads
    bias = c.flag("attention_bias", default=False)
    x = net.embedding(length, words, width)
    with net.repeat(c.count("num_hidden_layers", 80), "layer"):
        net.parameter((heads + kv_heads) * dims, "norms_of_queries_and_keys")
        x = net.add(x, net.attention(net.layer_norm(x), heads, kv_heads=kv_heads, head_dim=dims, bias=bias))
        x = net.add(x, net.mlp(net.layer_norm(x), c.count("intermediate_size", 6912), gated=True,
                               bias=c.flag("mlp_bias", default=False), activation="silu"))  # fmt: skip
    x = net.norm(x, "layer without bias", "final_norm")
    _only(c, "EsmcForMaskedLM", "EsmcModel")
    if task(c, "none") == "words":
        x = net.layer_norm(net.linear(x, width, name="head.dense"))
        net.logits(x, words, bias=True, tied=c.flag("tie_word_embeddings", default=False))
    return net


def yoso(c: Config, length: int) -> Network:
    """YOSO: BERT whose attention is an expectation over hashes, computed for all pairs."""
    if not c.flag("use_expectation", default=True) or c.optional("conv_window"):
        raise ValueError("config.json of a yoso: sampled hashes and convolutions are not supported")
    rows = c.count("max_position_embeddings", 4096) + 2
    net, x = post_normed(Config({"vocab_size": 50265, **c.values}, c.kind), length, rows=rows,
                         segments=c.number("type_vocab_size", 1))  # fmt: skip
    return scored(net, x, Config({"vocab_size": 50265, **c.values}, c.kind), length, pooler=False)


def bert_decoder(net: Network, c: Config, length: int, memory: Shape, segments: int) -> None:
    """BERT that writes, attending to what was encoded after each layer's attention to itself."""
    width, words = c.count("hidden_size", 768), c.count("vocab_size", 30522)
    heads, hidden = c.count("num_attention_heads", 12), c.count("intermediate_size", 3072)
    x = net.positions(net.embedding(length, words, width), c.count("max_position_embeddings", 512))
    if segments:
        net.parameter(segments * width, "segments")
    x = net.layer_norm(x)
    with net.repeat(c.count("num_hidden_layers", 12), "layer"):
        x = net.layer_norm(net.add(x, net.attention(x, heads)))
        x = net.layer_norm(net.add(x, net.attention(x, heads, context=memory, name="cross")))
        x = net.layer_norm(net.add(x, net.mlp(x, hidden)))
    x = net.layer_norm(net.activation(net.linear(x, width, name="head.dense")))
    net.logits(x, words, bias=True, tied=c.flag("tie_word_embeddings", default=True))


def blip(c: Config, length: int) -> Network:
    """BLIP that describes an image: a vision transformer and a BERT that writes."""
    _only(c, "BlipForConditionalGeneration")
    vision, text = c.part("vision_config", "vision part"), c.part("text_config", "text part")
    rows, net = text.count("max_position_embeddings", 512), Network(tokens=length)
    with net.block("vision"):
        x = net.positions(net.append_tokens(_patches(net, vision, 16, 384, 768)))
        block = Block(vision.count("num_attention_heads", 12), None, None, vision.count("intermediate_size", 3072))
        x = net.layer_norm(stack(net, x, vision.count("num_hidden_layers", 12), block), name="last_norm")
    if text.count("encoder_hidden_size", 768) != x.channels:
        raise ValueError("config.json of a blip: encoder_hidden_size is not the width of the vision part")
    usual = {"vocab_size": 30524, "num_attention_heads": 8}
    with net.block("text"):
        bert_decoder(net, Config({**usual, **text.values}, text.kind), min(length, rows), x, 0)
    return net


def _patches(net: Network, c: Config, patch: int, image: int, width: int, *, bias: bool = True) -> Shape:
    patch, image = c.count("patch_size", patch), c.count("image_size", image)
    x = net.input(c.count("num_channels", 3), image, image)
    return net.sequence(net.conv(x, c.count("hidden_size", width), patch, patch, bias=bias, name="patches"))


def _of_patches(net: Network, values: int, rows: int, width: int) -> Shape:
    """Patches as rows of numbers, each in one matrix without bias."""
    return net.linear(net.input(values, rows), width, bias=False, name="patches")


def hunyuan_vision(c: Config, _: int) -> Network:
    """HunYuan-VL's image tower on an image of the largest size, merged four to one by convolutions."""
    net, patch, side = Network(), c.count("patch_size", 16), c.count("max_image_size", 2048)
    width, out = c.count("hidden_size", 1152), c.count("text_hidden_size", 3072)
    merge, rows = c.count("spatial_merge_size", 2), (side // patch) ** 2
    x = net.positions(_patches(net, Config({**c.values, "image_size": side}, c.kind), 16, side, 1152), rows + 1)
    block = Block(c.count("num_attention_heads", 16), c.optional("num_key_value_heads"), None,
                  c.count("intermediate_size", 4304))  # fmt: skip
    x = net.rms_norm(stack(net, x, c.count("num_hidden_layers", 27), block))
    merged = rows // merge**2
    x = net.linear(x._replace(channels=width * merge**2, size=(merged,), positions=merged), 2 * width, name="merge")
    x = net.linear(net.linear(x, 4 * width, name="merge.out"), out, name="merge.text")
    net.rms_norm(x)
    net.parameter(4 * width + 3 * out, "marks_of_rows_and_images")
    return net


def inkling2_vision(c: Config, _: int) -> Network:
    """Inkling 2's image tower on a grid of learned places, four patches merged to one."""
    net, width, grid = Network(), c.count("hidden_size", 1024), c.count("posemb_grid_size", 32)
    x = _of_patches(net, c.count("num_channels", 3) * c.count("patch_size", 20) ** 2, grid * grid, width)
    x = net.append_tokens(net.positions(x))
    net.parameter(width, "place_of_the_class")
    x = net.layer_norm(x, name="first_norm")
    inner = c.optional("intermediate_size") or 4 * width
    block = Block(c.count("num_attention_heads", 16), None, None, inner, more_parameters=2 * width)
    x = stack(net, x, c.count("num_hidden_layers", 23), block)
    merge, bias = c.count("spatial_merge_size", 2) ** 2, c.flag("projector_bias", default=False)
    rows = grid * grid // merge
    x = x._replace(channels=width * merge, size=(rows,), positions=rows)
    y = net.linear(x, c.count("projection_hidden_dim", 4096), bias, "merger.one")
    net.linear(net.activation(y), c.count("text_hidden_size", 4608), bias, "merger.two")
    return net


def muse_vision(c: Config, _: int) -> Network:
    """Muse Glimmer's tower on a grid of learned places; windows are counted as if they saw all."""
    net, width = Network(), c.count("hidden_size", 1536)
    values = 3 * c.count("patch_temporal", 2) * c.count("patch_size", 14) ** 2
    rows = c.count("pos_emb_height", 32) * c.count("pos_emb_width", 32)
    x = net.layer_norm(net.positions(_of_patches(net, values, rows, width)), name="first_norm")
    block = Block(c.count("num_attention_heads", 16), None, None, c.count("intermediate_size", 8960))
    net.layer_norm(stack(net, x, c.count("num_hidden_layers", 50), block), name="last_norm")
    if "window_attention" in c.words("layer_types"):
        net.note("windows of attention, whose size the configuration does not say: all positions are counted")
    return net


def videoprism(c: Config, _: int) -> Network:
    """VideoPrism's tower: layers over each frame's patches, then over each patch's frames."""
    net, width = Network(), c.count("hidden_size", 768)
    tube, image = c.values.get("tubelet_size") or [1, 18, 18], c.count("image_size", 288)
    if not isinstance(tube, list) or len(tube) != 3 or tube[1] != tube[2]:
        raise ValueError(f"config.json of a {c.kind}: tubelet_size is {tube!r}, not frames and two equal sides")
    frames, side = c.count("num_frames", 16) // int(tube[0]), int(tube[1])
    block = Block(c.count("num_attention_heads", 12), None, None, c.count("intermediate_size", 3072),
                  qkv_bias=c.flag("qkv_bias", default=True))  # fmt: skip
    patches = (image // side) ** 2
    with net.repeat(frames, "frame"), net.shared("spatial"):
        x = net.linear(net.input(c.count("num_channels", 3) * int(tube[0]) * side**2, patches), width, name="patches")
        x = net.positions(x)
        net.layer_norm(stack(net, x, c.count("num_spatial_layers", 12), block), name="last_norm")
    with net.repeat(patches, "patch"), net.shared("temporal"):
        x = net.positions(net.input(width, frames, grad=True))
        net.layer_norm(stack(net, x, c.count("num_temporal_layers", 4), block), name="last_norm")
    return net


def timesfm(c: Config, _: int) -> Network:
    """TimesFM: patches of a series, each with its mask, through a decoder of narrow parts."""
    _only(c, "TimesFmModel")
    net, width, patch = Network(), c.count("hidden_size", 1280), c.count("patch_length", 32)
    hidden, heads = c.count("intermediate_size", 1280), c.count("num_attention_heads", 16)
    dims = c.count("head_dim", 80)
    rows = max(1, c.count("context_length", 512) // patch)
    series = net.input(2 * patch, rows)
    x = net.linear(net.activation(net.linear(series, hidden, name="input.one")), width, name="input.two")
    x = net.add(x, net.linear(series, width, name="input.beside"))
    net.parameter(c.count("freq_size", 3) * width, "frequencies")
    with net.repeat(c.count("num_hidden_layers", 50), "layer"):
        net.parameter(dims, "attention.scales")
        x = net.add(x, net.attention(net.rms_norm(x), heads, head_dim=dims))
        x = net.add(x, net.mlp(net.layer_norm(x), hidden))
    return net


def t5gemma2(c: Config, length: int) -> Network:
    """T5Gemma 2: Gemma 3's layers in both halves; what is written attends to itself and to what was read at once."""
    _only(c, "T5Gemma2ForConditionalGeneration")
    if not c.flag("tie_word_embeddings", default=True):
        raise ValueError("config.json of a t5gemma2: tie_word_embeddings is false, which is not supported")
    outer = c.part("encoder", "encoder")
    text, vision = outer.part("text_config", "text part"), outer.part("vision_config", "vision part")
    reading, writing = text, c.part("decoder", "decoder")
    words, width = reading.count("vocab_size", 262208), reading.count("hidden_size", 2304)
    net = Network(tokens=2 * length)
    x = net.embedding(length, words, width)
    net.parameter(width, "end_of_image")
    memory = net.rms_norm(_gemma_layers(net, x, reading, None), name="encoder_norm")
    with net.tied():
        y = net.embedding(length, words, writing.count("hidden_size", 2304))
    y = net.rms_norm(_gemma_layers(net, y, writing, memory), name="decoder_norm")
    net.logits(y, words, tied=c.flag("tie_word_embeddings", default=True))
    tower = Network()
    z = tower.positions(_patches(tower, vision, 16, 224, 768))
    hidden = vision.count("intermediate_size", 3072)
    block = Block(vision.count("num_attention_heads", 12), None, None, hidden)
    z = tower.layer_norm(stack(tower, z, vision.count("num_hidden_layers", 12), block), name="last_norm")
    if vision.flag("vision_use_head", default=True):
        tower.parameter(z.channels, "probe")
        q = tower.attention(tower.select(z), vision.count("num_attention_heads", 12), context=z, name="head.attention")
        tower.mlp(tower.layer_norm(q), hidden, name="head")
    net.parameter(tower.parameters + z.channels * (width + 1), "vision_tower_and_projector", active=False)
    net.note("the vision tower runs once for each image; only text is counted")
    return net


def _gemma_layers(net: Network, x: Shape, c: Config, memory: Shape | None) -> Shape:
    """Gemma 3's layers; with a `memory` keys and values are those of both sequences, from the same matrices."""
    heads, shared = c.count("num_attention_heads", 8), c.count("num_key_value_heads", 4)
    dims, layers = c.count("head_dim", 256), c.count("num_hidden_layers", 26)
    kinds = c.words("layer_types") or tuple("full_attention" if (place + 1) % 6 == 0 else "sliding_attention"
                                            for place in range(layers))  # fmt: skip
    if len(kinds) != layers:
        raise ValueError(f"config.json of a {c.kind}: layer_types names {len(kinds)} layers, not {layers}")
    for kind, count in Counter(kinds).items():
        window = c.count("sliding_window", 4096) if kind == "sliding_attention" else None
        with net.repeat(count, kind):
            bias = c.flag("attention_bias", default=False)
            y = net.attention(net.rms_norm(x), heads, kv_heads=shared, head_dim=dims, window=window, bias=bias,
                              norm_heads=True)  # fmt: skip
            if memory is not None:
                with net.tied():
                    net.linear(memory, 2 * shared * dims, bias, "cross.keys_and_values", "attention projections")
                net.matmul(y, x.positions, dims, memory.positions, heads, "cross.scores")
                net.matmul(y, x.positions, memory.positions, dims, heads, "cross.values")
            x = net.add(x, net.rms_norm(y))
            y = net.mlp(net.rms_norm(x), c.count("intermediate_size", 9216), gated=True, bias=False, activation="gelu")
            x = net.add(x, net.rms_norm(y))
    return x


def regnet(c: Config, _: int) -> Network:
    """RegNet by the widths and depths of its stages."""
    widths, depths = (c.values.get(key) or usual for key, usual in (
        ("hidden_sizes", [128, 192, 512, 1088]), ("depths", [2, 6, 12, 2])))  # fmt: skip
    if not (isinstance(widths, list) and isinstance(depths, list) and len(widths) == len(depths)):
        raise ValueError("config.json of a regnet: hidden_sizes and depths must be lists of one length")
    net, squeeze = Network(), 0.25 if c.word("layer_type", "y") == "y" else 0.0
    x = net.input(c.count("num_channels", 3), 224, 224)
    x = conv_norm(net, x, c.count("embedding_size", 32), 3, 2, name="stem")
    for number, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        first = 2 if number or c.flag("downsample_in_first_stage", default=True) else 1
        for times, stride in ((1, first), (depth - 1, 1)):
            if times:
                with net.repeat(times, f"stage{number + 1}"):
                    group = min(c.count("groups_width", 64), width)
                    x = regnet_block(net, x, width, stride, group, squeeze)
    return classifier(net, x, labels(c)) if task(c, "none") == "image" else net


def efficient(c: Config, _: int) -> Network:
    """EfficientNet by its coefficients of width and depth; its other lists must be the paper's."""
    usual = {"out_channels": [16, 24, 40, 80, 112, 192, 320], "num_block_repeats": [1, 2, 2, 3, 3, 4, 1],
             "kernel_sizes": [3, 3, 5, 3, 5, 5, 3], "strides": [1, 2, 2, 2, 1, 2, 1],
             "expand_ratios": [1, 6, 6, 6, 6, 6, 6], "squeeze_expansion_ratio": 0.25, "depth_divisor": 8}  # fmt: skip
    other = [key for key, value in usual.items() if c.values.get(key, value) != value]
    if other:
        raise ValueError(f"config.json of an efficientnet: {other[0]} is not the paper's, which is not supported")
    _only(c, "EfficientNetForImageClassification")
    factors = [c.values.get(key, usual_) for key, usual_ in (("width_coefficient", 2.0), ("depth_coefficient", 3.1))]
    if not all(isinstance(factor, (int, float)) and 0 < factor < 100 for factor in factors):
        raise ValueError(f"config.json of an efficientnet: its coefficients are {factors}, not numbers above 0")
    return efficientnet(image=c.count("image_size", 600), classes=labels(c), width=factors[0], depth=factors[1])


#: Types that spell the decoder family's parameters, and types that build their network.
SPELLED_NEWLY: dict[str, Callable[[Config], Facts]] = {"flint": flint}
NEWCOMERS: dict[str, Callable[[Config, int], Network]] = {
    "blip": blip,
    "diffllama": diffllama,
    "efficientnet": efficient,
    "esmc": esmc,
    "hunyuan_vl_vision": hunyuan_vision,
    "inkling2_vision": inkling2_vision,
    "muse_glimmer_vision": muse_vision,
    "regnet": regnet,
    "t5gemma2": t5gemma2,
    "timesfm": timesfm,
    "videoprism_vision_model": videoprism,
    "yoso": yoso,
}
#: Those of them that score no words.
SILENT = ("efficientnet", "esmc", "hunyuan_vl_vision", "inkling2_vision", "muse_glimmer_vision", "regnet", "timesfm",
          "videoprism_vision_model", "yoso")  # fmt: skip
