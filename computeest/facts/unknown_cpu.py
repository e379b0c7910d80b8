"""A processor that no database has, from what the paper says of it: cores x clock x width of its vector units."""

from __future__ import annotations

import datetime
import math
import re

from computeest.facts.spec import ChipFact

_NAMES = re.compile(r"\b(?:CPUs?|processors?|Xeons?|EPYC|Opterons?|Threadripper|Ryzen|Core[ -]i\d|Pentium)\b",
                    re.IGNORECASE)
_CORES = re.compile(r"(\d{1,3})[ -]*(?:physical[ -]+)?cores?\b|\b(quad|hexa|six|octa|eight|dual)[ -]core\b",
                    re.IGNORECASE)
_WORDS = {"dual": 2, "quad": 4, "hexa": 6, "six": 6, "octa": 8, "eight": 8}
_CLOCK = re.compile(r"(\d+(?:\.\d+)?)\s*(GHz|MHz)\b", re.IGNORECASE)
_COUNT = re.compile(r"^\s*(\d{1,5}|two|four|eight)\s*(?:x|×|\*)?\s+(?!GHz|MHz|core|-)", re.IGNORECASE)
_COUNTS = {"two": 2, "four": 4, "eight": 8}
#: FLOP of one core in one clock, single precision, and one sigma of it in natural log: two units that multiply and add
#: (AVX2 of Haswell; AVX-512 of Skylake-SP, of which cheaper models have one), one of each without adding (AVX, SSE).
_WIDTHS = ((re.compile(r"AVX[ -]?512", re.IGNORECASE), 64.0, 0.2), (re.compile(r"AVX[ -]?2|FMA", re.IGNORECASE), 32.0,
                                                                    0.1),
           (re.compile(r"\bAVX\b", re.IGNORECASE), 16.0, 0.1), (re.compile(r"\bSSE", re.IGNORECASE), 8.0, 0.1))
#: The same where no width is said, by the year: what servers had since then.
_BY_YEAR = ((2014, 32.0, 0.35), (2011, 16.0, 0.25), (0, 8.0, 0.25))
_UNDATED, _UNDATED_SIGMA = 32.0, 0.45
_SOURCE = "cores x clock x FLOP of a core in one clock, as the paper states them; x86-flop in architectures.yaml"


def read(text: str, number_format: str | None, published: datetime.date | None) -> ChipFact | None:
    """The processor that a text describes; None where it says no number of cores, no clock, or names no processor.

    In single precision, or half as fast in double; it has no rate in formats that only matrix units have.
    """
    cores, clock = _CORES.search(text), _CLOCK.search(text)
    if cores is None or clock is None or _NAMES.search(text) is None or number_format not in (None, "fp32", "fp64"):
        return None
    count = float(cores[1]) if cores[1] else float(_WORDS[cores[2].lower()])
    hertz = float(clock[1]) * (1e9 if clock[2].lower() == "ghz" else 1e6)
    width, sigma = next(((flop, spread) for said, flop, spread in _WIDTHS if said.search(text)), (0.0, 0.0))
    stated = width > 0
    if not stated and published is not None:
        width, sigma = next((flop, spread) for year, flop, spread in _BY_YEAR if published.year >= year)
    elif not stated:
        width, sigma = _UNDATED, _UNDATED_SIGMA
    width /= 2 if number_format == "fp64" else 1
    many = _COUNT.search(text)
    said = "" if stated else ", of a width that is not said"
    name = f"a CPU of {count:g} cores at {clock[1]} {clock[2]}"
    counted = math.nan if many is None else float(_COUNTS.get(many[1].lower()) or many[1])
    return ChipFact(
        text, None, chip="unknown-cpu", name=name, peak=count * hertz * width, peak_sigma=sigma, chips=counted,
        number_format=number_format or "fp32", source=_SOURCE,
        note=f"{name} is taken to do {width:g} FLOP for each core and clock{said}")
