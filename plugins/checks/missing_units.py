"""Checks for counts so small that their unit is missing: 1.28 images, where 1.28 million were meant."""

from __future__ import annotations

import numpy as np

from computeest.contract import Check, Column, hookimpl

#: No network that reads so much has fewer parameters, and few have more than 2,000e9.
_FEWEST_PARAMETERS = 2000.0
#: No network trained from nothing has seen fewer: of Epoch AI's rows with more than 2e6 parameters the least corpus has
#: 17,000 examples (DiffDock, 850 times), and LeNet-5's 60,000 images are seen 20 times.
_FEWEST_EXAMPLES = 1e4
#: LIMA's 1,000 conversations (Zhou et al. 2023) have 750,000 tokens, and are read 15 times.
_FEWEST_TOKENS = 1e5
#: LeNet-5 (LeCun et al. 1998) has 7e5; what takes fewer to pass is no network of images or texts.
_FEWEST_OPERATIONS = 2000.0
#: BERT in batches of 32,768 (You et al. 2020) took 8,599 steps, ImageNet in batches as large 3,500.
_FEWEST_STEPS = 100.0
#: The first to read texts in windows, of 60 to 70 words (Zaremba et al. 2014: 35), had 66e6 parameters.
_SHORTEST_TEXT = 32.0
_A_LANGUAGE_MODEL = 1e9
#: GPT-2 of 1.5e9 parameters was trained anew for 672 dollars (karpathy/llm.c, discussion 677); smaller ones take less.
_LEAST_COST = 500.0
_MILLIONS = 1e6
#: What a network of some millions of parameters takes for an example: LeNet-5's 7e5 are fewer.
_OF_A_NETWORK = 1e7
_PARAMETERS_OF_A_NETWORK = 1e6
#: So many that few parameters or operations are no toy's.
_A_CORPUS = 1e8
_MANY_EXAMPLES = 1e5


def _from_nothing(flop: Column, own_flop: Column) -> Column:
    """Whether what is counted is the whole training, and no start from other weights."""
    return flop < 1.001 * own_flop


def parameters_unit(active_parameters: Column, tokens_seen: Column) -> Column:
    """A handful of parameters for a large corpus: 175, where 175e9 was meant."""
    return (active_parameters < _FEWEST_PARAMETERS) & (tokens_seen > _A_CORPUS)


def both_units(active_parameters: Column, tokens_seen: Column, published_year: Column = np.nan) -> Column:
    """A handful of parameters and of tokens: 7 and 2, where 7e9 and 2e12 were meant."""
    return (active_parameters < _FEWEST_PARAMETERS) & (tokens_seen < _FEWEST_TOKENS) & ~(published_year < 2000)


def tokens_unit(tokens_seen: Column, active_parameters: Column, flop: Column, own_flop: Column) -> Column:
    """Fewer tokens than a page has, for a network of millions of parameters: 15, where 15e12 were meant."""
    return ((tokens_seen < _FEWEST_TOKENS) & (active_parameters > _PARAMETERS_OF_A_NETWORK)
            & _from_nothing(flop, own_flop))


def examples_unit(examples_seen: Column, forward_flop: Column, flop: Column, own_flop: Column) -> Column:
    """A handful of examples in all epochs: 1.28, where 1.28e6 images were meant."""
    return (examples_seen < _FEWEST_EXAMPLES) & (forward_flop > _OF_A_NETWORK) & _from_nothing(flop, own_flop)


def operations_unit(forward_flop: Column, examples_seen: Column, published_year: Column = np.nan) -> Column:
    """A handful of FLOP to pass a network that sees many examples: 4.1, where 4.1e9 were meant."""
    return ((forward_flop < _FEWEST_OPERATIONS) & (examples_seen > _MANY_EXAMPLES) & ~(published_year < 2000))


def steps_unit(steps: Column, active_parameters: Column, flop: Column, own_flop: Column) -> Column:
    """A handful of steps: 1.4, where 1.4e6 were meant."""
    return ((steps < _FEWEST_STEPS) & (active_parameters > _PARAMETERS_OF_A_NETWORK) & _from_nothing(flop, own_flop))


def length_unit(sequence_length: Column, batch_size: Column, steps: Column, tokens_seen: Column,
                active_parameters: Column) -> Column:
    """A text of a few tokens, from which those of a large language model are counted: 4, where 4,096 was meant."""
    counted = tokens_seen / (sequence_length * batch_size * steps)
    return ((sequence_length < _SHORTEST_TEXT) & (active_parameters >= _A_LANGUAGE_MODEL)
            & (counted > 0.99) & (counted < 1.01))


def cost_unit(cost: Column, flop: Column, own_flop: Column, tunes: Column, parameters: Column = np.nan) -> Column:
    """A handful of dollars, and no small network, nor one that is tuned: 5.576, where 5.576e6 were meant."""
    return ((cost < _LEAST_COST) & ~(parameters < _A_LANGUAGE_MODEL) & (tunes == 0)
            & _from_nothing(flop, own_flop))


def cost_in_millions(cost: Column) -> Column:
    """The answer, if the cost is in millions."""
    return 0 * cost + _MILLIONS


@hookimpl
def computeest_checks() -> list[Check]:
    """The checks, each a code, a level, a test and a sentence."""
    return [
        Check("parameters-without-unit", "warning", parameters_unit,
              "{active_parameters:g} parameters and {tokens_seen:.3g} tokens: a unit of the parameters, such as B, is"
              " missing", widens=1e9),
        Check("units-missing", "warning", both_units,
              "{active_parameters:g} parameters and {tokens_seen:g} tokens: units of both, such as B and T, are"
              " missing", widens=1e21),
        Check("tokens-without-unit", "warning", tokens_unit,
              "{tokens_seen:g} tokens for {active_parameters:.3g} parameters: a unit of the tokens, such as B or T, is"
              " missing", widens=1e12),
        Check("examples-without-unit", "warning", examples_unit,
              "{examples_seen:g} examples seen in all, of {forward_flop:.3g} FLOP each: a unit of the examples, such as"
              " M, is missing", widens=1e6),
        Check("operations-without-unit", "warning", operations_unit,
              "{forward_flop:g} FLOP for a forward pass, and {examples_seen:.3g} examples: a unit of the forward pass,"
              " such as GFLOP or GMAC, is missing", widens=1e9),
        Check("steps-without-unit", "warning", steps_unit,
              "{steps:g} steps for {active_parameters:.3g} parameters: a unit of the steps, such as k or M, is missing",
              widens=1e6),
        Check("length-without-unit", "warning", length_unit,
              "texts of {sequence_length:g} tokens for {active_parameters:.3g} parameters: a unit of the length, such"
              " as k, is missing", widens=1024),
        Check("cost-without-unit", "warning", cost_unit,
              "{cost:g} dollars train no large network: a unit of the cost, such as M, may be missing, and the interval"
              " reaches to millions", instead=cost_in_millions),
    ]
