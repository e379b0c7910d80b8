"""Which peak an estimate uses: the rules of the field, against the vendors' published rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest.hardware import Match, Peak, Refusal, load
from computeest.text.number_formats import FORMATS
from computeest.text.number_formats import read as normalized


def peak(chip: str, number_format: str | None = None) -> Peak:
    found = load().peak(chip, number_format)
    assert isinstance(found, Peak), found
    return found


@pytest.mark.parametrize(("chip", "number_format", "published", "key"), [
    # NVIDIA A100 data sheet: dense, not the 624 with sparsity, not the 78 of the vector units
    ("nvidia-a100-sxm4-80gb", "bf16", 312e12, "bf16-tensor"),
    ("nvidia-a100-sxm4-80gb", "fp16", 312e12, "fp16-tensor"),
    ("nvidia-a100-sxm4-80gb", "tf32", 156e12, "tf32"),
    ("nvidia-a100-sxm4-80gb", "fp32", 19.5e12, "fp32"),
    ("nvidia-a100-sxm4-80gb", "fp64", 19.5e12, "fp64-tensor"),
    # NVIDIA H100 data sheet, halved where it prints sparse rates
    ("nvidia-h100-sxm", "bf16", 989.4e12, "bf16-tensor"),
    ("nvidia-h100-sxm", "fp8", 1979e12, "fp8"),
    ("nvidia-h100-pcie", "fp16", 756e12, "fp16-tensor"),
    # Tesla V100 white paper
    ("nvidia-v100-sxm2-16gb", "fp16", 125e12, "fp16-tensor"),
    ("nvidia-v100-sxm2-16gb", "fp32", 15.7e12, "fp32"),
    # Tesla P100 white paper: twice FP32 on its vector units
    ("nvidia-p100-sxm2", "fp16", 21.2e12, "fp16"),
    # GeForce GTX 1080 Ti: FP16 runs at 1/64 of FP32, so FP32 does the work
    ("nvidia-gtx-1080-ti", "fp16", 11.34e12, "fp32"),
    ("nvidia-p40", "fp16", 11.8e12, "fp32"),
    # no FP16 units at all: the numbers are stored in 16 bits
    ("nvidia-k80", "fp16", 8.73e12, "fp32"),
    ("nvidia-m40", "half", 6.8e12, "fp32"),
    # NVIDIA Ada white paper, appendix A: FP32 accumulate, not the 330 with FP16 accumulate
    ("nvidia-rtx-4090", "fp16", 165.2e12, "fp16-tensor"),
    ("nvidia-rtx-3090", "bf16", 71e12, "bf16-tensor"),
    # Google Cloud TPU documentation, per chip
    ("google-tpu-v3", "bf16", 123e12, "bf16-tensor"),
    ("google-tpu-v4", "bf16", 275e12, "bf16-tensor"),
    # AMD Instinct MI300X data sheet
    ("amd-mi300x", "bf16", 1307.4e12, "bf16-tensor"),
    ("amd-mi300x", "fp8", 2614.9e12, "fp8"),
])
def test_stated_format(chip: str, number_format: str, published: float, key: str) -> None:
    found = peak(chip, number_format)
    assert found.value == pytest.approx(published, rel=0.01)
    assert found.key == key
    assert found.format == key.split("-")[0]
    assert not found.assumed
    assert found.title


@pytest.mark.parametrize(("chip", "published", "key"), [
    ("nvidia-a100-sxm4-80gb", 312e12, "bf16-tensor"),
    ("nvidia-v100-sxm2-16gb", 125e12, "fp16-tensor"),
    ("nvidia-gtx-1080-ti", 11.34e12, "fp32"),  # not its FP16 rate of 0.18
    ("nvidia-titan-xp", 12.15e12, "fp32"),
    ("nvidia-k80", 8.73e12, "fp32"),
    ("google-tpu-v2", 46e12, "bf16-tensor"),
    ("cerebras-wse-2", 7.5e15, "fp16-tensor"),  # not the 62.5 PFLOP/s that count eightfold sparsity
])
def test_no_format_stated(chip: str, published: float, key: str) -> None:
    for nothing in (None, "", "  "):
        found = peak(chip, nothing)
        assert found.value == pytest.approx(published, rel=0.01)
        assert found.key == key
        assert found.assumed
        assert "no number format stated" in found.note


def test_training_format_is_the_16_bit_matrix_rate_and_else_single_precision() -> None:
    """Mixed precision came with tensor cores; before them, frameworks trained in FP32 unless told otherwise."""
    for chip in load():
        if chip.training_format is None or chip.kind == "cpu":
            continue
        matrix = [chip.peaks[key].value for key in ("bf16-tensor", "fp16-tensor") if key in chip.peaks]
        vector = [chip.peaks[key].value for key in ("fp32", "fp16", "fp64") if key in chip.peaks][:1]
        if not matrix and (chip.status == "announced" or not vector):
            continue  # the vendor has shown nothing wider than FP8
        assert chip.training_peak == pytest.approx(max([*matrix, *vector]), rel=0.02), chip.id


def test_a_16_bit_rate_is_never_below_single_precision() -> None:
    for chip in load():
        single = chip.peaks.get("fp32")
        found = load().peak(chip.id, "fp16")
        if single is not None and isinstance(found, Peak):
            assert found.value >= single.value * 0.999, chip.id


@pytest.mark.parametrize(("chip", "said"), [
    ("nvidia-a100-sxm4-80gb", "156 TFLOP/s"), ("nvidia-h100-sxm", "494.7 TFLOP/s"), ("nvidia-a40", "74.8 TFLOP/s"),
])
def test_fp32_after_volta_may_have_been_tf32(chip: str, said: str) -> None:
    note = peak(chip, "fp32").note
    assert "TF32" in note
    assert said in note


@pytest.mark.parametrize("chip", ["nvidia-v100-sxm2-16gb", "nvidia-k80", "nvidia-gtx-1080-ti", "nvidia-rtx-4090"])
def test_fp32_before_ampere_was_fp32(chip: str) -> None:
    assert peak(chip, "fp32").note == ""  # a 4090 runs TF32 no faster than FP32


@pytest.mark.parametrize(("chip", "number_format", "reason"), [
    ("nvidia-v100-sxm2-16gb", "bf16", "NVIDIA Tesla V100 SXM2 16GB has no bf16 rate; it has fp64, fp32, fp16"),
    ("nvidia-a100-sxm4-80gb", "fp8", "NVIDIA A100 SXM4 80GB has no fp8 rate; it has fp64, fp32, tf32, fp16, bf16"),
    ("nvidia-k80", "bf16", "NVIDIA Tesla K80 has no bf16 rate; it has fp64, fp32"),
    ("google-tpu-v3", "fp16", "Google TPU v3 has no fp16 rate; it has fp32, bf16"),
    ("google-tpu-v1", None, "Google TPU v1 computes with integers only (int8), which is no FLOP/s"),
    ("google-tpu-v1", "int8", "Google TPU v1 computes with integers only (int8), which is no FLOP/s"),
    ("nvidia-a100-sxm4-80gb", "int8", "int8 counts integer operations, which are no FLOP"),
    ("intel-gaudi", "bf16",
     "no FLOP/s of Intel Gaudi has been published: Habana published no peak, so none is entered"),
    ("nvidia-a100-sxm4-80gb", "posit16", "'posit16' is no number format"),
])
def test_format_the_chip_has_not(chip: str, number_format: str | None, reason: str) -> None:
    refusal = load().peak(chip, number_format)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    if "; it has " in reason:
        assert refusal.suggestions == reason.partition("; it has ")[2].split(", ")


@pytest.mark.parametrize(("text", "word"), [
    ("half", "fp16"), ("float16", "fp16"), ("FP16 mixed", "fp16"), ("mixed precision (fp16)", "fp16"),
    ("Half Precision", "fp16"), ("FP-16", "fp16"), ("fp 16", "fp16"), ("bfloat16", "bf16"), ("BF16", "bf16"),
    ("BF16-mixed", "bf16"), ("bf16 mixed precision", "bf16"), ("single", "fp32"), ("float32", "fp32"),
    ("single precision", "fp32"), ("FP32", "fp32"), ("TF32", "tf32"), ("TensorFloat-32", "tf32"), ("FP8, BF16", "fp8"),
    ("BF16 and FP8", "fp8"), ("FP32+BF16", "bf16"), ("double", "fp64"), ("nvfp4", "fp4"), ("mxfp8", "fp8"),
    ("mixed precision", "mixed"), ("AMP", "mixed"), ("mixed", "mixed"), ("quantum", None), ("", None), ("16", None),
])
def test_words_for_number_formats(text: str, word: str | None) -> None:
    assert normalized(text) == word


@pytest.mark.parametrize(("chip", "published", "word"), [
    ("nvidia-a100-sxm4-80gb", 312e12, "bf16"), ("nvidia-v100-sxm2-16gb", 125e12, "fp16"),
    ("google-tpu-v3", 123e12, "bf16"), ("nvidia-gtx-1080-ti", 11.34e12, "fp32"),
    ("nvidia-rtx-2080-ti", 53.8e12, "fp16"),
])
def test_mixed_precision_is_the_16_bits_the_chip_has(chip: str, published: float, word: str) -> None:
    found = peak(chip, "mixed precision")
    assert (found.value, found.format) == (pytest.approx(published, rel=0.01), word)


def test_low_confidence_is_flagged() -> None:
    low = [chip for chip in load() if chip.confidence == "low" and chip.training_format]
    assert low
    for chip in low:
        assert "low confidence" in peak(chip.id).flag
    assert peak("nvidia-a100-sxm4-80gb").flag == ""


@given(st.text(max_size=60))
def test_any_text_for_a_format_is_answered(text: str) -> None:
    assert isinstance(load().peak("nvidia-a100-sxm4-80gb", text), (Peak, Refusal))


def test_every_chip_answers_every_format() -> None:
    for chip in load():
        for word in (None, *FORMATS):
            found = load().peak(chip.id, word)
            if isinstance(found, Peak):
                assert found.value > 0
                assert chip.peaks[found.key].value == found.value
                assert not found.key.startswith("int")


@pytest.mark.parametrize(("text", "chip", "why"), [
    ("8 MLU590", "Cambricon MLU590", "Cambricon publishes no rates of it"),
    ("MetaX C550", "MetaX MXC550", "leaves them blank"), ("BR166", "Biren BR166", "rates of BR100 and BR104 only"),
    ("BI-V150", "Iluvatar BI-V150", "197 TFLOP/s in BF16"), ("Rubin Ultra", "NVIDIA Rubin Ultra", "for inference only"),
    ("Kunlun M100", "Baidu Kunlun M100", "no rates of it"), ("Gaudi 2D", "Intel Gaudi 2D", "need not be its own"),
    ("Ascend910_9391", "Huawei Ascend 910_9362", "such as Ascend 910C"),
    ("Alveo U250", "Xilinx Alveo U250", "design that is loaded"),
    ("Trainium4", "AWS Trainium4", "multiples of Trainium3"),
])
def test_chip_without_a_public_peak_is_known_and_refused_with_the_reason(text: str, chip: str, why: str) -> None:
    found = load().find(text)
    assert isinstance(found, Match)
    refusal = load().peak(found.chip, None)
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith(f"no FLOP/s of {chip} has been published: ")
    assert why in refusal.reason
