"""Finding chips in the words of papers: every spelling, every refusal, and noise that changes nothing."""

from __future__ import annotations

import csv
import datetime
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest.hardware import Match, Refusal, load

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "hardware"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder with the facts to check against")


def _table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


OURS = _table(DATA / "chip_spellings.tsv", "\t")
REFUSED = (DATA / "chip_refusals.txt").read_text("utf-8").splitlines()


def found(text: str, published: datetime.date | None = None) -> Match:
    match = load().find(text, published)
    assert isinstance(match, Match), f"{text}: {match}"
    return match


@pytest.mark.parametrize("row", OURS, ids=[row["text"] for row in OURS])
def test_spelling(row: dict[str, str]) -> None:
    match = found(row["text"])
    assert (match.chip, match.chips) == (row["chip"], float(row["chips"]))
    if match.count is not None:
        assert match.chips == match.count * match.chips_per_unit
    else:
        assert match.chips == match.chips_per_unit


@pytest.mark.parametrize("text", REFUSED)
def test_refusal(text: str) -> None:
    refusal = load().find(text)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.reason


@needs_shared
@pytest.mark.parametrize("row", rows := _table(SHARED / "spellings.csv"), ids=[row["spelling"] for row in rows])
def test_shared_spelling(row: dict[str, str]) -> None:
    match = load().find(row["spelling"])
    if not row["canonical_chip"]:
        assert isinstance(match, Refusal)
        return
    assert isinstance(match, Match), match
    assert match.chip == row["canonical_chip"]
    assert match.chips_per_unit == float(row["chips_per_unit"])
    assert match.chips == float(row["total_chips"])
    # that file calls an A800 plain and an A100 ambiguous, though both are of the same three kinds, and knows one GH200
    if not {"A800", "GH200"} & set(row["spelling"].split()):
        assert match.ambiguous == (row["ambiguous"] == "y")


@needs_shared
@pytest.mark.parametrize("row", rows := _table(SHARED / "aliases.csv"), ids=[row["string"] for row in rows])
def test_shared_alias(row: dict[str, str]) -> None:
    matches = load().find_all(row["string"])
    assert isinstance(matches, list), matches
    assert [match.chip for match in matches] == row["canonical_id"].split(";")
    if len(matches) == 1:
        assert matches[0].chips_per_unit == float(row["chips_per_unit"])
        return
    found_ = load().find(row["string"])
    accelerators = [match.chip for match in matches if load().chip(match.chip).kind != "cpu"]
    if len(accelerators) == 1:  # what stands beside it is its host
        assert isinstance(found_, Match)
        assert found_.chip == accelerators[0]
    else:
        assert isinstance(found_, Refusal)
        assert found_.suggestions == row["canonical_id"].split(";")


@pytest.mark.parametrize("chip_id", load().ids)
def test_id_means_its_chip(chip_id: str) -> None:
    assert found(chip_id).chip == chip_id


#: Epoch's table writes these for chips whose form factor a paper leaves out: families.yaml.
EPOCHS = {"nvidia-v100-dgxs-16gb", "nvidia-v100-dgxs-32gb", "nvidia-a800-pcie-40gb"}


@pytest.mark.parametrize("chip_id", [chip_id for chip_id in load().ids if chip_id not in EPOCHS])
def test_name_means_its_chip(chip_id: str) -> None:
    chip = load().chip(chip_id)
    for name in (chip.name, *chip.aliases):
        for text, chips in ((name, 1), (f"8 x {name}", 8), (f"16 {name} GPUs", 16), (f"{name} x 4", 4)):
            if name.isdigit() and text.startswith(f"{name} "):
                continue  # '3090 x 4' may be a count first
            match = found(text)
            assert (match.chip, match.chips) == (chip_id, chips), text


@pytest.mark.parametrize("system_id", load().systems)
def test_machine_means_its_chips(system_id: str) -> None:
    system = load().systems[system_id]
    day = datetime.date.fromisoformat(system["from"]) if "from" in system else None
    if "until" in system:
        day = datetime.date.fromisoformat(system["until"]) - datetime.timedelta(days=1)
    for name in (system_id, system["name"], *system.get("aliases", ())):
        match = found(name, day)
        assert (match.chip, match.chips) == (system["chip"], system["chips"]), name
        match = found(f"16 x {name}", day)
        assert (match.chip, match.chips, match.count) == (system["chip"], 16 * system["chips"], 16), name


