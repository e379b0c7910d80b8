"""Arithmetic in prose: values against Python's own, spellings of numbers and units, prose around, no hanging."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from computeest.audit.arithmetic import LONGEST, Product, products


def only(note: str) -> Product:
    found = products(note)
    assert len(found) == 1, found
    return found[0]


def printed() -> st.SearchStrategy[str]:
    """Python expressions whose value is positive and not out of range."""
    number = st.one_of(st.integers(1, 10**6).map(str), st.floats(0.001, 1e6).map(lambda x: f"{x:.4g}"),
                       st.floats(1, 1e25).map(lambda x: f"{x:.3e}"), st.just("2*10**3"), st.just("(7.5*10**11)"))
    return st.recursive(number, lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" * ", "*", " / ", "/", " + ", "+"]), inner).map("".join),
        inner.map(lambda text: f"({text})"), inner.map(lambda text: f"sqrt({text})"),
        st.tuples(inner, st.sampled_from(["**2", " ** 3", "**0.5"])).map(lambda pair: f"({pair[0]}){pair[1]}")),
        max_leaves=8)


@given(printed())
@example("2**3*10**2")
@example("5/2*10**3")
@example("10**15*24*3600")
@settings(max_examples=200, deadline=None)
def test_printed_expressions_have_the_value_python_gives_them(text: str) -> None:
    floats = re.sub(r"(?<![\w.+-])(\d+)(?![\w.])", r"\1.0", text)  # a float overflows, where an int would grow
    try:
        expected = float(eval(floats, {"__builtins__": {}, "sqrt": math.sqrt}))
    except OverflowError:
        expected = math.inf
    # an expression of several numbers: '1e+04' and '2*10**3' are one number each
    text, expected = f"({text}) * 7", expected * 7
    found = [product for product in products(text) if product.span == (0, len(text))]
    if math.isfinite(expected):
        assert found[0].value == pytest.approx(expected, rel=1e-12)
    else:
        assert math.isnan(found[0].value)


@given(st.text(alphabet="0123456789.,eE+-*/^×·x()[]{}=~≈ \n%kMBT²³√~sqrtGmeanofdyhoursFLOP/sper", max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_every_span_is_in_it(note: str) -> None:
    for product in products(note):
        start, end = product.span
        assert 0 <= start < end <= len(note)
        assert product.text == note[start:end]
        assert product.flop is None or (product.flop > 0 and math.isfinite(product.flop))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_unicode_raises(note: str) -> None:
    products(note)


@pytest.mark.parametrize("note", [
    "9**9**9", "9^9^9^9^9 = 1", "(" * 50_000, "1*(" * 20_000, "sqrt(" * 20_000, "GMean(1," * 10_000, "2^" * 30_000,
    "1+" * 30_000, "1*" * 40_000, "9" * 50_000, "1e" * 20_000, "geometric mean of " * 5_000, "[1 (" * 10_000,
    "=1" * 25_000,
    "1 Total: " * 6_000, "geometric mean 1e20 * 2 = 3e22 " * 1_600, "1e99999 * 2", "7 / 0 = 3", "(-8)^0.5 * 1",
])
def test_towers_and_endless_brackets_are_read_at_once(note: str) -> None:
    # hanging is what fails: an exponential reading of any of these would not end
    for product in products(note):
        assert math.isnan(product.value) or math.isfinite(product.value)


def test_a_note_is_read_up_to_a_length() -> None:
    assert products("x " * LONGEST + "2 * 3e20") == []


@pytest.mark.parametrize(("note", "value"), [
    ("1,000 * 3e21", 3e24), ("2 * 3.14*10^23", 6.28e23), ("2 × 3.14×10²³", 6.28e23),
    ("2 x 3.14 x 10^{23}", 6.28e23),
    ("1e22 * 40%", 4e21), ("6 * 1.5T * 70B", 6.3e23), ("6*1.5e9*1.74e9", 6 * 1.5e9 * 1.74e9),
    ("6 * 12 billion * 2.46trillion", 6 * 12e9 * 2.46e12), ("3·4", 12), ("8x3", 24),
    ("500 * 123/2 trillion", 500 * 123 / 2 * 1e12),
    ("sqrt(6.3e24 * 9.808e24)", math.sqrt(6.3e24 * 9.808e24)), ("√(4 * 9)", 6), ("GMean(1e20, 4e20)", 2e20),
    ("the geometric mean of 1e20 and 4e20", 2e20), ("(125*2 * 32 + 38 * 16) * 3e14", (250 * 32 + 38 * 16) * 3e14),
    ("12.9 billion * 1 million * 2^20 * 6", 12.9e9 * 1e6 * 2**20 * 6),
    ("(16) * ( 312 * 10**12) * (0.56)", 16 * 312e12 * 0.56),
])
def test_numbers_in_every_spelling(note: str, value: float) -> None:
    assert products(f"We get {note}, more or less.")[0].value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("note", "flop"), [
    # the two readings of time: converted by the analyst, or left to the units
    ("64 * 130 teraflops * 80 * 3600 * 0.3 = 7.2e20", 64 * 130e12 * 80 * 3600 * 0.3),
    ("11 hours * 4 GPUs * 125 teraFLOPS/GPU * 0.40 utilization = 7.92e18 FLOP", 11 * 3600 * 4 * 125e12 * 0.4),
    ("312000000000000*1day*0.4=10782720000000000000", 312e12 * 86400 * 0.4),
    ("989.5e12 FLOP / sec / GPU [bf16 assumed] * 32 GPUs * 60 hours [see notes] * 3600 sec / hour * 0.3 [assumed]",
     989.5e12 * 32 * 60 * 3600 * 0.3),
    ("1.581 TFLOP/s * 90 min * 60 s/min * 0.5 utilization", 1.581e12 * 5400 * 0.5),
    ("990 TFLOPS per GPU * 6.4 million GPU hours * 3600s * 0.43 = 9.808e24", 990e12 * 6.4e6 * 3600 * 0.43),
    ("(53h+20h)*3600*8*125000000000000 peak FLOP/s*0.3=7.884e+19", 73 * 3600 * 8 * 125e12 * 0.3),
    ("6 FLOP / token / parameter * 35*10^6 parameters * 103*10^6 tokens * 5 epochs", 6 * 35e6 * 103e6 * 5),
    ("0.04 PF-days * 10^15 FLOPS/s* 3600s*24h=3456000000000000000", 3.456e18),
    ("see https://www.wolframalpha.com/input?i=123+teraFLOPS+*+384+*+0.33+*+44+days", 123e12 * 384 * 0.33 * 44 * 86400),
    ("12 * 5 petaflop/s-days", 60 * 8.64e19),
])
def test_units_are_converted_once(note: str, flop: float) -> None:
    found = only(note)
    assert found.flop == pytest.approx(flop, rel=1e-9)
    assert found.holds in (True, None)


def test_openais_own_arithmetic_for_seq2seq_does_not_give_what_it_states() -> None:
    # Amodei and Hernandez 2018, AI and Compute: printed 7,300 PF, while the factors give 11,150 PF
    found = only("652e6 words * 0.380 GFLOP * 6 * 7.5 epochs = 7,300 PF")
    assert found.value == pytest.approx(1.115e19, rel=0.001)
    assert found.holds is False


def test_a_result_is_right_when_rounded_or_cut_off_at_its_last_figure() -> None:
    assert only("150e3 * 3600 * 3.12e14 * 0.33 = 5e22").holds
    assert only("7b * 2.6t * 6 = 1.092e23").holds
    assert only("7b * 2.6t * 6 = 1.292e23").holds is False


@pytest.mark.parametrize("note", [
    "The model has 34B parameters and saw 2T tokens.", "trained for 2-3 weeks on GPT-3 and v3-8", "6ND = 3e22",
    "about 4.6*10^23 FLOP",
    "6 * N * D = 3e22", "2020-05-28", "Table 3, 3.1e21", "", "see https://example.org/a*3*4/5e22",
])
def test_quoted_numbers_are_no_arithmetic(note: str) -> None:
    assert not [p for p in products(note) if p.flop is not None and p.flop > 1e9]


def test_results_in_other_units_are_no_flop() -> None:
    assert only("2.5 days * 24 = 60 hours").flop is None
    assert only("8 * 2 * 2330000000 = 37280000000 FLOP/s").value == 37280000000
    assert only("256 * 2048 * 500k = 2.6e11 tokens").flop is None


def test_a_chain_states_one_result_for_each_product() -> None:
    first, second = products("C = 2 * 3e20 = 6 * 1e20 = 6e20 FLOP")
    assert (first.stated, second.stated) == (second.stated, first.stated)
    assert first.holds
    assert second.holds


def test_a_sum_may_go_on_in_the_next_line() -> None:
    product, total = products("6 * 1.3 * 10^9 parameters * 260 * 10^9 tokens = 2.028e+21 FLOP\n\n"
                              "+ 1.738e+20 FLOP [base model] = 2.2018e+21 FLOP")
    assert product.holds
    assert total.flop == pytest.approx(2.2018e21, rel=1e-4)
    assert total.holds


def test_totals_and_means_that_a_note_only_announces() -> None:
    *_, total = products("Llama 70B: 8.1e+23\nFinetune: 6*70000000000*600000000000=2.52e23\nTotal: 1.062e24")
    assert not total.written
    assert total.flop == pytest.approx(1.062e24)
    *_, mean = products("256 * 1.3e14 * 24 * 3600 * 0.3 = 8.626e20\n6*25B*1.6B = 2.4e20\n"
                        "Used the geometric mean of both.")
    assert not mean.written
    assert mean.flop == pytest.approx(4.55e20, rel=0.001)
    assert not [p for p in products("Base: 1e23\nFinetune: 3e21\nTotal: 7e23") if not p.written]


def test_asides_are_passed_over_and_read_by_themselves() -> None:
    found = products("2.36e23 per Table 4 (our usual method, 512 A100s, would be "
                     "512 * 312 teraFLOP/s * 53 * 24 * 3600 * 0.3 = 2.19e23)")
    assert [p.holds for p in found] == [True]
    assert found[0].flop == pytest.approx(512 * 312e12 * 53 * 86400 * 0.3)
