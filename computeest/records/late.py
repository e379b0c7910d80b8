"""A mapping of which some values are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any


class Late(dict[str, Any]):
    """A dict to all who look at it, whether they ask for one value, compare, copy, pickle or write it as JSON."""

    def __init__(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]],
                 late: Mapping[str, Callable[[], Any]] | None = None, of: Any = None) -> None:
        """`late` makes values of keys that are there; a value of another late mapping stays late.

        A value may be a `Later`, which makes it `of` what is given here.
        """
        self._of: Any = values._of if isinstance(values, Late) else of
        super().__init__(dict.items(values) if isinstance(values, Late) else values)
        for key, make in (late or {}).items():
            super().__setitem__(key, Later(_of_anywhere(make)))

    def __getitem__(self, key: str) -> Any:
        value = dict.__getitem__(self, key)
        if type(value) is Later:
            value = value.make(self._of)
            dict.__setitem__(self, key, value)
        return value

    def __getstate__(self) -> dict[str, Any]:
        """What a copy has besides its values, which are made for it."""
        return {**self.__dict__, "_of": None}

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        if key not in self:
            return default
        return self[key]

    def made(self) -> dict[str, Any]:
        """All of it as a plain dict."""
        return {key: self[key] for key in self}

    def __iter__(self) -> Iterator[str]:
        """The keys; that it is here keeps `dict(record)` from taking values that are not made."""
        return super().__iter__()

    def items(self) -> Any:
        """Keys and values."""
        return self.made().items()

    def values(self) -> Any:
        """The values."""
        return self.made().values()

    def __eq__(self, other: object) -> bool:
        return self.made() == (other.made() if isinstance(other, Late) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __repr__(self) -> str:
        return repr(self.made())

    def __or__(self, other: Any) -> Any:
        return self.made() | dict(other) if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return dict(other) | self.made() if isinstance(other, Mapping) else NotImplemented

    def copy(self) -> dict[str, Any]:
        """A plain copy."""
        return self.made()

    def pop(self, key: str, *default: Any) -> Any:
        """Take a key out."""
        if key in self:
            self[key]
        return super().pop(key, *default)

    def popitem(self) -> tuple[str, Any]:
        """Take the last key out."""
        self.made()
        return super().popitem()

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value of a key, which becomes the default where there is none."""
        return self[key] if key in self else super().setdefault(key, default)


class Later:
    """A value that is not made yet; one for all records that make it alike, a tenth of many mappings."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make


def _of_anywhere(make: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda _: make()
