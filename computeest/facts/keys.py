"""What stands under the keys of a paper, as cells: `cells_of` reads those of a paper's top or of one of its runs."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from computeest import schema
from computeest.problems import CellError, Fault, InputError, Problem
from computeest.problems import facts as wrong
from computeest.schema import cell_times, cells
from computeest.schema.architecture import names_of_parameters
from computeest.schema.cells import Cell
from computeest.text import chip_words, fold, numbers
from computeest.text.files import MAY_BE_NAMED
from computeest.text.suggest import closest, did_you_mean
from computeest.text.yaml_nodes import Node, plain

#: More than this is one mistake made many times.
MOST_PROBLEMS = 50

#: Columns whose 'unknown' and 'n/a' are no value; other texts may be of any words.
_NEVER_UNKNOWN = frozenset((*schema.NUMERIC, "published", "number_format", "utilization_kind", "chip", "family"))
_CELL_KEYS = ("value", "unit", "source", "quote", "note", "page", "line", "probability", "alternatives")
#: Characters of all keys of a mapping whose columns are remembered.
_LONGEST_KEYS = 1_000

#: What stands under a key: what YAML has there, or a text or a number of Python's.
Given: TypeAlias = Node | str | float


def given_in(mapping: Mapping[Any, Any]) -> dict[str, Given]:
    """What stands under the keys of a Python mapping; nodes are made of what is no text and no number."""
    # nodes for all of it were a fifth of the time of many mappings
    return {str(key): value if type(value) in _PLAIN else _given(str(key), value) for key, value in mapping.items()}


_PLAIN = frozenset((str, float, int))


def _given(key: str, value: Any) -> Node:
    if key == "runs" and isinstance(value, (list, tuple)):
        return Node(0, [Node(0, given_in(run)) if isinstance(run, Mapping)  # type: ignore[arg-type]
                        else node_of(run) for run in value])
    return node_of(value)


def node_of(value: Any) -> Node:
    """A Python value as the node that YAML would give for it."""
    if isinstance(value, (str, float)):  # numpy's floats print otherwise
        return Node(0, value, quoted=True) if isinstance(value, str) else \
            Node(0, repr(float(value)) if value == value else "")
    if isinstance(value, (dict, Mapping)):  # of what is none, to ask whether it is a mapping takes longest
        return Node(0, {str(key): node_of(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return Node(0, [node_of(item) for item in value])
    return Node(0, "" if value is None or _is_missing(value) else _written(value))


def _is_missing(value: Any) -> bool:
    """Whether a value is one of those that stand for none in frames: NaN of any kind, NaT, pandas.NA."""
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def _written(value: Any) -> str:
    """The text of a value; of a whole number of more digits than Python writes (4,300) its power of ten."""
    try:
        return str(value)
    except ValueError:
        if not isinstance(value, int):
            raise
        return f"{'-' * (value < 0)}1e{math.floor(value.bit_length() * math.log10(2))}"


@dataclass(slots=True)
class Problems:
    """Collects the problems of one file."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, place: str, fault: Fault) -> None:
        """Add one; InputError where there are more than anybody reads."""
        self.found.append(Problem(self.file, line, place, fault))
        if len(self.found) == MOST_PROBLEMS:
            self.found.append(Problem(self.file, sys.maxsize, "", wrong.READING_STOPS()))
            self.raise_any()

    def raise_any(self) -> None:
        """InputError with all of them, where there are any."""
        if self.found:
            found = sorted(self.found, key=lambda problem: problem.line)
            raise InputError(replace(p, line=0) if p.line == sys.maxsize else p for p in found)

class _Key(NamedTuple):
    """What a key means beside the others of its mapping."""

    #: None where it means nothing that a paper states.
    field: schema.Field | None
    #: The unit of its bare numbers, where that is not the column's own.
    unit: str | None
    #: The column that it is instead where its text says so, and that no other key means.
    instead: str


def cells_of(entries: Mapping[str, Given], prefix: str, problems: Problems) -> dict[str, Cell]:
    """The facts under the keys, by column; what is wrong with them is added to the problems."""
    found: dict[str, Cell] = {}
    names = tuple(entries)
    short = len("".join(names)) <= _LONGEST_KEYS
    keys = (_keys if short else _keys.__wrapped__)(schema.in_use(), names)
    for (name, given), (field_, unit, instead) in zip(entries.items(), keys, strict=True):
        if field_ is None:
            problems.add(_line(given), prefix.rstrip("."), wrong.KEY_UNKNOWN(key=name[:60], near=_nearest_key(name)))
            continue
        if instead and _INSTEAD[instead](_text(given)):
            field_, unit = schema.FIELDS[instead], None
        try:
            cell = _cell(field_, unit, given, problems.file)
        except CellError as error:
            problems.add(_line(given), f"{prefix}{name}", error.fault)
            continue
        if cell is None:
            continue
        if cell.column in found:
            problems.add(_line(given), f"{prefix}{name}",
                         wrong.FACT_GIVEN_TWICE(column=cell.column, first=found[cell.column].line))
        found[cell.column] = cell
        for other in cell.also:
            found.setdefault(other.column, other._replace(line=cell.line, source=cell.source, quote=cell.quote))
    if "batch_size" in found and (doubt := _doubt(found)) is not None:
        problems.add(found["batch_size"].line, f"{prefix}batch_size", doubt)
    return _without_kinds(found) if "utilization_kind" in found else found


