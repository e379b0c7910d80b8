"""Columns of how models are trained beyond one pass forward and one backward: docs/training.md explains each."""

from __future__ import annotations

import re
from types import MappingProxyType

from computeest.schema.field import Field, text

#: Roles of runs whose model is not trained: its passes go forward only.
FORWARD_ONLY = ("teacher", "reference", "reward", "rollouts", "encoder")
#: Roles of runs that looked for the run that counts: they stand beside the training compute, not in it.
APART = ("search", "sweep", "ablation")
ROLES = ("trained", *FORWARD_ONLY, *APART)

#: Stages that tune a model trained before them.
TUNING = re.compile(r"fine-?\s?tun|\bSFT\b|instruct|\balign|preference|\bRLHF\b|\bDPO\b|post-?\s?train", re.IGNORECASE)

_ROLE_WORDS = MappingProxyType({
    "student": "trained", "policy": "trained", "final": "trained", "finalrun": "trained", "training": "trained",
    "pretraining": "trained", "finetuning": "trained", "teachers": "teacher", "teachermodel": "teacher",
    "referencemodel": "reference", "rewardmodel": "reward", "verifier": "reward", "judge": "reward",
    "rollout": "rollouts", "generation": "rollouts", "sampling": "rollouts", "selfplay": "rollouts",
    "actor": "rollouts", "inference": "rollouts", "frozen": "encoder", "frozenencoder": "encoder",
    "nas": "search", "architecturesearch": "search", "hyperparametersearch": "sweep", "hyperparametersweep": "sweep",
    "sweeps": "sweep", "tuning": "sweep", "hyperparametertuning": "sweep", "ablations": "ablation",
})
_SHARES = MappingProxyType({"full": 1.0, "true": 1.0, "yes": 1.0, "none": 0.0, "false": 0.0, "no": 0.0})

_FROZEN = (
    Field("role", "training", "What this run's model does in the training: it is trained, or only passes forward, or "
          "the run searched for the one that counts.", kind="choice", choices=ROLES, says=_ROLE_WORDS,
          example="teacher"),
    text("adapters", "training", "The kind of adapters that are trained in place of the model: LoRA, prefix, ...",
         "adapter", "adapter_type", "peft", example="LoRA"),
    Field("trainable_share", "training", "Share of the parameters that is trained.", "dimensionless", high=1.0,
          aliases=("trainable_fraction", "trained_share"), example="0.2 %"),
    Field("frozen_parameters", "training", "Parameters, of those of the model, that no gradient passes: frozen ones "
          "below all that are trained, such as an image encoder's.", "parameter", low=1.0, low_included=True, high=1e16,
          aliases=("frozen_params",), example="1B"),
    Field("frozen_forward_flop", "training", "FLOP of one forward pass of one example through frozen encoders that are "
          "not in forward_flop or parameters.", "FLOP/example", high=1e24, also=("FLOP",), example="1.1 TFLOP"),
    Field("precomputed_forward_flop", "training", "The same of encoders whose outputs are stored: each example of the "
          "data set passes once, however many epochs follow.", "FLOP/example", high=1e24, also=("FLOP",),
          example="1.1 TFLOP"),
    Field("precomputed_epochs", "training", "Passes of the data set through encoders whose outputs are stored.",
          "epoch", high=1e7, example="1"),
)

_TEACHERS = (
    Field("teacher_parameters", "training", "Parameters of a teacher that one token meets; it passes forward only.",
          "parameter", low=1.0, low_included=True, high=1e16,
          aliases=("teacher_params", "teacher_size", "teacher_active_parameters"), example="110M"),
    Field("teacher_forward_flop", "training", "FLOP of one forward pass of one example through the teacher.",
          "FLOP/example", high=1e24, also=("FLOP",), example="32 GFLOP"),
    Field("teacher_tokens", "training", "Tokens that the teacher saw, where they are not those that the student saw.",
          "token", low=1.0, low_included=True, high=1e20, example="3.3B tokens", adds_up=True),
)

