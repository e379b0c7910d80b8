"""Mistakes that people make in hardware files, put into our own: the lint must see them, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from computeest.hardware.files import File, package_files
from computeest.hardware.lint.lint import Finding, lint
from computeest.text import yaml_nodes

TODAY = date(2026, 11, 30)
Entries = dict[str, dict[str, Any]]

A100, H100, RTX = "nvidia-a100-sxm4-80gb", "nvidia-h100-sxm", "nvidia-rtx-3090"
V100, TPU4 = "nvidia-v100-sxm2-16gb", "google-tpu-v4"
#: Kind of entry, id, path in it, what is put there (None takes it away), the check that must speak.
FAULTS: list[tuple[str, str, str, Any, str]] = [
    # rates: with sparsity, with FP16 accumulate, of one die or of two, of a sibling, of the vector unit
    ("chips", A100, "peak.bf16-tensor.value", "624 TFLOP/s", "matrix-rate"),
    ("chips", A100, "peak.tf32.value", "312 TFLOP/s", "matrix-rate"),
    ("chips", A100, "peak.fp32.value", "9.7 TFLOP/s", "vector-rate"),
    ("chips", A100, "peak.fp16.value", "312 TFLOP/s", "vector-is-matrix"),
    ("chips", H100, "peak.fp16-tensor.value", "1978.8 TFLOP/s", "matrix-rate"),
    ("chips", H100, "peak.fp16-tensor.value", "756 TFLOP/s", "matrix-rate"),
    ("chips", H100, "peak.int8.value", "3957.8 TOP/s", "matrix-rate"),
    ("chips", H100, "peak.fp8.value", "900 TFLOP/s", "order"),
    ("chips", V100, "peak.fp16-tensor.value", "250 TFLOP/s", "matrix-rate"),
    ("chips", RTX, "peak.bf16-tensor.value", "142 TFLOP/s", "matrix-rate"),
    ("chips", RTX, "peak.fp16-tensor-fp16acc.value", "285 TFLOP/s", "accumulate"),
    ("chips", "nvidia-rtx-4090", "peak.fp8.value", "660.6 TFLOP/s", "matrix-rate"),
    ("chips", "nvidia-l40s", "peak.bf16-tensor.value", "733 TFLOP/s", "matrix-rate"),
    ("chips", "nvidia-t4", "peak.fp16-tensor.value", "130 TFLOP/s", "matrix-rate"),
    ("chips", "nvidia-k80", "peak.fp32.value", "4.37 TFLOP/s", "vector-rate"),
    ("chips", "nvidia-p100-sxm2", "peak.fp16.value", "10.6 TFLOP/s", "vector-rate"),
    ("chips", "nvidia-rubin", "peak.fp4.value", "50000 TFLOP/s", "system-peak"),
    ("chips", "amd-mi250x", "peak.fp16-tensor.value", "191.5 TFLOP/s", "matrix-rate"),
    ("chips", "amd-mi300x", "peak.fp8.value", "5229.8 TFLOP/s", "matrix-rate"),
    ("chips", "amd-mi355x", "peak.bf16-tensor.value", "5033 TFLOP/s", "matrix-rate"),
    ("chips", "google-tpu-v3", "peak.bf16-tensor.value", "61.5 TFLOP/s", "matrix-rate"),
    ("chips", "google-tpu-v6e", "peak.bf16-tensor.value", "1836 TFLOP/s", "system-peak"),
    ("chips", "aws-trainium1", "peak.bf16-tensor.value", "380 TFLOP/s", "system-peak"),
    ("chips", "intel-gaudi3", "peak.bf16-tensor.value", "1835 TFLOP/s", "matrix-rate"),
    ("chips", "cerebras-wse-2", "peak.fp16-tensor.value", "62500 TFLOP/s", "matrix-rate"),
    ("chips", "graphcore-bow", "peak.fp16-tensor.value", "250 TFLOP/s", "matrix-rate"),
    ("chips", "huawei-ascend-910b", "peak.fp16-tensor.value", "752 TFLOP/s", "siblings"),
    ("chips", A100, "peak.int8.value", "624 TFLOP/s", "quantity"),
    ("chips", A100, "peak.bf16-tensor.sparse", "1560 TFLOP/s", "sparse"),
    ("chips", H100, "peak.fp8.sparse", "1978.9 TFLOP/s", "sparse"),
    ("chips", H100, "peak.fp8.value", None, "sparse-only"),
    ("chips", V100, "peak.bf16-tensor", {"value": "125 TFLOP/s", "source": "ga100-blog"}, "format-set"),
    ("chips", A100, "training-format", None, "training-format"),
    # memory and its bandwidth
    ("chips", A100, "memory.value", "800 GB", "memory"),
    ("chips", A100, "memory.value", "40 GB", "memory"),
    ("chips", "nvidia-rtx-4090", "memory.value", "48 GB", "memory"),
    ("chips", "nvidia-h200-sxm", "memory.value", "14.1 GB", "memory"),
    ("chips", V100, "memory.value", "32 GB", "memory"),
    ("chips", H100, "bandwidth.value", "3530 GB/s", "bandwidth"),
    ("chips", RTX, "bandwidth.value", "963 GB/s", "bandwidth"),
    ("chips", A100, "bandwidth.value", "203.9 GB/s", "bandwidth"),
    ("chips", "nvidia-rtx-4090", "bandwidth.value", "1080 GB/s", "bandwidth"),
    ("chips", A100, "bandwidth.bus-bits", 4096, "bandwidth"),
    ("chips", RTX, "bandwidth.gbit-per-pin", 21, "bandwidth"),
    ("chips", "google-tpu-v5e", "bandwidth.value", "81.9 GB/s", "intensity"),
    ("chips", "nvidia-p40", "memory.type", "DDR3", "memory-type"),
    # power, clocks, units, dies
    ("chips", A100, "tdp.value", "40 W", "per-watt"),
    ("chips", H100, "tdp.value", "7000 W", "power"),
    ("chips", "nvidia-k80", "tdp.value", "30 W", "per-watt"),
    ("chips", A100, "clocks.boost", "1140 MHz", "matrix-rate"),
    ("chips", A100, "units-count.sm", 128, "cores"),
    ("chips", A100, "units-count.fp32-cores", 6192, "cores"),
    ("chips", A100, "units-count.tensor-cores", 324, "cores"),
    ("chips", H100, "dies", 2, "unit-multiple"),
    ("chips", "amd-mi250x", "dies", 1, "unit-multiple"),
    # dates
    ("chips", H100, "released.value", "2024-10-01", "dates"),
    ("chips", V100, "released.value", "2019-06-21", "dates"),
    ("chips", A100, "released.value", "2016-11-16", "years"),
    ("chips", A100, "released.value", "2027-01-01", "dates"),
    ("chips", H100, "announced.value", "2023-03-22", "dates"),
    ("chips", "google-tpu-v5p", "released.value", "2018-05-01", "succession"),
    # names
    ("chips", "nvidia-a40", "aliases", ["GPU"], "alias-word"),
    ("chips", "nvidia-a40", "aliases", ["100"], "alias-word"),
    ("chips", "nvidia-a40", "aliases", ["a server"], "alias-word"),
    ("chips", "nvidia-a40", "aliases", ["A100"], "alias-family"),
    ("chips", "nvidia-a40", "aliases", ["A40 PCle"], "name"),
    # families
    ("families", "nvidia-a100", "default-before", {"2018-11-16": "nvidia-a100-sxm4-40gb"}, "family-date"),
    ("families", "nvidia-a100", "default", "nvidia-a800-sxm4-80gb", "member"),
    ("families", "nvidia-h100", "same-for-all", ["peak"], "same-for-all"),
    # machines
    ("systems", "p4d.24xlarge", "chips", 4, "system-count"),
    ("systems", "p5.48xlarge", "chip", A100, "system-chip"),
    ("systems", "p4de.24xlarge", "chip", "nvidia-a100-sxm4-40gb", "system-memory"),
    ("systems", "dgx-2", "chips", 8, "system-peak"),
    ("systems", "hgx-a100-4", "chips", 8, "system-count"),
    ("systems", "gb200-nvl72", "chips", 36, "system-count"),
    ("systems", "tpu-v4-pod", "chips", 2048, "system-peak"),
    # parts and slices
    ("chips", TPU4, "units.core", 1, "unit-multiple"),
    ("chips", TPU4, "slices.chips-per-n", 1, "unit-multiple"),
    ("chips", TPU4, "units.pod", 4000, "system-count"),
    # sources
    ("chips", A100, "tdp.source", "a100-dss", "source-unknown"),
    ("chips", H100, "announced.confirmed", "nvidia-news", "confirmed"),
    ("systems", "dgx-a100", "confirmed", "nvidia-gh200", "confirmed"),
    ("chips", A100, "tdp.source", None, "source-missing"),
]
#: Of each kind of mistake the lint once missed, a chip that is right and must pass without an excuse.
SOUND = ("nvidia-rtx-5060-ti-16gb", "nvidia-rtx-4070-super", "nvidia-gtx-1050", "nvidia-quadro-p2000",
         "nvidia-rtx-4000-ada", "nvidia-rtx-4090-laptop", "nvidia-jetson-orin-nano-8gb", "nvidia-gtx-580m",
         "google-tpu-8t")


@cache
def database() -> dict[str, Any]:
    """Our own files: every entry by kind, and the sources of each."""
    found: dict[str, Any] = {"chips": {}, "families": {}, "systems": {}, "architectures": {}, "sources": {}}
    for file in package_files():
        root = yaml_nodes.load(file.content.decode("utf-8"))
        assert root is not None
        content = yaml_nodes.plain(root)
        for kind in ("chips", "families", "systems", "architectures"):
            found[kind].update({key: content | {"entry": entry} for key, entry in content.get(kind, {}).items()})
    return found


def referred(chip: str) -> Iterator[str]:
    """The chips that a chip's entry names."""
    entry = database()["chips"][chip]["entry"]
    yield entry.get("same-rates-as", {}).get("chip", chip)
    yield entry.get("successor-of", chip)
    yield from entry.get("ambiguous", {}).get("others", ())


