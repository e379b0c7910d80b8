"""Numbers as papers write them: value, unit and spread."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest.text.numbers import APPROXIMATE, LONGEST, NINETY, Quantity, counted_in, read
from computeest.text.units import UnitError, factor

POSITIVE = st.floats(1e-30, 1e30, allow_nan=False)
SUFFIXES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12, " thousand": 1e3, " million": 1e6,
            " billion": 1e9, " trillion": 1e12, " mn": 1e6, " bn": 1e9, " tn": 1e12, " quadrillion": 1e15}


@given(POSITIVE)
def test_every_way_to_print_a_float_reads_back(value: float) -> None:
    mantissa, _, exponent = f"{value:.17e}".partition("e")
    for text in (repr(value), f"{value:.17e}", f"{value:.17E}", f"+{value!r}", f"{mantissa}x10^{int(exponent)}",
                 f"{mantissa} × 10^{{{int(exponent)}}}", f"{mantissa}·10**{int(exponent)}",
                 f"{mantissa}*10{_superscript(int(exponent))}"):
        assert read(text) == Quantity(pytest.approx(value, rel=1e-14)), text  # type: ignore[arg-type]


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))


@given(st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_a_bare_number_is_what_it_is_among_spaces(text: str) -> None:
    assert read(text) == read(f" {text}") == Quantity(float(text))  # the latter is read as any other text


@given(st.integers(0, 10**15))
def test_thousands_separators(value: int) -> None:
    assert read(f"{value:,}") == read(f"{value:_}") == read(str(value)) == Quantity(float(value))


@given(st.floats(0.001, 999.0).map(lambda f: round(f, 3)), st.sampled_from(sorted(SUFFIXES)))
def test_scale_suffixes(value: float, suffix: str) -> None:
    assert read(f"{value}{suffix}").value == pytest.approx(value * SUFFIXES[suffix], rel=1e-14)
    tokens = read(f"{value}{suffix} tokens")
    assert tokens.value == pytest.approx(value * SUFFIXES[suffix], rel=1e-14)
    assert tokens.unit == "token"


@given(POSITIVE, st.floats(1.0, 1000.0), st.sampled_from(["..", "...", " - ", " – ", " to ", "–"]))
def test_a_range_is_its_geometric_middle_and_its_ends_are_90_percent(low: float, ratio: float, between: str) -> None:
    high = low * ratio
    found = read(f"{low!r}{between}{high!r}")
    assert found.value == pytest.approx(math.sqrt(low) * math.sqrt(high))
    assert found.value * math.exp(NINETY * found.sigma) == pytest.approx(high)
    assert found.value * math.exp(-NINETY * found.sigma) == pytest.approx(low)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.sampled_from(["±", "+/-", " ± "]))
def test_plus_minus_is_one_sigma(value: float, error: float, sign: str) -> None:
    found = read(f"{value!r}{sign}{error!r}")
    assert found == Quantity(value, None, math.log1p(error / value))


@pytest.mark.parametrize("text", ["~90", "≈ 90", "about 90", "around 90", "approx. 90", "approx 90", "circa 90",
                                  "ca. 90", "roughly 90", "nearly 90", "approximately 90", "About 90"])
def test_approximate_numbers_are_wide(text: str) -> None:
    assert read(text) == Quantity(90.0, None, APPROXIMATE)


@pytest.mark.parametrize(("text", "value", "unit"), [
    ("two weeks", 2, "week"), ("a week", 1, "week"), ("an hour", 1, "hour"), ("half a day", 0.5, "day"),
    ("one and a half days", 1.5, "day"), ("twenty-four hours", 24, "hour"), ("a hundred GPUs", 100, "chip"),
    ("one hundred and twenty-eight cores", 128, "core"), ("two dozen", 24, None), ("seven billion", 7e9, None),
    ("two hundred thousand steps", 2e5, "step"), ("1 day and six hours", 1.25, "day"), ("ninety", 90, None),
])
def test_numbers_in_words(text: str, value: float, unit: str | None) -> None:
    assert read(text) == Quantity(pytest.approx(value), unit)  # type: ignore[arg-type]
    assert read(f"about {text}").sigma == APPROXIMATE


def test_ranges_in_words() -> None:
    assert read("two to three weeks") == read("2 to 3 weeks")


@pytest.mark.parametrize(("text", "low", "high", "unit"), [
    ("0.3..0.5", 0.3, 0.5, None),
    ("30-50 %", 30, 50, "percent"),
    ("30-50%", 30, 50, "percent"),
    ("30 % - 50 %", 30, 50, "percent"),
    ("30% to 50%", 30, 50, "percent"),
    ("30–50 %", 30, 50, "percent"),
    ("2-3 weeks", 2, 3, "week"),
    ("2M-3M tokens", 2e6, 3e6, "token"),
    ("24h - 48h", 24, 48, "hour"),
    ("1e3-2e3 steps", 1e3, 2e3, "step"),
    ("12 hours to 2 days", 0.5, 2, "day"),
    ("1,000..2,000 GPU-hours", 1000, 2000, "chip * hour"),
    ("12-14 billion", 12e9, 14e9, None),
    ("2 to 3 million images", 2e6, 3e6, "example"),
    ("1.5–2T tokens", 1.5e12, 2e12, "token"),
    ("900 to 1.1k", 900, 1100, None),
    ("1e9..3B", 1e9, 3e9, None),
    ("between 3 and 4 days", 3, 4, "day"),
    ("between two and three million steps", 2e6, 3e6, "step"),
    ("2^20..2^22 tokens", 2.0**20, 2.0**22, "token"),
])
def test_ranges(text: str, low: float, high: float, unit: str | None) -> None:
    found = read(text)
    assert found.value == pytest.approx(math.sqrt(low * high))
    assert found.sigma == pytest.approx(math.log(high / low) / (2 * NINETY))
    assert found.unit == unit


def test_percent_and_plus_minus_share_a_unit() -> None:
    assert read("40 ± 10 %") == read("40% ± 10%") == Quantity(40.0, "percent", math.log1p(0.25))


@given(st.integers(0, 99), st.sampled_from(["2^{}", "2**{}", "2 ^ {}", "2^{{{}}}"]))
def test_powers_of_two(exponent: int, form: str) -> None:
    assert read(form.format(exponent)) == read(f"2{_superscript(exponent)}") == Quantity(2.0**exponent)
    assert read(f"{form.format(exponent)} tokens") == Quantity(2.0**exponent, "token")


@pytest.mark.parametrize("text", ["2**9**9", "2^9^9", "2^100", "2^2.5", "2^-3", "3^20"])
def test_no_other_power(text: str) -> None:
    with pytest.raises(UnitError):
        read(text)


def test_a_scale_behind_the_error_is_of_both() -> None:
    assert read("1.2 ± 0.1 million") == read("1.2M ± 0.1M")


@pytest.mark.parametrize(("text", "means"), [
    ("100.02147(35) g", "100.02147 ± 0.00035 g"),  # the example of JCGM 100:2008, 7.2.2
    ("1.20(5)e9", "1.20e9 ± 0.05e9"), ("1.20(15) days", "1.20 ± 0.15 days"), ("1.20(5)M", "1.20M ± 0.05M"),
    ("about 3.1(2) hours", "3.1 ± 0.2 hours")])
def test_an_error_may_stand_in_brackets_in_units_of_the_last_digits(text: str, means: str) -> None:
    assert read(text).value == pytest.approx(read(means).value, rel=1e-12)
    assert read(text).unit == read(means).unit
    assert read(text).sigma == pytest.approx(read(means).sigma, rel=1e-9)


@pytest.mark.parametrize("text", ["175(3) B", "1.2(3.4) B", "12.5(1)(2) B", "1,200.5(3) h", "1.20(500) h"])
def test_brackets_that_may_be_a_note_are_refused(text: str) -> None:
    with pytest.raises(UnitError):
        read(text)


@given(st.integers(0, 50), st.integers(0, 23), st.integers(0, 59))
def test_mixed_times_add_up(days: int, hours: int, minutes: int) -> None:
    found = read(f"{days} days, {hours} hours and {minutes} min")
    assert found.unit is not None
    assert found.value * factor(found.unit, "minute") == pytest.approx(days * 1440 + hours * 60 + minutes)


@pytest.mark.parametrize(("text", "what", "expected"), [
    ("3..5 days 6", "'3..5 days 6' holds two numbers", "one number, or a unit behind each: '1 day 6 hours'"),
    ("0..5", "'0..5' is no range", "a smaller and a larger positive number, such as '0.3..0.5'"),
    ("3 days..5", "'3 days..5' has a unit on its lower end only", "the unit at the end: '3..5 days'"),
    ("3 days..5 FLOP", "time is not compute (FLOP)", ""),
    ("1 ± 2 ± 3", "'1 ± 2 ± 3' is no value with an error", "such as '90 ± 5'"),
    ("0 ± 2", "'0 ± 2' is no value with an error", "such as '90 ± 5'"),
    ("at least 3", "'at least 3' is a bound, not a value", "a value, or a range such as '0.3..0.5' (found 'at least')"),
    ("up to 50 %", "'up to 50 %' is a bound, not a value", "a value, or a range such as '0.3..0.5' (found 'up to')"),
    ("15T+", "'15T+' is a bound, not a value", "a value, or a range such as '0.3..0.5' (found '+')"),
    ("400B+ tokens", "'400B+ tokens' is a bound, not a value", "a value, or a range such as '0.3..0.5' (found '+')"),
    ("3 m", "'m' is no unit", "'min' for minutes, 'months' for months, 'M' for a million"),
    ("≥ 30", "'≥ 30' is a bound, not a value", "a value, or a range such as '0.3..0.5' (found '≥')"),
    ("", "there is no value", "a number, or a number and a unit"),
    ("~", "there is no value", "a number, or a number and a unit"),
    ("a few days", "'a few days' is not a number", "a number, or a number and a unit"),
    ("3 nights", "'nights' is no unit", ""), ("10 working days", "'working' in 'working days' is no unit", ""),
    ("several days", "'several days' is not a number", "a number, or a number and a unit"),
    ("1e999", "'1e999' is not a finite number", "a number that a float64 can hold"),
    ("3x10^400 FLOP", "'3x10^400 FLOP' is not a finite number", "a number that a float64 can hold"),
    ("9" * (LONGEST + 1), f"'{'9' * 30}...' is too long for a number", "a number, or a number and a unit"),
])
def test_refuses_in_words(text: str, what: str, expected: str) -> None:
    with pytest.raises(UnitError) as caught:
        read(text)
    assert (caught.value.what, caught.value.expected) == (what, expected)


@pytest.mark.parametrize(("text", "same"), [
    ("5,100", "5100 billion"), ("~400", "~400 billion"), ("about 400", "~400 billion"), ("3-5", "3B..5B"),
    ("between 3 and 5", "3B..5B"), ("90 ± 5", "90B ± 5B"), ("two", "2 billion"), ("400M", "400M"),
    ("7 billion", "7 billion"), ("300M tokens", "300M tokens"), ("5 %", "5 %"),
])
def test_numbers_in_a_column_of_billions(text: str, same: str) -> None:
    assert read(counted_in(text, 1e9)) == read(same)
    assert counted_in(text, 1.0) == text


@pytest.mark.parametrize(("text", "same"), [
    (r"$4.2 \times 10^{22}$", "4.2e22"), (r"~$10^{22}$", "~1e22"), (r"$7\times10^9$ FLOP", "7e9 FLOP"),
    (r"\(4.2 \times 10^{22}\)", "4.2e22"), (r"\\(4.2 \cdot 10^{22}\\)", "4.2e22"),
    (r"$\approx 7 \times 10^{23}$", "~7e23"),
    (r"$\mathbf{3.3 \times 10^{18}}$", "3.3e18"), (r"$1{,}024$", "1024"),
    (r"300\,000", "300000"), (r"\$1.5M", "1.5M USD"),
    (r"$\sim$10 days", "~10 days"), (r"$3 \pm 1$ days", "3 ± 1 days"), (r"30\,\%", "30 %"),
    ("$1M to $2M", "1M to 2M USD"), ("$7×10^9 to $8×10^9", "7e9 to 8e9 USD"),
])
def test_mathematics_as_latex_sets_it(text: str, same: str) -> None:
    assert read(text) == read(same)


@pytest.mark.parametrize(("text", "value"), [
    ("3,14×10^23", 3.14e23), ("~5,9 × 10²¹", 5.9e21), ("12,5 · 10**9", 12.5e9), ("1,024 × 10^3", 1.024e6),
    ("2,7e18", 2.7e18), ("~1,25e+9", 1.25e9)])
def test_a_comma_before_one_or_two_figures_and_a_power_is_a_point(text: str, value: float) -> None:
    assert read(text).value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text", ["7,13B", "3,14", "1,5 epochs"])
def test_other_commas_stay_refused(text: str) -> None:
    with pytest.raises(UnitError):
        read(text)


@pytest.mark.parametrize(("text", "low", "high"), [
    ("10^20-10^21", 1e20, 1e21), ("10²⁰-10²¹", 1e20, 1e21), ("1.2×10^9-3×10^9", 1.2e9, 3e9),
    ("2-3 × 10^22", 2e22, 3e22), ("1.2 – 3 × 10²²", 1.2e22, 3e22), ("2-3e22", 2e22, 3e22),
    ("2 to 3 × 10^3 million", 2e9, 3e9),
    ("900 to 1.1 × 10^3", 900, 1100), ("1 to 1e6", 1, 1e6), ("5-1 × 10^3", 5, 1000), ("1-2e3", 1, 2000)])
def test_the_power_of_a_range_is_of_both_its_ends(text: str, low: float, high: float) -> None:
    found = read(text)
    assert found.value == pytest.approx(math.sqrt(low * high), rel=1e-9)
    assert found.sigma == pytest.approx(math.log(high / low) / (2 * NINETY), rel=1e-9)
