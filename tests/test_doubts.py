"""Cells and headers that may mean two things a factor apart: read as the one that can be, spanned, or refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from annotating import annotated, read
from conftest import Cli

from computeest import estimate, schema
from computeest.facts.network_names import resolve
from computeest.hardware import Match, Refusal
from computeest.hardware import load as load_hardware
from computeest.pipeline import Options
from computeest.problems import CellError, InputError, NetworkError
from computeest.registry import load
from computeest.schema import cells
from computeest.tables.header_guess import guesses
from computeest.tables.inputs import source

HOUR = 3600.0
A100: dict[str, Any] = {"model": "M", "chip": "A100 SXM 80GB", "number_format": "bf16", "utilization": 0.5}
CHIP_HOUR = 312e12 * 0.5 * HOUR


def hours(**facts: Any) -> float:
    return float(estimate({**A100, **facts})["flop"]) / CHIP_HOUR


@pytest.mark.parametrize(("text", "chip_hours"), [
    ("32 nodes of 8 A100 for 10 days", 256 * 240), ("16 nodes x 4 A100 x 5 days", 64 * 120),
    ("6 servers with 8 A100 each for 2 weeks", 48 * 336), ("10 days on 4 nodes of 8 A100", 32 * 240),
    ("12 servers x 8 GPUs x 3 days", 96 * 72), ("9 nodes of 4 GPUs for 100 hours", 36 * 100),
    ("3 DGX A100 for 4 days", 24 * 96), ("5 x 8 A100 for 10 days", 40 * 240), ("2,048 A100 for 21 days", 2048 * 504),
    ("1.5k A100 for 2 days", 1500 * 48),
])
def test_nodes_in_a_time_are_multiplied_by_what_each_holds(text: str, chip_hours: float) -> None:
    assert hours(chip_time=text) == pytest.approx(chip_hours, rel=1e-6)


@pytest.mark.parametrize("text", [
    "32 nodes of A100 for 10 days", "32 A100 nodes for 10 days", "2.048 A100 for 21 days", "10 A100 x 3 days x 2 runs",
])
def test_nodes_of_nobody_knows_how_many_chips_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        hours(chip_time=text)


@pytest.mark.parametrize(("time", "chips", "right"), [
    ("10 days on 16 A100", 16, True), ("16 GPUs for 10 days", "16", True), ("10 days on 2 DGX A100", 16, True),
    ("10 days on ~1,000 A100", 1024, True),
    ("10 days on 16 A100", 8, False), ("16 GPUs for 10 days", 64, False), ("10 days on 2 DGX A100", 8, False),
])
def test_a_number_of_chips_in_the_time_is_held_against_the_runs(time: str, chips: Any, right: bool) -> None:
    if right:
        assert hours(time=time, chips=chips) == pytest.approx(240 * float(chips), rel=0.03)
    else:
        with pytest.raises(InputError, match="but chips says"):
            hours(time=time, chips=chips)


@pytest.mark.parametrize("text", ["8 x 10 days", "10 days x 8", "4 x 24 hours"])
def test_a_time_that_is_multiplied_in_either_order_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="may be the time of so many"):
        cells.number(schema.FIELDS["time"], text)
    assert cells.number(schema.FIELDS["time"], "5 folds x 12 hours").value == 60 * HOUR


@pytest.mark.parametrize(("column", "text", "value"), [
    ("steps", "500.000", None), ("steps", "~143.000 steps", None), ("tokens", "16.384", None),
    ("batch_size", "1.024", None), ("chips", "64.000", None), ("chips", "2.048 GPUs", None),
    ("sequence_length", "2.048", None), ("parameters", "1.300 Mio", None), ("parameters", "1.350 Milliarden", None),
    ("time", "1.500 Stunden", None), ("time", "2.000 heures", None), ("chip_time", "1.720 GPU-Stunden", None),
    ("steps", "500000.0", 5e5), ("steps", "1.500k", 1500), ("tokens", "1.400T", 1.4e12),
    ("parameters", "1.300B", 1.3e9),
    ("chips", "64.0", 64), ("epochs", "3.125", 3.125), ("time", "1.525 hours", 1.525 * HOUR),
    ("time", "1.500 hours", None),
    ("parameters", "1.3 Mrd.", 1.3e9),
])
def test_a_point_in_front_of_three_figures_of_whole_things_is_refused(column: str, text: str,
                                                                      value: float | None) -> None:
    if value is None:
        with pytest.raises(CellError, match="may be"):
            cells.number(schema.FIELDS[column], text)
    else:
        assert cells.number(schema.FIELDS[column], text).value == pytest.approx(value)


@pytest.mark.parametrize(("steps", "lost"), [
    (("143.000", "20000"), {0}), (("143000.000", "500.000"), set()), (("143000", "20000"), set()),
])
def test_points_in_a_tables_column_of_whole_things(steps: tuple[str, ...], lost: set[int], tmp_path: Path) -> None:
    rows = "".join(f"m{place},1.3B,{text},256,512\n" for place, text in enumerate(steps))
    (tmp_path / "t.csv").write_text(f"model,parameters,steps,batch_size,sequence_length\n{rows}")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv", options=Options())
    assert {place for place, row in enumerate(read(tmp_path / "out.csv")) if not row["flop"]} == lost


@pytest.mark.parametrize(("text", "hours"), [
    ("23:10:00", 23 + 1 / 6), ("3 days and 4 hours", 76), ("[More Information Needed]", None), ("TBA", None),
    ("a fortnight", 336), ("500 GPU hours", 500),
])
def test_hours_of_a_model_card_are_read_as_times_are(text: str, hours: float | None, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"model,Hardware Type,Hours used\nm,A100 SXM 80GB,{text}\n")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv", options=Options())
    [row] = read(tmp_path / "out.csv")
    assert (float(row["chip_hours"]) if row["chip_hours"] else None) == (hours and pytest.approx(hours))
    assert "hours_used:" not in row["problems"]


@pytest.mark.parametrize(("text", "chips"), [
    ("8 nodes x 8 GPUs", 64), ("8 nodes of 8", 64), ("4 servers with 8 GPUs each", 32), ("16 nodes, 4 GPUs each", 64),
    ("8 nodes", None), ("8 nodes, 64 GPUs", None), ("8 nodes with 64 GPUs", None),
])
def test_a_number_of_chips_as_nodes_and_chips_of_each(text: str, chips: float | None) -> None:
    if chips is None:
        with pytest.raises(CellError):
            cells.number(schema.FIELDS["chips"], text)
    else:
        assert cells.number(schema.FIELDS["chips"], text).value == chips


@pytest.mark.parametrize(("header", "chip", "right"), [
    ("Training time (A100 days)", "A100", True), ("Training time (A100 days)", "A100 80GB", True),
    ("V100-hours", "V100", True), ("TPUv3 core-hours", "TPU v3", True), ("H100 hours", "", True),
    ("Training time (A100 days)", "H100", False), ("V100-hours", "A100", False), ("TPUv3 core-hours", "TPU v2", False),
])
def test_a_chip_in_a_header_is_held_against_the_rows(header: str, chip: str, right: bool, tmp_path: Path,
                                                           cli: Cli) -> None:
    (tmp_path / "t.csv").write_text(f"model,{header},chip\nm,1000,{chip}\n")
    cli("columns", tmp_path / "t.csv", "-o", tmp_path / "map.yaml")
    cli("annotate", tmp_path / "t.csv", "--columns", tmp_path / "map.yaml", "-o", tmp_path / "out.csv")
    [row] = read(tmp_path / "out.csv")
    assert bool(row["flop"]) is right
    assert ("but chip is" in row["problems"]) is not right


@pytest.mark.parametrize(("nodes", "chips", "low", "high"), [
    (16, 8, 128, 128), (4, 64, 64, 64), (1, 8, 8, 8), (4, 8, 8, 32), (2, 16, 16, 16), (8, 16, 16, 128),
])
def test_chips_beside_nodes(nodes: int, chips: int, low: float, high: float) -> None:
    found = estimate({**A100, "nodes": nodes, "chips": chips, "time": "10 hours"})
    assert found["flop"] / CHIP_HOUR / 10 == pytest.approx(low)
    alone = estimate({**A100, "chips": low, "time": "10 hours"})
    assert found["flop_high"] / alone["flop_high"] == pytest.approx(high / low, rel=0.05)
    assert found["flop_low"] == pytest.approx(alone["flop_low"], rel=0.05)


@pytest.mark.parametrize(("facts", "label"), [
    ({"reported_compute": "21 GFLOPs", "published": "2023"}, "speculative"),
    ({"reported_compute": "21 GFLOPs", "parameters": "86M"}, "speculative"),
    ({"reported_compute": "4e14", "parameters": "1B", "examples": "1M"}, "speculative"),
    ({"reported_compute": "3e13 FLOP", "published": "2023"}, "confident"),
    ({"reported_compute": "4.5 GFLOP", "published": "1994"}, "confident"),
])
def test_compute_of_one_example_is_no_confident_answer(facts: dict[str, Any], label: str) -> None:
    assert estimate({"model": "M", **facts})["confidence"] == label


def test_flops_with_a_scale_of_their_own_are_still_those_of_one_example(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Model,FLOPs (G),Anzahl\na,4.1G,32\nb,17.6G,64\n")
    kept, _ = guesses(source(str(tmp_path / "t.csv")))
    assert [guess.column for guess in kept] == ["model"]  # and bare numbers are no number formats


@pytest.mark.parametrize(("batch", "length", "said"), [
    ("524288", 1024, "batch-of-tokens"), ("1M", 512, "batch-of-tokens"), ("65536", 128, ""), ("131072", 77, ""),
    ("8192", 512, ""),
])
def test_a_batch_of_more_sequences_than_any_may_be_of_tokens(batch: str, length: int, said: str) -> None:
    found = estimate({"model": "M", "parameters": "1B", "steps": "5k", "batch_size": batch, "sequence_length": length})
    assert [check["code"] for check in found["checks"] if check["code"] == "batch-of-tokens"] == [said] * bool(said)
    assert (found["flop"] / found["flop_low"] > length / 2) is bool(said)


@pytest.mark.parametrize(("batch", "right"), [("256 x 512", False), ("8 x 128", True), ("256 x 512 tokens", True)])
def test_a_batch_times_the_sequence_length(batch: str, right: bool) -> None:
    facts = {"model": "M", "parameters": "1B", "steps": "5k", "batch_size": batch, "sequence_length": 512}
    if right:
        assert math.isfinite(estimate(facts)["flop"])
    else:
        with pytest.raises(InputError, match="may be 131,072 sequences, or so many tokens"):
            estimate(facts)


@pytest.mark.parametrize(("facts", "hint"), [
    ({"steps": "250k", "batch_tokens": "4M", "sequence_length": 2048}, "operation_counting needs only parameters;"),
    ({"steps": "250k", "batch_tokens": "4M"}, "operation_counting needs only parameters;"),
    ({"examples": "1.28M", "epochs": 90, "parameters": "25M", "domain": "Vision"},
     "operation_counting needs family (or forward_macs);"),
    ({"steps": "90k", "batch_size": 256}, "operation_counting needs family (or forward_macs);"),
    ({"chip": "A100", "chips": 8, "time": "12 hours per fold"}, "'5 folds x 12 hours'"),
])
def test_hints_name_the_nearest_fact_of_the_cheapest_way(facts: dict[str, Any], hint: str) -> None:
    with pytest.raises(InputError) as refused:
        estimate({"model": "M", **facts})
    assert hint in f"{refused.value};"


@pytest.mark.parametrize("facts", [{"family": "a " * 50_000}, {"family": "resnet", "architecture": {
    "variant": "resnet50 " * 12_000}}])
def test_no_network_has_so_long_a_name(facts: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        estimate({"model": "M", "examples": 1e6, "epochs": 1, **facts})
    with pytest.raises(NetworkError, match=r"no (family|variant) is called"):
        resolve(load(), facts["family"], facts.get("architecture", {}))


@pytest.mark.parametrize(("header", "cells_", "unit"), [
    ("emissions", ["1.2", "3"], ""), ("emissions_kg", ["1.2", "3"], "kilogram"),
    ("emissions (kg)", ["1.2"], "kilogram"),
    ("emissions", ["1.2 tCO2e"], "tonne"),
])
def test_emissions_without_a_unit_are_not_understood(header: str, cells_: list[str], unit: str,
                                                     tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"model,{header}\n" + "".join(f"m,{text}\n" for text in cells_))
    kept, left = guesses(source(str(tmp_path / "t.csv")))
    assert [guess.unit for guess in kept if guess.column == "emissions"] == [unit] * bool(unit)
    assert any("say a unit" in one.why for one in left) is not bool(unit)


def test_headers_of_trackers_and_of_mlperf(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("project_name,duration,emissions,emissions_rate,energy_consumed,gpu_model\n"
                                    "x,36000,1.2,3e-5,6.45,A100\n")
    (tmp_path / "u.csv").write_text("System,# of Nodes,Accelerator,# of Accelerators per Node,Benchmark,"
                                    "Latency (in minutes)\ns,64,NVIDIA H100-SXM5-80GB,8,gpt3,26.19\n")
    found = [{guess.column: guess.unit for guess in guesses(source(str(tmp_path / name)))[0]}
             for name in ("t.csv", "u.csv")]
    assert (found[0]["time"], found[0]["emissions"], found[0]["energy"]) == ("second", "kilogram", "kilowatt_hour")
    assert (found[1]["time"], found[1]["nodes"], found[1]["chips_per_node"]) == ("minute", "", "")


@pytest.mark.parametrize("header", ["#Params (B)", "Params (M)", "Params"])
def test_three_decimals_under_a_scale_are_no_thousands(header: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"Model,{header}\nx-70.5B,70.554\ny-7.2B,7.242\n")
    kept, _ = guesses(source(str(tmp_path / "t.csv")))
    assert "parameters" in [guess.column for guess in kept]


@pytest.mark.parametrize(("facts", "low"), [
    ({"parameters": "1.76T"}, 0.03), ({"parameters": "540B"}, 1.0),
    ({"parameters": "1.76T", "active_parameters": "280B"}, 1.0),
])
def test_networks_larger_than_any_dense_one_may_have_experts(facts: dict[str, Any], low: float) -> None:
    found = estimate({"model": "M", "tokens_seen": "13T", **facts})
    assert ("experts-by-size" in [check["code"] for check in found["checks"]]) is (low < 1)
    assert (found["flop_low"] / found["flop"] < 0.05) is (low < 1)
    assert (found["confidence"] == "speculative") is (low < 1)


@pytest.mark.parametrize(("text", "chip", "chips"), [
    ("A100 excluding 80GB", "nvidia-a100-sxm4-40gb", 1), ("V100 (not the 16GB version)", "nvidia-v100-sxm2-32gb", 1),
    ("H100 not SXM", "nvidia-h100-pcie", 1), ("8 A100 (no 40GB)", "nvidia-a100-sxm4-80gb", 8),
    ("A100 excluding the 80GB and PCIe versions", "nvidia-a100-sxm4-40gb", 1),
    ("A100 (80GB, not 40GB)", "nvidia-a100-sxm4-80gb", 1), ("4 A100, not 40GB but 80GB", "nvidia-a100-sxm4-80gb", 4),
    ("T4, not 16GB", "", 0), ("8 GPUs, none of them A100", "", 0),
    ("-N 4 --gpus-per-node=8 a100", "nvidia-a100-sxm4-80gb", 32),
    ("#SBATCH --gres=gpu:h100:4 --nodes=2", "nvidia-h100-sxm", 8),
    ("select=4:ngpus=4:gpu_model=v100", "nvidia-v100-sxm2-16gb", 16), ("--nodes=4 A100", "", 0),
    ("num_nodes=4, accelerators=A100:8", "nvidia-a100-sxm4-80gb", 32), ("gpu:a100:4", "nvidia-a100-sxm4-80gb", 4),
    ("BM.GPU.H100.8 (16 of them)", "nvidia-h100-sxm", 128), ("A100 (4 of them)", "nvidia-a100-sxm4-80gb", 4),
    ("v3-8 (4 of them)", "google-tpu-v3", 16),
])
def test_versions_denied_requests_of_schedulers_and_machines_counted(text: str, chip: str, chips: float) -> None:
    found = load_hardware(()).find(text)
    if not chip:
        assert isinstance(found, Refusal)
    else:
        assert isinstance(found, Match)
        assert (found.chip, found.chips) == (chip, chips)


@pytest.mark.parametrize(("active", "label"), [("7M", "speculative"), ("2B", "confident"), ("210M", "confident")])
def test_active_parameters_a_thousand_times_too_few_are_no_confident_answer(active: str, label: str) -> None:
    found = estimate({"model": "M", "parameters": "7B", "active_parameters": active, "tokens_seen": "1T"})
    assert found["confidence"] == label
    assert (found["flop_high"] / found["flop"] > 999) is (label == "speculative")


def test_a_family_named_for_its_series_gives_way_to_the_parameters_stated() -> None:
    """'BLOOM' is the Hub's name of its largest member: a table that writes it beside bloom-560m means the series."""
    of_560m = estimate({"model": "bloom-560m", "family": "bloom", "parameters": "560M", "tokens": "341B"})
    assert of_560m["flop"] == pytest.approx(6 * 560e6 * 341e9, rel=0.2)  # Le Scao et al. 2022, table 5: 560M, 341B
    assert of_560m["flop_high"] > 6 * 176e9 * 341e9 / 2
    assert "network-contradicted" in {check["code"] for check in of_560m["checks"]}
    largest = estimate({"family": "bloom", "parameters": "176B", "tokens": "366B"})
    assert largest["method"] == of_560m["method"]
    assert largest["flop"] == pytest.approx(6 * 176e9 * 366e9, rel=0.1)


