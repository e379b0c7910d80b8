"""Regular expressions compiled once and kept between runs: to compile them takes a seventh of `estimate PAPER`.

What an expression compiles to depends on its text, its flags and the interpreter alone, and these are what it is kept
under. The code is read from a file that nobody else may write to, and the interpreter itself verifies it; where the
interpreter is of another make than those known here, expressions are compiled as ever.
"""

from __future__ import annotations

import re
import sys
from typing import Any, Final

from computeest.text import kept

#: Fewer new expressions than this are not worth a file.
_FEW: Final = 8
#: So many stay in the interpreter's own cache, which holds 512.
_MOST: Final = 500


def recall(command: str) -> frozenset[Any]:
    """Put the expressions that a command used before where the interpreter looks for those it has compiled.

    Returned is what is there then: what `keep` need not compile.
    """
    cache = _cache()
    found = kept.recall(f"patterns-{command}", _digest()) if cache is not None else None
    if cache is None or found is None:
        return frozenset(cache or ())
    import _sre

    for text, flags, *compiled, names, places in found["patterns"]:
        try:
            cache.setdefault((str, text, flags), _sre.compile(text, *compiled, names, tuple(places)))
        except (RuntimeError, TypeError, ValueError, OverflowError):  # none of ours: the interpreter compiles its own
            break
    return frozenset(cache)


def keep(command: str, before: frozenset[Any]) -> None:
    """Keep what the command used, where it compiled more than a few that were not there before."""
    cache = _cache()
    new = [key for key in cache or () if key not in before and key[0] is str]
    if len(new) < _FEW:
        return
    was = (kept.recall(f"patterns-{command}", _digest()) or {"patterns": []})["patterns"]
    if len(was) + len(new) <= _MOST:
        kept.keep(f"patterns-{command}", _digest(),
                  {"patterns": [*was, *(_compiled(text, int(flags)) for _, text, flags in new)]})


def _cache() -> dict[Any, Any] | None:
    """Where the interpreter keeps what it compiled; None for an interpreter that may do it otherwise."""
    known = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info[:2] <= (3, 13)
    return getattr(re, "_cache", None) if known else None


def _digest() -> str:
    return kept.digest(sys.version.encode())


def _compiled(text: str, flags: int) -> list[Any]:
    """The text, the flags asked for, and what `_sre.compile` takes, as `re._compiler.compile` makes it."""
    from re import _compiler, _parser  # type: ignore[attr-defined]

    parsed = _parser.parse(text, flags)
    names = dict(parsed.state.groupdict)
    places: list[str | None] = [None] * parsed.state.groups
    for name, place in names.items():
        places[place] = name
    return [text, flags, flags | parsed.state.flags, _compiler._code(parsed, flags), parsed.state.groups - 1, names,
            places]
