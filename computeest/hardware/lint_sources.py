"""Whether every value says where it is from, in a source that exists and is worth its confidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from computeest.hardware.lint_facts import Check, Chip, sourced
from computeest.hardware.lint_finding import Spot
from computeest.hardware.lint_shape import nearest_of
from computeest.strict_yaml import Node

#: Kinds that a chip of high confidence should not rest on.
WEAK = ("database", "press")
STALE_AFTER_MONTHS = 24


def known(node: Node, spot: Spot, sources: Mapping[str, Mapping[str, str]]) -> Check:
    """Every `source` below names a key of the file's sources."""
    for here, key in sourced(node, spot):
        if key not in sources:
            yield here.error("source-unknown", f"'{key}' is no key of this file's sources" + nearest_of(key, sources))


def complete(sources: Mapping[str, Mapping[str, str]], node: Node, spot: Spot) -> Check:
    """A source can be opened, or, if it is a formula, computed."""
    entries = node.value if isinstance(node.value, dict) else {}
    for key, source in sources.items():
        here = spot.at(f"sources.{key}", entries[key].line)
        needed = ("url",) if _unopened(source) else ("url", "accessed")
        if source.get("kind") == "derived":
            needed = ("formula",)
        for name in needed:
            if name not in source:
                yield here.error("source-incomplete", f"has no '{name}'")
        if not source.get("url", "https://").startswith(("https://", "http://")):
            yield here.error("source-incomplete", f"'{source['url']}' is no web address")
        inputs = entries[key].value
        parents = inputs.get("from") if isinstance(inputs, dict) else None
        for parent in parents.value if parents is not None and isinstance(parents.value, list) else ():
            if parent.value not in sources:
                yield here.error("source-unknown", f"'{parent.value}' is no key of this file's sources")


def weak(chip: Chip) -> Check:
    """High confidence needs better than somebody's table."""
    if chip.texts.get("confidence") != "high":
        return
    for name, peak in chip.peak.items():
        source = chip.sources.get(peak.source, {})
        why = f"a {source['kind']} source" if source.get("kind") in WEAK else "an unopened source"
        if source.get("kind") in WEAK or _unopened(source):
            yield chip.at(f"peak.{name}").warning("source-weak", f"rests on {why}, while the confidence is high")


def _unopened(source: Mapping[str, str]) -> bool:
    """Whether whoever entered the value only knew of the document."""
    return source.get("unopened") == "true"


def stale(chip: Chip, today: date) -> Check:
    """What was only announced is worth another look after two years."""
    if chip.texts.get("status") != "announced":
        return
    cited = {peak.source for peak in chip.peak.values()}
    for key in sorted(cited):
        accessed = chip.sources.get(key, {}).get("accessed", "")
        try:
            opened = date.fromisoformat(accessed)
        except ValueError:
            continue
        months = (today.year - opened.year) * 12 + today.month - opened.month
        if months > STALE_AFTER_MONTHS:
            yield chip.spot.warning("source-stale", f"is only announced, and '{key}' was opened {months} months ago")