def test_family_means_its_default_and_names_the_others() -> None:
    for family in load().families.values():
        for alias in family["aliases"]:
            match = found(alias)
            assert match.chip == family["default"], alias
            assert match.ambiguous
            assert set(match.alternatives) == set(family["members"]) - {family["default"]}, alias
            peaks = [peak for chip in family["members"] if (peak := load().chip(chip).training_peak) is not None]
            assert (match.peak_low, match.peak_high) == (min(peaks), max(peaks)), alias
            assert load().chip(match.chip).name in match.why


@pytest.mark.parametrize(("text", "day", "chip"), [
    ("A100", "2020-07-01", "nvidia-a100-sxm4-40gb"),  # 80 GB was announced on 2020-11-16
    ("A100", "2021-07-01", "nvidia-a100-sxm4-80gb"),
    ("8 x A100 GPUs", "2020-11-15", "nvidia-a100-sxm4-40gb"),
    ("Titan X", "2016-08-01", "nvidia-gtx-titan-x"),  # the Pascal card came out on 2016-08-02
    ("Titan X", "2016-08-02", "nvidia-titan-x-pascal"),
    ("RTX 6000", "2020-01-01", "nvidia-quadro-rtx-6000"),
    ("RTX 6000", "2024-01-01", "nvidia-rtx-6000-ada"),
    ("Quadro RTX 6000", "2024-01-01", "nvidia-quadro-rtx-6000"),
    ("DGX-1", "2016-12-01", "nvidia-p100-sxm2"),
    ("DGX-1", "2018-12-01", "nvidia-v100-sxm2-16gb"),
    ("DGX-1 with 8 P100", "2018-12-01", "nvidia-p100-sxm2"),
    ("DGX-1 with 8 V100", None, "nvidia-v100-sxm2-16gb"),
    ("IPU", "2019-01-01", "graphcore-gc2"),
])
def test_date_decides_ambiguous_names(text: str, day: str | None, chip: str) -> None:
    assert found(text, datetime.date.fromisoformat(day) if day else None).chip == chip


def test_chips_that_did_not_exist_are_no_alternatives() -> None:
    assert found("V100", datetime.date(2017, 12, 1)).alternatives == ("nvidia-v100-pcie-16gb",)
    assert "nvidia-v100s-pcie-32gb" in found("V100", datetime.date(2021, 1, 1)).alternatives


@pytest.mark.parametrize(("text", "low", "high"), [
    ("K80", 4.365e12, 8.73e12),  # a card, or one of its two GPUs
    ("TPU v3", 61.5e12, 123e12),  # a chip, or one of its two cores
    ("TPU v3 chip", 123e12, 123e12),
    ("128 TPU v3 cores", 123e12, 123e12),
    ("MI250X GCD", 383e12, 383e12),
    ("V100", 112e12, 130e12),
    ("A100", 312e12, 312e12),
    ("H100", 756e12, 989.4e12),
    ("V100 32GB PCIe", 112e12, 112e12),
])
def test_plausible_peaks(text: str, low: float, high: float) -> None:
    match = found(text)
    assert match.peak_low == pytest.approx(low, rel=1e-3)
    assert match.peak_high == pytest.approx(high, rel=1e-3)
    assert match.ambiguous == (low != high or text == "A100")


@pytest.mark.parametrize(("text", "day", "high"), [
    ("Quadro 6000", None, 130.5e12),  # papers shorten Quadro RTX 6000
    ("Quadro 6000", "2021-06-01", 130.5e12),
    ("Quadro 6000", "2012-06-01", 1.029e12),  # there was no RTX 6000 to shorten
    ("8 x Quadro 5000", "2012-06-01", 0.722e12),
    ("Ascend 910B", "2024-01-01", 400e12),
])
def test_other_readings_are_of_chips_that_existed(text: str, day: str | None, high: float) -> None:
    match = found(text, datetime.date.fromisoformat(day) if day else None)
    assert match.peak_high == pytest.approx(high, rel=2e-3)
    assert match.ambiguous == (match.peak_low < match.peak_high) == bool(match.why)


def test_integer_chip_has_no_training_peak() -> None:
    match = found("TPU v1")
    assert math.isnan(match.peak_low)
    assert math.isnan(match.peak_high)


