"""Checks for facts that were probably misread: the traps that most disagreements between estimates come from."""

from __future__ import annotations

import numpy as np

from computeest.contract import Check, Column, hookimpl

#: Chip-seconds from which on restarts and stragglers are a noticeable part: 256 chips for 10 days.
_LARGE_RUN = 256 * 10 * 86400.0

#: Networks are trained on more examples than these.
_FEWEST_EXAMPLES = 1e4
#: The least of Epoch AI's database since 2000 is 3.9e10.
_FEWEST_FLOP = 1e9
#: The least of Epoch AI's notable models since 2010 is 3.5e14; no network has a forward pass of so many.
_FEWEST_LATELY, _LATELY = 1e13, 2010
#: No batch of texts has had more sequences (You et al. 2019, BERT in 76 minutes); captions and labels are shorter.
_MOST_SEQUENCES, _A_TEXT = 65536.0, 128.0
#: Corpora of text with a count have fewer documents: 2.1e8 (The Pile, Gao et al. 2020), 9.7e8 (RefinedWeb, Penedo et
#: al. 2023); BERT's corpus (Devlin et al. 2018) has 3.3e9 words.
_MOST_TEXTS = 1e9
#: Two, where all is trained; what is computed again counts as no more.
_MOST_BACKWARD = 2.05
#: A figure of one example or step lacks thousands of examples, and up to millions of them.
_OF_ONE = 1e6


def _near(ratio: Column, value: float, factor: float = 1.06) -> Column:
    """Within a few percent of a value that a known misreading gives."""
    return (ratio > value / factor) & (ratio < value * factor)


def words_for_tokens(flop_by_reported: Column, flop_by_operation_counting: Column, tokens: Column,
                     published_year: Column) -> Column:
    """Before subword tokenizers, corpora were counted in words, of which three make four tokens."""
    return _near(flop_by_reported / flop_by_operation_counting, 4 / 3) & (published_year < 2018)


def recomputation(flop_by_reported: Column, flop_by_operation_counting: Column) -> Column:
    """Four passes instead of three: the forward pass of a recomputed step counted again."""
    return _near(flop_by_reported / flop_by_operation_counting, 4 / 3, 1.03)


def reported_macs(flop_by_reported: Column, flop_by_operation_counting: Column) -> Column:
    """Half of what was counted: multiply-adds, each of which is two FLOP."""
    return _near(flop_by_reported / flop_by_operation_counting, 0.5, 1.03)


def forward_macs_given(forward_flop: Column, counted_forward_flop: Column) -> Column:
    """A forward pass of half the FLOP that the network described has."""
    return _near(forward_flop / counted_forward_flop, 0.5, 1.15)


def forward_counted(forward_flop: Column, counted_forward_flop: Column) -> Column:
    """The answer, if a forward pass is that of the network described."""
    return counted_forward_flop / forward_flop


def forward_doubled(forward_flop: Column, counted_forward_flop: Column) -> Column:
    """A forward pass of twice the FLOP that the network described has."""
    return _near(forward_flop / counted_forward_flop, 2.0, 1.15)


def other_network(parameters: Column, counted_parameters: Column) -> Column:
    """Parameters that the network described does not have."""
    ratio = parameters / counted_parameters
    return (ratio > 1.5) | (ratio < 1 / 1.5)


def other_name(parameters: Column, active_parameters: Column, named_parameters: Column) -> Column:
    """Parameters that are not those that the model's name says; a mixture may be called by those of an expert."""
    ratio = parameters / named_parameters
    return ((ratio > 1.5) | (ratio < 1 / 1.5)) & (active_parameters > 0.999 * parameters)


def less_than_an_epoch(reported_compute: Column, parameters: Column, examples: Column) -> Column:
    """Fewer FLOP than two for each parameter and example forward, and twice that backward."""
    return reported_compute < 6 * parameters * examples


def less_than_any_today(reported_compute: Column, published_year: Column = np.nan) -> Column:
    """Fewer FLOP than any network has been trained with since 2000, whatever it was: its unit is missing."""
    return (reported_compute < _FEWEST_FLOP) & ~(published_year < 2000)


def less_than_any_lately(reported_compute: Column, published_year: Column = np.nan) -> Column:
    """Fewer FLOP than any network of note has been trained with since 2010, and as many as a forward pass takes."""
    return (reported_compute < _FEWEST_LATELY) & (reported_compute >= _FEWEST_FLOP) & ~(published_year < _LATELY)


