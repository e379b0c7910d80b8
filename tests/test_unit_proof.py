"""Every formula there is, called with pint quantities of its columns' units, yields its target's unit and value.

A MAC taken for a FLOP, hours for seconds or cores for chips cannot pass: the unit, or the magnitude, would be another.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest import registry, schema
from computeest.contract import Column, Method, Rule
from computeest.estimation.plan import parameters_of
from computeest.text import units

LOADED = registry.load()
METHODS = tuple(LOADED.methods.values())


def quantity(value: float, unit: str) -> Any:
    return units.registry().Quantity(value, unit)


def prove(item: Method | Rule, values: dict[str, float]) -> None:
    """The formula with quantities gives its target's unit, and the number that it gives with floats."""
    target = schema.FIELDS[item.target].unit if isinstance(item, Rule) else "FLOP"
    worked = item.formula(**{name: quantity(values[name], schema.FIELDS[name].unit or "") for name in values})
    plain = item.formula(**values)
    in_target = quantity(1.0, "dimensionless") * worked
    assert in_target.to(target).magnitude == pytest.approx(plain, rel=1e-12)


def usual(item: Method | Rule) -> dict[str, float]:
    """Different numbers for each parameter, so that one cannot stand for another."""
    return {name: 0.3 + 0.1 * place for place, name in enumerate(parameters_of(item.formula))}


@pytest.mark.parametrize("method", METHODS, ids=[m.name for m in METHODS])
def test_every_method_yields_flop(method: Method) -> None:
    prove(method, usual(method))


@pytest.mark.parametrize("rule", LOADED.rules, ids=[r.name for r in LOADED.rules])
def test_every_rule_yields_its_targets_unit(rule: Rule) -> None:
    prove(rule, usual(rule))


@given(st.sampled_from([*METHODS, *LOADED.rules]), st.lists(st.floats(0.01, 1e6), min_size=8, max_size=8))
def test_whatever_the_numbers(item: Method | Rule, numbers: list[float]) -> None:
    prove(item, dict(zip(parameters_of(item.formula), numbers, strict=False)))


def macs_for_flop(forward_macs: Column, examples_seen: Column) -> Column:
    """Multiply-adds, as if they were FLOP."""
    return forward_macs * examples_seen


def hours_for_seconds(chips: Column, time: Column) -> Column:
    """Accelerator time with the time's unit lost."""
    return chips * (time / 3600)


def time_squared(chip_time: Column, time: Column) -> Column:
    """Accelerator time, once too often multiplied."""
    return chip_time * time


def cores_for_chips(cores: Column, time: Column) -> Column:
    """Cores taken for chips."""
    return cores * time


@pytest.mark.parametrize(("target", "formula"), [
    ("forward_flop_seen", macs_for_flop), ("chip_time", time_squared), ("chip_time", cores_for_chips)])
def test_the_proof_finds_slips(target: str, formula: Any) -> None:
    import pint

    rule = Rule(target, formula, "authors")
    with pytest.raises(pint.DimensionalityError):
        prove(rule, usual(rule))


def test_hours_for_seconds_is_a_factor_that_no_unit_shows_and_the_published_numbers_do() -> None:
    rule = Rule("chip_time", hours_for_seconds, "authors")
    prove(rule, usual(rule))  # the golden runs, not the units, catch a bare factor
    chips_times_time = next(rule.formula for rule in LOADED.rules if rule.name == "chips_times_time")
    assert hours_for_seconds(8, 3600.0) * 3600 == chips_times_time(8, 3600.0)


@pytest.mark.parametrize(("method", "facts", "flop", "rel"), [
    # Brown et al. 2020, Table D.1: GPT-3 175B, 300B tokens, 3.14e23 FLOP
    ("operation_counting", {"forward_flop_seen": 2 * 174.6e9 * 300e9, "backward_ratio": 2.0, "ensemble": 1.0},
     3.14e23, 0.01),
    # Patterson et al. 2021, Table 4: 10 000 V100 at 24.6 TFLOP/s for 14.8 days, 3.14e23 FLOP
    ("gpu_time", {"chip_time": 10000 * 14.8 * 86400.0, "peak": 125e12, "utilization": 24.6 / 125}, 3.14e23, 0.01),
    # Brown et al. 2020, Table D.1: 3.64e3 PF-days are 3.14e23 FLOP
    ("reported", {"reported_compute": 3640 * 8.64e19}, 3.14e23, 0.01),
])
def test_published_numbers_with_floats_columns_and_units(method: str, facts: dict[str, float], flop: float,
                                                         rel: float) -> None:
    formula = LOADED.methods[method].formula
    assert formula(**facts) == pytest.approx(flop, rel=rel)
    prove(LOADED.methods[method], facts)


def test_every_rule_and_method_cites_something() -> None:
    every: list[Method | Rule] = [*METHODS, *LOADED.rules]
    for item in every:
        assert item.source
        assert item.formula.__doc__
    assert all(math.isfinite(m.dex) and m.dex >= 0 for m in METHODS)