@pytest.mark.parametrize(("text", "chips"), [
    ("8 A100 and 4 V100", [("nvidia-a100-sxm4-80gb", 8), ("nvidia-v100-sxm2-16gb", 4)]),
    ("A100 (40GB) / V100 (32GB)", [("nvidia-a100-sxm4-40gb", None), ("nvidia-v100-sxm2-32gb", None)]),
    ("2x RTX 3090 + 1x A6000", [("nvidia-rtx-3090", 2), ("nvidia-rtx-a6000", 1)]),
    ("RTX 2080 Ti and 3090", [("nvidia-rtx-2080-ti", None), ("nvidia-rtx-3090", None)]),
    ("TPU v2 and v3", [("google-tpu-v2", None), ("google-tpu-v3", None)]),
    ("TPU v3/v4", [("google-tpu-v3", None), ("google-tpu-v4", None)]),
    ("512 TPU v3 and 256 TPU v4 chips", [("google-tpu-v3", 512), ("google-tpu-v4", 256)]),
    ("1,024 A100, 2,048 H100", [("nvidia-a100-sxm4-80gb", 1024), ("nvidia-h100-sxm", 2048)]),
    ("V100 16GB; V100 32GB", [("nvidia-v100-sxm2-16gb", None), ("nvidia-v100-sxm2-32gb", None)]),
])
def test_lists_of_chips(text: str, chips: list[tuple[str, float | None]]) -> None:
    matches = load().find_all(text)
    assert isinstance(matches, list), matches
    assert [(match.chip, match.count) for match in matches] == chips
    refusal = load().find(text)
    assert isinstance(refusal, Refusal)
    assert refusal.suggestions == [chip for chip, _ in chips]


def test_two_names_of_the_same_are_one() -> None:
    match = found("DGX A100, 8x A100 80GB")
    assert (match.chip, match.chips) == ("nvidia-a100-sxm4-80gb", 8)


@pytest.mark.parametrize(("text", "message"), [
    ("A100-80", "in 'A100-80', 80 is neither a count nor a memory size: write '80 x' or '80 GB'; closest: "
                "'NVIDIA A100 SXM4 80GB', 'NVIDIA A100 SXM4 40GB', 'NVIDIA A100 PCIe 80GB', 'NVIDIA A100 PCIe 40GB', "
                "'NVIDIA A100 custom SXM 64GB (Leonardo)'"),
    ("8 GPUs", "'8 GPUs' names no chip"),
    ("", "the text is empty"),
    ("16 A100 nodes", "in '16 A100 nodes', the text counts nodes and not the chips in each"),
    ("4-8 V100S GPUs", "in '4-8 V100S GPUs', a range of numbers is no count"),
    ("GTX 1040", "no chip is called 'GTX 1040'"),
    ("RTX 4080 Ti", "'RTX 4080 Ti' in 'RTX 4080 Ti' is not a chip that is known"),
    ("TPU v3-32 (64 chips)",
     "in 'TPU v3-32 (64 chips)', 64 chips and the slice's name count different numbers of chips"),
    ("AMD T4", "'AMD T4': NVIDIA T4 is not by AMD"),
    ("4 nodes, 8 V100S",
     "in '4 nodes, 8 V100S', the text does not say whether that is the number of chips in each or in all"),
])
def test_refusal_says_why(text: str, message: str) -> None:
    refusal = load().find(text)
    assert isinstance(refusal, Refusal)
    assert str(refusal) == message or refusal.reason == message


def test_suggestions_are_names_that_are_understood() -> None:
    for text in REFUSED:
        refusal = load().find(text)
        assert isinstance(refusal, Refusal)
        for name in refusal.suggestions:
            assert isinstance(load().find(name), Match), (text, name)


@pytest.mark.parametrize(("text", "chip"), [
    ("NVIDIA GTX 1040", "nvidia-gtx-1070"), ("GeForce RTX 3090Tii", "nvidia-rtx-3090-ti"),
    ("A1OO", ""), ("TPU v8", "google-tpu-8t"), ("Gaudi 4", "intel-gaudi3"), ("MI255X", "amd-mi250x"),
])
def test_suggestions_are_near(text: str, chip: str) -> None:
    refusal = load().find(text)
    assert isinstance(refusal, Refusal)
    if chip:
        assert load().chip(chip).name in refusal.suggestions


