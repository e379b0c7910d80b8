"""Base models: found among the papers at hand or in a reference table, added once, never in a circle, missed aloud."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from computeest import pipeline
from computeest.cli.app import app
from computeest.facts.paper import read_paper
from computeest.models import table as models
from computeest.questions import known_models
from computeest.records.columns import Record
from computeest.text.model_names import fold, series_of, split

#: 6e19 FLOP.
RUN = {"parameters": 1e9, "tokens_seen": 1e10}


def together(*papers: dict[str, Any], reference: dict[str, float] | None = None) -> list[Record]:
    return pipeline.estimate_together([read_paper(RUN | paper) for paper in papers],
                                      pipeline.Options.of(reference=reference))


def codes(record: Record) -> set[str]:
    return {check["code"] for check in record["checks"]}


def test_a_base_model_among_the_papers_is_added_once() -> None:
    base, tuned = together({"model": "Big", "tokens_seen": 1e12}, {"model": "Tuned", "base_model": "Big"})
    assert base["flop"] == pytest.approx(6e21)
    assert base["base_flop"] is None
    assert tuned["base_flop"] == pytest.approx(6e21)
    assert tuned["flop"] == pytest.approx(6e21 + 6e19)


@pytest.mark.parametrize("name", ["Big-1", "big 1", "BIG_1", "Big–1"])
def test_names_are_the_same_whatever_their_spelling(name: str) -> None:
    (record,) = together({"base_model": "Big 1"}, reference={name: 1e22})
    assert record["base_flop"] == 1e22


def test_a_reference_table_goes_before_the_papers_at_hand() -> None:
    _, tuned = together({"model": "Big"}, {"model": "Tuned", "base_model": "Big"}, reference={"Big": 1e22})
    assert tuned["base_flop"] == 1e22


def test_a_chain_adds_up_and_what_two_bases_share_counts_once() -> None:
    papers = [{"model": "A", "tokens_seen": 1e12}, {"model": "B", "base_model": "A"}, {"model": "C", "base_model": "A"},
              {"model": "D", "base_model": "B, C"}, {"model": "E", "base_model": "A, B"},
              {"model": "F", "base_model": "B; B"}]
    flop = {record["model"]: record["flop"] for record in together(*papers)}
    own, base = 6e19, 6e21
    assert flop == pytest.approx({"A": base, "B": base + own, "C": base + own, "D": base + 3 * own, "E": base + 2 * own,
                                  "F": base + 2 * own})


def test_a_circle_is_refused_and_said() -> None:
    first, second = together({"model": "One", "base_model": "Two"}, {"model": "Two", "base_model": "One"})
    for record in (first, second):
        assert record["flop"] == pytest.approx(6e19)
        assert [check["level"] for check in record["checks"] if check["code"] == "base-cycle"] == ["error"]


def test_a_model_that_names_itself_is_a_circle() -> None:
    (record,) = together({"model": "One", "base_model": "One"})
    assert "base-cycle" in codes(record)
    assert record["flop"] == pytest.approx(6e19)


def test_a_missing_base_model_leaves_the_run_alone_says_so_and_widens_the_interval() -> None:
    (record,) = together({"base_model": "Nobody's, Known"}, reference={"Known": 1e18})
    check = next(check for check in record["checks"] if check["code"] == "base-compute-missing")
    assert check["message"] == "the compute of the base model, Nobody's, is not known, so the number leaves it out"
    assert record["flop"] == pytest.approx(6e19 + 1e18)
    assert record["flop_high"] > 100 * record["flop"]
    assert record["confidence"] == "speculative"


def test_facts_that_are_the_base_models_own_are_not_added_again() -> None:
    (record,) = together({"base_model": "Big"}, reference={"Big": 6.1e19})
    assert "base-described-again" in codes(record)
    assert record["flop"] == pytest.approx(6e19)


def test_a_figure_that_holds_the_base_model_is_not_added_to_it() -> None:
    (record,) = together({"base_model": "Big", "reported_compute": 1.01e22}, reference={"Big": 1e22})
    assert "base-added-twice" in codes(record)
    assert record["base_flop"] is None
    assert record["flop"] == pytest.approx(1.01e22, rel=0.01)


def test_an_unknown_member_of_a_known_series_is_scaled_by_its_size() -> None:
    (record,) = together({"base_model": "Llama 9-13B"}, reference={"Llama 9-70B": 7e24, "Llama 9-7B": 7e23})
    check = next(check for check in record["checks"] if check["code"] == "base-compute-scaled")
    assert "scaled from that of Llama 9-7B by their parameters" in check["message"]
    assert record["base_flop"] == pytest.approx(13e23)


@pytest.mark.parametrize(("name", "series", "size"), [
    ("Llama 2-13B", "llama2", 13e9), ("GPT-2 (774M)", "gpt2", 774e6), ("Qwen2.5-0.5B", "qwen2.5", 0.5e9),
    ("BERT-Large", "bertlarge", 0.0), ("T5 1.1", "t5-1.1", 0.0),
])
def test_series_and_size_are_read_from_names(name: str, series: str, size: float) -> None:
    assert series_of(name) == (series, size)


@pytest.mark.parametrize(("one", "other"), [
    ("Llama 2-70B", "llama2 70b"), ("GPT-2 (1.5B)", "gpt-2 1.5B"), ("ESM2-650M", "ESM-2 650M"),
    ("PaLM (540B)", "PaLM 540B"),
])
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Llama 2 7B", "Llama 27B"), ("GPT-3 1.3B", "GPT-3 13B"),
                                            ("T5 11B", "T5 1.1 1B")])
def test_a_separator_between_digits_tells_models_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_commas_within_brackets_separate_nothing() -> None:
    assert split("A (7B, chat), B; C") == ["A (7B, chat)", "B", "C"]


def test_the_command_line_finds_base_models_in_other_papers_and_in_a_reference_table(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_text("model: Big\nparameters: 1e9\ntokens_seen: 1e12\nbase_model: Seed\n")
    (tmp_path / "tuned.yaml").write_text("model: Tuned\nparameters: 1e9\ntokens_seen: 1e10\nbase_model: Big\n")
    (tmp_path / "bad.yaml").write_text("model: Bad\nparameters: 1e9\n")
    (tmp_path / "r.csv").write_text("model,compute\nSeed,4e21\n")
    papers = [str(tmp_path / name) for name in ("tuned.yaml", "bad.yaml", "big.yaml")]
    ran = CliRunner().invoke(app, ["estimate", *papers, "--reference", str(tmp_path / "r.csv"), "--format", "json"])
    assert ran.exit_code == 1, "one lacks facts, and the others come out"
    tuned, big = json.loads(ran.stdout)
    assert (tuned["model"], big["model"]) == ("Tuned", "Big")
    assert big["flop"] == pytest.approx(1e22)
    assert tuned["base_flop"] == pytest.approx(1e22)
    assert tuned["flop"] == pytest.approx(1e22 + 6e19)


def bundled(name: str) -> Record:
    entry = models.find(name)
    assert entry is not None
    return known_models.records([entry])[entry.id]


@pytest.mark.parametrize("name", ["Llama 2-7B", "meta-llama/Llama-2-7b-hf", "llama2 7b"])
def test_a_base_model_that_only_the_bundled_table_knows_is_added(name: str) -> None:
    (record,) = together({"base_model": name})
    table = bundled("Llama 2 7B")
    assert record["base_flop"] == pytest.approx(table["flop"])
    assert record["flop"] == pytest.approx(table["flop"] + 6e19)
    assert "base-compute-missing" not in codes(record)
    check = next(check for check in record["checks"] if check["code"] == "base-from-table")
    assert (check["level"], check["message"]) == ("info", (
        "the compute of the base model is that of Llama 2 7B in the bundled table, estimated from its facts: "
        "computeest models show"))


@pytest.mark.parametrize("name", ["Llama 2-7B", "Mistral 7B"])  # stated tokens; tokens that nobody published
def test_the_interval_of_a_bundled_base_model_is_that_of_its_entry(name: str) -> None:
    (record,) = together({"base_model": name, "parameters": 7e9, "tokens_seen": 1e9})
    table = bundled(name)
    assert record["flop_high"] / record["flop_low"] == pytest.approx(table["flop_high"] / table["flop_low"], rel=0.01)


def test_papers_at_hand_and_a_reference_come_before_the_bundled_table() -> None:
    (record,) = together({"base_model": "Llama 2 7B"}, reference={"Llama 2-7B": 1e23})
    assert record["base_flop"] == 1e23
    assert "base-from-table" not in codes(record)
    record, _ = together({"base_model": "Llama 2 7B"}, {"model": "Llama 2-7B", "tokens_seen": 2e12})
    assert record["base_flop"] == pytest.approx(6 * 1e9 * 2e12)
    assert "base-from-table" not in codes(record)


def test_a_paper_at_hand_may_itself_start_from_a_bundled_model() -> None:
    record, middle = together({"base_model": "Middle"}, {"model": "Middle", "base_model": "Llama 2 7B"})
    assert middle["flop"] == pytest.approx(bundled("Llama 2 7B")["flop"] + 6e19)
    assert record["flop"] == pytest.approx(middle["flop"] + 6e19)


def test_what_two_bundled_base_models_start_from_counts_once() -> None:
    (record,) = together({"base_model": "Code Llama 7B, Llama 2 7B"})
    assert record["base_flop"] == pytest.approx(bundled("Code Llama 7B")["flop"])


def test_a_release_tuned_from_a_bundled_model_is_less_sure() -> None:
    (plain,), (tuned,) = (together({"base_model": name, "parameters": 8e9, "tokens_seen": 1e9})
                          for name in ("Llama 3.1 8B", "Llama-3.1-8B-Instruct"))
    assert tuned["base_flop"] == plain["base_flop"]
    assert tuned["flop_high"] / tuned["flop_low"] > 1.5 * plain["flop_high"] / plain["flop_low"]
    check = next(check for check in tuned["checks"] if check["code"] == "base-from-table")
    assert "that of Llama 3.1 8B, from which it was tuned, in the bundled table" in check["message"]


@pytest.mark.parametrize("name", ["GPT-4", "Llama 2 9B", "Llama 27B", "BERT"])
def test_a_base_model_that_nobody_knows_stays_unknown(name: str) -> None:
    (record,) = together({"base_model": name})
    assert record["base_flop"] is None
    assert "base-compute-missing" in codes(record)
    assert "base-from-table" not in codes(record)
    assert record["flop"] == pytest.approx(6e19)


@pytest.mark.parametrize(("facts", "again"), [
    ({"parameters": 8e9, "tokens_seen": 15e12}, True), ({"parameters": 8e9, "tokens": 7.5e12, "epochs": 2}, True),
    ({"parameters": 8e9, "tokens_seen": 12e12}, False), ({"parameters": 6.5e9, "tokens_seen": 15e12}, False),
])
def test_the_facts_of_a_bundled_base_model_described_again_are_not_added(facts: dict[str, float], again: bool) -> None:
    """Counting the network gives 1.2 times 6 x parameters x tokens, so the answers alone would not tell."""
    (record,) = together({"base_model": "Llama 3 8B", "tokens_seen": None} | facts)
    assert ("base-described-again" in codes(record)) == again
    assert (record["base_flop"] is None) == again


@pytest.mark.parametrize(("stage", "again"), [
    (None, True), ("pretraining", True), ("fine-tuning", True), ("continued pretraining", False),
    ("continual pre-training", False), ("mid-training", False), ("domain adaptation", False),
])
def test_a_run_as_large_as_its_base_models_may_come_on_top_of_it(stage: str | None, again: bool) -> None:
    """Nothing but the stage tells; without one the interval holds both."""
    facts = {"parameters": 6.7e9, "tokens_seen": 1e12, "base_model": "LLaMA 7B"}
    (alone,) = together(facts | {"base_model": None})
    (record,) = together(facts | {"stage": stage})
    base = bundled("LLaMA 7B")["flop"]
    assert ("base-described-again" in codes(record)) == again
    if again:
        assert (record["flop"], record["flop_low"]) == (alone["flop"], alone["flop_low"])
        assert record["flop_high"] == pytest.approx(alone["flop_high"] + base)
    else:
        assert record["flop"] == pytest.approx(alone["flop"] + base)


def test_the_layout_whose_figures_were_measured_to_hold_one_run_spans_no_two() -> None:
    row = {"Model": "Y", "Parameters": 6.7e9, "Training dataset size (gradients)": 1e12, "Domain": "Language",
           "Task": "Language modeling", "Publication date": "2024-01-01", "Base model": "LLaMA 7B"}
    found = pipeline.annotate(pd.DataFrame([row, row | {"Base model": ""}]), preset="epoch")
    assert "base-described-again" in found["checks"][0]
    assert found["flop_high"][0] == pytest.approx(found["flop_high"][1])


def test_a_table_in_pieces_finds_bundled_base_models(tmp_path: Path) -> None:
    table, out = tmp_path / "models.csv", tmp_path / "out.csv"
    table.write_text("model,parameters,tokens_seen,base_model\n" + "".join(
        f"Model {i},1e9,1e10,{base}\n" for i, base in enumerate(["Llama 2 7B", "", "GPT-4", "Model 0"] * 5)))
    result = CliRunner().invoke(app, ["annotate", str(table), "-o", str(out), "--chunk", "3"])
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader(out.read_text().splitlines()))
    base = bundled("Llama 2 7B")["flop"]
    assert [float(row["base_flop"] or "nan") for row in rows[:2]] == pytest.approx([base, float("nan")], nan_ok=True)
    assert float(rows[3]["base_flop"]) == pytest.approx(base + 6e19)
    assert rows[2]["base_flop"] == ""


def test_a_model_that_was_grown_from_its_base_is_no_second_account_of_the_bases_run() -> None:
    """Qwen2 57B-A14B was grown from Qwen2 7B, and its run took about as much as its base's."""
    base = {"model": "Seed 7B", "parameters": 7e9, "tokens_seen": 1e12}
    grown = {"model": "Grown 57B", "base_model": "Seed 7B", "parameters": 57e9, "active_parameters": 14e9,
             "tokens_seen": 5.2e11}
    found = pipeline.estimate_together([read_paper(paper) for paper in (base, grown)], pipeline.Options())
    assert found[1]["flop"] == pytest.approx(6 * 7e9 * 1e12 + 6 * 14e9 * 5.2e11, rel=0.01)
    again = {**base, "model": "Seed 7B, released", "base_model": "Seed 7B"}
    told = pipeline.estimate_together([read_paper(paper) for paper in (base, again)], pipeline.Options())
    assert told[1]["flop"] == pytest.approx(6 * 7e9 * 1e12, rel=0.01)


