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
                     "tokens_seen": 256 * 4096}
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
    assert found["time"] == f"{(36721.28 + 2000) / 3 * 21 / 1000:.6g} s"
    assert found["achieved_rate"] == f"{0.331 * 312:.6g} TFLOP/s"


def test_torchtitan(tmp_path: Path) -> None:
    found = values(written(tmp_path, "log.txt", TITAN))
    assert found == {"steps": 3, "batch_size": 4, "sequence_length": 8192, "parameters": 8_030_261_248,
                     "tokens_seen": 3 * 4 * 8192, "chips": 8, "time": "12 s", "achieved_rate": "49 TFLOP/s"}


def test_trainer_state(tmp_path: Path) -> None:
    written(tmp_path, "trainer_state.json", json.dumps(TRAINER))
    found = values(tmp_path)
    assert found == {"steps": 300, "tokens_seen": 1228800, "time": "120.5 s", "examples_seen": 2400,
                     "sequence_length": 512,
                     "reported_compute": "7.5e+15 FLOP"}
    assert read_log(tmp_path).record()["flop"] == pytest.approx(7.5e15)


def test_a_checkpoint_counts_by_its_configuration(tmp_path: Path) -> None:
    state = {**TRAINER, "total_flos": 0, "log_history": [{**TRAINER["log_history"][1], "total_flos": 0}]}  # type: ignore[index]
    written(tmp_path, "trainer_state.json", json.dumps(state))
    written(tmp_path, "config.json", json.dumps({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}))
    record = read_log(tmp_path).record()
    assert record["method"] == "operation_counting"
    # GPT-2 small as the counter has it, but for attention over 512 tokens in place of 1,024
    a_token = 291_648_307_200 / 1024 - 12 * 4 * 512 * 768
    assert record["flop"] == pytest.approx(3 * a_token * 1228800, rel=1e-6)


def test_the_command_writes_a_paper(tmp_path: Path) -> None:
    place = written(tmp_path, "log.txt", MEGATRON)
    result = CliRunner().invoke(app, ["log", str(place), "--chip", "H100 SXM", "-o", str(tmp_path / "paper.yaml")])
    assert result.exit_code == 0, result.stderr
    paper = yaml.safe_load((tmp_path / "paper.yaml").read_text())
    assert paper["chip"] == "H100 SXM"
    assert 0.1 < paper["utilization"]["value"] < 0.4
    assert CliRunner().invoke(app, ["estimate", str(tmp_path / "paper.yaml")]).exit_code == 0


@pytest.mark.parametrize("text", ["", "nothing of the kind\n", '{"log_history": 3}', "\x00\xff", "iter 3 of the plan"])
def test_what_is_no_log_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_log(written(tmp_path, "log.txt", text))
    with pytest.raises(InputError, match="no such file"):
        read_log(tmp_path / "none")