def less_than_any_training(reported_compute: Column, parameters: Column) -> Column:
    """Fewer FLOP than ten thousand examples take: the compute of one example, or of one step."""
    return reported_compute < 6 * parameters * _FEWEST_EXAMPLES


def total_parameters(flop_by_operation_counting: Column, own_flop: Column, active_parameters: Column,
                     parameters: Column) -> Column:
    """All of a large model's parameters counted for each token, far too much for its chips or its authors."""
    too_much = flop_by_operation_counting > 2.5 * own_flop
    return too_much & (active_parameters > 0.999 * parameters) & (parameters > 1e10)


def sparse_peak(peak: Column, chip_peak: Column) -> Column:
    """Twice the chip's dense peak: the one with 2:4 sparsity."""
    return _near(peak / chip_peak, 2.0)


def other_peak(peak: Column, chip_peak: Column) -> Column:
    """A peak that no number format of the chip explains."""
    ratio = peak / chip_peak
    return (ratio > 2.2) & (ratio < 300) | (ratio < 1 / 70) & (ratio > 1 / 300)


def peak_unit(peak: Column, chip_peak: Column) -> Column:
    """A peak in a unit a thousand times too large or too small."""
    ratio = peak / chip_peak
    return (ratio >= 300) | (ratio <= 1 / 300)


def peak_of_chip(peak: Column, chip_peak: Column) -> Column:
    """The answer, if the chip does what its maker says, dense."""
    return chip_peak / peak


def cores_for_chips(wall_chip_time: Column, chip_time: Column, chips_per_core: Column) -> Column:
    """Chips times time is as many times the accelerator time as a chip has cores."""
    return (chips_per_core < 1) & _near(chip_time / wall_chip_time / chips_per_core, 1.0, 1.25)


def accelerator_time(wall_chip_time: Column, chip_time: Column) -> Column:
    """Accelerator time that is not chips x time."""
    ratio = chip_time / wall_chip_time
    return (ratio > 1.2) | (ratio < 0.6)


def _far(used: Column, otherwise: Column) -> Column:
    ratio = otherwise / used
    return (ratio > 1.5) | (ratio < 1 / 1.5)


def tokens_contradicted(tokens_seen: Column, tokens_seen_otherwise: Column) -> Column:
    """Tokens seen that stated facts give in two ways, more than 1.5x apart."""
    return _far(tokens_seen, tokens_seen_otherwise)


def examples_contradicted(examples_seen: Column, examples_seen_otherwise: Column) -> Column:
    """Examples seen that stated facts give in two ways, more than 1.5x apart."""
    return _far(examples_seen, examples_seen_otherwise)


def time_contradicted(time: Column, time_otherwise: Column) -> Column:
    """A time that is not that of all steps, or of all epochs."""
    return _far(time, time_otherwise)


def utilization_contradicted(utilization: Column, utilization_otherwise: Column) -> Column:
    """A share of the peak within steps that is none of what the whole run achieved."""
    return (utilization_otherwise > utilization) | (utilization_otherwise < utilization)


def chips_of_cores_apart(chips: Column, cores: Column, chips_per_core: Column) -> Column:
    """A number of chips that does not hold so many cores."""
    return _far(chips, cores * chips_per_core)


def time_of_cores_apart(chip_time: Column, core_time: Column, chips_per_core: Column) -> Column:
    """Accelerator time that is not that of so many cores."""
    return _far(chip_time, core_time * chips_per_core)


def backward_of_all(backward_ratio: Column) -> Column:
    """More than two passes backward for each forward: both together are three, and six is FLOP for a parameter."""
    return backward_ratio > _MOST_BACKWARD


def if_backward_is_twice(backward_ratio: Column) -> Column:
    """The answer, if a backward pass takes twice a forward one."""
    return 3 / (1 + backward_ratio)


def forward_of_training(flop_per_parameter: Column) -> Column:
    """Six FLOP for each parameter and token, which are those of a forward and a backward pass together."""
    return _near(flop_per_parameter, 6.0, 1.001)


def if_forward_alone(flop_per_parameter: Column) -> Column:
    """The answer, if those of the forward pass are two."""
    return 2 / flop_per_parameter