def of_llama(base: str, **facts: Any) -> Record:
    return pipeline.estimate({"model": "Mine", "parameters": 8e9, "tokens_seen": 1e12, "base_model": base} | facts)


def test_a_base_model_that_is_larger_may_be_a_teacher_and_the_interval_reaches_to_the_run_alone() -> None:
    record = of_llama("Llama 3.1 405B")
    assert "base-of-other-size" in codes(record)
    assert record["flop_low"] < 6 * 8e9 * 1e12 < 3.8e25 < record["flop_high"]
    assert record["confidence"] == "speculative"


def test_another_size_of_the_base_models_series_is_reached_from_a_smaller_one() -> None:
    record = of_llama("Llama 3.1 8B", parameters=405e9, tokens_seen=1e9)
    assert "base-of-other-size" in codes(record)
    assert record["flop_high"] > 3.8e25


def test_a_larger_base_model_without_facts_of_the_own_run_reaches_to_one_of_the_models_size() -> None:
    record = pipeline.estimate({"model": "Mine", "parameters": 8e9, "base_model": "Llama 3.1 405B"})
    assert "base-of-other-size" in codes(record)
    assert record["flop_low"] < 3.8e25 * 8 / 405


@pytest.mark.parametrize(("base", "facts"), [
    ("Llama 3.1 8B", {}),
    ("Mistral 7B", {"parameters": 46.7e9, "active_parameters": 12.9e9}),  # Mixtral, were its experts copies
    ("Mistral 7B", {"parameters": 10.7e9}),  # SOLAR, grown in depth
    ("Llama 3.1 8B, Llama 3.1 70B", {}),
    ("A model of unknown size", {"base_compute": 1e24}),
])
def test_a_base_model_of_about_the_same_size_is_not_doubted(base: str, facts: dict[str, float]) -> None:
    assert "base-of-other-size" not in codes(of_llama(base, **facts))
