"""A torch module that is being trained, measured: its passes counted, its chips and its time noted.

The FLOP of a pass are counted once for each shape of input, on the meta device, where PyTorch's counter is right and
nothing is computed; they count as often as the module is called in training and its gradients arrive.
"""

from __future__ import annotations

import datetime
import platform
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from computeest.hardware import load as load_hardware
from computeest.hardware.find.answer import Refusal
from computeest.integrations.run import Run

#: How torch calls number formats, and what they are here.
_FORMATS = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32", "float64": "fp64"}
_ON_META = "counted by torch.utils.flop_counter on the meta device"
_BY_ALGEBRA = "counted from the model's config.json"
_ON_DEVICE = "counted by torch.utils.flop_counter on the device, the backward pass as twice the forward one"


def measure(model: Any, path: str | Path | None = None, *, chip: str = "", chips: int = 0, number_format: str = "",
            name: str = "", ranks: int = 0) -> Measure:
    """Measure what `model`, a torch module, is trained with inside `with measure(model) as run:`.

    `run.facts` are then those of a paper, `run.utilization` is what was achieved, and `path` is where the paper.yaml is
    written. `chip`, `chips` (accelerators in all) and `number_format` are found out where they are not given; `ranks`
    is how many processes see different data, all of them unless said.
    """
    return Measure(model, None if path is None else Path(path), chip, chips, number_format, name, ranks)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass of one shape of input: FLOP, and how they were counted."""

    forward: int
    backward: int
    source: str


@dataclass(slots=True)
class _Totals:
    """What passed so far in this process."""

    forward: int = 0
    backward: int = 0
    examples: int = 0
    tokens: int = 0
    steps: int = 0
    lengths: set[int] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    #: Backward FLOP of passes whose gradients have not arrived.
    pending: int = 0


class Measure:
    """Counts the training passes of a module between entering and leaving; the run is what `with` names."""

    __slots__ = ("_chip", "_chips", "_depth", "_format", "_handles", "_known", "_mode", "_model", "_path", "_ranks",
                 "_start", "run", "totals")

    def __init__(self, model: Any, path: Path | None, chip: str, chips: int, number_format: str, name: str,
                 ranks: int) -> None:
        self._model, self._path, self._chip, self._chips = _bare(model), path, chip, chips
        self._format, self._ranks = number_format, ranks
        self.run, self.totals = Run({"model": name or type(self._model).__name__}), _Totals()
        self._known: dict[str, _Pass] = {}
        self._handles: list[Any] = []
        self._depth = 0
        self._mode: Any = None
        self._start = 0.0

    def __enter__(self) -> Run:
        self.start()
        return self.run

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to count."""
        from torch.optim.optimizer import register_optimizer_step_post_hook

        # a trainer may call the parts of a module and not the module itself
        for module in (self._model, *self._model.children()):
            self._handles.append(module.register_forward_pre_hook(self._before, with_kwargs=True))
            self._handles.append(module.register_forward_hook(self._after, always_call=True))
        trained = [parameter for parameter in self._model.parameters() if parameter.requires_grad]
        self._handles += [parameter.register_post_accumulate_grad_hook(self._arrived) for parameter in trained]
        own = {id(parameter) for parameter in trained}

        def stepped(optimizer: Any, _args: Any, _kwargs: Any) -> None:
            if any(id(parameter) in own for group in optimizer.param_groups for parameter in group["params"]):
                self.totals.steps += 1

        self._handles.append(register_optimizer_step_post_hook(stepped))
        self._start = time.perf_counter()

    def stop(self, *, write: bool = True) -> None:
        """Stop counting, note what is known, and write it where a path was given."""
        if not self._handles:
            return
        elapsed = time.perf_counter() - self._start
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self.run.facts |= dict(self._facts(elapsed))
        if write and self._path is not None:
            self.run.write(self._path)

    def _before(self, module: Any, args: Any, kwargs: Any) -> None:
        import torch

        self._depth += 1
        if self._depth > 1 or not module.training or not torch.is_grad_enabled():
            return
        self._format = self._format or _number_format(self._model)
        key = _shapes((id(module), args, kwargs))
        if key not in self._known:
            begun = time.perf_counter()
            found = _on_meta(module, args, kwargs) or _by_algebra(module, args, kwargs)
            self._start += time.perf_counter() - begun  # counting is no part of the run
            if found is None:  # while it runs
                from torch.utils.flop_counter import FlopCounterMode

                self._mode = FlopCounterMode(display=False)
                self._mode.__enter__()
                self._sees(args, kwargs)
                return
            self._known[key] = found
        self._counts(self._known[key])
        self._sees(args, kwargs)

    def _after(self, _module: Any, _args: Any, _output: Any) -> None:
        self._depth -= 1
        if self._depth == 0 and self._mode is not None:
            self._mode.__exit__(None, None, None)
            forward = int(self._mode.get_total_flops())
            self._mode = None
            self._counts(_Pass(forward, 2 * forward, _ON_DEVICE))

    def _counts(self, one: _Pass) -> None:
        self.totals.forward += one.forward
        self.totals.pending += one.backward
        self.totals.sources.add(one.source)

    def _sees(self, args: Any, kwargs: Any) -> None:
        seen = next(_tensors((args, kwargs)), None)
        if seen is None or not seen.dim():
            return
        self.totals.examples += int(seen.shape[0])
        if not seen.is_floating_point() and seen.dim() == 2:
            self.totals.tokens += int(seen.numel())
            self.totals.lengths.add(int(seen.shape[1]))

    def _arrived(self, _parameter: Any) -> None:
        if self.totals.pending:
            self.totals.backward += self.totals.pending
            self.totals.pending = 0

    def _facts(self, elapsed: float) -> Iterator[tuple[str, Any]]:
        ranks = _ranks()
        parameters = {id(parameter): parameter for parameter in self._model.parameters()}.values()
        trained = sum(parameter.numel() for parameter in parameters if parameter.requires_grad)
        count = sum(parameter.numel() for parameter in parameters)
        yield "published", datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        yield "parameters", count
        if trained < count:
            yield "trainable_parameters", trained
        yield from self._passes(self._ranks or ranks)
        chip = self._chip or _chip_of(self._model)
        if isinstance(load_hardware().find(chip), Refusal):
            self.run.notes.append(f"no chip of the database is called '{chip}'")
        else:
            yield "chip", chip
        yield "chips", self._chips or ranks
        yield "time", f"{elapsed:.6g} s"
        if self._format:
            yield "number_format", self._format

    def _passes(self, ranks: int) -> Iterator[tuple[str, Any]]:
        found = self.totals
        if found.pending:
            self.run.notes.append("the last forward passes had no backward pass")
        if not found.forward:
            self.run.notes.append("no pass of the model was seen: nothing was counted")
            return
        source = "; ".join(sorted(found.sources))
        if found.tokens:
            yield "tokens_seen", found.tokens * ranks
            yield "forward_flop_per_token", {"value": found.forward / found.tokens, "source": source}
            if len(found.lengths) == 1:
                yield "sequence_length", next(iter(found.lengths))
        else:
            yield "examples_seen", found.examples * ranks
            yield "forward_flop", {"value": found.forward / max(found.examples, 1), "source": source}
        yield "backward_ratio", {"value": found.backward / found.forward, "source": source}
        if found.steps:
            yield "steps", found.steps


