"""Check hardware databases: our own in continuous integration, anybody's with `computeest hardware lint`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from computeest.hardware.files import overlay_files
from computeest.hardware.lint import names as lint_names
from computeest.hardware.lint import rates, values
from computeest.hardware.lint.facts import Architecture, Chip, read_architecture, read_chip, read_sources
from computeest.hardware.lint.names import Named
from computeest.hardware.lint.schema import ENTRIES, FILES, kind_of
from computeest.hardware.lint.shapes import Finding, Level, Spot
from computeest.problems import InputError, Problem
from computeest.text.numbers import to_unit
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import Node, YamlError, load, plain

__all__ = ["Document", "Finding", "Level", "documents", "fails", "lint"]


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a hardware database."""

    name: str
    text: str
    #: 0 for the database itself; files of a higher layer replace entries of lower ones.
    layer: int = 0


@dataclass(slots=True)
class _World:
    """All files' entries, the later layers over the earlier."""

    chips: dict[str, Chip] = field(default_factory=dict)
    architectures: dict[str, Architecture] = field(default_factory=dict)
    others: dict[tuple[str, str], tuple[Node, Spot]] = field(default_factory=dict)
    layers: dict[tuple[str, str], int] = field(default_factory=dict)


def documents(directory: Path | Traversable, layer: int = 0) -> list[Document]:
    """The YAML files of a directory, by name."""
    files = [entry for entry in directory.iterdir() if entry.name.endswith((".yaml", ".yml"))]
    files.sort(key=lambda file: file.name)
    return [Document(entry.name, entry.read_text("utf-8"), layer) for entry in files]


def lint(source: Path | Traversable | Sequence[Document], today: date | None = None) -> list[Finding]:
    """Everything that is wrong, or looks wrong, with the database in a directory or in these files."""
    files = source if isinstance(source, Sequence) else documents(source)
    today = today or date.today()
    world = _World()
    findings: list[Finding] = []
    for document in files:
        findings.extend(_read(document, world))
    raised = [*_chip_findings(world, today), *_name_findings(world),
              *values.same_silicon(world.chips, world.architectures)]
    for check in (values.declared, values.twins, values.succession):
        raised.extend(check(world.chips))
    findings.extend(_excused(raised, world.chips))
    return sorted(findings, key=lambda finding: (finding.spot.file, finding.spot.line, finding.code))


def fails(findings: Iterable[Finding], strict: bool = False) -> bool:
    """Whether the database should be refused: for any error, and when strict for any warning."""
    return any(strict or finding.level == "error" for finding in findings)


def _read(document: Document, world: _World) -> Iterator[Finding]:
    """Hold one file against the schema and add its entries to the world."""
    try:
        root = load(document.text)
    except YamlError as error:
        expected = f"; expected {error.expected}" if error.expected else ""
        yield Spot(document.name, error.line).error("yaml", f"{error.what}{expected}")
        return
    top = Spot(document.name, 1)
    kind = kind_of(root) if root is not None else None
    if root is None or kind is None or not isinstance(root.value, dict):
        yield top.error("schema", "holds none of chips, families, systems, architectures")
        return
    yield from FILES[kind](root, top)
    sources = read_sources(root.value.get("sources"))
    if "sources" in root.value:
        yield from values.complete(sources, root.value["sources"], top)
    entries = root.value[kind].value
    for name, node in (entries.items() if isinstance(entries, dict) else ()):
        spot = Spot(document.name, node.line, name, name)
        yield from ENTRIES[kind](node, spot)
        yield from values.known(node, spot, sources)
        yield from _add(world, kind, name, node, spot, document.layer, sources)


