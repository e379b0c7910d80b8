"""A formula as a person reads it: called with symbols, it writes itself down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_SUM, _PRODUCT, _ATOM = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name or a value that writes down what is done with it."""

    text: str
    #: How tightly the text holds together: a sum needs brackets within a product.
    binding: int = _ATOM

    def __add__(self, other: Any) -> Symbol:
        return Symbol(f"{self.text} + {_symbol(other).text}", _SUM)

    def __radd__(self, other: Any) -> Symbol:
        return _symbol(other) + self

    def __sub__(self, other: Any) -> Symbol:
        return Symbol(f"{self.text} - {_symbol(other)._within(_PRODUCT)}", _SUM)

    def __rsub__(self, other: Any) -> Symbol:
        return _symbol(other) - self

    def __mul__(self, other: Any) -> Symbol:
        return Symbol(f"{self._within(_PRODUCT)} x {_symbol(other)._within(_PRODUCT)}", _PRODUCT)

    def __rmul__(self, other: Any) -> Symbol:
        return _symbol(other) * self

    def __truediv__(self, other: Any) -> Symbol:
        return Symbol(f"{self._within(_PRODUCT)} / {_symbol(other)._within(_ATOM)}", _PRODUCT)

    def __rtruediv__(self, other: Any) -> Symbol:
        return _symbol(other) / self

    def __pow__(self, other: Any) -> Symbol:
        return Symbol(f"{self._within(_ATOM)}^{_symbol(other)._within(_ATOM)}", _PRODUCT)

    def _within(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


def _symbol(value: Any) -> Symbol:
    return value if isinstance(value, Symbol) else Symbol(f"{value:g}" if isinstance(value, float) else str(value))


def written(formula: Callable[..., Any], inputs: Mapping[str, str]) -> str:
    """A formula of its inputs' texts; of one that does not take symbols, its name and those texts."""
    try:
        answer = formula(**{name: Symbol(text) for name, text in inputs.items()})
    except Exception:  # a plugin's formula may do with numbers what symbols cannot, and raise anything
        return f"{formula.__name__}({', '.join(inputs.values())})"
    return answer.text if isinstance(answer, Symbol) else str(answer)
