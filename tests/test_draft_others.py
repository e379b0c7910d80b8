"""Numbers of a tokenizer, a reward model, an evaluation or a whole corpus are not this model's training."""

from __future__ import annotations

import pytest

from computeest.documents import draft, read

HEAD = "# Nova 7B\n\nNova 7B is a 7B parameter model. "


def drafted(said: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize("said", [
    "The tokenizer was trained on 10B tokens.",
    "We train a BPE tokenizer on 10B tokens.",
    "The SentencePiece model was fitted on 10B tokens.",
    "The reward model was trained on 300M tokens.",
    "The teacher model was trained on 15T tokens.",
    "A quality classifier is trained on 5B tokens.",
    "We evaluate on 1B tokens.",
    "Perplexity on a held-out set of 10M tokens is reported.",
])
def test_tokens_of_something_else_are_none(said: str) -> None:
    assert not {"tokens", "tokens_seen"} & drafted(said).keys()
    assert drafted(f"{said} Nova 7B was trained on 2T tokens.")["tokens_seen"] == "2T tokens"


@pytest.mark.parametrize("said", [
    "Nova 7B uses the Llama tokenizer and was trained on 2T tokens.",
    "The tokenizer has a vocabulary of 128K tokens, and the model was trained on 2T tokens.",
    "Nova 7B was evaluated after training on 2T tokens.",
    "It was trained on 2T tokens, of which 500B are code.",
    "It was trained on 2T tokens of which 40% is code.",
])
def test_its_own_tokens_beside_such_words_stay(said: str) -> None:
    assert drafted(said)["tokens_seen"] == "2T tokens"


@pytest.mark.parametrize(("said", "seen"), [
    ("Our corpus contains 10T tokens, of which 1.5T are used for training.", "1.5T tokens"),
    ("The corpus has 10T tokens, of which 1.5T tokens were used.", "1.5T tokens"),
    # OPT-175B: a corpus of 180e9 tokens, 300e9 seen (Zhang et al. 2022, sections 2.3 and 2.4)
    ("Training data contains 180B tokens. The 7B model has been trained for 33 days; 300B tokens were seen in total.",
     "300B tokens"),
    ("Training data contains 180B tokens. The model saw 300B tokens.", "300B tokens"),
])
def test_what_was_seen_is_told_from_the_corpus(said: str, seen: str) -> None:
    assert drafted(said)["tokens_seen"] == seen


@pytest.mark.parametrize(("said", "time"), [
    ("We pre-trained Nova 7B on 1024 TPU-v3 chips for a total of about 57.7 days, and 256K tokens per batch.",
     "~57.7 days"),
    ("Nova 7B was trained for 12 days, with 4M tokens per step.", "12 days"),
])
def test_a_time_beside_what_is_counted_per_batch_is_read(said: str, time: str) -> None:
    assert drafted(said)["time"] == time


@pytest.mark.parametrize("said", ["Nova 7B was trained at 12 hours per epoch.", "Reward model: 7h on a single A100.",
                                  "It generates text at 3 seconds per image."])
def test_a_time_of_a_part_is_none(said: str) -> None:
    assert "time" not in drafted(said)


@pytest.mark.parametrize(("said", "seen"), [
    ("We train in two stages. In the second stage, we train on 100B tokens of code.", None),
    ("The third stage involves approximately 130 billion tokens.", None),
    ("Stage 2 uses 100B tokens of math, for a total of 1.1T tokens across both stages.", "1.1T tokens"),
    ("It was trained on 1.1T tokens. Stage 2 uses 100B tokens of math.", "1.1T tokens"),
    ("In the first stage, we train on 2T tokens.", "2T tokens"),
])
def test_the_tokens_of_a_later_stage_alone_are_not_the_whole(said: str, seen: str | None) -> None:
    assert drafted(said).get("tokens_seen") == seen


@pytest.mark.parametrize("said", [
    "64 nodes of 8 A100 40GB", "64 nodes of 8 A100", "64 nodes with 8 V100s", "64 servers, each with 8 H100 80GB,",
    "64 p4d.24xlarge instances, each with 8 A100 GPUs,", "64 a2-highgpu-8g instances with 8 A100 GPUs each",
    "64 virtual machines, each having 8 A100 GPUs,",
    "64 nodes of 8x MI250X", "64 nodes of 8 A100-80GB GPUs", "64 machines with 8 NVIDIA RTX 3090", "64 nodes of 8 TPUs",
])
def test_chips_of_each_node_that_only_their_name_counts(said: str) -> None:
    found = drafted(f"It was trained for 53 days on {said}.")
    assert (found["nodes"], found["chips_per_node"]) == ("64", "8")
    assert "chips" not in found


@pytest.mark.parametrize("said", ["8 A100 40GB", "8 A100 in one node", "8 V100s"])
def test_chips_without_a_count_of_nodes_are_all(said: str) -> None:
    found = drafted(f"It was trained for 53 days on {said}.")
    assert found["chips"] == "8"
    assert not {"nodes", "chips_per_node"} & found.keys()


@pytest.mark.parametrize(("said", "base"), [
    ("Zed-7B is fine-tuned from Mistral-7B on 50k samples.", "Mistral-7B"),
    ("Zed-7B has 7B parameters. It was further fine-tuned from Llama-2-7B with LoRA.", "Llama-2-7B"),
    ("Zed-7B was trained from scratch, unlike models that are tuned from Llama-2-7B.", None),
])
def test_a_model_tuned_from_another_has_it_as_its_base(said: str, base: str | None) -> None:
    assert drafted(f"# Zed-7B\n\n{said}").get("base_model") == base


@pytest.mark.parametrize("said", [
    "Zed-7B supports a context of 262,144 tokens, extendable up to 1,010,000 tokens.",
    "A window that we extend to 1M tokens.",
    "Zed-7B handles 1M tokens of context.",
])
def test_how_far_a_context_reaches_is_no_data(said: str) -> None:
    found = drafted(f"# Zed-7B\n\nZed-7B has 7B parameters. {said}")
    assert not {"tokens", "tokens_seen"} & set(found)
    assert drafted(f"# Zed-7B\n\nIt was trained on 2T tokens. {said}").get("tokens_seen") == "2T tokens"
