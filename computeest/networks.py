"""What a run's network costs: its family, or its list of layers, counted."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from computeest import schema
from computeest.contract import Family, Network
from computeest.problems import Problem
from computeest.suggest import did_you_mean

if TYPE_CHECKING:
    from computeest.registry import Registry
    from computeest.spec import Spec

#: Other names that papers and configurations use for a family's parameters.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "layers": ("n_layers", "num_layers", "n_layer", "num_hidden_layers", "blocks", "depth"),
    "width": ("d_model", "hidden_size", "n_embd", "hidden", "model_width", "embedding_width", "dim", "d"),
    "heads": ("n_heads", "num_heads", "n_head", "num_attention_heads", "attention_heads"),
    "kv_heads": ("n_kv_heads", "num_kv_heads", "num_key_value_heads", "key_value_heads"),
    "head_dim": ("d_head", "head_size", "d_kv"),
    "feed_forward": ("d_ff", "ffn", "ffn_size", "intermediate_size", "mlp_width", "ff", "n_inner", "mlp_dim"),
    "vocabulary": ("vocab", "vocab_size", "n_vocab"),
    "sequence_length": ("context", "context_length", "seq_len", "n_ctx", "max_position_embeddings"),
    "image": ("image_size", "resolution", "input_size", "img_size"),
    "patch": ("patch_size",),
    "classes": ("num_classes", "n_classes"),
    "experts": ("num_experts", "n_experts", "num_local_experts", "n_routed_experts"),
    "experts_per_token": ("top_k", "num_experts_per_tok", "active_experts"),
    "depth": ("layers", "n_layers", "num_layers"),
}


@dataclass(frozen=True, slots=True)
class NetworkFact:
    """One architecture, counted."""

    family: str
    example: str
    source: str
    network: Network | None
    forward_flop: float
    error: str = ""


def fill(spec: Spec, registry: Registry) -> None:
    """Count every distinct architecture and fill forward FLOP and parameters where the paper does not state them."""
    known: dict[str, NetworkFact] = {}
    for row in range(spec.size):
        family, layers = spec.word("family", row), spec.word("layers", row)
        if family is None and layers is None:
            if spec.word("architecture", row) is not None:
                _problem(spec, row, "architecture", "there is an architecture, but no family to count it",
                         "family: resnet; see `computeest families`")
            continue
        key = f"{family}|{spec.word('architecture', row)}|{layers}|{spec.get('sequence_length', row)}"
        if key not in known:
            known[key] = _counted(spec, row, registry)
        _apply(spec, row, known[key])


def _counted(spec: Spec, row: int, registry: Registry) -> NetworkFact:
    length = spec.get("sequence_length", row)
    architecture = dict(spec.word("architecture", row) or {})
    name = spec.word("family", row)
    try:
        if name is None:
            return _of_layers(spec.word("layers", row), architecture, length)
        return count(registry, str(name), architecture, None if math.isnan(length) else int(length))
    except ValueError as error:
        return NetworkFact(str(name or "layers"), "", "", None, math.nan, str(error))


def _of_layers(layers: list[Any], architecture: Mapping[str, Any], length: float) -> NetworkFact:
    from computeest.layers import read

    network = read(layers, **architecture)
    return NetworkFact("layers", "example", "authors", network, float(network.forward_flop))


def count(registry: Registry, name: str, architecture: Mapping[str, Any],
          sequence_length: int | None = None) -> NetworkFact:
    """One example's forward pass through a family's network; ValueError says what is wrong with the architecture."""
    family, given = resolve(registry, name, architecture)
    accepted = inspect.signature(family.forward).parameters
    if sequence_length is not None and "sequence_length" in accepted:
        given.setdefault("sequence_length", sequence_length)
    lacking = [p for p, spec in accepted.items() if spec.default is spec.empty and p not in given
               and spec.kind is not spec.VAR_KEYWORD]
    if lacking:
        raise ValueError(f"the family '{family.name}' needs {', '.join(lacking)}")
    try:
        counted = family.forward(**given)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"the family '{family.name}' fails: {type(error).__name__}: {error}") from error
    if isinstance(counted, Network):
        return NetworkFact(family.name, family.example, family.source, counted, float(counted.forward_flop))
    return NetworkFact(family.name, family.example, family.source, None, float(counted))


def resolve(registry: Registry, name: str, architecture: Mapping[str, Any]) -> tuple[Family, dict[str, Any]]:
    """The family that a name means (or whose variant it is), and its parameters by their own names."""
    given = dict(architecture)
    variant = given.pop("variant", None)
    base: Mapping[str, Any] = {}
    family = registry.families.get(name) or registry.families.get(schema.key(name))
    wanted = str(variant) if variant is not None else name if family is None else None
    if wanted is not None:
        found = registry.variants.get(schema.key(wanted))
        if found is None:
            kind = "variant" if variant is not None else "family"
            raise ValueError(f"no {kind} is called '{wanted}'; "
                             f"{did_you_mean(wanted, (*registry.families, *registry.variants))}".rstrip("; "))
        if family is not None and found[0] != family.name:
            raise ValueError(f"the variant '{wanted}' is of the family '{found[0]}', not '{family.name}'")
        family, base = registry.families[found[0]], found[1]
    if family is None:
        raise ValueError(f"no family is called '{name}'")
    return family, {**base, **_named(family, given)}


def _named(family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    parameters = inspect.signature(family.forward).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return dict(given)
    named: dict[str, Any] = {}
    for key, value in given.items():
        own = schema.key(key)
        if own not in parameters:
            own = next((p for p, others in SYNONYMS.items() if own in others and p in parameters), own)
        if own not in parameters:
            raise ValueError(f"the family '{family.name}' has no '{key}'; it has {', '.join(parameters)}"
                             + (f"; {close}" if (close := did_you_mean(key, parameters)) else ""))
        if own in named:
            raise ValueError(f"'{own}' is given twice, once as '{key}'")
        named[own] = value
    return named


def _apply(spec: Spec, row: int, fact: NetworkFact) -> None:
    spec.networks[row] = fact
    if fact.error or not fact.forward_flop > 0:
        column = "family" if spec.word("family", row) is not None else "layers"
        _problem(spec, row, column, fact.error or "the network has no matrix products to count", "")
        return
    network = fact.network
    values = {"forward_flop": fact.forward_flop}
    if network is not None:
        values |= {"parameters": float(network.parameters), "active_parameters": float(network.active_parameters)}
        if network.tokens:
            values["forward_flop_per_token"] = fact.forward_flop / network.tokens
            if network.trainable_parameters < network.parameters:
                values["trainable_parameters"] = float(network.trainable_parameters)
    stated = any(not math.isnan(spec.get(column, row)) for column in ("forward_flop", "forward_macs",
                                                                      "forward_flop_per_token"))
    for column, value in values.items():
        if value > 0 and math.isnan(spec.get(column, row)) and not (stated and column.startswith("forward")):
            spec.set(column, row, value)


def _problem(spec: Spec, row: int, column: str, what: str, expected: str) -> None:
    line = spec.runs[row].cells[column].line if spec.runs and column in spec.runs[row].cells else 0
    spec.problems.append((row, Problem("", line, column, what, expected)))
