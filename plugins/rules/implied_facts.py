"""The small rules that fill what papers leave implicit."""

from __future__ import annotations

from computeest.contract import Column, Rule, hookimpl


def examples_times_epochs(examples: Column, epochs: Column) -> Column:
    """Examples seen: the data set, once an epoch (Erdil and Besiroglu 2022, eq. 11)."""
    return examples * epochs  # repeated data still costs compute


def examples_of_steps(steps: Column, batch_size: Column) -> Column:
    """Examples seen: one batch a step."""
    return steps * batch_size


def tokens_of_steps(steps: Column, batch_tokens: Column) -> Column:
    """Tokens seen: one batch a step."""
    return steps * batch_tokens


def tokens_of_examples(examples_seen: Column, sequence_length: Column) -> Column:
    """Tokens seen: every example has so many."""
    return examples_seen * sequence_length


def tokens_times_epochs(tokens: Column, epochs: Column, packing_efficiency: Column = 1.0) -> Column:
    """Tokens seen: the data set, once an epoch; padding is computed like tokens (Krell et al. 2021)."""
    return tokens * epochs / packing_efficiency


def tokens_of_batch(batch_size: Column, sequence_length: Column) -> Column:
    """Tokens in one optimizer step."""
    return batch_size * sequence_length


def batch_of_devices(device_batch_size: Column, chips: Column, accumulation_steps: Column = 1.0) -> Column:
    """Examples in one optimizer step: what every device passes, as often as its gradients are added up."""
    return device_batch_size * chips * accumulation_steps


def tokens_of_words(words: Column, tokens_per_word: Column) -> Column:
    """Tokens of a text whose words were counted."""
    return words * tokens_per_word


def tokens_of_words_seen(words_seen: Column, tokens_per_word: Column) -> Column:
    """Tokens seen of a text whose words were counted, repeats included."""
    return words_seen * tokens_per_word


def words_of_text(text_size: Column, words_per_gigabyte: Column) -> Column:
    """Words of a text whose size was given."""
    return text_size * words_per_gigabyte


def forward_of_macs(forward_macs: Column, flop_per_mac: Column) -> Column:
    """Forward FLOP of one example: two for each multiply-add."""
    return forward_macs * flop_per_mac


def forward_of_sequence(forward_flop: Column, sequence_length: Column) -> Column:
    """Forward FLOP of a token, where one example is a sequence of them."""
    return forward_flop / sequence_length


def forward_of_parameters(active_parameters: Column, flop_per_parameter: Column, depth_share: Column = 1.0,
                          prediction_parameters: Column = 0.0) -> Column:
    """Forward FLOP of a token: a multiply-add for each parameter it meets (Kaplan et al. 2020, section 2.1)."""
    return (active_parameters * depth_share + prediction_parameters) * flop_per_parameter


def share_of_parameters(parameters: Column, active_share: Column) -> Column:
    """Parameters that take part in one token's pass: all of a dense model's."""
    return parameters * active_share


def forward_of_examples(forward_flop: Column, examples_seen: Column, views_per_example: Column = 1.0) -> Column:
    """Forward FLOP of all examples seen, in as many versions as pass."""
    return forward_flop * examples_seen * views_per_example


def forward_of_tokens(forward_flop_per_token: Column, tokens_seen: Column) -> Column:
    """Forward FLOP of all tokens seen."""
    return forward_flop_per_token * tokens_seen


def backward_of_trainable(trainable_parameters: Column, parameters: Column, frozen_share: Column = 0.0) -> Column:
    """Backward FLOP for each forward FLOP, with part of the parameters frozen.

    Activation gradients pass through every parameter (1) but those below all that is trained, weight gradients are
    computed for the trained ones only. Of a mixture both are shares of all experts, those that a token meets and those
    that it does not.
    """
    return 1 - frozen_share + trainable_parameters / parameters


def chips_times_time_of_each(chips: Column, time: Column, ensemble: Column) -> Column:
    """Accelerator time of all models that were trained alike, each on so many chips for so long."""
    return chips * time * ensemble


def chips_times_time(chips: Column, time: Column) -> Column:
    """Accelerator time: every chip for the whole time."""
    return chips * time


def chips_of_cores(cores: Column, chips_per_core: Column) -> Column:
    """Chips that hold so many cores."""
    return cores * chips_per_core


def chips_of_nodes(nodes: Column, chips_per_node: Column) -> Column:
    """Chips of so many machines."""
    return nodes * chips_per_node


def time_of_epochs(time_per_epoch: Column, epochs: Column) -> Column:
    """Wall-clock time: that of one pass over the data, for each."""
    return time_per_epoch * epochs


def time_of_steps(time_per_step: Column, steps: Column) -> Column:
    """Wall-clock time: that of one optimizer step, for each."""
    return time_per_step * steps


