"""Facts that have two readings: what each leaves open of the answers that rest on it.

A count that two stated facts give differently, a size that the model's name contradicts, a peak whose number format
nobody stated, passes over a small corpus: nothing says which is right, so the interval spans both. `shifts` says how
far each method's answer moves with them; `estimation/core.py` makes the span of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.estimation.assumptions import Assumption
from computeest.estimation.evaluate import Candidates, Evaluation, assumed
from computeest.facts.lookup import nothing
from computeest.facts.spec import Spec
from computeest.text.model_names import sizes_of
from computeest.text.numbers import NINETY

Floats = NDArray[np.float64]
#: The lowest and the highest value that a column may have instead, by row; NaN where there is no other reading.
Readings = Mapping[str, tuple[Floats, Floats]]

#: How far stated parameters may be from the size in the model's name, or from those of the network described, before
#: one of the two is wrong: names are rounded ('7B' is 6.7e9), and leave out parts of the network.
OTHER_SIZE = 1.5

#: No batch of longer texts has had more of them: 65,536 of BERT's (You et al. 2019), of 128 tokens each. Captions are
#: shorter, 77 tokens of CLIP's, and their batches larger.
_MOST_SEQUENCES, _A_TEXT = 65536.0, 128.0

#: A large corpus is read hardly more than five times: StarCoder 2 read its 9e11 tokens 4.5 times, and the smaller
#: models their 6e11 and 7e11 tokens 5.0 and 5.3 times (Lozhkov et al. 2024; tokens seen over those of the corpus).
_MOST_PASSES, _A_LARGE_CORPUS = 6.0, 1e11

#: Products of stated facts that are all the same number.
ROUTES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "tokens_seen": (("tokens_seen",), ("tokens", "epochs"), ("steps", "batch_tokens"),
                    ("steps", "batch_size", "sequence_length"), ("examples_seen", "sequence_length"),
                    ("examples", "epochs", "sequence_length")),
    "examples_seen": (("examples_seen",), ("examples", "epochs"), ("steps", "batch_size")),
    "chip_time": (("chip_time",), ("chips", "time"), ("core_time", "chips_per_core")),
    "chips": (("chips",), ("cores", "chips_per_core")),
    "time": (("time",), ("steps", "time_per_step"), ("epochs", "time_per_epoch")),
}

#: What says how much of the peak was achieved within steps, recomputed activations counted in or not: in the whole run
#: it is somewhat less, for its stalls and those, and never more.
_WITHIN_STEPS = ("step_utilization", "hardware_flop_utilization", "achieved_rate", "achieved_hardware_rate")
_MOST_ABOVE_RUN, _MOST_BELOW_RUN = 2.0, 1.2
#: Over 131,072 tokens attention, counted in full, makes the pass of Llama 3.1 8B (32 layers of 4,096) 5.3 times that of
#: its parameters.
_MOST_BY_SIZE = 6.0


def of_facts(spec: Spec) -> Readings:
    """The readings that stated facts, and what was looked up for them, leave open."""
    found = dict(spec.alternatives)
    for name, there in routes(spec).items():
        if len(there) + (name in found) > 1:
            _add(found, name, *(stated(spec, route) for route in there))
    _repeated(found, spec)
    if "batch_size" in spec.numbers and "sequence_length" in spec.numbers:
        _add(found, "batch_size", *_batches(spec))
    if "parameters" in spec.numbers:
        _sizes(found, spec)
    if "forward_flop" in spec.numbers:
        _add(found, "forward_flop", spec.column("forward_flop"), 2 * published_macs(spec))
    if not spec.networks.facts:
        return found
    counted, total = spec.networks.column("parameters"), spec.column("parameters")
    with np.errstate(invalid="ignore"):
        share = np.where(np.abs(np.log(total / counted)) > np.log(OTHER_SIZE), total / counted, np.nan)
    # of a network that is not the one of these parameters
    for name in ("forward_flop", "forward_flop_per_token") if np.count_nonzero(share == share) else ():
        _add(found, name, np.where(np.isnan(share), np.nan, spec.column(name)), spec.column(name) * share)
    return found


def _repeated(found: dict[str, tuple[Floats, Floats]], spec: Spec) -> None:
    """The readings of what other facts say once more, and otherwise."""
    if "utilization" in spec.numbers and not spec.numbers.keys().isdisjoint(_WITHIN_STEPS):
        _add(found, "utilization", spec.column("utilization"), *shares_doubted(spec))
    if "steps" in spec.numbers and "tokens" in spec.numbers:
        _add(found, "tokens_seen", passes_doubted(spec), seen_in_steps(spec))
    if "forward_flop_per_token" in spec.numbers and "parameters" in spec.numbers and not spec.networks.facts:
        _add(found, "forward_flop_per_token", spec.column("forward_flop_per_token"), forward_by_size(spec))


def _sizes(found: dict[str, tuple[Floats, Floats]], spec: Spec) -> None:
    """The readings of parameters beside the size in the model's name, the network described and the active ones."""
    total, active = spec.column("parameters"), spec.column("active_parameters")
    named = named_parameters(spec)
    if np.count_nonzero(named == named):
        named = np.where(np.isnan(active), named, np.nan)  # a mixture may be called by its experts' size
    for other in (named, *([spec.networks.column("parameters")] if spec.networks.facts else [])):
        if not np.count_nonzero(other == other) and "parameters" not in found:
            continue
        with np.errstate(all="ignore"):
            far = np.abs(np.log(other / total)) > np.log(OTHER_SIZE)
        if "parameters" in found or np.count_nonzero(far):
            _add(found, "parameters", np.where(far, total, np.nan), np.where(far, other, np.nan))
    if "active_parameters" not in spec.numbers:
        return
    with np.errstate(invalid="ignore"):
        exchanged = active > total
    for name in ("parameters", "active_parameters") if np.count_nonzero(exchanged) else ():
        _add(found, name, np.where(exchanged, total, np.nan), np.where(exchanged, active, np.nan))


