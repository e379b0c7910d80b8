"""Logs of training runs, in the form that each tool prints, as papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from computeest.cli.app import app
from computeest.integrations import read_log
from computeest.problems import InputError

#: NVIDIA/Megatron-LM training.py prints the arguments, the parameters of each rank, then a line an interval.
MEGATRON = """
  bf16 ............................................ True
  fp16 ............................................ False
  seq_length ...................................... 4096
  world_size ...................................... 16
 > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 3000000000
 > number of parameters on (tensor, pipeline) model parallel rank (1, 0): 3000000000
 > number of parameters on (tensor, pipeline) model parallel rank (1, 0): 3000000000
 [2024-04-06 02:59:36] iteration       43/     100 | consumed samples:         5504 | elapsed time per iteration (ms): \
5444.9 | throughput per GPU (TFLOP/s/GPU): 239.8 | learning rate: 8.600000E-06 | global batch size:   128 | lm loss: \
1.825991E+00 | loss scale: 1.0 | grad norm: 1.426 | number of skipped iterations:   0 |
 [2024-04-06 02:59:41] iteration       44/     100 | consumed samples:         5632 | elapsed time per iteration (ms): \
5533.8 | throughput per GPU (TFLOP/s/GPU): 236.0 | learning rate: 8.800000E-06 | global batch size:   128 | lm loss: \
1.875063E+00 | loss scale: 1.0 | grad norm: 1.327 | number of skipped iterations:   0 |
"""
NANOGPT = """tokens per iteration will be: 491,520
number of parameters: 123.59M
step 0: train loss 10.9886, val loss 10.9892
iter 0: loss 10.9886, time 36721.28ms, mfu -100.00%
iter 10: loss 9.6914, time 1000.00ms, mfu 33.00%
iter 20: loss 9.2000, time 1000.00ms, mfu 33.10%
"""
TITAN = """\
[rank0]:[titan] 2026-02-24 19:46:00,100 - root - INFO - Building 2-D device mesh with ['dp_shard', 'tp'], [4, 2]
[rank0]:[titan] 2026-02-24 19:46:01,100 - root - INFO - Model llama3 8B size: 8,030,261,248 total parameters
[rank0]:[titan] 2026-02-24 19:46:02,100 - root - INFO - Training starts at step 1, with local batch size 1, global \
batch size 4, sequence length 8192, total steps 1000 (warmup 200)
[rank0]:[titan] 2026-02-24 19:46:10,508 - root - INFO - \x1b[31mstep:  1  \x1b[32mloss: 12.2  grad_norm: 26.6250  \
memory: 66.91GiB(37.51%)  tps: 1,000  tflops: 48.20  mfu: 13.99%
[rank1]:[titan] 2026-02-24 19:46:10,508 - root - INFO - step:  1  loss: 12.2  grad_norm: 26.6250  memory: \
66.91GiB(37.51%)  tps: 1,000  tflops: 48.20  mfu: 13.99%
[rank0]:[titan] 2026-02-24 19:46:14,508 - root - INFO - step:  2  loss:  7.6  grad_norm: 26.6250  memory: \
66.91GiB(37.51%)  tps: 1,024  tflops: 49.40  mfu: 13.99%
[rank0]:[titan] 2026-02-24 19:46:18,508 - root - INFO - step:  3  loss:  7.1  grad_norm: 26.6250  memory: \
66.91GiB(37.51%)  tps: 1,024  tflops: 49.40  mfu: 13.99%
"""
TRAINER = {
    "best_metric": None, "epoch": 3.0, "global_step": 300, "max_steps": 300, "num_input_tokens_seen": 1228800,
    "num_train_epochs": 3, "total_flos": 7.5e15, "train_batch_size": 8, "is_world_process_zero": True,
    "log_history": [
        {"epoch": 1.0, "loss": 2.5, "step": 100},
        {"epoch": 3.0, "step": 300, "total_flos": 7.5e15, "train_loss": 2.1, "train_runtime": 120.5,
         "train_samples_per_second": 19.917, "train_steps_per_second": 2.49}],
}


def values(path: Path) -> dict[str, object]:
    return {name: fact["value"] if isinstance(fact, dict) and "value" in fact else fact
            for name, fact in read_log(path).facts.items()}


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_megatron(tmp_path: Path) -> None:
    found = values(written(tmp_path, "log.txt", MEGATRON))
    assert found == {"steps": 2, "examples_seen": 256, "sequence_length": 4096, "chips": 16, "time": "10.9787 s",
                     "parameters": 6_000_000_000, "number_format": "bf16", "achieved_rate": "237.9 TFLOP/s",
                     "tokens_seen": 256 * 4096, "goodput": 1}
    run = read_log(tmp_path / "log.txt")
    run.facts["chip"] = "H100 SXM"
    # 6 N D over what 16 chips of 989.4 TFLOP/s could do; its own rate counts attention too
    assert run.utilization == pytest.approx(6 * 6e9 * 256 * 4096 / (16 * 10.9787 * 989.4e12), rel=0.2)


def test_intervals_of_several_iterations_count_whole(tmp_path: Path) -> None:
    """Lines of BERT-large by NVIDIA/Megatron-LM: every hundredth iteration is printed."""
    lines = "".join(f" iteration {step:8d}/  500000 | consumed samples: {step * 256:12d} | elapsed time per iteration "
                    f"(ms): 4000.0 | learning rate: 3.320E-05 | global batch size:   256 | lm loss: 1.1E+01 |\n"
                    for step in (100, 200, 300))
    found = values(written(tmp_path, "log.txt", lines))
    assert (found["steps"], found["examples_seen"], found["time"]) == (300, 76800, "1200 s")


def test_nanogpt(tmp_path: Path) -> None:
    found = values(written(tmp_path, "log.txt", NANOGPT))
    assert found["tokens_seen"] == 491_520 * 21
    assert found["parameters"] == 123_590_000
    assert found["time"] == f"{(36721.28 + 20 * 1000) / 1000:.6g} s"  # the first one compiles and evaluates, once
    assert found["achieved_rate"] == f"{0.3305 * 312:.6g} TFLOP/s"


def test_iterations_that_evaluate_count_once(tmp_path: Path) -> None:
    """Every tenth is printed, all that evaluate are: their times stand for no others."""
    lines = "".join(f"iter {step}: loss 3.1, time {40_000 if step % 250 == 0 else 300}.00ms, mfu 20.00%\n"
                    for step in range(0, 1001, 10))
    found = values(written(tmp_path, "log.txt", "tokens per iteration will be: 16,384\n" + lines))
    assert found["time"] == f"{5 * 40 + 996 * 0.3:.6g} s"


#: The lines that BLOOM's training printed (bigscience-workshop/bigscience, train/tr11-176B-ml): seconds, and a rate
#: that counts recomputed activations.
BLOOM = """ [default7]: iteration    12695/  115311 | consumed samples:      9841584 | consumed tokens:  20155564032 | \
elapsed time per iteration (s): 105.22 | learning rate: 5.969E-05 | global batch size:  2048 | lm loss: 2.463556E+00 | \
grad norm: 0.174 | number of skipped iterations:   0 | samples per second: 19.463 | TFLOPs: 149.02 |
 [default7]: iteration    12696/  115311 | consumed samples:      9843632 | consumed tokens:  20159758336 | \
elapsed time per iteration (s): 104.78 | learning rate: 5.969E-05 | global batch size:  2048 | lm loss: 2.463556E+00 | \
grad norm: 0.174 | number of skipped iterations:   0 | samples per second: 19.463 | TFLOPs: 150.98 |
"""


def test_megatron_deepspeed(tmp_path: Path) -> None:
    found = values(written(tmp_path, "log.txt", BLOOM))
    assert found == {"steps": 2, "examples_seen": 4096, "tokens_seen": 4096 * 2048, "sequence_length": 2048,
                     "time": "210 s", "goodput": 1, "achieved_hardware_rate": "150 TFLOP/s"}
    # 3 of 4 hardware FLOP are the model's: 48 nodes of 8 do what 6 N D of the 2 iterations are
    run = read_log(tmp_path / "log.txt")
    run.facts |= {"chip": "A100 SXM 80GB", "chips": 384}
    assert run.record()["flop"] == pytest.approx(6 * 176e9 * 4096 * 2048, rel=0.1)
    without = "  checkpoint_activations .......................... False\n"
    assert values(written(tmp_path, "log.txt", without + BLOOM))["achieved_rate"] == "150 TFLOP/s"


def test_tokens_are_counted_where_lengths_grow(tmp_path: Path) -> None:
    line = (" iteration {0}/ 300 | consumed samples: {1} | consumed tokens: {2} | elapsed time per iteration (ms): 9.0"
            " | global batch size: 8 |\n")
    text = "  seq_length ....................... 2048\n" + "".join(
        line.format(step, 8 * step, 8 * 512 * step) for step in (100, 200, 300))
    found = values(written(tmp_path, "log.txt", text))
    assert (found["tokens_seen"], found["sequence_length"]) == (8 * 512 * 300, 512)


@pytest.mark.parametrize(("more", "left_out", "note"), [
    ("  world_size ...................................... 32\n", "chips", "the number of chips changed"),
    ("  seq_length ...................................... 8192\n", "sequence_length", "the sequence length changed"),
    ("  num_experts ..................................... 64\n", "parameters", "mixture of experts"),
    ("  num_experts ..................................... [128]\n", "parameters", "mixture of experts"),
    ("  pipeline_model_parallel_size .................... 4\n", "parameters", "those of 2 ranks, of 8"),
    (" > number of parameters on (tensor, pipeline) model parallel rank (0, 2): 3\n", "parameters", "3 ranks, of 6"),
    (" > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 3\n", "parameters", "one rank several"),
])
def test_what_a_log_says_of_a_part_is_left_out(tmp_path: Path, more: str, left_out: str, note: str) -> None:
    run = read_log(written(tmp_path, "log.txt", more + MEGATRON))
    assert left_out not in run.facts
    assert any(note in said for said in run.notes)


@pytest.mark.parametrize("more", [
    "  world_size ...................................... 16\n",
    "  num_experts ..................................... None\n  decoder_seq_length ............ 9\n",
    "  num_experts ..................................... [1]\n",
    "  tensor_model_parallel_size ...................... 2\n  pipeline_model_parallel_size ......... 1\n",
])
def test_what_a_log_says_alike_is_kept(tmp_path: Path, more: str) -> None:
    run = read_log(written(tmp_path, "log.txt", more + MEGATRON))
    assert {"chips", "sequence_length", "parameters"} <= run.facts.keys()
    assert not run.notes


def test_torchtitan(tmp_path: Path) -> None:
    found = values(written(tmp_path, "log.txt", TITAN))
    assert found == {"steps": 3, "batch_size": 4, "sequence_length": 8192, "parameters": 8_030_261_248,
                     "tokens_seen": 3 * 4 * 8192, "chips": 8, "time": "12 s", "achieved_rate": "49 TFLOP/s"}


def test_torchtitan_says_chip_mesh_and_active_parameters(tmp_path: Path) -> None:
    """As of version 0.2: the mesh in words, a line for mixtures, the device."""
    text = TITAN.replace("Building 2-D device mesh with ['dp_shard', 'tp'], [4, 2]", (
        "Building device mesh with parallelism: pp=1, dp_replicate=2, dp_shard=4, cp=1, tp=2, ep=8, etp=1"))
    text = text.replace("Model llama3", "Total parameter count: dense 1,000,000, sparse 8,029,261,248, vision 0, "
                        "active 2,000,000,000\n[rank0]:[titan] CUDA capacity: NVIDIA H100 80GB HBM3 with 79.18GiB "
                        "memory\n[rank0]:[titan] Model llama3")
    found = values(written(tmp_path, "log.txt", text))
    assert (found["chips"], found["active_parameters"], found["parameters"]) == (16, 2_000_000_000, 8_030_261_248)
    assert found["chip"] == "NVIDIA H100 80GB HBM3"
    assert read_log(tmp_path / "log.txt").record()["flop"] < 1.5 * 6 * 2e9 * 3 * 4 * 8192
    dense = values(written(tmp_path, "log.txt", text.replace("active 2,000,000,000", "active 8,030,261,248")))
    assert "active_parameters" not in dense
    other = values(written(tmp_path, "log.txt", text.replace("NVIDIA H100 80GB HBM3", "Acme X9")))
    assert "chip" not in other


def test_trainer_state(tmp_path: Path) -> None:
    written(tmp_path, "trainer_state.json", json.dumps(TRAINER))
    found = values(tmp_path)
    assert found == {"steps": 300, "tokens_seen": 1228800, "time": "120.5 s", "examples_seen": 2400,
                     "sequence_length": 512,
                     "reported_compute": "7.5e+15 FLOP"}
    assert read_log(tmp_path).record()["flop"] == pytest.approx(7.5e15)


def test_examples_of_a_training_that_stopped_early(tmp_path: Path) -> None:
    """transformers' speed_metrics divides the samples and steps that were planned by the time that passed."""
    written(tmp_path, "trainer_state.json", json.dumps({**TRAINER, "max_steps": 1200}))
    found = values(tmp_path)
    assert (found["steps"], found["examples_seen"], found["sequence_length"]) == (300, 600, 2048)


@pytest.mark.parametrize(("mean", "kept"), [(2.1, True), (0.7, False)])
def test_the_time_of_the_last_part_alone_is_left_out(tmp_path: Path, mean: float, kept: bool) -> None:
    """After resume_from_checkpoint train_loss is the losses since then over all steps, and train_runtime theirs."""
    losses = [{"loss": 2.5, "step": 100}, {"loss": 2.0, "step": 200}, {"loss": 1.8, "step": 300}]
    state = {**TRAINER, "log_history": [*losses, {**TRAINER["log_history"][1], "train_loss": mean}]}  # type: ignore[index]
    written(tmp_path, "trainer_state.json", json.dumps(state))
    assert ("time" in read_log(tmp_path).facts) == kept


@pytest.mark.parametrize("config", [
    {"model_type": "vit", "image_size": 224, "num_channels": 3}, {"model_type": "whisper", "num_mel_bins": 80},
    {"model_type": "vision-encoder-decoder", "encoder": {"image_size": 384}, "decoder": {}},
    {"model_type": "wav2vec2", "num_feat_extract_layers": 7, "vocab_size": 32},
])
def test_numbers_of_images_and_sound_are_no_tokens(tmp_path: Path, config: dict[str, object]) -> None:
    """total_flos has 6 x 150,528 x parameters for an image of ViT (modeling_utils.py: main_input_name, numel)."""
    written(tmp_path, "trainer_state.json", json.dumps(TRAINER))
    written(tmp_path, "config.json", json.dumps(config))
    run = read_log(tmp_path)
    assert not {"reported_compute", "tokens_seen", "sequence_length"} & run.facts.keys()
    assert any("images and sound" in note for note in run.notes)
    written(tmp_path, "config.json", json.dumps({"model_type": "mamba", "conv_kernel": 4, "vocab_size": 50280}))
    assert {"reported_compute", "tokens_seen", "sequence_length"} <= read_log(tmp_path).facts.keys()


def test_a_log_alone_does_not_say_whether_its_numbers_were_tokens(tmp_path: Path) -> None:
    written(tmp_path, "trainer_state.json", json.dumps(TRAINER))
    record = read_log(tmp_path).record()
    assert record["flop"] == pytest.approx(7.5e15)
    assert "total-of-numbers" in {check["code"] for check in record["checks"]}
    assert record["flop_low"] < 7.5e15 / 740
    written(tmp_path, "config.json", json.dumps({"model_type": "mamba", "conv_kernel": 4, "vocab_size": 50280}))
    assert "total-of-numbers" not in str(read_log(tmp_path).facts)
    assert "quote" not in read_log(tmp_path).facts["reported_compute"]


def test_adapters_take_no_gradient_of_frozen_weights(tmp_path: Path) -> None:
    written(tmp_path, "trainer_state.json", json.dumps(TRAINER))
    written(tmp_path, "adapter_config.json", json.dumps(
        {"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Llama-2-7b-hf", "r": 8}))
    run = read_log(tmp_path)
    assert values(tmp_path)["reported_compute"] == "5e+15 FLOP"
    assert (run.facts["adapters"], run.facts["base_model"]) == ("LORA", "meta-llama/Llama-2-7b-hf")
    record = run.record()
    assert record["methods"]["reported"]["flop"] == pytest.approx(5e15)
    assert record["flop"] == pytest.approx(5e15 + record["base_flop"], rel=1e-6)


def test_a_checkpoint_counts_by_its_configuration(tmp_path: Path) -> None:
    state = {**TRAINER, "total_flos": 0, "log_history": [{**TRAINER["log_history"][1], "total_flos": 0}]}  # type: ignore[index]
    written(tmp_path, "trainer_state.json", json.dumps(state))
    written(tmp_path, "config.json", json.dumps({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}))
    record = read_log(tmp_path).record()
    assert record["method"] == "operation_counting"
    # GPT-2 small as the counter has it, but for attention over 512 tokens in place of 1,024
    a_token = 291_648_307_200 / 1024 - 12 * 4 * 512 * 768
    assert record["flop"] == pytest.approx(3 * a_token * 1228800, rel=1e-6)


@pytest.mark.parametrize("value", ["300", None, -3, [3], float("nan"), float("inf"), True, 1e400])
def test_a_state_of_anything_is_read(tmp_path: Path, value: object) -> None:
    ended = dict.fromkeys(("train_runtime", "train_samples_per_second", "total_flos", "train_loss", "step"), value)
    state = dict.fromkeys(("global_step", "max_steps", "num_input_tokens_seen", "total_flos"), value)
    history = [ended, {"loss": value, "step": value}]
    written(tmp_path, "trainer_state.json", json.dumps({**state, "log_history": history}))
    written(tmp_path, "adapter_config.json", json.dumps({"peft_type": value, "base_model_name_or_path": value}))
    assert not values(tmp_path).keys() - {"adapters", "base_model"}


def test_the_command_writes_a_paper(tmp_path: Path) -> None:
    changed = "  world_size ...................................... 32\n"
    place = written(tmp_path, "log.txt", changed + MEGATRON)
    result = CliRunner().invoke(app, ["log", str(place), "--chip", "H100 SXM", "--chips", "16", "-o",
                                      str(tmp_path / "paper.yaml")])
    assert result.exit_code == 0, result.stderr
    text = (tmp_path / "paper.yaml").read_text()
    paper = yaml.safe_load(text)
    assert text.startswith("# the number of chips changed within the log (32, 16), and is left out\n")
    assert paper["chip"] == "H100 SXM"
    assert 0.1 < paper["utilization"]["value"] < 0.4
    assert CliRunner().invoke(app, ["estimate", str(tmp_path / "paper.yaml")]).exit_code == 0


@pytest.mark.parametrize("text", [
    "", "nothing of the kind\n", '{"log_history": 3}', "\x00\xff", "iter 3 of the plan",
    "iter 3: loss 1.0, time 1.2.3ms\n", f"iter {'9' * 5000}: loss 1.0, time 3.0ms\n",
    f" iteration {'9' * 5000}/ 100 | elapsed time per iteration (ms): 3.0 |", '{"log_history": ' + "[" * 100_000,
])
def test_what_is_no_log_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_log(written(tmp_path, "log.txt", text))
    with pytest.raises(InputError, match="no such file"):
        read_log(tmp_path / "none")
