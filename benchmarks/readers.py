"""Times of every reader of texts on texts made to take long: linear in their length, or refused at once.

    python benchmarks/readers.py [WORD_OF_A_READER'S_NAME...]

Readers are those of cells, headers, notes and names by themselves; every column of a paper as `estimate` reads it; a
note as `audit`, a document as `draft`, a log as `log` does. Prints the slowest text of each at 400 (a cell), 1,000,
10,000 and 100,000 characters; exits with 1 where one takes more than 0.2 s, or where ten times the text takes twenty
times as long. Drafts take the longest: 100,000 characters are 33 pages of nothing but facts, of which no more are
weighed than documents have (computeest/documents/density.py).
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from computeest import estimate, registry, schema
from computeest.documents import draft, read
from computeest.facts import network_names
from computeest.facts.paper import read_text
from computeest.hardware import load as load_hardware
from computeest.integrations import logs
from computeest.layers.reading import read as read_layers
from computeest.models import table as models
from tests.fuzz.trying import readers

PARTS = (
    "a ", "A1 ", "1 ", "1,000", " ", "(", "((1", "1-", "~", "64 A100 ", "1/", "^2", "×", "10^", " per ", "A100-",
    "and ", "\n", "6 * 1e9 = ", "{", "[", "1e9..", "١", "é", "1 day ", "GPU-", "v3-8 ", "billion ", ". ", "8x", "'",
    '"', "- a: ", "|", "of ", "x ", "a)", "(a", "=", "√", "two ", "I ", "1)", "1:1:", "1.", "1,", "total 3 * 4 = 12 ",
    "8 A100-", "%", "http://a ", "-", "/", ",", "1 million ", "1 hour ", "2020-", "\t", "\u00a0", "ı",
    "A100 and V100 ", "each of 8 ", "per GPU ", "trained for 3 days on 8 A100 GPUs. ", "7B parameters ",
    "| a | 1 |\n", "<td>1 ", "step 1 loss 2\n", "a. ", "\n\n1", "| tokens | 1B |\n",
    "9/14 days on 16/32 nodes for the 1B/7B model. ", "<table>", "<table\n", "<tr><td>1B parameters", "# 1B\n", "](",
    "<p>1B tokens</p>", "**Parameters:** 7B\n", "A\n\n", "- 1B\n", "1B. ", "|-\n", "3.1E+23 FLOPs ",
    "$1^", "\\item 1 ", "\\section{a}", "```\n", "---\n", "Heron-1B ", "A. ", "~1-",
)
LENGTHS = (400, 1_000, 10_000, 100_000)
MOST = 0.2
#: What takes less is over before it can be timed.
LEAST = 0.005


def every() -> dict[str, Callable[[str], Any]]:
    """Every reader, by name."""
    loaded, known = registry.load(), load_hardware(()).places
    columns = {
        f"column {name}": (lambda text, name=name: estimate({"parameters": 7e9, "tokens": 1e12, name: text}))
        for name in schema.INPUTS
    }
    return (
        readers()
        | columns
        | {
            "paper": lambda text: read_text(text, "paper.yaml"), "region": lambda text: known.place(text),
            "operator": lambda text: known.operator(text), "known model": models.find,
            "family": lambda text: network_names.resolve(loaded, text, {}),
            "network": lambda text: network_names.meaning(loaded, text),
            "kind of layer": lambda text: read_layers([{text: 4}]),
            "log": lambda text: logs.of_text(text, Path("x.log")),
            **{
                f"draft of {form}": (
                    lambda text, form=form: draft.drafted(read.from_text(text, f"x.{form}"), loaded=loaded)
                )
                for form in ("md", "html", "tex")
            },
        }
    )


def main() -> int:
    """Print the table."""
    slow = 0
    wanted = {
        name: reader
        for name, reader in every().items()
        if not sys.argv[1:] or any(word in name for word in sys.argv[1:])
    }
    for reader in wanted.values():
        _timed(reader, "1")  # what is loaded once
    print(f"{'reader':<32}" + "".join(f"{length:>14,}" for length in LENGTHS) + "  slowest")
    for name, reader in wanted.items():
        worst = [max((_timed(reader, (part * length)[:length]), part) for part in PARTS) for length in LENGTHS]
        times = [seconds for seconds, _ in worst]
        slow += times[3] > 20 * max(times[2], LEAST) or max(times) > MOST
        print(
            f"{name:<32}"
            + "".join(f"{1000 * seconds:>11.2f} ms" for seconds, _ in worst)
            + f"  {', '.join(repr(part) for _, part in worst)}",
            flush=True,
        )
    print(f"{len(wanted)} readers; {slow} take more than {MOST:g} s")
    return bool(slow)


def _timed(reader: Callable[[str], Any], text: str) -> float:
    """Seconds of the process's own time; the least of three where it seems long, for the machine may be busy."""
    least = float("inf")
    for _ in range(3):
        started = time.process_time()
        with contextlib.suppress(ValueError, RecursionError):
            reader(text)
        least = min(least, time.process_time() - started)
        if least < MOST / 4:
            break
    return least


if __name__ == "__main__":
    sys.exit(main())
