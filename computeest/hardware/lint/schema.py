"""The schema of the hardware database's files, as shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from computeest.hardware.lint import money
from computeest.hardware.lint.shapes import (
    Finding,
    Shape,
    Spot,
    anything,
    count,
    day,
    flag,
    listing,
    number,
    one_of,
    quantity,
    record,
    table,
    text,
)
from computeest.text.yaml_nodes import Node

VECTOR_FORMATS = ("fp64", "fp32", "fp16", "bf16")
MATRIX_FORMATS = ("fp64-tensor", "fp32-matrix", "tf32", "fp16-tensor", "fp16-tensor-fp16acc", "bf16-tensor", "fp8",
                  "fp8-fp16acc", "fp6", "fp4")
INTEGER_FORMATS = ("int8", "int4")
FORMATS = (*VECTOR_FORMATS, *MATRIX_FORMATS, *INTEGER_FORMATS)
CONFIDENCES = ("high", "medium", "low")
SOURCE_KINDS = ("datasheet", "whitepaper", "vendor-doc", "press", "database", "derived")

_KEY = re.compile(r"[a-z0-9][a-z0-9.+-]*")


def _is_key(name: str) -> bool:
    return _KEY.fullmatch(name) is not None


def _peak(unit: str) -> Shape:
    """A rate of a chip: the dense one counts."""
    return record({"value": quantity(unit), "source": text}, {
        "sparse": quantity(unit), "base-clock": quantity(unit), "unit-kind": one_of("vector", "matrix"),
        "accumulate": one_of("fp32", "fp16", "int32"), "confirmed": text,
    })


def _published(unit: str) -> Shape:
    """A rate that the vendor prints of a machine, or of so many of it: dense, with sparsity, or both."""
    return record({"source": text}, {"value": quantity(unit), "sparse": quantity(unit), "of": count, "confirmed": text})


def _rates(each: Callable[[str], Shape]) -> Shape:
    """A rate for each number format."""
    def check(node: Node, spot: Spot) -> Iterator[Finding]:
        entries = node.value if isinstance(node.value, dict) else {}
        if not isinstance(node.value, dict):
            yield spot.error("shape", "is no mapping")
        for name, entry in entries.items():
            here = spot.at(name, entry.line)
            yield from one_of(*FORMATS)(Node(entry.line, name), here)
            yield from each("TOP/s" if name.startswith("int") else "TFLOP/s")(entry, here)
    return check


def _counts(node: Node, spot: Spot) -> Iterator[Finding]:
    entries = dict(node.value) if isinstance(node.value, dict) else {}
    yield from record({"source": text}, dict.fromkeys(entries, text))(node, spot)
    for name, entry in entries.items():
        if name not in ("source", "confirmed"):
            yield from count(entry, spot.at(name, entry.line))


def _pattern(node: Node, spot: Spot) -> Iterator[Finding]:
    if not isinstance(node.value, str) or not re.fullmatch(r"\S.*-\{n\}", node.value):
        yield spot.error("shape", "is no pattern such as v3-{n}")


def _value(unit: str, **more: Shape) -> Shape:
    return record({"value": quantity(unit), "source": text},
                  {"confirmed": text, **{k.replace("_", "-"): v for k, v in more.items()}})


_DAY = record({"value": day, "source": text}, {"confirmed": text, "second": record({"value": day, "source": text})})
_CLOCK = quantity("MHz")
_WATT = quantity("W")

CHIP = record(
    {
        "name": text, "kind": one_of("gpu", "tpu", "asic", "cpu", "soc", "wafer"), "architecture": text,
        "status": one_of("released", "announced", "cancelled", "rumoured"), "peak": _rates(_peak),
        "confidence": one_of(*CONFIDENCES),
    },
    {
        "vendor": text, "form-factor": text, "announced": _DAY, "released": _DAY, "expected": _DAY,
        "training-format": one_of(*(f for f in FORMATS if not f.startswith("int"))),
        "tdp": _value("W", term=text, scope=text, peak=_WATT),
        "power-measured": record({"source": text}, {"min": _WATT, "mean": _WATT, "max": _WATT}),
        "node-power": record({"value": _WATT, "source": text},
                             {"spread": number, "estimated": flag, "confirmed": text}),
        "memory": _value("GB", type=text),
        "bandwidth": _value("GB/s", bus_bits=count, gbit_per_pin=number, bus_source=text),
        "interconnect": _value("GB/s", type=text, direction=one_of("bidirectional", "unidirectional")),
        "clocks": record({"source": text}, {"base": _CLOCK, "boost": _CLOCK, "tensor": _CLOCK, "confirmed": text}),
        "units-count": _counts, "dies": count, "aliases": listing(text),
        "units": table(_is_key, number, "name of a part or multiple"),
        "slices": record({"pattern": _pattern, "n-counts": one_of("cores", "chips"), "chips-per-n": number},
                         {"also": listing(_pattern)}),
        "ambiguous": record({"question": text, "default": text}, {"factor": number, "others": listing(text)}),
        "limited": flag,
        "same-rates-as": record({"chip": text}, {"except": listing(one_of(*FORMATS))}),
        "successor-of": text,
        "disputed": listing(record({"field": text, "value": text, "by": text, "why": text})),
        "lint-ok": table(_is_key, text, "name of a check"), "note": text,
    },
)
SOURCE = record(
    {"title": text, "kind": one_of(*SOURCE_KINDS)},
    {"url": text, "accessed": day, "unopened": flag, "formula": text, "from": listing(text)},
)
_SOURCES = table(_is_key, SOURCE, "key of lower-case letters, digits, dots and hyphens")

#: One entry of each kind of file, by the name of the list it is in.
ENTRIES: dict[str, Shape] = {
    "chips": CHIP,
    "families": record(
        {"aliases": listing(text), "members": listing(text), "default": text},
        {"default-before": table(lambda key: True, text, "day"), "default-from": table(lambda key: True, text, "day"),
         "same-for-all": listing(one_of("peak")), "takes-names-of": listing(text)},
    ),
    "systems": record(
        {"name": text, "chip": text, "chips": number, "source": text},
        {"aliases": listing(text), "series": listing(text), "from": day, "until": day,
         "published-peak": _rates(_published),
         "second": record({"source": text}, {"chip": text, "chips": number, "memory": quantity("GB")}),
         "confirmed": text},
    ),
    "architectures": record(
        {"name": text, "unit": text, "years": listing(count)},
        {"cores-per-unit": count, "tensor-cores-per-unit": count,
         "rates": table(FORMATS.__contains__, number, "format"), "formats": listing(one_of(*FORMATS)),
         "clock": one_of("base", "boost"), "issue": count, "source": text, "confirmed": text},
    ),
    **money.ENTRIES,
}


_HEADS: dict[str, Shape] = {"schema": one_of("1"), "vendor": text, "sources": _SOURCES}
#: What stands at the head of a file with such a list, beside `schema`.
_NEEDED = {"chips": ("vendor", "sources"), "families": (), "systems": ("sources",), "architectures": ("sources",),
           **dict.fromkeys(money.ENTRIES, ("sources",))}


def whole_file(*kinds: str) -> Shape:
    """A whole file with these lists, without what is inside their entries."""
    heads = dict.fromkeys(("schema", *(head for kind in kinds for head in _NEEDED[kind])))
    lists = table(_is_key, anything, "id of lower-case letters, digits, dots and hyphens")
    return record({**{head: _HEADS[head] for head in heads}, **dict.fromkeys(kinds, lists)})


def kinds_of(document: Node) -> tuple[str, ...]:
    """Which of the lists a file holds."""
    return tuple(kind for kind in _NEEDED if isinstance(document.value, dict) and kind in document.value)
