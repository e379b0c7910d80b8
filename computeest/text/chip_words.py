"""Chips that a cell of another column names: '320,256 A100-hours', 'gpus: 8x A100'."""

from __future__ import annotations

import re

from computeest.text import fold

_COUNTED = r"(?:[GTNDI]PU|chip|core|accelerator|device|card|processor)s?"
_OF_TIME = re.compile(
    r"(?:^|\s)(?:(?:thousand|million|billion|[kKMB])\s+)?"
    r"(?P<name>(?!about|around|approx|roughly|nearly|circa)[A-Za-z][\w.]*(?:[ -]+\w+)*?)"
    rf"(?:[ -]+{_COUNTED})?[ -]+(?:second|minute|hour|hr|day|week|month|year)s?\s*$", re.IGNORECASE)
_MODEL = re.compile(r"[A-Za-z]\w*\d|^(?:NVIDIA |AMD |Google |Intel |Huawei )?(?:[RG]TX|TPU|Titan|Tesla|Quadro"
                    r"|GeForce|Radeon|Instinct|Gaudi|Ascend|Trainium|Inferentia)\b.*\d", re.IGNORECASE)
_ONLY_COUNTED = re.compile(rf"[~≈]?\s*\d[\d,]*\s+{_COUNTED}", re.IGNORECASE)
_TIME_WITHIN = re.compile(r"\s(?:for|during|over)\s+(?P<time>\S[^,;]*(?:\b|(?<=\d))"
                          r"(?:h|d|(?:minute|hour|hr|day|week|wk|month)s?))\s*$", re.IGNORECASE)
_IN_COUNT = re.compile(r"^\d[\d,.]*(?:\s*[x×*]\s*|\s+)(?!to\b)(?:[A-Za-z]+[ -])*[A-Za-z]+[ -]?\d")


def of_time(text: str) -> str:
    """The chip whose time it is, or nothing: 'TPU v3' of '22 TPU v3 core-years'."""
    match = _OF_TIME.search(text)
    # a name without a model number ('GPU', 'pod') is no chip, nor are the days of '1 day 6 hours'
    return match["name"] if match and _MODEL.search(match["name"]) else ""


def unnamed(text: str) -> str:
    """The accelerator time with 'chip' in the place of its name, which may hold numbers: '3 RTX 3090-weeks'."""
    name = of_time(text)
    return text.replace(name, "chip", 1) if name else text


def within(name: str, known: str) -> bool:
    """Whether a fuller name says the same: 'A100' of 'NVIDIA A100 SXM 80GB'."""
    return fold.letters(name) in fold.letters(known)


def in_count(text: str) -> bool:
    """Whether a number of chips says which: '8x A100' does, '8 GPUs' does not."""
    return _IN_COUNT.match(text.strip()) is not None


def only_counted(text: str) -> bool:
    """Whether a text for the hardware only says how many there were: '50 GPUs'."""
    return _ONLY_COUNTED.fullmatch(text.strip()) is not None


def time_within(text: str) -> str:
    """The time at the end of a text for the hardware, or nothing: 'about 3 weeks' of '8 V100 for about 3 weeks'."""
    match = _TIME_WITHIN.search(text)
    return match["time"] if match else ""
