"""paper.yaml as facts: values with their words, lines and sources; runs that inherit."""

from __future__ import annotations

import datetime
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from computeest import estimate
from computeest.facts.paper import Paper, read_paper, read_text
from computeest.problems import InputError


def read(text: str) -> Paper:
    return read_text(text, "paper.yaml")


def values(paper: Paper, run: int = 0) -> dict[str, Any]:
    return {name: cell.value for name, cell in paper.runs[run].cells.items()}


def test_the_designs_example() -> None:
    paper = read("""\
model: ResNet-50
published: 2015-12-10
link: https://arxiv.org/abs/1512.03385
benchmark: ImageNet-1k
metric: top-1 accuracy
score: 75.3 %
family: resnet
architecture: {depth: 50, image: 224}
examples: 1.28e6
epochs: 90
chip: Tesla P100
chips: 8
time: 29 hours
""")
    assert values(paper) == {
        "model": "ResNet-50", "published": datetime.date(2015, 12, 10), "link": "https://arxiv.org/abs/1512.03385",
        "benchmark": "ImageNet-1k", "metric": "top-1 accuracy", "score": pytest.approx(0.753), "family": "resnet",
        "architecture": {"depth": 50, "image": 224}, "examples": 1.28e6, "epochs": 90.0, "chip": "Tesla P100",
        "chips": 8.0, "time": 29 * 3600.0}
    assert paper.runs[0].cells["time"].line == 13


@pytest.mark.parametrize("written", ["90", "'90'", "90 epochs", "{value: 90}", '{value: "90 epochs"}',
                                     "{value: 90, unit: epochs}"])
def test_a_fact_in_all_its_forms(written: str) -> None:
    assert values(read(f"epochs: {written}")) == {"epochs": 90.0}


@pytest.mark.parametrize(("written", "expected"), [
    ("parameters: {value: 7B, unit: B}", 7e9), ("parameters: {value: 7 B, unit: ' B '}", 7e9),
    ("tokens: {value: 300B, unit: B}", 3e11), ("tokens: {value: 300, unit: B}", 3e11),
    ("time: {value: 3 days, unit: days}", 3 * 86400.0), ("time: {value: 3, unit: days}", 3 * 86400.0),
])
def test_a_unit_that_stands_behind_the_value_already_is_said_once(written: str, expected: float) -> None:
    name = written.partition(":")[0]
    assert values(read(written))[name] == expected


@pytest.mark.parametrize("written", ["parameters: {value: 12, unit: '2'}", "time: {value: 3 days, unit: s}"])
def test_a_unit_that_only_ends_like_the_value_is_not_left_out(written: str) -> None:
    with pytest.raises(InputError):
        read(written)


def test_a_fact_keeps_its_words_its_line_and_its_source() -> None:
    paper = read('model: A\nepochs:\n  value: ~90\n  source: Table 3\n  quote: "for 90 epochs"\n  note: about\n')
    cell = paper.runs[0].cells["epochs"]
    assert (cell.value, cell.text, cell.line, cell.source, cell.quote) == (90.0, "~90", 3, "Table 3", "for 90 epochs")
    assert cell.sigma > 0


def test_numbers_that_yaml_1_1_reads_as_text_are_numbers() -> None:
    assert values(read("tokens_seen: 1e12\npeak: 3.12e14\n")) == {"tokens_seen": 1e12, "peak": 3.12e14}


def test_an_empty_value_is_a_fact_left_out() -> None:
    assert values(read("model: A\nepochs:\ntime: null\nchips: ~\n")) == {"model": "A"}


def test_aliases_and_their_own_units() -> None:
    assert values(read("training_time_hours: 29")) == {"time": 29 * 3600.0}
    assert values(read("gpu_hours: 2.788e6")) == {"chip_time": 2.788e6 * 3600}
    assert values(read("hours: 2 days")) == {"time": 2 * 86400.0}, "a unit that is written wins over the key's"
    assert values(read("Training Tokens: 3B")) == {"tokens": 3e9}


def test_a_unit_sends_a_fact_to_its_column() -> None:
    assert values(read("batch_size: 3.2M tokens")) == {"batch_tokens": 3.2e6}
    assert values(read("time: 2500 TPUv3-core-days")) == {"core_time": 2500 * 86400.0, "chip": "TPUv3"}


