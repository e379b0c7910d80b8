"""Vision and vision-language model types of Hugging Face: ViT, DeiT, DINOv2, CLIP, SigLIP."""

from __future__ import annotations

from collections.abc import Callable

from computeest.contract import Network, Shape
from computeest_plugins.huggingface.config import Config, labels, task
from computeest_plugins.transformer_blocks import Block, stack


def _patches(net: Network, c: Config, *, patch: int = 16, bias: bool = True) -> Shape:
    """An image as a sequence of projected patches."""
    (height, width), (down, right) = c.pair("image_size", 224), c.pair("patch_size", patch)
    x = net.input(c.count("num_channels", 3), height, width)
    return net.sequence(net.conv(x, c.count("hidden_size", 768), (down, right), (down, right), bias=bias,
                                 name="patches"))  # fmt: skip


def _layers(
    net: Network, x: Shape, c: Config, hidden: int | None = None, *, gated: bool = False, scale: int = 0
) -> Shape:
    """The layers of a vision transformer and the norm that closes them; `scale` counts weights that scale a layer."""
    block = Block(c.count("num_attention_heads", 12), None, None, hidden or c.count("intermediate_size", 3072), gated,
                  qkv_bias=c.flag("qkv_bias", default=True), more_parameters=scale)  # fmt: skip
    return net.layer_norm(stack(net, x, c.count("num_hidden_layers", 12), block), name="last_norm")


def vit(c: Config, _: int) -> Network:
    """ViT, with a classifier where it is built for one and a pooler where it is not; DeiT has a token more."""
    net = Network()
    distilled = c.kind == "deit"
    x = net.positions(net.append_tokens(_patches(net, c), 2 if distilled else 1))
    x = _layers(net, x, c)
    width, scored = x.channels, task(c, "none")
    if scored == "image":
        net.linear(net.select(x), labels(c), name="classifier", term="logits")
        if c.built_for("WithTeacher"):
            net.linear(net.select(x), labels(c), name="distillation_classifier", term="logits")
    elif scored == "pixels":
        net.parameter(width, "mask_token")
        patches = net.select(x, x.positions - (2 if distilled else 1))
        net.linear(
            patches, c.count("encoder_stride", 16) ** 2 * c.count("num_channels", 3), name="pixels", term="logits"
        )
    else:
        net.linear(net.select(x), c.optional("pooler_output_size") or width, name="pooler")
    return net


