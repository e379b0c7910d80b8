"""Unit texts: what they mean, how they convert, and what is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest import schema
from computeest.text.numbers import to_unit
from computeest.text.units import UnitError, canonical, describe, dimension, factor, is_rate

MEANINGS = [
    ("petaflop/s-day", "FLOP", 8.64e19),
    ("PF-days", "FLOP", 8.64e19),
    ("pfs-days", "FLOP", 8.64e19),
    ("TFLOP/s", "FLOP/second", 1e12),
    ("TFLOPS", "FLOP/second", 1e12),
    ("GFLOPs", "FLOP", 1e9),
    ("flop", "FLOP", 1.0),
    ("TOPS", "OP/second", 1e12),
    ("TOP/s", "OP/second", 1e12),
    ("GMACs", "MAC", 1e9),
    ("mult-adds", "MAC", 1.0),
    ("GPU-hour", "chip * second", 3600.0),
    ("A100-hours", "chip * second", 3600.0),
    ("H800 GPU hours", "chip * second", 3600.0),
    ("TPUv3-core-days", "core * second", 86400.0),
    ("hours", "second", 3600.0),
    ("weeks", "second", 604800.0),
    ("month", "day", 30.4375),
    ("year", "day", 365.25),
    ("%", "dimensionless", 0.01),
    ("USD per GPU-hour", "dollar / chip / second", 1 / 3600),
    ("$/h", "dollar / second", 1 / 3600),
    ("kWh", "joule", 3.6e6),
    ("GB/s", "byte / second", 1e9),
    ("GiB", "byte", float(2**30)),
    ("MHz", "hertz", 1e6),
    ("tokens per step", "token / step", 1.0),
    ("tokens/batch", "token / step", 1.0),
    ("FLOP/token", "FLOP / token", 1.0),
    ("1/s".removeprefix("1"), "hertz", 1.0),
    ("sentence pairs", "example", 1.0),
    ("image-text pairs", "example", 1.0),
    ("(image, text) pairs", "example", 1.0),
    ("labeled training images", "example", 1.0),
    ("trajectories", "example", 1.0),
    ("BPE tokens", "token", 1.0),
    ("byte-pair tokens", "token", 1.0),
    ("sub-word tokens", "token", 1.0),
    ("GT", "token", 1e9),
    ("Gtokens", "token", 1e9),
    ("GB of text", "byte", 1e9),
    ("hours of training", "second", 3600.0),
    ("wall-clock hours", "second", 3600.0),
    ("BF16 FLOPs", "FLOP", 1.0),
    ("gradient steps", "step", 1.0),
]


@pytest.mark.parametrize(("text", "unit", "value"), MEANINGS, ids=[text for text, _, _ in MEANINGS])
def test_a_unit_text_means_so_many_of_a_unit(text: str, unit: str, value: float) -> None:
    assert factor(canonical(text), unit) == pytest.approx(value, rel=1e-14)


def test_plural_flops_of_a_rate_column_is_a_rate_and_of_a_count_a_count() -> None:
    assert factor(canonical("TFLOPs", rate=True), "FLOP/second") == 1e12
    assert factor(canonical("TFLOPs per GPU", rate=True), "FLOP/second/chip") == 1e12
    assert factor(canonical("TFLOPs per token", rate=True), "FLOP/token") == 1e12
    assert factor(canonical("TFLOPs", rate=False), "FLOP") == 1e12
    assert factor(canonical("TF", rate=True), "FLOP/second") == 1e12
    assert is_rate("FLOP/second/chip")
    assert not is_rate("chip * second")
    assert not is_rate("FLOP/example")


def test_to_unit_reads_text_and_leaves_numbers() -> None:
    assert to_unit("312 TFLOP/s", "FLOP/second") == 312e12
    assert to_unit("34 days", "second") == 34 * 86400.0
    assert to_unit(7, "second") == 7.0
    assert isinstance(to_unit("34 days", "day"), float)  # pint alone reads an int, whose products wrap
    with pytest.raises(UnitError, match="compute per time"):
        to_unit("312 TFLOP/s", "FLOP")


def test_bytes_keep_their_case_and_minutes_are_no_mega() -> None:
    assert canonical("MB") == "megabyte"
    assert canonical("min") == "minute"
    with pytest.raises(UnitError, match="'Mb' is no unit"):
        canonical("Mb")


@pytest.mark.parametrize(("text", "what", "expected"), [
    ("FLOP^2", "'FLOP^2' raises a unit to a power", "products and quotients of units, such as 'FLOP/s'"),
    ("FLOP**9**9", "'FLOP**9**9' raises a unit to a power", "products and quotients of units, such as 'FLOP/s'"),
    ("s⁻¹", "'s⁻¹' raises a unit to a power", "products and quotients of units, such as 'FLOP/s'"),
    ("exp(FLOP)", "'exp(FLOP)' raises a unit to a power", "products and quotients of units, such as 'FLOP/s'"),
    ("FLOP/", "a unit is missing beside '/'", "a unit such as 'FLOP/s'"),
    ("FLOP//s", "a unit is missing beside '/'", "a unit such as 'FLOP/s'"),
    ("epoc", "'epoc' is no unit", "closest: 'epoch'"),
    ("GPU-huors", "'huors' in 'GPU-huors' is no unit", "closest: 'hour'"),
    ("Btokens", "'Btokens' runs a number and a unit together", "such as '300B tokens'"),
    ("F", "'F' is no unit", ""),
    ("FLOP" * 20, "'FLOPFLOPFLOPFLOPFLOP...' is no unit", "a unit such as 'FLOP' or 'GPU-hour'"),
])
def test_refuses_in_words(text: str, what: str, expected: str) -> None:
    with pytest.raises(UnitError) as caught:
        canonical(text)
    assert (caught.value.what, caught.value.expected) == (what, expected)


@pytest.mark.parametrize(("one", "other", "what"), [
    ("OP", "FLOP", "a count of integer operations (OP) is not compute (FLOP)"),
    ("MAC", "FLOP", "a count of multiply-adds (MAC) is not compute (FLOP)"),
    ("core", "chip", "a number of cores is not a number of chips"),
    ("FLOP", "FLOP/second", "compute (FLOP) is not compute per time (FLOP/s)"),
    ("token", "word", "a number of tokens is not a number of words"),
    ("epoch", "step", "a number of epochs is not a number of steps"),
])
def test_different_things_do_not_convert(one: str, other: str, what: str) -> None:
    with pytest.raises(UnitError) as caught:
        factor(one, other)
    assert caught.value.what == what


@pytest.mark.parametrize("column", schema.NUMERIC)
def test_every_column_unit_is_one_of_units_txt_and_has_a_name_in_words(column: str) -> None:
    field = schema.FIELDS[column]
    for unit in (field.unit or "", *field.also, *field.unit_aliases.values(), *field.routes):
        assert dimension(unit)
        assert "a quantity in" not in describe(unit)


def test_routes_lead_to_columns_of_that_dimension() -> None:
    for field in schema.FIELDS.values():
        for unit, column in field.routes.items():
            target = schema.FIELDS[column]
            assert dimension(unit) in {dimension(u) for u in (target.unit or "", *target.also)}, (field.name, unit)


UNITS = st.sampled_from(["FLOP", "PFLOP", "petaflop/s-day", "ZFLOP", "TFLOP/s-year"])
TIMES = st.sampled_from(["s", "min", "hours", "days", "weeks", "months", "years"])


@given(st.one_of(st.tuples(UNITS, UNITS, UNITS), st.tuples(TIMES, TIMES, TIMES)))
def test_conversions_invert_and_chain(units: tuple[str, str, str]) -> None:
    a, b, c = map(canonical, units)
    assert factor(a, b) * factor(b, a) == pytest.approx(1.0, rel=1e-12)
    assert factor(a, b) * factor(b, c) == pytest.approx(factor(a, c), rel=1e-12)
    assert factor(a, a) == 1.0


@given(st.sampled_from("kMGTPEZY"), st.sampled_from(["FLOP", "FLOPs", "flop", "OP", "MAC"]))
def test_prefixes_are_decimal(prefix: str, unit: str) -> None:
    power = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24}[prefix]
    assert math.log10(factor(canonical(prefix + unit), canonical(unit))) == pytest.approx(power, abs=1e-12)


def test_a_dimension_reads_alike_whichever_unit_came_first() -> None:
    """pint writes the names of a dimension in the order in which it first met them."""
    assert dimension("FLOP / chip / second") == dimension("FLOP / second / chip")
    assert dimension("chip * second") == dimension("second * chip")