NAMES = st.sampled_from([chip.name for chip in load() if chip.id not in EPOCHS])
#: A final s is part of these names, so that its case carries meaning: V100S is a product, V100s are several V100.
WITH_S = ("nvidia-l40s", "nvidia-v100s-pcie-32gb")


@st.composite
def noisy(draw: st.DrawFn) -> tuple[str, str]:
    """A text and the same text with other case, spaces and hyphens."""
    name = draw(NAMES)
    prefix = draw(st.sampled_from(["", "8 x ", "16 ", "two ", "1,024 ", "a single ", "4 nodes with 8 "]))
    suffix = draw(st.sampled_from(["", " GPUs", " cards", " chips", " x 8"])) if not prefix or prefix[0] != "4" else ""
    clean = f"{prefix}{name}{suffix}"
    if " x 8" in suffix and prefix:
        clean = f"{prefix}{name}"
    cased = "".join(draw(st.sampled_from([letter.upper(), letter.lower()])) for letter in name)
    spaced = re.sub(r"[ -]", lambda gap: draw(st.sampled_from([" ", "-", "  ", "_"])), cased)
    noise = clean.replace(name, spaced)
    return clean, draw(st.sampled_from(["", " ", "  "])) + noise + draw(st.sampled_from(["", " ", "\n"]))


@given(noisy())
def test_noise_changes_nothing(texts: tuple[str, str]) -> None:
    clean, noise = found(texts[0]), load().find(texts[1])
    assert isinstance(noise, Match), (texts, noise)
    if clean.chip in WITH_S:
        return
    assert (noise.chip, noise.count, noise.chips) == (clean.chip, clean.count, clean.chips), texts


@given(st.sampled_from([row["text"] for row in OURS if " " in row["text"] and "(" not in row["text"]]), st.data())
def test_more_space_changes_nothing(text: str, data: st.DataObject) -> None:
    noise = re.sub(" ", lambda _: data.draw(st.sampled_from([" ", "  ", " \t", "\u00a0"])), text)
    clean, found_noisy = found(text), load().find(noise)
    assert isinstance(found_noisy, Match), (noise, found_noisy)
    assert (found_noisy.chip, found_noisy.chips) == (clean.chip, clean.chips)


@given(NAMES, st.integers(2, 100_000))
def test_plural_and_count_change_nothing(name: str, number: int) -> None:
    chip = found(name).chip
    for text in (f"{number} {name}s", f"{number:,} {name} GPUs", f"{number}x {name}", f"{name} × {number}"):
        match = found(text)
        assert (match.chip, match.chips) == (chip, number), text


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(load().find(text), (Match, Refusal))
    assert isinstance(load().find_all(text), (list, Refusal))


WORDS = ["8", "x", "A100", "V100s", "TPU", "v3", "-128", "GB", "80", "nodes", "each", "per", "(", ")", ",", "and",
         "K80", "DGX-1", "a", "half", "GPUs", "cores", "pod", "SXM4", "1/2", "two", "to", "days", "4090", "Ti", "with",
         "total", "MI250X", "GCDs", "×", "@", "p3.16xlarge", "T4", "s", "0", "10^9", "1e30", "999999999999999999999"]


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(["", " ", "-"]))
def test_any_words_are_answered(words: list[str], gap: str) -> None:
    text = gap.join(words)
    match = load().find(text)
    assert isinstance(match, (Match, Refusal))
    if isinstance(match, Match):
        assert match.chips > 0
        assert math.isfinite(match.chips)
        assert match.chip in load()
    else:
        assert isinstance(match.suggestions, list)


def test_long_texts_are_answered_at_once() -> None:
    for text in ("A100 " * 399, "(" * 1999, "8 " * 900, "1," * 900, "x" * 10**7, "9" * 1999, "-A" * 900):
        assert isinstance(load().find(text), (Match, Refusal))
    assert isinstance(load().find("x " * 10**7 + "7777 GPUs"), Refusal)  # a count that stands alone
    refusal = load().find("A100 " * 10_000)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the text has 50,000 characters; a chip's name has fewer than 2,000"