def dinov2(c: Config, _: int) -> Network:
    """DINOv2: scaled layers, its largest gated; a classifier reads the class token beside the mean of the patches.

    Pixio has several class tokens, which is what `n_cls_tokens` says.
    """
    net = Network()
    x = net.positions(net.append_tokens(_patches(net, c, patch=14), c.count("n_cls_tokens", 1)))
    width = x.channels
    if c.flag("use_mask_token", default=True):
        net.parameter(width, "mask_token")
    if c.number("num_register_tokens", 0):
        x = net.append_tokens(x, c.count("num_register_tokens"), name="registers")
    hidden, gated = width * c.count("mlp_ratio", 4), c.flag("use_swiglu_ffn", default=False)
    if gated:  # two thirds of the width, rounded up to a multiple of 8
        hidden = -(-(hidden * 2 // 3) // 8) * 8
    x = _layers(net, x, c, hidden, gated=gated, scale=2 * width)
    if task(c, "none") == "image":
        net.linear(net.select(x)._replace(channels=2 * width), labels(c), name="classifier", term="logits")
    return net


def _clip_image(net: Network, c: Config) -> Shape:
    """CLIP's image tower up to its class token: no bias in the patches, norms first and last."""
    patches = _patches(net, Config({"patch_size": 32, **c.values}, c.kind), bias=False)
    x = net.layer_norm(net.positions(net.append_tokens(patches)), name="first_norm")
    block = Block(c.count("num_attention_heads", 12), None, None, c.count("intermediate_size", 3072))
    x = stack(net, x, c.count("num_hidden_layers", 12), block)
    return net.layer_norm(net.select(x), name="last_norm")


def _clip_text(net: Network, c: Config, length: int | None = None) -> Shape:
    """CLIP's text tower up to its last token."""
    rows = c.count("max_position_embeddings", 77)
    x = net.embedding(min(length or rows, rows), c.count("vocab_size", 49408), c.count("hidden_size", 512))
    block = Block(c.count("num_attention_heads", 8), None, None, c.count("intermediate_size", 2048))
    x = stack(net, net.positions(x, rows), c.count("num_hidden_layers", 12), block)
    return net.select(net.layer_norm(x, name="last_norm"))


def clip(c: Config, _: int) -> Network:
    """CLIP: one image and one text, each projected to a common space."""
    vision, text = c.part("vision_config", "vision part"), c.part("text_config", "text part")
    shared = c.count("projection_dim", 512)
    net = Network()
    if task(c, "none") == "image":  # the image tower alone, and a classifier of the mean patch
        net.linear(_clip_image(net, vision), labels(c), name="classifier", term="logits")
        return net
    with net.block("vision"):
        image = net.linear(_clip_image(net, vision), shared, bias=False, name="projection")
    with net.block("text"):
        net.linear(_clip_text(net, text), shared, bias=False, name="projection")
    net.parameter(1, "temperature")
    net.matmul(image, 1, shared, 1, name="similarity", term="logits")
    return net


def clip_tower(c: Config, length: int) -> Network:
    """One of CLIP's towers, projected where the named class says so."""
    reads = c.kind == "clip_text_model"
    net = Network(tokens=min(length, c.count("max_position_embeddings", 77)) if reads else None)
    x = _clip_text(net, c, length) if reads else _clip_image(net, c)
    if c.built_for("WithProjection"):
        net.linear(x, c.count("projection_dim", 512), bias=False, name="projection")
    return net


def siglip_tower(net: Network, c: Config) -> Shape:
    """SigLIP's image tower: no class token; a learned query asks all patches, unless vision_use_head is false."""
    x = _layers(net, net.positions(_patches(net, c)), c)
    if not c.flag("vision_use_head", default=True):
        return x
    return _asked(net, x, c)


def _asked(net: Network, x: Shape, c: Config) -> Shape:
    """What a learned query finds in all patches."""
    query = net.append_tokens(net.select(x)._replace(positions=0, size=(0,)), name="probe")
    y = net.attention(query, c.count("num_attention_heads", 12), context=x, name="head.attention")
    return net.add(y, net.mlp(net.layer_norm(y), c.count("intermediate_size", 3072), name="head"))


def _siglip_text(net: Network, c: Config) -> Shape:
    length, width = c.count("max_position_embeddings", 64), c.count("hidden_size", 768)
    x = net.positions(net.embedding(length, c.count("vocab_size", 32000), width))
    return net.linear(net.select(_layers(net, x, c)), c.optional("projection_size") or width, name="head")


def siglip(c: Config, _: int) -> Network:
    """SigLIP and SigLIP 2: one image and one text, whose likeness a sigmoid judges."""
    vision, text = c.part("vision_config", "vision part"), c.part("text_config", "text part")
    net, tower = Network(), _rows_of_patches if c.kind == "siglip2" else siglip_tower
    if task(c, "none") == "image":
        net.linear(net.global_pool(tower(net, vision)), labels(c), name="classifier", term="logits")
        return net
    with net.block("vision"):
        image = tower(net, vision)
    with net.block("text"):
        _siglip_text(net, text)
    net.parameter(2, "temperature_and_bias")
    net.matmul(image, 1, image.channels, 1, name="similarity", term="logits")
    return net


def siglip_vision(c: Config, _: int) -> Network:
    """SigLIP's image tower alone."""
    net = Network()
    siglip_tower(net, c)
    return net


def _rows_of_patches(net: Network, c: Config) -> Shape:
    """An image tower over a sequence of patches."""
    small = c.kind in ("kimi_k25_vision", "paddleocr_vl_vision")
    patch, width = c.count("patch_size", 14 if small else 16), c.count("hidden_size", 1152 if small else 768)
    rows = c.count("num_patches", 256)
    if c.kind == "kimi_k25_vision":
        rows = c.count("pos_emb_height", 64) * c.count("pos_emb_width", 64)
    elif c.kind == "paddleocr_vl_vision":
        rows = (c.count("image_size", 384) // patch) ** 2
    x = net.linear(net.input(c.count("num_channels", 3) * patch * patch, rows), width, name="patches")
    x = _layers(net, net.positions(x, rows), c)
    asks = c.kind in ("siglip2_vision_model", "siglip2's vision part") and c.flag("vision_use_head", default=True)
    return _asked(net, x, c) if asks else x


def patched(c: Config, _: int) -> Network:
    """SigLIP 2's image tower over a sequence of patches, and those built as it: Kimi's, PaddleOCR's, Cosmos 3's."""
    net = Network()
    _rows_of_patches(net, c)
    return net


def llama4_vision(c: Config, _: int) -> Network:
    """Llama 4's image tower: four neighbouring patches merged to one at its end."""
    net, width, patch = Network(), c.count("hidden_size", 768), c.count("patch_size", 14)
    rows, ratio = (c.count("image_size", 448) // patch) ** 2, c.values.get("pixel_shuffle_ratio", 0.5)
    if ratio != 0.5 or c.count("intermediate_size", 5632) % 4:
        raise ValueError(f"config.json of a {c.kind}: pixel_shuffle_ratio is {ratio}; only 0.5 is supported")
    x = net.linear(net.input(c.count("num_channels", 3) * patch**2, rows), width, bias=False, name="patches")
    x = net.layer_norm(net.positions(net.append_tokens(x)), name="first_norm")
    hidden = c.count("intermediate_size", 5632)
    x = stack(net, x, c.count("num_hidden_layers", 34), Block(c.count("num_attention_heads", 16), None, None, hidden))
    x = net.layer_norm(x, name="last_norm")
    merged = x._replace(channels=hidden, size=(rows // 4,), positions=rows // 4)
    y = net.linear(merged, c.count("projector_input_dim", 4096), bias=False, name="adapter.one")
    out = c.count("projector_output_dim", 4096)
    if y.channels != out:
        raise ValueError(f"config.json of a {c.kind}: projector_input_dim differs from projector_output_dim")
    net.linear(y, out, bias=False, name="adapter.two")
    return net


VISION: dict[str, Callable[[Config, int], Network]] = {
    "vit": vit,
    "deit": vit,
    "dinov2": dinov2,
    "clip": clip,
    "clip_text_model": clip_tower,
    "clip_vision_model": clip_tower,
    **dict.fromkeys(("siglip", "siglip2"), siglip),
    "llama4_vision_model": llama4_vision,
    "siglip_vision_model": siglip_vision,
    **dict.fromkeys(("siglip2_vision_model", "kimi_k25_vision", "paddleocr_vl_vision", "cosmos3_edge_vision"), patched),
}