def chip_time_of_tokens(chip_time_per_token: Column, tokens_seen: Column) -> Column:
    """Accelerator time: that of one token, for each ('180K GPU hours per trillion tokens')."""
    return chip_time_per_token * tokens_seen


def chip_time_of_epochs(chip_time_per_epoch: Column, epochs: Column) -> Column:
    """Accelerator time: that of one pass over the data, for each."""
    return chip_time_per_epoch * epochs


def chip_time_of_each(chip_time_each: Column, ensemble: Column) -> Column:
    """Accelerator time: that of one of the models trained alike, for each ('10 GPU days per fold')."""
    return chip_time_each * ensemble


def chip_time_of_cores(core_time: Column, chips_per_core: Column) -> Column:
    """Accelerator time, where cores were counted."""
    return core_time * chips_per_core


def chip_time_of_cost(cost: Column, chip_price: Column) -> Column:
    """Accelerator time that the money bought."""
    return cost / chip_price


def run_utilization(step_utilization: Column, goodput: Column) -> Column:
    """Utilization over the whole run, from that within a step."""
    return step_utilization * goodput


def utilization_of_rate(achieved_rate: Column, peak: Column) -> Column:
    """Utilization within a step, from the FLOP/s that one chip achieved in it."""
    return achieved_rate / peak


def hardware_utilization_of_rate(achieved_hardware_rate: Column, peak: Column) -> Column:
    """Utilization that counts recomputed activations, from such FLOP/s of one chip."""
    return achieved_hardware_rate / peak


def model_utilization(hardware_flop_utilization: Column, model_share: Column, goodput: Column) -> Column:
    """Utilization over the whole run, from one that counts recomputed activations."""
    return hardware_flop_utilization * model_share * goodput


#: Who states accelerator time for so many tokens, and how it adds up.
_WHERE_OF_SO_MANY = ("DeepSeek-AI 2024, DeepSeek-V3 technical report (arXiv:2412.19437), section 1: 180K H800 GPU "
                     "hours per trillion tokens")

#: How trainers count a batch.
_WHERE_OF_DEVICES = "Goyal et al. 2017, arXiv:1706.02677: n examples on each of k workers make a minibatch of kn"


@hookimpl
def computeest_rules() -> list[Rule]:
    """Rules in the order they are preferred where two are equally certain."""
    return [
        Rule("examples_seen", examples_times_epochs, "erdil2022"),
        Rule("examples_seen", examples_of_steps, "epoch2022"),
        Rule("tokens_seen", tokens_times_epochs, "epoch2022"),
        Rule("tokens_seen", tokens_of_steps, "epoch2022"),
        Rule("tokens_seen", tokens_of_examples, "epoch2022"),
        Rule("batch_tokens", tokens_of_batch, "epoch2022"),
        Rule("batch_size", batch_of_devices, _WHERE_OF_DEVICES),
        Rule("tokens", tokens_of_words, "epoch-docs"),
        Rule("tokens_seen", tokens_of_words_seen, "epoch-docs"),
        Rule("words", words_of_text, "epoch-docs"),
        Rule("forward_flop", forward_of_macs, "epoch2022"),
        Rule("forward_flop_per_token", forward_of_sequence, "epoch2022"),
        Rule("forward_flop_per_token", forward_of_parameters, "kaplan2020"),
        Rule("active_parameters", share_of_parameters, "kaplan2020"),
        Rule("forward_flop_seen", forward_of_examples, "erdil2022"),
        Rule("forward_flop_seen", forward_of_tokens, "kaplan2020"),
        Rule("backward_ratio", backward_of_trainable, "hu2021"),
        Rule("chip_time", chips_times_time_of_each, "erdil2022", beyond=("chips", "time")),
        Rule("chip_time", chips_times_time, "erdil2022"),
        # nobody's epochs or folds are assumed to be one where the time of one is stated
        Rule("time", time_of_epochs, "erdil2022", beyond=("time_per_epoch",)),
        Rule("time", time_of_steps, "erdil2022"),
        Rule("chip_time", chip_time_of_tokens, _WHERE_OF_SO_MANY),
        Rule("chip_time", chip_time_of_epochs, "erdil2022", beyond=("chip_time_per_epoch",)),
        Rule("chip_time", chip_time_of_each, "erdil2022", beyond=("chip_time_each",)),
        Rule("chip_time", chip_time_of_cores, "epoch2022"),
        Rule("chips", chips_of_cores, "epoch2022"),
        Rule("chips", chips_of_nodes, "MLPerf training policies 2018: number_of_nodes x accelerators_per_node"),
        Rule("chip_time", chip_time_of_cost, "epoch2022"),
        Rule("step_utilization", utilization_of_rate, "chowdhery2022"),
        Rule("hardware_flop_utilization", hardware_utilization_of_rate, "chowdhery2022"),
        Rule("utilization", run_utilization, "chowdhery2022"),
        Rule("utilization", model_utilization, "chowdhery2022"),
    ]
