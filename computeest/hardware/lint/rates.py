"""Whether a chip's peaks are what its units, clock and architecture give, and agree with one another."""

from __future__ import annotations

from computeest.hardware.lint.facts import Architecture, Check, Chip, Value, shown
from computeest.hardware.lint.schema import INTEGER_FORMATS, VECTOR_FORMATS

ERROR_PAST = 0.05
WARN_PAST = 0.03
#: A vector unit's 16-bit rate is at most four times its 32-bit rate; eight and more is a matrix unit's.
MOST_VECTOR_RATIO = 8.0
#: Two of four values are zero: NVIDIA since Ampere, AMD since MI300.
SPARSITY = 2.0
#: Rates are printed with three or four digits.
ROUNDED = 0.01
_HINTS = {2.0: "twice as much: counted with sparsity, with FP16 accumulate, or for two dies?",
          0.5: "half as much: one of two dies, or accumulated in FP32 at half rate?",
          4.0: "four times as much: with sparsity and FP16 accumulate, or four chips?",
          0.25: "a quarter: the vector rate?", 0.125: "an eighth: the vector rate?",
          8.0: "eight times as much: the rate of a narrower format, or of a system?"}


def rates(chip: Chip, architecture: Architecture) -> Check:
    """Each peak against units x clock x rate."""
    units = chip.counts.get(architecture.unit)
    if chip.limited or not units:
        return
    for name, peak in chip.peak.items():
        clock, rate = chip.clock(name, architecture), architecture.rates.get(name)
        if not clock or not rate:
            continue
        expected = units * clock * rate * 1e-6
        off = _excess(peak, expected)
        unit = "TOP/s" if name in INTEGER_FORMATS else "TFLOP/s"
        message = (f"is {shown(peak.number)} {unit}, but {units} {architecture.unit} x {shown(clock)} MHz x "
                   f"{shown(rate)} give {shown(expected)}{_hint(peak.number / expected)}")
        code = "vector-rate" if name in VECTOR_FORMATS else "matrix-rate"
        if off > ERROR_PAST:
            yield chip.at(f"peak.{name}").error(code, message)
        elif off > WARN_PAST and name == "fp32":
            yield chip.at(f"peak.{name}").warning(code, message)


def cores(chip: Chip, architecture: Architecture) -> Check:
    """FP32 lanes and tensor cores against the number of units."""
    units = chip.counts.get(architecture.unit)
    if not units:
        return
    for name, each in (("fp32-cores", architecture.cores), ("tensor-cores", architecture.tensor_cores)):
        given = chip.counts.get(name)
        if given is not None and each and given != units * each:
            yield chip.at(f"units-count.{name}").error(
                "cores", f"is {given}, but {units} {architecture.unit} of {architecture.id} have {units * each}")


def order(chip: Chip, architecture: Architecture) -> Check:
    """A wider format is never faster, and a matrix unit never slower than the vector unit."""
    peak = chip.peak
    sixteen = chip.fastest_16_bit()
    pairs = [("fp64", peak.get("fp64"), "fp32", peak.get("fp32")),
             ("tf32", peak.get("tf32"), "fp16-tensor", peak.get("fp16-tensor")),
             ("fp32", peak.get("fp32"), "the 16-bit matrix rate", sixteen),
             ("bf16-tensor", peak.get("bf16-tensor"), "fp8", peak.get("fp8"))]
    for wide, slower, narrow, faster in pairs:
        if slower and faster and slower.number > faster.number * 1.01:
            yield chip.at(f"peak.{wide}").error(
                "order", f"is {shown(slower.number)} TFLOP/s, more than {narrow} with {shown(faster.number)}")
    yield from _accumulate(chip)