def forward_apart_from_size(forward_flop_per_token: Column, forward_flop_by_size: Column) -> Column:
    """Forward FLOP of a token that its parameters do not make."""
    return _far(forward_flop_per_token, forward_flop_by_size)


def forward_of_macs(forward_flop: Column, forward_macs: Column) -> Column:
    """The answer, if the multiply-adds stated are right."""
    return 2 * forward_macs / forward_flop


def forward_contradicted(forward_flop: Column, forward_macs: Column) -> Column:
    """Forward FLOP that are not two for each multiply-add stated."""
    return _far(forward_flop, 2 * forward_macs)


def batch_of_tokens(batch_size: Column, sequence_length: Column) -> Column:
    """More sequences in a batch than any run is known to have had: they may be its tokens."""
    return (batch_size > _MOST_SEQUENCES) & (sequence_length >= _A_TEXT)


def texts_of_tokens(examples: Column, tokens_of_a_text: Column) -> Column:
    """More sequences in a data set than any corpus has documents: they may be its tokens."""
    return (examples > _MOST_TEXTS) & (tokens_of_a_text >= _A_TEXT)


def if_tokens(examples: Column, tokens_of_a_text: Column) -> Column:
    """The answer, if what is counted are tokens, of which a sequence has many."""
    return 0 * examples + 1 / tokens_of_a_text


def step_utilization(stated_utilization: Column, flop_by_operation_counting: Column, flop_by_gpu_time: Column,
                     chip_time: Column) -> Column:
    """In a large run, less compute than the utilization stated gives: it holds within steps, not for all hours."""
    ratio = flop_by_operation_counting / flop_by_gpu_time
    return (ratio > 0.5) & (ratio < 0.82) & (chip_time >= _LARGE_RUN) & (stated_utilization > 0.25)


def recomputed(achieved_rate: Column, flop_by_operation_counting: Column, flop_by_gpu_time: Column) -> Column:
    """Less compute than the FLOP/s achieved give: they may hold recomputed activations, a third or so on top."""
    ratio = flop_by_operation_counting / flop_by_gpu_time
    return (achieved_rate > 0) & (ratio > 0.5) & (ratio < 0.9)


def attention_from_size(sequence_length: Column, flop_per_parameter: Column, context_window: Column = 0.0) -> Column:
    """A long context, over which attention is a large part, and no shape to count it from."""
    return (np.fmax(sequence_length, context_window) >= 16384) & (flop_per_parameter > 2)


def half_counted(forward_flop_doubled: Column, forward_flop: Column) -> Column:
    """FLOP of an image's pass as published, of which most are multiply-adds."""
    return forward_flop_doubled > forward_flop


def epochs_blank(assumed_epochs: Column, assumed_epochs_high: Column) -> Column:
    """A corpus so small that it may have been read many times."""
    return assumed_epochs_high > 10 * assumed_epochs


def ensemble_counted(ensemble: Column) -> Column:
    """Several models, trained alike."""
    return ensemble > 1


def reported_contradicted(flop_by_reported: Column, flop_of_facts: Column) -> Column:
    """A figure that the paper's own facts do not give."""
    ratio = flop_by_reported / flop_of_facts
    return (ratio > 3) | (ratio < 1 / 3)


def reported_impossible(flop_by_reported: Column, capacity: Column) -> Column:
    """A figure beyond what the chips could have done."""
    return flop_by_reported > capacity


def a_thousand_apart(agreement: Column) -> Column:
    """Methods a thousand or a million times apart."""
    return (agreement > 500) & (agreement < 2000) | (agreement > 5e5) & (agreement < 2e6)