def _bare(model: Any) -> Any:
    """The module itself, where it is wrapped for several processes or compiled."""
    for name in ("_orig_mod", "module"):
        inner = getattr(model, name, None)
        if inner is not None and hasattr(inner, "parameters") and type(model).__name__ != type(inner).__name__:
            return _bare(inner)
    return model


def _tensors(given: Any) -> Iterator[Any]:
    from torch.utils import _pytree as pytree

    return (one for one in pytree.tree_leaves(given) if hasattr(one, "is_floating_point"))


def _shapes(given: Any) -> str:
    from torch.utils import _pytree as pytree

    leaves, spec = pytree.tree_flatten(given)
    return repr(([(tuple(one.shape), str(one.dtype), one.requires_grad) if hasattr(one, "is_floating_point") else
                  repr(one)[:200] for one in leaves], str(spec)))


def _on_meta(module: Any, args: Any, kwargs: Any) -> _Pass | None:
    """One pass of these shapes, forward and backward; None where it cannot run without its numbers."""
    import torch
    from torch.func import functional_call
    from torch.utils import _pytree as pytree
    from torch.utils.flop_counter import FlopCounterMode

    from computeest.layers.from_torch import corrected

    def bare(one: Any) -> Any:
        if not hasattr(one, "is_floating_point"):
            return one
        return torch.empty_like(one, device="meta").requires_grad_(one.requires_grad)

    state = {name: bare(one) for name, one in (*module.named_parameters(), *module.named_buffers())}
    try:
        with torch.random.fork_rng(devices=()), torch.enable_grad():
            with FlopCounterMode(display=False, custom_mapping=corrected()) as forward:
                output = functional_call(module, state, pytree.tree_map(bare, args), pytree.tree_map(bare, kwargs))
            ends = _ends(output)
            with FlopCounterMode(display=False, custom_mapping=corrected()) as backward:
                if ends:
                    torch.autograd.backward([end.sum() for end in ends])
    except Exception:  # whatever a module does with numbers that are not there
        return None
    return _Pass(int(forward.get_total_flops()), int(backward.get_total_flops()), _ON_META)


