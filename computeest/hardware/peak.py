"""Which of a chip's peaks an estimate uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from computeest.hardware.chip import Chip, Rate
from computeest.hardware.find.answer import Refusal
from computeest.problems import chips as wrong
from computeest.text import number_formats
from computeest.text.number_formats import FORMATS, MIXED

#: The database's keys for each format, those that training uses first.
_KEYS: Final = {
    "fp64": ("fp64-tensor", "fp64"), "fp32": ("fp32-matrix", "fp32"), "tf32": ("tf32",),
    "fp16": ("fp16-tensor", "fp16"), "bf16": ("bf16-tensor", "bf16"), "fp8": ("fp8",),
    "fp6": ("fp6",), "fp4": ("fp4",), "int8": ("int8",),
    "int4": ("int4",),
}


@dataclass(frozen=True, slots=True)
class Peak:
    """Dense FLOP/s of one chip, and how it was chosen."""

    value: float
    #: The number format, such as 'bf16', and the database's key for the rate, such as 'bf16-tensor'.
    format: str
    key: str
    #: Key, title and address of the document it comes from.
    source: str
    title: str
    url: str
    #: Whether no format was stated, so that the chip's training format was taken.
    assumed: bool = False
    note: str = ""
    #: What a reader has to be warned of: low confidence, values in dispute.
    flag: str = ""


def choose(chip: Chip, number_format: str | None) -> Peak | Refusal:
    """The peak for a stated format, or the chip's training format when none is stated."""
    if not any(not rate.integer for rate in chip.peaks.values()):
        return _no_peak(chip)
    if number_format is None or not number_format.strip():
        return _training(chip)
    wanted = number_formats.read(number_format)
    if wanted is None:
        return Refusal(wrong.NUMBER_FORMAT_UNKNOWN(text=number_format.strip()[:40]), tuple(FORMATS))
    if wanted == MIXED:
        wanted = "bf16" if chip.training_format in ("bf16-tensor", "bf16") else "fp16"
    return _stated(chip, wanted)


def _training(chip: Chip) -> Peak | Refusal:
    if chip.training_format is None:
        return _no_peak(chip)
    rate = chip.peaks[chip.training_format]
    return _peak(chip, rate, f"no number format stated; {chip.name} is taken to train in {rate.key}", assumed=True)


def _stated(chip: Chip, wanted: str) -> Peak | Refusal:
    rate = next((chip.peaks[key] for key in _KEYS[wanted] if key in chip.peaks), None)
    if wanted.startswith("int"):
        return Refusal(wrong.NUMBER_FORMAT_OF_INTEGERS(wanted=wanted), _available(chip))
    single = chip.peaks.get("fp32")
    if wanted in ("fp16", "bf16"):
        return _sixteen(chip, wanted, rate, single)
    if wanted == "fp32" and chip.kind == "tpu" and "bf16-tensor" in chip.peaks:
        return _peak(chip, chip.peaks["bf16-tensor"], f"{chip.name} multiplies fp32 matrices in bf16 passes unless "
                     "told otherwise, so the bf16 rate is taken")
    if rate is None:
        return _lacks(chip, wanted)
    return _peak(chip, rate, _single_note(chip) if wanted == "fp32" else "")


def _sixteen(chip: Chip, wanted: str, rate: Rate | None, single: Rate | None) -> Peak | Refusal:
    """A matrix rate where the chip has one; else never less than FP32, which computes 16-bit numbers as fast."""
    if rate is None and wanted == "fp16" and "bf16-tensor" in chip.peaks:
        return _lacks(chip, wanted)
    if rate is not None and rate.key.endswith("-tensor"):
        return _peak(chip, rate)
    vector = [found for found in (rate, single) if found is not None]
    matrix = any(key.endswith("-tensor") and key != "fp64-tensor" for key in chip.peaks)
    if not vector or (rate is None and (matrix or wanted == "bf16")):
        return _lacks(chip, wanted)
    best = max(vector, key=lambda found: found.value)
    if best is rate:
        return _peak(chip, best)
    slower = f"runs {wanted} slower than fp32" if rate is not None else f"has no {wanted} units"
    return _peak(chip, best, f"{chip.name} {slower}: the numbers are stored in {wanted} and computed in fp32")


def _single_note(chip: Chip) -> str:
    single = chip.peaks.get("fp32")
    if chip.vendor.lower() != "nvidia" or single is None or "tf32" not in chip.peaks or \
            chip.peaks["tf32"].value <= single.value * 1.01:
        return ""  # TF32 is what CUDA's libraries switch to
    return (f"fp32 matrix products may have run as TF32 at {chip.peaks['tf32'].value / 1e12:g} TFLOP/s, PyTorch's "
            "default from 1.7 to 1.11; state tf32 if they did")


def _peak(chip: Chip, rate: Rate, note: str = "", assumed: bool = False) -> Peak:
    return Peak(rate.value, rate.key.split("-")[0], rate.key, rate.source.key, rate.source.title, rate.source.url,
                assumed, note, flag(chip, rate.key))


def flag(chip: Chip, key: str | None = None) -> str:
    """What a reader of a number from this chip has to be told; empty for a chip that is well known."""
    said = []
    if chip.confidence == "low":
        said.append(f"low confidence in what is known of {chip.name}")
    said += [f"{dispute.get('field')}: {dispute.get('by')} says {dispute.get('value')} ({dispute.get('why')})"
             for dispute in (chip.disputed if chip.confidence != "high" else ())
             if key is None or dispute.get("field") in (f"peak.{key}", "peak")]
    return "; ".join(said)


def _available(chip: Chip) -> tuple[str, ...]:
    return tuple(wanted for wanted in FORMATS
                 if not wanted.startswith("int") and any(key in chip.peaks for key in _KEYS[wanted]))


def _lacks(chip: Chip, wanted: str) -> Refusal:
    has = _available(chip)
    return Refusal(wrong.NUMBER_FORMAT_NOT_OF_CHIP(chip=chip.name, wanted=wanted, known=", ".join(has)), has)


def _no_peak(chip: Chip) -> Refusal:
    if chip.peaks:
        return Refusal(wrong.CHIP_OF_INTEGERS(chip=chip.name, known=", ".join(chip.peaks)), ())
    return Refusal(wrong.PEAK_UNPUBLISHED(chip=chip.name, why=f": {chip.note.rstrip('.')}" if chip.note else ""), ())
