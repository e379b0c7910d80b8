"""Every column there is: name, unit, bounds, meaning, aliases. The one place that knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from computeest.schema.field import Field, text
from computeest.schema.money_and_place import FILLED, MONEY_POWER, PLACE
from computeest.schema.practice import DERIVED as PRACTICE_DERIVED
from computeest.schema.practice import PRACTICE
from computeest.text import fold
from computeest.text.number_formats import FORMATS, MIXED
from computeest.text.remembered import remembered

#: The version of the record's fields; it changes when a field is renamed, removed or changes its meaning.
SCHEMA_VERSION = 2

#: A paper has no more runs than this.
MOST_RUNS = 1000


_IDENTITY = (
    text("model", "identity", "The model's name.", "name", "model_name", "system", example="ResNet-50"),
    text("stage", "identity", "What this run is: pretraining, fine-tuning, self-play, ...", example="pretraining"),
    Field("published", "identity", "When the model was published.", kind="date",
          aliases=("date", "publication_date", "published_date", "release_date"), example="2015-12-10"),
    text("link", "identity", "Where the paper or announcement is.", "url", example="https://arxiv.org/abs/1512.03385"),
    text("organization", "identity", "Who trained the model.", "organisation", "org", example="Microsoft"),
    text("domain", "identity", "Language, vision, biology, games, ...", example="Vision"),
    text("task", "identity", "What the model does.", example="Image classification"),
    text("note", "identity", "Anything a reader of the file should know; never used in a number.", "notes"),
)

_RESULT = (
    text("benchmark", "result", "The test the score was measured on.", example="ImageNet-1k"),
    text("metric", "result", "What the score measures.", example="top-1 accuracy"),
    Field("score", "result", "The score, as a fraction.", "dimensionless", low_included=True, high=1.0,
          aliases=("accuracy",), example="75.3 %"),
)

_REPORTED = (
    Field("reported_compute", "reported", "Training compute as the authors state it.", "FLOP", low=1e3, high=1e32,
          aliases=("compute", "training_compute", "total_compute", "flop", "training_flop", "training_flops",
                   "total_flop", "total_flops"), example="3640 petaflop/s-day"),
)

_NETWORK = (
    text("family", "network", "The kind of network, which counts its own forward FLOP; see `computeest families`.",
          example="resnet"),
    Field("architecture", "network", "The family's own parameters, such as {depth: 50, image: 224}.", kind="mapping",
          example="{depth: 50, image: 224}"),
    Field("layers", "network", "The network as a list of layers, counted without a family.", kind="list"),
    Field("forward_flop", "network", "FLOP of one forward pass of one example; a multiply-add is two.", "FLOP/example",
          high=1e24, also=("FLOP",), aliases=("forward_flops", "flop_per_example"),
          routes={"FLOP/token": "forward_flop_per_token", "MAC/example": "forward_macs", "MAC": "forward_macs"},
          example="8.2 GFLOP", asks_for="family (or forward_macs)",
          said_by=("forward_flop", "family", "architecture", "layers")),
    Field("forward_flop_per_token", "network", "FLOP of one forward pass, for each token.", "FLOP/token", high=1e20,
          also=("FLOP",), aliases=("flop_per_token",), example="350 GFLOP", asks_for="parameters",
          said_by=("forward_flop_per_token", "family", "architecture", "layers")),
    Field("forward_macs", "network", "Multiply-adds of one forward pass of one example.", "MAC/example", high=1e24,
          also=("MAC",), aliases=("macs", "mult_adds", "multiply_adds"), example="4.1 GMAC"),
    Field("parameters", "network", "All trainable numbers of the model, experts and embeddings included.", "parameter",

          low=1.0, low_included=True, high=1e16, example="175B",
          aliases=("params", "parameter_count", "n_params", "total_parameters", "total_params", "model_size")),
    Field("active_parameters", "network", "Parameters that take part in one token's pass (mixture of experts).",
          "parameter", low=1.0, low_included=True, high=1e16, example="37B", asks_for="parameters",
          aliases=("activated_parameters", "active_params", "activated_params")),
    Field("trainable_parameters", "network", "Parameters that are updated; fewer than all where some are frozen.",
          "parameter",
          low=1.0, low_included=True, high=1e16, aliases=("trainable_params", "trained_parameters"), example="4.7M"),
    Field("flop_per_parameter", "network", "Forward FLOP for each active parameter and token (dense layers: 2).",
          "FLOP/parameter/token", high=1e4, example="2"),
)

_DATA = (
    Field("examples", "data", "Examples of one epoch: images, sentences, games.", "example/epoch",
          low=1.0, low_included=True, high=1e18,
          also=("example",), aliases=("images", "samples", "dataset_size", "training_examples", "training_samples",
                                      "training_images"),
          routes={"token": "tokens", "word": "words", "byte": "text_size"}, example="1.28e6"),
    Field("tokens", "data", "Tokens of one epoch.", "token/epoch",
          low=1.0, low_included=True, high=1e18, also=("token",),
          aliases=("training_tokens", "train_tokens", "pretraining_tokens", "dataset_tokens"), example="300B tokens",
          routes={"example": "examples", "word": "words", "byte": "text_size"}),
    Field("words", "data", "Words of one epoch, where tokens are not given.", "word/epoch",
          low=1.0, low_included=True, high=1e18, also=("word",),
          example="800M words"),
    Field("text_size", "data", "Size of one epoch's text, where neither tokens nor words are given.", "gigabyte/epoch",
          high=1e9, also=("gigabyte",), example="40 GB"),
    Field("epochs", "data", "Passes over the data.", "epoch", high=1e7, aliases=("passes", "training_epochs"),
          example="90"),
    Field("examples_seen", "data", "Examples processed in all, repeats included.", "example",
          low=1.0, low_included=True, high=1e20,
          aliases=("total_examples",), routes={"token": "tokens_seen", "word": "words_seen"}, example="1.15e8",
          asks_for="examples and epochs", adds_up=True),
    Field("tokens_seen", "data", "Tokens processed in all, repeats included.", "token",
          low=1.0, low_included=True, high=1e20,
          aliases=("total_tokens",), routes={"example": "examples_seen", "word": "words_seen"}, example="1.4T tokens",
          asks_for="tokens", adds_up=True),
    Field("words_seen", "data", "Words processed in all, repeats included, where tokens are not given.", "word",
          low=1.0, low_included=True, high=1e20, aliases=("total_words",), example="8B words", adds_up=True),
    Field("steps", "data", "Optimizer steps.", "step",
          low=1.0, low_included=True, high=1e12,
          aliases=("iterations", "updates", "training_steps", "train_steps", "max_steps", "training_iterations",
                   "optimizer_steps", "gradient_steps"), example="500k"),
    Field("batch_size", "data", "Examples in one optimizer step.", "example/step", high=1e12, also=("example",),
          aliases=("batch", "global_batch_size", "total_batch_size", "effective_batch_size", "total_train_batch_size",
                   "minibatch_size", "mini_batch_size"),
          routes={"token/step": "batch_tokens", "token": "batch_tokens", "example/chip": "device_batch_size",
                  "1/chip": "device_batch_size"}, example="256"),
    Field("device_batch_size", "data", "Examples in one pass of one device, times chips and accumulation_steps a step.",
          "example/step/chip", high=1e9, also=("example", "example/step", "example/chip", "1/chip"),
          aliases=("per_device_train_batch_size", "per_device_batch_size", "per_gpu_train_batch_size",
                   "per_gpu_batch_size", "batch_size_per_device", "batch_size_per_gpu", "micro_batch",
                   "micro_batch_size", "microbatch_size", "train_micro_batch_size_per_gpu", "local_batch_size"),
          example="8"),
    Field("train_batch_size", "data", "A batch that is of one device in Hugging Face's model cards, and of all in"
          " DeepSpeed's configurations: what stands beside it decides, or both are spanned.", "example/step", high=1e12,
          also=("example",), example="8"),
    Field("accumulation_steps", "data", "Passes of a device whose gradients are added up for one optimizer step.",
          "dimensionless", low=1.0, low_included=True, high=1e6,
          aliases=("gradient_accumulation_steps", "gradient_accumulation", "grad_accum_steps",
                   "grad_accumulation_steps"),
          example="4"),
    Field("batch_tokens", "data", "Tokens in one optimizer step.", "token/step", high=1e12, also=("token",),
          aliases=("tokens_per_batch", "batch_size_tokens", "tokens_per_step"), example="3.2M tokens",
          asks_for="batch_size in tokens",
          routes={"example": "batch_size", "example/step": "batch_size"}),
    Field("sequence_length", "data", "Tokens of one example.", "token/example", high=1e9, also=("token",),
          aliases=("seq_len", "seq_length", "max_seq_len", "max_seq_length", "max_sequence_length",
                   "tokens_per_example"), example="2048"),
    Field("context_window", "data", "Tokens of the longest text that the model takes; trained on no longer ones.",
          "token/example", high=1e9, also=("token",), aliases=("context", "context_length", "context_size"),
          example="128K"),
    Field("tokens_per_word", "data", "Tokens that one word makes.", "token/word", high=100, example="1.33"),
    Field("words_per_gigabyte", "data", "Words in a gigabyte of text.", "word/gigabyte", high=1e10, example="2e8"),
    Field("backward_ratio", "data", "FLOP of the backward pass for each FLOP of the forward pass.", "dimensionless",
          low_included=True, high=20, example="2"),
    Field("ensemble", "data", "Models trained alike and used together.", "dimensionless", high=1e6,
          aliases=("ensemble_size", "folds", "n_folds"), example="5"),
)

_HARDWARE = (
    text("chip", "hardware", "The accelerator, as the paper calls it; see `computeest hardware list`.",
          "hardware", "gpu", "tpu", "accelerator", "training_hardware", "chip_type", "gpu_type", "gpu_model",
          "hardware_type", "accelerator_type", "device", example="A100 SXM 80GB"),
    Field("chips", "hardware", "How many accelerators ran at once.", "chip", high=1e9,
          aliases=("chip_count", "gpu_count", "gpus", "n_gpus", "tpus", "accelerators", "devices", "hardware_quantity",
                   "num_chips", "world_size", "num_processes", "accelerator_count"), routes={"core": "cores"},
          example="1024", said_by=("chips", "chip", "cores")),
    Field("nodes", "hardware", "How many machines ran at once, where the chips of each are given.", "dimensionless",
          high=1e7, aliases=("number_of_nodes", "num_nodes", "n_nodes", "nnodes", "num_machines", "instance_count"),
          example="16"),
    Field("chips_per_node", "hardware", "Accelerators of one machine.", "chip", high=1e5,
          aliases=("gpus_per_node", "accelerators_per_node", "tpus_per_node", "devices_per_node", "nproc_per_node"),
          example="8"),
    Field("cores", "hardware", "How many cores ran at once, where a chip has several (TPU v2, v3, v4).", "core",
          high=1e10, example="2048 cores"),
    Field("time", "hardware", "Wall-clock time of the run.", "second", high=3.2e10,
          aliases=("training_time", "train_time", "training_duration", "duration", "wall_clock", "wall_clock_time",
                   "wall_time", "walltime"),
          unit_aliases={"training_time_hours": "hour", "time_hours": "hour", "hours": "hour", "time_days": "day",
                        "days": "day", "training_hours": "hour", "training_days": "day", "wall_clock_hours": "hour",
                        "training_time_days": "day", "wall_time_hours": "hour", "train_hours": "hour",
                        "train_days": "day", "seconds": "second", "training_seconds": "second",
                        "train_seconds": "second", "training_time_seconds": "second", "time_seconds": "second"},
          routes={"chip * second": "chip_time", "core * second": "core_time", "second/epoch": "time_per_epoch",
                  "second/step": "time_per_step", "chip * second/token": "chip_time_per_token",
                  "chip * second/epoch": "chip_time_per_epoch", "chip * second/fold": "chip_time_each"},
          example="29 hours"),
    Field("time_per_epoch", "hardware", "Wall-clock time of one pass over the data.", "second/epoch", high=3.2e10,
          also=("second",), aliases=("epoch_time",), asks_for="time", example="2 hours"),
    Field("time_per_step", "hardware", "Wall-clock time of one optimizer step.", "second/step", high=1e9,
          also=("second",), aliases=("step_time", "seconds_per_step"), asks_for="time", example="0.4 s"),
    Field("chip_time", "hardware", "Accelerator time: accelerators x wall-clock time.", "chip * second", high=1e18,
          aliases=("gpu_time", "tpu_time", "accelerator_time"),
          unit_aliases={"chip_hours": "chip * hour", "gpu_hours": "chip * hour", "training_chip_hours": "chip * hour",
                        "gpu_days": "chip * day", "chip_days": "chip * day", "tpu_hours": "chip * hour",
                        "tpu_days": "chip * day", "accelerator_hours": "chip * hour", "device_hours": "chip * hour"},
          routes={"core * second": "core_time", "chip * second/token": "chip_time_per_token",
                  "chip * second/epoch": "chip_time_per_epoch", "chip * second/fold": "chip_time_each"},
          example="2.788e6 GPU-hour", asks_for="chips and time (or chip_time)", adds_up=True),
    Field("chip_time_per_token", "hardware", "Accelerator time for each token.", "chip * second/token", high=1e9,
          asks_for="chips and time (or chip_time)",
          example="180K GPU hours per trillion tokens"),
    Field("chip_time_per_epoch", "hardware", "Accelerator time of one pass over the data.", "chip * second/epoch",
          high=1e18, also=("chip * second",), asks_for="chips and time (or chip_time)",
          example="12 GPU-hours"),
    Field("chip_time_each", "hardware", "Accelerator time of each of the models that `ensemble` counts: of a fold.",
          "chip * second", high=1e18, also=("chip * second/fold",), asks_for="chips and time (or chip_time)",
          example="10 GPU-days"),
    Field("hours_used", "hardware", "Hours as model cards state them: accelerator time, or wall-clock time where "
          "several chips are counted, and the card does not say which.", "second", high=1e18,
          unit_aliases={"hours_used": "hour"}, routes={"chip * second": "chip_time", "core * second": "core_time"},
          example="90 hours"),
    Field("core_time", "hardware", "Core time: cores x wall-clock time.", "core * second", high=1e19,
          example="2500 core-days"),
    Field("number_format", "hardware", "Number format of the matrix products; it decides which peak applies.",
          kind="choice", example="bf16",
          aliases=("precision", "format", "dtype", "training_precision", "numerical_format"),
          choices=(*FORMATS, MIXED)),
    Field("peak", "hardware", "Dense peak FLOP/s of one chip; overrides the database.", "FLOP/second/chip", low=1e5,
          high=1e20, also=("FLOP/second",), aliases=("peak_flops", "peak_flop_per_second"), example="312 TFLOP/s",
          asks_for="chip", said_by=("peak", "chip", "number_format")),
    Field("chip_power", "hardware", "Electric power of one chip.", "watt/chip", low=1.0, low_included=True,
          high=1e6, also=("watt",), example="400 W", asks_for="chip", said_by=("chip",)),
    Field("utilization", "hardware", "Share of the peak achieved, averaged over the whole run.", "dimensionless",
          high=1.0, aliases=("mfu", "hardware_utilization", "model_flops_utilization"), example="0.4"),
    Field("utilization_kind", "hardware", "What the stated utilization is.", kind="choice",
          choices=("run", "step", "assumed", "hfu"), example="step"),
    Field("step_utilization", "hardware", "Share of the peak achieved within a step, stalls left out.",
          "dimensionless", high=1.0, aliases=("step_mfu",), example="0.46"),
    Field("hardware_flop_utilization", "hardware", "Share of the peak achieved, recomputed activations counted in.",
          "dimensionless", high=1.0, aliases=("hfu",), example="0.578"),
    Field("achieved_rate", "hardware", "FLOP/s that one chip achieved within a step, printed as TFLOP/s per GPU.",
          "FLOP/second/chip", low=1e3, high=1e20, also=("FLOP/second",),
          aliases=("achieved_flops", "achieved_flop_per_second", "achieved_flops_per_gpu", "sustained_flops",
                   "sustained_flop_per_second", "flops_per_gpu", "flop_per_second_per_gpu"),
          unit_aliases={"tflops_per_gpu": "TFLOP/s", "tflops_per_chip": "TFLOP/s",
                        "achieved_tflops": "TFLOP/s", "teraflops_per_gpu": "TFLOP/s"},
          example="147 TFLOP/s"),
    Field("achieved_hardware_rate", "hardware", "The same, with recomputed activations counted in.",
          "FLOP/second/chip", low=1e3, high=1e20, also=("FLOP/second",), aliases=("hardware_flops_per_gpu",),
          example="147 TFLOP/s"),
    Field("goodput", "hardware", "Share of the accelerator time that went into steps that counted.", "dimensionless",
          high=1.0, example="0.75"),
)

_LINEAGE = (
    text("base_model", "lineage", "The trained model this one starts from.", example="Llama 2 70B"),
    Field("base_compute", "lineage", "Training compute of the base model.", "FLOP", high=1e32, example="8.4e23 FLOP"),
)

#: What a stated kind makes of a utilization or an achieved rate: the column of that kind, so that no rule needs to ask.
UTILIZATION_KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "step": {"utilization": "step_utilization"},
    "hfu": {"utilization": "hardware_flop_utilization", "achieved_rate": "achieved_hardware_rate"},
})

#: Columns that say one fact in other ways: a run that states one of them does not have the others of its paper.
ONE_OF: tuple[tuple[str, ...], ...] = (
    ("batch_size", "batch_tokens", "train_batch_size", "device_batch_size"), ("sequence_length", "context_window"))

#: Columns that only rules fill: no paper states them.
_DERIVED = (
    Field("flop_per_mac", "derived", "FLOP in one multiply-add, by definition 2.", "FLOP/MAC", high=10),
    Field("active_share", "derived", "Share of the parameters that takes part in one token's pass.", "dimensionless",
          high=1),
    Field("chips_per_core", "derived", "Chips that one core is: 1/2 for a TPU v3.", "chip/core", high=1,
          said_by=("chip",)),
    Field("model_share", "derived", "Model FLOP for each hardware FLOP, where activations are recomputed.",
          "dimensionless", high=1),
    Field("forward_flop_seen", "derived", "FLOP of the forward passes of all examples seen.", "FLOP", high=1e32,
          adds_up=True),
)

#: What one word counts may be called 'num_gpus', 'n_epochs' or 'number_of_images' as well.
_COUNTS = frozenset(("parameters", "params", "examples", "images", "samples", "tokens", "words", "epochs", "steps",
                     "iterations", "updates", "chips", "gpus", "tpus", "accelerators", "devices", "cores"))


@dataclass(frozen=True, slots=True, eq=False)  # as a field is
class Columns:
    """All columns that there are: the schema's own, and those that plugins bring."""

    fields: Mapping[str, Field]
    #: Every name that means a column, counts under their many names aside.
    words: Mapping[str, str]
    #: Every name a reader accepts, and the column it means.
    names: Mapping[str, str]
    #: The columns a paper may state.
    inputs: tuple[str, ...]
    numeric: tuple[str, ...]
    #: Those whose amounts belong to a run, so that those of several add up.
    adding: frozenset[str]

    @classmethod
    def of(cls, fields: Iterable[Field]) -> Columns:
        """The columns of these fields; ValueError where two of them claim one name."""
        found = {f.name: f for f in fields}
        words: dict[str, str] = {}
        for one in found.values():
            for name in dict.fromkeys((one.name, *one.aliases, *one.unit_aliases)):
                if words.setdefault(name, one.name) != one.name:
                    raise ValueError(f"'{name}' is {words[name]} already")
        counted = {f"{count}_{word}": words[word] for word in sorted(_COUNTS) for count in ("num", "n", "number_of")}
        return cls(found, words, {**counted, **words}, tuple(f.name for f in found.values() if f.group != "derived"),
                   tuple(f.name for f in found.values() if f.numeric),
                   frozenset(f.name for f in found.values() if f.adds_up))


