"""What a document says of its model's training becomes a paper; what it says of others does not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from computeest import pipeline
from computeest.cli.app import app
from computeest.documents import (
    candidates,
    check,
    draft,
    grammar,
    names,
    probability,
    prompt,
    read,
    respective,
    roles,
    scores,
    writing,
)
from computeest.documents.document import Passage
from computeest.documents.sentences import sentences

EXAMPLE = Path(__file__).parents[1] / "examples" / "documents" / "heron-report.md"


def drafted(text: str, name: str = "report.md") -> dict[str, draft.Reading]:
    paper, *_ = draft.drafted(read.from_text(text, name)).papers
    return {fact.reading.column: fact.reading for fact in paper.main}


def test_the_example_is_drafted_whole() -> None:
    paper, other = draft.drafted(read.read(str(EXAMPLE))).papers
    found = {fact.reading.column: fact.reading for fact in paper.main}
    assert (paper.model, other.model) == ("Heron-3B", "Heron-1B")
    assert {column: reading.value for column, reading in found.items()} == {
        "parameters": "3.2B", "tokens_seen": "1.2 trillion tokens", "batch_tokens": "4M tokens",
        "sequence_length": "4096 tokens", "chip": "NVIDIA A100 80GB", "chips": "128", "time": "19 days",
        "number_format": "bfloat16", "utilization": "41%"}
    assert (found["chips"].place, found["parameters"].place) == (20, 15)
    assert {(reading.column, reading.value) for reading in paper.not_used} >= {
        ("chip_time", "82,432 GPU-hours"), ("steps", "2,000 steps")}


def test_stages_behind_the_pretraining_are_runs_of_their_own() -> None:
    paper, *_ = draft.drafted(read.read(str(EXAMPLE))).papers
    runs = {run.stage: {fact.reading.column: fact.reading.value for fact in run.facts} for run in paper.runs}
    assert list(runs) == ["pretraining", "fine-tuning"]
    assert runs["fine-tuning"] == {"examples": "250,000", "epochs": "3 epochs", "chips": "8"}
    assert runs["pretraining"]["chips"] == "128"
    assert not {fact.reading.column for fact in paper.facts} & {*runs["pretraining"], *runs["fine-tuning"]}


def test_every_quote_is_in_the_document_and_holds_its_value() -> None:
    text = EXAMPLE.read_text("utf-8")
    paper, *_ = draft.drafted(read.read(str(EXAMPLE))).papers
    for reading in (*(fact.reading for fact in paper.everything), *paper.not_used):
        assert " ".join(reading.quote.split()) in " ".join(text.split())
        assert reading.value.split()[0].rstrip("%BM") in reading.quote


@pytest.mark.parametrize(("sentence", "column", "text"), [
    ("It has 60 million parameters.", "parameters", "60 million"),
    ("We trained for 90 epochs.", "epochs", "90 epochs"),
    ("Training took five to six days.", "time", "five to six days"),
    ("trained for 1.4M GPU hours", "chip_time", "1.4M GPU hours"),
    ("with a global batch size of 1,024 sequences", "batch_size", "1,024 sequences"),
    ("This required 4.3e23 FLOPs.", "reported_compute", "4.3e23 FLOPs"),
    ("32 x 8 A100 GPUs", "chips", "32 x 8"),
    ("a model FLOPs utilization of 46.2%", "utilization", "46.2%"),
])
def test_what_patterns_read(sentence: str, column: str, text: str) -> None:
    assert (column, text) in {(said.column, said.text) for said in grammar.said(sentence)}


@pytest.mark.parametrize(("sentence", "column"), [
    ("It generates 20 images per second.", "examples"),
    ("The vocabulary has 32,000 tokens in its vocabulary.", "tokens"),
    ("on 680,000 hours of audio", "time"),
    ("needs 80 GB of GPU memory", "text_size"),
    ("uses 2,000 warm-up steps", "steps"),
])
def test_what_patterns_leave(sentence: str, column: str) -> None:
    assert column not in {said.column for said in grammar.said(sentence)}


REPORT = """# Heron-3B Technical Report

We introduce Heron-3B, a language model with 3.2 billion parameters.

## Training

Heron-3B was trained on 1.2 trillion tokens. {training}

## {heading}

