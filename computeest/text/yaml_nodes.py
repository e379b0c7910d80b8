"""YAML as data only: every value with its line; tags, aliases, duplicate keys and deep nesting are problems."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from computeest.problems import Fault, FaultError
from computeest.problems import texts as wrong
from computeest.text import kept
from computeest.text.package_data import files

if TYPE_CHECKING:
    from yaml import MarkedYAMLError

#: A paper's facts fit many times over; a file past this is not one. Characters, values, levels.
LARGEST = 1_000_000
MOST = 50_000
DEEPEST = 24
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_CONTROL = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class YamlError(FaultError):
    """What is wrong with a YAML text, and on which line."""

    def __init__(self, line: int, fault: Fault) -> None:
        super().__init__(fault)
        self.line = line


@dataclass(slots=True)  # frozen ones took 1 % of an estimate to make
class Node:
    """One YAML value: a text, a list of nodes, or a mapping of text to node; with the line it starts on."""

    line: int
    value: str | list[Node] | dict[str, Node]
    #: Quoted text is text: "90" and 90 read alike, but only plain words can mean null.
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        """Whether the author left the value empty."""
        return isinstance(self.value, str) and not self.quoted and self.value in ("", "~", "null", "Null", "NULL")


def load(text: str, largest: int = LARGEST) -> Node | None:
    """The text's one document as nodes; None when it is empty; YamlError for anything that is not plain data."""
    if len(text) > largest:
        raise YamlError(0, wrong.YAML_TOO_LARGE(count=len(text), most=largest))
    if control := _CONTROL.search(text, 1 if text.startswith("\ufeff") else 0):
        raise YamlError(text.count("\n", 0, control.start()) + 1, wrong.YAML_CONTROL_CHARACTER(number=ord(control[0])))
    import yaml  # 4 ms, and a table needs none

    try:
        events = _events(text)
        root = next(events, None)
        if root is None:
            return None
        document = _node(root, events, 0)
        extra = next(events, None)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error) from None
    except yaml.YAMLError as error:
        raise YamlError(0, wrong.YAML_NOT_SCANNED(error=" ".join(str(error).split())[:120])) from None
    if extra is not None:
        raise YamlError(_line(extra), wrong.YAML_SECOND_DOCUMENT())
    return document


def of_package(name: str) -> Any:
    """The data of a YAML file of the package; what was read is kept as long as the file is the same.

    To read the assumptions anew takes 2 % of `validate PAPER`.
    """
    package = files("computeest")
    places = (package.joinpath(name), package.joinpath("text", "yaml_nodes.py"))
    digest = kept.digest(json.dumps([list(kept.stamps(one)) for one in places]).encode())
    found = kept.recall(f"yaml-{name}", digest)
    if found is None:
        root = load(places[0].read_text("utf-8"))
        found = plain(root) if root is not None else {}
        kept.keep(f"yaml-{name}", digest, found)
    return found


def plain(node: Node) -> Any:
    """The node as ordinary dict, list, str, int, float, bool and None, numbers by the YAML 1.2 reading."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    if node.quoted:
        return node.value
    return scalar(node.value)


def scalar(text: str) -> Any:
    """A plain YAML scalar's value: `1e12` is a number, `no` is a text, `null` and nothing are None."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "false", "False"):
        return text[0] in "tT"
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    if not math.isfinite(number):
        return text
    return int(text) if text.lstrip("+-").isdigit() else number


def _events(text: str) -> Iterator[Any]:
    """The parser's events that carry content."""
    import yaml

    # a PyYAML built without libyaml is slower, with the same events
    for count, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
        if count > MOST:
            raise YamlError(_line(event), wrong.YAML_VALUES_TOO_MANY(most=MOST))
        if _kind(event) not in ("StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"):
            yield event


def _kind(event: Any) -> str:
    return type(event).__name__


def _node(event: Any, events: Iterator[Any], depth: int) -> Node:
    line, kind = _line(event), _kind(event)
    if kind == "AliasEvent":
        raise YamlError(line, wrong.YAML_ALIAS(anchor=event.anchor))
    if event.anchor is not None:
        raise YamlError(line, wrong.YAML_ANCHOR(anchor=event.anchor))
    if event.tag is not None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)[:60]
        raise YamlError(line, wrong.YAML_TAG(tag=tag))
    if depth > DEEPEST:
        raise YamlError(line, wrong.YAML_TOO_DEEP(most=DEEPEST))
    if kind == "ScalarEvent":
        return Node(line, event.value, quoted=event.style in ("'", '"', "|", ">"))
    if kind == "SequenceStartEvent":
        items: list[Node] = []
        while _kind(item := next(events)) != "SequenceEndEvent":
            items.append(_node(item, events, depth + 1))
        return Node(line, items)
    return Node(line, _mapping(events, depth))


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    while _kind(event := next(events)) != "MappingEndEvent":
        key = _node(event, events, depth + 1)
        if not isinstance(key.value, str):
            raise YamlError(key.line, wrong.YAML_KEY_NOT_A_WORD())
        if key.value in entries:
            raise YamlError(key.line, wrong.YAML_KEY_TWICE(key=key.value[:60], first=entries[key.value].line))
        entries[key.value] = _node(next(events), events, depth + 1)
    return entries


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _syntax(error: MarkedYAMLError) -> YamlError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    return YamlError(line,
                     wrong.YAML_BROKEN(problem=" ".join((error.problem or error.context or "unreadable").split())))
