"""Plans: how a configuration's sizes become layers, traced once for all that differ in whole numbers only.

The first time, a configuration goes through its reader and the layer algebra with a `Size` in the place of each whole
number. A `Size` is a number that writes down what is computed from it and, wherever the code asks something of it (is
it 0, is it below that), the answer. What was written down is the plan: the same arithmetic, without the branches. For
other sizes it holds only where every question has the same answer; where one differs, and wherever a number is used in
another way (hashed, counted to, divided), there is no plan, and the configuration is read as any other. A plan counts
for nothing before it has given, layer by layer, what reading gives: for its own sizes, and for the next ones.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NoReturn

from computeest.layers.network import Network
from computeest.layers.record import Scope
from computeest.layers.shape import Shape

#: What gives layers for sizes, or None where a question about them has another answer.
Arithmetic = Callable[..., "list[Any] | None"]
#: Plans of one structure, beyond which nothing more is traced.
MOST_PLANS = 8
#: How many other configurations a plan is checked on, against reading them, before it counts.
CHECKED = 2


class UntraceableError(Exception):
    """A number was used in a way that cannot be written down."""


class _Trace:
    """What was computed and asked, as lines of straight arithmetic on whole numbers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, str] = {}
        self.asked: set[str] = set()
        #: Objects that lines name instead of spelling out: no text of a configuration becomes code.
        self.objects: dict[str, Any] = {"new": tuple.__new__, "Shape": Shape, "Scope": Scope}

    def name(self, expression: str) -> str:
        """The variable that holds an expression's value; one for equal expressions."""
        found = self.names.get(expression)
        if found is None:
            found = self.names[expression] = f"t{len(self.names)}"
            self.lines.append(f"{found} = {expression}")
        return found

    def ask(self, expression: str, *, answer: bool) -> bool:
        """Hold the plan to the answer that a question had."""
        if expression not in self.asked:
            self.asked.add(expression)
            self.lines.append(f"if {'not ' if answer else ''}({expression}): return None")
        return answer

    def spelled(self, value: object) -> str:
        """A part of a record as code: sizes by their variables, whole numbers as they are, the rest by name."""
        if type(value) is Size:
            return value.text
        if isinstance(value, (Shape, Scope)):
            inner = "".join(f"{self.spelled(item)}, " for item in value)
            return self.name(f"new({type(value).__name__}, ({inner}))")
        if type(value) is tuple:
            return f"({''.join(f'{self.spelled(item)}, ' for item in value)})"
        if type(value) in (int, bool):
            return repr(value)
        if value is not None and type(value) is not str:
            raise UntraceableError
        return next((name for name, known in self.objects.items() if known is value), None) or self._object(value)

    def _object(self, value: object) -> str:
        name = f"k{len(self.objects)}"
        self.objects[name] = value
        return name

    def compiled(self, inputs: int, net: Network) -> Arithmetic:
        """The function of the sizes that gives the layers of the network."""
        records = ", ".join(self.spelled(record) for record in net._records)
        body = "\n ".join([*self.lines, f"return [{records}]"])
        source = f"def plan({', '.join(f'v{place}' for place in range(inputs))}):\n {body}\n"
        exec(source, self.objects)  # noqa: S102  variables, whole numbers and operators only, as written above
        return self.objects["plan"]  # type: ignore[no-any-return]


def _computed(sign: str, function: Callable[[int, int], int], *, swapped: bool = False) -> Callable[..., Any]:
    def apply(size: Size, other: object) -> Size:
        text, value = _operand(other)
        left, right = (text, size.text) if swapped else (size.text, text)
        result = function(value, size.value) if swapped else function(size.value, value)
        return Size(size.trace, size.trace.name(f"{left} {sign} {right}"), result)

    return apply


def _asked(sign: str, function: Callable[[int, int], bool]) -> Callable[..., Any]:
    def apply(size: Size, other: object) -> bool:
        if sign in ("==", "!=") and (other is None or isinstance(other, (str, tuple, list, Mapping))):
            return sign == "!="  # no number is equal to what is none
        text, value = _operand(other)
        return size.trace.ask(f"{size.text} {sign} {text}", answer=function(size.value, value))

    return apply


def _operand(other: object) -> tuple[str, int]:
    if type(other) is Size:
        return other.text, other.value
    if type(other) in (int, bool):
        return repr(other), int(other)  # type: ignore[call-overload]
    raise UntraceableError