{other}
"""


@pytest.mark.parametrize(("heading", "other", "column"), [
    ("Related work", "GPT-3 (Brown et al., 2020) was trained for 15 days on 10,000 V100 GPUs.", "chips"),
    ("Inference", "The model can be served on 4 A100 GPUs.", "chips"),
    ("Fine-tuning", "We fine-tune the chat model for 3 epochs.", "epochs"),
    ("Training", "The learning rate increases linearly over the first 2,000 steps.", "steps"),
])
def test_what_is_not_this_models_training_is_no_value(heading: str, other: str, column: str) -> None:
    assert column not in drafted(REPORT.format(training="", heading=heading, other=other))


def test_a_draft_validates_and_estimates() -> None:
    paper, *_ = writing.as_mappings(draft.drafted(read.read(str(EXAMPLE))))
    record = pipeline.estimate(paper)
    assert record["flop"] == pytest.approx(6 * 3.2e9 * 1.2e12, rel=0.5)


def test_the_command_writes_yaml_and_json(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["draft", str(EXAMPLE), "-o", f"{tmp_path}/drafts/"])
    assert run.exit_code == 0, run.output
    paper, other = yaml.safe_load_all((tmp_path / "drafts" / "heron-report.md.yaml").read_text("utf-8"))
    assert (paper["runs"][0]["chips"]["value"], paper["runs"][0]["chips"]["line"]) == ("128", 20)
    assert other["model"] == "Heron-1B"
    run = CliRunner().invoke(app, ["draft", str(EXAMPLE), "--format", "json"])
    assert json.loads(run.stdout)["papers"][0]["model"] == "Heron-3B"


def test_a_document_that_cannot_be_read_is_said_and_the_others_are_drafted(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["draft", "nowhere.pdf", str(EXAMPLE)])
    assert run.exit_code == 1
    assert "nowhere.pdf: there is no such file" in run.output
    assert "Heron-3B" in run.output


@pytest.mark.parametrize("more", [[], ["-o", "rows.csv"], ["--estimate"], ["--prompt"]])
def test_what_holds_no_document_is_said(more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("empty.md", "empty.pdf"):
        (tmp_path / name).write_text(" \n")
        run = CliRunner().invoke(app, ["draft", name, *more])
        assert (run.exit_code, f"{name}: there is nothing in it" in run.output) == (1, True)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "image.png").write_bytes(b"x")
    run = CliRunner().invoke(app, ["draft", "folder", *more])
    said = "is a directory" if "rows.csv" in more else "there are no documents in it"
    assert (run.exit_code, f"folder: {said}" in run.output) == (1, True)
    run = CliRunner().invoke(app, ["draft", "folder", str(EXAMPLE), *more])
    assert (run.exit_code, run.output.count("Heron-3B") > 0 or (tmp_path / "rows.csv").exists()) == (1, True)


def test_probabilities_of_a_column_leave_room_for_none_of_them() -> None:
    document = read.read(str(EXAMPLE))
    rated = probability.rated(roles.told(list(candidates.find(document)), names.find(document)))
    totals: dict[tuple[str, str], dict[tuple[str, str, str], float]] = {}
    for key, (_, chance) in zip(probability.same_values([one for one, _ in rated]), rated, strict=True):
        totals.setdefault(key[:2], {})[key] = chance
    assert all(0 < sum(values.values()) < 1 for values in totals.values())


ANSWER = {
    "holds": ({"chips": {"value": 128, "quote": "Training took 19 days on 128 NVIDIA A100 80GB GPUs"}}, ""),
    "quote in other typography": ({"tokens": {"value": "1.2T", "quote": "trained on  1.2 trillion-tokens"}}, ""),
    "quote that is not there": ({"chips": {"value": 128, "quote": "We used 128 GPUs"}},
                                "its quote is not in the document"),
    "number that is not in its quote": ({"chips": {"value": 256, "quote": "19 days on 128 NVIDIA A100 80GB"}},
                                        "its quote does not hold 256"),
    "wrong line": ({"chips": {"value": 128, "quote": "on 128 NVIDIA A100 80GB GPUs", "line": 3}},
                   "its quote is not on 3"),
    "unit that does not fit": ({"time": {"value": "128 tokens", "quote": "on 128 NVIDIA A100 80GB GPUs"}},
                               "'128 tokens' is no time"),
    "no quote": ({"chips": 128}, "it has no quote"),
    "no key": ({"gpuz": {"value": 1, "quote": "x"}}, "no key is called 'gpuz'"),
}


@pytest.mark.parametrize("name", ANSWER)
def test_an_answer_is_held_against_the_document(name: str) -> None:
    answer, what = ANSWER[name]
    finding, = check.checked(read.read(str(EXAMPLE)), answer)
    assert finding.what.partition("; ")[0] == what


def test_our_own_answer_holds(tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(CliRunner().invoke(app, ["draft", str(EXAMPLE), "-f", "json"]).stdout)
    run = CliRunner().invoke(app, ["draft", str(EXAMPLE), "--check", str(answer)])
    assert run.exit_code == 0, run.output
    answer.write_text('{"chips": {"value": 8, "quote": "8 GPUs were used"}}')
    run = CliRunner().invoke(app, ["draft", str(EXAMPLE), "--check", str(answer)])
    assert (run.exit_code, run.stdout) == (
        1, "chips: 8: its quote is not in the document; expected the document's own words, unchanged\n")


def test_the_prompt_has_the_keys_and_the_passages_with_their_lines() -> None:
    asked = prompt.prompt(read.read(str(EXAMPLE)))
    assert "training of Heron-3B" in asked
    assert "- chips: How many accelerators ran at once." in asked
    assert "[19] (Heron-3B Technical Report > Training) Heron-3B was trained on 1.2 trillion tokens" in asked


def test_the_passages_are_shown_with_what_was_taken_and_what_was_not() -> None:
    shown = CliRunner().invoke(app, ["draft", str(EXAMPLE), "--show"]).stdout
    assert "  = chips: 128   [" in shown
    assert "  x steps: 2,000 steps   [" in shown


def test_estimates_say_which_facts_are_doubtful() -> None:
    run = CliRunner().invoke(app, ["draft", str(EXAMPLE), "--estimate"])
    assert run.exit_code == 0, run.output
    assert "Heron-3B" in run.stdout


@pytest.mark.parametrize(("columns", "lacking"), [
    ({"parameters", "tokens"}, ["GPU time lacks chip", "reported compute lacks reported_compute"]),
    ({"chip", "chip_time", "reported_compute"}, ["operation counting lacks parameters"]),
])
def test_what_each_method_lacks(columns: set[str], lacking: list[str]) -> None:
    assert [said.partition(" (")[0] for said in writing.missing(columns)] == lacking


def test_a_directory_becomes_a_table_that_annotate_takes(tmp_path: Path) -> None:
    folder, table, out = tmp_path / "documents", tmp_path / "drafts.csv", tmp_path / "out.csv"
    folder.mkdir()
    (folder / "heron.md").write_text(EXAMPLE.read_text("utf-8"))
    (folder / "broken.pdf").write_bytes(b"\x00\x01")
    run = CliRunner().invoke(app, ["draft", str(folder), "-o", str(table)])
    assert run.exit_code == 1
    assert "2 documents: 1 drafted, 1 with problems" in run.output
    assert "chips: line 20" in table.read_text("utf-8")
    first = table.read_bytes()
    CliRunner().invoke(app, ["draft", str(folder), "-o", str(table)])
    assert table.read_bytes() == first
    run = CliRunner().invoke(app, ["annotate", str(table), "-o", str(out)])
    assert "Heron-3B" in out.read_text("utf-8"), run.output


def test_another_size_of_the_model_is_drafted_by_name() -> None:
    paper, = draft.drafted(read.read(str(EXAMPLE)), "Heron-1B").papers
    found = {fact.reading.column: fact.reading.value for fact in paper.facts}
    assert (paper.model, found) == ("Heron-1B", {"parameters": "1.1B", "tokens_seen": "600B"})
    assert not paper.runs
    assert draft.drafted(read.read(str(EXAMPLE))).others == ()


@pytest.mark.parametrize(("sentence", "column", "told"), [
    ("It was trained for 100 steps.", "steps", ""), ("It was trained for 99 steps.", "steps", "too small"),
    ("Training took 10 minutes.", "time", ""), ("Training took 9 minutes.", "time", "too small"),
    ("Training took 2 years.", "time", ""), ("Training took 3 years.", "time", "too large"),
    ("trained with a sequence length of 65,536 tokens", "sequence_length", ""),
    ("trained with a sequence length of 65,537 tokens", "sequence_length", "longer than is trained on"),
    ("with a context length of 1,000,000", "sequence_length", "longer than anybody trains on"),
    ("It was trained on 1,000,000 tokens.", "tokens_seen", ""),
    ("It was trained on 999,999 tokens.", "tokens_seen", "too small"),
    ("It was trained with a batch size of 199,999.", "batch_size", ""),
    ("It was trained with a batch size of 200,000.", "batch_tokens", ""),
    ("the servers, each equipped with 8 A100 GPUs", "chips", "of one node"),
    ("It was trained on 88 A100 GPUs.", "chips", ""),
    ("The learning rate warms up over 500 steps.", "steps", "near warming up"),
    ("The checkpoint at 1.2T tokens", "tokens_seen", "near a checkpoint"),
    ("With activation checkpointing on 1.2T tokens", "tokens_seen", ""),
    ("ours took 9 days, while the other agents took 12 days", "time", "clause of others"),
])
def test_what_speaks_against_a_reading(sentence: str, column: str, told: str) -> None:
    document = read.from_text(f"# Heron-3B\n\n{sentence}\n", "a.md")
    found = roles.told(list(candidates.find(document)), names.find(document))
    features = [one.features for one in found if one.column == column]
    against = {"too small", "too large", "longer than is trained on", "longer than anybody trains on", "of one node",
               "near warming up", "near a checkpoint", "clause of others"}
    assert {name for one in features for name in one & against} == ({told} if told else set())
    assert features


WREN = """# Wren-1B technical report

