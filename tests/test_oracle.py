"""Whole networks equal, to the last unit, what torch.utils.flop_counter 2.13 gives on the meta device.

The figures are facts measured with that counter, batch 1, and equal the closed form. The backward pass of MobileNet is
the closed form alone: the counter multiplies the weight gradient of a grouped convolution by its groups.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from computeest.layers import Network, Shape, read
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.seq2seq import seq2seq


def alexnet() -> Network:
    """AlexNet of "one weird trick" (torchvision): 64, 192, 384, 256, 256 filters."""
    net = Network()
    x = net.input(3, 224, 224)
    x = net.max_pool(net.activation(net.conv(x, 64, 11, 4, 2)), 3, 2)
    x = net.max_pool(net.activation(net.conv(x, 192, 5, padding=2)), 3, 2)
    x = net.activation(net.conv(x, 384, 3, padding=1))
    x = net.activation(net.conv(x, 256, 3, padding=1))
    x = net.max_pool(net.activation(net.conv(x, 256, 3, padding=1)), 3, 2)
    x = net.flatten(x)
    x = net.activation(net.linear(net.activation(net.linear(x, 4096)), 4096))
    net.linear(x, 1000)
    return net


def vgg16() -> Network:
    """VGG-16, configuration D."""
    net = Network()
    x = net.input(3, 224, 224)
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            x = net.activation(net.conv(x, width, 3, padding=1))
        x = net.max_pool(x, 2)
    x = net.flatten(x)
    for width in (4096, 4096, 1000):
        x = net.linear(x, width)
    return net


def resnet50() -> Network:
    """ResNet-50 v1.5, its stages written with repeat."""
    net = Network()
    x = net.batch_norm(net.conv(net.input(3, 224, 224), 64, 7, 2, 3, bias=False))
    x = net.max_pool(x, 3, 2, 1)

    def bottleneck(x: Shape, width: int, stride: int) -> Shape:
        y = net.batch_norm(net.conv(x, width, 1, bias=False))
        y = net.batch_norm(net.conv(y, width, 3, stride, 1, bias=False))
        y = net.batch_norm(net.conv(y, 4 * width, 1, bias=False))
        if y.channels != x.channels or stride > 1:
            x = net.batch_norm(net.conv(x, 4 * width, 1, stride, bias=False))
        return net.activation(net.add(x, y))

    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = bottleneck(x, width, stride)
        with net.repeat(count - 1, "block"):
            x = bottleneck(x, width, 1)
    net.linear(net.global_pool(x), 1000)
    return net


def mobilenet_v1() -> Network:
    """MobileNet v1, width 1."""
    net = Network()
    x = net.batch_norm(net.conv(net.input(3, 224, 224), 32, 3, 2, 1, bias=False))
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for width, stride in plan:
        x = net.batch_norm(net.depthwise(x, 3, stride, 1, bias=False))
        x = net.batch_norm(net.conv(x, width, 1, bias=False))
    net.linear(net.global_pool(x), 1000)
    return net


def vit_b16() -> Network:
    """ViT-B/16: 196 patches and a class token."""
    net = Network()
    x = net.append_tokens(net.sequence(net.conv(net.input(3, 224, 224), 768, 16, 16)))
    x = net.positions(x)
    with net.repeat(12, "layer"):
        x = net.add(x, net.attention(net.layer_norm(x), 12))
        x = net.add(x, net.mlp(net.layer_norm(x), 3072))
    net.linear(net.select(net.layer_norm(x)), 1000)
    return net


def gpt2() -> Network:
    """GPT-2 small at 1,024 tokens, logits tied to the embedding."""
    return decoder(Decoder(layers=12, width=768, heads=12, sequence_length=1024))


#: Parameters, forward FLOP and backward FLOP.
FACTS: dict[str, tuple[Callable[[], Network], int, int, int]] = {
    "alexnet": (alexnet, 61_100_840, 1_428_376_960, 2_716_200_320),
    "resnet50": (resnet50, 25_557_032, 8_178_368_512, 16_120_709_120),
    "vgg16": (vgg16, 138_357_544, 30_940_528_640, 61_707_649_024),
    "mobilenet_v1": (mobilenet_v1, 4_231_976, 1_137_480_704, 2_253_285_376),
    "vit_b16": (vit_b16, 86_567_656, 35_127_656_448, 70_024_101_888),
    "gpt2": (gpt2, 124_439_808, 291_648_307_200, 583_296_614_400),
    "seq2seq": (seq2seq, 384_144_000, 8_640_000_000, 17_248_000_000),
}


@pytest.mark.parametrize("name", FACTS)
def test_parameters_forward_and_backward_equal_the_counter(name: str) -> None:
    build, parameters, forward, backward = FACTS[name]
    net = build()
    assert (net.parameters, net.forward_flop, net.backward_flop) == (parameters, forward, backward)


LAYERS = {
    "mobilenet_v1": """
        - input: [3, 224, 224]
        - define: separable
          with: {out: 64, stride: 1}
          layers:
          - depthwise: {kernel: 3, stride: $stride, padding: 1, bias: false}
          - batch_norm
          - relu
          - conv: {out: $out, kernel: 1, bias: false}
          - batch_norm
          - relu
        - conv: {out: 32, kernel: 3, stride: 2, padding: 1, bias: false}
        - batch_norm
        - relu
        - {use: separable, with: {out: 64}}
        - {use: separable, with: {out: 128, stride: 2}}
        - {use: separable, with: {out: 128}}
        - {use: separable, with: {out: 256, stride: 2}}
        - {use: separable, with: {out: 256}}
        - {use: separable, with: {out: 512, stride: 2}}
        - {use: separable, with: {out: 512}, repeat: 5}
        - {use: separable, with: {out: 1024, stride: 2}}
        - {use: separable, with: {out: 1024}}
        - global_pool
        - linear: 1000
        """,
    "vit_b16": """
        - input: [3, 224, 224]
        - conv: {out: 768, kernel: 16, stride: 16}
        - sequence
        - append_tokens: 1
        - positions
        - repeat: 12
          name: layer
          layers:
          - residual: [layer_norm, attention: {heads: 12}]
          - residual: [layer_norm, mlp: {hidden: 3072}]
        - layer_norm
        - select: 1
        - linear: 1000
        """,
    "gpt2": """
        - tokens: 1024
        - embedding: {vocabulary: 50257, width: 768}
        - positions
        - repeat: 12
          layers:
          - residual: [layer_norm, attention: {heads: 12}]
          - residual: [layer_norm, mlp: {hidden: 3072}]
        - layer_norm
        - logits: {vocabulary: 50257, tied: true}
        """,
    "seq2seq": """
        - tokens: 30
        - embedding: {vocabulary: 160000, width: 1000}
        - lstm: {hidden: 1000, layers: 4}
          as: thought
        - tokens: 30
        - embedding: {vocabulary: 80000, width: 1000}
        - lstm: {hidden: 1000, layers: 4, state: thought}
        - linear: 80000
        """,
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_written_as_data_equal_the_counter(name: str) -> None:
    _, parameters, forward, backward = FACTS[name]
    net = read(yaml.safe_load(LAYERS[name]))
    assert (net.parameters, net.forward_flop, net.backward_flop) == (parameters, forward, backward)


def test_alexnet_spends_less_on_its_backward_pass_than_two_forward_passes() -> None:
    """Its images need no gradient: 1.9016, not 2; with a gradient for the input it would be 2."""
    assert alexnet().backward_ratio == pytest.approx(1.90160, abs=5e-6)
    assert alexnet().by_term()["first layer"] == 2 * 1_428_376_960 - 2_716_200_320


def test_resnet50_terms_add_up_to_the_whole() -> None:
    terms = resnet50().by_term()
    assert list(terms) == ["first layer", "convolution", "linear"]
    assert terms["first layer"] == 2 * 112 * 112 * 64 * 3 * 49
    assert sum(terms.values()) == 8_178_368_512
