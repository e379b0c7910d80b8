"""paper.yaml as facts: every cell with its value, words, line and source, or every problem at once."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from computeest import schema
from computeest.problems import CellError, Fault, InputError, NetworkError, Problem
from computeest.problems import facts as wrong
from computeest.schema import cell_batches, cell_times, cells
from computeest.schema.architecture import names_of_parameters
from computeest.schema.cells import Cell
from computeest.text import chip_words, fold
from computeest.text.files import given_bytes
from computeest.text.suggest import closest, did_you_mean
from computeest.text.yaml_nodes import LARGEST, Node, YamlError, load

#: What a run's own facts keep it from inheriting: totals of the same quantity, stated for the whole paper.
_NOT_INHERITED: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset(("tokens", "examples", "words", "text_size", "steps", "epochs", "tokens_seen", "examples_seen")),
     frozenset(("tokens_seen", "examples_seen"))),
    (frozenset(("tokens", "examples", "words", "text_size")),
     frozenset(("tokens", "examples", "words", "text_size", "steps"))),
    (frozenset(("time", "chips", "cores", "chip_time", "core_time")),
     frozenset(("chip_time", "core_time", "cost", "energy"))),
    (frozenset(("chip_time", "core_time")), frozenset(("time", "chips", "cores"))),
    (frozenset(("chip",)), frozenset(("peak", "chip_power"))),
    (frozenset(("family", "architecture", "layers", "parameters", "active_parameters")),
     frozenset(("forward_flop", "forward_flop_per_token", "forward_macs", "active_parameters"))),
    (frozenset(("forward_flop", "forward_flop_per_token", "forward_macs")),
     frozenset(("forward_flop", "forward_flop_per_token", "forward_macs", "family", "architecture", "layers"))),
    *((frozenset(names) - {name}, frozenset((name,))) for names in schema.ONE_OF for name in names),
    (frozenset(("role",)), frozenset(name for name in schema.INPUTS if schema.FIELDS[name].group == "training")),
)


def inherited(top: Mapping[str, Cell], own: Mapping[str, Cell]) -> dict[str, Cell]:
    """The facts at the top that hold for a run with these facts of its own."""
    blocked = {column for given, kept in _NOT_INHERITED if given & own.keys() for column in kept}
    return {column: cell for column, cell in top.items() if column not in blocked}


#: More than this is one mistake made many times.
MOST_PROBLEMS = 50

#: Columns whose 'unknown' and 'n/a' are no value; other texts may be of any words.
_NEVER_UNKNOWN = frozenset((*schema.NUMERIC, "published", "number_format", "utilization_kind", "chip", "family"))
_CELL_KEYS = ("value", "unit", "source", "quote", "note", "page", "line", "probability", "alternatives")


@dataclass(frozen=True, slots=True)
class Run:
    """One stage, or one group of hardware: its facts, and which of them it states itself."""

    cells: Mapping[str, Cell]
    own: frozenset[str]
    #: Which of its paper's runs it is, from 1.
    number: int = 1

    def order(self) -> tuple[str, ...]:
        """What runs of one paper are sorted by, so that the order in which they are written decides nothing."""
        return tuple(f"{name} {cell.value!r} {cell.sigma!r} {cell.text} {cell.quote} {cell.source} {name in self.own}"
                     for name, cell in sorted(self.cells.items()))


@dataclass(frozen=True, slots=True)
class Paper:
    """What one paper says, as runs that inherit what it says at the top."""

    file: str
    runs: tuple[Run, ...]
    #: What the paper says at its top, for the whole of it.
    top: Mapping[str, Cell] = field(default_factory=dict)


def read_paper(source: Path | str | Mapping[str, Any], facts: Mapping[str, str] | None = None) -> Paper:
    """The paper in a file, or in a mapping of the same keys; InputError holds every problem of it.

    A Hugging Face config.json is read as a paper that states the network alone. `facts` are added at the top, in the
    place of what the file says there.
    """
    if isinstance(source, Mapping):
        return _paper(_with_facts(_node_of(source), facts), "")
    if str(source) == "-":
        return read_text(sys.stdin.read(LARGEST + 1), "standard input", facts)
    path = Path(source)
    with suppress(OSError):  # of a name that no file can have, reading it says so
        if path.is_dir():
            path = _of_folder(path)
        if path.suffix == ".gguf" and path.is_file():
            from computeest.facts import gguf_file

            return _paper(_with_facts(_node_of(gguf_file.facts(path)), facts), str(path))
    return _read(_text_of(path), str(path), facts, path.parent)


def _of_folder(folder: Path) -> Path:
    """What describes the model of a downloaded repository: its config.json or, without one, its GGUF file."""
    if (folder / "config.json").is_file():
        return folder / "config.json"
    files = sorted(folder.glob("*.gguf"))
    # the parts of one model are one file, of which the first leads to the others
    whole = [file for file in files if "-of-" not in file.name or "-00001-of-" in file.name]
    if len(whole) > 1:
        raise InputError([Problem(str(folder), 0, "", wrong.SEVERAL_GGUF_FILES(count=len(whole), name=whole[0].name))])
    return whole[0] if whole else folder


def read_text(text: str, name: str, facts: Mapping[str, str] | None = None) -> Paper:
    """The paper in a YAML text; `name` is what messages call it."""
    return _read(text, name, facts, None)


def _read(text: str, name: str, facts: Mapping[str, str] | None, folder: Path | None) -> Paper:
    try:
        document = load(text)
    except YamlError as error:
        raise InputError([Problem(name, error.line, "", error.fault)]) from None
    if document is None or document.is_null:
        raise InputError([Problem(name, 0, "", wrong.PAPER_EMPTY())])
    return _paper(_with_facts(document, facts, folder), name)


def _with_facts(document: Node, facts: Mapping[str, str] | None, folder: Path | None = None) -> Node:
    """The document with facts given beside it, and a Hugging Face config.json as the network it describes."""
    if not isinstance(document.value, dict):
        return document
    entries = document.value
    if "model_type" in entries and schema.column("model_type") is None:
        name = entries.get("_name_or_path")
        entries = {"family": Node(document.line, "huggingface"),
                   "architecture": Node(document.line, {"config": document})}
        if name is not None and isinstance(name.value, str) and name.value:
            entries["model"] = name
        if folder is not None:
            entries |= _of_weights(folder, document.value)
    if not facts:
        return Node(document.line, entries)
    given = {key: Node(0, text, quoted=True) for key, text in facts.items()}
    replaced = {schema.column(key) or key for key in given}
    kept = {key: node for key, node in entries.items() if (schema.column(key) or key) not in replaced}
    return Node(document.line, {**kept, **given})


def _of_weights(folder: Path, config: Mapping[str, Node]) -> dict[str, Node]:
    """The parameters that the weights beside a config.json have by their headers."""
    from computeest.facts.weights import INDICES, SINGLE, stored_parameters

    if not any((folder / name).is_file() for name in (SINGLE, *INDICES)):
        return {}
    dtype = next((str(config[key].value) for key in ("dtype", "torch_dtype") if key in config), None)
    try:
        found = stored_parameters(folder, None if "quantization_config" in config else dtype)
    except NetworkError as error:
        raise InputError([Problem(str(folder), 0, "", error.fault)]) from None
    except (OSError, ValueError) as error:
        raise InputError([Problem(str(folder), 0, "", wrong.WEIGHTS_UNREADABLE(error=error))]) from None
    return {} if found is None else {"parameters": Node(0, str(found[0]), quoted=True)}


def _text_of(path: Path) -> str:
    try:
        content = given_bytes(path, LARGEST * 4)
        if len(content) > LARGEST * 4:
            size = max(path.stat().st_size, len(content))
            raise InputError([Problem(str(path), 0, "", wrong.PAPER_TOO_LARGE(size=size, most=LARGEST))])
        return io.TextIOWrapper(io.BytesIO(content), "utf-8-sig").read()
    except UnicodeDecodeError:
        raise InputError([Problem(str(path), 0, "", wrong.PAPER_NOT_TEXT())]) from None
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            what = wrong.PAPER_MISSING(near=did_you_mean(path.name, _siblings(path)))
        else:
            what = wrong.PAPER_UNREADABLE(reason=(error.strerror or str(error)).lower())
        raise InputError([Problem(str(path), 0, "", what)]) from None


def _siblings(path: Path) -> list[str]:
    try:
        return [p.name for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml")]
    except OSError:
        return []


@dataclass(slots=True)
class _Problems:
    """Collects the problems of one file."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, place: str, fault: Fault) -> None:
        self.found.append(Problem(self.file, line, place, fault))
        if len(self.found) == MOST_PROBLEMS:
            self.found.append(Problem(self.file, sys.maxsize, "", wrong.READING_STOPS()))
            self.raise_any()

    def raise_any(self) -> None:
        if self.found:
            found = sorted(self.found, key=lambda problem: problem.line)
            raise InputError(replace(p, line=0) if p.line == sys.maxsize else p for p in found)


