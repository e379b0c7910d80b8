"""A network that is trained beside a model and is a part of it has numbers of its own, which are not the model's."""

from __future__ import annotations

import pytest

from computeest.documents import draft, read

OWN = "The U-Net was trained for 600k steps with batch size 2048 on 256 A100 GPUs for 25 days."


def drafted(text: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(text, "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize("part", [
    "The VAE was trained from scratch on 8 A100 GPUs with batch size 256 for 200k steps in 3 days.",
    "Our autoencoder was first trained on 8 A100 GPUs with batch size 256 for 200k steps in 3 days.",
    "The super-resolution models were trained for 2.5M steps with batch size 1024 on 128 A100 GPUs.",
    "The vision encoder (400M) was trained for 2.5M steps with batch size 1024 on 128 A100 GPUs.",
    "We separately trained a vocoder for 1M steps on 4 A100 GPUs for 8 days.",
])
@pytest.mark.parametrize("order", [False, True])
def test_a_part_s_training_is_not_the_model_s(part: str, order: bool) -> None:
    said = f"{part} {OWN}" if order else f"{OWN} {part}"
    head = "# PaintBox XL\n\nPaintBox XL is a diffusion model with 2.6B parameters.\n\n## Training\n\n"
    found = drafted(f"{head}{said}\n")
    assert {name: found[name] for name in ("batch_size", "chips", "time")} == {
        "batch_size": "2048", "chips": "256", "time": "25 days"}
    assert found["steps"] == "600k steps"


def test_a_part_alone_leaves_the_model_without() -> None:
    found = drafted("# PaintBox XL\n\nPaintBox XL has 2.6B parameters.\n\n## Training\n\n"
                    "The VAE was trained on 8 A100 GPUs with batch size 256 for 200k steps in 3 days.\n")
    assert not {"batch_size", "chips", "steps", "time"} & found.keys()


@pytest.mark.parametrize("text", [
    "# HiFi-Wave vocoder\n\nHiFi-Wave has 14M parameters. The vocoder was trained for 200k steps on 8 V100 GPUs.",
    "# SD-VAE-X\n\nSD-VAE-X has 83M parameters. The VAE was trained for 200k steps on 8 V100 GPUs.",
    "# Wavey\n\nWavey is a neural vocoder with 14M parameters. The vocoder was trained for 200k steps on 8 V100 GPUs.",
    "# PaintBox\n\nPaintBox uses the VAE of Stable Diffusion. PaintBox was trained for 200k steps on 8 V100 GPUs.",
    "# PaintBox\n\nWith the VAE frozen, PaintBox was trained for 200k steps on 8 V100 GPUs.",
])
def test_a_model_that_is_one_or_has_one_keeps_its_training(text: str) -> None:
    found = drafted(f"{text}\n")
    assert (found["steps"], found["chips"]) == ("200k steps", "8")
