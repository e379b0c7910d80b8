"""Every example of progress end to end: the commands of the Makefile, and the comparisons that papers cite."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from computeest.cli.progress import app

ROOT = Path(__file__).parents[1]
COMPARED = ROOT / "examples" / "hardware_and_algorithms"
#: A loss fit of few resamples and searches: what is tested is that the commands run.
SHORT = {"fit": ("--bootstrap", "2", "--starts", "1", "--no-variants"), "plot": ("--bootstrap", "2")}


def _recipe(target: str) -> list[list[str]]:
    """The progress commands of a target of the Makefile."""
    text = (ROOT / "Makefile").read_text("utf-8")
    found = re.search(rf"^{target}: setup\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert found is not None
    lines = [line.strip().removeprefix("$(BIN)/computeest ") for line in found[1].splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("progress ")]


def _run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("target", ["language", "speedrun"])
def test_one_command_runs_the_example(target, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    commands = _recipe(target)
    assert len(commands) == 3
    for command in commands:
        own = [str(tmp_path / Path(word).name) if word.startswith("build/") else word for word in command]
        more = SHORT.get(command[0], ()) if target == "language" else ()
        result = _run(*own, *more)
        assert result.exit_code == 0, result.output
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg"}


@pytest.mark.parametrize("target", ["progress", "language", "speedrun"])
def test_the_readme_of_an_example_says_its_commands(target):
    name = {"progress": "imagenet"}.get(target, target)
    text = (ROOT / "examples" / name / "README.md").read_text("utf-8")
    assert f"make {target}" in text
    for command in _recipe(target):
        assert " ".join(["computeest", "progress", *command]) in text


def _crossed(table: str) -> dict[str, dict]:
    found = json.loads(_run("split", COMPARED / table, "--format", "json").stdout)["tables"]
    return {one["level"]: one for one in found}


def test_solvers():
    """Koch et al. 2022: hardware 20x; linear programs 9x, mixed-integer programs 50x by algorithms."""
    found = _crossed("solvers.csv")
    for level, algorithm in (("linear programs", 9.0), ("mixed-integer programs", 50.0)):
        assert found[level]["hardware"] == pytest.approx(20.0)
        assert found[level]["algorithm"] == pytest.approx(algorithm)
        assert found[level]["both"] == pytest.approx(20.0 * algorithm)


def test_satisfiability():
    assert sorted(one["algorithm"] for one in _crossed("sat.csv").values()) == pytest.approx([10.0, 100.0])
    assert all(one["hardware"] is None for one in _crossed("sat.csv").values())


def test_chess_at_a_fixed_clock():
    (found,) = _crossed("chess.csv").values()
    assert found["algorithm"] == pytest.approx(10 ** (585 / 400))
    assert found["hardware"] == pytest.approx(10.0)


def test_lecun_1989_again():
    (found,) = _crossed("lecun1989.csv").values()
    assert found["algorithm"] == pytest.approx(0.0409 / 0.0159)
    (time,) = _crossed("lecun1989_time.csv").values()
    assert time["hardware"] == pytest.approx(2880.0)


@pytest.mark.parametrize(("table", "more", "hardware", "scale", "algorithm"), [
    ("dawnbench_imagenet.csv", (), 13.0, 32.0, 5.0),
    ("mlperf_resnet.csv", ("--where", "chips=8"), 7.9, 1.0, 1.21),
    ("mlperf_resnet.csv", (), 8.0, 3.5, 0.25),
])
def test_time_to_train_is_split(table, more, hardware, scale, algorithm):
    found = json.loads(_run("split", COMPARED / table, *more, "--format", "json").stdout)
    factors = found["factors"]
    assert factors["hardware"] * factors["scale"] * factors["algorithm"] == pytest.approx(found["speedup"])
    assert [factors[part] for part in ("hardware", "scale", "algorithm")] == pytest.approx(
        [hardware, scale, algorithm], rel=0.03)
    assert sum(found["shares"].values()) == pytest.approx(1.0)
    assert set(found["halving_time"]) == {"months", "low", "high", "method"}


def test_every_comparison_says_where_it_is_from():
    for path in COMPARED.glob("*.csv"):
        header = path.read_text("utf-8").splitlines()[0].split(",")
        assert "source" in header or path.stem == "dawnbench_imagenet"
        assert path.name in (COMPARED / "README.md").read_text("utf-8")
