"""The settings that trainers write into model cards, with keys in small letters: whose batch each of them is."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, read, writing

CARD = """# nova-7b

Nova has 7B parameters.

### Training hyperparameters

The following hyperparameters were used during training:
{settings}
"""


def paper(*settings: str) -> dict[str, object]:
    text = CARD.format(settings="\n".join(f"- {one}" for one in settings))
    found = writing.as_mappings(draft.drafted(read.from_text(text, "card.md")))[0]
    return {key: fact["value"] if isinstance(fact, dict) else fact for key, fact in found.items() if key != "not_used"}


def test_the_total_batch_is_that_of_a_step() -> None:
    found = paper("learning_rate: 5e-05", "train_batch_size: 8", "eval_batch_size: 4", "distributed_type: multi-GPU",
                  "num_devices: 4", "gradient_accumulation_steps: 16", "total_train_batch_size: 512",
                  "total_eval_batch_size: 16", "lr_scheduler_warmup_steps: 100", "num_epochs: 3.0",
                  "training_steps: 1000", "max_seq_length: 2048")
    assert found["batch_size"] == "512"
    assert str(found["epochs"]).split()[0] == "3.0"
    assert str(found["steps"]).split()[0] == "1000"
    assert pipeline.estimate({key: found[key] for key in ("parameters", "steps", "batch_size", "sequence_length")})[
        "flop"] == pytest.approx(6 * 7e9 * 1000 * 512 * 2048, rel=0.05)


def test_alone_on_one_device_it_is_that_of_a_step_too() -> None:
    assert paper("train_batch_size: 16", "eval_batch_size: 8", "num_epochs: 3")["batch_size"] == "16"


@pytest.mark.parametrize("settings", [
    ("train_batch_size: 8", "num_devices: 4"),
    ("train_batch_size: 8", "gradient_accumulation_steps: 16"),
    ("train_batch_size: 8", "distributed_type: multi-GPU"),
    ("per_device_train_batch_size: 8", "num_epochs: 3"),
    ("micro_batch_size: 8", "num_epochs: 3"),
    ("eval_batch_size: 8", "num_epochs: 3"),
    ("total_eval_batch_size: 8", "num_epochs: 3"),
])
def test_the_batch_of_a_device_or_of_an_evaluation_is_none(settings: tuple[str, ...]) -> None:
    assert not {"batch_size", "batch_tokens"} & paper(*settings).keys()


@pytest.mark.parametrize("settings", ["lr_scheduler_warmup_steps: 5000", "gradient_accumulation_steps: 800",
                                      "eval_steps: 5000", "save_steps: 5000", "logging_steps: 5000"])
def test_other_steps_are_none(settings: str) -> None:
    assert "steps" not in paper(settings)
