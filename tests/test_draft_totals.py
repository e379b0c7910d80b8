"""What several trainings are added up to is no fact of one of them, and factors of a product are no count."""

from __future__ import annotations

import pytest

from computeest.documents import check, draft, read

HEAD = "# Auk-7B\n\nAuk-7B has 7B parameters and was trained on 1T tokens.\n\n## Training\n\n"


def drafted(said: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize("said", [
    # Code Llama's model card (Meta 2023), whose 400K hours are of all nine models
    "In aggregate, training all 9 Auk models required 400K GPU hours of computation on hardware of type A100-80GB.",
    "Training all nine Auk models took 400K A100 GPU hours.",
    "The three models were trained for a total of 400K A100 GPU hours.",
    "The Auk family (1B, 3B and 7B) required 400K A100 GPU hours.",
    "All our experiments, including hyperparameter search, consumed 400K A100 GPU hours.",
    "Developing Auk-7B used 400K A100 GPU hours in total.",
    "We spent 400K A100 GPU hours in total, including preliminary experiments and failed runs.",
    "Across the whole project we used 400K A100 GPU hours.",
])
def test_hours_of_several_trainings_are_left_out(said: str) -> None:
    assert "chip_time" not in drafted(said)
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    assert any(one.column == "chip_time" and "of several trainings" in one.why for one in paper.not_used)


@pytest.mark.parametrize("said", [
    "Training took 400K A100 GPU hours in all.",
    "All models were trained on A100s; training Auk-7B took 400K A100 GPU hours.",
    "Training Auk-7B took 400K A100 GPU hours, while all experiments together took 900K GPU hours.",
    "Including failed runs and ablations, we spent 900K A100 GPU hours; the final run took 400K A100 GPU hours.",
    "Training took 400K A100 GPU hours, not including preliminary experiments.",
    "Training took 400K A100 GPU hours, including restarts and evaluation.",
    "The entire training run took 400K A100 GPU hours.",
    "All stages of its training took 400K A100 GPU hours.",
])
def test_hours_of_one_training_stay_beside_such_words(said: str) -> None:
    assert drafted(said)["chip_time"].startswith("400K ")


def test_emissions_of_several_trainings_are_none_of_one() -> None:
    assert "emissions" not in drafted("Training the three models emitted 12 tCO2eq.")
    assert drafted("Training Auk-7B emitted 12 tCO2eq.")["emissions"] == "12 tCO2"


@pytest.mark.parametrize(("said", "chips"), [
    ("2 x 8 H100 GPUs", "16"), ("4 x 8 A100", "32"), ("16 x 4 NVIDIA V100 32GB GPUs", "64"), ("8 × 8 GPUs", "64"),
    ("8 x 3090 GPUs", "8"), ("8 x 32 GB V100 GPUs", "8"), ("8x A100 GPUs", "8"), ("128 x H100 GPUs", "128"),
    ("8x80GB A100 GPUs", None), ("8 x 80GiB A100 GPUs", "8"),
])
def test_a_product_of_chips_is_no_product_with_their_memory_or_name(said: str, chips: str | None) -> None:
    assert drafted(f"It was trained for 9 days on {said}.").get("chips") == chips


@pytest.mark.parametrize(("said", "epochs"), [
    ("We train for 3 epochs of 52k examples.", "3 epochs"),
    ("We train for three epochs of about 52,000 examples.", "3 epochs"),
    ("We train with epochs of 4 and batch size 32.", "4 epochs"),
    ("The number of epochs is 4.", "4 epochs"),
])
def test_what_stands_in_an_epoch_counts_none(said: str, epochs: str) -> None:
    assert drafted(said)["epochs"] == epochs


def test_a_product_is_in_the_quote_of_its_factors() -> None:
    assert check.holds("256", "Hardware: 32 x 8 x A100 GPUs")
    assert not check.holds("250", "Hardware: 32 x 8 x A100 GPUs")