#: The columns of the schema itself.
OWN = Columns.of((*_IDENTITY, *_RESULT, *_REPORTED, *_NETWORK, *_DATA, *PRACTICE, *_HARDWARE, *_LINEAGE, *MONEY_POWER,
                  *PLACE, *_DERIVED, *PRACTICE_DERIVED, *FILLED))

_IN_USE: ContextVar[Columns] = ContextVar("the columns in use", default=OWN)


def use(columns: Columns) -> None:
    """Read, from here on in this thread, with these columns: those of the plugins that are loaded."""
    _IN_USE.set(columns)


def in_use() -> Columns:
    """The columns in use."""
    return _IN_USE.get()


@dataclass(frozen=True, slots=True)
class _Live(Mapping[str, Any]):
    """One mapping of the columns in use."""

    part: str

    def __getitem__(self, name: str) -> Any:
        return getattr(_IN_USE.get(), self.part)[name]

    # as Mapping has them they raise an error for what is not there: a tenth of estimating many mappings
    def get(self, name: str, default: Any = None) -> Any:
        return getattr(_IN_USE.get(), self.part).get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in getattr(_IN_USE.get(), self.part)

    def __iter__(self) -> Iterator[str]:
        return iter(getattr(_IN_USE.get(), self.part))

    def __len__(self) -> int:
        return len(getattr(_IN_USE.get(), self.part))