def _batches(spec: Spec) -> tuple[Floats, Floats]:
    """Batches of so many sequences that tokens may be meant, as those and as they stand; NaN for all others."""
    batch, length = spec.column("batch_size"), spec.column("sequence_length")
    with np.errstate(invalid="ignore"):
        many = (batch > _MOST_SEQUENCES) & (length >= _A_TEXT)
    return np.where(many, batch / length, np.nan), np.where(many, batch, np.nan)


def routes(spec: Spec) -> Mapping[str, Sequence[Sequence[str]]]:
    """The products of which the paper, or any row of the table, states every fact, by the number that they are."""
    return _routes(frozenset(spec.numbers))


@lru_cache(maxsize=1024)
def _routes(given: frozenset[str]) -> Mapping[str, Sequence[Sequence[str]]]:
    there = {name: [route for route in each if given.issuperset(route)] for name, each in ROUTES.items()}
    return {name: each for name, each in there.items() if each}


def forward_by_size(spec: Spec) -> Floats:
    """Forward FLOP of a token by its parameters, where those stated are far from them; NaN where they are not.

    Attention adds to two for each parameter, and a mixture whose active parameters nobody states takes less.
    """
    if spec.networks.facts:
        return nothing(spec.size)
    active, said = spec.column("active_parameters"), spec.column("forward_flop_per_token")
    by_size = 2 * np.where(np.isnan(active), spec.column("parameters"), active)
    with np.errstate(invalid="ignore"):
        return np.where((said > _MOST_BY_SIZE * by_size) | (said < by_size / OTHER_SIZE), by_size, np.nan)


def named_peak(spec: Spec) -> Floats:
    """The dense peak of the chip named, or of the machine of which that is the part that a stated peak is of."""
    peak = spec.chips.column("peak")
    if all(fact.chips_per_unit <= 1 for fact in spec.chips.facts):
        return peak  # as of most papers: 1 % of an estimate
    machine = spec.chips.column("chips_per_unit")
    with np.errstate(all="ignore"):
        stated_of = np.log(spec.column("peak") / peak)
        return np.where((machine > 1) & (stated_of > np.log(machine) / 2), peak * machine, peak)


def shares_doubted(spec: Spec) -> list[Floats]:
    """Shares of the peak within steps that are too far from that of the whole run; NaN where they are not."""
    found, run = list[Floats](), spec.column("utilization")
    for name in _WITHIN_STEPS:
        if name in spec.numbers:
            with np.errstate(all="ignore"):
                share = spec.numbers[name] / (spec.column("peak") if name.endswith("rate") else 1.0)
                far = (share > _MOST_ABOVE_RUN * run) | (share < run / _MOST_BELOW_RUN)
            found.append(np.where(far, share, np.nan))
    return found


def passes_doubted(spec: Spec) -> Floats:
    """Tokens of which steps and batches make passes that nobody states and that are seldom made; NaN for all others.

    Most that is called a model's tokens it has read once: of less than that, one of the numbers may be wrong.
    """
    tokens, seen = spec.column("tokens"), seen_in_steps(spec)
    with np.errstate(all="ignore"):
        passes = seen / tokens
        seldom = (passes < 1 / OTHER_SIZE) | ((passes > _MOST_PASSES) & (tokens >= _A_LARGE_CORPUS))
    silent = np.isnan(spec.column("epochs")) & np.isnan(spec.column("tokens_seen"))
    return np.where(silent & seldom, tokens, np.nan)