@pytest.mark.parametrize(("paper", "chip"), [
    ("chip_time: 320,256 A100-hours", "A100"),
    ("chip_time: 2.4e6 H100 SXM GPU-hours", "H100 SXM"),
    ("gpu_time: about 3 RTX 3090-weeks", "RTX 3090"),
    ("gpu_time: 30 A100 80 GB GPU hours", "A100 80 GB"),
    ("chip_time: 22 TPU v3 core-years", "TPU v3"),
    ("chip: A100 SXM 40GB\nchip_time: 12 A100-days", "A100 SXM 40GB"),
    ("chip: A100 SXM 40GB\nruns: [{chip_time: 12 A100-days}]", "A100 SXM 40GB"),
    ("chip: A100\nruns: [{chip_time: 12 V100-days}]", "V100"),
    ("gpus: 8x A100", "8x A100"),
    ("gpus: 8 NVIDIA Tesla V100s", "8 NVIDIA Tesla V100s"),
    ("gpu: V100\ngpus: 8 V100s", "V100"),
    ("chip_time: 2.788e6 GPU-hours", None),
    ("chip_time: 1 GPU-day 6 GPU-hours", None),
    ("chip_time: 3 GPU-weeks and 2 GPU-days", None),
    ("gpus: 16 to 32", None),
])
def test_a_chip_is_found_where_its_time_or_number_names_it(paper: str, chip: str | None) -> None:
    assert values(read(paper)).get("chip") == chip


def test_a_key_of_accelerator_hours_makes_hours_accelerator_hours() -> None:
    assert values(read("gpu_hours: 320,256 hours")) == {"chip_time": 320256 * 3600.0}
    assert values(read("tpu_days: 2 weeks")) == {"chip_time": 14 * 86400.0}


def test_tokens_seen_are_those_of_all_epochs() -> None:
    assert values(read("tokens: 1.4T tokens seen")) == {"tokens_seen": 1.4e12}
    assert values(read("examples: 13B samples processed")) == {"examples_seen": 13e9}


def test_an_architecture_in_one_word_is_a_variant_and_a_square_is_its_side() -> None:
    assert values(read("family: dit\narchitecture: dit-xl/2"))["architecture"] == {"variant": "dit-xl/2"}
    assert values(read("family: resnet\narchitecture: {image: 224x224}"))["architecture"] == {"image": 224}
    assert values(read("family: resnet\narchitecture: {image: 224 × 224 px}"))["architecture"] == {"image": 224}


@pytest.mark.parametrize(("kind", "column"), [("run", "utilization"), ("assumed", "utilization"),
                                              ("step", "step_utilization"), ("hfu", "hardware_flop_utilization")])
def test_a_utilization_of_a_kind_has_that_kinds_column(kind: str, column: str) -> None:
    assert values(read(f"utilization: 0.4\nutilization_kind: {kind}\n"))[column] == 0.4


@pytest.mark.parametrize(("kind", "column"), [("step", "achieved_rate"), ("hfu", "achieved_hardware_rate")])
def test_an_achieved_rate_of_a_kind_has_that_kinds_column(kind: str, column: str) -> None:
    for stated in ("tflops_per_gpu: 147", "achieved_flops: 147 TFLOP/s", "achieved_flops: 147 TFLOPs per GPU"):
        assert values(read(f"{stated}\nutilization_kind: {kind}\n"))[column] == 147e12, stated


def test_architectures_read_numbers_as_papers_write_them() -> None:
    paper = read("family: decoder\n"
                 "architecture: {vocabulary: '50,257', context: 2k, layers: 12, tied: true, act: gelu}\n")
    assert values(paper)["architecture"] == {"vocabulary": 50257, "context": 2000, "layers": 12, "tied": True,
                                             "act": "gelu"}


def test_runs_inherit_the_top_and_say_what_is_their_own() -> None:
    paper = read("parameters: 7e9\nchip: A100\nruns:\n  - {stage: a, tokens_seen: 1e12}\n  - {stage: b, chip: H100}\n")
    assert values(paper, 0) == {"parameters": 7e9, "chip": "A100", "stage": "a", "tokens_seen": 1e12}
    assert values(paper, 1) == {"parameters": 7e9, "chip": "H100", "stage": "b"}
    assert paper.runs[1].own == {"stage", "chip"}
    assert set(paper.top) == {"parameters", "chip"}


