"""Tables of made-up models, the same for the same seed: reported figures, accelerator time, tokens, networks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

CHIPS = (
    "A100", "NVIDIA A100", "A100 80GB", "NVIDIA A100 SXM4 80GB", "A100-SXM4-40GB", "Nvidia A100 40GB", "a100 pcie",
    "V100", "NVIDIA V100", "Tesla V100", "V100 32GB", "NVIDIA Tesla V100 DGXS 32 GB", "Tesla V100-SXM2-32GB",
    "v100-16gb",
    "H100", "NVIDIA H100", "H100 SXM5", "NVIDIA H100 SXM5 80GB", "H100 80GB HBM3", "H100 PCIe", "NVIDIA H800 SXM5",
    "H200", "NVIDIA H200", "P100", "Tesla P100", "NVIDIA P100", "K80", "NVIDIA Tesla K80", "Tesla K40",
    "NVIDIA Tesla K40c",
    "GTX 1080 Ti", "NVIDIA GeForce GTX 1080 Ti", "GeForce GTX 1080Ti", "GTX Titan X", "Titan V", "NVIDIA GTX 580",
    "RTX 2080 Ti", "RTX 3090", "NVIDIA GeForce RTX 3090", "RTX 4090", "NVIDIA RTX A6000", "Quadro RTX 8000", "T4",
    "TPU v2", "Google TPU v3", "TPUv3", "TPU v4", "Google TPU v4", "MI250X", "AMD Instinct MI250X",
)
COLUMNS = ("model", "published", "reported_compute", "chip", "chips", "training_time_hours", "parameters", "tokens",
           "epochs", "family", "architecture", "examples")
STEP = 100_000


def architectures() -> list[str]:
    """Two hundred shapes of decoders, as JSON."""
    return [f'{{"layers": {layers}, "width": {width}, "heads": {width // 64}, "vocabulary": 50257, '
            f'"sequence_length": {length}}}'
            for layers in (6, 12, 18, 24, 32, 40, 48, 64, 72, 80)
            for width in (512, 768, 1024, 1536, 2048) for length in (512, 1024, 2048, 4096)]


def frames(rows: int, seed: int = 0) -> Iterator[pd.DataFrame]:
    """The table in steps; the first rows do not depend on how many there are."""
    for start in range(0, rows, STEP):
        yield _frame(start, min(STEP, rows - start), np.random.default_rng((seed, start)))


def write(path: Path, rows: int, seed: int = 0) -> Path:
    """The table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, frame in enumerate(frames(rows, seed)):
            frame.to_csv(file, index=False, header=number == 0)
    return path


def _frame(start: int, size: int, rng: np.random.Generator) -> pd.DataFrame:
    kind = rng.integers(0, 4, STEP)[:size]
    draw = {name: rng.random(STEP)[:size] for name in ("a", "b", "c", "d", "bad")}
    reported, hardware, tokens, family = (kind == number for number in range(4))
    shapes = np.array(architectures(), dtype=object)
    names = pd.Series(np.arange(start, start + size)).map("Model {}".format)
    days = np.datetime64("2023-01-01") + (draw["a"] * 900).astype("timedelta64[D]")
    table = pd.DataFrame({
        "model": names, "published": days.astype(str),
        "reported_compute": _where(reported, _rounded(10 ** (18 + 7 * draw["b"]))),
        "chip": _where(hardware, np.array(CHIPS, dtype=object)[(draw["c"] * len(CHIPS)).astype(int)]),
        "chips": _where(hardware, (2 ** (draw["b"] * 12).astype(int)).astype(object)),
        "training_time_hours": _where(hardware, _rounded(10 ** (1 + 2.5 * draw["d"]))),
        "parameters": _where(tokens, _rounded(10 ** (7 + 5 * draw["b"]))),
        "tokens": _where(tokens | family, _rounded(10 ** (9 + 4 * draw["c"]))),
        "epochs": _where(tokens, (1 + (draw["d"] * 4).astype(int)).astype(object)),
        "family": _where(family, np.full(size, "decoder", dtype=object)),
        "architecture": _where(family, shapes[(draw["d"] * len(shapes)).astype(int)]),
        "examples": np.full(size, "", dtype=object),
    })
    return _spoiled(table, draw["bad"])