@given(st.sampled_from([*(row["text"] for row in OURS), *REFUSED, *(f"{{}} {text}" for text in REFUSED)]),
       st.integers(17, 99_999))
def test_reading_once_for_all_counts_changes_nothing(text: str, number: int) -> None:
    # a text with one large number is read by way of the same text with its count left open
    asked = re.sub(r"\b\d{2,5}\b", str(number), text, count=1)
    quick, slow = load().find(asked), load()._finder._find(asked, None)
    if isinstance(quick, Refusal) and isinstance(slow, Refusal):
        assert quick.reason == slow.reason
    else:
        assert quick == slow, (asked, quick, slow)


@pytest.mark.parametrize(("text", "chips"), [
    ("quatre nœuds de huit A100", 32), ("4 noeuds avec 8 A100 chacun", 32), ("4 nœuds, 8 A100 par nœud", 32),
    ("vier Knoten mit je acht H100", 32), ("4 Knoten mit 8 H100", 32), ("auf 4 Knoten mit insgesamt 8 A100", 8),
    ("dos nodos con ocho H100 cada uno", 16), ("8 A100 por nodo, 4 nodos", 32), ("2 servidores con 8 A100", 16),
    ("4 serveurs de 8 V100", 32), ("4 Server mit je 8 V100", 32), ("8 cartes V100 de 32 Go", 8),
    ("8 tarjetas A100", 8), ("4 Grafikkarten RTX 3090", 4), ("8 nœuds (64 GPU A100)", 64),
    ("accelerators: H100:8, num_nodes: 4", 32), ("num_nodes: 2, accelerators: A100-80GB:8", 16),
    ("4 pods each requesting nvidia.com/gpu: 2 on g5.12xlarge", 8), ("4 pods, nvidia.com/gpu: 8, H100", 32),
    ("replicas: 4, nvidia.com/gpu: 8 (H100)", 32), ("{replicas: 2, limits: {nvidia.com/gpu: 8}} on p5.48xlarge", 16),
    ("nodes: 4, gpus_per_node: 8 A100", 32), ("nodes: 4, chip: H100, gpus_per_node: 8", 32),
    ("nodes: 4, each with 8 A100", 32), ("Servers: 4, each with 8 A100", 32), ("nodes: 4 (32 A100 in all)", 32),
    ("instances: 4 p4d.24xlarge", 32), ("64 nodes: 8 A100 each", 512), ("nvidia.com/gpu: 8 H100", 8),
])
def test_nodes_in_other_languages_and_of_schedulers_hold_the_chips_of_each(text: str, chips: float) -> None:
    assert found(text).chips == chips


