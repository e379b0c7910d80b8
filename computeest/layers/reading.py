"""Networks written as data: the `layers:` of a paper, with repeats, residuals, branches and named blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from computeest.layers.arguments import read_arguments, refuse, whole
from computeest.layers.elementwise import ACTIVATIONS
from computeest.layers.network import Network
from computeest.layers.shape import INCOMING, Shape, operation
from computeest.problems import NetworkError
from computeest.problems import networks as wrong
from computeest.text.suggest import did_you_mean

#: Operations a layer can be; each is the Network method of that name.
OPERATIONS = (
    "conv", "depthwise", "conv_transpose", "linear", "logits", "embedding", "positions", "append_tokens", "parameter",
    "matmul", "batch_norm", "layer_norm", "rms_norm", "group_norm", "activation", "softmax", "dropout", "max_pool",
    "avg_pool", "adaptive_pool", "global_pool", "upsample", "add", "multiply", "concat", "flatten", "sequence",
    "reshape", "select", "split", "attention", "attention_core", "mla", "mlp", "moe", "rnn", "lstm", "gru", "mamba1",
    "mamba2", "scan",
)  # fmt: skip
STRUCTURES = ("input", "tokens", "layers", "residual", "branches", "define", "use")
#: Keys that any layer may have beside its own.
COMMON = ("name", "repeat", "as", "from", "frozen", "shared", "checkpoint")
_NAMES = frozenset((*OPERATIONS, *STRUCTURES, *ACTIVATIONS))
_BESIDE = {"residual": ("shortcut",), "branches": ("join",), "define": ("layers", "with"), "use": ("with",)}

DEEPEST = 24
MOST_LAYERS = 100_000
LARGEST_SHAPE = 10**15


def read(layers: Sequence[object], input: Sequence[int] | None = None, tokens: int | None = None) -> Network:  # noqa: A002
    """The network that `layers` describes, counted; `input` is (channels, height, width) where no layer says so."""
    reader = _Reader(None if tokens is None else whole(tokens, "tokens"))
    x = None if input is None else reader.network.input(*_extents(input, "input"))
    reader.walk(layers, x, "layers", 0)
    return reader.network


class _Reader:
    """Walks a list of layers, and remembers saved outputs and named blocks."""

    def __init__(self, tokens: int | None) -> None:
        self.network = Network(tokens)
        self.saved: dict[str, Shape] = {}
        self.blocks: dict[str, tuple[Sequence[object], Mapping[str, object]]] = {}
        self.visited = 0

    def walk(self, entries: object, x: Shape | None, where: str, depth: int) -> Shape | None:
        """The shape after all entries."""
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            refuse(where, wrong.LAYERS_NOT_A_LIST(entries=_shown(entries)))
        if depth > DEEPEST:
            refuse(where, wrong.BLOCKS_TOO_DEEP(most=DEEPEST))
        for index, entry in enumerate(entries):
            x = self.entry(entry, x, f"{where}[{index}]", depth)
        return x

    def entry(self, entry: object, x: Shape | None, where: str, depth: int) -> Shape | None:
        """The shape after one entry, with its repeats, scopes and saving."""
        if isinstance(entry, Mapping) and "from" in entry:
            x = self._saved(entry["from"], f"{where}.from")
        kind, value, common, beside = _parsed(entry, where, x)
        place = f"{where}.{kind}"
        with self._scopes(common, where):
            count = whole(common.get("repeat", 1), f"{where}.repeat", 0)
            x = self._repeated(count, x, lambda y: self._one(kind, value, beside, y, place, depth, common))
        if "as" in common:
            if x is None:
                refuse(where, wrong.NOTHING_TO_SAVE())
            self.saved[str(common["as"])] = x
        return x

    def _repeated(self, count: int, x: Shape | None, body: Any) -> Shape | None:
        if x is not None and count > 1:
            return self.network.stack(count, x, body, "")
        with self.network.repeat(count) if count > 1 else ExitStack():
            return body(x) if count else x

    @contextmanager
    def _scopes(self, common: Mapping[str, Any], where: str) -> Iterator[None]:
        with ExitStack() as scopes:
            for key in ("frozen", "checkpoint"):
                flag = common.get(key, False)
                if not isinstance(flag, bool):
                    refuse(f"{where}.{key}", wrong.NOT_TRUE_OR_FALSE(value=flag))
                if flag:
                    scopes.enter_context(getattr(self.network, key)())
            if "shared" in common:
                scopes.enter_context(self.network.shared(str(common["shared"])))
            yield

    def _one(
        self, kind: str, value: Any, beside: Mapping[str, Any], x: Shape | None, where: str, depth: int,
        common: Mapping[str, Any],
    ) -> Shape | None:  # fmt: skip
        self.visited += 1
        if self.visited > MOST_LAYERS:
            refuse(where, wrong.LAYERS_TOO_MANY(most=MOST_LAYERS))
        if kind in STRUCTURES:
            with self.network.block(str(common["name"])) if "name" in common else ExitStack():
                y = self._structure(kind, value, beside, x, where, depth)
        else:
            y = self._operation(kind, value, x, where, common)
        if y is not None and y.elements > LARGEST_SHAPE:
            refuse(where, wrong.OUTPUT_TOO_LARGE())
        return y

    def _structure(
        self, kind: str, value: Any, beside: Mapping[str, Any], x: Shape | None, where: str, depth: int
    ) -> Shape | None:
        match kind:
            case "input":
                return self.network.input(*_extents(value, where))
            case "tokens":
                length = whole(value, where)
                self.network.tokens = (self.network.tokens or 0) + length
                return self.network.tokens_input(length)
            case "layers":
                return self.walk(value, x, where, depth + 1)
            case "residual":
                start = _needed(x, where)
                y = _needed(self.walk(value, start, where, depth + 1), where)
                z = self.walk(beside.get("shortcut", []), start, f"{where}.shortcut", depth + 1)
                return self._counted(where, lambda: self.network.add(y, _needed(z, where)))
            case "branches":
                return self._branches(value, beside.get("join", "concat"), _needed(x, where), where, depth)
            case "define":
                self.blocks[str(value)] = (beside.get("layers", []), beside.get("with", {}))
                return x
            case _:
                return self._use(str(value), beside.get("with", {}), x, where, depth)

    def _branches(self, value: Any, join: object, x: Shape, where: str, depth: int) -> Shape:
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            refuse(where, wrong.BRANCHES_NOT_A_LIST(value=_shown(value)))
        if join not in ("concat", "add", "multiply"):
            refuse(f"{where}.join", wrong.JOIN_UNKNOWN(join=join))
        ends = [_needed(self.walk(b, x, f"{where}[{i}]", depth + 1), where) for i, b in enumerate(value)]
        return self._counted(where, lambda: getattr(self.network, str(join))(*ends))

    def _use(self, name: str, given: Any, x: Shape | None, where: str, depth: int) -> Shape | None:
        if name not in self.blocks:
            near = did_you_mean(name, self.blocks) or f"defined so far: {', '.join(self.blocks) or 'none'}"
            refuse(where, wrong.BLOCK_UNKNOWN(name=name, near=near))
        body, defaults = self.blocks[name]
        if not isinstance(given, Mapping) or not isinstance(defaults, Mapping):
            refuse(f"{where}.with", wrong.BLOCK_VALUES_NOT_A_MAPPING(given=_shown(given)))
        for key in given:
            if key not in defaults:
                has = ", ".join(map(str, defaults)) or "none"
                refuse(f"{where}.with", wrong.BLOCK_VALUE_UNKNOWN(name=name, key=key, known=has))
        return self.walk(_filled(body, {**defaults, **given}, where, 0), x, f"{where}:{name}", depth + 1)

    def _operation(self, kind: str, value: Any, x: Shape | None, where: str, common: Mapping[str, Any]) -> Shape | None:
        if kind in ACTIVATIONS:
            kind, value = "activation", kind
        if isinstance(value, Mapping):
            value = _without_incoming(value, x, where)
        positional, keywords = read_arguments(kind, value, self.saved, where)
        if "name" in common and kind not in ("flatten", "sequence"):
            keywords["name"] = str(common["name"])
        count = getattr(self.network, kind)
        if kind == "parameter":
            self._counted(where, lambda: count(*positional, **keywords))
            return x
        start = _needed(x, where)
        return self._counted(where, lambda: count(start, *positional, **keywords))

    def _saved(self, name: object, where: str) -> Shape:
        found = self.saved.get(str(name))
        if found is None:
            near = did_you_mean(str(name), self.saved)
            refuse(where, wrong.OUTPUT_SAVED_LATER(name=name, near=f"; {near}" if near else ""))
        return found

    def _counted(self, where: str, count: Any) -> Shape:
        try:
            return count()  # type: ignore[no-any-return]
        except ValueError as problem:
            refuse(where, problem.fault if isinstance(problem, NetworkError) else
                   wrong.OPERATION_REFUSED(what=problem))


def _parsed(entry: object, where: str, x: Shape | None) -> tuple[str, Any, dict[str, Any], dict[str, Any]]:
    """What a layer is, the value after its name, its common keys, and the keys its structure has beside it."""
    if isinstance(entry, str):
        entry = {entry: None}
    if not isinstance(entry, Mapping):
        refuse(where, wrong.NOT_A_LAYER(entry=_shown(entry)))
    common = {key: entry[key] for key in COMMON if key in entry}
    rest = {str(key): value for key, value in entry.items() if key not in COMMON}
    if "type" in rest:
        kind = _known(rest.pop("type"), where, x)
        return kind, rest, common, {}
    structure = next((key for key in _BESIDE if key in rest), None)
    if structure is not None:
        beside = {key: rest.pop(key) for key in _BESIDE[structure] if key in rest}
        value = rest.pop(structure)
        if rest:
            refuse(where, wrong.LAYER_KEYS_APART(key=next(iter(rest)), structure=structure))
        return structure, value, common, beside
    if len(rest) != 1:
        words = ", ".join(rest) or "none"
        refuse(where, wrong.LAYER_OF_SEVERAL_OPERATIONS(count=len(rest), words=words))
    [(word, value)] = rest.items()
    return _known(word, where, x), value, common, {}


def _without_incoming(given: Mapping[Any, Any], x: Shape | None, where: str) -> dict[Any, Any]:
    """What a layer is given without the channels that come in, which have to be those of the layer before."""
    for key in INCOMING:
        if key in given and x is not None and given[key] != x.channels:
            refuse(f"{where}.{key}", wrong.CHANNELS_COME_IN(given=_shown(given[key]), channels=x.channels))
    return {key: value for key, value in given.items() if key not in INCOMING}


def _known(word: object, where: str, x: Shape | None) -> str:
    name, extents = operation(str(word), _NAMES)
    if extents is not None and x is not None and name in OPERATIONS and x.size and len(x.size) != extents:
        refuse(where, wrong.EXTENTS_OF_OPERATION(word=word, extents=extents, count=len(x.size)))
    if name not in OPERATIONS and name not in STRUCTURES and name not in ACTIVATIONS:
        near = did_you_mean(name, (*OPERATIONS, *STRUCTURES, *COMMON, *ACTIVATIONS))
        refuse(where, wrong.LAYER_UNKNOWN(name=name[:60], near=near or "see docs/layers.md"))
    return name


def _filled(body: Any, values: Mapping[str, Any], where: str, depth: int) -> Any:
    """A block's layers with `$name` replaced by the value it is used with."""
    if depth > DEEPEST:
        refuse(where, wrong.BLOCKS_TOO_DEEP(most=DEEPEST))
    if isinstance(body, str) and body.startswith("$"):
        if body[1:] not in values:
            refuse(where, wrong.BLOCK_VALUE_MISSING(name=body, known=", ".join(map(str, values)) or "none"))
        return values[body[1:]]
    if isinstance(body, Mapping):
        return {key: _filled(value, values, where, depth + 1) for key, value in body.items()}
    if isinstance(body, Sequence) and not isinstance(body, str):
        return [_filled(value, values, where, depth + 1) for value in body]
    return body


def _extents(value: object, where: str) -> list[int]:
    cells = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not 1 <= len(cells) <= 4:
        refuse(where, wrong.INPUT_EXTENTS(count=len(cells)))
    return [whole(cell, where) for cell in cells]


def _needed(x: Shape | None, where: str) -> Shape:
    if x is None:
        refuse(where, wrong.NOTHING_FLOWS_IN())
    return x


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