We introduce Wren-1B, a large language model with {parameters} parameters, an autoregressive transformer.

## Model

| Layers | Hidden size | Heads | KV heads | Intermediate size | Vocabulary size |
|---|---|---|---|---|---|
| 16 | 2048 | 32 | 8 | 8192 | 128256 |

## Training

Wren-1B was trained on 2 trillion tokens with a sequence length of 4096 tokens on 16 nodes, each with 8 H100 GPUs.
"""


def test_a_table_of_the_shape_is_the_network_where_the_parameters_confirm_it() -> None:
    # the shape of Llama 3.2 1B (meta-llama/Llama-3.2-1B, config.json), which has 1.236e9 parameters
    found = draft.drafted(read.from_text(WREN.format(parameters="1.24 billion"), "a.md"))
    paper, = writing.as_mappings(found)
    assert paper["family"] == "decoder"
    assert paper["architecture"] | {"layers": 16, "width": 2048, "kv_heads": 8, "vocabulary": 128256, "gated": True,
                                    "tied": True} == paper["architecture"]
    assert "#   line 9: | 16 | 2048 |" in writing.as_yaml(found)
    record = pipeline.estimate(paper)
    assert "run-not-estimated" not in {check["code"] for check in record["checks"]}
    other, = writing.as_mappings(draft.drafted(read.from_text(WREN.format(parameters="3 billion"), "a.md")))
    assert "family" not in other


def test_nodes_and_the_chips_of_each_are_facts_of_their_own() -> None:
    found = drafted(WREN.format(parameters="1.24 billion"), "a.md")
    assert (found["nodes"].value, found["chips_per_node"].value) == ("16", "8")
    assert "chips" not in found
    counted = drafted(WREN.format(parameters="1.24 billion").replace("16 nodes, each with 8 H100", "128 H100"), "a.md")
    assert counted["chips"].value == "128"
    assert "nodes" not in counted


@pytest.mark.parametrize(("sentence", "column", "stage"), [
    ("Stage 1: We train for 1T tokens.", "tokens_seen", "stage 1"),
    ("In the second stage it was trained for 40k steps.", "steps", "stage 2"),
    ("During supervised fine-tuning we train for 3 epochs.", "epochs", "fine-tuning"),
    ("It was pretrained on 2T tokens, followed by supervised fine-tuning.", "tokens_seen", ""),
    ("It was pretrained on 2T tokens and further aligned by SFT.", "tokens_seen", ""),
    ("After pre-training, SFT uses 250,000 examples.", "examples", "fine-tuning"),
    ("We anneal the learning rate over 40B tokens.", "tokens_seen", "annealing"),
    ("We continue pretraining for 500B tokens.", "tokens_seen", "continued pretraining"),
    ("It ran for 33 days of continuous training.", "time", ""),
    ("1. **[Stage 2]** Then we train for 40k steps.", "steps", "stage 2"),
    ("In both stages, the context length is fixed at 4096 tokens, as it was in stage 1.", "sequence_length", ""),
])
def test_the_stage_that_a_number_is_of(sentence: str, column: str, stage: str) -> None:
    found = [one for one in candidates.find(read.from_text(sentence, "a.md")) if one.column == column]
    assert [one.stage for one in found] == [stage]


def test_parts_of_a_run_whose_whole_is_stated_are_other_readings_of_it() -> None:
    text = REPORT.format(training="", heading="Training data", other=(
        "Stage 1: We train Heron-3B on 1T tokens.\n\nStage 2: We train Heron-3B on 200B tokens."))
    paper, *_ = draft.drafted(read.from_text(text, "a.md")).papers
    seen = next(fact for fact in paper.facts if fact.reading.column == "tokens_seen")
    assert not paper.runs
    assert seen.reading.value == "1.2 trillion tokens"
    assert {other.value for other in seen.alternatives} >= {"1T tokens", "200B tokens"}


def test_parts_of_a_run_whose_whole_is_not_stated_are_runs() -> None:
    text = """# Heron-3B

We introduce Heron-3B, which has 3B parameters.

## Training