@pytest.mark.parametrize(("top", "own", "lost"), [
    ("tokens_seen: 1e12", "epochs: 3", "tokens_seen"),
    ("chip_time: 1000 GPU-hours", "time: 3 days", "chip_time"),
    ("time: 3 days", "chip_time: 1000 GPU-hours", "time"),
    ("peak: 312 TFLOP/s", "chip: H100", "peak"),
    ("forward_flop: 8 GFLOP", "parameters: 1e9", "forward_flop"),
    ("steps: 1000", "tokens: 1e9", "steps"),
])
def test_a_runs_own_facts_put_aside_totals_that_they_contradict(top: str, own: str, lost: str) -> None:
    cells = read(f"{top}\nruns:\n  - {{{own}}}\n  - {{stage: other}}\n")
    assert lost not in cells.runs[0].cells
    assert lost in cells.runs[1].cells


def test_a_mapping_is_read_as_its_yaml_would_be() -> None:
    facts = {"model": "A", "epochs": 90, "tokens": "300B tokens", "published": datetime.date(2020, 5, 28),
             "score": {"value": "75.3 %", "source": "Table 3"}, "runs": [{"chips": 8}, {"chips": 16.0}]}
    paper = read_paper(facts)
    assert values(paper, 1) == {"model": "A", "epochs": 90.0, "tokens": 300e9, "published": datetime.date(2020, 5, 28),
                                "score": pytest.approx(0.753), "chips": 16.0}


def test_numpy_numbers_in_a_mapping() -> None:
    import numpy as np

    paper = read_paper({"epochs": np.float64(0.1), "chips": np.int64(8), "steps": np.float32(2.0)})
    assert values(paper) == {"epochs": 0.1, "chips": 8.0, "steps": 2.0}


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("epochs: 90\n"))
    assert values(read_paper("-")) == {"epochs": 90.0}


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_bytes("\ufeffepochs: 90\n".encode())
    assert values(read_paper(tmp_path / "paper.yaml")) == {"epochs": 90.0}


def test_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_bytes(b"epochs: 90\r\nchips: 8\r\n")
    assert values(read_paper(tmp_path / "paper.yaml")) == {"epochs": 90.0, "chips": 8.0}
    (tmp_path / "paper.yaml").write_bytes(b"epochs: 90\r\nchips: x\r\n")
    with pytest.raises(InputError, match=r"paper\.yaml:2: chips"):
        read_paper(tmp_path / "paper.yaml")


@pytest.mark.parametrize("text", ["n/a", "N/A", "unknown", "not reported", "none", "'-'", "Unspecified", "'?'"])
@pytest.mark.parametrize("key", ["time", "tokens", "published", "precision", "chip"])
def test_no_value_is_no_fact(key: str, text: str) -> None:
    assert set(read_text(f"epochs: 3\n{key}: {text}\n", "paper.yaml").top) == {"epochs"}


def test_a_base_model_may_be_none_or_unknown() -> None:
    assert "base_model" not in read_text("epochs: 3\nbase_model: none\n", "paper.yaml").top
    assert read_text("epochs: 3\nbase_model: Unknown\n", "paper.yaml").top["base_model"].value == "Unknown"


def test_a_text_may_be_of_any_words() -> None:
    assert read_text("model: None\norganization: unknown\n", "paper.yaml").top["organization"].value == "unknown"


@pytest.mark.parametrize(("text", "time", "sigma"), [
    ("64 A100-80GB for 21 days", "21 days", 0.0), ("TPU v3-1024 for 4 days", "4 days", 0.0),
    ("8 V100 GPUs for about 3 weeks", "about 3 weeks", 0.1), ("8x A100 for 12h", "12h", 0.0),
])
def test_the_hardware_may_end_with_the_time(text: str, time: str, sigma: float) -> None:
    top = read_text(f"hardware: {text}\n", "paper.yaml").top
    assert (top["chip"].text, top["time"].text, top["time"].sigma) == (text, time, sigma)
    assert read_text(f"hardware: {text}\ntime: 5 days\n", "paper.yaml").top["time"].text == "5 days"
    assert "time" not in read_text(f"hardware: {text}\ngpu_hours: 5\n", "paper.yaml").top


def test_hardware_without_a_name_is_its_number() -> None:
    top = read_text("hardware: 50 GPUs\n", "paper.yaml").top
    assert (top["chips"].value, "chip" in top) == (50.0, False)
    both = read_text("hardware: 50 GPUs\nchip: K40\n", "paper.yaml").top
    assert (both["chips"].value, both["chip"].value) == (50.0, "K40")


def test_a_comma_within_braces_is_named() -> None:
    with pytest.raises(InputError) as caught:
        read_text("steps: {value: 100,000 steps, source: Table 1}\n", "paper.yaml")
    assert str(caught.value) == (
        "paper.yaml:1: steps: the comma ends the value, and '000 steps' starts another one\n"
        "  expected: quotes around a value with commas within braces: {value: \"1,000\"}")


