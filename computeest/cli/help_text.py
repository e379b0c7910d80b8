"""What `--help` printed the last time, for the next: to build the thirty commands that it lists takes 0.1 s."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from computeest.text import kept

#: How the variables begin that help may depend on: width, colour, language.
_SEEN = ("COLUMNS", "LINES", "TERM", "LC_", "LANG", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "CLICK", "TYPER", "_TYPER")
_KIND = "help"


def recalled(words: Sequence[str]) -> bool:
    """Whether these words ask for help that is kept; then it is printed."""
    if not _asked(words):
        return False
    found = kept.recall(_KIND, _digest())
    text = (found or {}).get(" ".join(words))
    if not isinstance(text, str) or sys.stdout is None:
        return False
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except (OSError, ValueError):  # a closed pipe, letters that a locale lacks: said as ever
        return False
    return True


def kept_for_next(text: str) -> str:
    """The help, once it is kept, where the process was started with the words that ask for it."""
    words = sys.argv[1:]
    if _asked(words):
        digest = _digest()
        kept.keep(_KIND, digest, (kept.recall(_KIND, digest) or {}) | {" ".join(words): text})
    return text


def _asked(words: Sequence[str]) -> bool:
    return words[-1:] == ["--help"] and all(word.replace("-", "_").isidentifier() for word in words[:-1])


def _digest() -> str:
    """Tells apart any two command lines, in any two surroundings that help is printed for."""
    spec = importlib.util.find_spec("typer")
    typer = Path(spec.origin) if spec is not None and spec.origin is not None else Path()
    own = [*sorted(Path(__file__).parent.glob("*.py")), Path(__file__).parents[1] / "version.py"]
    around: list[object] = [sys.version, sorted(item for item in os.environ.items() if item[0].startswith(_SEEN))]
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        try:
            around.append(tuple(os.get_terminal_size(stream.fileno())))
        except (OSError, ValueError, AttributeError):
            around.append(None)
    state = typer.stat()
    around.append((str(typer), state.st_size, state.st_mtime_ns))
    return kept.digest(json.dumps(around).encode(), *(path.read_bytes() for path in own))
