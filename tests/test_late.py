"""A record whose longer values are made when they are asked for is a dict to all who look at it."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import yaml

import computeest
from computeest.records.late import Late

PLAIN = {"a": 1, "b": [2], "c": "three"}


def late() -> Late:
    return Late({"a": 1, "b": None, "c": None}, {"b": lambda: [2], "c": lambda: "three"})


@pytest.mark.parametrize("look", [
    dict, lambda d: {**d}, lambda d: d.copy(), lambda d: dict(d.items()),
    lambda d: dict(zip(d, d.values(), strict=True)),
    lambda d: json.loads(json.dumps(d)), lambda d: json.loads(json.dumps(d, indent=1)), lambda d: d | {},
    lambda d: {} | d, lambda d: dict(copy.copy(d)), lambda d: dict(copy.deepcopy(d)),
    lambda d: dict(pickle.loads(pickle.dumps(d))), lambda d: yaml.safe_load(yaml.safe_dump(dict(d))),
    lambda d: {key: d[key] for key in d}, lambda d: {key: d.get(key) for key in d.keys()},  # noqa: SIM118
    lambda d: {key: d.pop(key) for key in ("a", "b", "c")}, lambda d: dict([d.popitem() for _ in PLAIN][::-1]),
    lambda d: (lambda **given: given)(**d), lambda d: {key: d.setdefault(key, 0) for key in PLAIN},
    lambda d: dict(Late(d))])
def test_it_is_a_dict_to_all_who_look(look: Callable[[Any], Any]) -> None:
    assert look(late()) == PLAIN
    assert list(look(late())) == list(PLAIN)


def test_it_equals_what_it_holds() -> None:
    assert late() == PLAIN
    assert dict(PLAIN) == late()
    assert late() == late()
    assert late() != {**PLAIN, "c": "four"}
    assert repr(late()) == repr(PLAIN)
    assert late().get("d", 4) == 4


def test_each_value_is_made_once_and_only_when_asked_for() -> None:
    made: list[str] = []
    record = Late({"a": 1, "b": None}, {"b": lambda: made.append("b") or 2})  # type: ignore[func-returns-value]
    assert record["a"] == 1
    assert not made
    assert (record["b"], record["b"], made) == (2, 2, ["b"])


def test_records_of_many_papers_are_those_of_each_alone() -> None:
    papers = [{"model": f"Model {number}", "parameters": 1e9 * number, "tokens": 2e10, "chip": "A100", "chips": 64,
               "time": "3 days"} for number in range(1, 6)]
    together = computeest.estimate(papers)
    assert together == [computeest.estimate(paper) for paper in papers]
    assert pickle.loads(pickle.dumps(together)) == together
    assert "operation_counting" in together[4]["derivation"]