| Heron-3B | Stage 1 | Stage 2 |
|---|---|---|
| Training steps | 20K | 40K |
| Batch size | 256 | 128 |
"""
    paper, *_ = draft.drafted(read.from_text(text, "a.md")).papers
    runs = {run.stage: {fact.reading.column: fact.reading.value for fact in run.facts} for run in paper.runs}
    assert runs == {"stage 1": {"steps": "20K", "batch_size": "256"}, "stage 2": {"steps": "40K", "batch_size": "128"}}


@pytest.mark.parametrize("text", [" ".join(f"[{n}]" for n in range(100_000, 108_000)), "9" * 60_000,
                                  " ".join(f"{n} A100 GPUs" for n in range(4_000)), "*" * 60_000])
def test_texts_that_are_nothing_but_numbers_take_seconds(text: str) -> None:
    began = time.process_time()
    draft.drafted(read.from_text(text, "a.md"))
    assert time.process_time() - began < 10


def test_notes_that_say_two_values_have_none() -> None:
    one = "Heron was trained for 3 days on 64 A100 GPUs."
    assert drafted(one, "notes.txt")["time"].value == "3 days"
    assert "time" not in drafted(f"{one} Another run took 5 days.", "notes.txt")


def test_active_parameters_are_told_by_the_word_behind() -> None:
    found = {(one.column, one.text) for one in candidates.find(read.from_text("It has 22B active parameters.", "a.md"))}
    assert ("active_parameters", "22B") in found
    assert ("parameters", "22B") not in found


def test_runs_that_assume_different_values_are_shown(tmp_path: Path) -> None:
    paper = tmp_path / "a.yaml"
    paper.write_text("model: A\nparameters: 7B\nchip: A100\nruns:\n"
                     "- {stage: pretraining, tokens_seen: 2T}\n"
                     "- {stage: fine-tuning, tokens: 27k examples, sequence_length: 4096, epochs: 2}\n", "utf-8")
    run = CliRunner().invoke(app, ["estimate", str(paper)])
    assert run.exit_code == 0, run.output
    assert "flop_per_parameter=2/" in run.stdout


SHARED_OUT = """# Tern-7B and Tern-1B

We introduce Tern, two language models. Tern-7B is the larger, Tern-1B the smaller one.
Tern-7B has 7B parameters. Tern-1B has 1B parameters. On reasoning Tern-7B is better than Tern-1B.

## Training