@dataclass(frozen=True, slots=True)
class _LiveNames(Sequence[str]):
    """One list of the columns in use."""

    part: str

    def __getitem__(self, place: Any) -> Any:
        return getattr(_IN_USE.get(), self.part)[place]

    def __contains__(self, name: object) -> bool:
        return name in getattr(_IN_USE.get(), self.part)

    def __iter__(self) -> Iterator[str]:
        return iter(getattr(_IN_USE.get(), self.part))

    def __len__(self) -> int:
        return len(getattr(_IN_USE.get(), self.part))


FIELDS: Mapping[str, Field] = _Live("fields")
#: Every name a reader accepts, and the column it means.
NAMES: Mapping[str, str] = _Live("names")
#: The columns a paper may state.
INPUTS: Sequence[str] = _LiveNames("inputs")
NUMERIC: Sequence[str] = _LiveNames("numeric")


@remembered(16_384)
def key(name: str) -> str:
    """The spelling a name is looked up by: case, spaces and hyphens do not matter; '# GPUs' is 'n_gpus'."""
    folded = fold.words(name, "_", signs=False)
    return re.sub(r"^#_?(?:of_)?|^no\.?_?of_", "n_", folded) if folded[:1] in ("#", "n") else folded


def column(name: str) -> str | None:
    """The column that a key means, or None."""
    return NAMES.get(key(name))
