"""Runs measured while they happen: plain torch, the Trainer of transformers, Lightning; tiny models on a CPU.

Each part is skipped where its framework is not installed.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from computeest import estimate
from computeest.integrations import measure

torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")
nn = torch.nn


def trained(model: Any, inputs: Any, steps: int = 3, **options: Any) -> Any:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with measure(model, **options) as run:
        for _ in range(steps):
            model(inputs).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
    return run


def value(fact: Any) -> Any:
    return fact["value"] if isinstance(fact, dict) else fact


def test_a_network_of_convolutions_counts_as_by_hand() -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, groups=4), nn.Flatten(),
                          nn.Linear(16 * 14 * 14, 10))
    run = trained(model, torch.randn(4, 3, 16, 16))
    first, second, last = 2 * 16 * 16 * 8 * 27, 2 * 14 * 14 * 16 * 18, 2 * 16 * 14 * 14 * 10
    assert value(run.facts["forward_flop"]) == first + second + last
    # the image needs no gradient
    assert value(run.facts["backward_ratio"]) == pytest.approx(2 - first / (first + second + last))
    assert (run.facts["examples_seen"], run.facts["steps"]) == (12, 3)
    assert run.record()["flop"] == pytest.approx(12 * (3 * (first + second + last) - first))


def test_what_is_not_trained_is_not_counted() -> None:
    model = nn.Linear(8, 8)
    with measure(model) as run:
        model.eval()
        model(torch.randn(2, 8)).sum().backward()
        model.train()
        with torch.no_grad():
            model(torch.randn(2, 8))
    assert "forward_flop" not in run.facts
    assert run.notes[-1].startswith("no ") or any("nothing was counted" in note for note in run.notes)


def test_frozen_layers_have_no_gradient_of_their_weights() -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 4))
    model[0].requires_grad_(requires_grad=False)
    run = trained(model, torch.randn(5, 8))
    below, above = 2 * 8 * 8, 2 * 8 * 4
    assert value(run.facts["forward_flop"]) == below + above
    assert value(run.facts["backward_ratio"]) == pytest.approx(above / (below + above))
    assert run.facts["trainable_parameters"] == 8 * 4 + 4


def test_gradients_that_add_up_are_one_step() -> None:
    model = nn.Linear(8, 8)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with measure(model) as run:
        for _ in range(2):
            for _ in range(3):
                model(torch.randn(2, 8)).sum().backward()
            optimizer.step()
    assert (run.facts["steps"], run.facts["examples_seen"]) == (2, 12)
    assert value(run.facts["backward_ratio"]) == pytest.approx(1.0)


class Tokens(nn.Module):  # type: ignore[misc, name-defined]
    """A transformer layer over an embedding, and logits."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 32)
        self.layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.logits = nn.Linear(32, 50)

    def forward(self, tokens: Any) -> Any:
        return self.logits(self.layer(self.embedding(tokens)))


def test_attention_counts_on_a_processor_too() -> None:
    """PyTorch's counter skips fused attention there."""
    run = trained(Tokens(), torch.randint(0, 50, (2, 16)))
    matrices = 2 * (4 * 32 * 32 + 2 * 32 * 64 + 32 * 50)
    assert value(run.facts["forward_flop_per_token"]) == matrices + 4 * 16 * 32
    assert (run.facts["tokens_seen"], run.facts["sequence_length"]) == (3 * 32, 16)


class Branching(nn.Module):  # type: ignore[misc, name-defined]
    """What cannot run without its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Linear(8, 8)

    def forward(self, x: Any) -> Any:
        return self.one(x) if float(x.sum()) > -math.inf else x


def test_a_module_that_asks_for_numbers_is_counted_while_it_runs() -> None:
    run = trained(Branching(), torch.randn(2, 8))
    assert value(run.facts["forward_flop"]) == 2 * 8 * 8
    assert "on the device" in run.facts["forward_flop"]["source"]


def test_the_paper_holds_the_chip_and_its_utilization(tmp_path: Path) -> None:
    run = trained(nn.Linear(512, 512), torch.randn(256, 512), 30, path=tmp_path / "paper.yaml", chip="A100", chips=2,
                  number_format="bf16")
    paper = yaml.safe_load((tmp_path / "paper.yaml").read_text())
    seconds = float(paper["time"].split()[0])
    counted = 30 * 256 * 2 * 512 * 512 * 2  # no gradient for the input
    assert run.utilization == pytest.approx(counted / (2 * seconds * 312e12), rel=1e-3)
    assert paper["chips"] == 2
    assert estimate(tmp_path / "paper.yaml")["methods"]["operation_counting"]["flop"] == pytest.approx(counted)


def test_the_trainer_of_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="the extra 'transformers' is not installed")
    pytest.importorskip("accelerate", reason="accelerate, which the Trainer needs, is not installed")
    from computeest.integrations.transformers import ComputeCallback

    config = transformers.LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
                                      num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=16)
    data = [{"input_ids": torch.randint(0, 64, (16,)), "labels": torch.randint(0, 64, (16,))} for _ in range(8)]
    arguments = transformers.TrainingArguments(str(tmp_path), per_device_train_batch_size=2, max_steps=4, report_to=[],
                                               use_cpu=True, disable_tqdm=True, save_strategy="no")
    callback = ComputeCallback()
    trainer = transformers.Trainer(transformers.LlamaForCausalLM(config), arguments, train_dataset=data,
                                   callbacks=[callback])
    trainer.train()
    record = estimate(tmp_path / "paper.yaml")
    algebra = estimate({"family": "huggingface", "tokens_seen": 4 * 2 * 16, "sequence_length": 16,
                        "architecture": {"config": {**config.to_dict(), "architectures": ["LlamaForCausalLM"]}}})
    assert record["flop"] == pytest.approx(algebra["flop"], rel=1e-3)
    assert record["parameters"] == algebra["parameters"]
    assert callback.run.facts["steps"] == 4


def test_lightning(tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning", reason="the extra 'lightning' is not installed")
    from computeest.integrations.lightning import ComputeCallback

    class Plain(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(8, 4)

        def training_step(self, batch: Any, _index: int) -> Any:
            return self.layer(batch).sum()

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.01)

    callback = ComputeCallback()
    trainer = lightning.Trainer(default_root_dir=tmp_path, max_epochs=2, callbacks=[callback], accelerator="cpu",
                                logger=False, enable_checkpointing=False, enable_progress_bar=False,
                                enable_model_summary=False)
    trainer.fit(Plain(), torch.utils.data.DataLoader(torch.randn(12, 8), batch_size=4))
    paper = yaml.safe_load((tmp_path / "paper.yaml").read_text())
    assert (paper["examples_seen"], paper["steps"], paper["parameters"]) == (24, 6, 36)
    assert estimate(tmp_path / "paper.yaml")["flop"] == pytest.approx(24 * 2 * 2 * 8 * 4)
