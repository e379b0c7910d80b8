"""Check hardware databases: our own in continuous integration, anybody's with `computeest hardware lint`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from computeest.hardware.files import File
from computeest.hardware.lint import money, rates, systems, values
from computeest.hardware.lint import names as lint_names
from computeest.hardware.lint.facts import Architecture, Chip, read_architecture, read_chip, read_sources
from computeest.hardware.lint.names import Named
from computeest.hardware.lint.schema import ENTRIES, kinds_of, whole_file
from computeest.hardware.lint.shapes import Finding, Level, Spot
from computeest.text.yaml_nodes import Node, YamlError, load, plain

__all__ = ["Finding", "Level", "World", "fails", "lint", "read"]


@dataclass(slots=True)
class World:
    """All files' entries, the later layers over the earlier."""

    chips: dict[str, Chip] = field(default_factory=dict)
    #: The maker of each chip: its own, or that of its file.
    vendors: dict[str, str] = field(default_factory=dict)
    architectures: dict[str, Architecture] = field(default_factory=dict)
    #: Each file's sources, by key.
    sources: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    #: What each architecture is called.
    titles: dict[str, str] = field(default_factory=dict)
    others: dict[tuple[str, str], tuple[Node, Spot]] = field(default_factory=dict)
    #: Where each entry stands, and in which layer.
    places: dict[tuple[str, str], tuple[int, Spot]] = field(default_factory=dict)

    def replaces(self, chip: object, system: str) -> bool:
        """Whether the chip is of a later layer than the machine, which was held against another entry."""
        mine, theirs = self.places.get(("chips", str(chip))), self.places.get(("systems", system))
        return mine is not None and theirs is not None and mine[0] > theirs[0]


def lint(source: Iterable[File], today: date | None = None) -> list[Finding]:
    """Everything that is wrong, or looks wrong, with these files."""
    return read(source, today)[1]


def read(source: Iterable[File], today: date | None = None) -> tuple[World, list[Finding]]:
    """The entries of these files, and everything that is wrong, or looks wrong, with them: the one reader there is."""
    today = today or date.today()
    world = World()
    findings = [finding for file in source for finding in _read(file, world, today)]
    raised = [*_chip_findings(world, today), *_name_findings(world),
              *money.findings(world.others, world.chips, today),
              *values.same_silicon(world.chips, world.architectures)]
    for check in (values.declared, values.twins, values.succession):
        raised.extend(check(world.chips))
    findings.extend(_excused(raised, world.chips))
    return world, sorted(findings, key=lambda finding: (finding.spot.file, finding.spot.line, finding.code))


def fails(findings: Iterable[Finding], strict: bool = False) -> bool:
    """Whether the database should be refused: for any error, and when strict for any warning."""
    return any(strict or finding.level == "error" for finding in findings)


def _read(file: File, world: World, today: date) -> Iterator[Finding]:
    """Hold one file against the schema and add its entries to the world."""
    try:
        root = load(file.content.decode("utf-8"))
    except UnicodeDecodeError:
        yield Spot(file.name, 1).error("yaml", "the file is not text in UTF-8")
        return
    except YamlError as error:
        expected = f"; expected {error.expected}" if error.expected else ""
        yield Spot(file.name, error.line).error("yaml", f"{error.what}{expected}")
        return
    top = Spot(file.name, 1)
    kinds = kinds_of(root) if root is not None else ()
    if root is None or not isinstance(root.value, dict) or not kinds:
        yield top.error("schema", "holds none of chips, families, systems, architectures")
        return
    yield from whole_file(*kinds)(root, top)
    sources = world.sources[file.name] = read_sources(root.value.get("sources"))
    if "sources" in root.value:
        yield from values.complete(sources, root.value["sources"], top, today)
    vendor = root.value.get("vendor")
    maker = vendor.value if vendor is not None and isinstance(vendor.value, str) else ""
    for kind in kinds:
        entries = root.value[kind].value
        for name, node in (entries.items() if isinstance(entries, dict) else ()):
            spot = Spot(file.name, node.line, name, name)
            yield from ENTRIES[kind](node, spot)
            yield from values.known(node, spot, sources)
            yield from values.borne_out(node, spot, sources)
            yield from _placed(world, kind, name, spot, file.layer)
            _add(world, kind, name, node, spot, sources, maker)


def _placed(world: World, kind: str, name: str, spot: Spot, layer: int) -> Iterator[Finding]:
    before = world.places.get((kind, name))
    if before is not None and before[0] == layer:
        yield spot.error("duplicate-id", f"'{name}' is defined a second time")
    elif before is not None:
        yield spot.warning("override", f"replaces the entry of {before[1].file}:{before[1].line}")
    world.places[(kind, name)] = layer, spot


def _add(world: World, kind: str, name: str, node: Node, spot: Spot, sources: Mapping[str, Mapping[str, str]],
         maker: str) -> None:
    if kind == "chips":
        world.chips[name] = chip = read_chip(name, node, spot, sources)
        world.vendors[name] = chip.texts.get("vendor", maker)
    elif kind == "architectures":
        world.architectures[name] = read_architecture(name, node)
        title = node.value.get("name") if isinstance(node.value, dict) else None
        world.titles[name] = title.value if title is not None and isinstance(title.value, str) else ""
    else:
        world.others[(kind, name)] = (node, spot)


def _chip_findings(world: World, today: date) -> Iterator[Finding]:
    for chip in world.chips.values():
        yield from values.weak(chip)
        yield from values.stale(chip, today)
        yield from lint_names.parts(chip)
        yield from lint_names.redundant(chip)
        yield from lint_names.others(chip, world.chips)
        name = chip.texts.get("architecture", "")
        architecture = world.architectures.get(name)
        if architecture is None:
            yield chip.at("architecture").error("architecture", f"'{name}' is not in architectures.yaml")
            continue
        for check in rates.CHECKS:
            yield from check(chip, architecture)
        for bound in values.CHECKS:
            yield from bound(chip, architecture, today)


def _name_findings(world: World) -> Iterator[Finding]:
    names: list[Named] = []
    for chip in world.chips.values():
        names.extend(Named(chip.id, "chip", name, chip.spot) for name in (chip.id, chip.texts.get("name", "")))
        names.extend(Named(chip.id, "chip", alias, chip.spot, alias=True) for alias in chip.aliases)
    for (kind, owner), (node, spot) in world.others.items():
        entry = plain(node)
        if not isinstance(entry, dict) or kind not in ("families", "systems"):
            continue
        names.extend(_named(kind, owner, entry, spot))
        if kind == "families":
            yield from systems.family(entry, spot, world.chips)
        else:
            yield from systems.system(entry, spot, world.chips, replaced=world.replaces(entry.get("chip"), owner))
    for check in (lint_names.clashes, lint_names.spellings, lint_names.ordinary):
        yield from check(names)


def _named(kind: str, owner: str, entry: Mapping[str, object], spot: Spot) -> Iterator[Named]:
    """A family's or system's spellings."""
    aliases, over = entry.get("aliases"), entry.get("takes-names-of")
    full = [owner, str(entry.get("name") or owner)]
    for spelling in (*full, *(map(str, aliases) if isinstance(aliases, list) else ())):
        yield Named(owner, {"families": "family", "systems": "system"}[kind], spelling, spot,
                    str(entry.get("from") or ""), str(entry.get("until") or "9999"),
                    frozenset(map(str, over)) if isinstance(over, list) else frozenset(), spelling not in full)


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
