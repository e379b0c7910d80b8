"""What a unit text means: pint reads it, after the spellings of papers are made pint's."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from computeest.problems import FaultError
from computeest.problems import texts as wrong
from computeest.text import kept
from computeest.text.package_data import files
from computeest.text.suggest import alike, closest, nearest

if TYPE_CHECKING:
    import pint

LONGEST = 60

_SCALES = {
    "k": "kilo", "m": "mega", "g": "giga", "t": "tera", "p": "peta", "e": "exa", "z": "zetta", "y": "yotta",
    "kilo": "kilo", "mega": "mega", "giga": "giga", "tera": "tera", "peta": "peta", "exa": "exa", "zetta": "zetta",
    "yotta": "yotta",
}
_SCALE = r"(?P<scale>kilo|mega|giga|tera|peta|exa|zetta|yotta|[kmgtpezy])?[ -]?"

#: A count of operations, in the many ways papers write it. `FLOPS` in capitals, `pfs` and `ops/s` are rates.
_OPERATIONS = re.compile(_SCALE + r"(?P<what>flop|fl|f|ops?|macs?|madds?|mult-?adds?)(?P<plural>s|'s)?", re.IGNORECASE)

#: Words people use for a unit that units.txt has under another name; all lower case, singular.
_WORDS = {
    "gpu": "chip", "tpu": "chip", "accelerator": "chip", "device": "chip", "card": "chip", "processor": "chip",
    "npu": "chip", "chip": "chip", "core": "core",
    "image": "example", "sample": "example", "sequence": "example", "seq": "example", "sentence": "example",
    "game": "example",
    "datapoint": "example", "position": "example", "frame": "example", "pair": "example", "video": "example",
    "clip": "example", "row": "example", "instance": "example", "protein": "example", "example": "example",
    "segment": "example", "utterance": "example", "document": "example", "caption": "example", "crop": "example",
    "volume": "example", "scan": "example", "recording": "example", "spectrogram": "example", "song": "example",
    "molecule": "example", "structure": "example", "graph": "example", "record": "example", "point": "example",
    "query": "example", "question": "example", "prompt": "example", "response": "example",
    "instruction": "example", "dialogue": "example", "conversation": "example", "demonstration": "example",
    "trajectory": "example", "episode": "example", "transition": "example", "interaction": "example",
    "triplet": "example", "tuple": "example", "context": "example",
    "tok": "token", "token": "token", "nucleotide": "token", "residue": "token", "codon": "token", "word": "word",
    "param": "parameter", "parameter": "parameter",
    "weight": "parameter",
    "iteration": "step", "iter": "step", "update": "step", "step": "step", "batch": "step", "minibatch": "step",
    "epoch": "epoch",
    "pass": "epoch",
    "fold": "fold",
    "ms": "millisecond", "millisecond": "millisecond",
    "s": "second", "sec": "second", "second": "second", "min": "minute", "minute": "minute", "h": "hour", "hr": "hour",
    "hour": "hour", "d": "day", "day": "day", "wk": "week", "week": "week", "month": "month", "mo": "month",
    "yr": "year", "year": "year", "y": "year",
    "percent": "percent", "pct": "percent",
    "usd": "dollar", "dollar": "dollar", "byte": "byte", "watt": "watt", "joule": "joule",
    "watthour": "watt_hour", "gram": "gram", "g": "gram", "kilogram": "kilogram", "kg": "kilogram", "tonne": "tonne",
    "ton": "tonne", "kilotonne": "kilotonne", "megatonne": "megatonne", "pound": "pound", "lb": "pound",
    "litre": "litre", "liter": "litre", "kilolitre": "kilolitre", "kiloliter": "kilolitre", "megalitre": "megalitre",
    "fraction": "dimensionless", "dimensionless": "dimensionless",
}
#: Words that say which tokens, images or hours are meant, and not another quantity.
_SAID_OF = frozenset((
    "training", "train", "pretraining", "pre", "total", "unique", "distinct", "labeled", "labelled", "unlabeled",
    "unlabelled", "annotated", "raw", "filtered", "uncompressed", "text", "language", "web", "english",
    "multilingual", "bpe", "subword", "sub", "wordpiece", "sentencepiece", "of", "data", "wall", "clock", "wallclock",
    "elapsed", "seen", "processed", "gradient", "optimizer", "parallel", "fine", "tuning", "finetuning", "source",
    "target", "high", "quality", "estimate", "estimated", "mfu", "fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4",
    "dense", "precision"))
#: '3 days of wall-clock time': which time is no part of how long it was.
_WALL_TIME = re.compile(r"(?:\bof )?\b(?:wall|clock|training|elapsed)[- ](?:clock[- ])?time$", re.IGNORECASE)
#: What goes on behind a unit says another fact: '300 epochs on ImageNet-21k', '1.2M iterations with batch size 256'.
_SAYS_MORE = frozenset(("on", "with", "using", "for", "at", "over", "in", "from", "and", "plus", "then", "each"))
#: Number formats in front of FLOP: how they were computed, not how many.
_FORMATTED = re.compile(r"\b(?:fp|bf|tf|float)(?:64|32|16|8|4)[ -](?=\w*(?:flop|f\b|fs\b))", re.IGNORECASE)
#: Symbols whose case matters: bytes, watts, hertz and their multiples.
_SYMBOL = re.compile(r"(?P<scale>Ki|Mi|Gi|Ti|[kKMGTPE])?(?P<unit>B|Wh|W|J|Hz)")
_SYMBOLS = {"B": "byte", "Wh": "watt_hour", "W": "watt", "J": "joule", "Hz": "hertz"}
#: 'GT' and 'Gtokens': model cards count tokens in billions so.
_MANY_TOKENS = re.compile(r"(?P<scale>[MGT])tok(?:en)?s?|(?P<giga>G)T")
_BINARY = {"Ki": "kibi", "Mi": "mebi", "Gi": "gibi", "Ti": "tebi"}
#: 'A100-hours', 'TPUv3-days', 'v4 chip-days': a chip's name stands for one chip.
_CHIP_NAME = re.compile(r"[A-Za-z]{1,7}\d{1,4}[A-Za-z]{0,2}|SXM|PCIe|NVL")
#: Symbols of gases look like chips' names.
_GAS = re.compile(r"(?:[kmg]?t|[kg]?g)?(?:co2|ch4|n2o|sf6)(?:eq?)?")
_CHIP_MEMORY = re.compile(r"([A-Za-z]\d{1,4}[A-Za-z]{0,2}|SXM\d?|PCIe)[- ]\d+ ?GB\b")
_RUN_TOGETHER = re.compile(r"\b([GTN]PU|chip)s?(h|hrs?|hours?|d|days?)\b", re.IGNORECASE)
_BARE_RATE = re.compile(r"[KMGTPEZ]F")
_APART = str.maketrans("", "", " -_")
_TIMES = frozenset(("second", "minute", "hour", "day", "week", "month", "year"))
_SPELLED = re.compile(_SCALE + r"(?P<unit>bytes?|watt[-_ ]?hours?|watts?|joules?|hertz)", re.IGNORECASE)
#: What a unit of each dimension measures, in words.
_DIMENSIONS = {
    "FLOP": "compute (FLOP)", "FLOP/second": "compute per time (FLOP/s)", "OP/second":
    "a rate of integer operations (OP/s)", "OP": "a count of integer operations (OP)",
    "MAC": "a count of multiply-adds (MAC)", "second": "time", "chip*second": "accelerator time",
    "chip": "a number of chips", "FLOP/second/chip": "compute per time and chip", "token": "a number of tokens",
    "token/epoch": "a number of tokens per epoch", "example/epoch": "a number of examples per epoch",
    "second/epoch": "time per epoch", "second/step": "time per step", "chip*second/token":
    "accelerator time per token", "chip*second/epoch": "accelerator time per epoch", "chip*second/fold":
    "accelerator time per fold",
    "word/epoch": "a number of words per epoch", "byte/epoch": "an amount of data per epoch",
    "token/word": "tokens per word", "word/byte": "words per amount of data", "core": "a number of cores",
    "core*second": "core time", "chip/core": "chips per core", "FLOP/parameter/token":
    "compute per parameter and token", "FLOP/MAC": "compute per multiply-add",
    "example": "a number of examples", "word": "a number of words", "parameter": "a number of parameters",
    "step": "a number of steps", "epoch": "a number of epochs", "byte": "an amount of data", "watt": "power",
    "joule": "energy", "dollar": "money", "dimensionless": "a plain number", "hertz": "a frequency",
    "FLOP/example": "compute per example", "FLOP/token": "compute per token", "MAC/example":
    "multiply-adds per example", "token/step": "tokens per step", "example/step": "examples per step",
    "example/step/chip": "examples per step and device", "example/chip": "examples per device",
    "1/chip": "so many per device",
    "token/example": "tokens per example", "byte/second": "data per time", "dollar/chip/second":
    "a price per accelerator time", "watt/chip": "power per chip", "dollar/second": "money per time",
    "gram": "a mass of greenhouse gases", "gram/joule": "greenhouse gases per energy",
    "dollar/joule": "a price of energy", "dollar/chip": "a price per chip", "litre": "a volume",
    "litre/joule": "a volume per energy", "1/second": "a rate",
}


class UnitError(FaultError):
    """A unit text that means nothing, or not this."""


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The one unit registry, holding units.txt and nothing else."""
    _import_pint()
    import pint

    found: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    found.load_definitions(files("computeest").joinpath("units.txt").read_text("utf-8").splitlines())
    return found