def _refused(*_: object) -> NoReturn:
    raise UntraceableError


class Size:
    """A whole number of a configuration, or one computed from them, that writes down what becomes of it."""

    __slots__ = ("text", "trace", "value")

    def __init__(self, trace: _Trace, text: str, value: int) -> None:
        self.trace, self.text, self.value = trace, text, value

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # so that code that asks for a whole number takes it as one
        return int

    def __bool__(self) -> bool:
        return self.trace.ask(self.text, answer=bool(self.value))

    def __neg__(self) -> Size:
        return Size(self.trace, self.trace.name(f"-{self.text}"), -self.value)

    __add__, __radd__ = _computed("+", operator.add), _computed("+", operator.add, swapped=True)
    __sub__, __rsub__ = _computed("-", operator.sub), _computed("-", operator.sub, swapped=True)
    __mul__, __rmul__ = _computed("*", operator.mul), _computed("*", operator.mul, swapped=True)
    __floordiv__, __rfloordiv__ = _computed("//", operator.floordiv), _computed("//", operator.floordiv, swapped=True)
    __mod__, __rmod__ = _computed("%", operator.mod), _computed("%", operator.mod, swapped=True)
    __lt__, __le__ = _asked("<", operator.lt), _asked("<=", operator.le)
    __gt__, __ge__ = _asked(">", operator.gt), _asked(">=", operator.ge)
    __eq__, __ne__ = _asked("==", operator.eq), _asked("!=", operator.ne)
    __hash__ = __index__ = __int__ = __float__ = __str__ = __repr__ = __format__ = _refused
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __divmod__ = __round__ = __abs__ = _refused


class Plans:
    """The plans of configurations that differ in whole numbers only, and `read`, which makes a network of any of them.

    What else such a configuration holds, and the order of its fields, must be the same for all that `network` is given.
    """

    __slots__ = ("_candidate", "_learning", "_plans", "_read", "_tracing", "_unchecked")

    def __init__(self, read: Callable[[Mapping[str, Any]], Network]) -> None:
        self._read = read
        #: Plans that count; replaced whole, so that every thread has one state of them.
        self._plans: tuple[tuple[Arithmetic, Network], ...] = ()
        #: The plan that does not count yet, and how often it is still to be checked.
        self._candidate: tuple[Arithmetic, Network] | None = None
        self._unchecked = 0
        self._tracing, self._learning = True, Lock()

    def network(self, config: Mapping[str, Any]) -> Network:
        """The network of a configuration of this structure."""
        sizes = [value for value in config.values() if type(value) is int]
        for arithmetic, like in self._plans:
            records = arithmetic(*sizes)
            if records is not None:
                return _of_records(like, records)
        net = self._read(config)
        if self._tracing and self._learning.acquire(blocking=False):  # another thread learns of its own then
            try:
                self._learn(config, sizes, net)
            finally:
                self._learning.release()
        return net

    def _learn(self, config: Mapping[str, Any], sizes: list[int], net: Network) -> None:
        """Trace a plan, or hold the one that was traced against what was read; one that says otherwise ends it all."""
        if self._candidate is None:
            traced = _traced(self._read, config, len(sizes)) if len(self._plans) < MOST_PLANS else None
            self._tracing = traced is not None and traced(*sizes) == net._records
            if traced is not None and self._tracing:
                self._candidate, self._unchecked = (traced, net), CHECKED
            return
        records = self._candidate[0](*sizes)
        if records is None:
            return
        self._unchecked -= 1
        if records != net._records:
            self._plans, self._candidate, self._tracing = (), None, False
        elif not self._unchecked:
            self._plans, self._candidate = (*self._plans, self._candidate), None


def _traced(read: Callable[[Mapping[str, Any]], Network], config: Mapping[str, Any], inputs: int) -> Arithmetic | None:
    """The plan that reading one configuration leaves, if what it does can be written down."""
    trace = _Trace()
    places = iter(range(inputs))
    traced = {key: Size(trace, f"v{next(places)}", value) if type(value) is int else value
              for key, value in config.items()}  # fmt: skip
    try:
        net = read(traced)
        if net._shared or net._early_stop or type(net.tokens) not in (int, type(None)):
            return None
        return trace.compiled(inputs, net)
    except (UntraceableError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # by what is no int
        return None


def _of_records(like: Network, records: list[Any]) -> Network:
    net = Network(like.tokens)
    net._records, net._add = records, records.append
    net._notes = dict(like._notes)
    return net
