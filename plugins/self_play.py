"""Self-play reinforcement learning: a residual network searched with while playing and trained on the games."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl


def self_play(
    blocks: int = 20,
    filters: int = 256,
    board: int = 19,
    planes: int = 17,
    policy_filters: int = 2,
    moves: int | None = None,
    policy_convolution: int | None = None,
    value_hidden: int = 256,
    simulations: int = 0,
    moves_per_position: float = 1.0,
) -> Network:
    """One position trained on; with `simulations`, also the search that made it.

    Without `simulations` it is one evaluation of the network. With it, `moves_per_position` x `simulations` evaluations
    that are not trained come before the one that is: moves_per_position is moves played over positions trained on
    (games x moves / (steps x batch)). Only the last has a backward pass, so backward_ratio is far below 2.
    """
    net = Network()
    evaluations = round(simulations * moves_per_position)
    if evaluations < 0 or simulations < 0:
        raise ValueError("simulations and moves_per_position cannot be negative")
    plies = board * board + 1 if moves is None else moves
    heads = (policy_filters, plies, policy_convolution, value_hidden)
    if evaluations:  # the same weights as below, used and not trained
        with net.tied(), net.frozen(), net.repeat(evaluations, "search"):
            _evaluated(net, blocks, filters, board, planes, heads)
    with net.block("training"):
        _evaluated(net, blocks, filters, board, planes, heads)
    return net


def _evaluated(
    net: Network, blocks: int, filters: int, board: int, planes: int, heads: tuple[int, int, int | None, int]
) -> None:
    """A tower of residual blocks over the board, and from it the move probabilities and the value."""
    policy_filters, moves, policy_convolution, value_hidden = heads
    x = _conv(net, net.input(planes, board, board), filters, 3, "stem")
    if blocks:
        with net.repeat(blocks, "block"):
            y = net.batch_norm(net.conv(_conv(net, x, filters, 3, "conv1"), filters, 3, padding=1, bias=False))
            x = net.activation(net.add(x, y))
    if policy_convolution is None:
        policy = _conv(net, x, policy_filters, 1, "policy")
        net.linear(net.flatten(policy), moves, name="policy.moves", term="logits")
    else:
        policy = _conv(net, x, filters, 3, "policy")
        net.conv(policy, policy_convolution, 3, padding=1, name="policy.moves")
    value = net.flatten(_conv(net, x, 1, 1, "value"))
    net.linear(net.activation(net.linear(value, value_hidden, name="value.hidden")), 1, name="value.outcome")


def _conv(net: Network, x: Shape, filters: int, kernel: int, name: str) -> Shape:
    y = net.conv(x, filters, kernel, padding=kernel // 2, bias=False, name=name)
    return net.activation(net.batch_norm(y))


#: AlphaZero's chess and shogi networks: 119 and 362 input planes, 73 and 139 planes of moves, one tower of 19 blocks.
_ALPHAZERO: dict[str, Any] = {"blocks": 19, "board": 8, "planes": 119, "policy_convolution": 73}


PUBLISHED: dict[str, Published] = {
    "alphago-zero-40": Published("Epoch AI, notes of its database of AI models, 2025", parameters=46.4e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Self-play with search."""
    return [
        Family(
            name="self-play",
            forward=self_play,
            example="position",
            source="Silver et al. 2017, doi:10.1038/nature24270, Methods: neural network architecture; Silver et al. "
            "2018, doi:10.1126/science.aar6404, supplementary materials",
            variants={
                "alphago-zero-20": {"blocks": 19},
                "alphago-zero-40": {"blocks": 39},
                "alphazero-chess": _ALPHAZERO,
                "alphazero-shogi": {**_ALPHAZERO, "board": 9, "planes": 362, "policy_convolution": 139},
            },
            published=PUBLISHED,
        )
    ]
