"""Tokens beside epochs: of one of them, of all, or of either, so that a total is not multiplied again."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, passes, read, writing


@pytest.mark.parametrize(("text", "counted"), [
    ("We train for {450 billion} tokens, or approximately 4.25 epochs.", "all"),
    ("trained for {450B} tokens (4.25 epochs)", "all"),
    ("We trained for 3 epochs ({300B} tokens).", "all"),
    ("{178B} tokens, i.e. 7 epochs on 25B unique tokens", "all"),
    ("4.25 epochs, totaling {450B} tokens", "all"),
    ("for 3 epochs, for a total of {300B} tokens", "all"),
    ("a total of {300B} tokens over 3 epochs", "all"),
    ("{300B} tokens (100B x 3 epochs)", "all"),
    ("100B tokens × 3 epochs = {300B} tokens", "all"),
    ("{300B} tokens (0.4 epochs)", "all"),
    ("approximately {300B} tokens, which is about 1.5 epochs of the Pile", "all"),
    ("{236B} tokens, corresponding to 3 epochs", "all"),
    ("It saw {1T} tokens in 4.5 epochs", "all"),
    ("{4.3 trillion} tokens in total, about 4.5 epochs", "all"),
    ("{1.2T} tokens — roughly 2.5 epochs over our corpus", "all"),
    ("{54B} tokens (7B unique tokens)", "all"),
    ("We train for {450B} tokens, approximately 4.25 epochs, on 106B tokens", "all"),
    ("trained by a team on {80B} tokens around 3 epochs", "unsaid"),
    ("178B tokens, i.e. 7 epochs on {25B} unique tokens", "one"),
    ("{1 trillion} tokens of diverse English and code datasets for 4 epochs", "unsaid"),
    ("pre-trained on {1 trillion} tokens of diverse English and code datasets for 4 epochs", "one"),
    ("We train for 4 epochs on a dataset of {100B} tokens", "one"),
    ("We train for 4 epochs over the {100B} token dataset", "one"),
    ("The dataset totals {100B} tokens and we train for 3 epochs", "one"),
    ("{100B} tokens × 3 epochs = 300B tokens", "one"),
    ("{100B} tokens per epoch for 3 epochs", "one"),
    ("for 3 epochs ({100B} tokens each)", "one"),
    ("trained on {300B} tokens over 3 epochs", "unsaid"),
    ("trained for {300B} tokens for 3 epochs", "unsaid"),
    ("corpus of {100B} tokens (3 epochs)", "unsaid"),
    ("{100B} tokens (trained for 3 epochs)", "unsaid"),
    ("trained on {300B} tokens for one epoch", ""),
    ("{300B} tokens for 1 epoch", ""),
    ("trained on {300B} tokens, then fine-tuned for 3 epochs", ""),
    ("trained on {2T} tokens; SFT used 3 epochs", ""),
])
def test_what_tokens_beside_epochs_count(text: str, counted: str) -> None:
    start, end = text.index("{"), text.index("}") - 1
    assert passes.of(text.replace("{", "").replace("}", ""), start, end) == counted


def estimated(said: str) -> dict[str, object]:
    paper, *_ = writing.as_mappings(draft.drafted(read.from_text(f"# Nova 7B\n\n{said}\n", "card.md")))
    return pipeline.estimate(paper)


@pytest.mark.parametrize(("said", "tokens"), [
    # Galactica: 450e9 tokens, 4.25 epochs of 106e9 (Taylor et al. 2022, section 3.3)
    ("We train for 450 billion tokens, or approximately 4.25 epochs.", 450e9),
    ("It was trained for 3 epochs (300B tokens).", 300e9),
    # 178e9 tokens are 7 epochs of 25e9 (Muennighoff et al. 2023)
    ("It was trained on 178B tokens, i.e. 7 epochs on 25B unique tokens.", 178e9),
    ("It was trained on 100B tokens for 3 epochs.", 300e9),
    # StableLM-3B-4E1T: four epochs of 1e12 (its card)
    ("It was pre-trained on 1 trillion tokens of diverse English and code datasets for 4 epochs.", 4e12),
    ("It was trained on 54B tokens (7B unique tokens).", 54e9),
])
def test_a_total_is_not_multiplied_and_a_data_set_is(said: str, tokens: float) -> None:
    assert estimated(f"Nova 7B has 7B parameters. {said}")["flop"] == pytest.approx(6 * 7e9 * tokens, rel=0.02)


@pytest.mark.parametrize("said", [
    "Nova 7B has 7B parameters. It was trained on 300B tokens over 3 epochs.",
    "- Parameters: 7B\n- Dataset size: 300B tokens (3 epochs)",
])
def test_what_may_be_either_is_spanned(said: str) -> None:
    record = estimated(said)
    assert record["flop_low"] < 6 * 7e9 * 300e9 < 6 * 7e9 * 900e9 < record["flop_high"]
    found = draft.drafted(read.from_text(f"# Nova 7B\n\n{said}\n", "card.md"))
    seen, = (fact.reading for fact in found.papers[0].facts if fact.reading.column == "tokens_seen")
    assert seen.why.endswith("the tokens may be of one epoch or of all")
    assert "tokens-contradict" in {check["code"] for check in record["checks"]}
