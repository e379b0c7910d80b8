"""One network, layer by layer: shapes, parameters, FLOP, and what the totals hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from computeest.facts.network_lookup import count
from computeest.facts.network_names import meaning
from computeest.facts.spec import NetworkFact
from computeest.problems import UsageError
from computeest.records import wording
from computeest.registry import Registry
from computeest.text.yaml_nodes import YamlError, load, plain

COLUMNS = ("layer", "times", "output", "parameters", "FLOP", "share")
ELEMENTWISE = "element-wise work: bias, norm, activation, pooling"


class SettingError(UsageError):
    """A `--set` that says nothing: what it is, and what was expected."""


def architecture(settings: Sequence[str]) -> dict[str, Any]:
    """`depth=101` and `blocks=[3, 4, 23, 3]` as a paper's `architecture` would hold them."""
    found: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise SettingError(f"'{setting}' is not NAME=VALUE, such as depth=101")
        try:
            node = load(text)
        except YamlError as error:
            raise SettingError(f"'{setting}': {error.what}; write a value as in paper.yaml") from None
        found[name.strip()] = None if node is None else plain(node)
    return found


def counted(registry: Registry, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A network's layers and totals, as plain data."""
    try:
        fact = count(registry, name, given)
    except ValueError as error:
        raise SettingError(str(error)) from None
    return {"family": fact.family, "meant": meaning(registry, name), "example": fact.example, "source": fact.source,
            "architecture": dict(given), "layers": _layers(fact), "totals": _totals(fact), "by_term": _terms(fact),
            "not_counted": _not_counted(fact)}


def _layers(fact: NetworkFact) -> list[dict[str, Any]]:
    if fact.network is None:
        return []
    return [{"layer": layer.name, "kind": layer.kind, "term": layer.term, "times": layer.repeat,
             "output": str(layer.output), "parameters": layer.parameters, "active_parameters": layer.active_parameters,
             "forward_flop": layer.forward_flop, "backward_flop": layer.backward_flop,
             "elementwise_flop": layer.elementwise_flop, "share": layer.forward_flop / fact.forward_flop}
            for layer in fact.network.layers]


def _totals(fact: NetworkFact) -> dict[str, float | None]:
    totals: dict[str, float | None] = {"forward_flop": fact.forward_flop, "forward_macs": fact.forward_flop / 2}
    network = fact.network
    if network is None:
        return totals
    a_token = None if math.isnan(fact.forward_flop_per_token) else fact.forward_flop_per_token
    return {"forward_flop": network.forward_flop, "forward_macs": network.forward_flop // 2,
            "forward_flop_per_token": a_token, "tokens": network.tokens, "backward_flop": network.backward_flop,
            "backward_ratio": network.backward_ratio, "parameters": network.parameters,
            "active_parameters": network.active_parameters, "trainable_parameters": network.trainable_parameters,
            "elementwise_flop": network.elementwise_flop}


def _terms(fact: NetworkFact) -> dict[str, int]:
    return fact.network.by_term() if fact.network is not None else {}


def _not_counted(fact: NetworkFact) -> list[str]:
    if fact.network is None:
        return []
    work = f"{ELEMENTWISE} ({wording.flop(fact.network.elementwise_flop)})"
    return [*([work] if fact.network.elementwise_flop else []), *fact.network.uncounted]


def rows(report: Mapping[str, Any], *, every: bool = False) -> list[dict[str, str]]:
    """The layers as texts for a table; without `every`, only those with matrix products or parameters."""
    return [{"layer": layer["layer"], "times": str(layer["times"]), "output": layer["output"],
             "parameters": f"{layer['parameters']:,}", "FLOP": f"{layer['forward_flop']:,}",
             "share": f"{layer['share']:.2%}" if layer["forward_flop"] else ""}
            for layer in report["layers"] if every or layer["forward_flop"] or layer["parameters"]]


def summary(report: Mapping[str, Any]) -> str:
    """The totals in words, one a line."""
    totals, lines = report["totals"], []
    forward, macs = int(totals["forward_flop"]), int(totals["forward_macs"])
    lines.append(f"forward: {forward:,} FLOP for one {report['example']}, {macs:,} multiply-adds")
    if totals.get("forward_flop_per_token"):
        lines.append(f"  for each of {totals['tokens']:,} tokens: {totals['forward_flop_per_token']:,.0f} FLOP")
    lines += [f"  {term}: {flop:,} FLOP ({flop / forward:.2%})"
              for term, flop in report["by_term"].items()]
    if "backward_ratio" in totals:
        lines.append(f"backward: {totals['backward_flop']:,} FLOP, {totals['backward_ratio']:.4f} x forward")
        active, trained = totals["active_parameters"], totals["trainable_parameters"]
        lines.append(f"parameters: {totals['parameters']:,}"
                     + (f", {active:,} active" if active != totals["parameters"] else "")
                     + (f", {trained:,} trained" if trained != totals["parameters"] else ""))
    else:
        lines.append("counted by a formula alone: layers, parameters and the backward pass are not known")
    lines += [f"not counted: {what}" for what in report["not_counted"]]
    if report["meant"]:
        lines.append(f"name: {report['meant']}")
    return "\n".join([*lines, f"source: {report['source']}"]) + "\n"
