"""Vision, vision-language and speech model types of Hugging Face: ViT, CLIP, SigLIP towers, Gemma 3, Whisper."""

from __future__ import annotations

from collections.abc import Callable

from computeest.contract import Network, Shape
from computeest_plugins.decoder import decoder
from computeest_plugins.encoder_decoder import decoder_layer
from computeest_plugins.huggingface_config import Config
from computeest_plugins.huggingface_encoders import labels
from computeest_plugins.huggingface_llamas import gemma3
from computeest_plugins.transformer_blocks import Block, stack


def _tower(net: Network, c: Config, defaults: dict[str, int], *, class_token: bool, bias: bool = True) -> Shape:
    """Patches of an image through the layers of a vision transformer, up to the last norm."""
    image, patch = c.count("image_size", defaults["image"]), c.count("patch_size", defaults["patch"])
    width = c.count("hidden_size", defaults["width"])
    x = net.input(c.count("num_channels", 3), image, image)
    x = net.sequence(net.conv(x, width, patch, patch, bias=bias, name="patches"))
    if class_token:
        x = net.append_tokens(x)
    x = net.positions(x)
    if not bias:  # CLIP normalizes before its layers, where it has a norm and no bias in the patches
        x = net.layer_norm(x, name="first_norm")
    qkv = c.flag("qkv_bias", default=True)
    block = Block(c.count("num_attention_heads", defaults["heads"]), None, None,
                  c.count("intermediate_size", defaults["hidden"]), qkv_bias=qkv)  # fmt: skip
    return stack(net, x, c.count("num_hidden_layers", defaults["layers"]), block)


_VIT = {"image": 224, "patch": 16, "width": 768, "heads": 12, "hidden": 3072, "layers": 12}


def vit(c: Config, _: int) -> Network:
    """ViT, with a classifier where it is built for one and a pooler where it is not."""
    net = Network()
    x = net.layer_norm(_tower(net, c, _VIT, class_token=True), name="last_norm")
    if c.built_for("ForImageClassification"):
        net.linear(net.select(x), labels(c), name="classifier", term="logits")
    else:
        net.linear(net.select(x), x.channels, name="pooler")
    return net


def clip(c: Config, _: int) -> Network:
    """CLIP: one image and one text, each projected to a common space."""
    vision, text = c.part("vision_config", "vision part"), c.part("text_config", "text part")
    shared = c.count("projection_dim", 512)
    net = Network()
    with net.block("vision"):
        x = _tower(net, vision, {**_VIT, "patch": 32}, class_token=True, bias=False)
        image = net.linear(net.layer_norm(net.select(x), name="last_norm"), shared, bias=False, name="projection")
    with net.block("text"):
        length = text.count("max_position_embeddings", 77)
        x = net.embedding(length, text.count("vocab_size", 49408), text.count("hidden_size", 512))
        block = Block(text.count("num_attention_heads", 8), None, None, text.count("intermediate_size", 2048))
        x = stack(net, net.positions(x), text.count("num_hidden_layers", 12), block)
        net.linear(net.select(net.layer_norm(x, name="last_norm")), shared, bias=False, name="projection")
    net.parameter(1, "temperature")
    net.matmul(image, 1, shared, 1, name="similarity", term="logits")
    return net


def gemma3_with_vision(c: Config, length: int) -> Network:
    """Gemma 3 reading text; its vision tower is part of the model, and images it may see are not counted."""
    if "text_config" not in c.values:
        return decoder(**gemma3(c), sequence_length=length)
    text = c.part("text_config", "language model")
    net = decoder(**gemma3(text), sequence_length=length)
    if "vision_config" in c.values:
        vision, tower = c.part("vision_config", "vision tower"), Network()
        usual = {"image": 224, "patch": 16, "width": 768, "heads": 12, "hidden": 3072, "layers": 12}
        x = tower.layer_norm(_tower(tower, vision, usual, class_token=False))
        if vision.flag("vision_use_head", default=True):  # SigLIP's attention pooling, which Gemma 3 does without
            hidden = vision.count("intermediate_size", 3072)
            query = tower.append_tokens(tower.select(x))
            tower.mlp(tower.layer_norm(tower.attention(query, 1)), hidden)
        tower.rms_norm(x)
        tower.linear(x, text.count("hidden_size", 2304), bias=False)
        net.parameter(tower.parameters, "vision_tower", active=False)
        net.note("the vision tower runs once for each image; only text is counted")
    return net


def whisper(c: Config, length: int) -> Network:
    """Whisper: 30 seconds of sound encoded, `length` tokens decoded."""
    width = c.count("d_model", 384)
    frames = 2 * c.count("max_source_positions", 1500)
    rows = c.count("max_target_positions", 448)
    net = Network(tokens=min(length, rows))
    with net.block("encoder"):
        x = net.activation(net.conv(net.input(c.count("num_mel_bins", 80), frames), width, 3, padding=1, name="conv1"))
        x = net.activation(net.conv(x, width, 3, 2, 1, name="conv2"))
        with net.frozen():  # sinusoids, stored but not trained
            x = net.positions(x)._replace(grad=True)
        block = Block(c.count("encoder_attention_heads", 6), None, None, c.count("encoder_ffn_dim", 1536))
        memory = net.layer_norm(_whisper_stack(net, x, c.count("encoder_layers", 4), block, None), name="last_norm")
    with net.block("decoder"):
        words = c.count("vocab_size", 51865)
        x = net.positions(net.embedding(min(length, rows), words, width), rows)
        block = Block(c.count("decoder_attention_heads", 6), None, None, c.count("decoder_ffn_dim", 1536))
        x = _whisper_stack(net, x, c.count("decoder_layers", 4), block, memory)
        net.logits(net.layer_norm(x, name="last_norm"), words, tied=True)
    return net


def _whisper_stack(net: Network, x: Shape, layers: int, block: Block, memory: Shape | None) -> Shape:
    """Layers whose keys, unlike queries and values, have no bias."""
    if memory is None:
        x = stack(net, x, layers, block._replace(qkv_bias=False, output_bias=True))
    else:
        with net.repeat(layers, "layer"):
            x = decoder_layer(net, x, memory, block._replace(qkv_bias=False, output_bias=True))
    net.parameter(layers * (2 if memory is None else 4) * x.channels, "query_and_value_biases")
    return x


VISION: dict[str, Callable[[Config, int], Network]] = {
    "vit": vit,
    "clip": clip,
    "gemma3": gemma3_with_vision,
    "whisper": whisper,
}