def _import_pint() -> None:
    """Import pint (0.2 s) without the array libraries it looks for, which are not used here and cost as much again."""
    hidden = [name for name in ("dask", "scipy", "xarray") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python marks what cannot be had
    try:
        import pint  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


@lru_cache(maxsize=4096)
def dimension(unit: str) -> str:
    """The dimension of a canonical unit, as text that is equal for units that convert into one another."""
    known: str | None = _usual()["dimensions"].get(unit)
    return _dimension(unit) if known is None else known


def _dimension(unit: str) -> str:
    powers = {name: float(power)  # type: ignore[arg-type]  # never complex: no unit here is raised to a power
              for name, power in registry().get_dimensionality(registry().parse_units(unit)).items()}
    # in one order, for pint keeps that in which it first met the names
    above = [_power(name, power) for name, power in sorted(powers.items()) if power > 0]
    below = [f" / {_power(name, -power)}" for name, power in sorted(powers.items()) if power < 0]
    return (" * ".join(above) or "1") + "".join(below) if powers else "dimensionless"


def _power(name: str, power: float) -> str:
    return name if power == 1 else f"{name} ** {power:g}"


@lru_cache(maxsize=4096)
def factor(unit: str, to: str) -> float:
    """How many `to` one `unit` is, both canonical; UnitError when they are of different dimensions."""
    known: float | None = 1.0 if unit == to else _usual()["factors"].get(to, {}).get(unit)
    if known is not None:
        return known
    if dimension(unit) == dimension(to):
        return _factor(unit, to)
    raise UnitError(wrong.UNITS_DIFFER(unit=describe(unit), to=describe(to)))


def _factor(unit: str, to: str) -> float:
    # fifteen figures, for 1.0 GFLOP is 999999999.9999999 FLOP where prefixes are multiplied as floats
    return float(f"{registry().convert(1.0, unit, to):.15g}")


@cache
def _usual() -> Mapping[str, Mapping[str, Any]]:
    """What pint says of the units that papers use most: without them it need not be imported (90 ms)."""
    own = files("computeest")
    contents = kept.digest(*(own.joinpath(name).read_bytes() for name in ("units.txt", "text/units.py")))
    found = kept.recall("units", contents)
    if found is None:
        found = {"dimensions": {unit: _dimension(unit) for unit in (*_DIMENSIONS, *_scaled())}}
        dimensions = found["dimensions"]
        found["factors"] = {to: {unit: _factor(unit, to) for unit, of in dimensions.items() if of == dimensions[to]}
                            for to in (*_DIMENSIONS, "chip * second", "core * second")}
        kept.keep("units", contents, found)
    return found


def _scaled() -> Iterator[str]:
    """The usual multiples: of FLOP, of rates of FLOP, of those for a time, of data, power and energy, and times."""
    scales = ("", *sorted({*_SCALES.values()} - {"yotta"}))
    for scale in scales:
        yield from (f"{scale}{unit}" for unit in ("FLOP", "OP", "MAC", "byte", "watt", "watt_hour", "joule", "hertz"))
        yield from (f"{scale}{unit} / second" for unit in ("FLOP", "OP"))
        yield from (f"{scale}FLOP / second * {time}" for time in ("hour", "day", "year"))
    for time in sorted(_TIMES):
        yield from (time, f"chip * {time}", f"core * {time}", f"1 / {time}")
    yield from ("kilogram", "tonne", "kilotonne", "pound", "kilolitre", "gram/kilowatt_hour", "dollar/kilowatt_hour",
                "dollar/chip/hour", "percent")


def is_rate(unit: str) -> bool:
    """Whether the unit is something per time, which decides what a plural `FLOPs` means."""
    return "[time]" in dimension(unit).partition("/")[2]


def says_nothing(text: str) -> bool:
    """Whether words behind a number only say which one it is, and no unit: '65B total', '46 (estimated)'."""
    words = re.findall(r"[^\W_]+", text)
    return bool(words) and _SAID_OF.issuperset(word.lower() for word in words) and not re.search(r"[/%$^*]", text)


@lru_cache(maxsize=4096)
def canonical(text: str, rate: bool = False) -> str:
    """The unit in units.txt's words: 'PF-days' is 'petaFLOP / second * day'. UnitError says what is not a unit."""
    if len(text) > LONGEST:
        raise UnitError(wrong.UNIT_TOO_LONG(text=text[:20]))
    if re.search(r"\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹]|\w\(", text):
        raise UnitError(wrong.UNIT_TO_A_POWER(text=text))
    spelled = re.sub(r"\bper\b|\ba\b(?=\s)", "/", text.replace("%", " percent ").replace("$", " USD "))
    spelled = re.sub(r"\b(?:half|single|double)[ -]precision\b", "", re.sub(r"[(){}\[\]]", " ", spelled))
    spelled = re.sub(r"\bforward[ -]pass\b", "example", re.sub(r"\bin total\b", " ", _WALL_TIME.sub(" ", spelled)))
    numerator, *denominators = (part.strip(" -*·×") for part in re.split(r"\s*/\s*", spelled))
    # 'TFLOPs per GPU' of a rate are per second too
    timeless = all(_word(_factors(part)[0], text) in ("chip", "core") for part in denominators)
    terms = [_product(numerator, text, rate and timeless)] if numerator else []
    for part in denominators:
        first, *rest = _factors(part)
        if not rest or _word(first, text) == "second" or not terms:
            # 'petaflop/s-day' is a rate for a day, while in 'USD per GPU-hour' the whole compound divides
            terms.append(f"/ {_word(first, text)}")
            terms.extend(f"* {_word(word, text)}" for word in rest)
        else:
            terms.extend(f"/ {_word(word, text)}" for word in (first, *rest))
    joined = " ".join(terms)
    return f"1 {joined}" if joined.startswith("/") else joined or "dimensionless"


def describe(unit: str) -> str:
    """What a canonical unit measures, in words: 'compute', 'compute per time', 'time', ..."""
    return _meanings().get(dimension(unit), f"a quantity in '{unit}'")


@cache
def _meanings() -> dict[str, str]:
    return {dimension(unit): words for unit, words in _DIMENSIONS.items()}


def _factors(part: str) -> list[str]:
    words = [word for word in re.split(r"[\s*·×,-]+", part) if word]
    if not words:
        raise UnitError(wrong.UNIT_MISSING())
    return [word for word in words if word.lower() not in _SAID_OF] or words


def _product(part: str, text: str, rate: bool) -> str:
    words = _factors(_glued(part))
    units = _counted([_word(word, text) for word in words])
    timed = any(unit in _TIMES for unit in units[1:])
    plural = words[0][-1] in "sS"
    bare = _BARE_RATE.fullmatch(words[0]) is not None
    if units[0].endswith(("FLOP", "OP")) and (timed or (rate and (plural or bare))):
        # 'petaflop-days' and 'PF-days' can only mean petaFLOP/s-days; 'TFLOPs' and 'TF' of a peak can only mean a rate
        units[0] += " / second"
    return " * ".join(units)


def _counted(units: list[str]) -> list[str]:
    """One counted thing: 'H800 GPU hours' are chip-hours, 'TPUv3-core-days' core-days, 'sentence pairs' examples."""
    things = {unit for unit in units if unit in ("chip", "core")} or {unit for unit in units if unit == "example"}
    if not things:
        return units
    return ["core" if "core" in things else things.pop(), *(u for u in units if u not in ("chip", "core", "example"))]


def _glued(part: str) -> str:
    """'peta flop' and 'watt-hours' as one word each, so that splitting at spaces and hyphens keeps them."""
    part = re.sub(r"\b(kilo|mega|giga|tera|peta|exa|zetta|yotta)[ -](?=flop|op|mac|watt|byte|joule)", r"\1", part,
                  flags=re.IGNORECASE)
    part = _RUN_TOGETHER.sub(r"\1 \2", _CHIP_MEMORY.sub(r"\1", _FORMATTED.sub("", part)))
    part = re.sub(r"\b(?:sub-?word|byte[ -]pair)(?=[ -])|\b(?:mini|weight|parameter)[ -](?=batch|update)", "", part,
                  flags=re.IGNORECASE)
    part = re.sub(r"\bword[ -]pieces?\b", "token", part, flags=re.IGNORECASE)
    part = re.sub(r"\bamino[ -]acids?\b|\bbase[ -]?pairs?\b", "nucleotide", part, flags=re.IGNORECASE)
    part = re.sub(r"\bmult(?:iply)?[ -]adds?\b", "MAC", part, flags=re.IGNORECASE)
    part = re.sub(r"\bfloating[ -]point[ -]operations?\b", "FLOP", part, flags=re.IGNORECASE)
    return re.sub(r"watt[ -]hours?", "watthour", part, flags=re.IGNORECASE)


def _word(word: str, text: str) -> str:
    """One word's canonical unit."""
    lower = word.lower()
    singulars = (lower.removesuffix("s"), lower.removesuffix("es"), re.sub("ies$", "y", lower))
    for candidate in (lower, *singulars, lower.removesuffix("."), lower.removesuffix("s.")):
        if candidate in _WORDS:
            return _WORDS[candidate]
    if match := _SYMBOL.fullmatch(word):
        scale = match["scale"] or ""
        return (_BINARY.get(scale) or _SCALES.get(scale.lower(), "")) + _SYMBOLS[match["unit"]]
    if match := _MANY_TOKENS.fullmatch(word):
        return f"{_SCALES[(match['scale'] or match['giga']).lower()]}token"
    if match := _OPERATIONS.fullmatch(word):
        return _operations(word, match)
    if match := _SPELLED.fullmatch(lower):
        unit = match["unit"].removesuffix("s").translate(_APART)
        return _SCALES.get(match["scale"] or "", "") + {"watthour": "watt_hour"}.get(unit, unit)
    if match := re.fullmatch(r"([kmbt])-?((?:token|word|param|parameter|image|example|sample|step)s?)", lower):
        raise UnitError(wrong.UNIT_RUN_TOGETHER(word=word, scale=match[1].upper(), unit=match[2]))
    if _CHIP_NAME.fullmatch(word) and not _GAS.fullmatch(lower):
        return "chip"
    raise _no_unit(word, text.strip())


def _no_unit(word: str, text: str) -> UnitError:
    """What is wrong with a word that is none, and what was expected."""
    if word.lower() == "m":
        return UnitError(wrong.UNIT_AMBIGUOUS(word=word))
    if word.lower() in _SAYS_MORE:
        return UnitError(wrong.UNIT_SAYS_MORE(text=text))
    inside = "" if word == text else f" in '{text}'"
    return UnitError(wrong.UNIT_PART_UNKNOWN(word=word, inside=inside, near=_closest(word)))


def _operations(word: str, match: re.Match[str]) -> str:
    what, scale = match["what"].lower(), _SCALES.get((match["scale"] or "").lower(), "")
    kind = "MAC" if what.startswith("m") else "OP" if what.startswith("op") else "FLOP"
    if what == "f" and not scale:
        raise UnitError(wrong.UNIT_UNKNOWN(word=word, near=_closest(word)))
    # Capitals decide: FLOPS and TOPS are rates by convention, FLOPs is the plural of a count; PFs- and pfs- are rates.
    rate = word.endswith("OPS") or (what in ("f", "fl") and match["plural"] is not None)
    return f"{scale}{kind} / second" if rate and kind != "MAC" else f"{scale}{kind}"


def _closest(word: str) -> str:
    """The units that a word may be a slip of the pen for: nights are no weights, a single one is no song."""
    singular = word.lower().removesuffix("s") if len(word) > 3 else word.lower()
    return closest([name for name in nearest(singular, _NAMES)
                    if alike(singular, name.lower()) or sorted(singular) == sorted(name.lower())])


_NAMES = (*_WORDS, "FLOP", "FLOP/s", "TFLOP/s", "PFLOP", "petaflop/s-day", "GPU-hour", "MAC", "GMAC", "TOP/s", "GB",
          "kWh", "MWh")