#: What people write in a column: a share of its cells, texts, and powers of ten of numbers with texts behind them.
_WRITTEN: dict[str, tuple[float, tuple[str, ...], tuple[float, float], tuple[str, ...]]] = {
    "published": (0.8, ("2012-09", "2016", "2019-05-01", "2021-11-30", "2024-02-29", "2023", "unknown", "2031-01-01"),
                  (0, 0), ()),
    "domain": (0.6, ("Language", "Vision", "Image generation", "Speech", "Games", "Multimodal, language"), (0, 0), ()),
    "link": (0.3, ("https://example.org/a", "https://example.org/b?x=1,2", '"quoted" link'), (0, 0), ()),
    "base_model": (0.15, ("Model 3 7B", "Llama 2-13B", "BERT", "Model 8 70B", "no such model", "GPT-2, Model 3 7B"),
                   (0, 0), ()),
    "reported_compute": (0.2, ("3.1e23", "3640 petaflop/s-day", "5 exaFLOP", "1e30", "twelve", "6.1e22 FLOP"),
                         (18, 26), ("", " FLOP")),
    "chip": (0.6, (*CHIPS, "8 V100", "NVIDIA A100 and V100", "TPU v3 core", "DGX-1", "TPU v3-256", "Quantum X-9",
                   "A100, unknown", "Intel Xeon at 2.5 GHz", "over 1000 A100"), (0, 0), ()),
    "chips": (0.5, ("64", "1.024", "512 GPUs", "64 V100s", "-3", "half"), (0, 4), ("",)),
    "time": (0.4, ("30", "6 days", "5..6 days", "~2 weeks", "100 hours", "12", "a while"), (0, 3), (" hours", " days")),
    "chip_time": (0.15, ("1000 GPU-hours", "2.788e6 GPU-hours", "12", "500 V100 hours", "30 petaflop/s-days"),
                  (2, 7), (" GPU-hours", " chip-days")),
    "number_format": (0.15, ("bf16", "fp16", "FP32", "tf32", "mixed precision", "int3"), (0, 0), ()),
    "utilization": (0.15, ("40%", "0.4", "55", "0.3..0.5", "1.7", "0.9"), (0, 0), ()),
    "parameters": (0.6, ("175B", "6.7e9", "671B (37B active)", "~350M", "8x7B", "a lot", "13B", "1.5b"), (6, 12),
                   ("",)),
    "active_parameters": (0.05, ("37B", "13e9"), (6, 11), ("",)),
    "tokens": (0.4, ("300B tokens", "1.4T", ">1e12", "between 1B and 2B", "-5", "20k examples"), (8, 13),
               ("", " tokens")),
    "epochs": (0.3, ("1", "3", "90", "0.5", "1..4", "300 epochs on ImageNet"), (0, 0), ()),
    "examples": (0.25, ("1.28M", "14 million images", "50k"), (3, 9), ("",)),
    "batch_size": (0.2, ("256", "4M tokens", "1024", "2048 sequences"), (1, 4), ("",)),
    "steps": (0.2, ("100k", "1e6 steps", "300B tokens"), (3, 6), ("",)),
    "sequence_length": (0.15, ("512", "2048", "4k"), (0, 0), ()),
    "family": (0.2, ("decoder", "resnet", "resnet-50", "vit", "transformer", "no-such"), (0, 0), ()),
    "forward_flop": (0.1, ("3.8 GFLOP", "4e9"), (8, 12), ("", " FLOP")),
    "energy": (0.05, ("1287 MWh", "12"), (6, 12), ("",)),
}


def varied(path: Path, rows: int, seed: int = 0) -> Path:
    """A table of the kinds of cells that people write, right and wrong, in any combination of columns."""
    rng = np.random.default_rng(seed)
    sizes = np.array(("", " 7B", " 70B", "-1.5B", " (13b)", " XL", ", large"), dtype=object)
    columns = {"model": np.array([f"Model {number}" for number in rng.integers(0, rows, rows)], dtype=object)
               + rng.choice(sizes, rows)}
    for name, (share, words, (low, high), ends) in _WRITTEN.items():
        cells = rng.choice(np.array(words, dtype=object), rows)
        if ends:
            numbers = [f"{value:.3g}" for value in 10 ** rng.uniform(low, high, rows)]
            spelled = np.array(numbers, dtype=object) + rng.choice(np.array(ends, dtype=object), rows)
            cells = np.where(rng.random(rows) < 0.7, spelled, cells)
        columns[name] = np.where(rng.random(rows) < share, cells, "")
    shapes = rng.choice(np.array(architectures(), dtype=object), rows)
    columns["architecture"] = np.where((columns["family"] == "decoder") & (rng.random(rows) < 0.8), shapes, "")
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def _spoiled(table: pd.DataFrame, draw: np.ndarray) -> pd.DataFrame:
    """Two rows of a hundred that cannot be right: no such chip, no number, a negative one, no facts."""
    for place, (column, value) in enumerate((("chip", "Quantum X-9"), ("parameters", "a lot"), ("tokens", "-5"),
                                             ("published", "soon"))):
        here = (draw >= place * 0.005) & (draw < (place + 1) * 0.005)
        table.loc[here, column] = value
    return table


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.array([f"{value:.4g}" for value in values], dtype=object)


def _where(here: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.where(here, values, "")
