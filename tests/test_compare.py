"""benchmarks/compare.py: two commits beside one another."""

from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Any:
    import importlib

    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("compare")


def figures(bare: list[float], taken: list[float]) -> dict[str, Any]:
    def one(seconds: list[float]) -> dict[str, Any]:
        return {"seconds": sorted(seconds)[len(seconds) // 2], "all": seconds, "baseline": "bare", "target": 3.0}
    return {"bare": one(bare), "what": one(taken)}


def test_each_turn_is_compared_within_itself_and_both_with_one_baseline(compare: Any) -> None:
    # the second turn fell on a busy moment, of both alike
    found = compare.beside(figures([1.0, 2.0, 1.0], [4.0, 8.0, 4.4]), figures([1.0, 2.0, 1.0], [2.0, 4.0, 2.0]))
    assert list(found) == ["what"]
    assert found["what"]["changes"] == pytest.approx([0.5, 0.5, 2.0 / 4.4])
    assert found["what"]["change"] == pytest.approx(0.5)
    assert found["what"]["before"] == pytest.approx(4.4)
    assert found["what"]["after"] == pytest.approx(2.0)
    assert found["what"]["rounds"] == 3
    assert found["what"]["target"] == 3.0


def test_what_one_of_two_commits_lacks_is_left_out(compare: Any) -> None:
    before = figures([1.0], [2.0])
    after = before | {"new": before["what"]}
    assert list(compare.beside(before, after)) == ["what"]


def test_turns_of_unlike_number_are_no_comparison(compare: Any) -> None:
    with pytest.raises(ValueError, match="zip"):
        compare.beside(figures([1.0, 1.0], [2.0, 2.0]), figures([1.0], [2.0]))
