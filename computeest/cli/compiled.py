"""What every process compiles anew, kept from one run to the next: regular expressions, and the methods of dataclasses.

Together they take a third of `estimate PAPER`. What an expression or a method compiles to depends on its text and the
interpreter alone, and these are what it is kept under, besides the version of computeest, other versions of which use
others; a file that others may write to is not read (`text.kept`).
"""

from __future__ import annotations

import builtins
import dataclasses
import marshal
import re
import sys
import zlib
from types import CodeType
from typing import Any, Final

from computeest.text import kept
from computeest.version import __version__

#: Fewer new ones than this are not worth a file, unless their text is longer than this: a long one takes 5 ms.
_FEW: Final = 8
_SHORT: Final = 400
#: So many expressions and methods are kept. `estimate` alone uses 460 expressions, each other paper some more, and the
#: next version of computeest others: where there would be more, those of this run are kept, and the next run adds its.
_MOST: Final = 1000
_MOST_METHODS: Final = 2000

#: The methods of dataclasses by their text, and how many of them were kept.
_methods: dict[str, CodeType] = {}


def recall(command: str) -> frozenset[Any]:
    """Make known what a command compiled before; returned are the expressions, which `keep` need not keep again."""
    cache = _cache()
    if cache is None:
        return frozenset()
    patterns, methods = _kept(command)
    # the interpreter's own holds 512, and lets go of one for each that is compiled beyond them
    re._MAXCACHE = max(re._MAXCACHE, 2 * _MOST)  # type: ignore[attr-defined]
    _recall_patterns(patterns, cache)
    _methods.update(methods)
    dataclasses.exec = _execute  # type: ignore[attr-defined]
    return frozenset((*cache, *_methods))


def keep(command: str, before: frozenset[Any]) -> None:
    """Keep what the command used, where it compiled more than a few things that were not there before."""
    cache = _cache()
    if cache is None:
        return
    patterns = [key for key in cache if key not in before and key[0] is str]
    methods = {text: code for text, code in _methods.items() if text not in before}
    if len(patterns) + len(methods) < _FEW and sum(len(text) for _, text, _ in patterns) < _SHORT:
        return
    was, _ = _kept(command)
    if len(was) + len(patterns) > _MOST or len(_methods) > _MOST_METHODS:
        was = []
    else:
        methods = _methods
    new = [_compiled(text, int(flags)) for _, text, flags in patterns]
    kept.keep_bytes(f"compiled-{command}", _digest(), zlib.compress(marshal.dumps(([*was, *new], methods))))


def _kept(command: str) -> tuple[list[Any], dict[str, CodeType]]:
    """Expressions and methods; marshal, as compiled modules are, is read of a whole file of this user's alone."""
    body = kept.recall_bytes(f"compiled-{command}", _digest())
    try:
        patterns, methods = marshal.loads(zlib.decompress(body)) if body else ([], {})  # noqa: S302
    except (ValueError, TypeError, EOFError, zlib.error):
        return [], {}
    return patterns, methods


def _cache() -> dict[Any, Any] | None:
    """Where the interpreter keeps what it compiled; None for an interpreter that may do it otherwise."""
    known = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info[:2] <= (3, 14)
    return getattr(re, "_cache", None) if known else None


def _digest() -> str:
    return kept.digest(__version__.encode(), sys.version.encode(), str(sys.implementation.cache_tag).encode())


def _recall_patterns(patterns: list[Any], cache: dict[Any, Any]) -> None:
    """Put expressions where the interpreter looks for those it has compiled; it verifies their code itself."""
    import _sre  # type: ignore[import-not-found]

    for text, flags, *compiled, names, places in patterns:
        try:
            cache.setdefault((str, text, flags), _sre.compile(text, *compiled, names, tuple(places)))
        except (RuntimeError, TypeError, ValueError, OverflowError):  # none of ours: it is compiled as ever
            break


def _compiled(text: str, flags: int) -> list[Any]:
    """The text, the flags asked for, and what `_sre.compile` takes, as `re._compiler.compile` makes it."""
    from re import _compiler, _parser  # type: ignore[attr-defined]

    parsed = _parser.parse(text, flags)
    names = dict(parsed.state.groupdict)
    places: list[str | None] = [None] * parsed.state.groups
    for name, place in names.items():
        places[place] = name
    code = [int(one) for one in _compiler._code(parsed, flags)]  # of named numbers, which `marshal` knows not
    return [text, flags, int(flags | parsed.state.flags), code, parsed.state.groups - 1, names, places]


def _execute(source: Any, *scopes: Any) -> None:
    """`exec` of the text of a method, compiled once."""
    if isinstance(source, str):
        code = _methods.get(source)
        if code is None:
            code = _methods[source] = compile(source, "<string>", "exec", dont_inherit=True)
        source = code
    builtins.exec(source, *scopes)  # noqa: S102  what `dataclasses` itself executes
