"""What a network remembers of each layer, and the scopes that multiply, freeze, share or recompute it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, NoReturn

from computeest.layers.shape import Shape
from computeest.problems import Fault, NetworkError
from computeest.problems import networks as wrong

#: Terms of the forward pass, in the order they are shown.
TERMS = (
    "first layer",
    "convolution",
    "linear",
    "attention projections",
    "attention",
    "feed-forward",
    "router",
    "experts",
    "recurrent",
    "state space",
    "logits",
)


class Scope(NamedTuple):
    """The surroundings a layer is recorded in."""

    #: Names of the enclosing blocks, each followed by a slash.
    path: str = ""
    #: How many times the layer runs in one forward pass.
    times: int = 1
    #: How many separate sets of its parameters exist: 0 when they were counted at an earlier use.
    copies: int = 1
    #: Whether its parameters are trained.
    trained: bool = True
    #: Whether the backward pass runs it forward again.
    recomputed: bool = False


class Layer(NamedTuple):
    """One counted layer, with all its repeats added up."""

    name: str
    kind: str
    #: Which part of the total it belongs to: one of TERMS.
    term: str
    output: Shape
    parameters: int
    active_parameters: int
    #: Matrix products and convolutions of one example's forward pass, FLOP.
    forward_flop: int
    #: Gradients of its weights and of its inputs, and any recomputation, FLOP.
    backward_flop: int
    #: Bias, norm, activation, pooling and scan arithmetic, FLOP; not in forward_flop.
    elementwise_flop: int
    repeat: int
    trained: bool


#: Makes a Scope of its five fields, in half the time of calling it.
new_scope: Callable[[type[Scope], tuple[str, int, int, bool, bool]], Scope] = tuple.__new__
#: What is around a layer that is in no block.
OUTSIDE = Scope()

#: scope, name, kind, term, output, parameters, active parameters, forward, backward, element-wise: all for one run.
Record = tuple[Scope, str, str, str, Shape, int, int, int, int, int]


class Recorder:
    """Remembers layers; the operations that record them are added by its subclasses."""

    __slots__ = ("_add", "_early_stop", "_notes", "_records", "_scope", "_shared", "tokens")

    def __init__(self, tokens: int | None = None) -> None:
        #: Training-data tokens that one counted pass consumes; None where examples are not text.
        self.tokens = tokens
        self._records: list[Record] = []
        self._add: Callable[[Record], None] = self._records.append
        self._scope = OUTSIDE
        self._notes: dict[str, None] = {}
        self._shared: dict[str, int] = {}
        self._early_stop: set[int] = set()

    def repeat(self, count: int, name: str = "") -> Within:
        """Within it, every layer stands for `count` layers of its own parameters.

        All of them are taken to be alike: where the first turn reads the network's input, whose gradient nobody needs,
        or where sizes change from turn to turn, `stack` counts each turn as it is.
        """
        if count < 0:
            self._refuse(name or "repeat", wrong.REPEATED_BELOW_ZERO(count=count))
        path, times, copies, trained, recomputed = self._scope
        if name:
            path = f"{path}{name}/"
        return Within(self, new_scope(Scope, (path, times * count, copies * count, trained, recomputed)))

    def block(self, name: str) -> Within:
        """Within it, layer names begin with `name`."""
        scope = self._scope
        return Within(self, scope._replace(path=f"{scope.path}{name}/"))

    def frozen(self) -> Within:
        """Within it, no parameter is trained; gradient still flows through to what lies before it."""
        return Within(self, self._scope._replace(trained=False))

    def checkpoint(self, *, early_stop: bool = False) -> Within:
        """Within it, the backward pass computes the forward pass again (activation checkpointing).

        With `early_stop` the last matrix product of the block is not repeated: its output is not needed, and PyTorch's
        non-reentrant checkpoint stops there.
        """
        return Checkpoint(self, self._scope._replace(recomputed=True), early_stop)

    def shared(self, key: str) -> Within:
        """Within it, parameters are counted at the first use of `key` only, work at every use."""
        return Shared(self, self._scope, key)

    def tied(self) -> Within:
        """Within it, parameters are those of layers already counted elsewhere, such as a table used twice."""
        return Within(self, self._scope._replace(copies=0))

    def note(self, text: str) -> None:
        """Say that something the network does is left out of forward_flop."""
        self._notes[text] = None

    def _refuse(self, name: str, fault: Fault) -> NoReturn:
        raise NetworkError(fault).within(f"{self._scope.path}{name}")


class Within:
    """A scope that is entered with `with`."""

    __slots__ = ("_before", "_network", "_scope")

    def __init__(self, network: Recorder, scope: Scope) -> None:
        self._network = network
        self._before = network._scope
        self._scope = scope

    def __enter__(self) -> None:
        self._network._scope = self._scope

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._network._scope = self._before


class Checkpoint(Within):
    """A recomputed scope; its last matrix product may be spared."""

    __slots__ = ("_early_stop", "_start")

    def __init__(self, network: Recorder, scope: Scope, early_stop: bool) -> None:
        super().__init__(network, scope)
        self._early_stop = early_stop
        self._start = len(network._records)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if not self._early_stop:
            return
        records = self._network._records
        for index in range(len(records) - 1, self._start - 1, -1):
            if records[index][7]:
                self._network._early_stop.add(index)
                return


class Shared(Within):
    """A scope whose parameters another use of the same key already counted."""

    __slots__ = ("_key", "_start")

    def __init__(self, network: Recorder, scope: Scope, key: str) -> None:
        reused = key in network._shared
        super().__init__(network, scope._replace(copies=0 if reused else 1, path=f"{scope.path}{key}/"))
        self._key = key
        self._start = len(network._records)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if error is not None:
            return
        count = sum(record[5] for record in self._network._records[self._start :])
        known = self._network._shared.setdefault(self._key, count)
        if known != count:
            self._network._refuse(self._key, wrong.SHARED_OF_OTHER_SIZE(first=known, now=count))
