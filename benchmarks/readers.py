"""Times of every reader of texts on texts made to take long: linear in their length, or refused at once.

    python benchmarks/readers.py [READER...]

Prints the slowest text of each reader at 1,000, 10,000 and 100,000 characters; exits with 1 where one takes more than
0.2 s.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fuzz.trying import readers

PARTS = ("a ", "A1 ", "1 ", "1,000", " ", "(", "((1", "1-", "~", "64 A100 ", "1/", "^2", "×", "10^", " per ",
         "A100-", "and ", "\n",
         "6 * 1e9 = ", "{", "[", "1e9..", "١", "é", "1 day ", "GPU-", "v3-8 ", "billion ", ". ", "8x", "'", '"',
         "- a: ", "|", "of ")
LENGTHS = (1_000, 10_000, 100_000)
MOST = 0.2


def main() -> int:
    """Print the table."""
    slow = 0
    every = {name: reader for name, reader in readers().items() if name in sys.argv[1:] or not sys.argv[1:]}
    for reader in every.values():
        _timed(reader, "1")  # what is loaded once
    print(f"{'reader':<26}" + "".join(f"{length:>12,}" for length in LENGTHS) + "  slowest")
    for name, reader in every.items():
        worst = [max((_timed(reader, (part * length)[:length]), part) for part in PARTS) for length in LENGTHS]
        slow += any(seconds > MOST for seconds, _ in worst)
        print(f"{name:<26}" + "".join(f"{1000 * seconds:>9.2f} ms" for seconds, _ in worst) + f"  {worst[-1][1]!r}")
    return bool(slow)


def _timed(reader: Callable[[str], Any], text: str) -> float:
    started = time.process_time()
    with contextlib.suppress(ValueError, RecursionError):
        reader(text)
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