Tern was trained for about 9/14 days on 16/32 nodes for the 1B/7B model, each with 8 NVIDIA A100 GPUs.
We train Tern-1B and Tern-7B on 2T and 3.5T tokens for 300,000 and 500,000 steps, respectively.
"""


def test_numbers_that_a_sentence_shares_out_are_each_models_own() -> None:
    found = draft.drafted(read.from_text(SHARED_OUT, "tern.md"))
    said = {paper.model: {fact.reading.column: fact.reading.value for fact in paper.everything}
            for paper in found.papers}
    assert {name: said["Tern-7B"].get(name) for name in ("time", "nodes", "chips_per_node", "steps")} == {
        "time": "~14 days", "nodes": "32", "chips_per_node": "8", "steps": "500,000 steps"}
    assert {name: said["Tern-1B"].get(name) for name in ("time", "nodes", "steps")} == {
        "time": "~9 days", "nodes": "16", "steps": "300,000 steps"}
    for paper in found.papers:
        assert all(" ".join(fact.reading.quote.split()) in " ".join(SHARED_OUT.split()) for fact in paper.everything)


@pytest.mark.parametrize("sentence", [
    "On 5/21/24 we pinned versions 1.2/1.3.",
    "It has 16B/2.8B total/activated parameters and 64/8 experts.",
    "Japanese and Korean texts have 100B and 50B tokens, respectively.",
    "We use 1B/2B tokens for 1/2 epochs.",
    "The 1B and 7B models were trained for 3 and 5 days.",  # nothing says that the one is the one's
])
def test_lists_that_share_nothing_out_stay_whole(sentence: str) -> None:
    (whole,) = sentences(Passage(sentence, sentence, "prose"))
    assert [one.plain for one in respective.apart(whole)] == [sentence]


@pytest.mark.parametrize(("sentence", "column"), [
    ("It took 17+40+23 hours on one node.", "time"),
    ("Each epoch of training took around 2 min on 8 GPUs.", "time"),
    ("We trained for 1600 epochs at 2 min per epoch.", "time"),
    ("8 GPUs * 286000 s [assumed precision: bf16]", "number_format"),
    ("Mixed precision tensor cores get 1.25e14 FLOP/s.", "number_format"),
    ("With INT8/INT4 quantization, inference fits a single server.", "number_format"),
    ("The weights are quantized after training to fp8.", "number_format"),
    ("- 1 train iteration ~100sec", "steps"),
    ("The axis shows frames used in training, in units of 1.0e7 frames.", "examples"),
    ("The losses agree only if the data are seen once (i.e., in one epoch).", "epochs"),
    ("One epoch is one pass through the training set.", "epochs"),
    ("It trains models from 1B - 34B parameters.", "parameters"),
    ("We trained for 850k iterations at 512x512.", "sequence_length"),
    ("We used batches of 128 sequences.", "sequence_length"),
    ("Download the weights (with optimizer params, 61GB).", "text_size"),
    ("1 2 3 4 5 GPUs " * 12, "chips"),
])
def test_what_stands_beside_a_number_makes_it_no_fact(sentence: str, column: str) -> None:
    found = candidates.find(read.from_text(sentence, "notes.md"))
    assert column not in {one.column for one in found}


@pytest.mark.parametrize(("sentence", "column", "text"), [
    ("Tern was trained for 17 hours and 2 epochs.", "time", "17 hours"),
    ("Training took 24 hours on 8 GPUs.", "time", "24 hours"),
    ("17.5 days * 24 hours = 420", "time", "17.5 days"),
    ("We train in bf16 at 150 TFLOP/s.", "number_format", "bf16"),
    ("Training Tern emitted 14.5 tonnes of CO2eq.", "emissions", "14.5 tonnes of CO2"),
    ("The carbon footprint of the run is 65 tons.", "emissions", "65 tons"),
    ("- Carbon Emitted: 14,500 kg CO2 eq.", "emissions", "14,500 kg"),
    ("With 8 GPUs training takes 6 days 14 hours.", "time", "6 days 14 hours"),
    ("We train at 512x512 for 850k iterations.", "steps", "850k steps"),
    ("We train the models on cloud TPU-v4s.", "chip", "TPU-v4"),
    ("Images of 1024x1024 pixels, 2.3 x 10^24 FLOP in all.", "reported_compute", "2.3e24 FLOP"),
    ("We initialize our model with Plover-7B and train all of it.", "base_model", "Plover-7B"),
    ("We use an effective batch size of 64 * 8 GPUs = 512.", "batch_size", "512"),
])
def test_what_is_a_fact_beside_such_words(sentence: str, column: str, text: str) -> None:
    found = [one for one in candidates.find(read.from_text(sentence, "notes.md")) if one.column == column]
    assert text in {one.text for one in found}
    assert len({one.value for one in found}) == 1


@pytest.mark.parametrize(("text", "name", "main"), [
    ("# Open-Plover 1.1 Report\n\nIn Open-Plover 1.1 we train a larger model. Open-Plover 1.1 reads tables.",
     "Open-Plover 1.1", "Open-Plover 1.1"),
    ("NEURAL MACHINE READING\n\nMachine reading is hard. A machine reads. We propose a network, which we call "
     "RNNplover. RNNplover-50 reads 50 words. RNNplover-50 wins. RNNplover-30 reads 30. RNNplover is new. RNNplover-50 "
     "learns.", "RNNplover", "RNNplover-50"),
    ("# Contents\n\n1. Models\n\n## Plover-J-6B\n\nPlover-J-6B reads. Plover-J-6B writes. Plover-J-6B is open. "
     "Plover-J-6B is small. Plover-J-6B is old.", "Plover-J", "Plover-J-6B"),
    ("# PLOVER\n\nPLOVER is a cascade.\n\n| Name | Params | Steps |\n| --- | --- | --- |\n| PLOVER-I-M | 400M | 2M |\n"
     "| PLOVER-I-XL* | 4.3B | 2.4M |\n| PLOVER-II-M | 450M | 2M |\n", "PLOVER", "PLOVER-I-XL"),
    ("# PloVA\n\nPloVA reads. PloVA-1.5 is out. PloVA-1.5 reads. PloVA-1.5 is new. PloVA-v1.5-13B is large. "
     "PloVA-v1.5-13B writes. PloVA and PloVA.", "PloVA", "PloVA-v1.5-13B"),
    ("# Long Short-Term Memory for DNNs\n\nDNNs are networks. DNNs learn. LSTMs have short-term and long-term memory.",
     "", ""),
])
def test_the_name_of_the_model(text: str, name: str, main: str) -> None:
    found = names.find(read.from_text(text, "a.md"))
    assert (found.family, found.main) == (name, main)


def told_of(text: str, column: str) -> set[str]:
    document = read.from_text(text, "a.md")
    found = roles.told(list(candidates.find(document)), names.find(document))
    return {name for one in found if one.column == column for name in one.features}


@pytest.mark.parametrize(("sentence", "column", "told", "not_told"), [
    ("Compared to the original Heron-2B, Heron-3B was trained with a batch size of 512.", "batch_size",
     "trains", "clause of others"),
    ("The original Heron-2B was trained with a batch size of 512.", "batch_size", "clause of others", "ours"),
    ("We train on TPU v4 with Egretlib, a pipeline for training and fine-tuning networks.", "chip", "we train",
     "names others only"),
    ("We train on TPU v4 with Egretlib, a tool for training and fine-tuning.", "chip", "trains", "of tuning"),
    ("The config files use a batch size of 4 by default.", "batch_size", "near default", "ours"),
    ("All experiments ran on V100 GPUs.", "chip", "column chip", "of all"),
    ("All experiments together took 9 days.", "time", "of all", "ours"),
    ("We train with an alignment model that learns which words belong together, for 9 days.", "time", "trains",
     "fine-tunes"),
    ("We align it with human preferences for 9 days.", "time", "fine-tunes", "ours with"),
])
def test_what_is_told_of_a_reading(sentence: str, column: str, told: str, not_told: str) -> None:
    found = told_of(f"# Heron-3B\n\n{sentence}\n", column)
    assert told in found
    assert not_told not in found


@pytest.mark.parametrize(("heading", "told", "not_told"), [
    ("Using pre-trained networks", "in use section", "in training section"),
    ("Training networks", "in training section", "in use section"),
    ("Pretraining (feature alignment)", "in training section", "in tuning section"),
    ("Global batch size", "heading is its key", "in training section"),
])
def test_what_headings_tell(heading: str, told: str, not_told: str) -> None:
    found = told_of(f"# Heron-3B\n\n## {heading}\n\nIt has a batch size of 512.\n\n## Other\n\nIt is 9 days old.\n"
                    "\n## More\n\nIt took 3 days.\n\n## Most\n\nIt took 8 A100 GPUs.\n", "batch_size")
    assert told in found
    assert not_told not in found


def test_sizes_of_a_table_are_papers_with_what_is_said_of_all_models() -> None:
    text = ("# PLOVER\n\nPLOVER is a cascade of networks.\n\n## Training\n\nAll models were trained on NVIDIA A100 "
            "GPUs. PLOVER-I-XL was trained for 9 days.\n\n| Name | Params | Steps |\n| --- | --- | --- |\n"
            "| PLOVER-I-M | 400M | 2M |\n| PLOVER-I-XL | 4.3B | 2.4M |\n")
    found = {paper.model: {fact.reading.column: fact.reading.value for fact in paper.facts}
             for paper in draft.drafted(read.from_text(text, "a.md")).papers}
    assert list(found) == ["PLOVER-I-XL", "PLOVER-I-M"]
    assert found["PLOVER-I-XL"] == {"parameters": "4.3B", "steps": "2.4M", "chip": "NVIDIA A100", "time": "9 days"}
    assert found["PLOVER-I-M"] == {"parameters": "400M", "steps": "2M", "chip": "NVIDIA A100"}


def test_rows_called_by_what_tells_sizes_apart_are_papers() -> None:
    text = ("# Model card: Plover\n\nPlover is a network. The Plover models are of five sizes.\n\n## Model details\n\n"
            "| Size | Parameters |\n| --- | --- |\n| small | 244 M |\n| medium | 769 M |\n| large | 1550 M |\n")
    found = {paper.model: {fact.reading.column: fact.reading.value for fact in paper.facts}
             for paper in draft.drafted(read.from_text(text, "a.md")).papers}
    assert found == {"Plover large": {"parameters": "1550 M"}, "Plover medium": {"parameters": "769 M"},
                     "Plover small": {"parameters": "244 M"}}


@pytest.mark.parametrize(("line", "dated"), [
    ("**Model Release Date:** April 5, 2025", True), ("April 5, 2025", False),
    ("**Model Release Date:** April 5, 2025\n\nReleased on May 6, 2025", False)])
def test_the_only_date_of_a_release_is_of_all_models_of_a_card(line: str, dated: bool) -> None:
    text = (f"# Heron\n\nHeron-3B and Heron-1B are language models.\n\n{line}\n\n## Models\n\n"
            "| Model | Parameters | Tokens |\n| --- | --- | --- |\n| Heron-3B | 3.1B | 900B |\n"
            "| Heron-1B | 1.1B | 600B |\n")
    _, other = draft.drafted(read.from_text(text, "a.md")).papers
    assert ("published" in {fact.reading.column for fact in other.facts}) is dated


def test_an_intensity_is_no_emission() -> None:
    text = "Our model was trained with 0.079 tCO2e/MWH. Its emissions footprint (CO2eq) of 75 tons is low."
    found = candidates.find(read.from_text(text, "a.md"))
    assert [one.text for one in found if one.column == "emissions"] == ["75 tons"]


def test_parameters_of_which_some_are_activated_for_a_token() -> None:
    text = "Heron is a model with 456 billion total parameters, of which 45.9 billion are activated per token."
    found = {(one.column, one.text) for one in candidates.find(read.from_text(text, "a.md"))}
    assert {("parameters", "456 billion"), ("active_parameters", "45.9 billion")} <= found


def test_groups_of_chips_are_added_and_none_of_them_is_the_whole() -> None:
    text = ("# Heron-3B\n\nWe introduce Heron-3B.\n\n## Training\n\nWe trained Heron-3B on 512 A100 GPUs for 9 days "
            "and 256 A100 GPUs for 3 days.\n")
    found = drafted(text)
    assert found["chip_time"].value == "512 A100 GPUs for 9 days and 256 A100 GPUs for 3 days"
    assert not {"chips", "time"} & set(found)
    paper, *_ = writing.as_mappings(draft.drafted(read.from_text(text, "a.md")))
    record = pipeline.estimate({key: paper[key] for key in ("chip", "chip_time")} | {"utilization": 0.4})
    # dense BF16 peak of an A100: 312 TFLOP/s (NVIDIA A100 datasheet)
    assert record["flop"] == pytest.approx((512 * 9 + 256 * 3) * 86400 * 312e12 * 0.4, rel=0.05)
    assert {one.text for one in candidates.find(read.from_text(text, "a.md")) if "of one group" in one.features} == {
        "512", "256", "9 days", "3 days"}


def test_a_short_line_above_a_table_is_its_title() -> None:
    table = "| Model | Global batch size | Epochs |\n| --- | --- | --- |\n| Heron-3B | {} | 1 |\n"
    text = f"# Heron-3B\n\n## Settings\n\n1. Pretraining\n\n{table.format(256)}\n2. Finetuning\n\n{table.format(128)}"
    found = {one.text: one.stage for one in candidates.find(read.from_text(text, "a.md")) if one.column == "batch_size"}
    assert found == {"256": "", "128": "fine-tuning"}


def test_headers_of_tables_say_what_their_numbers_count() -> None:
    text = ("# Heron\n\n| Model | #Images | Dataset Size (GB) |\n| --- | --- | --- |\n| Heron | 25M | 825 |\n")
    found = {(one.column, one.text) for one in candidates.find(read.from_text(text, "a.md"))}
    assert {("examples", "25M"), ("text_size", "825 GB")} <= found
    assert not {text for column, text in found if column in ("tokens", "tokens_seen")}


def test_a_flight_emits_for_nobodys_training() -> None:
    found = candidates.find(read.from_text("A passenger's flight emits 1.2 tonnes of CO2.", "notes.md"))
    assert not [one for one in found if one.column == "emissions"]


def test_cells_of_tables_that_grow_are_ranges_and_carry_the_headers_unit() -> None:
    table = ("# Tern\n\nWe introduce Tern-7B.\n\n## Training\n\n| Model | Batch size | Steps | Training "
             "Location-Based Greenhouse Gas Emissions (tons CO2eq) | Training Market-Based Greenhouse Gas Emissions "
             "(tons CO2eq) |\n| --- | --- | --- | --- | --- |\n| Tern-7B | 512 → 1024 | 20K → 40K | 14.5 | 0 |\n")
    found = {(one.column, one.text) for one in candidates.find(read.from_text(table, "tern.md")) if one.kind == "table"}
    assert ("batch_size", "512..1024") in found
    assert ("emissions", "14.5 t") in found
    assert not {text for column, text in found if column == "steps"}
    assert ("emissions", "0 t") not in found


@pytest.mark.parametrize(("sentence", "score", "benchmark", "metric"), [
    ("Our model achieves 28.4 BLEU on the WMT 2014 English-to-German translation task.", "28.4 %",
     "WMT 2014 English-to-German", "BLEU"),
    ("Tern reaches a top-1 accuracy of 84.3%, and that on ImageNet-1k.", "84.3%", "ImageNet-1k", "top-1 accuracy"),
    ("On the GSM8K benchmark, Tern obtains an accuracy of 0.774.", "0.774", "GSM8K", "accuracy"),
    ("Tern achieves a word error rate of 2.4% on LibriSpeech test-clean.", "2.4%", "LibriSpeech test-clean",
     "word error rate"),
    ("We obtain 3.57% top-5 error on the ImageNet test set.", "3.57%", "ImageNet test", "top-5 error"),
])
def test_a_score_has_its_measure_and_its_test(sentence: str, score: str, benchmark: str, metric: str) -> None:
    (found,) = scores.said(sentence)
    assert (found.text, dict(found.beside)) == (score, {"benchmark": benchmark, "metric": metric})


@pytest.mark.parametrize("sentence", [
    "Tern improves on the baseline by more than 2.0 BLEU, achieving it on WMT 2014.",  # a difference
    "Table 11 Accuracy of Tern on GSM-8K, which it obtained early.",  # a table's number
    "Tern gets an accuracy of 84.3% in Table 2.",  # no test
    "Accuracy on ImageNet is what we look at.",
    "It achieves a perplexity of 20.5 on WikiText-103.",  # no share of a hundred
])
def test_what_is_no_score(sentence: str) -> None:
    assert not list(scores.said(sentence))


def test_the_first_result_of_the_model_itself_is_drafted_with_its_test() -> None:
    report = ("# Tern\n\nWe introduce Tern, a vision model. Tern reaches a top-1 accuracy of 84.3% on ImageNet-1k. "
              "Later Tern reaches a top-1 accuracy of 81.0% on ImageNet-V2. Tern was trained on 64 V100 GPUs.\n\n"
              "## Related work\n\nEgret obtains a top-1 accuracy of 86.1% on ImageNet-A.\n")
    found, *_ = writing.as_mappings(draft.drafted(read.from_text(report, "report.md")))
    assert (found["score"]["value"], found["metric"], found["benchmark"]) == ("84.3%", "top-1 accuracy", "ImageNet-1k")
    assert found["metric"] in found["score"]["quote"]
    assert found["benchmark"] in found["score"]["quote"]
    assert "score" not in drafted(report.replace("Tern reaches", "Egret reaches"))


def test_a_word_of_the_familys_name_is_no_size_of_it() -> None:
    named = names.Names("Heron 2.0", (("Heron 2.0-2B", 5), ("Heron 2.0 Heron", 4)), "Heron 2.0-2B")
    assert named.sizes("Heron 2.0 bandwidth requirements") == []
    assert names.siblings(named) == []


def cell(key: str, said: str) -> dict[str, str]:
    """What a table's row and a line 'key: value' make, which must be the same."""
    table = drafted(f"# Nova-7B\n| Metric | Value |\n|---|---|\n| Hardware | H100 SXM |\n| {key} | {said} |\n")
    line = drafted(f"# Nova-7B\n- Hardware: H100 SXM\n- {key}: {said}\n")
    found = [{column: str(candidates.value(column, one.value)[2])  # type: ignore[index]
              for column, one in facts.items() if column != "chip"} for facts in (table, line)]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(("key", "said", "hours"), [
    ("GPU hours", "1.2 Million", 1.2e6), ("GPU hours", "120 Thousand", 1.2e5), ("GPU hours", "1.2 mio", 1.2e6),
    ("GPU hours", "1.2 MILLION GPU hours", 1.2e6), ("GPU hours", "1.2 mn", 1.2e6), ("GPU hours", "1,200,000", 1.2e6),
    ("GPU hours", "1.2M", 1.2e6), ("GPU hours (thousands)", "150", 1.5e5), ("GPU hours (K)", "150", 1.5e5),
    ("H100 GPU hours (k)", "150", 1.5e5), ("GPU hours in K", "150", 1.5e5), ("GPU hours (×10^3)", "150", 1.5e5),
    ("GPU hours (K)", "150K", 1.5e5), ("GPU hours (H100)", "150,000", 1.5e5), ("GPU days (K)", "2", 4.8e4),
    ("GPU hours (M)", "1.2", 1.2e6), ("GPU hours (total)", "588.8", 588.8)])
