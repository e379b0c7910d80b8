"""The hardware database itself: clean by its own lint, and equal to what vendors publish."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from computeest.hardware.files import package_files
from computeest.hardware.lint.lint import fails, lint
from computeest.text import yaml_nodes
from computeest.text.numbers import to_unit

SHARED = Path(__file__).parents[2] / "shared" / "hardware"


@cache
def content(kind: str) -> dict[str, Any]:
    """Every entry of one kind, over all files."""
    found: dict[str, Any] = {}
    for document in package_files():
        root = yaml_nodes.load(document.content.decode())
        assert root is not None, document.name
        found.update(yaml_nodes.plain(root).get(kind, {}))
    return found


def value(chip: str, path: str, unit: str) -> float:
    holder, _, field = path.partition(".")
    entry = content("chips")[chip][holder]
    return to_unit(entry[field]["value"] if field else entry["value"], unit)


def shared(name: str) -> list[dict[str, str]]:
    if not (SHARED / name).exists():
        pytest.skip(f"the collected facts, {name}, do not lie beside this checkout")
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_our_own_files_are_clean_even_when_strict() -> None:
    found = lint(package_files())
    assert [str(finding) for finding in found] == []
    assert not fails(found, strict=True)


def test_there_are_as_many_chips_as_promised() -> None:
    assert len(content("chips")) >= 420


def test_few_values_rest_on_an_unopened_document_alone() -> None:
    def alone(node: Any, sources: dict[str, Any]) -> int:
        if not isinstance(node, dict):
            return 0
        closed = isinstance(node.get("source"), str) and sources[node["source"]].get("unopened")
        return bool(closed and not {"confirmed", "second"} & node.keys()) + sum(
            alone(inner, sources) for inner in node.values())

    roots = [yaml_nodes.plain(root) for file in package_files()
             if (root := yaml_nodes.load(file.content.decode())) is not None]
    # in every file: chips, machines, architectures, grids, prices
    assert 0 < sum(alone({name: part for name, part in root.items() if name != "sources"}, root["sources"])
                   for root in roots if "sources" in root) <= 300


# Peaks as the vendor states them: chip, number format, TFLOP/s (TOP/s), where.
PUBLISHED = [
    ("nvidia-a100-sxm4-80gb", "bf16-tensor", 312, "NVIDIA A100 datasheet"),
    ("nvidia-a100-sxm4-40gb", "fp16", 78, "NVIDIA blog, Ampere architecture in-depth"),
    ("nvidia-v100-sxm2-16gb", "fp16-tensor", 125, "NVIDIA blog, Ampere architecture in-depth"),
    ("nvidia-p100-sxm2", "fp16", 21.2, "NVIDIA blog, Ampere architecture in-depth"),
    ("nvidia-k40", "fp32", 5.04, "NVIDIA blog, Inside Volta"),
    ("nvidia-k80", "fp32", 8.73, "NVIDIA Tesla K80 product page"),
    ("nvidia-h100-sxm", "bf16-tensor", 989, "NVIDIA TensorRT-LLM, cluster_info.py"),
    ("nvidia-h100-pcie", "fp8", 1513, "NVIDIA TensorRT-LLM, cluster_info.py"),
    ("nvidia-h20", "bf16-tensor", 147, "NVIDIA TensorRT-LLM, cluster_info.py"),
    ("nvidia-a10g", "bf16-tensor", 70, "NVIDIA TensorRT-LLM, cluster_info.py"),
    ("nvidia-l40", "fp8", 362, "NVIDIA TensorRT-LLM, cluster_info.py"),
    ("nvidia-b200", "bf16-tensor", 2250, "NVIDIA Blackwell datasheet: 4.5 PFLOP/s with sparsity"),
    ("nvidia-gb200", "fp4", 10000, "NVIDIA Blackwell datasheet: 20 PFLOP/s with sparsity"),
    ("nvidia-rtx-2080-ti", "fp16-tensor", 53.8, "NVIDIA blog, Turing architecture in-depth"),
    ("nvidia-quadro-rtx-6000", "int8", 261, "NVIDIA blog, Turing architecture in-depth"),
    ("nvidia-rtx-4090", "fp8", 330.3, "NVIDIA Ada white paper v2.1, appendix A"),
    ("nvidia-rtx-5090", "fp4", 1676, "NVIDIA RTX Blackwell white paper, appendix A"),
    ("amd-mi300x", "fp8", 2614.9, "AMD ROCm documentation, MI300"),
    ("amd-mi250", "bf16-tensor", 362.1, "AMD ROCm documentation, MI250"),
    ("amd-mi355x", "bf16-tensor", 2516.6, "AMD Instinct MI355X brochure"),
    ("google-tpu-v3", "bf16-tensor", 123, "Google Cloud TPU v3 documentation"),
    ("google-tpu-v4", "bf16-tensor", 275, "Google Cloud TPU v4 documentation"),
    ("google-tpu-v5e", "int8", 393, "Google Cloud TPU v5e documentation"),
    ("google-tpu-v6e", "bf16-tensor", 918, "Google Cloud TPU v6e documentation"),
    ("google-tpu-v7x", "fp8", 4614, "Google developers blog, Ironwood"),
    ("aws-trainium2", "fp8", 1299, "AWS Neuron documentation, Trainium2"),
    ("aws-trainium3", "bf16-tensor", 671, "AWS Neuron documentation, Trainium3"),
    ("aws-inferentia2", "int8", 380, "AWS Neuron documentation, Inferentia2"),
    ("intel-gaudi3", "bf16-tensor", 1678, "Intel Gaudi 3 white paper, table 5"),
    ("intel-gaudi3", "fp16-tensor", 459, "Intel Gaudi 3 white paper, table 5"),
    ("nvidia-jetson-agx-orin-64gb", "fp32", 5.3, "NVIDIA Jetson AGX Orin technical brief"),
    ("nvidia-jetson-agx-orin-64gb", "int8", 85, "NVIDIA Jetson AGX Orin technical brief: 170 TOPS with sparsity"),
    ("nvidia-rtx-3050-8gb", "bf16-tensor", 18.2, "Tom's Hardware: 36 TFLOP/s with FP16 accumulate"),
    ("nvidia-rtx-2060-12gb", "fp16-tensor-fp16acc", 57.45, "hmc-tech, RTX 2060 12GB"),
    ("nvidia-rtx-a5500", "fp32", 34.1, "fpsbench, RTX A5500"),
    ("nvidia-gtx-1660", "fp16", 10.05, "TechPowerUp: twice the FP32 rate, without tensor cores"),
    ("nvidia-gtx-560-ti", "fp32", 1.26, "TechPowerUp"),
    ("nvidia-quadro-6000", "fp64", 0.51, "TechPowerUp"),
    ("amd-rx-vega-64", "fp16", 25.33, "TechPowerUp"),
    ("amd-mi25", "fp16", 24.6, "AMD, as the deep learning processor list has it"),
    ("fujitsu-a64fx", "fp64", 3.38, "Fugaku: 537 PFLOP/s of 158,976 processors at 2.2 GHz"),
]


@pytest.mark.parametrize(("chip", "number_format", "published", "where"), PUBLISHED)
def test_peaks_are_what_the_vendor_states(chip: str, number_format: str, published: float, where: str) -> None:
    unit = "TOP/s" if number_format.startswith("int") else "TFLOP/s"
    assert value(chip, f"peak.{number_format}", unit) == pytest.approx(published, rel=0.01), where


def test_sparse_rates_are_kept_apart() -> None:
    a100 = content("chips")["nvidia-a100-sxm4-80gb"]["peak"]["bf16-tensor"]
    assert to_unit(a100["sparse"], "TFLOP/s") == 624  # NVIDIA A100 datasheet
    trainium2 = content("chips")["aws-trainium2"]["peak"]["fp8"]
    assert to_unit(trainium2["sparse"], "TFLOP/s") == 2563  # AWS Neuron documentation: 16:4, not twice the dense rate


def integer_only() -> Iterator[str]:
    for name, chip in content("chips").items():
        if chip["peak"] and all(number_format.startswith("int") for number_format in chip["peak"]):
            yield name


def test_integer_only_chips_have_no_rate_to_train_with() -> None:
    names = set(integer_only())
    assert {"google-tpu-v1", "alibaba-hanguang-800", "cambricon-mlu270-s4"} <= names
    assert [name for name in names if "training-format" in content("chips")[name]] == []


def test_old_gpus_train_in_fp32_and_not_at_their_slow_half_rate() -> None:
    # P100 and MI50 have a fast vector FP16, but frameworks used it only where a paper says so
    for name in ("nvidia-gtx-1080-ti", "nvidia-p40", "nvidia-m40", "nvidia-k80", "nvidia-p100-sxm2", "amd-mi50",
                 "nvidia-gtx-1060-6gb", "nvidia-gtx-1660-ti", "nvidia-jetson-tx2", "amd-radeon-vii"):
        assert content("chips")[name]["training-format"] == "fp32"


def test_chips_with_matrix_units_train_in_16_bits_on_them() -> None:
    chips = content("chips")
    formats = {name: chip.get("training-format") for name, chip in chips.items()
               if {"bf16-tensor", "fp16-tensor"} & chip["peak"].keys()}
    assert {name: chosen for name, chosen in formats.items() if chosen not in ("bf16-tensor", "fp16-tensor")} == {}
    assert formats["nvidia-v100-sxm2-16gb"] == "fp16-tensor"
    assert formats["amd-mi100"] == "fp16-tensor"  # BF16 runs at half the rate


def test_what_is_uncertain_says_so() -> None:
    chips = content("chips")
    assert chips["huawei-ascend-910b"]["confidence"] == "low"
    for name, chip in chips.items():
        if chip["status"] in ("announced", "rumoured"):
            assert chip["confidence"] == "low", name
            assert "expected" in chip, name


def test_disputes_are_recorded() -> None:
    fields = {dispute["field"] for dispute in content("chips")["nvidia-rtx-4090"]["disputed"]}
    assert "peak.fp16-tensor" in fields


def test_every_judged_value_is_entered() -> None:
    """Of 1,914 judged rates, powers, memories and bandwidths, these are not taken."""
    wrong = []
    for row in shared("chips_judged.csv"):
        if row["chip_id"] == "huawei-atlas-800t-a2":
            continue  # a server of eight chips: systems.yaml
        for column, text in row.items():
            path = {"tdp_w": "tdp", "memory_gb": "memory", "bandwidth_gbs": "bandwidth"}.get(column)
            if column.endswith("_tflops"):
                path = "peak." + column.removesuffix("_tflops").replace("_", "-")
            if path is None or not text:
                continue
            unit = {"tdp": "W", "memory": "GB", "bandwidth": "GB/s"}.get(
                path, "TOP/s" if path.startswith("peak.int") else "TFLOP/s")
            allowed = 0.08 if path == "memory" else 0.005  # the judged sizes call GiB of TPUs and Trainium GB
            if value(row["chip_id"], path, unit) != pytest.approx(float(text), rel=allowed):
                wrong.append((row["chip_id"], path))
    assert sorted(wrong) == [
        ("apple-m4-max", "peak.fp16"), ("apple-m4-max", "peak.fp32"),  # 40 cores at 1678 MHz give 17.2, not 18.4
        ("graphcore-gc200", "tdp"),  # Graphcore at Hot Chips 33: the chip consumes 300 W
        ("nvidia-gv100", "peak.fp16-tensor-fp16acc"),  # follows a wrong clock
        ("nvidia-rubin-cpx", "peak.fp4"),  # 30 PFLOP/s counts sparsity at 3:2
        ("sambanova-sn40l", "bandwidth"),  # SambaNova at Hot Chips 2024: 16 sockets have 25.6 TB/s
    ]


def test_the_server_among_the_judged_chips_is_a_system() -> None:
    assert content("systems")["huawei-atlas-800t-a2"]["chip"] == "huawei-ascend-910b"
    assert content("systems")["huawei-atlas-800t-a2"]["chips"] == 8


def test_values_that_are_wrong_elsewhere_were_not_copied() -> None:
    copied = []
    for row in shared("epoch_corrections.csv"):
        path = {"tdp_w": "tdp", "memory_gb": "memory", "bandwidth_gbs": "bandwidth"}.get(
            row["quantity"], f"peak.{row['quantity'].replace('_', '-')}")
        holder, _, field = path.partition(".")
        chip = content("chips")[row["chip_id"]]
        entry = chip.get(holder, {}).get(field) if field else chip.get(holder)
        if row["category"] == "date" or entry is None or row["why"] == "GiB/GB":
            continue
        unit = {"tdp": "W", "memory": "GB", "bandwidth": "GB/s"}.get(
            path, "TOP/s" if path.startswith("peak.int") else "TFLOP/s")
        if to_unit(entry["value"], unit) == pytest.approx(float(row["epoch_ml"]), rel=0.01):
            copied.append((row["chip_id"], path))
    assert copied == []


@pytest.mark.parametrize(("system", "chip", "chips"), [
    ("dgx-1-pascal", "nvidia-p100-sxm2", 8), ("dgx-1-volta", "nvidia-v100-sxm2-16gb", 8),
    ("dgx-2", "nvidia-v100-sxm3-32gb", 16), ("gb200-nvl72", "nvidia-gb200", 72), ("dgx-gh200", "nvidia-gh200", 256),
    ("p2.xlarge", "nvidia-k80", 0.5), ("p4d.24xlarge", "nvidia-a100-sxm4-40gb", 8),
    ("tpu-v3-pod", "google-tpu-v3", 1024), ("trn2-ultraserver", "aws-trainium2", 64),
    ("frontier-node", "amd-mi250x", 4),
])
def test_systems_hold_what_their_makers_say(system: str, chip: str, chips: float) -> None:
    entry = content("systems")[system]
    assert (entry["chip"], entry["chips"]) == (chip, chips)
