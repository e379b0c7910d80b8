"""Shapes that YAML nodes can be held against: each finds what is not as the schema says, with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from computeest.text.numbers import to_unit
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import Node

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file that findings can point at."""

    file: str
    line: int
    path: str = ""
    #: The chip, family or system it is in.
    owner: str | None = None

    @property
    def where(self) -> str:
        """The place in words: file, line and the path of keys."""
        return f"{self.file}:{self.line}: {self.path}" if self.path else f"{self.file}:{self.line}"

    def at(self, key: str, line: int) -> Spot:
        """The place of a key below this one."""
        return Spot(self.file, line, f"{self.path}.{key}" if self.path else key, self.owner)

    def error(self, code: str, message: str) -> Finding:
        """What must be put right here."""
        return Finding("error", code, self, message)

    def warning(self, code: str, message: str) -> Finding:
        """What looks wrong here."""
        return Finding("warning", code, self, message)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or looks wrong, with one value."""

    level: Level
    #: A short name of the check.
    code: str
    spot: Spot
    message: str

    @property
    def where(self) -> str:
        """The place in words: `nvidia.yaml:12: nvidia-k80.peak.fp32`."""
        return self.spot.where

    @property
    def subject(self) -> str:
        """The chip, family or system it is about; empty for a whole file."""
        return self.spot.owner or ""

    @property
    def excuses(self) -> tuple[str, str]:
        """What `lint-ok` may call it: the check, or the check at this field only, `matrix-rate.int4`."""
        return self.code, f"{self.code}.{self.spot.path.rpartition('.')[2]}"

    def __str__(self) -> str:
        return f"{self.where}: {self.level}: {self.message} [{self.code}]"


Shape = Callable[[Node, Spot], Iterator[Finding]]

_NUMBER_UNIT = re.compile(r"\d+(?:\.\d+)?(?:e\d+)? [A-Za-z/]+")


def anything(node: Node, spot: Spot) -> Iterator[Finding]:
    """Whatever it is: somebody else looks."""
    return iter(())


def text(node: Node, spot: Spot) -> Iterator[Finding]:
    """Some words."""
    if not isinstance(node.value, str) or not node.value.strip():
        yield spot.error("shape", "is no text")
    elif node.value != node.value.strip():
        yield spot.warning("name", f"'{node.value}' begins or ends with a space")


def flag(node: Node, spot: Spot) -> Iterator[Finding]:
    """A plain true or false."""
    if node.quoted or node.value not in ("true", "false"):
        yield spot.error("shape", "is neither true nor false")


def count(node: Node, spot: Spot) -> Iterator[Finding]:
    """A plain positive whole number."""
    if node.quoted or not isinstance(node.value, str) or not re.fullmatch(r"[1-9]\d*", node.value):
        yield spot.error("shape", "is no positive whole number")


def number(node: Node, spot: Spot) -> Iterator[Finding]:
    """A plain positive number."""
    if node.quoted or not isinstance(node.value, str) or not re.fullmatch(r"\d+(\.\d+)?", node.value):
        yield spot.error("shape", "is no number")
    elif float(node.value) == 0:
        yield spot.error("shape", "is 0")


def day(node: Node, spot: Spot) -> Iterator[Finding]:
    """A quoted day, `"2020-05-14"`."""
    if not isinstance(node.value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", node.value):
        yield spot.error("date", f"'{_shown(node)}' is no day such as \"2020-05-14\"")
        return
    try:
        date.fromisoformat(node.value)
    except ValueError:
        yield spot.error("date", f"'{node.value}' is not in the calendar")
        return
    if not node.quoted:
        yield spot.error("unquoted", f"{node.value} needs quotes: other YAML readers make it a date object")


def quantity(unit: str) -> Shape:
    """A quoted number with a unit that converts to `unit`."""
    def check(node: Node, spot: Spot) -> Iterator[Finding]:
        if not isinstance(node.value, str) or (not node.quoted and not _NUMBER_UNIT.fullmatch(node.value)):
            yield spot.error("unquoted", f'{_shown(node)} is no quoted quantity such as "1 {unit}"')
        elif not _NUMBER_UNIT.fullmatch(node.value):
            yield spot.error("quantity", f"'{node.value}' is not a plain number and a unit, such as \"1 {unit}\"")
        else:
            try:
                value = to_unit(node.value, unit)
            except UnitError as error:
                yield spot.error("quantity", f"'{node.value}': {error.what}, expected a quantity in {unit}")
                return
            if value == 0:
                yield spot.error("quantity", f"'{node.value}' is zero: leave out what is not known")
            if not node.quoted:
                yield spot.error("unquoted", f'{node.value} needs quotes: "{node.value}"')
    return check


def one_of(*words: str) -> Shape:
    """One of the given words."""
    def check(node: Node, spot: Spot) -> Iterator[Finding]:
        if node.value not in words:
            nearest = did_you_mean(_shown(node), words) or "one of " + ", ".join(words)
            yield spot.error("word", f"'{_shown(node)}' is not a value it can have; {nearest}")
    return check


def listing(item: Shape) -> Shape:
    """A list of things of one shape."""
    def check(node: Node, spot: Spot) -> Iterator[Finding]:
        if not isinstance(node.value, list):
            yield spot.error("shape", "is no list")
            return
        for index, entry in enumerate(node.value):
            yield from item(entry, spot.at(str(index), entry.line))
    return check


def table(key: Callable[[str], bool], item: Shape, what: str) -> Shape:
    """A mapping whose keys are names of the author's choosing, all values of one shape."""
    def check(node: Node, spot: Spot) -> Iterator[Finding]:
        if not isinstance(node.value, dict):
            yield spot.error("shape", "is no mapping")
            return
        for name, entry in node.value.items():
            here = spot.at(name, entry.line)
            if not key(name):
                yield here.error("unknown-key", f"'{name}' is no {what}")
            yield from item(entry, here)
    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """A mapping with known keys."""
    known = {**required, **(optional or {})}

    def check(node: Node, spot: Spot) -> Iterator[Finding]:
        if not isinstance(node.value, dict):
            yield spot.error("shape", "is no mapping")
            return
        yield from _missing(required, node.value, spot)
        for key, entry in node.value.items():
            here = spot.at(key, entry.line)
            if key not in known:
                yield here.error("unknown-key", f"'{key}' is no key of the schema" + nearest_of(key, known))
            else:
                yield from known[key](entry, here)
    return check


def nearest_of(word: str, among: Iterable[str]) -> str:
    """The end of a message: `; closest: ...`, or nothing."""
    nearest = did_you_mean(word, among)
    return f"; {nearest}" if nearest else ""


def _missing(required: Iterable[str], given: Mapping[str, Node], spot: Spot) -> Iterator[Finding]:
    for key in required:
        if key in given:
            continue
        if key == "source":
            yield spot.error("source-missing", "has no source: every value names a key of `sources`")
        elif key == "value" and "sparse" in given:
            yield spot.error("sparse-only", "has a sparse value and no dense one; the dense one is what counts")
        else:
            yield spot.error("missing-key", f"has no '{key}'")


def _shown(node: Node) -> str:
    return node.value if isinstance(node.value, str) else "a list" if isinstance(node.value, list) else "a mapping"
