"""What a run's network costs: its family, or its list of layers, counted."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from computeest import schema
from computeest.contract import Family, Network
from computeest.facts.lookup import Lookup, distinct
from computeest.facts.spec import NetworkFact, Spec
from computeest.registry import Registry
from computeest.schema.architecture import FAMILY_WORDS, MULTIPLIERS, OPEN_WORDS, SYNONYMS, check
from computeest.text.suggest import did_you_mean


def fill(spec: Spec, registry: Registry) -> None:
    """Count every distinct architecture and fill forward FLOP and parameters where the paper does not state them."""
    if all(name not in spec.words for name in ("family", "architecture", "layers")):
        return
    family, architecture, layers = (spec.kinds(name) for name in ("family", "architecture", "layers"))
    nameless = (family.codes < 0) & (layers.codes < 0)
    for row in np.flatnonzero(nameless & (architecture.codes >= 0)):
        spec.problem(int(row), "architecture", "there is an architecture, but no family to count it",
                     "family: resnet; see `computeest families`")
    lengths = spec.column("sequence_length")
    length = np.unique(lengths, return_inverse=True)[1]
    parts = (family.codes, architecture.codes, layers.codes, length)
    first, inverse = distinct(*(np.where(nameless, -1, codes) for codes in parts))
    shapes = {row: (family.at(row), architecture.at(row), layers.at(row), float(lengths[row]))
              for row in first.tolist() if not nameless[row]}
    found = Lookup.of((row if row in shapes else None for row in first.tolist()),
                      lambda row: _known(registry, shapes[row]))
    spec.networks = Lookup(found.codes[inverse], found.facts)
    _apply(spec)


#: Networks counted before, for tables that come in chunks, by registry and shape; the registry is kept beside each, for
#: another one may get the number of one that is gone.
_KNOWN: dict[tuple[int, str], tuple[Registry, NetworkFact]] = {}
_MOST_KNOWN = 20_000


def _known(registry: Registry, shape: tuple[Any, ...]) -> NetworkFact:
    key = (id(registry), repr(shape))
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = registry, _counted(registry, *shape)
    return _KNOWN[key][1]


def _counted(registry: Registry, family: Any, architecture: Any, layers: Any, length: float) -> NetworkFact:
    given = dict(architecture or {})
    try:
        if family is None:
            return _of_layers(layers, given)
        return count(registry, str(family), given, None if math.isnan(length) else int(length))
    except ValueError as error:
        return NetworkFact(str(family or "layers"), "", "", None, math.nan, error=str(error))


def _of_layers(layers: list[Any], architecture: Mapping[str, Any]) -> NetworkFact:
    from computeest.layers import read

    network = read(layers, **architecture)
    return _fact("layers", "example", "authors", network)


def count(registry: Registry, name: str, architecture: Mapping[str, Any],
          sequence_length: int | None = None) -> NetworkFact:
    """One example's forward pass through a family's network; ValueError says what is wrong with the architecture."""
    family, given = resolve(registry, name, architecture)
    accepted = inspect.signature(family.forward).parameters
    if sequence_length is not None and "sequence_length" in accepted and not _states_length(architecture):
        given["sequence_length"] = sequence_length  # the run's own length, not that its variant is known by
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
        return _fact(family.name, family.example, family.source, counted)
    return NetworkFact(family.name, family.example, family.source, None, float(counted))


def _states_length(architecture: Mapping[str, Any]) -> bool:
    names = ("sequence_length", *SYNONYMS["sequence_length"])
    return any(schema.key(key) in names for key in architecture)


def _fact(family: str, example: str, source: str, network: Network) -> NetworkFact:
    flop = float(network.forward_flop)
    if not flop > 0:
        raise ValueError("the network has no matrix products to count")
    frozen = network.trainable_parameters < network.parameters
    return NetworkFact(family, example, source, network, flop,
                       flop / network.tokens if network.tokens else math.nan, float(network.parameters) or math.nan,
                       float(network.active_parameters) or math.nan,
                       float(network.trainable_parameters) if frozen else math.nan,
                       # recomputed activations are not training compute (PaLM, appendix B)
                       (network.backward_flop - network.recomputed_flop) / flop if network.frozen_flop else math.nan)


def resolve(registry: Registry, name: str, architecture: Mapping[str, Any]) -> tuple[Family, dict[str, Any]]:
    """The family that a name means (or whose variant it is), and its parameters by their own names."""
    given = dict(architecture)
    variant = given.pop("variant", None)
    base: Mapping[str, Any] = {}
    family = registry.families.get(name) or _any_spelling(registry.families, name)
    if family is None and _letters(name) in FAMILY_WORDS:
        word, said = FAMILY_WORDS[_letters(name)]
        family, base = registry.families.get(word), said
    wanted = str(variant) if variant is not None else name if family is None else None
    if wanted is not None:
        found = registry.variants.get(schema.key(wanted)) or _any_punctuation(registry, wanted, family)
        if found is None:
            kind = "variant" if variant is not None else "family"
            if variant is None and _letters(name) in OPEN_WORDS:
                raise ValueError(f"no family is called '{name}'; it may be {OPEN_WORDS[_letters(name)]}")
            close = did_you_mean(wanted, dict.fromkeys((*registry.families, *registry.variants)))
            raise ValueError(f"no {kind} is called '{wanted}'; {close}".rstrip("; "))
        if family is not None and found[0] != family.name:
            raise ValueError(f"the variant '{wanted}' is of the family '{found[0]}', not '{family.name}'")
        family, base = registry.families[found[0]], {**base, **found[1]}
    if family is None:
        raise ValueError(f"no family is called '{name}'")
    return family, {**base, **_named(family, given)}


def _any_punctuation(registry: Registry, wanted: str, family: Family | None) -> tuple[str, Mapping[str, Any]] | None:
    """The one variant that is also written so: 'ResNet50' for resnet-50, 'swin-large' for swin-l, 'b7' of a family."""
    among = {name: variant for name, variant in registry.variants.items()
             if family is None or variant[0] == family.name}
    asked = (wanted, *((f"{family.name}-{wanted}",) if family is not None else ()))
    for fold in (_letters, _plain_letters):
        for name in asked:
            found = [variant for own, variant in among.items() if fold(own) == fold(name)]
            if len(found) == 1:
                return found[0]
    # 'mobilenet-v2' is that of width 1
    asked_for = _letters(wanted)
    return next((variant for own, variant in among.items() if own.endswith("1.0") and _letters(own[:-3]) == asked_for),
                None)


#: Sizes in words and in letters, and words that names of the same network have or have not.
_SIZES = (("tiny", "t"), ("small", "s"), ("base", "b"), ("xlarge", "xl"), ("large", "l"), ("huge", "h"),
          ("wrn", "wideresnet"), ("patch", ""), ("mlpmixer", "mixer"))


def _plain_letters(name: str) -> str:
    """The letters with sizes as letters, no points, and without the image of 224 that goes without saying."""
    folded = re.sub(r"(?<=\d)[-_ ]224$", "", name.lower())
    folded = re.sub(r"[^a-z0-9]", "", folded)
    for word, letter in _SIZES:
        folded = folded.replace(word, letter)
    return folded


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def _any_spelling(families: Mapping[str, Family], name: str) -> Family | None:
    """The family whose name differs in case, hyphens or spaces only."""
    key = _letters(name)
    return next((family for own, family in families.items() if _letters(own) == key), None)


def _named(family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    parameters = inspect.signature(family.forward).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return dict(given)
    named: dict[str, Any] = {}
    for key, value in given.items():
        own = schema.key(key)
        if own not in parameters:
            own = _meant(own, parameters)
        if own not in parameters:
            raise ValueError(f"the family '{family.name}' has no '{key}'; it has {', '.join(parameters)}"
                             + (f"; {close}" if (close := did_you_mean(key, parameters)) else ""))
        if own in named:
            raise ValueError(f"'{own}' is given twice, once as '{key}'")
        value = _square(value, str(parameters[own].annotation))
        check(key, value, parameters[own].annotation)
        named[own] = value
    return named


def _meant(key: str, parameters: Mapping[str, inspect.Parameter]) -> str:
    """The parameter that another name of it means; the name itself where it means none."""
    for parameter, names in MULTIPLIERS.items():
        if key in names and "float" in str(getattr(parameters.get(parameter), "annotation", "")):
            return parameter
    return next((p for p, others in SYNONYMS.items() if key in others and p in parameters), key)


def _square(value: Any, annotation: str) -> Any:
    """The 224 of `image_size: [224, 224]`, for a family that takes one number."""
    alike = isinstance(value, list) and len(value) == 2 and value[0] == value[1]
    return value[0] if alike and "Sequence" not in annotation and "tuple" not in annotation else value


def _at_fault(spec: Spec, row: int, error: str) -> str:
    """The key that an error of counting is about."""
    if spec.word("family", row) is None:
        return "layers"
    return "family" if error.startswith("no family") or not spec.word("architecture", row) else "architecture"


def _apply(spec: Spec) -> None:
    networks = spec.networks
    for row in np.flatnonzero(np.array([bool(fact.error) for fact in networks.facts] + [False])[networks.codes]):
        fact = networks.facts[networks.codes[row]]
        spec.problem(int(row), _at_fault(spec, int(row), fact.error), fact.error)
    stated = np.zeros(spec.size, dtype=bool)
    for column in ("forward_flop", "forward_macs", "forward_flop_per_token"):
        stated |= ~np.isnan(spec.column(column))
    anywhere = np.ones(spec.size, dtype=bool)
    spec.fill("forward_flop", networks.column("forward_flop"), ~stated)
    spec.fill("forward_flop_per_token", networks.column("forward_flop_per_token"), ~stated)
    for column in ("parameters", "active_parameters", "trainable_parameters", "backward_ratio"):
        spec.fill(column, networks.column(column), anywhere)
