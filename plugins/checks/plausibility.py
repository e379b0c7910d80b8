"""Checks on what the facts say together."""

from __future__ import annotations

import numpy as np

from computeest.contract import Check, Column, hookimpl

#: Mixtures of experts use 3 to 30 % of their parameters for a token; Switch-C, of 1.6e12, about 0.1 %.
_LEAST_ACTIVE = 0.005
_LEAST_ACTIVE_OF_LARGEST = 3e-4
#: PaLM, of 540e9 parameters (Chowdhery et al. 2022), is the largest; the assumption of active_share begins here too.
_LARGEST_DENSE = 6e11
#: LIMA is tuned on fewer tokens than most: 15 times 750,000, for 65e9 parameters (Zhou et al. 2023).
_LEAST_TO_TUNE = 5e-5
#: A sample of text is a sequence of up to 512 (BERT) or 2,048 tokens (GPT-3), and what is in thousands is as far off.
_OF_A_SAMPLE = 1000.0

#: No data set has had so many images or recordings: LAION has 5.85e9 (Schuhmann et al. 2022).
_MOST_IMAGES = 1e10
#: FLOP of a pass over two for each parameter: of 529 networks of images (tests/golden/counts.csv), one in twenty has
#: more, and half have 190.
_PASSES_OF_AN_IMAGE = 3400.0


#: The tokens that compute counts for each parameter of a large network are fewer than three times the most that any
#: model has read; smaller networks apply theirs many times to an image or a game.
_MOST_PASSES, _LARGE = 3e14, 1e9

_LEAST_SHARE = 0.02
_MOST_OF_RATED = 4.0
_HALF_A_CHIP, _THOUSANDS = 0.5, 1000.0
#: FLOP for a dollar: an A100 at 40 % of its peak for $1.5 an hour gives 3e17, which is taken for 2023; what a dollar
#: buys doubles in 2.1 years (Hobbhahn et al. 2023, Trends in machine learning hardware, Epoch AI). Of rows that state
#: both, none has 12 times as much or a hundredth.
_FLOP_OF_A_DOLLAR, _IN_YEAR, _DOUBLING = 3e17, 2023.0, 2.1
_MOST_OF_IT, _LEAST_OF_IT = 12.0, 0.01
_FIRST_YEAR, _LAST_YEAR = 2012.0, 2027.0
_HOUR = 3600.0
#: FLOP for a joule: a B200 at half of its dense fp8 peak gives 2e12 (4.5e15 FLOP/s, 1,000 W), a K20 in single precision
#: at a tenth 2e9 (3.5e12 FLOP/s, 225 W).
_MOST_OF_A_JOULE, _LEAST_OF_A_JOULE = 5e12, 1e9
#: Dollars for an hour of one chip: an H100 of AWS was let for 12.3 in 2023 (p5.48xlarge, $98.32), and a card of a
#: desktop computer, owned for three years, takes some cents.
_MOST_OF_AN_HOUR, _LEAST_OF_AN_HOUR = 25.0, 0.01


def above_one(utilization_implied: Column) -> Column:
    """More FLOP than the chips could do in that time."""
    return utilization_implied > 1


def in_percent(stated_share: Column) -> Column:
    """A share of the peak that no run admits to: a number that was in percent already, or a fraction read as such."""
    return stated_share < 0.02


def goodput_in_percent(goodput: Column) -> Column:
    """A share of the hours that no run admits to: likewise."""
    return goodput < 0.02


def depth_in_percent(depth_share: Column) -> Column:
    """Fewer layers than tokens pass anywhere: in mixtures of depths an eighth pass every other (Raposo et al. 2024)."""
    return depth_share < _LEAST_SHARE


def packing_in_percent(packing_efficiency: Column) -> Column:
    """More padding than any batch has: BERT's sequences, padded, were half of it (Krell et al. 2021)."""
    return packing_efficiency < _LEAST_SHARE


def part_of_a_chip(chips: Column) -> Column:
    """Less than half a chip: half of one is a GPU of a card with two, or a core of a TPU."""
    return chips < _HALF_A_CHIP


def chips_in_thousands(chips: Column) -> Column:
    """The answer, if the chips are in thousands."""
    return 0 * chips + _THOUSANDS


def rate_of_another_prefix(achieved_share: Column) -> Column:
    """FLOP/s that are as small a share of the peak: GFLOP/s, where TFLOP/s were meant."""
    return achieved_share < 0.02


