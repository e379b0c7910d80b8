"""The harness of tests/fuzz: a fixed small part, the seed of every fault found, and that it finds faults at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fuzz import trying
from fuzz.trying import KINDS, faults_in, faults_of

KEPT = [json.loads(line) for line in (Path(__file__).parent / "fuzz" / "kept.jsonl").read_text("utf-8").splitlines()]
#: How many inputs of each kind `make test` tries.
FIXED = {"papers": 25, "strings": 60, "tables": 10, "files": 15, "relations": 1, "configurations": 12, "commands": 10}


@pytest.mark.parametrize("kind", FIXED)
@pytest.mark.filterwarnings("default")
def test_a_fixed_part_of_the_inputs(kind: str) -> None:
    wrong = {number: found for number in range(FIXED[kind]) if (found := faults_of(kind, f"fixed-{number}"))}
    assert wrong == {}


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: f"{kept['kind']}:{kept['seed']}")
@pytest.mark.filterwarnings("default")
def test_no_fault_comes_back(kept: dict[str, Any]) -> None:
    assert faults_in(kept["kind"], kept["input"]) == [], kept["fault"]


def test_the_same_seed_makes_the_same_input_and_json_keeps_it() -> None:
    for kind in KINDS:
        given = trying.made(kind, "a")
        assert repr(trying.made(kind, "a")) == repr(given)
        assert repr(json.loads(json.dumps(given))) == repr(given)


def test_counts_are_reached_by_several_processes_and_told(tmp_path: Path) -> None:
    # in a process of its own: what this one holds, after thousands of tests, is not the harness's
    ran = subprocess.run([sys.executable, "-m", "tests.fuzz", "--strings", "130", "--rows", "90", "--jobs", "2",
                          "--minutes", "5", "--seed", "counted", "-o", str(tmp_path)],
                         cwd=Path(__file__).parents[1], capture_output=True,
                         text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    told = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert told["tried"]["strings"] == 130
    assert told["rows"] >= 90
    assert told["most_held_kb"] > 10_000
    assert (tmp_path / "faults.jsonl").read_text("utf-8") == ""


def test_a_traceback_a_fault_and_a_hang_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A harness that cannot fail finds nothing."""
    import computeest
    from computeest.facts.set_apart import FAULT
    from computeest.problems import InputError, Problem
    from computeest.problems.facts import ROW_FAILS

    def failing(paper: Any) -> Any:
        raise TypeError("an example")

    def faulty(paper: Any) -> Any:
        raise InputError([Problem("", 0, "", ROW_FAILS(error=f"TypeError ({FAULT})"))])

    def endless(paper: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(trying, "HANGS", 0.2)
    for made, said in ((failing, "TypeError: an example"), (faulty, "a fault is said"), (endless, "takes more than")):
        monkeypatch.setattr(computeest, "estimate", made)
        assert said in " ".join(faults_of("papers", "1"))


@pytest.mark.parametrize(("record", "said"), [
    ({"flop": float("nan"), "flop_low": 1.0, "flop_high": 2.0}, "no JSON"),
    ({"flop": 3.0, "flop_low": 1.0, "flop_high": 2.0}, "outside"),
    ({"flop": 0.5, "flop_low": 1.0, "flop_high": 2.0}, "outside"),
    ({"flop": 0.0, "flop_low": None, "flop_high": None}, "0.0 FLOP"),
])
def test_records_that_cannot_be_are_found(record: dict[str, Any], said: str) -> None:
    assert said in " ".join(trying.record_faults(record))


def test_every_kind_is_tried() -> None:
    assert set(FIXED) == set(KINDS)
