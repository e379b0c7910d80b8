"""Logs of training runs as papers: trainer_state.json, and what Megatron, nanoGPT and torchtitan print."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from computeest.integrations.run import Run
from computeest.problems import InputError, Problem
from computeest.problems import files as wrong
from computeest.text.files import given_bytes

#: Longer than any log of one run that was seen, and short enough for memory.
LARGEST = 256 * 1024 * 1024
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
        found = reader(text)
        if found is not None:
            return found
    raise InputError([Problem(str(place), 0, "", wrong.LOG_OF_UNKNOWN_KIND())])


def _run(tool: str, facts: Mapping[str, Any], *notes: str) -> Run:
    said = {name: {"value": value, "source": f"log of {tool}"} if isinstance(value, (int, float, str)) else value
            for name, value in facts.items() if value}
    return Run(said, list(notes))


def _of_trainer(text: str, place: Path) -> Run:
    """transformers' Trainer: steps, examples and time are those of the last `train` that ended."""
    try:
        state = json.loads(text)
        history = [entry for entry in state["log_history"] if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError):
        raise InputError([Problem(str(place), 0, "", wrong.TRAINER_STATE_UNREADABLE())]) from None
    ended = next((entry for entry in reversed(history) if "train_runtime" in entry), {})
    seconds = ended.get("train_runtime") or 0
    facts: dict[str, Any] = {"steps": state.get("global_step"), "tokens_seen": state.get("num_input_tokens_seen")}
    notes = []
    if seconds:
        facts["time"] = f"{seconds:g} s"
        facts["examples_seen"] = round(seconds * float(ended.get("train_samples_per_second") or 0))
        if facts["tokens_seen"] and facts["examples_seen"]:
            facts["sequence_length"] = round(facts["tokens_seen"] / facts["examples_seen"])
    else:
        notes.append("no training that ended is in it, so its time is not known")
    if (flop := ended.get("total_flos") or state.get("total_flos")) and flop > 0:
        facts["reported_compute"] = f"{float(flop):.6g} FLOP"
        notes.append("total_flos is 6 x tokens x parameters without embeddings, and counts no attention")
    run = _run("transformers", facts, *notes)
    config = place.parent / "config.json"
    if config.is_file():
        run.facts |= {"family": "huggingface", "architecture": {"config": str(config.resolve())}}
    return run


_MEGATRON = re.compile(
    r"iteration\s+(?P<step>\d+)\s*/\s*(?:\d+|infinity)\s*\|(?: consumed samples:\s*(?P<samples>\d+)\s*\|)?(?P<rest>.*)")
_ELAPSED = re.compile(r"elapsed time per iteration \(ms\):\s*([\d.]+)")
_RATE = re.compile(r"throughput per GPU \(TFLOP/s/GPU\):\s*([\d.]+)")
_BATCH = re.compile(r"global batch size:\s*(\d+)")
_RANK = re.compile(r"number of parameters on \(tensor, pipeline\) model parallel rank \((\d+), (\d+)\):?\s*(\d+)")


def _of_megatron(text: str) -> Run | None:
    """Megatron-LM: arguments as it prints them, then a line an interval."""
    lines = [found for line in text.splitlines() if (found := _MEGATRON.search(line)) and _ELAPSED.search(line)]
    if not lines:
        return None
    at = {int(line["step"]): line for line in lines}  # what ran again after a restart counts once, as last printed
    steps = sorted(at)
    every = min((b - a for a, b in pairwise(steps)), default=steps[0]) or 1
    milliseconds = [float(found[1]) for step in steps if (found := _ELAPSED.search(at[step]["rest"]))]
    rates = [float(found[1]) for step in steps if (found := _RATE.search(at[step]["rest"]))]
    batches = [int(found[1]) for step in steps if (found := _BATCH.search(at[step]["rest"]))]
    samples = [int(at[step]["samples"]) for step in steps if at[step]["samples"]]
    taken = steps[-1] - steps[0] + every  # the first line is of an interval, too
    before = max(samples[0] - (batches or [0])[0] * every, 0) if samples else 0
    seen = samples[-1] - before if samples else round(_mean(batches) * taken) if batches else 0
    facts = {"steps": taken, "examples_seen": seen, "sequence_length": _argument(text, "seq_length"),
             "chips": _argument(text, "world_size"), "time": f"{_mean(milliseconds) * taken / 1000:.6g} s",
             "parameters": sum({(a, b): int(n) for a, b, n in _RANK.findall(text)}.values()),
             "number_format": "bf16" if re.search(r"^.*\bbf16 \.{3,} True", text, re.MULTILINE) else
             "fp16" if re.search(r"^.*\bfp16 \.{3,} True", text, re.MULTILINE) else None,
             "achieved_rate": f"{_mean(rates):.6g} TFLOP/s" if rates else None}
    if facts["sequence_length"] and seen:
        facts["tokens_seen"] = seen * int(facts["sequence_length"])
    return _run("Megatron-LM", facts)