def _paper(document: Node, name: str) -> Paper:
    problems = _Problems(name)
    if not isinstance(document.value, dict):
        problems.add(document.line, "", wrong.PAPER_NOT_A_MAPPING())
        problems.raise_any()
    entries: dict[str, Node] = dict(document.value)  # type: ignore[arg-type]
    runs_node = entries.pop("runs", None)
    _checked_not_used(entries.pop("not_used", None), problems)
    top = _cells(entries, "", problems)
    top = _with_time_of_chip(_with_named_chip(top, top), top)
    runs = [Run(top, frozenset())] if runs_node is None else _runs(runs_node, top, problems)
    problems.raise_any()
    if not top and all(not run.cells for run in runs):
        problems.add(0, "", wrong.PAPER_WITHOUT_FACTS())
        problems.raise_any()
    return Paper(name, tuple(runs), top)


def _runs(node: Node, top: Mapping[str, Cell], problems: _Problems) -> list[Run]:
    if not isinstance(node.value, list) or not node.value:
        problems.add(node.line, "runs", wrong.RUNS_NOT_A_LIST())
        return []
    if len(node.value) > schema.MOST_RUNS:
        problems.add(node.line, "runs", wrong.RUNS_TOO_MANY(count=len(node.value), most=schema.MOST_RUNS))
        return []
    runs = []
    for index, entry in enumerate(node.value, 1):
        if not isinstance(entry.value, dict) or not entry.value:
            problems.add(entry.line, f"runs[{index}]", wrong.RUN_WITHOUT_FACTS())
            continue
        own = _cells(entry.value, f"runs[{index}].", problems)
        own = _with_time_of_chip(_with_named_chip(own, {**top, **own}), {**top, **own})
        runs.append(Run({**inherited(top, own), **own}, frozenset(own), index))
    return runs


