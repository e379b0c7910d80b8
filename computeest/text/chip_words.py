"""Chips that a cell of another column names: '320,256 A100-hours', 'gpus: 8x A100'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from computeest.text import fold

_COUNTED = r"(?:[GTNDI]PU|chip|core|accelerator|device|card|processor)s?"
_OF_TIME = re.compile(
    r"(?:^|\s)(?:(?:thousand|million|billion|[kKMB])\s+)?"
    r"(?P<name>(?!about|around|approx|roughly|nearly|circa|over|under|x )[A-Za-z][\w.]*(?:[ -]+\w+)*?)"
    rf"(?:[ -]+{_COUNTED})?[ -]+(?:second|minute|hour|hr|day|week|month|year)s?\s*$", re.IGNORECASE)
#: A number of chips and how long they ran, in either order: '2048 A100s for 21 days', '15 days on 1536 TPUs'.
_COUNT = r"(?P<count>[~≈]?\s*\d[\d.,]*(?:\s?[kK]\b)?)\s*(?:[x×*]\s*)?"
_CHIPS = re.compile(rf"{_COUNT}(?P<name>[A-Za-z][^,;:/]*)")
#: What may stand between chips and their time, and a time behind it.
_FOR = re.compile(r"\s*(?:\b(?:for|over|during|in)\b|(?:\b|(?<=[s\d)]))\s*[x×*])\s*"
                  r"(?=(?:about |around |approximately |roughly |~|≈)?\s*[\d.])")
_ON = re.compile(r"(?P<time>.*?[A-Za-z])\s*(?:\b(?:on|with|using|across|of)\b|\s[x×*]|[×*])\s*"
                 rf"(?:{_COUNT}(?P<name>[A-Za-z][^,;:]*)|(?P<machine>(?:(?:an?|one)\s+)?(?:single\s+)?[A-Za-z][\w.-]*\d[^,;:]*))")
#: '500 hours (8 A100)': the brackets say how many of what ran.
_ON_IN_BRACKETS = re.compile(rf"(?P<time>.*[A-Za-z])\s*\((?:(?:on|with|using)\s+)?{_COUNT}"
                             r"(?P<name>[A-Za-z][^(),;:]*)\)", re.IGNORECASE)
#: A header's name and what stands in its brackets.
_PARTS, _PARTS_KEPT = re.compile(r"\s*[()\[\]{}]\s*"), re.compile(r"([()\[\]{}])")
#: Lines of accelerators, of which a count or a time may name one and no model.
_LINE = re.compile(r"(?<![A-Za-z])([GT]PU)s?(?![A-Za-z])", re.IGNORECASE)
#: What holds several chips, and is none: its hours are those of all that the hardware's name says it holds.
HOLDERS = frozenset(("node", "server", "machine", "instance", "host", "box", "system", "pod", "slice", "vm", "board"))
_HOLDER = re.compile(rf"(?<![A-Za-z])(?P<name>{'|'.join(sorted(HOLDERS))})s?[ -]"
                     r"(?=(?:second|minute|hour|hr|day|week|month|year)s?\s*$)", re.IGNORECASE)
_HOLDERS = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(HOLDERS))})s?\b", re.IGNORECASE)
#: '8 nodes x 8 GPUs', '8 nodes of 8' and '8 nodes with 8 GPUs each': what stands between says that each has so many.
_EACH_HOLDS = re.compile(
    rf"(?P<holders>\d[\d,]*)\s*(?:node|server|machine|instance|host|box|system|vm)(?:s|es)?\s*"
    rf"(?P<joint>[x×*]|of\b|with\b|,|\()\s*(?P<chips>\d+)(?:\s*{_COUNTED})?"
    r"(?P<each>\s*(?:each|apiece|/\s*node|per\s+(?:node|server|machine|instance|host)))?\s*\)?\s*", re.IGNORECASE)
#: '4 nodes of 8 A100' and '4 nodes with 8 A100 GPUs each': so many of a named chip on each.
_NODES_OF = re.compile(
    r"(?P<holders>\d[\d,]*)\s*(?:node|server|machine|instance|host|box|system|vm)(?:s|es)?\s*"
    r"(?P<joint>[x×*]|of\b|with\b)\s*(?P<chips>\d+)\s*[x×*]?\s*(?P<name>[A-Za-z][^,;:()]*?)"
    r"(?P<each>\s+(?:each|apiece|per\s+(?:node|server|machine|instance|host)))?\s*", re.IGNORECASE)
_MODEL = re.compile(r"[A-Za-z]\w*\d|^(?:NVIDIA |AMD |Google |Intel |Huawei )?(?:[RG]TX|TPU|Titan|Tesla|Quadro"
                    r"|GeForce|Radeon|Instinct|Gaudi|Ascend|Trainium|Inferentia)\b.*\d", re.IGNORECASE)
_ONLY_COUNTED = re.compile(rf"[~≈]?\s*\d[\d,]*\s+{_COUNTED}", re.IGNORECASE)
_TIME_WITHIN = re.compile(r"\s(?:for|during|over)\s+(?P<time>\S[^,;]*(?:\b|(?<=\d))"
                          r"(?:h|d|(?:minute|hour|hr|day|week|wk|month)s?))\s*$", re.IGNORECASE)
_OF_COUNT = re.compile(r"[~≈\d.,kK\s]*\d[kK]?\s*(?:[x×*]\s*)?(?P<name>[A-Za-z][^,;:]*)")
_IN_COUNT = re.compile(r"^\d[\d,.]*(?:\s*[x×*]\s*|\s+)(?!to\b)(?:[A-Za-z]+[ -])*[A-Za-z]+[ -]?\d")


#: A number among the words of a name that counts what is behind it: '8 A100' of 'nodes x 8 A100 x 21'.
_COUNTS = re.compile(r"(?:\b(?:x|of|with|times|and|on)|[×*])\s*\d", re.IGNORECASE)


def of_time(text: str) -> str:
    """The chip whose time it is, or nothing: 'TPU v3' of '22 TPU v3 core-years'."""
    match = _OF_TIME.search(text)
    # a name without a model number ('GPU', 'pod') is no chip, nor are the days of '1 day 6 hours'
    return match["name"] if match and _MODEL.search(match["name"]) and not _COUNTS.search(match["name"]) else ""


#: A model of chips anywhere among the words of a unit: 'A100' of '500 A100-h', 'H100-80GB' of '39M (H100-80GB) hours'.
_AMONG = re.compile(r"(?<![\w.])(?P<name>(?:[RG]TX |TPU |Titan |Tesla )?[A-Za-z]{1,7}-?\d{1,4}[A-Za-z]{0,2}"
                    r"(?:[- ]\d+ ?GB)?)(?!\w)")
#: '500 hours (A100)': the brackets say what ran, and no more of the time.
_BESIDE = re.compile(r"(?P<time>.*(?:second|minute|hour|hr|day|week|month)s?)\s*"
                     r"\((?:on\s+)?(?P<name>[A-Za-z][^()]*)\)\s*", re.IGNORECASE)


def among(text: str) -> str:
    """The model of chips among the words of a time, or nothing: 'H800' of '180K H800 GPU hours per token'."""
    match = _AMONG.search(text)
    return match["name"] if match else ""


def beside(text: str) -> tuple[str, str] | None:
    """A time and the chip that brackets behind it name; None where they say something else."""
    match = _BESIDE.fullmatch(text)
    name = named(match["name"]) if match else ""
    return (match["time"], name) if match and name else None


#: Hours that are said to be of each chip, whatever holds them: '240 GPU hours on 2 DGX A100'.
_OF_EACH = re.compile(r"(?<![A-Za-z])(?:GPU|NPU|chip|accelerator|device|card)s?[ -]+"
                      r"(?:seconds?|minutes?|hours?|hrs?|h|days?|weeks?|months?|years?)(?![A-Za-z])", re.IGNORECASE)


def of_each_chip(text: str) -> bool:
    """Whether a time is said to be that of chips, so that a machine named beside it multiplies nothing."""
    return _OF_EACH.search(text) is not None


def unnamed(text: str) -> str:
    """The accelerator time with 'chip' in the place of its name, which may hold numbers: '3 RTX 3090-weeks'."""
    name = of_time(text)
    return text.replace(name, "chip", 1) if name else text


def holder(text: str) -> str:
    """What a time is that of, where it is no chip: 'node' of '1,000 node-hours'."""
    match = _HOLDER.search(text)
    return match["name"].lower() if match else ""


def of_header(header: str) -> str:
    """The chip whose time a column holds, or nothing: 'RTX 3090' of 'GPU hours (RTX 3090)'."""
    within = (name for part in _PARTS.split(header)[1:] if part[:1].isalpha() and (name := named(part)))
    return of_time(header) or next(within, "") or among(header)


def holder_of_header(header: str) -> str:
    """What holds the chips whose time a column holds, or nothing: 'node' of 'Time (node-hours)'."""
    return next(filter(None, (holder(part.replace("_", " ")) for part in _PARTS.split(header))), "")


def with_chips(header: str) -> str:
    """A header of machines' time as one of chips' time: 'GPU hours' of 'node hours'."""
    parts = (_HOLDER.sub("GPU ", part.replace("_", " ")) if holder(part.replace("_", " ")) else part
             for part in _PARTS_KEPT.split(header))
    return "".join(parts)


def for_time(text: str) -> Iterator[tuple[str, str, str]]:
    """The number of chips, their name and how long they ran, in each way to divide a text so; nothing without any."""
    text = text.strip()
    for joint in reversed([*_FOR.finditer(text)]):
        if match := _CHIPS.fullmatch(text[:joint.start()]):
            yield match["count"], match["name"].strip(), text[joint.end():]
    if match := _ON.fullmatch(text):
        yield match["count"] or "1", (match["name"] or match["machine"]).strip(), match["time"]
    if (match := _ON_IN_BRACKETS.fullmatch(text)) and named(match["name"]):
        yield match["count"], match["name"].strip(), match["time"]


def line(text: str) -> str:
    """The one line of accelerators that a text names, or nothing: 'TPU' of '64 TPUs'."""
    lines = {match.upper() for match in _LINE.findall(text)}
    return lines.pop() if len(lines) == 1 else ""


def named(name: str) -> str:
    """The name of a model of chips or machines in some words, or nothing: 'V100' of 'V100 GPUs', none of 'GPUs'."""
    bare = re.sub(rf"^(?:(?:an?|one)\s+)?(?:single\s+)?|[ -]+{_COUNTED}$", "", name.strip(), flags=re.IGNORECASE)
    return bare if _MODEL.search(bare) else ""


def of_count(text: str) -> str:
    """The chip that a number of chips names, or nothing: 'V100s' of '64 V100s', none of '64 GPUs'."""
    match = _OF_COUNT.fullmatch(text.strip())
    return named(match["name"]) if match else ""


def of_holders(count: str, name: str) -> str:
    """A number of nodes with what each has, for the reader of hardware: '32 nodes of 8 A100'; or nothing."""
    return f"{count} {name}" if _HOLDERS.search(name) else ""


def multiplied(text: str) -> str:
    """A number of nodes and of unnamed chips in each as a product, '8 x 8 chips'; any other text as it is."""
    match = _EACH_HOLDS.fullmatch(text.strip())
    if match is None or (match["joint"].lower() in ("with", ",", "(") and not match["each"]):
        return text
    return f"{match['holders']} x {match['chips']} chips"


def on_nodes(text: str) -> tuple[int, str] | None:
    """How many of which chips some nodes have in all, 32 of '4 nodes of 8 A100'; None where the text does not say."""
    match = _NODES_OF.fullmatch(text.strip())
    if match is None or (match["joint"].lower() == "with" and not match["each"]) or not (name := named(match["name"])):
        return None
    return int(match["holders"].replace(",", "")) * int(match["chips"]), name


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