def test_scales_of_cells_and_labels_are_read_however_they_are_written(key: str, said: str, hours: float) -> None:
    assert float(cell(key, said)["chip_time"]) == pytest.approx(3600 * hours)


@pytest.mark.parametrize(("key", "said"), [
    ("GPU hours", "1.2 MM"), ("GPU hours", "3.46 lakh"), ("GPU hours", "4 zillion"), ("GPU hours", "1,2 Mio"),
    ("GPU hours", "1.2 (million)"), ("GPU hours (lakhs)", "3"), ("GPU hours", "150 x 10^3")])
def test_an_unread_word_behind_a_number_forbids_it(key: str, said: str) -> None:
    assert cell(key, said).get("chip_time") in (None, "540000000.0")  # 150 x 10^3 hours are read


@pytest.mark.parametrize(("header", "said", "tokens"), [
    ("Batch size", "2 Million tokens", 2e6), ("Batch size (M tokens)", "4", 4e6),
    ("Batch size (K tokens)", "512", 5.12e5),
    ("Batch size (million tokens)", "4", 4e6)])
def test_batches_are_counted_as_their_label_says(header: str, said: str, tokens: float) -> None:
    assert float(cell(header, said)["batch_tokens"]) == tokens


def test_a_card_with_trillions_in_capitals() -> None:
    found = drafted("# OLMo 2 7B\n| Size | Parameters | Training Tokens | Layers |\n|---|---|---|---|\n"
                    "| OLMo 2 7B | 7.3B | 4 Trillion | 32 |\n")
    assert (found["parameters"].value, found["tokens_seen"].value) == ("7.3B", "4 Trillion")