def _ends(output: Any) -> list[Any]:
    """Where gradients start: a loss, or all that is given out."""
    loss = output.get("loss") if isinstance(output, Mapping) else getattr(output, "loss", None)
    if loss is not None and getattr(loss, "requires_grad", False):
        return [loss]
    return [one for one in _tensors(output) if one.requires_grad]


def _by_algebra(module: Any, args: Any, kwargs: Any) -> _Pass | None:
    """One pass of a model with a configuration, by the family that counts such; None where there is none."""
    from computeest import registry
    from computeest.facts.network_lookup import count

    config, seen = getattr(module, "config", None), next(_tensors((args, kwargs)), None)
    if config is None or not hasattr(config, "to_dict") or seen is None or seen.dim() != 2 or seen.is_floating_point():
        return None
    named = {**config.to_dict(), "architectures": [type(module).__name__]}
    try:
        network = count(registry.load(), "huggingface", {"config": named}, int(seen.shape[1])).network
    except ValueError:
        return None
    if network is None or any(not parameter.requires_grad for parameter in module.parameters()):
        return None
    return _Pass(network.forward_flop * len(seen), network.backward_flop * len(seen), _BY_ALGEBRA)


def _number_format(model: Any) -> str:
    """The format of the matrix products: that of autocast, or of the weights."""
    import torch

    first = next(model.parameters(), None)
    kind = first.device.type if first is not None else "cpu"
    if torch.is_autocast_enabled(kind):
        return _FORMATS.get(str(torch.get_autocast_dtype(kind)).removeprefix("torch."), "")
    found = _FORMATS.get(str(first.dtype).removeprefix("torch."), "") if first is not None else ""
    matrix = kind == "cuda" and torch.backends.cuda.matmul.allow_tf32
    return "tf32" if found == "fp32" and matrix else found


def _chip_of(model: Any) -> str:
    """What the accelerator, or the processor, calls itself."""
    import torch

    first = next(model.parameters(), None)
    if first is not None and first.device.type == "cuda":
        return str(torch.cuda.get_device_name(first.device))
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _ranks() -> int:
    """How many processes train together."""
    import torch.distributed as distributed

    return int(distributed.get_world_size()) if distributed.is_available() and distributed.is_initialized() else 1