@pytest.mark.parametrize(("text", "chips"), [
    # SageMaker, Lightning, DeepSpeed, Accelerate, Ray, Slurm, LSF, MPI, Kubernetes, xpk
    ("ml.p4d.24xlarge (instance_count=4)", 32), ('instance_type="ml.p5.48xlarge", instance_count=16', 128),
    ("InstanceCount: 4, InstanceType: ml.p4d.24xlarge", 32), ("Trainer(devices=8, num_nodes=4) A100", 32),
    ("trainer.devices=8 trainer.num_nodes=4 H100", 32), ("devices: 8, num_nodes: 4, A100", 32),
    ("devices=8 A100", 8), ("deepspeed --num_nodes 2 --num_gpus 8 A100", 16), ("--num_nodes=8 --num_gpus=64 A100", 64),
    ("hostfile: node1 slots=8 node2 slots=8 A100", 16), ("worker-1 slots=8, worker-2 slots=4, A100", 12),
    ("accelerate launch --num_processes=32 --num_machines=4 H100", 32), ("num_processes: 8, num_machines: 2, A100", 8),
    ('num_workers=4, resources_per_worker={"GPU": 8}, H100', 32),
    ("ScalingConfig(num_workers=16, use_gpu=True) A100", 16),
    ("8 A100, num_workers=4", 8), ("--gpus-per-task=1 --ntasks-per-node=4 --nodes=8 A100", 32),
    ("--gpus-per-task=a100:2 --ntasks=16", 32), ("jsrun -n 64 -g 6 V100", 384), ("mpirun -np 32 -ppn 8 H100", 32),
    ("horovodrun -np 16 -H server1:4,server2:4,server3:4,server4:4 V100", 16),
    ("parallelism: 4, nvidia.com/gpu: 8, H100", 32), ("completions: 4, parallelism: 4, google.com/tpu: 4, TPU v5p", 16),
    ('"replicas": "4", "nvidia.com/gpu": "8", H100', 32), ("--tpu-type=v5p-128 --num-slices=2", 128),
    ("num_slices: 4, v5p-256", 512), ("accelerators: A100:8", 8), ("--gpus A100:8", 8), ("-N 8 --gres=gpu:a100:4", 32),
    ("machine_type: a3-highgpu-8g, replica_count: 4", 32), ("Standard_ND96asr_v4, instance count 4", 32),
    ("Number of nodes: 4, GPUs per node: 8, A100", 32), ("number of nodes: 4, number of GPUs: 32, A100", 32),
    ("sky launch --gpus H100:8 --num-nodes 4", 32), ('modal gpu="H100:8"', 8), ("Azure 8x A100", 8), ("EC2 8x V100", 8),
    # the shape of a slice behind its name, and its number
    ("v5p-4x4x4", 64), ("TPU v5p-8x8x8", 512), ("v6e-16x16", 256), ("tpu7x-4x4x4", 64), ("TPU v4-4x4x8 slice", 128),
    ("tpu-v5p-slice topology 4x4x4", 64), ("8 TPU v3-8", 32), ("128 v3-8", 512), ("2 x TPU v4-3072", 3072),
    # the shape of a slice in GKE, of which each host asks for its own chips
    ("cloud.google.com/gke-tpu-accelerator: tpu-v4-podslice, cloud.google.com/gke-tpu-topology: 2x2x4, "
     "google.com/tpu: 4", 16),
    ("gke-tpu-accelerator: tpu-v5-lite-podslice, gke-tpu-topology: 4x8", 32),
    ("gke-tpu-topology: 4x4x4, gke-tpu-accelerator: tpu-v5p-slice", 64),
    ("acceleratorType: NVIDIA_TESLA_A100, acceleratorCount: 8", 8), ("num_processes: 8, A100", 8),
    ("machineType: a2-highgpu-8g, acceleratorType: NVIDIA_TESLA_A100, acceleratorCount: 8, replicaCount: 4", 32),
    ("accelerator_type: NVIDIA_H100_80GB, accelerator_count: 8, replica_count: 16", 128),
    # a name and a number, and nothing else
    ("8A100", 8), ("4V100s", 4), ("16H800 GPUs", 16), ("8a100", 8), ("2K80", 2), ("8L40S", 8), ("8MI300X", 8),
    ("A100: 8", 8), ("A100 = 8", 8), ("RTX 3090: 4", 4), ("A100-SXM4-80GB: 8", 8), ("Ascend 910B: 512", 512),
    ("A100:16", 16), ("gpu:a100:40", 40),
    ("tpu7x-128", 64), ("4 x tpu7x-128", 256), ("16 p6e-gb300.36xlarge instances", 64), ("8 MI325", 8), ("8x MI355", 8),
])
def test_launchers_and_slices_count_the_chips_of_all(text: str, chips: float) -> None:
    assert found(text).chips == chips


@pytest.mark.parametrize("text", [
    "bsub -nnodes 64 V100", "Worker replicas: 7, Master replicas: 1, nvidia.com/gpu: 8, H100",
    "worker-1 slots=8 ... worker-16 slots=8, A100", "4 x h100-mega-80gb-8", "nodes: 4, devices: 8, A100",
    "Number of nodes: 4, number of GPUs: 8, A100", "GPU count: 8, number of nodes: 4, A100",
    "gke-tpu-topology: 4x4, gke-tpu-accelerator: tpu-v5-lite-podslice, replicas: 4",
    "A100:40", "V100:32", "V100: 16", "H100: 80", "TPU v3: 8", "Xeon E5: 2680", "2080A100B", "910B: 910",
    "2 x v5p-8x8x8", "512 TPU v4-512", "256 TPU v4-512"])
def test_launchers_that_do_not_say_how_many_there_were_in_all_are_refused(text: str) -> None:
    assert isinstance(load().find(text), Refusal)


@pytest.mark.parametrize("text", [
    "a set of A100 GPUs", "a fleet of H100s", "a mix of A100s", "a pool of TPU v4 chips", "an array of V100s",
    "a multi-GPU A100 machine", "a V100-equipped workstation", "a slice of a TPU v3 pod", "a type of A100"])
