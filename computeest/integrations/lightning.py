"""A callback for Lightning: `Trainer(callbacks=[ComputeCallback()])`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import Callback

from computeest.integrations.measure import Measure, measure
from computeest.integrations.run import Run

#: What Lightning calls the precision of a run, and what it is here.
_FORMATS = {"bf16": "bf16", "16": "fp16", "32": "fp32", "64": "fp64"}


class ComputeCallback(Callback):  # type: ignore[misc]
    """Measures the run and writes its paper.yaml, into the root directory unless `path` says where.

    `options` are those of `measure`: `chip`, `chips`, `number_format`, `name`, `ranks`.
    """

    def __init__(self, path: str | Path | None = None, **options: Any) -> None:
        self._path, self._options = path, options
        self._measure: Measure | None = None
        self.run = Run()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin to count."""
        path = self._path or Path(trainer.default_root_dir) / "paper.yaml"
        number_format = _FORMATS.get(str(trainer.precision).partition("-")[0], "")
        self._measure = measure(pl_module, path, **{"number_format": number_format, **self._options})
        self.run = self._measure.run
        self._measure.start()

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Write what was counted, on the first process."""
        if self._measure is not None:
            self._measure.stop(write=trainer.is_global_zero)
            self._measure = None