def busy_share(stated_share: Column) -> Column:
    """A stated share of the peak above that of every published run: how long monitors saw the chips busy, perhaps."""
    return stated_share > 0.75


def above_best(utilization_implied: Column) -> Column:
    """More than the best published runs achieved, though possible."""
    return (utilization_implied > 0.75) & (utilization_implied <= 1)


def rate_above_peak(achieved_rate: Column, peak: Column) -> Column:
    """More FLOP/s than one chip can do."""
    return achieved_rate > peak


def hardware_rate_above_peak(achieved_hardware_rate: Column, peak: Column) -> Column:
    """More FLOP/s than one chip can do, recomputed activations counted in."""
    return achieved_hardware_rate > peak


def far_below(utilization_implied: Column) -> Column:
    """Hardly anything of what the chips could do."""
    return utilization_implied < 0.01


def longer_than_any(time: Column) -> Column:
    """A run of more than three years."""
    return time > 3 * 365.25 * 86400


def methods_disagree(agreement: Column) -> Column:
    """Methods that differ by more than 3x."""
    return agreement > 3


def chip_too_new(announced_year: Column, published_year: Column) -> Column:
    """A chip announced well after the model was published."""
    return announced_year > published_year + 0.1


def fewer_tokens_than_parameters(tokens_seen: Column, active_parameters: Column, flop: Column, own_flop: Column,
                                 tunes: Column) -> Column:
    """A corpus too small for its model, or for tuning one: samples may have been entered as tokens."""
    least = np.where(tunes > 0, _LEAST_TO_TUNE, 0.1)
    return (tokens_seen < least * active_parameters) & (flop < 1.001 * own_flop) & (tunes >= 0)


def tokens_of_samples(tokens_seen: Column) -> Column:
    """The answer, if each token entered is a sample; passes left out are fewer than that."""
    return 0 * tokens_seen + _OF_A_SAMPLE


def tokens_of_images(tokens_of_maps: Column) -> Column:
    """Tokens in a field of images or sound that are no more than there are images."""
    return tokens_of_maps < _MOST_IMAGES


def passes_of_images(tokens_seen: Column) -> Column:
    """The answer, if each token entered is an image, to which a network applies each of its parameters many times."""
    return 0 * tokens_seen + _PASSES_OF_AN_IMAGE


def of_one_chip(time: Column, chips: Column) -> Column:
    """The answer, if the time is that of all chips together."""
    return 1 / np.maximum(chips + 0 * time, 1.0)


def before_their_time(parameters: Column, published_year: Column) -> Column:
    """More parameters than any neural network had: a table of n-grams, or a slip."""
    return (parameters > 1.2e9) & (published_year < 2012)


def more_tokens_than_anybody(tokens_seen: Column) -> Column:
    """More text than any published model has read."""
    return tokens_seen > 1e14


def more_than_any_corpus(own_flop: Column, parameters: Column) -> Column:
    """As much compute as so large a network takes for more text than any model has read."""
    return (own_flop > 6 * parameters * _MOST_PASSES) & (parameters >= _LARGE)


def more_than_any_training(own_flop: Column) -> Column:
    """More compute than twenty of the largest trainings known: Grok 4's took 5e26 FLOP (Epoch AI 2025)."""
    return own_flop > 1e28


def share_active(active_share: Column) -> Column:
    """A mixture of experts whose active parameters were not stated."""
    return active_share < 1


def larger_than_any_dense(parameters: Column, active_share: Column) -> Column:
    """More parameters than any dense network published, and nothing that says how many of them are active."""
    return (parameters > _LARGEST_DENSE) & (active_share == 1)


def fewer_active_than_any(active_parameters: Column, parameters: Column) -> Column:
    """A smaller share of the parameters than any network of its size uses: millions where billions were meant."""
    few = (active_parameters < _LEAST_ACTIVE * parameters) & (parameters <= _LARGEST_DENSE)
    return few | (active_parameters < _LEAST_ACTIVE_OF_LARGEST * parameters)


def more_active_than_all(active_parameters: Column, parameters: Column) -> Column:
    """A part of the parameters that is larger than all of them."""
    return active_parameters > 1.001 * parameters


def more_trained_than_all(trainable_parameters: Column, parameters: Column) -> Column:
    """More parameters updated than there are."""
    return trainable_parameters > 1.001 * parameters