@pytest.mark.parametrize(("name", "domain", "spanned"), [
    ("ResNet-50", "", True), ("VGG16", "", True), ("ViT-B/16", "", True), ("ResNet-50", "Language", False),
    ("Vitruvius", "", False), ("RoBERTa", "", False),
])
def test_tokens_of_a_network_of_images_may_be_images_whatever_its_field(name: str, domain: str, spanned: bool) -> None:
    found = estimate({"model": name, "parameters": 25.6e6, "tokens": 1.28e6, "epochs": 90, "domain": domain or None})
    assert ("tokens-of-images" in {check["code"] for check in found["checks"]}) is spanned
    # He et al. 2015, table 1: 3.8e9 multiply-adds an image, over 90 epochs of ImageNet
    assert (found["flop_high"] > 3 * 2 * 3.8e9 * 1.28e6 * 90) is spanned


#: What is written without its unit, and what was meant.
WITHOUT_UNITS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"parameters": 7, "tokens": "2T"}, {"parameters": "7B"}),
    ({"parameters": "1T", "active_parameters": 32, "tokens": "15.5T"}, {"active_parameters": "32B"}),
    ({"parameters": "7B", "tokens": 15}, {"tokens": "15T"}),
    ({"parameters": "175B", "tokens": 300}, {"tokens": "300B"}),
    ({"parameters": 7, "tokens": 2}, {"parameters": "7B", "tokens": "2T"}),
    ({"parameters": 110, "tokens": 800}, {"parameters": "110M", "tokens": "800M"}),
    ({"family": "resnet-50", "examples": 1.28, "epochs": 90}, {"examples": "1.28M"}),
    ({"family": "vit-b/16", "examples": 14, "epochs": 90}, {"examples": "14M"}),
    ({"forward_macs": 4.1, "examples": "1.28M", "epochs": 90}, {"forward_macs": "4.1 GMAC"}),
    ({"forward_flop": 569, "examples": "1.28M", "epochs": 90}, {"forward_flop": "569 MFLOP"}),
    ({"parameters": "7B", "steps": 1.4, "batch_tokens": "4M"}, {"steps": "1.4M"}),
    ({"parameters": "7B", "steps": "1.4M", "batch_size": 1024, "sequence_length": 4}, {"sequence_length": "4k"}),
]
OF_UNITS = {"units-missing", *(f"{count}-without-unit" for count in
                               ("parameters", "tokens", "examples", "operations", "steps", "length"))}


