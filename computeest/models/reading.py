"""One YAML file of the table: its entries, and everything in it that is not as it should be, with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from computeest import schema
from computeest.hardware.lint.shapes import Finding, Spot
from computeest.models.entry import Entry, Source
from computeest.text.suggest import did_you_mean
from computeest.text.yaml_nodes import Node, YamlError, load, plain

_TOP = ("schema", "developer", "sources", "models")
_SOURCE = ("title", "url", "kind", "accessed", "unopened")
_FACT = ("value", "source", "at")
#: Keys of an entry that are no facts.
_NAMES = ("name", "aliases", "tuned")
#: Facts that need no source: how we file a model, and words for readers.
PLAIN = frozenset(("organization", "domain", "note", "stage", "architecture"))
#: The only kind of source that is not somebody's publication.
JUDGEMENT = "judgement"


def read(name: str, text: str) -> tuple[list[Entry], list[Finding]]:
    """The entries of a file that can be used, and what is wrong with it."""
    try:
        root = load(text)
    except YamlError as error:
        expected = f"; expected {error.expected}" if error.expected else ""
        return [], [Spot(name, error.line).error("yaml", f"{error.what}{expected}")]
    top = Spot(name, 1)
    if root is None or not isinstance(root.value, dict):
        return [], [top.error("schema", f"holds none of {', '.join(_TOP)}")]
    findings = list(_keys(root, top, _TOP, needed=_TOP))
    sources = _sources(root.value.get("sources"), top, findings)
    developer = _text(root.value.get("developer"))
    models = root.value.get("models")
    entries = [_entry(key, node, Spot(name, node.line, key, key), developer, sources, findings)
               for key, node in _mapping(models).items()]
    used = {source.key for entry in entries for _, _, source in entry.values()}
    findings += [top.at(f"sources.{key}", _mapping(root.value["sources"])[key].line).warning(
        "source-unused", "no value names it") for key in sources if key not in used]
    return entries, findings


def _mapping(node: Node | None) -> Mapping[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _text(node: Node | None) -> str:
    return node.value.strip() if node is not None and isinstance(node.value, str) else ""


def _keys(node: Node, spot: Spot, known: tuple[str, ...], needed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Keys that nobody knows, and those that must be there."""
    for key, below in _mapping(node).items():
        if key not in known:
            near = did_you_mean(key, known)
            yield spot.at(key, below.line).error("schema", f"is no key here; {near or 'there are ' + ', '.join(known)}")
    for key in needed:
        if key not in _mapping(node):
            yield spot.error("schema", f"has no '{key}'")


def _sources(node: Node | None, top: Spot, findings: list[Finding]) -> dict[str, Source]:
    """The sources, each of which can be opened, or is marked as a judgement of ours."""
    found: dict[str, Source] = {}
    for key, entry in _mapping(node).items():
        spot, facts = top.at(f"sources.{key}", entry.line), _mapping(entry)
        judged = _text(facts.get("kind")) == JUDGEMENT
        findings += _keys(entry, spot, _SOURCE, needed=("title",) if judged else ("title", "url"))
        if "kind" in facts and not judged:
            findings.append(spot.error("schema", f"kind: expected '{JUDGEMENT}' or none"))
        url, unopened = _text(facts.get("url")), _text(facts.get("unopened")) == "true"
        if url and not url.startswith("https://"):
            findings.append(spot.error("source-incomplete", f"'{url}' is no web address"))
        if not judged and unopened == ("accessed" in facts):
            findings.append(spot.error("source-incomplete", "needs 'accessed' (a day) or 'unopened: true', not both"))
        found[key] = Source(key, _text(facts.get("title")), url, _text(facts.get("accessed")), unopened, judged)
    return found


def _entry(key: str, node: Node, spot: Spot, developer: str, sources: Mapping[str, Source],
           findings: list[Finding]) -> Entry:
    facts = _mapping(node)
    findings.extend(spot.error("schema", f"has no '{name}'") for name in ("name", "published") if name not in facts)
    lists = {name: tuple(_texts(facts.get(name), spot, name, findings)) for name in ("aliases", "tuned")}
    kept = _facts({k: n for k, n in facts.items() if k not in _NAMES}, spot, sources, findings)
    owner = str(kept.pop("organization", developer))
    used = {fact["source"] for run in (kept, *kept.get("runs", ())) for fact in run.values()
            if isinstance(fact, dict) and "source" in fact}
    return Entry(key, _text(facts.get("name")), lists["aliases"], lists["tuned"], owner, spot.file, spot.line, kept,
                 {name: sources[name] for name in sorted(used)})


def _texts(node: Node | None, spot: Spot, key: str, findings: list[Finding]) -> Iterator[str]:
    if node is None:
        return
    items = node.value if isinstance(node.value, list) else []
    if not items:
        findings.append(spot.at(key, node.line).error("schema", "is no list of names"))
    for item in items:
        if text := _text(item):
            yield text
        else:
            findings.append(spot.at(key, item.line).error("schema", "holds something that is no name"))


def _facts(facts: Mapping[str, Node], spot: Spot, sources: Mapping[str, Source],
           findings: list[Finding]) -> dict[str, Any]:
    """The facts that can be used, and a finding for each that cannot."""
    found: dict[str, Any] = {}
    for key, node in facts.items():
        here = spot.at(key, node.line)
        if key == "runs":
            runs = node.value if isinstance(node.value, list) else []
            found[key] = [_facts(_mapping(run), here.at(str(i), run.line), sources, findings)
                          for i, run in enumerate(runs, 1)]
        elif schema.column(key) != key:
            near = did_you_mean(key, schema.FIELDS)
            findings.append(here.error("schema", f"is no key of a paper; {near or 'see computeest schema'}"))
        elif key in PLAIN:
            found[key] = plain(node)
        elif (wrong := _wrong(node, sources)) is None:
            found[key] = {name: _text(below) for name, below in _mapping(node).items()}
        else:
            findings.append(here.error(*wrong))
    return found


def _wrong(node: Node, sources: Mapping[str, Source]) -> tuple[str, str] | None:
    """What keeps a node from being a value with its source."""
    fact = _mapping(node)
    if not fact:
        return "no-source", "is a bare value; expected {value: ..., source: ...}"
    for name, below in fact.items():
        if name not in _FACT:
            return "schema", f"'{name}' is none of {', '.join(_FACT)}"
        if not _text(below):
            return "schema", f"'{name}' is empty"
    if "value" not in fact or "source" not in fact:
        return "no-source", "has no value" if "value" not in fact else "has no source"
    source = _text(fact["source"])
    if source not in sources:
        near = did_you_mean(source, sources)
        return "source-unknown", f"'{source}' is no key of this file's sources" + (f"; {near}" if near else "")
    return None