def _only_answer(own_flop: Column, tunes: Column, agreement: Column, published_year: Column) -> Column:
    """Whether a training since deep learning began has one answer alone, which money or energy may speak against."""
    return (own_flop > 0) & (tunes == 0) & np.isnan(agreement) & ~(published_year < _FIRST_YEAR)


def cost_against_compute(own_flop: Column, cost: Column, tunes: Column, agreement: Column = np.nan,
                         published_year: Column = np.nan) -> Column:
    """A cost that no price of its time makes of that compute."""
    bought = own_flop / cost / _FLOP_OF_A_DOLLAR
    first, last = np.fmax(_FIRST_YEAR, published_year), np.fmin(_LAST_YEAR, published_year)
    most, least = (2.0 ** ((year - _IN_YEAR) / _DOUBLING) for year in (last, first))
    far = (bought > _MOST_OF_IT * most) | (bought < _LEAST_OF_IT * least)
    return far & _only_answer(own_flop, tunes, agreement, published_year)


def energy_against_compute(own_flop: Column, energy: Column, tunes: Column, agreement: Column = np.nan,
                           published_year: Column = np.nan) -> Column:
    """An energy that no chip makes that compute of."""
    each = own_flop / energy
    far = (each > _MOST_OF_A_JOULE) | (each < _LEAST_OF_A_JOULE)
    return far & _only_answer(own_flop, tunes, agreement, published_year)


def cost_of_hours(cost: Column, chip_time: Column) -> Column:
    """A cost that is none of so much accelerator time."""
    price = cost / (chip_time / _HOUR)
    return (price > _MOST_OF_AN_HOUR) | (price < _LEAST_OF_AN_HOUR)


def power_of_several(power_per_chip: Column, chip_power: Column) -> Column:
    """More than a chip with its share of the node draws: a DGX H100's 10.2 kW are 1.8 times its chips' 700 W each."""
    return power_per_chip > _MOST_OF_RATED * chip_power


def power_of_one(energy: Column, power_per_chip: Column, chip_power: Column) -> Column:
    """The answer, if each chip draws what its maker says."""
    return 0 * energy + power_per_chip / chip_power