SETTING = ("# Nova 7B\nNova 7B has 7B parameters. We trained for 100k steps on 64 A100 GPUs with a sequence length of "
           "2048. ")


@pytest.mark.parametrize("said", [
    "We use a per-GPU batch size of 8.", "We use a batch size of 8 per device with 4 gradient accumulation steps.",
    "Each GPU processes 8 sequences per step.", "The local batch size is 8.", "We use a batch size of 16 on each GPU.",
    "The batch size per replica is 16.", "A batch size of 8 was used for each device.", "The minibatch is 8 per rank.",
    "Each device handles a batch of 8 sequences.", "We use a batch size of 32 per TPU core."])
def test_the_batch_of_one_device_is_not_that_of_a_step(said: str) -> None:
    paper, *_ = draft.drafted(read.from_text(SETTING + said, "card.md")).papers
    assert not {fact.reading.column for fact in paper.main} & {"batch_size", "batch_tokens"}


def test_the_batch_of_one_device_is_said_to_be_left_out() -> None:
    paper, *_ = draft.drafted(read.from_text(f"{SETTING}We use a per-GPU batch size of 8.", "card.md")).papers
    assert any(one.column == "batch_size" and "of one device" in one.why for one in paper.not_used)


@pytest.mark.parametrize("said", [
    "We use a batch size of 512 across all 64 GPUs.",
    "We use a global batch size of 512 with a per-GPU batch size of 8.",
    "The global batch size is 512 (8 per GPU).", "With 8 GPUs per node, we use a batch size of 512.",
    "We use a batch size of 8 × 64 = 512.", "Each device takes 8 sequences, for a total batch size of 512."])
def test_the_batch_of_all_devices_is_that_of_a_step(said: str) -> None:
    assert drafted(SETTING + said)["batch_size"].value.removesuffix(" sequences") == "512"


@pytest.mark.parametrize(("said", "flop"), [
    ("2149 petaflops days", 1.856736e23), ("175 petaFLOPS days", 1.512e22), ("175 PFLOPS-days", 1.512e22),
    ("3.2 exaFLOP/s-days", 2.7648e23), ("1,200 PF-days", 1.0368e23), ("12 zettaFLOPs days", 1.0368e27)])
