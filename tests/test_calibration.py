"""Against published compute that no estimate has seen: as close, and as sure, as the README says."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared" / "gold"
#: How far a figure may fall below what the README says of it, in shares of the rows.
SLACK = 0.015


@pytest.fixture(scope="module")
def figures() -> Any:
    if not (GOLD / "epoch_dev.csv").exists():
        pytest.skip("no ../shared/gold beside this checkout to measure against")
    spec = importlib.util.spec_from_file_location("gold", ROOT / "benchmarks" / "gold.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.figures(module.joined(GOLD, {}))


def said(words: str) -> float:
    """A figure of the README's accuracy table."""
    readme = (ROOT / "README.md").read_text("utf-8")
    match = re.search(rf"^\| {re.escape(words)} \| ([\d.]+) (%|x) \|", readme, re.MULTILINE)
    assert match is not None, f"the README's table has no row '{words}'"
    return float(match[1]) / (100 if match[2] == "%" else 1)


def test_enough_rows_are_estimated(figures: Any) -> None:
    assert figures.estimated >= max(0.68, said("rows estimated") - SLACK)


@pytest.mark.parametrize(("factor", "least"), [(1.1, 0.5), (1.5, 0.77), (2.0, 0.84), (3.0, 0.88), (10.0, 0.92)])
def test_estimates_are_close(figures: Any, factor: float, least: float) -> None:
    assert figures.within[factor] >= least - SLACK
    assert figures.within[factor] >= said(f"within {factor:g}x") - SLACK


def test_intervals_hold_nine_times_in_ten(figures: Any) -> None:
    assert 0.85 <= figures.held <= 0.95
    for method, (count, held) in figures.held_by_method.items():
        assert count < 30 or 0.85 <= held <= 0.95, method
    assert figures.held == pytest.approx(said("90 % interval holds the published figure"), abs=SLACK)


def test_intervals_are_no_wider_than_they_must_be(figures: Any) -> None:
    assert figures.width <= 8
    assert figures.width <= said("median interval, high over low") * 1.02


def test_warnings_go_where_they_belong(figures: Any) -> None:
    assert figures.flagged_far >= max(0.7, said("flagged, of the rows off by more than 3x") - 3 * SLACK)
    assert figures.flagged_near <= min(0.25, said("flagged, of the rows within 1.5x") + SLACK)
