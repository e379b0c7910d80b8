"""The model that another began as: from front matter and from sentences, and not from what is said of its parts."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, origins, read, writing


@pytest.mark.parametrize(("sentence", "base"), [
    ("We train it on 500B tokens, starting from Llama 2 34B weights.", "Llama 2 34B"),
    ("We start training from the Llama 2 model weights and train on 500B tokens.", "Llama 2"),
    ("Llemma 34B was initialized with Code Llama weights, and trained on 50B tokens.", "Code Llama"),
    ("Llemma was initialized from Code Llama weights.", "Code Llama"),
    ("It was adapted to the medical domain from Llama-2-7B through continued pretraining.", "Llama-2-7B"),
    ("This model is a fine-tuned version of meta-llama/Llama-2-7b-hf on the foo dataset.", "meta-llama/Llama-2-7b-hf"),
    ("This model is a fine-tuned version of mistralai/Mistral-7B-v0.1 on an unknown dataset.",
     "mistralai/Mistral-7B-v0.1"),
    ("We start with a pretrained PaLM 540B model and finetune it on 26B tokens.", "PaLM 540B"),
    ("Minerva is based on the PaLM 540B model, further trained on 26B tokens.", "PaLM 540B"),
    ("We start from the Llama 2 13B checkpoint and continue training for 55B tokens.", "Llama 2 13B"),
    ("Fine-tuned from mT5-xxl for 30,000 steps.", "mT5-xxl"),
    ("Foo is a LoRA adapter for Llama-3-8B.", "Llama-3-8B"),
    ("A fine-tune of google/gemma-2b.", "google/gemma-2b"),
    ("BioBERT was initialized with BERT weights.", "BERT"),
])
def test_a_sentence_names_the_base_model(sentence: str, base: str) -> None:
    assert base in {said.text for said in origins.said(sentence) if said.pattern in ("from", "began as")}


@pytest.mark.parametrize("sentence", [
    "The weights are initialized with Xavier initialization.",
    "The vision encoder is initialized from CLIP-ViT-L weights.",
    "The backbone is initialized with ImageNet weights.",
    "We train with PyTorch and activation checkpoints.",
    "We initialize the tokenizer from Llama 2 weights.",
    "The reward model is initialized from Llama 2 7B weights.",
    "Starting from January 2023 the model was updated.",
    "A chat version of the model will follow.",
    "We continued training from the Stage 1 checkpoint.",
    "Building on the work we started with our Llama 3 models, we reduce refusals.",
])
def test_a_sentence_names_none(sentence: str) -> None:
    assert not [said.text for said in origins.said(sentence) if said.pattern in ("from", "began as")]


CARD = "# Foo-7B\n\nFoo-7B has 7B parameters and was trained on 10B tokens.\n"


def base(front: str, text: str = CARD) -> dict[str, object] | None:
    paper, *_ = writing.as_mappings(draft.drafted(read.from_text(f"---\n{front}\n---\n{text}", "card.md")))
    return paper.get("base_model")  # type: ignore[return-value]


@pytest.mark.parametrize(("front", "value", "quote", "line"), [
    ("license: mit\nbase_model: mistralai/Mistral-7B-v0.1", "mistralai/Mistral-7B-v0.1",
     "base_model: mistralai/Mistral-7B-v0.1", 3),
    ('base_model: "meta-llama/Llama-2-7b-hf"\nlicense: mit', "meta-llama/Llama-2-7b-hf",
     'base_model: "meta-llama/Llama-2-7b-hf"', 2),
    ("base_model:\n- meta-llama/Llama-2-7b-hf\ndatasets:\n- x/y", "meta-llama/Llama-2-7b-hf",
     "base_model: - meta-llama/Llama-2-7b-hf", 2),
    ("base_model:\n  - meta-llama/Llama-2-7b-hf\nlibrary_name: peft\ntags:\n  - adapter", "meta-llama/Llama-2-7b-hf",
     "base_model: - meta-llama/Llama-2-7b-hf", 2),
])
def test_front_matter_names_it(front: str, value: str, quote: str, line: int) -> None:
    found = base(front)
    assert found is not None
    assert (found["value"], found["quote"], found["line"]) == (value, quote, line)


def test_a_merge_has_no_one_base_model_whose_compute_is_known() -> None:
    paper, *_ = writing.as_mappings(draft.drafted(read.from_text(
        f"---\nbase_model:\n- a/Foo-7B-A\n- b/Foo-7B-B\n---\n{CARD}", "card.md")))
    assert "a/Foo-7B-A" in paper["base_model"]["value"]  # type: ignore[index]
    assert "b/Foo-7B-B" in paper["base_model"]["value"]  # type: ignore[index]
    assert "base-compute-missing" in {check["code"] for check in pipeline.estimate(paper)["checks"]}


@pytest.mark.parametrize(("said", "name"), [
    ("Llama 2 base model", True), ("meta-llama/Llama-2-7b-hf", True),
    ("Directory of the base model weights", False), ("base models designed for code-related tasks", False)])
def test_a_field_names_a_base_model_and_describes_none(said: str, name: bool) -> None:
    paper, *_ = writing.as_mappings(draft.drafted(read.from_text(f"{CARD}\n- Base Model: {said}\n", "card.md")))
    assert ("base_model" in paper) is name


@pytest.mark.parametrize("front", ["license: mit\ntags:\n- base_model", "datasets:\n- meta-llama/Llama-2-7b-hf"])
def test_front_matter_without_a_base_model_names_none(front: str) -> None:
    assert base(front) is None


def test_the_tokens_of_a_tuning_are_not_the_whole_training() -> None:
    # Llama 2 7B: 2e12 tokens (Touvron et al. 2023, table 1); 6 x 7e9 x 2e12 = 8.4e22 before the 10e9 of its own
    paper, *_ = writing.as_mappings(draft.drafted(read.from_text(
        f"---\nbase_model: meta-llama/Llama-2-7b-hf\n---\n{CARD}", "card.md")))
    record = pipeline.estimate(paper)
    assert record["flop"] == pytest.approx(6 * 7e9 * 2.01e12, rel=0.15)
