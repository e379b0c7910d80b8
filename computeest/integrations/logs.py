"""Logs of training runs as papers: trainer_state.json, and what Megatron, nanoGPT and torchtitan print.

A log that was written on after a restart may say a thing in two ways (chips, a batch): what is of the whole run is then
left out, with a note.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from computeest.hardware import load as load_hardware
from computeest.hardware.find.answer import Refusal
from computeest.integrations.run import Run
from computeest.problems import InputError, Problem
from computeest.problems import files as wrong
from computeest.text.files import given_bytes

#: Longer than any log of one run that was seen, and short enough for memory.
LARGEST = 256 * 1024 * 1024
#: An iteration that took so much longer than half of them did more than train: it evaluated, compiled, or saved.
_MORE_THAN_TRAINING = 1.5
#: The losses that are logged and their mean over all steps (train_loss) differ by less, unless the mean is of the
#: steps since the training was taken up again alone: transformers divides their sum by all steps.
_LEAST_OF_LOSSES = 0.8
#: Keys of configurations whose main input is an image or sound: transformers takes each number of it for a token.
_OF_NO_TEXT = ("image_size", "num_channels", "num_mel_bins", "num_feat_extract_layers", "input_feat_per_channel")
_LARGEST_OF_SETTINGS = 1024 * 1024
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_TERA = 1e12
#: What nanoGPT holds its rate against, whatever it runs on (model.py, estimate_mfu): the A100's peak in bf16.
_NANOGPT_PEAK = 312e12


def read_log(path: str | Path) -> Run:
    """The run that a log is of; a directory is a checkpoint's, with trainer_state.json. InputError for any other."""
    place = Path(path)
    if place.is_dir():
        place = place / "trainer_state.json"
    try:
        content = given_bytes(place, LARGEST)
        if len(content) > LARGEST:
            raise InputError([Problem(str(place), 0, "", wrong.LOG_TOO_LARGE(most=LARGEST))])
        text = _COLOR.sub("", content.decode("utf-8", errors="replace"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(str(place), 0, "", wrong.LOG_UNREADABLE(reason=reason))]) from None
    return of_text(text, place)


def of_text(text: str, place: Path) -> Run:
    """The run that a log's text is of; `place` is what messages call it."""
    if text.lstrip().startswith("{") and '"log_history"' in text:
        return _of_trainer(text, place)
    for reader in (_of_megatron, _of_torchtitan, _of_nanogpt):
        found = reader(_Log(text))
        if found is not None:
            return found
    raise InputError([Problem(str(place), 0, "", wrong.LOG_OF_UNKNOWN_KIND())])


@dataclass(frozen=True, slots=True)
class _Log:
    """What a trainer printed, and what could not be taken from it, in words."""

    text: str
    notes: list[str] = field(default_factory=list)

    def one(self, pattern: str, what: str) -> str:
        """What all places of a pattern say alike; nothing where there is none, or where they differ."""
        said = dict.fromkeys(re.findall(pattern, self.text, re.MULTILINE))
        if len(said) > 1:
            self.notes.append(f"{what} changed within the log ({', '.join(list(said)[:3])}), and is left out")
        return next(iter(said)) if len(said) == 1 else ""

    def number(self, pattern: str, what: str) -> int:
        """The same, of a count; 0 where there is none."""
        return int(self.one(pattern, what).replace(",", "") or 0)

    def run(self, tool: str, facts: Mapping[str, Any], *notes: str) -> Run:
        """The facts that there are, from that tool's log."""
        said = {name: {"value": value, "source": f"log of {tool}"} for name, value in facts.items() if value}
        return Run(said, [*self.notes, *notes])