@hookimpl
def computeest_checks() -> list[Check]:
    """The checks, each a code, a level, a test and a sentence."""
    return [
        Check("utilization-above-one", "error", above_one,
              "the facts imply a utilization of {utilization_implied:.2f}, and none can be above 1: the chips, the"
              " time, or what was counted is wrong, and the interval spans both"),
        Check("achieved-above-peak", "error", rate_above_peak,
              "{achieved_rate:.3g} FLOP/s are more than the {peak:.3g} that one chip can do: they may be those of all"
              " chips together"),
        Check("utilization-unheard-of", "warning", above_best,
              "the facts imply a utilization of {utilization_implied:.2f}, higher than published runs achieve"),
        Check("utilization-very-low", "warning", far_below,
              "the facts imply a utilization of {utilization_implied:.4f}: part of the training may not be counted, or"
              " part of the time was not training"),
        Check("utilization-in-percent", "warning", in_percent,
              "the stated utilization, {stated_share:.2g}, is below 2 %, and no run is known to be so: a percent"
              " sign may be too many", widens=100.0),
        Check("goodput-in-percent", "warning", goodput_in_percent,
              "a share of {goodput:.2g} of the time in steps that counted is below 2 %, and no run is known to be so: a"
              " percent sign may be too many", widens=100.0),
        Check("rate-very-low", "warning", rate_of_another_prefix,
              "the FLOP/s stated of a chip are {achieved_share:.2g} of its peak, and no run is known to be below 2 %: a"
              " prefix may be off, such as G for T", widens=1000.0),
        Check("depth-share-in-percent", "warning", depth_in_percent,
              "a token is said to pass {depth_share:.2g} of the layers, and in no network are they so few: a percent"
              " sign may be too many", widens=100.0),
        Check("packing-in-percent", "warning", packing_in_percent,
              "{packing_efficiency:.2g} of the tokens are said to be data, and nowhere are they so few: a percent sign"
              " may be too many", widens=100.0),
        Check("less-than-a-chip", "warning", part_of_a_chip,
              "{chips:g} chips are less than half of one: they may be in thousands, and the interval reaches to those",
              instead=chips_in_thousands),
        Check("achieved-hardware-above-peak", "error", hardware_rate_above_peak,
              "{achieved_hardware_rate:.3g} FLOP/s are more than the {peak:.3g} that one chip can do: they may be those"
              " of all chips together"),
        Check("utilization-stated-high", "warning", busy_share,
              "the stated utilization, {stated_share:.2g}, is above that of every published run: it may be the"
              " share of the time that a monitor saw the chips busy, and not that of their peak", widens=3.0),
        Check("time-unheard-of", "warning", longer_than_any,
              "a run of {time:.3g} seconds is longer than three years: accelerator-hours may have been entered as"
              " time", instead=of_one_chip),
        Check("fewer-active-than-any", "warning", fewer_active_than_any,
              "{active_parameters:.3g} parameters are active, of {parameters:.3g}: no such network is known, and a"
              " unit may be off, such as M for B", widens=1000.0),
        Check("more-active-than-all", "error", more_active_than_all,
              "{active_parameters:.3g} parameters are active, of {parameters:.3g}: the two may be exchanged"),
        Check("more-trained-than-all", "error", more_trained_than_all,
              "{trainable_parameters:.3g} parameters are trained, of {parameters:.3g}: the two may be exchanged"),
        Check("methods-disagree", "warning", methods_disagree,
              "the methods are {agreement:.1f}x apart: one is taken, and the interval spans both"),
        Check("chip-newer-than-model", "warning", chip_too_new,
              "the chip was announced in {announced_year:.1f}, after the model was published ({published_year:.1f})"),
        Check("samples-for-tokens", "warning", fewer_tokens_than_parameters,
              "the model saw {tokens_seen:.3g} tokens, fewer than its {active_parameters:.3g} parameters warrant:"
              " examples may have been entered as tokens, or epochs left out", instead=tokens_of_samples),
        Check("tokens-of-images", "warning", tokens_of_images,
              "{tokens_of_maps:.3g} tokens are stated in a field of images or sound: if they are examples, each passes"
              " the network with many times two FLOP for a parameter, and the interval reaches to that; state"
              " examples and family or forward_macs", instead=passes_of_images),
        Check("parameters-before-their-time", "error", before_their_time,
              "{parameters:.3g} parameters in {published_year:.0f} are no neural network's; operation counting does not"
              " hold for tables of n-grams"),
        Check("tokens-beyond-any", "error", more_tokens_than_anybody,
              "{tokens_seen:.3g} tokens are more than any published model has seen: tokens seen may have been entered"
              " as tokens of an epoch"),
        Check("compute-beyond-size", "warning", more_than_any_corpus,
              "{own_flop:.3g} FLOP are those of more tokens than anybody has, for {parameters:.3g} parameters: a"
              " unit of time or compute may be off, such as thousands of hours for hours", widens=1000.0),
        Check("cost-against-compute", "warning", cost_against_compute,
              "{own_flop:.3g} FLOP for {cost:.3g} dollars: no chips of the time do so for such a price, and a unit of"
              " the cost, the parameters or the data may be off", widens=30.0),
        Check("energy-against-compute", "warning", energy_against_compute,
              "{own_flop:.3g} FLOP with {energy:.3g} joules: no chips do so with so much, and a unit of the energy, the"
              " parameters or the data may be off", widens=30.0),
        Check("power-of-several", "warning", power_of_several,
              "{power_per_chip:.3g} watts are stated for one chip, which is made for {chip_power:.3g}: they may be"
              " those of a node or a rack", instead=power_of_one),
        Check("cost-of-hours", "warning", cost_of_hours,
              "{cost:.3g} dollars for {chip_time:.3g} seconds of accelerators are none of their price: a unit may be"
              " off, or the cost is of more than this run"),
        Check("compute-beyond-any", "warning", more_than_any_training,
              "{own_flop:.3g} FLOP are more than twenty times those of any training known: a unit of time or compute"
              " may be off, such as millions of hours for hours", widens=1e6),
        Check("experts-not-stated", "warning", share_active,
              "this looks like a mixture of experts; {active_share:.2f} of its parameters are taken to be active"),
        Check("experts-by-size", "warning", larger_than_any_dense,
              "no dense network of {parameters:.3g} parameters has been published: if it has experts, state"
              " active_parameters, for the interval reaches down to 3 % of them"),
    ]
