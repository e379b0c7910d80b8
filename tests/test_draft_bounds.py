"""What a sentence states as a bound is drafted as one, which the reader of cells spans, and no value."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, read
from computeest.text import bounds

HEAD = "# Gannet-7B\n\nGannet-7B is a 7B parameter language model.\n\n## Training\n\n"


def drafted(said: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize(("said", "column", "value"), [
    ("Gannet-7B was trained on over 10T tokens.", "tokens_seen", ">10T tokens"),
    ("Gannet-7B was trained on 10T+ tokens.", "tokens_seen", ">10T tokens"),
    ("Training used more than 10,000 GPU hours.", "chip_time", ">10,000 GPU hours"),
    ("Training took less than 10,000 A100 GPU hours.", "chip_time", "<10,000 A100 GPU hours"),
    ("It was trained with fewer than 64 A100 GPUs.", "chips", "<64"),
    ("It was trained with no more than 64 A100 GPUs.", "chips", "≤64"),
    ("Gannet-7B cost less than $0.1 million to train.", "cost", "<$0.1 million"),
    ("Training emitted less than 3 tCO2eq.", "emissions", "<3 tCO2"),
    ("Gannet-7B was trained in under 3 days on 8 A100 GPUs.", "time", "<3 days"),
    ("Training reaches up to 55% MFU.", "utilization", "≤55%"),
])
def test_a_bound_is_no_value(said: str, column: str, value: str) -> None:
    assert drafted(said)[column] == value


@pytest.mark.parametrize(("said", "column", "value"), [
    ("It was trained over 30 days on 8 A100 GPUs.", "time", "30 days"),
    ("Training ran over 512 A100 GPUs.", "chips", "512"),
    ("It was trained on sequences of up to 2048 tokens.", "sequence_length", "2048 tokens"),
    ("Gannet-7B has over 7 billion parameters and was trained on 2T tokens.", "tokens_seen", "2T tokens"),
    ("It was trained on 2T tokens for more than 30 days.", "tokens_seen", "2T tokens"),
])
def test_what_bounds_nothing_leaves_the_value(said: str, column: str, value: str) -> None:
    assert drafted(said)[column] == value


@pytest.mark.parametrize(("said", "column", "value"), [
    ("Gannet-7B was trained for about 30 days on 64 A100 GPUs.", "time", "~30 days"),
    # GraphCast (Lam et al. 2023): 'roughly four weeks on 32 Cloud TPU v4 devices'
    ("Training Gannet-7B took roughly four weeks on 32 Cloud TPU v4 devices.", "time", "~4 weeks"),
    ("Gannet-7B was trained on ~2T tokens.", "tokens_seen", "~2T tokens"),
    ("Gannet-7B was trained on just over 2T tokens.", "tokens_seen", "~2T tokens"),
    ("Gannet-7B was trained for some 12 days.", "time", "~12 days"),
    ("Training took around 10,000 GPU hours.", "chip_time", "~10,000 GPU hours"),
    ("Gannet-7B was trained for 30 days on about 64 A100 GPUs.", "time", "30 days"),
    ("Gannet-7B was trained with a batch of about 4M tokens on 2T tokens.", "batch_tokens", "4M tokens"),
])
def test_a_number_that_is_about_so_is_drafted_as_one(said: str, column: str, value: str) -> None:
    assert drafted(said)[column] == value


def test_a_title_says_of_which_size_a_card_is() -> None:
    # modelled on ESM-2 (Lin et al. 2023, supplement), whose three models took 8, 30 and 60 days
    said = ("# Gannet-3B\n\nGannet-700M took 8 days to train. The 3B model took 30 days. The 15B model took 60 days. "
            "Each was trained on 512 V100 GPUs.\n")
    paper, *_ = draft.drafted(read.from_text(said, "card.md")).papers
    found = {fact.reading.column: fact.reading.value for fact in paper.main}
    assert (paper.model, found["parameters"], found["time"]) == ("Gannet-3B", "3B", "30 days")


def test_an_estimate_is_wider_where_a_number_is_about_so() -> None:
    about, exactly = (pipeline.estimate({"parameters": "7B", "tokens_seen": drafted(f"It was trained on {said}.")[
        "tokens_seen"]}) for said in ("about 2T tokens", "2T tokens"))
    assert about["flop"] == exactly["flop"]
    assert about["flop_high"] > exactly["flop_high"]


@pytest.mark.parametrize(("said", "column"), [
    # BloombergGPT (Wu et al. 2023, section 3.2) had 1.3 million hours; its 53 days on 512 chips are half of them
    ("We had a total compute budget of 1.3 million GPU hours on A100 GPUs for training.", "chip_time"),
    ("For training we were granted 1.3 million GPU hours.", "chip_time"),
    ("Training was done within our 300K GPU-hour allocation.", "chip_time"),
    ("Training was planned for 60 days.", "time"),
    ("Training was scheduled to take 60 days.", "time"),
    ("The training project lasted 60 days.", "time"),
    ("Training took 60 days: 10 for data preparation, 45 for the model and 5 for evaluation.", "time"),
    ("Training took 60 days (10 days for data preparation and 50 for the model).", "time"),
    # SDXL (Podell et al. 2023, section 2.5): a stage whose number lacks its noun
    ("It was trained for 600,000 steps at 256x256, followed by 200,000 at 512x512.", "steps"),
    ("It was trained for 90 epochs, followed by another 10 at 384 px.", "epochs"),
    ("It was trained for 12 ± 2 epochs.", "epochs"),
    # HuBERT (Hsu et al. 2021, section IV-C), of 400k steps
    ("It was trained for 400k steps. Training for 100k steps takes about 9.5 hours.", "time"),
    # AlphaFold (Jumper et al. 2021, methods): 128 cores, which are those of 64 chips
    ("We train it on 128 TPU v3 cores.", "chips"),
    ("We train it on 128 TPU cores.", "chips"),
    ("It took 770 PFLOP/s·days to train.", "achieved_rate"),
    ("It was trained on 4,000 CPU cores and 8 GPUs.", "cores"),
    ("It was trained on 256 GPUs, each with 80 GB.", "text_size"),
    ("It was trained for 3 x 90 epochs.", "epochs"),
    # machines of so many chips
    *((f"It was trained on {chip}.", "chips") for chip in (
        "four 8-GPU A100 nodes", "16 nodes x 8 A100", "two 4-GPU RTX 3090 workstations", "64 8-core TPU v3 boards")),
    # BERT (Devlin et al. 2019, section 3.1): two corpora
    ("It was trained on the BooksCorpus (800M words) and English Wikipedia (2,500M words).", "words"),
    ("It was trained on books (200 GB), Wikipedia (20 GB) and code (300 GB).", "text_size"),
    ("Training it on 64 A100s takes 3 days for 100B tokens. It was trained on 300B tokens.", "time"),
    # a machine or a cluster of a chip, and a line of them
    *((f"It was trained on {chip}.", "chips") for chip in (
        "an A100 GPU cluster", "an A100 cluster", "an A100 machine", "a V100-based cluster", "a TPU v4",
        "a TPU v4 pod")),
    # a number of a chip's name, or its memory, counts none
    *((f"It was trained on {chip}.", "chips") for chip in (
        "GTX 1080 GPUs", "a Radeon 7900 GPU", "MI 250 GPUs",
        "Ascend 910 NPUs", "H 100 GPUs", "3090 GPUs", "a 4090 GPU", "an NVIDIA 4070 GPU", "Gaudi 2 accelerators",
        "80 GB GPUs", "a 24 GB GPU", "RTX 3090 24 GB GPUs")),
    ("It was trained for 500K steps on 1024 V100 GPUs. The 100K-step run used 1,024 V100 GPUs for a day.", "time"),
])
def test_what_is_not_the_run_is_no_fact(said: str, column: str) -> None:
    assert column not in drafted(said)


@pytest.mark.parametrize(("said", "column", "value"), [
    ("Training took 10,000 GPU hours of our budget.", "chip_time", "10,000 GPU hours"),
    ("With a training budget of 300B tokens, it was trained on 8 A100 GPUs.", "tokens_seen", "300B tokens"),
    ("Training took 60 days: we used 64 A100 GPUs.", "time", "60 days"),
    ("It was trained for 400k steps. Training for 400k steps takes 9.5 days.", "time", "9.5 days"),
    ("It was trained for 300,000 steps and then evaluated at 512 px.", "steps", "300,000 steps"),
    ("We train it on 128 TPU v3 cores.", "cores", "128 cores"),
    ("It took 770 PFLOP/s·days to train.", "reported_compute", "770 PFLOP/s·days"),
    # modelled on LAION's blog of ViT-H/14 (Beaumont 2022; 824 A100) and on OpenCLIP's docs/PRETRAINED.md
    ("It was trained on 824 A100 (40GB) GPUs for about 279 hours.", "chip", "A100 (40GB)"),
    ("It was trained on 192 NVIDIA Tesla-V100 GPUs.", "chip", "NVIDIA Tesla-V100"),
    ("It was trained on 8 L40S GPUs.", "chip", "L40S"),
    ("It was trained on 256 TPU cores.", "cores", "256 cores"),
    # A3C (Mnih et al. 2016, section 5.1) ran on no chips
    ("We trained it for four days using 16 CPU cores.", "cores", "16 cores"),
    ("It was trained on 8 GPUs with 80 GB of text.", "chips", "8"),
    ("It was trained for 90 epochs.", "epochs", "90 epochs"),
    *((f"It was trained on {chip}.", column, said) for chip, nodes, each in (
        ("four 8-GPU A100 nodes", "4", "8"), ("16 nodes x 8 A100", "16", "8"), ("two 8 GPU servers", "2", "8"))
      for column, said in (("nodes", nodes), ("chips_per_node", each))),
    ("It was trained on 128 A100 GPUs (16 nodes x 8 A100).", "chips", "128"),
    ("Training it on 64 A100s took 3 days for 300B tokens.", "time", "3 days"),
    ("It was trained on the Pile (300B tokens) and evaluated on LAMBADA (5K texts).", "tokens_seen", "300B tokens"),
    ("It was trained for 10^5 steps.", "steps", "10^5 steps"),
    ("It was trained for 500 epochs with early stopping.", "epochs", "<500 epochs"),
    ("It was trained for 500 epochs.", "epochs", "500 epochs"),
    ("It was trained on 2 x 3090 GPUs.", "chips", "2"),
    ("It was trained for 3 days on an A100.", "chips", "1"),
    ("It was trained on a personal RTX 3070 GPU for 3 days.", "chips", "1"),
    ("It was trained on an NVIDIA V100 32GB GPU with batch size 8.", "chips", "1"),
    ("It was trained on a TPU v3-8 for 3 days.", "chips", "1"),
    ("It was trained on a TPU v4 with 64 chips.", "chips", "64"),
    ("It was trained on four 2080 Ti GPUs.", "chips", "4"),
    ("It was trained on 16 Gaudi 2 accelerators.", "chips", "16"),
    ("It was trained on 3072 GPUs.", "chips", "3072"),
    ("It was trained on a 512 GPU cluster.", "chips", "512"),
    ("We trained it with 2000 V100 GPUs for about 13-14 days, or about 74 GPU-years.", "chips", "2000"),
    ("It was trained on 256 H800s for 35K iterations at 256px.", "steps", "35K steps"),
    ("It was trained on 8 T4 GPUs.", "chip", "T4"),
    ("It was trained on 8 Ascend-910B NPUs.", "chip", "Ascend-910B"),
])
def test_what_is_the_run_is_a_fact(said: str, column: str, value: str) -> None:
    assert drafted(said)[column] == value


def test_the_size_in_the_name_is_no_bound() -> None:
    assert drafted("Gannet-7B has over 7 billion parameters.")["parameters"] in ("7B", "7 billion")


def test_a_bound_in_a_table_and_in_a_sentence_are_one_fact() -> None:
    found = drafted("It was trained on over 15 trillion tokens.\n\n| |Params|Token count|\n|---|---|---|\n"
                    "|Gannet-7B|7B|15T+|\n|Crane-3B|3B|9T|")
    assert found["tokens_seen"] in (">15 trillion tokens", ">15T")


def test_an_estimate_spans_what_a_bound_leaves_open() -> None:
    found = drafted("Gannet-7B was trained on over 10T tokens.")
    result = pipeline.estimate({"parameters": 7e9, "tokens_seen": found["tokens_seen"]})
    assert result["flop_low"] < 6 * 7e9 * 11e12 < 6 * 7e9 * 25e12 < result["flop_high"]


@pytest.mark.parametrize(("text", "sign"), [
    ("trained on over ", ">"), ("trained over ", ""), ("it took well over ", ">"), ("at just over ", "~"),
    ("some ", "~"), ("took about ", "~"), ("more than about ", "~"), ("no less than ", ">"), ("no more than ", "≤"),
    ("within ", "<"), ("cost > ", ">"), ("moreover ", ""), ("", ""),
    ("on at least 3 of ", ""),
])
def test_the_sign_of_a_bound_before_a_number(text: str, sign: str) -> None:
    assert bounds.sign_before(text) == sign