def _of_trainer(text: str, place: Path) -> Run:
    """transformers' Trainer: steps, examples and time are those of the last `train` that ended."""
    try:
        state = json.loads(text)
        history = [entry for entry in state["log_history"] if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError([Problem(str(place), 0, "", wrong.TRAINER_STATE_UNREADABLE())]) from None
    log = _Log(text)
    ended = next((entry for entry in reversed(history) if _positive(entry, "train_runtime")), {})
    seconds, steps = _positive(ended, "train_runtime"), round(_positive(state, "global_step"))
    tokens = round(_positive(state, "num_input_tokens_seen"))
    # transformers divides all that were planned by the time, also where the training ended before
    planned = round(_positive(state, "max_steps"))
    share = steps / planned if 0 < steps < planned else 1.0
    examples = round(seconds * _positive(ended, "train_samples_per_second") * share)
    facts: dict[str, Any] = {"steps": steps, "tokens_seen": tokens, "examples_seen": examples}
    if not seconds:
        log.notes.append("no training that ended is in it, so its time is not known")
    elif _taken_up(history, ended, steps):
        log.notes.append("the training was taken up again, and its time is of the last part alone: it is left out")
    else:
        facts["time"] = f"{seconds:g} s"
    if tokens and examples:
        facts["sequence_length"] = round(tokens / examples)
    _weigh(facts, _positive(ended, "total_flos") or _positive(state, "total_flos"), place.parent, log)
    run = log.run("transformers", facts)
    run.facts |= _beside(place.parent)
    if "reported_compute" in run.facts and run.facts.keys().isdisjoint(("family", "adapters", "base_model")):
        run.facts["reported_compute"] |= {"quote": "total_flos"}  # which a check speaks of: it may be of images
    return run


def _weigh(facts: dict[str, Any], flop: float, folder: Path, log: _Log) -> None:
    """Take total_flos as the reported compute, for what the files beside the log say that it is."""
    config, adapter = _settings(folder / "config.json"), _settings(folder / "adapter_config.json")
    if any(key in part for part in (config, config.get("encoder")) if isinstance(part, dict) for key in _OF_NO_TEXT):
        log.notes.append("total_flos and the tokens are left out: of images and sound each number is taken for one")
        facts["tokens_seen"] = facts["sequence_length"] = 0
    elif flop:
        # no gradient is taken of weights that are frozen: 4 FLOP for each of them and token, of the 6 that are counted
        facts["reported_compute"] = f"{flop * (2 / 3 if adapter else 1):.6g} FLOP"
        log.notes.append("total_flos is 6 x tokens x parameters without embeddings, and counts no attention")
        if adapter:
            log.notes.append("two thirds of it are taken, since only adapters were trained")
        elif not config:
            log.notes.append("of images or sound it would be far too large: each number is taken for a token")


def _beside(folder: Path) -> dict[str, Any]:
    """What the files beside a log say of the network, or of the model that adapters were trained for."""
    adapter, config = _settings(folder / "adapter_config.json"), folder / "config.json"
    said = {"adapters": adapter.get("peft_type"), "base_model": adapter.get("base_model_name_or_path")}
    facts: dict[str, Any] = {name: value for name, value in said.items()
                             if isinstance(value, str) and value and not value.startswith((".", "/"))}
    if config.is_file():
        facts |= {"family": "huggingface", "architecture": {"config": str(config.resolve())}}
    return facts


def _positive(entry: Mapping[str, Any], key: str) -> float:
    """A number of a file that may hold anything; 0 where it is none, or none above 0."""
    found = entry.get(key)
    is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
    return float(found) if is_number and 0 < found < math.inf else 0.0  # type: ignore[operator, arg-type]


def _taken_up(history: Sequence[Mapping[str, Any]], ended: Mapping[str, Any], steps: int) -> bool:
    """Whether the training that ended began at a checkpoint: its mean loss is then a sum over its own steps by all."""
    before, total = 0.0, 0.0
    for entry in history:
        if (loss := _positive(entry, "loss")) and (step := _positive(entry, "step")) > before:
            total, before = total + loss * (step - before), step
    mean = _positive(ended, "train_loss")
    return bool(mean and before > steps / 2) and mean < _LEAST_OF_LOSSES * total / before


def _settings(place: Path) -> Mapping[str, Any]:
    """A file of settings beside a log; empty where there is none that can be read."""
    try:
        found = json.loads(given_bytes(place, _LARGEST_OF_SETTINGS)) if place.is_file() else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


_MEGATRON = re.compile(r"iteration\s+(?P<step>\d{1,15})\s*/\s*(?:\d+|infinity)\s*\|")
_SAMPLES = re.compile(r"consumed samples:\s*(\d{1,18})\b")
_TOKENS = re.compile(r"consumed tokens:\s*(\d{1,18})\b")
_ELAPSED = re.compile(r"elapsed time per iteration \((m?s)\):\s*(\d+(?:\.\d+)?)")
_RATE = re.compile(r"throughput per GPU \(TFLOP/s/GPU\):\s*(\d+(?:\.\d+)?)")
#: Megatron-DeepSpeed's, which counts what is computed again: its formula has 4 for 3 with checkpointed activations.
_HARDWARE_RATE = re.compile(r"\|\s*TFLOPs:\s*(\d+(?:\.\d+)?)")
_BATCH = re.compile(r"global batch size:\s*(\d{1,12})\b")
_RANK = re.compile(
    r"number of parameters on \(tensor, pipeline\) model parallel rank \((\d+), (\d+)\):?\s*(\d{1,15})\b")


def _of_megatron(log: _Log) -> Run | None:
    """Megatron-LM and Megatron-DeepSpeed: arguments as it prints them, then a line an interval."""
    lines = [found for line in log.text.splitlines() if (found := _MEGATRON.search(line)) and _ELAPSED.search(line)]
    if not lines:
        return None
    # what ran again after a restart counts once, as last printed
    at = {int(line["step"]): line.string for line in lines}
    steps = sorted(at)
    every = min((b - a for a, b in pairwise(steps)), default=steps[0]) or 1
    taken = steps[-1] - steps[0] + every  # the first line is of an interval, too

    def said(pattern: re.Pattern[str]) -> list[float]:
        return [float(found[1]) for step in steps if (found := pattern.search(at[step]))]

    elapsed = [float(found[2]) / (1000 if found[1] == "ms" else 1) for step in steps
               if (found := _ELAPSED.search(at[step]))]
    batches, samples, tokens = said(_BATCH), said(_SAMPLES), said(_TOKENS)
    before = max(samples[0] - (batches or [0.0])[0] * every, 0) if samples else 0.0
    seen = round(samples[-1] - before if samples else _mean(batches) * taken if batches else 0)
    length = log.number(_argument("seq_length"), "the sequence length")
    rate, hardware_rate = said(_RATE), said(_HARDWARE_RATE)
    again = log.one(r"\bcheckpoint_activations \.{3,} (True|False)\s*$", "checkpoint_activations") != "False"
    facts = {"steps": taken, "examples_seen": seen, "sequence_length": length,
             "chips": log.number(_argument("world_size"), "the number of chips"),
             # of iterations alone, as the rate is
             "time": f"{_mean(elapsed) * taken:.6g} s", "goodput": 1, "parameters": _parameters(log),
             "number_format": "bf16" if re.search(r"\bbf16 \.{3,} True", log.text, re.MULTILINE) else
             "fp16" if re.search(r"\bfp16 \.{3,} True", log.text, re.MULTILINE) else None,
             "achieved_rate": f"{_mean(rate):.6g} TFLOP/s" if rate else
             f"{_mean(hardware_rate):.6g} TFLOP/s" if hardware_rate and not again else None,
             "achieved_hardware_rate": f"{_mean(hardware_rate):.6g} TFLOP/s" if hardware_rate and again else None}
    if len(tokens) > 1:  # lengths may grow while it trains: those of the first interval are as those of the others
        every_token = round((tokens[-1] - tokens[0]) / (steps[-1] - steps[0]) * taken)
        facts |= {"tokens_seen": every_token, "sequence_length": round(every_token / seen) if seen else 0}
    elif length and seen:
        facts["tokens_seen"] = seen * length
    return log.run("Megatron-LM", facts)


def _argument(name: str) -> str:
    return rf"\b{name} \.{{3,}} (\d{{1,12}})\s*$"


def _parameters(log: _Log) -> int:
    """Parameters of all ranks together; 0 where some of them are not in the log, or hold other experts."""
    ranks: dict[tuple[int, int], set[int]] = {}
    for a, b, n in _RANK.findall(log.text):
        ranks.setdefault((int(a), int(b)), set()).add(int(n))
    if not ranks:
        return 0
    experts = re.findall(r"\bnum_experts \.{3,} \[?(\d+)", log.text, re.MULTILINE)
    if any(int(count[:9]) > 1 for count in experts):
        log.notes.append("a mixture of experts: parameters are left out, for ranks hold experts of their own and a"
                         " token meets few of them; state parameters and active_parameters")
        return 0
    wide, deep = (max(rank[axis] for rank in ranks) + 1 for axis in (0, 1))
    wide = max(wide, log.number(_argument("tensor_model_parallel_size"), "the tensor parallelism"))
    deep = max(deep, log.number(_argument("pipeline_model_parallel_size"), "the pipeline parallelism"))
    if len(ranks) != wide * deep or any(len(sizes) > 1 for sizes in ranks.values()):
        log.notes.append(f"parameters are left out: the log has those of {len(ranks)} ranks, of {wide * deep}, or of"
                         " one rank several")
        return 0
    return sum(size for sizes in ranks.values() for size in sizes)


_NANOGPT = re.compile(
    r"\biter (\d{1,15}): loss [\d.a-z]+, time (\d+(?:\.\d+)?)ms(?:, mfu (-?\d+(?:\.\d+)?)%)?", re.MULTILINE)


def _of_nanogpt(log: _Log) -> Run | None:
    """nanoGPT: some iterations' own times, from which the time of all is inferred."""
    lines = {int(step): (float(ms), float(mfu or -1)) for step, ms, mfu in _NANOGPT.findall(log.text)}
    if not lines:
        return None
    steps = max(lines) - min(lines) + 1
    # all that evaluate are printed, and few of those that do not
    usual = statistics.median(ms for ms, _ in lines.values())
    long = [ms for ms, _ in lines.values() if ms > _MORE_THAN_TRAINING * usual]
    short = _mean([ms for ms, _ in lines.values() if ms <= _MORE_THAN_TRAINING * usual])
    busy = [mfu for _, mfu in lines.values() if mfu > 0]  # it prints -100 until it is warm
    a_step = log.number(r"tokens per iteration will be: ([\d,]{1,20})", "the batch")
    size = log.one(r"number of parameters: (\d+(?:\.\d+)?)M", "the number of parameters")
    facts = {"steps": steps, "batch_tokens": a_step, "tokens_seen": a_step * steps,
             "time": f"{(short * (steps - len(long)) + sum(long)) / 1000:.6g} s",
             "parameters": round(float(size) * 1e6) if size else None,
             "achieved_rate": f"{statistics.median(busy) / 100 * _NANOGPT_PEAK / _TERA:.6g} TFLOP/s" if busy else None}
    notes = ["the time of all iterations is inferred from those that were printed"]
    notes += ["its mfu is of an A100's 312 TFLOP/s, whatever it ran on: the rate is what it measured"] if busy else []
    return log.run("nanoGPT", facts, *notes)


_TITAN = re.compile(
    r"\bstep:\s*(?P<step>\d{1,15})\s+loss:\s*\S+"
    r".*?\b(?:tps|wps):\s*(?P<tps>[\d,]+)(?:\s+tflops:\s*(?P<rate>[\d,]+(?:\.\d+)?))?")
_AT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
#: The mesh as older versions print it, and newer ones, whose ep and etp are of chips that the others count.
_MESH = r"device mesh with (\[[^\]]*\], \[[\d, ]+\]|parallelism: [\w= ,]+)"


def _of_torchtitan(log: _Log) -> Run | None:
    """torchtitan: a line a step, the same from every rank, with the tokens a second of one chip."""
    lines = {int(found["step"]): found for line in log.text.splitlines() if (found := _TITAN.search(line))}
    if not lines:
        return None
    printed = [_AT.search(lines[end(lines)].string) for end in (min, max)]
    mesh = log.one(_MESH, "the number of chips")
    sizes = re.findall(r"\b(?:pp|dp_replicate|dp_shard|cp|tp)=(\d{1,9})", mesh) or re.findall(
        r"\d{1,9}", mesh.partition("], ")[2])
    chips = math.prod(int(size) for size in sizes)
    batch = log.number(r"global batch size:? ([\d,]{1,15})", "the batch")
    length = log.number(r"sequence length:? ([\d,]{1,15})", "the sequence length")
    parameters = log.number(r"([\d,]{1,20}) total parameters", "the number of parameters")
    active = log.number(r"Total parameter count: .*\bactive ([\d,]{1,20})", "the number of active parameters")
    steps = max(lines) - min(lines) + 1
    rates = [float(found["rate"].replace(",", "")) for found in lines.values() if found["rate"]]
    speeds = [float(found["tps"].replace(",", "") or 0) for found in lines.values()]
    seconds = 0.0
    if all(printed) and steps > 1:
        ends = [datetime.datetime.fromisoformat(found[0]) for found in printed if found]
        seconds = (ends[1] - ends[0]).total_seconds() * steps / (steps - 1)
    chip = log.one(r"capacity: (\S.{1,60}?) with [\d.]+GiB memory", "the chip")
    facts = {"steps": steps, "batch_size": batch, "sequence_length": length, "parameters": parameters,
             "active_parameters": active if 0 < active < parameters else None,
             "tokens_seen": batch * length * steps,
             "chip": chip if chip and not isinstance(load_hardware().find(chip), Refusal) else None,
             "chips": chips if sizes else None,
             "time": f"{seconds:.6g} s" if seconds > 0 else None,
             "achieved_rate": f"{_mean(rates):.6g} TFLOP/s" if rates else None}
    if not facts["tokens_seen"] and sizes and seconds > 0:
        facts["tokens_seen"] = round(_mean(speeds) * chips * seconds)
    return log.run("torchtitan", facts)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
