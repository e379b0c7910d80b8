"""The database's files read, checked for what the reader needs, and turned into one document that JSON can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from computeest.hardware import names
from computeest.hardware.documents import Document, File
from computeest.hardware.entries import EntryError, chip_entry, family_entry, mapping_of, system_entry
from computeest.problems import InputError, Problem
from computeest.suggest import did_you_mean

if TYPE_CHECKING:
    from computeest.strict_yaml import Node


@dataclass(slots=True)
class _Build:
    chips: dict[str, Any] = field(default_factory=dict)
    families: dict[str, Any] = field(default_factory=dict)
    systems: dict[str, Any] = field(default_factory=dict)
    architectures: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def document(files: Iterable[File]) -> Document:
    """Everything the files say, later ones replacing earlier entries; InputError lists what cannot be used."""
    build = _Build()
    for file in files:
        _read(build, file)
    for chip_id, chip in build.chips.items():
        chip["architecture_name"] = build.architectures.get(chip["facts"].get("architecture", ""), "")
        _check_others(build, chip_id, chip["facts"])
    _check_references(build)
    if build.problems:
        raise InputError(build.problems)
    index = names.index({key: chip["facts"] for key, chip in build.chips.items()}, build.families, build.systems)
    return {"chips": build.chips, "families": build.families, "systems": build.systems, "names": index,
            "siblings": names.siblings(index), "warnings": build.warnings}


def _read(build: _Build, file: File) -> None:
    from computeest import strict_yaml  # PyYAML: only when no compiled document is at hand

    try:
        node = strict_yaml.load(file.content.decode("utf-8"))
    except UnicodeDecodeError:
        build.problems.append(Problem(file.name, 1, "", "the file is not text in UTF-8"))
        return
    except strict_yaml.YamlError as error:
        build.problems.append(Problem(file.name, error.line, "", error.what, error.expected))
        return
    if node is None:
        return
    if not isinstance(node.value, dict):
        build.problems.append(Problem(file.name, node.line, "", "not a mapping", "'chips:', 'families:' or 'systems:'"))
        return
    content = strict_yaml.plain(node)
    for group in ("chips", "families", "systems", "architectures"):
        section = node.value.get(group)
        if section is None or section.is_null:
            continue
        if not isinstance(section.value, dict):
            build.problems.append(Problem(file.name, section.line, group, "not a mapping", "ids and what they are"))
            continue
        for key, entry in section.value.items():
            _add(build, file.name, group, key, entry, content)


def _add(build: _Build, file: str, group: str, key: str, entry: Node, content: Mapping[str, Any]) -> None:
    facts, line = content[group][key], entry.line
    if not isinstance(facts, dict):
        build.problems.append(Problem(file, line, f"{group}.{key}", "not a mapping", "fields and values"))
        return
    before = build.lines.get((group, key))
    if before is not None:
        build.warnings.append(f"{file}:{line}: {group}.{key} replaces the entry of {before[0]}:{before[1]}")
    try:
        if group == "chips":
            build.chips[key] = chip_entry(facts, file, content)
        elif group == "architectures":
            build.architectures[key] = str(facts.get("name", ""))
        elif group == "families":
            build.families[key] = family_entry(facts)
        else:
            build.systems[key] = system_entry(facts)
    except EntryError as wrong:
        build.problems.append(Problem(file, _line(entry, wrong.place), f"{group}.{key}.{wrong.place}", wrong.what,
                                      wrong.expected))
        return
    build.lines[group, key] = (file, line)


def _line(entry: Node, place: str) -> int:
    """The line of a field of an entry, or of the nearest field around it that there is."""
    for key in place.split("."):
        if not isinstance(entry.value, dict) or key not in entry.value:
            break
        entry = entry.value[key]
    return entry.line


def _check_others(build: _Build, chip_id: str, facts: Mapping[str, Any]) -> None:
    for other in mapping_of(facts, "ambiguous").get("others", ()):
        _check_id(build, "chips", chip_id, "ambiguous.others", other)


def _check_references(build: _Build) -> None:
    for family_id, family in build.families.items():
        for member in (*family["members"], *mapping_of(family, "default-before").values(),
                       *mapping_of(family, "default-from").values()):
            _check_id(build, "families", family_id, "members", member)
    for system_id, system in build.systems.items():
        _check_id(build, "systems", system_id, "chip", system.get("chip"))


def _check_id(build: _Build, group: str, key: str, place: str, chip_id: object) -> None:
    if chip_id not in build.chips:
        file, line = build.lines[group, key]
        build.problems.append(Problem(file, line, f"{group}.{key}.{place}", f"no chip has the id '{chip_id}'",
                                      did_you_mean(str(chip_id), build.chips)))