def _accumulate(chip: Chip) -> Check:
    for base, narrow in (("fp16-tensor", "fp16-tensor-fp16acc"), ("fp8", "fp8-fp16acc")):
        full, short = chip.peak.get(base), chip.peak.get(narrow)
        if full and short and min(abs(short.number / full.number / times - 1) for times in (1, 2)) > ERROR_PAST:
            yield chip.at(f"peak.{narrow}").error(
                "accumulate", f"is {shown(short.number)} TFLOP/s, neither the {base} rate {shown(full.number)} nor "
                              "twice it")


def vector_is_matrix(chip: Chip, architecture: Architecture) -> Check:
    """A vector rate that only a matrix unit can have."""
    single = chip.peak.get("fp32")
    for name in ("fp16", "bf16"):
        peak = chip.peak.get(name)
        if single and peak and peak.number / single.number >= MOST_VECTOR_RATIO * 0.97:
            yield chip.at(f"peak.{name}").error(
                "vector-is-matrix", f"is {shown(peak.number / single.number)} times fp32: "
                                    f"a matrix rate, which belongs under {name}-tensor")


def formats(chip: Chip, architecture: Architecture) -> Check:
    """Formats the architecture has not, and matrix units without a rate."""
    for name in chip.peak:
        if architecture.formats and name not in architecture.formats:
            yield chip.at(f"peak.{name}").warning("format-set", f"{architecture.id} has no {name}")
    if architecture.has_matrix_units and chip.released and chip.fastest_16_bit() is None:
        yield chip.at("peak").warning("no-matrix-rate", f"{architecture.id} has matrix units, but no fp16-tensor or "
                                                         "bf16-tensor rate is given")


def ratios(chip: Chip, architecture: Architecture) -> Check:
    """Narrow formats run at once or twice the 16-bit rate, or as the architecture's own rates say."""
    sixteen = chip.fastest_16_bit()
    for name in ("fp8", "int8"):
        narrow = chip.peak.get(name)
        if not sixteen or not narrow:
            continue
        ratio = narrow.number / sixteen.number
        usual = [1.0, 2.0, *(architecture.rates[name] / rate for other in ("fp16-tensor", "bf16-tensor")
                             if name in architecture.rates and (rate := architecture.rates.get(other)))]
        if min(abs(ratio / usual_ratio - 1) for usual_ratio in usual) > WARN_PAST:
            yield chip.at(f"peak.{name}").warning(
                "ratio", f"is {shown(ratio)} times the 16-bit matrix rate, usually 1 or 2")


def training_format(chip: Chip, architecture: Architecture) -> Check:
    """The format a bare name means is one the chip has; integer-only chips have none."""
    floats = [name for name in chip.peak if name not in (*INTEGER_FORMATS, "fp6", "fp4")]
    chosen = chip.texts.get("training-format")
    if chosen and chosen not in chip.peak:
        yield chip.at("training-format").error("training-format", f"'{chosen}' has no entry under peak")
    elif floats and not chosen:
        yield chip.spot.error("training-format", "has floating-point peaks, but no training-format says which one a "
                                                  "bare chip name means")


def _excess(peak: Value, expected: float) -> float:
    """How far off the value is, as a fraction, beyond what its own rounding explains."""
    return max(0.0, abs(peak.number - expected) - peak.rounding) / expected


def _hint(ratio: float) -> str:
    return next((f" ({words})" for times, words in _HINTS.items() if abs(ratio / times - 1) < 0.04), "")


def sparse(chip: Chip, architecture: Architecture) -> Check:
    """Structured sparsity, two values of four, doubles the dense rate."""
    for name, peak in chip.peak.items():
        with_sparsity = chip.sparse.get(name)
        if with_sparsity is None:
            continue
        times = with_sparsity.number / peak.number
        if abs(times / SPARSITY - 1) > (peak.rounding + with_sparsity.rounding) / peak.number + ROUNDED:
            yield chip.at(f"peak.{name}").error(
                "sparse", f"is {shown(times)} times as much with sparsity, usually {shown(SPARSITY)}")


CHECKS = (sparse, rates, cores, order, vector_is_matrix, formats, ratios, training_format)
