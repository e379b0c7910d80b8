"""A part and its whole: chips of a cluster, tokens of a corpus, groups of chips, where a training changed."""

from __future__ import annotations

import pytest

from computeest.documents import candidates, draft, read
from computeest.problems import CellError
from computeest.schema import cells, fields

HEAD = "# Stork-3B\n\nStork-3B is a 3B parameter language model.\n\n## Training\n\n"


def drafted(said: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize(("said", "chips"), [
    ("The cluster has 2,048 H100 GPUs, of which 512 were used for Stork-3B for 9 days.", "512"),
    ("Stork-3B was trained on 512 of the cluster's 2,048 GPUs for 9 days.", "512"),
    ("Our cluster consists of 4,000 A100 GPUs. Stork-3B was trained on some of them for 9 days.", None),
    ("Training started on 128 A100s and was moved to 256 A100s after 100B tokens; it took 30 days.", None),
    ("Stork-3B was trained on a cluster of 2,048 H100 GPUs for 9 days.", "2,048"),
    ("Stork-3B was trained on a cluster equipped with 2048 H800 GPUs for 9 days.", "2048"),
    ("Training started on 128 A100 GPUs on March 3 and took 30 days.", "128"),
    ("We trained it on 280 DGX A100 servers, with 8 80GB A100 GPUs each.", None),
    ("We trained it for 9 days on 8 A100 GPUs.", "8"),
])
def test_chips_of_a_cluster_are_not_those_of_a_run(said: str, chips: str | None) -> None:
    assert drafted(said).get("chips") == chips


@pytest.mark.parametrize(("said", "tokens"), [
    ("We trained on 40% of the 2.5T token corpus.", None),
    ("Stork-3B was trained on half of the 2T token corpus.", None),
    ("The model was trained on a subset of 200B tokens of the 5T-token FineWeb dataset.", "200B tokens"),
    ("Stork-3B was trained on 1T tokens of the SlimPajama corpus.", "1T tokens"),
])
def test_a_corpus_of_which_a_part_is_used_is_not_what_was_seen(said: str, tokens: str | None) -> None:
    found = drafted(said)
    assert found.get("tokens", found.get("tokens_seen")) == tokens


@pytest.mark.parametrize(("said", "seen"), [
    ("The run was moved to 256 A100s after 100B tokens.", None),
    ("After 100B tokens, we switched to a larger batch.", None),
    ("Training stopped after 1T tokens.", "1T tokens"),
    ("We doubled the batch size after 100B tokens, and trained on 1T tokens in all.", "1T tokens"),
])
def test_where_something_changed_is_not_where_a_training_ended(said: str, seen: str | None) -> None:
    assert drafted(said).get("tokens_seen") == seen


@pytest.mark.parametrize("between", ["and", "before moving to", "and then", "after which we switched to"])
def test_groups_of_chips_are_one_amount_and_none_of_them_is_the_run(between: str) -> None:
    found = drafted(f"We trained on 256 A100 GPUs for 9 days {between} 512 A100 GPUs for 5 days.")
    read_again = candidates.value("chip_time", found["chip_time"])
    assert read_again is not None
    assert read_again[2] == pytest.approx((256 * 9 + 512 * 5) * 86400)
    assert not {"chips", "time"} & found.keys()


def test_a_group_that_cannot_be_added_up_leaves_no_group_alone() -> None:
    said = "We trained on 256 A100 GPUs for 9 days, after which we switched to 512 H100 GPUs for 5 days."
    assert not {"chips", "time"} & drafted(said).keys()


@pytest.mark.parametrize(("said", "batch"), [
    ("With batch size 1 at inference, it needs 7 GB. It was trained on 1T tokens.", None),
    ("Latency is measured with a batch size of 1. It was trained on 1T tokens.", None),
    ("The batch size is 512 for training and 1 for inference.", "512"),
])
def test_a_batch_of_inference_is_none_of_training(said: str, batch: str | None) -> None:
    assert drafted(said).get("batch_size") == batch


@pytest.mark.parametrize("between", [" and ", ", ", "; ", " then ", " followed by ", " before ", " before moving to ",
                                     ", after which we switched to ", ", resumed on "])
def test_a_cell_adds_groups_up_whatever_joins_them(between: str) -> None:
    cell = cells.read(fields.FIELDS["chip_time"], f"256 A100 GPUs for 9 days{between}512 A100 GPUs for 5 days")
    assert cell.value == pytest.approx((256 * 9 + 512 * 5) * 86400)


@pytest.mark.parametrize("text", [
    "256 A100 for 9 days before 512 for 5 days", "256 A100 for 9 days until 512 A100 for 5 days",
    "256 A100 GPUs for 9 days (later 512 A100 GPUs for 5 days)",
    "256 A100 GPUs for 9 days, after which we switched to 512 H100 GPUs for 5 days",
])
def test_groups_that_cannot_be_told_apart_are_refused(text: str) -> None:
    with pytest.raises(CellError):
        cells.read(fields.FIELDS["chip_time"], text)


@pytest.mark.parametrize(("text", "days"), [("256 A100 GPUs for 9 days", 256 * 9), ("8 A100 over 3 weeks", 8 * 21)])
def test_one_group_is_read_as_before(text: str, days: float) -> None:
    assert cells.read(fields.FIELDS["chip_time"], text).value == pytest.approx(days * 86400)


@pytest.mark.parametrize(("said", "columns"), [
    ("It was trained for 600,000 steps at 256x256, followed by 200,000 steps at 512x512.", {"steps"}),
    ("Training used 1T tokens at length 2048, then 300B tokens at length 4096.", {"tokens_seen", "tokens"}),
    ("It was trained for 10 days on 64 A100 GPUs, and another 4 days on 128 A100 GPUs.", {"time", "chips"}),
    ("We trained it on 64 A100 GPUs: 12 days for the first phase and 5 days for the second.", {"time"}),
    ("We train for 100k steps with sequence length 512 and then 50k steps with sequence length 2048.",
     {"steps", "sequence_length"}),
])
def test_one_of_two_that_a_sentence_says_alike_is_not_the_whole(said: str, columns: set[str]) -> None:
    assert not columns & drafted(said).keys()
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    assert any("one of two" in one.why for one in paper.not_used)


@pytest.mark.parametrize(("said", "seen"), [
    ("It was trained on 2T tokens, including 500B tokens of code.", "2T tokens"),
    ("It was trained on 2T tokens. It was then evaluated on 1M tokens.", "2T tokens"),
    ("Stork-3B was trained on 1T tokens, 10x more than Crane-3B, which was trained on 100B tokens.", "1T tokens"),
])
def test_a_whole_beside_its_part_or_another_s_stays(said: str, seen: str) -> None:
    assert drafted(said)["tokens_seen"] == seen


@pytest.mark.parametrize("above", [
    "Stork 3B is an instruction tuned model, optimized for dialogue.",
    "The tuned versions use supervised fine-tuning (SFT) and reinforcement learning with human feedback (RLHF).",
])
def test_a_sentence_above_a_table_does_not_make_its_tokens_those_of_tuning(above: str) -> None:
    paper, *_ = draft.drafted(read.from_text(
        f"# Stork 3B\n\n{above}\n\n| |Params|Token count|\n|---|---|---|\n|Stork 3B|3B|15T|\n\n"
        "| |Training Time (GPU hours)|\n|---|---|\n|Stork 3B|7.0M|\n", "card.md")).papers
    assert not paper.runs
    assert {"tokens_seen", "tokens"} & {fact.reading.column for fact in paper.facts}


@pytest.mark.parametrize("caption", ["Table 3: Hyperparameters of supervised fine-tuning", "Settings of SFT",
                                     "The hyperparameters of our SFT stage are as follows:"])
def test_a_caption_says_the_stage_of_its_table(caption: str) -> None:
    paper, *_ = draft.drafted(read.from_text(
        f"# Stork 3B\n\nStork 3B was trained on 2T tokens.\n\n{caption}\n\n| |Tokens|Batch size|\n|---|---|---|\n"
        "|Stork 3B|1B|64|\n", "card.md")).papers
    assert any(run.stage == "fine-tuning" for run in paper.runs)
