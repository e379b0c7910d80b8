"""What is said when a question about chips has no sure answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from computeest.suggest import closest


class Refusal:
    """Why it cannot be told, in a sentence, and what might have been meant."""

    def __init__(self, reason: str, suggestions: Sequence[str] | Callable[[], Sequence[str]] = ()) -> None:
        self.reason = reason
        self._suggestions = suggestions

    @cached_property
    def suggestions(self) -> list[str]:
        """The nearest names that would be understood; found only when somebody asks."""
        return list(self._suggestions() if callable(self._suggestions) else self._suggestions)

    def __repr__(self) -> str:
        return f"Refusal({self.reason!r})"

    def __str__(self) -> str:
        close = closest(self.suggestions)
        return f"{self.reason}; {close}" if close else self.reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and self.reason == other.reason and self.suggestions == other.suggestions

    def __hash__(self) -> int:
        return hash(self.reason)