@lru_cache(maxsize=512)  # papers estimated together mostly have the same keys: a tenth of their time
def _keys(columns: schema.Columns, names: tuple[str, ...]) -> tuple[_Key, ...]:
    meant = [columns.names.get(schema.key(name)) for name in names]
    found = []
    for name, column in zip(names, meant, strict=True):
        field_ = columns.fields[column] if column is not None else None
        if field_ is None or field_.group == "derived":
            found.append(_Key(None, None, ""))
            continue
        # '8x A100' of a number of chips says both
        instead = {"chips": "chip", "chip": "chips"}.get(field_.name, "")
        found.append(_Key(field_, field_.unit_aliases.get(schema.key(name)), "" if instead in meant else instead))
    return tuple(found)


#: A batch that may be a product of sequences and their length: '512 x 1024' beside a length of 1,024.
_FACTORS = re.compile(r"\s*(\d[\d,]*)\s*[x×*]\s*(\d[\d,]*)\s*")


def _doubt(cells_: Mapping[str, Cell]) -> Fault | None:
    """What is wrong with a batch that may be as many sequences, or as many tokens; None where it is neither."""
    batch, length = cells_["batch_size"], cells_.get("sequence_length") or cells_.get("context_window")
    match = _FACTORS.fullmatch(batch.text)
    if length is None or match is None or (
            length.value not in [numbers.to_unit(factor, "token/example") for factor in match.groups()]):
        return None
    return wrong.BATCH_TIMES_LENGTH(text=batch.text, value=batch.value, length=length.value)


def _line(given: Given) -> int:
    return given.line if isinstance(given, Node) else 0


#: Whether a text of hardware is one of the other column: of a number of chips a chip, of a chip a number of unnamed
#: ones.
_INSTEAD = {"chip": chip_words.in_count, "chips": chip_words.only_counted}


def _text(given: Given) -> str:
    if not isinstance(given, Node):
        return given if isinstance(given, str) else _written(given)
    value = given.value.get("value", given).value if isinstance(given.value, dict) else given.value
    return value if isinstance(value, str) else ""


def _chip_of(known: Mapping[str, Cell], name: str) -> bool:
    return "chip" in known and chip_words.within(name, known["chip"].text)


def with_named_chip(own: dict[str, Cell], known: Mapping[str, Cell]) -> dict[str, Cell]:
    """The chip that a time names, where no key says it better: '320,256 A100-hours'."""
    time = next((own[column] for column in cell_times.COLUMNS if column in own and own[column].of_chip), None)
    name = time.of_chip if time is not None and time.of_chip not in chip_words.HOLDERS else ""
    if time is None or not name or "chip" in own or _chip_of(known, name):
        return own
    return own | {"chip": time._replace(column="chip", value=name, text=name, sigma=0.0)}


def with_time_of_chip(own: dict[str, Cell], known: Mapping[str, Cell]) -> dict[str, Cell]:
    """The wall-clock time that the hardware's text ends with, where no key says it: '64 A100 for 21 days'."""
    time = chip_words.time_within(own["chip"].text) if "chip" in own else ""
    if not time or known.keys() & {"time", "chip_time", "core_time"}:
        return own
    try:
        read = cells.number(schema.FIELDS["time"], time)
    except CellError:
        return own
    return own | {"time": own["chip"]._replace(column="time", value=read.value, text=time, sigma=read.sigma)}


def _nearest_key(key: str) -> str:
    if schema.key(key) in names_of_parameters():
        return f"write it under 'architecture', beside a family: architecture: {{{key}: ...}}"
    return closest(schema.suggestions(key)) or "see `computeest schema` for all keys"


def _without_kinds(found: dict[str, Cell]) -> dict[str, Cell]:
    """A utilization of a stated kind under that kind's own column, so that no rule needs to ask."""
    kind = found.get("utilization_kind")
    for stated, target in schema.UTILIZATION_KINDS.get(kind.value if kind else "", {}).items():
        if stated in found:
            found[target] = found.pop(stated)._replace(column=target)
    return found


def _cell(field_: schema.Field, unit: str | None, given: Given, file: str) -> Cell | None:
    """The fact under one key; None when the author left it empty. `unit` is that of the key's bare numbers."""
    if not isinstance(given, Node) and field_.kind in ("mapping", "list"):
        given = node_of(given)
    if isinstance(given, str):
        return None if _says_none(field_, given) else _read(field_, given, unit)
    if not isinstance(given, Node):
        return _read(field_, _written(given), unit) if given == given else None
    if field_.kind in ("mapping", "list"):
        return _structure(field_, given, Path(file).parent)
    if field_.name == "chip" and isinstance(given.value, dict) and (listed := _listed(given.value)):
        given = Node(given.line, listed, quoted=True)
    text, extra = _annotated(given.value) if isinstance(given.value, dict) else (given, {})
    if not isinstance(text.value, str):
        raise CellError(wrong.CELL_NOT_ONE_VALUE(example=field_.example))
    if text.is_null or _says_none(field_, text.value):
        return None
    written = extra.pop("unit", None)
    cell = _read(field_, _with_unit(text.value, written), unit)
    return cell.told(text.line, extra) if text.line or extra else cell