_OF_COUNTS = [
    Check("words-for-tokens", "warning", words_for_tokens,
          "the authors state {flop_by_reported:.3g} FLOP, 4/3 of the {flop_by_operation_counting:.3g} counted:"
          " {tokens:.3g} may be words, which make 4/3 as many tokens"),
    Check("recomputation-counted", "warning", recomputation,
          "the authors state {flop_by_reported:.3g} FLOP, 4/3 of the {flop_by_operation_counting:.3g} counted: they may"
          " count the forward pass again that recomputes activations"),
    Check("reported-in-mac", "warning", reported_macs,
          "the authors state {flop_by_reported:.3g} FLOP, half of the {flop_by_operation_counting:.3g} counted: they"
          " may count multiply-adds, which are two FLOP each"),
    Check("mac-for-flop", "warning", forward_macs_given,
          "forward_flop is {forward_flop:.3g}, and the network described has {counted_forward_flop:.3g}: multiply-adds,"
          " which are two FLOP each, may have been entered as FLOP", instead=forward_counted),
    Check("flop-counted-twice", "warning", forward_doubled,
          "forward_flop is {forward_flop:.3g}, twice the {counted_forward_flop:.3g} of the network described: each"
          " multiply-add may have been doubled once too often", instead=forward_counted),
    Check("network-contradicted", "warning", other_network,
          "{parameters:.3g} parameters are stated, and the network described has {counted_parameters:.3g}"),
    Check("parameters-against-name", "warning", other_name,
          "{parameters:.3g} parameters are stated, and the model's name says {named_parameters:.3g}: the interval spans"
          " both"),
    Check("compute-without-unit", "error", less_than_any_today,
          "{reported_compute:.3g} FLOP are fewer than training takes: the unit of the figure may be missing, such as"
          " petaflop/s-days"),
    Check("compute-of-one-example", "warning", less_than_any_training,
          "{reported_compute:.3g} FLOP are too few to train {parameters:.3g} parameters on ten thousand examples: they"
          " may be those of one example or one step, as tables of FLOPs have them", widens=_OF_ONE),
    Check("compute-below-any", "warning", less_than_any_lately,
          "{reported_compute:.3g} FLOP are fewer than any training of note took since 2010: they may be those of one"
          " example or one step", widens=_OF_ONE),
    Check("less-than-an-epoch", "warning", less_than_an_epoch,
          "{reported_compute:.3g} FLOP are fewer than {parameters:.3g} parameters take for {examples:.3g} examples, six"
          " for each: they may be those of a part of the training, or in another unit", widens=10),
    Check("total-parameters", "warning", total_parameters,
          "counting all {parameters:.3g} parameters for each token gives {flop_by_operation_counting:.3g} FLOP, and the"
          " answer is {own_flop:.3g}: of a mixture of experts state active_parameters"),
    Check("epochs-not-stated", "warning", epochs_blank,
          "the data set is small and no epochs are stated: {assumed_epochs:g} passes are assumed, and it may"
          " have been read many times, so the interval reaches to {assumed_epochs_high:g}"),
    Check("attention-from-size", "warning", attention_from_size,
          "over {sequence_length:.0f} tokens attention is a large part, and neither the network's shape is known nor"
          " whether it was trained on so many: {flop_per_parameter:.3g} FLOP for each parameter and token are taken"
          " from the size, and the interval reaches down to those without attention"),
    Check("flop-may-be-mac", "warning", half_counted,
          "forward_flop is {forward_flop:.3g}: publications on images mostly call multiply-adds FLOP, so the interval"
          " spans {forward_flop_doubled:.3g} as well; forward_macs says that they are such, a family counts them"),
    Check("ensemble", "info", ensemble_counted,
          "{ensemble:g} models trained alike are counted; some sources count one"),
]

