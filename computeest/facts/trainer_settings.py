"""What trainers' settings mean for a run: a batch of one device or of all, and a window longer than what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from computeest.facts.lookup import Floats
from computeest.facts.paper import Run
from computeest.facts.spec import Spec
from computeest.problems import records as codes

#: Parameters for each GPU of a copy of a model that is spread over several: 1.7e9 on one to 1e12 on 512 (Narayanan et
#: al. 2021, Efficient large-scale language model training on GPU clusters, table 1). GPUs of a copy share its batch.
OF_A_DEVICE = 2e9

#: The longest text that models of note read all along, before a phase of longer ones: Llama 3.1 at 8,192 (Grattafiori
#: et al. 2024) with a window of 131,072; DeepSeek-V3, Qwen2.5 and Yi at 4,096.
USUAL_LENGTH = 8192.0


def apply(spec: Spec, networks: Callable[[], None]) -> None:
    """Fill lengths and batches that are read from such settings, in place.

    Between them `networks` are counted, over the lengths, and say how large a model is that devices may share.
    """
    _windows(spec)
    networks()
    _batches(spec)


def _batches(spec: Spec) -> None:
    """The batch of all devices, in place, where a trainer's word leaves open whether it is that of one.

    Hugging Face's model cards print `train_batch_size` of one device beside `total_train_batch_size` of all;
    DeepSpeed's configurations have `train_batch_size` of all beside `train_micro_batch_size_per_gpu` of one.
    """
    train, device = spec.numbers.pop("train_batch_size", None), spec.column("device_batch_size")
    stated = ~np.isnan(spec.column("batch_size")) | ~np.isnan(spec.column("batch_tokens"))
    chips, passes = _chips(spec), np.nan_to_num(spec.column("accumulation_steps"), nan=1.0)
    if train is None:
        _of_passes(spec, passes, np.isnan(device))
    else:
        _of_passes(spec, passes, np.isnan(device) & np.isnan(train))
        spread = spec.sigmas.pop("train_batch_size", np.zeros(spec.size))
        with np.errstate(invalid="ignore"):
            of_one = (train == device) & (chips * passes > 1)  # all that several devices pass is more
        _fill(spec, "batch_size", train, ~stated & ~np.isnan(device) & ~of_one, spread)
        stated |= ~np.isnan(spec.column("batch_size")) | of_one
        _undecided(spec, train, ~stated & ~np.isnan(train), spread)
        device = spec.column("device_batch_size")
    size = np.nan_to_num(spec.column("parameters"), nan=OF_A_DEVICE)
    spread_over = np.fmax(1.0, np.fmin(chips, size / OF_A_DEVICE))
    product = device * chips * passes
    with np.errstate(invalid="ignore"):
        shared = ~np.isnan(product) & np.isnan(spec.column("batch_size")) & (spread_over > 1)
    _span(spec, "batch_size", product / spread_over, product, shared)
    for row in np.flatnonzero(shared).tolist():
        spec.readings.append((row, codes.BATCH_OF_COPIES.says(
            chips=chips[row], shared=spread_over[row], parameters=spec.get("parameters", row))))


def _of_passes(spec: Spec, passes: Floats, here: NDArray[np.bool_]) -> None:
    """Let a batch beside accumulation steps, and no word whose batch it is, reach to that of all of them."""
    batch = spec.column("batch_size")
    here = here & ~np.isnan(batch) & (passes > 1)
    _span(spec, "batch_size", batch, batch * passes, here)
    for row in np.flatnonzero(here).tolist():
        spec.readings.append((row, codes.BATCH_OF_EACH_PASS.says(
            batch=batch[row], passes=passes[row], all=batch[row] * passes[row])))


def _undecided(spec: Spec, train: Floats, here: NDArray[np.bool_], spread: Floats) -> None:
    """Batches of which nothing beside them says whose they are."""
    chips, passes = _chips(spec), np.nan_to_num(spec.column("accumulation_steps"), nan=1.0)
    with np.errstate(invalid="ignore"):
        of_one = here & (np.isnan(chips) | (train < chips))
    _fill(spec, "device_batch_size", train, of_one, spread)
    _fill(spec, "batch_size", train, here & ~of_one, spread)
    _span(spec, "batch_size", train, train * chips * passes, here & ~of_one & (chips * passes > 1))
    for row in np.flatnonzero(here & ~np.isnan(chips) & (chips * passes > 1)).tolist():
        spec.readings.append((row, codes.BATCH_OF_ONE_OR_ALL.says(
            batch=train[row], taken="one" if of_one[row] else "all", chips=chips[row], passes=passes[row],
            all=train[row] * chips[row] * passes[row])))


def _windows(spec: Spec) -> None:
    """The length that is trained on, in place, where only the longest is stated that the model takes."""
    window = spec.column("context_window")
    alone = ~np.isnan(window) & np.isnan(spec.column("sequence_length"))
    _fill(spec, "sequence_length", np.fmin(window, USUAL_LENGTH), alone,
          spec.sigmas.pop("context_window", np.zeros(spec.size)))
    with np.errstate(invalid="ignore"):
        longer = alone & (window > USUAL_LENGTH)
    spec.numbers["context_window"] = np.where(longer, window, np.nan)
    _span(spec, "sequence_length", np.full(spec.size, USUAL_LENGTH), window, longer)
    for row in np.flatnonzero(longer).tolist():
        spec.readings.append((row, codes.CONTEXT_WINDOW.says(window=window[row], length=USUAL_LENGTH)))


def _chips(spec: Spec) -> Floats:
    chips, nodes = spec.column("chips"), spec.column("nodes") * spec.column("chips_per_node")
    return np.where(np.isnan(chips), nodes, chips)


def _fill(spec: Spec, column: str, values: Floats, here: NDArray[np.bool_], spread: Floats) -> None:
    """Fill a column, whose fact is then the run's own where the one that it was read from is."""
    spec.fill(column, values, here, spread)
    if spec.runs and here.any():
        spec.runs = [_with_fact(run, column) if here[row] else run for row, run in enumerate(spec.runs)]


#: What each column is read from.
_FROM: Mapping[str, str] = {"batch_size": "train_batch_size", "device_batch_size": "train_batch_size",
                            "sequence_length": "context_window"}


def _with_fact(run: Run, column: str) -> Run:
    cell, own = run.cells.get(_FROM[column]), _FROM[column] in run.own
    cells = run.cells if cell is None else {**run.cells, column: cell._replace(column=column)}
    return replace(run, cells=cells, own=run.own | {column} if own else run.own)


def _span(spec: Spec, column: str, low: Floats, high: Floats, here: NDArray[np.bool_]) -> None:
    """Let a column's other readings reach so far."""
    if here.any():
        old = spec.alternatives.get(column, (np.full(spec.size, np.nan),) * 2)
        spec.alternatives[column] = (np.where(here, np.fmin(low, old[0]), old[0]),
                                     np.where(here, np.fmax(high, old[1]), old[1]))