def every_way(spec: Spec, name: str) -> list[Floats]:
    """What each product of stated facts gives for a number, and what may be meant beside them."""
    there = routes(spec).get(name, ())
    if name == "time" and len(there) < 2:
        return []  # as of most papers: 2 % of an estimate
    found = [stated(spec, route) for route in there]
    if name == "tokens_seen" and "steps" in spec.numbers and "tokens" in spec.numbers:
        found.append(passes_doubted(spec))
    return found + shares_doubted(spec) if name == "utilization" and "utilization" in spec.numbers else found


def seen_in_steps(spec: Spec) -> Floats:
    """Tokens of all steps, as stated facts give them."""
    found = nothing(spec.size)
    for route in routes(spec).get("tokens_seen", ()):
        if route[0] == "steps":
            found = np.where(np.isnan(found), stated(spec, route), found)
    return found


def stated(spec: Spec, route: Sequence[str]) -> Floats:
    """What a product of stated facts gives, by row: accelerator time is that of all models, tokens are with padding."""
    found = spec.column(route[0])
    for fact in route[1:]:
        found = found * spec.column(fact)
    if route == ("chips", "time") and "ensemble" in spec.numbers:
        return found * np.nan_to_num(spec.numbers["ensemble"], nan=1.0)
    if route == ("tokens", "epochs") and "packing_efficiency" in spec.numbers:  # what passes holds padding as well
        return found / np.nan_to_num(spec.numbers["packing_efficiency"], nan=1.0)
    return found


#: Fields whose publications mostly call multiply-adds FLOP (ResNet-50's 3.8 'billion FLOPs' of He et al. 2015).
IMAGES = re.compile(r"vision|image|video", re.IGNORECASE)


def of_images(spec: Spec) -> NDArray[np.bool_]:
    """Rows whose field is that of images or video."""
    return spec.kinds("domain").marked(lambda text: IMAGES.search(str(text)))


#: Fields whose examples a network passes as maps or frames, each parameter many times, and those that have tokens too.
_MAPS = re.compile(r"vision|image|video|audio|speech|music|sound", re.IGNORECASE)
_TEXTS = re.compile(r"language|text|multimodal|chat|translation", re.IGNORECASE)
#: Names of networks of images, which say as much where no field does: the families that are counted here.
_OF_IMAGES = re.compile(r"\b(?:(?:Res|Dense|Alex|Squeeze|Efficient|Mobile|Shuffle|Ghost|Reg)Net|GoogLeNet|ResNeXt|VGG|"
                        r"Inception|Xception|ConvNeXt|DeiT|ViT|Swin|YOLO|U-?Net)(?![a-z])", re.IGNORECASE)


def tokens_of_maps(spec: Spec) -> Floats:
    """Tokens stated of images, video or sound where no network is described; NaN for all others.

    They may be the images: a convolutional network applies each of its parameters many times to one.
    """
    if "parameters" not in spec.numbers or spec.numbers.keys().isdisjoint(("tokens", "tokens_seen")):
        return nothing(spec.size)
    words = spec.kinds("domain")
    maps = words.marked(lambda text: _MAPS.search(str(text)) and not _TEXTS.search(str(text)))
    without_field = words.marked(lambda text: not text, otherwise=True)
    if not np.count_nonzero(maps | without_field):
        return nothing(spec.size)
    tokens = np.where(np.isnan(spec.column("tokens")), spec.column("tokens_seen"), spec.column("tokens"))
    possible_maps = ~np.isnan(spec.column("parameters")) & ~np.isnan(tokens)
    for name in ("forward_flop", "forward_macs", "forward_flop_per_token", "sequence_length", "batch_tokens"):
        if name in spec.numbers:
            possible_maps &= np.isnan(spec.numbers[name])
    maps |= _networks_of_images(spec, possible_maps & without_field)
    return np.where(maps & possible_maps, tokens, np.nan)