def _argument(text: str, name: str) -> int | None:
    found = re.search(rf"^.*?\b{name} \.{{3,}} (\d+)\s*$", text, re.MULTILINE)
    return int(found[1]) if found else None


_NANOGPT = re.compile(r"^.*?\biter (\d+): loss [\d.a-z]+, time ([\d.]+)ms(?:, mfu (-?[\d.]+)%)?", re.MULTILINE)


def _of_nanogpt(text: str) -> Run | None:
    """nanoGPT: some iterations' own times, from which the time of all is inferred."""
    lines = {int(step): (float(ms), float(mfu or -1)) for step, ms, mfu in _NANOGPT.findall(text)}
    if not lines:
        return None
    steps, mean = max(lines) - min(lines) + 1, _mean([ms for ms, _ in lines.values()])
    busy = [mfu for _, mfu in lines.values() if mfu > 0]  # it prints -100 until it is warm
    tokens = re.search(r"tokens per iteration will be: ([\d,]+)", text)
    size = re.search(r"number of parameters: ([\d.]+)M", text)
    a_step = int(tokens[1].replace(",", "")) if tokens else 0
    facts = {"steps": steps, "batch_tokens": a_step, "tokens_seen": a_step * steps,
             "time": f"{mean * steps / 1000:.6g} s",
             "parameters": round(float(size[1]) * 1e6) if size else None,
             "achieved_rate": f"{busy[-1] / 100 * _NANOGPT_PEAK / _TERA:.6g} TFLOP/s" if busy else None}
    notes = ["the time of all iterations is inferred from those that were printed"]
    notes += ["its mfu is of an A100's 312 TFLOP/s, whatever it ran on: the rate is what it measured"] if busy else []
    return _run("nanoGPT", facts, *notes)


_TITAN = re.compile(
    r"\bstep:\s*(?P<step>\d+)\s+loss:\s*\S+"
    r".*?\b(?:tps|wps):\s*(?P<tps>[\d,]+)(?:\s+tflops:\s*(?P<rate>[\d,.]+))?")
_AT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def _of_torchtitan(text: str) -> Run | None:
    """torchtitan: a line a step, the same from every rank, with the tokens a second of one chip."""
    lines = {int(found["step"]): found for line in text.splitlines() if (found := _TITAN.search(line))}
    if not lines:
        return None
    printed = [_AT.search(lines[end(lines)].string) for end in (min, max)]
    mesh = re.search(r"device mesh with \[[^\]]*\], \[([\d, ]+)\]", text)
    chips = 1
    for size in re.findall(r"\d+", mesh[1]) if mesh else []:
        chips *= int(size)
    batch = _stated(text, r"global batch size:? ([\d,]+)")
    length = _stated(text, r"sequence length:? ([\d,]+)")
    parameters = _stated(text, r"([\d,]+) total parameters")
    steps = max(lines) - min(lines) + 1
    rates = [float(found["rate"].replace(",", "")) for found in lines.values() if found["rate"]]
    speeds = [float(found["tps"].replace(",", "")) for found in lines.values()]
    seconds = 0.0
    if all(printed) and steps > 1:
        ends = [datetime.datetime.fromisoformat(found[0]) for found in printed if found]
        seconds = (ends[1] - ends[0]).total_seconds() * steps / (steps - 1)
    facts = {"steps": steps, "batch_size": batch, "sequence_length": length, "parameters": parameters,
             "tokens_seen": batch * length * steps, "chips": chips if mesh else None,
             "time": f"{seconds:.6g} s" if seconds else None,
             "achieved_rate": f"{_mean(rates):.6g} TFLOP/s" if rates else None}
    if not facts["tokens_seen"] and mesh and seconds:
        facts["tokens_seen"] = round(_mean(speeds) * chips * seconds)
    return _run("torchtitan", facts)


def _stated(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found[1].replace(",", "")) if found else 0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
