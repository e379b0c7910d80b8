"""Audit: findings on rows with known mistakes, none on right ones, every format, and the database's own notes."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from computeest.audit import against_note
from computeest.audit.arithmetic import close, mentions, products
from computeest.audit.audit import Audit, audit
from computeest.cli.app import app
from computeest.pipeline import Options
from computeest.problems import InputError
from computeest.schema.headers import of_mapping

GOLD = Path(__file__).parents[2] / "shared" / "gold"

#: GPT-3's row as a dataset has it (Brown et al. 2020: 175e9 parameters, 300e9 tokens, Table D.1: 3.14e23).
RIGHT = {"model": "GPT-3", "parameters": "175e9", "tokens_seen": "300e9", "published FLOP": "3.14e23",
         "note": "6 * 175B parameters * 300B tokens = 3.15e23 FLOP, Table D.1 has 3.14e23"}


def audited(*rows: dict[str, str]) -> Audit:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    return audit(table, "published FLOP", "note" if "note" in names else "")


def codes(found: Audit) -> set[str]:
    return {finding.code for finding in found.findings}


def test_a_right_row_has_no_findings() -> None:
    found = audited(RIGHT)
    assert codes(found) == set()
    assert (found.rows, found.published, found.estimated, found.inside) == (1, 1, 1, 1)
    assert (found.arithmetic, found.by_product, found.by_total) == (1, 1, 1)


def test_a_published_figure_off_by_ten_is_outside_the_interval() -> None:
    found = audited(RIGHT | {"published FLOP": "3.14e24", "note": ""})
    finding = next(f for f in found.findings if f.code == "outside-interval")
    assert finding.factor == pytest.approx(10, rel=0.05)
    assert finding.says.startswith("published 3.14e+24 is outside the 90 % interval [")
    assert finding.estimate == pytest.approx(3.15e23, rel=0.01)


def test_the_notes_arithmetic_against_the_published_figure() -> None:
    found = audited(RIGHT | {"published FLOP": "9.3e23", "note": "6 * 175B * 300B = 3.15e23"})
    finding = next(f for f in found.findings if f.code == "note-against-published")
    assert finding.says == "the note's arithmetic gives 3.15e+23, the published figure is 9.3e+23 (3x)"
    assert finding.certainty == 0.7


def test_a_figure_that_the_note_quotes_or_adds_up_is_not_held_against_it() -> None:
    assert "note-against-published" not in codes(audited(RIGHT | {
        "published FLOP": "4.05e23", "note": "6 * 175B * 300B = 3.15e23, but the authors report 4.05e23 FLOP"}))
    assert "note-against-published" not in codes(audited(RIGHT | {
        "published FLOP": "3.65e23", "note": "6 * 175B * 300B = 3.15e23; the base model took another 5e22"}))


def test_arithmetic_that_does_not_give_what_it_states() -> None:
    # Seq2Seq in Amodei and Hernandez 2018: the factors give 11,150 PF and not the 7,300 that are printed
    found = against_note.read("652e6 words * 0.380 GFLOP * 6 * 7.5 epochs = 7,300 PF", 7.3e18)
    assert [remark.code for remark in found.remarks] == ["note-slip"]
    assert found.remarks[0].factor == pytest.approx(1.527, abs=0.001)
    assert found.remarks[0].sentence.endswith(
        "comes to 1.11e+19, and the note states 7.3e+18 (1.5x), which is what is published")


def test_a_utilization_that_cannot_be() -> None:
    # 1,000 A100 for 10 days at 312 TFLOP/s could do 2.7e23
    row = {"model": "M", "chip": "A100 SXM", "chips": "1000", "time": "10 days", "number_format": "bf16"}
    finding = next(f for f in audited(row | {"published FLOP": "3.5e23"}).findings
                   if f.code == "published-utilization-above-one")
    assert finding.utilization == pytest.approx(3.5e23 / (1000 * 10 * 86400 * 312e12))
    assert "is a utilization of 1.3: the row's chips could do 2.7e+23 in its time" in finding.says
    assert "published-utilization-above-one" not in codes(audited(row | {"published FLOP": "1.2e23"}))


def test_most_of_the_figure_being_the_base_models_says_nothing_of_the_chips() -> None:
    row = {"model": "M", "chip": "A100 SXM", "chips": "8", "time": "1 day", "number_format": "bf16", "base_model": "B",
           "base_compute": "1e24 FLOP", "published FLOP": "1e24"}
    assert not [code for code in codes(audited(row)) if code.startswith("published-utilization")]


def test_a_published_figure_that_leaves_the_base_model_out() -> None:
    row = {"model": "M", "parameters": "7e9", "tokens_seen": "1e9", "base_model": "B", "base_compute": "1e24 FLOP",
           "published FLOP": "4.2e19"}
    assert "base-left-out" in codes(audited(row))


def test_findings_come_surest_and_largest_first() -> None:
    rows = [RIGHT | {"published FLOP": figure, "note": ""} for figure in ("4.4e23", "3.14e24", "3.14e27")]
    found = [f for f in audited(*rows).findings if f.code == "outside-interval"]
    assert [f.row for f in found] == [3, 2, 1]
    ranks = [f.rank for f in audited(*rows).findings]
    assert ranks == sorted(ranks, reverse=True)


def test_the_published_column_is_no_fact() -> None:
    # a column of a name that would be read as the authors' own figure
    row = {"parameters": "175e9", "tokens_seen": "300e9", "training_compute": "3.14e25"}
    table = pa.table({name: pa.array([value]) for name, value in row.items()})
    found = audit(table, "training_compute")
    assert found.inside == 0
    assert "outside-interval" in codes(found)


def test_a_missing_column_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="the table has no column 'publshed'\n  closest: 'published'"):
        audit(pa.table({"published": pa.array(["1e23"])}), "publshed")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    wrong = {"model": "=off", "published FLOP": "3.14e24", "note": "6 * 175B * 300B"}
    rows: list[dict[str, str]] = [RIGHT, RIGHT | wrong]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(RIGHT))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(file: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["audit", str(file), "--published", "published FLOP", "--notes", "note", *options])


def test_every_format_holds_the_same_findings(file: Path) -> None:
    found = json.loads(run(file, "-f", "json").stdout)
    assert {(f["row"], f["code"]) for f in found} == {(2, "outside-interval"), (2, "note-against-published")}
    table = list(csv.DictReader(io.StringIO(run(file, "-f", "csv").stdout)))
    assert [row["says"] for row in table] == [f["says"] for f in found]
    assert table[0]["model"] == "'=off"  # no spreadsheet runs a cell
    assert run(file, "-f", "markdown").stdout.count("\n") == 2 + len(found)
    assert "outside-interval" in run(file).stdout
    sure = json.loads(run(file, "-f", "json", "--least", "0.65").stdout)
    assert [f["code"] for f in sure] == ["note-against-published"]


def test_what_is_less_sure_is_listed_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("model,parameters,tokens_seen,published FLOP\nM,1e9,1e7,6e16\n")
    for options, least, told in (((), 0.3, "0 findings, and 1 less sure (--least 0 lists them)"),
                                 (("--least", "0"), 0.0, "; 1 findings")):
        ran = CliRunner().invoke(app, ["audit", str(path), "--published", "published FLOP", "-f", "json", *options])
        assert [f["code"] for f in json.loads(ran.stdout)] == (["samples-for-tokens"] if least == 0 else [])
        assert told in ran.stderr


def test_the_summary_goes_to_standard_error(file: Path) -> None:
    assert "2 rows: 2 with a published figure, 2 of them estimated, 1 inside the 90 % interval; 2 notes hold " \
           "arithmetic, which gives the published figure in 1 (1 with totals); 2 findings" in run(file).stderr


def test_wrong_usage(file: Path) -> None:
    assert run(file, "-f", "pdf").exit_code == 2
    assert run(file, "--preset", "epoc").exit_code != 0


def test_mentions_in_any_unit_and_spelling() -> None:
    assert mentions("about 1.42 zettaFLOP", 1.42e21)
    assert mentions("22 pfs-days", 22 * 8.64e19)
    assert not mentions("about 1.42 zettaFLOP", 1.5e21)


@pytest.mark.skipif(not GOLD.exists(), reason="the database's rows are not beside this checkout")
def test_notes_of_the_database_reproduce_its_figures() -> None:
    with (GOLD / "epoch_dev_truth.csv").open(encoding="utf-8") as stream:
        figures = {row["id"]: float(row["truth_flop"]) for row in csv.DictReader(stream) if row["truth_flop"]}
    with (GOLD / "epoch_dev_notes.csv").open(encoding="utf-8", newline="") as stream:
        notes = {row["id"]: row["Training compute notes"] for row in csv.DictReader(stream)}
    found = {key: [p for p in products(notes[key]) if p.written] for key in figures}
    right = sum(any(close(p.value, figure) for p in found[key]) for key, figure in figures.items())
    assert right / len(figures) >= 0.73
    chance = random.Random(1)
    controls = []
    for _ in range(20):
        others = dict(zip(figures, chance.sample(list(found.values()), len(found)), strict=True))
        controls.append(sum(any(close(p.value, figure) for p in others[key]) for key, figure in figures.items()))
    assert sum(controls) / len(controls) / len(figures) < 0.01


@pytest.mark.parametrize(("figure", "note"), [
    pytest.param("3e23", "7B parameters and 3 × 1023 training FLOPs", id="a-superscript-lost"),
    pytest.param("1.9e22", "256 GPUs for three weeks at 140 TFLOP/s: 256 x 21 x 140 = 750,000 TFLOP/s x days. "
                 "Multiply by the seconds of a day and by 30%", id="the-rest-in-words"),
    pytest.param("2e22", "40 days * 24 / 0.8 hours = 1,200 games at once", id="games"),
    pytest.param("4e9", "There are 30*29 pairs of towns", id="pairs"),
    pytest.param("4.32e18", "(60M parameters)(100M words)(4/3 tokens/word)(90 epochs)*6", id="brackets-side-by-side"),
    pytest.param("3.5e21", "64 P100 GPU’s * 10 days * 21 TFLOPS * 0.3 utilization * sqrt(100) = 3.5e21",
                 id="apostrophe"),
    pytest.param("9.7e17", "1 GPU * 20 days * 1.58 TFLOPS/GTX 580 * 0.355 utilization = 969 PF", id="a-chip's-name"),
    pytest.param("5e22", "6*4B*2T = 4.8e22. 90 tCO2 * 2000 lb/t * (1 kWh/0.9lb) = 2.1e5 kWh", id="kilowatt-hours"),
    pytest.param("6.5e20", "a server (4×40G) for a week at 300 TFLOP/s and 0.9 of it", id="memory"),
    pytest.param("4.93e22", "Table 3: 3e22 FLOP. 500000 updates x 2M batch size x 10 B parameters x 6: 6e22 FLOP. "
                 "30 days x 1024 chips x a 30% utilization: 6.67e22 FLOP. Geometric mean: 4.93e22", id="mean-of-three"),
    pytest.param("4.61e21", "6*30B*(100*10^6*224×224/14×14) = 4.61 × 10^21", id="all-below-the-slash"),
])
def test_what_is_no_figure_of_compute_is_not_held_against_one(figure: str, note: str) -> None:
    found = audited({"model": "x", "published FLOP": figure, "note": note})
    assert codes(found) == set(), [finding.says for finding in found.findings]


def test_slips_of_compute_are_found_all_the_same() -> None:
    found = audited({"model": "x", "published FLOP": "8e21", "note": "6 * 1e9 * 1e12 = 8e21 FLOP"})
    assert codes(found) == {"note-slip"}
    found = audited({"model": "x", "published FLOP": "9e21", "note": "64 GPUs * 10 days * 312 TFLOP/s * 0.3 = 5.2e21"})
    assert codes(found) == {"note-against-published"}
    two = "3e22 FLOP by counting, 6e22 FLOP by time. Geometric mean: 9e22"
    assert codes(audited({"model": "x", "published FLOP": "9e22", "note": two})) == {"note-slip"}


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Name,Weights (B),Corpus (T),Training FLOPs\na,7,1,4.2e22\n"
                                    "b,7,1,1e22 MACs\nc,7,1,lots\nd,7,1,\n")
    (tmp_path / "m.yaml").write_text("model: Name\nparameters: {column: Weights (B), unit: billion}\n"
                                     "tokens: {column: Corpus (T), unit: trillion}\n")
    ran = CliRunner().invoke(app, ["audit", str(tmp_path / "t.csv"), "--published", "Training FLOPs", "--columns",
                                   str(tmp_path / "m.yaml"), "-f", "json"])
    assert [(f["row"], f["code"]) for f in json.loads(ran.stdout)] == [(row, "published-not-read") for row in (2, 3)]
    assert ("4 rows: 1 with a published figure, 1 of them estimated, 1 inside the 90 % interval; 2 with one that "
            "cannot be read; 1 without one; 2 findings") in ran.stderr


def test_a_remark_on_a_figure_that_there_is_not_is_none() -> None:
    found = audited(RIGHT | {"published FLOP": "unknown (likely >10²⁵)"},
                    RIGHT | {"published FLOP": "not disclosed (2e25?)"},
                    RIGHT | {"published FLOP": "no estimate"}, RIGHT | {"published FLOP": "much (2e25)"})
    assert (found.published, found.unread) == (0, 1)
    assert [(f.row, f.code) for f in found.surer(0.3)] == [(4, "published-not-read")]


def test_a_published_column_in_another_unit(tmp_path: Path) -> None:
    for header, figure in (("Compute (ZFLOP)", "42"), ("Compute (x1e21 FLOP)", "42"), ("Compute (PF-days)", "486"),
                           ("Training cost (petaFLOP-day)", "486"), ("Effort (petaFLOP-day)", "486")):
        (tmp_path / "t.csv").write_text(f"model,parameters,tokens,{header}\na,7e9,1e12,{figure}\n")
        ran = CliRunner().invoke(app, ["audit", str(tmp_path / "t.csv"), "--published", header, "-f", "json"])
        assert json.loads(ran.stdout) == []
        assert "1 inside the 90 % interval" in ran.stderr
    (tmp_path / "t.csv").write_text("model,parameters,tokens,Compute (log10)\na,7e9,1e12,22.6\n")
    ran = CliRunner().invoke(app, ["audit", str(tmp_path / "t.csv"), "--published", "Compute (log10)"])
    assert ran.exit_code != 0


def test_figures_that_are_too_small_for_flop_ask_for_their_unit() -> None:
    table = pa.table({"model": ["A"], "parameters": ["1e11"], "tokens": ["5e12"],
                      "Compute": ["36400"], "PF-days": ["36400"]})
    with pytest.raises(InputError, match="half of its figures are below 1e\\+12"):
        audit(table, "Compute")
    assert audit(table, "PF-days").inside == 1


@pytest.mark.parametrize(("header", "taken"), [
    ("FLOPs", False), ("Approx FLOPs", False), ("Training FLOPs", True), ("Total compute (FLOP)", True)])
def test_flop_of_one_image_are_none_of_a_training(header: str, taken: bool) -> None:
    # ResNet-50 and VGG-16 as a model zoo has them, and the same figures where a table of tiny runs says what they are
    table = pa.table({"model": ["ResNet-50", "VGG-16"], "examples": ["1.28e6"] * 2, "epochs": ["90"] * 2,
                      header: ["4.1B", "15.5B"]})
    if taken:
        assert audit(table, header).published == 2
    else:
        with pytest.raises(InputError, match="half of its figures are below"):
            audit(table, header)
        mapped = Options(columns=of_mapping({"reported_compute": header}, table.column_names, "map"))
        assert audit(table, header, "", mapped).published == 2, "the map says what they are"


def test_methods_apart_by_how_well_chips_are_used_are_no_finding() -> None:
    slow = {"parameters": "1e9", "tokens_seen": "1e10", "chips": "8", "chip": "A100", "time": "20 days"}
    assert "methods-disagree" not in codes(audited({**slow, "published FLOP": "6e19"}))
    assert "methods-disagree" in codes(audited({**slow, "published FLOP": "1e18"}))


def test_a_note_that_is_cut_off_within_its_arithmetic_says_nothing() -> None:
    row = {"parameters": "1e9", "tokens_seen": "1e10", "published FLOP": "6e19"}
    assert "note-against-published" in codes(audited({**row, "note": "6 * 1e9 * 1e10 * 5"}))
    assert "note-against-published" not in codes(audited({**row, "note": "6 * 1e9 * 1e10 * 5 *"}))


def test_the_map_may_name_the_published_column(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,Training compute\na,1e22\n")
    (tmp_path / "m.yaml").write_text("reported_compute: Training compute\n")
    ran = CliRunner().invoke(app, ["audit", str(tmp_path / "t.csv"), "--published", "Training compute", "--columns",
                                   str(tmp_path / "m.yaml")])
    assert "0 of them estimated" in ran.stderr, "the figure is no fact that it is held against"


@pytest.mark.parametrize(("model", "note", "sparse"), [
    ("GLaM", "The network activates 96.6 billion parameters per token", True), ("M", "sparse architecture", True),
    ("Switch-Q", "", True), ("Q-MoE-1T", "", True), ("M", "mixture-of-experts layers", True),
    ("Dense-1T", "6 * 1e12 * 3e11", False), ("M", "ReLU activations, sparsely reported", False)])
def test_what_all_parameters_of_a_mixture_give_says_little_of_its_row(model: str, note: str, sparse: bool) -> None:
    row = {"model": model, "parameters": "1.2e12", "tokens_seen": "6e11", "chip": "TPU v4", "chips": "1024",
           "time": "1366 hours", "published FLOP": "3.6e23", "note": note}
    assert ("utilization-above-one" in codes(audited({**row, "epochs": "1"}))) is not sparse


def test_a_corpus_of_which_nobody_says_how_often_it_was_read_is_no_mistake() -> None:
    row = {"parameters": "8e6", "tokens": "929e3", "published FLOP": "3.4e16"}
    assert "outside-interval" not in codes(audited(row))
    assert "outside-interval" in codes(audited({**row, "epochs": "1"}))
    assert "outside-interval" in codes(audited({**row, "published FLOP": "1.3e20"})), "not 3,000,000 times"


def test_a_figure_that_another_method_gives_is_less_surely_wrong() -> None:
    row = {"parameters": "1e9", "tokens_seen": "1e11", "published FLOP": "4e22", "chips": "256", "chip": "H100 SXM",
           "number_format": "bf16", "time": "20 days", "utilization": "0.1"}
    alone = {name: cell for name, cell in row.items() if name not in ("chips", "time")}
    sure = [max((f.certainty for f in audited(one).findings if f.code == "outside-interval"), default=0.0)
            for one in (row, alone)]
    assert sure[0] < sure[1] / 2


@pytest.mark.parametrize(("chip", "peak", "sure"), [("A100 SXM 80GB", 19.5e12, 0.2),
                                                     ("V100 SXM2 16GB", 15.7e12, 0.85)])
def test_runs_in_single_precision_may_have_used_tensor_cores(chip: str, peak: float, sure: float) -> None:
    row = {"chip": chip, "chips": "8", "time": "1e6 s", "number_format": "fp32",
           "published FLOP": f"{3 * peak * 8e6:.3g}"}
    [found] = [f for f in audited(row).findings if f.code == "published-utilization-above-one"]
    assert found.certainty == pytest.approx(sure)


def test_between_what_is_counted_and_what_tensor_cores_could_do_lies_no_mistake() -> None:
    # Nucleotide Transformer 2.5B: the published figure is the mean of 6ND and of the time in TensorFloat-32
    row = {"parameters": "2.5e9", "tokens_seen": "3e11", "chip": "A100", "chips": "128", "time": "672 hours",
           "number_format": "fp32"}
    assert not [f for f in audited(row | {"published FLOP": "8.08e21"}).findings if f.certainty >= 0.3]
    assert [f.code for f in audited(row | {"published FLOP": "8.08e22"}).findings if f.certainty >= 0.3]


def test_a_size_that_may_count_examples_is_no_mistake_of_the_figure() -> None:
    # Fusion in Encoder: 960,000 questions of many passages each, which are no tokens
    row = {"parameters": "3.3e8", "tokens_seen": "960e3"}
    sure = [f.certainty for f in audited(row | {"published FLOP": "1.3e20"}).findings]
    assert sure
    assert max(sure) < 0.3
    assert max(f.certainty for f in audited(row | {"tokens_seen": "960e6", "published FLOP": "1.3e23"}).findings) > 0.3


@pytest.mark.parametrize(("said", "sure"), [("9600 GPU-hours", 0.5), ("1920 GPU-hours", None)])
def test_accelerator_time_that_is_not_what_chips_and_time_say(said: str, sure: float | None) -> None:
    row = {"chip": "A100", "chips": "8", "time": "10 days", "chip_time": said, "published FLOP": "6e20"}
    found = {f.code: (f.certainty, f.factor) for f in audited(row).findings}
    assert found.get("accelerator-time-mismatch") == (sure and (sure, pytest.approx(5)))


def test_a_size_a_thousand_times_below_its_note_comes_first() -> None:
    # Seed-OSS-36B: 12e9 data points, 'trained with 12T tokens'
    names = ("Model", "Domain", "Parameters", "Training dataset size (datapoints)", "Dataset size notes", "FLOP")
    rows = [("Seed", "Language", "36e9", "12e9", '"Trained with 12T tokens"', "2.592e24"),
            ("Coder", "Language", "15.5e9", "204e9", "trained on 1 trillion tokens", "9.3e22")]
    table = pa.table({name: pa.array(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)})
    found = audit(table, "FLOP", "", Options.of(preset="epoch"))
    assert (found.findings[0].row, found.findings[0].code, found.findings[0].factor) == (1, "size-and-note", 1000)
    assert [(f.row, f.code) for f in found.surer(0.3)] == [(1, "size-and-note")]
    assert found.summary(0.3).endswith("1 findings, and 1 less sure (--least 0 lists them)")


def test_notes_of_a_table_that_was_cut_off_say_nothing_against_their_figures() -> None:
    note = "6 * 1e9 * 1e10 = 6e19 FLOP for pretraining. Fine-tuning: "
    longer = [{"published FLOP": "3e20", "note": (note + rest)[:60]} for rest in ("6 * 4e10", "4e10 * 6", "1e9 * 240")]
    assert "note-against-published" not in codes(audited(*longer))
    assert "note-against-published" in codes(audited(*longer, {"published FLOP": "3e20", "note": note + "none" * 9}))


@pytest.mark.parametrize(("row", "finding"), [
    # NLLB (a mixture by its abstract), GNMT (sentence pairs), PanGu-alpha (a fifth of its corpus) of a public sheet of
    # 2022, whose figures are right; and OPT of a list whose 310 petaflop-days are wrong
    ({"model": "NLLB", "parameters": "5.45e10", "tokens": "3.6e11", "c": "1.75e22", "Abstract": "Sparsely Gated"},
     False),
    ({"model": "NLLB", "parameters": "5.45e10", "tokens": "3.6e11", "c": "1.75e22", "Abstract": "dense"}, True),
    ({"model": "GNMT", "parameters": "2.78e8", "tokens": "3.6e8", "c": "6.9e21", "Abstract": ""}, False),
    ({"model": "GNMT", "parameters": "2.78e8", "tokens": "3.6e10", "c": "6.9e23", "Abstract": ""}, True),
    ({"model": "PanGu", "parameters": "2.07e11", "tokens": "2e11", "c": "5.83e22", "Abstract": ""}, False),
    ({"model": "OPT", "parameters": "1.75e11", "tokens": "1.8e11", "c": "2.68e22", "Abstract": ""}, True),
])
def test_what_leaves_a_figure_open_is_in_any_of_the_rows_words(row: dict[str, str], finding: bool) -> None:
    table = pa.table({name: [text] for name, text in row.items()})
    found = audit(table, "c").surer(0.3)
    assert [one.code for one in found] == ["outside-interval"] * finding


def test_a_header_that_names_a_unit_among_words_unknown_needs_the_maps(tmp_path: Path) -> None:
    # 3e19 FLOP as a trainer logs them
    (tmp_path / "t.csv").write_text("model,parameters,tokens,run/total_gflops\na,669e6,7.787e9,30000190274.07\n")
    ran = CliRunner().invoke(app, ["audit", str(tmp_path / "t.csv"), "--published", "run/total_gflops"])
    assert str(ran.exception) == ("run/total_gflops: 'run/total_gflops' is not understood\n"
                                  "  expected: a unit of compute (FLOP)")
    (tmp_path / "m.yaml").write_text("reported_compute: {column: run/total_gflops, unit: gigaFLOP}\n")
    ran = CliRunner().invoke(app, ["audit", str(tmp_path / "t.csv"), "--published", "run/total_gflops", "--columns",
                                   str(tmp_path / "m.yaml"), "-f", "json"])
    assert json.loads(ran.stdout) == []
    assert "1 rows: 1 with a published figure, 1 of them estimated, 1 inside the 90 % interval" in ran.stderr


@pytest.mark.parametrize(("header", "sure"), [
    ("Training tokens", True), ("Training tokens (B)", True), ("Tokens trained on", True), ("Tokens", False),
    ("Training dataset size (tokens)", False), ("Unique training tokens", False)])
def test_tokens_that_a_model_was_trained_with_were_read_once_each(header: str, sure: bool) -> None:
    # a table that gives Gopher 84e23 FLOP, sixteen times what its 280B parameters and 300B tokens take
    table = pa.table({"model": ["Gopher"], "parameters": ["280e9"], header: ["300" if "(B)" in header else "300e9"],
                      "c": ["8.4e24"]})
    columns = of_mapping({"tokens": {"column": header, "unit": "billion"} if "(B)" in header else header},
                         table.column_names, "map")
    found = audit(table, "c", "", Options(columns=columns))
    assert found.inside == 0
    assert [f.code for f in found.surer(0.3)] == ["outside-interval"] * sure


def test_time_that_a_cost_bought_is_no_time_that_chips_ran() -> None:
    # Llama 4 Behemoth: $44.6M of hardware written off, which at a price of renting is too little for its compute
    row = {"model": "M", "published": "2025-04", "chip": "H100 SXM", "cost": "44.6M USD", "published FLOP": "5.18e25"}
    found = audited(row)
    assert found.estimated == 1
    assert not [code for code in codes(found) if "utilization" in code]
    assert "published-utilization-above-one" in codes(audited({**row, "chip_time": "1e6 GPU-hours"}))


def test_a_share_of_experts_that_was_taken_makes_no_impossible_chips() -> None:
    # GShard: 600B parameters of which a token meets a fraction, whose figure the table leaves out
    row = {"model": "M", "type": "MoE", "parameters": "619e9", "tokens": "1e12", "chip": "TPU v3", "chips": "1000",
           "time": "3.1 days", "published FLOP": ""}
    assert codes(audited(row)) == set()
    assert "utilization-above-one" in codes(audited({**row, "type": "dense"}))


@pytest.mark.parametrize(("year", "figure", "finding"), [
    ("1950-07-02", "40", False),  # Theseus, a mouse of relays (Sevilla et al. 2022)
    ("2022-07-02", "40", True), ("", "40", True), ("1950-07-02", "lots", True), ("1950-07-02", "40 GPU-hours", True)])
def test_a_machine_of_relays_learned_with_few_operations(year: str, figure: str, finding: bool) -> None:
    table = pa.table({"model": ["Theseus", "GPT-3"], "published": [year, "2020-05-28"],
                      "Training compute (FLOPs)": [figure, "3.14e23"]})
    found = audit(table, "Training compute (FLOPs)")
    assert (found.rows, found.published, found.unread) == (2, 1, 1), "every row is accounted for"
    assert [f.code for f in found.surer(0.3)] == ["published-not-read"] * finding