_ROLLOUTS = (
    Field("generated_tokens", "training", "Tokens that the model generated to be trained on: rollouts.", "token",
          low=1.0, low_included=True, high=1e20, aliases=("rollout_tokens", "sampled_tokens"), example="40B tokens",
          adds_up=True),
    Field("rollouts", "training", "Rollouts, or episodes, that the model generated in all.", "example", low=1.0,
          low_included=True, high=1e20, aliases=("rl_episodes",), example="256k",
          adds_up=True),
    Field("rollout_length", "training", "Tokens of one rollout, its prompt included.", "token/example", high=1e9,
          also=("token",), aliases=("response_length", "completion_length", "max_response_length"), example="1024"),
    Field("rollout_prompts", "training", "Prompts that rollouts were generated for, in all.", "example", low=1.0,
          low_included=True, high=1e20, example="144k"),
    Field("samples_per_prompt", "training", "Rollouts generated for each prompt.", "dimensionless", low=1.0,
          low_included=True, high=1e7, aliases=("group_size", "rollouts_per_prompt", "generations_per_prompt",
                                                "num_generations"), example="64"),
    Field("rollout_epochs", "training", "Passes of training over each rollout.", "dimensionless", high=1e4,
          aliases=("ppo_epochs", "num_ppo_epochs", "inner_epochs"), example="1"),
    Field("reference_parameters", "training", "Parameters of a frozen reference model that one token meets (PPO, GRPO, "
          "DPO).", "parameter", low=1.0, low_included=True, high=1e16, aliases=("reference_params",), example="7B"),
    Field("reward_parameters", "training", "Parameters of a reward model that scores what is generated.", "parameter",
          low=1.0, low_included=True, high=1e16, aliases=("reward_params", "reward_model_parameters"), example="6B"),
    Field("critic_parameters", "training", "Parameters of a value model that is trained beside the policy (PPO).",
          "parameter", low=1.0, low_included=True, high=1e16,
          aliases=("critic_params", "value_model_parameters"), example="6B"),
    Field("preference_pairs", "training", "Pairs of a chosen and a rejected answer, of one epoch.", "example/epoch",
          low=1.0, low_included=True, high=1e18, also=("example",), example="62k"),
    Field("self_play_games", "training", "Games of self-play.", "dimensionless", low=1.0, low_included=True, high=1e15,
          also=("example",), aliases=("games_of_self_play",), example="4.9M"),
    Field("moves_per_game", "training", "Moves of one game.", "dimensionless", high=1e9, example="200"),
    Field("simulations_per_move", "training", "Evaluations of the network for one move.", "example", high=1e9,
          aliases=("mcts_simulations", "simulations_a_move"), example="1600"),
    Field("generated_examples", "training", "Examples that the model evaluated to make what it is trained on, such as "
          "positions searched in self-play.", "example", low=1.0, low_included=True, high=1e22,
          aliases=("network_evaluations",), example="1.6e12", adds_up=True),
)

_PASSES = (
    Field("views_per_example", "training", "Versions of each example that pass in one step: two of SimCLR.",
          "dimensionless", low=1.0, low_included=True, high=1e4, aliases=("augmentations_per_example",), example="2"),
    Field("packing_efficiency", "training", "Share of the tokens computed that are tokens of the data; the rest "
          "is padding.", "dimensionless", high=1.0, aliases=("token_share",), example="50 %"),
    Field("depth_share", "training", "Share of the layers that a token passes on average: mixture of depths, early "
          "exit, dropped layers.", "dimensionless", high=1.0, aliases=("layer_share",), example="56 %"),
    Field("prediction_parameters", "training", "Parameters that predict further tokens and are not among the active "
          "ones (multi-token prediction).", "parameter", low=1.0, low_included=True, high=1e16,
          aliases=("mtp_parameters",), example="14B"),
    Field("recomputed_share", "training", "Share of the forward pass that the backward pass computes again (gradient "
          "checkpointing): hardware FLOP, not training compute.", "dimensionless", low_included=True, high=1.0,
          says=_SHARES, aliases=("gradient_checkpointing", "activation_checkpointing", "activation_recomputation",
                                 "recomputation"), example="full"),
)

#: Everything of it that a paper may state.
PRACTICE = (*_FROZEN, *_TEACHERS, *_ROLLOUTS, *_PASSES)

#: FLOP of passes beside those of the model that is trained, by what passes, and what that part of a record is called.
BESIDE = MappingProxyType({
    "teacher_flop": "teacher", "rollout_flop": "rollouts", "reference_flop": "reference", "reward_flop": "reward",
    "critic_flop": "critic", "encoder_flop": "encoder", "precomputed_flop": "encoder",
})

#: Facts of how a model is trained, and in which column a count holds them: without it they are left out.
HELD_BY = MappingProxyType({
    **dict.fromkeys(("teacher_parameters", "teacher_forward_flop", "teacher_tokens"), "teacher_flop"),
    **dict.fromkeys(("generated_tokens", "rollouts", "rollout_length", "rollout_prompts", "samples_per_prompt",
                     "self_play_games", "moves_per_game", "simulations_per_move", "generated_examples"),
                    "rollout_flop"),
    "reference_parameters": "reference_flop", "reward_parameters": "reward_flop", "critic_parameters": "critic_flop",
    "frozen_forward_flop": "encoder_flop", "precomputed_forward_flop": "precomputed_flop",
    **{name: name for name in ("preference_pairs", "views_per_example", "depth_share", "prediction_parameters")},
    "frozen_parameters": "frozen_share", "trainable_share": "trainable_share",
})

DERIVED = (
    Field("frozen_share", "derived", "Share of the parameters that no gradient passes; something is trained.",
          "dimensionless", high=0.9999),
    *(Field(name, "derived", f"FLOP of the passes of this part: {part}.", "FLOP", high=1e32, adds_up=True)
      for name, part in BESIDE.items()),
)