def _add(world: _World, kind: str, name: str, node: Node, spot: Spot, layer: int,
         sources: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    before = world.layers.get((kind, name))
    if before == layer:
        yield spot.error("duplicate-id", f"'{name}' is defined a second time")
        return
    if before is not None:
        yield spot.warning("override", f"replaces '{name}' of the database")
    world.layers[(kind, name)] = layer
    if kind == "chips":
        world.chips[name] = read_chip(name, node, spot, sources)
    elif kind == "architectures":
        world.architectures[name] = read_architecture(name, node)
    else:
        world.others[(kind, name)] = (node, spot)


def _chip_findings(world: _World, today: date) -> Iterator[Finding]:
    for chip in world.chips.values():
        yield from values.weak(chip)
        yield from values.stale(chip, today)
        yield from lint_names.parts(chip)
        yield from lint_names.redundant(chip)
        name = chip.texts.get("architecture", "")
        architecture = world.architectures.get(name)
        if architecture is None:
            yield chip.at("architecture").error("architecture", f"'{name}' is not in architectures.yaml")
            continue
        for check in rates.CHECKS:
            yield from check(chip, architecture)
        for bound in values.CHECKS:
            yield from bound(chip, architecture, today)


def _name_findings(world: _World) -> Iterator[Finding]:
    names: list[Named] = []
    for chip in world.chips.values():
        spellings = (chip.id, chip.texts.get("name", ""), *chip.aliases)
        names.extend(Named(chip.id, "chip", spelling, chip.spot) for spelling in spellings)
    for (kind, owner), (node, spot) in world.others.items():
        entry = plain(node)
        if not isinstance(entry, dict):
            continue
        names.extend(_named(kind, owner, entry, spot))
        if kind == "families":
            yield from lint_names.family(entry, spot, world.chips)
        else:
            yield from lint_names.system(entry, spot, world.chips, _published(entry))
    yield from lint_names.clashes(names)
    yield from lint_names.spellings(names)


def _named(kind: str, owner: str, entry: Mapping[str, object], spot: Spot) -> Iterator[Named]:
    """A family's or system's spellings."""
    aliases, over = entry.get("aliases"), entry.get("takes-names-of")
    for spelling in (owner, str(entry.get("name") or owner), *(map(str, aliases) if isinstance(aliases, list) else ())):
        yield Named(owner, {"families": "family", "systems": "system"}[kind], spelling, spot,
                    str(entry.get("from") or ""), str(entry.get("until") or "9999"),
                    frozenset(map(str, over)) if isinstance(over, list) else frozenset())


def _published(entry: Mapping[str, object]) -> dict[str, float]:
    found: dict[str, float] = {}
    peaks = entry.get("published-peak")
    for name, peak in (peaks.items() if isinstance(peaks, dict) else ()):
        try:
            found[name] = to_unit(str(peak["value"]), "TOP/s" if name.startswith("int") else "TFLOP/s")
        except (UnitError, KeyError, TypeError):
            continue  # the schema has said what is wrong with it
    return found


def _excused(findings: Iterable[Finding], chips: Mapping[str, Chip]) -> Iterator[Finding]:
    """The findings without those a chip excuses with a reason; an excuse nobody needs is a finding itself."""
    used: set[tuple[str, str]] = set()
    for finding in findings:
        chip = chips.get(finding.subject)
        excuse = next((code for code in finding.excuses if chip is not None and code in chip.lint_ok), None)
        if excuse is None:
            yield finding
        else:
            used.add((finding.subject, excuse))
    for chip in chips.values():
        for code in sorted(chip.lint_ok):
            if (chip.id, code) not in used:
                yield chip.at(f"lint-ok.{code}").warning("lint-ok", f"excuses '{code}', which finds nothing here")


def check(paths: Sequence[Path]) -> list[Finding]:
    """What the lint finds in these files; in our own, where none are given."""
    ours = documents(files("computeest_hardware"))
    if not paths:
        return lint(ours)
    theirs = [Document(file.name, _text(file.name, file.content), layer)
              for layer, path in enumerate(paths, 1) for file in overlay_files(path)]
    named = {document.name for document in theirs}
    return [finding for finding in lint([*ours, *theirs]) if finding.spot.file in named]


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError([Problem(name, 1, "", "the file is not text in UTF-8")]) from None