@pytest.mark.parametrize(("written", "meant"), WITHOUT_UNITS)
def test_what_lacks_its_unit_is_doubted_and_spans_what_was_meant(
    written: dict[str, Any], meant: dict[str, Any]
) -> None:
    doubted, right = estimate(written), estimate({**written, **meant})
    assert doubted["confidence"] == "speculative"
    assert doubted["flop_low"] <= right["flop"] <= doubted["flop_high"]
    assert not {check["code"] for check in right["checks"]} & OF_UNITS


@pytest.mark.parametrize("facts", [
    {"base_model": "Llama 2 7B", "parameters": "6.7B", "tokens": 7.5e4, "epochs": 1},  # some texts of a style
    {"forward_flop": 9e11, "examples_seen": 1e4},
    {"parameters": "66M", "tokens": "1M", "epochs": 40, "sequence_length": 35},
    {"parameters": 17, "tokens_seen": 100, "published": "1960"},
])
def test_small_counts_that_are_what_they_say_are_not_doubted(facts: dict[str, Any]) -> None:
    assert not {check["code"] for check in estimate(facts)["checks"]} & OF_UNITS


OLMO = {"parameters": "7B", "tokens": "2T", "batch_tokens": "4M"}


@pytest.mark.parametrize(("steps", "end"), [(55_000, "flop_high"), (5_500_000, "flop_low")])
def test_steps_that_pass_a_corpus_in_part_or_many_times_are_doubted(steps: int, end: str) -> None:
    record = estimate({**OLMO, "steps": steps})
    assert "tokens-contradict" in {check["code"] for check in record["checks"]}
    assert record["flop_low"] < 8.4e22 < record["flop_high"]
    assert record[end] != pytest.approx(estimate({**OLMO, "steps": steps, "epochs": 4e6 * steps / 2e12})[end], rel=0.5)


@pytest.mark.parametrize("facts", [
    {**OLMO, "steps": 500_000}, {**OLMO, "steps": 2_000_000},  # four times
    {"parameters": "340M", "tokens": "3.3B", "steps": "1M", "batch_size": 256, "sequence_length": 512},  # BERT
    {"parameters": "220M", "tokens": "156B", "tokens_seen": "34B", "steps": 524288, "batch_tokens": 65536},
    {"parameters": "220M", "tokens": "156B", "epochs": 0.22, "steps": 524288, "batch_tokens": 65536},
])
def test_passes_that_are_usual_or_stated_are_not(facts: dict[str, Any]) -> None:
    assert "tokens-contradict" not in {check["code"] for check in estimate(facts)["checks"]}
