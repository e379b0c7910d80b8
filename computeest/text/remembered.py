"""What was read of a text, remembered where it is short: who runs for weeks must not come to hold what it has read."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: Characters of a text whose answer is remembered: a cell that is read at all has no more.
LONGEST = 400


def remembered(most: int) -> Callable[[Callable[Concatenate[str, P], T]], Callable[Concatenate[str, P], T]]:
    """Remembers the last so many answers of a function to a text of at most `LONGEST` characters."""

    def kept(read: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
        known = lru_cache(maxsize=most)(read)

        @wraps(read)
        def of(text: str, /, *more: P.args, **named: P.kwargs) -> T:
            return (known if len(text) <= LONGEST else read)(text, *more, **named)  # type: ignore[arg-type]

        return of

    return kept