def _networks_of_images(spec: Spec, here: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether some of the rows are called by the name of such a network; row by row that took 9 % of a table."""
    if not np.count_nonzero(here):
        return here
    models = spec.kinds("model")
    if spec.size == 1:  # 2 % of an estimate
        return models.marked(_OF_IMAGES.search)
    from computeest.text.many import may_be_in, places_with  # which one paper needs not

    asked = np.bincount(models.codes[here] + 1, minlength=len(models.facts) + 1)[1:] > 0
    places = np.flatnonzero(asked)
    if (joined := models.joined(places)) is not None and not may_be_in(_OF_IMAGES, joined):
        return np.zeros_like(here)
    found = np.zeros(len(models.facts) + 1, dtype=bool)
    found[places[places_with(_OF_IMAGES, models.some(places))]] = True
    return here & found[models.codes]


def published_macs(spec: Spec) -> Floats:
    """Forward FLOP of images that are stated as such and may be multiply-adds, NaN for all others.

    Where the network is described, or multiply-adds are stated besides, those say which they are.
    """
    images = of_images(spec)
    if "forward_flop" in spec.numbers:
        no_field = spec.kinds("domain").marked(lambda text: not text, otherwise=True)
        images = images | _networks_of_images(spec, no_field & ~np.isnan(spec.numbers["forward_flop"]))
    if not images.any():
        return nothing(spec.size)
    decided = ~np.isnan(spec.networks.column("forward_flop")) | ~np.isnan(spec.column("forward_macs"))
    return np.where(images & ~decided, spec.column("forward_flop"), np.nan)


def named_parameters(spec: Spec) -> Floats:
    """The parameters that each model's name says, NaN where it says none."""
    if "parameters" not in spec.of_words:
        models = spec.kinds("model")
        sizes = np.full(len(models.facts) + 1, np.nan)
        said = sizes_of(models.facts, models.letters())
        sizes[list(said)] = list(said.values())
        spec.of_words["parameters"] = sizes[models.codes]
    return spec.of_words["parameters"]


def _add(found: dict[str, tuple[Floats, Floats]], name: str, *values: Floats) -> None:
    """Widen a column's readings to values that are there beside another one."""
    values = tuple(each for each in values if np.count_nonzero(each == each))
    if len(values) < 2 and name not in found:  # as most: 1 % of a table's time
        return
    several = np.array([*values, *found.get(name, ())])
    there = (~np.isnan(several)).sum(axis=0) > 1
    if there.any():
        low, high = np.fmin.reduce(several), np.fmax.reduce(several)
        found[name] = np.where(there, low, np.nan), np.where(there, high, np.nan)


def shifts(spec: Spec, evaluation: Evaluation, methods: Sequence[str],
           assumptions: Mapping[str, Assumption]) -> tuple[Floats, Floats]:
    """How far down and up (natural log, at most and at least 0) each run's answer by each method may be instead."""
    down, up = (np.zeros((spec.size, len(methods)), order="F") for _ in range(2))
    readings = of_facts(spec)
    for candidates in evaluation.candidates:
        column = methods.index(candidates.plan.method.name)
        here: Any = slice(None) if len(candidates.rows) == spec.size else candidates.rows
        for low, high in _moved(candidates, readings, evaluation, assumptions):
            down[here, column] += np.minimum(np.minimum(low, high), 0.0)
            up[here, column] += np.maximum(np.maximum(low, high), 0.0)
    return down, up


def _moved(candidates: Candidates, readings: Readings, evaluation: Evaluation,
           assumptions: Mapping[str, Assumption]) -> list[tuple[Floats, ...]]:
    """What each fact that has another reading, and each assumption that has one, does to the answer."""
    found: list[tuple[Floats, ...]] = []
    rows = candidates.rows
    for name, values in candidates.values.items():
        if name in candidates.plan.assumed:
            if name not in readings and not assumptions[name].undecided:
                continue  # as most, which have one reading: 3 % of an estimate
            low, high = (assumed(assumptions[name], end, rows, evaluation.cases) for end in ("low", "high"))
            if name not in readings and not (np.count_nonzero(low == low) or np.count_nonzero(high == high)):
                continue
        elif name in readings:
            low = high = nothing(len(rows))
        else:
            continue
        if name in readings:
            low, high = (np.where(np.isnan(end[rows]), of_default, end[rows])
                         for end, of_default in zip(readings[name], (low, high), strict=True))
        slope = candidates.elasticity.get(name, 1.0)  # what rules fill are counts, of which the answer is a multiple
        with np.errstate(all="ignore"):
            moved = (slope * np.log(end / values) for end in (low, high))
            found.append(tuple(np.where(np.isfinite(each), each, 0.0) for each in moved))
    return found


def doubt(down: Floats, up: Floats) -> Floats:
    """One sigma in natural log that readings are worth where methods are weighed against each other."""
    return (up - down) / (2 * NINETY)