def test_an_article_before_what_holds_chips_counts_none(text: str) -> None:
    assert found(text).count is None


@pytest.mark.parametrize("text", [
    "4 A100-powered nodes", "8 V100-equipped workstations", "two A100-based servers", "2 A100 GPU nodes",
    "2 A100-GPU nodes", "4 GPU-nodes A100", "4 multi-GPU A100 nodes", "4 GPU nodes (A100)", "8/16 A100", "2/8 H100"])
def test_nodes_that_are_counted_are_no_chips(text: str) -> None:
    assert isinstance(load().find(text), Refusal)


@pytest.mark.parametrize("text", [
    "8 A100s, later 16", "8 A100 (later 16)", "initially 64 then 128 A100", "first 64, then 128 H100",
    "64 then 128 A100", "1.000 A100", "2.000 A100 80GB"])
def test_numbers_of_chips_that_change_or_may_be_thousands_are_refused(text: str) -> None:
    assert isinstance(load().find(text), Refusal)


@pytest.mark.parametrize(("text", "chips"), [
    ("8 A100 first", 8), ("first on 8 A100", 8), ("8 A100, first released in 2020", 8), ("8 A100 (80.000 GB)", 8),
    ("a pair of A100", 2), ("a dozen A100", 12), ("a single high-end RTX 3090 GPU", 1),
    ("a powerful NVIDIA A100 GPU", 1),
    ("a set of 8 A100 GPUs", 8), ("8 A100 GPU node", 8), ("a 64 A100 GPU cluster", 64), ("8x A100 GPU node", 8),
    ("4 8x A100 GPU nodes", 32), ("16 8-GPU A100 nodes", 128), ("2 GPU servers with 8 A100 each", 16),
    ("4 GPU nodes with 8 A100", 32), ("64 A100-class GPUs", 64), ("1/2 A100", 0.5),
    ("a slice of a TPU v4 pod with 512 chips", 512)])
def test_words_between_a_count_and_its_noun(text: str, chips: float) -> None:
    assert found(text).chips == chips


@pytest.mark.parametrize(("text", "chip"), [("MI308", "amd-mi308x"), ("MI325", "amd-mi325x"), ("MI355", "amd-mi355x"),
                                            ("AMD Instinct MI325", "amd-mi325x"), ("MI350", "amd-mi350x")])
def test_amds_chips_without_their_x(text: str, chip: str) -> None:
    assert found(text).chip == chip


@pytest.mark.parametrize("text", ["nodes: 4, gpus: 8 A100", "--nodes=4 --gpus=8 A100", "64 workers: 8 A100"])
def test_chips_beside_nodes_may_be_those_of_each_or_of_all(text: str) -> None:
    assert isinstance(load().find(text), Refusal)


@pytest.mark.parametrize("text", ["MIG 3g.40gb of an A100", "2 x 3g.20gb A100 40GB", "A100 MIG 1g.5gb"])
def test_a_part_of_a_gpu_is_no_gpu(text: str) -> None:
    assert isinstance(load().find(text), Refusal)


PRO_MAX_Q = "nvidia-rtx-pro-6000-blackwell-max-q"


@pytest.mark.parametrize(("text", "number"), [
    ("8280 of {} A100 GPUs", 28843), ("{} of 8060 A100 GPUs", 16773), ("2 TPU v4 Pod with {} chips", 8192),
    ("2 TPU v4 Pod with {} chips", 30000), ("Huawei CloudMatrix 384 with {} GPUs", 768), ("{} RTX PRO 6000 SZ", 1335),
    ("64 nodes ({} GPUs) of DGX GH200", 16384), ("{} RTX A100", 4614), ("--gres=gpu:P100:{}", 192435),
    ("{} GPUs in an A100 cluster of 16384", 16384), ("{} 3080s", 19529), ("{}x3090 Ti", 9601), ("{} 6900 XT", 104),
    ("{} 3080 100", 5000), ("TPU v4 4x4x{}", 128), ("{} RTX TITAN V", 2048),
])
def test_a_count_that_changes_more_than_how_many_there_are_is_read_by_itself(text: str, number: int) -> None:
    for other in (18, 77, 7919, 123_457, number):  # the later ones may be remembered
        asked = text.format(other)
        quick, slow = load().find(asked), load()._finder._find(asked, None)
        assert quick == slow, asked
        if isinstance(quick, Refusal) and isinstance(slow, Refusal):
            assert quick.fault == slow.fault, asked