@pytest.mark.parametrize("text", ["1.2M iterations with batch size 256", "500k steps on 8 GPUs", "3 steps for 2 days"])
def test_more_than_a_unit_is_named(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text(f"steps: {text}\n", "paper.yaml")
    assert "says more than a unit\n  expected: one number with its unit, and every other fact" in str(caught.value)


@pytest.mark.parametrize("text", ["$2", "2", "2 USD", "$2/hour", "$2 per GPU-hour"])
def test_a_price_without_a_time_is_for_an_hour(text: str) -> None:
    assert read_text(f"chip_price: {text}\n", "paper.yaml").top["chip_price"].value == pytest.approx(2 / 3600)


def test_epochs_on_one_data_set_are_read_and_those_on_two_are_refused() -> None:
    assert values(read("epochs: 300 epochs on ImageNet-21k\n"))["epochs"] == 300
    assert values(read("epochs: 90 epochs over the Open Images V6\n"))["epochs"] == 90
    for text in ("300 epochs on ImageNet-21k and 90 epochs on ImageNet-1k", "300 epochs on ImageNet-21k, then 90"):
        with pytest.raises(InputError):
            read(f"epochs: {text}\n")


@pytest.mark.parametrize("key", ["tokens", "training_tokens", "tokens_seen", "total_tokens", "examples", "dataset_size",
                                 "examples_seen", "words", "words_seen", "total_words"])
def test_words_are_words_under_each_key_of_data(key: str) -> None:
    record = estimate({"parameters": "100M", key: "800M words"})
    assert record["training_tokens"] == pytest.approx(800e6 * 1.333, rel=1e-3)
    seen = estimate({"parameters": "100M", "words": "800M words seen", "epochs": 10})
    assert seen["training_tokens"] == pytest.approx(800e6 * 1.333, rel=1e-3)


#: What programs and people put under keys.
_GIVEN: list[dict[Any, Any]] = [
    {"parameters": 7e9, "tokens": 10**12, "chips": 64, "time": "3 days", "chip": "A100", "score": 0.753},
    {"gpu_hours": 320256, "hours": 29.5, "training_days": 3, "chip": "V100"},
    {"GPU hours": "320,256 A100-hours", "# GPUs": "8x A100"}, {"chips": "8x A100"}, {"chip": 50, "published": 2020},
    {"parameters": "unknown", "tokens": "n/a", "base_model": "-", "organization": "none", "link": 3},
    {"utilization": 0.4, "utilization_kind": "step", "batch_size": "512 x 1024", "sequence_length": 1024},
    {"parameters": "671B (37B active)", "tokens": "1.4T tokens seen", "time": "2 hours per epoch"},
    {"runs": [{"chips": 8, "time": 3600.0}, {"chips": "16", "time": "2 days", "utilization": 0.3}], "chip": "V100"},
    {"runs": "twice"}, {"runs": [3]}, {"runs": [{}]}, {"runs": [{"runs": []}]}, {"not_used": 3, "model": "A"},
    {"architecture": "resnet-50", "family": "resnet"}, {"layers": 3}, {"architecture": {"depth": 50}, "family": "x"},
    {"chips": 1.024, "tokens": -1, "epochs": 0, "parametrs": 1, "peak": 3e300, "flop": 1e20}, {3: "4"},
    {"chips": 64, "gpus": 32}, {"utilization": 40, "score": 101.0}, {"tokens": float("nan")}, {"time": float("inf")},
    {"tokens": 1e-9, "parameters": True, "model": None, "chips": {"value": 8, "quote": "eight"}},
]


@pytest.mark.parametrize("given", _GIVEN, ids=str)
def test_texts_and_numbers_of_a_mapping_are_read_as_the_nodes_of_a_document_are(given: dict[Any, Any]) -> None:
    def read_(*source: Any) -> Paper | str:
        try:
            return read_paper(*source)
        except InputError as error:
            return str(error)

    # facts beside a mapping make nodes of all of it
    assert read_({**given, "task": "a"}) == read_(given, {"task": "a"})


def test_a_mapping_may_have_keys_of_any_length() -> None:
    with pytest.raises(InputError, match="no key is called"):
        read_paper({"model": "A", "x" * 100_000: 1})
    assert read_paper({"model" + " " * 10_000: "A"}).top["model"].value == "A"