def test_rates_times_days_are_compute_and_no_rate(said: str, flop: float) -> None:
    for text in (f"Training took {said}.", f"- Training compute: {said}",
                 f"| Key | Value |\n|---|---|\n| Training compute | {said} |\n"):
        found = drafted(f"# Nova 41B\nNova 41B has 41B parameters.\n\n{text}\n")
        read_as = candidates.value("reported_compute", found["reported_compute"].value)
        assert read_as is not None
        assert read_as[2] == pytest.approx(flop)
        assert "achieved_rate" not in found


@pytest.mark.parametrize("name", ["card.md", "paper.tex"])
@pytest.mark.parametrize("said", [
    r"$3.8\times10^{25}$ FLOPs", r"\(3.8 \times 10^{25}\) FLOPs", r"3.8$\times$10$^{25}$ FLOPs",
    r"$\approx 3.8\cdot10^{25}$ floating-point operations"])
def test_mathematics_in_dollars_is_no_price(said: str, name: str) -> None:
    found = drafted(f"# Nova\n\nNova was trained with {said} in 2024, with $7\\times10^{{9}}$ parameters.\n", name)
    assert candidates.value("reported_compute", found["reported_compute"].value)[2] == 3.8e25  # type: ignore[index]
    assert candidates.value("parameters", found["parameters"].value)[2] == 7e9  # type: ignore[index]
    assert "cost" not in found


def test_prices_stay_prices() -> None:
    text = "# Nova\n\nTraining Nova cost $5.6 million, at $2 for each GPU hour and $3_000 for each node.\n"
    found = [one.text for one in candidates.find(read.from_text(text, "card.md")) if one.column == "cost"]
    assert found[0] == "$5.6 million"


def test_a_header_whose_power_lost_its_raise() -> None:
    found = drafted("# Nova\n| Model | params ×106 | steps |\n|---|---|---|\n| Nova | 213 | 300K |\n"
                    "| Other | 65 | 100K |\n")
    assert found["parameters"].value == "213M"


#: More facts than any document has: 1,000 in some 20,000 letters.
MANY = "# Heron\n\n" + "".join(f"It took {n} days.\n" for n in range(1, 1001))


def test_a_document_of_nothing_but_facts_says_what_of_it_was_left_out(tmp_path: Path) -> None:
    found = draft.drafted(read.from_text(MANY, "many.md"))
    said = ("more numbers in sentences that may be facts than documents have: the first 600 are weighed, those from "
            "line 603 on are left out")
    assert found.document.notes == (said,)
    assert f"# {said}" in writing.as_yaml(found).splitlines()
    assert json.loads(writing.as_json(found))["notes"] == [said]
    assert [one.text for one in candidates.find(found.document)] == [f"{n} days" for n in range(1, 601)]
    path = tmp_path / "many.md"
    path.write_text(MANY)
    for arguments in (["--show"], ["--estimate"], ["-o", str(tmp_path / "drafts.csv")]):
        assert said in CliRunner().invoke(app, ["draft", str(path), *arguments]).stderr, arguments
    assert said in (tmp_path / "drafts.csv").read_text()


def test_as_many_facts_as_are_weighed_leave_nothing_out() -> None:
    text = "".join(MANY.splitlines(keepends=True)[:602])
    assert draft.drafted(read.from_text(text, "many.md")).document.notes == ()


#: What there is too much of: a document, how often a part of it is there at most, and the line on which more begins.
TOO_MUCH = {
    "blocks": ("x.md", "", "- a\n", 1500, 1501, "paragraphs, headings and items", "read"),
    "blocks of LaTeX": ("x.tex", "", "a\n\n", 1500, 2999, "paragraphs, headings and items", "read"),
    "blocks of HTML": ("x.html", "", "<p>a\n", 1500, 1501, "paragraphs, headings and items", "read"),
    "sentences": ("x.md", "", "Aa bb.\n", 1500, 1501, "sentences", "weighed"),
    "known cells": ("x.md", "|steps" * 8 + "\n" + "|-" * 8 + "\n", "|9e99" * 8 + "\n", 500, 503,
                    "cells of tables that may be facts", "weighed"),
    "readings": ("x.md", "|steps" * 8 + "\n" + "|-" * 8 + "\n", "|9e5" * 8 + "\n", 200, 203,
                 "numbers that may be facts", "weighed"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_of_what_there_is_too_much_the_first_are_taken_and_the_rest_is_said(what: str) -> None:
    name, head, part, most, line, called, done = TOO_MUCH[what]
    text = head + part * most
    assert draft.drafted(read.from_text(text, name)).document.notes == ()
    first = most * max(1, part.count("|"))
    assert draft.drafted(read.from_text(text + part, name)).document.notes == (
        f"more {called} than documents have: the first {first:,} are {done}, those from line {line} on are left out",)


@pytest.mark.parametrize(("name", "text"), [
    ("x.md", "## Heron\n" + "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "|b|\n" * 20_000),
    ("x.md", "## Heron\n<table>\n<tr>" + "<td colspan=100>a" * 3000 + "\n</table>\n"),
    ("x.html", "<h1>Heron</h1>\n<table><tr>" + "<td>a" * 3000 + "<tr><td>b" * 3000 + "</table>"),
    ("x.html", "<h1>Heron</h1>\n<table><tr>" + "<td rowspan=100>a" * 3000 + "</table>"),
    ("x.tex", "\\section{Heron}\n\\begin{tabular}{c}\n" + "a&" * 3000 + "b\\\\\n" + "c\\\\" * 9000 + "\\end{tabular}"),
])
def test_a_table_that_grows_with_the_square_of_its_text_is_left_out_and_said(name: str, text: str) -> None:
    found = read.from_text(text, name)
    assert found.notes == ("more cells of tables than documents have: those from line 2 on are left out",)
    assert found.tables == ()


def test_a_draft_is_the_same_whatever_order_its_reasons_are_in() -> None:
    features = ["column time", "trains", "near per", "kind prose", "said twice", "early", "trains @ hardware"]
    weights = {name: 0.1 * 3**at for at, name in enumerate(features)}
    assert len({probability.score(features[at:] + features[:at], weights) for at in range(len(features))}) == 1
    one = draft.replace(candidates.find(read.from_text("It took 3 days.", "a.md"))[0], features=frozenset("dbca"))
    assert [name for name, _ in probability.reasons(one, dict.fromkeys("abcd", 0.5), most=4)] == list("abcd")