def _listed(entries: Mapping[str, Node]) -> str:
    """Chips and how many there were of each, `{A100: 8, V100: 16}`, as a text; empty where the keys are none."""
    if not all(isinstance(node.value, str) and node.value.isdecimal() for node in entries.values()) or (
            "value" in entries):
        return ""
    if len(entries) == 1:
        return next(f"{name}: {node.value}" for name, node in entries.items())  # which may be its memory
    return " and ".join(f"{node.value} x {name}" for name, node in entries.items())


def _with_unit(value: str, unit: str | None) -> str:
    """The value in its unit, which may stand behind it already: `300B` in `B` is no bytes."""
    if not unit:
        return value
    value, unit = value.rstrip(), unit.strip()
    before = value.removesuffix(unit)
    stands = before != value and not before[-1:].isalpha() and not unit[:1].isdigit()
    return value if stands else f"{value} {unit}"


def _read(field_: schema.Field, text: str, unit: str | None) -> Cell:
    cell = cells.read(field_, text, unit)
    if unit and not re.search(r"[A-Za-z%$]{2}", cell.text):
        return cell._replace(text=f"{cell.text} {unit.replace(' * ', '-')}")  # what the key says
    return cell


def _says_none(field_: schema.Field, text: str) -> bool:
    """Whether a cell says that there is no value; an unknown base model is one, of unknown compute."""
    if field_.name in _NEVER_UNKNOWN:
        return fold.no_value(text) and fold.letters(text) not in field_.says
    return field_.name == "base_model" and fold.no_value(text, fold.NOTHING)


def _annotated(entries: Mapping[str, Node]) -> tuple[Node, dict[str, Any]]:
    """The value of a `{value: 90, source: ..., quote: ...}` mapping, and what is said of it."""
    for key, node in entries.items():
        if key not in _CELL_KEYS:
            if key[:1].isdigit() and node.is_null:
                raise CellError(wrong.COMMA_ENDS_VALUE(key=key[:60]))
            raise CellError(wrong.CELL_KEY_UNKNOWN(key=key[:60], known=", ".join(_CELL_KEYS),
                                                   near=did_you_mean(key, _CELL_KEYS)))
        if key == "alternatives":
            _checked_alternatives(node)
        elif not isinstance(node.value, str):
            raise CellError(wrong.CELL_KEY_NOT_ONE_VALUE(key=key))
    if "value" not in entries:
        raise CellError(wrong.CELL_WITHOUT_VALUE())
    extra = {key: str(entries[key].value) for key in ("unit", "source", "quote", "note") if key in entries}
    place = next((f"{key} {entries[key].value}" for key in ("page", "line") if key in entries), "")
    return entries["value"], {"source": place} | extra if place else extra


def _checked_alternatives(node: Node) -> None:
    """Other readings of a fact, which no number is made of: a list of values, with where they are from."""
    entries = node.value if isinstance(node.value, list) else [node]
    for entry in entries:
        if isinstance(entry.value, list) or (isinstance(entry.value, dict) and "value" not in entry.value):
            raise CellError(wrong.ALTERNATIVE_WITHOUT_VALUE())


#: Parameters of architectures that name a file.
FILES = ("config", "onnx")


def no_files(architecture: Mapping[str, Any]) -> None:
    """CellError where an architecture names a file and facts may not name any."""
    for key in FILES:
        if isinstance(architecture.get(key), (str, Path)) and not MAY_BE_NAMED.get():
            expected = "the contents of config.json" if key == "config" else "the network as layers"
            raise CellError(wrong.FILE_NAMED_IN_FACTS(key=key, expected=expected))


def _structure(field_: schema.Field, node: Node, folder: Path) -> Cell | None:
    """The structure under one key, None when the author left it empty; `folder` is where the paper lies."""
    if node.is_null:
        return None
    wanted: type = dict if field_.kind == "mapping" else list
    if field_.name == "architecture" and isinstance(node.value, str) and node.value.strip():
        return Cell(field_.name, {"variant": node.value.strip()}, text=node.value.strip(), line=node.line)
    if not isinstance(node.value, wanted):
        expected = f"such as {field_.example}" if field_.example else "a list of layers, each starting with '- '"
        raise CellError(wrong.STRUCTURE_OF_ANOTHER_KIND(kind=field_.kind, expected=expected))
    value = plain(node)
    if field_.kind == "mapping":
        value = {key: numbers.or_text(item) for key, item in value.items() if item is not None}
        no_files(value)
        for key in FILES:
            if isinstance(value.get(key), str):
                value[key] = str(folder / value[key])  # a path beside the paper; an absolute one stays
    return Cell(field_.name, value, text=str(value), line=node.line)
