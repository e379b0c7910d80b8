"""Chips, machines and slices that a run counts: how many chips that makes, and for how long."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from computeest import annotate, estimate
from computeest.hardware import Match, Refusal, load
from computeest.problems import InputError

DAY = 86400.0
V3, A100, MI250X, V100 = 123e12, 312e12, 383e12, 125e12


@pytest.mark.parametrize(("facts", "chips", "peak"), [
    # a slice's name says how many there are; what is counted beside it are its chips or its cores
    ({"chip": "TPU v3-1024"}, 512, V3),
    ({"chip": "TPU v3-1024", "chips": 512}, 512, V3),
    ({"chip": "TPU v3-1024", "chips": 1024}, 512, V3),
    ({"chip": "TPU v3-1024", "chips": 1}, 512, V3),
    ({"chip": "TPU v3-1024", "cores": 1024}, 512, V3),
    ({"chip": "2 x TPU v3-1024"}, 1024, V3),
    ({"chip": "TPU v3 pod", "chips": 1024}, 1024, V3),
    ({"chip": "TPU v3 pod", "chips": 2}, 2048, V3),
    ({"chip": "DGX-1", "chips": 8, "published": "2019-01-01", "number_format": "fp16"}, 8, V100),
    ({"chip": "DGX A100", "chips": 64}, 512, A100),
    ({"chip": "MI250X GCD", "chips": 512, "number_format": "bf16"}, 256, MI250X),
])
def test_how_many_chips_a_run_had(facts: dict[str, object], chips: float, peak: float) -> None:
    record = estimate({**facts, "time": "1 day", "utilization": 0.5})
    assert record["flop"] == pytest.approx(chips * DAY * peak * 0.5, rel=0.01)


@pytest.mark.parametrize(("facts", "chip_days", "peak"), [
    # a DGX has no GPU-hours of its own, while a core and a GCD are what such hours are of
    ({"chip": "DGX A100", "chip_time": "100 GPU-days"}, 100, A100),
    ({"chip": "TPU v3-1024", "chip_time": "100 TPU-days"}, 100, V3),
    ({"chip": "TPU v3 core", "chip_time": "100 TPU-days"}, 50, V3),
    ({"chip": "MI250X GCD", "chip_time": "100 GPU-days", "number_format": "bf16"}, 50, MI250X),
])
def test_whose_time_it_was(facts: dict[str, object], chip_days: float, peak: float) -> None:
    assert estimate({**facts, "utilization": 0.5})["flop"] == pytest.approx(chip_days * DAY * peak * 0.5, rel=0.01)


@pytest.mark.parametrize(("chips", "warned"), [(64, True), (8, False)])
def test_a_count_of_machines_is_said_out_loud(chips: int, warned: bool) -> None:
    record = estimate({"chip": "DGX A100", "chips": chips, "time": "1 day"})
    said = [check["message"] for check in record["checks"] if check["code"] == "machines-counted"]
    assert said == (["one 'DGX A100' is 8 chips, and they are taken to be 512 chips in all: where chips were counted, "
                     "name the chip alone"] if warned else [])


def test_a_run_on_chips_without_a_peak_is_held_against_nothing() -> None:
    runs = [{"stage": "self-play", "chip": "first-generation TPU", "chips": 5000, "time": "9 hours"},
            {"stage": "training", "chip": "second-generation TPU", "chips": 16, "time": "9 hours"}]
    record = estimate({"published": "2018-12-07", "runs": runs})
    codes = {check["code"] for check in record["checks"]}
    assert {"run-not-estimated", "chip-without-peak"} <= codes
    assert "accelerator-time-mismatch" not in codes
    assert record["flop"] == pytest.approx(16 * 9 * 3600 * 46e12 * 0.3, rel=0.01)


def test_a_bound_on_the_number_of_chips_is_said_out_loud() -> None:
    record = estimate({"chip": "up to 384 A100 SXM4 80GB GPUs", "time": "1 day"})
    assert "'up to 384' is a bound" in next(c["message"] for c in record["checks"] if c["code"] == "chip-ambiguous")


@pytest.mark.parametrize(("text", "chip", "count"), [
    ("8 A100 (640GB total)", "nvidia-a100-sxm4-80gb", 8), ("8x A100 (640 GB in total)", "nvidia-a100-sxm4-80gb", 8),
    ("16 V100 (512GB total)", "nvidia-v100-sxm2-32gb", 16), ("16 A100 40GB, 640GB total", "nvidia-a100-sxm4-40gb", 16),
    ("2 DGX A100 (1280GB total)", "nvidia-a100-sxm4-80gb", 16),
    ("4 DGX A100 (1280 GB in total)", "nvidia-a100-sxm4-40gb", 32),
    ("A100 80GBx8", "nvidia-a100-sxm4-80gb", 8), ("A100-80GBx8", "nvidia-a100-sxm4-80gb", 8),
    ("V100 32GB×4", "nvidia-v100-sxm2-32gb", 4), ("64 A100 80GB total", "nvidia-a100-sxm4-80gb", 64)])
def test_memory_of_all_chips_and_a_count_right_behind_it(text: str, chip: str, count: int) -> None:
    found = load().find(text)
    assert isinstance(found, Match)
    assert (found.chip, found.chips) == (chip, count)


@pytest.mark.parametrize("text", ["8 A100 (320GB)", "8 A100 (500GB total)", "A100 70GBx8"])
def test_memory_that_no_such_chip_has_is_refused(text: str) -> None:
    assert isinstance(load().find(text), Refusal)


@pytest.mark.parametrize(("facts", "hours"), [
    ({"time": "240 GPU hours on 8 A100"}, 240), ({"time": "240 A100 hours on 8 GPUs"}, 240),
    ({"time": "10 GPU-days (4 V100)"}, 240), ({"time": "30 hours (8 A100)"}, 240),
    ({"time": "240 GPU hours on 8 A100", "chips": 8}, 240)])
def test_accelerator_time_beside_how_many_ran_is_that_of_all(facts: dict[str, Any], hours: float) -> None:
    assert estimate(facts)["chip_hours"] == pytest.approx(hours)


@pytest.mark.parametrize("facts", [
    {"time": "240 A100 hours on 8 V100"}, {"time": "240 V100 hours on 4 nodes of 8 A100"}, {"time": "1 day (8 GPUs)"},
    {"time": "240 GPU hours on 8 A100", "chips": 16}, {"time": "240 GPU hours on 8 A100", "chip": "V100"},
    {"chips": "64 TPU", "chip": "A100", "time": "10 days"}, {"chips": "64 GPUs", "chip": "TPU v4", "time": "10 days"},
    {"chip_time": "1000 TPU core-hours", "chip": "A100"}, {"chip_time": "1000 GPU hours", "chip": "TPU v4"}])
def test_what_contradicts_the_chip_or_the_count_is_an_error(facts: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        estimate(facts)


@pytest.mark.parametrize("facts", [
    {"chips": "64 GPUs", "chip": "A100", "time": "10 days"}, {"chips": "64 TPUs", "chip": "TPU v4", "time": "10 days"},
    {"chips": "64 GPUs", "chip": "Gaudi 2", "time": "10 days"}])
def test_the_line_of_the_chip_is_no_contradiction(facts: dict[str, Any]) -> None:
    assert estimate(facts)["chip_hours"] == pytest.approx(64 * 240)


@pytest.mark.parametrize(("header", "beside", "hours"), [
    ("GPU hours (A100)", {}, 240), ("GPU hours (RTX 3090)", {}, 240), ("A100-hours", {}, 240), ("V100 days", {}, 5760),
    ("GPU hours (A100)", {"chip": "V100"}, None), ("A100-hours", {"chip": "V100"}, None),
    ("chip-hours (TPU v4)", {"chip": "TPU v4"}, 240), ("GPU hours (8xA100)", {}, None),
    ("node hours", {"chip": "DGX A100"}, 1920), ("Time (node-hours)", {"chip": "A100", "GPUs per node": "4"}, 960),
    ("node hours", {"chip": "V100"}, None), ("node_hours", {}, None), ("pod hours", {"chip": "DGX A100"}, None),
    ("node-hours (DGX A100)", {"chip": "DGX A100"}, None)])
def test_headers_that_name_the_chip_or_the_machine(header: str, beside: dict[str, str], hours: float | None) -> None:
    table = pa.table({"model": ["m"], header: ["240"], **{name: [cell] for name, cell in beside.items()}})
    row = annotate(table).to_pylist()[0]
    if hours is None:
        assert row["flop"] is None
    else:
        assert row["flop"] > 0
        assert row["chip_hours"] == pytest.approx(hours)


def test_no_answer_is_confident_where_a_word_beside_the_chip_is_not_understood() -> None:
    facts = {"chips": 8, "time": "3 days", "number_format": "fp16", "utilization": 0.4}
    known, doubted = (estimate({**facts, "chip": chip}) for chip in ("V100", "Zorg V100"))
    assert known["flop"] == doubted["flop"]
    assert (known["confidence"], doubted["confidence"]) == ("confident", "likely")
    [said] = [check for check in doubted["checks"] if check["code"] == "chip-word-not-understood"]
    assert said["level"] == "warning"
    assert "'Zorg'" in said["message"]
    beside = estimate({"chip": "A100", "chip_time": "1000 Foo A100 hours"})
    assert "chip-word-not-understood" in {check["code"] for check in beside["checks"]}
    # where the answer rests on other facts, the label stays
    assert estimate({"parameters": "10B", "tokens": "200B", "chip": "Zorg V100"})["confidence"] == "confident"


@pytest.mark.parametrize(("text", "hours"), [
    ("240 GPU hours on 4 nodes of 8 A100", 240), ("240 GPU-hours on four nodes with 8 A100 each", 240),
    ("240 GPU hours on 2 DGX A100", 240), ("320 DGX-A100 GPU hours", 320), ("240 GPU hours (DGX A100)", 240),
    ("240 accelerator-hours on p4d.24xlarge", 240), ("320 DGX-A100 hours", 2560),
    ("240 hours on 4 nodes of 8 A100", 7680), ("16 nodes of 8 H100 GPUs for 12 days", 36_864),
])
def test_hours_of_each_chip_are_not_those_of_the_machine_beside_them(text: str, hours: float) -> None:
    assert estimate({"chip_time": text})["chip_hours"] == pytest.approx(hours)


def test_the_chips_on_all_nodes_are_held_against_others() -> None:
    facts = {"chip_time": "240 GPU hours on 4 nodes of 8 A100"}
    assert estimate({**facts, "chips": 32})["chip_hours"] == pytest.approx(240)
    with pytest.raises(InputError, match="counts 32 chips, but chips says 64"):
        estimate({**facts, "chips": 64})
    with pytest.raises(InputError, match="this is the time of NVIDIA A100"):
        estimate({**facts, "chip": "V100"})


def test_a_header_names_no_other_chip_than_the_cells() -> None:
    rows = annotate(pd.DataFrame({"chip": ["V100", "A100"], "GPU hours (A100)": [1000, 1000]}))
    assert rows["chip_hours"].isna().tolist() == [True, False]
    assert "this is the time of NVIDIA A100" in rows["problems"][0]
    rows = annotate(pd.DataFrame({"chip": ["V100"], "GPU hours (XY-A100)": [1000]}))
    assert "'XY-A100' in this time is no chip that is known" in rows["problems"][0]
    assert rows["flop"].isna().all()
    rows = annotate(pd.DataFrame({"model": ["A"], "GPU hours (DGX A100)": [1000]}))
    assert rows["chip_hours"][0] == pytest.approx(1000)


@pytest.mark.parametrize(("chip", "nodes"), [
    ("8 A100 (2 nodes)", 2), ("8x A100 80GB, 2 nodes", 2), ("4 A100 (4 nodes)", 4), ("8 V100 GPUs on 2 machines", 2)])
def test_so_few_chips_behind_which_nodes_are_named_may_be_those_of_each(chip: str, nodes: int) -> None:
    facts = {"chip": chip, "time": "1 day", "number_format": "fp16", "utilization": 0.4}
    known, open_ = (estimate({**facts, "chip": one}) for one in (chip.replace("(", "across ").replace(",", " across")
                                                                 .replace(" on", " across").replace(")", ""), chip))
    assert known["flop"] == open_["flop"]
    assert open_["flop_high"] / known["flop_high"] == pytest.approx(nodes, rel=0.01)
    assert "chips-or-of-each-node" in {check["code"] for check in open_["checks"]}
    assert "chips-or-of-each-node" not in {check["code"] for check in known["checks"]}
    for chips in (open_["chip_hours"] / 24, nodes * open_["chip_hours"] / 24):  # either of them decides it
        decided = estimate({**facts, "chips": chips})
        assert decided["chip_hours"] == pytest.approx(chips * 24)
        assert "chips-or-of-each-node" not in {check["code"] for check in decided["checks"]}


@pytest.mark.parametrize("facts", [
    {"chip_time": "240 hours on 8 A100 (2 nodes)"}, {"time": "10 days on 8 A100 (2 nodes)"}])
def test_time_on_so_few_chips_may_be_that_of_more(facts: dict[str, Any]) -> None:
    known = {"utilization": 0.4, "number_format": "bf16"}
    record, all_ = estimate({**known, **facts}), estimate({**known, "chip": "A100", "chip_time": "1920 GPU-hours"})
    assert record["flop"] == pytest.approx(all_["flop"])
    assert record["flop_high"] / all_["flop_high"] == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("chip", ["64 A100 (8 nodes)", "16 H100 (2 nodes)", "32 A100 (8 nodes)",
                                  "8 A100 on a cluster of 36 nodes", "8 A100 in total (2 nodes)"])
def test_more_chips_than_a_node_has_are_all_there_were(chip: str) -> None:
    record = estimate({"chip": chip, "time": "1 day"})
    assert "chips-or-of-each-node" not in {check["code"] for check in record["checks"]}


@pytest.mark.parametrize(("chip", "cores"), [("TPU v4-512", 512), ("TPU v3-1024", 1024), ("v5p-1024", 1024),
                                             ("tpu7x-128", 128)])
def test_as_many_chips_as_a_slice_has_cores_may_be_chips(chip: str, cores: int) -> None:
    facts = {"chip": chip, "time": "10 days", "number_format": "bf16", "utilization": 0.4}
    sure, doubted = estimate({**facts, "chips": cores // 2}), estimate({**facts, "chips": cores})
    assert sure["flop"] == doubted["flop"]
    assert (sure["confidence"], doubted["confidence"]) == ("confident", "likely")
    assert doubted["flop_high"] / sure["flop_high"] == pytest.approx(2, rel=0.01)
    # where the answer rests on other facts, the label stays
    counted = {"parameters": "10B", "tokens": sure["flop"] / 6e10}
    assert estimate({**facts, "chips": cores, "utilization": None, **counted})["confidence"] == "confident"


def test_a_slice_whose_number_counts_chips_is_no_contradiction() -> None:
    record = estimate({"chip": "v5litepod-256", "chips": 256, "time": "10 days", "utilization": 0.4})
    assert "chips-or-cores-of-slice" not in {check["code"] for check in record["checks"]}
    assert record["chip_hours"] == pytest.approx(256 * 240)


@pytest.mark.parametrize(("facts", "chips"), [
    ({"chip": "DGX H100", "nodes": 4}, 32), ({"chip": "p4d.24xlarge", "instance_count": 4}, 32),
    ({"chip": "p3.8xlarge", "nodes": 4}, 16), ({"chip": "DGX A100", "nodes": 4, "chips": 32}, 32),
    ({"chip": "2 DGX A100", "nodes": 2}, 16), ({"chip": "A100", "nnodes": 4, "nproc_per_node": 8}, 32),
    ({"chip": "A100", "world_size": 64}, 64), ({"chip": "A100", "num_processes": 32, "num_machines": 4}, 32),
    ({"chip": {"A100": 8}}, 8), ({"chip": {"A100": 8, "V100": 16}}, 24),
    ({"chip": "A100", "chips": 16, "nodes": 4}, 16), ({"chip": "A100", "chips": 16, "nodes": 2}, 16),
    ({"chip": "V100", "chips": 12, "nodes": 2}, 12)])
def test_nodes_are_the_machines_that_the_chips_name_says(facts: dict[str, Any], chips: float) -> None:
    record = estimate({**facts, "time": "1 day"})
    assert record["chip_hours"] == pytest.approx(chips * 24)
    assert not {"machines-counted", "chips-or-of-each-node"} & {check["code"] for check in record["checks"]}


@pytest.mark.parametrize("facts", [{"chips": 8, "nodes": 2}, {"chips": 16, "nodes": 8}, {"chips": 16, "nodes": 16}])
def test_a_few_chips_on_nodes_that_seldom_hold_so_many_may_be_those_of_each(facts: dict[str, Any]) -> None:
    record = estimate({**facts, "chip": "A100", "time": "1 day"})
    assert "chips-or-of-each-node" in {check["code"] for check in record["checks"]}


def test_a_mapping_of_a_chip_and_its_memory_is_no_count() -> None:
    with pytest.raises(InputError, match="80 is neither a count nor a memory size"):
        estimate({"chip": {"A100": 80}, "time": "1 day"})
    with pytest.raises(InputError, match="'vlaue' is none of value"):
        estimate({"chip": {"vlaue": "A100"}, "time": "1 day"})


@pytest.mark.parametrize("chip", ["GB200 NVL72", "GB200 Superchip", "A100"])
def test_racks_and_superchips_are_no_nodes(chip: str) -> None:
    with pytest.raises(InputError, match="chips_per_node"):
        estimate({"chip": chip, "nodes": 4, "time": "1 day"})


def test_chips_beside_nodes_and_the_chips_of_each() -> None:
    facts = {"time": "1 day", "utilization": 0.4, "nodes": 4, "chips_per_node": 8}
    for same in ({"chip": "8 A100 SXM"}, {"chip": "A100 SXM", "chips": 8}):  # of each, though they may be all
        record, all_ = estimate({**facts, **same}), estimate({**facts, "chip": "A100 SXM"})
        assert record["flop"] == all_["flop"]
        assert record["flop_low"] < all_["flop_low"] / 3
        assert "chips-or-of-each-node" in {check["code"] for check in record["checks"]}
    assert estimate({**facts, "chip": "A100 SXM", "chips": 30})["chip_hours"] == pytest.approx(30 * 24)
    for more in ({"chip": "64 A100 SXM"}, {"chip": "A100 SXM", "chips": 64}):
        with pytest.raises(InputError, match="'4 nodes of 8' counts 32 chips, but chips says 64"):
            estimate({**facts, **more})
    row = annotate(pd.DataFrame({"chip": ["A100 SXM"], "chips": [64], "nodes": [4], "GPUs per node": [8],
                                 "time": ["1 day"]})).iloc[0]
    assert pd.isna(row["flop"])


@pytest.mark.parametrize(("chip", "chips"), [
    # 'over' and its like place what stands before them
    ("8 H100 over 4 nodes", 8), ("32 H100, FSDP over 32 GPUs", 32), ("spread over 64 H100 GPUs", 64),
    ("64 H100 within 4 nodes", 64), ("trained under 8 H100 GPUs", 8),
    # what the number counts is no chip
    ("8 H100, averaged over 4 runs", 8), ("8 H100, at least 4 seeds", 8), ("64 H100 for more than 1,000 hours", 64),
    ("64 H100 (over 1,024 GPU hours)", 64), ("64 H100 with at least 32 CPU cores", 64), ("64 H100, CUDA >= 12.8", 64),
    ("64 H100 (batch size up to 32)", 64), ("64 H100, up to 8 per node", 64),
    # and here it is the number itself
    ("just over 64 H100", 64), ("slightly more than 64 H100", 64),
])
def test_words_that_bound_no_number_of_chips(chip: str, chips: float) -> None:
    record = estimate({"chip": chip, "time": "1 day"})
    assert record["chip_hours"] == pytest.approx(24 * chips)
    assert "bound" not in {check["code"] for check in record["checks"]}


@pytest.mark.parametrize(("chip", "low", "high"), [
    ("over 64 H100", 64, 192), ("a cluster of over 10,000 H100s", 10_000, 30_000), ("over 10K H100s", 10_000, 30_000),
    ("more than one thousand H100", 1000, 3000), ("over sixty-four H100 GPUs", 64, 192), ("64 H100 or more", 64, 192),
    ("H100 x 64 or fewer", 32, 64), ("trained on over 64 H100", 64, 192), ("more than 2 nodes of 8 H100", 16, 48),
    ("8 nodes with up to 8 H100 each", 32, 64),
])
def test_words_that_bound_a_number_of_chips(chip: str, low: float, high: float) -> None:
    record = estimate({"chip": chip, "time": "1 day"})
    assert record["chip_hours"] == pytest.approx(24 * (low * high) ** 0.5)
    assert "bound" in {check["code"] for check in record["checks"]}


@pytest.mark.parametrize("chip", ["50% of 64 A100", "50 percent of the 64 A100 GPUs", "1/2 of 64 A100",
                                  "0.5 of 64 A100", "75% of a 64 A100 cluster"])
def test_a_part_of_a_number_of_chips_is_asked_for(chip: str) -> None:
    with pytest.raises(InputError, match="is a part of them: write how many chips there are"):
        estimate({"chip": chip, "time": "1 day"})


@pytest.mark.parametrize("chip", ["64 A100 at 50% utilization", "64 A100 (75% of the cluster)",
                                  "64 A100, 30% of 8 days"])
def test_a_share_of_something_else_is_none_of_the_chips(chip: str) -> None:
    assert estimate({"chip": chip, "time": "1 day"})["chip_hours"] == pytest.approx(24 * 64)
