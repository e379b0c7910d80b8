"""paper.yaml as facts: every cell with its value, words, line and source, or every problem at once."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from computeest import schema
from computeest.facts.keys import Given, Problems, cells_of, given_in, node_of, with_named_chip, with_time_of_chip
from computeest.problems import InputError, NetworkError, Problem, UsageError
from computeest.problems import facts as wrong
from computeest.schema.cells import Cell
from computeest.text.files import DOCUMENTS, TABLES, given_bytes
from computeest.text.suggest import did_you_mean
from computeest.text.yaml_nodes import LARGEST, Node, YamlError, load

if TYPE_CHECKING:
    import pandas as pd

#: What a caller may give as a paper: a file, a mapping, a row of a frame.
PaperGiven: TypeAlias = "Path | str | Mapping[str, Any] | pd.Series"
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

    @property
    def stated(self) -> set[str]:
        """The columns that it states, in whichever run."""
        return {column for run in self.runs for column in run.cells}


def read_paper(source: Path | str | Mapping[str, Any], facts: Mapping[str, str] | None = None) -> Paper:
    """The paper in a file, or in a mapping of the same keys; InputError holds every problem of it.

    A Hugging Face config.json is read as a paper that states the network alone. `facts` are added at the top, in the
    place of what the file says there.
    """
    if isinstance(source, Mapping):
        return _of_mapping(source, facts)
    if str(source) == "-":
        return read_text(sys.stdin.read(LARGEST + 1), "standard input", facts)
    path = Path(source)
    with suppress(OSError):  # of a name that no file can have, reading it says so
        if path.is_dir():
            path = _of_folder(path)
        if path.suffix == ".gguf" and path.is_file():
            from computeest.facts import gguf_file

            return _paper(_with_facts(node_of(gguf_file.facts(path)), facts), str(path))
    try:
        return _read(_text_of(path), str(path), facts, path.parent)
    except InputError as error:
        raise _of_another_kind(path, error) from None


def _of_another_kind(path: Path, error: InputError) -> InputError:
    """The error; where a table or a document cannot be read as a paper, what reads it."""
    from shlex import quote

    suffix = path.suffix.lower()
    if not all(one.code.startswith("yaml-") or one.code in ("paper-not-text", "paper-not-a-mapping") or
               (one.code == "key-unknown" and "closest" not in one.expected) for one in error.problems):
        return error
    if suffix in TABLES:
        kind, command = "a table", "annotate"
    elif suffix in DOCUMENTS and suffix != ".txt":  # which may well be meant for a paper.yaml
        kind, command = "a document", "draft"
    else:
        return error
    fault = wrong.PAPER_OF_ANOTHER_KIND(kind=kind, command=command, name=quote(str(path)))
    return InputError([Problem(str(path), 0, "", fault)])


def papers_in(given: Any) -> tuple[list[Path | str | Mapping[str, Any]], bool]:
    """The papers that a caller gives, a row of a pandas frame without its empty cells, and whether they are several."""
    if isinstance(given, (dict, str)):  # as nearly all are
        return [given], False
    several = isinstance(given, Iterable) and not isinstance(given, (str, bytes, Path, Mapping)) and not (
        hasattr(given, "to_dict") or hasattr(given, "columns"))
    found = [one.dropna().to_dict() if hasattr(one, "to_dict") and getattr(one, "ndim", 0) == 1 else one
             for one in (given if several else [given])]
    for one in found:
        if hasattr(one, "columns"):
            raise UsageError(f"a {type(one).__name__} is a table: computeest.annotate takes it")
        if not isinstance(one, (str, Path, Mapping)):
            raise UsageError(f"a {type(one).__name__} is no paper; estimate takes a file's path, a mapping of keys "
                             "such as {'parameters': '7B', 'tokens': '2T'}, or a list of these")
    return found, several


def _of_mapping(source: Mapping[str, Any], facts: Mapping[str, str] | None) -> Paper:
    entries = given_in(source)
    if facts or "model_type" in entries:  # as a config.json has it
        return _paper(_with_facts(node_of(source), facts), "")
    return _of_entries(entries, Problems(""))


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


def _paper(document: Node, name: str) -> Paper:
    problems = Problems(name)
    if not isinstance(document.value, dict):
        problems.add(document.line, "", wrong.PAPER_NOT_A_MAPPING())
        problems.raise_any()
    return _of_entries(dict(document.value), problems)  # type: ignore[arg-type]


def _of_entries(entries: dict[str, Given], problems: Problems) -> Paper:
    runs_given = entries.pop("runs", None)
    if "not_used" in entries:
        _checked_not_used(entries.pop("not_used"), problems)
    top = cells_of(entries, "", problems)
    top = with_time_of_chip(with_named_chip(top, top), top)
    runs = [Run(top, frozenset())] if runs_given is None else _runs(runs_given, top, problems)
    problems.raise_any()
    if not top and all(not run.cells for run in runs):
        problems.add(0, "", wrong.PAPER_WITHOUT_FACTS())
        problems.raise_any()
    return Paper(problems.file, tuple(runs), top)


def _runs(given: Given, top: Mapping[str, Cell], problems: Problems) -> list[Run]:
    node = given if isinstance(given, Node) else node_of(given)
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
        own = cells_of(entry.value, f"runs[{index}].", problems)
        own = with_time_of_chip(with_named_chip(own, {**top, **own}), {**top, **own})
        runs.append(Run({**inherited(top, own), **own}, frozenset(own), index))
    return runs


def _checked_not_used(given: Given, problems: Problems) -> None:
    """What was read in the document and left out, which no number is made of."""
    node = given if isinstance(given, Node) else node_of(given)
    if not node.is_null and (not isinstance(node.value, list) or not all(
            isinstance(entry.value, dict) and "column" in entry.value for entry in node.value)):
        problems.add(node.line, "not_used", wrong.NOT_USED_NOT_A_LIST())
