"""Vision and speech model types of Hugging Face that are counted by families of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from computeest.contract import Network, Shape
from computeest_plugins.convnext import convnext
from computeest_plugins.hiera import hiera
from computeest_plugins.huggingface.config import Config, labels, task
from computeest_plugins.masked_autoencoder import MaskedAutoencoder, masked_autoencoder
from computeest_plugins.rwkv import rwkv
from computeest_plugins.segmentation.sam import sam
from computeest_plugins.speech.wav2vec2 import CONVOLUTIONS, Wav2Vec2, wav2vec2
from computeest_plugins.swin import swin
from computeest_plugins.transformer_blocks import Block, stack
from computeest_plugins.transformer_xl import transformer_xl


def _counts(c: Config, key: str, usual: Sequence[int]) -> list[int]:
    """A list of whole numbers, one for each stage."""
    return [Config({key: item}, c.kind).count(key) for item in c.values.get(key) or usual]


def rwkv_decoder(c: Config, length: int) -> Network:
    """RWKV-4."""
    width = c.count("hidden_size", 4096)
    if task(c, "words") != "words":
        raise ValueError("config.json of an rwkv: only RwkvForCausalLM is counted")
    if c.flag("tie_word_embeddings", default=False):
        raise ValueError("config.json of an rwkv: tie_word_embeddings is true, which is not supported")
    return rwkv(
        layers=c.count("num_hidden_layers", 32),
        width=width,
        vocabulary=c.count("vocab_size", 50277),
        sequence_length=length,
        attention_width=c.optional("attention_hidden_size"),
        feed_forward=c.optional("intermediate_size"),
    )


def xlnet(c: Config, length: int) -> Network:
    """XLNet reading text without the second stream, which pretraining adds."""
    width, heads = c.count("d_model", 1024, "hidden_size"), c.count("n_head", 16, "num_attention_heads")
    if task(c, "words") != "words":
        raise ValueError("config.json of an xlnet: only XLNetLMHeadModel is counted")
    words = c.count("vocab_size", 32000)
    net = transformer_xl(
        layers=c.count("n_layer", 24, "num_hidden_layers"),
        width=width,
        heads=heads,
        feed_forward=c.count("d_inner", 4096),
        vocabulary=words,
        sequence_length=length,
        memory=0,
        head_dim=c.optional("d_head"),
        segments=True,
    )
    if not c.flag("tie_word_embeddings", default=True):
        net.parameter(words * width, "logits")
    return net


def speech(c: Config, _: int) -> Network:
    """wav2vec 2.0, HuBERT, WavLM and UniSpeech on 15.6 seconds of sound, with the head that `architectures` names."""
    for place, key in enumerate(("conv_kernel", "conv_stride")):
        usual = [convolution[place] for convolution in CONVOLUTIONS]
        if _counts(c, key, usual) != usual:
            raise ValueError(f"config.json of a {c.kind}: {key} is not the usual one, and is not supported")
    if c.flag("add_adapter", default=False) or c.optional("adapter_attn_dim"):
        raise ValueError(f"config.json of a {c.kind}: adapters are not supported")
    heads = {"ForCTC": "ctc", "ForPreTraining": "contrastive", "Model": "none"}
    names = c.values.get("architectures")
    named = str(names[0]) if isinstance(names, list) and names else "Model"
    head = next((kind for ending, kind in heads.items() if named.endswith(ending)), None)
    if head is None or (head == "contrastive" and c.kind != "wav2vec2"):
        raise ValueError(f"architectures: {named} of a {c.kind} is not counted; expected {c.kind}'s ForCTC or Model")
    books, projected = c.count("codevector_dim", 256), c.count("proj_codevector_dim", 256)
    if head == "contrastive" and (c.count("num_codevector_groups", 2) != 2 or books != projected):
        raise ValueError(f"config.json of a {c.kind}: not two books of codes, or codes projected to another width")
    width, layers, count = c.count("hidden_size", 768), c.count("num_hidden_layers", 12), c.count
    net = wav2vec2(Wav2Vec2(
        layers=layers, width=width, heads=count("num_attention_heads", 12),
        feed_forward=count("intermediate_size", 3072),
        extractor=_counts(c, "conv_dim", [512] * 7), extractor_norm=c.word("feat_extract_norm", "group"),
        extractor_bias=c.flag("conv_bias", default=False), position_kernel=count("num_conv_pos_embeddings", 128),
        position_groups=count("num_conv_pos_embedding_groups", 16), head=head, vocabulary=count("vocab_size", 32),
        codes=count("num_codevectors_per_group", 320), code_width=books,
    ))  # fmt: skip
    if c.kind == "wavlm":  # a bias for each distance, gated by each head's query
        attention = count("num_attention_heads", 12)
        net.parameter(count("num_buckets", 320) * attention, "distances")
        net.parameter(layers * (attention + 8 * (width // attention) + 8), "distance_gates")
    return net


def vit_mae(c: Config, _: int) -> Network:
    """MAE: its pretraining, or the encoder that sees every patch."""
    image, patch = c.count("image_size", 224), c.count("patch_size", 16)
    pretrained = task(c, "none") == "pretraining"
    hidden, width = c.count("intermediate_size", 3072), c.count("hidden_size", 768)
    if hidden != 4 * width:
        raise ValueError("config.json of a vit_mae: intermediate_size is not four times hidden_size")
    if not pretrained:
        raise ValueError("config.json of a vit_mae: only ViTMAEForPreTraining is counted")
    narrow = c.count("decoder_hidden_size", 512)
    if c.count("decoder_intermediate_size", 2048) != 4 * narrow or c.count("num_channels", 3) != 3:
        raise ValueError("config.json of a vit_mae: decoder_intermediate_size or num_channels is not the usual one")
    if not c.flag("qkv_bias", default=True):
        raise ValueError("config.json of a vit_mae: qkv_bias is false, which is not supported")
    net = masked_autoencoder(MaskedAutoencoder(
        layers=c.count("num_hidden_layers", 12), width=width, heads=c.count("num_attention_heads", 12), patch=patch,
        image=image, decoder_layers=c.count("decoder_num_hidden_layers", 8),
        decoder_width=narrow, decoder_heads=c.count("decoder_num_attention_heads", 16),
    ))  # fmt: skip
    with net.frozen():  # sinusoids, stored but not trained
        net.parameter(((image // patch) ** 2 + 1) * (width + narrow), "positions")
    return net


def swin_transformer(c: Config, _: int) -> Network:
    """Swin v1 and v2, and Donut's; without a classifier it ends at the pooled map."""
    depths, width = _counts(c, "depths", (2, 2, 6, 2)), c.count("embed_dim", 96)
    heads = _counts(c, "num_heads", (3, 6, 12, 24))
    if width % heads[0] or any(number != heads[0] * 2**place for place, number in enumerate(heads)):
        raise ValueError(f"config.json of a {c.kind}: num_heads does not double from stage to stage")
    if task(c, "none") == "pixels":
        raise ValueError(f"architectures: a {c.kind} that paints its masked patches is not counted")
    classes = labels(c) if task(c, "none") == "image" else 1
    version, patch, image = 2 if c.kind == "swinv2" else 1, c.count("patch_size", 4), c.count("image_size", 224)
    net = swin(width, depths, c.count("window_size", 7), image, classes, version, width // heads[0], patch)
    if c.flag("use_absolute_embeddings", default=False):
        net.parameter((image // patch) ** 2 * width, "positions")
    return net


#: What a Hiera's configuration has wherever it is one of the paper's.
_HIERA = {"patch_size": [7, 7], "patch_stride": [4, 4], "patch_padding": [3, 3], "query_stride": [2, 2],
          "mlp_ratio": 4.0, "embed_dim_multiplier": 2.0, "num_query_pool": 3, "masked_unit_size": [8, 8],
          "masked_unit_attention": [True, True, False, False]}  # fmt: skip


def pyramid_of_units(c: Config, _: int) -> Network:
    """Hiera with a classifier."""
    if task(c, "image") != "image":
        raise ValueError("config.json of a hiera: only HieraForImageClassification is counted")
    other = next((key for key, usual in _HIERA.items() if c.values.get(key, usual) != usual), None)
    if other is not None:
        raise ValueError(f"config.json of a hiera: {other} is not {_HIERA[other]}, which is not supported")
    heads, image = _counts(c, "num_heads", (1, 2, 4, 8)), c.pair("image_size", 224)
    if image[0] != image[1] or any(number != heads[0] * 2**place for place, number in enumerate(heads)):
        raise ValueError("config.json of a hiera: the image is no square, or num_heads do not double")
    depths = _counts(c, "depths", (2, 3, 16, 3))
    return hiera(c.count("embed_dim", 96), heads[0], depths, image[0], classes=labels(c))


def convolutional(c: Config, _: int) -> Network:
    """ConvNeXt v1 and v2, and DINOv3's."""
    widths, depths = _counts(c, "hidden_sizes", (96, 192, 384, 768)), _counts(c, "depths", (3, 3, 9, 3))
    if any(width != widths[0] * 2**place for place, width in enumerate(widths)):
        raise ValueError(f"config.json of a {c.kind}: hidden_sizes do not double from stage to stage")
    classes = labels(c) if task(c, "none") == "image" else 1
    return convnext(widths[0], depths, c.count("image_size", 224), classes, 2 if c.kind == "convnextv2" else 1)


def sam_image(c: Config, _: int) -> Network:
    """SAM's image encoder."""
    width = c.count("hidden_size", 768)
    layers = c.count("num_hidden_layers", 12)
    whole = c.indices("global_attn_indexes") or frozenset((2, 5, 8, 11))
    if c.count("output_channels", 256) != 256 or c.count("mlp_dim", 4 * width) != 4 * width:
        raise ValueError("config.json of a sam_vision_model: output_channels or mlp_dim is not the usual one")
    flags = all(c.flag(key, default=True) for key in ("use_abs_pos", "use_rel_pos", "qkv_bias"))
    if not flags or c.count("num_channels", 3) != 3:
        raise ValueError("config.json of a sam_vision_model: without positions or biases, or not of three colours")
    return sam(width, layers, c.count("num_attention_heads", 12), c.count("image_size", 1024),
               c.count("patch_size", 16), c.count("window_size", 14), len([one for one in whole if one < layers]),
               decoder=False)  # fmt: skip


def pixtral(c: Config, _: int) -> Network:
    """Pixtral's image tower: Llama's layers over patches."""
    net, width, patch = Network(), c.count("hidden_size", 1024), c.count("patch_size", 16)
    image = c.count("image_size", 1024)
    x = net.conv(net.input(c.count("num_channels", 3), image, image), width, patch, patch, bias=False, name="patches")
    x = net.rms_norm(net.sequence(x), name="first_norm")
    block = Block(c.count("num_attention_heads", 16), None, None, c.count("intermediate_size", 4096),
                  gated=True, norm="rms", bias=False, qkv_bias=False, output_bias=False, activation="silu")  # fmt: skip
    stack(net, x, c.count("num_hidden_layers", 24), block)
    return net


def qwen3_vision(c: Config, _: int) -> Network:
    """The image tower of Qwen 3 VL and 3.5: learned places, patches merged at the end and, in VL, earlier too."""
    net, width, patch = Network(), c.count("hidden_size", 1152), c.count("patch_size", 16)
    frames, rows = c.count("temporal_patch_size", 2), c.count("num_position_embeddings", 2304)
    x = net.linear(net.input(c.count("in_channels", 3) * frames * patch**2, rows), width, name="patches")
    x = net.positions(x, rows)
    block = Block(c.count("num_heads", 16), None, None, c.count("intermediate_size", 4304))
    x = stack(net, x, c.count("depth", 27), block)
    side, out = c.count("spatial_merge_size", 2), c.count("out_hidden_size", 3584)
    merged = Shape(width * side * side, x.size, x.grad, x.positions)._replace(positions=x.positions // (side * side))
    extra = len(c.values.get("deepstack_visual_indexes") or ())
    with net.block("merger"):
        net.layer_norm(x)
        net.mlp(merged, merged.channels, out=out)
    if extra:
        with net.repeat(extra, "deep_merger"):  # normed after the merge
            net.mlp(net.layer_norm(merged), merged.channels, out=out)
    return net


def dinov3(c: Config, _: int) -> Network:
    """DINOv3's vision transformer: rotary places, scaled layers, no bias of keys."""
    net, width, patch = Network(), c.count("hidden_size", 384), c.count("patch_size", 16)
    image = c.count("image_size", 224)
    x = net.conv(net.input(c.count("num_channels", 3), image, image), width, patch, patch, name="patches")
    x = net.append_tokens(net.sequence(x), 1 + c.number("num_register_tokens", 0))
    net.parameter(width, "mask_token")
    biases = sum(c.flag(key, default=key != "key_bias") for key in ("query_bias", "key_bias", "value_bias"))
    block = Block(c.count("num_attention_heads", 6), None, None, c.count("intermediate_size", 1536),
                  gated=c.flag("use_gated_mlp", default=False), bias=c.flag("mlp_bias", default=True), qkv_bias=False,
                  output_bias=c.flag("proj_bias", default=True), more_parameters=(2 + biases) * width)  # fmt: skip
    net.layer_norm(stack(net, x, c.count("num_hidden_layers", 12), block), name="last_norm")
    return net


def audio_encoder(c: Config, _: int) -> Network:
    """The encoder of Whisper by itself, as models that read and hear have it."""
    width, heads = c.count("d_model", 1280), c.count("encoder_attention_heads", 20)
    net, frames = Network(), 2 * c.count("max_source_positions", 1500)
    x = net.activation(net.conv(net.input(c.count("num_mel_bins", 128), frames), width, 3, padding=1, name="conv1"))
    x = net.activation(net.conv(x, width, 3, 2, 1, name="conv2"))
    with net.frozen():
        x = net.positions(x)._replace(grad=True)
    block = Block(heads, None, None, c.count("encoder_ffn_dim", 5120), qkv_bias=False)
    layers = c.count("encoder_layers", 32)
    net.layer_norm(stack(net, x, layers, block), name="last_norm")
    net.parameter(2 * layers * width, "query_and_value_biases")
    return net


TOWERS: dict[str, Callable[[Config, int], Network]] = {
    "rwkv": rwkv_decoder,
    "xlnet": xlnet,
    **dict.fromkeys(("wav2vec2", "hubert", "wavlm", "unispeech"), speech),
    "vit_mae": vit_mae,
    **dict.fromkeys(("swin", "swinv2", "donut-swin"), swin_transformer),
    **dict.fromkeys(("convnext", "convnextv2", "dinov3_convnext"), convolutional),
    "sam_vision_model": sam_image,
    "hiera": pyramid_of_units,
    **dict.fromkeys(("qwen2_audio_encoder", "voxtral_encoder", "audioflamingo3_encoder"), audio_encoder),
    "pixtral": pixtral,
    **dict.fromkeys(
        ("qwen3_vl_vision", "qwen3_vl_moe_vision", "qwen3_5_vision", "qwen3_5_moe_vision"), qwen3_vision
    ),
    "dinov3_vit": dinov3,
}
