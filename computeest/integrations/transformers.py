"""A callback for the Trainer of transformers: `Trainer(..., callbacks=[ComputeCallback()])`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from computeest.integrations.measure import Measure, measure
from computeest.integrations.run import Run


class ComputeCallback(TrainerCallback):  # type: ignore[misc]
    """Measures the run and writes its paper.yaml, into the output directory unless `path` says where.

    `options` are those of `measure`: `chip`, `chips`, `number_format`, `name`, `ranks`.
    """

    def __init__(self, path: str | Path | None = None, **options: Any) -> None:
        self._path, self._options = path, options
        self._measure: Measure | None = None
        self.run = Run()

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Begin to count."""
        number_format = "bf16" if args.bf16 else "fp16" if args.fp16 else ""
        path = self._path or Path(args.output_dir) / "paper.yaml"
        self._measure = measure(model, path, **{"number_format": number_format, **self._options})
        self.run = self._measure.run
        self._measure.start()

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write what was counted, on the first process."""
        if self._measure is None:
            return
        if getattr(args, "gradient_checkpointing", False):
            self.run.facts["gradient_checkpointing"] = "full"
        self._measure.stop(write=args.process_index == 0)
        self._measure = None
