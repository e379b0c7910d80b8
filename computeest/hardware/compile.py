"""One entry of a hardware file: checked for what the reader needs of it, its numbers read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from computeest.hardware.files import Document, File
from computeest.hardware.find import index as names
from computeest.problems import InputError, Problem
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    from computeest.text.yaml_nodes import Node


class EntryError(ValueError):
    """What is wrong with an entry: where in it, what, and what was expected."""

    def __init__(self, place: str, what: str, expected: str = "") -> None:
        super().__init__(what)
        self.place, self.what, self.expected = place, what, expected


def chip_entry(entry: Mapping[str, Any], file: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A chip with its numbers read and the sources that it uses."""
    facts = {name: value for name, value in entry.items() if value is not None}
    vendor = str(facts.get("vendor") or content.get("vendor") or "")
    if not isinstance(facts.get("name"), str):
        raise EntryError("name", "missing", "the chip's full name")
    _check_plain(facts)
    peaks = mapping_of(facts, "peak")
    used: dict[str, list[str]] = {}
    sources = mapping_of(content, "sources")
    for place, fact in _facts(facts):
        key = fact.get("source")
        if not isinstance(key, str) or not isinstance(sources.get(key), dict):
            raise EntryError(place, f"no source '{key}'", did_you_mean(str(key), sources) or "a key of 'sources'")
        source = sources[key]
        used[key] = [str(source.get(name, "")) for name in ("title", "url", "kind", "accessed")]
    numbers: dict[str, Any] = {"peak": {key: _peak(key, mapping_of(peaks, key)) for key in peaks}}
    for name, unit in (("memory", "gigabyte"), ("bandwidth", "gigabyte/second"), ("tdp", "watt")):
        numbers[name] = _number(name, mapping_of(facts, name).get("value"), unit) if name in facts else None
    _check_values(facts, peaks)
    _texts(facts, "aliases")
    _check_slices(facts)
    return {"facts": facts, "numbers": numbers, "vendor": vendor, "file": file, "sources": used}


def _check_values(facts: Mapping[str, Any], peaks: Mapping[str, Any]) -> None:
    training = facts.get("training-format")
    if training is not None and training not in peaks:
        raise EntryError("training-format", f"no peak for '{training}'", f"one of {', '.join(peaks)}")
    for name in ("announced", "released", "expected"):
        if name in facts:
            _day(name, mapping_of(facts, name).get("value"))
    for name, multiple in mapping_of(facts, "units").items():
        if not isinstance(multiple, (int, float)) or multiple <= 0:
            raise EntryError(f"units.{name}", f"'{multiple}' is no number of chips", "a positive number")


def _facts(facts: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Each value that names its source."""
    for key, rate in mapping_of(facts, "peak").items():
        if not isinstance(rate, dict):
            raise EntryError(f"peak.{key}", "not a mapping", "{value: \"312 TFLOP/s\", source: key}")
        yield f"peak.{key}", rate
    for place, value in facts.items():
        if place != "peak" and isinstance(value, dict) and "source" in value:
            yield place, value


def _peak(key: str, fact: Mapping[str, Any]) -> list[float | None]:
    unit = "OP/second" if key.startswith("int") else "FLOP/second"
    sparse = fact.get("sparse")
    return [_number(f"peak.{key}", fact.get("value"), unit),
            None if sparse is None else _number(f"peak.{key}.sparse", sparse, unit)]


def _number(place: str, value: object, unit: str) -> float:
    from computeest.text.numbers import to_unit
    from computeest.text.units import UnitError

    if not isinstance(value, str):
        what = "no value" if value is None else f"'{value}' has no unit"
        raise EntryError(place, what, f"a text such as '1 {unit}'")
    try:
        number = to_unit(value, unit)
    except UnitError as error:
        raise EntryError(place, error.what, error.expected) from None
    if not number > 0 or number == float("inf"):
        raise EntryError(place, f"'{value}' is not positive", "a positive number")
    return number


def family_entry(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """A family that can be used."""
    _texts(facts, "aliases")
    _texts(facts, "members")
    if facts.get("default") not in facts.get("members", ()):
        raise EntryError("default", f"'{facts.get('default')}' is not a member", "one of 'members'")
    for name in ("default-before", "default-from"):
        for day in mapping_of(facts, name):
            _day(name, day)
    return facts


def system_entry(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """A machine that can be used."""
    _texts(facts, "aliases")
    if not isinstance(facts.get("name"), str):
        raise EntryError("name", "missing", "the machine's name")
    if not isinstance(facts.get("chips"), (int, float)) or not facts["chips"] > 0:
        raise EntryError("chips", f"'{facts.get('chips')}' is no number of chips", "a positive number")
    for name in ("from", "until"):
        if name in facts:
            _day(name, facts[name])
    return facts


def _check_plain(facts: Mapping[str, Any]) -> None:
    """What must be a text is one, and what must be a number."""
    for name in ("kind", "architecture", "form-factor", "status", "confidence", "note"):
        if not isinstance(facts.get(name, ""), str):
            raise EntryError(name, f"'{facts[name]}' is no text", "a quoted text")
    doubt, disputed = mapping_of(facts, "ambiguous"), facts.get("disputed", [])
    for place, number in (("dies", facts.get("dies", 1)), ("ambiguous.factor", doubt.get("factor", 1.0))):
        if not isinstance(number, (int, float)) or not number > 0:
            raise EntryError(place, f"'{number}' is no number", "a positive number")
    if not isinstance(disputed, list) or not all(isinstance(dispute, dict) for dispute in disputed):
        raise EntryError("disputed", "not a list of mappings", "{field, value, by, why}")
    if not isinstance(doubt.get("others", []), list):
        raise EntryError("ambiguous.others", "not a list", "ids of chips")


def _check_slices(facts: Mapping[str, Any]) -> None:
    slices = mapping_of(facts, "slices")
    for pattern in (slices.get("pattern"), *slices.get("also", ())) if slices else ():
        if not isinstance(pattern, str) or not pattern.endswith("-{n}"):
            raise EntryError("slices", f"'{pattern}' is no pattern", "a text such as 'v3-{n}'")
    if slices and not isinstance(slices.get("chips-per-n"), (int, float)):
        raise EntryError("slices.chips-per-n", "missing", "a number of chips, such as 0.5")


def mapping_of(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A field that is a mapping; empty where it is missing."""
    found = facts.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise EntryError(name, "not a mapping", "names and values")
    return found


def _texts(facts: Mapping[str, Any], name: str) -> None:
    found = facts.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise EntryError(name, "not a list of texts", "a list such as [\"A100\"]")


def _day(place: str, value: object) -> None:
    try:
        datetime.date.fromisoformat(str(value))
    except ValueError:
        raise EntryError(place, f"'{value}' is no day", "a quoted day such as \"2020-05-14\"") from None


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
    from computeest.text import yaml_nodes  # PyYAML: only when no compiled document is at hand

    try:
        node = yaml_nodes.load(file.content.decode("utf-8"))
    except UnicodeDecodeError:
        build.problems.append(Problem(file.name, 1, "", "the file is not text in UTF-8"))
        return
    except yaml_nodes.YamlError as error:
        build.problems.append(Problem(file.name, error.line, "", error.what, error.expected))
        return
    if node is None:
        return
    if not isinstance(node.value, dict):
        build.problems.append(Problem(file.name, node.line, "", "not a mapping", "'chips:', 'families:' or 'systems:'"))
        return
    content = yaml_nodes.plain(node)
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
