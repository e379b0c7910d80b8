"""Numbers of a plan, a trial, inference, of others and of another size are not those of the model's training."""

from __future__ import annotations

import pytest

from computeest.documents import draft, read

HEAD = "# Heron 7B\n\nHeron 7B is a 7B parameter model. "
AMOUNTS = {"tokens", "tokens_seen", "time", "chips", "chip", "chip_time"}


def drafted(said: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize("said", [
    # as TinyLlama's README began (Zhang et al. 2023): "aims to pretrain a 1.1B Llama model on 3 trillion tokens"
    "The Heron project aims to pretrain a 7B model on 3 trillion tokens.",
    "We plan to train Heron 7B on 3T tokens.",
    "The goal is to train Heron 7B on 3 trillion tokens over 90 days using 16 A100 GPUs.",
    "Heron 7B will be trained on 5T tokens.",
    "Heron 7B is currently being trained on 5T tokens.",
    "Training is ongoing and is expected to complete after 500B tokens.",
    "We expect that training on 15T tokens would take 90 days on 1024 H100 GPUs.",
    "In future work, we intend to train on 10T tokens with 2048 H100 GPUs.",
])
def test_what_is_planned_is_not_done(said: str) -> None:
    assert not AMOUNTS & drafted(said).keys()
    found = drafted(f"Heron 7B was trained on 2T tokens. {said}")
    assert found["tokens_seen"] == "2T tokens"
    assert not (AMOUNTS - {"tokens", "tokens_seen"}) & found.keys()


@pytest.mark.parametrize("said", [
    "With the goal of an open model, Heron 7B was trained on 2T tokens.",
    "We planned to train on 5T tokens, and trained on 2T tokens.",
    "We want to train well, so we trained on 2T tokens.",
    "Heron 7B, which we will release soon, was trained on 2T tokens.",
    "Training on 2T tokens took 30 days; it would have needed 60 days on V100s.",
])
def test_what_was_done_stays_beside_a_plan(said: str) -> None:
    assert drafted(said)["tokens_seen"] == "2T tokens"


@pytest.mark.parametrize("said", [
    "During inference we reach an MFU of 60% on A100.",
    "We reach 60% MFU at inference.",
    "On a small 1B proxy model, we reach 62% MFU.",
    "In our scaling tests on 64 GPUs, we measure 57% model FLOPs utilization.",
    "A 1.3B model is trained at 57% MFU.",
])
def test_the_utilization_of_another_run_is_not_this_one_s(said: str) -> None:
    assert "utilization" not in drafted(f"Heron 7B was trained on 2T tokens. {said}")
    assert drafted(f"{said} Heron 7B was trained at 41% MFU.")["utilization"] == "41%"


@pytest.mark.parametrize("said", [
    "Training reaches 41% MFU, and inference needs 14 GB.",
    "Heron 7B is trained at 41% MFU, more than the 1B model.",
    "At full scale we reach 41% MFU, after preliminary tests.",
])
def test_the_utilization_of_its_training_stays(said: str) -> None:
    assert drafted(said)["utilization"] == "41%"


def test_other_agents_chips_are_not_the_model_s() -> None:
    # Mnih et al. 2016, section 5.1, whose own agents ran on processors
    found = drafted("We trained our agents for four days using 16 CPU cores, while the other agents were trained for "
                    "8 to 10 days on Nvidia K40 GPUs.")
    assert not {"chip", "chips"} & found.keys()
    assert found["time"] == "4 days"


@pytest.mark.parametrize("said", [
    # Llama 4's model card (Meta 2025)
    "Heron 3B was pretrained on ~40 trillion tokens and Heron 9B was pretrained on ~22 trillion tokens.",
    "Heron 3B was pretrained on ~40 trillion tokens, while Heron 9B saw ~22 trillion tokens.",
    "We used 40 trillion tokens for Heron 3B and 22 trillion tokens for Heron 9B.",
])
@pytest.mark.parametrize(("name", "tokens"), [("Heron 3B", "40 trillion"), ("Heron 9B", "22 trillion")])
def test_each_clause_is_of_the_size_that_it_names(said: str, name: str, tokens: str) -> None:
    text = (f"# Heron\n\nHeron 3B and Heron 9B are language models. Heron 3B is small. Heron 9B is large.\n\n"
            f"## Training\n\n{said}\n")
    paper, *_ = draft.drafted(read.from_text(text, "card.md"), name).papers
    found = {fact.reading.column: fact.reading.value for fact in paper.main}
    assert found["tokens_seen"].lstrip("~") == f"{tokens} tokens"


@pytest.mark.parametrize(("said", "chips"), [
    ("It was trained on two TPU v4 Pods.", None), ("It was trained on 16 TPU hosts.", None),
    ("It was trained on 8 A100 GPU servers.", None), ("It was trained on a single TPU v3 pod.", None),
    ("It was trained on 8 A100 GPUs.", "8"), ("It was trained on a single A100 GPU.", "1"),
    ("It was trained on 6144 TPU v4 chips of two TPU v4 Pods.", "6144"),
])
def test_pods_and_servers_are_no_chips(said: str, chips: str | None) -> None:
    assert drafted(said).get("chips") == chips


def test_a_teacher_s_training_is_not_its_pupil_s() -> None:
    assert not AMOUNTS & drafted("Heron 7B was distilled from a 70B teacher that was trained on 15T tokens.").keys()


@pytest.mark.parametrize(("name", "other"), [("Heron 13B", "3B"), ("Heron 67B", "7B"), ("Heron 1.5B", "5B"),
                                             ("Heron 2 7B", "27B"), ("Heron 7B", "3B")])
def test_a_size_that_another_ends_with_is_another(name: str, other: str) -> None:
    family = name.rpartition(" ")[0]
    own = name.rpartition(" ")[2]
    head = f"# {family}\n\n{name} is a model. {name} is good. {name} is open. {name} is ours.\n\n## Training\n\n"
    for said in (f"| Model | Tokens | GPU hours |\n|---|---|---|\n| {other} | 9T | 90,000 |\n| {own} | 2T | 50,000 |",
                 f"| | {family} {other} | {name} |\n|---|---|---|\n|Tokens|9T|2T|\n|GPU hours|90,000|50,000|",
                 f"{name} was trained on 2T tokens. {family} {other} was trained on 9T tokens."):
        main, *_ = draft.drafted(read.from_text(head + said, "card.md")).papers
        found = {fact.reading.column: fact.reading for fact in main.main}
        assert main.model == name
        assert (found["tokens_seen"].value.split()[0], found["tokens_seen"].probability > 0.9) == ("2T", True)
        assert found["chip_time"].value.startswith("50,000") if "GPU" in said else "chip_time" not in found
    main, *_ = draft.drafted(read.from_text(f"{head}{family} {other} was trained on 9T tokens.", "card.md")).papers
    assert not AMOUNTS & {fact.reading.column for fact in main.main}


def test_a_size_rounded_is_the_model_s() -> None:
    # DeepSeek Coder 6.7B and Llama 7B of 6.7 billion are called so
    assert drafted("The 6.7B model was trained on 2T tokens.")["tokens_seen"] == "2T tokens"


@pytest.mark.parametrize("said", [
    "Each ablation was trained for 20,000 steps with batch size 256 on 8 A100 GPUs for 2 days.",
    "We performed all ablations on 100B tokens with 64 H100 GPUs.",
    "For our ablations, we train on 30B tokens with 32 A100 GPUs.",
    "For the scaling-law experiments, we train 30 models on up to 100B tokens each.",
    "The proxy model was trained on 20B tokens with 32 H100 GPUs.",
    "Our baseline, a 7B dense transformer, was trained on 500B tokens with 128 A100 GPUs.",
    "Heron 7B needed half the compute of Llama 2 7B, which used 184,320 GPU hours.",
    "Data preprocessing took 4 days on 100 machines.",
    # DeepSeek-V3's report (2024), whose whole run was 14.8 times as long
    "Training it on each trillion tokens takes 180K H800 GPU hours, i.e. 3.7 days.",
])
def test_what_others_and_parts_took_is_not_what_the_model_took(said: str) -> None:
    assert not (AMOUNTS - {"chip"} | {"steps", "batch_size", "nodes"}) & drafted(said).keys()
    assert drafted(f"After all ablations, Heron 7B was trained on 2T tokens. {said}")["tokens_seen"] == "2T tokens"


@pytest.mark.parametrize("said", ["with 1024 A100 GPUs (peak 312 TFLOPS) at 150 TFLOPs per GPU",
                                  "at 150 TFLOPs per GPU on 1024 A100 GPUs of 312 TFLOPS peak"])
def test_what_a_chip_can_do_is_not_what_was_done(said: str) -> None:
    assert drafted(f"Heron 7B was trained {said}.").get("achieved_rate", "150").startswith("150")


@pytest.mark.parametrize(("said", "cost"), [
    ("Heron 7B was trained on H100 GPUs rented at $2 per GPU hour.", None),
    ("Training Heron 7B cost $5.576M, at a rental price of $2 per GPU hour.", "$5.576M"),
])
def test_the_price_of_an_hour_is_no_cost_of_a_training(said: str, cost: str | None) -> None:
    assert drafted(said).get("cost") == cost


@pytest.mark.parametrize(("said", "tokens"), [
    ("Heron 7B matches Llama 3 8B, which was trained on 15T tokens, and was trained on 4T tokens.", "4T tokens"),
    ("Heron 7B, which was trained on 4T tokens, matches Llama 3 8B.", "4T tokens"),
])
def test_a_clause_that_hangs_on_a_model_is_of_it(said: str, tokens: str) -> None:
    assert drafted(said).get("tokens_seen") == tokens


def test_chips_that_could_be_used_are_no_count() -> None:
    assert "chips" not in drafted("We have access to 4,000 H100 GPUs. Heron 7B was trained for 10 days.")


@pytest.mark.parametrize("said", [
    "| Setting | Value |\n|---|---|\n| Planned tokens | 3T |\n| GPUs | 512 |",
    "| Model | Tokens (planned) | GPUs |\n|---|---|---|\n| Heron 7B | 3T | 512 |",
    "We trained for 30 days, of a planned 3T tokens, on 512 GPUs.",
])
def test_what_is_called_planned_is_not_done(said: str) -> None:
    found = drafted(f"\n\n## Training\n\n{said}")
    assert not {"tokens", "tokens_seen"} & found.keys()
    assert found["chips"] == "512"


@pytest.mark.parametrize("heading", ["Inference", "Getting started", "3.2 Deployment", "Inference speed"])
def test_a_section_on_using_the_model_says_nothing_of_its_training(heading: str) -> None:
    said = f"\n\n## {heading}\n\nHeron 7B runs on 1 A100 GPU with batch size 32 for 2 hours."
    assert not (AMOUNTS | {"batch_size"}) & drafted(said).keys()
    trained = f"\n\n## {heading}\n\nHeron 7B, trained on 2T tokens, needs 14 GB."
    assert drafted(trained)["tokens_seen"] == "2T tokens"


@pytest.mark.parametrize("said", [
    "The smaller Heron 7B model was trained on 2T tokens, the larger Heron 70B on 15T tokens.",
    "Unlike other models, which are trained on English, Heron 7B was trained on 2T tokens.",
    "While other models use 1T tokens, we train Heron 7B on 2T tokens.",
    "Like previous work, Heron 7B was trained on 2T tokens.",
    "We aim to be open: Heron 7B was trained on 2T tokens.",
])
def test_the_model_s_own_stays_beside_others(said: str) -> None:
    assert drafted(said)["tokens_seen"] == "2T tokens"
