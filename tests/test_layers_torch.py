"""The algebra against PyTorch itself, and the optional readers of torch modules and ONNX files.

These run where the extras `torch` and `onnx` are installed, and are skipped where they are not.
"""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import pytest

from computeest.layers import Network
from computeest.layers.from_onnx import from_onnx
from computeest.layers.from_torch import from_torch

torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")
nn = torch.nn


def same(net: Network, module: Any, *inputs: tuple[int, ...], tokens: int | None = None) -> None:
    """Parameters, forward and backward FLOP equal those that PyTorch counts."""
    counted = from_torch(lambda: module, *inputs, tokens=tokens)
    assert net.parameters == counted.parameters
    assert net.forward_flop == counted.forward_flop
    assert net.backward_flop == counted.backward_flop


@pytest.mark.parametrize("seed", range(40))
def test_any_convolution_and_its_transpose(seed: int) -> None:
    draw = random.Random(seed)
    rank, groups = draw.randint(1, 3), draw.choice([1, 1, 2, 4])
    channels, out = groups * draw.randint(1, 6), groups * draw.randint(1, 6)
    size = [draw.randint(9, 20) for _ in range(rank)]
    kernel, stride, dilation = draw.randint(1, 4), draw.randint(1, 3), draw.randint(1, 2)
    padding, bias = draw.randint(0, 2), draw.random() < 0.5
    with torch.device("meta"):
        forward = getattr(nn, f"Conv{rank}d")(channels, out, kernel, stride, padding, dilation, groups, bias)
        grown = getattr(nn, f"ConvTranspose{rank}d")(out, channels, kernel, stride, 0, 0, groups, bias)
        module = nn.Sequential(forward, grown)
    net = Network()
    y = net.conv(net.input(channels, *size), out, kernel, stride, padding, dilation, groups, bias)
    net.conv_transpose(y, channels, kernel, stride, groups=groups, bias=bias)
    same(net, module, (1, channels, *size))


class Recurrent(nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self, cell: str, **options: Any) -> None:
        super().__init__()
        self.cell = getattr(nn, cell)(batch_first=True, **options)

    def forward(self, x: Any) -> Any:
        return self.cell(x)[0]


@pytest.mark.parametrize("cell", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
def test_any_recurrent_layer(cell: str, both: bool, layers: int) -> None:
    with torch.device("meta"):
        module = Recurrent(cell, input_size=12, hidden_size=20, num_layers=layers, bidirectional=both)
    net = Network()
    getattr(net, cell.lower())(net.input(12, 7), 20, layers=layers, both=both)
    same(net, module, (1, 7, 12))


def test_lstm_with_projection() -> None:
    with torch.device("meta"):
        module = Recurrent("LSTM", input_size=12, hidden_size=20, proj_size=5, num_layers=2)
    net = Network()
    net.lstm(net.input(12, 7), 20, projection=5, layers=2)
    same(net, module, (1, 7, 12))


def test_grouped_weight_gradients_are_mended() -> None:
    """PyTorch 2.13 by itself gives 65 times the forward pass."""
    net = from_torch(lambda: nn.Sequential(nn.Conv2d(3, 64, 1), nn.Conv2d(64, 64, 3, groups=64)), (1, 3, 16, 16))
    grouped = 2 * 14 * 14 * 64 * 9
    assert net.backward_flop == 2 * 16 * 16 * 3 * 64 + 2 * grouped


def test_a_frozen_layer_and_an_encoder() -> None:
    with torch.device("meta"):
        first, encoder = nn.Linear(6, 8), nn.TransformerEncoderLayer(8, 2, 32, dropout=0, batch_first=True)
        first.requires_grad_(requires_grad=False)
    net = Network()
    with net.frozen():
        x = net.linear(net.input(6, 5), 8)
    x = net.layer_norm(net.add(x, net.attention(x, 2)))
    net.layer_norm(net.add(x, net.mlp(x, 32)))
    same(net, nn.Sequential(first, encoder.train()), (1, 5, 6))


def exported(module: Any, size: tuple[int, ...], path: Path) -> Path:
    pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module.eval(), (torch.zeros(size),), str(path), dynamo=False, do_constant_folding=False)
    return path


class Mixed(nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.image = nn.Sequential(nn.Conv2d(3, 8, 3, 2, groups=1), nn.ReLU(), nn.ConvTranspose2d(8, 4, 3, 2))
        self.words = nn.LSTM(17, 12)
        self.more = nn.GRU(12, 6)
        self.last = nn.Linear(6, 5)

    def forward(self, x: Any) -> Any:
        y = self.image(x).flatten(0, 1).mean(0, keepdim=True)
        y, _ = self.words(y)
        y, _ = self.more(y)
        return self.last(y @ y.transpose(-1, -2) @ y)


def test_an_onnx_file_equals_its_module(tmp_path: Path) -> None:
    path = exported(Mixed(), (1, 3, 17, 17), tmp_path / "mixed.onnx")
    counted, net = from_torch(Mixed, (1, 3, 17, 17)), from_onnx(path)
    assert net.forward_flop == counted.forward_flop
    assert net.backward_flop == counted.backward_flop
    assert net.parameters == counted.parameters
