"""Rules of how models are trained: what is frozen, who passes beside the model, and what passes more than once.

A parameter with a default is a fact that need not be there: without it the rule is the usual one.
"""

from __future__ import annotations

from computeest.contract import Column, Rule, hookimpl


def share_frozen(frozen_parameters: Column, parameters: Column) -> Column:
    """Share of the parameters that no gradient passes."""
    return frozen_parameters / parameters


def trainable_beside_frozen(parameters: Column, frozen_share: Column) -> Column:
    """Parameters that are trained: all that are not frozen."""
    return parameters * (1 - frozen_share)


def backward_of_share(trainable_share: Column, frozen_share: Column = 0.0) -> Column:
    """Backward FLOP for each forward FLOP, with a share of the parameters trained.

    Activation gradients (1) pass through what is frozen among or above trained parts, not through what lies below.
    """
    return 1 - frozen_share + trainable_share


def teacher_of_tokens(teacher_parameters: Column, flop_per_parameter: Column, teacher_tokens: Column) -> Column:
    """FLOP of a teacher's forward passes over the tokens that it sees."""
    return teacher_parameters * flop_per_parameter * teacher_tokens


def teacher_sees_all(tokens_seen: Column) -> Column:
    """Tokens that a teacher sees: those that the student sees."""
    return tokens_seen


def teacher_of_examples(teacher_forward_flop: Column, examples_seen: Column) -> Column:
    """FLOP of a teacher's forward passes over the examples that the student sees."""
    return teacher_forward_flop * examples_seen


def rollouts_of_prompts(rollout_prompts: Column, samples_per_prompt: Column) -> Column:
    """Rollouts in all: so many for each prompt."""
    return rollout_prompts * samples_per_prompt


def tokens_of_rollouts(rollouts: Column, rollout_length: Column) -> Column:
    """Tokens generated: every rollout has so many, its prompt included."""
    return rollouts * rollout_length


def tokens_trained_of_rollouts(generated_tokens: Column, rollout_epochs: Column) -> Column:
    """Tokens trained on: those generated, as often as each rollout is used."""
    return generated_tokens * rollout_epochs


def tokens_of_pairs(preference_pairs: Column, epochs: Column, sequence_length: Column) -> Column:
    """Tokens of preference pairs: two answers each, chosen and rejected, with their prompt."""
    return 2 * preference_pairs * epochs * sequence_length


def evaluations_of_games(self_play_games: Column, moves_per_game: Column, simulations_per_move: Column) -> Column:
    """Positions evaluated in self-play: so many for each move of each game."""
    return self_play_games * moves_per_game * simulations_per_move


def rollout_of_tokens(generated_tokens: Column, forward_flop_per_token: Column) -> Column:
    """FLOP of generating: one forward pass for each token, those before it remembered."""
    return generated_tokens * forward_flop_per_token


def rollout_of_examples(generated_examples: Column, forward_flop: Column) -> Column:
    """FLOP of evaluating what is searched or played: one forward pass each."""
    return generated_examples * forward_flop


def reference_of_generated(reference_parameters: Column, flop_per_parameter: Column,
                           generated_tokens: Column) -> Column:
    """FLOP of a reference model's forward passes over what is generated."""
    return reference_parameters * flop_per_parameter * generated_tokens


def reference_of_trained(reference_parameters: Column, flop_per_parameter: Column, tokens_seen: Column) -> Column:
    """FLOP of a reference model's forward passes over what is trained on, where nothing is generated."""
    return reference_parameters * flop_per_parameter * tokens_seen


def reward_of_generated(reward_parameters: Column, flop_per_parameter: Column, generated_tokens: Column) -> Column:
    """FLOP of a reward model's forward passes over what is generated."""
    return reward_parameters * flop_per_parameter * generated_tokens


def critic_of_generated(critic_parameters: Column, flop_per_parameter: Column, tokens_seen: Column,
                        generated_tokens: Column) -> Column:
    """FLOP of a value model: it judges what is generated, and is trained on what the policy is (three passes)."""
    return critic_parameters * flop_per_parameter * (3 * tokens_seen + generated_tokens)


def encoder_of_examples(frozen_forward_flop: Column, examples_seen: Column) -> Column:
    """FLOP of frozen encoders, which every example passes whenever it is seen."""
    return frozen_forward_flop * examples_seen


def encoder_once(precomputed_forward_flop: Column, examples: Column, precomputed_epochs: Column) -> Column:
    """FLOP of encoders whose outputs are stored: every example of the data set passes once."""
    return precomputed_forward_flop * examples * precomputed_epochs


def share_of_recomputing(backward_ratio: Column, recomputed_share: Column) -> Column:
    """Model FLOP for each hardware FLOP, with so much of the forward pass computed again in the backward pass."""
    return (1 + backward_ratio) / (1 + backward_ratio + recomputed_share)


@hookimpl
def computeest_rules() -> list[Rule]:
    """Rules in the order they are preferred where two are equally certain."""
    return [
        Rule("frozen_share", share_frozen, "li2023"),
        Rule("trainable_parameters", trainable_beside_frozen, "li2023"),
        Rule("backward_ratio", backward_of_share, "hu2021"),
        Rule("teacher_tokens", teacher_sees_all, "sanh2019"),
        Rule("teacher_flop", teacher_of_tokens, "sanh2019"),
        Rule("teacher_flop", teacher_of_examples, "sanh2019"),
        Rule("rollouts", rollouts_of_prompts, "ouyang2022"),
        Rule("generated_tokens", tokens_of_rollouts, "ouyang2022"),
        Rule("tokens_seen", tokens_trained_of_rollouts, "ouyang2022"),
        Rule("tokens_seen", tokens_of_pairs, "rafailov2023"),
        Rule("generated_examples", evaluations_of_games, "silver2017"),
        Rule("rollout_flop", rollout_of_tokens, "ouyang2022"),
        Rule("rollout_flop", rollout_of_examples, "silver2017"),
        Rule("reference_flop", reference_of_generated, "ouyang2022"),
        Rule("reference_flop", reference_of_trained, "rafailov2023"),
        Rule("reward_flop", reward_of_generated, "ouyang2022"),
        Rule("critic_flop", critic_of_generated, "ouyang2022"),
        Rule("encoder_flop", encoder_of_examples, "rombach2022"),
        Rule("precomputed_flop", encoder_once, "rombach2022"),
        Rule("model_share", share_of_recomputing, "chowdhery2022"),
    ]