def _cells(entries: Mapping[str, Node], prefix: str, problems: _Problems) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    meant = {key: schema.column(key) for key in entries}
    columns = set(meant.values())
    for key, node in entries.items():
        column, place = meant[key], f"{prefix}{key}"
        if column is None or schema.FIELDS[column].group == "derived":
            problems.add(node.line, prefix.rstrip("."), wrong.KEY_UNKNOWN(key=key[:60], near=_nearest_key(key)))
            continue
        if column == "chips" and "chip" not in columns and _says_chip(node):
            column = "chip"  # '8x A100' of a number of chips says both
        elif column == "chip" and "chips" not in columns and _only_counts(node):
            column = "chips"
        try:
            cell = _cell(schema.FIELDS[column], key, node, problems.file)
        except CellError as error:
            problems.add(node.line, place, error.fault)
            continue
        if cell is None:
            continue
        if cell.column in found:
            problems.add(node.line, place, wrong.FACT_GIVEN_TWICE(column=cell.column, first=found[cell.column].line))
        found[cell.column] = cell
        for other in cell.also:
            found.setdefault(other.column, replace(other, line=cell.line, source=cell.source, quote=cell.quote))
    if (doubt := cell_batches.doubt(found)) is not None:
        problems.add(found["batch_size"].line, f"{prefix}batch_size", doubt)
    return _without_kinds(found)


def _says_chip(node: Node) -> bool:
    return chip_words.in_count(_text(node))


def _only_counts(node: Node) -> bool:
    """Whether the hardware is a number of unnamed chips: '50 GPUs'."""
    return chip_words.only_counted(_text(node))


def _text(node: Node) -> str:
    value = node.value.get("value", node).value if isinstance(node.value, dict) else node.value
    return value if isinstance(value, str) else ""


def _chip_of(known: Mapping[str, Cell], name: str) -> bool:
    return "chip" in known and chip_words.within(name, known["chip"].text)


