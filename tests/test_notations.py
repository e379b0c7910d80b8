"""Two thousand facts, each written in twelve notations: through a paper, a table and a header all equal or refused."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from computeest.facts.paper import read_paper
from computeest.facts.table import spec_of
from computeest.problems import InputError
from computeest.schema.headers import named
from computeest.text.numbers import APPROXIMATE

HOUR, DAY = 3600.0, 86400.0
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Bounds in many words, and the middle of what each leaves open.
BOUNDS = (("more than {}", math.sqrt(3)), (">{}", math.sqrt(3)), ("over {}", math.sqrt(3)), ("{}+", math.sqrt(3)),
          ("mehr als {}", math.sqrt(3)), ("plus de {}", math.sqrt(3)), ("más de {}", math.sqrt(3)),
          ("at least {}", math.sqrt(3)), ("up to {}", math.sqrt(0.5)), ("at most {}", math.sqrt(0.5)),
          ("less than {}", math.sqrt(1 / 3)), ("<{}", math.sqrt(1 / 3)))


def scientific(value: float) -> tuple[str, int]:
    """A number as its figures and its power of ten."""
    figures, _, power = f"{value:.2e}".partition("e")
    return figures.rstrip("0").rstrip("."), int(power)


def of_count(value: float, noun: str) -> list[str]:
    """A large count in twelve notations."""
    figures, power = scientific(value)
    billions = f"{value / 1e9:.6g}"
    return [f"{value:.0f}", f"{value:,.0f}", f"{value:,.0f}".replace(",", " "), f"{value:,.0f}".replace(",", "'"),
            f"{figures}e{power}", f"{figures} x 10^{power}", f"{figures}×10{str(power).translate(RAISED)}",
            f"{billions}B", f"{billions} billion {noun}", f"{billions} bn", f"{value / 1e6:.9g}M {noun}",
            f"{value / 1e12:.9g} trillion {noun}"]


def of_time(hours: int) -> list[str]:
    """A time in twelve notations."""
    days, rest = divmod(hours, 24)
    return [f"{hours} hours", f"{hours}h", f"{hours} hrs", f"{hours}:00:00", f"{days}-{rest:02d}:00:00",
            f"{days} days {rest} hours", f"{days}d {rest}h", f"{hours} Stunden", f"{hours} 小时", f"{hours} heures",
            f"P{days}DT{rest}H", f"{hours * 60} minutes"]


def of_chip_time(chips: int, days: int) -> list[str]:
    """An accelerator time in twelve notations."""
    hours = chips * days * 24
    return [f"{hours} GPU-hours", f"{hours:,} GPU hours", f"{hours / 1e3:.9g}k GPU-hours",
            f"{chips} GPUs for {days} days", f"{chips} GPUs x {days} days", f"{days} days on {chips} GPUs",
            f"{chips * days} GPU-days", f"{chips * days} chip-days", f"{hours} A100-hours",
            f"{chips} A100s for {days} days", f"{chips} x {days} A100 days", f"{hours} hours (cumulative)"]


def of_bounds(value: float) -> list[tuple[str, float]]:
    """A bound in twelve notations, each with its own middle."""
    return [(bound.format(f"{value / 1e9:.6g}B"), factor * value) for bound, factor in BOUNDS]


def facts() -> Iterator[tuple[str, str, float]]:
    """Column, text and value of 2,000 facts in 12 notations each."""
    chance = random.Random(12)
    for number in range(2000):
        size = float(f"{10 ** chance.uniform(9, 13):.3g}")
        hours, chips, days = chance.randrange(25, 2000), chance.randrange(2, 5000), chance.randrange(1, 120)
        if number % 5 == 0:
            yield from (("tokens", text, size) for text in of_count(size, "tokens"))
        elif number % 5 == 1:
            yield from (("parameters", text, size / 100) for text in of_count(size / 100, "parameters"))
        elif number % 5 == 2:
            yield from (("time", text, hours * HOUR) for text in of_time(hours))
        elif number % 5 == 3:
            yield from (("chip_time", text, chips * days * DAY) for text in of_chip_time(chips, days))
        else:
            yield from (("tokens", text, value) for text, value in of_bounds(size))


FACTS = list(facts())


def different(column: str, read: dict[str, float]) -> list[tuple[str, float, float]]:
    """What was read as another number than was meant: the text, the number read and the one meant."""
    return [(text, read[text], value) for own, text, value in FACTS if own == column and text in read
            and not math.isclose(read[text], value, rel_tol=1e-6)]


@pytest.mark.parametrize("column", ["tokens", "parameters", "time", "chip_time"])
def test_a_fact_in_any_notation_is_the_same_or_refused_in_a_paper(column: str) -> None:
    read: dict[str, float] = {}
    texts = {text for own, text, _ in FACTS if own == column}
    for text in texts:
        try:
            cells = read_paper({column: text}).runs[0].cells
        except InputError:
            continue
        assert set(cells) <= {column, "chip"}, text
        read[text] = cells[column].value
    assert different(column, read) == []
    assert len(read) > 0.99 * len(texts)


@pytest.mark.parametrize(("column", "header"), [
    ("tokens", "tokens"), ("tokens", "Training tokens"), ("parameters", "# parameters"), ("time", "Training time"),
    ("time", "time"), ("chip_time", "chip_time"), ("chip_time", "GPU hours"),
])
def test_a_fact_in_any_notation_is_the_same_or_refused_in_a_table(column: str, header: str) -> None:
    texts = list(dict.fromkeys(text for own, text, _ in FACTS if own == column))
    found = spec_of(pa.table({header: texts}), named([header])).column(column)
    read = {text: value for text, value in zip(texts, found.tolist(), strict=True) if not math.isnan(value)}
    assert different(column, read) == []
    assert len(read) > 0.9 * len(texts)


@pytest.mark.parametrize(("column", "header", "scale"), [
    ("tokens", "Tokens (B)", 1e9), ("tokens", "Tokens [in trillions]", 1e12), ("parameters", "Parameters (M)", 1e6),
    ("time", "Training time (days)", DAY), ("time", "time (hours)", HOUR), ("chip_time", "chip_time (GPU-hours)", HOUR),
])
def test_a_bare_number_is_counted_in_what_the_header_says(column: str, header: str, scale: float) -> None:
    values = sorted({value for own, text, value in FACTS if own == column and text[:1].isdigit() and "+" not in text})
    texts = [f"{value / scale:.12g}" for value in values]
    mapped = named([header])
    found = spec_of(pa.table({header: texts}), mapped).column(column)
    known = ~np.isnan(found)
    assert np.allclose(found[known], np.array(values)[known], rtol=1e-9)


def test_marks_of_sources_behind_a_number_leave_it_in_what_the_header_says() -> None:
    """As Wikipedia's list of large language models has them."""
    header = "Number of parameters (billion)"
    texts = ["0.340[39]", "1.5 [45][46]", "540 (estimated)[71]", "7*", "175[20"]
    found = spec_of(pa.table({header: texts}), named([header])).column("parameters")
    assert np.allclose(found[:4], [0.34e9, 1.5e9, 540e9, 7e9])
    assert np.isnan(found[4])


def test_what_is_about_a_number_keeps_it() -> None:
    for word in ("~", "about ", "approximately ", "etwa ", "environ ", "unos ", "约", "roughly "):
        cell = read_paper({"tokens": f"{word}300B"}).runs[0].cells["tokens"]
        assert (cell.value, cell.sigma) == (3e11, APPROXIMATE), word