def around(kind: str, key: str) -> Iterator[tuple[str, str]]:
    """The entry and all that it is held against: (kind, id)."""
    chips = {key} if kind == "chips" else {A100}
    if kind == "systems":
        chips.add(database()["systems"][key]["entry"]["chip"])
    families = {name for name, held in database()["families"].items()
                if (kind, key) == ("families", name) or chips & set(held["entry"]["members"])} | {"nvidia-a100"}
    chips |= {member for name in families for member in database()["families"][name]["entry"]["members"]}
    while missing := {other for chip in chips for other in referred(chip)} - chips:
        chips |= missing
    yield from (("chips", chip) for chip in chips)
    yield from (("families", name) for name in families)
    yield from (("systems", name) for name, held in database()["systems"].items() if held["entry"]["chip"] in chips)
    used = {database()["chips"][chip]["entry"]["architecture"] for chip in chips}
    yield from (("architectures", name) for name in used)


def documents_of(kind: str, key: str, changed: dict[str, Any] | None = None) -> list[File]:
    """Files of those entries, one a file as it is ours or changed."""
    found = []
    for group, name in around(kind, key):
        held = database()[group][name]
        entry = changed if changed is not None and (group, name) == (kind, key) else held["entry"]
        content = {"schema": 1, group: {name: entry}} | {k: held[k] for k in ("vendor",) if k in held}
        if "sources" in held:
            content["sources"] = cited(entry, held["sources"])
        text = json.dumps(content).replace('"schema": "1"', '"schema": 1')
        found.append(File(f"{group}-{name}.yaml", text.replace('"true"', "true").encode()))
    return found


