"""Hardware files compiled: the document that estimates use, and everything that is wrong with the files.

`database.load` calls `document`, which refuses on errors; `computeest hardware lint` prints all of `check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from computeest.hardware.files import File, all_overlays, package_files
from computeest.hardware.find import index as names
from computeest.hardware.lint.facts import SOURCE_KEYS, Chip
from computeest.hardware.lint.lint import Finding, World, read
from computeest.hardware.lint.money import ENTRIES
from computeest.problems import InputError, Problem
from computeest.problems import chips as wrong
from computeest.text.kept import Document
from computeest.text.numbers import to_unit
from computeest.text.yaml_nodes import plain


def document(files: Iterable[File], today: date | None = None) -> Document:
    """Everything the files say, later layers replacing earlier entries; InputError lists the errors in them."""
    world, findings = read(files, today)
    problems = [_problem(finding) for finding in findings if finding.level == "error"]
    if problems:
        raise InputError(problems)
    chips = {name: _chip(chip, world) for name, chip in world.chips.items()}
    families, systems = (dict(_entries(world, kind)) for kind in ("families", "systems"))
    index = names.index({name: chip["facts"] for name, chip in chips.items()}, families, systems)
    days = {name: chip["facts"].get("announced") or chip["facts"].get("released") for name, chip in chips.items()}
    return {"chips": chips, "since": {name: day["value"] for name, day in days.items() if day},
            "families": families, "systems": systems, "names": names.compact(index),
            "heads": names.heads(index), "numbers": names.numbers(index),
            "generations": _generations(chips), "siblings": names.siblings(index), "money": _money(world),
            "warnings": [f"{finding.where}: {finding.message}" for finding in findings if finding.code == "override"]}


def check(overlays: Sequence[Path]) -> list[Finding]:
    """What is wrong with the user's own files, or with ours where they are put over them; with ours, where none are."""
    ours, theirs = package_files(), all_overlays(overlays)
    named = {file.name for file in theirs or ours}
    return [finding for finding in read((*ours, *theirs))[1]
            if finding.spot.file in named or finding.level == "error"]


def _problem(finding: Finding) -> Problem:
    spot = finding.spot
    return Problem(spot.file, spot.line, spot.path,
                   wrong.HARDWARE_REFUSED(message=finding.message, code=finding.code))


def _entries(world: World, wanted: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for (kind, name), (node, _) in world.others.items():
        if kind == wanted:
            yield name, _stated(plain(node))


def _stated(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None}


def _money(world: World) -> dict[str, dict[str, Any]]:
    """Prices, and grids with data centres."""
    titles = {key: source["title"] for sources in world.sources.values() for key, source in sources.items()}
    found: dict[str, dict[str, Any]] = {kind: dict(_entries(world, kind)) for kind in ENTRIES}
    cited = {key: titles[key] for entries in found.values() for entry in entries.values() for key in _cited(entry)}
    prices = ("prices", "electricity", "deflator")
    return {"prices": {**{kind: found[kind] for kind in prices}, "sources": cited},
            "places": {**{kind: found[kind] for kind in ENTRIES if kind not in prices}, "sources": cited}}


def _cited(entry: Any) -> Iterator[str]:
    if isinstance(entry, dict):
        yield from (entry[key] for key in SOURCE_KEYS if key in entry)
    for inner in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
        yield from _cited(inner)


def _chip(chip: Chip, world: World) -> dict[str, Any]:
    """A chip with its numbers read and the sources that it uses."""
    facts = _stated(chip.data)
    numbers: dict[str, Any] = {"peak": {key: _peak(key, rate) for key, rate in facts["peak"].items()}}
    for name, unit in (("memory", "gigabyte"), ("bandwidth", "gigabyte/second"), ("tdp", "watt"),
                       ("node-power", "watt")):
        numbers[name] = to_unit(facts[name]["value"], unit) if name in facts else None
    used = {key: [*(chip.sources[key].get(name, "") for name in ("title", "url", "kind", "accessed")),
                  chip.sources[key].get("unopened") == "true"] for key in dict.fromkeys(_sources(facts))}
    return {"facts": facts, "numbers": numbers, "vendor": world.vendors[chip.id], "file": chip.spot.file,
            "sources": used, "architecture_name": world.titles[chip.texts["architecture"]]}


def _generations(chips: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[float, str]]]:
    """The chips of each generation by their training peaks: to build all 745 chips for it took 40 ms."""
    found: dict[str, list[tuple[float, str]]] = {}
    for chip in chips.values():
        trained = chip["facts"].get("training-format")
        peak = trained and chip["numbers"]["peak"][trained][0]
        for word in chip["architecture_name"].lower().split()[1:2] if peak else ():
            found.setdefault(word, []).append((peak, chip["facts"]["name"]))
    return found


def _sources(facts: Mapping[str, Any]) -> Iterator[str]:
    for fact in (*facts["peak"].values(), *facts.values()):
        if isinstance(fact, dict) and "source" in fact:
            yield from (fact[key] for key in SOURCE_KEYS if key in fact)
            if "second" in fact:
                yield fact["second"]["source"]


def _peak(key: str, fact: Mapping[str, Any]) -> list[float | None]:
    unit = "OP/second" if key.startswith("int") else "FLOP/second"
    return [to_unit(fact["value"], unit), to_unit(fact["sparse"], unit) if "sparse" in fact else None]
