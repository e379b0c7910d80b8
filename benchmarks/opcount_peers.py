"""One count by torch's counter (meta device) or fvcore, for benchmarks/opcount.py: `torch|fvcore NETWORK warm|cold`."""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

try:
    import torch
    from torch import nn
except ImportError:
    print(json.dumps({"missing": "torch is not installed in this environment"}))
    sys.exit()


class Bottleneck(nn.Module):
    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        out = 4 * width
        self.body = nn.Sequential(
            nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out),
        )  # fmt: skip
        same = stride == 1 and channels == out
        shortcut = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        self.shortcut = nn.Identity() if same else shortcut

    def forward(self, x: Any) -> Any:
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet50() -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    layers.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for turn in range(count):
            layers.append(Bottleneck(channels, width, stride if turn == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


class Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Any) -> Any:
        batch, length, width = x.shape
        q, k, v = self.qkv(self.first(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        y = ((q @ k.transpose(-2, -1)) * (width // self.heads) ** -0.5).softmax(-1) @ v
        x = x + self.out(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(self.second(x))


class ViT(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 768, 16, 16)
        self.token, self.positions = nn.Parameter(torch.zeros(1, 1, 768)), nn.Parameter(torch.zeros(1, 197, 768))
        self.layers = nn.Sequential(*[Layer(768, 12) for _ in range(12)])
        self.norm, self.head = nn.LayerNorm(768), nn.Linear(768, 1000)

    def forward(self, x: Any) -> Any:
        x = torch.cat([self.token, self.patches(x).flatten(2).transpose(1, 2)], 1) + self.positions
        return self.head(self.norm(self.layers(x))[:, 0])


class GPT2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.positions = nn.Embedding(50257, 768), nn.Parameter(torch.zeros(1, 1024, 768))
        self.layers = nn.Sequential(*[Layer(768, 12) for _ in range(12)])
        self.norm, self.head = nn.LayerNorm(768), nn.Linear(768, 50257, bias=False)

    def forward(self, x: Any) -> Any:
        return self.head(self.norm(self.layers(self.words(x) + self.positions)))


BUILD = {"resnet-50": resnet50, "vit-b/16": ViT, "gpt2": GPT2}


def inputs(name: str) -> Any:
    return torch.zeros(1, 1024, dtype=torch.long) if name == "gpt2" else torch.zeros(1, 3, 224, 224)


def by_torch(module: nn.Module, x: Any) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        module(x)
    return int(counter.get_total_flops())


def by_fvcore(module: nn.Module, x: Any) -> int:
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module, x)
    analysis.unsupported_ops_warnings(enabled=False)
    analysis.uncalled_modules_warnings(enabled=False)
    return 2 * int(analysis.total())


def main(peer: str, name: str, mode: str) -> dict[str, Any]:
    if peer == "fvcore":
        try:
            import fvcore  # noqa: F401
        except ImportError:
            return {"missing": "fvcore is not installed in this environment"}
    count = by_torch if peer == "torch" else by_fvcore
    # fvcore needs real weights: its trace of meta tensors fails
    with torch.device("meta" if peer == "torch" else "cpu"):
        module, x = BUILD[name]().eval(), inputs(name)
    flop = count(module, x)
    if mode == "cold":
        return {"flop": flop}
    times = []
    for _ in range(15):
        start = time.perf_counter()
        count(module, x)
        times.append((time.perf_counter() - start) * 1000)
    return {"flop": flop, "milliseconds": min(times)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(main(*sys.argv[1:])))