def cited(entry: dict[str, Any], sources: Entries) -> Entries:
    """The sources that the entry names, and those they are computed from."""
    text = json.dumps(entry)
    named = {key: source for key, source in sources.items() if f'"{key}"' in text}
    return named | {key: sources[key] for source in named.values() for key in source.get("from", ())}


@cache
def is_sound(kind: str, key: str) -> bool:
    return lint(documents_of(kind, key), TODAY) == []


def with_fault(kind: str, key: str, path: str, value: Any) -> dict[str, Any]:
    entry: dict[str, Any] = copy.deepcopy(database()[kind][key]["entry"])
    *outer, last = path.split(".")
    place = entry
    for step in outer:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return entry


def said(found: list[Finding]) -> set[str]:
    return {finding.code for finding in found}


@pytest.mark.parametrize(("kind", "key", "path", "value", "code"), FAULTS,
                         ids=[f"{fault[1]} {fault[2]} {fault[3]}" for fault in FAULTS])
def test_a_mistake_is_seen(kind: str, key: str, path: str, value: Any, code: str) -> None:
    assert is_sound(kind, key)
    assert code in said(lint(documents_of(kind, key, with_fault(kind, key, path, value)), TODAY))


def test_a_document_opened_tomorrow_is_seen() -> None:
    text = next(file.content for file in package_files() if file.name == "google.yaml").decode("utf-8")
    assert 'accessed: "2026-11-21"' in text
    later = text.replace('accessed: "2026-11-21"', 'accessed: "2031-01-01"', 1)
    found = lint([File("google.yaml", later.encode())], TODAY)
    assert "dates" in said(found)


@pytest.mark.parametrize("key", SOUND)
def test_a_sound_chip_needs_no_excuse(key: str) -> None:
    assert "lint-ok" not in database()["chips"][key]["entry"]
    assert is_sound("chips", key)