_OF_ROUTES = [
    Check("tokens-contradict", "warning", tokens_contradicted,
          "{tokens_seen:.3g} tokens seen are used, and other facts give {tokens_seen_otherwise:.3g}: one of tokens,"
          " epochs, steps and batch is wrong, or is of another run, or most sequences are shorter than their longest"),
    Check("examples-contradict", "warning", examples_contradicted,
          "{examples_seen:.3g} examples seen are used, and other facts give {examples_seen_otherwise:.3g}: one of"
          " examples, epochs, steps and batch is wrong, or is of another run"),
    Check("time-contradicts", "warning", time_contradicted,
          "a time of {time:.3g} seconds is used, and steps or epochs of their own time make {time_otherwise:.3g}: one"
          " of them is wrong, or is of another run, and the interval spans both"),
    Check("utilization-contradicts", "warning", utilization_contradicted,
          "a utilization of {utilization:.3g} is stated for the run, and another share or rate makes"
          " {utilization_otherwise:.3g}: one of them, or the peak, is wrong, and the interval spans both"),
    Check("cores-contradict", "warning", chips_of_cores_apart,
          "{chips:g} chips are stated, and {cores:g} cores, of which a chip's share is {chips_per_core:g}: the interval"
          " spans both"),
    Check("core-time-contradicts", "warning", time_of_cores_apart,
          "the accelerator time, {chip_time:.3g} chip-seconds, is not that of the cores, {core_time:.3g} core-seconds:"
          " the interval spans both"),
    Check("backward-of-all", "warning", backward_of_all,
          "a backward pass is said to take {backward_ratio:g} times a forward one: it takes twice, and both together"
          " three times", instead=if_backward_is_twice),
    Check("forward-of-training", "warning", forward_of_training,
          "{flop_per_parameter:g} FLOP for each parameter and token are those of both passes: of the forward pass alone"
          " they are 2", instead=if_forward_alone),
    Check("forward-contradicts-size", "warning", forward_apart_from_size,
          "forward_flop_per_token is {forward_flop_per_token:.3g}, and the parameters make {forward_flop_by_size:.3g}:"
          " of a mixture of experts state active_parameters, and the interval spans both"),
    Check("batch-of-tokens", "warning", batch_of_tokens,
          "a batch of {batch_size:.3g} sequences of {sequence_length:g} tokens is larger than any known: it may be of"
          " as many tokens, which are batch_tokens, and the interval spans both"),
    Check("examples-of-tokens", "warning", texts_of_tokens,
          "{examples:.3g} sequences of {tokens_of_a_text:g} tokens are more than any corpus has: examples may be its"
          " tokens, which are tokens, and the interval spans both", instead=if_tokens),
    Check("forward-contradicts", "warning", forward_contradicted,
          "{forward_flop:.3g} FLOP are used for a forward pass, and {forward_macs:.3g} multiply-adds are stated, of two"
          " FLOP each", instead=forward_of_macs),
]

_OF_CHIPS = [
    Check("peak-with-sparsity", "warning", sparse_peak,
          "a peak of {peak:.3g} FLOP/s is twice the chip's dense {chip_peak:.3g}: it may be the one with sparsity,"
          " or of another number format", instead=peak_of_chip),
    Check("peak-contradicts-chip", "warning", other_peak,
          "a peak of {peak:.3g} FLOP/s is stated, and the chip named has {chip_peak:.3g}: the interval spans both",
          instead=peak_of_chip),
    Check("peak-off-by-thousand", "warning", peak_unit,
          "a peak of {peak:.3g} FLOP/s is stated, and the chip named has {chip_peak:.3g}: its unit is probably off,"
          " such as GFLOP/s for TFLOP/s", instead=peak_of_chip),
    Check("cores-for-chips", "warning", cores_for_chips,
          "chips x time is {wall_chip_time:.3g} chip-seconds and the accelerator time {chip_time:.3g}, and a core is"
          " {chips_per_core:g} of a chip: cores may have been counted as chips"),
    Check("accelerator-time-mismatch", "warning", accelerator_time,
          "the accelerator time, {chip_time:.3g} chip-seconds, is not the number of chips times the time,"
          " {wall_chip_time:.3g}"),
    Check("step-utilization", "warning", step_utilization,
          "a utilization of {stated_utilization:.2f} over all hours gives {flop_by_gpu_time:.3g} FLOP, and"
          " {flop_by_operation_counting:.3g} were counted: it may be that within a step, which is step_utilization"),
    Check("achieved-rate-recomputes", "warning", recomputed,
          "{achieved_rate:.3g} FLOP/s a chip give {flop_by_gpu_time:.3g} FLOP, and"
          " {flop_by_operation_counting:.3g} were counted: the rate may hold recomputed activations, which is"
          " utilization_kind: hfu"),
]

_OF_ANSWERS = [
    Check("reported-contradicted", "warning", reported_contradicted,
          "the authors state {flop_by_reported:.3g} FLOP, and their facts give {flop_of_facts:.3g}"),
    Check("reported-impossible", "error", reported_impossible,
          "the authors state {flop_by_reported:.3g} FLOP, and their chips could have done {capacity:.3g} in that time"),
    Check("unit-off-by-thousand", "warning", a_thousand_apart,
          "the methods are {agreement:.0f}x apart, so a unit is probably off, such as M for B or GFLOP for TFLOP"),
]


@hookimpl
def computeest_checks() -> list[Check]:
    """The checks, each a code, a level, a test and a sentence."""
    return [*_OF_COUNTS, *_OF_ROUTES, *_OF_CHIPS, *_OF_ANSWERS]
