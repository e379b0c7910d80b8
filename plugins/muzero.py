"""MuZero: a search in a model of the game that is learned along."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import require_positive, unknown

GAMES = ("board", "atari")
#: Bins that values and rewards of Atari are spread over (Schrittwieser et al. 2020, appendix F).
BINS = 601


def muzero(
    game: str = "board",
    blocks: int = 16,
    filters: int = 256,
    board: int = 19,
    planes: int = 17,
    moves: int | None = None,
    unrolled: int = 5,
    simulations: int = 0,
    moves_per_position: float = 1.0,
) -> Network:
    """One position trained on, `unrolled` steps ahead; with `simulations`, also the search that made it.

    A simulation is one step of the learned dynamics and one prediction, a move one representation more; as in
    self-play, `moves_per_position` is moves played over positions trained on. `game: atari` sees 96 x 96 pixels, 32
    frames and actions back, and brings them down to 6 x 6.
    """
    if game not in GAMES:
        raise unknown("game", game, GAMES)
    require_positive(blocks=blocks, filters=filters, board=board, planes=planes)
    if min(unrolled, simulations, moves_per_position) < 0:
        raise ValueError("unrolled, simulations and moves_per_position cannot be negative; expected 0 or more")
    net = Network()
    plies = (18 if game == "atari" else board * board + 1) if moves is None else moves
    one = _Position(net, game, blocks, filters, 6 if game == "atari" else board, planes, plies)
    played = round(moves_per_position) if simulations else 0
    searched = round(simulations * moves_per_position)
    if played:
        with net.tied(), net.frozen(), net.repeat(played, "seen"):
            one.seen()
    if searched:
        with net.tied(), net.frozen(), net.repeat(searched, "search"):
            one.step(learns=False)
    with net.block("training"):
        one.seen()
        if unrolled:
            one.step(learns=True)
        if unrolled > 1:
            with net.repeat(unrolled - 1, "unrolled"), net.tied():
                one.step(learns=True)
    return net


class _Position:
    """The three functions of MuZero at one position."""

    def __init__(
        self, net: Network, game: str, blocks: int, filters: int, side: int, planes: int, moves: int
    ) -> None:
        self.net, self.atari = net, game == "atari"
        self.blocks, self.filters, self.side, self.planes, self.moves = blocks, filters, side, planes, moves

    def seen(self) -> None:
        """What is seen, as a state, and what it promises."""
        net = self.net
        with net.block("representation"):
            if self.atari:
                x = self._conv(net.input(128, 96, 96), self.filters // 2, 2, "stem")
                x = self._conv(self._tower(x, 2), self.filters, 2, "halve")
                x = net.avg_pool(self._tower(x, 3), 2)
                x = net.avg_pool(self._tower(x, 3), 2)
            else:
                x = net.input(self.planes, self.side, self.side)
                x = self._conv(x, self.filters, 1, "stem")
            x = self._tower(x, self.blocks)
        with net.shared("prediction") if x.grad else net.block("prediction"):
            self._predicted(x)

    def step(self, learns: bool) -> None:
        """One move in the learned game, and what it promises."""
        net, side = self.net, self.side
        with net.block("dynamics"):
            # a state and a plane that says where the move is
            x = Shape(self.filters + 1, (side, side), learns, side * side)
            x = self._conv(x, self.filters, 1, "move")
            x = self._tower(x, self.blocks)
            if self.atari:
                self._head(x, 1, BINS, "reward")
        with net.shared("prediction") if x.grad else net.block("prediction"):
            self._predicted(x)

    def _tower(self, x: Shape, blocks: int) -> Shape:
        net = self.net
        with net.repeat(blocks, "block"):
            y = self._conv(x, x.channels, 1, "conv1")
            y = net.batch_norm(net.conv(y, x.channels, 3, padding=1, bias=False, name="conv2"))
            return net.activation(net.add(x, y))

    def _conv(self, x: Shape, out: int, stride: int, name: str) -> Shape:
        net = self.net
        return net.activation(net.batch_norm(net.conv(x, out, 3, stride, 1, bias=False, name=name)))

    def _predicted(self, x: Shape) -> None:
        net = self.net
        y = net.activation(net.batch_norm(net.conv(x, 2, 1, bias=False, name="policy")))
        net.linear(net.flatten(y), self.moves, name="policy.moves", term="logits")
        self._head(x, 1, BINS if self.atari else 1, "value")

    def _head(self, x: Shape, planes: int, out: int, name: str) -> None:
        net = self.net
        y = net.activation(net.batch_norm(net.conv(x, planes, 1, bias=False, name=name)))
        y = net.activation(net.linear(net.flatten(y), self.filters, name=f"{name}.hidden"))
        net.linear(y, out, name=f"{name}.out")


VARIANTS: dict[str, dict[str, Any]] = {
    "muzero-go": {},
    "muzero-chess": {"board": 8, "planes": 101, "moves": 4672},
    "muzero-atari": {"game": "atari"},
}


@hookimpl
def computeest_families() -> list[Family]:
    """MuZero."""
    return [
        Family(
            name="muzero",
            forward=muzero,
            example="position",
            source="Schrittwieser et al. 2020, arXiv:1911.08265, appendices E to G",
            variants=VARIANTS,
            unpublished="the paper states neither parameters nor FLOP; its towers are those of self-play",
        )
    ]