@pytest.mark.parametrize(("text", "chip", "chips"), [
    ("8280 of 28843 H200 GPUs", "nvidia-h200-sxm", 8280), ("1335 RTX PRO 6000 Max-Q", PRO_MAX_Q, 1335),
    ("3090 RTX PRO 6000 Max-Q", PRO_MAX_Q, 3090), ("1024 GTX TITAN X", "nvidia-gtx-titan-x", 1024),
    ("19529 5090s", "nvidia-rtx-5090", 19529), ("2080 Ti RTX", "nvidia-rtx-2080-ti", 1),
])
def test_a_large_count_is_no_part_of_a_name_and_no_whole(text: str, chip: str, chips: float) -> None:
    assert (found(text).chip, found(text).chips) == (chip, chips)


@pytest.mark.parametrize("text", ["{} A100Q GPUs", "NVIDIA MI300X, {} cards", "{} Intel Data Center GPU Flex 17Q GPUs",
                                  "{} Fujitsu A64FQ GPUs", "V100 ({} GPUs)", "A100 ({} nodes)",
                                  "TPU v3 pod ({} cores)"])
def test_refusals_of_names_and_counts_in_brackets_are_read_once(text: str) -> None:
    for number in (64, 2048, 3333, 3334):  # the later ones are remembered
        quick, slow = load().find(text.format(number)), load()._finder._find(text.format(number), None)
        assert quick == slow, text  # reasons and suggestions as well


def test_count_in_front_is_read_alike_however_large() -> None:
    for text in ("{} A100", "{} x TPU v3-128", "{} nodes with 8 A100 each", "{} V100 GPUs (DGX-1)", "{} GB200 NVL72",
                 "{} A100-hours", "{} GPUs", "{} DGX A100 nodes", "{} A100 nodes"):
        small, large = load().find(text.format(12)), load().find(text.format(24))
        assert type(small) is type(large), text
        if isinstance(small, Match) and isinstance(large, Match):
            assert (small.chip, small.chips_per_unit) == (large.chip, large.chips_per_unit)
            assert large.chips == (2 * small.chips if small.count is not None else small.chips)


@pytest.mark.parametrize(("text", "word"), [
    ("Foo A100", "Foo"), ("8 x Zorg V100", "Zorg"), ("Foo T1000", "Foo"), ("A100 Foo", "Foo"), ("A100-QZ", "QZ"),
    ("zorg v100", "zorg"), ("qz-a100", "qz"), ("Kimi K2", "Kimi"), ("64x Foo A100 GPUs", "Foo"),
])
def test_a_word_that_may_make_another_chip_is_said(text: str, word: str) -> None:
    match = found(text)
    assert match.unknown == word
    assert match.ambiguous


@pytest.mark.parametrize("text", [
    "Dell A100", "NVIDIA Tesla V100", "Google Colab A100", "Google Colab Pro A100", "our A100 cluster", "Our A100s",
    "Ampere A100", "trained on a100", "Using V100", "Lambda A100", "Jean Zay V100", "JUWELS Booster A100",
    "MSI GeForce RTX 3090 Gaming", "Rented A100", "A100-based servers", "MangoBoost MI300X (8x MI300X)", "gpu-a100",
    "AMD Instinct MI300 Series", "auf A100", "Intel Gaudi 2 AI Accelerator", "A100 (NCSA HAL)", "multi-A100",
    "A100 and the rest", "GPU: A100", "Perlmutter A100", "Maia 100 (M100)",
])
def test_vendors_places_and_prose_make_no_other_chip(text: str) -> None:
    assert not found(text).unknown


def test_a_nickname_in_brackets_is_the_chip_before_it() -> None:
    assert found("16 x Maia 100 (M100)").chip == "microsoft-maia-100"
    assert found("M100").chip == "baidu-kunlun-m100"


@pytest.mark.parametrize("text", ["A100 in is", "in of A100", "A100 since of", "A100 in is in"])
def test_a_word_of_years_without_a_year(text: str) -> None:
    assert found(text).chip == found("A100").chip
