"""What a run's network costs: its family, or its list of layers, counted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Family, Network
from computeest.facts.lookup import Floats, Lookup, distinct
from computeest.facts.network_defaults import shapeless, taken
from computeest.facts.network_names import asks, names_member, resolve
from computeest.facts.spec import NetworkFact, Spec
from computeest.problems import Fault, NetworkError, fails, note_failure, told
from computeest.problems import networks as wrong
from computeest.registry import Registry
from computeest.schema.architecture import SYNONYMS


def fill(spec: Spec, registry: Registry) -> None:
    """Count every distinct architecture and fill forward FLOP and parameters where the paper does not state them."""
    if all(name not in spec.words for name in ("family", "architecture", "layers")):
        return
    family, architecture, layers = (spec.kinds(name) for name in ("family", "architecture", "layers"))
    nameless = (family.codes < 0) & (layers.codes < 0)
    unnamed = np.count_nonzero(nameless) > 0
    for row in np.flatnonzero(nameless & (architecture.codes >= 0)) if unnamed else ():
        spec.problem(int(row), "architecture", wrong.ARCHITECTURE_WITHOUT_FAMILY())
    lengths, stated = spec.column("sequence_length"), _confirming(spec, registry)
    rows, = (~nameless).nonzero()
    parts = (family.codes[rows], architecture.codes[rows], layers.codes[rows], _numbered(lengths[rows]),
             _numbered(stated[rows]))
    first, inverse = distinct(*parts)
    spec.networks = Lookup(Lookup.nothing(spec.size).codes.copy(), tuple(
        _known(registry, (family.at(row), architecture.at(row), layers.at(row), float(lengths[row]),
                          float(stated[row]))) for row in rows[first].tolist()))
    spec.networks.codes[rows] = inverse
    if "context_window" in spec.numbers:
        _over_windows(spec, registry, stated)
    _apply(spec)


def _over_windows(spec: Spec, registry: Registry, stated: Floats) -> None:
    """What a token costs at most: where all of the context window was trained on, and not the usual length."""
    window, usual = spec.column("context_window"), spec.networks.column("forward_flop_per_token")
    over = np.full(spec.size, np.nan)
    for row in np.flatnonzero(~np.isnan(window) & ~np.isnan(usual)).tolist():
        family, architecture, layers = (spec.word(name, row) for name in ("family", "architecture", "layers"))
        over[row] = _known(registry, (family, architecture, layers, window[row], stated[row])).forward_flop_per_token
    if not np.isnan(over).all():
        spec.alternatives["forward_flop_per_token"] = np.where(np.isnan(over), np.nan, usual), over


def _numbered(values: Floats) -> NDArray[np.intp]:
    """A code for each number, the same for the same one; NaN is one as well, and often there is nothing else."""
    if len(values) < 2 or np.isnan(values).all():
        return np.zeros(len(values), dtype=np.intp)
    return np.unique(values, return_inverse=True)[1]


def _confirming(spec: Spec, registry: Registry) -> Floats:
    """Parameters stated, for the families that ask for them to confirm a shape; NaN for all others."""
    families = spec.kinds("family")
    found = [registry.families.get(str(word)) for word in families.facts]
    asks = [family is not None and "parameters" in family.parameters for family in found]
    return np.where(np.array([*asks, False])[families.codes], spec.column("parameters"), math.nan)


#: Networks counted before, for tables that come in chunks, by registry and shape; the registry is kept beside each, for
#: another one may get the number of one that is gone.
_KNOWN: dict[tuple[int, str], tuple[Registry, NetworkFact]] = {}
_MOST_KNOWN = 20_000
#: Characters of a shape that is remembered; a list of layers may have a million.
_LONGEST_KNOWN = 4_000


def _known(registry: Registry, shape: tuple[Any, ...]) -> NetworkFact:
    key = (id(registry), repr(shape))
    if len(key[1]) > _LONGEST_KNOWN:
        return _counted(registry, *shape)
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = registry, _counted(registry, *shape)
    return _KNOWN[key][1]


def _counted(registry: Registry, family: Any, architecture: Any, layers: Any, length: float,
             parameters: float) -> NetworkFact:
    given = dict(architecture or {})
    try:
        if family is None:
            return _of_layers(layers, given)
        return _stated(registry, str(family), given, None if math.isnan(length) else int(length),
                       None if math.isnan(parameters) else parameters)
    except ValueError as error:
        fault = error.fault if isinstance(error, NetworkError) else wrong.FAMILY_REFUSES(what=error)
        return NetworkFact(str(family or "layers"), "", "", None, math.nan, fault=fault)


def _stated(registry: Registry, name: str, architecture: Mapping[str, Any], length: int | None,
            parameters: float | None) -> NetworkFact:
    """The network of a paper: its family alone is no architecture, and what it leaves to the family is assumed."""
    family, given = resolve(registry, name, architecture)
    named = names_member(registry, name, architecture)
    lacking = "" if named else shapeless(family, given)
    if lacking:
        raise NetworkError(wrong.NETWORK_SHAPELESS(what=lacking))
    fact = _of_family(registry, family, dict(given), architecture, length, parameters)
    if named or fact.network is None:
        return fact
    if length is not None and "sequence_length" in family.parameters:
        given.setdefault("sequence_length", length)
    found = taken(family, given, fact.network)
    return replace(fact, assumed=found.values, forward_sigma=found.forward, token_sigma=found.a_token,
                   parameter_sigma=found.parameters)


#: What an architecture may say beside a list of layers.
_OF_LAYERS = ("input", "tokens")


def _of_layers(layers: list[Any], architecture: Mapping[str, Any]) -> NetworkFact:
    from computeest.layers import read

    unknown = next((key for key in architecture if key not in _OF_LAYERS), None)
    if unknown is not None:
        raise NetworkError(wrong.LAYERS_WITH_ARCHITECTURE(key=str(unknown)[:60], known=" or ".join(_OF_LAYERS)))
    network = read(layers, **architecture)
    return _fact("layers", "example", "authors", network)


def count(registry: Registry, name: str, architecture: Mapping[str, Any],
          sequence_length: int | None = None, parameters: float | None = None) -> NetworkFact:
    """One example's forward pass through a family's network; ValueError says what is wrong with the architecture."""
    return _of_family(registry, *resolve(registry, name, architecture), architecture, sequence_length, parameters)


def _of_family(registry: Registry, family: Family, given: dict[str, Any], architecture: Mapping[str, Any],
               sequence_length: int | None, parameters: float | None) -> NetworkFact:
    """A network of which it is known what it means: its family, and the parameters that are given by their names."""
    accepted = family.parameters
    if sequence_length is not None and "sequence_length" in accepted and not _states_length(architecture):
        given["sequence_length"] = sequence_length  # the run's own length, not that its variant is known by
    if parameters is not None and "parameters" in accepted:
        given.setdefault("parameters", parameters)  # what the run states, which confirms a shape
    lacking = [name for name in asks(family).required if name not in given]
    if lacking:
        raise NetworkError(wrong.PARAMETER_MISSING(family=family.name, lacking=", ".join(lacking)))
    try:
        counted = family.count(**given)
        if isinstance(counted, Network):
            return _fact(family.name, family.example, family.source, counted)
        if not isinstance(counted, (int, float, np.number)):
            raise TypeError(f"a {type(counted).__name__} is no number of FLOP")
        flop = float(counted)
    except ValueError:
        raise
    except fails() as error:
        said = f"the family '{family.name}' fails: {told(error)}"
        note_failure(f"{registry.modules.get(f'family {family.name}', 'a plugin')}: {said}")
        raise NetworkError(wrong.FAMILY_FAILS(what=said)) from error
    if not 0 < flop < math.inf:
        raise NetworkError(wrong.FAMILY_COUNTS_NOTHING(family=family.name, flop=flop))
    return NetworkFact(family.name, family.example, family.source, None, flop)


def _states_length(architecture: Mapping[str, Any]) -> bool:
    names = ("sequence_length", *SYNONYMS["sequence_length"])
    return any(schema.key(key) in names for key in architecture)


def _fact(family: str, example: str, source: str, network: Network) -> NetworkFact:
    flop = float(network.forward_flop)
    if not flop > 0:
        raise NetworkError(wrong.NETWORK_WITHOUT_PRODUCTS())
    frozen = network.trainable_parameters < network.parameters
    return NetworkFact(family, example, source, network, flop,
                       flop / network.tokens if network.tokens else math.nan, float(network.parameters) or math.nan,
                       float(network.active_parameters) or math.nan,
                       float(network.trainable_parameters) if frozen else math.nan,
                       # recomputed activations are not training compute (PaLM, appendix B)
                       (network.backward_flop - network.recomputed_flop) / flop if network.frozen_flop else math.nan)


def _at_fault(spec: Spec, row: int, fault: Fault) -> str:
    """The key that an error of counting is about."""
    if spec.word("family", row) is None:
        return "layers"
    return "family" if fault.what.startswith("no family") or not spec.word("architecture", row) else "architecture"


#: What stands for tokens, of an epoch, of all or of a step; and what an example is where the network is described by
#: hand, which says nothing of what the data are.
_TOKENS = ("tokens", "tokens_seen", "batch_tokens", "words", "text_size")
_ANYTHING = ("example", "graph")
#: Examples that are more than texts: nothing says whether CLIP's and Whisper's tokens are patches and frames, too.
_MORE_THAN_TEXT = re.compile(r"^(?!.*sequence).*(?:image|video|clip|record|audio|speech)")


def _without_tokens(spec: Spec) -> None:
    """Tokens of a network that has none, of which nothing can be counted: a problem, and no fact."""
    networks = spec.networks
    none = np.array([not fact.fault and fact.example not in _ANYTHING and (
        math.isnan(fact.forward_flop_per_token) or _MORE_THAN_TEXT.search(fact.example) is not None)
                     for fact in networks.facts] + [False])[networks.codes]
    for column in _TOKENS if np.count_nonzero(none) else ():
        for row in np.flatnonzero(none & ~np.isnan(spec.column(column))).tolist():
            fact = networks.facts[networks.codes[row]]
            asked = {"tokens_seen": "examples_seen", "batch_tokens": "batch_size"}.get(column, "examples")
            spec.problem(row, column, wrong.TOKENS_OF_NO_TOKENS(family=fact.family, example=fact.example).expecting(
                f"{asked}: how many of them"))
            spec.numbers[column][row] = np.nan


def _apply(spec: Spec) -> None:
    networks = spec.networks
    _without_tokens(spec)
    wrong_ = [bool(fact.fault) for fact in networks.facts]
    for row in np.flatnonzero(np.array([*wrong_, False])[networks.codes]) if any(wrong_) else ():
        if fault := networks.facts[networks.codes[row]].fault:
            spec.problem(int(row), _at_fault(spec, int(row), fault), fault)
    stated = np.zeros(spec.size, dtype=bool)
    for column in ("forward_flop", "forward_macs", "forward_flop_per_token"):
        if column in spec.numbers:
            stated |= ~np.isnan(spec.numbers[column])
    anywhere = np.ones(spec.size, dtype=bool)
    with np.errstate(all="ignore"):
        far = np.abs(np.log(spec.column("parameters") / networks.column("parameters")))
    apart = _contradicted(spec, far)
    a_token, spread = networks.column("forward_flop_per_token"), networks.column("forward_sigma")
    # where assumed sizes do not fit the parameters stated, these decide what a token costs, and widen that of an image
    decided = ~np.isnan(a_token) & ((apart > 0) | _of_a_series(spec, far))
    spec.fill("forward_flop", networks.column("forward_flop"), ~stated & ~decided, np.hypot(spread, apart))
    spec.fill("forward_flop_per_token", a_token, ~stated & ~decided, networks.column("token_sigma"))
    spec.fill("parameters", networks.column("parameters"), ~decided, networks.column("parameter_sigma"))
    # no more than the total that is stated: 138M is what papers print of 138.4M, and not a contradiction
    active = np.fmin(networks.column("active_parameters"), spec.column("parameters"))
    active = np.where(np.isnan(networks.column("active_parameters")), np.nan, active)
    spec.fill("active_parameters", active, ~decided, networks.column("parameter_sigma"))
    for column in ("trainable_parameters", "backward_ratio"):
        spec.fill(column, networks.column(column), anywhere)


#: Stated parameters that differ more from those of the network that a name alone says are another member's.
_OTHER_MEMBER = 1.5


def _of_a_series(spec: Spec, far: Floats) -> NDArray[np.bool_]:
    """Rows whose family, a name alone, is that of a whole series: their parameters are those of another of its members.

    'BLOOM' and 'GPT-2' are the Hub's names of the largest and of the smallest of theirs, and tables write them beside
    each size.
    """
    apart = far > math.log(_OTHER_MEMBER)
    for row in np.flatnonzero(apart).tolist():
        apart[row] = spec.word("family", row) and not (spec.word("architecture", row) or spec.word("layers", row))
    return apart


#: How far stated parameters may be from those counted with assumed sizes: papers round, and leave embeddings out.
FITTING = 0.1


def _contradicted(spec: Spec, far: Floats) -> Floats:
    """ln of how far stated parameters are from those counted with assumed sizes; 0 where they fit."""
    apart = (spec.networks.column("parameter_sigma") > 0) & (far > FITTING)
    return np.where(apart, np.nan_to_num(far), 0.0) if np.count_nonzero(apart) else np.zeros(spec.size)