def _with_named_chip(own: dict[str, Cell], known: Mapping[str, Cell]) -> dict[str, Cell]:
    """The chip that a time names, where no key says it better: '320,256 A100-hours'."""
    time = next((own[column] for column in cell_times.COLUMNS if column in own and own[column].of_chip), None)
    name = time.of_chip if time is not None and time.of_chip not in chip_words.HOLDERS else ""
    if time is None or not name or "chip" in own or _chip_of(known, name):
        return own
    return own | {"chip": replace(time, column="chip", value=name, text=name, sigma=0.0)}


def _with_time_of_chip(own: dict[str, Cell], known: Mapping[str, Cell]) -> dict[str, Cell]:
    """The wall-clock time that the hardware's text ends with, where no key says it: '64 A100 for 21 days'."""
    time = chip_words.time_within(own["chip"].text) if "chip" in own else ""
    if not time or known.keys() & {"time", "chip_time", "core_time"}:
        return own
    try:
        read = cells.number(schema.FIELDS["time"], time)
    except CellError:
        return own
    return own | {"time": replace(own["chip"], column="time", value=read.value, text=time, sigma=read.sigma)}


def _nearest_key(key: str) -> str:
    if schema.key(key) in names_of_parameters():
        return f"write it under 'architecture', beside a family: architecture: {{{key}: ...}}"
    return closest(schema.suggestions(key)) or "see `computeest schema` for all keys"


def _without_kinds(found: dict[str, Cell]) -> dict[str, Cell]:
    """A utilization of a stated kind under that kind's own column, so that no rule needs to ask."""
    kind = found.get("utilization_kind")
    for stated, target in schema.UTILIZATION_KINDS.get(kind.value if kind else "", {}).items():
        if stated in found:
            found[target] = replace(found.pop(stated), column=target)
    return found


def _cell(field_: schema.Field, key: str, node: Node, file: str) -> Cell | None:
    """The fact under one key; None when the author left it empty."""
    if field_.kind in ("mapping", "list"):
        return cells.structure(field_, node, Path(file).parent)
    text, extra = _annotated(node.value) if isinstance(node.value, dict) else (node, {})
    if not isinstance(text.value, str):
        raise CellError(wrong.CELL_NOT_ONE_VALUE(example=field_.example))
    if text.is_null or _says_none(field_, text.value):
        return None
    unit = extra.pop("unit", None)
    written = f"{text.value} {unit}" if unit else text.value
    implied = field_.unit_aliases.get(schema.key(key)) if field_.unit_aliases else None
    cell = cells.read(field_, written, implied)
    if implied and not re.search(r"[A-Za-z%$]{2}", cell.text):
        cell = replace(cell, text=f"{cell.text} {implied.replace(' * ', '-')}")  # what the key says
    return replace(cell, line=text.line, **extra) if text.line or extra else cell


def _says_none(field_: schema.Field, text: str) -> bool:
    """Whether a cell says that there is no value; an unknown base model is one, of unknown compute."""
    if field_.name in _NEVER_UNKNOWN:
        return fold.no_value(text) and fold.letters(text) not in field_.says
    return field_.name == "base_model" and fold.no_value(text, fold.NOTHING)


def _annotated(entries: Mapping[str, Node]) -> tuple[Node, dict[str, Any]]:
    """The value of a `{value: 90, source: ..., quote: ...}` mapping, and what is said of it."""
    for key, node in entries.items():
        if key[:1].isdigit() and node.is_null:
            raise CellError(wrong.COMMA_ENDS_VALUE(key=key[:60]))
        if key not in _CELL_KEYS:
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


def _checked_not_used(node: Node | None, problems: _Problems) -> None:
    """What was read in the document and left out, which no number is made of."""
    if node is not None and not node.is_null and (not isinstance(node.value, list) or not all(
            isinstance(entry.value, dict) and "column" in entry.value for entry in node.value)):
        problems.add(node.line, "not_used", wrong.NOT_USED_NOT_A_LIST())


def _node_of(value: Any) -> Node:
    """A Python value as the node that YAML would give for it."""
    if isinstance(value, (str, float)):  # numpy's floats print otherwise
        return Node(0, value, quoted=True) if isinstance(value, str) else Node(0, repr(float(value)))
    if isinstance(value, (dict, Mapping)):  # of what is none, to ask whether it is a mapping takes longest
        return Node(0, {str(key): _node_of(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return Node(0, [_node_of(item) for item in value])
    return Node(0, "" if value is None else str(value))
