"""Mistakes that people make, and the words that tell them: where, what, what was expected."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

from computeest import __version__, estimate
from computeest.facts.keys import MOST_PROBLEMS
from computeest.problems import InputError

ENOUGH = "reported_compute: 1e20\n"
KEY_VALUE = "'key: value' lines, such as 'epochs: 90'"
QUOTE = "'key: value' lines; quote a text that holds ': ' or starts with a special character"

#: name -> (what paper.yaml holds, what standard error says, line by line)
MISTAKES: dict[str, tuple[str | bytes, list[str]]] = {
    # the file itself
    "empty file": ("", ["paper.yaml: there is nothing in it", f"  expected: {KEY_VALUE}"]),
    "white space only": (" \n\n  \n", ["paper.yaml: there is nothing in it", f"  expected: {KEY_VALUE}"]),
    "comments only": ("# model: A\n", ["paper.yaml: there is nothing in it", f"  expected: {KEY_VALUE}"]),
    "empty values only": ("epochs:\n", ["paper.yaml: there are no facts in it", f"  expected: {KEY_VALUE}"]),
    "binary file": (bytes(range(256)) * 8, ["paper.yaml: this is not text in UTF-8",
                                            "  expected: a paper.yaml in UTF-8"]),
    "Latin-1": ("model: Rés\n".encode("latin-1"), ["paper.yaml: this is not text in UTF-8",
                                                   "  expected: a paper.yaml in UTF-8"]),
    "UTF-16": ("model: A\n".encode("utf-16"), ["paper.yaml: this is not text in UTF-8",
                                               "  expected: a paper.yaml in UTF-8"]),
    "control character": ("model: A\nstage: \x07\n", ["paper.yaml:2: there is a control character (U+0007)",
                                                      "  expected: text"]),
    "zero byte": ("model: A\0B\n", ["paper.yaml:1: there is a control character (U+0000)", "  expected: text"]),
    "too many characters": ("#" * 1_000_001, ["paper.yaml: the file has 1,000,001 characters",
                                              "  expected: at most 1,000,000"]),
    "too many values": ("layers: [" + "1," * 50_001 + "1]\n", ["paper.yaml:1: there are more than 50,000 values",
                                                               "  expected: a paper's facts"]),
    # YAML
    "list at the top": ("- model: A\n- model: B\n", ["paper.yaml:1: the file is not a list of 'key: value' lines",
                                                     "  such as 'epochs: 90'"]),
    "one word": ("GPT-3\n", ["paper.yaml:1: the file is not a list of 'key: value' lines", "  such as 'epochs: 90'"]),
    "two documents": ("model: A\n---\nmodel: B\n", ["paper.yaml:3: a second document starts here",
                                                    "  expected: one document in a file"]),
    "tag that would run code": ("model: !!python/object/apply:os.system [ls]\n",
                                ["paper.yaml:1: '!!python/object/apply:os.system' is a tag",
                                 "  expected: plain text, numbers, lists and mappings"]),
    "tag": ("epochs: !!int 3\n", ["paper.yaml:1: '!!int' is a tag",
                                  "  expected: plain text, numbers, lists and mappings"]),
    "anchor": ("model: &a A\ntask: *a\n", ["paper.yaml:1: '&a' is an anchor",
                                           "  expected: the value written out where it is used"]),
    "alias": ("model: A\ntask: *a\n", ["paper.yaml:2: '*a' is an alias", "  expected: the value written out"]),
    "alias bomb": ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
                   ["paper.yaml:1: '&a' is an anchor", "  expected: the value written out where it is used"]),
    "nested too deeply": ("layers: " + "[" * 30 + "]" * 30 + "\n", ["paper.yaml:1: values are nested too deeply",
                                                                    "  expected: at most 24 levels"]),
    "tab as indentation": ("runs:\n\t- epochs: 3\n", ["paper.yaml:2: not YAML: found character that cannot start any "
                                                       "token", f"  expected: {QUOTE}"]),
    "colon within a text": ("model: A: B\n", ["paper.yaml:1: not YAML: mapping values are not allowed in this context",
                                              f"  expected: {QUOTE}"]),
    "list as a key": ("? [a, b]\n: 3\n", ["paper.yaml:1: a key is a list or a mapping", "  expected: a word"]),
    "duplicate key": ("epochs: 90\nexamples: 1e6\nepochs: 80\n",
                      ["paper.yaml:3: the key 'epochs' is given twice; first on line 1", "  expected: each key once"]),
    # keys
    "key misspelled": ("epoch: 90\n", ["paper.yaml:1: no key is called 'epoch'", "  closest: 'epochs'"]),
    "key that is nothing like any": ("zzzzqqq: 1\n", ["paper.yaml:1: no key is called 'zzzzqqq'",
                                                      "  see `computeest schema` for all keys"]),
    "key misspelled in a run": ("runs:\n  - epohcs: 90\n", ["paper.yaml:2: runs[1]: no key is called 'epohcs'",
                                                            "  closest: 'epochs'"]),
    "key of a fact that only rules fill": ("forward_flop_seen: 1e20\n",
                                           ["paper.yaml:1: no key is called 'forward_flop_seen'",
                                            "  see `computeest schema` for all keys"]),
    "one fact under two names": ("tokens: 1e9\ntraining_tokens: 2e9\n",
                                 ["paper.yaml:2: training_tokens: 'tokens' is given twice, first on line 1",
                                  "  expected: each fact once"]),
    # numbers
    "unit that is none": ("time: 29 dog-years\n", ["paper.yaml:1: time: 'dog' in 'dog-years' is no unit",
                                                    "  write time, such as '29 hours'"]),
    "unit misspelled": ("time: 29 huors\n", ["paper.yaml:1: time: 'huors' is no unit", "  closest: 'hour'"]),
    "unit of the wrong dimension": ("batch_size: 300 hours\n",
                                    ["paper.yaml:1: batch_size: '300 hours' is time, not examples per step",
                                     "  write examples per step, such as '256'; the key for it is 'time'"]),
    "count for a rate": ("peak: 312 TFLOP\n",
                         ["paper.yaml:1: peak: '312 TFLOP' is compute (FLOP), not compute per time and chip",
                          "  write compute per time and chip, such as '312 TFLOP/s'"]),
    "rate for a count": ("reported_compute: 3e23 FLOPS\n",
                         ["paper.yaml:1: reported_compute: '3e23 FLOPS' is compute per time (FLOP/s), not compute "
                          "(FLOP)", "  write compute (FLOP), such as '3640 petaflop/s-day'; FLOPS in capitals is "
                                    "FLOP/s: for a count write FLOP"]),
    "integer operations": ("peak: 624 TOPS\n",
                           ["paper.yaml:1: peak: '624 TOPS' is a rate of integer operations (OP/s), not compute per "
                            "time and chip", "  write compute per time and chip, such as '312 TFLOP/s'"]),
    "multiply-adds for FLOP": ("reported_compute: 1e20 MAC\n",
                               ["paper.yaml:1: reported_compute: '1e20 MAC' is a count of multiply-adds (MAC), not "
                                "compute (FLOP)", "  write compute (FLOP), such as '3640 petaflop/s-day'; a "
                                "multiply-add is two FLOP: write twice as many"]),
    "negative": ("epochs: -3\n", ["paper.yaml:1: epochs: '-3' is negative",
                                  "  write a number of epochs, such as '90'"]),
    "zero": ("chips: 0\n", ["paper.yaml:1: chips: '0' is zero", "  write a number of chips, such as '1024'"]),
    "not a number": ("epochs: .nan\n", ["paper.yaml:1: epochs: '.nan' is not a number",
                                        "  expected: a number, or a number and a unit"]),
    "infinity": ("time: .inf hours\n", ["paper.yaml:1: time: '.inf hours' is not a number",
                                        "  expected: a number, or a number and a unit"]),
    "too large for a float": ("tokens: 1e999\n", ["paper.yaml:1: tokens: '1e999' is not a finite number",
                                                  "  expected: a number that a float64 can hold"]),
    "larger than can be": ("reported_compute: 1e40\n",
                           ["paper.yaml:1: reported_compute: '1e40' is 1e+40 FLOP, and more than 1e+32 cannot be",
                            "  write compute (FLOP), such as '3640 petaflop/s-day'"]),
    "text for a number": ("epochs: plenty\n", ["paper.yaml:1: epochs: 'plenty' is not a number",
                                               "  expected: a number, or a number and a unit"]),
    "decimal comma": ("epochs: 1,5\n", ["paper.yaml:1: epochs: '1,5' is not a number",
                                        "  expected: a decimal point, and commas between thousands only, such as "
                                        "'1,281.5'"]),
    "two numbers": ("time: 1 day 6\n", ["paper.yaml:1: time: '1 day 6' holds two numbers",
                                        "  expected: one number, or a unit behind each: '1 day 6 hours'"]),
    "power": ("reported_compute: 9**9**9\n", ["paper.yaml:1: reported_compute: '**9**9' raises a unit to a power",
                                              "  expected: products and quotients of units, such as 'FLOP/s'"]),
    "power of a unit": ("time: 3 s**9\n", ["paper.yaml:1: time: 's**9' raises a unit to a power",
                                           "  expected: products and quotients of units, such as 'FLOP/s'"]),
    "number of 500 digits": ("epochs: " + "9" * 500 + "\n",
                             [f"paper.yaml:1: epochs: '{'9' * 30}...' is too long for a number",
                              "  expected: a number, or a number and a unit"]),
    "bound of nothing": ("epochs: '> 3..5'\n", ["paper.yaml:1: epochs: '> 3..5' is a bound of what is no number",
                                                "  expected: a bound such as 'more than 2T'"]),
    "range from high to low": ("time: 5..3 days\n", ["paper.yaml:1: time: '5..3 days' is no range",
                                                     "  expected: a smaller and a larger positive number, such as "
                                                     "'0.3..0.5'"]),
    "percent sign forgotten": ("score: 75\n", ["paper.yaml:1: score: '75' is more than 1",
                                               "  if it is in percent, write '75 %'"]),
    "list for a number": ("epochs: [90, 80]\n", ["paper.yaml:1: epochs: this is a list or a mapping",
                                                 "  expected: one value, such as '90'"]),
    "mapping without a value": ("epochs: {source: Table 3}\n", ["paper.yaml:1: epochs: there is no 'value' in it",
                                                                "  expected: {value: 90, source: \"Table 3\"}"]),
    "key of a mapping misspelled": ("epochs: {vlue: 90}\n",
                                    ["paper.yaml:1: epochs: 'vlue' is none of value, unit, source, quote, note, "
                                     "page, line, probability, alternatives",
                                     "  closest: 'value'"]),
    "list as a value's value": ("epochs: {value: [1]}\n",
                                ["paper.yaml:1: epochs: its 'value' is a list or a mapping",
                                 "  expected: a text or a number"]),
    # words
    "day that the calendar has not": ("published: 2015-02-30\n",
                                      ["paper.yaml:1: published: '2015-02-30' is not a day of the calendar",
                                       "  write year-month-day, such as '2015-12-10'"]),
    "date in words": ("published: last summer\n", ["paper.yaml:1: published: 'last summer' is not a date",
                                                   "  write year-month-day, such as '2015-12-10'"]),
    "unknown number format": ("number_format: fp17\n",
                              ["paper.yaml:1: number_format: 'fp17' is none of fp64, fp32, tf32, fp16, bf16, fp8, "
                               "fp6, fp4, int8, int4, mixed", "  closest: 'fp16'"]),
    "unknown kind of utilization": ("utilization_kind: guess\n",
                                    ["paper.yaml:1: utilization_kind: 'guess' is none of run, step, assumed, hfu"]),
    # runs
    "runs that are a number": ("runs: 3\n", ["paper.yaml:1: runs: this is not a list of runs",
                                             "  expected: a list, each entry starting with '- '"]),
    "no run": ("runs: []\n", ["paper.yaml:1: runs: this is not a list of runs",
                              "  expected: a list, each entry starting with '- '"]),
    "empty run": ("tokens: 1e9\nruns:\n  - chips: 8\n  -\n", ["paper.yaml:4: runs[2]: this run has no facts",
                                                              "  expected: 'key: value' lines"]),
    "too many runs": ("runs:\n" + "- {epochs: 9}\n" * 1001, ["paper.yaml:2: runs: there are 1,001 runs",
                                                             "  expected: at most 1,000"]),
    # chips
    "unknown chip": ("chip: Hypercube\nchips: 8\ntime: 3 days\n",
                     ["paper.yaml:1: chip: no chip is called 'Hypercube'", "  see `computeest hardware list`"]),
    "number of chips said twice": ("chip: 8 x A100\nchips: 16\ntime: 3 days\n",
                                   ["paper.yaml:2: chips: '8 x A100' counts 8 chips, but chips says 16",
                                    "  expected: one number of chips"]),
    # networks
    "unknown family": ("family: resnett\narchitecture: {depth: 50}\n",
                       ["paper.yaml:1: family: no family is called 'resnett'; closest: 'resnet', 'resnext', "
                        "'resnet3d'"]),
    "unknown key of a family": ("family: resnet\narchitecture: {deepth: 50}\n",
                                ["paper.yaml:2: architecture: the family 'resnet' has no 'deepth'; it has depth, "
                                 "image, classes, width, version, layout, blocks; closest: 'depth'"]),
    "text for a family's number": ("family: resnet\narchitecture: {depth: fifty}\n",
                                   ["paper.yaml:2: architecture: depth: 'fifty' is not a number"]),
    "half a layer": ("family: resnet\narchitecture: {depth: 50.5}\n",
                     ["paper.yaml:2: architecture: depth: 50.5 is not a whole number"]),
    "depth without end": ("family: resnet\narchitecture: {depth: 999999999}\n",
                          ["paper.yaml:2: architecture: depth: 1e+09 is more than any network has; expected at most "
                           "1e+08"]),
    "variant that is none": ("family: resnet\narchitecture: resnet-51\n",
                             ["paper.yaml:2: architecture: no variant is called 'resnet-51'; closest: 'resnet_18', "
                              "'resnet_50', 'resnet_56'"]),
    "family's parameters as a list": ("family: resnet\narchitecture: [50]\n",
                                      ["paper.yaml:2: architecture: this is not a mapping",
                                       "  such as {depth: 50, image: 224}"]),
    "key of an architecture at the top": ("hidden_size: 768\n",
                                          ["paper.yaml:1: no key is called 'hidden_size'",
                                           "  write it under 'architecture', beside a family: architecture: "
                                           "{hidden_size: ...}"]),
    "runs that lack facts": ("runs:\n  - {stage: a, chip: A100}\n  - {stage: b, parameters: 1e9}\n",
                             ["paper.yaml: runs[1]: no method can estimate this from the facts given",
                              "  write more facts: gpu_time needs chips and time (or chip_time); "
                              "operation_counting needs examples and epochs and family (or forward_macs), or "
                              "parameters and tokens; reported needs reported_compute",
                              "paper.yaml: runs[2]: no method can estimate this from the facts given",
                              "  write more facts: operation_counting needs only tokens; gpu_time needs chips and "
                              "time (or chip_time) and chip; reported needs reported_compute"]),
    "architecture without a family": ("architecture: {depth: 50}\n",
                                      ["paper.yaml:1: architecture: there is an architecture, but no family to count "
                                       "it", "  expected: family: resnet; see `computeest families`"]),
    "layers as a word": ("layers: many\n", ["paper.yaml:1: layers: this is not a list",
                                            "  expected: a list of layers, each starting with '- '"]),
    # facts
    "missing fact": ("model: A\nparameters: 1e9\n",
                     ["paper.yaml: no method can estimate this from the facts given",
                      "  write more facts: operation_counting needs only tokens; gpu_time needs chips and time (or "
                      "chip_time) and chip; reported needs reported_compute"]),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("command", ["estimate", "validate"])
def test_mistake_in_paper_yaml(name: str, command: str, cli: Cli, here: Path) -> None:
    content, said = MISTAKES[name]
    (here / "paper.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    output = ["-o", "out.json", "-f", "json"] if command == "estimate" else []
    ran = cli(command, "paper.yaml", *output)
    last = "not estimated" if command == "estimate" else "1 checked: 0 right, 1 wrong"
    assert ran.err.splitlines() == [*said, last]
    assert (ran.code, ran.out) == (1, "")
    assert [p.name for p in here.iterdir()] == ["paper.yaml"], "no output file, whole or in part"


def test_there_are_at_least_thirty_kinds() -> None:
    assert len(MISTAKES) >= 45


def test_all_problems_at_once_in_the_order_of_lines(cli: Cli, here: Path) -> None:
    (here / "paper.yaml").write_text("epoch: 90\nscore: 75\ntime: 3 parsec\n"
                                     "runs:\n  - chips: 0\n  - chip: A100\n    x: 1\n")
    ran = cli("estimate", "paper.yaml")
    assert [line for line in ran.err.splitlines() if line.startswith("paper.yaml")] == [
        "paper.yaml:1: no key is called 'epoch'",
        "paper.yaml:2: score: '75' is more than 1",
        "paper.yaml:3: time: 'parsec' is no unit",
        "paper.yaml:5: runs[1].chips: '0' is zero",
        "paper.yaml:7: runs[2]: no key is called 'x'",
    ]


def test_a_thousand_problems_are_not_all_said(cli: Cli, here: Path) -> None:
    (here / "paper.yaml").write_text("".join(f"nothing{i}: 1\n" for i in range(1000)))
    ran = cli("estimate", "paper.yaml")
    said = [line for line in ran.err.splitlines() if line.startswith("paper.yaml")]
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == "paper.yaml: reading stops here, there may be more"


def test_missing_file_names_its_neighbours(cli: Cli, here: Path) -> None:
    (here / "resnet-50.yaml").write_text(ENOUGH)
    ran = cli("estimate", "resnet50.yaml")
    assert (ran.code, ran.err) == (1, "resnet50.yaml: there is no such file\n  closest: 'resnet-50.yaml'\n"
                                      "not estimated\n")


def test_directory_for_a_file(cli: Cli, here: Path) -> None:
    (here / "paper.yaml").mkdir()
    ran = cli("estimate", "paper.yaml")
    assert (ran.code, ran.err) == (1, "paper.yaml: cannot be read: is a directory\n  expected: a paper.yaml\n"
                                      "not estimated\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_file_that_may_not_be_read(cli: Cli, here: Path) -> None:
    (here / "paper.yaml").write_text(ENOUGH)
    (here / "paper.yaml").chmod(0)
    ran = cli("estimate", "paper.yaml")
    assert (ran.code, ran.err) == (1, "paper.yaml: cannot be read: permission denied\n  expected: a paper.yaml\n"
                                      "not estimated\n")


def test_a_gigabyte_is_refused_without_reading_it(cli: Cli, here: Path) -> None:
    with (here / "paper.yaml").open("wb") as file:
        file.truncate(1 << 30)
    ran = cli("estimate", "paper.yaml")
    assert (ran.code, ran.err) == (1, "paper.yaml: the file has 1,073,741,824 bytes\n"
                                      "  expected: a paper's facts, at most 1,000,000 characters\nnot estimated\n")


def test_a_stream_without_end_is_refused(here: Path) -> None:
    ran = subprocess.run([sys.executable, "-m", "computeest", "estimate", "/dev/zero"],
                         capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (1, "/dev/zero: cannot be read: this is no regular file\n"
                                               "  expected: a paper.yaml\nnot estimated\n")


def test_the_right_papers_are_estimated_beside_the_wrong(cli: Cli, here: Path) -> None:
    (here / "right.yaml").write_text(ENOUGH)
    (here / "wrong.yaml").write_text("epoch: 90\n")
    ran = cli("estimate", "wrong.yaml", "right.yaml", "-f", "json")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "2 papers: 1 estimated, 1 with problems"
    assert ran.out.startswith("[\n"), "two were asked for: a list, however many came out"


#: arguments -> the last line of standard error
WRONG_USAGE: list[tuple[list[str], str]] = [
    (["estimate"], "Error: Missing argument 'PAPER'."),
    (["estimate", "paper.yaml", "--format", "jason"], "no format is called 'jason'; closest: 'json'"),
    (["estimate", "paper.yaml", "--format", "excel"],
     "no format is called 'excel'; there are table, json, yaml, csv, markdown, latex"),
    (["estimate", "paper.yaml", "--prefer", "guessing"],
     "no method is called 'guessing'; there are gpu_time, operation_counting, reported"),
    (["estimate", "paper.yaml", "--assume", "utilization"],
     "Error: Invalid value for --assume: 'utilization' is not COLUMN=VALUE, such as utilization=0.4"),
    (["estimate", "paper.yaml", "--assume", "utilisation=0.4"],
     "nothing is assumed about 'utilisation'; closest: 'utilization'"),
    (["estimate", "paper.yaml", "--assume", "utilization=40"],
     "utilization: '40' is more than 1; if it is in percent, write '40 %'"),
    (["estimate", "paper.yaml", "--assume", "epochs=many"],
     "epochs: 'many' is not a number; a number, or a number and a unit"),
    (["estimate", "paper.yaml", "--plugin", "no_such_module"],
     "--plugin no_such_module: does not load: ModuleNotFoundError: No module named 'no_such_module'"),
    (["estimate", "paper.yaml", "--plugin", "nowhere.py"], "--plugin HERE/nowhere.py: there is no such file"),
    (["schema", "--format", "tabel"], "Error: Invalid value for --format: 'tabel' is neither json nor table"),
    (["methods", "--format", "csv"], "Error: Invalid value for --format: 'csv' is neither table nor json"),
    (["solve", "utilization", "paper.yaml", "--format", "csv"],
     "Error: Invalid value for --format: 'csv' is neither text nor json"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG_USAGE, ids=[" ".join(a) for a, _ in WRONG_USAGE])
def test_wrong_usage(arguments: list[str], said: str, cli: Cli, here: Path) -> None:
    (here / "paper.yaml").write_text(ENOUGH)
    output: list[Any] = ["-o", "out"] if arguments[0] == "estimate" and len(arguments) > 1 else []
    ran = cli(*arguments, *output)
    assert ran.err.splitlines()[-1] == said.replace("HERE", str(here))
    assert (ran.code, ran.out) == (2, "")
    assert [p.name for p in here.iterdir()] == ["paper.yaml"]


@pytest.mark.parametrize(("name", "kind", "command"), [("a table.csv", "table", "annotate"),
                                                       ("MODELS.XLSX", "table", "annotate"),
                                                       ("card.md", "document", "draft"),
                                                       ("paper.pdf", "document", "draft")])
@pytest.mark.parametrize("asked", [["estimate"], ["validate"], ["sensitivity"], ["solve", "tokens"]])
def test_a_table_or_a_document_in_the_place_of_a_paper(name: str, kind: str, command: str, asked: list[str], cli: Cli,
                                                       here: Path) -> None:
    content = {"a table.csv": b"model,tokens\nx,3\n", "card.md": b"# A: card\n\nWe trained on 2T tokens: all.\n"}
    (here / name).write_bytes(content.get(name, b"PK\x03\x04\x00\xff"))
    ran = cli(*asked, name)
    shown = f"'{name}'" if " " in name else name
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{name}: this is no paper.yaml\n  expected: 'key: value' lines; a {kind} is read by: "
                              f"computeest {command} {shown}\n")


def test_facts_are_facts_whatever_their_file_is_called(cli: Cli, here: Path) -> None:
    (here / "facts.md").write_text("tokns: 3T\n")
    (here / "notes.txt").write_text("a: b: c\n")
    (here / "right.md").write_text(ENOUGH)
    assert "closest: 'tokens'" in cli("estimate", "facts.md").err
    assert cli("estimate", "notes.txt").err.startswith("notes.txt:1: not YAML")
    assert cli("estimate", "right.md").code == 0


@pytest.mark.parametrize("command", [["annotate"], ["columns"], ["report", "-o", "r.html"], ["plot", "-o", "p.svg"]])
def test_a_document_in_the_place_of_a_table(command: list[str], cli: Cli, here: Path) -> None:
    (here / "card.md").write_text("# A card\n")
    ran = cli(command[0], "card.md", *command[1:])
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == ("card.md: this is no table\n  expected: a .csv, .tsv, .xlsx, .parquet or .jsonl file; "
                       "a document is read by: computeest draft card.md\n")


def test_a_column_map_that_is_not_there(cli: Cli, here: Path) -> None:
    (here / "t.csv").write_text("model,tokens\nx,3\n")
    ran = cli("annotate", "t.csv", "--columns", "map.yaml")
    assert (ran.code, ran.out, ran.err) == (
        1, "", "map.yaml: cannot be read: no such file or directory\n  expected: a column map\n")


@pytest.mark.parametrize(("arguments", "said"), [(["estimat", "paper.yaml"], "Error: No such command 'estimat'"),
                                                 (["estimate", "--explian"], "Error: No such option: --explian")])
def test_misspelled_commands_and_options(arguments: list[str], said: str, cli: Cli, here: Path) -> None:
    ran = cli(*arguments)
    last = ran.err.splitlines()[-1]
    assert (ran.code, ran.out, last[:len(said)]) == (2, "", said)
    assert arguments[-1].replace("ia", "ai") in last or "'estimate'" in last, "the library's own words differ"


@pytest.mark.parametrize("file", ["paper.yaml", "table.csv", "report.pdf"])
def test_a_file_in_the_place_of_a_command_is_told_the_command(file: str, cli: Cli, here: Path) -> None:
    ran = cli(file)
    assert (ran.code, ran.out) == (2, "")
    assert f"'{file}' is no command; of a paper: computeest estimate PAPER" in ran.err


@pytest.mark.parametrize(("command", "output", "begin"), [
    (["estimate", "paper.yaml"], "out.json", "{"), (["estimate", "paper.yaml"], "out.yml", "model:"),
    (["estimate", "paper.yaml"], "out.csv", "model,published,"), (["estimate", "paper.yaml"], "OUT.MD", "| model |"),
    (["estimate", "paper.yaml"], "out.tex", "\\begin{tabular}"), (["sensitivity", "paper.yaml"], "out.json", "{"),
    (["hardware", "list"], "out.csv", "id,name,"), (["families"], "out.json", "["),
    # asked for, a name that says none, and a format that the command does not have
    (["estimate", "paper.yaml", "--format", "table"], "out.json", "training compute"),
    (["estimate", "paper.yaml", "--format", "json"], "out.csv", "{"),
    (["sensitivity", "paper.yaml"], "out.md", "the paper:"),
    (["estimate", "paper.yaml"], "out.txt", "training compute"),
    (["schema"], "out.csv", "{"),
])
def test_the_name_of_the_output_says_the_format_unless_it_is_asked_for(
        command: list[str], output: str, begin: str, cli: Cli, here: Path) -> None:
    (here / "paper.yaml").write_text("parameters: 7B\ntokens: 1T\n")
    assert cli(*command, "-o", output).code == 0
    assert (here / output).read_text("utf-8").startswith(begin)


def test_the_version_is_said(cli: Cli) -> None:
    ran = cli("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"computeest {__version__}\n", "")


@pytest.mark.parametrize(("code", "line"), [("ascii", "+---"), ("latin-1", "+---"), ("utf-8", "┏━━━")])
def test_a_terminal_without_our_lines_gets_plain_ones(code: str, line: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "computeest", "hardware", "list", "--vendor", "Cerebras"], check=True,
                         capture_output=True, env={**os.environ, "PYTHONIOENCODING": code, "COLUMNS": "160"})
    assert ran.stdout.decode(code).startswith(line)
    assert b"\\u" not in ran.stdout


@pytest.mark.parametrize(("output", "reason"), [("nowhere/out.json", "no such file or directory"),
                                                ("folder", "is a directory"),
                                                ("paper.yaml/out.json", "not a directory"),
                                                ("/dev/full", "no space left on device")])
def test_output_that_cannot_be_written(output: str, reason: str, cli: Cli, here: Path) -> None:
    (here / "paper.yaml").write_text(ENOUGH)
    (here / "folder").mkdir()
    ran = cli("estimate", "paper.yaml", "-o", output)
    assert (ran.code, ran.out, ran.err) == (1, "", f"{output}: cannot be written: {reason}\n")
    assert sorted(p.name for p in here.iterdir()) == ["folder", "paper.yaml"]


@pytest.mark.parametrize("arguments", [["estimate", "paper.yaml"], ["schema"], ["methods"]])
def test_full_disk_behind_standard_output(arguments: list[str], here: Path) -> None:
    (here / "paper.yaml").write_text(ENOUGH)
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([sys.executable, "-m", "computeest", *arguments], stdout=full, stderr=subprocess.PIPE,
                             text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (1, "standard output: cannot be written: no space left on device\n")


@pytest.mark.parametrize("given", ["above", "below", "within"])
def test_a_number_of_more_digits_than_python_writes_is_refused(given: str) -> None:
    many = 10**5000
    value: Any = {"above": many, "below": -many, "within": {"value": many}}[given]
    with pytest.raises(InputError, match=r"parameters: '-?1e5000' is not a finite number"):
        estimate({"model": "a", "parameters": value, "tokens": 1e9})


@pytest.mark.parametrize(("key", "meant"), [("location", "region"), ("CO2", "emissions"),
                                            ("price", "cost"), ("tdp", "chip_power"), ("cloud", "operator"),
                                            ("ctx", "sequence_length"), ("parent", "base_model")])
def test_a_key_that_people_use_for_another_is_told_the_other(key: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"no key is called '{key}'\n  closest: '{meant}'"):
        estimate({"parameters": "7B", "tokens": "2T", key: "x"})


def test_keys_that_are_told_are_keys_and_those_that_are_asked_are_none() -> None:
    from computeest import schema
    from computeest.schema.suggestions import _CALLED

    assert set(_CALLED.values()) <= set(schema.INPUTS)
    assert not [called for called in _CALLED if schema.column(called)]
    with pytest.raises(InputError, match="see `computeest schema` for all keys"):
        estimate({"parameters": "7B", "tokens": "2T", "learning_rate": 1e-4})
