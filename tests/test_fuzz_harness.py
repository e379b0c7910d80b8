"""The harness of tests/fuzz: a fixed small part, the seed of every fault found, and that it finds faults at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fuzz import making, trying
from fuzz.trying import KINDS, faults_of

_KEPT = (Path(__file__).parent / "fuzz" / "seeds.txt").read_text("utf-8").splitlines()
SEEDS = [line.split("#")[0].strip() for line in _KEPT if line.strip() and not line.startswith("#")]
#: How many inputs of each kind `make test` tries.
FIXED = {"papers": 25, "strings": 60, "tables": 10, "relations": 1, "configurations": 12, "commands": 10}


@pytest.mark.parametrize("kind", FIXED)
@pytest.mark.filterwarnings("default")
def test_a_fixed_part_of_the_inputs(kind: str) -> None:
    wrong = {number: found for number in range(FIXED[kind]) if (found := faults_of(kind, f"fixed-{number}"))}
    assert wrong == {}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("default")
def test_no_fault_comes_back(seed: str) -> None:
    kind, _, own = seed.partition(":")
    assert faults_of(kind, own) == []


def test_the_same_seed_makes_the_same_input() -> None:
    from random import Random

    assert repr(making.paper(Random("a"))) == repr(making.paper(Random("a")))
    assert making.table(Random("a"), 3) == making.table(Random("a"), 3)


def test_a_traceback_a_fault_and_a_hang_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A harness that cannot fail finds nothing."""
    import computeest
    from computeest.facts.set_apart import FAULT
    from computeest.problems import InputError, Problem

    def failing(paper: Any) -> Any:
        raise TypeError("an example")

    def faulty(paper: Any) -> Any:
        raise InputError([Problem("", 0, "", f"TypeError ({FAULT})")])

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
])
def test_records_that_cannot_be_are_found(record: dict[str, Any], said: str) -> None:
    assert said in " ".join(trying._record_faults(record))


def test_every_kind_is_tried() -> None:
    assert set(FIXED) == set(KINDS)
