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
